"""Undoes, layer by layer, what a text escapes, and knows where each byte of it came from.

A reader of our files may undo it, and so do our own reports, which take JSON apart and write it anew.
Each layer is one kind of escape: what JSON reads as a line break may be two letters to whoever reads a URL.
Most answers have little to undo, so only those of their strings are copied that have.
"""

import binascii
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scim_tests.wire.effort import OF_AN_ESCAPE, Effort

LAYERS = 5  # are undone: three, those of the document they stand in, and broken lines
FAR = 100  # quotes, or backslashes
LONGEST = 12  # bytes of an escape in JSON
_HEX = b"[0-9A-Fa-f]"
_PAIR = rb"u[Dd][89ABab]%b{2}\\u[Dd][C-Fc-f]%b{2}" % (_HEX, _HEX)  # of surrogates (RFC 8259 7)
_CONTROLS = bytes.maketrans(b"bfnrt", b"\b\f\n\r\t")
_STRING_ENDS = re.compile(rb'"(?=[,:}\]\s]|\Z)')
Span = tuple[int, int]


@dataclass(frozen=True)
class _Layer:
    """A kind of escapes: each has the `sign`, and `means` says what it stands for.

    A string is undone where one is `telling`: most are letters of names that ASCII does not have.
    """

    sign: bytes
    telling: re.Pattern[bytes]
    escape: re.Pattern[bytes]
    means: Callable[[bytes], bytes]


@lru_cache(maxsize=4096)
def _of_json(escape: bytes) -> bytes:
    """JSON's, and the apostrophe that programs escape."""
    if escape[1:2] != b"u":
        return escape[1:].translate(_CONTROLS)
    halves = escape.decode("unicode_escape").encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "surrogatepass").encode(errors="surrogatepass")


@lru_cache(maxsize=4096)
def _of_two_digits(escape: bytes) -> bytes:
    """Of URLs (RFC 3986 2.1), programs and quoted-printable, where a line break may stand for them and means nothing."""
    return binascii.unhexlify(escape.strip()[-2:].lstrip(b"="))


@lru_cache(maxsize=4096)
def _of_html(escape: bytes) -> bytes:
    return html.unescape(escape.decode()).encode(errors="surrogatepass")


def _of_none(_: bytes) -> bytes:
    return b""


_JSON = re.compile(rb"\\(?:%b|u%b{4}|[\"'\\/bfnrt])" % (_PAIR, _HEX))
_PROGRAM = re.compile(rb"\\x%b{2}" % _HEX)
_URL = re.compile(rb"%%%b{2}" % _HEX)
_HTML = re.compile(rb"&(?:#[0-9]{1,9};?|#[Xx]%b{1,8};?|[A-Za-z]\w{1,31};)" % _HEX)
_MAIL = re.compile(rb"=(?:%b{2}|\r?\n)" % _HEX)  # quoted-printable (RFC 2045 6.7)
_NULS = re.compile(b"\0+")
_LINES = _Layer(
    b"\n", re.compile(rb"\n[\t ]*[A-Za-z0-9+/_-]"), re.compile(rb"\r?\n[\t ]*(?=[A-Za-z0-9+/_=-])"), _of_none
)
_LAYERS = (
    _Layer(b"\\", re.compile(rb"\\(?:[\"'\\/nr]|u00[0-7])"), _JSON, _of_json),
    _Layer(b"\\x", _PROGRAM, _PROGRAM, _of_two_digits),
    _Layer(b"%", _URL, _URL, _of_two_digits),
    _Layer(b"&", _HTML, _HTML, _of_html),
    _Layer(b"=", _MAIL, _MAIL, _of_two_digits),
    _Layer(b"\0", _NULS, _NULS, _of_none),  # of UTF-16
    _LINES,
)


class View:
    """A text with some layers undone, which knows where in the raw text its bytes stand."""

    def __init__(self, text: bytes, effort: Effort) -> None:
        self.text = text
        self.effort = effort
        self.has_joined_lines = False

    def raw(self, spans: list[Span]) -> list[Span]:
        """Where that stands in the raw text which stands here."""
        return spans

    def below(self) -> "Iterator[View]":
        """What comes of it where one layer more is undone."""
        return (_Undone(self, layer) for layer in _LAYERS if layer.sign in self.text)


