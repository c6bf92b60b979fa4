"""How a secret is found in a text that is read already: whole, in letters of any case, or a third of it and more."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from itertools import product

from scim_tests.wire.effort import OF_A_PIECE, Effort
from scim_tests.wire.escapes import Span
from scim_tests.wire.reading import folded

LONG = 8  # characters; a shorter secret may be an ordinary word, so it is hidden as a whole word only

# What a short secret must not touch to count as a whole word: URNs, addresses, paths and decimals
# hold together, and a bare JSON value (`"totalResults": 1234`) is no word.
_PART_OF_A_WORD = rb"[\w.:@/+\x80-\xff-]"
_NOT_INSIDE = rb'(?<!%b)(?<!": )%%b(?!%b)' % (_PART_OF_A_WORD, _PART_OF_A_WORD)
_DIGIT, _LETTER = re.compile(rb"[0-9]"), re.compile(rb"[a-z]")
_STRETCH = re.compile(rb"[A-Za-z0-9+/_-]+=*")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


class LongSecret:
    """One that no text holds by chance."""

    def __init__(self, secret: str) -> None:
        cased = (secret, secret.lower(), secret.upper())
        self.forms = {folded(form.encode()) for each in cased for form in (each, json.dumps(each)[1:-1])}
        self._folded = folded(secret.encode())
        self._part = max(LONG, -(-len(self._folded) // 3))
        self._grams = list(_grams(self._folded, self._part)) if len(self._folded) > LONG else []

    def whole(self, text: bytes) -> Iterator[Span]:
        """Where it stands in a folded text. Looks before it searches: most texts hold none."""
        for form in self.forms:
            if form in text:
                yield from (found.span() for found in re.finditer(re.escape(form), text))

    def parts(self, text: bytes, effort: Effort) -> Iterator[Span]:
        """Where a third of it and more stands there, that is no word."""
        for place, gram in self._grams:
            if gram in text:
                effort.cost(text.count(gram) * OF_A_PIECE)
                yield from self._around(text, place, gram)

    def _around(self, text: bytes, place: int, gram: bytes) -> Iterator[Span]:
        """The parts around `gram`, which stands in the secret at `place`."""
        before, after = self._folded[:place][::-1], self._folded[place + len(gram) :]
        for found in re.finditer(re.escape(gram), text):
            ahead = text[max(0, found.start() - place) : found.start()][::-1]
            start = found.start() - _common(ahead, before)
            end = found.end() + _common(text[found.end() : found.end() + len(after)], after)
            part = text[start:end]
            if len(part) >= self._part and _DIGIT.search(part) and _LETTER.search(part):
                yield start, end


def _grams(secret: bytes, part: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of the secret with their places, one of which is in every part of that length."""
    size = part // 2
    for place in range(0, len(secret) - size + 1, part - size + 1):
        yield place, secret[place : place + size]


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


class ShortSecret:
    """One that may be an ordinary word."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._cores = set(_base64_cores(self._secret))
        self.forms = {folded(form) for form in (self._secret, *self._cores)}
        self._word = re.compile(_NOT_INSIDE % re.escape(self._secret))

    def whole(self, text: bytes) -> Iterator[Span]:
        """Where it is a whole word, or base64 that holds nothing else but a user's name before a colon."""
        if self._secret in text:
            yield from (found.span() for found in self._word.finditer(text))
        if any(core in text for core in self._cores):
            yield from (found.span() for found in _STRETCH.finditer(text) if self._is_in(found[0]))

    def _is_in(self, stretch: bytes) -> bool:
        if not any(core in stretch for core in self._cores):
            return False
        digits = stretch.translate(_TO_STANDARD).rstrip(b"=")
        if len(digits) % 4 == 1:
            return False  # no base64 has that length
        decoded = base64.b64decode(digits + b"==")
        return decoded == self._secret or decoded.endswith(b":" + self._secret)


def _base64_cores(secret: bytes) -> Iterator[bytes]:
    """Those characters of the secret's base64 that do not depend on its neighbours, for each way it can lie."""
    encoders: tuple[Callable[[bytes], bytes], ...] = (base64.b64encode, base64.urlsafe_b64encode)
    for encode, before in product(encoders, range(3)):
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        core = encode(bytes(before) + secret)[first:last]
        if len(core) > 2:
            yield core
