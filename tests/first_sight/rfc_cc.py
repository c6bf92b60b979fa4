"""Faults in RFC 7643 2.4, 3.1, 4.1, 4.2 and 7, in RFC 7644 3.4 to 3.7, 3.14, 4 and 5, and in RFC 9865 2 and 3, as seen at first sight."""

import re
from collections import defaultdict
from dataclasses import replace

import orjson

from first_sight.fault import FirstSight
from first_sight.reading import bare, reading
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LISTS = ("GET /Users", "GET /Groups")
SEARCHES = ("POST /Users/.search", "POST /Groups/.search", "POST /.search")
CHANGES = ("PUT /Users/*", "PATCH /Users/*")


def texts(shown: Json, path: str) -> list[str]:
    """The texts a resource has at a path in small letters, with a schema before it or not."""
    level = [shown, shown.get(ENTERPRISE, {})]
    for part in path.rpartition(":")[2].split("."):
        found = [each[key] for each in level if isinstance(each, dict) for key in each if key.lower() == part]
        level = [value for each in found for value in (each if isinstance(each, list) else [each])]
    values = [each.get("value") if isinstance(each, dict) else each for each in level]
    return [each for each in values if isinstance(each, str)]


class Narrowed(FirstSight, on=LISTS):
    """A filter of one comparison with a text, which finds fewer than it should."""

    operators = frozenset({"co"})

    def when(self, asked: Asked) -> bool:
        alone = re.fullmatch(r'\s*\S+\s+\w+\s+"(?:[^"\\]|\\.)*"\s*', asked.filter)
        return bool(alone) and asked.sought[1] in self.operators

    def fits(self, text: str, value: str) -> bool:
        """Whether a text is found by a value."""
        raise NotImplementedError

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        path, _, value = asked.sought
        whole = await honest(asked.asking(attributes=None, excludedAttributes=None))
        lost = {
            each["id"]
            for each in whole.resources
            if not any(self.fits(text, value) for text in texts(each, path))
        }
        answer = await honest(asked)
        kept = [each for each in answer.resources if each["id"] not in lost]
        return answer.showing(kept, answer.json["totalResults"] - len(lost)) if lost else answer


class ContainsIsAFullText(Narrowed, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on=LISTS):
    """The operator co finds a value only where a word of the text begins with it, for it is answered by the database's full text index."""

    def fits(self, text: str, value: str) -> bool:
        return bool(re.search(rf"(?<!\w){re.escape(value)}", text, re.IGNORECASE))


class OnlyEqIsPrepared(Narrowed, kind="filters", meets="others", paragraph="RFC 7644 5", on=LISTS):
    """The operators co, sw and ew do not find a letter with its accent by the letter and the accent as two characters, nor the other way round, for only eq prepares both sides."""

    operators = frozenset({"co", "sw", "ew"})

    def fits(self, text: str, value: str) -> bool:
        return value.casefold() in text.casefold()


class PartsOfExtensionsUnsupported(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/wso2/product-is/issues/11026",
    on=LISTS,
):
    """A filter by a sub-attribute of an extension, such as the manager's value, is answered with 500, for the core schema is asked for it."""

    def when(self, asked: Asked) -> bool:
        return bool(re.search(rf"{re.escape(ENTERPRISE)}:\w+\.\w+", asked.filter, re.IGNORECASE))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        return refusal(500, "Unsupported attribute") if answer.ok else answer


class OnlyTextsAreSorted(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/527",
    on=LISTS,
):
    """A list that is to be sorted by active or a time of meta comes in the order of creation in either direction, for the sort looks at the column of texts, which is empty for them."""

    def when(self, asked: Asked) -> bool:
        return asked.query.get("sortBy", "").lower() in {"active", "meta.created", "meta.lastmodified"}

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(sortBy=None, sortOrder=None)


class PagesEndAtStartIndex(
    FirstSight,
    kind="paging",
    meets="okta",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/wso2/product-is/issues/9957",
    on=LISTS,
):
    """Each page after the first ends with the one at startIndex where it should begin, for the last row is counted from there backwards."""

    def when(self, asked: Asked) -> bool:
        start, count = (asked.query.get(name, "") for name in ("startIndex", "count"))
        return start.isdecimal() and count.isdecimal() and int(start) > 1 and int(count) > 1

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        start, count = int(asked.query["startIndex"]), int(asked.query["count"])
        answer = await honest(asked.asking(startIndex=max(1, start - count + 1)))
        return answer.having(startIndex=start) if answer.ok else answer


