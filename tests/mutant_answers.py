"""Servers that can be wrong in one way in how they sort, page and show parts: a play is as good as the servers that it tells from a right one.

Each answers from the people whom a play is known to have made, so that one recorded play does for all of them.
`mutant_orders`, `mutant_pages` and `mutant_parts` have the wrong ones; a wrong server that answers as the right one
does is not told by that request.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from scim_tests.checks.reading.compare import moment
from scim_tests.checks.reading.filters import DATE, steps
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import ENTERPRISE_USER, LIST_RESPONSE, Json, Resource, get, primary

Names = tuple[str, ...]
Key = Any  # whatever can be compared; None where there is no value
REFUSED = None  # in place of an answer: 400


@dataclass(frozen=True)
class Asked:
    """What a request asks, as it is written; `whole` are those who fit its filter, in the order of their creation.

    `door` is `list`, `search`, `read`, `POST`, `PUT` or `PATCH`; `others` are those who do not fit the filter.
    """

    door: str
    kind: str  # `/Users` or `/Groups`
    whole: tuple[Resource, ...]
    others: tuple[Resource, ...] = ()
    sort_by: str = ""
    order: str = ""
    start: int | None = None
    count: int | None = None
    attributes: Names = ()
    excluded: Names = ()

    @property
    def is_of_many(self) -> bool:
        return self.door in {"list", "search"}

    @cached_property
    def descends(self) -> bool:
        return self.order.lower() == "descending"


@dataclass(frozen=True)
class Cut:
    """A page: whom it shows, and what it says of itself."""

    shown: Sequence[Resource]
    total: int
    start: int
    items: int | None = None  # unless told otherwise, as many as are shown


def key_of(resource: Resource, path: str) -> Key:
    """What a resource is sorted by; text in small letters, since of what the right order is open nothing is judged."""
    found = value_of(resource, path, primary)
    return comparable(found) if path not in CASE_EXACT else found


def value_of(resource: Resource, path: str, choose: Callable[[Json], Json]) -> Json:
    """The value at a path; `choose` picks one of several entries."""
    found: Json = resource
    for name in steps(plain(path)):
        found = get(found, name)
        found = choose(found) if isinstance(found, list) else found
    return get(found, "value") if isinstance(found, dict) else found


CASE_EXACT = frozenset({"id", "externalid", "externalId", "meta.location", "meta.resourceType"})


def comparable(value: Json) -> Key:
    if isinstance(value, str) and DATE.match(value):
        return moment(value)
    return value.lower() if isinstance(value, str) else value


def in_order(asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]) -> list[Resource]:
    """Sorted, whoever has no value last, and first where descending."""
    if not asked.sort_by:
        return list(people)
    with_value = [each for each in people if key(each, asked.sort_by) is not None]
    without = [each for each in people if key(each, asked.sort_by) is None]
    found = sorted(with_value, key=lambda each: key(each, asked.sort_by), reverse=asked.descends)
    return without + found if asked.descends else found + without


def cut(asked: Asked, people: Sequence[Resource]) -> Cut | None:
    start = max(1, 1 if asked.start is None else asked.start)
    count = len(people) if asked.count is None else max(0, asked.count)
    return Cut(people[start - 1 : start - 1 + count], len(people), start)


def parts(asked: Asked, whole: Resource) -> Resource:
    """What is shown of one."""
    if asked.attributes:
        return only(whole, asked.attributes)
    return without(whole, asked.excluded) if asked.excluded else whole


ALWAYS = ("id", "schemas")


def trail(name: str) -> Names:
    """The names that lead to what a name in `attributes` means; that of an extension leads to all of it."""
    path = plain(name.strip())
    return (path,) if path == ENTERPRISE_USER.lower() else steps(path)


def only(whole: Resource, names: Iterable[str]) -> Resource:
    wanted = [trail(each) for each in (*names, *ALWAYS)]
    return _only(whole, wanted) or {}


def _only(value: Json, wanted: list[tuple[str, ...]]) -> Json:
    if () in wanted:
        return value
    if isinstance(value, list):
        return [kept for each in value if (kept := _only(each, wanted))]
    if not isinstance(value, Mapping):
        return None
    found = {key: _only(each, _below(key, wanted)) for key, each in value.items() if _below(key, wanted)}
    return {key: each for key, each in found.items() if each not in (None, {}, [])}


def _below(key: str, wanted: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [each[1:] for each in wanted if each and each[0] == key.lower()]


def without(whole: Resource, names: Iterable[str]) -> Resource:
    unwanted = [trail(each) for each in names if plain(each.strip()) not in ALWAYS]
    return _without(whole, unwanted) or {}


def _without(value: Json, unwanted: list[tuple[str, ...]]) -> Json:
    if () in unwanted:
        return None
    if isinstance(value, list):
        return [kept for each in value if (kept := _without(each, unwanted))]
    if not isinstance(value, Mapping):
        return value
    found = {key: _without(each, _below(key, unwanted)) for key, each in value.items()}
    return {key: each for key, each in found.items() if each not in (None, {}, [])}


@dataclass(frozen=True)
class Server:
    """How a request is understood, and people are sorted, cut into pages and shown; the right way unless told otherwise."""

    hear: Callable[[Asked], Asked | None] = lambda asked: asked
    key: Callable[[Resource, str], Key] = key_of
    order: Callable[[Asked, Sequence[Resource], Callable[[Resource, str], Key]], list[Resource]] = in_order
    page: Callable[[Asked, Sequence[Resource]], Cut | None] = cut
    show: Callable[[Asked, Resource], Resource] = parts
    say: Callable[[Asked, dict[str, Json]], dict[str, Json]] = lambda _, document: document
    arrange: "Callable[[Server, Asked], Cut | None] | None" = None

    def answer(self, request: Asked) -> dict[str, Json] | None:
        """The body it answers with; None where it refuses."""
        asked = self.hear(request)
        if asked is None:
            return REFUSED
        if not asked.is_of_many:
            return self.say(asked, dict(self.show(asked, asked.whole[0])))
        found = self.arrange(self, asked) if self.arrange else self.arranged(asked)
        if found is None:
            return REFUSED
        shown = [self.show(asked, each) for each in found.shown]
        document: dict[str, Json] = {
            "schemas": [LIST_RESPONSE],
            "totalResults": found.total,
            "startIndex": found.start,
            "itemsPerPage": len(shown) if found.items is None else found.items,
            "Resources": shown,
        }
        return self.say(asked, document)

    def arranged(self, asked: Asked) -> Cut | None:
        """Sorted, then cut."""
        return self.page(asked, self.order(asked, asked.whole, self.key))


RIGHT = Server()


def hearing(
    change: Callable[[Asked], Asked | None], when: Callable[[Asked], bool] = lambda _: True
) -> Server:
    """A server that understands some requests otherwise."""
    return Server(hear=lambda asked: change(asked) if when(asked) else asked)


def at(*doors: str, kind: str = "") -> Callable[[Asked], bool]:
    """Whether a request is one of these."""
    return lambda asked: asked.door in doors and asked.kind.startswith(kind)


def renamed(asked: Asked, change: Callable[[str], str | None]) -> Asked:
    """With other names of attributes, or without some."""
    named, left_out = (
        tuple(new for each in names if (new := change(each)) is not None)
        for names in (asked.attributes, asked.excluded)
    )
    return replace(asked, attributes=named, excluded=left_out)


def entries(resource: Resource) -> Iterator[tuple[str, list[Resource]]]:
    """The attributes with several values."""
    for name, value in resource.items():
        if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
            yield name, value
