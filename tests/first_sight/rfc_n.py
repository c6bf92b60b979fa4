"""Servers whose writes go wrong: PATCH, PUT and POST, membership, bulk, versions and overlap."""

import asyncio
import re
from dataclasses import replace

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

_CHOSEN = re.compile(r"[\w:.$-]+\[(.+)\](?:\.(\w+))?")
_EQUAL = re.compile(r'(\w+) eq ("(?:[^"\\]|\\.)*"|true|false)', re.IGNORECASE)
_MEMBER = re.compile(r'members\[value eq "([^"]+)"\]', re.IGNORECASE)


async def _now(asked: Asked, honest: Honest, id_: str | None = None, kind: str = "") -> Answer:
    """The resource of the request, or another, as it stands, whatever the request's preconditions are."""
    headers = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
    return await honest(replace(asked.of("GET", id_, kind=kind), headers=headers))


async def _unchanged(asked: Asked, honest: Honest) -> Answer:
    """What a PATCH answers of which nothing is left to do."""
    return await honest(replace(asked, method="GET", body=b""))


def _bare(asked: Asked) -> Asked:
    headers = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
    return replace(asked, headers=headers)


def _members(shown: Json) -> list[str]:
    return [each["value"] for each in shown.get("members", []) if isinstance(each, dict) and "value" in each]


def _op(operation: Json) -> str:
    return str(operation.get("op", "")).lower()


def _named(operation: Json) -> list[str]:
    """The members that an operation adds or takes away by a list."""
    value = operation.get("value")
    if "path" not in operation and isinstance(value, dict):
        value = value.get("members")
    elif str(operation.get("path", "")).lower() != "members":
        return []
    return _members({"members": value if isinstance(value, list) else [value]})


# PATCH


