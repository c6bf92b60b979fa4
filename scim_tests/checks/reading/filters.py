"""Filters as RFC 7644 3.4.2.2 writes them: read, brought into one form, and tried on a resource.

Own code, since the parser of the field (scim2-filter-parser 0.7) knows no escapes, decimals or negative numbers.
What a resource comes to may be open: then nobody is held to it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol
from unicodedata import is_normalized, normalize

from scim_tests.checks.reading.compare import moment
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import Json, get

OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()\[\]]|[^\s()\[\]"]+)')
DEEP = 64  # brackets; who asks with more wants to know whether they are borne
DATE = re.compile(r"\d{4}-\d\d-\d\dT")
PLAIN = re.compile(r"[a-z]+|[0-9]+")


class Traits(Protocol):
    """What is known of attributes, by their paths in lower case; None where nobody can tell."""

    def is_case_exact(self, path: str) -> bool | None:
        """RFC 7643 7: whether letter case counts."""

    def is_shown(self, path: str) -> bool:
        """Whether any answer shows a value there: what never is may have one all the same."""


@dataclass(frozen=True, order=True)
class Term:
    """`path op value`, the path in lower case and without the core schema's URN; of `pr` the value is `null`."""

    path: str
    op: str
    value: str = "null"  # JSON


@dataclass(frozen=True)
class Group:
    """`and`, `or`, `not`, or `[]`, whose path names the attribute of which one value has to fit."""

    op: str
    parts: tuple["Filter", ...]
    path: str = ""


Filter = Term | Group


class UnreadableFilterError(ValueError):
    """It is none that the grammar gives."""


@lru_cache(maxsize=2000)
def read(text: str) -> Filter:
    """The filter in one form: clauses that commute are in order, brackets that say nothing are gone. UnreadableFilterError says that it is none."""
    tokens = _tokens(text)
    if sum(each in {"(", "["} for each in tokens) > DEEP:
        raise UnreadableFilterError("deeper than anybody means it")
    found = _either(tokens)
    if tokens:
        raise UnreadableFilterError(tokens[0])
    return found


def _tokens(text: str) -> list[str]:
    tokens, end = [], 0
    while text[end:].strip():
        match = TOKEN.match(text, end)
        if not match:
            raise UnreadableFilterError(text[end:])
        tokens.append(match[1])
        end = match.end()
    return tokens


def _either(tokens: list[str]) -> Filter:
    return _joined(tokens, "or", lambda: _joined(tokens, "and", lambda: _one(tokens)))


def _joined(tokens: list[str], word: str, part: Callable[[], Filter]) -> Filter:
    parts = [part()]
    while tokens and tokens[0].lower() == word:
        tokens.pop(0)
        parts.append(part())
    flat = [
        each for one in parts for each in (one.parts if isinstance(one, Group) and one.op == word else (one,))
    ]
    return parts[0] if len(parts) == 1 else Group(word, tuple(sorted(dict.fromkeys(flat), key=repr)))


def _one(tokens: list[str]) -> Filter:
    first = _next(tokens)
    if first == "(":
        return _closed(tokens, ")")
    if first.lower() == "not" and tokens[:1] == ["("]:
        tokens.pop(0)
        inner = _closed(tokens, ")")
        return inner.parts[0] if isinstance(inner, Group) and inner.op == "not" else Group("not", (inner,))
    if first[0] in '")[]':
        raise UnreadableFilterError(first)
    path = plain(first)
    if tokens[:1] == ["["]:
        tokens.pop(0)
        return Group("[]", (_closed(tokens, "]"),), path)
    return _term(path, tokens)


def _term(path: str, tokens: list[str]) -> Filter:
    op = _next(tokens).lower()
    if op == "pr":
        return Term(path, op)
    if op not in OPERATORS:
        raise UnreadableFilterError(op)
    try:
        value = json.loads(_next(tokens), strict=False)
    except ValueError as error:
        raise UnreadableFilterError(str(error)) from None
    return Term(path, op, json.dumps(value))


def _closed(tokens: list[str], bracket: str) -> Filter:
    inner = _either(tokens)
    if _next(tokens) != bracket:
        raise UnreadableFilterError(bracket)
    return inner


def _next(tokens: list[str]) -> str:
    if not tokens:
        raise UnreadableFilterError("the end")
    return tokens.pop(0)


def holds(found: Filter, resource: Json, traits: Traits, root: str = "") -> bool | None:
    """Whether a resource fits; None where the RFC leaves it open, or nobody can tell."""
    if isinstance(found, Term):
        return _fits(found, resource, traits, root)
    if found.op == "[]":
        values = get(resource, *steps(found.path))
        entries = values if isinstance(values, list) else [] if values is None else [values]
        if not entries and not traits.is_shown(root + found.path):
            return None
        return _any(holds(found.parts[0], each, traits, f"{found.path}.") for each in entries if each)
    said = [holds(each, resource, traits, root) for each in found.parts]
    if found.op == "not":
        return None if said[0] is None else not said[0]
    return _any(said) if found.op == "or" else _all(said)


def _any(said: Iterable[bool | None]) -> bool | None:
    known = list(said)
    return True if True in known else None if None in known else False


def _all(said: Iterable[bool | None]) -> bool | None:
    known = list(said)
    return False if False in known else None if None in known else True


def steps(path: str) -> tuple[str, ...]:
    """The names that lead to a value; the URN of an extension is one of them."""
    if not path.startswith("urn:"):
        return tuple(path.split("."))
    urn, _, name = path.rpartition(":")
    return (urn, *name.split(".")) if ":" in urn else (path,)


