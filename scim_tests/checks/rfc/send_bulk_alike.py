"""The same operations one by one and in bulk: each is answered alike, and what stands afterwards is the same (RFC 7644 3.7).

What of the target's own comes to people who are alike, such as a number for each, nobody can say: only values
that were sent to somebody are compared, with the names and ids of the one in place of those of the other.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scim_tests.checks.reading.bulk import apart, made_by
from scim_tests.checks.reading.compare import (
    SECRET,
    changes,
    fold,
    is_made_up,
    is_the_rfcs,
    may_come_from_groups,
    weightiest,
    without,
)
from scim_tests.checks.reading.groups import member_ids
from scim_tests.checks.reading.history import SERVERS
from scim_tests.checks.rfc.send_bulk import processed
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource
from scim_tests.model.transcript import Transcript

MAKE, CHANGE = ("single_make", "make"), ("single_change", "joint_change")  # alone, and in bulk
OF_THE_SERVER = ("$ref", "display")
BUSY = 429
Words = Mapping[str, str]  # those of the one who was made in bulk, by what they are called alone


class Pair(NamedTuple):
    """A request of its own, and the operation that is the same of somebody who is alike."""

    alone: Exchange
    joint: Exchange

    @property
    def is_judged(self) -> bool:
        """Whether both were answered, and neither for another reason than what it says."""
        answers = [each.heard.answer for each in self]
        return all(each is not None and each.status < 500 and each.status != BUSY for each in answers)

    @property
    def is_alike(self) -> bool:
        """Whether both were done, or neither."""
        return self.is_judged and self.alone.is_success == self.joint.is_success


class Twins(NamedTuple):
    """Two users or groups who are alike: the place of the one who was made alone, and of the other."""

    alone: str
    joint: str


def _made(transcript: Transcript) -> list[Pair]:
    """Of the two people the second is made first when alone, for the first refers to them."""
    singles = transcript.of(f"send_bulk.{MAKE[0]}*")
    bulk = transcript.one(f"send_bulk.{MAKE[1]}")
    processed(bulk)
    found: list[Pair] = []
    for kind in ("/Users", "/Groups"):
        alone = [each for each in reversed(singles) if each.request.endpoint == kind]
        found += map(Pair, alone, (each for each in apart(bulk) if each.request.endpoint == kind))
    return found


def _changed(transcript: Transcript) -> list[Pair]:
    singles, bulks = (transcript.of(f"send_bulk.{each}*") for each in CHANGE)
    if not singles or not bulks:
        return []
    processed(bulks[0])
    return [Pair(*each) for each in zip(singles, apart(bulks[0]), strict=False)]


def _pairs(transcript: Transcript) -> list[Pair]:
    found = [each for each in (*_made(transcript), *_changed(transcript)) if each.is_judged]
    if not found:
        raise NotObserved("", "nothing was done both alone and in bulk")
    return found


@check(
    "send_bulk.is-answered-as-single-requests-are",
    on="send_bulk",
    title="An operation of a bulk request is done where the same request by itself is, and refused where that is",
    references=("RFC7644-3.7-01", "RFC7644-3.7.3-03"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Handle each operation of a bulk request by the code that handles it as a request of its own.",
    follows=(
        "send_bulk.sound-request-is-processed",
        "send_bulk.makes-what-refers-to-others",
        "every_bulk.status-is-that-of-a-single-request",
    ),
)
def is_answered_as_single_requests_are(transcript: Transcript) -> Finding | None:
    """Mild where both are refused, for other reasons."""
    return weightiest(_otherwise(_pairs(transcript)))


def _otherwise(pairs: list[Pair]) -> Iterator[Finding]:
    for each in pairs:
        alone, joint = (one.status for one in each)
        if not each.is_alike or (not each.alone.is_success and alone != joint):
            expected = f"{alone}, as for {each.alone.request.method} alone"
            yield Finding(expected, str(joint), "$.Operations", at=tuple(each), mild=each.is_alike)


@check(
    "send_bulk.leaves-what-single-requests-leave",
    on="send_bulk",
    title="What operations of a bulk request leave behind is what the same requests leave by themselves",
    references=("RFC7644-3.7-01", "RFC7644-3.5.1-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Handle each operation of a bulk request by the code that handles it as a request of its own, with a new object for each.",
    follows=("send_bulk.is-answered-as-single-requests-are",),
)
def leaves_what_single_requests_leave(transcript: Transcript) -> Finding | None:
    made, changed = _made(transcript), _changed(transcript)
    twins = [
        Twins(*(f"{one.request.endpoint}/{made_by(one)}" for one in each))
        for each in made
        if each.is_judged and all(map(made_by, each))
    ]
    words, sent = _words(made), frozenset(_values(*made, *changed))
    compared = 0
    for pairs, steps in (([], MAKE), (changed, CHANGE)):
        for each in twins:
            if any(not pair.is_alike for pair in pairs if pair.alone.request.endpoint == each.alone):
                continue
            alone, joint = (_read(transcript, *place) for place in zip(steps, each, strict=True))
            if alone is None or joint is None:
                continue
            compared += 1
            if found := _differs(alone, joint, words, sent):
                return found
    if not compared:
        raise NotObserved("", "nobody was made and read both alone and in bulk")
    return None


def _read(transcript: Transcript, step: str, place: str) -> Exchange | None:
    """Of what stands at that place after a step; None where it was not shown."""
    reads = transcript.of(f"send_bulk.after_{step}", f"send_bulk.groups_after_{step}")
    return next((each for each in reads if each.request.endpoint == place and each.is_success), None)


def _words(made: list[Pair]) -> Words:
    """What the bodies of two creates have another text for, and the ids of whom they made."""
    found = {fold(made_by(each.joint)): fold(made_by(each.alone)) for each in made if each.is_judged}
    for each in made:
        found.update(_texts_apart(each.joint.request.written, each.alone.request.written))
    return {key: value for key, value in found.items() if key and value}


def _texts_apart(joint: Json, alone: Json) -> Iterator[tuple[str, str]]:
    if isinstance(joint, str) and isinstance(alone, str) and joint != alone:
        yield fold(joint), fold(alone)
    elif isinstance(joint, Mapping) and isinstance(alone, Mapping):
        for key in joint.keys() & alone.keys():
            yield from _texts_apart(joint[key], alone[key])
    elif isinstance(joint, list) and isinstance(alone, list):
        for each in zip(joint, alone, strict=False):
            yield from _texts_apart(*each)


def _values(*pairs: Pair) -> Iterator[Json]:
    """Every value that was sent in a request alone."""
    for each in pairs:
        yield from _leaves(fold(each.alone.request.written))


def _leaves(value: Json) -> Iterator[Json]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield value


def _called(value: Json, words: Words) -> Json:
    """The same of the other one: longer words first, since one may be the beginning of another."""
    if isinstance(value, Mapping):
        return {key: _called(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_called(each, words) for each in value]
    if isinstance(value, str):
        for each in sorted(words, key=len, reverse=True):
            value = value.replace(each, words[each])
    return value


def _differs(alone: Exchange, joint: Exchange, words: Words, sent: frozenset[Json]) -> Finding | None:
    at = alone, joint
    if alone.request.endpoint.startswith("/Groups"):
        wanted, shown = (_called(sorted(map(fold, member_ids(each.resource))), words) for each in at)
        if sorted(wanted) == sorted(shown):
            return None
        return Finding(f"{describe(wanted)}, as alone", describe(shown), "$.members", at=at)
    was, now = (fold(_called(fold(without(each.resource, SERVERS, SECRET)), words)) for each in at)
    for path, wanted, shown in _changes(was, now):
        is_known = is_the_rfcs(path) and not is_made_up(path) and not path.endswith(OF_THE_SERVER)
        if may_come_from_groups(path) and _is_only_more(wanted, shown):
            continue  # who was made in bulk is in a group, too
        if is_known and not sent.isdisjoint(_leaves([wanted, shown])):
            return Finding(f"{describe(wanted)}, as alone", describe(shown), path, at=at)
    return None


def _is_only_more(wanted: Json, shown: Json) -> bool:
    less, more = (each if isinstance(each, list) else [] for each in (wanted, shown))
    return all(each in more for each in less)


def _changes(was: Resource, now: Resource) -> Iterator[tuple[str, Json, Json]]:
    yield from changes(was, now)
    yield from ((path, None, shown) for path, shown, gone in changes(now, was) if gone is None)