class AddOnlyWhereEmpty(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """An add to an attribute with a single value that has one already is a success and leaves the old value."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = await _now(asked, honest)
        if not found.ok:
            return await honest(asked)
        there = set(self.paths(found.json, ""))
        left = []
        for each in asked.operations:
            path, value = str(each.get("path", "")).lower(), each.get("value")
            if _op(each) != "add":
                there = {
                    one for one in there if _op(each) != "remove" or not path or not one.startswith(path)
                }
            elif path in there:
                continue
            elif isinstance(value, dict) and "[" not in path:
                prefix = path and path + (":" if path.startswith("urn:") else ".")
                value = self.without(value, prefix, there)
                if not value:
                    continue
                each = {**each, "value": value}
            left.append(each)
        if asked.operations and not left:
            return await _unchanged(asked, honest)
        return await honest(asked.saying({**asked.json, "Operations": left}))

    def paths(self, shown: Json, prefix: str) -> list[str]:
        found = []
        for name, value in shown.items():
            path = prefix + name.lower()
            if isinstance(value, dict):
                found += self.paths(value, path + (":" if path.startswith("urn:") and not prefix else "."))
            elif not isinstance(value, list):
                found.append(path)
        return found

    def without(self, value: Json, prefix: str, there: set[str]) -> Json:
        left = {}
        for name, each in value.items():
            path = prefix + name.lower()
            if path in there:
                continue
            if isinstance(each, dict):
                each = self.without(each, path + (":" if name.lower().startswith("urn:") else "."), there)
                if not each:
                    continue
            left[name] = each
        return left


class ChosenStaysAsChosen(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/wso2/charon/issues/309",
    on=("PATCH /Users/*",),
):
    """A part of an entry by which the path filter chooses it keeps its value, whatever the operation gives it."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({**asked.json, "Operations": [self.pinned(each) for each in asked.operations]})

    def pinned(self, operation: Json) -> Json:
        chosen = _CHOSEN.fullmatch(str(operation.get("path", "")))
        if not chosen or "value" not in operation:
            return operation
        pins = {name.lower(): orjson.loads(value) for name, value in _EQUAL.findall(chosen[1])}
        value, sub = operation["value"], (chosen[2] or "").lower()
        if sub in pins:
            return {**operation, "value": pins[sub]}
        if isinstance(value, dict) and not sub:
            return {
                **operation,
                "value": {name: pins.get(name.lower(), each) for name, each in value.items()},
            }
        return operation


class ChosenAttributesNotShown(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/better-auth/better-auth/issues/10421",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH that asks for certain attributes is answered with 204 and without them."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok or "attributes" not in asked.query:
            return answer
        return replace(answer.headed(content_type=None), status=204, body=b"")


# PUT and POST


class ComparedWithWhatWasSent(
    FirstSight,
    kind="PUT and POST",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("POST /Users", "PUT /Users/*"),
):
    """A PUT writes what differs from the POST or PUT before it, so that what a PATCH has changed since stays."""

    def __init__(self) -> None:
        self.sent: dict[str, Json] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, said = self.sent.get(asked.id), asked.json
        if asked.method == "PUT" and before:
            found = await _now(asked, honest)
            shown = found.json if found.ok else {}
            compared = said.keys() & before.keys() - {"schemas"} if shown else ()
            same = [name for name in compared if said[name] == before[name]]
            kept = {name: shown[name] for name in same if name in shown}
            rest = {name: value for name, value in said.items() if name not in same}
            answer = await honest(asked.saying({**rest, **kept}))
        else:
            answer = await honest(asked)
        if answer.ok:
            self.sent[asked.id or answer.json.get("id", "")] = said
        return answer


class ManyChangesLoseOne(
    FirstSight,
    kind="PUT and POST",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/48428",
    on=("PUT /Users/*",),
):
    """Of a PUT that gives three or more attributes another value one stays, for each is saved by a task of its own."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        shown, said = (await _now(asked, honest)).json, asked.json
        passed = {"schemas", "id", "meta", "groups", "password", "active"}
        changed = [
            name for name in said if name not in passed and name in shown and said[name] != shown[name]
        ]
        if len(changed) < 3:
            return await honest(asked)
        return await honest(asked.saying({**said, changed[-1]: shown[changed[-1]]}))


class ExtensionDialled(
    FirstSight,
    kind="PUT and POST",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """A phone number with an extension is stored as its digits alone, so that the extension is part of the number."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.rewriting(self.stored) if asked.json else asked

    def stored(self, name: str, value: Json) -> Json:
        if not name.lower().startswith("phonenumbers"):
            return value
        if isinstance(value, list):
            return [self.stored(name, each) for each in value]
        if isinstance(value, dict):
            return {
                key: self.stored(name, each) if key.lower() == "value" else each
                for key, each in value.items()
            }
        extended = isinstance(value, str) and re.search(r"\d\D*(?:ext|x)\D*\d+$", value, re.IGNORECASE)
        return re.sub(r"[^\d+]", "", value) if extended else value


# membership


class InTwiceOutTwice(
    FirstSight,
    kind="membership",
    meets="okta",
    paragraph="RFC 7644 3.5.2.2",
    source="https://github.com/AzureAD/SCIMReferenceCode/issues/10",
    on=("PATCH /Groups/*", "PUT /Groups/*"),
):
    """Who is added to a group again is in its table twice and shown once, and a removal takes one row."""

    def __init__(self) -> None:
        self.rows: set[tuple[str, str]] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        there = set(_members((await _now(asked, honest)).json))
        rows, left = set(self.rows), []
        for each in asked.operations:
            if _op(each) == "add":
                rows |= {(asked.id, user) for user in _named(each) if user in there}
            elif _op(each) == "remove":
                one = _MEMBER.fullmatch(str(each.get("path", "")))
                gone = [one[1]] if one else _named(each) if each.get("value") else []
                spared = {user for user in gone if (asked.id, user) in rows}
                rows -= {(asked.id, user) for user in spared}
                if spared and spared == set(gone):
                    continue
                if spared:
                    each = {**each, "value": [{"value": user} for user in gone if user not in spared]}
            left.append(each)
        if asked.method == "PUT" or any(_op(each) == "replace" and _named(each) for each in left):
            rows = {row for row in rows if row[0] != asked.id}
        if asked.operations and not left:
            answer = await _unchanged(asked, honest)
        else:
            answer = await honest(
                asked.saying({**asked.json, "Operations": left}) if asked.operations else asked
            )
        if answer.ok:
            self.rows = rows
        return answer


class InnerGroupTakesItsOwnAlong(
    FirstSight,
    kind="membership",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/343",
    on=("PATCH /Groups/*", "PUT /Groups/*"),
):
    """When a group ceases to be a member of another one, users of it who are members of that one by themselves go too."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await _now(asked, honest)).json.get("members", [])
        answer = await honest(asked)
        after = _members((await _now(asked, honest)).json)
        gone = [
            each["value"] for each in before if each.get("type") == "Group" and each["value"] not in after
        ]
        inner = [user for each in gone for user in _members((await _now(asked, honest, each)).json)]
        leaving = [{"op": "remove", "path": f'members[value eq "{user}"]'} for user in inner if user in after]
        if not answer.ok or not leaving:
            return answer
        await honest(_bare(asked).patching(*leaving))
        shown = await honest(replace(_bare(asked), method="GET", body=b""))
        return replace(shown, status=answer.status) if answer.body else answer


# bulk


class LastPatchForAll(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on=("POST /Bulk",),
):
    """All PATCHes of users, and all of groups, in a bulk request do what the last of them says, each to its own."""

    def mishear(self, asked: Asked) -> Asked:
        last = {self.place(each): each["data"] for each in asked.operations if self.patches(each)}
        return asked.saying(
            {
                **asked.json,
                "Operations": [
                    {**each, "data": last[self.place(each)]} if self.patches(each) else each
                    for each in asked.operations
                ],
            }
        )

    def patches(self, job: Json) -> bool:
        return str(job.get("method", "")).upper() == "PATCH" and "data" in job

    def place(self, job: Json) -> str:
        return str(job.get("path", "")).strip("/").split("/")[0]


class PatchedGroupsAmongUsers(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    source="https://github.com/wso2/product-is/issues/9460",
    on=("POST /Bulk",),
):
    """The location of a group that a bulk request has patched is one below /Users, where nobody is."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        results = answer.json.get("Operations", [])
        for each in results:
            if each.get("method") == "PATCH" and "location" in each:
                each["location"] = each["location"].replace("/Groups/", "/Users/")
        return answer.having(Operations=results)


# versions and overlap


class LeftOpenByRefusal(
    FirstSight,
    kind="versions and overlap",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("PUT /*/*", "PATCH /*/*", "DELETE /*/*"),
):
    """The next write of what a write was refused for with 412 is answered with 500, as a transaction is still open."""

    def __init__(self) -> None:
        self.open: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id in self.open:
            self.open.discard(asked.id)
            return refusal(
                500, "current transaction is aborted, commands ignored until end of transaction block"
            )
        answer = await honest(asked)
        if answer.status == 412:
            self.open.add(asked.id)
        return answer


class OutOfGroupsAndStillThere(
    FirstSight,
    kind="versions and overlap",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("DELETE /Users/*",),
):
    """A DELETE that is refused with 412 has taken the user out of all groups, which it does before it compares."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 412:
            for group in (await _now(asked, honest)).json.get("groups", []):
                leave = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
                await honest(replace(_bare(asked), kind="Groups", id=group["value"]).patching(leave))
        return answer


class OneOfTwoGroupsOnUser(
    FirstSight,
    kind="versions and overlap",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/BerriAI/litellm/pull/34162",
    on=("POST /Groups", "PATCH /Groups/*", "* /Users*"),
):
    """Who is put into two groups at the same time shows the later of them alone, for users keep a list of their own."""

    def __init__(self) -> None:
        self.running: list[tuple[str, set[str]]] = []
        self.hidden: set[tuple[str, str]] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users":
            return (await honest(asked)).each(self.forget)
        adds = [each for each in asked.operations if _op(each) != "remove"]
        users = {user for each in adds for user in _named(each)} | set(_members(asked.json))
        if not users:
            return await honest(asked)
        mine = (asked.id, users)
        self.running.append(mine)
        try:
            await asyncio.sleep(0.05)
            answer = await honest(asked)
        finally:
            self.running = [each for each in self.running if each is not mine]
        group = asked.id or (answer.json.get("id", "") if answer.ok else "")
        self.hidden -= {(user, group) for user in users}
        if answer.ok:
            self.hidden |= {
                (user, group) for id_, other in self.running if id_ != group for user in users & other
            }
        return answer

    def forget(self, shown: Json) -> None:
        if "groups" in shown and "id" in shown:
            shown["groups"] = [
                each for each in shown["groups"] if (shown["id"], each.get("value")) not in self.hidden
            ]
            if not shown["groups"]:
                del shown["groups"]
