"""Users and groups alike: which ones an exchange shows, and how one moves through the play."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from scim_tests.checks.reading.bulk import each_alone, made_by
from scim_tests.checks.reading.compare import (
    SECOND,
    SECRET,
    changes,
    is_shared,
    is_the_rfcs,
    moment,
    weightiest,
    without,
)
from scim_tests.checks.reading.groups import groups_of, may_leave_groups
from scim_tests.checks.reading.users import users_of
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
NO_RESOURCE = "no answer showed a user or a group"
SERVERS = frozenset({"meta", "groups", "schemas"})  # what moves without a write to the resource itself
OF_GROUPS = ("$.displayname", "$.members")


class Observation(NamedTuple):
    """One resource in one answer."""

    exchange: Exchange
    resource: Resource

    @property
    def is_by_id(self) -> bool:
        """Whether it was asked for by its id, so that nothing but the id chose it."""
        return self.exchange.request.method == "GET" and self.exchange.request.endpoint.count("/") > 1

    def meta(self, name: str) -> str | None:
        """The text of a sub-attribute of `meta` (RFC 7643 3.1), or None."""
        value = get(self.resource, "meta", name)
        return value if isinstance(value, str) else None


class ObservationPair(NamedTuple):
    """Two observations of one resource, one after the other."""

    before: Observation
    after: Observation

    @property
    def is_another(self) -> bool:
        """Whether an attribute of the RFC's has another value, or is gone."""
        kept = (without(each.resource, SERVERS, SECRET) for each in self)
        return any(path.lower() in OF_GROUPS or is_the_rfcs(path) for path, _, _ in changes(*kept))


def resources_of(exchange: Exchange) -> list[Resource]:
    """The users or groups an answer shows; of a bulky page only the sample that is judged one by one."""
    try:
        return [*users_of(exchange), *groups_of(exchange)]
    except NotObserved:
        return []


def shows_resources(exchange: Exchange) -> bool:
    """Whether there is a user or group to judge; never raises. For the `when` of a check."""
    return bool(resources_of(exchange))


def kind_of(exchange: Exchange) -> str:
    """`/Users` or `/Groups`."""
    return "/" + exchange.request.endpoint.split("/")[1]


Key = tuple[str, str]  # `/Users` or `/Groups`, and an id


