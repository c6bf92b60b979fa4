"""What has to stand after writes to one resource, whichever order those that overlapped were done in.

Between two reads by id lie one write or several. Each that was answered with success is done, each that was
refused is not, and after a server error nobody can tell. Of writes one of which ended before the other began
the order is known; of others every order is allowed, since it is not documented how far Okta overlaps writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from json import dumps

from scim_tests.checks.reading.bulk import each_alone, made_by
from scim_tests.checks.reading.compare import SECRET, leaves, without
from scim_tests.checks.reading.history import (
    Key,
    Observation,
    ended,
    history,
    key_of,
    may_have_changed,
    overlap,
)
from scim_tests.checks.reading.meaning import has_one_meaning
from scim_tests.checks.reading.patching import SERVERS, patched
from scim_tests.model.act import NOBODY
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Resource
from scim_tests.model.transcript import Transcript

States = dict[frozenset[int], dict[str, "Outcome"]]  # by the places of the writes that are done
MANY = 2000  # states of overlapping writes that are looked through; six at once make hundreds


@dataclass(frozen=True)
class Outcome:
    """A resource as it has to be.

    `free` are paths that a PUT left out, which may stay or go, `emptied` those that it sent empty; after a PATCH
    `only` what is there may be there.
    """

    resource: Resource
    free: frozenset[str] = frozenset()
    emptied: frozenset[str] = frozenset()
    only: bool = True


@dataclass(frozen=True, eq=False)
class Passage:
    """The writes to one resource between two reads by id; `before` is None where the first of them made it."""

    key: Key
    before: Observation | None
    writes: tuple[Exchange, ...]
    after: Observation

    @property
    def taken(self) -> list[Exchange]:
        """Those that were answered with success."""
        return [each for each in self.writes if each.is_success]

    @property
    def is_at_once(self) -> bool:
        """Whether two that may have been done overlapped."""
        done = [each for each in self.writes if may_have_changed(each)]
        return any(ended(one) > other.heard.started for one, other in pairwise(done))

    @property
    def at(self) -> tuple[Exchange, ...]:
        """The exchanges a reader has to look at."""
        first = (self.before.exchange,) if self.before else ()
        return (*first, *self.writes, self.after.exchange)

    @property
    def was(self) -> Resource:
        """What was shown before."""
        return self.before.resource if self.before else {}

    @cached_property
    def ends(self) -> list[Outcome]:
        """Each way in which it may end, worked out once for all rules; empty where nobody can say."""
        return outcomes(self)


@lru_cache(maxsize=1)  # several rules ask for it, of one play
def passages(transcript: Transcript) -> list[Passage]:
    """Of every resource that the run writes to, in the order of time."""
    told = history(transcript)
    made = _creates(transcript)
    found: list[Passage] = []
    for key in told.ours:
        writes = [*told.writes.get(key, ()), *made.get(key, ())]
        reads = [each for each in told.observations.get(key, ()) if each.is_by_id]
        found += _passages(key, sorted(writes, key=_start), reads)
    return sorted(found, key=lambda each: _start(each.after.exchange))


def _creates(transcript: Transcript) -> dict[Key, list[Exchange]]:
    made: dict[Key, list[Exchange]] = {}
    for each in each_alone(transcript):
        kind = each.request.endpoint
        if each.request.method == "POST" and kind in {"/Users", "/Groups"} and each.is_success:
            made.setdefault((kind, made_by(each)), []).append(each)
    return made


def _passages(key: Key, writes: Sequence[Exchange], reads: Sequence[Observation]) -> Iterator[Passage]:
    before: Observation | None = None
    open_ = list(writes)
    for read in reads:
        started = _start(read.exchange)
        if any(overlap(read.exchange, each) for each in writes):
            continue  # it may show either
        between = [each for each in open_ if _start(each) < started]
        open_ = open_[len(between) :]
        begun = before is not None or (between and between[0].request.method == "POST")
        if between and begun and not any(each.request.method == "DELETE" for each in between):
            yield Passage(key, before, tuple(between), read)
        before = read


def _start(exchange: Exchange) -> float:
    return exchange.heard.started


def outcomes(passage: Passage) -> list[Outcome]:
    """Each way in which it may end; empty where nobody can say."""
    writes = [each for each in passage.writes if may_have_changed(each)]
    states: States = {frozenset(): {"": Outcome(passage.was)}}
    ends: dict[str, Outcome] = {}
    for _ in range(len(writes) + 1):
        for over, here in states.items():
            if all(place in over or not each.is_success for place, each in enumerate(writes)):
                ends |= here
        further = _further(writes, states)
        if further is None or sum(map(len, further.values())) > MANY:
            return []
        states = further
    return list(ends.values())


def _further(writes: Sequence[Exchange], states: States) -> States | None:
    """After one more write; None where it is doubtful what one of them does."""
    further: States = {}
    for over, here in states.items():
        for place in _next(writes, over):
            for state in here.values():
                after = done(writes[place], state)
                if after is None:
                    return None
                further.setdefault(over | {place}, {})[_text(after)] = after
    return further


def _next(writes: Sequence[Exchange], done: frozenset[int]) -> Iterator[int]:
    """Which may come next: none that began after another had ended that is not done and has to be."""
    left = [place for place in range(len(writes)) if place not in done]
    for place in left:
        if not any(
            ended(writes[other]) <= _start(writes[place]) and writes[other].is_success
            for other in left
            if other != place
        ):
            yield place


def _text(outcome: Outcome) -> str:
    sets = {
        key: sorted(map(dumps, value)) if isinstance(value, list) else value
        for key, value in outcome.resource.items()
    }
    return dumps([sets, sorted(outcome.free), outcome.only], sort_keys=True, default=str)


def done(write: Exchange, state: Outcome) -> Outcome | None:
    """After one more write; None where it is doubtful what that does."""
    is_lost = write.request.method == "POST" and key_of(write)[1]  # users and groups have no such method
    names_nobody = NOBODY in write.request.text  # a target may let references dangle (RFC 7643 2.3.7)
    if is_lost or names_nobody or not has_one_meaning(write.request, state.resource):
        return None
    try:
        if write.request.method == "PATCH":
            after = patched(state.resource, write.request.operations)
            return None if after is None else _patched(state, after)
        sent = without(write.request.resource, SERVERS, SECRET)
    except NotObserved:
        return None
    kept = without(state.resource, SERVERS, SECRET) if write.request.method == "PUT" else {}
    return _put(sent, kept)


def _patched(state: Outcome, after: Resource) -> Outcome:
    """What a PATCH wrote is no longer free; of lists nobody knows which entries it was added to."""
    before = dict(leaves(state.resource))
    written = {
        path.lower()
        for path, value in leaves(after)
        if value != before.get(path) and not isinstance(value, list)
    }
    return replace(state, resource=after, free=state.free - written)


def _put(sent: Resource, kept: Resource) -> Outcome:
    """What was sent stands, what was not may stay (RFC 7644 3.5.1); of an attribute that was sent empty nothing does."""
    emptied = frozenset(key for key, value in sent.items() if value is None or value == [])
    named = {path.lower() for path, _ in leaves(sent)}
    may_stay = {path.lower() for path, _ in leaves(without(kept, emptied))} - named
    none = frozenset(f"$.{key.lower()}" for key in emptied)
    return Outcome(_merged(kept, sent), frozenset(may_stay), none, only=False)


def _merged(kept: Resource, sent: Resource) -> Resource:
    """Sub-attributes of complex ones are free one by one."""
    spelt = {key.lower(): key for key in kept}
    merged = dict(kept)
    for key, value in sent.items():
        here = spelt.get(key.lower(), key)
        was = merged.get(here)
        merged[here] = _merged(was, value) if isinstance(was, dict) and isinstance(value, dict) else value
    return merged
