"""The moves that write to groups, by PATCH or by PUT as the dialect has it; None where one cannot be made."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace as changed

from scim_tests.model.act import Step
from scim_tests.model.conversation import Move
from scim_tests.model.scim import Json, as_id, get
from scim_tests.personas.explore.known import Known
from scim_tests.personas.explore.memory import Made, Making, Memory
from scim_tests.personas.explore.people import group_name
from scim_tests.personas.okta.group_requests import (
    Member,
    Operation,
    add_all,
    create_group,
    delete_group,
    name_it,
    patch_group,
    put_group,
    remove_one,
    replace_all,
)
from scim_tests.personas.okta.requests import dump, speaks_patch
from scim_tests.personas.rfc.conditions import if_same
from scim_tests.personas.rfc.operations import remove


def people_of(memory: Memory, places: Iterable[int]) -> list[Member]:
    """Those of these places who are there, as members."""
    known = (memory.people[each] for each in dict.fromkeys(places))
    return [Member(each.id, each.name) for each in known if each.is_there]


def _leaving(memory: Memory, places: Iterable[int]) -> list[Member]:
    """The same with those who are gone, who may yet be taken out."""
    known = (memory.people[each] for each in dict.fromkeys(places))
    return [Member(each.id, each.name) for each in known if each.id]


def _members(memory: Memory, known: Known) -> list[Member]:
    """Whom the group was last shown to have, without those who are known to be gone."""
    shown = get(known.shown, "members")
    gone = {each.id for each in memory.people if each.is_gone}
    them = [(as_id(get(each, "value")), get(each, "display")) for each in shown] if _is_list(shown) else []
    return [
        Member(id_, display if isinstance(display, str) else None)
        for id_, display in them
        if id_ and id_ not in gone
    ]


def _is_list(value: Json) -> bool:
    return isinstance(value, list)


def _create(memory: Memory, move: Move, name: str, _: Known) -> Made:
    called = group_name(memory.scene, move.who if move.value is None else move.value)
    return create_group(memory.scene, name, called, people_of(memory, move.members)) if called else None


def _create_alike(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """With the id that its first member was last shown to have."""
    shared = get(memory.people[move.members[0]].shown, "externalId") if move.members else None
    step = _create(memory, move, name, known)
    if step is None or not isinstance(shared, str):
        return None
    return changed(step, body=dump({**json.loads(step.body), "externalId": shared}))


def _rename_conditionally(memory: Memory, move: Move, name: str, known: Known) -> Made:
    version = known.current if move.kind == "rename-group-if-current" else known.stale
    step = _rename(memory, move, name, known) if version else None
    return if_same(step, version) if step else None


def _rename(memory: Memory, move: Move, name: str, known: Known) -> Made:
    called = group_name(memory.scene, move.value)
    if not called:
        return None
    if speaks_patch(memory.scene):
        return patch_group(memory.scene, name, known.id, name_it(known.id, called), renames=called)
    return _whole(memory, name, known, called, _members(memory, known)) if known.shown else None


def _put(memory: Memory, move: Move, name: str, known: Known) -> Made:
    called = known.name if move.value is None else group_name(memory.scene, move.value)
    return _whole(memory, name, known, called, people_of(memory, move.members)) if called else None


def _whole(memory: Memory, name: str, known: Known, called: str, members: list[Member]) -> Step:
    """A PUT of the group, under this name and with these members."""
    renames = called if called != known.name else ""
    return put_group(memory.scene, name, known.id, called, members, renames=renames)


def _change(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """Members who join, who leave, or who are all that stay."""
    joining, leaving = _joining_and_leaving(memory, move)
    operations: list[Operation] = [*map(remove_one, leaving), *([add_all(joining)] if joining else [])]
    if move.kind == "replace-members":
        operations = [replace_all(joining)]
    if not operations:
        return None
    if speaks_patch(memory.scene):
        return patch_group(memory.scene, name, known.id, *operations)
    if known.shown is None:
        return None
    out = {each.id for each in (*leaving, *joining)}
    staying = [] if move.kind == "replace-members" else _members(memory, known)
    members = [*(each for each in staying if each.id not in out), *joining]
    return _whole(memory, name, known, known.name, members)


def _joining_and_leaving(memory: Memory, move: Move) -> tuple[list[Member], list[Member]]:
    if move.kind == "remove-members":
        return [], _leaving(memory, move.members)
    places = move.value if move.kind == "change-members" and _is_list(move.value) else []
    known = [each for each in places if isinstance(each, int) and each in range(len(memory.people))]
    leaving = [each for each in known if each not in move.members]
    return people_of(memory, move.members), _leaving(memory, leaving)


def _clear(memory: Memory, _: Move, name: str, known: Known) -> Made:
    return patch_group(memory.scene, name, known.id, remove("members"))


def _delete(memory: Memory, _: Move, name: str, known: Known) -> Made:
    return delete_group(memory.scene, name, known.id)


OF_GROUPS: Mapping[str, Making] = {
    "create-group": _create,
    "create-group-alike": _create_alike,
    "rename-group": _rename,
    "rename-group-if-current": _rename_conditionally,
    "rename-group-if-stale": _rename_conditionally,
    "put-group": _put,
    "add-members": _change,
    "remove-members": _change,
    "replace-members": _change,
    "change-members": _change,
    "clear-members": _clear,
    "delete-group": _delete,
}
