"""Faults of overlapping writes, of names that are taken, of sizes, and of six kinds that identity providers stumble over."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal


def members(group: dict[str, Any]) -> list[str]:
    """The ids of a group's members."""
    return [each["value"] for each in group.get("members", [])]


def entries(group: dict[str, Any]) -> list[dict[str, Any]]:
    """A group's members as they can be written back."""
    return [
        {name: value for name, value in each.items() if name != "$ref"} for each in group.get("members", [])
    ]


def touches(asked: Asked, name: str) -> bool:
    """Whether a write names an attribute, or a part of it."""
    return name in asked.json or any(
        str(each.get("path", "")).lower().startswith(name.lower())
        or ("path" not in each and isinstance(each.get("value"), dict) and name in each["value"])
        for each in asked.operations
    )


def patching(asked: Asked, *operations: dict[str, Any], id: str | None = None, kind: str = "") -> Asked:  # noqa: A002
    """A PATCH by the same caller."""
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    headers = {k: v for k, v in asked.headers.items() if not k.startswith("if-")}
    headers["content-type"] = "application/scim+json"
    wanted = replace(asked.of("PATCH", id, kind=kind), headers=headers)
    return wanted.saying({"schemas": schemas, "Operations": list(operations)})


async def found(asked: Asked, honest: Honest, kind: str, attribute: str, value: str) -> list[dict[str, Any]]:
    """Those whose attribute has the value."""
    sought = asked.of("GET", "", kind=kind).asking(filter=f"{attribute} eq {orjson.dumps(value).decode()}")
    answer = await honest(sought)
    return answer.resources if answer.ok else []


# At once


