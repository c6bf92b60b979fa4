"""The moves that make people: as Okta does, with less, or with what a target may have to refuse."""

from collections.abc import Mapping
from dataclasses import replace as changed

from scim_tests.model.act import NOBODY, Person
from scim_tests.model.conversation import Move
from scim_tests.model.scim import ENTERPRISE_USER, Json, get
from scim_tests.personas.explore.known import Known
from scim_tests.personas.explore.memory import Made, Making, Memory
from scim_tests.personas.explore.people import another, user_name
from scim_tests.personas.okta.requests import as_mapped, create, create_with, new_user

# Of all that is mapped, what nearly every target wants, or gives to who comes without.
KEPT = frozenset({"emails", "userType", "preferredLanguage", "locale", "timezone"})


def _person(memory: Memory, move: Move, known: Known) -> Person | None:
    """Of one who is there, by the same name a second time, or somebody else beside them. None where there is no such name."""
    called = user_name(memory.scene, move.who if move.value is None else move.value)
    person = another(memory.scene, move.who, known.lives + known.is_there)
    return changed(person, user_name=called) if called else None


def _create(memory: Memory, move: Move, name: str, known: Known) -> Made:
    person = _person(memory, move, known)
    return create(memory.scene, name, person) if person else None


def _bare(memory: Memory, move: Move, name: str, known: Known) -> Made:
    person = _person(memory, move, known)
    if person is None:
        return None
    much = {ENTERPRISE_USER, *person.attributes} - KEPT
    return create(memory.scene, name, changed(person, unmapped=(*person.unmapped, *sorted(much))))


def _with(memory: Memory, move: Move, name: str, known: Known, own: Mapping[str, Json]) -> Made:
    person = _person(memory, move, known)
    if person is None:
        return None
    return create_with(memory.scene, name, person, as_mapped(memory.scene, {**new_user(person), **own}))


def _inactive(memory: Memory, move: Move, name: str, known: Known) -> Made:
    return _with(memory, move, name, known, {"active": False}) if memory.may_change("active") else None


def _alike(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """With the id that somebody else was last shown to have, or had until they were deleted."""
    other = memory.people[move.members[0]] if move.members else Known()
    shared = get(other.shown, "externalId")
    return _with(memory, move, name, known, {"externalId": shared}) if isinstance(shared, str) else None


def _spoilt(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """What is written there marks it: what becomes of it where it is taken is for nobody to say."""
    wrong: Json = {"value": NOBODY} if move.attribute in {"title", "nickName"} else NOBODY
    may_be = move.attribute in SPOILT
    return _with(memory, move, name, known, {move.attribute: wrong}) if may_be else None


SPOILT = (
    "active",
    "name",
    "emails",
    "title",
    "nickName",
)  # attributes of which a text, or an object, is no value
PEOPLE_MADE: Mapping[str, Making] = {
    "create": _create,
    "create-bare": _bare,
    "create-inactive": _inactive,
    "create-alike": _alike,
    "create-spoilt": _spoilt,
}
