"""Groups and their members kept true to each other (RFC 7643 sections 4.1.2 and 4.2).

Members exist; who is deleted leaves every group; and since `User.groups` follows from `Group.members`,
a change of membership is a change of both ends.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from reference_server import comparing
from reference_server.errors import invalid_value
from reference_server.paragraphs import Paragraph
from reference_server.resources import COLUMNS, Resource, Resources

GROUPS_WITH = f"""SELECT {COLUMNS} FROM json_each(?) c
    JOIN indexed_value i ON i.collection = c.value AND i.attribute = 'members.value' AND i.value = ?
    JOIN resource r ON r.seq = i.seq"""  # noqa: S608 - no outside text


def settle(
    resources: Resources,
    old: Mapping[str, Any],
    data: dict[str, Any],
    promised: Mapping[str, str],
    *,
    unchecked: bool,
) -> None:
    """Give each member its type, in `data`.

    A new one that neither exists nor is promised is invalidValue, or, `unchecked`, kept without a type.
    """
    members: list[dict[str, Any]] = data.get("members", [])
    known = {member["value"]: member.get("type") for member in old.get("members", ())}
    newcomers = [member["value"] for member in members if member["value"] not in known]
    types = {**known, **resources.types_of(newcomers), **promised}
    for value in newcomers:
        if value not in types and not unchecked:
            raise invalid_value(f"members has {value!r}, which is not the id of a resource", Paragraph.GROUPS)
    if members:
        data["members"] = [_settled(member, types.get(member["value"])) for member in members]


def _settled(member: dict[str, Any], kind: str | None) -> dict[str, Any]:
    if "$ref" not in member and member.get("type") == kind:
        return member
    kept = {name: value for name, value in member.items() if name not in {"$ref", "type"}}
    return {**kept, "type": kind} if kind else kept


def touch(resources: Resources, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Give every user whose `groups` has changed with this group a new version."""
    before, after = _ids(old), _ids(new)
    renamed = old.get("displayName") != new.get("displayName")
    changed = before | after if renamed else before ^ after
    if not changed:
        return
    # The plus keeps SQLite from reading the whole collection instead of looking up the ids.
    resources.connection.execute(
        "UPDATE resource SET version = version + 1, modified = max(modified, ?)"
        " WHERE id IN (SELECT value FROM json_each(?)) AND +collection = ?",
        (comparing.now(), orjson.dumps(list(changed)).decode(), resources.collections["User"]),
    )


def _ids(data: Mapping[str, Any]) -> set[str]:
    return {member["value"] for member in data.get("members", ())}


def leave_all(resources: Resources, gone: Resource) -> None:
    """Take a resource that is being deleted out of every group."""
    numbers = orjson.dumps(list(resources.collections.values())).decode()
    for row in resources.connection.execute(GROUPS_WITH, (numbers, gone.id)).fetchall():
        group = resources.read(row)
        members = [member for member in group.data["members"] if member["value"] != gone.id]
        rest = {name: value for name, value in group.data.items() if name != "members"}
        resources.update(group, {**rest, "members": members} if members else rest)
