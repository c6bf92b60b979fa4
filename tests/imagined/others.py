"""What a server can do wrong with somebody else's data, at other doors, and with values it did not expect."""

import copy
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from imagining import Call, Honest, Lie, Reply, Where, answers, stores
from playing import TOKEN

from scim_tests.model.scim import ENTERPRISE_USER

RIGHT = f"Bearer {TOKEN}"


def open_door(where: Where) -> Lie:
    """Nobody looks at the credentials there."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if where(call):
            call.headers["authorization"] = RIGHT
        return await honest(call)

    return lie


def takes_longer_tokens(call: Call) -> bool:
    return call.headers.get("authorization", "").startswith(RIGHT)


def answers_a_patch_with_the_first() -> Lie:
    """Whom a PATCH changes is read back by no condition."""
    first: list[Any] = []

    def lie(call: Call, reply: Reply) -> None:
        if call.method == "POST" and call.kind == "Users" and reply.is_success and not first:
            first.append(copy.deepcopy(reply.body))
        if call.method == "PATCH" and call.kind == "Users" and reply.status == 200:
            reply.body = copy.deepcopy(first[0])

    return answers(lie)


def leaves_in_the_buffer(name: str) -> Lie:
    """Who is created without an attribute gets the last one's."""
    last: list[Any] = []

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.method == "POST" and call.path == "/Users" and isinstance(call.body, dict):
            if name in call.body:
                last[:] = [copy.deepcopy(call.body[name])]
            elif last:
                call.body[name] = copy.deepcopy(last[0])
                call.body["schemas"] = sorted({*call.body["schemas"], name})
        return await honest(call)

    return lie


async def looks_up_by_name_or_address(call: Call, honest: Honest) -> Reply:
    found = re.fullmatch(r'userName eq ("(?:[^"\\]|\\.)*")', call.query.get("filter", ""))
    if call.kind == "Users" and found:
        call.query["filter"] = f"userName eq {found[1]} or emails.value eq {found[1]}"
    return await honest(call)


def deactivates_the_next_one_too() -> Lie:
    made: list[str] = []

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.method == "POST" and call.path == "/Users" and reply.status == 201:
            made.append(reply.body["id"])
        leaves = call.method in {"PATCH", "PUT"} and '"active": false' in json.dumps(call.body)
        if leaves and call.id in made[:-1] and reply.is_success:
            path = f"/Users/{made[made.index(call.id) + 1]}"
            other = await honest(Call("GET", path, {}, call.headers))
            if other.is_success:
                headers = {**call.headers, "content-type": "application/scim+json"}
                await honest(Call("PUT", path, {}, headers, {**other.body, "active": False}))
        return reply

    return lie


def keeps_deleted_groups() -> Lie:
    """Users still show a group that is gone."""
    gone: dict[str, list[Any]] = {}

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.method == "DELETE" and call.kind == "Groups":
            group = await honest(Call("GET", call.path, {}, call.headers))
            for member in group.body.get("members") or []:
                gone.setdefault(member["value"], []).append({"value": call.id})
        reply = await honest(call)
        for user in reply.shown if call.kind == "Users" else []:
            if user.get("id") in gone and "schemas" in user:
                user["groups"] = (user.get("groups") or []) + gone[user["id"]]
        return reply

    return lie


def finds_the_deleted() -> Lie:
    """Whoever was deleted is marked as such, and queries do not look at the mark."""
    gone: dict[str, Any] = {}

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.method == "DELETE" and call.kind == "Users":
            user = await honest(Call("GET", call.path, {}, call.headers))
            gone[str(user.body.get("userName")).lower()] = user.body
        reply = await honest(call)
        found = re.search(r'eq "(.*)"', call.query.get("filter", ""))
        if call.kind == "Users" and found and found[1].lower() in gone:
            reply.body.update(totalResults=1, itemsPerPage=1, Resources=[gone[found[1].lower()]])
        return reply

    return lie


async def gives_the_first_groups_always(call: Call, honest: Honest) -> Reply:
    if call.kind == "Groups" and call.lists and "filter" not in call.query:
        call.query.pop("startIndex", None)
    return await honest(call)


