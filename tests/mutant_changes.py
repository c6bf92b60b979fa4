"""Patchers that write something else of a value than the right one, or read filters otherwise: see `mutant_patchers`."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from mutant_comparisons import OF_KINDS as COMPARISONS
from mutant_entries import OF_KINDS, does
from mutant_joints import PUT_TOGETHER
from mutant_readers import Reader
from patcher import ADD, REMOVE, REPLACE, Patcher

from scim_tests.model.scim import get

does("an object is all", complex=lambda _, holder, __, key, value: holder.update({key: dict(value)}))
does(
    "replace of an object is all",
    complex=lambda self, holder, op, key, value: (
        holder.update({key: dict(value)}) if op == REPLACE else Patcher.complex(self, holder, op, key, value)
    ),
)
does(
    "the first part of an object",
    complex=lambda self, holder, op, key, value: Patcher.complex(
        self, holder, op, key, dict([*value.items()][:1])
    ),
)
does(
    "the last part of an object",
    complex=lambda self, holder, op, key, value: Patcher.complex(
        self, holder, op, key, dict([*value.items()][-1:])
    ),
)
does("an object is nothing", complex=lambda *_: None)
does(
    "a part is the object",
    part=lambda self, holder, op, at, value: (
        holder.update({self.spelt(holder, at.name): {at.part: value}})
        if op != REMOVE
        else Patcher.part(self, holder, op, at, value)
    ),
)
does(
    "a part removed is the object",
    part=lambda self, holder, op, at, value: (
        holder.pop(self.spelt(holder, at.name), None)
        if op == REMOVE
        else Patcher.part(self, holder, op, at, value)
    ),
)
does(
    "a part stays",
    part=lambda self, holder, op, at, value: (
        None if op == REMOVE else Patcher.part(self, holder, op, at, value)
    ),
)
does(
    "a part of what is not there",
    part=lambda self, holder, op, at, value: (
        None if get(holder, at.name) is None else Patcher.part(self, holder, op, at, value)
    ),
)
does(
    "an extension is all",
    extension=lambda self, there, op, at, value: (
        there.update({self.spelt(there, at.urn): value})
        if op != REMOVE
        else Patcher.extension(self, there, op, at, value)
    ),
)
does(
    "an extension that is not there",
    change=lambda self, there, op, at, value: (
        None if at.urn and get(there, at.urn) is None else Patcher.change(self, there, op, at, value)
    ),
)
does(
    "an attribute removed is the extension",
    change=lambda self, there, op, at, value: (
        there.pop(self.spelt(there, at.urn), None)
        if op == REMOVE and at.urn
        else Patcher.change(self, there, op, at, value)
    ),
)
does(
    "null is nothing new",
    empty=lambda self, holder, op, key, value: (
        None if op == REPLACE and value is None else Patcher.empty(self, holder, op, key, value)
    ),
)
does(
    "an empty list is nothing new",
    empty=lambda self, holder, op, key, value: (
        None if value == [] else Patcher.empty(self, holder, op, key, value)
    ),
)
does(
    "add of what is there",
    plain=lambda self, holder, op, key, value: (
        None if op == ADD and get(holder, key) is not None else Patcher.plain(self, holder, op, key, value)
    ),
)
does(
    "add of nothing but lists",
    plain=lambda self, holder, op, key, value: (
        None if op == ADD else Patcher.plain(self, holder, op, key, value)
    ),
)
does(
    "replace of what is not there",
    plain=lambda self, holder, op, key, value: (
        None if op == REPLACE and get(holder, key) is None else Patcher.plain(self, holder, op, key, value)
    ),
)
does(
    "replace of a list that is not there",
    several=lambda self, holder, op, key, value: (
        None if op == REPLACE and get(holder, key) is None else Patcher.several(self, holder, op, key, value)
    ),
)
does(
    "add of a list that is not there",
    several=lambda self, holder, op, key, value: (
        None if op == ADD and get(holder, key) is None else Patcher.several(self, holder, op, key, value)
    ),
)
does(
    "false is nothing new",
    plain=lambda self, holder, op, key, value: (
        Patcher.plain(self, holder, op, key, value) if value is not False else None
    ),
)
does(
    "false is no value",
    plain=lambda self, holder, op, key, value: (
        Patcher.plain(self, holder, op, key, value) if value is not False else holder.pop(key, None)
    ),
)
does(
    "empty is nothing new",
    plain=lambda self, holder, op, key, value: Patcher.plain(self, holder, op, key, value) if value else None,
)
does("texts are no booleans", typed=lambda _, __, value: value)


def values(name: str, change: Callable[[Any], Any]) -> None:
    """Who keeps something else of texts."""
    does(
        name,
        typed=lambda self, key, value: (
            change(value) if isinstance(value, str) else Patcher.typed(self, key, value)
        ),
    )


values("trimmed", lambda text: text.strip())
values("blanks are one", lambda text: re.sub(r" +", " ", text))
values("lines are one", lambda text: re.sub(r"\s+", " ", text))
values("cut at a line", lambda text: text.partition("\n")[0])
values("cut at 20", lambda text: text[:20])
values("cut at 64", lambda text: text[:64])
values("cut at a comma", lambda text: text.partition(",")[0])
values("cut at a dot", lambda text: text.partition(".")[0] if "@" not in text else text)
values("in small letters", lambda text: text.lower())
values("of ASCII", lambda text: unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode())
values("numbers", lambda text: str(int(text)) if re.fullmatch(r"\d+", text) else text)
values(
    "digits of phones", lambda text: re.sub(r"(?<=\d)[- ](?=\d)", "", text) if text.startswith("+") else text
)
values("as in HTML", lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;"))
values("without marks", lambda text: re.sub(r"['\"\\]", "", text))
JOINED = (
    "left to right", "or binds tighter", "brackets are nothing", "not is nothing", "not takes the rest", "not of the first alone",
    "not of each of and", "not of each of or", "the first clause", "the last clause", "the first of and", "the last of and",
    "the first of or", "the last of or", "and is or", "or is and", "a bracket ends it", "of one path the first", "of one path the last",
)  # fmt: skip
COMPARED = (
    "eq is co", "eq is sw", "co is sw", "co is ew", "co is eq", "sw is co", "sw is eq", "ew is co", "ew is eq", "ne is eq",
    "every operator is eq", "as it is written", "asked in small letters", "shown in small letters", "exact in parts of texts",
    "exact in eq", "a pattern", "words", "plus is a blank", "cut at a blank", "everybody is present",
    "nobody is present", "names case exact", "operators in small letters",
)  # fmt: skip
OF_FILTERS: dict[str, Reader] = {
    **{name: PUT_TOGETHER[name] for name in JOINED},
    **{name: Reader(of=COMPARISONS[name]) for name in COMPARED},
}
for name, reader in OF_FILTERS.items():
    OF_KINDS[f"filter: {name}"] = type("Wrong", (Patcher,), {"reader": reader})()
