"""Finds in JSON, whole or not, what stands under a name that means a credential.

It reads tokens and no document, so that a body that breaks off, many in one, or one nested a hundred
thousand deep gives away no more than a whole one, and what is not hidden stays byte for byte as it came.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scim_tests.traffic.credential_names import is_scims_own, means_a_credential

TOKENS = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*+)(?P<end>"|\\?\Z)|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
ESCAPES = re.compile(
    r"\\(?:u00[2-7]|/)"
)  # of what needs none: some writers do, and whoever wants to hide something
NAMED = re.compile(r'"([^"]{1,200})"\s*:')
NAMING = re.compile(r'(?i)"(?:path|name|key)"\s*:\s*"([^"]{1,200})"')
NAMERS = frozenset({"path", "name", "key"})  # members that name what their neighbour `value` is
NUMBER = re.compile(r"-?\d[\d.eE+-]*")
DEEPEST = 100  # levels up to which a PATCH operation is looked for
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Scalar:
    """A string or number and where it stands; `name` means a credential, or is empty."""

    start: int
    end: int
    value: str  # decoded
    name: str
    closed: bool = True  # whether the string's closing quote is there

    def written(self, value: str) -> str:
        """Another value in its place."""
        text = json.dumps(value, ensure_ascii=any("\ud800" <= each <= "\udfff" for each in value))
        return text if self.closed else text[:-1]


@dataclass
class _Frame:
    """An object or array that is open. `under` is the name above it that means a credential."""

    is_object: bool
    under: str
    key: str | None = None
    in_value: bool = False  # whether it is below a member `value`
    named: str = ""  # the credential that a `path` in it names
    values: list[Scalar] = field(default_factory=list)  # below its member `value`

    @property
    def at_value(self) -> bool:
        """Whether what comes next is, or is below, a `value`."""
        return self.in_value or (self.key or "").casefold() == "value"


def may_hold_any(text: str) -> bool:
    """Whether to look closer: a quick look at the names, of which there are few."""
    names = {*NAMED.findall(text), *NAMING.findall(text)}
    return bool(ESCAPES.search(text)) or any(map(means_a_credential, names))


def scalars(text: str) -> Iterator[Scalar]:
    """Every scalar under such a name, and every string, member names too, that is written with escapes."""
    open_: list[_Frame] = [_Frame(is_object=False, under="")]
    for token in TOKENS.finditer(text):
        said, frame = token[0], open_[-1]
        if said in {"{", "["}:
            open_.append(_Frame(said == "{", _name_for(frame), in_value=frame.at_value))
        elif said in {"}", "]"}:
            if len(open_) > 1:
                yield from _closed(open_)
        elif said == ",":
            frame.key = None
        elif said != ":":
            yield from _scalar(frame, token)
    while len(open_) > 1:
        yield from _closed(open_)


def _name_for(frame: _Frame) -> str:
    """Under which name that means a credential the next value in a frame stands."""
    key = frame.key or ""
    if is_scims_own(key):
        return ""
    return key if means_a_credential(key) else frame.under


def _scalar(frame: _Frame, token: re.Match[str]) -> Iterator[Scalar]:
    raw = token["text"]
    if raw is None:
        if NUMBER.fullmatch(token[0]):
            yield from _kept(frame, Scalar(token.start(), token.end(), token[0], _name_for(frame)))
        return
    value = unescaped(raw)
    closed = token["end"] == '"'
    if frame.is_object and frame.key is None:
        frame.key = value
        if value != raw:
            yield Scalar(token.start(), token.end(), value, "", closed)
        return
    if frame.is_object and (frame.key or "").casefold() in NAMERS and means_a_credential(value):
        frame.named = value
    found = Scalar(token.start(), token.end(), value, _name_for(frame), closed)
    yield from _kept(frame, found, escaped=value != raw)


def _kept(frame: _Frame, found: Scalar, *, escaped: bool = False) -> Iterator[Scalar]:
    if found.name or escaped:
        yield found
    if not found.name and frame.at_value:
        frame.values.append(found)


def _closed(open_: list[_Frame]) -> Iterator[Scalar]:
    """What the end of an object or array tells: whether a member named what another holds."""
    frame = open_.pop()
    if frame.named:
        for each in frame.values:
            yield Scalar(each.start, each.end, each.value, frame.named, each.closed)
    elif frame.in_value and len(open_) < DEEPEST:
        open_[-1].values.extend(frame.values)


def unescaped(raw: str) -> str:
    """What stands between the quotes of a JSON string, decoded as far as it can be read."""
    if "\\" not in raw:
        return raw
    try:
        read: str = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return _ESCAPED.sub(
            lambda each: chr(int(each[1], 16)) if each[1] else _SHORT.get(each[2], each[2]), raw
        )
    return read
