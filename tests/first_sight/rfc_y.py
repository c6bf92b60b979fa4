"""Faults from RFC 7643 sections 2 to 5 and 7 and RFC 7644 sections 2 and 3, some of them after reports, as seen at first sight."""

import re
from collections import defaultdict
from dataclasses import replace
from typing import ClassVar

from first_sight.fault import FirstSight
from first_sight.reading import bare, reading
from reference_server.comparing import now
from reference_server.faults.bending import ERROR, LIST, Answer, Asked, Honest, Json, raw, refusal, reply

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
PATCHES = ("PATCH /Users/*", "PATCH /Groups/*")
WHOLE = re.compile(r"([\w:.]+)\[.*\]")  # a path that chooses whole values by a filter


def verb(operation: dict[str, Json]) -> str:
    """What an operation of a PATCH does."""
    return str(operation.get("op")).lower()


class IntegersAreDoubles(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7643 2.3.4",
    on="*",
):
    """Integers, such as totalResults and maxOperations, are written as 3.0, for each answer goes through a map whose numbers are doubles."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def doubled(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: doubled(each) for key, each in value.items()}
            if isinstance(value, list):
                return [doubled(each) for each in value]
            return float(value) if type(value) is int else value

        return answer.saying(doubled(answer.json)) if answer.body else answer


class PresentOnceAndForAll(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """An attribute that a user had once is found by "pr" after it was removed, too, for its flag in the index is only ever set."""

    def __init__(self) -> None:
        self.had, self.lost = defaultdict(set), defaultdict(set)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        def widened(found: re.Match[str]) -> str:
            ids = [f'id eq "{each}"' for each in sorted(self.lost[found[1].lower()])]
            return f"({' or '.join([found[0], *ids])})"

        if asked.lists:
            pattern = r"(?<![\w.:\[\"])(\w+)\s+pr\b"
            return await honest(asked.asking(filter=re.sub(pattern, widened, asked.filter) or None))
        answer = await honest(asked)
        if answer.ok and not asked.query_string:
            shown, identifier = {name.lower() for name in answer.json}, answer.json["id"]
            for name in self.had[identifier] - shown:
                self.lost[name].add(identifier)
            self.had[identifier] |= shown
        return answer


class UrnForEachChange(
    FirstSight,
    kind="schemas and extensions",
    meets="others",
    paragraph="RFC 7643 3",
    on="* /Users*",
):
    """Each PATCH of the enterprise extension adds its URN to the user's schemas, where it may be already."""

    def __init__(self) -> None:
        self.more = defaultdict(int)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        again = 0
        if asked.method == "PATCH" and ENTERPRISE.lower() in asked.body.decode().lower():
            before = (await honest(reading(asked))).json
            again = before.get("schemas", []).count(ENTERPRISE)
        answer = await honest(asked)
        if answer.ok and asked.method == "PUT":
            self.more.pop(asked.id, None)
        if answer.ok and any(verb(each) != "remove" for each in asked.operations):
            self.more[asked.id] += again

        def change(shown: dict[str, Json]) -> None:
            if ENTERPRISE in shown.get("schemas", []):
                shown["schemas"] += [ENTERPRISE] * self.more.get(shown.get("id"), 0)

        return answer.each(change)


