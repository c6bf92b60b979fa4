"""What a server can do wrong about groups and membership."""

from collections.abc import Callable
from typing import Any

from imagining import Lie, answers, one_behind, shows, stores

from reference_server.faults.bending import Answer, Asked, Honest, raw, refusal
from scim_tests.model.scim import PATCH_OP


def members(change: Callable[[list[Any]], Any]) -> Callable[[Any], None]:
    def of(group: Any) -> None:
        if group.get("members"):
            group["members"] = change(group["members"])

    return of


def each_member(change: Callable[[Any], object]) -> Callable[[Any], None]:
    def of(group: Any) -> None:
        for member in group.get("members") or []:
            change(member)

    return of


def of_groups(change: Callable[[Any], object], where: Callable[[Asked], bool] = lambda _: True) -> Lie:
    return shows(change, where, "Groups")


def put_of(change: Callable[[Any], object]) -> Lie:
    return stores(change, lambda asked: asked.method == "PUT", "Groups")


def operations(change: Callable[[list[Any]], list[Any]]) -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Groups" and asked.method == "PATCH":
            return await honest(asked.saying({**asked.json, "Operations": change(asked.operations)}))
        return await honest(asked)

    return lie


async def patch_rename_empties(asked: Asked, honest: Honest) -> Answer:
    answer = await honest(asked)
    if asked.kind == "Groups" and asked.method == "PATCH" and "displayName" in str(asked.json):
        empty = {"op": "replace", "path": "members", "value": []}
        await honest(asked.saying({**asked.json, "Operations": [empty]}))
    return answer


async def put_keeps_members(asked: Asked, honest: Honest) -> Answer:
    if asked.kind == "Groups" and asked.method == "PUT":
        old = (await honest(asked.of("GET"))).json
        kept = {each["value"]: each for each in [*(old.get("members") or []), *asked.json["members"]]}
        return await honest(asked.saying({**asked.json, "members": list(kept.values())}))
    return await honest(asked)


async def write_lands_on_all_groups(asked: Asked, honest: Honest) -> Answer:
    answer = await honest(asked)
    if asked.kind == "Groups" and asked.method == "PATCH" and "members[" in str(asked.json):
        for group in (await honest(asked.of("GET", "", kind="Groups"))).resources:
            if group["id"] != asked.id:
                await honest(asked.of("PATCH", group["id"]).saying(asked.json))
    return answer


def groups_of_users_stale() -> Lie:
    """A user's groups are those of the first time it was looked at."""
    seen: dict[str, Any] = {}

    def change(user: Any) -> None:
        user["groups"] = seen.setdefault(user["id"], user.get("groups", []))

    return shows(change)


async def deleted_group_stays_in_users(asked: Asked, honest: Honest) -> Answer:
    if asked.kind == "Groups" and asked.method == "DELETE":
        empty = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "gone " + asked.id,
            "members": [],
        }
        await honest(asked.of("PUT").saying(empty))
        return raw(204)
    return await honest(asked)


async def delete_of_user_keeps_membership(asked: Asked, honest: Honest) -> Answer:
    if asked.kind == "Users" and asked.method == "DELETE":
        return raw(204)
    return await honest(asked)


def deactivation_leaves_groups() -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.kind == "Users" and asked.method == "PUT" and answer.ok:
            for group in (await honest(asked.of("GET", "", kind="Groups"))).resources:
                remove = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
                body = {"schemas": [PATCH_OP], "Operations": [remove]}
                await honest(asked.of("PATCH", group["id"], kind="Groups").saying(body))
        return answer

    return lie


def first_only(group: Any) -> None:
    group["members"] = (group.get("members") or [])[:1]


def still(*names: str) -> Lie:
    first: dict[str, Any] = {}

    def change(group: Any) -> None:
        for name in names:
            group["meta"][name] = first.setdefault(group["id"] + name, group["meta"][name])

    return of_groups(change)


async def create_answers_the_first_group(asked: Asked, honest: Honest) -> Answer:
    answer = await honest(asked)
    if asked.kind == "Groups" and asked.method == "POST":
        listed = (await honest(asked.of("GET", "", kind="Groups"))).resources
        return answer.saying(listed[0])
    return answer


def refuses(status: int, what: str, when: Callable[[Asked], bool]) -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Groups" and when(asked):
            return refusal(status, what)
        return await honest(asked)

    return lie


