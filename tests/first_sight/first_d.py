"""Faults at what is gone, at fixed attributes, at roles and extensions, and at what identity providers bring along."""

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import takewhile
from typing import Any

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import SCIM_JSON, Answer, Asked, Honest, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ANY_WRITE_OF_A_USER = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")
ANY_WRITE_OF_A_GROUP = ("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")

Json = Any


async def _also(asked: Asked, honest: Honest, place: str, document: Json = None) -> Answer:
    """What the same caller would be answered to another request, `METHOD Kind[/id]`."""
    method, _, rest = place.partition(" ")
    kind, _, identifier = rest.partition("/")
    kept = {name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}}
    other = replace(asked.of(method, identifier, kind=kind), headers={**kept, "content-type": SCIM_JSON})
    return await honest(other if document is None else other.saying(document))


def _operations(document: Json) -> list[dict[str, Json]]:
    """The operations of a message, to be changed in place."""
    listed = document.get("Operations")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _said(asked: Asked, name: str) -> str:
    """The text a write gives an attribute, or nothing."""
    found = asked.json.get(name)
    for each in _operations(asked.json):
        value = each.get("value")
        if str(each.get("path") or "").lower() == name.lower():
            found = value
        elif not each.get("path") and isinstance(value, dict):
            found = value.get(name, found)
    return found if isinstance(found, str) else ""


def _patch(*operations: Json) -> Json:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


# After the end


class TheGoneAreCounted(
    FirstSight,
    kind="after the end",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    on=("DELETE /Users/*", "DELETE /Groups/*", "GET /Users", "GET /Groups"),
):
    """totalResults of a list without filter still counts those who were deleted."""

    def __init__(self) -> None:
        self.gone: Counter[str] = Counter()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "DELETE":
            self.gone[asked.kind] += answer.ok
        elif answer.ok and not asked.filter:
            return answer.having(totalResults=answer.json["totalResults"] + self.gone[asked.kind])
        return answer


class TheGoneAreCached(
    FirstSight,
    kind="after the end",
    meets="okta",
    paragraph="RFC 7644 3.6",
    on=("* /Users*", "* /Groups*", "POST /Bulk"),
):
    """A lookup that found somebody is remembered until the next create or update, and so outlives a DELETE."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, ...], Answer] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        key = (asked.headers.get("authorization", ""), asked.kind, asked.query_string)
        if asked.looks_up and key in self.found:
            return self.found[key]
        answer = await honest(asked)
        if asked.method in {"POST", "PUT", "PATCH"}:
            self.found.clear()
        elif asked.looks_up and answer.ok and answer.resources:
            self.found[key] = answer
        return answer


class OldGroupsComeBack(
    FirstSight,
    kind="after the end",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "POST /Users"),
):
    """Somebody created under the userName of one who was deleted is in the groups of that one."""

    def __init__(self) -> None:
        self.left: dict[str, list[str]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = (await honest(asked.of("GET"))).json if asked.method == "DELETE" else {}
        answer = await honest(asked)
        if not answer.ok:
            return answer
        if asked.method == "DELETE":
            self.left[old["userName"].casefold()] = [group["value"] for group in old.get("groups", [])]
            return answer
        new = answer.json
        for group in self.left.pop(new.get("userName", "").casefold(), []):
            adding = {"op": "add", "path": "members", "value": [{"value": new["id"]}]}
            await _also(asked, honest, f"PATCH Groups/{group}", _patch(adding))
        return answer


class PutToTheGoneCreates(
    FirstSight,
    kind="after the end",
    meets="others",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT to a user who is not there any more makes a new one, with another id."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 404:
            return answer
        made = await _also(asked, honest, "POST Users", asked.json)
        return Answer(200, made.headers, made.body) if made.ok else answer


class GroupTakesItsMembersAlong(
    FirstSight,
    kind="after the end",
    meets="okta",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Groups/*",),
):
    """When a group is deleted its members who are in no other group become inactive."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        members = (await honest(asked.of("GET"))).json.get("members", [])
        answer = await honest(asked)
        for member in members if answer.ok else []:
            user = (await _also(asked, honest, f"GET Users/{member['value']}")).json
            if "userName" in user and not user.get("groups"):
                ending = {"op": "replace", "path": "active", "value": False}
                await _also(asked, honest, f"PATCH Users/{member['value']}", _patch(ending))
        return answer


# Required, readOnly, immutable


