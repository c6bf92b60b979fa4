"""Faults written from the RFCs and public reports alone: entries, what else stays, letter case, and seven kinds more."""

import asyncio
import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

USERS = ("* /Users", "* /Users/*")
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def free(asked: Asked) -> Asked:
    """The same request without If-Match, as what a server does of itself is bound to no version."""
    return replace(asked, headers={name: each for name, each in asked.headers.items() if name != "if-match"})


def patching(asked: Asked, *operations: dict[str, Any]) -> Asked:
    """The same request with other operations, whichever it was."""
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    return free(asked).saying({"schemas": schemas, "Operations": list(operations)})


def text(operation: dict[str, Any], name: str) -> str:
    """A text an operation has, or an empty one."""
    return str(operation.get(name) or "")


def on_each(document: Any, change: Any, name: str = "") -> Any:
    """The document with `change(name, text)` for each of its texts; operations are named by the end of their path."""
    if isinstance(document, dict):
        said = re.split(r"[.:\]]", text(document, "path"))[-1] if "op" in document else ""
        return {
            key: each if key in {"path", "op", "schemas", "password"} else on_each(each, change, said or key)
            for key, each in document.items()
        }
    if isinstance(document, list):
        return [on_each(each, change, name) for each in document]
    return change(re.split(r"[.:]", name)[-1], document) if isinstance(document, str) else document


# Entries beside entries


class NewcomerIsPrimary(
    FirstSight,
    kind="entries beside entries",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/simstudioai/sim/pull/7567",
    on=("PATCH /Users/*",),
):
    """An e-mail or phone that is added without a word on primary becomes the primary one in place of the old."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        for each in asked.operations if answer.ok else []:
            name, value = each.get("path"), each.get("value")
            if text(each, "op").lower() == "add" and name in ("emails", "phoneNumbers"):
                first = value[0] if isinstance(value, list) and value else value
                if isinstance(first, dict) and "value" in first and "primary" not in first:
                    path = f"{name}[value eq {json.dumps(first['value'])}].primary"
                    answer = await honest(patching(asked, {"op": "replace", "path": path, "value": True}))
        return answer


class NoTypeMeansWork(
    FirstSight,
    kind="entries beside entries",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on=("PATCH /Users/*",),
):
    """To remove the entries of type work removes those without a type too."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        for each in asked.operations if answer.ok else []:
            found = re.fullmatch(r'(\w+)\[type eq "work"\]', text(each, "path"), re.IGNORECASE)
            if found and text(each, "op").lower() == "remove":
                path = f"{found[1]}[not (type pr)]"
                answer = await honest(patching(asked, {"op": "remove", "path": path}))
        return answer


