"""Faults of the second set, file f: written from public reports and the RFC, without a look at the checks."""

import asyncio
import json
import re
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def patching(asked: Asked, *operations: dict[str, Any]) -> Asked:
    """A PATCH with these operations."""
    return asked.saying({"schemas": [PATCH_OP], "Operations": list(operations)})


async def fresh(asked: Asked, honest: Honest, answer: Answer) -> Answer:
    """The answer, showing what is stored now, if it shows anything."""
    return answer.saying((await honest(asked.of("GET"))).json) if answer.ok and answer.body else answer


class OneNameIsKept(
    FirstSight,
    kind="whole people",
    paragraph="RFC 7644 3.3",
    source="https://github.com/trello-archive/full-name-splitter/pull/1",
    on=("POST /Users", "PUT /Users/*"),
):
    """First and last name are kept as one name and split at the first blank, so that a first name of two words loses one to the last name."""

    def mishear(self, asked: Asked) -> Asked:
        body = asked.json
        name = body.get("name")
        if not isinstance(name, dict) or not name.get("givenName") or not name.get("familyName"):
            return asked
        given, _, family = f"{name['givenName']} {name['familyName']}".partition(" ")
        return asked.saying({**body, "name": {**name, "givenName": given, "familyName": family}})


class EachPartIsAnEntry(
    FirstSight,
    kind="entries beside entries",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/pingidentity/scim2/issues/213",
    on=("PATCH /Users/*",),
):
    """Several parts that one PATCH adds to an address, phone or e-mail of a type not there yet become an entry each."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(asked.of("GET"))).json
        operations = []
        for each in asked.operations:
            path = re.fullmatch(r'(\w+)\[type eq "([^"]*)"\]\.(\w+)', str(each.get("path", "")))
            there = path and any(
                entry.get("type") == path[2] for entry in before.get(path[1], []) if isinstance(entry, dict)
            )
            if path and not there and str(each.get("op")).lower() == "add":
                entry = {"type": path[2], path[3]: each.get("value")}
                each = {"op": "add", "path": path[1], "value": [entry]}
            operations.append(each)
        return await honest(asked.saying({**asked.json, "Operations": operations}))


class NewestIsPrimary(
    FirstSight,
    kind="entries beside entries",
    meets="others",
    paragraph="RFC 7643 2.4",
    source="https://github.com/simstudioai/sim/pull/7567",
    on=("PATCH /Users/*",),
):
    """An e-mail address that is added without a word about primary becomes the primary one, and the other is no longer."""

    def mishear(self, asked: Asked) -> Asked:
        operations = []
        for each in asked.operations:
            value = each.get("value")
            entries = value if isinstance(value, list) else [value]
            adds = str(each.get("op")).lower() == "add" and str(each.get("path")).lower() == "emails"
            if adds and all(isinstance(entry, dict) for entry in entries):
                if not any(entry.get("primary") for entry in entries):
                    entries = [{**entries[0], "primary": True}, *entries[1:]]
                each = {**each, "value": entries}
            operations.append(each)
        return asked.saying({**asked.json, "Operations": operations})


class UnderscoreIsAnyLetter(
    FirstSight,
    kind="look-ups",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/cloudfoundry/uaa/issues/596",
    on=("GET /Users", "GET /Groups"),
):
    """An underscore in the userName or displayName that is looked up stands for any letter, so that look-alikes are found too."""

    def when(self, asked: Asked) -> bool:
        name, operator, value = asked.sought
        alone = re.fullmatch(r'\S+\s+\w+\s+"(?:[^"\\]|\\.)*"', asked.filter.strip())
        hidden = {"attributes", "excludedAttributes"} & asked.query.keys()
        return bool(
            alone and "_" in value and operator == "eq" and name in {"username", "displayname"} and not hidden
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name, _, value = asked.sought
        field, start = {"username": "userName"}.get(name, "displayName"), value.split("_")[0]
        sought = f"{field} sw {json.dumps(start)}" if start else f"{field} pr"
        answer = await honest(asked.asking(filter=sought, startIndex=None, count=None))
        like = re.compile(".".join(map(re.escape, value.split("_"))), re.IGNORECASE | re.DOTALL)
        return answer.showing([each for each in answer.resources if like.fullmatch(str(each.get(field, "")))])


class RenameMovesTheMail(
    FirstSight,
    kind="all else stays",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/onyx-dot-app/onyx/pull/14110",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """Another userName becomes the primary e-mail address too, whatever address was there or was sent."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(asked.of("GET"))).json
        answer = await honest(asked)
        after = (await honest(asked.of("GET"))).json
        name, emails = after.get("userName", ""), after.get("emails")
        if not answer.ok or name == before.get("userName") or "@" not in name or not emails:
            return answer
        main = next((each for each in emails if each.get("primary")), emails[0])
        main["value"] = name
        await honest(patching(asked.of("PATCH"), {"op": "replace", "path": "emails", "value": emails}))
        return await fresh(asked, honest, answer)