LIES: dict[str, Callable[[], Lie]] = {
    "members by userName": lambda: of_groups(
        each_member(lambda one: one.update(value=one.get("display", "x")))
    ),
    "member ids as numbers": lambda: of_groups(each_member(lambda one: one.update(value=7))),
    "members as texts": lambda: of_groups(members(lambda them: [each["value"] for each in them])),
    "one member as an object": lambda: of_groups(members(lambda them: them[0] if len(them) == 1 else them)),
    "only the first member shown": lambda: of_groups(first_only),
    "members shown in lists only": lambda: of_groups(
        lambda group: group.pop("members", None), lambda asked: asked.reads
    ),
    "members of lists stale": lambda: of_groups(members(lambda them: them[:-1]), lambda asked: asked.lists),
    "members twice": lambda: of_groups(members(lambda them: [*them, them[0]])),
    "member's $ref leads to a group": lambda: of_groups(
        each_member(lambda one: one.update({"$ref": f"http://localhost/scim/v2/Groups/{one['value']}"}))
    ),
    "member's $ref leads to another host": lambda: of_groups(
        each_member(lambda one: one.update({"$ref": f"http://internal.example/Users/{one['value']}"}))
    ),
    "member's type Group": lambda: of_groups(each_member(lambda one: one.update(type="Group"))),
    "displayName in capitals": lambda: of_groups(
        lambda group: group.update(displayName=group["displayName"].upper()), lambda asked: asked.lists
    ),
    "displayName HTML-escaped": lambda: of_groups(
        lambda group: group.update(displayName=group["displayName"].replace("&", "&amp;"))
    ),
    "displayName HTML-escaped in lists": lambda: of_groups(
        lambda group: group.update(displayName=group["displayName"].replace("&", "&amp;")),
        lambda asked: asked.lists,
    ),
    "displayName cut at 24 characters": lambda: stores(
        lambda group: group.update(displayName=group["displayName"][:24]), kind="Groups"
    ),
    "displayName without ë": lambda: stores(
        lambda group: group.update(displayName=group["displayName"].replace("ë", "e")), kind="Groups"
    ),
    "create ignores members": lambda: stores(
        lambda group: group.update(members=[]), lambda asked: asked.method == "POST", "Groups"
    ),
    "create takes the first member only": lambda: stores(
        lambda group: group.update(members=group["members"][:1]),
        lambda asked: asked.method == "POST",
        "Groups",
    ),
    "PUT ignores members": lambda: put_of(lambda group: group.pop("members")),
    "PUT keeps who was there": lambda: put_keeps_members,
    "PUT keeps the name": lambda: put_of(lambda group: group.update(displayName="the same")),
    "only the first operation is done": lambda: operations(lambda them: them[:1]),
    "only the last operation is done": lambda: operations(lambda them: them[-1:]),
    "operations in reverse": lambda: operations(lambda them: them[::-1]),
    "removes are ignored": lambda: operations(
        lambda them: (
            [each for each in them if each["op"] != "remove"]
            or [{"op": "add", "path": "members", "value": []}]
        )
    ),
    "add replaces": lambda: operations(
        lambda them: [{**each, "op": "replace"} if each["op"] == "add" else each for each in them]
    ),
    "replace adds": lambda: operations(
        lambda them: [
            {**each, "op": "add"} if each.get("path") == "members" and each["op"] == "replace" else each
            for each in them
        ]
    ),
    "remove by filter clears all": lambda: operations(
        lambda them: [
            {"op": "remove", "path": "members"} if each["op"] == "remove" else each for each in them
        ]
    ),
    "pathless members ignored": lambda: operations(
        lambda them: [
            {**each, "value": {k: v for k, v in each["value"].items() if k != "members"}}
            if "path" not in each
            else each
            for each in them
        ]
    ),
    "rename empties the group": lambda: patch_rename_empties,
    "a removal lands on all groups": lambda: write_lands_on_all_groups,
    "users' groups without value": lambda: shows(
        lambda user: [each.pop("value", None) for each in user.get("groups", [])]
    ),
    "users' groups as texts": lambda: shows(
        lambda user: user.update(groups=[each.get("display", "") for each in user.get("groups", [])])
    ),
    "users' groups under an old name": lambda: shows(
        lambda user: [each.update(display="Old name") for each in user.get("groups", [])]
    ),
    "deleted group stays": lambda: deleted_group_stays_in_users,
    "deleted user stays": lambda: delete_of_user_keeps_membership,
    "a profile push takes the user out of all groups": deactivation_leaves_groups,
    "group's version never changes": lambda: still("version"),
    "group's lastModified never changes": lambda: still("lastModified"),
    "group's created after lastModified": lambda: of_groups(
        lambda group: group["meta"].update(created="2031-01-01T00:00:00Z")
    ),
    "group's created moves": lambda: of_groups(
        lambda group: group["meta"].update(created=group["meta"]["lastModified"])
    ),
    "group's resourceType User": lambda: of_groups(lambda group: group["meta"].update(resourceType="User")),
    "group's location of another host": lambda: of_groups(
        lambda group: group["meta"].update(location="http://internal.example/Groups/" + group["id"])
    ),
    "group's ETag of another version": lambda: answers(
        lambda _, answer: answer.headed(etag='W/"other"'),
        lambda asked: asked.kind == "Groups" and asked.reads,
    ),
    "group id as a number": lambda: of_groups(lambda group: group.update(id=12), lambda asked: asked.lists),
    "group id differs in lookups": lambda: of_groups(
        lambda group: group.update(id="g-" + group["id"]), lambda asked: asked.looks_up
    ),
    "reads of groups one behind": lambda: one_behind(lambda asked: asked.reads, "Groups"),
    "create answers another group": lambda: create_answers_the_first_group,
    "a group of 2 is refused": lambda: refuses(
        400, "too many", lambda asked: asked.method == "POST" and len(asked.json["members"]) > 1
    ),
    "rename is refused as a conflict": lambda: refuses(
        409, "exists", lambda asked: "renamed" in str(asked.json)
    ),
    "lookup of groups refused": lambda: refuses(400, "filter not supported", lambda asked: asked.looks_up),
    "lookup of groups cut at the blank": lambda: _lookup(
        lambda text: text.split(" &")[0] + ('"' if " &" in text else "")
    ),
    "lookup of groups by prefix": lambda: _lookup(lambda text: text.replace(" eq ", " sw ")),
    "lookup of groups by part": lambda: _lookup(lambda text: text.replace(" eq ", " co ")),
    "schemas of groups say User": lambda: of_groups(
        lambda group: group.update(schemas=["urn:ietf:params:scim:schemas:core:2.0:User"])
    ),
    "unknown extension not named in a group": lambda: of_groups(
        lambda group: group.update({"urn:example:2.0:Group": {"a": "b"}})
    ),
}


def _lookup(change: Callable[[str], str]) -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Groups" and asked.looks_up:
            return await honest(asked.asking(filter=change(asked.filter)))
        return await honest(asked)

    return lie