class ExternalIdIsFilledIn(
    FirstSight,
    kind="ids",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("POST /Users", "PUT /Users/*", "POST /Groups", "PUT /Groups/*"),
):
    """Who is created or replaced without an externalId gets the name as such, for the column must not be null."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        name = document.get("userName" if asked.kind == "Users" else "displayName")
        if asked.id == ".search" or not name or "externalid" in {key.lower() for key in document}:
            return asked
        return asked.saying({**document, "externalId": name})


class ClockIsReadTwice(
    FirstSight,
    kind="meta",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("* /Users*", "* /Groups*", "* /Me"),
):
    """Who was never changed since the create was changed just after it, for created and lastModified each ask the clock."""

    def __init__(self) -> None:
        self.modified = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            meta = shown.get("meta", {})
            if "created" in meta and meta["created"] == meta.get("lastModified"):
                meta["lastModified"] = self.modified.setdefault(shown["id"], now())

        return answer.each(change)


class ListedVersionIsTheRows(
    FirstSight,
    kind="ETags",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=("GET /Groups", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """On a list a group has the version that it had before its members were patched, for that is in its row, which no change of members touches."""

    def __init__(self) -> None:
        self.rows = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.lists:

            def change(shown: dict[str, Json]) -> None:
                if "version" in shown.get("meta", {}):
                    shown["meta"]["version"] = self.rows.get(shown["id"], shown["meta"]["version"])

            return answer.each(change)
        paths = {str(each.get("path")).lower()[:7] for each in asked.operations}
        if answer.ok and paths != {"members"}:
            self.rows[asked.id or answer.json["id"]] = answer.headers["etag"]
        return answer


class MessagesAreSchemas(
    FirstSight,
    kind="schemas and extensions",
    meets="others",
    paragraph="RFC 7644 3.1",
    on="GET /Schemas*",
):
    """The schemas that can be discovered have those of the protocol's messages among them, for all classes of the package are registered."""

    messages: ClassVar = {
        ERROR: {"status": "string", "scimType": "string", "detail": "string"},
        LIST: {"totalResults": "integer", "startIndex": "integer", "itemsPerPage": "integer"},
    }
    never: ClassVar = {"multiValued": False, "required": False, "caseExact": False}
    usual: ClassVar = {**never, "mutability": "readOnly", "returned": "default", "uniqueness": "none"}

    def schema(self, urn: str, place: str) -> dict[str, Json]:
        attributes = [
            {"name": name, "type": kind, "description": f"The {name}.", **self.usual}
            for name, kind in self.messages[urn].items()
        ]
        meta = {"resourceType": "Schema", "location": f"{place}/{urn}"}
        name = urn.rpartition(":")[2]
        about = {"schemas": [SCHEMA], "id": urn, "name": name, "description": name}
        return {**about, "attributes": attributes, "meta": meta}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        every = (await honest(bare(asked).of("GET", ""))).resources
        place = every[0]["meta"]["location"].removesuffix(f"/{every[0]['id']}") if every else ""
        if asked.id in self.messages and "filter" not in asked.query:
            return reply(self.schema(asked.id, place))
        if asked.id or not answer.ok:
            return answer
        return answer.showing(answer.resources + [self.schema(urn, place) for urn in self.messages])


class PatchIsNotGuarded(
    FirstSight,
    kind="access and credentials",
    meets="others",
    paragraph="RFC 7644 2",
    on=("* /Users*", "* /Groups*"),
):
    """A PATCH is done whatever the token, for the guard lists the methods that it is for and was written before there was PATCH."""

    def __init__(self) -> None:
        self.good = None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and "authorization" in asked.headers:
            self.good = asked.headers["authorization"]
        if answer.status == 401 and asked.method == "PATCH" and self.good:
            return await honest(replace(asked, headers={**asked.headers, "authorization": self.good}))
        return answer


class SortedNaturally(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=("GET /Users", "GET /Groups"),
):
    """Digits in a sorted text count as a number, so that a name with 9 comes before one with 10, for the collation is that of the product's tables."""

    def when(self, asked: Asked) -> bool:
        by = asked.query.get("sortBy", "").lower()
        return by in {"username", "displayname", "externalid", "title"} and "cursor" not in asked.query

    def key(self, resource: dict[str, Json], by: str) -> list[Json]:
        value = next((str(each) for name, each in resource.items() if name.lower() == by), "")
        parts = re.split(r"([0-9]+)", value.casefold())
        return [not value, *(int(part) if place % 2 else part for place, part in enumerate(parts))]

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        shown = await honest(asked.asking(startIndex=None, count=1000))
        whole = await honest(
            asked.asking(startIndex=None, count=1000, attributes=None, excludedAttributes=None)
        )
        if not answer.ok or len(whole.resources) < whole.json["totalResults"]:
            return answer
        keys = {each["id"]: self.key(each, asked.query["sortBy"].lower()) for each in whole.resources}
        down = asked.query.get("sortOrder", "").lower() == "descending"
        listed = sorted(shown.resources, key=lambda each: keys[each["id"]], reverse=down)
        first = answer.json["startIndex"] - 1
        return answer.showing(listed[first:][: len(answer.resources)], answer.json["totalResults"])


class MinusOneIsNoLimit(
    FirstSight,
    kind="paging",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    on=("GET /Users", "GET /Groups"),
):
    """A negative count gets everybody, for it goes to the database as it is, where a negative limit is none."""

    def when(self, asked: Asked) -> bool:
        return bool(re.fullmatch(r"-\d+", asked.query.get("count", ""))) and "cursor" not in asked.query

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(count=1000)


