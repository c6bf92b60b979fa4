"""What a server can do wrong about users."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from imagining import Lie, answers, changed, one_behind, shows, stores

from reference_server.faults.bending import LIST, Answer, Asked, Honest, raw
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


def by_put(asked: Asked) -> bool:
    return asked.method == "PUT"


def by_post(asked: Asked) -> bool:
    return asked.method == "POST"


def by_patch(asked: Asked) -> bool:
    return asked.method == "PATCH"


def by_put_of_a_user(asked: Asked) -> bool:
    return asked.kind == "Users" and by_put(asked)


def succeeds_with(status: int, where: Callable[[Asked], bool]) -> Lie:
    return answers(lambda _, answer: replace(answer, status=status) if answer.ok else answer, where)


def in_lists(asked: Asked) -> bool:
    return asked.lists and not asked.looks_up


def in_lookups(asked: Asked) -> bool:
    return asked.looks_up


def by_id(asked: Asked) -> bool:
    return asked.reads


def numbered(user: Any) -> None:
    user["id"] = int("".join(filter(str.isdigit, user["id"]))[:9] or 7)


def after(
    method: str, change: Callable[[Any], object], when: Callable[[Asked], bool] = lambda _: True
) -> Lie:
    """Something more happens to the stored user with each write of a kind, and the answer does not say so."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == method and asked.kind == "Users" and answer.ok and when(asked):
            user_id = asked.id or answer.json["id"]
            user = changed(await honest(asked.of("GET", user_id)), change).json
            await honest(asked.of("PUT", user_id).saying(user))
        return answer

    return lie


def never_forgets(where: Callable[[Asked], bool]) -> Lie:
    """A cache that keeps the first sight of everybody for ever."""
    seen: dict[str, Any] = {}

    def change(user: Any) -> None:
        known = seen.setdefault(user["id"], dict(user))
        user.clear()
        user.update(known)

    return shows(change, where)


def touches_another(method: str) -> Lie:
    """A write to one user lands on the user made before it, too."""
    made: list[str] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.kind == "Users" and answer.ok:
            if asked.method == "POST":
                made.append(answer.json["id"])
            elif asked.method == method:
                other = next((each for each in made if each != asked.id), None)
                if other:
                    user = (await honest(asked.of("GET", other))).json
                    await honest(asked.of("PUT", other).saying({**user, "title": "Somebody Else's"}))
        return answer

    return lie


def answers_the_one_before(method: str) -> Lie:
    """Under load a create is answered with the user of the create before."""
    last: list[Any] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.kind == "Users" and asked.method == method and answer.ok and answer.body:
            last.append(answer.json)
            if len(last) > 5:
                return answer.saying(last[-2])
        return answer

    return lie


def drops_after_patch(*attributes: str) -> Lie:
    return after("PATCH", lambda user: [user.pop(each, None) for each in attributes])


def keeps_old_on_put(*attributes: str) -> Lie:
    """A PUT leaves these as they were."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users" and asked.method == "PUT":
            old = (await honest(asked.of("GET"))).json
            kept = {each: old[each] for each in attributes if each in old}
            return await honest(asked.saying({**asked.json, **kept}))
        return await honest(asked)

    return lie


def answers_the_old_user(method: str) -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users" and asked.method == method:
            old = await honest(asked.of("GET"))
            answer = await honest(asked)
            return old if answer.ok else answer
        return await honest(asked)

    return lie


async def put_does_nothing_but_echo(asked: Asked, honest: Honest) -> Answer:
    if asked.kind == "Users" and asked.method == "PUT":
        old = await honest(asked.of("GET"))
        said = {key: value for key, value in asked.json.items() if key not in {"id", "meta", "groups"}}
        return old.saying({**old.json, **said})
    return await honest(asked)


async def conflict_overwrites(asked: Asked, honest: Honest) -> Answer:
    answer = await honest(asked)
    if answer.status == 409 and asked.kind == "Users":
        name = asked.json["userName"].replace('"', "")
        found = await honest(asked.of("GET", "").asking(filter=f'userName eq "{name}"'))
        for user in found.resources:
            body = {**user, "externalId": "overwritten", "displayName": "Overwritten"}
            await honest(asked.of("PUT", user["id"]).saying(body))
    return answer


async def conflict_leaves_a_ghost(asked: Asked, honest: Honest) -> Answer:
    answer = await honest(asked)
    if answer.status == 409 and asked.kind == "Users":
        ghost = {**asked.json, "userName": asked.json["userName"] + ".1"}
        await honest(asked.of("POST", "").saying(ghost))
    return answer


def ghostly_rename() -> Lie:
    """A rename makes a copy under the new name and keeps the old one."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users" and asked.method == "PUT":
            old = (await honest(asked.of("GET"))).json
            answer = await honest(asked)
            if answer.ok and old["userName"] != answer.json["userName"]:
                ghost = {key: value for key, value in old.items() if key not in {"id", "meta"}}
                await honest(asked.of("POST", "").saying(ghost))
            return answer
        return await honest(asked)

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

    def lie(_: Asked, answer: Answer) -> Answer:
        told = answer.each(change)
        version = told.json.get("meta", {}).get("version") if "version" in names_ else None
        return told.headed(etag=version) if version and "etag" in told.headers else told

    return answers(lie, lambda asked: asked.kind == "Users")


def extension_flattened(user: Any) -> None:
    user.update(user.pop(ENTERPRISE_USER, {}))


def extension_unnamed(user: Any) -> None:
    user["schemas"] = [USER]


def is_inactive_patch(asked: Asked) -> bool:
    return asked.method == "PATCH" and asked.sets("active") is False


def is_active_patch(asked: Asked) -> bool:
    return asked.method == "PATCH" and asked.sets("active") is True


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
        lambda user: user.pop(ENTERPRISE_USER, None), lambda asked: asked.lists
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
    "PUT answers the old user": lambda: answers_the_old_user("PUT"),
    "PUT only echoes": lambda: put_does_nothing_but_echo,
    "PATCH answers the old user": lambda: answers_the_old_user("PATCH"),
    "reads by id one behind": lambda: one_behind(by_id),
    "lookups one behind": lambda: one_behind(in_lookups),
    "reads by id cached for ever": lambda: never_forgets(by_id),
    "lookups cached for ever": lambda: never_forgets(in_lookups),
    "lists cached for ever": lambda: never_forgets(lambda asked: asked.lists),
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
        lambda _, answer: (
            answer.saying({"schemas": [LIST], "totalResults": 1, "Resources": [answer.json]})
            if answer.ok
            else answer
        ),
        lambda asked: asked.kind == "Users" and asked.reads,
    ),
    "create answers 200": lambda: succeeds_with(200, by_post),
    "create answers 202": lambda: succeeds_with(202, by_post),
    "create says no Location": lambda: answers(lambda _, answer: answer.headed(location=None), by_post),
    "create says another host's Location": lambda: answers(
        lambda _, answer: answer.headed(location="http://internal.example/Users/1"), by_post
    ),
    "PUT answers 204": lambda: answers(lambda _, answer: raw(204) if answer.ok else answer, by_put_of_a_user),
    "PUT answers 201": lambda: succeeds_with(201, by_put_of_a_user),
    "PATCH answers 202": lambda: succeeds_with(202, by_patch),
    "ETag of another version": lambda: answers(lambda _, answer: answer.headed(etag='W/"other"'), by_id),
    "canonical type unknown": lambda: shows(emails(lambda one: one.update(type="WORK EMAIL")), in_lists),
}
