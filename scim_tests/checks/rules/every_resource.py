"""Rules for users and groups alike: versions and dates move with the resource, and only with it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scim_tests.checks.reading.compare import SECOND, moment, weightiest
from scim_tests.checks.reading.history import (
    NO_RESOURCE,
    Key,
    ObservationPair,
    ResourceHistory,
    history,
    resources_of,
    shows_resources,
)
from scim_tests.checks.reading.metadata import is_a_count
from scim_tests.checks.reading.users import each_resource
from scim_tests.knowledge.consequences import OKTA_INDIFFERENT, OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

FINE, COARSE = 0.05, 2.0  # seconds between two changes that dates with and without a fraction tell apart
ASTRAY = timedelta(minutes=10)  # more than clocks differ, less than time zones do
ZONE = re.compile(r"(Z|[+-]\d\d:\d\d)$")
FRACTION = re.compile(r"\.\d*[1-9]")


@check(
    "every_resource.has-a-new-version-after-a-change",
    on=PLAY,
    title="If a write changes a user or group, meta.version changes too",
    references=("RFC7644-3.14-06", "RFC7643-3.1-22"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compute the version from what is stored, or increase it with every write.",
)
def has_a_new_version_after_a_change(transcript: Transcript) -> Finding | None:
    """Weak versions, and those of quick changes, may stand for several states (RFC 9110 8.8.1): advice, unless they are counts that other changes move."""
    return _stands_still(history(transcript), "version")


@check(
    "every_resource.has-a-new-last-modified-after-a-change",
    on=PLAY,
    title="If a write changes a user or group, meta.lastModified changes too",
    references=("RFC7643-3.1-20",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Set meta.lastModified with every write that changes something.",
)
def has_a_new_last_modified_after_a_change(transcript: Transcript) -> Finding | None:
    return _stands_still(history(transcript), "lastModified")


def _stands_still(told: ResourceHistory, name: str) -> Finding | None:
    changed = [
        (key, pair, write)
        for key, pair in told.pairs(by_id=True)
        if pair.before.meta(name) and (write := told.write_between(key, pair)) and pair.is_another
    ]
    if not changed:
        raise NotObserved("", f"no write changed a resource that shows meta.{name}")
    counts = (
        any(is_a_count(was) and was != now for was, now in _versions(changed)) if name == "version" else False
    )
    found: list[Finding] = []
    for key, pair, write in changed:
        shown = str(pair.before.meta(name))
        if pair.after.meta(name) == shown:
            first = next(each for each in told.observations[key] if each.meta(name) == shown)
            apart = write.heard.started - first.exchange.heard.started
            found += _unmoved(name, shown, pair, write, apart, counts=counts)
    return weightiest(iter(found))


def _versions(changed: list[tuple[Key, ObservationPair, Exchange]]) -> Iterator[tuple[str, str]]:
    return ((str(pair.before.meta("version")), str(pair.after.meta("version"))) for _, pair, _ in changed)


def _unmoved(  # noqa: PLR0913 -- what did not move, where and when
    name: str, shown: str, pair: ObservationPair, write: Exchange, apart: float, *, counts: bool
) -> Iterator[Finding]:
    """A date that is as new as it can be says nothing; a version may be made of one."""
    told_apart = FINE if FRACTION.search(shown) else COARSE
    is_version = name == "version"
    if is_version or apart > told_apart:
        mild = is_version and not counts and (shown.startswith("W/") or apart <= COARSE)
        where = (pair.before.exchange, write, pair.after.exchange)
        yield Finding(
            "a new value after the change", f"{shown}, as before", f"$.meta.{name}", at=where, mild=mild
        )


@check(
    "every_resource.keeps-its-version-while-nothing-changes",
    on=PLAY,
    title="meta.version and meta.lastModified stay the same while nothing is written",
    references=("RFC7643-3.1-20", "RFC7644-3.14-06"),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Do not change version and lastModified when a resource is read.",
)
def keeps_its_version_while_nothing_changes(transcript: Transcript) -> Finding | None:
    told = history(transcript)
    quiet = [pair for _, pair in told.pairs() if told.is_quiet(pair)]
    if not quiet:
        raise NotObserved("", "no resource was shown twice without a write in between")
    for pair in quiet:
        for name in ("version", "lastModified"):
            was, now = pair.before.meta(name), pair.after.meta(name)
            if was and now and was != now and not _same_moment(was, now) and not pair.is_another:
                return Finding(
                    f"{was}, as before", now, f"$.meta.{name}", at=(pair.before.exchange, pair.after.exchange)
                )
    return None


def _same_moment(was: str, now: str) -> bool:
    """Whether two dates are one, written in two ways or to other digits."""
    one, other = moment(was), moment(now)
    return one is not None and other is not None and abs(one - other) <= SECOND


@check(
    "every_resource.is-created-before-it-changes",
    on="*.*",
    when=shows_resources,
    otherwise=NO_RESOURCE,
    title="meta.created is not later than meta.lastModified",
    references=("RFC7643-3.1-19", "RFC7643-3.1-20"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Give a new resource the same time as created and lastModified.",
)
def is_created_before_it_changes(exchange: Exchange) -> Finding | None:
    def judge(resource: Resource) -> Finding | None:
        created, changed = (get(resource, "meta", name) for name in ("created", "lastModified"))
        first, last = moment(created), moment(changed)
        if first is None or last is None or first - last <= SECOND:
            return None
        return Finding(f"{changed} or earlier", str(created), "$.meta.created")

    return each_resource(resources_of(exchange), judge)


@check(
    "every_resource.is-not-modified-by-its-create",
    on="*.create*",
    when=lambda exchange: (
        exchange.status == 201 and len(set(map(len, _dates(exchange)))) == 1 and not _is_back(exchange)
    ),
    otherwise="no create of somebody new was answered with created and lastModified, both to the same number of digits",
    title="In the answer to a create, meta.lastModified is the same as meta.created",
    references=("RFC7643-3.1-19",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Ask the clock once for a new resource, and write what it says into both.",
)
def is_not_modified_by_its_create(exchange: Exchange) -> Finding | None:
    created, changed = _dates(exchange)
    return None if moment(created) == moment(changed) else Finding(created, changed, "$.meta.lastModified")


def _is_back(create: Exchange) -> bool:
    """Whether it gave somebody back whose id was asked for before: who was deleted keeps the date of the first create."""
    return any(each.request.endpoint.endswith(f"/{create.answer.id}") for each in create.before)


def _dates(exchange: Exchange) -> list[str]:
    """Both dates as they are written; none where one is not shown."""
    shown = [get(exchange.resource, "meta", name) for name in ("created", "lastModified")]
    return [str(each) for each in shown] if all(map(moment, shown)) else []


@check(
    "every_resource.is-created-when-it-is",
    on="*.create",
    when=lambda exchange: (
        exchange.status == 201
        and bool(get(exchange.resource, "meta", "created"))
        and clock(exchange) is not None
    ),
    otherwise="no create was answered with meta.created and a Date header",
    title="In the answer to a create, meta.created and meta.lastModified are the time of the create",
    references=("RFC7643-3.1-18", "RFC7643-3.1-20", "RFC7643-2.3.5-01", "RFC7643-3.1-19"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Write dates in UTC with Z, or with their offset; look for local time, and for hh or MM where HH or mm is due.",
)
def is_created_when_it_is(exchange: Exchange) -> Finding | None:
    """By the target's own clock. A date without a zone may be a local one: advice."""
    present = clock(exchange)
    for name in ("created", "lastModified"):
        shown = str(get(exchange.resource, "meta", name))
        at = moment(shown)
        if at and present and abs(at - present) > ASTRAY:
            wanted = f"about {present.isoformat(timespec='seconds')}"
            return Finding(wanted, shown, f"$.meta.{name}", mild=not ZONE.search(shown))
    return None


def clock(exchange: Exchange) -> datetime | None:
    """What the target's Date header says (RFC 9110 6.6.1)."""
    try:
        return parsedate_to_datetime(exchange.answer.header("Date") or "").astimezone(UTC)
    except ValueError:
        return None
