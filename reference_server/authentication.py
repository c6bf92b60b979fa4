"""Who is asking: bearer tokens, HTTP Basic and bare tokens, each opening one tenant (RFC 7644 section 2)."""

import binascii
import hashlib
from base64 import b64decode
from dataclasses import dataclass

from starlette.datastructures import Headers

from reference_server.errors import ScimError
from reference_server.paragraphs import Paragraph
from reference_server.settings import Settings

REALM = 'realm="scim"'
REFUSALS = {
    "bearer": ("invalid_token", "the token is not valid", Paragraph.BEARER),
    "basic": (None, "the name or the password is not valid", Paragraph.BASIC),
}
WHAT_IS_NEEDED = "the Authorization header must be 'Bearer ' and a token; is 'Bearer ' missing?"
NO_SCHEME = (None, WHAT_IS_NEEDED, Paragraph.AUTHENTICATION)


@dataclass(frozen=True, slots=True)
class Caller:
    """The tenant a credential opens, and the userName it speaks for."""

    tenant: str
    user_name: str | None


ANYBODY = Caller("", None)


class Authenticator:
    """Knows credentials by their digests, so that no comparison of secrets takes longer the closer they are."""

    def __init__(self, settings: Settings) -> None:
        self.raw_header = settings.raw_header
        self.tokens = {_digest(t.value): Caller(t.tenant, t.user_name) for t in settings.tokens}
        self.logins = {
            _digest(f"{login.user_name}:{login.password}"): Caller(login.tenant, login.user_name)
            for login in settings.logins
        }

    def caller(self, headers: Headers) -> Caller:
        """The one who sends these headers; 401 where nobody known does, 400 for two Authorization headers and for a token that is not there."""
        sent = headers.getlist("authorization")
        if len(sent) > 1:
            detail = "more than one Authorization header"
            raise self._refusal("invalid_request", detail, Paragraph.BEARER, status=400)
        if not sent or not sent[0].strip():
            detail = "credentials are needed in the Authorization header"
            raise self._refusal(None, detail, Paragraph.AUTHENTICATION)
        scheme, _, credentials = sent[0].strip().partition(" ")
        if scheme.casefold() == "bearer" and not credentials.strip():
            raise self._refusal("invalid_request", "the token is missing", Paragraph.BEARER, status=400)
        found = self._known(scheme.casefold(), credentials.strip())
        if found is None and self.raw_header:
            found = self.tokens.get(_digest(sent[0].strip()))
        if found is None:
            raise self._refusal(*REFUSALS.get(scheme.casefold(), NO_SCHEME))
        return found

    def _known(self, scheme: str, credentials: str) -> Caller | None:
        if scheme == "bearer":
            return self.tokens.get(_digest(credentials))
        if scheme == "basic":
            return self.logins.get(_digest(_decoded(credentials)))
        return None

    def _refusal(self, error: str | None, detail: str, paragraph: Paragraph, status: int = 401) -> ScimError:
        """A refusal that names every scheme there is (RFC 6750 section 3)."""
        challenges = [f"Basic {REALM}"] if self.logins else []
        if self.tokens or not self.logins:
            challenges.insert(0, f"Bearer {REALM}" + (f', error="{error}"' if error else ""))
        return ScimError(status, detail, paragraph, headers={"WWW-Authenticate": ", ".join(challenges)})


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _decoded(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
