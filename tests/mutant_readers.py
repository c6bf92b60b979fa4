"""Readers of filters, each wrong in one way: a set of questions is as good as the readers that it tells from the honest one.

`READERS` holds them by name. A reader is asked whether somebody fits a filter: None where that is open, as in
`checks.reading.filters`, whose comparisons all of them share.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from scim_tests.checks.reading import filters
from scim_tests.checks.reading.filters import Term, Traits, steps
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import get

Resource = dict[str, Any]
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


def _one(tokens: list[str]) -> Node:
    first = tokens.pop(0)
    if first == "(" or (first.lower() == "not" and tokens[0] == "("):
        if first != "(":
            tokens.pop(0)
        inner = _joined(tokens, ("or", "and"))
        tokens.pop(0)
        return Joint("()" if first == "(" else "not", (inner,))
    if tokens[0] == "[":
        tokens.pop(0)
        inner = _joined(tokens, ("or", "and"))
        tokens.pop(0)
        return Joint("[]", (inner,), first)
    op = tokens.pop(0)
    return Clause(first, op, None if op.lower() == "pr" else json.loads(tokens.pop(0)))


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


# How a filter is put together.


def in_order(node: Node) -> Node:
    """From left to right, whatever binds tighter."""
    tokens = filters.TOKEN.findall(written(node))
    return _flat(tokens)


def _flat(tokens: list[str]) -> Node:
    def one() -> Node:
        if tokens[0] == "(" or (tokens[0].lower() == "not" and tokens[1] == "("):
            is_not = tokens.pop(0) != "("
            if is_not:
                tokens.pop(0)
            inner = _flat(tokens)
            tokens.pop(0)
            return Joint("not" if is_not else "()", (inner,))
        return _one(tokens)

    found = one()
    while tokens and tokens[0].lower() in {"and", "or"}:
        word = tokens.pop(0).lower()
        found = Joint(word, (found, one()))
    return found


def without_brackets(node: Node) -> Node:
    """As if no bracket stood there."""
    ors: list[list[Node]] = [[]]
    for word, each in _in_a_row(node):
        if word == "or":
            ors.append([])
        ors[-1].append(each)
    ands = [Joint("and", tuple(each)) if len(each) > 1 else each[0] for each in ors]
    return Joint("or", tuple(ands)) if len(ands) > 1 else ands[0]


def _in_a_row(node: Node, word: str = "and") -> Iterator[tuple[str, Node]]:
    """Every clause, with the word before it."""
    if isinstance(node, Clause) or node.op == "[]":
        yield word, node
        return
    first = True
    for part in node.parts:
        for before, each in _in_a_row(part, word if first else node.op):
            yield before, Joint("not", (each,)) if node.op == "not" and first else each
            first = False


def not_takes_the_rest(node: Node) -> Node:
    if isinstance(node, Joint) and node.op in {"and", "or"}:
        for place, part in enumerate(node.parts[:-1]):
            if isinstance(part, Joint) and part.op == "not":
                rest = Joint(node.op, (part.parts[0], *node.parts[place + 1 :]))
                return Joint(node.op, (*node.parts[:place], Joint("not", (rest,))))
    return node


def not_of_the_first_alone(node: Node) -> Node:
    if isinstance(node, Joint) and node.op == "not":
        inner = node.parts[0]
        if isinstance(inner, Joint) and inner.op in {"and", "or"}:
            return Joint(inner.op, (Joint("not", (inner.parts[0],)), *inner.parts[1:]))
    return node


def not_of_each(node: Node) -> Node:
    """Without De Morgan."""
    if isinstance(node, Joint) and node.op == "not":
        inner = node.parts[0]
        if isinstance(inner, Joint) and inner.op in {"and", "or"}:
            return Joint(inner.op, tuple(Joint("not", (each,)) for each in inner.parts))
    return node


def cut(word: str, kept: slice, within: str = "") -> Tree:
    """Of the parts that a word joins only some; within value paths alone, or anywhere."""

    def one(node: Node) -> Node:
        if isinstance(node, Joint) and node.op == word:
            parts = node.parts[kept]
            return Joint(word, parts) if len(parts) > 1 else parts[0]
        return node

    if not within:
        return everywhere(one)
    return everywhere(lambda node: replace(node, parts=(everywhere(one)(node.parts[0]),)) if isinstance(node, Joint) and node.op == within else node)


def renamed(one: str, other: str, within: str = "") -> Tree:
    """A word read as another; `()` is none."""

    def tree(node: Node) -> Node:
        return replace(node, op=other) if isinstance(node, Joint) and node.op == one else node

    if not within:
        return everywhere(tree)
    return everywhere(lambda node: replace(node, parts=(everywhere(tree)(node.parts[0]),)) if isinstance(node, Joint) and node.op == within else node)


def brackets_end_it(node: Node) -> Node:
    """What follows a closing bracket is not read."""
    return _ended(node, {"()", "not"})


def value_paths_end_it(node: Node) -> Node:
    return _ended(node, {"[]"})


def _ended(node: Node, at: set[str]) -> Node:
    if isinstance(node, Joint) and node.op in {"and", "or"}:
        parts: list[Node] = []
        for each in node.parts:
            parts.append(_ended(each, at))
            if any(isinstance(one, Joint) and one.op in at for one in (each, *(each.parts if isinstance(each, Joint) else ()))):
                break
        return Joint(node.op, tuple(parts)) if len(parts) > 1 else parts[0]
    return node


def one_for_a_path(place: int) -> Tree:
    """Clauses are kept by their paths, so that of two of one the first, or the last, counts."""

    def tree(node: Node) -> Node:
        if not (isinstance(node, Joint) and node.op == "and"):
            return node
        kept: dict[str, list[Node]] = {}
        for each in node.parts:
            kept.setdefault(each.path if isinstance(each, Clause) else str(id(each)), []).append(each)
        parts = tuple(each[place] for each in kept.values())
        return Joint("and", parts) if len(parts) > 1 else parts[0]

    return everywhere(tree)


def or_of_one_path(node: Node) -> Node:
    """`or` is known of one attribute alone, as IN: of others the first counts."""
    if isinstance(node, Joint) and node.op == "or":
        first = next(clauses(node))
        parts = tuple(each for each in node.parts if next(clauses(each)).path == first.path)
        return Joint("or", parts) if len(parts) > 1 else parts[0]
    return node


def spread(node: Node) -> Node:
    """A value path whose clauses may fit different entries."""
    if isinstance(node, Joint) and node.op == "[]":
        return everywhere(lambda each: replace(each, path=f"{node.path}.{each.path}") if isinstance(each, Clause) else each)(node.parts[0])
    return node


def one_row(node: Node) -> Node:
    """Clauses about one list have to fit one entry: a join for all of them."""
    if isinstance(node, Joint) and node.op == "and":
        of = [each for each in node.parts if isinstance(each, Clause) and re.match(r"(emails|phonenumbers|addresses)\.", each.path.lower())]
        if len(of) > 1 and len({each.path.partition(".")[0].lower() for each in of}) == 1:
            rest = tuple(each for each in node.parts if each not in of)
            inner = Joint("and", tuple(replace(each, path=each.path.partition(".")[2]) for each in of))
            path = of[0].path.partition(".")[0]
            return Joint("and", (*rest, Joint("[]", (inner,), path))) if rest else Joint("[]", (inner,), path)
    return node


def _entry(choose: Callable[[list[Resource]], list[Resource]]) -> Callable[[Reader, Joint, Resource, Traits], Truth]:
    def entry(reader: Reader, node: Joint, resource: Resource, traits: Traits) -> Truth:
        found = choose(entries(resource, node.path))
        return any_of(reader.holds(node.parts[0], each, traits, f"{plain(node.path)}.") for each in found)

    return entry


def _of_all(reader: Reader, node: Joint, resource: Resource, traits: Traits) -> Truth:
    found = entries(resource, node.path)
    return bool(found) and all_of(reader.holds(node.parts[0], each, traits, f"{plain(node.path)}.") for each in found)


def _not_within_is_of_none(reader: Reader, node: Joint, resource: Resource, traits: Traits) -> Truth:
    """`a[not (b)]` read as `not (a[b])`."""
    inner = node.parts[0]
    if isinstance(inner, Joint) and inner.op == "not":
        said = any_of(reader.holds(inner.parts[0], each, traits, f"{plain(node.path)}.") for each in entries(resource, node.path))
        return None if said is None else not said
    return any_of(reader.holds(inner, each, traits, f"{plain(node.path)}.") for each in entries(resource, node.path))


def _outer_not_is_inner(node: Node) -> Node:
    """`not (a[b])` read as `a[not (b)]`."""
    if isinstance(node, Joint) and node.op == "not" and isinstance(node.parts[0], Joint) and node.parts[0].op == "[]":
        return replace(node.parts[0], parts=(Joint("not", node.parts[0].parts),))
    return node


def _twice_is_once(node: Node) -> Node:
    """Two denials are one."""
    if isinstance(node, Joint) and node.op == "not":
        inner = node.parts[0]
        inner = inner.parts[0] if isinstance(inner, Joint) and inner.op == "()" else inner
        return inner if isinstance(inner, Joint) and inner.op == "not" else node
    return node


PUT_TOGETHER: dict[str, Reader] = {
    "left to right": Reader(in_order),
    "or binds tighter": Reader(lambda node: parsed(written(node), ("and", "or"))),
    "brackets are nothing": Reader(without_brackets),
    "not is nothing": Reader(renamed("not", "()")),
    "not takes the rest": Reader(everywhere(not_takes_the_rest)),
    "not of the first alone": Reader(everywhere(not_of_the_first_alone)),
    "not of each": Reader(everywhere(not_of_each)),
    "not twice is once": Reader(everywhere(_twice_is_once)),
    "the first clause": Reader(lambda node: next(clauses(node))),
    "the last clause": Reader(lambda node: [*clauses(node)][-1]),
    "two clauses of and": Reader(cut("and", slice(2))),
    "the first of and": Reader(cut("and", slice(1))),
    "the last of and": Reader(cut("and", slice(-1, None))),
    "two clauses of or": Reader(cut("or", slice(2))),
    "the first of or": Reader(cut("or", slice(1))),
    "the last of or": Reader(cut("or", slice(-1, None))),
    "and is or": Reader(renamed("and", "or")),
    "or is and": Reader(renamed("or", "and")),
    "a bracket ends it": Reader(brackets_end_it),
    "a value path ends it": Reader(value_paths_end_it),
    "of one path the first": Reader(one_for_a_path(0)),
    "of one path the last": Reader(one_for_a_path(-1)),
    "or of one path": Reader(everywhere(or_of_one_path)),
    "spread over entries": Reader(everywhere(spread)),
    "one row for all": Reader(everywhere(one_row)),
    "of an entry the first": Reader(cut("and", slice(1), "[]")),
    "of an entry the last": Reader(cut("and", slice(-1, None), "[]")),
    "or of an entry is and": Reader(renamed("or", "and", "[]")),
    "and of an entry is or": Reader(renamed("and", "or", "[]")),
    "not of an entry is nothing": Reader(renamed("not", "()", "[]")),
    "not of an entry is of none": Reader(entry=_not_within_is_of_none),
    "not of entries is within": Reader(everywhere(_outer_not_is_inner)),
    "the first entry": Reader(entry=_entry(lambda found: found[:1])),
    "the last entry": Reader(entry=_entry(lambda found: found[-1:])),
    "the primary entry": Reader(entry=_entry(lambda found: [each for each in found if each.get("primary")] or found[:1])),
    "all entries": Reader(entry=_of_all),
}  # fmt: skip


class WithNulls(Reader):
    """As SQL has it, where the denial of a comparison with what is not there is no more true than it is."""

    def holds(self, node: Node, resource: Resource, traits: Traits, root: str = "") -> Truth:
        if isinstance(node, Joint) and node.op == "not" and not any(each.op.lower() == "pr" for each in clauses(node)):
            if any(not filters.values_at(resource, plain(each.path)) for each in clauses(node)):
                return False
        return super().holds(node, resource, traits, root)


PUT_TOGETHER["not of nothing is nothing"] = WithNulls()
