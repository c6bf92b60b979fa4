"""Groups and their members kept true to each other (RFC 7643 sections 4.1.2 and 4.2).

Members exist; who is deleted leaves every group; and since `User.groups` follows from `Group.members`,
a change of membership is a change of both ends. Members are rows: what happens to one costs nothing for the others.
"""

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from reference_server import comparing
from reference_server.errors import invalid_value
from reference_server.paragraphs import Paragraph
from reference_server.resources import Resource, Resources
from reference_server.values import Values

# The plus keeps SQLite from reading the whole collection instead of looking up the ids.
TOUCH = """UPDATE resource SET version = version + 1, modified = max(modified, ?)
    WHERE id IN (SELECT value FROM json_each(?) UNION SELECT value FROM member WHERE holder = ?) AND +collection = ?"""
HOLDERS = """SELECT m.holder FROM member m JOIN resource r ON r.seq = m.holder
    WHERE m.value = ? AND r.collection IN (SELECT value FROM json_each(?))"""


def stored(resources: Resources, group: Resource) -> Mapping[str, Values]:
    """The members of a resource, if its type has any, fetched as they are asked for."""
    if "members" not in group.type.attributes:
        return {}

    def fetch(value: Any) -> list[Any]:
        own = "SELECT body FROM member WHERE holder = ?1 AND value = ?2"
        everybody = "SELECT body FROM member WHERE holder = ?1 AND ?2 IS NULL ORDER BY place"
        rows = resources.connection.execute(everybody if value is None else own, (group.seq, value))
        return [orjson.loads(body) for (body,) in rows]

    members = Values(group.type.attributes["members"], fetch=fetch)
    if members.attribute.required:
        members.ask_for(None)  # whether any is left hangs on all of them
    return {"members": members}


def known(group: Resource, members: Mapping[str, Values]) -> Resource:
    """The resource with those of its members that have been asked for."""
    return group._replace(
        data={**group.data, **{key: each.fetched for key, each in members.items() if each.fetched}}
    )


def whole(resources: Resources, group: Resource) -> Resource:
    """The resource with all its members."""
    members = stored(resources, group)
    for each in members.values():
        each.ask_for(None)
    return known(group, members)


def keep(resources: Resources, group: Resource, old: Mapping[str, Any]) -> None:
    """Bring the rows of a group from what is known of its old members to the new ones; touch whom that concerns."""
    if "members" not in group.type.attributes:
        return
    before, after = (
        {member["value"]: member for member in data.get("members", ())} for data in (old, group.data)
    )
    _touch(resources, group.seq, before.keys() ^ after.keys(), renamed=_name(old) != _name(group.data))
    if before == after:
        return
    seq, comparable = group.seq, group.type.attributes["members"].sub_attributes["value"].comparable
    execute, many = resources.connection.execute, resources.connection.executemany
    gone = [(comparable(value), seq) for value in before.keys() - after.keys()]
    many("DELETE FROM member WHERE value = ? AND holder = ?", gone)
    (last,) = execute("SELECT ifnull(max(place), 0) FROM member WHERE holder = ?", (seq,)).fetchone()
    changed = [
        (value, orjson.dumps(after[value]).decode()) for value in after if after[value] != before.get(value)
    ]
    many(
        "INSERT INTO member VALUES (?, ?, ?, ?) ON CONFLICT (value, holder) DO UPDATE SET body = excluded.body",
        [(seq, last + place, comparable(value), body) for place, (value, body) in enumerate(changed, 1)],
    )


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
    Those that are there stay in their order, for that of what is sent means nothing (RFC 7643 section 2.4).
    """
    members: list[dict[str, Any]] = data.get("members", [])
    if not members:
        return
    known = {member["value"]: member.get("type") for member in old.get("members", ())}
    newcomers = [member["value"] for member in members if member["value"] not in known]
    known |= resources.types_of(newcomers)
    known |= {value: promised[value] for value in newcomers if value in promised}
    for value in newcomers:
        if value not in known and not unchecked:
            raise invalid_value(f"members has {value!r}, which is not the id of a resource", Paragraph.GROUPS)
    places = {member["value"]: place for place, member in enumerate(old.get("members", ()))}
    members = sorted(members, key=lambda member: places.get(member["value"], len(places)))
    data["members"] = [_settled(member, known.get(member["value"])) for member in members]


def _settled(member: dict[str, Any], kind: str | None) -> dict[str, Any]:
    if "$ref" not in member and member.get("type") == kind:
        return member
    kept = {name: value for name, value in member.items() if name not in {"$ref", "type"}}
    return {**kept, "type": kind} if kind else kept


def _name(data: Mapping[str, Any]) -> Any:
    return data.get("displayName")


def _touch(resources: Resources, seq: int, changed: Collection[str], *, renamed: bool) -> None:
    """Give every user whose `groups` has changed with this group a new version: with its name, all that are in it."""
    if changed or renamed:
        ids = orjson.dumps(list(changed)).decode()
        asked = (comparing.now(), ids, seq if renamed else None, resources.collections["User"])
        resources.connection.execute(TOUCH, asked)


def leave_all(resources: Resources, gone: Resource) -> None:
    """Take a resource that is being deleted out of every group, and everybody out of it."""
    if "members" in gone.type.attributes:
        _touch(resources, gone.seq, set(), renamed=True)
        resources.connection.execute("DELETE FROM member WHERE holder = ?", (gone.seq,))
    numbers = orjson.dumps(list(resources.collections.values())).decode()
    holders = resources.connection.execute(HOLDERS, (gone.id, numbers)).fetchall()
    moment = comparing.now()
    resources.connection.executemany(
        "UPDATE resource SET version = version + 1, modified = max(modified, ?) WHERE seq = ?",
        [(moment, holder) for (holder,) in holders],
    )
    resources.connection.executemany(
        "DELETE FROM member WHERE value = ? AND holder = ?", [(gone.id, holder) for (holder,) in holders]
    )
