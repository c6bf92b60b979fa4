"""Rules for every write to a user or group: what it says is done, and all else stays (RFC 7644 3.3, 3.5).

They look at the reads by id around it, whatever act sent it, and know of no particular request.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from scim_tests.checks.reading.compare import may_come_from_groups, weightiest
from scim_tests.checks.reading.differences import TWICE, Difference, differences
from scim_tests.checks.reading.history import ended, history, key_of
from scim_tests.checks.reading.holdings import Holdings, holdings
from scim_tests.checks.reading.outcomes import Outcome, Passage, passages
from scim_tests.knowledge.consequences import MEMBERS_WRONG, OVERLAP_LOST, WRONG_PROFILE
from scim_tests.model.check import BOTH, MUST, PLAY, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.transcript import Transcript


class Ended(NamedTuple):
    """A passage, and where it did not end as it had to."""

    passage: Passage
    wrong: list[Difference]


@lru_cache(maxsize=1)  # several rules ask for it, of one play
def endings(transcript: Transcript) -> list[Ended]:
    """Every passage of which it is known how it may end, each beside the way that is nearest to how it did."""
    known = holdings(transcript)
    found: list[Ended] = []
    for each in passages(transcript):
        gone = _left(transcript, each)
        ways = [_wrong(each, wanted, gone) for wanted in each.ends]
        if ways:
            found.append(Ended(each, min(ways, key=lambda way: _weight(each, way, known))))
    return found


def _wrong(passage: Passage, wanted: Outcome, gone: frozenset[str]) -> list[Difference]:
    found = differences(wanted, passage.after.resource, passage.was)
    return [each for each in found if not (each.shown is None and str(each.wanted) in gone)]


def _weight(passage: Passage, wrong: list[Difference], known: Holdings) -> tuple[int, int]:
    sure = [each for each in wrong if known.is_sure(passage.key[0], each)]
    return len(sure), len(wrong)


def _left(transcript: Transcript, passage: Passage) -> frozenset[str]:
    """The ids of users who may be in no group any more at its end; who was shown as a member since they became inactive may be in it."""
    until = ended(passage.after.exchange)
    since = passage.before.exchange.heard.started if passage.before else 0.0
    took_out = (each for each in history(transcript).leaving if _may_show(each, since, until))
    return frozenset(user_id for kind, user_id in map(key_of, took_out) if kind == "/Users")


def _may_show(write: Exchange, since: float, until: float) -> bool:
    begins = 0.0 if write.request.method == "DELETE" else since  # references may go some time after a DELETE
    return ended(write) > begins and write.heard.started < until


def _findings(
    transcript: Transcript, is_about: Callable[[Passage], bool], fits: Callable[[Difference], bool]
) -> Iterator[Finding]:
    known = holdings(transcript)
    for passage, wrong in _about(transcript, is_about):
        for each in filter(fits, wrong):
            expected, got = each.texts
            mild = not known.is_sure(passage.key[0], each) or _may_be_of_a_group(each, passage, transcript)
            if known.lacks(passage.key[0], each) or known.ignores(passage.key[0], each):
                continue
            if _is_told_elsewhere(each, passage, transcript, mild=mild):
                continue
            consequence = MEMBERS_WRONG if passage.key[0] == "/Groups" and not passage.is_at_once else None
            yield Finding(expected, got, each.path, at=passage.at, mild=mild, consequence=consequence)


def _may_be_of_a_group(found: Difference, passage: Passage, transcript: Transcript) -> bool:
    """Whether it is a role that came or went, while a group was written to that may give it."""
    if passage.key[0] != "/Users" or not found.stays or not may_come_from_groups(found.path):
        return False
    begun, over = passage.at[0].heard.started, ended(passage.after.exchange)
    writes = history(transcript).writes.items()
    of_groups = (each for (kind, _), made in writes if kind == "/Groups" for each in made)
    return any(each.heard.started < over and ended(each) > begun for each in of_groups)


def _is_told_elsewhere(found: Difference, passage: Passage, transcript: Transcript, *, mild: bool) -> bool:
    """What one write alone does, too, is no matter of overlap; an entry shown twice is advice then (RFC 7643 2.4)."""
    if not passage.is_at_once:
        return found.path.endswith(TWICE)
    if found.path.endswith(TWICE):
        return _is_shown_twice_anyway(transcript)
    return mild or not holdings(transcript).shows(passage.key[0], found)


def _is_shown_twice_anyway(transcript: Transcript) -> bool:
    alone = (each for each in endings(transcript) if _is_plain(each.passage))
    return any(found.path.endswith(TWICE) for each in alone for found in each.wrong)


def _about(transcript: Transcript, is_about: Callable[[Passage], bool]) -> list[Ended]:
    found = [each for each in endings(transcript) if is_about(each.passage)]
    if not found:
        raise NotObserved("", "no write of the kind stood between two reads by id")
    return found


def _is_plain(passage: Passage) -> bool:
    return bool(passage.taken) and not passage.is_at_once


TOLD_BY_ACTS = (
    "push_user.keeps-the-user-name", "push_user.keeps-the-names", "push_user.keeps-the-email",
    "push_user.keeps-the-attributes-mapped-besides", "push_group.keeps-the-display-name",
    "push_group.create-keeps-the-members", "push_group.add-keeps-the-others",
    "push_group.remove-takes-only-who-is-named", "push_group.push-now-leaves-nobody-else",
    "push_group.empty-push-leaves-nobody", "push_group.rename-keeps-the-members",
    "push_group.rename-changes-the-name", "deactivate_user.makes-the-user-inactive",
    "reactivate_user.makes-the-user-active", "every_view.shows-what-was-put", "every_view.still-shows-what-was-put",
)  # fmt: skip


@check(
    "every_write.shows-in-the-next-read",
    on=PLAY,
    title="After a successful write, reading the user or group shows what was written",
    references=(
        "RFC7644-3.5.1-03",
        "RFC7644-3.5.2.1-03",
        "RFC7644-3.5.2.3-02",
        "RFC7644-3.1-05",
        "RFC7643-3-06",
        "RFC7643-3.1-15",
        "RFC7643-3.3-03",
        "RFC7643-4.3-01",
        "RFC7644-3.5.2-14",
        "RFC7644-3.5.2.1-06",
        "RFC7644-3.5.2.2-03",
        "RFC7644-3.5.2.2-05",
        "RFC7644-3.5.2.2-06",
        "RFC7644-3.5.2.3-04",
        "RFC7644-3.5.2.3-05",
        "RFC7644-3.5.2.3-08",
        "RFC7644-3.10-01",
        "RFC7644-3.10-04",
        "INTEROP-6.5.2.1-01",
        "IPSIE-4.3-04",
        "RFC7643-2.3.1-01",
        "RFC7643-4.1.1-09",
        "RFC7643-4.1.1-11",
        "RFC7643-4.1.2-09",
        "RFC7643-4.3-02",
        "RFC7644-3.5.2.2-02",
        "okta:S20",
        "RFC7644-3.5.2.3-07",
    ),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store every attribute that the schema knows, with all entries and all their parts, before answering.",
    follows=TOLD_BY_ACTS,
)
def shows_in_the_next_read(transcript: Transcript) -> Finding | None:
    return weightiest(_findings(transcript, _is_plain, lambda each: not each.stays))


@check(
    "every_write.changes-nothing-else",
    on=PLAY,
    title="A write changes only the attributes, entries and parts that it names",
    references=(
        "RFC7644-3.5.2.3-01",
        "RFC7644-3.5.2.3-02",
        "RFC7644-3.4-01",
        "RFC7643-7-24",
        "RFC7644-3.5.2.2-05",
        "RFC7644-3.5.2.2-06",
        "RFC7644-3.5.2.3-06",
    ),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Apply the operations to the stored resource and leave every other attribute, entry and part as it is.",
    follows=TOLD_BY_ACTS,
)
def changes_nothing_else(transcript: Transcript) -> Finding | None:
    return weightiest(_findings(transcript, _is_plain, lambda each: each.stays))


@check(
    "every_write.changes-nothing-when-refused",
    on=PLAY,
    title="A write that is refused changes nothing",
    references=("RFC7644-3.5.2-17", "RFC7644-3.5.2-18"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Check the whole request before anything is stored, or roll back the transaction.",
)
def changes_nothing_when_refused(transcript: Transcript) -> Finding | None:
    return weightiest(_findings(transcript, _is_refused, lambda _: True))


def _is_refused(passage: Passage) -> bool:
    """Whether all of it was; after a 5xx nobody can tell."""
    answers = [each.heard.answer for each in passage.writes]
    return bool(passage.before) and all(each is not None and 400 <= each.status < 500 for each in answers)


@check(
    "every_write.ends-in-some-order-at-once",
    on=PLAY,
    title="Writes that overlap end as if they were done one after the other",
    references=("RFC7644-3.5.2-17", "RFC7644-3.5.2.1-03", "okta:CONC"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=OVERLAP_LOST,
    fix="Read and write in one transaction, or compare versions and repeat; else refuse one with 409 or 412.",
    follows=(
        "every_write.shows-in-the-next-read",
        "every_write.changes-nothing-else",
        "push_group.members-come-and-go",
    ),
)
def ends_in_some_order_at_once(transcript: Transcript) -> Finding | None:
    return weightiest(
        _findings(transcript, lambda each: bool(each.taken) and each.is_at_once, lambda _: True)
    )
