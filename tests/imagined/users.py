"""What a server can do wrong about users."""

import copy
import json
from collections.abc import Callable
from typing import Any

from imagining import Call, Honest, Lie, Reply, answers, shows, stores

from scim_tests.model.scim import ENTERPRISE_USER, USER


def names(change: Callable[[str], str]) -> Callable[[Any], None]:
    def of(user: Any) -> None:
        for part in ("givenName", "familyName"):
            if part in user.get("name", {}):
                user["name"][part] = change(user["name"][part])

    return of


def swapped(user: Any) -> None:
    name = user.get("name", {})
    if {"givenName", "familyName"} <= name.keys():
        name["givenName"], name["familyName"] = name["familyName"], name["givenName"]


def emails(change: Callable[[Any], object]) -> Callable[[Any], None]:
    def of(user: Any) -> None:
        for email in user.get("emails", []):
            change(email)

    return of


def garbled(text: str) -> str:
    return text.encode().decode("latin-1")


def by_put(call: Call) -> bool:
    return call.method == "PUT"


def by_post(call: Call) -> bool:
    return call.method == "POST"


def by_patch(call: Call) -> bool:
    return call.method == "PATCH"


def in_lists(call: Call) -> bool:
    return call.lists and not call.looks_up


def in_lookups(call: Call) -> bool:
    return call.looks_up


def by_id(call: Call) -> bool:
    return call.reads


def numbered(user: Any) -> None:
    user["id"] = int("".join(filter(str.isdigit, user["id"]))[:9] or 7)


def after(method: str, change: Callable[[Any], object], when: Callable[[Call], bool] = lambda _: True) -> Lie:
    """Something more happens to the stored user with each write of a kind, and the answer does not say so."""

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.method == method and call.kind == "Users" and reply.is_success and when(call):
            user_id = call.id or reply.body["id"]
            user = (await honest(Call("GET", f"/Users/{user_id}", {}, call.headers))).body
            change(user)
            await honest(Call("PUT", f"/Users/{user_id}", {}, call.headers, user))
        return reply

    return lie


def one_behind(where: Callable[[Call], bool]) -> Lie:
    """A cache: shows what was there at the read before."""
    seen: dict[str, Any] = {}

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == "Users" and where(call) and reply.is_success:
            key = json.dumps([call.path, call.query])
            now = copy.deepcopy(reply.body)
            reply.body = seen.get(key, reply.body)
            seen[key] = now
        return reply

    return lie


def never_forgets(where: Callable[[Call], bool]) -> Lie:
    """A cache that keeps the first sight of everybody for ever."""
    seen: dict[str, Any] = {}

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == "Users" and where(call):
            for user in reply.shown:
                known = seen.setdefault(user["id"], copy.deepcopy(user))
                user.clear()
                user.update(copy.deepcopy(known))
        return reply

    return lie


def touches_another(method: str) -> Lie:
    """A write to one user lands on the user made before it, too."""
    made: list[str] = []

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == "Users" and reply.is_success:
            if call.method == "POST":
                made.append(reply.body["id"])
            elif call.method == method:
                other = next((each for each in made if each != call.id), None)
                if other:
                    user = (await honest(Call("GET", f"/Users/{other}", {}, call.headers))).body
                    user["title"] = "Somebody Else's"
                    await honest(Call("PUT", f"/Users/{other}", {}, call.headers, user))
        return reply

    return lie


def answers_the_one_before(method: str) -> Lie:
    """Under load a create is answered with the user of the create before."""
    last: list[Any] = []

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == "Users" and call.method == method and reply.is_success and reply.body:
            last.append(copy.deepcopy(reply.body))
            if len(last) > 5:
                reply.body = last[-2]
        return reply

    return lie


def drops_after_patch(*attributes: str) -> Lie:
    return after("PATCH", lambda user: [user.pop(each, None) for each in attributes])


