"""The moves that write to people, each as the request it stands for; None where it cannot be made."""

from collections.abc import Mapping
from dataclasses import replace as changed

from scim_tests.model.conversation import Move
from scim_tests.model.scim import Json, Resource, as_id, get
from scim_tests.personas.explore.known import Known
from scim_tests.personas.explore.memory import Made, Making, Memory
from scim_tests.personas.explore.paths import (
    is_changeable,
    keys,
    nested,
    value_at,
    with_value,
    without_value,
)
from scim_tests.personas.explore.people import user_name
from scim_tests.personas.okta.requests import (
    delete,
    operate,
    patch,
    replace,
    set_active,
    speaks_patch,
)
from scim_tests.personas.rfc.bulk_requests import part, send
from scim_tests.personas.rfc.conditions import if_same
from scim_tests.personas.rfc.operations import Operation, add, remove, set_

NAME = "userName"
TEXTS = ("True", "False")  # as which Microsoft Entra ID writes booleans


def _rename(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """A new name, by a PATCH or by a PUT as the dialect has it."""
    called = user_name(memory.scene, move.value)
    if not called:
        return None
    if speaks_patch(memory.scene):
        return changed(patch(memory.scene, name, known.id, {NAME: called}), creates=called)
    return _put_back(memory, name, known, (NAME,), called)


def _put_back(
    memory: Memory, name: str, known: Known, names: tuple[str, ...] = (), value: Json = None
) -> Made:
    """A PUT of what was last read, with one value changed where it has names."""
    if known.shown is None:
        return None
    user = with_value(known.shown, names, value) if names else known.shown
    called = get(user, NAME)
    step = replace(memory.scene, name, known.id, user, _groups(memory, user))
    return changed(step, creates=called) if isinstance(called, str) and called != known.name else step


def _groups(memory: Memory, user: Resource) -> list[Json]:
    """Of the read-only groups that a user was shown with, which Okta sends back, those of this conversation that were read."""
    shown = get(user, "groups")
    ours = {each.id: each.name for each in memory.groups if each.is_there and each.shown is not None}
    ids = [as_id(get(each, "value")) for each in shown] if isinstance(shown, list) else []
    return [{"value": id_, "display": ours[id_]} for id_ in ids if id_ in ours]


def _outdated(memory: Memory, _: Move, name: str, known: Known) -> Made:
    """All that it says stands afterwards, whatever was written since."""
    if known.outdated is None:
        return None
    called = get(known.outdated, NAME)
    step = replace(memory.scene, name, known.id, known.outdated, _groups(memory, known.outdated))
    return changed(step, creates=called) if isinstance(called, str) and called != known.name else step


def _place(memory: Memory, move: Move, known: Known) -> tuple[str, ...]:
    """Where the attribute of a move stands in a user; nowhere if it is not to be changed there."""
    shown = known.shown or {}
    names = keys(shown, move.attribute)
    return names if memory.may_change(move.attribute) and is_changeable(shown, names) else ()


def _set(memory: Memory, move: Move, name: str, known: Known) -> Made:
    names = _place(memory, move, known)
    if move.value is None or not names:
        return None
    if speaks_patch(memory.scene):
        return patch(memory.scene, name, known.id, nested(names, move.value))
    return _put_back(memory, name, known, names, move.value)


def _put(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """A userName stands in it as the number of a name."""
    if not move.attribute:
        return _put_back(memory, name, known)
    if move.attribute == NAME:
        called = user_name(memory.scene, move.value)
        return _put_back(memory, name, known, (NAME,), called) if called else None
    names = _place(memory, move, known)
    return _put_back(memory, name, known, names, move.value) if names and move.value is not None else None


def _put_less(memory: Memory, move: Move, name: str, known: Known) -> Made:
    names = _place(memory, move, known)
    if known.shown is None or not names or value_at(known.shown, names) is None:
        return None
    user = without_value(known.shown, names)
    return replace(memory.scene, name, known.id, user, _groups(memory, user))


def _activity(memory: Memory, move: Move, name: str, known: Known) -> Made:
    active = move.kind == "activate"
    if speaks_patch(memory.scene):
        return set_active(memory.scene, name, known.id, active=active)
    return _put_back(memory, name, known, ("active",), active)


def _by_text(memory: Memory, move: Move, name: str, known: Known) -> Made:
    if move.value not in TEXTS or not memory.may_change("active"):
        return None
    return operate(memory.scene, name, known.id, set_("active", move.value))


def _delete(memory: Memory, _: Move, name: str, known: Known) -> Made:
    return delete(memory.scene, name, known.id)


def _operation(memory: Memory, move: Move) -> Operation | None:
    """What a PATCH by a path does; None where it is not to be done."""
    if not memory.may_change(move.attribute):
        return None
    if move.kind == "remove":
        return remove(move.attribute)
    if move.value is None:
        return None
    return add(move.attribute, move.value) if move.kind == "add" else set_(move.attribute, move.value)


def _by_path(memory: Memory, move: Move, name: str, known: Known) -> Made:
    operation = _operation(memory, move)
    return operate(memory.scene, name, known.id, operation) if operation else None


def _clash(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """All of it has to be refused, since the name is taken by the first of the members."""
    other = memory.people[move.members[0]] if move.members else known
    names = _place(memory, move, known)
    if other is known or not other.is_there or not names or move.value is None:
        return None
    value = {**nested(names, move.value), NAME: other.name}
    return changed(patch(memory.scene, name, known.id, value), creates=other.name)


def _conditional(memory: Memory, move: Move, name: str, known: Known) -> Made:
    version = known.current if move.kind == "set-if-current" else known.stale
    step = _set(memory, move, name, known) if version else None
    return if_same(step, version) if step else None


def _in_bulk(memory: Memory, move: Move, name: str, known: Known) -> Made:
    operation = _operation(memory, move)
    if operation is None:
        return None
    return send(memory.scene, name, [part(operate(memory.scene, "", known.id, operation))], most_errors=1)


OF_PEOPLE: Mapping[str, Making] = {
    "rename": _rename,
    "set": _set,
    "put": _put,
    "deactivate": _activity,
    "activate": _activity,
    "delete": _delete,
    "replace": _by_path,
    "add": _by_path,
    "remove": _by_path,
    "put-less": _put_less,
    "put-back": _outdated,
    "switch-by-text": _by_text,
    "clash": _clash,
    "set-if-current": _conditional,
    "set-if-stale": _conditional,
    "bulk-set": _in_bulk,
}
