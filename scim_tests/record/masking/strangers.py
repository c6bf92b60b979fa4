"""People whom nobody here made: stand-ins for what is said of them, in resources and in texts.

A word is no person: what might be any word counts in a text only where it is quoted.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from math import isfinite
from unicodedata import is_normalized, normalize
from urllib.parse import unquote

from scim_tests.model.names import PREFIX
from scim_tests.record.masking.ours import Ours
from scim_tests.record.masking.pseudonyms import Pseudonyms, is_standin
from scim_tests.record.masking.telling import Tells
from scim_tests.record.masking.words import (
    BETWEEN,
    TELLING_DIGITS,
    attribute_names,
    digits_of,
    vocabulary,
    words_of,
)

# Lengths are bounded (RFC 5321 4.5.3.1), so that a long text without an address takes no long time.
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,255}(?:\.[\w-]{1,255})+")
# An id in a path may be an address; where it lives is none of it, although an address may have each of these signs.
PATH = re.compile(r".*/(?:Users|Groups)/")
IN_A_URL = re.compile(r".*[/?=&]")
ENDS_A_URL = re.compile(r'[\s"<>]')
LONGEST_URL = 2000  # characters before an address in which a URL is looked for
# From the plus on (ITU-T E.164), and neither a time zone before a year nor a part of a word or a sum.
INTERNATIONAL = re.compile(
    rf"(?<![\w+)\]])[+\uff0b]\(?(?!1[0-4][0-5]\d \d{{4}}(?!\w))[1-9](?:{BETWEEN}\d){{7,14}}(?=x\d|(?!\w))"
)
EXAMPLE = "+1-201-555-0123"  # nobody's: in the description of an attribute (RFC 7643 8.7.1)
GAP = re.compile(BETWEEN)
LONGEST_NUMBER = 17  # digits, with two zeros in front
WORD = re.compile(r"[^\W_]+")
QUOTES = frozenset("\"'`\u2018\u2019“”„«»")
SHORT = 3  # characters; a shorter word in a sentence may be any word
SHORT_NUMBER = 7  # digits; a shorter number in a sentence may be any number
SHORTEST = 5  # digits; a shorter number by itself may be anything
Word = tuple[str, int, int]  # folded, with where it starts and ends
MOST = (
    200_000  # values that are remembered, some 40 MB; more people than that are hidden where they are shown
)


class Strangers:
    """What was said of them. A text costs what is in it, and not how many people are known."""

    def __init__(self, ours: Ours, pseudonyms: Pseudonyms) -> None:
        self._ours = ours
        self._pseudonyms = pseudonyms
        self._hidden: dict[
            str, tuple[str, Tells]
        ] = {}  # values with their stand-ins, and what they told at most
        self._quoted: dict[str, bool] = {}  # by the words of a value: whether it counts in quotes alone
        self._numbers: set[str] = set()  # the last digits of telephone numbers
        self._longest: dict[
            str, int
        ] = {}  # by the first word: how many the longest value has, where it is not one

    def hide(self, value: str, tells: Tells) -> str:
        """The stand-in for what was said of one. What names somebody or something of ours as a whole stays."""
        standin, told = self._hidden.get(value, ("", Tells.LITTLE))
        if standin and (told is tells or told is Tells.NAME):
            return standin
        if not value or is_standin(value) or self._ours.names(value) or self._ours.owns(value):
            return value
        standin = self._pseudonyms.of(value)
        if len(self._hidden) < MOST:
            self._hidden[value] = standin, tells
            self._learn(value, Tells.NAME if "@" in value else tells)
        return standin

    def hide_number(self, value: float) -> float:
        """The stand-in for a number that was said of one. A short one may be anything."""
        digits = repr(value)
        if sum(map(str.isdigit, digits)) < SHORTEST or (isinstance(value, float) and not isfinite(value)):
            return value
        standin = self._pseudonyms.of_number(value)
        if standin != value and len(self._hidden) < MOST:
            self._learn(digits, Tells.MUCH)
        return standin

    def standin(self, text: str) -> str:
        """The stand-in for what may be a part of anything, such as an id; so nothing is learnt of it."""
        return self._pseudonyms.of(text)

    def text(self, text: str) -> str:
        """A sentence or a header without addresses, and without what was said of strangers; encoded ones, too."""
        hidden = self._plain(text)
        if "%" not in hidden and "&" not in hidden:
            return hidden
        decoded = unquote(unescape(hidden), errors="surrogateescape")
        again = self._plain(decoded)
        return hidden if again == decoded else again

    def is_common(self, text: str) -> bool:
        """Whether each word of it may be said of anything."""
        return all(map(self._is_common, words_of(text)))

    def addresses(self, text: str) -> str:
        """A text without e-mail addresses and international telephone numbers alone."""
        mailed = ADDRESS.sub(self._mailed, text) if "@" in text else text
        return INTERNATIONAL.sub(lambda found: self._address(found[0]), mailed)

    def _plain(self, text: str) -> str:
        return self.addresses(self._said_in(text) if self._quoted else text)

    def _mailed(self, found: re.Match[str]) -> str:
        path = _path_in(found)
        return path + self._address(found[0].removeprefix(path))

    def _address(self, address: str) -> str:
        """Nothing is learnt of it: it may be the example of a manual."""
        is_ours = self._ours.wrote(address) or self._ours.names(address)
        return address if is_ours or address == EXAMPLE else self._pseudonyms.of(address)

    def _said_in(self, text: str) -> str:
        """The text with what it says of strangers replaced, in whatever letter case and with whatever accents."""
        composed = text if is_normalized("NFC", text) else normalize("NFC", text)
        words = self._words_in(composed)
        spans = sorted([*self._found_in(composed, words), *self._numbers_in(composed, words)])
        parts, end = [], 0
        for start, stop in _apart(spans):
            parts += [composed[end:start], self._pseudonyms.of(composed[start:stop])]
            end = stop
        return "".join([*parts, composed[end:]]) if parts else text

    def _words_in(self, text: str) -> list[Word]:
        """But for those of our own names."""
        ours = self._ours.named_in(text)
        return [
            (_folded(found[0]), *found.span())
            for found in WORD.finditer(text)
            if not any(start <= found.start() < end for start, end in ours)
        ]

    def _found_in(self, text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
        """From where to where something is said; the longest saying wins."""
        place = 0
        while place < len(words):
            count = self._count(text, words, place)
            if count:
                yield words[place][1], words[place + count - 1][2]
            place += count or 1

    def _numbers_in(self, text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
        """From where to where a telephone number is told that is known, however its digits are grouped.

        With the country in front or without: it is known by its last digits, and begins where no more can be of it.
        """
        last, first = "", 0
        for place, (word, begins, ends) in enumerate(words):
            if not word.isdecimal():
                last = ""
                continue
            if not last or not GAP.fullmatch(text, words[place - 1][2], begins):
                last, first = "", place
            last = (last + word)[-TELLING_DIGITS:]
            if last in self._numbers:
                start = _beginning(words[max(first, place + 1 - LONGEST_NUMBER) : place + 1])
                start -= text[start - 1 : start] == "+"
                if not self._ours.wrote(text[start:ends]):
                    yield start, ends

    def _count(self, text: str, words: list[Word], place: int) -> int:
        """How many words from here on are a stranger's."""
        for count in range(self._longest.get(words[place][0], 1), 0, -1):
            said = words[place : place + count]
            quoted = self._quoted.get(" ".join([word for word, _, _ in said]))
            if quoted is False or (quoted and _is_quoted(text, said[0][1], said[-1][2])):
                return len(said)
        return 0

    def _learn(self, value: str, tells: Tells) -> None:
        if digits := digits_of(value):
            self._numbers.add(digits[-TELLING_DIGITS:])
        words = words_of(value)
        single = len(words) == 1
        if not words or (single and words[0] in attribute_names()):
            return
        common = all(map(self._is_common, words))
        little = tells is Tells.LITTLE or len(words[0]) < (SHORT_NUMBER if words[0].isdecimal() else SHORT)
        self._add(words, quoted=common or (single and little))
        if tells is Tells.NAME and not single and "://" not in value and PREFIX not in value.casefold():
            for word in words_of(value.partition("@")[0]):
                if word.isalpha() and len(word) >= SHORT and not self._is_common(word):
                    self._add([word], quoted=False)

    def _add(self, words: list[str], *, quoted: bool) -> None:
        said = " ".join(words)
        self._quoted[said] = quoted and self._quoted.get(said, True)
        if len(words) > 1:
            self._longest[words[0]] = max(len(words), self._longest.get(words[0], 1))

    def _is_common(self, word: str) -> bool:
        return word in vocabulary() or (self._ours.by_words and self._ours.wrote(word))


def _path_in(found: re.Match[str]) -> str:
    """How an address begins that is none as a whole: with a path, or with the rest of a URL."""
    local = found[0].partition("@")[0]
    part = IN_A_URL.match(local)
    if not part:
        return ""
    starts = found.string.rfind("://", max(0, found.start() - LONGEST_URL), found.end())
    if starts < 0 or ENDS_A_URL.search(found.string, starts, found.end()):
        part = PATH.match(local)
    return part[0] if part else ""


def _folded(word: str) -> str:
    return word.casefold() if word.isascii() else "".join(words_of(word))


def _beginning(groups: list[Word]) -> int:
    """Where the longest number starts that ends with these groups of digits."""
    start, digits = groups[-1][1], 0
    for word, begins, _ in reversed(groups):
        digits += len(word)
        if digits > LONGEST_NUMBER:
            break
        start = begins
    return start


def _apart(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in their order, those that overlap as one."""
    start = end = 0
    for begins, ends in spans:
        if begins >= end:
            if end:
                yield start, end
            start = begins
        end = max(end, ends)
    if end:
        yield start, end


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Also within a text in JSON, where a quote at the end is written with a backslash."""
    return text[start - 1 : start] in QUOTES and text[end : end + 1] in {*QUOTES, "\\"}