def names(change: Callable[[str], str]) -> Callable[[Any], None]:
    def of(user: Any) -> None:
        for part in ("givenName", "familyName"):
            if part in user.get("name", {}):
                user["name"][part] = change(user["name"][part])

    return of


def dates(change: Callable[[datetime], str]) -> Lie:
    """Dates written otherwise, by a server that knows what time it is."""

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        reply.headers["date"] = format_datetime(datetime.now(UTC), usegmt=True)
        for resource in reply.shown:
            shown = resource.get("meta", {}) if isinstance(resource, dict) else {}
            for name in {"created", "lastModified"} & shown.keys():
                shown[name] = change(datetime.fromisoformat(shown[name]))
        return reply

    return lie


def employee_number(user: Any) -> None:
    work = user.get(ENTERPRISE_USER, {})
    if "employeeNumber" in work:
        work["employeeNumber"] = work["employeeNumber"].lstrip("0")


def named(call: Call) -> bool:
    return isinstance(call.body, dict) and "userName" in call.body


async def refuses_apostrophes(call: Call, honest: Honest) -> Reply:
    if call.method == "POST" and call.kind == "Users" and named(call) and "'" in call.body["userName"]:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400"}
        return Reply(400, {"content-type": "application/scim+json"}, {**body, "scimType": "invalidValue"})
    return await honest(call)


async def stumbles_over_quotes(call: Call, honest: Honest) -> Reply:
    if '\\"' in call.query.get("filter", ""):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "500"}
        return Reply(500, {"content-type": "application/scim+json"}, body)
    return await honest(call)


def types(change: Callable[[list[Any]], list[Any]]) -> Lie:
    def lie(_: Call, reply: Reply) -> None:
        reply.body["Resources"] = change(reply.body["Resources"])
        reply.body.update(
            totalResults=len(reply.body["Resources"]), itemsPerPage=len(reply.body["Resources"])
        )

    return answers(lie, lambda call: call.path == "/ResourceTypes")


def without_extensions(listed: list[Any]) -> list[Any]:
    return [{**each, "schemaExtensions": []} for each in listed]


LIES: dict[str, Callable[[], Lie]] = {
    "a read by id needs no token": lambda: open_door(lambda call: call.reads),
    "a lookup needs no token": lambda: open_door(lambda call: call.looks_up),
    "groups need no token": lambda: open_door(lambda call: call.kind == "Groups"),
    "a longer token will do": lambda: open_door(takes_longer_tokens),
    "a PATCH is answered with the first user": answers_a_patch_with_the_first,
    "a lookup by name finds by address, too": lambda: looks_up_by_name_or_address,
    "the department of the one before": lambda: leaves_in_the_buffer(ENTERPRISE_USER),
    "a deactivation hits the next one, too": deactivates_the_next_one_too,
    "users keep deleted groups": keeps_deleted_groups,
    "a lookup finds whom a DELETE took away": finds_the_deleted,
    "groups from the first on, always": lambda: gives_the_first_groups_always,
    "letters of the further planes as question marks": lambda: stores(
        names(lambda name: "".join(each if ord(each) < 0x10000 else "?" for each in name))
    ),
    "quotes HTML-escaped on storing": lambda: stores(names(lambda name: name.replace('"', "&quot;"))),
    "somebody called Null has no name": lambda: stores(
        names(lambda name: "" if name.lower() == "null" else name)
    ),
    "numbers lose their zeros": lambda: stores(employee_number),
    "names of groups cut at 64 characters": lambda: stores(
        lambda group: group.update(displayName=group["displayName"][:64]), kind="Groups"
    ),
    "apostrophes refused in names to log in with": lambda: refuses_apostrophes,
    "a quote in a filter breaks it": lambda: stumbles_over_quotes,
    "local time called UTC": lambda: dates(lambda date: f"{date + timedelta(hours=9):%Y-%m-%dT%H:%M:%S}Z"),
    "/ResourceTypes without Group": lambda: types(
        lambda listed: [each for each in listed if each["name"] != "Group"]
    ),
    "/ResourceTypes without extensions": lambda: types(without_extensions),
}
