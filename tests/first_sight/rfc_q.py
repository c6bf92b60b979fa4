"""Faults of writes: PATCH, PUT and POST, membership, bulk, and versions and requests that overlap."""

import asyncio
import re
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SINGLE = {
    "displayname",
    "nickname",
    "profileurl",
    "title",
    "usertype",
    "locale",
    "timezone",
    "preferredlanguage",
}
SEVERAL = {
    "emails",
    "phoneNumbers",
    "addresses",
    "ims",
    "photos",
    "roles",
    "entitlements",
    "x509Certificates",
}
UNDER_A_FILTER = re.compile(r"(\w+)\[.*\]")


def op(each: dict[str, Json]) -> str:
    """The verb of an operation, in small letters."""
    return str(each.get("op", "")).lower()


def path(each: dict[str, Json]) -> str:
    """The path of an operation, empty where there is none."""
    return str(each.get("path") or "")


def operations(asked: Asked) -> list[dict[str, Json]]:
    """The operations of a PATCH or bulk request, if all are objects; else none."""
    listed = asked.json.get("Operations")
    return listed if isinstance(listed, list) and all(isinstance(each, dict) for each in listed) else []


def plain(asked: Asked) -> Asked:
    """The same caller's request without preconditions."""
    kept = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
    return replace(asked, headers=kept)


def reading(asked: Asked, id: str | None = None, kind: str = "") -> Asked:  # noqa: A002 -- the field's word
    """The same caller's read of the whole resource, or of another one."""
    return plain(asked).of("GET", id, kind=kind)


async def amended(asked: Asked, answer: Answer, honest: Honest, *operations: Json) -> Answer:
    """The answer to a write that went on to do these operations, too."""
    wanted = plain(asked).of("PATCH", answer.json["id"]).patching(*operations)
    changed = await honest(replace(wanted, query_string=asked.query_string))
    return replace(changed, status=answer.status)


class ReplaceNeedsAValue(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    on=("PATCH /Users/*",),
):
    """A replace whose path is an attribute that the user does not have yet is refused with noTarget, as JSON Patch has it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        shown = await honest(reading(asked))
        has = {name.lower() for name in shown.json}
        for each in operations(asked) if shown.ok else []:
            if op(each) == "replace" and path(each).lower() in SINGLE - has:
                return refusal(400, f"there is no {path(each)} to replace", "noTarget")
            has |= {path(each).lower()} if op(each) == "add" else set()
        return await honest(asked)


class RemovesTheFirstOfAll(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on=("PATCH /Users/*",),
):
    """A remove of a whole attribute with several values, such as phoneNumbers, takes away the first value only."""

    def when(self, asked: Asked) -> bool:
        return any(op(each) == "remove" and path(each) in SEVERAL for each in operations(asked))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        shown = (await honest(reading(asked))).json

        def heard(each: dict[str, Json]) -> dict[str, Json]:
            rest = shown.get(path(each), [])[1:] if path(each) in SEVERAL and op(each) == "remove" else []
            return {"op": "replace", "path": path(each), "value": rest} if rest else each

        return await honest(asked.saying({**asked.json, "Operations": [*map(heard, operations(asked))]}))


class AddedToAnEntryIsAnEntry(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    on=("PATCH /Users/*",),
):
    """An object that is added to the entry a path filter chooses, as addresses[type eq "work"], becomes an entry of its own beside it."""

    def mishear(self, asked: Asked) -> Asked:
        def heard(each: dict[str, Json]) -> dict[str, Json]:
            found = UNDER_A_FILTER.fullmatch(path(each))
            if op(each) == "add" and found and found[1] in SEVERAL and isinstance(each.get("value"), dict):
                return {"op": "add", "path": found[1], "value": [each["value"]]}
            return each

        return asked.saying({**asked.json, "Operations": [*map(heard, operations(asked))]})

    def when(self, asked: Asked) -> bool:
        return bool(operations(asked))


class ManagerMustBeHere(
    FirstSight,
    kind="PUT and POST",
    meets="okta",
    paragraph="RFC 7644 3.3",
    on=("POST /Users", "PUT /Users/*"),
):
    """A manager whose value is not the id of a user of this server, such as an employee number, is dropped in silence."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        shown = (await honest(reading(asked, answer.json["id"]))).json
        manager = shown.get(ENTERPRISE, {}).get("manager", {}).get("value")
        if not manager or (await honest(reading(asked, manager))).ok:
            return answer
        return await amended(asked, answer, honest, {"op": "remove", "path": f"{ENTERPRISE}:manager"})


