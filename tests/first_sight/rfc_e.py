"""Faults in the writes that any client of the RFCs may send, and in what becomes of them."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
UPDATES = ("PUT /Users/*", "PATCH /Users/*", "PUT /Groups/*", "PATCH /Groups/*")


async def _without(asked: Asked, honest: Honest, passed_over: Callable[[str], bool]) -> Answer:
    """The PATCH without the operations whose path is passed over; where none is left, the resource as it is."""
    left = [each for each in asked.operations if not passed_over(str(each.get("path") or ""))]
    if len(left) == len(asked.operations):
        return await honest(asked)
    return await honest(asked.saying({**asked.json, "Operations": left}) if left else asked.of("GET"))


class WellFormed(FirstSight):
    """A write whose body is an object, with operations that are objects with paths, if there are any."""

    def when(self, asked: Asked) -> bool:
        said = asked.json
        listed = said.get("Operations", [])
        return (
            bool(said)
            and isinstance(listed, list)
            and all(isinstance(each, dict) and isinstance(each.get("path", ""), str) for each in listed)
        )


class ValueCutAtBlank(
    WellFormed,
    kind="PATCH with a path filter",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/972",
    on=("PATCH /Users/*",),
):
    """A replace of a sub-attribute behind a path filter stores only the first word of a text of several words."""

    def mishear(self, asked: Asked) -> Asked:
        operations = asked.operations
        for each in operations:
            filtered = re.search(r"\]\.\w+$", str(each.get("path")))
            if filtered and str(each.get("op")).lower() == "replace" and isinstance(each.get("value"), str):
                each["value"] = (each["value"].split() or [""])[0]
        return asked.saying({**asked.json, "Operations": operations}) if operations else asked


class PathSplitAtPeriod(
    WellFormed,
    kind="parsing of paths",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/thomaspoignant/scim-patch/issues/161",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH path is split at periods even inside quotes, so that an entry cannot be chosen by its e-mail address."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        for each in asked.operations:
            part = str(each.get("path") or "")
            if re.search(r'\[[^\]]*"[^"]*\.[^"]*"', part):
                cut = part[: part.index(".", part.index('"'))]
                return refusal(
                    400, f"This part of the path {cut} is invalid for a PATCH request.", "invalidPath"
                )
        return await honest(asked)


class CoreUrnIsNoAttribute(
    WellFormed,
    kind="extensions and schemas",
    meets="others",
    paragraph="RFC 7644 3.10",
    source="https://github.com/thomaspoignant/scim-patch/issues/152",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """An operation whose path is spelled out with the URN of the core schema is a success and changes nothing."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return await _without(asked, honest, lambda path: path.lower().startswith(CORE.lower()))