class _Undone(View):
    """What the strings of the view `above` mean that have escapes of this layer."""

    def __init__(self, above: View, layer: _Layer) -> None:
        self._above, self._layer = above, layer
        self._strings = list(_strings(above.text, layer.telling))
        means = layer.means
        undone = (
            layer.escape.sub(lambda found: means(found[0]), above.text[start:end])
            for start, end in self._paid_for(above.effort)
        )
        super().__init__(b"".join(undone), above.effort)
        self.has_joined_lines = above.has_joined_lines or layer is _LINES

    def _paid_for(self, effort: Effort) -> Iterator[Span]:
        for start, end in self._strings:
            escapes = self._above.text.count(self._layer.sign, start, end)
            effort.cost(end - start + escapes * OF_AN_ESCAPE)
            yield start, end

    def raw(self, spans: list[Span]) -> list[Span]:
        edges = sorted({edge for start, end in spans for edge in (start, end - 1)})
        origins = dict(zip(edges, self._origins(edges), strict=True))
        return self._above.raw([(origins[start][0], origins[end - 1][1]) for start, end in spans])

    def _origins(self, edges: list[int]) -> Iterator[Span]:
        """For bytes of this view, in their order, what in the view above stands for each."""
        waiting, position = iter(edges), 0
        edge = next(waiting, None)
        for length, start, end in self._pieces():
            while edge is not None and edge < position + length:
                at = start + edge - position
                yield (at, at + 1) if end is None else (start, end)
                edge = next(waiting, None)
            position += length

    def _pieces(self) -> Iterator[tuple[int, int, int | None]]:
        """The text in pieces: how long, from where, and to where if it is an escape that stands there."""
        for start, end in self._strings:
            literal = start
            for found in self._layer.escape.finditer(self._above.text, start, end):
                yield found.start() - literal, literal, None
                yield len(self._layer.means(found[0])), found.start(), found.end()
                literal = found.end()
            yield end - literal, literal, None


def uncut(text: bytes, span: Span) -> Span:
    """With the whole of those escapes of JSON that the span begins or ends in, or half a one would be left."""
    start, end = span
    return _around(text, start)[0], _around(text, end)[1]


def _around(text: bytes, edge: int) -> Span:
    """From where to where the escape goes that has the edge inside; it has no length where none has."""
    at = edge
    while (at := text.rfind(b"\\", max(0, edge - LONGEST), at)) >= 0:
        before = text[max(0, at - FAR) : at]
        found = _JSON.match(text, at)
        if found and found.end() > edge and (len(before) - len(before.rstrip(b"\\"))) % 2 == 0:
            return found.span()
    return edge, edge


def _strings(text: bytes, telling: re.Pattern[bytes]) -> Iterator[Span]:
    """The strings of JSON with a telling escape; in other texts, at least all between two quotes."""
    end = 0
    while found := telling.search(text, end):
        start = _string_begins(text, found.start(), end)
        ends = _STRING_ENDS.search(text, found.end())
        end = ends.start() if ends else len(text)
        yield start, end


def _string_begins(text: bytes, at: int, earliest: int) -> int:
    """At the last quote that ends the string before, or far enough away."""
    for _ in range(FAR):
        at = text.rfind(b'"', earliest, at)
        if at < 0:
            return earliest
        if _STRING_ENDS.match(text, at):
            break
    return at


def views(text: bytes, effort: Effort) -> Iterator[View]:
    """The text as it is, and with any layers undone. TooMuch where that costs more than it may."""
    return _views(View(text, effort), {}, LAYERS)


def _views(view: View, seen: dict[int, int], layers: int) -> Iterator[View]:
    """`seen` says how many layers more were undone in what was met before, by some longer way perhaps."""
    yield view
    for below in view.below() if layers else ():
        if below.text and seen.get(hash(below.text), 0) < layers:
            seen[hash(below.text)] = layers
            yield from _views(below, seen, layers - 1)
