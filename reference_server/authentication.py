"""Who is asking: HTTP Basic, and tokens in the forms there are, each opening one tenant (RFC 7644 section 2)."""

import binascii
import hashlib
from base64 import b64decode
from dataclasses import dataclass

from starlette.datastructures import Headers

from reference_server.errors import ScimError
from reference_server.paragraphs import Paragraph
from reference_server.settings import BEARER, RAW, Settings

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
        self.forms = settings.token_forms
        self.key_headers = [form for form in self.forms if form not in {BEARER, RAW}]
        self.tokens = {_digest(t.value): Caller(t.tenant, t.user_name) for t in settings.tokens}
        self.logins = {
            _digest(f"{login.user_name}:{login.password}"): Caller(login.tenant, login.user_name)
            for login in settings.logins
        }

    def caller(self, headers: Headers) -> Caller:
        """The one who sends these headers; 401 where nobody known does, 400 for two Authorization headers and for a token that is not there."""
        for name in self.key_headers:
            if name in headers:
                return self._by_key(name, headers[name].strip())
        sent = headers.getlist("authorization")
        if len(sent) > 1:
            detail = "more than one Authorization header"
            raise self._refusal("invalid_request", detail, Paragraph.BEARER, status=400)
        if not sent or not sent[0].strip():
            detail = "credentials are needed in the Authorization header"
            raise self._refusal(None, detail, Paragraph.AUTHENTICATION)
        scheme, _, credentials = sent[0].strip().partition(" ")
        if scheme.casefold() == "bearer" and not credentials.strip() and BEARER in self.forms:
            raise self._refusal("invalid_request", "the token is missing", Paragraph.BEARER, status=400)
        found = self._known(scheme.casefold(), credentials.strip())
        if found is None and RAW in self.forms:
            found = self.tokens.get(_digest(sent[0].strip()))
        if found is None:
            raise self._refusal(*REFUSALS.get(scheme.casefold(), NO_SCHEME))
        return found

    def _by_key(self, name: str, key: str) -> Caller:
        found = self.tokens.get(_digest(key))
        if found is None:
            detail = f"the key in the header {name} is not valid"
            raise self._refusal("invalid_token", detail, Paragraph.AUTHENTICATION)
        return found

    def _known(self, scheme: str, credentials: str) -> Caller | None:
        if scheme == "bearer" and BEARER in self.forms:
            return self.tokens.get(_digest(credentials))
        if scheme == "basic":
            return self.logins.get(_digest(_decoded(credentials)))
        return None

    def _refusal(self, error: str | None, detail: str, paragraph: Paragraph, status: int = 401) -> ScimError:
        """A refusal that names every scheme there is (RFC 6750 section 3); a key in a header of its own has none, and is named by it."""
        challenges = [f"Basic {REALM}"] if self.logins else []
        if {BEARER, RAW} & {*self.forms} and (self.tokens or not self.logins):
            challenges.insert(0, f"Bearer {REALM}" + (f', error="{error}"' if error else ""))
        challenges += [f"{name} {REALM}" for name in self.key_headers]
        return ScimError(status, detail, paragraph, headers={"WWW-Authenticate": ", ".join(challenges)})


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _decoded(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
