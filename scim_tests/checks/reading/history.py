"""Users and groups alike: which ones an exchange shows, and how one moves through the play."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from scim_tests.checks.reading.compare import SECRET, changes, is_the_rfcs, without
from scim_tests.checks.reading.groups import groups_of
from scim_tests.checks.reading.users import users_of
from scim_tests.model.exchange import Exchange, NotObserved
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
        return self.exchange.request.method == "GET" and self.exchange.request.endpoint.count("/") > 1

    def meta(self, name: str) -> str | None:
        value = get(self.resource, "meta", name)
        return value if isinstance(value, str) else None


class ObservationPair(NamedTuple):
    """Two sights of one resource, one after the other."""

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
    return bool(resources_of(exchange))


def kind_of(exchange: Exchange) -> str:
    """`/Users` or `/Groups`."""
    return "/" + exchange.request.endpoint.split("/")[1]


@dataclass
class ResourceHistory:
    """What became of the resources a run made, in the order of time."""

    observations: dict[tuple[str, str], list[Observation]]
    writes: dict[tuple[str, str], list[Exchange]]
    starts: list[float]  # when any write of the run's began

    def pairs(self, *, by_id: bool = False) -> Iterator[tuple[tuple[str, str], ObservationPair]]:
        for key, seen in self.observations.items():
            wanted = [each for each in seen if each.is_by_id] if by_id else seen
            for before, after in pairwise(wanted):
                yield key, ObservationPair(before, after)

    def write_between(self, key: tuple[str, str], pair: ObservationPair) -> Exchange | None:
        """The first write to the resource between two sights of it that was taken."""
        return next((each for each in self.writes[key] if _is_between(each, pair) and each.is_success), None)

    def writes_between(self, pair: ObservationPair) -> Iterator[tuple[tuple[str, str], Exchange]]:
        """Every write between two sights that was taken, to whomever."""
        for key, writes in self.writes.items():
            yield from ((key, each) for each in writes if each.is_success and _is_between(each, pair))

    def is_quiet(self, pair: ObservationPair) -> bool:
        """Whether no write of the run's began after the first answer was asked for and before the second had come."""
        begun = pair.before.exchange.heard.started
        heard = pair.after.exchange.heard
        first = bisect_left(self.starts, begun)
        return first == len(self.starts) or self.starts[first] > heard.started + heard.seconds


def _is_between(write: Exchange, pair: ObservationPair) -> bool:
    return pair.before.exchange.heard.started < write.heard.started < pair.after.exchange.heard.started


@lru_cache(maxsize=1)  # three rules ask for it, of one play
def history(transcript: Transcript) -> ResourceHistory:
    """Of the users and groups that the run made: nobody else writes to these."""
    in_time = sorted(transcript, key=lambda each: each.heard.started)
    told = ResourceHistory(defaultdict(list), defaultdict(list), [])
    ours: set[tuple[str, str]] = set()
    for exchange in in_time:
        method, kind = exchange.request.method, kind_of(exchange)
        if method in WRITES:
            told.starts.append(exchange.heard.started)
            told.writes[kind, exchange.request.endpoint.removeprefix(f"{kind}/")].append(exchange)
        for resource in resources_of(exchange):
            key = kind, str(get(resource, "id"))
            if method == "POST" and exchange.status == 201:
                ours.add(key)
            if key in ours:
                told.observations[key].append(Observation(exchange, resource))
    if not told.observations:
        raise NotObserved("", "the run created no user")
    return told
