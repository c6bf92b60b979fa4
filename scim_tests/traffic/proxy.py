"""A reverse proxy to stand between Okta and a server: passes bytes through unchanged, and writes down what it saw.

What is kept went through the same redaction as any HAR that is read, and people have stand-ins. The file is a whole HAR after
every exchange, and on the disk before the answer goes on: whatever ends the proxy, nothing is lost.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from scim_tests import __version__
from scim_tests.errors import WriteError
from scim_tests.model.exchange import Answer, Headers, Heard
from scim_tests.model.exchange import Request as Asked
from scim_tests.model.loopback import is_loopback
from scim_tests.record.build import kept_exchange
from scim_tests.record.masking.mask import Mask
from scim_tests.report.har import entry_of
from scim_tests.traffic.har_reader import Entry, Recording, hidden
from scim_tests.traffic.redaction import HarRedactor
from scim_tests.wire import body, private_file
from scim_tests.wire.effort import TooMuch

# Between two neighbours alone (RFC 9110 7.6.1), or about how the body is framed there.
HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
FRAMING = frozenset({b"content-length", b"transfer-encoding"})
AWAY = "The recording proxy got no answer from the target."
NO_STATUS = "The recording proxy got the status {} from the target, which cannot be passed on."
TIMEOUT = 60.0  # seconds; Okta gives up then (okta:FAQ)
TAIL = b"\n]}}"


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
        try:
            return Answer(self.status, headers, body.decoder(headers).decode(self.body, body.MAXIMUM))
        except body.BadBody:
            return Answer(self.status, headers, self.body)


class Tape:
    """What was seen, and the HAR of it: each entry goes where the closing brackets stood.

    Where an exchange tells of a secret that stands in the file already, the file is written anew.
    """

    def __init__(self, base_url: str, path: Path, mask: Mask | None) -> None:
        self._base_url = base_url
        self._mask = mask
        self._seen: list[Heard] = []  # as they came
        self._unkept: Counter[str] = Counter()  # by why
        self._hide = HarRedactor()
        self._path = path
        self._write(())

    def add(self, heard: Heard) -> Entry:
        """Keep an exchange that still holds its secrets. What it raises has cost this exchange alone.

        But for a WriteError: then nothing further can be kept.
        """
        stands = self._hide.learn(heard, self._path.read_bytes)
        try:
            entry = self._entry(heard)
            told = self._told(entry, len(self._seen) + 1)
            self._seen.append(heard)
        finally:
            if stands:
                self._write_without_secret()
        if not stands:
            private_file.insert(self._path, told, TAIL)
        return entry

    def miss(self, why: str) -> None:
        """An exchange could not be kept; the reports say so."""
        self._unkept[why] += 1

    def recording(self) -> Recording:
        """Everything so far, as far as is known now without any secret."""
        entries = self._entries()
        notes = [f"{times} exchanges could not be kept: {why}" for why, times in self._unkept.items()]
        return Recording(self._hide.base_url(self._base_url), entries, notes)

    def close(self) -> None:
        """Write it all once more, now that every secret is known, and everybody: who is ours may have changed."""
        entries = self._entries()
        for each in entries if self._mask else ():
            self._told(each, 1)
        self._write(entries)

    def _write_without_secret(self) -> None:
        """Write it all anew; where there is no room beside what stands there, that goes first: a secret is in it."""
        try:
            self._write(self._entries())
        except WriteError:
            self._path.unlink(missing_ok=True)
            self._write(self._entries())

    def _entries(self) -> list[Entry]:
        """Without those in which a secret that is known since can no longer be looked for."""
        entries, kept = [], []
        for heard in self._seen:
            try:
                entries.append(self._entry(heard))
                kept.append(heard)
            except TooMuch as why:
                self.miss(str(why))
        self._seen = kept
        return entries

    def _entry(self, heard: Heard) -> Entry:
        return hidden(Entry(heard), self._hide)

    def _write(self, entries: Sequence[Entry]) -> None:
        """The whole file at once, so that it is a HAR whatever ends the proxy."""
        creator = {"name": "scim-tests", "version": __version__}
        head = json.dumps({"version": "1.2", "creator": creator, "entries": []}).removesuffix("]}")
        with private_file.whole(self._path) as part, part.open("wb") as file:
            file.write(b'{"log": ' + head.encode())
            file.writelines(self._told(entry, number) for number, entry in enumerate(entries, 1))
            file.write(TAIL)

    def _told(self, entry: Entry, number: int) -> bytes:
        heard = self._mask.heard(entry.heard) if self._mask else entry.heard
        text = json.dumps(entry_of(kept_exchange(heard, number)), ensure_ascii=False)
        return (b"\n" if number == 1 else b",\n") + text.encode(errors="backslashreplace")


class Proxy:
    """An ASGI app in front of one target. `saw` is told of every exchange with SCIM in it, once it is on `tape`.

    `problem` is told in a sentence what could not be kept or judged; it was passed on all the same.
    """

    def __init__(
        self, base_url: str, tape: Tape, saw: Callable[[Entry], None], problem: Callable[[str], None]
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
