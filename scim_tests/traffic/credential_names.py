"""Which names mean a credential: of headers, query parameters, members, PATCH paths, form fields, path segments.

The one place that decides it, so that no kind of traffic knows a secret that another overlooks. What SCIM
itself says (`authenticationSchemes`, `changePassword`) is none.
"""

import re
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote

WORDS = (
    "authorization", "authentication", "token", "secret", "password", "passwd", "passphrase", "passcode", "credential",
    "apikey", "accesskey", "subscriptionkey", "functionskey", "privatekey", "signingkey", "encryptionkey", "sharedkey",
    "masterkey", "accountkey", "authkey", "sessionkey", "hostkey", "jwt", "bearer", "assertion", "session", "signature",
    "cookie", "xsrf", "csrf", "authcode", "accesscode", "verificationcode", "verifier", "onetimecode", "recoverycode",
    "backupcode", "mfacode", "devicecode", "activationcode",
)  # fmt: skip
WHOLE = frozenset({
    "auth", "authz", "xauth", "pwd", "pass", "pin", "otp", "totp", "sid", "sas", "sig", "hmac", "psk", "pat",
})  # fmt: skip
# Of a header, a query, a form or a path alone: in a body these are words of everyday life.
WHOLE_IN_A_URL = frozenset({"code", "state", "nonce", "ticket"})
ENDS_IN_A_URL = ("key", "auth")
SCIMS = frozenset({"authenticationschemes", "changepassword", "accesscontrolallowcredentials"})
PASSWORDS_NAME = "password"

_A_WORD = re.compile("|".join(WORDS))
_ASIDE = re.compile("cookie|session|csrf|xsrf|signature|assertion|nonce|state|idempotency|websocket|postman")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LONGEST = 200  # characters; no name is longer


def means_a_credential(name: str, *, in_url: bool = False) -> bool:
    """Whether what stands under that name is secret, in whatever spelling the name comes.

    `in_url` says that it is no member of a JSON document but a header, a parameter, a field or a segment.
    """
    return not is_scims_own(name) and any(
        _A_WORD.search(part)
        or part in WHOLE
        or (in_url and (part in WHOLE_IN_A_URL or part.endswith(ENDS_IN_A_URL)))
        for part in _parts(name)
    )


def may_open_the_door(header: str) -> bool:
    """Whether a credential in that header may be what a server lets a client in for, and not what a browser or gateway adds."""
    return means_a_credential(header, in_url=True) and not _ASIDE.search(_letters(header.casefold()))


def is_scims_own(name: str) -> bool:
    """Whether it only sounds like one, so that nothing below it is under such a name."""
    return not SCIMS.isdisjoint(_parts(name))


def is_the_password(name: str) -> bool:
    """Whether it is the user's own `password`, also by its URN (RFC 7644 3.10)."""
    return PASSWORDS_NAME in _parts(name)[:-1]


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    """Every attribute a name goes through, in lower case letters and digits, and last the whole of it.

    Escapes are undone before. Of a URN only what follows its last colon names an attribute, and
    what a PATCH path filters by is no part of it.
    """
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), name[:_LONGEST])
    plain = normalize("NFKC", unquote(unquote(plain))).casefold()
    plain = re.sub(r"\[[^\]]*[\s\"][^\]]*\]?", "", plain).rpartition(":")[2]
    whole = _letters(plain)
    return (*(_letters(part) for part in re.split(r"[.\[\]]", plain)), whole)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
