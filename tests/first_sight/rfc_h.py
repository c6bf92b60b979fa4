"""Faults of writes that any client of the RFCs may send: whole resources, PATCH, members, versions, bulk and values."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal
from reference_server.faults.enterprise import ENTERPRISE, managers
from reference_server.faults.push_group import ids, removed

WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")
FIRST_OF_TWO = re.compile(r'^([\w:.]+\[\w+ \w+ (?:"[^"]*"|\w+)) and .*\]')
OF_TYPE = re.compile(r'^(\w+)\[type eq "([^"]*)"\]')


def does(operation: dict[str, Json], op: str) -> bool:
    """Whether an operation is an add, a remove or a replace."""
    return str(operation.get("op")).lower() == op


def without_conditions(asked: Asked) -> Asked:
    """The request without preconditions."""
    headers = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
    return replace(asked, headers=headers)


def with_operations(asked: Asked, operations: list[Json]) -> Asked:
    """The request with these operations; as it is where they are the same."""
    changed = operations != asked.operations
    return asked.saying({**asked.json, "Operations": operations}) if changed else asked


class BulkTakesBack(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.3",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/286",
    on="POST /Bulk",
):
    """When as many creates of a bulk request have failed as failOnErrors says, the others are rolled back, though the answer gives them as 201."""

    def when(self, asked: Asked) -> bool:
        methods = {str(each.get("method")).upper() for each in asked.operations}
        return type(asked.json.get("failOnErrors")) is int and methods == {"POST"}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        results = answer.json.get("Operations", []) if answer.ok else []
        failed = [each for each in results if not each["status"].startswith("2")]
        if failed and len(failed) >= asked.json["failOnErrors"]:
            for each in reversed(results):
                if each["status"] == "201":
                    kind, key = each["location"].rsplit("/", 2)[1:]
                    await honest(asked.of("DELETE", key, kind=kind))
        return answer


class BulkIdIsAPrefix(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.2",
    on="POST /Bulk",
):
    """bulkIds are put in by replacing text, so that a reference to u10 becomes the id of u1 with a 0 behind it."""

    def mishear(self, asked: Asked) -> Asked:
        given = [str(each.get("bulkId")) for each in asked.operations if each.get("bulkId")]
        made = {key: str(uuid4()) for key in given}

        def put_in(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: put_in(each) for key, each in value.items()}
            if isinstance(value, list):
                return [put_in(each) for each in value]
            key = value[7:] if isinstance(value, str) and value.startswith("bulkId:") else ""
            first = next((each for each in given if key.startswith(each)), key)
            return value if first == key else made[first] + key.removeprefix(first)

        operations = [
            {**each, "data": put_in(each["data"])} if "data" in each else each for each in asked.operations
        ]
        return with_operations(asked, operations)


class OnlyTheFirstClause(
    FirstSight,
    kind="filters in paths",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/wso2/product-is/issues/8135",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of two clauses that a path filter joins by and, only the first is heeded, so that more entries are changed or removed."""

    def mishear(self, asked: Asked) -> Asked:
        operations = [
            {**each, "path": FIRST_OF_TWO.sub(r"\1]", each["path"])}
            if isinstance(each.get("path"), str)
            else each
            for each in asked.operations
        ]
        return with_operations(asked, operations)


class ShallowAssign(
    FirstSight,
    kind="PATCH without path",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/scimmyjs/scimmy/issues/77",
    on="PATCH /Users/*",
):
    """A PATCH without path assigns each member of its value whole, so that a name or an enterprise extension loses the parts not sent."""

    def mishear(self, asked: Asked) -> Asked:
        operations: list[Json] = []
        for each in asked.operations:
            value = each.get("value")
            if not each.get("path") and isinstance(value, dict):
                operations += [
                    {"op": "remove", "path": key} for key, part in value.items() if isinstance(part, dict)
                ]
            operations.append(each)
        return with_operations(asked, operations)


class PathsAreResolvedFirst(
    FirstSight,
    kind="order of operations",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on="PATCH /Users/*",
):
    """The path filters of a PATCH are resolved before its first operation, so that an entry that one operation adds is noTarget to the next."""

    def when(self, asked: Asked) -> bool:
        return len(asked.operations) > 1

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(without_conditions(asked).of("GET"))).json
        for each in asked.operations:
            found = OF_TYPE.match(str(each.get("path", "")))
            entries = before.get(found[1], []) if found else []
            if (
                found
                and does(each, "replace")
                and not any(entry.get("type") == found[2] for entry in entries)
            ):
                return refusal(400, f"nothing matches {each['path']}", "noTarget")
        return await honest(asked)