class TotalOfWhatIsLeft(FirstSight, kind="paging", meets="others", paragraph="RFC 7644 3.4.2", on=LISTS):
    """On a page by cursor totalResults lacks those of the pages before it, for the clause that passes them over stands in the statement that counts, too."""

    def __init__(self) -> None:
        self.passed = defaultdict(int)

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.query

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        passed = self.passed[asked.query["cursor"]]
        if "nextCursor" in answer.json:
            self.passed[answer.json["nextCursor"]] = passed + len(answer.resources)
        return answer.having(totalResults=answer.json["totalResults"] - passed)


class PreviousIsThisPage(FirstSight, kind="paging", meets="others", paragraph="RFC 9865 2", on=LISTS):
    """The previousCursor of a page is the one that it was asked for with itself, so that the first page has one, too, an empty one."""

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.query

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(previousCursor=asked.query["cursor"]) if answer.ok else answer


class SearchReadsNoCursor(FirstSight, kind=".search", meets="others", paragraph="RFC 9865 3", on=SEARCHES):
    """A search by POST begins with the first page by index whatever cursor its body has, for the cursor is looked for in the URL alone."""

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.json

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({name: each for name, each in asked.json.items() if name != "cursor"})


class ListHasNoMembers(
    FirstSight,
    kind="groups and membership",
    meets="okta",
    paragraph="RFC 7643 7",
    source="https://github.com/graphql-hive/console/issues/8352",
    on=("GET /Groups", "POST /Groups/.search"),
):
    """A list of groups shows no members, even if they are asked for, and only a group by itself has them, for what builds the list does not load them."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda group: group.pop("members", None))


class MemberIsASubresource(
    FirstSight, kind="groups and membership", meets="others", paragraph="RFC 7643 4.2", on="* /Groups*"
):
    """The $ref of a member is a place below the group where there is nothing, for the link is made as for any part of a resource."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(group: dict[str, Json]) -> None:
            for member in group.get("members", []):
                if "$ref" in member:
                    below = rf"/Groups/{group['id']}/members/\1"
                    member["$ref"] = re.sub(r"/(?:Users|Groups)/([^/]+)$", below, member["$ref"])

        return answer.each(change)


class EnterpriseUserIsAType(
    FirstSight, kind="meta", meets="okta", paragraph="RFC 7643 3.1", on=("* /Users*", "* /Me")
):
    """The resourceType of a user with the enterprise extension is EnterpriseUser, which is the name of the class and of no resource type."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(user: dict[str, Json]) -> None:
            if ENTERPRISE in user and "resourceType" in user.get("meta", {}):
                user["meta"]["resourceType"] = "EnterpriseUser"

        return answer.each(change)


class PasswordIsMasked(
    FirstSight, kind="passwords and activation", meets="okta", paragraph="RFC 7643 4.1.1", on="* /Users*"
):
    """A user who was given a password is shown with one of eight asterisks, for it is masked in place of being left out."""

    def __init__(self) -> None:
        self.given = set()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(user: dict[str, Json]) -> None:
            if user.get("id") in self.given:
                user["password"] = "********"

        if answer.ok and asked.method in {"POST", "PUT", "PATCH"} and asked.sets("password"):
            self.given.add(answer.json.get("id"))
        return answer.each(change)


class BothAreKeptPrimary(
    FirstSight,
    kind="values and encodings",
    meets="others",
    paragraph="RFC 7643 2.4",
    source="https://github.com/wso2/product-is/issues/10033",
    on=("POST /Users", "GET /Users*", *CHANGES),
):
    """A create or PUT with two primary e-mail addresses or phone numbers is taken, and both are shown as primary from then on, for each is a row with a flag of its own."""

    def __init__(self) -> None:
        self.marked = defaultdict(set)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        document, marked = asked.json, set()
        for name in ("emails", "phoneNumbers") if asked.method in {"POST", "PUT"} else ():
            first, *others = [each for each in document.get(name, []) if each.get("primary") is True] or [{}]
            marked |= {(name, each["value"]) for each in (first, *others) if others}
            for each in others:
                each["primary"] = False
        answer = await honest(asked.saying(document) if marked else asked)
        if answer.ok and (asked.method in {"POST", "PUT"} or re.search(rb"emails|phoneNumbers", asked.body)):
            self.marked[answer.json["id"]] = marked

        def change(user: dict[str, Json]) -> None:
            for name, value in self.marked.get(user.get("id"), ()):
                for each in user.get(name, []):
                    each |= {"primary": True} if each.get("value") == value else {}

        return answer.each(change)


class ChildRowsHaveNoVersion(
    FirstSight,
    kind="preconditions and versions",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("GET /Users*", "DELETE /Users/*", "POST /Users/.search", *CHANGES),
):
    """A change of nothing but addresses of any kind, phone numbers, photos, roles or the like leaves the version as it was, for they are rows of other tables than the one with the version."""

    rows = frozenset(
        {"emails", "phoneNumbers", "addresses", "ims", "photos", "roles", "entitlements", "x509Certificates"}
    )

    def __init__(self) -> None:
        self.told = defaultdict(dict)  # by id, what is told in the place of a version

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        look, told, headers = reading(asked), self.told[asked.id], dict(asked.headers)
        before = (await honest(look)).json
        now = before.get("meta", {}).get("version")
        for name in headers.keys() & {"if-match", "if-none-match"}:
            headers[name] = now if headers[name] == told.get(now) else headers[name]
        answer = await honest(replace(asked, headers=headers))
        if answer.ok and asked.method in {"PUT", "PATCH"}:
            after = (await honest(look)).json
            old, new = before.pop("meta")["version"], after.pop("meta")["version"]
            changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
            if changed and changed <= self.rows:
                told[new] = told.get(old, old)

        def change(user: dict[str, Json]) -> None:
            meta = user.get("meta", {})
            if "version" in meta:
                meta["version"] = self.told[user["id"]].get(meta["version"], meta["version"])

        tag = answer.headers.get("etag")
        return answer.each(change).headed(etag=told.get(tag, tag))


class PutFindsByUserName(
    FirstSight, kind="deletes and what remains", meets="others", paragraph="RFC 7644 3.6", on="PUT /Users/*"
):
    """A PUT to the id of a user who was deleted replaces the one who has the same userName since, for where no id is found the user is looked for by name."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        name = asked.json.get("userName")
        if answer.status != 404 or not isinstance(name, str):
            return answer
        wanted = f"userName eq {orjson.dumps(name).decode()}"
        found = (await honest(bare(asked).of("GET", "").asking(filter=wanted))).resources
        return await honest(replace(asked, id=found[0]["id"])) if found else answer


