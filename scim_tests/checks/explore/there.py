"""What must be there now, as far as one conversation tells: a small model, folded over its exchanges.

A write that was answered with success is done, one that was refused changed nothing, and after a server error
nobody can tell. A read by id is believed, whatever it showed: so a mistake is not held against what follows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from weakref import WeakKeyDictionary

from scim_tests.checks.reading.bulk import apart, made_by
from scim_tests.checks.reading.history import WRITES, Key, key_of, may_have_changed
from scim_tests.checks.reading.holdings import paths_in
from scim_tests.checks.reading.outcomes import Outcome, done
from scim_tests.checks.reading.parameters import is_search, parameters
from scim_tests.checks.reading.patching import MEMBERS
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import GONE, Resource, as_id, get

LATER = 202  # accepted, and done at some other time
MANY = 64  # ways in which one resource may stand, after which nobody is held to any
Door = str  # the step and what it asked for: `list`, `read_part?title`, or the method of a write
Places = frozenset[tuple[Door, str, str]]  # the door, `/Users` or `/Groups`, and a path


@dataclass(frozen=True)
class Standing:
    """One user or group: each way in which it may stand now, and none where nobody can say."""

    ways: tuple[Outcome, ...] = ()
    seen: Resource = field(default_factory=dict)  # in the last read by id
    read: Exchange | None = None  # that read
    writes: tuple[Exchange, ...] = ()  # to it since then, refused ones too
    is_there: bool | None = True  # None where nobody can say

    @property
    def done(self) -> list[Exchange]:
        """The writes since it was read that may have changed it."""
        return [each for each in self.writes if any(map(may_have_changed, apart(each)))]

    @property
    def is_settled(self) -> bool:
        """Whether it was read since it was last written to."""
        return self.read is not None and not self.done

    @property
    def at(self) -> tuple[Exchange, ...]:
        """What a reader has to look at to know how it stands."""
        return self.writes or ((self.read,) if self.read else ())

    @property
    def is_surely_active(self) -> bool:
        """Whether it cannot be inactive, as no group can."""
        return bool(self.ways) and all(each is True or each is None for each in self.values("active"))

    def values(self, *path: str) -> list[object]:
        """What may stand at a path now, once for each way."""
        return [get(each.resource, *path) for each in self.ways]


@dataclass(frozen=True)
class There:
    """All whom the conversation made or read, and which attributes each door has shown in it."""

    everybody: Mapping[Key, Standing] = field(default_factory=dict)
    shown: Places = frozenset()
    inactive_at: frozenset[Door] = frozenset()  # the doors that have shown somebody inactive

    def of(self, kind: str) -> Iterator[tuple[str, Standing]]:
        """Users, or groups, by their ids."""
        return ((id_, each) for (of_kind, id_), each in self.everybody.items() if of_kind == kind)

    def alive(self, kind: str) -> Iterator[tuple[str, Standing]]:
        """Those who are surely there."""
        return ((id_, each) for id_, each in self.of(kind) if each.is_there)

    def standing(self, exchange: Exchange) -> Standing | None:
        """That of the one resource whose path a request has; None where it is about no known one."""
        return self.everybody.get(key_of(exchange))

    def may_hide(self, standing: Standing, door: Door) -> bool:
        """Whether the door need not show somebody, who may be inactive: a target that hides all such does so in its way, of which `run` tells."""
        return door not in self.inactive_at and not standing.is_surely_active

    @property
    def maybe_gone(self) -> frozenset[str]:
        """The ids of users who need not be members of anything any more."""
        return frozenset(id_ for id_, each in self.of("/Users") if not each.is_there)


_AFTER: WeakKeyDictionary[Exchange, There] = WeakKeyDictionary()


def before(exchange: Exchange) -> There:
    """What was there when this was asked."""
    return after(exchange.before[-1]) if exchange.before else There()


def after(exchange: Exchange) -> There:
    """What is there once this is answered; each exchange is looked at once."""
    if exchange not in _AFTER:
        there = There()
        for each in (*exchange.before, exchange):
            there = _AFTER.get(each) or _AFTER.setdefault(each, _further(there, each))
    return _AFTER[exchange]


def _further(there: There, exchange: Exchange) -> There:
    kind, door = key_of(exchange)[0], door_of(exchange)
    places = {
        (door, kind, path)
        for resource in resources_in(exchange)
        for path in paths_in(resource)
    }  # fmt: skip
    shows_inactive = any(get(each, "active") is False for each in resources_in(exchange))
    inactive_at = there.inactive_at | ({door} if shows_inactive else set())
    there = replace(there, shown=there.shown | places, inactive_at=inactive_at)
    if is_by_id(exchange):
        return _read(there, exchange)
    return reduce(lambda one, each: _written(one, each, exchange), apart(exchange), there)


def is_by_id(exchange: Exchange) -> bool:
    """Whether it reads one user or group by its id."""
    kind, id_ = key_of(exchange)
    return exchange.request.method == "GET" and kind in {"/Users", "/Groups"} and bool(id_)


def is_of_parts(exchange: Exchange) -> bool:
    """Whether it asks for some attributes alone."""
    return "?" in door_of(exchange)


def door_of(exchange: Exchange) -> Door:
    """By which door its answer shows what it shows."""
    if exchange.request.method in WRITES and not is_search(exchange):
        return exchange.request.method
    asked = parameters(exchange)
    parts = [str(asked[name]) for name in ("attributes", "excludedattributes") if name in asked]
    return "?".join([exchange.step.partition(".")[2], *parts])


def resources_in(exchange: Exchange) -> list[Resource]:
    """The users or groups that an answer shows, parts of them too; none where it shows none."""
    kind, id_ = key_of(exchange)
    is_list = exchange.request.method == "GET" and not id_
    if kind not in {"/Users", "/Groups"} or not exchange.is_success:
        return []
    try:
        return exchange.resources if is_list else [exchange.resource]
    except NotObserved:
        return []


def _read(there: There, exchange: Exchange) -> There:
    key, standing = key_of(exchange), there.standing(exchange)
    answer, shown = exchange.heard.answer, resources_in(exchange)
    if answer is not None and answer.status in GONE and standing:
        is_hidden = standing.is_there is not False and there.may_hide(standing, door_of(exchange))
        is_there = None if standing.is_there or is_hidden else False
        return _with(there, key, replace(standing, is_there=is_there))
    if not shown or is_of_parts(exchange) or as_id(get(shown[0], "id")) != key[1]:
        return there
    is_there = None if standing and standing.is_there is False else True
    return _with(there, key, Standing((Outcome(shown[0]),), shown[0], exchange, (), is_there))


def _with(there: There, key: Key, standing: Standing) -> There:
    return replace(there, everybody={**there.everybody, key: standing})


def _written(there: There, write: Exchange, asked: Exchange) -> There:
    """After one write, which stands alone in what was asked or in a bulk request."""
    kind, id_ = key_of(write)
    if write.request.method not in WRITES or is_search(write):
        return there
    if not id_:
        return _created(there, (kind, made_by(write)), write, asked)
    standing = there.everybody.get((kind, id_))
    if standing is None:
        return there
    standing = replace(standing, writes=(*standing.writes, asked))
    if may_have_changed(write):
        standing = (
            _deleted(standing, write) if write.request.method == "DELETE" else _changed(standing, write)
        )
    return _with(there, (kind, id_), standing)


def _created(there: There, key: Key, write: Exchange, asked: Exchange) -> There:
    if not key[1]:
        return there
    made = done(write, Outcome({}))
    if made is None or key in there.everybody:
        return _with(there, key, Standing((), writes=(asked,)))
    if key[0] == "/Groups":  # nobody is in it but whom the create names
        made = replace(made, emptied=made.emptied | {MEMBERS})
    return _with(there, key, Standing((made,), writes=(asked,)))


def _deleted(standing: Standing, write: Exchange) -> Standing:
    is_sure = write.is_success and write.status != LATER
    return replace(standing, is_there=False if is_sure or standing.is_there is False else None)


def _changed(standing: Standing, write: Exchange) -> Standing:
    """Somebody who was gone, and is written to with success, may be there again."""
    ends = [done(write, each) for each in standing.ways]
    ways = [each for each in ends if each is not None]
    if len(ways) < len(ends):
        ways = []
    elif not write.is_success or write.status == LATER:
        ways = [*standing.ways, *ways]
    is_there = standing.is_there if standing.is_there or not write.is_success else None
    return replace(standing, ways=_apart(ways), is_there=is_there)


def _apart(ways: list[Outcome]) -> tuple[Outcome, ...]:
    different = [each for place, each in enumerate(ways) if each not in ways[:place]]
    return tuple(different) if len(different) <= MANY else ()
