"""Who may come in: whoever has the link of this start, from a page of ours, under the one name we have.

Another user of the machine has no token, a page in another tab has another origin, and a DNS name that points
here is another host; none of them is told more than a sentence. What goes out loads nothing from elsewhere, is
kept by no cache, and tells no other site where it was.
"""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scim_tests.errors import UsageError, told
from scim_tests.ui.apart import Apart

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "strict-origin",  # no path; with `no-referrer`, a browser says `null` of our forms, too
    "x-content-type-options": "nosniff",
}
OTHER_HOST = "This address is no name of scim-tests. Open the link that the terminal shows."
NO_TOKEN = "This is not the link of this start. Open the one that the terminal shows."  # noqa: S105 -- a sentence
OTHER_ORIGIN = "This was sent by another page. Nothing was done."
READING = {"GET", "HEAD"}  # what changes nothing, and so may come without an origin
LARGEST_FORM = 64 * 1024  # bytes


class Door:
    """Around the app: `address` is http://host:port, and every path begins with the token, but those of reports `apart`."""

    def __init__(self, app: ASGIApp, apart: Apart, address: str, token: str) -> None:
        self.app = app
        self.apart = apart
        self.address = address
        self.root = f"/{token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say in a sentence why not."""
        answer = _Answer(send)
        status, refusal = self._refusal(scope, Headers(scope=scope))
        if refusal:
            await PlainTextResponse(refusal, status)(scope, receive, answer)
            return
        app = self.app if self._is_inside(scope["path"]) else self.apart
        try:
            await app({**scope, "root_path": self.root}, receive, answer)
        except Exception as error:  # noqa: BLE001 -- ours, and said in one sentence
            if not answer.began:
                await PlainTextResponse(told(error), 500)(scope, receive, answer)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str]:
        """Why it may not come in, as a status and a sentence; nothing where it may."""
        if headers.getlist("host") != [self.address.removeprefix("http://")]:
            return 421, OTHER_HOST
        if not (self._is_inside(scope["path"]) or self.apart.opens(scope["path"])):
            return 404, NO_TOKEN
        origins = headers.getlist("origin")
        if origins != [self.address] and (origins or scope["method"] not in READING):
            return 403, OTHER_ORIGIN
        return 0, ""

    def _is_inside(self, path: str) -> bool:
        first = path.removeprefix("/").partition("/")[0]
        return secrets.compare_digest(f"/{first}".encode(), self.root.encode())


class _Answer:
    """Sends what the app answers with the headers that all answers have; the app's own win."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.began = False

    async def __call__(self, message: Message) -> None:
        """Pass it on."""
        if message["type"] == "http.response.start":
            self.began = True
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
        await self.send(message)


async def fields(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form as a browser sends them. UsageError where it is longer than any form of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            raise UsageError("too-long", "What was sent is longer than this form can be.", "Shorten it.")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=1000, errors="strict")
    except ValueError:
        raise UsageError("bad-form", "What was sent is no form.", "Send it from the page.") from None