class AddWithoutPathIsAnUpdate(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """An add without a path puts its lists in the place of those that are there, for the dictionary is updated with the value as a whole."""

    def mishear(self, asked: Asked) -> Asked:
        operations = [
            {**each, "op": "replace"}
            if each.get("op", "").lower() == "add" and not each.get("path")
            else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": operations}) if operations else asked


class CommaAfterEachPatch(
    FirstSight,
    kind="PATCH",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/wso2/product-is/issues/5766",
    on="PATCH /Users/*",
):
    """A PATCH of anything but the e-mail addresses adds a comma to the last of them, for they are stored as one text and put together again with a comma after each."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        emails = (await honest(reading(asked))).json.get("emails")
        if not answer.ok or not emails or b"emails" in asked.body.lower():
            return answer
        emails[-1]["value"] += ","
        again = bare(asked).patching({"op": "replace", "path": "emails", "value": emails})
        return await honest(replace(again, query_string=asked.query_string))


class CreatesComeFirst(FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.7", on="POST /Bulk"):
    """All creates of a bulk request are done before its other operations, so that a name which an earlier one gives up is still taken, for that is how each bulkId is known in time."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        listed = asked.json["Operations"]
        order = sorted(range(len(listed)), key=lambda place: listed[place]["method"].upper() != "POST")
        answer = await honest(asked.saying({**asked.json, "Operations": [listed[each] for each in order]}))
        results = answer.json.get("Operations", [])
        if len(results) < len(listed):
            return answer
        return answer.having(Operations=[results[order.index(place)] for place in range(len(listed))])


class BulkDeleteOfNobody(
    FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.7.3", on="POST /Bulk"
):
    """The DELETE of a resource that is not there is told as done in the answer to a bulk request, and as 404 by itself, for the bulk statement does not say how many rows it deleted."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        results = answer.json.get("Operations", [])
        for each in results:
            if each["method"] == "DELETE" and each["status"] == "404":
                each["status"] = "204"
                each.pop("response", None)
        return answer.having(Operations=results) if results else answer


class SchemaRouteIsOfTheCore(
    FirstSight, kind="schemas and resource types", meets="others", paragraph="RFC 7644 4", on="GET /Schemas/*"
):
    """The schema of an extension is on the list of schemas and not found by its URI, for the pattern of the route has the core in it."""

    def when(self, asked: Asked) -> bool:
        return ":core:" not in asked.id.lower()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        return refusal(404, f"there is no schema {asked.id}") if answer.ok else answer
