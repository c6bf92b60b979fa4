"""To an app in this process, without a socket: as uvicorn would call it, and with an ear for what it raises.

httpx has transports of its own for this. They lose what an app raises, read bodies without an end, and
take the path from a URL that they have put into form.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, MutableMapping
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import unquote

import httpx
from a2wsgi import WSGIMiddleware

from scim_tests.wire import body
from scim_tests.wire.lifespan import Lifespan
from scim_tests.wire.raised import Raised

ASGI, WSGI = "asgi", "wsgi"
THREADS = 64  # at most; a call that was given up keeps its own until it ends
BODILESS = {204, 304}
BROKEN_OFF = "the app ended before its answer did"


class InProcess(httpx.AsyncBaseTransport):
    """Calls an ASGI app, or a WSGI app in threads; an async context, as long as which the app's lifespan lasts.

    What leaves the app, or is logged with an exception meanwhile, goes to `raised`.
    """

    def __init__(self, app: Any, interface: str, raised: Raised) -> None:
        self._app: Any = WSGIMiddleware(app, workers=THREADS) if interface == WSGI else app
        self._raised = raised
        self._lifespan = Lifespan(self._app, raised)

    async def __aenter__(self) -> Self:
        """TargetError where the app does not start."""
        await self._lifespan.start()
        logging.getLogger().addHandler(self._raised)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        try:
            await self._lifespan.end()
        finally:
            logging.getLogger().removeHandler(self._raised)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The app's answer; what it raises before it has begun one is a 500, as behind a real server."""
        stream = cast(httpx.AsyncByteStream, request.stream)
        call = _Call(b"".join([part async for part in stream]))
        try:
            await self._app(self._scope(request), call.receive, call.send)
        except _TooLong:
            pass
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the app's
            self._raised.note(error)
        return call.response()

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        path, _, query = request.url.raw_path.partition(b"?")
        port = request.url.port or {"http": 80, "https": 443}[request.url.scheme]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "server": (request.url.host, port),
            "client": ("127.0.0.1", 0),
            "state": dict(self._lifespan.state),
        }


class _TooLong(Exception):  # noqa: N818 -- told to the app alone, as a server tells it that nobody reads on
    """Nobody reads so long an answer."""


class _Call:
    """One request, and what the app has answered to it by now."""

    def __init__(self, asked: bytes) -> None:
        self._asked: bytes | None = asked
        self._status = 0
        self._headers = httpx.Headers()
        self._content = bytearray()
        self._over = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        """The request whole; whoever asks for more hears, once it is answered, that nobody is there any more."""
        if self._asked is None:
            await self._over.wait()
            return {"type": "http.disconnect"}
        asked, self._asked = self._asked, None
        return {"type": "http.request", "body": asked, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take a part of the answer; of a body no more than is ever read."""
        if message["type"] == "http.response.start":
            self._headers = httpx.Headers(message.get("headers", []))
            self._status = int(message["status"])
        elif message["type"] == "http.response.body" and not self._over.is_set():
            self._content += message.get("body", b"")
            if len(self._content) > body.MAXIMUM or not message.get("more_body", False):
                self._over.set()
            if len(self._content) > body.MAXIMUM:
                raise _TooLong

    def response(self) -> httpx.Response:
        """What a client makes of it, which reads as far as the Content-Length says."""
        if not self._status:
            return httpx.Response(500, text="Internal Server Error")
        length = self._headers.get("content-length", "")
        whole = int(length) if length.isdecimal() and self._status not in BODILESS else None
        content = bytes(self._content[:whole])
        is_whole = self._over.is_set() and len(content) >= min(whole or 0, body.MAXIMUM)
        return httpx.Response(self._status, headers=self._headers, stream=_Body(content, is_whole=is_whole))


class _Body(httpx.AsyncByteStream):
    def __init__(self, content: bytes, *, is_whole: bool) -> None:
        self._content = content
        self._is_whole = is_whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content
        if not self._is_whole:
            raise httpx.ReadError(BROKEN_OFF)