def keeps_old_on_put(*attributes: str) -> Lie:
    """A PUT leaves these as they were."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.kind == "Users" and call.method == "PUT":
            old = (await honest(Call("GET", call.path, {}, call.headers))).body
            for each in attributes:
                if each in old:
                    call.body[each] = old[each]
        return await honest(call)

    return lie


async def put_answers_the_old_user(call: Call, honest: Honest) -> Reply:
    if call.kind == "Users" and call.method == "PUT":
        old = await honest(Call("GET", call.path, {}, call.headers))
        reply = await honest(call)
        return old if reply.is_success else reply
    return await honest(call)


async def put_does_nothing_but_echo(call: Call, honest: Honest) -> Reply:
    if call.kind == "Users" and call.method == "PUT":
        old = await honest(Call("GET", call.path, {}, call.headers))
        old.body.update(
            {key: value for key, value in call.body.items() if key not in {"id", "meta", "groups"}}
        )
        return old
    return await honest(call)


async def patch_answers_the_old_user(call: Call, honest: Honest) -> Reply:
    if call.kind == "Users" and call.method == "PATCH":
        old = await honest(Call("GET", call.path, {}, call.headers))
        reply = await honest(call)
        return old if reply.is_success else reply
    return await honest(call)


async def conflict_overwrites(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if reply.status == 409 and call.kind == "Users":
        name = call.body["userName"].replace('"', "")
        found = await honest(Call("GET", "/Users", {"filter": f'userName eq "{name}"'}, call.headers))
        for user in found.shown:
            body = {**user, "externalId": "overwritten", "displayName": "Overwritten"}
            await honest(Call("PUT", f"/Users/{user['id']}", {}, call.headers, body))
    return reply


async def conflict_leaves_a_ghost(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if reply.status == 409 and call.kind == "Users":
        await honest(
            Call("POST", "/Users", {}, call.headers, {**call.body, "userName": call.body["userName"] + ".1"})
        )
    return reply


def ghostly_rename() -> Lie:
    """A rename makes a copy under the new name and keeps the old one."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.kind == "Users" and call.method == "PUT":
            old = (await honest(Call("GET", call.path, {}, call.headers))).body
            reply = await honest(call)
            if reply.is_success and old["userName"] != reply.body["userName"]:
                ghost = {key: value for key, value in old.items() if key not in {"id", "meta"}}
                await honest(Call("POST", "/Users", {}, call.headers, ghost))
            return reply
        return await honest(call)

    return lie


def moves_on_reading(name: str) -> Lie:
    count = [0]

    def change(user: Any) -> None:
        count[0] += 1
        user["meta"][name] = (
            f'W/"{count[0]}"'
            if name == "version"
            else f"2026-11-25T00:{count[0] // 60 % 60:02}:{count[0] % 60:02}Z"
        )

    return shows(change)


def stands_still(*names_: str) -> Lie:
    first: dict[str, Any] = {}

    def change(user: Any) -> None:
        for name in names_:
            user["meta"][name] = first.setdefault(user["id"] + name, user["meta"][name])

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == "Users":
            for user in reply.shown:
                change(user)
            if "version" in names_ and "etag" in reply.headers and len(reply.shown) == 1:
                reply.headers["etag"] = reply.shown[0]["meta"]["version"]
        return reply

    return lie


def extension_flattened(user: Any) -> None:
    user.update(user.pop(ENTERPRISE_USER, {}))


def extension_unnamed(user: Any) -> None:
    user["schemas"] = [USER]


def is_inactive_patch(call: Call) -> bool:
    return call.method == "PATCH" and call.body["Operations"][0]["value"].get("active") is False


def is_active_patch(call: Call) -> bool:
    return call.method == "PATCH" and call.body["Operations"][0]["value"].get("active") is True


def scrambled(user: Any) -> None:
    user["userName"] = "deleted_" + user["userName"]