class MergedByPosition(
    FirstSight,
    kind="entries beside entries",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT merges each entry of a list with the one that stood at its place, so it keeps or inherits parts not sent."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, sent = (await honest(free(asked).of("GET"))).json, asked.json
        for name in ("emails", "phoneNumbers", "addresses"):
            if not isinstance(sent.get(name), list):
                continue
            for place, old in enumerate(before.get(name, [])[: len(sent[name])]):
                kept = {key: each for key, each in old.items() if key != "primary"}
                if isinstance(sent[name][place], dict):
                    sent[name][place] = {**kept, **sent[name][place]}
        return await honest(asked.saying(sent))


class PrimaryIsTheFirst(
    FirstSight,
    kind="entries beside entries",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*",),
):
    """A path with [primary eq true] means the first entry, whichever is primary."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        user, operations = (await honest(free(asked).of("GET"))).json, asked.operations
        for each in operations:
            found = re.fullmatch(r'(\w+)\[primary eq "?true"?\](.*)', text(each, "path"), re.IGNORECASE)
            first = (user.get(found[1]) or [{}])[0] if found else {}
            key = next((key for key in ("value", "type") if key in first), None)
            if found and key:
                each["path"] = f"{found[1]}[{key} eq {json.dumps(first[key])}]{found[2]}"
        return await honest(asked.saying({**asked.json, "Operations": operations}) if operations else asked)


class ColumnsInAnotherOrder(
    FirstSight,
    kind="entries beside entries",
    meets="okta",
    paragraph="RFC 7643 2.4",
    on=("GET /Users",),
):
    """A list without a filter joins the values of several e-mails or phones to each other's type and primary."""

    def when(self, asked: Asked) -> bool:
        return not asked.filter

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(user: dict[str, Any]) -> None:
            for name in ("emails", "phoneNumbers"):
                listed = [each for each in user.get(name, []) if "value" in each]
                values = [each["value"] for each in listed][::-1]
                for each, value in zip(listed, values, strict=True):
                    each["value"] = value

        return answer.each(change)


# All else stays


class LeaverLeavesGroups(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/lightdash/lightdash/pull/17494",
    on=("PATCH /Users/*", "PUT /Users/*"),
):
    """Somebody who is made inactive is taken out of all groups, and is in none when active again."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and str(asked.sets("active")).lower() == "false":
            user = (await honest(free(asked).of("GET"))).json
            for group in user.get("groups", []):
                path = f'members[value eq "{asked.id}"]'
                there = free(asked).of("PATCH", group["value"], kind="Groups")
                await honest(patching(there, {"op": "remove", "path": path}))
            answer = await honest(free(asked).of("GET")) if answer.body else answer
        return answer


class LastGroupDeactivates(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Groups/*",),
):
    """To delete a group makes those of its members inactive who are in no other."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        group = (await honest(free(asked).of("GET"))).json
        answer = await honest(asked)
        for each in group.get("members", []) if answer.ok else []:
            member = free(asked).of("GET", each["value"], kind="Users")
            found = await honest(member)
            if found.ok and not found.json.get("groups"):
                there = free(asked).of("PATCH", each["value"], kind="Users")
                await honest(patching(there, {"op": "replace", "path": "active", "value": False}))
        return answer


class PutIsBornAgain(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=USERS,
):
    """A PUT of a user sets meta.created anew, for it deletes and inserts."""

    def __init__(self) -> None:
        self.born: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PUT" and answer.ok and answer.body:
            self.born[asked.id] = answer.json["meta"]["lastModified"]

        def change(user: dict[str, Any]) -> None:
            if "created" in user.get("meta", {}) and user.get("id") in self.born:
                user["meta"]["created"] = self.born[user["id"]]

        return answer.each(change)


class PhoneHasOneOwner(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=("POST /Users", "PUT /Users/*"),
):
    """A phone number written for one user is taken from whoever else has it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        listed = [each for each in asked.json.get("phoneNumbers") or [] if isinstance(each, dict)]
        for each in listed if answer.ok else []:
            which = f"value eq {json.dumps(str(each.get('value')))}"
            found = await honest(free(asked).of("GET", "").asking(filter=f"phoneNumbers.{which}"))
            for other in found.resources if found.ok else []:
                if other["id"] != answer.json["id"]:
                    there = free(asked).of("PATCH", other["id"])
                    await honest(patching(there, {"op": "remove", "path": f"phoneNumbers[{which}]"}))
        return answer


class OneGroupEach(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/SimpleCloudManagerProject/SCAMP/issues/262",
    on=("PATCH /Groups/*",),
):
    """A PATCH that adds somebody to a group takes them out of the groups they were in."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(free(asked).of("GET"))).json.get("members", [])
        answer = await honest(asked)
        after = (await honest(free(asked).of("GET"))).json.get("members", []) if answer.ok else []
        for new in {each["value"] for each in after} - {each["value"] for each in before}:
            which = f'value eq "{new}"'
            groups = await honest(free(asked).of("GET", "").asking(filter=f"members.{which}"))
            for group in groups.resources if groups.ok else []:
                if group["id"] != asked.id:
                    there = free(asked).of("PATCH", group["id"])
                    await honest(patching(there, {"op": "remove", "path": f"members[{which}]"}))
        return answer


class ReadingTouches(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("GET /Users", "GET /Users/*", "GET /Groups", "GET /Groups/*"),
):
    """To read a user or group by id sets its meta.lastModified, as the next reading shows."""

    def __init__(self) -> None:
        self.touched: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Any]) -> None:
            meta = shown.get("meta", {})
            if "lastModified" in meta:
                meta["lastModified"] = max(meta["lastModified"], self.touched.get(shown.get("id", ""), ""))

        changed = answer.each(change)
        if asked.reads and answer.ok:
            self.touched[asked.id] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return changed


# Mixed case


