"""A reverse proxy to stand between Okta and a server: passes bytes through unchanged, and writes down what it saw.

It is on the disk before the answer goes on: whatever ends the proxy, nothing is lost.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from scim_tests.errors import WriteError
from scim_tests.model.exchange import Answer, Headers, Heard
from scim_tests.model.exchange import Request as Asked
from scim_tests.model.loopback import is_loopback
from scim_tests.traffic.har_reader import Entry
from scim_tests.traffic.tape import HarTape
from scim_tests.wire import body

# Between two neighbours alone (RFC 9110 7.6.1), or about how the body is framed there.
HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
FRAMING = frozenset({b"content-length", b"transfer-encoding"})
AWAY = "The recording proxy got no answer from the target."
NO_STATUS = "The recording proxy got the status {} from the target, which cannot be passed on."
TIMEOUT = 60.0  # seconds; Okta gives up then (okta:FAQ)


@dataclass(frozen=True)
class Passed:
    """The target's answer as it is passed on; `failure` says why there was none."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    failure: str = ""

    def read(self) -> Answer:
        """The answer as it is judged: without gzip or deflate; as it came, where it is not what it says."""
        headers = _pairs(self.headers)
        return Answer(self.status, headers, body.decoded(self.body, headers))


class Proxy:
    """An ASGI app in front of one target. `saw` is told of every exchange with SCIM in it, once it is on `tape`.

    `problem` is told in a sentence what could not be kept or judged; it was passed on all the same.
    """

    def __init__(
        self, base_url: str, tape: HarTape, saw: Callable[[Entry], None], problem: Callable[[str], None]
    ) -> None:
        self._base_url = base_url
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.netloc.encode()
        self._path = parts.path
        self._tape = tape
        self._saw = saw
        self._problem = problem
        self.trouble: WriteError | None = None  # why the recording is over
        self.is_over: Callable[[], None] = lambda: None  # told when it is
        self._transport = httpx.AsyncHTTPTransport(trust_env=not is_loopback(base_url))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, keep the exchange, then answer; where it cannot be kept the answer goes out all the same."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            content = await request.body()
        except ClientDisconnect:
            return
        started, clock = datetime.now(UTC), time.perf_counter()
        answer = await self._passed_on(scope, content)
        seconds = time.perf_counter() - clock
        entry = None
        try:
            entry = self._kept(scope, content, answer, started.timestamp(), seconds)
        except WriteError as error:  # no reason to keep the answer back
            self.trouble = self.trouble or error
            self.is_over()
        await self._respond(scope["method"], answer, send)
        if entry:
            self._tell(entry)

    async def _respond(self, method: str, answer: Passed, send: Send) -> None:
        """Give the answer back; where what is in it cannot be written, that costs its connection alone."""
        if not 200 <= answer.status < 600:
            answer = _bad_gateway(NO_STATUS.format(answer.status))
        try:
            headers = _framed(method, answer)
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})
        except Exception as error:  # noqa: BLE001 -- whatever a target says, the next one is served
            self._problem(f"An answer could not be passed on: {reason(error)}.")

    async def _passed_on(self, scope: Scope, content: bytes) -> Passed:
        """The target's answer as it came; or a 502 and why."""
        headers = [pair for pair in scope["headers"] if pair[0] not in HOP_BY_HOP and pair[0] != b"host"]
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT)
        try:
            asked = httpx.Request(
                scope["method"], self._origin, headers=[(b"host", self._host), *headers],
                stream=httpx.ByteStream(content), extensions={"timeout": timeout, "target": _target(scope)},
            )  # fmt: skip
            response = await self._transport.handle_async_request(asked)
            try:
                chunks = [chunk async for chunk in cast("httpx.AsyncByteStream", response.stream)]
            finally:
                await response.aclose()
        except Exception as error:  # noqa: BLE001 -- whatever a stranger sends, the next one is served
            failure = f"{type(error).__name__}: {error}"
            return _bad_gateway(AWAY, failure)
        kept = [pair for pair in response.headers.raw if pair[0].lower() not in HOP_BY_HOP]
        return Passed(response.status_code, kept, b"".join(chunks))

    def _kept(
        self, scope: Scope, content: bytes, answer: Passed, started: float, seconds: float
    ) -> Entry | None:
        """The exchange on the tape; None where it is not SCIM, passed through and nobody's business, or cannot be kept."""
        target = _target(scope).decode("latin-1")
        if not target.startswith(self._path + "/"):
            return None
        try:
            asked = Asked(scope["method"], target.removeprefix(self._path), _pairs(scope["headers"]), content)
            said = None if answer.failure else answer.read()
            heard = Heard(
                asked, said, answer.failure, started=started, seconds=seconds, base_url=self._base_url
            )
            return self._tape.add(heard)
        except WriteError:
            raise
        except Exception as error:  # noqa: BLE001 -- what is passed on must not depend on what can be kept
            why = reason(error)
            self._tape.miss(why)
            self._problem(f"An exchange was passed on and not kept: {why}.")
            return None

    def _tell(self, entry: Entry) -> None:
        try:
            self._saw(entry)
        except Exception as error:  # noqa: BLE001 -- it is on the tape, and the reports look at it again
            self._problem(f"An exchange was kept and not judged yet: {reason(error)}.")

    async def close(self) -> None:
        """Close the connections to the target."""
        await self._transport.aclose()


def _target(scope: Scope) -> bytes:
    """Path and query as they came."""
    path: bytes = scope["raw_path"]
    return path + (b"?" + scope["query_string"] if scope["query_string"] else b"")


def _bad_gateway(detail: str, failure: str = "") -> Passed:
    """A 502 of our own in place of the target's answer."""
    said = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "502", "detail": detail}
    return Passed(502, [(b"content-type", b"application/scim+json")], json.dumps(said).encode(), failure)


def _framed(method: str, answer: Passed) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, with the length of the body as it is; where there is none, with what the target says."""
    headers = [(name.lower(), value) for name, value in answer.headers]
    if method == "HEAD" or answer.status in {204, 304}:
        return headers
    kept = [pair for pair in headers if pair[0] not in FRAMING]
    return [*kept, (b"content-length", str(len(answer.body)).encode())]


def _pairs(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def reason(error: Exception) -> str:
    """Why something failed, without the words of whoever made it fail, which may be a secret."""
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