LIES: dict[str, Callable[[], Lie]] = {
    "names lower-cased on storing": lambda: stores(names(str.lower)),
    "given and family name swapped on create": lambda: stores(swapped, by_post),
    "given and family name swapped on PUT": lambda: stores(swapped, by_put),
    "given and family name swapped in lists": lambda: shows(swapped, in_lists),
    "given and family name swapped in lookups": lambda: shows(swapped, in_lookups),
    "names cut at 40 characters": lambda: stores(names(lambda name: name[:40])),
    "userName cut at 64 characters": lambda: stores(lambda user: user.update(userName=user["userName"][:64])),
    "e-mail cut at 64 characters": lambda: stores(emails(lambda one: one.update(value=one["value"][:64]))),
    "UTF-8 encoded twice on storing": lambda: stores(names(garbled)),
    "UTF-8 encoded twice on lists": lambda: shows(names(garbled), in_lists),
    "letters beyond ASCII dropped": lambda: stores(
        names(lambda name: name.encode("ascii", "ignore").decode())
    ),
    "letters beyond the BMP-1 page as question marks": lambda: stores(
        names(lambda name: name.encode("latin-1", "replace").decode("latin-1"))
    ),
    "apostrophes HTML-escaped on storing": lambda: stores(names(lambda name: name.replace("'", "&#39;"))),
    "apostrophes HTML-escaped by id": lambda: shows(names(lambda name: name.replace("'", "&#39;")), by_id),
    "apostrophes doubled on storing": lambda: stores(names(lambda name: name.replace("'", "''"))),
    "blanks in names removed": lambda: stores(names(lambda name: name.replace(" ", ""))),
    "family name cut at the first blank": lambda: stores(names(lambda name: name.split(" ")[0])),
    "plus sign in e-mail becomes a blank": lambda: stores(
        emails(lambda one: one.update(value=one["value"].replace("+", " ")))
    ),
    "plus tag stripped from e-mail": lambda: stores(
        emails(lambda one: one.update(value=one["value"].replace("+okta", "")))
    ),
    "plus tag stripped from userName": lambda: stores(
        lambda user: user.update(userName=user["userName"].replace("+okta", ""))
    ),
    "e-mail type lost": lambda: stores(emails(lambda one: one.pop("type", None))),
    "e-mail type changed": lambda: stores(emails(lambda one: one.update(type="other"))),
    "primary e-mail no longer primary": lambda: stores(emails(lambda one: one.update(primary=False))),
    "primary e-mail not primary in lists": lambda: shows(
        emails(lambda one: one.update(primary=False)), in_lists
    ),
    "e-mails grow with every PUT": lambda: stores(
        lambda user: user["emails"].append({"value": f"x{len(user['emails'])}@example.org", "type": "other"}),
        by_put,
    ),
    "e-mail follows userName": lambda: stores(
        lambda user: user.update(emails=[{"value": user["userName"], "type": "work", "primary": True}])
    ),
    "userName follows e-mail": lambda: stores(lambda user: user.update(userName=user["emails"][0]["value"])),
    "externalId lower-cased": lambda: stores(
        lambda user: user.update(externalId=user.get("externalId", "").lower())
    ),
    "externalId becomes the id": lambda: shows(lambda user: user.update(externalId=user["id"])),
    "externalId lost on PUT": lambda: stores(lambda user: user.pop("externalId", None), by_put),
    "externalId lost on PATCH": lambda: drops_after_patch("externalId"),
    "externalId of another in lists": lambda: shows(
        lambda user: user.update(externalId="00uAnother"), in_lists
    ),
    "extension lost on PATCH": lambda: drops_after_patch(ENTERPRISE_USER),
    "extension lost on PUT": lambda: stores(lambda user: user.pop(ENTERPRISE_USER, None), by_put),
    "extension lost on create": lambda: stores(lambda user: user.pop(ENTERPRISE_USER, None), by_post),
    "extension only by id": lambda: shows(
        lambda user: user.pop(ENTERPRISE_USER, None), lambda call: call.lists
    ),
    "extension flattened into the core": lambda: shows(extension_flattened),
    "extension not named in schemas": lambda: shows(extension_unnamed),
    "employeeNumber as a number": lambda: shows(
        lambda user: user.get(ENTERPRISE_USER, {}).update(
            {k: int(v) for k, v in user.get(ENTERPRISE_USER, {}).items() if k == "employeeNumber"}
        )
    ),
    "e-mails lost on PATCH": lambda: drops_after_patch("emails"),
    "names lost on PATCH": lambda: drops_after_patch("name"),
    "locale lost on PATCH": lambda: drops_after_patch("locale", "displayName"),
    "locale rewritten": lambda: stores(lambda user: "locale" in user and user.update(locale="en_US")),
    "displayName rewritten from the names in lists": lambda: shows(
        lambda user: user.update(displayName="?"), in_lists
    ),
    "names kept on PUT": lambda: keeps_old_on_put("name"),
    "e-mails kept on PUT": lambda: keeps_old_on_put("emails"),
    "userName kept on PUT": lambda: keeps_old_on_put("userName"),
    "displayName kept on PUT": lambda: keeps_old_on_put("displayName"),
    "active kept on PUT": lambda: keeps_old_on_put("active"),
    "active always true after PUT": lambda: stores(lambda user: user.update(active=True), by_put),
    "active false after every PUT": lambda: stores(lambda user: user.update(active=False), by_put),
    "active false after create": lambda: stores(lambda user: user.update(active=False), by_post),
    "active true after create, false on lists": lambda: shows(
        lambda user: user.update(active=False), in_lists
    ),
    "active as text in lists": lambda: shows(
        lambda user: user.update(active=str(user["active"]).lower()), in_lists
    ),
    "active as text in lookups": lambda: shows(
        lambda user: user.update(active=str(user["active"]).lower()), in_lookups
    ),
    "active missing in lists": lambda: shows(lambda user: user.pop("active"), in_lists),
    "active null by id": lambda: shows(lambda user: user.update(active=None), by_id),
    "active only in effect for an instant": lambda: after(
        "PATCH", lambda user: user.update(active=True), is_inactive_patch
    ),
    "deactivation scrambles userName": lambda: after("PATCH", scrambled, is_inactive_patch),
    "deactivation clears e-mails": lambda: after(
        "PATCH", lambda user: user.pop("emails", None), is_inactive_patch
    ),
    "reactivation resets names": lambda: after("PATCH", names(lambda _: "Reset"), is_active_patch),
    "PUT answers the old user": lambda: put_answers_the_old_user,
    "PUT only echoes": lambda: put_does_nothing_but_echo,
    "PATCH answers the old user": lambda: patch_answers_the_old_user,
    "reads by id one behind": lambda: one_behind(by_id),
    "lookups one behind": lambda: one_behind(in_lookups),
    "reads by id cached for ever": lambda: never_forgets(by_id),
    "lookups cached for ever": lambda: never_forgets(in_lookups),
    "lists cached for ever": lambda: never_forgets(lambda call: call.lists),
    "a PUT touches another user": lambda: touches_another("PUT"),
    "a PATCH touches another user": lambda: touches_another("PATCH"),
    "creates under load answer the user before": lambda: answers_the_one_before("POST"),
    "lookups under load answer the user before": lambda: answers_the_one_before("GET"),
    "conflict overwrites the first": lambda: conflict_overwrites,
    "conflict leaves a ghost": lambda: conflict_leaves_a_ghost,
    "rename leaves the old account": ghostly_rename,
    "id as a number in lists": lambda: shows(numbered, in_lists),
    "id as a number by id": lambda: shows(numbered, by_id),
    "id in capitals in lists": lambda: shows(lambda user: user.update(id=user["id"].upper() + "X"), in_lists),
    "id with a prefix in lookups": lambda: shows(
        lambda user: user.update(id="user-" + user["id"]), in_lookups
    ),
    "version of its own for each read": lambda: moves_on_reading("version"),
    "lastModified is the time of reading": lambda: moves_on_reading("lastModified"),
    "version never changes": lambda: stands_still("version"),
    "lastModified never changes": lambda: stands_still("lastModified"),
    "lastModified and version never change": lambda: stands_still("lastModified", "version"),
    "created is the time of the last change": lambda: shows(
        lambda user: user["meta"].update(created=user["meta"]["lastModified"])
    ),
    "created after lastModified": lambda: shows(
        lambda user: user["meta"].update(created="2031-01-01T00:00:00Z")
    ),
    "dates as numbers": lambda: shows(lambda user: user["meta"].update(created=1760000000)),
    "resourceType in lower case": lambda: shows(lambda user: user["meta"].update(resourceType="user")),
    "location of another host": lambda: shows(
        lambda user: user["meta"].update(location="http://internal.example/scim/v2/Users/" + user["id"])
    ),
    "location of another user": lambda: shows(
        lambda user: user["meta"].update(location=user["meta"]["location"][:-1] + "x")
    ),
    "location without the base path": lambda: shows(
        lambda user: user["meta"].update(location="http://localhost/Users/" + user["id"])
    ),
    "password hash shown by id": lambda: shows(
        lambda user: user.update(password="$2b$12$abcdefghijklmnopqrstuv"), by_id
    ),
    "passwordHash shown": lambda: shows(
        lambda user: user.update(passwordHash="$2b$12$abcdefghijklmnopqrstuv")
    ),
    "groups null": lambda: shows(lambda user: user.update(groups="none")),
    "null for names": lambda: shows(lambda user: user.update(name=None), in_lookups),
    "read by id wrapped in a list": lambda: answers(
        lambda call, reply: (
            setattr(
                reply,
                "body",
                {
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                    "totalResults": 1,
                    "Resources": [reply.body],
                },
            )
            if reply.is_success
            else None
        ),
        lambda call: call.kind == "Users" and call.reads,
    ),
    "create answers 200": lambda: answers(
        lambda call, reply: setattr(reply, "status", 200) if reply.is_success else None,
        lambda call: call.method == "POST",
    ),
    "create answers 202": lambda: answers(
        lambda call, reply: setattr(reply, "status", 202) if reply.is_success else None,
        lambda call: call.method == "POST",
    ),
    "create says no Location": lambda: answers(
        lambda call, reply: reply.headers.pop("location", None), by_post
    ),
    "create says another host's Location": lambda: answers(
        lambda call, reply: reply.headers.update(location="http://internal.example/Users/1"), by_post
    ),
    "PUT answers 204": lambda: answers(
        lambda call, reply: (
            reply.is_success and (setattr(reply, "status", 204), setattr(reply, "body", None))
        ),
        lambda call: call.kind == "Users" and call.method == "PUT",
    ),
    "PUT answers 201": lambda: answers(
        lambda call, reply: reply.is_success and setattr(reply, "status", 201),
        lambda call: call.kind == "Users" and call.method == "PUT",
    ),
    "PATCH answers 202": lambda: answers(
        lambda call, reply: reply.is_success and setattr(reply, "status", 202), by_patch
    ),
    "ETag of another version": lambda: answers(
        lambda call, reply: reply.headers.update(etag='W/"other"'), by_id
    ),
    "canonical type unknown": lambda: shows(emails(lambda one: one.update(type="WORK EMAIL")), in_lists),
}