class AddsAtOnceLoseOne(
    FirstSight,
    kind="at once",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/scimmyjs/scimmy/issues/79",
    on=("PATCH /Groups/*",),
):
    """A PATCH of members writes the whole list back as it was read at its start, so that members added meanwhile are lost."""

    def when(self, asked: Asked) -> bool:
        return touches(asked, "members") and all(
            str(each.get("op")).lower() == "add" for each in asked.operations
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        read = await honest(asked.of("GET"))
        if not read.ok:
            return await honest(asked)
        await asyncio.sleep(0.05)
        old = {"op": "replace", "path": "members", "value": entries(read.json)}
        return await honest(
            asked.saying({**asked.json, "Operations": [old, *asked.json.get("Operations", [])]})
        )


class PatchForgetsPut(
    FirstSight,
    kind="at once",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/90",
    on=("PATCH /Users/*", "PUT /Users/*"),
):
    """A PATCH of a user saves the whole user as it was read at its start, so that a PUT answered meanwhile is undone."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PUT":
            await asyncio.sleep(0.03)
            return await honest(asked)
        read = await honest(asked.of("GET"))
        await asyncio.sleep(0.1)
        if read.ok and (await honest(asked.of("GET"))).body != read.body:
            await honest(asked.of("PUT").saying(read.json))
        return await honest(asked)


class MembershipUndoesRename(
    FirstSight, kind="at once", paragraph="RFC 7644 3.5.2", on=("PATCH /Groups/*", "PUT /Groups/*")
):
    """A change of members stores the displayName again that the group had when the change began."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PUT" or touches(asked, "displayName"):
            await asyncio.sleep(0.03)
            return await honest(asked)
        name = (await honest(asked.of("GET"))).json.get("displayName")
        await asyncio.sleep(0.15)
        answer = await honest(asked)
        if not answer.ok or answer.json.get("displayName") in {name, None}:
            return answer
        return await honest(patching(asked, {"op": "replace", "path": "displayName", "value": name}))


class BothCreatesRefused(FirstSight, kind="at once", paragraph="RFC 7644 3.3", on=("POST /Users",)):
    """Of two creates of one person at the same time each takes the other for an earlier one, and both are refused with 409."""

    def __init__(self) -> None:
        self.reserved: Counter[str] = Counter()
        self.clashed: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = str(asked.json.get("userName")).casefold()
        self.reserved[name] += 1
        if self.reserved[name] > 1:
            self.clashed.add(name)
        await asyncio.sleep(0.05)
        refused = name in self.clashed
        answer = refusal(409, "userName is taken", "uniqueness") if refused else await honest(asked)
        self.reserved[name] -= 1
        if not self.reserved[name]:
            self.clashed.discard(name)
        return answer


class SameMemberTwice(
    FirstSight,
    kind="at once",
    paragraph="RFC 7644 3.5.2.1",
    on=("PATCH /Groups/*", "GET /Groups*", "PUT /Groups/*"),
):
    """Somebody who is added to a group by two PATCHes at the same time is a member of it twice from then on."""

    def __init__(self) -> None:
        self.adding: Counter[tuple[str, str]] = Counter()
        self.double: set[tuple[str, str]] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        adds: list[tuple[str, str]] = []
        if asked.method == "PATCH":
            before = set(members((await honest(asked.of("GET"))).json))
            value = (
                asked.sets("members")
                if any(str(e.get("op")).lower() == "add" for e in asked.operations)
                else None
            )
            new = {each.get("value") for each in value or [] if isinstance(each, dict)} - before
            adds = [(asked.id, str(each)) for each in new]
        self.adding.update(adds)
        if adds:
            await asyncio.sleep(0.05)
        clashes = {each for each in adds if self.adding[each] > 1}
        answer = await honest(asked)
        if adds:
            await asyncio.sleep(0.02)
        if answer.ok and asked.method != "GET":
            self.double |= clashes
            there = members((await honest(asked.of("GET"))).json)
            self.double = {(one, who) for one, who in self.double if one != asked.id or who in there}
        self.adding.subtract(adds)
        return answer.each(self.show)

    def show(self, group: dict[str, Any]) -> None:
        if group.get("members"):
            here = group["members"]
            group["members"] = here + [
                each for each in here if (group.get("id"), each["value"]) in self.double
            ]


class DeleteTakesTheSuccessor(
    FirstSight,
    kind="at once",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "DELETE /Groups/*", "POST /Users", "POST /Groups"),
):
    """A DELETE cleans up by name at its end, and with that deletes whoever was created meanwhile under the same name."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "POST":
            await asyncio.sleep(0.03)
            return await honest(asked)
        attribute = "userName" if asked.kind == "Users" else "displayName"
        name = (await honest(asked.of("GET"))).json.get(attribute)
        answer = await honest(asked)
        if answer.ok and name:
            kept = {each["id"] for each in await found(asked, honest, asked.kind, attribute, name)}
            await asyncio.sleep(0.1)
            for each in await found(asked, honest, asked.kind, attribute, name):
                if each["id"] not in kept:
                    await honest(asked.of("DELETE", each["id"]))
        return answer


class RemovedBesideAddKeepsGroup(
    FirstSight,
    kind="at once",
    paragraph="RFC 7643 4.1.2",
    on=("PATCH /Groups/*", "GET /Users*"),
):
    """Who is removed from a group while somebody else is added is no member any more, but the user still shows the group."""

    def __init__(self) -> None:
        self.busy: Counter[str] = Counter()
        self.crowded: set[str] = set()
        self.left: dict[tuple[str, str], dict[str, Any]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "GET":
            answer = await honest(asked)
            chosen = asked.query.keys() & {"attributes", "excludedAttributes"}
            return answer if chosen else answer.each(self.show)
        read = (await honest(asked.of("GET"))).json
        self.busy[asked.id] += 1
        if self.busy[asked.id] > 1:
            self.crowded.add(asked.id)
        await asyncio.sleep(0.05)
        answer = await honest(asked)
        after = set(members((await honest(asked.of("GET"))).json))
        for who in after | set(members(read)):
            self.left.pop((who, asked.id), None)
        if asked.id in self.crowded:
            for who in set(members(read)) - after:
                self.left[who, asked.id] = {"value": asked.id, "display": read.get("displayName")}
        self.busy[asked.id] -= 1
        if not self.busy[asked.id]:
            self.crowded.discard(asked.id)
        return answer

    def show(self, user: dict[str, Any]) -> None:
        stale = [group for (who, _), group in self.left.items() if who == user.get("id")]
        if stale:
            user["groups"] = user.get("groups", []) + stale


class NameOfOneMembersOfOther(FirstSight, kind="at once", paragraph="RFC 7644 3.5.1", on=("PUT /Groups/*",)):
    """Of two PUTs of one group at the same time the later one writes its name, and the members stay those of the earlier one."""

    def __init__(self) -> None:
        self.writing: dict[str, tuple[Any, asyncio.Event]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id in self.writing:
            first, done = self.writing[asked.id]
            await done.wait()
            return await honest(asked.saying({**asked.json, "members": first}))
        done = asyncio.Event()
        self.writing[asked.id] = asked.json.get("members", []), done
        try:
            answer = await honest(asked)
            done.set()
            await asyncio.sleep(0.1 if answer.ok else 0)
            return answer
        finally:
            done.set()
            del self.writing[asked.id]


# Taken names


class RenameReplacesHolder(
    FirstSight, kind="taken names", paragraph="RFC 7644 3.5.2", on=("PATCH /Users/*",)
):
    """A PATCH to a userName that somebody else has deletes that other user, as INSERT OR REPLACE does."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        wanted = asked.sets("userName")
        if answer.status != 409 or not isinstance(wanted, str):
            return answer
        for each in await found(asked, honest, "Users", "userName", wanted):
            if each["id"] != asked.id:
                await honest(asked.of("DELETE", each["id"]))
        return await honest(asked)


