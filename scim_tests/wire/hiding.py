"""Takes the credentials and passwords out of traffic that somebody else's client sent, wherever they stand.

Which credential is the right one, the answers tell: one that was only ever answered 401 while another
opened the door is a wrong one, and stands as `$REFUSED_TOKEN`, so that nobody takes its refusal for a fault.
"""

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scim_tests.model.exchange import MADE_UP_TOKENS, PASSWORD, REFUSED_TOKEN, TOKEN, Headers
from scim_tests.model.scim import Json
from scim_tests.wire.reading import readings
from scim_tests.wire.vault import Vault

CREDENTIAL = re.compile(
    r"(?i).*(?:authorization|authentication|auth|token|secret|password|credentials?|api[-_]?key)"
)
COOKIES = frozenset({"cookie", "set-cookie"})
SCHEMES = ("bearer ", "basic ")
SECRET_QUERY = re.compile(r"(?i)([?&](?:access_token|token|api_?key|password|secret)=)[^&#]*")
GRAM = 6  # bytes of a secret that are looked up, before anything is looked for
HIDDEN = "$HIDDEN"  # what stands for a cookie
Entry = Mapping[str, Any]  # of a HAR
Credential = tuple[str, str]  # a header's name in lower case, and its value


class Hiding:
    """Knows the secrets of the HAR entries it was told to `learn`, and hides them."""

    def __init__(self) -> None:
        self._vaults: dict[str, Vault] = {}  # by secret
        self._short: set[str] = set()
        self._by_gram: dict[bytes, set[str]] = defaultdict(set)
        self._opened: frozenset[Credential] = frozenset()
        self._closed: frozenset[Credential] = frozenset()  # never answered with anything but 401

    def learn(self, entry: Entry, written: Callable[[], bytes] = bytes) -> bool:
        """Learn an entry's secrets; whether what is `written` already now has to be written anew."""
        before = self._refused
        self._hear(entry)
        changed = {_token(value) for _, value in before ^ self._refused}
        stands = bool(changed & self._vaults.keys())
        new = {secret: vault for secret, vault in _secrets(entry) if secret not in self._vaults}
        for secret, vault in new.items():
            self._know(secret, vault)
        text = written() if new else b""
        return stands or any(vault.hide(text) != text for vault in new.values())

    def _know(self, secret: str, vault: Vault) -> None:
        self._vaults[secret] = vault
        for trace in vault.traces:
            if len(trace) < GRAM:
                self._short.add(secret)
            else:
                self._by_gram[trace[:GRAM]].add(secret)

    def _held_in(self, text: bytes) -> Iterator[Vault]:
        """Those that may have something to hide in it, the longest secret first: one may hold another.

        A directory's import knows a password for each of thousands, so it is not asked of each.
        """
        read = b"\n".join(readings(text))
        grams = {read[place : place + GRAM] for place in range(len(read) - GRAM + 1)}
        found = self._short.union(*(self._by_gram[gram] for gram in grams & self._by_gram.keys()))
        return (self._vaults[secret] for secret in sorted(found, key=len, reverse=True))

    @property
    def _refused(self) -> frozenset[Credential]:
        return self._closed if self._opened else frozenset()

    def _hear(self, entry: Entry) -> None:
        status = (entry.get("response") or {}).get("status")
        for credential in _credentials(entry["request"]):
            if status == 401 and credential not in self._opened:
                self._closed = self._closed | {credential}
            elif status:
                self._opened = self._opened | {credential}
                self._closed = self._closed - {credential}

    def headers(self, message: Mapping[str, Any]) -> Headers:
        """A message's headers; credentials and cookies are gone."""
        return tuple((name, self._header(name.lower(), value)) for name, value in pairs(message))

    def _header(self, name: str, value: str) -> str:
        if CREDENTIAL.fullmatch(name) and _is_secret(value):
            stands = REFUSED_TOKEN if (name, value) in self._refused else TOKEN
            return value[: len(value) - len(_token(value))] + stands
        return HIDDEN if name in COOKIES else self.text(SECRET_QUERY.sub(rf"\1{HIDDEN}", value))

    def path(self, path: str) -> str:
        """A path with its query."""
        return self.text(SECRET_QUERY.sub(rf"\1{HIDDEN}", path))

    def text(self, text: str) -> str:
        """Any other text."""
        return self.body(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def body(self, body: bytes) -> bytes:
        """A body, decoded."""
        for vault in self._held_in(body):
            body = vault.hide(body)
        return body


def pairs(message: Mapping[str, Any]) -> Headers:
    """Headers as pairs; HTTP/2's pseudo headers (`:path`) are no headers of the message."""
    return tuple(
        (str(each.get("name")), str(each.get("value", "")))
        for each in message.get("headers") or ()
        if isinstance(each, Mapping) and not str(each.get("name", ":")).startswith(":")
    )


def sent(request: Mapping[str, Any]) -> bytes:
    """The body of an entry's request."""
    data = request.get("postData") or {}
    return _bytes(data.get("text"), str(data.get("encoding") or request.get("_encoding") or ""))


def received(response: Mapping[str, Any]) -> bytes:
    """The body of an entry's response."""
    content = response.get("content") or {}
    return _bytes(content.get("text"), str(content.get("encoding") or ""))


def _bytes(text: Json, encoding: str) -> bytes:
    if not isinstance(text, str):
        return b""
    if encoding.lower() == "base64":
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError):
            pass  # some name the encoding and do not use it
    return text.encode(errors="surrogatepass")


def _secrets(entry: Entry) -> Iterator[tuple[str, Vault]]:
    for _, value in _credentials(entry["request"]):
        token = _token(value)
        yield token, Vault(token, "")
    for body in (sent(entry["request"]), received(entry.get("response") or {})):
        for password in _passwords(_json(body)):
            yield password, Vault("", password)


def _credentials(request: Mapping[str, Any]) -> list[Credential]:
    return [
        (name.lower(), value)
        for name, value in pairs(request)
        if CREDENTIAL.fullmatch(name) and _is_secret(value)
    ]


def _is_secret(value: str) -> bool:
    """Not so where it stands hidden already, or where a run of ours made it up to be refused."""
    return TOKEN not in value and _token(value) not in {"", REFUSED_TOKEN, *MADE_UP_TOKENS}


def _token(value: str) -> str:
    """What of a header's value is secret: not the scheme in front."""
    scheme = next((each for each in SCHEMES if value.lower().startswith(each)), "")
    return value[len(scheme) :].strip()


def _json(body: bytes) -> Json:
    try:
        return json.loads(body) if b"assword" in body or b"ASSWORD" in body else None
    except (ValueError, RecursionError):
        return None


def _passwords(value: Json) -> Iterator[str]:
    """Every password in it: a member of that name, or what a PATCH sets at that path."""
    if isinstance(value, Mapping):
        patched = str(value.get("path")).lower() == "password"
        for key, member in value.items():
            is_one = key.lower() == "password" or (patched and key == "value")
            if is_one and isinstance(member, str):
                yield from {member} - {"", PASSWORD}
            else:
                yield from _passwords(member)
    elif isinstance(value, list):
        for member in value:
            yield from _passwords(member)
