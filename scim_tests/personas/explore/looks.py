"""The moves that only look: by id, by name, by lists and filters; None where one cannot be made."""

from collections.abc import Mapping
from dataclasses import replace as changed
from typing import TypeGuard

from scim_tests.model.conversation import Move
from scim_tests.model.scim import Json, Resource, attribute, get
from scim_tests.personas.explore.known import Known
from scim_tests.personas.explore.memory import Made, Making, Memory
from scim_tests.personas.explore.paths import keys, value_at
from scim_tests.personas.explore.people import group_name, user_name
from scim_tests.personas.okta.group_requests import group_path, list_groups, look_up_group, read_group
from scim_tests.personas.okta.requests import dump, get_, list_page, look_up, quoted, read, user_path
from scim_tests.personas.rfc.asking import ENOUGH, ask
from scim_tests.personas.rfc.conditions import if_changed
from scim_tests.personas.rfc.query_users import text

FEW = 3  # people on a small page
ONE = 1


def _read(memory: Memory, _: Move, name: str, known: Known) -> Made:
    return read(memory.scene, name, known.id)


def _read_group(memory: Memory, _: Move, name: str, known: Known) -> Made:
    return read_group(memory.scene, name, known.id)


def _if_changed(memory: Memory, move: Move, name: str, known: Known) -> Made:
    reads = read_group if move.kind == "read-group-if-changed" else read
    return if_changed(reads(memory.scene, name, known.id), known.versions[-1]) if known.versions else None


def _part(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """With the name, by which the answer yet shows that the user is ours."""
    if not move.attribute or attribute(move.attribute) == "password":
        return None
    path = f"{user_path(known.id)}?attributes={quoted(f'userName,{move.attribute}')}"
    return get_(memory.scene, name, path)


def _group_part(memory: Memory, _: Move, name: str, known: Known) -> Made:
    return get_(memory.scene, name, f"{group_path(known.id)}?excludedAttributes=members")


def _find(memory: Memory, move: Move, name: str, known: Known) -> Made:
    """By what an attribute was last seen to be, or was before; of entries of a list by their value."""
    shown = known.outdated if move.kind == "find-former" else known.shown
    path, value = _sought(shown or {}, move.attribute)
    if value is None or value == "" or attribute(path) == "password":
        return None
    written = text(value) if isinstance(value, str) else dump(value).decode()
    return ask(memory.scene, name, f"{path} eq {written}", count=ENOUGH)


def _sought(shown: Resource, path: str) -> tuple[str, Json]:
    """The path of a filter, and the value that it is to find."""
    names = keys(shown, path) if path else ()
    if not names:
        return path, None
    value = value_at(shown, names)
    if isinstance(value, list) and isinstance(get(value, 0), Mapping):
        return _sought(shown, f"{path}.value")
    return path, value if isinstance(value, str | int | float) else None


def _find_group(memory: Memory, move: Move, name: str, _: Known) -> Made:
    member = memory.people[move.members[0]] if move.members else Known()
    condition = f"members.value eq {text(member.id)}"
    return ask(memory.scene, name, condition, of="/Groups", count=ENOUGH) if member.id else None


def _look_up(memory: Memory, move: Move, name: str, _: Known) -> Made:
    called = user_name(memory.scene, move.value)
    return look_up(memory.scene, name, called) if called else None


def _look_up_group(memory: Memory, move: Move, name: str, _: Known) -> Made:
    called = group_name(memory.scene, move.value)
    return look_up_group(memory.scene, name, called) if called else None


def _list(memory: Memory, _: Move, name: str, __: Known) -> Made:
    return list_page(memory.scene, name, 1, memory.scene.profile.limits.page_size, bulky=True)


def _list_groups(memory: Memory, _: Move, name: str, __: Known) -> Made:
    return list_groups(memory.scene, name, 1, memory.scene.profile.limits.page_size, bulky=True)


def _page(memory: Memory, move: Move, name: str, _: Known) -> Made:
    many = ONE if move.kind == "page-of-one" else FEW
    return list_page(memory.scene, name, move.value, many) if _is_place(move.value) else None


def _is_place(value: Json) -> TypeGuard[int]:
    """Whether a page may begin there."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _page_of_groups(memory: Memory, move: Move, name: str, _: Known) -> Made:
    return list_groups(memory.scene, name, move.value, ONE) if _is_place(move.value) else None


def _sorted(memory: Memory, move: Move, name: str, _: Known) -> Made:
    """From the one end, or with true from the other."""
    order = {"sortOrder": "descending"} if move.value is True else {}
    if not move.attribute or attribute(move.attribute) == "password":
        return None
    return changed(ask(memory.scene, name, sortBy=move.attribute, **order, **_room(memory)), bulky=True)


def _active(memory: Memory, move: Move, name: str, _: Known) -> Made:
    if not isinstance(move.value, bool):
        return None
    condition = f"active eq {dump(move.value).decode()}"
    return changed(ask(memory.scene, name, condition, **_room(memory)), bulky=True)


def _room(memory: Memory) -> dict[str, Json]:
    """From the first one on, as many as a list of Okta's shows."""
    return {"startIndex": 1, "count": memory.scene.profile.limits.page_size}


def _count(memory: Memory, _: Move, name: str, __: Known) -> Made:
    return list_page(memory.scene, name, 1, 0)


LOOKS_AT: Mapping[str, Making] = {
    "read": _read,
    "read-group": _read_group,
    "read-if-changed": _if_changed,
    "read-group-if-changed": _if_changed,
    "read-part": _part,
    "read-group-part": _group_part,
    "find": _find,
    "find-former": _find,
    "find-group": _find_group,
    "lookup": _look_up,
    "lookup-group": _look_up_group,
    "list": _list,
    "list-groups": _list_groups,
    "page": _page,
    "page-of-one": _page,
    "page-of-groups": _page_of_groups,
    "list-sorted": _sorted,
    "list-active": _active,
    "count": _count,
}
