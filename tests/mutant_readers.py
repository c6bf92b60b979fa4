"""Readers of filters that can be wrong in one way: a set of questions is as good as the readers that it tells from a right one.

`mutant_joints` has those who put a filter together wrongly, `mutant_comparisons` those who compare wrongly. A reader
is asked whether somebody fits a filter: None where that is open, as in `checks.reading.filters`, whose comparisons
all of them share.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from scim_tests.checks.reading import filters
from scim_tests.checks.reading.filters import Term, Traits, steps
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import Resource, get

Truth = bool | None


@dataclass(frozen=True)
class Clause:
    """`path op value` as it is written; of `pr` the value is None."""

    path: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class Joint:
    """`and`, `or`, `not`, `()`, or `[]` of the attribute at `path`."""

    op: str
    parts: tuple["Clause | Joint", ...]
    path: str = ""


Node = Clause | Joint


@dataclass(frozen=True)
class Fits:
    """The honest way to compare, below the path of a list where within brackets."""

    traits: Traits
    root: str

    def __call__(self, clause: Clause, resource: Resource) -> Truth:
        term = Term(plain(clause.path), clause.op.lower(), json.dumps(clause.value))
        return filters.holds(term, resource, self.traits, self.root)


Of = Callable[[Clause, Resource, Fits], Truth]  # a comparison, and the honest way to make it
Tree = Callable[[Node], Node]


def parsed(text: str, binding: tuple[str, ...] = ("or", "and")) -> Node:
    """The filter as it is written; of two words the later binds tighter, and of one none does."""
    tokens = [match[1] for match in filters.TOKEN.finditer(text)]
    return _joined(tokens, binding)


def _joined(tokens: list[str], binding: tuple[str, ...]) -> Node:
    if not binding:
        return _one(tokens)
    parts = [_joined(tokens, binding[1:])]
    while tokens and tokens[0].lower() == binding[0]:
        tokens.pop(0)
        parts.append(_joined(tokens, binding[1:]))
    return parts[0] if len(parts) == 1 else Joint(binding[0], tuple(parts))


def _by_rank(tokens: list[str]) -> Node:
    return _joined(tokens, ("or", "and"))


def _one(tokens: list[str], within: Callable[[list[str]], Node] = _by_rank) -> Node:
    first = tokens.pop(0)
    if first == "(" or (first.lower() == "not" and tokens[0] == "("):
        if first != "(":
            tokens.pop(0)
        inner = within(tokens)
        tokens.pop(0)
        return Joint("()" if first == "(" else "not", (inner,))
    if tokens[0] == "[":
        tokens.pop(0)
        inner = within(tokens)
        tokens.pop(0)
        return Joint("[]", (inner,), first)
    op = tokens.pop(0)
    return Clause(first, op, None if op.lower() == "pr" else json.loads(tokens.pop(0)))


def flat(tokens: list[str]) -> Node:
    """The filter as who reads it from left to right has it, whatever binds tighter."""
    found = _one(tokens, flat)
    while tokens and tokens[0].lower() in {"and", "or"}:
        word = tokens.pop(0).lower()
        found = Joint(word, (found, _one(tokens, flat)))
    return found


@dataclass(frozen=True)
class Reader:
    """How a filter is read (`tree`), a comparison made (`of`), and one entry of a list chosen (`entry`)."""

    tree: Tree = lambda node: node
    of: Of = lambda clause, resource, fits: fits(clause, resource)
    entry: Callable[["Reader", Joint, Resource, Traits], Truth] | None = None

    def holds(self, node: Node, resource: Resource, traits: Traits, root: str = "") -> Truth:
        """As `filters.holds`."""
        if isinstance(node, Clause):
            return self.of(node, resource, Fits(traits, root))
        if node.op == "[]":
            if self.entry:
                return self.entry(self, node, resource, traits)
            return any_of(
                self.holds(node.parts[0], each, traits, f"{plain(node.path)}.")
                for each in entries(resource, node.path)
            )
        said = [self.holds(each, resource, traits, root) for each in node.parts]
        if node.op == "not":
            return None if said[0] is None else not said[0]
        return said[0] if node.op == "()" else any_of(said) if node.op == "or" else all_of(said)


def entries(resource: Resource, path: str) -> list[Resource]:
    found = get(resource, *steps(plain(path)))
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def any_of(said: Iterable[Truth]) -> Truth:
    known = list(said)
    return True if True in known else None if None in known else False


def all_of(said: Iterable[Truth]) -> Truth:
    known = list(said)
    return False if False in known else None if None in known else True


def everywhere(change: Callable[[Node], Node]) -> Tree:
    """The change made to every node, those within first."""

    def tree(node: Node) -> Node:
        if isinstance(node, Joint):
            node = replace(node, parts=tuple(map(tree, node.parts)))
        return change(node)

    return tree


def clauses(node: Node) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
    else:
        for part in node.parts:
            for each in clauses(part):
                yield replace(each, path=f"{node.path}.{each.path}") if node.path else each


def written(node: Node) -> str:
    """The filter again."""
    if isinstance(node, Clause):
        value = "" if node.op.lower() == "pr" else f" {json.dumps(node.value, ensure_ascii=False)}"
        return f"{node.path} {node.op}{value}"
    if node.op in {"()", "not"}:
        return f"{'not ' if node.op == 'not' else ''}({written(node.parts[0])})"
    if node.op == "[]":
        return f"{node.path}[{written(node.parts[0])}]"
    return f" {node.op} ".join(map(written, node.parts))
