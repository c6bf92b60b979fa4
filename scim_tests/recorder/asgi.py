"""Records what passes through an ASGI app."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from scim_tests.recorder.around import Recorder
from scim_tests.recorder.seen import Pairs, Seen

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class ASGIRecorder(Recorder[App]):
    """An ASGI app with a recorder around it."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass everything on as it is."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, self._flushed(send))
            return
        seen = None
        with self._sender.guarded():
            seen = self._asked(scope)
        if seen is None:
            await self.app(scope, receive, send)
        else:
            await self._passed(scope, receive, send, seen)

    def _flushed(self, send: Send) -> Send:
        async def flushed(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                self._sender.close()
            await send(message)

        return flushed

    def _asked(self, scope: Message) -> Seen | None:
        """What is known before the app is asked; None where it is no SCIM."""
        if scope["type"] != "http":
            return None
        path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        if not self._sender.wants(path):
            return None
        headers = _pairs(scope["headers"])
        server = scope.get("server") or ("localhost", None)
        host = next((value for name, value in headers if name == "host"), str(server[0]))
        query = scope.get("query_string", b"").decode("latin-1")
        url = f"{scope.get('scheme', 'http')}://{host}{path}{'?' if query else ''}{query}"
        return Seen(scope["method"], url, headers, time.time())

    async def _passed(self, scope: Message, receive: Receive, send: Send, seen: Seen) -> None:
        clock = time.perf_counter()

        async def asked() -> Message:
            message = await receive()
            with self._sender.guarded():
                if message["type"] == "http.request":
                    seen.asked.take(message.get("body", b""))
                    seen.asked.is_whole = not message.get("more_body", False)
            return message

        async def answered(message: Message) -> None:
            if not isinstance(
                message.get("headers", []), list | tuple
            ):  # which can perhaps be read only once
                message = {**message, "headers": list(message["headers"])}
            with self._sender.guarded():
                _hear(seen, message)
                seen.seconds = time.perf_counter() - clock
            await send(message)

        try:
            await self.app(scope, asked, answered)
        except Exception as error:
            seen.failure = f"The app raised {type(error).__name__}."
            raise
        finally:
            with self._sender.guarded():
                seen.asked.end(seen.headers)
                self._sender.put(seen)


def _hear(seen: Seen, message: Message) -> None:
    if message["type"] == "http.response.start":
        seen.status, seen.answer_headers = message["status"], _pairs(message.get("headers", ()))
    elif message["type"] == "http.response.body":
        seen.answered.take(message.get("body", b""))
        seen.answered.is_whole = not message.get("more_body", False)


def _pairs(headers: Any) -> Pairs:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
