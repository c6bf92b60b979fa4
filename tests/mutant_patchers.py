"""Patchers that are wrong in one way each, about all attributes or some: PATCHes are as good as those that they tell from a right one.

The ways are misreadings of RFC 7644 3.5.2 and 3.10 that servers are known for, or that their code lies near to.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mutant_changes import OF_KINDS
from mutant_entries import KINDS
from patcher import ADD, REMOVE, REPLACE, RIGHT, WORDS, Object, Operation, Patcher, Place

from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get

Said = list[Operation]
OPERATORS = ("eq", "ne", "co", "sw", "pr")  # that a path may need
WRONG: dict[str, Patcher] = {}


def wrong(name: str, **methods: Any) -> None:
    """One more, by what it does in another way."""
    WRONG[name] = type("Wrong", (Patcher,), methods)()


def hears(name: str, change: Callable[[Said], Said]) -> None:
    """Who does other operations than those that are there, or in another order."""
    wrong(name, heard=lambda _, said: change(said))


def each(change: Callable[[Operation], Operation | None]) -> Callable[[Said], Said]:
    return lambda said: [one for old in said if (one := change(old)) is not None]


def first(said: Said, key: Callable[[Operation], Any]) -> Said:
    return list({key(one): one for one in reversed(said)}.values())[::-1]


def last(said: Said, key: Callable[[Operation], Any]) -> Said:
    return list({key(one): one for one in said}.values())


def op_of(one: Operation) -> str:
    return one.op.lower()


def path_of(one: Operation) -> str:
    return one.path.lower()


def name_of(one: Operation) -> str:
    return re.split(r"[\[.]", path_of(one).rpartition(":")[2])[0]


hears("the first operation alone", lambda said: said[:1])
hears("the last operation alone", lambda said: said[-1:])
hears("all but the last of several", lambda said: said[: max(1, len(said) - 1)])
hears("the first two operations alone", lambda said: said[:2])
hears("backwards", lambda said: said[::-1])
for kind in (ADD, REPLACE, REMOVE):
    hears(f"{kind} first", lambda said, kind=kind: sorted(said, key=lambda one: op_of(one) != kind))
    hears(f"{kind} last", lambda said, kind=kind: sorted(said, key=lambda one: op_of(one) == kind))
    if kind != REMOVE:
        hears(
            f"{kind} by path alone",
            each(lambda one, kind=kind: one if one.path or op_of(one) != kind else None),
        )
    hears(
        f"{kind} in small letters alone",
        each(lambda one, kind=kind: None if op_of(one) == kind != one.op else one),
    )
    for other in {ADD, REPLACE} - {kind} if kind != REMOVE else ():
        for when, fits in {
            "by path": lambda one: one.path, "without path": lambda one: not one.path,
            "in other letters": lambda one: one.op != op_of(one),
        }.items():  # fmt: skip
            hears(
                f"{kind} is {other} {when}",
                each(
                    lambda one, kind=kind, other=other, fits=fits: (
                        one._replace(op=other) if op_of(one) == kind and fits(one) else one
                    )
                ),
            )
for what, key in {"path": path_of, "name": name_of, "op": op_of, "op and path": lambda one: (op_of(one), path_of(one))}.items():  # fmt: skip
    hears(f"of one {what} the first", lambda said, key=key: first(said, key))
    hears(f"of one {what} the last", lambda said, key=key: last(said, key))


def passed_over(fits: Callable[[str, bool], bool]) -> Callable[..., Place | None]:
    """Paths that are not understood, and neither done nor refused."""
    return lambda self, text, *, is_key: (
        None if fits(text, is_key) else Patcher.place(self, text, is_key=is_key)
    )


def bare(text: str) -> str:
    return text.partition("[")[0]


def inner(text: str) -> str:
    return text.partition("[")[2].rpartition("]")[0]


def is_usual(name: str) -> bool:
    return in_usual_letters(f"$.{name}") == f"$.{name}"


def quoted(text: str) -> str:
    return " ".join(WORDS.findall(text))


def is_urn(text: str) -> bool:
    return text.lower().startswith("urn:")


U = ENTERPRISE_USER
NOT_READ: dict[str, Callable[[str, bool], bool]] = {
    "names in usual letters alone": lambda text, _: not is_usual(re.split(r"[\[.]", text)[0]) if not is_urn(text) else not is_usual(re.split(r"[\[.]", text.rpartition(":")[2])[0]) and bool(text.rpartition(":")[2]),
    "parts in usual letters alone": lambda text, _: not is_urn(text) and "." in bare(text) and not is_usual(bare(text)),
    "parts of entries in usual letters alone": lambda text, _: "]." in text and text.rpartition(".")[2] not in {"value", "type", "primary", "display", "streetAddress", "locality", "region", "postalCode", "country", "formatted"},
    "the core URN": lambda text, _: is_urn(text) and "core:2.0" in text.lower(),
    "the core URN before a filter": lambda text, _: "core:2.0" in text.lower() and "[" in text,
    "the core URN before a part": lambda text, _: "core:2.0" in text.lower() and bool(re.search(r":[a-z]+\.\w+$", text, re.IGNORECASE)),
    "URNs in usual letters alone": lambda text, _: U.lower() in text.lower() and U not in text,
    "URNs in usual letters alone, as keys": lambda text, is_key: is_key and U.lower() in text.lower() and U not in text,
    "the extension as a key": lambda text, is_key: is_key and text.lower() == U.lower(),
    "an attribute of the extension as a key": lambda text, is_key: is_key and text.lower().startswith(f"{U.lower()}:"),
    "an attribute of the extension": lambda text, is_key: not is_key and text.lower().startswith(f"{U.lower()}:"),
    "the extension as a path": lambda text, is_key: not is_key and text.lower() == U.lower(),
    "a part in the extension": lambda text, _: text.lower().startswith(f"{U.lower()}:") and "." in text[len(U) :],
    "a dotted key": lambda text, is_key: is_key and not is_urn(text) and "." in bare(text),
    "a key in other letters": lambda text, is_key: is_key and not is_urn(text) and not is_usual(bare(text)),
    "a dotted path": lambda text, is_key: not is_key and not is_urn(text) and "[" not in text and "." in text,
    "a dot in a value": lambda text, _: "." in quoted(text),
    "a blank in a value": lambda text, _: " " in "".join(WORDS.findall(text)),
    "a bracket in a value": lambda text, _: bool(re.search(r"[\[\]()]", quoted(text))),
    "a word in a value": lambda text, _: bool(re.search(r"\b(and|or|not|eq)\b", quoted(text), re.IGNORECASE)),
    "an escape in a value": lambda text, _: "\\" in quoted(text),
    "a plus in a value": lambda text, _: "+" in quoted(text),
    "a colon in a value": lambda text, _: ":" in quoted(text),
    "no ASCII in a value": lambda text, _: not text.isascii(),
    "values that are no texts": lambda text, _: bool(re.search(r"\b(true|false)\b", WORDS.sub("", inner(text)), re.IGNORECASE)),
    "two clauses": lambda text, _: bool(re.search(r"\b(and|or)\b", WORDS.sub("", inner(text)), re.IGNORECASE)),
    "words in capitals": lambda text, _: bool(re.search(r"\b(AND|OR|NOT)\b", WORDS.sub("", inner(text)))),
    "operators in capitals": lambda text, _: bool(re.search(r"\b(EQ|NE|CO|SW|PR)\b", WORDS.sub("", inner(text)))),
    "brackets": lambda text, _: "(" in WORDS.sub("", inner(text)),
    "filters of other parts than type and value": lambda text, _: bool(inner(text)) and not re.search(r"\b(type|value)\b", WORDS.sub("", inner(text)), re.IGNORECASE),
    "filters of other parts than type": lambda text, _: bool(inner(text)) and "type" not in WORDS.sub("", inner(text)).lower(),
    "filters without a part behind": lambda text, _: text.endswith("]"),
    "filters with a part behind": lambda text, _: "]." in text,
    **{f"the operator {op}": lambda text, _, op=op: bool(re.search(rf"\b{op}\b", WORDS.sub("", inner(text)), re.IGNORECASE)) for op in OPERATORS},
}  # fmt: skip
for name, fits in NOT_READ.items():
    wrong(f"passed over: {name}", place=passed_over(fits))


def places(name: str, change: Callable[[Place], Place | None]) -> None:
    wrong(
        name,
        place=lambda self, text, *, is_key: (
            (found := Patcher.place(self, text, is_key=is_key)) and change(found)
        ),
    )


places("an extension's attribute is a core one", lambda at: at._replace(urn="") if at.name else at)
places("a part in the extension is left out", lambda at: at._replace(part="") if at.urn else at)
places("a part behind a filter is left out", lambda at: at._replace(part="") if at.condition else at)
places("the filter is left out", lambda at: at._replace(condition="") if at.part else at)


def keys(name: str, change: Callable[[Object, str, Mapping[str, Json]], Mapping[str, Json]]) -> None:
    """Who takes the values of an operation without a path otherwise."""
    wrong(name, without_path=lambda _, resource, op, value: change(resource, op, value))


def is_empty(value: Json) -> bool:
    return value is None or value == []


keys("without path: the first key", lambda _, __, value: dict([*value.items()][:1]))
keys("without path: the last key", lambda _, __, value: dict([*value.items()][-1:]))
keys(
    "without path: texts alone",
    lambda _, __, value: {key: one for key, one in value.items() if isinstance(one, str)},
)
keys(
    "without path: no lists",
    lambda _, __, value: {key: one for key, one in value.items() if not isinstance(one, list)},
)
keys(
    "without path: no objects",
    lambda _, __, value: {key: one for key, one in value.items() if not isinstance(one, dict)},
)
keys(
    "without path: no nothing",
    lambda _, __, value: {key: one for key, one in value.items() if not is_empty(one)},
)
keys("without path: no false", lambda _, __, value: {key: one for key, one in value.items() if one})
keys(
    "without path: what is there",
    lambda there, _, value: {
        key: one
        for key, one in value.items()
        if is_urn(key) or get(there, re.split(r"[.\[]", key)[0]) is not None
    },
)
keys(
    "without path: what is not there",
    lambda there, op, value: {
        key: one for key, one in value.items() if op == REPLACE or get(there, key) is None
    },
)
wrong(
    "without path: what is not named goes",
    without_path=lambda _, there, op, value: {
        **(
            {key: None for key in there if key not in {"userName", "id", "meta", "schemas"}}
            if op == REPLACE
            else {}
        ),
        **value,
    },
)
wrong("half is done", refused=lambda _, __, after: after)


def reads_before(self: Patcher, before: Resource, operations: Any) -> Object:
    """Filters choose of what was there before the first operation."""
    self.first = before  # type: ignore[attr-defined]
    return Patcher.patched(self, before, operations)


wrong(
    "filters choose before", patched=reads_before,
    chosen=lambda self, entries, place, op: [
        one for one in Patcher.chosen(self, entries, place, op)
        if any(get(one, "value") == get(old, "value") and get(one, "type") == get(old, "type") for old in Patcher.chosen(self, get(self.first, place.name) or [], place, op))
    ],
)  # fmt: skip


class Narrowed(Patcher):
    """Who is wrong about some attributes alone."""

    def __init__(self, other: Patcher, is_meant: Callable[[Place], bool]) -> None:
        self.other, self.is_meant = other, is_meant

    def change(self, resource: Object, op: str, place: Place, value: Json) -> None:
        (self.other if self.is_meant(place) else RIGHT).change(resource, op, place, value)


PATCHERS: dict[str, Patcher] = {
    **{f"{name} (any)": one for name, one in WRONG.items()},
    **{f"{name} ({kind})": Narrowed(one, is_meant) for name, one in OF_KINDS.items() for kind, is_meant in KINDS.items()},
}  # fmt: skip
GENERAL = frozenset(name for name in PATCHERS if name.endswith("(any)"))