class ReadOnlyPathIsSuccess(
    WellFormed,
    kind="mutability",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/keycloak/keycloak/issues/51155",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH whose path is a read-only attribute is answered as done, where it should be refused with mutability."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        names = {"id", "meta"} | ({"groups"} if asked.kind == "Users" else set())
        return await _without(asked, honest, lambda path: re.split(r"[.\[]", path.lower())[0] in names)


class AnyVersionIsNone(
    FirstSight,
    kind="conditional requests",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=(*UPDATES, "DELETE /Users/*", "DELETE /Groups/*"),
):
    """If-Match with an asterisk is compared as if it were a version, and refused with 412 though the resource is there."""

    def when(self, asked: Asked) -> bool:
        return asked.headers.get("if-match", "").strip() == "*"

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        there = (await honest(asked.of("GET"))).ok
        return refusal(412, "the resource has another version") if there else await honest(asked)


class RefusedAndDone(
    FirstSight,
    kind="refused and yet done",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=UPDATES,
):
    """An update whose If-Match is out of date is answered with 412 and stored all the same, for the check comes last."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 412 and "if-match" in asked.headers:
            kept = {name: value for name, value in asked.headers.items() if name != "if-match"}
            await honest(replace(asked, headers=kept))
        return answer


class LoadedOncePerBulk(
    WellFormed,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on=("POST /Bulk",),
):
    """Of several PATCHes of one resource in a bulk request only the last stays, for each saves what was loaded at the start."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = asked.operations
        patches: dict[str, list[int]] = {}
        for place, each in enumerate(said):
            if str(each.get("method")).upper() == "PATCH":
                patches.setdefault(each.get("path", ""), []).append(place)
        targets = {path: path.strip("/").split("/") for path, places in patches.items() if len(places) > 1}
        before = {
            path: await honest(asked.of("GET", target[1], kind=target[0]))
            for path, target in targets.items()
            if len(target) == 2 and "bulkId:" not in path
        }
        answer = await honest(asked)
        results = answer.json.get("Operations", []) if answer.ok else []
        for path, old in before.items():
            done = [
                place
                for place in patches[path]
                if results[place : place + 1] and results[place]["status"] == "200"
            ]
            if not old.ok or len(done) < 2:
                continue
            kind, identifier = targets[path]
            await honest(asked.of("PUT", identifier, kind=kind).saying(old.json))
            last = await honest(asked.of("PATCH", identifier, kind=kind).saying(said[done[-1]]["data"]))
            results[done[-1]]["version"] = last.headers.get("etag", results[done[-1]].get("version"))
        return answer.having(Operations=results) if before and results else answer


class ManagerKeepsBulkId(
    WellFormed,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.2",
    on=("POST /Bulk",),
):
    """bulkIds are looked for in the members of groups alone, so that a manager is stored as the text bulkId:…."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = asked.json
        unresolved: dict[int, str] = {}
        for place, each in enumerate(said.get("Operations", [])):
            data = each.get("data")
            extension = data.get(ENTERPRISE) if isinstance(data, dict) else None
            manager = extension.get("manager") if isinstance(extension, dict) else None
            if isinstance(manager, dict) and str(manager.get("value")).startswith("bulkId:"):
                unresolved[place] = manager["value"]
                del extension["manager"]
        answer = await honest(asked.saying(said)) if unresolved else await honest(asked)
        results: list[dict[str, Any]] = answer.json.get("Operations", []) if answer.ok else []
        for place, text in unresolved.items():
            location = results[place].get("location") if place < len(results) else None
            if location and results[place]["status"] in {"200", "201"}:
                user = asked.of("GET", location.rsplit("/", 1)[1], kind="Users")
                stored = await honest(
                    user.patching({"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": text}})
                )
                results[place]["version"] = stored.headers.get("etag", results[place].get("version"))
        return answer.having(Operations=results) if results else answer


class EmptiedBeforeLookedUp(
    WellFormed,
    kind="members of groups",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/Metatavu/keycloak-scim-server/issues/107",
    on=("PATCH /Groups/*",),
):
    """A replace of members with somebody who does not exist is refused, and the group has no members any more."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        replaces = any(str(each.get("op")).lower() == "replace" for each in asked.operations)
        if (
            answer.status == 400
            and replaces
            and asked.sets("members")
            and "members has" in answer.json["detail"]
        ):
            await honest(asked.patching({"op": "remove", "path": "members"}))
        return answer


class GroupBecomesUser(
    FirstSight,
    kind="side effects",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/BerriAI/litellm/pull/34997",
    on=("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """A group that is written as a member of a group is provisioned as a user, too, whose userName is the group's id."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        identifier = asked.id or answer.json.get("id", "")
        group = (await honest(asked.of("GET", identifier))).json
        for member in group.get("members", []):
            if member.get("type") == "Group":
                user = {"schemas": [f"{CORE}User"], "userName": member["value"], "active": True}
                await honest(asked.of("POST", "", kind="Users").saying(user))
        return answer


class MeIsNobody(
    FirstSight,
    kind="/Me",
    meets="others",
    paragraph="RFC 7644 3.11",
    source="https://github.com/wso2/product-is/issues/2641",
    on=("PUT /Me", "PATCH /Me"),
):
    """/Me can be read, but an update of it is answered with 404, for it looks for a user whose id is me."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        known = (await honest(asked.of("GET"))).ok
        return refusal(404, "No user exists with the given id: me") if known else await honest(asked)


class SameValuesSameList(
    WellFormed,
    kind="multi-valued attributes and primary",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """E-mails and phones are compared by value alone, so that a write of another type or primary of the same ones is lost."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(asked.of("GET"))).json

        def change(name: str, value: Any) -> Any:
            old = before.get(name)
            if name not in {"emails", "phoneNumbers"} or not old or not isinstance(value, list):
                return value
            said = [str(each.get("value")) for each in value if isinstance(each, dict)]
            return old if sorted(said) == sorted(each["value"] for each in old) else value

        return await honest(asked.rewriting(change))


class LocaleWithUnderscore(
    WellFormed,
    kind="form of values",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*", "PUT /Me", "PATCH /Me"),
):
    """A locale or preferredLanguage with a region is stored as Java's Locale writes it, en_US instead of en-US."""

    def mishear(self, asked: Asked) -> Asked:
        def change(name: str, value: Any) -> Any:
            tag = name in {"locale", "preferredLanguage"} and isinstance(value, str)
            return re.sub(r"^([a-z]{2})-([A-Z]{2})$", r"\1_\2", value) if tag else value

        return asked.rewriting(change)
