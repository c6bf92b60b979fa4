"""What both Django packages need around them: settings, a database in a file, a bearer token, a socket."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.db import connections
from django.http import HttpRequest

LISTENING = socket.create_server(("127.0.0.1", 0))
LISTENING.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or answers wait 40 ms
ADDRESS = f"127.0.0.1:{LISTENING.getsockname()[1]}"
BEHIND_THE_TOKEN = "django_site.bearer"


class Administrator:
    """Whoever has the token."""

    is_authenticated = True


class Stranger:
    """Everybody else."""

    is_authenticated = False


def bearer(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware that knows one token; both packages leave credentials to the site."""

    def answer(request: HttpRequest) -> Any:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and token == sys.argv[1]
        request.user = Administrator() if known else Stranger()  # type: ignore[assignment]
        return get_response(request)

    return answer


def configure(app: str, urls: str, **more: Any) -> None:
    """Set the site up; models and URLs can be imported only after this."""
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(tempfile.mkdtemp()) / "site.sqlite3",
        "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
    }
    settings.configure(
        SECRET_KEY="none",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=urls,
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", app],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # quick; nobody logs in
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        **more,
    )
    django.setup()


def serve(path: str) -> None:
    """Make the tables, say where the service is, and serve until terminated."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    connections.close_all()
    server = uvicorn.Server(uvicorn.Config(get_asgi_application(), log_level="error", lifespan="off"))
    print(f"http://{ADDRESS}{path}", flush=True)
    asyncio.run(server.serve(sockets=[LISTENING]))
