"""Versions and dates: they move with each change, and conditions are held to the present one."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

from scim_tests.checks.explore.shown import WHOLE, is_its_way, wrong
from scim_tests.checks.explore.there import Standing, before, is_by_id, is_of_parts, resources_in
from scim_tests.checks.reading.bulk import apart, made_by
from scim_tests.checks.reading.compare import SECOND, changes, moment
from scim_tests.checks.reading.differences import Difference, differences
from scim_tests.checks.reading.groups import member_ids
from scim_tests.checks.reading.history import (
    WRITES,
    Observation,
    ObservationPair,
    ended,
    key_of,
    kind_of,
    resources_of,
)
from scim_tests.checks.reading.holdings import holdings
from scim_tests.checks.reading.metadata import is_a_count
from scim_tests.checks.reading.outcomes import done
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json, get
from scim_tests.model.transcript import Transcript

IF_CHANGED = ("explore.read_if_changed", "explore.read_group_if_changed")
COARSE = 2.0  # seconds after which a version made of a time is another one
FRACTION = re.compile(r"\.(\d+)")  # of a second
NOT_MODIFIED, FAILED = 304, 412


def version_of(exchange: Exchange) -> str:
    """The ETag, or else meta.version, of the one resource that an answer shows; empty where it has none."""
    shown = resources_in(exchange)
    version = get(shown[0], "meta", "version") if len(shown) == 1 else None
    said = exchange.answer.header("ETag") if exchange.heard.answer else None
    return said or (version if isinstance(version, str) else "")


def _sights(exchange: Exchange) -> list[Exchange]:
    """The reads by id, before this exchange, of the resource that it is about."""
    return [each for each in _answers(exchange) if is_by_id(each)]


def _answers(exchange: Exchange) -> list[Exchange]:
    """The answers before it that show the whole of the resource that it is about: reads by id, and writes."""
    kind, id_ = key_of(exchange)
    return [
        each
        for each in exchange.before
        if kind_of(each) == kind
        and id_ in {key_of(each)[1], made_by(each)}
        and not is_of_parts(each)
        and resources_in(each)
    ]


def _tells_apart(exchange: Exchange, version: str, write: Exchange) -> bool:
    """Whether a version of before a write could not stand for the state after it.

    A weak one may be made of a time, and be the same for quick changes (RFC 9110 8.8.1): but not where it is a
    count, has long been there, or where three followed each other as quickly.
    """
    if is_a_count(version):
        return True
    sights = _sights(exchange)
    first = next((each for each in sights if version_of(each) == version), None)
    if first is None:
        return False
    apart = write.heard.started - ended(first)
    if apart > COARSE and not version.startswith("W/"):
        return True
    return any(span <= apart for span in _spans(sights))


def _spans(sights: list[Exchange]) -> Iterator[float]:
    """How long it took, at most, until a version had moved twice."""
    moves = [(one, other) for one, other in pairwise(sights) if version_of(one) != version_of(other)]
    for (first, _), _, (_, last) in zip(moves, moves[1:], moves[2:], strict=False):
        yield ended(last) - first.heard.started


def _pair(exchange: Exchange, standing: Standing | None) -> ObservationPair | None:
    """The read by id before this one, and this one, if a write that was taken changed something in between."""
    if standing is None or standing.read is None or not any(each.is_success for each in standing.writes):
        return None
    shown = resources_of(exchange)
    if len(shown) != 1:
        return None
    pair = ObservationPair(Observation(standing.read, standing.seen), Observation(exchange, shown[0]))
    return pair if pair.is_another else None


@check(
    "explore.version-moves-with-the-resource",
    on=WHOLE,
    when=lambda exchange: exchange.is_success and bool(version_of(exchange)),
    otherwise="no read by id showed a version",
    title="The version of a user or group is another one after each change",
    references=("RFC7644-3.14-06",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compute the version from what is stored, or increase it in the one place through which every write goes.",
)
def version_moves_with_the_resource(exchange: Exchange) -> Finding | None:
    """Between any two looks; without a write to it a group has lost those of its members who were deleted."""
    version = version_of(exchange)
    sight = next((each for each in reversed(_sights(exchange)) if version_of(each) == version), None)
    if sight is None:
        return None
    writes = _that_changed(sight, exchange)
    if not writes or not _tells_apart(exchange, version, writes[0]):
        return None
    at = (sight, *writes, exchange)
    return Finding("a new version after the change", f"{version}, as before", "$.meta.version", at=at)


def _that_changed(sight: Exchange, exchange: Exchange) -> list[Exchange]:
    """The writes between two looks at one resource after which it is another one; none where it is not."""
    since = [each for each in exchange.before[exchange.before.index(sight) + 1 :] if each.is_success]
    writes = [each for each in since if _writes_to(each, exchange)]
    pair = ObservationPair(*(Observation(each, resources_in(each)[0]) for each in (sight, exchange)))
    if writes:
        return writes if pair.is_another else []
    lost = member_ids(pair.before.resource) - member_ids(pair.after.resource)
    return [each for each in since if each.request.method == "DELETE" and key_of(each)[1] in lost]


@check(
    "explore.write-answer-has-a-new-version",
    on="explore.*",
    when=lambda exchange: exchange.request.method in WRITES and bool(key_of(exchange)[1] and version_of(exchange)),
    otherwise="no write was answered with a version",
    title="The answer to a write has no version with which other values were shown before",
    references=("RFC7644-3.14-06",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take the version that the answer tells from the resource as it is after the write, not from a cache.",
    follows=("explore.version-moves-with-the-resource", "explore.write-answer-shows-what-was-written"),
)  # fmt: skip
def write_answer_has_a_new_version(exchange: Exchange) -> Finding | None:
    """Of single values that the target was seen to keep: an answer may show less, or what was sent."""
    version = version_of(exchange)
    if not resources_in(exchange) or not _tells_apart(exchange, version, exchange):
        return None
    for each in reversed(_answers(exchange)):
        if version_of(each) == version and (path := _differs(each, exchange)):
            at = (each, exchange)
            return Finding(
                f"another version than that of before, since {path[2:]} is another",
                version,
                "$.meta.version",
                at=at,
            )
    return None


def _differs(one: Exchange, other: Exchange) -> str:
    """The path of a value that both answers show, and each otherwise; empty where there is none."""
    paths = [
        path
        for path, was, now in changes(resources_in(one)[0], resources_in(other)[0])
        if not isinstance(was, list | Mapping)
        and now is not None
        and not (isinstance(now, list | Mapping) or is_its_way(Difference(path, was, now, stays=False)))
    ]
    kept = holdings(Transcript((*other.before, other))).kept if paths else frozenset()
    return next((each for each in paths if (kind_of(other), each.lower()) in kept), "")


@check(
    "explore.last-modified-moves-with-the-resource",
    on=WHOLE,
    when=lambda exchange: exchange.is_success and bool(get(exchange.resource, "meta", "lastModified")),
    otherwise="no read by id showed meta.lastModified",
    title="meta.lastModified moves with each change, as the target's own clock does",
    references=("RFC7643-3.1-20",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Set meta.lastModified in the one place through which every write goes.",
)
def last_modified_moves_with_the_resource(exchange: Exchange) -> Finding | None:
    """Where something that was written before this change bears a date that is surely later, the clock had moved on."""
    standing = before(exchange).standing(exchange)
    pair = _pair(exchange, standing)
    if standing is None or standing.read is None or pair is None:
        return None
    was, now = pair.before.meta("lastModified"), pair.after.meta("lastModified")
    first = next(each for each in standing.writes if each.is_success)
    date, later = moment(now), _latest_before(first)
    if was != now or date is None or later is None or later - date <= _precision(str(now)):
        return None
    at = (standing.read, *standing.writes, exchange)
    return Finding("a later date after the change", f"{now}, as before", "$.meta.lastModified", at=at)


def _precision(date: str) -> timedelta:
    """What a target may have taken off a date: where it shows no fraction nearly a second."""
    fraction = FRACTION.search(date)
    return SECOND * 0.1 ** (len(fraction[1]) if fraction else 0)


def _latest_before(write: Exchange) -> Json:
    """The latest date of a change that the target showed before a write."""
    dates = (get(each, "meta", "lastModified") for one in write.before for each in resources_in(one))
    return max((date for each in dates if each and (date := moment(each))), default=None)


@check(
    "explore.version-is-not-taken-for-unchanged",
    on=IF_CHANGED,
    when=lambda exchange: exchange.status == NOT_MODIFIED,
    otherwise="nothing was answered with 304",
    title="A read with If-None-Match is answered with 304 only if nothing has changed since that version",
    references=("RFC7644-3.14-04", "RFC7644-3.14-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare If-None-Match with the version as it is after the last write, whatever kind of write that was.",
    follows=("explore.version-moves-with-the-resource",),
)
def version_is_not_taken_for_unchanged(exchange: Exchange) -> Finding | None:
    tag, there = exchange.request.header("If-None-Match") or "", before(exchange)
    sight = next((each for each in reversed(_sights(exchange)) if version_of(each) == tag), None)
    standing = there.standing(exchange)
    if sight is None or standing is None or not standing.ways or not standing.is_there:
        return None
    since = exchange.before[exchange.before.index(sight) + 1 :]
    taken = [each for each in since if each.is_success and _writes_to(each, exchange)]
    if not taken or not _tells_apart(exchange, tag, taken[0]):
        return None
    if not wrong(exchange, there, key_of(exchange), sight.resource):
        return None  # it may be as it was, whatever was written
    return Finding(
        "200 OK, since it was changed", exchange.answer.phrase, "ETag", at=(sight, *taken, exchange)
    )


def _writes_to(write: Exchange, read: Exchange) -> bool:
    """Whether it does, alone or in a bulk request."""
    return any(each.request.method in WRITES and key_of(each) == key_of(read) for each in apart(write))


def _has_refused_before(exchange: Exchange) -> bool:
    return any(
        each.heard.answer is not None and each.status == FAILED and each.request.header("If-Match")
        for each in exchange.before
    )


@check(
    "explore.stale-version-is-refused",
    on=("explore.set_if_stale", "explore.rename_group_if_stale"),
    when=_has_refused_before,
    otherwise="the target refused no version in this conversation",
    title="A write with If-Match of an earlier version is refused whenever one was before",
    references=("RFC7644-3.14-05", "RFC7644-3.14-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare If-Match with the version as it is stored now, in the transaction of the write.",
    follows=("explore.version-moves-with-the-resource",),
)
def stale_version_is_refused(exchange: Exchange) -> Finding | None:
    tag, standing = exchange.request.header("If-Match"), before(exchange).standing(exchange)
    if not exchange.is_success or standing is None or standing.read is None or standing.done:
        return None
    now = version_of(standing.read)
    if not now or _bare(now) == _bare(tag or "*") or _is_done_already(exchange, standing):
        return None
    expected = f"412 Precondition Failed, since the version is {now}"
    return Finding(expected, exchange.answer.phrase, "If-Match", at=(standing.read, exchange))


@check(
    "explore.current-version-is-taken",
    on=("explore.set_if_current", "explore.rename_group_if_current"),
    when=lambda exchange: any(
        each.step == exchange.step and each.is_success for each in exchange.before
    ),
    otherwise="the target took no write with If-Match in this conversation",
    title="A write with If-Match of the present version is taken whenever one was before",
    references=("RFC7644-3.14-05",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare If-Match with the version that reads show, and drop copies of it with every write.",
)  # fmt: skip
def current_version_is_taken(exchange: Exchange) -> Finding | None:
    """Where nothing at all was written since an answer told the version: it may move with a group."""
    tag, standing = exchange.request.header("If-Match"), before(exchange).standing(exchange)
    told = [each for each in _answers(exchange) if version_of(each)]
    if exchange.status != FAILED or standing is None or not standing.is_there or not told:
        return None
    since = exchange.before[exchange.before.index(told[-1]) + 1 :]
    if version_of(told[-1]) != tag or any(each.request.method in WRITES for each in since):
        return None
    return Finding("the write is taken", exchange.answer.phrase, "If-Match", at=(told[-1], exchange))


def _is_done_already(write: Exchange, standing: Standing) -> bool:
    """Whether whoever was read is as the write leaves them: then it may be answered with success (RFC 9110 13.1.1)."""
    ends = [done(write, each) for each in standing.ways]
    return not any(each and any(differences(each, standing.seen, standing.seen)) for each in ends)


def _bare(tag: str) -> str:
    return tag.removeprefix("W/")