class PutIsANewBeginning(
    FirstSight,
    kind="required, readOnly, immutable",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("* /Users*",),
):
    """A PUT gives a user another meta.created, for the row is deleted and inserted again."""

    def __init__(self) -> None:
        self.created: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PUT" and answer.ok and "lastModified" in answer.json.get("meta", {}):
            self.created[asked.id] = answer.json["meta"]["lastModified"]

        def anew(shown: dict[str, Json]) -> None:
            if shown.get("id") in self.created and "created" in shown.get("meta", {}):
                shown["meta"]["created"] = self.created[shown["id"]]

        return answer.each(anew)


class GroupsOfAPutAreTaken(
    FirstSight,
    kind="required, readOnly, immutable",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT of a user with groups takes the user out of those groups that it does not name."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, sent = await honest(asked), asked.json.get("groups")
        if not answer.ok or not isinstance(sent, list):
            return answer
        named = {group.get("value") for group in sent if isinstance(group, dict)}
        user = (await honest(asked.of("GET"))).json
        for group in user.get("groups", []):
            if group["value"] not in named:
                leaving = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
                await _also(asked, honest, f"PATCH Groups/{group['value']}", _patch(leaving))
        return await _also(asked, honest, f"GET Users/{asked.id}")


class NamelessIsNone(
    FirstSight,
    kind="required, readOnly, immutable",
    meets="others",
    paragraph="RFC 7643 4.2",
    on=("POST /Groups", "PUT /Groups/*"),
):
    """A group that is written without displayName is taken, and is named None."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        nameless = bool(document) and "displayname" not in {name.lower() for name in document}
        return asked.saying({**document, "displayName": "None"}) if nameless else asked


class ReadOnlyEndsTheValue(
    FirstSight,
    kind="required, readOnly, immutable",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """In a PATCH without path what follows after an id, meta or groups is passed over, and the answer is a success."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        for each in _operations(document):
            if not each.get("path") and isinstance(each.get("value"), dict):
                heard = takewhile(lambda pair: pair[0] not in {"id", "meta", "groups"}, each["value"].items())
                each["value"] = dict(heard)
        return asked.saying(document) if document else asked


# Roles, entitlements, extensions


class LastRoleStays(
    FirstSight,
    kind="roles, entitlements, extensions",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/lightdash/lightdash/issues/18242",
    on=("PUT /Users/*",),
):
    """A PUT with an empty list of roles or entitlements leaves those that are there."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        document, old = asked.json, (await honest(asked.of("GET"))).json
        kept = {
            name: old[name] for name in ("roles", "entitlements") if document.get(name) == [] and name in old
        }
        return await honest(asked.saying({**document, **kept}) if kept else asked)


class EntitlementsOverwriteRoles(
    FirstSight,
    kind="roles, entitlements, extensions",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=("POST /Users", "PUT /Users/*"),
):
    """Of a user who is written with roles and entitlements only the entitlements are stored."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        if document.get("roles") and document.get("entitlements"):
            del document["roles"]
            return asked.saying(document)
        return asked


class OldManagerIsReferredTo(
    FirstSight,
    kind="roles, entitlements, extensions",
    meets="okta",
    paragraph="RFC 7643 4.3",
    on=("* /Users*",),
):
    """The $ref of a manager stays that of the first manager the user had."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def stale(shown: dict[str, Json]) -> None:
            manager = shown.get(ENTERPRISE, {}).get("manager", {})
            if "$ref" in manager:
                manager["$ref"] = self.first.setdefault(shown["id"], manager["$ref"])

        return answer.each(stale)


class FirstDepartmentIs500(
    FirstSight,
    kind="roles, entitlements, extensions",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2667",
    on=("PATCH /Users/*",),
):
    """A PATCH of an enterprise attribute is answered with 500 where the user has none yet."""

    def when(self, asked: Asked) -> bool:
        named: list[Json] = []
        for each in _operations(asked.json):
            value = each.get("value")
            named += [each["path"]] if each.get("path") else value if isinstance(value, dict) else []
        return any(str(name).lower().startswith(ENTERPRISE.lower()) for name in named)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        shown = await honest(asked.of("GET"))
        if shown.ok and ENTERPRISE not in shown.json:
            return refusal(500, "Cannot read properties of undefined")
        return await honest(asked)


class SchemasOfTheMessage(
    FirstSight,
    kind="roles, entitlements, extensions",
    meets="okta",
    paragraph="RFC 7643 3",
    on=("* /Users*",),
):
    """After a PATCH the schemas of the user are those of the message, until the next PUT."""

    def __init__(self) -> None:
        self.schemas: dict[str, Json] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PATCH" and answer.ok:
            self.schemas[asked.id] = next(
                value for name, value in asked.json.items() if name.lower() == "schemas"
            )
        elif asked.method == "PUT" and answer.ok:
            self.schemas.pop(asked.id, None)

        def copied(shown: dict[str, Json]) -> None:
            if "schemas" in shown:
                shown["schemas"] = self.schemas.get(shown.get("id", ""), shown["schemas"])

        return answer.each(copied)


# Of my own


class OwnNameIsTaken(
    FirstSight,
    kind="renames",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """A new userName that differs from the old one in letter case alone is refused, for the user has it already."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        new, old = _said(asked, "userName"), (await honest(asked.of("GET"))).json.get("userName")
        if old and new != old and new.casefold() == old.casefold():
            return refusal(409, f"{new} is taken", "uniqueness")
        return await honest(asked)


class LeadingZerosAreLost(
    FirstSight,
    kind="numbers in text",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=ANY_WRITE_OF_A_USER,
):
    """Employee numbers, cost centres and postal codes that are all digits lose their leading zeros."""

    def mishear(self, asked: Asked) -> Asked:
        document = self.counted("", asked.json)
        for each in _operations(document):
            if "value" in each:
                each["value"] = self.counted(str(each.get("path") or ""), each["value"])
        return asked.saying(document) if document else asked

    def counted(self, name: str, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: self.counted(key, inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.counted(name, inner) for inner in value]
        number = name.rsplit(":", maxsplit=1)[-1].rsplit(".", maxsplit=1)[-1] in {
            "employeeNumber",
            "costCenter",
            "postalCode",
        }
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        return str(int(value)) if number and digits else value


class CutAtTheFourthByte(
    FirstSight,
    kind="characters",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=ANY_WRITE_OF_A_USER + ANY_WRITE_OF_A_GROUP,
):
    """A text ends before its first character that takes four bytes in UTF-8."""

    def mishear(self, asked: Asked) -> Asked:
        document = self.cut(asked.json)
        return asked.saying(document) if document and document != asked.json else asked

    def cut(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: inner if key == "path" else self.cut(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.cut(inner) for inner in value]
        return (
            "".join(takewhile(lambda letter: letter < "\U00010000", value))
            if isinstance(value, str)
            else value
        )


class FirstAnchorHolds(
    FirstSight,
    kind="linking",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/harness/harness-core/pull/44831",
    on=("PUT /Users/*",),
):
    """A PUT with another externalId is taken, and the first externalId of the user stays."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        document, old = asked.json, (await honest(asked.of("GET"))).json.get("externalId")
        if old and document.get("externalId"):
            return await honest(asked.saying({**document, "externalId": old}))
        return await honest(asked)


class FormattedNameWins(
    FirstSight,
    kind="derived names",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """In a PUT with name.formatted the first and last name are cut out of that, whatever they are said to be."""

    def mishear(self, asked: Asked) -> Asked:
        name = asked.json.get("name")
        formatted = name.get("formatted") if isinstance(name, dict) else None
        if not isinstance(formatted, str) or " " not in formatted.strip():
            return asked
        given, _, family = formatted.strip().partition(" ")
        return asked.saying({**asked.json, "name": {**name, "givenName": given, "familyName": family}})


class ReturnIsAllThatCounts(
    FirstSight,
    kind="return of people",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT that makes somebody active again stores nothing else of what it says."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = (await honest(asked.of("GET"))).json
        if old.get("active") is False and asked.json.get("active") is True:
            returning = {"op": "replace", "path": "active", "value": True}
            return await _also(asked, honest, f"PATCH Users/{asked.id}", _patch(returning))
        return await honest(asked)


class NewestIsAnswered(
    FirstSight,
    kind="overlap",
    meets="okta",
    paragraph="RFC 7644 3.3",
    on=("POST /Users",),
):
    """Of two creates at the same time both are answered with the user who was stored last."""

    newest: Answer

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        self.newest = answer
        await asyncio.sleep(0.05)
        return self.newest


class SlashIsADomain(
    FirstSight,
    kind="group names",
    meets="okta",
    paragraph="RFC 7643 4.2",
    source="https://github.com/wso2/product-is/issues/4651",
    on=ANY_WRITE_OF_A_GROUP,
):
    """A group's name loses what stands before its first slash."""

    def mishear(self, asked: Asked) -> Asked:
        name = _said(asked, "displayName")
        domain, _, rest = name.partition("/")
        if not domain or not rest:
            return asked
        said, heard = orjson.dumps(name), orjson.dumps(rest)
        return asked.saying(orjson.loads(orjson.dumps(asked.json).replace(said, heard)))
