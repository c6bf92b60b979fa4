"""Everything that can be read in a text: what is escaped in it, and what is encoded. Knows no secret.

Whether digits are a code only their reading tells. So all that may be one is decoded, each run of digits
once; what comes of the others is chance, in which nothing is ever found.
"""

import binascii
import re
import string
from collections.abc import Collection, Iterator
from itertools import groupby

from scim_tests.wire.effort import Effort
from scim_tests.wire.escapes import views

CODINGS = 2  # one in the other
RUN = re.compile(rb"[A-Za-z0-9+/_-]{11,}=*")  # of digits of base64, with what fills it up
# Digits for eight bytes and more, in base64, base32 and hexadecimal, where all else is blank.
_OF_11, _OF_13, _OF_16 = (re.compile(b" [^ ]{%d,}" % least) for least in (11, 13, 16))
BLOCK = 10_080  # bytes, which many numbers divide: whatever repeats after so many is seen to
LEFT, AT_ONCE = 3, 32  # blocks that are left, and left out at once
LAYERED = re.compile(rb"[\t\n\r -~]{10,}")  # what may have another layer


def _table(letters: str, meanings: str, others: bytes | None = b" ") -> bytes:
    """For `translate`: every other byte as it is, or as one of the `others`."""
    plain = bytes(range(256)) if others is None else others * 256
    table = bytearray(plain)
    for letter, meaning in zip(letters.encode(), meanings.encode(), strict=True):
        table[letter] = meaning
    return bytes(table)


_ALL_32 = string.digits + string.ascii_uppercase[:22]  # what int() reads to base 32
_FOLDS = _table(string.ascii_uppercase + "+", string.ascii_lowercase + " ", None)
_BASE64 = _table(string.ascii_letters + string.digits + "+/-_", string.ascii_letters + string.digits + "+/+/")
_BASE32 = _table(string.ascii_letters + "234567", _ALL_32[:26] * 2 + _ALL_32[26:])
_BASE16 = _table(string.hexdigits, string.hexdigits)
_PRINTABLE = _table(string.printable, "!" * len(string.printable))


def folded(text: bytes) -> bytes:
    """Without letter case, and with a blank for the plus sign that stands for it in a form."""
    return text.translate(_FOLDS)


def readings(text: bytes, effort: Effort, codings: int = CODINGS) -> Iterator[bytes]:
    """The text and all that can be read in it, folded. TooMuch where that costs more than it may."""
    seen: set[bytes] = set()
    for view in views(text, effort):
        yield folded(view.text)
        new = runs(view.text) - seen
        seen |= new
        yield from decoded(new, effort, codings)


def without_repetition(text: bytes) -> bytes:
    """The text without most of what it only repeats; everything that can be read in it can be read here.

    What repeats and is long holds no secret that its first blocks do not hold; and so many blocks are left out
    at once that no escape and no digit of a code comes to stand otherwise than it did.
    """
    blocks = (text[at : at + BLOCK] for at in range(0, len(text), BLOCK))
    kept: list[bytes] = []
    for block, alike in groupby(blocks):
        many = sum(1 for _ in alike)
        kept += [block] * (many - max(0, many - LEFT) // AT_ONCE * AT_ONCE)
    return b"".join(kept)


def runs(text: bytes) -> set[bytes]:
    """The runs of digits that may be a code, each with a blank before it."""
    return set(_OF_11.findall(b" " + text.translate(_BASE64)))


def decoded(runs: Collection[bytes], effort: Effort, codings: int = CODINGS) -> Iterator[bytes]:
    """All that can be read in such runs, folded."""
    for found in _decoded(b"".join(runs)) if runs and codings else ():
        thin = found.replace(b"\0", b"")  # of UTF-16
        yield folded(thin)
        if b"!" * 10 in thin.translate(_PRINTABLE):
            yield from readings(b'"'.join(LAYERED.findall(thin)), effort, codings - 1)


def _decoded(runs: bytes) -> Iterator[bytes]:
    """What they mean as base64, base32 and hexadecimal."""
    digits = runs.replace(b" ", b"")
    read = binascii.a2b_base64(digits + b"A" * (-len(digits) % 4))
    yield from _from_every_digit(int.from_bytes(read, "big"), len(read), 2)
    if digits := b"".join(_OF_13.findall(runs.translate(_BASE32))).replace(b" ", b""):
        yield from _from_every_digit(int(digits, 32), len(digits) * 5 // 8 + 1, 1)
    if digits := b"".join(_OF_16.findall(runs.translate(_BASE16))).replace(b" ", b""):
        yield from _from_every_digit(int(digits, 16), len(digits) // 2 + 1, 4)


def _from_every_digit(bits: int, length: int, step: int) -> Iterator[bytes]:
    """The bits as bytes, however many bits of a byte come before the first: a code may begin at any digit."""
    for shift in range(0, 8, step):
        yield (bits << shift).to_bytes(length + 1, "big")
