"""Readers that put filters together wrongly, by name: see `mutant_readers`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from mutant_readers import (
    Clause,
    Joint,
    Node,
    Reader,
    Tree,
    Truth,
    all_of,
    any_of,
    clauses,
    entries,
    everywhere,
    flat,
    parsed,
    written,
)

from scim_tests.checks.reading import filters
from scim_tests.checks.reading.filters import Traits
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import Resource


def in_order(node: Node) -> Node:
    """From left to right, whatever binds tighter."""
    return flat(filters.TOKEN.findall(written(node)))


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


def not_of_each(word: str) -> Tree:
    """Without De Morgan."""

    def one(node: Node) -> Node:
        if isinstance(node, Joint) and node.op == "not":
            inner = node.parts[0]
            if isinstance(inner, Joint) and inner.op == word:
                return Joint(word, tuple(Joint("not", (each,)) for each in inner.parts))
        return node

    return everywhere(one)


def cut(word: str, kept: slice, within: str = "") -> Tree:
    """Of the parts that a word joins only some; within value paths alone, or anywhere."""

    def one(node: Node) -> Node:
        if isinstance(node, Joint) and node.op == word:
            parts = node.parts[kept]
            return Joint(word, parts) if len(parts) > 1 else parts[0]
        return node

    if not within:
        return everywhere(one)
    return everywhere(
        lambda node: (
            replace(node, parts=(everywhere(one)(node.parts[0]),))
            if isinstance(node, Joint) and node.op == within
            else node
        )
    )


def renamed(one: str, other: str, within: str = "") -> Tree:
    """A word read as another; `()` is none."""

    def tree(node: Node) -> Node:
        return replace(node, op=other) if isinstance(node, Joint) and node.op == one else node

    if not within:
        return everywhere(tree)
    return everywhere(
        lambda node: (
            replace(node, parts=(everywhere(tree)(node.parts[0]),))
            if isinstance(node, Joint) and node.op == within
            else node
        )
    )


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
            if any(
                isinstance(one, Joint) and one.op in at
                for one in (each, *(each.parts if isinstance(each, Joint) else ()))
            ):
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
        return everywhere(
            lambda each: replace(each, path=f"{node.path}.{each.path}") if isinstance(each, Clause) else each
        )(node.parts[0])
    return node


def one_row(node: Node) -> Node:
    """Clauses about one list have to fit one entry: a join for all of them."""
    if isinstance(node, Joint) and node.op == "and":
        of = [
            each
            for each in node.parts
            if isinstance(each, Clause) and re.match(r"(emails|phonenumbers|addresses)\.", each.path.lower())
        ]
        if len(of) > 1 and len({each.path.partition(".")[0].lower() for each in of}) == 1:
            rest = tuple(each for each in node.parts if each not in of)
            inner = Joint("and", tuple(replace(each, path=each.path.partition(".")[2]) for each in of))
            path = of[0].path.partition(".")[0]
            return Joint("and", (*rest, Joint("[]", (inner,), path))) if rest else Joint("[]", (inner,), path)
    return node


def _entry(
    choose: Callable[[list[Resource]], list[Resource]],
) -> Callable[[Reader, Joint, Resource, Traits], Truth]:
    def entry(reader: Reader, node: Joint, resource: Resource, traits: Traits) -> Truth:
        found = choose(entries(resource, node.path))
        return any_of(reader.holds(node.parts[0], each, traits, f"{plain(node.path)}.") for each in found)

    return entry


def _of_all(reader: Reader, node: Joint, resource: Resource, traits: Traits) -> Truth:
    found = entries(resource, node.path)
    return bool(found) and all_of(
        reader.holds(node.parts[0], each, traits, f"{plain(node.path)}.") for each in found
    )


def _not_within_is_of_none(reader: Reader, node: Joint, resource: Resource, traits: Traits) -> Truth:
    """`a[not (b)]` read as `not (a[b])`."""
    inner = node.parts[0]
    if isinstance(inner, Joint) and inner.op == "not":
        said = any_of(
            reader.holds(inner.parts[0], each, traits, f"{plain(node.path)}.")
            for each in entries(resource, node.path)
        )
        return None if said is None else not said
    return any_of(
        reader.holds(inner, each, traits, f"{plain(node.path)}.") for each in entries(resource, node.path)
    )


def _outer_not_is_inner(node: Node) -> Node:
    """`not (a[b])` read as `a[not (b)]`."""
    if (
        isinstance(node, Joint)
        and node.op == "not"
        and isinstance(node.parts[0], Joint)
        and node.parts[0].op == "[]"
    ):
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
    "not of each of and": Reader(not_of_each("and")),
    "not of each of or": Reader(not_of_each("or")),
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
        denied = list(clauses(node)) if isinstance(node, Joint) and node.op == "not" else []
        is_of_values = all(each.op.lower() != "pr" for each in denied)
        if is_of_values and any(not filters.values_at(resource, plain(each.path)) for each in denied):
            return False
        return super().holds(node, resource, traits, root)


PUT_TOGETHER["not of nothing is nothing"] = WithNulls()


def where(reader: Reader, is_meant: Callable[[Node], bool]) -> Reader:
    """A reader who is wrong about some filters alone."""
    return Reader(lambda node: reader.tree(node) if is_meant(node) else node)


def ops(node: Node) -> list[str]:
    """Every word and bracket that puts it together."""
    return [] if isinstance(node, Clause) else [node.op, *(op for part in node.parts for op in ops(part))]


def is_without_not(node: Node) -> bool:
    return "not" not in ops(node)


def is_short(node: Node) -> bool:
    """With hardly a bracket."""
    return len([*clauses(node)]) <= 3 and sum(op in {"not", "[]", "()"} for op in ops(node)) <= 1


AT_LENGTH = ("not of an entry", "not of entries", "not twice")  # which shows in two brackets at least
PUT_TOGETHER |= {
    f"{name}, {when}": where(reader, is_meant)
    for name, reader in PUT_TOGETHER.items()
    if type(reader) is Reader and reader.entry is None
    for when, is_meant, but_for in (("without not", is_without_not, "not"), ("shortly", is_short, AT_LENGTH))
    if not name.startswith(but_for)
}
