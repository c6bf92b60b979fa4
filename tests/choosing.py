"""The fewest filters that tell every wrong reader from the right one."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from mutant_comparisons import COMPARISONS, Of, honest, narrowed
from mutant_joints import PUT_TOGETHER
from mutant_readers import Clause, Fits, Node, Reader, clauses, entries, parsed
from random_questions import Questions

from scim_tests.checks.reading.filters import Traits
from scim_tests.checks.reading.parameters import plain
from scim_tests.checks.reading.queries import queries
from scim_tests.model.scim import Resource
from scim_tests.model.transcript import Transcript
from scim_tests.personas.rfc.asking import filled

READERS = frozenset({*PUT_TOGETHER, *COMPARISONS})
GENERAL = frozenset({*PUT_TOGETHER, *(name for name in COMPARISONS if name.endswith("(any)"))})
RIGHT = Reader(of=honest)
ALONE, WITHIN = "alone", "within"
CHOSEN = frozenset({"filter_users.alone", "filter_users.each_of_each"})
READS = ("make_specimens.read_*", "make_specimens.after_change")


@dataclass(frozen=True)
class Question:
    """`template` is what `asking.filled` makes the filter `asks` of."""

    template: str
    asks: str

    @cached_property
    def how(self) -> str:
        """Whether it is one clause and nothing else: many a fault is of those alone."""
        node = parsed(self.asks)
        return ALONE if isinstance(node, Clause) or node.op == "[]" else WITHIN

    @cached_property
    def clauses(self) -> int:
        """How many: what is short is read by more targets, and says more clearly what is wrong."""
        return sum(1 for _ in clauses(parsed(self.asks)))


@dataclass(frozen=True)
class People:
    """Whom `make_specimens` made, as they are read, and what is known of their attributes."""

    shown: Sequence[Resource]
    traits: Traits

    @property
    def ours(self) -> str:
        """The filter that they fit, and nobody else."""
        return f'userName sw "{self.shown[0]["userName"].rpartition("-")[0]}"'


def people_of(transcript: Transcript) -> People:
    """Of a play with `make_specimens`; of who was changed as they are then."""
    reads = [each.resource for step in READS for each in transcript.of(step)]
    by_name = {str(each["userName"]): each for each in reads}
    return People([by_name[name] for name in sorted(by_name)], queries(transcript).traits("/Users"))


def written_by_hand(transcript: Transcript) -> list[Question]:
    """What `filter_users` asks besides what is chosen here."""
    return [each for step, each in asked(transcript) if step not in CHOSEN]


def asked(transcript: Transcript) -> Iterator[tuple[str, Question]]:
    """Each filter of `filter_users`, with its step."""
    for each in transcript.of("filter_users.*"):
        if each.request.method == "GET" and "filter" in each.request.query:
            yield each.step, Question("", each.request.query["filter"])


def told(question: Question, people: People, readers: Iterable[str] = READERS) -> frozenset[str]:
    """The wrong readers whom it tells from the right one; none where it is open whom it finds."""
    node = parsed(question.asks)
    right = _said(RIGHT, node, people)
    if None in right:
        return frozenset()
    said = ((name, _said(reader, read, people)) for name, reader, read in _wrong(node, people, set(readers)))
    return frozenset(
        name
        for name, each in said
        if any(one is not other and other is not None for one, other in zip(right, each, strict=True))
    )


def _said(reader: Reader, node: Node, people: People) -> list[bool | None]:
    return [reader.holds(node, each, people.traits) for each in people.shown]


def _wrong(node: Node, people: People, readers: set[str]) -> Iterator[tuple[str, Reader, Node]]:
    """The readers who read a filter, or compare, otherwise than the right one, with what they read."""
    for name in PUT_TOGETHER.keys() & readers:
        reader = PUT_TOGETHER[name]
        read = reader.tree(node)
        if read != node or reader.entry or type(reader) is not Reader:
            yield name, reader, read
    leaves = list(_compared(node, people.shown, people.traits))

    @cache
    def apart(of: Of) -> frozenset[str]:
        """The attributes that it compares otherwise."""
        return frozenset(
            leaf[2].root + plain(leaf[0].path) for leaf in leaves if of(*leaf) is not honest(*leaf)
        )

    for name in COMPARISONS.keys() & readers:
        of, is_meant = COMPARISONS[name]
        if any(map(is_meant, apart(of))):
            yield name, Reader(of=narrowed(of, is_meant)), node


def _compared(
    node: Node, people: Sequence[Resource], traits: Traits, root: str = ""
) -> Iterator[tuple[Clause, Resource, Fits]]:
    """Every comparison that reading the filter may make."""
    if isinstance(node, Clause):
        yield from ((node, each, Fits(traits, root)) for each in people)
    elif node.op == "[]":
        within = [one for each in people for one in entries(each, node.path)]
        yield from _compared(node.parts[0], within, traits, f"{plain(node.path)}.")
    else:
        for part in node.parts:
            yield from _compared(part, people, traits, root)


def drawn(people: People, number: int, seed: int) -> Iterator[Question]:
    """Random questions, some of them of the run's own alone."""
    chance = random.Random(seed)  # noqa: S311 -- nothing secret
    for template in dict.fromkeys(Questions(people.shown, seed).all(number)):
        whole = template
        if chance.random() < 0.5:
            node = parsed(filled(template, people.shown))
            is_either = not isinstance(node, Clause) and node.op == "or"
            forms = ["$ours and ({0})", "({0}) and $ours"] + (
                ["$ours and {0}", "{0} and $ours"] if not is_either else []
            )
            whole = chance.choice(forms).format(template)
        yield Question(whole, filled(whole.replace("$ours", people.ours), people.shown))


def needs(tellers: Mapping[Question, frozenset[str]]) -> Counter[tuple[str, str]]:
    """How often each reader is to be told: by one clause and by several, and one of some attributes alone in any way; as far as anything tells it."""
    wanted: Counter[tuple[str, str]] = Counter()
    for question, readers in tellers.items():
        for name in readers:
            wanted[name, question.how if name in GENERAL else ""] = 1
    return wanted


def chosen(
    tellers: Mapping[Question, frozenset[str]], before: Mapping[Question, frozenset[str]], most: int
) -> list[Question]:
    """The fewest, greedily: each tells most of what is not told yet. `before` are asked anyway."""
    open_ = needs(tellers)
    for question, readers in before.items():
        _tell(open_, question, readers)
    found: list[Question] = []
    while len(found) < most:
        best = max(tellers, key=lambda each: _gain(open_, each, tellers[each]) / (3 + each.clauses))
        if not _gain(open_, best, tellers[best]):
            break
        _tell(open_, best, tellers[best])
        found.append(best)
    return found


def _gain(open_: Counter[tuple[str, str]], question: Question, readers: frozenset[str]) -> int:
    return sum(open_[name, question.how] * 2 + open_[name, ""] for name in readers)


def _tell(open_: Counter[tuple[str, str]], question: Question, readers: frozenset[str]) -> None:
    for name in readers:
        open_[name, question.how] = open_[name, ""] = 0
