"""The reference server on a real socket, which counts its requests and may be as far away as wanted."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn

from reference_server.app import application
from reference_server.settings import Settings, Token

TOKEN = "benchmark-token-of-no-value"  # noqa: S105 -- it opens nothing
BIN = Path(sys.executable).parent
Message = MutableMapping[str, Any]


class Counting:
    """The reference server, with a count of the requests it got, each of which it lets wait for so many seconds."""

    def __init__(self, settings: Settings, latency: float) -> None:
        self.app = application(settings)
        self.latency = latency
        self.requests = 0

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] == "http":
            self.requests += 1
            await asyncio.sleep(self.latency)
        await self.app(scope, receive, send)


@contextmanager
def server(latency: float = 0) -> Iterator[tuple[str, Counting]]:
    """Its base URL, and the count."""
    # Only with its protocol named does asyncio send answers without Nagle's delay.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/scim/v2"
    app = Counting(Settings(tokens=(Token(TOKEN),), public_url=base_url), latency)
    running = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    listening.listen()
    thread = Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield base_url, app
    finally:
        running.should_exit = True
        thread.join()