@dataclass
class ResourceHistory:
    """What was seen of each user and group, and what was written to it, in the order of time."""

    observations: dict[Key, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    writes: dict[Key, list[Exchange]] = field(default_factory=lambda: defaultdict(list))
    ours: set[Key] = field(default_factory=set)  # made by the run, or written to: nobody else changes these
    stretches: list[tuple[Key, list[Observation]]] = field(default_factory=list)  # between two writes to one
    starts: list[float] = field(default_factory=list)  # when any write of the run's began
    over: list[float] = field(default_factory=list)  # when it and all that began before it were answered
    leaving: list[Exchange] = field(default_factory=list)  # writes after which a group may have a member less

    def between_writes(self, kind: str) -> Iterator[tuple[Key, ObservationPair]]:
        """Each observation of a user, or of a group, with the next one, where nothing was written in between.

        A read by id stands beside the next such read, too, since what lies between may show less.
        """
        for key, seen in self.stretches:
            if key[0] == kind:
                places = [place for place, each in enumerate(seen) if each.is_by_id]
                apart = [(one, other) for one, other in pairwise(places) if other - one > 1]
                for one, other in (*pairwise(range(len(seen))), *apart):
                    yield key, ObservationPair(seen[one], seen[other])

    def seen(self, kind: str, *, ours: bool = False) -> Iterator[list[Observation]]:
        """All observations of each user, or of each group; of those the run made alone, if so wanted."""
        for key, observed in self.observations.items():
            if key[0] == kind and (not ours or key in self.ours):
                yield observed

    def pairs(self, *, by_id: bool = False) -> Iterator[tuple[Key, ObservationPair]]:
        """Each observation of what the run made, with the next one, whatever was written in between."""
        ours = [key for key in self.observations if key in self.ours]
        if not ours:
            raise NotObserved("", "the run created no user")
        for key in ours:
            wanted = [each for each in self.observations[key] if each.is_by_id or not by_id]
            for before, after in pairwise(wanted):
                yield key, ObservationPair(before, after)

    def write_between(self, key: Key, pair: ObservationPair) -> Exchange | None:
        """The first write to the resource between two observations of it that was taken."""
        return next((each for each in self.writes[key] if is_between(each, pair) and each.is_success), None)

    def writes_between(self, pair: ObservationPair) -> Iterator[tuple[Key, Exchange]]:
        """Every write between two observations that was taken, to whatever resource."""
        for key, writes in self.writes.items():
            yield from ((key, each) for each in writes if is_between(each, pair) and each.is_success)

    def is_quiet(self, pair: ObservationPair) -> bool:
        """Whether no write of the run's was under way from when the first was asked for until the second had come, but the first itself."""
        begun = pair.before.exchange.heard.started
        first = bisect_left(self.starts, begun)
        if first and self.over[first - 1] > begun:
            return False
        further = first + (pair.before.exchange.request.method in WRITES)
        return further >= len(self.starts) or self.starts[further] > ended(pair.after.exchange)

    def is_deleted(self, user_id: str, before: Exchange) -> bool:
        """Whether a DELETE of the user that may have been done began before that answer came."""
        deletes = (
            each for each in self.writes.get(("/Users", user_id), ()) if each.request.method == "DELETE"
        )
        return any(may_have_changed(each) and each.heard.started < ended(before) for each in deletes)


def key_of(exchange: Exchange) -> Key:
    """Which resource a request is about, by its path; without an id where it is about none in particular."""
    kind = kind_of(exchange)
    return kind, exchange.request.endpoint.removeprefix(kind).removeprefix("/")


def may_have_changed(write: Exchange) -> bool:
    """Whether a write was not refused; after a server error nobody can tell."""
    answer = write.heard.answer
    return answer is None or answer.is_success or answer.status >= 500


def is_between(write: Exchange, pair: ObservationPair) -> bool:
    """Whether a write was sent after the first look and before the second."""
    return pair.before.exchange.heard.started < write.heard.started < pair.after.exchange.heard.started


@lru_cache(maxsize=1)  # many rules ask for it, of one play
def history(transcript: Transcript) -> ResourceHistory:
    """Of every user and group that the play shows or writes to."""
    told = ResourceHistory()
    open_: dict[Key, list[Observation]] = defaultdict(list)
    in_time = sorted(each_alone(transcript), key=lambda each: each.heard.started)
    changing = _changing(in_time)
    told.leaving = [each for each in in_time if each.request.method in WRITES and may_empty_groups(each)]
    for exchange in in_time:
        method, key = exchange.request.method, key_of(exchange)
        if method in WRITES:
            told.starts.append(exchange.heard.started)
            told.over.append(max([ended(exchange), *told.over[-1:]]))
            told.writes[key].append(exchange)
        if method in WRITES - {"POST"}:
            told.ours.add(key)
            ends = [key] if may_have_changed(exchange) else []
            if may_empty_groups(exchange):
                ends += [each for each in open_ if each[0] == "/Groups"]
            told.stretches += [(each, open_.pop(each)) for each in ends if each in open_]
        if (
            method == "POST"
            and exchange.is_success
            and exchange.status == 201
            and (made := made_by(exchange))
        ):
            told.ours.add((key[0], made))
        for resource in resources_of(exchange):
            if (shown_id := get(resource, "id")) is None:
                continue
            shown = key[0], str(shown_id)
            observation = Observation(exchange, resource)
            told.observations[shown].append(observation)
            disturbing = (*changing.get(shown, ()), *(told.leaving if key[0] == "/Groups" else ()))
            if not any(overlap(exchange, each) for each in disturbing if each is not exchange):
                open_[shown].append(observation)
    told.stretches += open_.items()
    return told


def may_empty_groups(write: Exchange) -> bool:
    """Whether some group may have a member less."""
    return may_have_changed(write) and (write.request.method == "DELETE" or may_leave_groups(write))


def _changing(exchanges: Iterable[Exchange]) -> dict[Key, list[Exchange]]:
    """The writes to each resource that is there already."""
    found: dict[Key, list[Exchange]] = defaultdict(list)
    for each in exchanges:
        if each.request.method in WRITES - {"POST"}:
            found[key_of(each)].append(each)
    return found


def ended(exchange: Exchange) -> float:
    """When its answer had come, in seconds since the epoch."""
    return exchange.heard.started + exchange.heard.seconds


def overlap(one: Exchange, other: Exchange) -> bool:
    """Whether each was sent before the other was answered."""
    return one.heard.started < ended(other) and other.heard.started < ended(one)


def moved_creation(seen: Iterable[list[Observation]], nobody: str) -> Finding | None:
    """A meta.created that changed; the same moment may be written another way, or more exactly."""
    dated = [dates for dates in map(_creations, seen) if dates]
    if not dated:
        raise NotObserved("", nobody)
    return weightiest(finding for dates in dated for finding in (*_moved(_read(dates)), *_moved(dates)))


def _creations(seen: list[Observation]) -> list[tuple[Exchange, str]]:
    dates = [(each.exchange, get(each.resource, "meta", "created")) for each in seen]
    return [(exchange, str(date)) for exchange, date in dates if date is not None]


def _read(dates: list[tuple[Exchange, str]]) -> list[tuple[Exchange, str]]:
    """Those that reads by id showed."""
    return [
        each for each in dates if each[0].request.method == "GET" and each[0].request.endpoint.count("/") > 1
    ]


def _moved(dates: list[tuple[Exchange, str]]) -> Iterator[Finding]:
    """Each beside the one before it."""
    for (first, wanted), (exchange, date) in pairwise(dates):
        was, now = moment(wanted), moment(date)
        if date == wanted or (was and was == now):
            continue
        mild = bool(was and now and abs(now - was) <= SECOND) and not _both_read(
            first, exchange, wanted, date
        )
        yield Finding(wanted, date, "$.meta.created", at=(first, exchange), mild=mild)


def _both_read(first: Exchange, second: Exchange, wanted: str, date: str) -> bool:
    """Whether two reads by id wrote a date in one way, so that it is no matter of its digits."""
    return len(wanted) == len(date) and all(each.request.method == "GET" for each in (first, second))


def disagreements(
    pair: ObservationPair, without_names: frozenset[str], is_sure: Callable[[str], bool]
) -> Iterator[Finding]:
    """What the second shows otherwise than the first, mild where it is not sure.

    What it leaves out is a difference between two reads by id alone: a list may show less.
    """
    before, after = pair
    for path, was, now in changes(*(without(each.resource, without_names) for each in pair)):
        if now is not None or (before.is_by_id and after.is_by_id):
            said = f"{describe(was)}, as {before.exchange.step} showed it"
            at = (before.exchange, after.exchange)
            mild = not is_sure(path) or (now is None and is_shared(path))
            yield Finding(said, describe(now), path, at=at, mild=mild)