class NameOfTheDeletedIsTaken(
    FirstSight,
    kind="PUT and POST",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "POST /Users", "PUT /Users/*"),
):
    """The userName of a deleted user is refused with 409 ever after, for the row is only marked and stays in the unique index."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method != "DELETE":
            taken = str(asked.json.get("userName", "")).lower() in self.gone
            return refusal(409, "userName is already in use", "uniqueness") if taken else await honest(asked)
        shown = (await honest(reading(asked))).json
        answer = await honest(asked)
        if answer.ok:
            self.gone.add(str(shown.get("userName")).lower())
        return answer


class SuffixIsThePrefix(
    FirstSight,
    kind="PUT and POST",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("POST /Users", "PUT /Users/*"),
):
    """The honorificSuffix of a name is stored with the value of its honorificPrefix, for a line was copied."""

    def when(self, asked: Asked) -> bool:
        return isinstance(asked.json.get("name"), dict)

    def mishear(self, asked: Asked) -> Asked:
        name: dict[str, Any] = {**asked.json["name"]}
        name.pop("honorificSuffix", None)
        if "honorificPrefix" in name:
            name["honorificSuffix"] = name["honorificPrefix"]
        return asked.saying({**asked.json, "name": name})


class NestedAreNotDirect(
    FirstSight,
    kind="membership",
    meets="others",
    paragraph="RFC 7643 4.2",
    on=("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """A user who is in a group that is a member is not kept as a member of the outer group, too, for such users are taken to be in it already."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        shown = (await honest(reading(asked, answer.json["id"]))).json
        members = {each["value"] for each in shown.get("members", [])}
        within: set[str] = set()
        for each in sorted(members):
            inner = await honest(reading(asked, each))
            within |= {one["value"] for one in inner.json.get("members", [])} if inner.ok else set()
        removals = [
            {"op": "remove", "path": f'members[value eq "{each}"]'}
            for each in sorted(members & within)
            if (await honest(reading(asked, each, "Users"))).ok
        ]
        return await amended(asked, answer, honest, *removals) if removals else answer


