"""The server on a real socket: for as long as a block runs, or until the keyboard ends it."""

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event, Thread

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.app import application
from reference_server.protocol import protocol
from reference_server.request_log import RequestLog
from reference_server.seed import seed
from reference_server.settings import Limits, Settings

ABSOLUTE = re.compile(r"^[a-z][a-z0-9+.-]*://[^/]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at this address."""

    base_url: str


class _OriginForm:
    """Takes a request target in absolute form for what it is below its host (RFC 9112 section 3.2.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = ABSOLUTE.sub("", scope["path"]) or "/"
        await self.app(scope, receive, send)


class _Uvicorn(uvicorn.Server):
    """Uvicorn that says when it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.on_ready()


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only with its protocol named does asyncio send answers without Nagle's delay.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
        yield listening


def _address(settings: Settings, host: str, listening: socket.socket) -> str:
    port = listening.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - only compared
    return f"http://{name}:{port}{settings.root}"


def _application(settings: Settings, address: str) -> Starlette:
    return application(replace(settings, public_url=settings.public_url or address))


def _server(app: ASGIApp, limits: Limits, on_ready: Callable[[], None]) -> _Uvicorn:
    config = uvicorn.Config(
        _OriginForm(app),
        http=protocol(limits),
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return _Uvicorn(config, on_ready)


Around = Callable[[ASGIApp], ASGIApp]  # what stands between the client and the server


@contextmanager
def running(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    around: Around = lambda app: app,
    seed_users: int = 0,
) -> Iterator[Running]:
    """Serve in a thread while the block runs; port 0 takes a free one. OSError where the port is taken.

    `seed_users` made-up users are put into the database before.
    """
    with _listen(host, port) as listening:
        address = _address(settings, host, listening)
        ready = Event()
        app = _application(settings, address)
        seed(app.state.server, seed_users)
        server = _server(around(app), settings.limits, ready.set)
        thread = Thread(target=_run, args=(server, listening, ready), name="reference-server")
        thread.start()
        ready.wait()
        try:
            yield Running(address)
        finally:
            server.should_exit = True
            thread.join()


def _run(server: uvicorn.Server, listening: socket.socket, ready: Event) -> None:
    try:
        asyncio.run(server.serve(sockets=[listening]))
    finally:
        ready.set()


def serve(  # noqa: PLR0913 -- each is a choice of who serves
    settings: Settings,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    *,
    seed_users: int = 0,
    around: Around = lambda app: app,
    log: Callable[[str], None] | None = None,
) -> None:
    """Serve until the keyboard or a signal ends it; `on_ready` learns the base URL once it listens.

    `seed_users` made-up users are put into the database before; `log` gets a line for each request.
    """
    with _listen(host, port) as listening:
        address = _address(settings, host, listening)
        app = _application(settings, address)
        seed(app.state.server, seed_users)
        served = around(app)
        if log:
            served = RequestLog(served, settings, app.state.server.authenticator, log)
        server = _server(served, settings.limits, lambda: on_ready(address))
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
