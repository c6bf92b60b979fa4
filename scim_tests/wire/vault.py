"""The one place that knows the secrets, and so the one place where they are put in and taken out.

A step has slots (`scim_tests.model.slots`); the vault puts the secrets there when the bytes leave, and puts the
placeholder `$SCIM_TESTS_TOKEN` wherever the token comes back in an answer or an error, in whatever disguise.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TypeVar
from urllib.parse import quote, quote_plus

from scim_tests.model.exchange import PASSWORD, TOKEN
from scim_tests.model.slots import as_kept, slot

LONG = 8  # characters; a shorter secret may be an ordinary word, so it is hidden as a whole word only

# What a short secret must not touch to count as a whole word: URNs, addresses, paths and decimals
# hold together, and a bare JSON value (`"totalResults": 1234`) is no word.
_PART_OF_A_WORD = rb"[\w.:@/+\x80-\xff-]"
_NOT_INSIDE = rb'(?<!%b)(?<!": )%%b(?!%b)' % (_PART_OF_A_WORD, _PART_OF_A_WORD)

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_REST_OF_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]+=*")

Text = TypeVar("Text", str, bytes)


class Vault:
    """Holds a target's token, the placeholder password of creates, and `more` by their placeholders. An empty one is not known.

    A `repr` does not show them.
    """

    def __init__(self, token: str, password: str, more: Mapping[str, str] | None = None) -> None:
        secrets = {TOKEN: token, PASSWORD: password, **(more or {})}
        self._secrets = {placeholder: secret for placeholder, secret in secrets.items() if secret}
        self._disguises = [_Disguise(secret, name) for name, secret in self._secrets.items()]

    def renew(self, token: str) -> None:
        """From here on another token is put in; those before it are still taken out."""
        if self._secrets.get(TOKEN) != token:
            self._secrets[TOKEN] = token
            self._disguises.insert(0, _Disguise(token, TOKEN))

    @property
    def traces(self) -> set[bytes]:
        """One of these stands in every text in which `hide` finds something."""
        return {trace for disguise in self._disguises for trace in disguise.traces}

    def reveal(self, text: Text) -> Text:
        """The real secrets where the slots are; the placeholder, where a secret is not known.

        A str is a header or a path and takes them as they are; bytes are JSON, where they are escaped.
        """
        for placeholder, secret in self._secrets.items():
            if isinstance(text, bytes):
                escaped = json.dumps(secret, ensure_ascii=False)[1:-1]
                text = text.replace(slot(placeholder).encode(), escaped.encode())
            else:
                text = text.replace(slot(placeholder), secret)
        return as_kept(text)

    def hide(self, text: Text) -> Text:
        """The placeholders where a secret stands: plain, escaped for JSON, HTML or a URL, in base64, or a third of it and more."""
        if isinstance(text, str):
            return self._hide(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")
        return self._hide(text)

    def _hide(self, data: bytes) -> bytes:
        for disguise in self._disguises:
            data = disguise.lift(data)
        return data


class _Disguise:
    """One secret, in all the forms in which it may come back."""

    def __init__(self, secret: str, placeholder: str) -> None:
        self._secret = secret.encode()
        self._placeholder = placeholder.encode()
        self._is_long = len(secret) >= LONG
        self._forms = sorted({form.encode() for form in _spellings(secret)}, key=len, reverse=True)
        pattern = b"|".join(re.escape(form) for form in self._forms)
        self._plain = re.compile(pattern if self._is_long else _NOT_INSIDE % (b"(?:" + pattern + b")"))
        self._part = max(LONG, -(-len(self._secret) // 3))
        self._grams = list(_grams(self._secret, self._part)) if len(self._secret) > LONG else []
        self._cores = sorted(set(_base64_cores(self._secret)), key=len, reverse=True)

    @property
    def traces(self) -> list[bytes]:
        """What stands in a text that holds the secret, in one form or another."""
        return self._forms + self._cores

    def lift(self, data: bytes) -> bytes:
        """`data` with the placeholder for the secret. Looks before it copies: most answers hold none."""
        if any(form in data for form in self._forms):
            data = self._plain.sub(lambda _: self._placeholder, data)
        for core in self._cores:
            if core in data:
                data = self._lift_base64(data, core)
        for place, gram in self._grams:
            if gram in data:
                data = self._lift_parts(data, place, gram)
        return data

    def _lift_parts(self, data: bytes, place: int, gram: bytes) -> bytes:
        """Replace every part of the secret around `gram`, which stands in it at `place`, that is large and no word."""
        lifted, position = bytearray(), 0
        while (found := data.find(gram, position)) >= 0:
            before = _common(data[position:found][::-1], self._secret[:place][::-1])
            end = (
                found
                + len(gram)
                + _common(data[found + len(gram) :][: len(self._secret)], self._secret[place + len(gram) :])
            )
            part = data[found - before : end]
            tells = len(part) >= self._part and _DIGIT.search(part) and _LETTER.search(part)
            lifted += data[position : found - before] + (self._placeholder if tells else part)
            position = end
        return bytes(lifted + data[position:])

    def _lift_base64(self, data: bytes, core: bytes) -> bytes:
        """Replace every stretch of base64 that holds `core`, with the user before it in Basic's `user:token`."""
        lifted, position = bytearray(), 0
        while (found := data.find(core, position)) >= 0:
            start, end = _stretch(data, found, position)
            lifted += data[position:start]
            lifted += self._placeholder if self._is_in(data[start:end]) else data[start:end]
            position = end
        return bytes(lifted + data[position:])

    def _is_in(self, stretch: bytes) -> bool:
        """A long secret anywhere in it is no chance; a short one must be all of it, or what follows a colon."""
        if self._is_long:
            return True
        whole = stretch.translate(_TO_STANDARD).rstrip(b"=")
        if len(whole) % 4 == 1:
            return False  # no base64 has that length
        decoded = base64.b64decode(whole + b"==")
        return decoded == self._secret or decoded.endswith(b":" + self._secret)


def _grams(secret: bytes, part: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of the secret with their places, one of which is in every part of that length."""
    size = max(1, part // 2)
    for place in range(0, len(secret) - size + 1, part - size + 1):
        yield place, secret[place : place + size]


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


_DIGIT, _LETTER = re.compile(rb"[0-9]"), re.compile(rb"[A-Za-z]")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def _spellings(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, in_json, in_json.replace("/", "\\/"), json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (html.escape(secret), html.escape(secret, quote=False))
    for in_url in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield in_url
        yield re.sub("%..", lambda octet: octet[0].lower(), in_url)


def _base64_cores(secret: bytes) -> Iterator[bytes]:
    """Those characters of the secret's base64 that do not depend on its neighbours, for each way it can lie."""
    encoders: tuple[Callable[[bytes], bytes], ...] = (base64.b64encode, base64.urlsafe_b64encode)
    for encode, before in product(encoders, range(3)):
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        core = encode(bytes(before) + secret)[first:last]
        if len(core) > 2:
            yield core


def _stretch(data: bytes, found: int, earliest: int) -> tuple[int, int]:
    """From where to where the base64 around `found` goes."""
    start = earliest + len(data[earliest:found].rstrip(_BASE64))
    rest = _REST_OF_BASE64.match(data, found)
    return start, rest.end() if rest else found