class ExtensionInOneCase(
    FirstSight,
    kind="mixed case",
    meets="others",
    paragraph="RFC 7644 3.10",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """What is written under the enterprise URN in other letters than the RFC's is passed over with a success."""

    def strange(self, name: str) -> bool:
        return name.lower().startswith(ENTERPRISE.lower()) and not name.startswith(ENTERPRISE)

    def known(self, document: Any) -> Any:
        if not isinstance(document, dict):
            return document
        return {key: each for key, each in document.items() if not self.strange(key)}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method != "PATCH":
            return await honest(asked.saying(self.known(asked.json)) if asked.json else asked)
        kept = [
            {**each, "value": self.known(each["value"])} if "path" not in each and "value" in each else each
            for each in asked.operations
            if not self.strange(text(each, "path"))
        ]
        kept = [each for each in kept if "path" in each or each.get("value") != {}]
        if asked.operations and not kept:
            return await honest(free(asked).of("GET"))
        return await honest(asked.saying({**asked.json, "Operations": kept}) if kept else asked)


class CapitalAddReplaces(
    FirstSight,
    kind="mixed case",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/wireapp/wire-server/pull/5419",
    on=("PATCH /Users/*",),
):
    """An operation written Add, not add, falls through to replace, so that the entries which were there are lost."""

    def mishear(self, asked: Asked) -> Asked:
        changed = [
            {**each, "op": "replace"}
            if each.get("op") in ("Add", "ADD") and "[" not in text(each, "path")
            else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": changed}) if changed else asked


class CaseMakesTwo(
    FirstSight,
    kind="mixed case",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/langfuse/langfuse/pull/13528",
    on=USERS,
):
    """A create with the userName of somebody else in other letter case makes a second account."""

    MARK = "\u2060"  # stands behind the name where it is stored, for the honest server takes each name once

    def __init__(self) -> None:
        self.twins: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = asked.json.get("userName")
        if asked.method == "PUT" and asked.id in self.twins and isinstance(name, str):
            asked = asked.saying({**asked.json, "userName": name + self.MARK})
        answer = await honest(asked)
        if asked.method == "POST" and answer.status == 409 and isinstance(name, str):
            answer = await self.twin(asked, honest, name, answer)
        if asked.looks_up and answer.ok and asked.sought[:2] == ("username", "eq") and self.twins:
            more = await honest(asked.asking(filter=f"userName eq {json.dumps(asked.sought[2] + self.MARK)}"))
            if not more.ok:
                return answer
            both = [*answer.resources, *more.resources]
            answer = answer.showing(both, answer.json["totalResults"] + more.json["totalResults"])

        def change(user: dict[str, Any]) -> None:
            if "userName" in user:
                user["userName"] = user["userName"].removesuffix(self.MARK)

        return answer.each(change)

    async def twin(self, asked: Asked, honest: Honest, name: str, refused: Answer) -> Answer:
        found = await honest(free(asked).of("GET", "").asking(filter=f"userName eq {json.dumps(name)}"))
        if not found.ok or not found.resources or found.resources[0]["userName"] == name:
            return refused
        made = await honest(asked.saying({**asked.json, "userName": name + self.MARK}))
        if made.ok:
            self.twins.add(made.json["id"])
        return made


class ExternalIdIsFolded(
    FirstSight,
    kind="mixed case",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("POST /Users",),
):
    """A create is refused as a duplicate where another's externalId differs in letter case alone."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = asked.json.get("externalId")
        listed = (
            await honest(free(asked).of("GET", "").asking(count=1000)) if isinstance(wanted, str) else None
        )
        for each in listed.resources if listed and listed.ok else []:
            there = each.get("externalId", wanted)
            if there != wanted and there.lower() == wanted.lower():
                return refusal(409, f"externalId {wanted} is taken", "uniqueness")
        return await honest(asked)


# Kinds of its own


class FormattedWins(
    FirstSight,
    kind="what follows from something else",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/better-auth/better-auth/pull/5685",
    on=("POST /Users", "PUT /Users/*"),
):
    """A create makes name.formatted of the names, and a PUT that repeats it takes the names from it, not those sent."""

    def mishear(self, asked: Asked) -> Asked:
        name = asked.json.get("name")
        if not isinstance(name, dict) or not name.get("givenName") or not name.get("familyName"):
            return asked
        if not name.get("formatted"):
            name["formatted"] = f"{name['givenName']} {name['familyName']}"
        elif asked.method == "PUT" and " " in str(name["formatted"]):
            name["givenName"], name["familyName"] = str(name["formatted"]).split(" ", 1)
        return asked.saying({**asked.json, "name": name})


class GroupsAreObeyed(
    FirstSight,
    kind="what is not the client's to set",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=("PUT /Users/*",),
):
    """A PUT whose body holds groups makes the user a member of those and of no others."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        sent = asked.json.get("groups")
        if not answer.ok or not isinstance(sent, list):
            return answer
        now = {each["value"] for each in (await honest(free(asked).of("GET"))).json.get("groups", [])}
        wanted = {each["value"] for each in sent if isinstance(each, dict) and "value" in each}
        for group in now ^ wanted:
            operation = (
                {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
                if group in now
                else {"op": "add", "path": "members", "value": [{"value": asked.id}]}
            )
            await honest(patching(free(asked).of("PATCH", group, kind="Groups"), operation))
        shown = await honest(free(asked).of("GET"))
        return shown if answer.body else answer


class TheDeadRise(
    FirstSight,
    kind="deleted and made anew",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "POST /Users"),
):
    """A create after a delete of the same userName brings back the attributes that it does not name."""

    def __init__(self) -> None:
        self.buried: dict[str, dict[str, Any]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE":
            user = (await honest(free(asked).of("GET"))).json
            answer = await honest(asked)
            if answer.ok and "userName" in user:
                self.buried[user["userName"].lower()] = user
            return answer
        old = self.buried.get(str(asked.json.get("userName")).lower(), {})
        kept = {key: each for key, each in old.items() if key not in {"id", "meta", "groups", "schemas"}}
        named = {key.lower() for key in asked.json}
        kept = {key: each for key, each in kept.items() if key.lower() not in named}
        return await honest(asked.saying({**kept, **asked.json}) if kept else asked)


class EscapedOnTheWayIn(
    FirstSight,
    kind="characters that mean something elsewhere",
    meets="okta",
    paragraph="RFC 7644 3.3",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """An ampersand or angle bracket is stored as HTML writes it, and once more so each time it is sent back."""

    def mishear(self, asked: Asked) -> Asked:
        sent = asked.json
        changed = on_each(sent, lambda _, said: html.escape(said, quote=False))
        return asked.saying(changed) if changed != sent else asked


class DigitsAreNumbers(
    FirstSight,
    kind="text that looks like something else",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """An employee number, cost centre or postal code of digits alone loses its leading zeros."""

    def mishear(self, asked: Asked) -> Asked:
        def change(name: str, said: str) -> str:
            counted = name.lower() in {"employeenumber", "costcenter", "postalcode"}
            return str(int(said)) if counted and said.isdecimal() else said

        sent = asked.json
        changed = on_each(sent, change)
        return asked.saying(changed) if changed != sent else asked


class LaterWins(
    FirstSight,
    kind="overlapping requests",
    meets="okta",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/fleetdm/fleet/issues/50724",
    on=("PATCH /Groups/*",),
):
    """Of two requests that add members to one group at the same time only one has an effect; both say success."""

    def when(self, asked: Asked) -> bool:
        only = asked.operations[0] if len(asked.operations) == 1 else {}
        adds = str(only.get("op", "")).lower() == "add" and only.get("path") == "members"
        return adds and isinstance(only.get("value"), list)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(free(asked).of("GET"))
        if not before.ok:
            return await honest(asked)
        await asyncio.sleep(0.05)
        here = [{**each, "$ref": None} for each in before.json.get("members", [])]
        value = [*here, *asked.operations[0]["value"]]
        operation = {"op": "replace", "path": "members", "value": value}
        return await honest(asked.saying({**asked.json, "Operations": [operation]}))


class IndexMissesPatches(
    FirstSight,
    kind="two stores of one thing",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/BerriAI/litellm/issues/37009",
    on=("PATCH /Users/*", "PUT /Users/*", "GET /Users"),
):
    """A lookup shows a user as before the PATCHes since the last PUT, for only PUT writes to the index too."""

    def __init__(self) -> None:
        self.indexed: dict[str, dict[str, Any]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(free(asked).of("GET")) if asked.method == "PATCH" else None
        answer = await honest(asked)
        if before and before.ok and answer.ok:
            self.indexed.setdefault(asked.id, before.json)
        elif asked.method == "PUT" and answer.ok:
            self.indexed.pop(asked.id, None)
        if not asked.looks_up or not answer.ok:
            return answer
        shown = [
            {key: old.get(key) for key in each if key in old}
            if (old := self.indexed.get(each.get("id", "")))
            else each
            for each in answer.resources
        ]
        return answer.having(Resources=shown)
