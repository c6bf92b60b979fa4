"""Sends what a step says, byte for byte, and brings back what came of it, whatever that is.

The transport is used as it is, without httpx's client: no redirect is followed, no cookie kept, no
header added and no credential taken from a netrc file.
"""

import asyncio
import logging
import re
import ssl
import time
from dataclasses import replace
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

import httpx

from scim_tests.errors import TargetError
from scim_tests.model.act import Step
from scim_tests.model.exchange import Answer, Headers, Heard, Request
from scim_tests.model.forms import Forms
from scim_tests.model.slots import HIDDEN, as_kept
from scim_tests.wire import body, failures, write_guard
from scim_tests.wire.effort import TooMuch
from scim_tests.wire.grant import Grant
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.transports import live
from scim_tests.wire.vault import Vault

USUAL = body.MIB  # an answer is seldom longer; and all that is longer may, together, be so much longer:
SPARE = 32 * body.MIB
COOKIE = re.compile(r"(?<==)[^;]+|^[^=;]+$")  # the value of one, without its name and attributes

logging.getLogger("httpcore").setLevel(logging.WARNING)  # its debug lines hold headers before redaction


class Client:
    """A connection to one target; an async context manager.

    `timeout` is in seconds and holds for each request as a whole. `transport` is httpx's own where
    none is given, with `tls` or what verifies by the usual authorities. `headers` are sent with every
    request, and a `grant` gives the token and renews it.
    """

    def __init__(  # noqa: PLR0913 -- each is a choice of the run
        self,
        base_url: str,
        vault: Vault,
        *,
        ledger: Ledger,
        timeout: float = 60.0,
        connections: int = 4,
        tls: ssl.SSLContext | None = None,
        headers: Headers = (),
        grant: Grant | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base_url = base_url
        self._base = httpx.URL(base_url)  # read once
        self._host = urlsplit(base_url).netloc
        self._vault = vault
        self._ledger = ledger
        self._timeout = timeout
        self._spare = SPARE
        self._tls = tls
        self._headers_given = headers
        self._grant = grant
        self._renewing = asyncio.Lock()
        self._places = asyncio.Semaphore(connections)
        self._transport = transport or live(base_url, connections, tls)

    async def __aenter__(self) -> Self:
        """TargetError where no token is given."""
        await self._renew()
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.__aexit__(kind, error, trace)

    async def send(self, step: Step, sends: Forms) -> Heard:
        """Send a step that has one of the forms its sender `sends`; never raises for what a target does.

        OwnError `no-form` for any other, and `not-ours` for a step that would write to what the run did not create.
        """
        async with self._places:
            request = self._request(step)
            try:
                await self._renew()
            except TargetError as error:
                return Heard(_kept(request), None, error.message, unreachable=True, base_url=self._base_url)
            # Only now: while a place was free or a token came, an answer may have shown whose an id really is.
            write_guard.check(self._ledger, step, sends, self._headers_given)
            write_guard.before(self._ledger, step)
            heard = await self._hear(request, bulky=step.bulky)
        write_guard.after(self._ledger, step, heard)
        return (
            replace(heard, answer=replace(heard.answer)) if heard.answer else heard
        )  # without what reading it cached

    async def _renew(self) -> None:
        """Have a token that is good for a request yet."""
        async with self._renewing:
            if self._grant and self._grant.is_due:
                self._vault.renew(await self._grant.token(self._tls))

    def _request(self, step: Step) -> Request:
        """The request with its slots, and the headers HTTP needs; the length goes where the step has it empty."""
        length = str(len(self._vault.reveal(step.body)))
        replaced = {name.lower() for name, _ in self._headers_given}
        of_the_step = (pair for pair in step.headers if pair[0].lower() not in replaced)
        headers = tuple(
            (name, value or length if name.lower() == "content-length" else value)
            for name, value in (*of_the_step, *self._headers_given)
        )
        given = {name.lower() for name, _ in headers}
        if "host" not in given:
            headers = (("Host", self._host), *headers)
        if step.body and "content-length" not in given:
            headers = (*headers, ("Content-Length", length))
        return Request(step.method, step.path, headers, step.body)

    async def _hear(self, request: Request, *, bulky: bool) -> Heard:
        progress = failures.Progress()
        answer, failure, unreachable = None, "", False
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._ask(request, progress, bulky=bulky)
        except Exception as error:
            if not failures.is_trouble(error):
                raise
            failure = self._vault.hide(failures.sentence(error, progress, self._host, self._timeout))
            unreachable = failures.is_unreachable(error)
        seconds = progress.seconds
        started = time.time() - seconds  # it may have waited for a connection before
        return Heard(_kept(request), answer, failure, unreachable, started, seconds, self._base_url)

    async def _ask(self, request: Request, progress: failures.Progress, *, bulky: bool) -> Answer:
        def most() -> int:
            """Of answers that are not expected to be long only some may be longer than is usual."""
            return body.MAXIMUM if bulky or self._spare > 0 else USUAL

        response = await self._transport.handle_async_request(self._outgoing(request, progress))
        try:
            answer = Answer(response.status_code, self._headers(response))
            progress.status = answer.phrase
            content = await body.read(cast(httpx.AsyncByteStream, response.stream), answer.headers, most)
            self._spare -= max(0, len(content) - USUAL)
            return Answer(answer.status, answer.headers, self._vault.hide(content))
        except TooMuch as too_much:
            raise body.BadBody(str(too_much)) from None
        finally:
            await response.aclose()

    def _outgoing(self, request: Request, progress: failures.Progress) -> httpx.Request:
        """The request with the secrets in it. Nothing else ever holds them."""
        headers = [(name, self._vault.reveal(value)) for name, value in request.headers]
        content = httpx.ByteStream(self._vault.reveal(request.body))
        target = self._vault.reveal(request.path)
        outgoing = httpx.Request(
            request.method,
            self._base,
            headers=[(_bytes(name), _bytes(value)) for name, value in headers],
            stream=content,
            extensions={"trace": progress, "timeout": {"connect": self._timeout * failures.TO_CONNECT}},
        )
        outgoing.url = _Address(self._base_url + target)
        return outgoing

    def _headers(self, response: httpx.Response) -> Headers:
        lines = (_text(self._vault.hide(name + b": " + value)) for name, value in response.headers.raw)
        return tuple(
            (name, COOKIE.sub(HIDDEN, value, count=1) if name.lower() == "set-cookie" else value)
            for name, _, value in (line.partition(": ") for line in lines)
        )


def _kept(request: Request) -> Request:
    """The request as it may be kept: with placeholders where it has slots."""
    headers = tuple((name, as_kept(value)) for name, value in request.headers)
    return Request(request.method, request.path, headers, as_kept(request.body))


class _Address(httpx.URL):
    """A URL whose path and query leave as they are written; httpx would resolve dots and encode signs."""

    def __init__(self, url: str) -> None:
        super().__init__(url.encode("ascii", "backslashreplace").decode())
        parts = url.split("/", 3)
        self._target = b"/" + _bytes(parts[3]) if len(parts) > 3 else b"/"

    @property
    def raw_path(self) -> bytes:
        return self._target


def _bytes(text: str) -> bytes:
    """As UTF-8, even the halves of characters that a target's ids may hold; HTTP refuses those itself."""
    return text.encode(errors="surrogatepass")


def _text(raw: bytes) -> str:
    """A header as text: UTF-8 where it is, else every byte for itself (RFC 9110 5.5)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
