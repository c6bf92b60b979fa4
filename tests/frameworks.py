"""Apps as people have them, on four frameworks: each hands what is below `/scim/v2` to a SCIM app in the same process.

An app is made for the base URL at which it will be asked, and may have a fault of the reference server.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import django
import httpx
from commanding import TOKEN
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from fastapi import FastAPI
from flask import Flask, Response, request
from serving import serving
from starlette.applications import Starlette
from starlette.routing import Mount
from werkzeug.serving import WSGIRequestHandler, make_server

from reference_server.app import application
from reference_server.faults import bent
from reference_server.settings import Settings, Token

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HERE = "http://localhost/scim/v2"  # what an app is asked at in this process


def scim(base_url: str = HERE, *fault_ids: str) -> Any:
    """The reference server as an ASGI app, with these faults."""
    return bent(fault_ids)(application(Settings(tokens=(Token(TOKEN),), public_url=base_url)))


def on_starlette(served: Any) -> Any:
    return Starlette(routes=[Mount("/", served)])


def on_fastapi(served: Any) -> Any:
    app = FastAPI()
    app.mount("/", served)
    return app


async def handed(served: Any, method: str, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    """What the SCIM app says to a request that a view was asked."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(served)) as client:
        return await client.request(method, url, content=body, headers=headers)


def on_flask(served: Any) -> Any:
    app = Flask("shop")

    @app.route("/scim/v2/<path:rest>", methods=METHODS)
    def answer(rest: str) -> Response:  # noqa: ARG001 -- Flask hands over what its route names
        asked = handed(served, request.method, request.url, request.get_data(), dict(request.headers))
        said = asyncio.run(asked)
        return Response(said.content, said.status_code, said.headers.multi_items())

    return app


def on_django(served: Any) -> Any:
    async def answer(asked: HttpRequest) -> HttpResponse:
        url, headers = asked.build_absolute_uri(), dict(asked.headers)
        said = await handed(served, asked.method or "", url, asked.body, headers)
        return HttpResponse(said.content, status=said.status_code, headers=dict(said.headers))

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["localhost", "127.0.0.1"])
        django.setup()
    settings.ROOT_URLCONF = (re_path("^scim/v2/", answer),)
    return get_asgi_application()


ON: dict[str, Callable[[Any], Any]] = {
    "starlette": on_starlette,
    "fastapi": on_fastapi,
    "flask": on_flask,
    "django": on_django,
}


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _serving_wsgi(made: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    with make_server("127.0.0.1", 0, lambda *_: (), threaded=True, request_handler=_Silent) as server:
        url = f"http://127.0.0.1:{server.server_port}/scim/v2"
        server.app = app = made(url)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield url, app
        finally:
            server.shutdown()
            thread.join()


def served_on(framework: str, *fault_ids: str) -> AbstractContextManager[tuple[str, Any]]:
    """Base URL and app on a real socket, as that framework's own server or uvicorn serves it."""

    def made(url: str) -> Any:
        return ON[framework](scim(url, *fault_ids))

    return _serving_wsgi(made) if framework == "flask" else serving(made)
