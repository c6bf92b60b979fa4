"""Searches bytes for secrets as somebody would who has a day for it: undoes and decodes whatever can be, again and again.

It is simple on purpose, and knows nothing of how the vault hides.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

ESCAPES, CODES = 4, 2  # layers that are undone
READABLE = re.compile(rb"[\t\n\r -~]{8}")


def found_in(data: bytes, secrets: Sequence[str]) -> list[str]:
    """Those secrets that can be read in the data, in letters of any case.

    No secret lasts over a sign that is in none and in no code, so what is between two such is looked at once.
    """
    search = _Search(secrets)
    ends = [each for each in '"<>' if not any(each in secret for secret in secrets)]
    for piece in set(re.split(f"[{''.join(ends)}]".encode(), data) if ends else [data]):
        search.look(piece, ESCAPES, CODES)
    return sorted(search.found)


class _Search:
    def __init__(self, secrets: Sequence[str]) -> None:
        self.secrets = {secret: secret.lower().encode() for secret in secrets}
        self.found: set[str] = set()
        self.seen: set[bytes] = set()

    def look(self, data: bytes, escapes: int, codes: int) -> None:
        """Look at the data, and at all that comes of it in so many steps."""
        if data in self.seen:
            return
        self.seen.add(data)
        lowered = data.lower()
        for text in {lowered, lowered.replace(b"+", b" ")}:  # the latter as a form says it
            self.found |= {each for each, letters in self.secrets.items() if letters in text}
        if not READABLE.search(data.replace(b"\0", b"")):
            return
        for sign, undo in UNDOING if escapes else ():
            if sign in data:
                self.look(undo(data), escapes - 1, codes)
        for run in _runs(data) - self.seen if codes else ():
            self.seen.add(run)
            for decoded in _decoded(run):
                self.look(decoded, ESCAPES, codes - 1)


def _without_json(data: bytes) -> bytes:
    return re.sub(rb'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]', _character, data)


def _character(found: re.Match[bytes]) -> bytes:
    text: str = json.loads(b'"%b"' % found[0])
    return text.encode(errors="surrogatepass")


def _without_html(data: bytes) -> bytes:
    return html.unescape(data.decode(errors="surrogateescape")).encode(errors="surrogatepass")


UNDOING: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\\", _without_json),
    (b"&", _without_html),
    (b"%", unquote_to_bytes),
    (b"\0", lambda data: data.replace(b"\0", b"")),  # of UTF-16
)


def _runs(data: bytes) -> set[bytes]:
    """What may be a code, also where it is broken into lines."""
    whole = b"".join(line.strip() for line in data.splitlines())
    return {run for text in (data, whole) for run in re.findall(rb"[A-Za-z0-9+/_-]{11,}", text)}


def _decoded(run: bytes) -> Iterator[bytes]:
    """What it means in each code, wherever in it that begins."""
    for begin in range(8):
        yield base64.b64decode(_whole(run[begin:].translate(bytes.maketrans(b"-_", b"+/")), 4, b"A"))
        for digits in re.findall(rb"[A-Za-z2-7]{13,}", run):
            yield base64.b32decode(_whole(digits[begin:].upper(), 8, b"A"))
        for digits in re.findall(rb"[0-9A-Fa-f]{16,}", run):
            yield bytes.fromhex(_whole(digits[begin:], 2, b"0").decode())


def _whole(digits: bytes, group: int, filler: bytes) -> bytes:
    return digits + filler * (-len(digits) % group)
