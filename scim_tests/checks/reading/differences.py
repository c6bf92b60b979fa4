"""Where a resource is shown otherwise than it has to be after a write, attribute by attribute and entry by entry."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scim_tests.checks.reading.compare import SECRET, holds, is_alike, leaves, without
from scim_tests.checks.reading.compare import is_made_up as is_made_of_others
from scim_tests.checks.reading.outcomes import Outcome
from scim_tests.checks.reading.patching import MEMBERS, SERVERS
from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource, get

# What many servers make up, of an entry or a complex attribute.
MADE_UP = frozenset({"formatted", "display", "$ref", "type", "primary"})
MADE_OF_OTHERS = frozenset({"formatted", "display"})  # of an entry, anew whenever another part changes
# Ends the path of an entry that is shown twice, which after a write alone is advice (RFC 7643 2.4).
TWICE = "[*]"


class Difference(NamedTuple):
    """One place: what stands there, and what has to; None for nothing.

    `stays`: it is what stood there before. `left_out`: by a PUT, or emptied, so that the target may give it a default.
    """

    path: str
    wanted: Json
    shown: Json
    stays: bool
    left_out: bool = False

    @property
    def texts(self) -> tuple[str, str]:
        """Both in words."""
        wanted = "no such value" if self.wanted is None else describe(self.wanted)
        shown = "no value" if self.shown is None else describe(self.shown)
        return f"{wanted}, {'as before' if self.stays else 'as it was written'}", shown


def differences(wanted: Outcome, shown: Resource, was: Resource) -> Iterator[Difference]:
    """Whatever is otherwise; what only may stay is no difference where it is gone (RFC 7644 3.5.1)."""
    before, expected, now = (_by_path(each) for each in (was, wanted.resource, shown))
    for path, (where, value) in expected.items():
        is_free = path in wanted.free
        seen = now.get(path, (where, None))[1]
        stood = before.get(path, (where, None))[1]
        if is_free and seen is None:
            continue
        for each in _compare(where, value, seen, stood, only=wanted.only or not is_free):
            yield each._replace(left_out=is_free)
    for path, (where, seen) in now.items():
        is_made_up = path.rpartition(".")[2] in MADE_UP
        if path not in expected and (wanted.only or path in wanted.emptied) and not is_made_up:
            stood = before.get(path, (where, None))[1]
            is_default = is_made_of_others(path) and seen != stood
            yield Difference(where, None, seen, stays=stood is None, left_out=is_default)


def _by_path(resource: Resource) -> dict[str, tuple[str, Json]]:
    """By the path in lower case, each attribute as the RFC spells it, and its value."""
    own = without(resource, SERVERS, SECRET)
    return {path.lower(): (in_usual_letters(path), value) for path, value in leaves(own)}


def _compare(where: str, wanted: Json, shown: Json, stood: Json, *, only: bool) -> Iterator[Difference]:
    if where.lower() == MEMBERS:
        yield from _members(where, wanted, shown, stood)
    elif wanted == shown:
        return
    elif isinstance(wanted, list) and all(isinstance(each, Mapping) for each in wanted):
        entries = [each for each in shown if isinstance(each, Mapping)] if isinstance(shown, list) else []
        before = [each for each in stood if isinstance(each, Mapping)] if isinstance(stood, list) else []
        yield from _entries(where, wanted, entries, before, only=only)
    elif not is_alike(where, wanted, shown):
        yield Difference(where, wanted, shown, stays=is_alike(where, wanted, stood))


def _members(where: str, wanted: Json, shown: Json, stood: Json) -> Iterator[Difference]:
    """Of a group only who is in it counts."""
    expected, now, before = (_ids(each) for each in (wanted, shown, stood))
    named = [each for each in shown if get(each, "value") is not None] if isinstance(shown, list) else []
    if len(named) > len(now):
        yield Difference(f"{where}{TWICE}", "each member once", "one of them twice", stays=False)
    for each in sorted(expected - now):
        yield Difference(where, each, None, stays=each in before)
    for each in sorted(now - expected):
        yield Difference(where, None, each, stays=each not in before)


def _ids(members: Json) -> frozenset[str]:
    """A member without an id is nobody; of these another rule tells."""
    ids = [get(each, "value") for each in (members if isinstance(members, list) else [])]
    return frozenset(str(each) for each in ids if each is not None)


def _entries(
    where: str, wanted: list[Resource], shown: list[Resource], stood: list[Resource], *, only: bool
) -> Iterator[Difference]:
    left = list(shown)
    for entry in sorted(
        wanted, key=lambda each: -max((_likeness(where, each, one) for one in shown), default=0)
    ):
        before = max(stood, key=lambda one: _kinship(where, entry, one), default={})
        found = max(left, key=lambda one: _likeness(where, entry, one), default=None)
        if found is None or not _likeness(where, entry, found):
            yield Difference(where, entry, None, stays=_is_same(where, entry, before))
            continue
        left = [each for each in left if each is not found]
        yield from _parts(f"{where}[*]", entry, found, before)
    for entry in left:
        if any(_repeats(where, entry, each) for each in wanted):
            yield Difference(f"{where}{TWICE}", "each type and value once", entry, stays=False)
            continue
        stands = any(_is_same(where, entry, each) for each in stood)
        if only or stands:
            yield Difference(where, None, entry, stays=not stands)


def _repeats(where: str, entry: Resource, other: Resource) -> bool:
    """Whether it has the type and the value of another one, and says nothing besides."""
    telling = _alike(where, entry, other)
    return "value" in telling and get(entry, "type") == get(other, "type") and holds(other, entry, where)


def _likeness(where: str, one: Resource, other: Resource) -> int:
    """How much speaks for it that two entries are the same one: the value most, then the type."""
    telling = _alike(where, one, other)
    return 100 * ("value" in telling) + 10 * ("type" in telling) + len(telling)


def _kinship(where: str, one: Resource, other: Resource) -> tuple[int, bool]:
    """How much speaks for it that one was made of the other: the number of parts, since the value may be the new one."""
    telling = _alike(where, one, other)
    return len(telling), "type" in telling


def _alike(where: str, one: Resource, other: Resource) -> set[str]:
    alike = {key.lower() for key, value in one.items() if is_alike(f"{where}.{key}", value, get(other, key))}
    return alike - {"primary"}


def _is_same(where: str, one: Resource, other: Resource) -> bool:
    return not any(_parts(where, one, other, one))


def _parts(where: str, wanted: Resource, shown: Resource, stood: Resource) -> Iterator[Difference]:
    for key, value in wanted.items():
        path, seen, before = f"{where}.{key}", get(shown, key), get(stood, key)
        stays = is_alike(path, value, before)
        is_made = stays and seen is not None and key.lower() in MADE_OF_OTHERS
        if not (is_made or is_alike(path, value, seen)):
            yield Difference(path, value, seen, stays=stays)
    for key, seen in shown.items():
        if get(wanted, key) is None and key.lower() not in MADE_UP and seen not in (None, "", [], {}):
            yield Difference(f"{where}.{key}", None, seen, stays=get(stood, key) is None)
