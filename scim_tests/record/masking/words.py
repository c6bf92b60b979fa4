"""Words that name nobody: those a run writes itself, and those of the protocol and of our own prose."""

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from unicodedata import combining, normalize
from urllib.parse import quote

from scim_tests.checks import whole_catalogue
from scim_tests.knowledge.reference import fixtures
from scim_tests.model.scim import Json

WORD = re.compile(r"[^\W_]+")
ROOMS = (
    "checks",
    "engine",
    "load",
    "model",
    "personas",
    "wire",
)  # whose code writes sentences that a load keeps
SMALL = re.compile(
    r"(?<![^\W_])[a-z]+(?![^\W_])"
)  # a word as it is written within a sentence, which no name is
# What servers say of themselves when they fail, and what messages of SCIM are made of; none of it is a name.
SERVERS_SAY = """
application scim json text html charset utf urn ietf params api messages core schemas status type detail
access acquire available backend bean busy cache cannot column commit conflict connection connections constraint
couldn data database datasource deadlock denied disabled duplicate exceeded exception exhausted expired
failure fatal foreign index insert integrity invalid key lock locked mailbox maintenance malformed max maximum memory null
operation overload overloaded parse permission pointer pool query quota rate refused reset retry rollback
row schema serialize server sql stack syntax table temporarily thread throttled timed timeout transaction
unavailable unexpected unique uniqueness unknown update updated upstream validation violates violation
"""
# What may stand between the digits of a telephone number; a plus is a blank in a query.
BETWEEN = r"(?:[\s()./\u2010-\u2015-]{0,3}|\+)"
NUMBER = re.compile(
    rf"(?i)(?:tel:)?([+\uff0b]?(?:{BETWEEN}\d){{8,17}})\)?(?:(?:;ext=| ?x| ?ext\.? ?)\d{{1,6}})?"
)
TELLING_DIGITS = 8  # a shorter number may be anything, and so may one that is shorter without its zeros
BEGINNING = 3  # letters of a word from which on its beginning is known again
LONGEST = 64  # letters of a word in which others are looked for
# Letters that Unicode does not take apart, as they are written in addresses.
PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"})


def words_of(text: str) -> list[str]:
    """Its words, without regard to letter case, accents and Unicode form."""
    if text.isascii():
        return WORD.findall(text.lower())
    folded = normalize("NFKD", normalize("NFKC", text)).casefold()
    return WORD.findall("".join(letter for letter in folded if not combining(letter)).translate(PLAIN))


def digits_of(text: str) -> str:
    """Those of a telephone number, however it is grouped, without the zeros in front; none where it is no such number."""
    found = NUMBER.fullmatch(text)
    digits = "".join(filter(str.isdecimal, found[1])).lstrip("0") if found else ""
    return digits if len(digits) >= TELLING_DIGITS else ""


class Words:
    """The words of some texts, as they are, and as a target may give them back: cut short, run together, or garbled."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._whole: set[str] = set()
        self._beginnings: set[str] = set()
        self._numbers: set[str] = set()  # of telephones
        self._joined: dict[str, bool] = {}
        self.add(texts)

    def add(self, texts: Iterable[str]) -> None:
        """Know the words of these, too."""
        texts = set(texts)
        new = {word for text in texts for spelt in {text, *_garbled(text)} for word in words_of(spelt)}
        self._numbers.update(digits for text in texts if (digits := digits_of(text)))
        self._whole |= new | {word.lstrip("0") for word in new if word.isdecimal()}
        self._beginnings |= {
            word[:end] for word in new if not word.isdecimal() for end in range(BEGINNING, len(word))
        }
        self._joined.clear()

    def cover(self, text: str) -> bool:
        """Whether there are no other words in it, or it is a number of theirs. A text without any word tells nobody's name."""
        return all(map(self._has, words_of(text))) or digits_of(text) in self._numbers

    def _has(self, word: str) -> bool:
        return word in self._whole or word in self._beginnings or self._is_joined(word)

    def _is_joined(self, word: str) -> bool:
        """Whether it is several words in one: `ZoëNuñez`."""
        if len(word) > LONGEST:
            return False
        if word not in self._joined:
            self._joined[word] = any(
                word[:end] in self._whole and self._has(word[end:])
                for end in range(BEGINNING, len(word) - BEGINNING + 1)
            )
        return self._joined[word]


def _garbled(text: str) -> Iterator[str]:
    """What becomes of it on the way through a wrong encoding, or one too many; such a fault has to be seen."""
    if not text.isascii():
        yield text.encode(errors="replace").decode("latin-1")
        yield text.encode(errors="replace").decode("cp1252", errors="replace")
        for errors in ("ignore", "replace", "xmlcharrefreplace"):
            for codec in ("ascii", "latin-1"):
                yield text.encode(codec, errors).decode(codec)
    yield html.escape(text)
    yield json.dumps(text)
    yield quote(text, errors="replace")


@cache
def vocabulary() -> frozenset[str]:
    """The words our own prose and a target's plain English are made of, as far as they stand in what the checks say."""
    told = (
        text
        for check in whole_catalogue()
        for text in (check.title, check.fix, check.consequence.text, check.consequence.admin_sees)
    )
    return frozenset(word for text in told for word in words_of(text)) | attribute_names()


@cache
def prose() -> frozenset[str]:
    """Every word, in small letters, of the sentences that our code writes of answers: no name of an example is among them."""
    files = (file for room in ROOMS for file in (Path(__file__).parents[2] / room).rglob("*.py"))
    told = (
        part.value
        for file in files
        for part in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.count(" ") > 1
    )
    return frozenset(word for text in told for word in SMALL.findall(text))


@cache
def protocol() -> frozenset[str]:
    """The words of statuses, media types and URNs of SCIM, and what servers say of themselves: they name nobody in any letter case."""
    return frozenset(words_of(" ".join([SERVERS_SAY, *(each.phrase for each in HTTPStatus)])))


@cache
def attribute_names() -> frozenset[str]:
    """Those of the core schemas, folded."""
    schemas = (fixtures() / "schemas" / f"{name}.schema.json" for name in ("user", "group"))
    found = {name for schema in schemas for name in _properties(json.loads(schema.read_text("utf-8")))}
    return frozenset(name.casefold() for name in found | {"schemas", "Resources"})


def _properties(schema: Json) -> Iterator[str]:
    """The names a JSON Schema declares, at every level."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        for part in schema.values():
            yield from _properties(part)
