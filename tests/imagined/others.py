"""What a server can do wrong with somebody else's data, at other doors, and with values it did not expect."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from imagining import Lie, Where, answers, stores
from playing import TOKEN

from reference_server.faults.bending import Answer, Asked, Honest, refusal
from scim_tests.model.scim import ENTERPRISE_USER

RIGHT = f"Bearer {TOKEN}"


def open_door(where: Where) -> Lie:
    """Nobody looks at the credentials there."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if where(asked):
            return await honest(replace(asked, headers={**asked.headers, "authorization": RIGHT}))
        return await honest(asked)

    return lie


def takes_longer_tokens(asked: Asked) -> bool:
    return asked.headers.get("authorization", "").startswith(RIGHT)


def answers_a_patch_with_the_first() -> Lie:
    """Whom a PATCH changes is read back by no condition."""
    first: list[Any] = []

    def lie(asked: Asked, answer: Answer) -> Answer:
        if asked.method == "POST" and asked.kind == "Users" and answer.ok and not first:
            first.append(answer.json)
        is_patched = asked.method == "PATCH" and asked.kind == "Users" and answer.status == 200
        return answer.saying(first[0]) if is_patched else answer

    return answers(lie)


def leaves_in_the_buffer(name: str) -> Lie:
    """Who is created without an attribute gets the last one's."""
    last: list[Any] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.place == "POST /Users":
            body = asked.json
            if name in body:
                last[:] = [body[name]]
            elif last:
                schemas = sorted({*body["schemas"], name})
                return await honest(asked.saying({**body, name: last[0], "schemas": schemas}))
        return await honest(asked)

    return lie


async def looks_up_by_name_or_address(asked: Asked, honest: Honest) -> Answer:
    found = re.fullmatch(r'userName eq ("(?:[^"\\]|\\.)*")', asked.query.get("filter", ""))
    if asked.kind == "Users" and found:
        return await honest(asked.asking(filter=f"userName eq {found[1]} or emails.value eq {found[1]}"))
    return await honest(asked)


def deactivates_the_next_one_too() -> Lie:
    made: list[str] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.place == "POST /Users" and answer.status == 201:
            made.append(answer.json["id"])
        leaves = asked.method in {"PATCH", "PUT"} and asked.sets("active") is False
        if leaves and asked.id in made[:-1] and answer.ok:
            after = made[made.index(asked.id) + 1]
            other = await honest(asked.of("GET", after))
            if other.ok:
                await honest(asked.of("PUT", after).saying({**other.json, "active": False}))
        return answer

    return lie


def keeps_deleted_groups() -> Lie:
    """Users still show a group that is gone."""
    gone: dict[str, list[Any]] = {}

    def belongs(user: Any) -> None:
        if user.get("id") in gone and "schemas" in user:
            user["groups"] = (user.get("groups") or []) + gone[user["id"]]

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE" and asked.kind == "Groups":
            group = await honest(asked.of("GET"))
            for member in group.json.get("members") or []:
                gone.setdefault(member["value"], []).append({"value": asked.id})
        answer = await honest(asked)
        return answer.each(belongs) if asked.kind == "Users" else answer

    return lie


def finds_the_deleted() -> Lie:
    """Whoever was deleted is marked as such, and queries do not look at the mark."""
    gone: dict[str, Any] = {}

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE" and asked.kind == "Users":
            user = await honest(asked.of("GET"))
            gone[str(user.json.get("userName")).lower()] = user.json
        answer = await honest(asked)
        found = re.search(r'eq "(.*)"', asked.filter)
        if asked.kind == "Users" and found and found[1].lower() in gone:
            return answer.showing([gone[found[1].lower()]])
        return answer

    return lie


async def gives_the_first_groups_always(asked: Asked, honest: Honest) -> Answer:
    if asked.kind == "Groups" and asked.lists and not asked.looks_up:
        return await honest(asked.asking(startIndex=None))
    return await honest(asked)


def names(change: Callable[[str], str]) -> Callable[[Any], None]:
    def of(user: Any) -> None:
        for part in ("givenName", "familyName"):
            if part in user.get("name", {}):
                user["name"][part] = change(user["name"][part])

    return of


def dates(change: Callable[[datetime], str]) -> Lie:
    """Dates written otherwise, by a server that knows what time it is."""

    def otherwise(resource: Any) -> None:
        shown = resource.get("meta", {})
        for name in {"created", "lastModified"} & shown.keys():
            shown[name] = change(datetime.fromisoformat(shown[name]))

    return answers(
        lambda _, answer: answer.each(otherwise).headed(date=format_datetime(datetime.now(UTC), usegmt=True))
    )


def employee_number(user: Any) -> None:
    work = user.get(ENTERPRISE_USER, {})
    if "employeeNumber" in work:
        work["employeeNumber"] = work["employeeNumber"].lstrip("0")


async def refuses_apostrophes(asked: Asked, honest: Honest) -> Answer:
    if asked.method == "POST" and asked.kind == "Users" and "'" in asked.json.get("userName", ""):
        return refusal(400, "An apostrophe cannot be.", "invalidValue")
    return await honest(asked)


async def stumbles_over_quotes(asked: Asked, honest: Honest) -> Answer:
    if '\\"' in asked.filter:
        return refusal(500, "Something went wrong.")
    return await honest(asked)


def types(change: Callable[[list[Any]], list[Any]]) -> Lie:
    return answers(
        lambda _, answer: answer.showing(change(answer.resources)),
        lambda asked: asked.place == "GET /ResourceTypes",
    )


def without_extensions(listed: list[Any]) -> list[Any]:
    return [{**each, "schemaExtensions": []} for each in listed]


LIES: dict[str, Callable[[], Lie]] = {
    "a read by id needs no token": lambda: open_door(lambda asked: asked.reads),
    "a lookup needs no token": lambda: open_door(lambda asked: asked.looks_up),
    "groups need no token": lambda: open_door(lambda asked: asked.kind == "Groups"),
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