class LastGroupPatchWins(
    FirstSight,
    kind="at once",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/scimmyjs/scimmy/issues/79",
    on=("PATCH /Groups/*",),
):
    """Of two PATCHes of one group that overlap the later is applied to the group as it was before the earlier, which is lost."""

    writing = False

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(asked.of("GET"))
        if not before.ok:
            return await honest(asked)
        await asyncio.sleep(0.05)
        while self.writing:
            await asyncio.sleep(0.001)
        self.writing = True
        try:
            now = (await honest(asked.of("GET"))).json
            if now.get("meta", {}).get("version") != before.json.get("meta", {}).get("version"):
                await honest(asked.of("PUT").saying(before.json))
            return await honest(asked)
        finally:
            self.writing = False


class RefusedButHalfDone(
    FirstSight,
    kind="taken names",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT with somebody else's userName is refused with 409, and yet all the rest of it is stored."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 409:
            name = (await honest(asked.of("GET"))).json.get("userName")
            await honest(asked.saying({**asked.json, "userName": name}))
        return answer


class EmptyPutKeepsMembers(
    FirstSight,
    kind="sizes",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/GluuFederation/oxTrust/issues/336",
    on=("PUT /Groups/*",),
):
    """A PUT whose members are an empty list leaves everybody in the group; its name is changed."""

    def when(self, asked: Asked) -> bool:
        return asked.json.get("members") == []

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        members = (await honest(asked.of("GET"))).json.get("members", [])
        return await honest(asked.saying({**asked.json, "members": members}))


class TwentyAreRead(
    FirstSight,
    kind="sizes",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2784",
    on=("PATCH /Groups/*",),
):
    """A PATCH of a group reads the first page of twenty members only and writes them back, so that the others are out."""

    def when(self, asked: Asked) -> bool:
        return not any(
            str(each.get("op")).lower() == "replace"
            and "members" in str(each.get("path", each.get("value"))).lower()
            for each in asked.operations
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        unread = [each["value"] for each in (await honest(asked.of("GET"))).json.get("members", [])][20:]
        answer = await honest(asked)
        if not answer.ok or not unread:
            return answer
        kept = [
            each
            for each in (await honest(asked.of("GET"))).json.get("members", [])
            if each["value"] not in unread
        ]
        await honest(patching(asked, {"op": "replace", "path": "members", "value": kept}))
        return await fresh(asked, honest, answer)


class NewcomerIsTakenForTheOldOne(
    FirstSight,
    kind="after the end",
    paragraph="RFC 7644 3.6",
    source="https://github.com/getsentry/sentry/issues/122540",
    on=("DELETE /Users/*", "POST /Users", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """Somebody created again under the userName of a deleted user is there, but cannot be put into a group: 404, user not found."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.unknown: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE":
            name = str((await honest(asked.of("GET"))).json.get("userName", "")).lower()
            answer = await honest(asked)
            if answer.ok:
                self.gone.add(name)
            return answer
        members = asked.sets("members") if asked.kind == "Groups" else None
        named = members if isinstance(members, list) else [members]
        if any(isinstance(each, dict) and each.get("value") in self.unknown for each in named):
            return refusal(404, "User not found.")
        answer = await honest(asked)
        if asked.kind == "Users" and answer.ok and answer.json["userName"].lower() in self.gone:
            self.unknown.add(answer.json["id"])
        return answer


class GroupsAreWritable(
    FirstSight,
    kind="required, readOnly, immutable",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/GluuFederation/SCIM-Client/issues/42",
    on=("PUT /Users/*",),
):
    """A PUT of a user that holds `groups` takes the user out of every group that is not among them."""

    def when(self, asked: Asked) -> bool:
        return isinstance(asked.json.get("groups"), list)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        listed = {each.get("value") for each in asked.json["groups"] if isinstance(each, dict)}
        for each in answer.json.get("groups", []) if answer.ok else []:
            if each["value"] not in listed:
                leave = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
                await honest(patching(asked.of("PATCH", each["value"], kind="Groups"), leave))
        return await fresh(asked, honest, answer)


class RolesOnlyGrow(
    FirstSight,
    kind="roles, entitlements, extensions",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/lightdash/lightdash/issues/24404",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """Roles and entitlements that replace those that were there are added to them, so that none is ever taken away."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, body = (await honest(asked.of("GET"))).json, asked.json
        places = [each for each in body.get("Operations", []) if str(each.get("op")).lower() == "replace"]
        for name in ("roles", "entitlements"):
            for place, key in [(body, name)] + [
                (each, "value") for each in places if each.get("path") == name
            ]:
                if isinstance(place.get(key), list):
                    now = {each.get("value") for each in place[key] if isinstance(each, dict)}
                    old = [each for each in before.get(name, []) if each.get("value") not in now]
                    place[key] += [{part: each[part] for part in each if part != "primary"} for each in old]
        return await honest(asked.saying(body))


PARTS = [
    "value",
    "type",
    "display",
    "primary",
    "givenName",
    "familyName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "formatted",
    "streetAddress",
    "locality",
    "region",
    "postalCode",
    "country",
    "department",
    "employeeNumber",
    "costCenter",
    "division",
    "organization",
    "manager",
]


class InnerNamesAreCaseExact(
    FirstSight,
    kind="mixed case",
    meets="others",
    paragraph="RFC 7643 2.1",
    source="https://github.com/simstudioai/sim/pull/7567",
    on=("POST /Users", "PUT /Users/*"),
):
    """The names of sub-attributes are known in one letter case only; others are dropped in silence, while those of attributes are taken in any."""

    def mishear(self, asked: Asked) -> Asked:
        folded = {part.lower() for part in PARTS}

        def read(found: Any) -> Any:
            if isinstance(found, list):
                return [read(each) for each in found]
            if not isinstance(found, dict):
                return found
            return {key: value for key, value in found.items() if key in PARTS or key.lower() not in folded}

        return asked.saying({key: read(value) for key, value in asked.json.items()})


class NamesEndAtRareLetters(
    FirstSight,
    kind="rare letters",
    paragraph="RFC 7643 2.3.1",
    source="https://github.com/mozilla/fxa-content-server/issues/3208",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """A text is stored up to its first letter of four bytes in UTF-8, an emoji or a rare Chinese sign, and the rest is cut off."""

    def mishear(self, asked: Asked) -> Asked:
        def cut(found: Any) -> Any:
            if isinstance(found, str):
                return re.split("[\U00010000-\U0010ffff]", found)[0]
            if isinstance(found, list):
                return [cut(each) for each in found]
            return {key: cut(value) for key, value in found.items()} if isinstance(found, dict) else found

        return asked.saying(cut(asked.json)) if asked.json else asked


class RemovalsComeLast(
    FirstSight,
    kind="order of operations",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of a PATCH all additions are done first and all removals last, whatever their order: who is removed and put back is out."""

    def mishear(self, asked: Asked) -> Asked:
        order = ("add", "replace", "remove")
        sorted_ = sorted(
            asked.operations,
            key=lambda each: order.index(op) if (op := str(each.get("op")).lower()) in order else 3,
        )
        return asked.saying({**asked.json, "Operations": sorted_})


class PasswordIsEchoed(
    FirstSight,
    kind="secrets",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/elimity-com/scim/issues/57",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """The answer to an update that sets a password shows it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        password = asked.sets("password")
        return answer.having(password=password) if password and answer.ok and answer.body else answer


class PutIsANewBirth(
    FirstSight,
    kind="times of creation",
    paragraph="RFC 7643 3.1",
    on=("* /Users", "* /Users/*"),
):
    """A PUT deletes the record and inserts it again, so that meta.created is the time of the PUT from then on."""

    def __init__(self) -> None:
        self.born: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PUT" and answer.ok and answer.body:
            self.born[asked.id] = answer.json["meta"]["lastModified"]

        def change(shown: dict[str, Any]) -> None:
            if shown.get("id") in self.born and "created" in shown.get("meta", {}):
                shown["meta"]["created"] = self.born[shown["id"]]

        return answer.each(change)


class PatchShowsTheOld(
    FirstSight,
    kind="answers to writes",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/MicrosoftDocs/azure-docs/issues/60316",
    on=("PATCH /Users/*",),
):
    """A PATCH is done, but its answer shows the user as before, for it is read while the write is still under way."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(asked.of("GET"))
        answer = await honest(asked)
        return answer.saying(before.json) if answer.ok and answer.body else answer


class PageOfTheLastIsEmpty(
    FirstSight,
    kind="edges of pages",
    paragraph="RFC 7644 3.4.2.4",
    on=("GET /Users", "GET /Groups"),
):
    """A page that begins with the last one of the list is empty, though totalResults still counts that one."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        start = asked.query.get("startIndex", "")
        if not answer.ok or not start.isdecimal() or int(start) < 2:
            return answer
        total = answer.json["totalResults"]
        return answer.showing([], total) if int(start) == total else answer


class LeadingZerosGo(
    FirstSight,
    kind="numbers that are texts",
    paragraph="RFC 7643 2.3.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """An employee number, cost centre or postal code of digits alone is stored as a number and loses the zeros it begins with."""

    def mishear(self, asked: Asked) -> Asked:
        names = ("employeenumber", "costcenter", "postalcode")

        def cast(found: Any, name: str = "") -> Any:
            if isinstance(found, dict):
                path = str(found.get("path", ""))
                return {
                    key: cast(value, path if key == "value" and path else key) for key, value in found.items()
                }
            if isinstance(found, list):
                return [cast(each, name) for each in found]
            digits = isinstance(found, str) and re.fullmatch("[0-9]+", found) and name.lower().endswith(names)
            return str(int(found)) if digits else found

        return asked.saying(cast(asked.json)) if asked.json else asked
