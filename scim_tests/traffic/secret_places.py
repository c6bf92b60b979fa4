"""Where a text may hold a secret, whatever kind of text it is: a URL, a header, a body, a sentence.

Each place is shown to `swap`, which gives what is to stand there; so what finds secrets and what hides
them look into the same places. What is written in another way (JSON's escapes, percent signs, JSON inside
a string) is read first, and written that way again only where something in it was swapped.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from scim_tests.traffic import members
from scim_tests.traffic.credential_names import means_a_credential

Swap = Callable[[str, str], str]  # name and value, to what stands in place of the value
USERINFO, JWT, SCHEME = "userinfo", "jwt", "authorization"  # names for what has none
LEVELS = 3  # of texts in texts

# A name and a value, as one writes them in ...
MEMBERS = (
    re.compile(r'"(?P<name>[^"]{1,200})"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)', re.DOTALL),  # JSON that is not whole
    re.compile(r"""(?<![\w.$%-])(?P<name>[\w.$%-]{2,100})["']?\s*[:=]\s*["'](?P<value>[^"'\\<>]+)"""),  # a program
)  # fmt: skip
PAIRS = (
    re.compile(r"<(?P<name>[\w:.-]{1,100})[^<>]*>(?P<value>[^<>]+)</"),  # XML
    re.compile(r'(?<![\w.:$-])(?P<name>[A-Za-z][\w.:$-]{0,200})(?: +[A-Za-z]{2} +|\[[^"\]]{0,200})\\*"(?P<value>(?:[^"\\]|\\[^"])*)'),  # a filter
    re.compile(r"(?<![\w.-])(?P<name>[\w.-]{2,100})(?:\s*=\s*|:\s+)(?P<value>(?=[^\s]{0,99}\d)[^\s\"'&,;<>{}\[\]\\]{6,})"),  # a sentence
)  # fmt: skip
FIELDS = (
    re.compile(r"""(?:^|[?&#\s"'(,])(?P<name>[^\s=&?#;"'<>(,/]{1,100})=(?P<value>[^&#;\s"'<>]*)"""),  # a query, a form
    re.compile(r""";\s*(?P<name>[^\s=&?#;"'<>/]{1,100})=(?P<value>[^&;/?#\s"'<>]*)"""),  # a matrix parameter, a cookie
    re.compile(r'name="(?P<name>[^"\r\n]{1,100})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,9}\r?\n(?P<value>[^\r\n]*)'),  # multipart
)  # fmt: skip
_PATH = re.compile(r"(?<!/)(?:/[^\s/?#;\"'<>]+){2,}")
_PLAIN_WORD = re.compile(r"[A-Za-z]{1,15}|[vV]?\d{1,3}(?:\.\d{1,3})*")
_USERINFO = re.compile(r'(?<=://)(?P<value>[^/?#\s"\'<>\\@]+)@')
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{6,}\.[\w-]{2,}(?:\.[\w-]*)*")
_SCHEME = re.compile(
    r"(?i)(?<![\w-])(?P<scheme>bearer|basic|ssws) +(?P<value>(?=\S{0,99}\d)[^\s\"'\\,;<>]{8,})"
)
_PERCENT = re.compile(r"(?<![^\s\"'<>&=?/;,\\])[^\s\"'<>&=?/;,\\%]*%[0-9A-Fa-f]{2}[^\s\"'<>&=?/;,\\]*")


def swapped(text: str, swap: Swap, inner: Callable[[str], str] = str, level: int = 0) -> str:
    """The text with what `swap` gives in every such place, and with what `inner` makes of the rest of it."""
    if '"' in text and members.may_hold_any(text):
        text = _in_json(text, swap, inner, level)
    if '"' in text or "'" in text:
        for pattern in MEMBERS:
            text = pattern.sub(lambda found: _pair(found, swap, in_url=False), text)
    for pattern in PAIRS:
        text = pattern.sub(lambda found: _pair(found, swap, in_url=False), text)
    for pattern in FIELDS:
        text = pattern.sub(lambda found: _pair(found, swap, in_url=True), text)
    text = _PATH.sub(lambda found: _segments(found[0], swap), text)
    if "://" in text:
        text = _USERINFO.sub(lambda found: f"{swap(USERINFO, found['value'])}@", text)
    text = _SCHEME.sub(lambda found: f"{found['scheme']} {swap(SCHEME, found['value'])}", text)
    if "eyJ" in text:
        text = _JWT.sub(lambda found: swap(JWT, found[0]), text)
    if "%" in text and level < LEVELS:
        text = _PERCENT.sub(lambda found: _percent(found[0], swap, inner, level), text)
    return inner(text)


def _pair(found: re.Match[str], swap: Swap, *, in_url: bool) -> str:
    name, value = found["name"], found["value"]
    if not value or not means_a_credential(name, in_url=in_url):
        return found[0]
    start, end = (place - found.start() for place in found.span("value"))
    new = _decoded(name, value, swap) if in_url else swap(name, value)
    return found[0][:start] + new + found[0][end:]


def _segments(path: str, swap: Swap) -> str:
    """A path, where one segment may name what the next one is."""
    segments = path.split("/")
    for place in range(2, len(segments)):
        name, value = segments[place - 1 : place + 1]
        if len(value) > 3 and not _PLAIN_WORD.fullmatch(value) and means_a_credential(name, in_url=True):
            segments[place] = _decoded(name, value, swap)
    return "/".join(segments)


def _decoded(name: str, value: str, swap: Swap) -> str:
    """What swap gives for a value that is percent-encoded."""
    decoded = unquote(value, errors="surrogateescape")
    new = swap(name, decoded)
    return value if new == decoded else new


def _percent(piece: str, swap: Swap, inner: Callable[[str], str], level: int) -> str:
    decoded = unquote(piece, errors="surrogateescape")
    new = swapped(decoded, swap, inner, level + 1)
    return piece if new == decoded else quote(new, safe="$", errors="replace")


def _in_json(text: str, swap: Swap, inner: Callable[[str], str], level: int) -> str:
    by_place: dict[int, members.Scalar] = {}
    for each in members.scalars(text):
        if each.name or each.start not in by_place:
            by_place[each.start] = each
    pieces, end = [], 0
    for start, each in sorted(by_place.items()):
        new = swap(each.name, each.value) if each.name else each.value
        if new == each.value and level < LEVELS:
            new = swapped(new, swap, inner, level + 1)
        if new != each.value:
            pieces += [text[end:start], each.written(new)]
            end = each.end
    return "".join(pieces) + text[end:]
