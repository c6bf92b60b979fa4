"""The fewest PATCHes that tell wrong patchers from the right one."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mutant_changes import OF_KINDS
from mutant_entries import KINDS
from mutant_patchers import GENERAL, PATCHERS, WRONG
from patcher import Object, Patcher, Place
from random_patches import EXTENSION, NAME, Operations, Patches

from scim_tests.checks.reading.differences import differences
from scim_tests.checks.reading.outcomes import Outcome, Passage, outcomes, passages
from scim_tests.checks.reading.patching import patched
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

HALF = "half is done"


class Patch(NamedTuple):
    """The operations of one, and whether they are done."""

    operations: Sequence[Resource]
    is_taken: bool = True


class _Heeding(Patcher):
    """The right one, who remembers what was changed."""

    def __init__(self) -> None:
        self.places: list[Place] = []

    def change(self, resource: Object, op: str, place: Place, value: Json) -> None:
        self.places.append(place)
        super().change(resource, op, place, value)


def of_plays(transcript: Transcript) -> Iterator[tuple[Passage, list[Patch]]]:
    """The PATCHes between two reads of one resource that come one after the other, to what is known."""
    for each in passages(transcript):
        is_plain = each.before and not each.is_at_once
        if is_plain and all(map(_is_patch, each.writes)) and len(outcomes(each)) == 1:
            yield each, [Patch(one.request.operations, one.is_success) for one in each.writes]


def _is_patch(write: Exchange) -> bool:
    try:
        operations = write.request.operations
    except Exception:  # noqa: BLE001
        return False
    return write.request.method == "PATCH" and all(isinstance(each, dict) for each in operations)


def told(was: Resource, patches: Sequence[Patch], kinds: Collection[str] = KINDS) -> frozenset[str]:
    """The wrong patchers, about attributes of some kinds, who leave something else, as far as the checks of the play would say so."""
    heeding = _Heeding()
    right = after(was, patches, heeding)

    def is_told(other: Patcher, name: str = "") -> bool:
        left = after(was, patches, other, is_half=name == HALF)
        return left != right and any(differences(Outcome(right), left, was))

    found = {f"{name} (any)" for name, each in WRONG.items() if is_told(each, name)}
    has_filter = any("[" in str(each) for patch in patches for each in patch.operations)
    for name, each in OF_KINDS.items():
        if name.startswith("filter: ") and not has_filter:
            continue
        is_general = is_told(each)
        for kind in kinds:
            is_meant = KINDS[kind]
            meant = {is_meant(place) for place in heeding.places}
            key = f"{name} ({kind})"
            if (meant == {True} and is_general) or (len(meant) == 2 and is_told(PATCHERS[key])):
                found.add(key)
    return frozenset(found)


def after(was: Resource, patches: Iterable[Patch], patcher: Patcher, *, is_half: bool = False) -> Resource:
    state = was
    for each in patches:
        if each.is_taken or is_half:
            state = patcher.patched(state, each.operations)
    return state


# How many PATCHes there may be of attributes of a kind, whose reads are one for all kinds.
MOST: Mapping[str, int] = {"emails": 6, "phoneNumbers": 8, "addresses": 7, NAME: 4, EXTENSION: 3, "texts": 7}
TRIES: Mapping[str, int] = {
    "emails": 40,
    "phoneNumbers": 45,
    "addresses": 45,
    NAME: 12,
    EXTENSION: 12,
    "texts": 16,
}
Table = dict[str, list[Operations]]


def chosen(shown: Resource, before: frozenset[str], seed: int, most: int) -> tuple[Table, frozenset[str]]:
    """Greedily the PATCHes, each of what the ones before it left, and whom they tell besides `before`."""
    random, state, known = Patches(seed), shown, before
    found: Table = {kind: [] for kind in MOST}
    while sum(map(len, found.values())) < most:
        tries = [
            (kind, each, told(_changed(state, each), [Patch(each)]) - known)
            for kind in MOST
            if len(found[kind]) < MOST[kind]
            for each in random.of(kind, state, TRIES[kind])
        ]
        kind, best, new = max(tries, key=lambda each: _worth(*each[1:]))
        if len(new) < 2 and not new & GENERAL:
            break
        found[kind].append(best)
        state, known = patched(state, best) or state, known | new
    return found, known - before


def _changed(state: Resource, operations: Operations) -> Resource:
    """What they change, and no more, which is read the quicker."""
    then = patched(state, operations) or {}
    return {key: each for key, each in state.items() if key == "schemas" or get(then, key) != each}


def _worth(operations: Operations, new: frozenset[str]) -> float:
    """What is short is understood by more targets, and says more clearly what is wrong."""
    return (len(new) + 2 * len(new & GENERAL)) / (1 + len(json.dumps(operations)) / 400)
