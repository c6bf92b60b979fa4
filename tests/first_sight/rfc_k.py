"""Wrong servers of the writing part of RFC 7643 and 7644: creates, updates, members, extension, values, bulk, versions."""

import re
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER_WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")
GROUP_WRITES = ("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")


def listed(document: Any) -> list[dict[str, Any]]:
    """The operations of a bulk request or answer that are objects."""
    found = document.get("Operations")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def texts(value: Any, change: Any) -> Any:
    """A value with each text in it changed."""
    if isinstance(value, dict):
        return {key: texts(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [texts(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def sound(asked: Asked) -> bool:
    """Whether it is an object, whose operations, if it has any, have texts or nothing as paths."""
    operations = asked.json.get("Operations", [])
    texts_only = all(isinstance(each.get("path", ""), str) for each in listed(asked.json))
    return bool(asked.json) and isinstance(operations, list) and texts_only


class LaterMembersAreLost(
    FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.7.2", on="POST /Bulk"
):
    """A group made in a bulk request is stored without those members whose create comes after it in the same request."""

    def mishear(self, asked: Asked) -> Asked:
        document, seen = asked.json, set()
        later = {f"bulkId:{each.get('bulkId')}" for each in listed(document)}
        for each in listed(document):
            data = each.get("data")
            if isinstance(data, dict) and isinstance(data.get("members"), list):
                data["members"] = [
                    one
                    for one in data["members"]
                    if not isinstance(one, dict) or str(one.get("value")) not in later - seen
                ]
            seen.add(f"bulkId:{each.get('bulkId')}")
        return asked.saying(document)


class BulkPutMerges(FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.5.1", on="POST /Bulk"):
    """A PUT in a bulk request is done as a PATCH is, so that what it does not name stays."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        for each in listed(document):
            if str(each.get("method")).upper() == "PUT" and isinstance(each.get("data"), dict):
                value = {key: part for key, part in each["data"].items() if key.lower() != "schemas"}
                each["method"] = "PATCH"
                each["data"] = {
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{"op": "replace", "value": value}],
                }
        return asked.saying(document)

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        document = answer.json
        for sent, each in zip(listed(asked.json), listed(document), strict=False):
            if str(sent.get("method")).upper() == "PUT" and each.get("method") == "PATCH":
                each["method"] = "PUT"
        return answer.saying(document)


class BulkIdsOutlive(FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.7.2", on="POST /Bulk"):
    """A bulkId that an earlier bulk request used too stands for what that one created, for the map of them is never emptied."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        document, known = asked.json, dict(self.ids)
        for each in listed(document):
            if isinstance(each.get("data"), dict):
                each["data"] = texts(
                    each["data"],
                    lambda text: known.get(text[7:], text) if text.startswith("bulkId:") else text,
                )
        answer = await honest(asked.saying(document))
        for each in listed(answer.json) if answer.ok else []:
            if each.get("bulkId") and each.get("status") == "201":
                self.ids.setdefault(each["bulkId"], each["location"].rsplit("/", 1)[-1])
        return answer


class BulkIdsSlip(FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.7.3", on="POST /Bulk"):
    """After a create that failed, the results of a bulk request tell with each created resource the bulkId of another one."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        document = answer.json
        creates = [each for each in listed(document) if each.get("method") == "POST" and "bulkId" in each]
        names = [each["bulkId"] for each in creates]
        for each in sorted(creates, key=lambda one: one.get("status") != "201"):
            each["bulkId"] = names.pop(0)
        return answer.saying(document)


class NestedGroupIsFlattened(
    FirstSight, kind="nested groups", meets="others", paragraph="RFC 7643 4.2", on=GROUP_WRITES
):
    """A group that is written as a member is replaced by the members it has at that moment, and is no member itself."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        async def flat(members: Any) -> Any:
            found = []
            for each in members if isinstance(members, list) else [members]:
                value = each.get("value") if isinstance(each, dict) else None
                group = await honest(plain(asked.of("GET", str(value), kind="Groups"))) if value else None
                inner = group.json.get("members", []) if group and group.ok else [each]
                found += [{"value": one["value"]} for one in inner] if group and group.ok else inner
            return found

        document = asked.json
        for holder in [document, *(each.get("value") for each in listed(document) if not each.get("path"))]:
            if isinstance(holder, dict) and holder.get("members"):
                holder["members"] = await flat(holder["members"])
        for each in listed(document):
            sets = str(each.get("op")).lower() != "remove" and each.get("value")
            if sets and str(each.get("path")).lower() == "members":
                each["value"] = await flat(each["value"])
        return await honest(asked.saying(document) if document else asked)


def plain(asked: Asked) -> Asked:
    """The same without preconditions."""
    kept = {name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}}
    return replace(asked, headers=kept)


class DeleteTakesInnerGroups(
    FirstSight, kind="nested groups", meets="others", paragraph="RFC 7644 3.6", on="DELETE /Groups/*"
):
    """The delete of a group deletes the groups that are its members, too, as if it were a folder with folders in it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(plain(asked.of("GET")))
        answer = await honest(asked)
        for each in before.json.get("members", []) if before.ok and answer.ok else []:
            if each.get("type") == "Group":
                await honest(plain(asked.of("DELETE", each["value"])))
        return answer


class OnlyMembersOfBoth(
    FirstSight, kind="members", meets="others", paragraph="RFC 7644 3.5.2", on="PATCH /Groups/*"
):
    """Of a PATCH that both renames a group and changes its members only the change of members is done."""

    def when(self, asked: Asked) -> bool:
        named = {key.lower() for each in listed(asked.json) for key in self.names(each)}
        return "displayname" in named and any(name.startswith("members") for name in named)

    def names(self, operation: dict[str, Any]) -> list[str]:
        value = operation.get("value")
        return (
            [str(operation["path"])]
            if operation.get("path")
            else list(value)
            if isinstance(value, dict)
            else []
        )

    def mishear(self, asked: Asked) -> Asked:
        kept = []
        for each in listed(asked.json):
            if not each.get("path") and isinstance(each.get("value"), dict):
                each["value"] = {k: v for k, v in each["value"].items() if k.lower() != "displayname"}
            if str(each.get("path")).lower() != "displayname" and each.get("value") != {}:
                kept.append(each)
        return asked.saying({**asked.json, "Operations": kept})


class RemoveWithoutPathClears(
    FirstSight, kind="patch of people", meets="others", paragraph="RFC 7644 3.5.2.2", on="PATCH /Users/*"
):
    """A removal without a path is not refused with noTarget but takes away everything except userName and active."""

    def when(self, asked: Asked) -> bool:
        return any(
            str(each.get("op")).lower() == "remove" and not each.get("path") for each in listed(asked.json)
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(plain(asked.of("GET")))
        if not before.ok:
            return before
        kept = {name: before.json[name] for name in ("userName", "active") if name in before.json}
        return await honest(asked.of("PUT").saying({"schemas": [USER], **kept}))


class EveryOperatorIsEq(
    FirstSight,
    kind="multi-valued attributes",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """In the filter of a PATCH path every operator is taken for eq, so that what is removed by ne is just what should stay."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        for each in listed(document):
            if isinstance(each.get("path"), str):
                each["path"] = re.sub(
                    r'(\[[\w.$]+) (?:ne|co|sw|ew) (?=")', r"\1 eq ", each["path"], flags=re.IGNORECASE
                )
        return asked.saying(document)


class OrphansCannotChange(
    FirstSight,
    kind="enterprise extension",
    meets="okta",
    paragraph="RFC 7643 4.3",
    on=("DELETE /Users/*", "PUT /Users/*", "PATCH /Users/*"),
):
    """Whoever's manager has been deleted cannot be changed: each PUT and PATCH is refused, for the stored manager is looked up first."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method != "DELETE":
            stored = await honest(plain(asked.of("GET")))
            manager = stored.json.get(ENTERPRISE, {}).get("manager", {}) if stored.ok else {}
            if manager.get("value") in self.gone:
                return refusal(400, f"manager {manager['value']} does not exist", "invalidValue")
        answer = await honest(asked)
        if asked.method == "DELETE" and answer.ok:
            self.gone.add(asked.id)
        return answer


class BackslashesAreStripped(
    FirstSight, kind="values", meets="okta", paragraph="RFC 7643 2.3.1", on=(*USER_WRITES, *GROUP_WRITES)
):
    """A text loses its backslashes, which are taken for the escapes of a quoting that was never done."""

    def mishear(self, asked: Asked) -> Asked:
        if b"\\\\" not in asked.body or not sound(asked):
            return asked
        return asked.rewriting(lambda _, value: texts(value, lambda text: re.sub(r"\\(.?)", r"\1", text)))


class PlusTagIsDropped(FirstSight, kind="values", meets="okta", paragraph="RFC 7644 3.3", on=USER_WRITES):
    """An e-mail address is stored without what its local part has after a plus sign, as if that were not a part of it."""

    def mishear(self, asked: Asked) -> Asked:
        if b"+" not in asked.body or not sound(asked):
            return asked

        def bare(text: str) -> str:
            return re.sub(r"^([^+@]+)\+[^@]*@", r"\1@", text)

        return asked.rewriting(
            lambda name, value: texts(value, bare) if name.lower().startswith("emails") else value
        )


class MetaVersionIsBare(
    FirstSight,
    kind="versions",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=("* /Users", "* /Users/*", "* /Groups", "* /Groups/*"),
):
    """meta.version is the bare number of the version, not the entity tag that stands in ETag, and is no match in If-Match."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def bare(shown: dict[str, Any]) -> None:
            version = shown.get("meta", {}).get("version")
            if version:
                shown["meta"]["version"] = version.removeprefix("W/").strip('"')

        return answer.each(bare)
