"""A line for each request: when, who, what, how it was answered, how long it took, and of a refusal why.

What a client sends is data: nothing of it can end the line or go on for ever, and no secret is in it.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote_plus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.authentication import Authenticator
from reference_server.errors import ScimError
from reference_server.settings import Settings

LONGEST = 300  # characters of a path or a reason
HIDDEN = "***"
# Parameters by such a name hold a secret, and so does a filter that speaks of a password.
SECRET_WORDS = ("token", "password", "passwd", "secret", "key", "credential", "authorization", "signature")
FEW = 4  # times that one value may be percent-encoded within another


class RequestLog:
    """Goes on with each request, and gives its line to `write` when it is answered or its client has left."""

    def __init__(
        self, app: ASGIApp, settings: Settings, authenticator: Authenticator, write: Callable[[str], None]
    ) -> None:
        self.app, self.write, self.authenticator = app, write, authenticator
        self.secrets = [
            *(token.value for token in settings.tokens),
            *(login.password for login in settings.logins),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on all there is; the body of a refusal is read on its way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status, refusal = 0, bytearray()

        async def told(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if status >= 400:
                refusal.extend(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            taken = (time.perf_counter() - began) * 1000
            self.write(self._line(scope, status, bytes(refusal), taken))

    def _line(self, scope: Scope, status: int, refusal: bytes, taken: float) -> str:
        target = self._target(scope)
        why = self._without_secrets(_why(refusal)) if HIDDEN not in target else ""
        words = [
            datetime.now().astimezone().strftime("%H:%M:%S"),
            printable(self._who(scope)),
            printable(scope["method"]),
            printable(target),
            str(status or "no answer"),
            f"{taken:.1f} ms",
        ]
        return " ".join([*words, printable(why)]).rstrip()

    def _who(self, scope: Scope) -> str:
        """The tenant of the credentials, or a dash where they are nobody's."""
        try:
            return self.authenticator.caller(Headers(scope=scope)).tenant
        except ScimError:
            return "-"

    def _target(self, scope: Scope) -> str:
        """The path and query as they were sent, less the secrets in them."""
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        path = "/".join(HIDDEN if self._is_secret(part) else part for part in path.split("/"))
        return path + ("?" + "&".join(map(self._parameter, query.split("&"))) if query else "")

    def _parameter(self, sent: str) -> str:
        name, equals, value = sent.partition("=")
        named = any(word in _decoded(name).casefold() for word in SECRET_WORDS)
        if self._is_secret(name):
            return HIDDEN
        tells = named or "password" in _decoded(value).casefold() or self._is_secret(value)
        return f"{name}{equals}{HIDDEN}" if tells else sent

    def _is_secret(self, sent: str) -> bool:
        return any(secret in text for secret in self.secrets for text in (sent, _decoded(sent)))

    def _without_secrets(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text


def printable(text: str) -> str:
    """A text on one line and of a bearable length; what no terminal should get is escaped."""
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text[:LONGEST]
    )
    return shown + ("…" if len(text) > LONGEST else "")


def _decoded(text: str) -> str:
    """A text with all percent-encoding undone, also where it was encoded more than once."""
    for _ in range(FEW):
        text = unquote_plus(text)
    return text


def _why(refusal: bytes) -> str:
    """The scimType and the detail of an error, if it has them."""
    try:
        error = json.loads(refusal)
        return ": ".join(str(error[name]) for name in ("scimType", "detail") if name in error)
    except (ValueError, TypeError):
        return ""