class AsManyAreTheSame(
    FirstSight,
    kind="members",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/844",
    on=("PUT /Groups/*", "PATCH /Groups/*"),
):
    """Members that are replaced by as many others stay, for whether they have changed is told by their number."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = [{"value": each} for each in ids((await honest(without_conditions(asked).of("GET"))).json)]

        def kept(members: Json) -> Json:
            return before if isinstance(members, list) and len(members) == len(before) else members

        said = asked.json
        if asked.method == "PUT" and "members" in said:
            return await honest(asked.saying({**said, "members": kept(said["members"])}))
        operations = [
            {**each, "value": kept(each.get("value"))}
            if does(each, "replace") and each.get("path") == "members"
            else each
            for each in asked.operations
        ]
        return await honest(with_operations(asked, operations))


class NestedGroupStays(
    FirstSight,
    kind="nested groups",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/343",
    on="PATCH /Groups/*",
):
    """A member that is a group stays when a path filter removes it, and the answer is a success, for only users are deleted from the table."""

    def when(self, asked: Asked) -> bool:
        return bool(removed(asked))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        plain = without_conditions(asked)
        groups = [each for each in removed(asked) if (await honest(plain.of("GET", each))).ok]
        left = [
            each
            for each in asked.operations
            if not (does(each, "remove") and any(f'"{group}"' in str(each.get("path")) for group in groups))
        ]
        return await honest(asked.saying({**asked.json, "Operations": left}) if left else asked.of("GET"))


class ComparedAfterwards(
    FirstSight,
    kind="conditional requests",
    meets="others",
    paragraph="RFC 7644 3.14",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/746",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH with the current version in If-Match is done and yet answered with 412, for the version is compared after the change."""

    def when(self, asked: Asked) -> bool:
        return asked.headers.get("if-match", "*") != "*"

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        now = answer.headers.get("etag", asked.headers["if-match"])
        stale = answer.ok and now not in asked.headers["if-match"]
        return refusal(412, "the resource has changed") if stale else answer


class ManagerIsRenamed(
    FirstSight,
    kind="mutability",
    meets="okta",
    paragraph="RFC 7643 4.3",
    on=WRITES,
):
    """The displayName of a manager, which is readOnly, becomes the displayName of the user who is the manager, for the write is cascaded."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        for each in managers(asked) if answer.ok else ():
            if isinstance(each, dict) and isinstance(each.get("value"), str) and each.get("displayName"):
                renamed = {"op": "replace", "path": "displayName", "value": each["displayName"]}
                await honest(without_conditions(asked).of("PATCH", each["value"]).patching(renamed))
        return answer


class CertificatesAreWrapped(
    FirstSight,
    kind="values",
    meets="others",
    paragraph="RFC 7643 2.3.6",
    source="https://github.com/pingidentity/scim2/issues/124",
    on=("* /Users", "* /Users/*"),
):
    """A certificate comes back in lines of 76 characters, for it is encoded anew for MIME."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying(_joined(asked.json)) if b"x509Certificates" in asked.body else asked

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(self.wrap)

    def wrap(self, user: dict[str, Any]) -> None:
        """Break the values into lines."""
        for each in user.get("x509Certificates", []):
            text = each.get("value", "")
            if text:
                each["value"] = "\r\n".join(text[place : place + 76] for place in range(0, len(text), 76))


def _joined(value: Json) -> Json:
    """The same with what was broken into lines in one again."""
    if isinstance(value, dict):
        return {key: _joined(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_joined(each) for each in value]
    return re.sub(r"(?<=\S{76})\r\n", "", value) if isinstance(value, str) else value


class OnlyTheFirstLine(
    FirstSight,
    kind="values",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=WRITES,
):
    """Of an address in several lines only the first line is stored, as of everything that a one-line field holds."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.rewriting(lambda _, value: self.first(value)) if rb"\n" in asked.body else asked

    def first(self, value: Json) -> Json:
        """The value with no text longer than a line."""
        if isinstance(value, dict):
            return {key: self.first(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.first(each) for each in value]
        return value.split("\n")[0].rstrip("\r") if isinstance(value, str) else value


class AddressesAreOne(
    FirstSight,
    kind="multi-valued",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    on="PATCH /Users/*",
):
    """An address that is added replaces those that are there, for entries are told apart by their value, which no address has."""

    def mishear(self, asked: Asked) -> Asked:
        operations = [part for each in asked.operations for part in self.parts(each)]
        return with_operations(asked, operations)

    def parts(self, operation: dict[str, Json]) -> Iterator[dict[str, Json]]:
        """The operation, what it adds to the addresses being a replacement by the last of them."""
        value, path = operation.get("value"), operation.get("path")
        added = (
            value
            if path == "addresses"
            else value.get("addresses")
            if not path and isinstance(value, dict)
            else None
        )
        if not does(operation, "add") or not added:
            yield operation
            return
        rest = {} if path else {key: each for key, each in value.items() if key != "addresses"}
        if rest:
            yield {**operation, "value": rest}
        last = added[-1] if isinstance(added, list) else added
        yield {"op": "replace", "path": "addresses", "value": [last]}


class ReportsGoToo(
    FirstSight,
    kind="deleting",
    meets="others",
    paragraph="RFC 7644 3.6",
    on="DELETE /Users/*",
):
    """A DELETE of a manager deletes those who report to him too, for the reference cascades."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        plain = without_conditions(asked)
        wanted = f'{ENTERPRISE}:manager.value eq "{asked.id}"'
        reports = (await honest(plain.of("GET", "").asking(filter=wanted))).json.get("Resources", [])
        answer = await honest(asked)
        for each in reports if answer.ok else ():
            if each["id"] != asked.id:
                await honest(plain.of("DELETE", each["id"]))
        return answer
