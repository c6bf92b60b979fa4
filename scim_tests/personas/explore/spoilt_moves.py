"""Moves that a server has to refuse, or may pass over: beside what it can do stands what it cannot.

What is wrong in them names `NOBODY`: so nobody takes a target to know what it comes to.
"""

from collections.abc import Mapping

from scim_tests.model.act import NOBODY
from scim_tests.model.conversation import Move
from scim_tests.personas.explore.group_moves import people_of
from scim_tests.personas.explore.known import Known
from scim_tests.personas.explore.memory import Made, Making, Memory
from scim_tests.personas.explore.people import group_name
from scim_tests.personas.okta.group_requests import Member, add_all, create_group, patch_group, replace_all
from scim_tests.personas.okta.requests import operate
from scim_tests.personas.rfc.operations import Operation, set_

SPOILING: Mapping[str, Operation] = {
    "spoil-op": {"op": "invalid-op", "path": "title", "value": NOBODY},
    "spoil-path": set_("noSuchAttribute", NOBODY),
    "spoil-type": set_("active", NOBODY),
    "spoil-target": set_(f'emails[type eq "{NOBODY}"].value', NOBODY),
}


def _spoil(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """An attribute by its path, and then what cannot be done."""
    if move.value is None or not memory.may_change(move.attribute):
        return None
    return operate(memory.scene, name, known.id, set_(move.attribute, move.value), SPOILING[move.kind])


def _with_nobody(memory: Memory, move: Move, name: str, known: Known) -> Made:
    members = _and_nobody(memory, move)
    changes = replace_all if move.kind == "replace-by-nobody" else add_all
    return patch_group(memory.scene, name, known.id, changes(members)) if len(members) > 1 else None


def _group_with_nobody(memory: Memory, move: Move, name: str, _: Known) -> Made:
    called = group_name(memory.scene, move.who if move.value is None else move.value)
    return create_group(memory.scene, name, called, _and_nobody(memory, move)) if called else None


def _and_nobody(memory: Memory, move: Move) -> list[Member]:
    return [*people_of(memory, move.members), Member(NOBODY, "nobody")]


SPOILT_MOVES: Mapping[str, Making] = {
    **dict.fromkeys(SPOILING, _spoil),
    "create-group-spoilt": _group_with_nobody,
    "add-nobody": _with_nobody,
    "replace-by-nobody": _with_nobody,
}