class RefusedPutStoresTheRest(
    FirstSight,
    kind="taken names",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT that is refused with 409 for somebody else's userName has stored everything but the userName."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 409:
            name = (await honest(asked.of("GET"))).json.get("userName")
            await honest(asked.saying({**asked.json, "userName": name}))
        return answer


class GroupOfThatNameIsTakenOver(
    FirstSight, kind="taken names", paragraph="RFC 7644 3.3", on=("POST /Groups",)
):
    """A create of a group under a name that is in use answers 201 with the group that is there, its members overwritten."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = asked.json.get("displayName")
        there = await found(asked, honest, "Groups", "displayName", name) if isinstance(name, str) else []
        if not there:
            return await honest(asked)
        answer = await honest(replace(asked, method="PUT", id=there[0]["id"], query_string=""))
        return replace(answer, status=201) if answer.ok else answer


class OwnNameInOtherLettersIsTaken(
    FirstSight,
    kind="taken names",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """A change of nothing but the letter case of a user's own userName is refused with 409, for the name is taken, by the same user."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old, new = (await honest(asked.of("GET"))).json.get("userName"), asked.sets("userName")
        if isinstance(old, str) and isinstance(new, str) and old != new and old.casefold() == new.casefold():
            return refusal(409, f"userName {new} is taken", "uniqueness")
        return await honest(asked)


# Sizes


class LastMemberStays(
    FirstSight,
    kind="sizes",
    paragraph="RFC 7644 3.5.2.2",
    source="https://github.com/GluuFederation/oxTrust/issues/336",
    on=("PATCH /Groups/*", "PUT /Groups/*"),
):
    """A write that leaves a group without members is a success, and its members stay, for only a list with somebody in it is saved."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = entries((await honest(asked.of("GET"))).json)
        answer = await honest(asked)
        if not answer.ok or not before or members((await honest(asked.of("GET"))).json):
            return answer
        return await honest(patching(asked, {"op": "replace", "path": "members", "value": before}))


class OnlyTwentyAreRead(
    FirstSight,
    kind="sizes",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2784",
    on=("PATCH /Groups/*",),
):
    """A PATCH of a group with more than 20 members reads only the first 20 and saves these, so that the others are gone."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = members((await honest(asked.of("GET"))).json)
        answer = await honest(asked)
        if not answer.ok or len(before) <= 20:
            return answer
        after = entries((await honest(asked.of("GET"))).json)
        kept = [each for each in after if each["value"] not in before[20:]]
        return await honest(patching(asked, {"op": "replace", "path": "members", "value": kept}))


class LastAloneIsMissing(
    FirstSight, kind="sizes", paragraph="RFC 7644 3.4.2.4", on=("GET /Users", "GET /Groups")
):
    """A last page with one resource alone on it is empty, for startIndex is compared with the total by less than."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        start = asked.query.get("startIndex", "1")
        if (
            not answer.ok
            or not start.isdigit()
            or int(start) < 2
            or int(start) != answer.json.get("totalResults")
        ):
            return answer
        return answer.showing([], answer.json["totalResults"])


class NamesAreCutAtThirty(
    FirstSight,
    kind="sizes",
    paragraph="RFC 7644 3.3",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """A first or last name of more than 30 characters is cut at the 30th, as the column of the database is no wider."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        name = answer.json.get("name", {}) if answer.ok else {}
        long = {
            part: name[part][:30] for part in ("givenName", "familyName") if len(name.get(part) or "") > 30
        }
        if not long:
            return answer
        cuts = [{"op": "replace", "path": f"name.{part}", "value": value} for part, value in long.items()]
        cut = await honest(patching(asked, *cuts, id=answer.json["id"]))
        return replace(answer, body=cut.body, headers={**answer.headers, **cut.headers})


# Kinds of their own


class GroupsOfPutAreTaken(
    FirstSight,
    kind="read-only parts that are written",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/jelhub/scimgateway/issues/96",
    on=("PUT /Users/*",),
):
    """A PUT of a user with a list of groups takes the user out of every group that is not on it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        listed = asked.json.get("groups")
        if not answer.ok or not isinstance(listed, list):
            return answer
        kept = {each.get("value") for each in listed if isinstance(each, dict)}
        for group in (await honest(asked.of("GET"))).json.get("groups", []):
            if group["value"] not in kept:
                gone = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
                await honest(patching(asked, gone, id=group["value"], kind="Groups"))
        return await honest(asked)


class NobodyIsRemembered(
    FirstSight,
    kind="stale lookups",
    paragraph="RFC 7644 3.4.2",
    on=("GET /Users", "PUT /Users/*", "PATCH /Users/*", "DELETE /Users/*"),
):
    """A lookup of a userName that found nobody is remembered, and finds nobody still after the create; only updates empty the cache."""

    def __init__(self) -> None:
        self.missed: dict[tuple[str, str], Answer] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method != "GET":
            self.missed.clear()
            return await honest(asked)
        key = (asked.headers.get("authorization", ""), asked.filter)
        if asked.sought[0] == "username" and asked.sought[1] == "eq":
            if key in self.missed:
                return self.missed[key]
            answer = await honest(asked)
            if answer.ok and not answer.json.get("totalResults"):
                self.missed[key] = answer
            return answer
        return await honest(asked)


class MembersOfTheFormerGroup(
    FirstSight,
    kind="second life of a name",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Groups/*", "POST /Groups"),
):
    """A group created under the name of a deleted one has that one's members too, for memberships are kept by the group's name."""

    def __init__(self) -> None:
        self.orphans: dict[str, list[str]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE":
            gone = (await honest(asked.of("GET"))).json
            answer = await honest(asked)
            if answer.ok and members(gone):
                self.orphans[gone["displayName"]] = members(gone)
            return answer
        answer = await honest(asked)
        former = self.orphans.pop(asked.json.get("displayName"), []) if answer.ok else []
        for each in former:  # one at a time, for some may be deleted by now
            back = {"op": "add", "path": "members", "value": [{"value": each}]}
            await honest(patching(asked, back, id=answer.json["id"]))
        if former:
            shown = await honest(asked.of("GET", answer.json["id"]))
            return replace(answer, body=shown.body, headers={**answer.headers, **shown.headers})
        return answer


class PasswordUnlocks(
    FirstSight, kind="passwords", paragraph="RFC 7644 3.5.2", on=("PATCH /Users/*", "PUT /Users/*")
):
    """A write that sets the password of an inactive user makes the user active, though it does not ask for that."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok or not asked.sets("password"):
            return answer
        if (await honest(asked.of("GET"))).json.get("active") is not False:
            return answer
        return await honest(patching(asked, {"op": "replace", "path": "active", "value": True}))


class LastGroupTakesThemAlong(
    FirstSight, kind="what a delete drags along", paragraph="RFC 7644 3.6", on=("DELETE /Groups/*",)
):
    """A DELETE of a group makes those members inactive who are in no other group."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        were = members((await honest(asked.of("GET"))).json)
        answer = await honest(asked)
        for each in were if answer.ok else []:
            user = await honest(asked.of("GET", each, kind="Users"))
            if user.ok and not user.json.get("groups"):
                off = {"op": "replace", "path": "active", "value": False}
                await honest(patching(asked, off, id=each, kind="Users"))
        return answer


class LoginFollowsEmail(
    FirstSight,
    kind="attributes tied to each other",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/harness/harness-core/pull/44395",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """A change of the primary e-mail address changes the userName to it, too."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = self.primary((await honest(asked.of("GET"))).json)
        answer = await honest(asked)
        new = self.primary((await honest(asked.of("GET"))).json) if answer.ok else None
        if not old or not new or old == new:
            return answer
        renamed = await honest(patching(asked, {"op": "replace", "path": "userName", "value": new}))
        return renamed if renamed.ok else answer

    @staticmethod
    def primary(user: dict[str, Any]) -> str | None:
        """The address that is the primary one."""
        return next((each.get("value") for each in user.get("emails", []) if each.get("primary")), None)
