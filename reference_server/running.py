"""The server on a real socket: for as long as a block runs, or until the keyboard ends it."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from threading import Event, Thread
from typing import Any

import h11
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from reference_server.app import application
from reference_server.documents import text
from reference_server.errors import ScimError
from reference_server.messages import SCIM_JSON
from reference_server.seed import seed
from reference_server.settings import Limits, Settings


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at this address."""

    base_url: str


class _Connection(h11.Connection):
    """HTTP that sends the head of an answer together with its body: every packet costs more than what is in it."""

    _head = b""

    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]
        data = super().send(event)
        if isinstance(event, h11.Response):
            self._head = data or b""
            return b""
        head, self._head = self._head, b""
        return head + data if head and data is not None else data


class _Protocol(H11Protocol):
    """HTTP whose breaches are answered as SCIM errors too, and whose requests have to be there in time."""

    limits: Limits
    _awaited: Any = None  # which part of which request
    _timer: asyncio.TimerHandle | None = None

    def send_400_response(self, msg: str) -> None:
        self._refuse(ScimError(400, msg))

    def _refuse(self, error: ScimError) -> None:
        body, reason = text(error.body()), HTTPStatus(error.status).phrase
        head = f"HTTP/1.1 {error.status} {reason}\r\nContent-Type: {SCIM_JSON}\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.conn = _Connection(h11.SERVER, self.limits.max_head_size)
        self._await()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_for(None, 0)
        super().connection_lost(exc)

    def _await(self) -> None:
        """Give the part that the client is sending its time, from when it could begin."""
        if self.conn.their_state is h11.IDLE:
            self._wait_for((self.cycle, "head"), self.limits.head_timeout)
        elif self.conn.their_state is h11.SEND_BODY:
            self._wait_for((self.cycle, "body"), self.limits.body_timeout)
        else:
            self._wait_for(None, 0)

    def _wait_for(self, awaited: Any, seconds: float) -> None:
        if awaited != self._awaited:
            if self._timer:
                self._timer.cancel()
            self._awaited, self._timer = awaited, None
            if awaited:
                self._timer = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        """408, but to whom has been answered already (RFC 9110 section 15.5.9)."""
        if self.conn.their_state is h11.SEND_BODY and self.cycle.response_started:
            self.transport.close()
        else:
            self._refuse(ScimError(408, "the request was not there in time"))


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
        app,
        http=type("Protocol", (_Protocol,), {"limits": limits}),
        ws="none",
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
    settings: Settings, host: str = "127.0.0.1", port: int = 0, *, around: Around = lambda app: app
) -> Iterator[Running]:
    """Serve in a thread while the block runs; port 0 takes a free one. OSError where the port is taken."""
    with _listen(host, port) as listening:
        address = _address(settings, host, listening)
        ready = Event()
        server = _server(around(_application(settings, address)), settings.limits, ready.set)
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
) -> None:
    """Serve until the keyboard or a signal ends it; `on_ready` learns the base URL once it listens.

    `seed_users` made-up users are put into the database before.
    """
    with _listen(host, port) as listening:
        address = _address(settings, host, listening)
        app = _application(settings, address)
        seed(app.state.server, seed_users)
        server = _server(around(app), settings.limits, lambda: on_ready(address))
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