class NothingChangedNothingShown(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=PATCHES,
):
    """A PATCH that changes nothing is answered with 204 even where attributes are asked for, for it returns before the answer is made."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(reading(asked))).headers.get("etag")
        answer = await honest(asked)
        if answer.status != 200 or answer.headers.get("etag") != before:
            return answer
        return replace(answer.headed(content_type=None), status=204, body=b"")


class FailedJobsAreNowhere(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on="POST /Bulk",
):
    """In the answer to a bulk request a PUT, PATCH or DELETE that failed has no location, for that is read from the resource it comes to."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        document = answer.json
        for each in document.get("Operations", []):
            if not each["status"].startswith("2"):
                each.pop("location", None)
        return answer.saying(document)


class LimitIsNotSaid(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.4",
    on="POST /Bulk",
):
    """A bulk request beyond a limit is refused without a word of which limit that is, for the text is the status's own."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(detail="Payload Too Large") if answer.status == 413 else answer


class MeForwardsNoQuery(
    FirstSight,
    kind="/Me",
    meets="others",
    paragraph="RFC 7644 3.9",
    on="* /Me",
):
    """At /Me neither attributes nor excludedAttributes count, for the request is passed on to the user's own URL without its query."""

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, query_string="")


class NestedGroupsAreNotListed(
    FirstSight,
    kind="groups and membership",
    meets="others",
    paragraph="RFC 7643 4.2",
    on=("GET /Groups", "POST /Groups/.search"),
    source="https://github.com/fleetdm/fleet/issues/52501",
):
    """A list of groups leaves out the members that are groups, which a read of one shows, for its query joins users alone."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            users = [each for each in shown.pop("members", []) if each.get("type") != "Group"]
            shown.update({"members": users} if users else {})

        return answer.each(change)


class NothingFoundRemovesAll(
    FirstSight,
    kind="PATCH",
    meets="okta",
    paragraph="RFC 7644 3.5.2.2",
    on=PATCHES,
    source="https://github.com/keycloak/keycloak/issues/51525",
):
    """A remove whose filter finds no value, such as of who is no member any more, removes all values, for nothing found is handed on like nothing said."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.operations) and all(verb(each) == "remove" for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        document = asked.json
        for each in document["Operations"]:
            path = WHOLE.fullmatch(each["path"])
            if path:
                sought = f'id eq "{asked.id}" and {path[0]}'
                found = await honest(bare(asked).of("GET", "").asking(filter=sought, attributes="id"))
                if found.ok and not found.resources:
                    each["path"] = path[1]
        return await honest(asked.saying(document))


class FilteredReplaceTakesAll(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    on=PATCHES,
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/201",
):
    """A replace of the values that a filter chooses takes the others away, too, for the list is made of the new values."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        for each in asked.operations if answer.ok else []:
            path, value = WHOLE.fullmatch(str(each.get("path"))), each.get("value")
            if verb(each) == "replace" and path and isinstance(value, dict):
                stored = (await honest(reading(asked))).json.get(path[1], [])
                new = [old for old in stored if value.items() <= old.items()]
                alone = bare(asked).patching({"op": "replace", "path": path[1], "value": new})
                later = await honest(replace(alone, query_string=asked.query_string))
                answer = later if new and later.ok else answer
        return answer


class ExternalIdEndsThePatch(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    on=PATCHES,
    source="https://github.com/simpleidserver/SimpleIdServer/issues/377",
):
    """A replace without path that has an externalId changes nothing else, for who has seen to that goes on to the next operation."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        for each in document["Operations"]:
            if verb(each) == "replace" and "path" not in each:
                ids = {key: value for key, value in each["value"].items() if key.lower() == "externalid"}
                each["value"] = ids or each["value"]
        return asked.saying(document)


class SearchNeedsACount(
    FirstSight,
    kind=".search",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    on="POST *.search",
    source="https://github.com/wso2/product-is/issues/9859",
):
    """A SearchRequest without count is answered with 200 and nothing, for the number that is not there is read before anything is written."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(200) if answer.ok and "count" not in {key.lower() for key in asked.json} else answer


class DollarIsAReference(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    on=("GET /Users", "POST /Users/.search"),
    source="https://github.com/wso2/product-is/issues/4471",
):
    """A list with a user in it whose userName has a dollar sign is answered with 500, for the name is what a regular expression puts in."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.ok and any("$" in each.get("userName", "") for each in answer.resources):
            return refusal(500, "Illegal group reference")
        return answer