class MembersCostTheExternalId(
    FirstSight,
    kind="membership",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Groups/*",),
):
    """A PATCH that changes members takes the externalId from the group, for the group is saved from a form without that field."""

    def when(self, asked: Asked) -> bool:
        values = [each.get("value") for each in operations(asked) if not path(each)]
        named = [path(each) for each in operations(asked)] + [
            name for each in values if isinstance(each, dict) for name in each
        ]
        return any(name.startswith("members") for name in named)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok or "externalId" not in (await honest(reading(asked))).json:
            return answer
        return await amended(asked, answer, honest, {"op": "remove", "path": "externalId"})


class Jobs(FirstSight, on=("POST /Bulk",)):
    """A bulk request of operations."""

    def when(self, asked: Asked) -> bool:
        return bool(operations(asked))


class DeletesComeLast(
    Jobs,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on=("POST /Bulk",),
):
    """The deletes of a bulk request are done at its end, so that a create or rename to a userName that one of them was to free fails."""

    def order(self, asked: Asked) -> list[int]:
        """The places of the operations, in the order in which they are done."""
        jobs = operations(asked)
        return sorted(range(len(jobs)), key=lambda at: str(jobs[at].get("method")).upper() == "DELETE")

    def mishear(self, asked: Asked) -> Asked:
        jobs = operations(asked)
        return asked.saying({**asked.json, "Operations": [jobs[at] for at in self.order(asked)]})

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        done = answer.json.get("Operations", []) if answer.ok else []
        if not done:
            return answer
        placed = sorted(zip(self.order(asked), done, strict=False), key=lambda each: each[0])
        return answer.having(Operations=[each for _, each in placed])


class OneChangeForEach(
    Jobs,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on=("POST /Bulk",),
):
    """Of a PATCH of several operations in a bulk request only the first operation is done."""

    def mishear(self, asked: Asked) -> Asked:
        def heard(job: dict[str, Json]) -> dict[str, Json]:
            data = job.get("data")
            if str(job.get("method")).upper() != "PATCH" or not isinstance(data, dict):
                return job
            listed = data.get("Operations")
            return {**job, "data": {**data, "Operations": listed[:1]}} if isinstance(listed, list) else job

        return asked.saying({**asked.json, "Operations": [*map(heard, operations(asked))]})


class NobodyDuringAPut(
    FirstSight,
    kind="versions and overlap",
    meets="others",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "GET /Users/*", "PATCH /Users/*"),
):
    """Who is replaced by a PUT is answered with 404 while it is under way, for the row is deleted and inserted again without a transaction."""

    def __init__(self) -> None:
        self.absent: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id in self.absent:
            return refusal(404, "this user does not exist")
        answer = await honest(asked)
        if asked.method == "PUT" and answer.ok:
            self.absent.add(asked.id)
            await asyncio.sleep(0.05)
            self.absent.discard(asked.id)
        return answer


class PatchRevivesTheDeleted(
    FirstSight,
    kind="versions and overlap",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=("*",),
):
    """Who is deleted while a PATCH of the same user is under way is there again after it, under the same id, for save inserts what it cannot update."""

    def __init__(self) -> None:
        self.revived: dict[str, str] = {}  # the id that clients know, and the one of the row

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        known = asked.id
        for old, new in self.revived.items():
            body = asked.body.replace(old.encode(), new.encode())
            query = asked.query_string.replace(old, new)
            asked = replace(asked, id=asked.id.replace(old, new), body=body, query_string=query)
        answer = await (self.patched if asked.place.startswith("PATCH /Users/") else self.done)(
            known, asked, honest
        )
        for old, new in self.revived.items():
            headers = {name: value.replace(new, old) for name, value in answer.headers.items()}
            answer = replace(answer, headers=headers, body=answer.body.replace(new.encode(), old.encode()))
        return answer

    async def done(self, known: str, asked: Asked, honest: Honest) -> Answer:
        """What is asked; a delete forgets whom it deletes."""
        answer = await honest(asked)
        if asked.place.startswith("DELETE /Users/") and answer.ok:
            self.revived.pop(known, None)
        return answer

    async def patched(self, known: str, asked: Asked, honest: Honest) -> Answer:
        """A PATCH that takes its time."""
        before = await honest(reading(asked))
        await asyncio.sleep(0.05)
        answer = await honest(asked)
        if answer.status != 404 or not before.ok:
            return answer
        kept = {name: each for name, each in before.json.items() if name not in {"id", "meta", "groups"}}
        made = await honest(plain(asked).of("POST", "").saying(kept))
        if not made.ok:
            return answer
        self.revived[known] = made.json["id"]
        return await honest(replace(plain(asked), id=made.json["id"]))


class RefusalCountsUp(
    FirstSight,
    kind="versions and overlap",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """A PUT or PATCH that is refused with 409 has counted up the version and lastModified of the user all the same, so that the next If-Match fails."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 409:
            was = (await honest(reading(asked))).json.get("nickName")
            back = {"op": "replace", "value": was} if was else {"op": "remove"}
            for each in ({"op": "replace", "value": f"{was}."}, back):
                await honest(plain(asked).patching({**each, "path": "nickName"}))
        return answer
