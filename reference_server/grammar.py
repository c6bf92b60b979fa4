"""The language of filters and PATCH paths: text in, a tree out (RFC 7644 figures 1 and 7)."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from reference_server.errors import ScimError, invalid_filter, invalid_path
from reference_server.paragraphs import Paragraph
from reference_server.settings import Limits

OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
TOKEN = re.compile(
    r"""(?P<space>\ +)
      | (?P<mark>[()\[\]])
      | (?P<string>"(?:[^"\\\x00-\x1f]++|\\.)*+")
      | (?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.:$-]))
      | (?P<word>[A-Za-z$][\w$.+-]*(?::[^\s"'<>\\()\[\]]*)?)
      | (?P<tail>\.[A-Za-z$][\w$-]*)""",
    re.VERBOSE | re.ASCII,
)
GROUP = re.compile(r" *\(")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`; `pr` has no value."""

    path: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class ValueFilter:
    """`path[condition]`: one and the same value of the attribute meets the condition."""

    path: str
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Not:
    """What a comparison or value filter does not meet; the parser leaves no other negation."""

    condition: "Comparison | ValueFilter"


@dataclass(frozen=True, slots=True)
class And:
    """Two conditions or more, all of which hold."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two conditions or more, at least one of which holds."""

    conditions: tuple["Condition", ...]


Condition = Comparison | ValueFilter | Not | And | Or


def _negation(condition: Condition) -> Condition:
    """What holds where a condition does not; it nests no deeper, for SQLite bears little."""
    if isinstance(condition, Not):
        return condition.condition
    if isinstance(condition, And | Or):
        other = Or if isinstance(condition, And) else And
        return other(tuple(map(_negation, condition.conditions)))
    return Not(condition)


def paths(condition: Condition) -> Iterator[str]:
    """Every path a condition names, but for those inside value filters."""
    if isinstance(condition, Comparison | ValueFilter):
        yield condition.path
    else:
        for part in (condition.condition,) if isinstance(condition, Not) else condition.conditions:
            yield from paths(part)


class PatchPath(NamedTuple):
    """`path`, `path[condition]` or `path[condition].sub`."""

    path: str
    condition: Condition | None = None
    sub: str | None = None


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


Refusal = Callable[[str], ScimError]


def _no_filter(detail: str) -> ScimError:
    return invalid_filter(detail, Paragraph.FILTER)


def _no_path(detail: str) -> ScimError:
    return invalid_path(detail, Paragraph.PATCH)


def parse_filter(text: str, limits: Limits) -> Condition:
    """The condition a filter states; invalidFilter where it is none, or beyond the limits."""
    parser = _Parser(text, limits, _no_filter)
    condition = parser.either()
    parser.finish()
    return condition


def parse_path(text: str, limits: Limits) -> PatchPath:
    """What a PATCH path names, or invalidPath; a broken filter inside it is invalidFilter."""
    parser = _Parser(text, limits, _no_path)
    path = parser.expect("word", "an attribute").text
    if not parser.accept("["):
        parser.finish()
        return PatchPath(path)
    parser.refuse = _no_filter
    condition = parser.grouped("]")
    parser.refuse = _no_path
    tail = parser.take() if parser.next.kind == "tail" else None
    parser.finish()
    return PatchPath(path, condition, tail.text[1:] if tail else None)


class _Parser:
    """Recursive descent; `not` binds tighter than `and`, and `and` than `or`."""

    def __init__(self, text: str, limits: Limits, refuse: Refusal) -> None:
        if len(text) > limits.max_filter_length:
            raise refuse(f"longer than {limits.max_filter_length} characters")
        self.text = text
        self.limits = limits
        self.refuse = refuse
        self.comparisons = 0
        self.depth = 0
        self.position = 0
        self.spaced = False
        self.next = self._read()

    def _read(self) -> _Token:
        """The token at the position, blanks passed over."""
        self.spaced = False
        while self.position < len(self.text):
            match = TOKEN.match(self.text, self.position)
            if match is None or match.lastgroup is None:
                raise self.refuse(f"unexpected text at position {self.position + 1}")
            start, self.position = self.position, match.end()
            if match.lastgroup != "space":
                return _Token(match.lastgroup, match.group(), start)
            self.spaced = True
        return _Token("end", "", self.position)

    def take(self) -> _Token:
        token, self.next = self.next, self._read()
        return token

    def accept(self, mark: str) -> bool:
        """Take the next token if it is this mark."""
        found = self.next.kind == "mark" and self.next.text == mark
        if found:
            self.take()
        return found

    def expect(self, kind: str, what: str) -> _Token:
        if self.next.kind != kind:
            raise self.refuse(f"expected {what} at position {self.next.start + 1}")
        return self.take()

    def finish(self) -> None:
        self.expect("end", "the end")

    def joins(self, word: str) -> bool:
        """Take `and` or `or`, which blanks must set apart."""
        found = self.next.kind == "word" and self.next.text.casefold() == word
        if found:
            self.blank()
            self.take()
            self.blank()
        return found

    def blank(self) -> None:
        if not self.spaced:
            raise self.refuse(f"expected a blank before position {self.next.start + 1}")

    def either(self) -> Condition:
        return self.joined("or", self.both, Or)

    def both(self) -> Condition:
        return self.joined("and", self.single, And)

    def joined(self, word: str, part: Callable[[], Condition], join: type[And | Or]) -> Condition:
        conditions = [part()]
        while self.joins(word):
            conditions.append(part())
        return conditions[0] if len(conditions) == 1 else join(tuple(conditions))

    def single(self) -> Condition:
        if self.next.text.casefold() == "not" and GROUP.match(self.text, self.position):
            self.take()
            self.take()
            return _negation(self.grouped(")"))
        if self.accept("("):
            return self.grouped(")")
        return self.expression()

    def grouped(self, mark: str) -> Condition:
        """What stands between parentheses or brackets, the first already taken."""
        self.depth += 1
        if self.depth > self.limits.max_depth:
            raise self.refuse(f"nested more than {self.limits.max_depth} deep")
        condition = self.either()
        if not self.accept(mark):
            raise self.refuse(f"expected {mark} at position {self.next.start + 1}")
        self.depth -= 1
        return condition

    def expression(self) -> Condition:
        self.comparisons += 1
        if self.comparisons > self.limits.max_filter_comparisons:
            raise self.refuse(f"more than {self.limits.max_filter_comparisons} comparisons")
        path = self.expect("word", "an attribute").text
        if self.accept("["):
            return ValueFilter(path, self.grouped("]"))
        operator = self.expect("word", "an operator").text.casefold()
        if operator == "pr":
            return Comparison(path, operator)
        if operator not in OPERATORS:
            raise self.refuse(f"{operator!r} is not an operator")
        self.blank()
        return Comparison(path, operator, self.value())

    def value(self) -> Any:
        token = self.take()
        if token.kind not in {"string", "number"} and token.text not in {"true", "false", "null"}:
            raise self.refuse(f"expected a value at position {token.start + 1}")
        try:
            value = json.loads(token.text)
            str(value).encode()
        except ValueError as error:
            raise self.refuse(f"the value at position {token.start + 1} is not JSON: {error}") from None
        return value
