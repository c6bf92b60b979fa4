"""Root causes: which red findings stand for themselves, and what each of them explains.

A check is a root cause where at least one of its findings is explained by none (`engine.evidence`). A conversation that
nobody wrote, and that was shortened, shows one trouble: whatever fails in it is told by the check that leads there, and so
is what fails in another one with the same writes, which differs in who looks, where the same is wrong.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from scim_tests.engine.evidence import Evidence, last
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import RED, Result
from scim_tests.knowledge.effect import GRAVEST_FIRST, gravest
from scim_tests.model.check import Check, Severity
from scim_tests.model.conversation import Conversation, changes
from scim_tests.model.verdict import Verdict

NONE: Mapping[str, Conversation] = {}
SHORT = 20  # moves, at most, of a conversation that was shortened; most have less than ten


@dataclass
class Cause:
    """A red check with those of its findings that nothing else explains, and the checks it explains."""

    result: Result
    own: list[Judgement] = field(default_factory=list)
    others: list[Judgement] = field(default_factory=list)  # findings of other checks that it explains
    explains: list[str] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """As grave as the gravest finding that goes when it is mended."""
        return gravest([each.severity for each in (*self.own, *self.others)])

    @property
    def first(self) -> Judgement:
        """The gravest of its findings, of these what Okta meets, the earliest of these: what it is told by."""
        return min(self.own, key=lambda each: each.rank)

    @property
    def at(self) -> list[int]:
        """The numbers of the exchanges it is about, in order."""
        return sorted({each.number for judgement in self.own for each in judgement.at})


class _Told(NamedTuple):
    """A red finding, with what came of its check."""

    result: Result
    judgement: Judgement

    @property
    def check(self) -> str:
        return self.result.check.id

    @property
    def attribute(self) -> str:
        return self.judgement.finding.attribute if self.judgement.finding else ""


def causes(found: Sequence[Result], conversations: Mapping[str, Conversation] = NONE) -> list[Cause]:
    """What to mend, with the checks each one explains: the gravest first, of equals what Okta meets, then what the play met first, a rule last.

    `conversations` has, by the names of their scenes, those that nobody wrote.
    """
    evidence = Evidence(found)
    results = {each.check.id: each for each in found}
    heads: dict[str, Cause] = {}
    told = _in_order(found, evidence)
    leading = _leading(told, conversations)
    for each in told:
        check, judgement = each.result.check, each.judgement
        name = leading.get(id(judgement)) or evidence.head(check, judgement) or check.id
        head = heads.setdefault(name, Cause(results[name]))
        (head.own if head.result is each.result else head.others).append(judgement)
        evidence.add(check, judgement, name)
    ordered = sorted(heads.values(), key=_order)
    _attach(ordered, found)
    return ordered


def _leading(told: Iterable[_Told], conversations: Mapping[str, Conversation]) -> dict[int, str]:
    """Of each finding in one of these scenes, by the id of the judgement, the check that explains it there.

    The shortest scene comes first: what led there leads wherever the same was written, if it is red again or the same
    attribute is wrong, and what it explained it explains in a longer one, too, if both are red again. One that was not
    shortened may show several troubles: it leads to none.
    """
    scenes: dict[str, list[_Told]] = {}
    for each in told:
        for scene in {seen.scene for seen in each.judgement.at}.intersection(conversations):
            scenes.setdefault(scene, []).append(each)
    explained: dict[str, list[str]] = {}
    leading: dict[int, str] = {}
    led: dict[Hashable, dict[str, str]] = {}  # by what was written, and the attribute that is wrong
    for scene, everything in sorted(scenes.items(), key=lambda each: _length(each[1])):
        red = {each.check for each in everything}
        known = {check: head for check in red for head in explained.get(check, ()) if head in red}
        here = [each for each in everything if id(each.judgement) not in leading]
        if len(conversations[scene]) > SHORT:
            here = [each for each in here if each.check in known]
        new = [each for each in here if each.check not in known]
        written = changes(conversations[scene])
        led_before = led.setdefault(written, {}) if written else {}
        red_again = [head for head in led_before.values() if head in red]
        for each in new:
            head = led_before.get(each.attribute) or next(iter(red_again), "")
            known[each.check] = head or min(new, key=_leads).check
            explained.setdefault(each.check, []).append(known[each.check])
        leading.update((id(each.judgement), known[each.check]) for each in here)
        for each in sorted(new, key=_leads):
            led_before.setdefault(each.attribute, known[each.check])
    return leading


def _length(here: Iterable[_Told]) -> int:
    """By how many exchanges of its own a scene had shown all of it."""
    return max(len(seen.before) for each in here for seen in each.judgement.at)


def _leads(told: _Told) -> tuple[bool, int, int]:
    """Rules come last; what the conversation ends with is what it was held for; then what is gravest."""
    severity = GRAVEST_FIRST.index(told.judgement.severity)
    return told.result.check.is_a_rule, -last(told.judgement), severity


def _order(cause: Cause) -> tuple[int, bool, int, bool]:
    _, is_of_others = cause.first.rank
    return GRAVEST_FIRST.index(cause.severity), is_of_others, last(cause.first), cause.result.check.is_a_rule


def _in_order(found: Iterable[Result], evidence: Evidence) -> list[_Told]:
    """Every red finding: whatever others may follow from comes first, then what the play met first.

    Of those about one exchange the graver comes first, then the more particular; in an outage the rule for all answers.
    """
    red = {each.check.id: each for each in found if each.verdict in RED}
    depths = _depths([each.check for each in red.values()])

    def rank(told: _Told) -> tuple[int, int, int, int, int]:
        result, judgement = told
        severity = GRAVEST_FIRST.index(judgement.severity)
        general = result.check.is_a_rule + result.check.judges_every_answer
        in_outage = -general if evidence.is_of_an_outage(judgement) else 0
        return depths[result.check.id], last(judgement), in_outage, severity, general

    told = [
        _Told(result, each) for result in red.values() for each in result.judgements if each.verdict in RED
    ]
    return sorted(told, key=rank)


def _depths(red: Sequence[Check]) -> dict[str, int]:
    """How many red checks a check follows from, one through the other."""
    by_id = {each.id: each for each in red}
    depths: dict[str, int] = {}

    def depth(check: Check) -> int:
        if check.id not in depths:
            depths[check.id] = 0  # a check that follows from itself, through others, begins somewhere
            above = [depth(by_id[name]) + 1 for name in check.follows if name in by_id]
            depths[check.id] = max(above, default=0)
        return depths[check.id]

    for each in red:
        depth(each)
    return depths


def _attach(heads: Sequence[Cause], found: Iterable[Result]) -> None:
    """To each cause the red checks it explains, and those that are blocked behind an exchange where it was seen."""
    standing = {each.result.check.id for each in heads}
    head_of = {id(judgement): head for head in heads for judgement in head.others}
    seen = _seen(heads)
    for result in found:
        if result.verdict is Verdict.BLOCKED:
            blamed = {each.number for each in result.blamed}
            declared = (
                each for each in heads if each.result.check.id in result.check.follows and blamed & {*each.at}
            )
            met = (
                seen[key] for key in (*(each.number for each in result.blamed), result.blame) if key in seen
            )
            behind = next(chain(declared, met), None)
            if behind:
                behind.explains.append(result.check.id)
        elif result.verdict in RED and result.check.id not in standing:
            first = next(each for each in result.judgements if each.verdict in RED)
            head_of[id(first)].explains.append(result.check.id)


def _seen(heads: Sequence[Cause]) -> dict[Hashable, Cause]:
    """The cause seen in each exchange, by its number, and in refusals of each step; in a refusal before others."""
    places = [
        (exchange.is_success, number, exchange)
        for number, head in enumerate(heads)
        for judgement in (*head.own, *head.others)
        for exchange in judgement.at
    ]
    seen: dict[Hashable, Cause] = {}
    for is_success, number, exchange in sorted(places, key=lambda place: place[:2]):
        seen.setdefault(exchange.number, heads[number])
        if not is_success:
            seen.setdefault(exchange.step, heads[number])
    return seen
