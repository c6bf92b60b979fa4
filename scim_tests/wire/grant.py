"""Gets a target's token by OAuth 2.0 client credentials, and a new one before it expires (RFC 6749 4.4)."""

import asyncio
import base64
import ssl
import time
from typing import cast
from urllib.parse import quote, urlencode

import httpx

from scim_tests.errors import TargetError
from scim_tests.model.exchange import Answer
from scim_tests.model.scim import Json, get
from scim_tests.wire import body, failures
from scim_tests.wire.transports import live
from scim_tests.wire.vault import Vault

PATIENCE = 60.0  # seconds for the whole answer
A_YEAR = 365 * 24 * 3600  # seconds
EARLY = 60.0  # seconds before its end a token is renewed; no request takes longer


class Grant:
    """Where tokens come from. `scope` may be empty. A `repr` shows no secret."""

    def __init__(self, url: str, client_id: str, client_secret: str, scope: str) -> None:
        self._url = url
        pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"  # RFC 6749 2.3.1
        self._authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        self._form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        self._ends = 0.0  # by the monotonic clock
        self._vault = Vault("", "", {"$SCIM_TESTS_CLIENT_SECRET": client_secret})

    @property
    def is_due(self) -> bool:
        """Whether a new token has to be got: at first, and some time before the last one ends."""
        return time.monotonic() >= self._ends

    async def token(self, tls: ssl.SSLContext | None) -> str:
        """A new token, which a header can carry (RFC 6750 2.1).

        TargetError `credentials-refused` or `unreachable` where none can be had.
        """
        asked = time.monotonic()
        answer = await self._ask(tls)
        try:
            told: Json = answer.parsed
        except ValueError:
            told = None
        token = get(told, "access_token")
        if not answer.is_success or not isinstance(token, str) or not _is_usable(token):
            error = get(told, "error")
            why = f" ({error})" if isinstance(error, str) and error.isidentifier() else ""
            said = f"it answered {answer.phrase}{why}"
            raise self._failed("credentials-refused", said, "Are client id, secret and scope right?")
        seconds = _lasts(get(told, "expires_in"))
        self._ends = asked + max(seconds / 2, seconds - EARLY)
        self._vault.renew(token)
        return token

    def _failed(self, code: str, why: str, hint: str = "") -> TargetError:
        """Its words may repeat what it was sent, or a token it gave before."""
        return TargetError(code, self._vault.hide(f"{self._url} gave no token: {why}."), hint)

    async def _ask(self, tls: ssl.SSLContext | None) -> Answer:
        content = urlencode(self._form).encode()
        headers = {
            "Host": httpx.URL(self._url).netloc.decode("ascii"), "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(content)),
            "Authorization": self._authorization,
        }  # fmt: skip
        request = httpx.Request("POST", self._url, headers=headers, stream=httpx.ByteStream(content))
        try:
            async with asyncio.timeout(PATIENCE), live(self._url, 1, tls) as transport:
                response = await transport.handle_async_request(request)
                came = tuple(
                    (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
                )
                stream = cast("httpx.AsyncByteStream", response.stream)
                content = await body.read(stream, came, lambda: body.MIB)
                await response.aclose()
        except Exception as error:
            if not failures.is_trouble(error):
                raise
            why = str(error).rstrip(".") or type(error).__name__
            raise self._failed("unreachable", why) from None
        return Answer(response.status_code, came, content)


def _lasts(told: Json) -> float:
    """Seconds that a token lasts, at most a year; for ever where the answer says no such number (RFC 6749 5.1)."""
    if not isinstance(told, int) or isinstance(told, bool) or told < 0:
        return float("inf")
    return float(min(told, A_YEAR))


def _is_usable(token: str) -> bool:
    """Whether a header can carry it (RFC 6750 2.1)."""
    return bool(token) and all(" " < character < "\x7f" for character in token)
