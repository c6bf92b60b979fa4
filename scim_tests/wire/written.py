"""What the body of a request would write: which names it gives, whose it says it is, and whom it refers to.

Everything is read as any server might read it, in any shape and place; what has no known meaning counts as an id.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from scim_tests.model.forms import refers_to
from scim_tests.model.scim import OTHERS, Json, attribute, get

CORE = "urn:ietf:params:scim:schemas:core:"
TEXT = r'"(?:[^"\\]|\\.)*"'
CLAUSE = rf"[a-z.]+ eq {TEXT}"
PATH = re.compile(
    rf"(?:urn:[\w:.-]+:)?[a-z]+(?:\[({CLAUSE}(?: or {CLAUSE})*)\])?(?:\.[a-z$]+)?", re.IGNORECASE
)
TYPES = {"Users": frozenset({"User"}), "Groups": frozenset({"Group", "direct", "indirect"})}
TEXTS = frozenset({"schemas", "id", "externalid", "displayname"})  # of a group
META = frozenset({"resourcetype", "created", "lastmodified", "location", "version"})
MEMBER = frozenset({"value", "type", "display", "$ref"})


def read(body: bytes) -> Json:
    """The body as JSON that has one meaning alone; None where it has none or several."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return None


def own_ids(body: Json) -> Iterator[str]:
    """The ids that a body says its resource has: on top, behind the core URN, or as what a PATCH sets.

    All as text, and more rather than fewer: what is no text has its leaves told.
    """
    for level in (body, *(value for _, value in _operations(body))):
        for each in level if isinstance(level, list) else [level]:
            for key, value in each.items() if isinstance(each, dict) else ():
                if attribute(key) in {"id", "_id"}:
                    yield from _leaves(value)
                elif key.casefold().startswith(CORE) and isinstance(value, dict):
                    yield from own_ids(value)
    for path, value in _operations(body):
        if attribute(path) == "id":
            yield from _leaves(value)


def names(body: Json, name: str) -> Iterator[str]:
    """Every name that a body gives in the attribute `name` (folded), in any shape: in a member, or in what a PATCH sets.

    An empty name counts, since some server may take it.
    """
    for value in _given(body, frozenset({name})):
        yield from _leaves(value)
        yield from [""] if value == "" else []


def others(body: Json) -> Iterator[str]:
    """Whatever in the body of a user could put them into a group, or others below them, as text that may be an id."""
    for value in _given(body, OTHERS):
        yield from _members(value, "Groups")


def members(body: Json) -> Iterator[str]:
    """Whatever in the body of a group could be the id of a member, in any shape; the group's own ids apart."""
    for key, value in _lowered(body).items():
        if key == "members":
            yield from _members(value)
        elif key == "meta":
            yield from _meta(value)
        elif key == "operations":
            for each in value if isinstance(value, list) else [value]:
                yield from _operation(each)
        elif key in TEXTS:
            yield from _structures(value)
        else:
            yield key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are unique in any letter case: of two, who knows which one a server reads."""
    if len({name.casefold() for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _given(value: Json, attributes: frozenset[str]) -> Iterator[Json]:
    """What stands under one of the attributes, at any depth, or is set at it by a PATCH."""
    if isinstance(value, list):
        for each in value:
            yield from _given(each, attributes)
    elif isinstance(value, dict):
        at_path = attribute(str(get(value, "path"))) in attributes
        for key, member in value.items():
            if attribute(key) in attributes or (at_path and key.casefold() == "value"):
                yield member
            else:
                yield from _given(member, attributes)


def _operations(body: Json) -> list[tuple[str, Json]]:
    found = get(body, "Operations")
    return [
        (str(get(each, "path") or ""), get(each, "value"))
        for each in (found if isinstance(found, list) else ())
    ]


def _operation(operation: Json) -> Iterator[str]:
    known = _lowered(operation)
    path, value = known.get("path"), known.get("value")
    yield from known.keys() - {"op", "path", "value"}
    if not path:
        for each in value if isinstance(value, list) else [value]:
            yield from members(each) if isinstance(each, dict) else _leaves(each)
        return
    named, part = attribute(str(path)), str(path).casefold().rpartition("]")[2].rpartition(".")[2]
    found = PATH.fullmatch(str(path))
    if not found or named not in TEXTS | {"members"}:
        yield str(path)
    elif named in TEXTS:
        yield from _structures(value)
    else:
        yield from _texts_in(found[1])
        yield from _members({part: value} if part in MEMBER and "." in str(path) else value)


def _texts_in(condition: str | None) -> Iterator[str]:
    """The ids that the filter of a path selects by."""
    for literal in re.findall(TEXT, condition or ""):
        try:
            yield json.loads(literal)
        except ValueError:
            yield literal[1:-1]


def _members(value: Json, kind: str = "Users") -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _members(each, kind)
    elif isinstance(value, dict):
        yield from _member(_lowered(value), kind)
    else:
        yield from _leaves(value)


def _member(known: dict[str, Json], kind: str) -> Iterator[str]:
    yield from known.keys() - MEMBER
    yield from _members(known.get("value"), kind)
    id_ = str(known.get("value"))  # some server may go by the reference
    is_to_it = kind == "Users" and refers_to(str(known.get("$ref")), kind, id_)
    yield from () if is_to_it else _leaves(known.get("$ref"))
    # A group may have the id of a user of ours.
    yield from (each for each in _leaves(known.get("type")) if each not in TYPES[kind])
    if "value" not in known or not isinstance(known.get("display"), str | None):
        yield from _leaves(known.get("display"))  # some server may look for that one


def _meta(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _lowered(value).keys() - META
        for each in value.values():
            yield from _structures(each)
    else:
        yield from _leaves(value)


def _structures(value: Json) -> Iterator[str]:
    """What is there where there should be a text or some: nothing, or what could be anything."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict | list):
            yield str(each)


def _leaves(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None and value != "" and not isinstance(value, bool):
        yield str(value)


def _lowered(value: Json) -> dict[str, Json]:
    return {key.casefold(): member for key, member in value.items()} if isinstance(value, dict) else {}