def values_at(resource: Json, path: str) -> list[Json]:
    """All values of an attribute: of a multi-valued one each, of its complex entries the `value` or the named part."""
    reached = [each for each in _reached(resource, path) if each is not None]
    return [get(each, "value") if isinstance(each, Mapping) and "value" in each else each for each in reached]


def _reached(resource: Json, path: str) -> list[Json]:
    """What a path leads to in each entry; None in those that have nothing there."""
    reached = [resource]
    for name in steps(path):
        reached = [
            each
            for one in reached
            for member in [get(one, name)]
            for each in (member if isinstance(member, list) else [member])
        ]
    return reached


def _fits(term: Term, resource: Json, traits: Traits, root: str) -> bool | None:
    path = root + term.path
    values, wanted = values_at(resource, term.path), json.loads(term.value)
    if path.rpartition(".")[2] == "password" or not (values or traits.is_shown(path)):
        return None
    if term.op == "pr":
        return any(each not in ("", {}, []) for each in values)
    if wanted is None:
        return _is_null(term.op, values)
    if not values and path.endswith(".primary"):
        values = [False]  # RFC 7643 2.4
    if term.op == "ne":
        equal = [_compared("eq", each, wanted, path, traits) for each in values]
        is_of_one = len(_reached(resource, term.path)) == 1
        return not equal[0] if is_of_one and equal and equal[0] is not None else None
    if not values and isinstance(wanted, bool):
        return None
    return _any(_compared(term.op, each, wanted, path, traits) for each in values)


def _is_null(op: str, values: list[Json]) -> bool | None:
    """RFC 7643 2.5: null is no value."""
    return {"eq": not values, "ne": bool(values)}.get(op)


def _compared(op: str, shown: Json, wanted: Json, path: str, traits: Traits) -> bool | None:
    if isinstance(shown, Mapping):
        return None
    if isinstance(shown, bool) or isinstance(wanted, bool):
        is_same_kind = isinstance(shown, bool) and isinstance(wanted, bool)
        return shown is wanted if op == "eq" and is_same_kind else None
    if isinstance(shown, str) and isinstance(wanted, str):
        dates = moment(shown), moment(wanted)
        if DATE.match(shown) and DATE.match(wanted) and all(dates):
            return _dated(op, shown, wanted)
        return _written(op, shown, wanted, path, traits)
    if isinstance(shown, int | float) and isinstance(wanted, int | float):
        return _ordered(op, (shown > wanted) - (shown < wanted))
    return None


def _dated(op: str, shown: str, wanted: str) -> bool | None:
    """A target may know a date more exactly than it shows it, so that less than its last digit apart nothing is sure, but what it shows itself."""
    one, other = moment(shown), moment(wanted)
    if one is None or other is None or op in {"co", "sw", "ew"}:
        return None
    apart = (one - other).total_seconds()
    if shown != wanted and 0 < abs(apart) < _digit(shown):
        return None
    if apart == 0 and shown != wanted and op in {"gt", "lt"}:
        return None
    return _ordered(op, (apart > 0) - (apart < 0))


def _digit(date: str) -> float:
    """In seconds, how exactly a date is shown: what is shown to milliseconds is known to them."""
    fraction = re.search(r"\.(\d+)", date)
    return 10.0 ** -len(fraction[1]) if fraction else 1.0


def _written(op: str, shown: str, wanted: str, path: str, traits: Traits) -> bool | None:
    """Letter case counts where the schema says so; where it says nothing, what differs in it alone is open, as are Unicode forms."""
    exact = traits.is_case_exact(path)
    if op in {"gt", "ge", "lt", "le"}:
        order = order_of(shown, wanted, is_case_exact=exact)
        return None if order is None else _ordered(op, order)
    verbatim, folded = _matches(op, shown, wanted), _matches(op, _fold(shown), _fold(wanted))
    if verbatim == folded:
        return verbatim
    if exact is None or not is_normalized("NFC", shown + wanted):
        return None
    return verbatim if exact else folded


def _fold(text: str) -> str:
    return normalize("NFC", normalize("NFC", text).casefold())


def _matches(op: str, shown: str, wanted: str) -> bool:
    match op:
        case "co":
            return wanted in shown
        case "sw":
            return shown.startswith(wanted)
        case "ew":
            return shown.endswith(wanted)
    return shown == wanted


def _ordered(op: str, order: int) -> bool | None:
    return {
        "eq": order == 0, "gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0,
    }.get(op)  # fmt: skip


def order_of(one: str, other: str, *, is_case_exact: bool | None) -> int | None:
    """-1, 0 or 1 as the first comes before, with or after the second in every alphabet; None where they do not agree.

    So it is where the first letters that differ are both of a to z, or both digits, letter case aside. Unless it is
    of no account, capitals may come before all small letters, so that their code points have to agree as well.
    """
    order = _order(_fold(one), _fold(other))
    return order if is_case_exact is False or order == (one > other) - (one < other) else None


def _order(first: str, second: str) -> int | None:
    if first == second:
        return 0
    place = next(
        (place for place, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    a, b = first[place : place + 1], second[place : place + 1]
    if not a or not b:
        return -1 if not a else 1
    if PLAIN.fullmatch(a + b):
        return -1 if a < b else 1
    return None


def terms(found: Filter) -> Iterator[Term]:
    """Every comparison in it, with its whole path."""
    if isinstance(found, Term):
        yield found
        return
    for each in (term for part in found.parts for term in terms(part)):
        yield replace(each, path=f"{found.path}.{each.path}") if found.path else each
