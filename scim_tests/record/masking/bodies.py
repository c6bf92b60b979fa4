"""What cannot be read as JSON, word by word: its shape stays, and the words that name nobody.

What could not be read can still not be read: nothing but words is replaced, by words that are no JSON by themselves.
"""

import json
import re

from scim_tests.record.masking.ours import PLACEHOLDERS, Ours
from scim_tests.record.masking.pseudonyms import STANDIN
from scim_tests.record.masking.strangers import SHORTEST, Strangers
from scim_tests.record.masking.telling import Tells
from scim_tests.record.masking.words import prose, protocol

KEPT = f"(?:{'|'.join(map(re.escape, sorted(PLACEHOLDERS)))})"
MOST = 400  # words that are kept of one body
# What stands for something; a number, however it is grouped; a word, with letters as JSON may escape them; another escape.
PART = re.compile(
    rf"(?P<kept>{STANDIN.pattern.removeprefix('(?i)')}|{KEPT})|\+?\d(?:[ ()./-]{{0,2}}\d){{{SHORTEST - 1},}}(?![^\W_])"
    r"|(?:\\u[0-9a-f]{4}|[^\W_])+|(?P<escape>\\.)",
    re.IGNORECASE | re.DOTALL,
)
MORE = re.compile(rf" … and [\d,]+ characters more( {KEPT})*")
MARKUP = frozenset({
    "doctype", "html", "head", "body", "meta", "link", "script", "style", "div", "span", "p", "br", "hr", "a",
    "ul", "ol", "li", "table", "tr", "td", "th", "h1", "h2", "h3", "form", "input", "label",
    "button", "href", "src", "rel", "class", "content", "charset", "lang", "xml", "encoding", "utf",
    "nan", "infinity", "null", "none",
})  # fmt: skip


class Unread:
    """Bodies about people that are no JSON."""

    def __init__(self, ours: Ours, strangers: Strangers) -> None:
        self._ours = ours
        self._strangers = strangers

    def masked(self, text: str) -> str:
        """The beginning of the text, with a stand-in for each word that is neither ours nor may be said of anything."""
        parts, end = [], 0
        for found, _ in zip(PART.finditer(text), range(MOST), strict=False):
            parts += [text[end : found.start()], self._part(found)]
            end = found.end()
        rest = text[end:]
        if PART.search(rest) and not MORE.fullmatch(rest):
            secrets = sorted(each for each in PLACEHOLDERS if each in rest)  # which checks look for
            rest = " ".join([f" … and {len(rest):,} characters more", *secrets])
        return "".join([*parts, rest])

    def surely(self, text: str) -> str:
        """The same of a text in which sentences of ours may quote anything: names of ours stay, and words of our own prose."""
        parts, end = [], 0
        for start, stop in self._ours.named_in(text):
            parts += [self._told(text[end:start]), text[start:stop]]
            end = stop
        return "".join([*parts, self._told(text[end:])])

    def _told(self, text: str) -> str:
        return PART.sub(
            lambda found: (
                found[0] if found[0] in prose() or found[0].lower() in protocol() else self._part(found)
            ),
            text,
        )

    def _part(self, found: re.Match[str]) -> str:
        part = found[0]
        if found["kept"] or found["escape"]:
            return part
        plain: str = json.loads(f'"{part}"') if "\\" in part else part
        short = plain.isdecimal() and len(plain) < SHORTEST
        if short or plain.lower() in MARKUP or self._ours.wrote(plain) or self._strangers.is_common(plain):
            return part
        if plain.startswith("+"):  # a telephone number is one wherever it stands; a word may be any word
            return self._strangers.hide(plain, Tells.MUCH)
        return self._strangers.standin(plain)
