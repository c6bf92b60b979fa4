"""What a target said, made safe to show: nothing here may move a cursor, hide text or break a file.

Every report passes all it shows through `printable`; how it escapes for its own format comes after.
"""

import json
import re

# Control characters but tab and line feed, lone surrogates, and what XML 1.0 does not allow; then what turns or
# isolates the direction of text, so that what is read is not what is there.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)

PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
MARK = "  "
BLANKS, BLANK = re.compile(r"(?<=\S) {2,}(?=\S)"), "\u2423"


def printable(text: str) -> str:
    r"""The text with everything that is not plain text spelt out: `\x1b`, `\u202e`, `\ud800`."""
    return UNSAFE.sub(_spelt_out, text.replace("\r\n", "\n"))


def _spelt_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str) -> str:
    """Printable, and on one line."""
    return " ".join(printable(text).split())


def blanks_seen(text: str) -> str:
    """The text with marks for several blanks in a row, which may be all that tells one value from another."""
    return BLANKS.sub(lambda run: BLANK * len(run[0]), text)


def as_sentence(text: str) -> str:
    """The words with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""


def shortened(text: str, limit: int) -> str:
    """The text, cut after `limit` characters with a word on how many are missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit} more characters)"


def pretty(body: str) -> str:
    """A JSON body with line breaks and indents, every token as it was sent; anything else as it is.

    Reading and writing it again would hide repeated keys and the way numbers and strings are
    spelt, which is what a check may be about.
    """
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return body
    return "".join(_laid_out(PIECE.findall(body)))


def _laid_out(pieces: list[str]) -> list[str]:
    shown: list[str] = []
    depth = 0
    for before, piece in zip(["", *pieces], pieces, strict=False):
        closes = piece in {"}", "]"}
        depth -= closes
        opened = before in {"{", "["}
        if before == "," or opened != closes:
            shown.append("\n" + MARK * depth)
        shown.append(": " if piece == ":" else piece)
        depth += piece in {"{", "["}
    return shown
