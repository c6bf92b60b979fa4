"""Records what passes through an ASGI app."""

import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from scim_tests.recorder.seen import Pairs, Seen
from scim_tests.recorder.sender import BACKUP_COUNT, MAX_BYTES, Sender

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class ASGIRecorder:
    """The app, with every SCIM request and its answer in the file. Put it around everything else, so that it sees what clients see.

    `base_path` (`/scim/v2`) says where SCIM is, if other paths of the app look like it. A file of `max_bytes` is put away
    as `<path>.1`, and so on up to `backup_count`.
    """

    def __init__(  # noqa: PLR0913 -- each an option
        self,
        app: App,
        path: str | os.PathLike[str],
        *,
        base_path: str = "",
        max_bytes: int = MAX_BYTES,
        backup_count: int = BACKUP_COUNT,
        keep_personal_data: bool = False,
    ) -> None:
        self.app = app
        self._sender = Sender(path, base_path, max_bytes, backup_count, keep_personal_data=keep_personal_data)

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

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until all that was answered is in the file, at most so many seconds; whether it is."""
        return self._sender.flush(timeout)

    def close(self, timeout: float = 5.0) -> None:
        """The same, and let go of the file, as happens by itself when the app ends. The next request begins anew."""
        self._sender.close(timeout)

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
