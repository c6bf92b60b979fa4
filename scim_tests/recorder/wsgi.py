"""Records what passes through a WSGI app (PEP 3333)."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from scim_tests.recorder.around import Recorder
from scim_tests.recorder.seen import Body, Seen

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class WSGIRecorder(Recorder[App]):
    """A WSGI app with a recorder around it."""

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass everything on as it is."""
        seen = None
        with self._sender.guarded():
            seen = self._asked(environ)
        return (
            self.app(environ, start_response) if seen is None else self._passed(environ, start_response, seen)
        )

    def _asked(self, environ: Environ) -> Seen | None:
        """What is known before the app is asked; None where it is no SCIM."""
        path, _, query = _target(environ).partition("?")
        if not self._sender.wants(path):
            return None
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        url = f"{environ['wsgi.url_scheme']}://{host}{path}{'?' if query else ''}{query}"
        return Seen(environ["REQUEST_METHOD"], url, list(_headers(environ)), time.time())

    def _passed(self, environ: Environ, start_response: Callable[..., Any], seen: Seen) -> Iterable[bytes]:
        clock = time.perf_counter()
        environ["wsgi.input"] = _Input(environ["wsgi.input"], seen.asked)

        def started(status: str, headers: Any, *rest: Any) -> Callable[[bytes], Any]:
            with self._sender.guarded():
                seen.status, seen.answer_headers = int(status[:3]), list(headers)
            write = start_response(status, headers, *rest)

            def written(piece: bytes) -> Any:
                with self._sender.guarded():
                    seen.answered.take(piece)
                return write(piece)

            return written

        def over() -> None:
            with self._sender.guarded():
                seen.seconds = time.perf_counter() - clock
                seen.asked.end(seen.headers)
                self._sender.put(seen)

        try:
            answer = self.app(environ, started)
        except Exception as error:
            seen.failure = _raised(error)
            over()
            raise
        return (_Sized if hasattr(answer, "__len__") else _Answer)(answer, seen, over)


class _Answer:
    """The app's answer, of which each piece is copied as it goes. It is over when it ends, or is closed before."""

    def __init__(self, answer: Any, seen: Seen, over: Callable[[], None]) -> None:
        self._answer = answer
        self._seen = seen
        self._over = over

    def __iter__(self) -> Iterator[bytes]:
        """Its pieces."""
        try:
            for piece in self._answer:
                self._seen.answered.take(piece)
                yield piece
            self._seen.answered.is_whole = True
        except Exception as error:
            self._seen.failure = _raised(error)
            raise
        finally:
            self._end()

    def close(self) -> None:
        """As servers do at the end of each request."""
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            self._end()

    def _end(self) -> None:
        self._over()
        self._over = lambda: None


class _Sized(_Answer):
    """One that says how many pieces it has, from which servers tell the length of a body."""

    def __len__(self) -> int:
        return len(self._answer)


class _Input:
    """The request's body, of which each piece is copied as it is read."""

    def __init__(self, input_: Any, body: Body) -> None:
        self._input = input_
        self._body = body

    def __getattr__(self, name: str) -> Any:
        its = getattr(self._input, name)
        return (lambda *size: self._taken(its(*size))) if name == "read1" else its

    def __iter__(self) -> Iterator[bytes]:
        """Its lines."""
        return map(self._taken, self._input)

    def read(self, *size: int) -> bytes:
        """As the server's own does."""
        piece = self._taken(self._input.read(*size))
        self._body.is_whole = self._body.is_whole or not size or size[0] < 0 or not piece
        return piece

    def readinto(self, buffer: Any) -> int:
        """As `read` does: whoever finds it here, as Werkzeug, takes it before `read`."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def readline(self, *size: int) -> bytes:
        """As the server's own does."""
        return self._taken(self._input.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        """As the server's own does."""
        return [self._taken(line) for line in self._input.readlines(*hint)]

    def _taken(self, piece: bytes) -> bytes:
        self._body.take(piece)
        return piece


def _raised(error: Exception) -> str:
    return f"The app raised {type(error).__name__}."


def _target(environ: Environ) -> str:
    """Path and query as they came, where the server says so; else as they would be written."""
    raw: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if raw.startswith("/"):
        return raw
    path = quote(
        (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"),
        safe="/:@!$&'()*+,;=~",
    )
    query = environ.get("QUERY_STRING", "")
    return f"{path}{'?' if query else ''}{query}"


def _headers(environ: Environ) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        name = key.removeprefix("HTTP_")
        if name != key or (key in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value):
            yield name.replace("_", "-").title(), value
