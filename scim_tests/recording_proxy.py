"""A reverse proxy to stand between Okta and a server: passes bytes through unchanged, and writes down what it saw.

What is kept went through the same redaction as any HAR that is read, and people have stand-ins. The file is a whole HAR after
every exchange, and on the disk before the answer goes on: whatever ends the proxy, nothing is lost.
"""

import base64
import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scim_tests import __version__
from scim_tests.masking import Mask
from scim_tests.model.exchange import is_loopback
from scim_tests.recording import kept_exchange
from scim_tests.wire import body
from scim_tests.wire.har import entry_of
from scim_tests.wire.har_reading import Entry, Recording, entry_in
from scim_tests.wire.hiding import Hiding

# Between two neighbours alone (RFC 9110 7.6.1), or about how the body is framed there.
HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
AWAY = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "502",
    "detail": "The recording proxy got no answer from the target.",
}  # fmt: skip
TIMEOUT = 60.0  # seconds; Okta gives up then (okta:FAQ)
TAIL = b"\n]}}"


class Tape:
    """What was seen, and the HAR of it: each entry goes where the closing brackets stood.

    Where an exchange tells of a secret that stands in the file already, the file is written anew.
    """

    def __init__(self, base_url: str, path: Path, mask: Mask | None) -> None:
        self._base_url = base_url
        self._mask = mask
        self._seen: list[tuple[dict[str, Any], str]] = []  # as it came, and the path after the base URL
        self._hide = Hiding()
        self._path = path
        self._write(())

    def add(self, raw: dict[str, Any], path: str) -> Entry:
        """Keep an exchange, given as an entry of a HAR that still holds its secrets."""
        self._seen.append((raw, path))
        stands = self._hide.learn(raw, self._path.read_bytes)
        entry = self._entry(raw, path)
        if stands:
            self._write(self.recording().entries)
        else:
            with self._path.open("r+b") as file:
                file.seek(-len(TAIL), os.SEEK_END)
                file.write(self._told(entry, len(self._seen)) + TAIL)
        return entry

    def recording(self) -> Recording:
        """Everything so far, as far as is known now without any secret."""
        return Recording(self._base_url, [self._entry(*each) for each in self._seen])

    def close(self) -> None:
        """Write it all once more, now that every secret is known."""
        self._write(self.recording().entries)

    def _entry(self, raw: dict[str, Any], path: str) -> Entry:
        return entry_in(raw, path, self._base_url, self._hide)

    def _write(self, entries: Sequence[Entry]) -> None:
        """The whole file at once, so that it is a HAR whatever ends the proxy."""
        creator = {"name": "scim-tests", "version": __version__}
        head = json.dumps({"version": "1.2", "creator": creator, "entries": []}).removesuffix("]}")
        part = self._path.with_name(f"{self._path.name}.part")
        with part.open("wb") as file:
            part.chmod(0o600)
            file.write(b'{"log": ' + head.encode())
            file.writelines(self._told(entry, number) for number, entry in enumerate(entries, 1))
            file.write(TAIL)
        part.replace(self._path)

    def _told(self, entry: Entry, number: int) -> bytes:
        heard = self._mask.heard(entry.heard) if self._mask else entry.heard
        text = json.dumps(entry_of(kept_exchange(heard, number)), ensure_ascii=False)
        return (b"\n" if number == 1 else b",\n") + text.encode(errors="backslashreplace")


class Proxy:
    """An ASGI app in front of one target. `saw` is told of every exchange with SCIM in it, once it is on `tape`."""

    def __init__(self, base_url: str, tape: Tape, saw: Callable[[Entry], None]) -> None:
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.netloc.encode()
        self._path = parts.path
        self._tape = tape
        self._saw = saw
        self._transport = httpx.AsyncHTTPTransport(trust_env=not is_loopback(base_url))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            content = await request.body()
        except ClientDisconnect:
            return
        started, clock = datetime.now(UTC), time.perf_counter()
        status, headers, answer, failure = await self._passed_on(scope, content)
        seconds = time.perf_counter() - clock
        entry = self._kept(scope, content, status, headers, answer, failure, started, seconds)
        await _respond(status, headers, answer, send)
        if entry:
            self._saw(entry)

    async def _passed_on(
        self, scope: Scope, content: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes, str]:
        """The target's answer as it came: status, headers and body bytes; or a 502 and why."""
        headers = [pair for pair in scope["headers"] if pair[0] not in HOP_BY_HOP and pair[0] != b"host"]
        url = httpx.URL(self._origin).copy_with(raw_path=_target(scope))
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT)
        asked = httpx.Request(
            scope["method"], url, headers=[(b"host", self._host), *headers],
            stream=httpx.ByteStream(content), extensions={"timeout": timeout},
        )  # fmt: skip
        try:
            response = await self._transport.handle_async_request(asked)
            try:
                chunks = [chunk async for chunk in cast("httpx.AsyncByteStream", response.stream)]
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            said = json.dumps(AWAY).encode()
            return (
                502,
                [(b"content-type", b"application/scim+json")],
                said,
                f"{type(error).__name__}: {error}",
            )
        kept = [pair for pair in response.headers.raw if pair[0].lower() not in HOP_BY_HOP]
        return response.status_code, kept, b"".join(chunks), ""

    def _kept(  # noqa: PLR0913, PLR0917 -- what an exchange is
        self,
        scope: Scope,
        content: bytes,
        status: int,
        headers: list[tuple[bytes, bytes]],
        answer: bytes,
        failure: str,
        started: datetime,
        seconds: float,
    ) -> Entry | None:
        target = _target(scope).decode("latin-1")
        if not target.startswith(self._path + "/"):
            return None  # not SCIM: passed through, and nobody's business
        raw = {
            "startedDateTime": started.isoformat(timespec="milliseconds"),
            "time": seconds * 1000,
            "comment": failure,
            "request": {"method": scope["method"], "headers": _pairs(scope["headers"]), "postData": _text(content)},
            "response": {} if failure else {"status": status, "headers": _pairs(headers), "content": _text(_decoded(answer, headers))},
        }  # fmt: skip
        return self._tape.add(raw, target.removeprefix(self._path))

    async def close(self) -> None:
        await self._transport.aclose()
        self._tape.close()


def _target(scope: Scope) -> bytes:
    """Path and query as they came."""
    path: bytes = scope["raw_path"]
    return path + (b"?" + scope["query_string"] if scope["query_string"] else b"")


async def _respond(status: int, headers: list[tuple[bytes, bytes]], answer: bytes, send: Send) -> None:
    response = Response(status_code=status)
    response.raw_headers = [(name.lower(), value) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": answer})


def _decoded(answer: bytes, headers: list[tuple[bytes, bytes]]) -> bytes:
    """The body without gzip or deflate; as it came, where it is not what it says."""
    pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    decoder = body.decoder(pairs)
    try:
        return decoder.decode(answer, body.MAXIMUM)
    except body.BadBody:
        return answer


def _pairs(headers: Any) -> list[dict[str, str]]:
    return [{"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in headers]


def _text(content: bytes) -> dict[str, str]:
    return {"text": base64.b64encode(content).decode(), "encoding": "base64"} if content else {}
