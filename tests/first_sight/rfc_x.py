"""Faults after reports of servers in eight languages, and of RFC 7644 sections 3.4.2 (lists), 3.4.3 (.search), 3.5 (changes), 3.7 (bulk) and 3.14 (versions)."""

import re
from dataclasses import replace

from first_sight.fault import FirstSight
from first_sight.reading import standing
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

LISTS = ("GET /Users", "GET /Groups")
SEARCHES = ("POST /.search", "POST /Users/.search", "POST /Groups/.search")
READS = (*LISTS, "GET /Users/*", "GET /Groups/*")
CHANGES = ("PUT /Users/*", "PATCH /Users/*", "PUT /Groups/*", "PATCH /Groups/*")


def bare(text: str) -> str:
    """A filter or path with nothing inside its quotes."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)


class NobodyWithoutPaging(
    FirstSight,
    kind="lists and pages",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/bitwarden/server/issues/4034",
    on="GET /Users",
):
    """A list of users without a filter is empty unless both startIndex and count are given, for there is a branch for either and none for neither."""

    def when(self, asked: Asked) -> bool:
        given = {name.casefold() for name in asked.query}
        return not given & {"filter", "cursor"} and not given >= {"startindex", "count"}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([]) if answer.ok else answer


class StartDroppedWhenAllFit(
    FirstSight,
    kind="lists and pages",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/OpenLiberty/open-liberty/issues/4341",
    on=LISTS,
):
    """A list from a later startIndex on shows everything from the first one where count is at least the total, for then the results are not cut at all."""

    def when(self, asked: Asked) -> bool:
        return asked.query.get("startIndex", "").isdigit() and asked.query.get("count", "").isdigit()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        start, count = int(asked.query["startIndex"]), int(asked.query["count"])
        if answer.ok and start > 1 and count >= answer.json["totalResults"]:
            return (await honest(asked.asking(startIndex=None))).having(startIndex=start)
        return answer


class NumbersInNaturalOrder(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=LISTS,
):
    """What is sorted by a text has 9 before 10, for it is sorted as file managers do it and not alphabetically."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("sortBy")) and "cursor" not in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        path, answer = asked.query["sortBy"], await honest(asked)
        everybody = asked.asking(startIndex=None, count=1000)
        keyed = await honest(everybody.asking(attributes=path, excludedAttributes=None))
        if not answer.ok or not keyed.ok or keyed.json["totalResults"] > 1000:
            return answer
        first, _, part = path.partition(".")
        values = {each["id"]: each.get(first, {} if part else "") for each in keyed.resources}
        keys = {
            key: value.get(part, "") if isinstance(value, dict) else value for key, value in values.items()
        }
        if not all(isinstance(value, str) for value in keys.values()):
            return answer
        parts = {
            key: [int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", value.casefold())]
            for key, value in keys.items()
        }
        down = asked.query.get("sortOrder", "").casefold() == "descending"
        order = sorted(keys, key=lambda key: (not keys[key], parts[key]), reverse=down)
        shown = {each["id"]: each for each in (await honest(everybody)).resources}
        start = max(int(asked.query.get("startIndex", 1)), 1) - 1
        page = order[start : start + len(answer.resources)]
        return answer.having(Resources=[shown[key] for key in page])


class DatesAreNeverGreater(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/thomaspoignant/scim2-parse-filter/issues/170",
    on=LISTS,
):
    """Nothing is found by gt, ge, lt or le of meta.created or meta.lastModified, for a date object is compared with a string, and JavaScript holds both to be no number."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.filter)

    def mishear(self, asked: Asked) -> Asked:
        compared = r'(?i)(?:urn:\S+:)?meta\.(?:created|lastModified) +(?:gt|ge|lt|le) +"[^"]*"'
        return asked.asking(filter=re.sub(compared, "not (id pr)", asked.filter))


class ThreeClausesAreRefused(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/15five/scim2-filter-parser/issues/17",
    on=LISTS,
):
    """A filter with two ands, or with two ors, is refused as invalid, for the grammar has a rule for a pair of clauses and none for a chain of them."""

    def when(self, asked: Asked) -> bool:
        return any(len(re.findall(rf"(?i) {word} ", bare(asked.filter))) > 1 for word in ("and", "or"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(400, "Parsing error at the second operator", "invalidFilter") if answer.ok else answer


class ComplexIsEmptyIfAsked(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    source="https://github.com/python-scim/scim2-models/issues/114",
    on=READS,
):
    """Who asks for name, emails or another complex attribute without naming its parts gets empty objects, for each part is looked for among the attributes that were asked for."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("attributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        wanted = asked.query["attributes"].casefold().replace(" ", "").split(",")

        def change(shown: dict[str, Json]) -> None:
            for name, value in shown.items():
                if name.casefold() in wanted and isinstance(value, dict):
                    shown[name] = {}
                elif name.casefold() in wanted and isinstance(value, list):
                    shown[name] = [{} if isinstance(each, dict) else each for each in value]

        return answer.each(change)


class NestedGroupsOnlyAlone(
    FirstSight,
    kind="groups and members",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/fleetdm/fleet/issues/52501",
    on=("GET /Groups", "POST /Groups/.search", "POST /.search"),
):
    """The groups in a group are shown where it is read by its id but not in a list, for the query of the list joins the users alone."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            if "members" in shown:
                shown["members"] = [each for each in shown["members"] if each.get("type") != "Group"]

        return answer.each(change)


class GroupsShareOneRow(
    FirstSight,
    kind="creates",
    meets="okta",
    paragraph="RFC 7644 3.3",
    source="https://github.com/grokability/snipe-it/issues/19493",
    on="POST /Groups",
):
    """A second group that is created overwrites the first and gets its id, for what is created is first looked up by its userName, which no group has."""

    def __init__(self) -> None:
        self.first = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        there = asked.of("GET", self.first)
        if self.first and (await honest(there)).ok:
            answer = await honest(replace(asked, method="PUT", id=self.first))
            return replace(answer, status=201) if answer.ok else answer
        answer = await honest(asked)
        self.first = answer.json["id"] if answer.ok else ""
        return answer


class RefIsUnknown(
    FirstSight,
    kind="groups and members",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/opf/openproject/pull/19547",
    on=("POST /Groups", "PUT /Groups/*"),
):
    """A group whose members come with the $ref that the server shows and its schema has is refused with 400, for Ruby has no methods of such a name."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if any("$ref" in each for each in asked.json.get("members", [])) and await standing(asked, honest):
            return refusal(400, "unknown attribute '$ref' for ReferenceMember", "invalidSyntax")
        return await honest(asked)


class QuotedIsTheId(
    FirstSight,
    kind="groups and members",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on="PATCH /Groups/*",
):
    """What is removed from members by a filter of their type or display stays, for the first text in quotes is taken for an id, whatever it is compared with."""

    def named(self, operation: dict[str, Json]) -> str:
        """What such a removal has in quotes, with them; empty of any other operation."""
        found = re.match(r'(?i)members\[[^"]*("[^"]*")', operation.get("path", ""))
        return found[1] if found and operation["op"].casefold() == "remove" else ""

    def when(self, asked: Asked) -> bool:
        return any(self.named(each) for each in asked.operations)

    def mishear(self, asked: Asked) -> Asked:
        operations = asked.operations
        for each in operations:
            if self.named(each):
                each["path"] = f"members[value eq {self.named(each)}]"
        return asked.saying({**asked.json, "Operations": operations})


class ActiveForgottenAtCreate(
    FirstSight,
    kind="creates",
    meets="others",
    paragraph="RFC 7644 3.3",
    source="https://github.com/getprobo/probo/pull/711",
    on="POST /Users",
):
    """A user created with active false is answered so but is active, for a membership always begins as an active one."""

    def when(self, asked: Asked) -> bool:
        return str(asked.json.get("active")).casefold() == "false"

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({**asked.json, "active": True})

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(active=False) if answer.ok and "active" in answer.json else answer


class ActiveIsOne(
    FirstSight,
    kind="values and their types",
    meets="okta",
    paragraph="RFC 7643 2.3.2",
    source="https://github.com/grokability/snipe-it/pull/13948",
    on=("* /Users*", "* /Me", *SEARCHES),
):
    """The value of active is shown as 1 or 0, for the database has no booleans and nothing casts the column."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            if isinstance(shown.get("active"), bool):
                shown["active"] = int(shown["active"])

        return answer.each(change)


class AddOverValueIsRefused(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/pingidentity/scim2/issues/281",
    on="PATCH /Users/*",
):
    """An add to a part of the entry that a filter chooses is refused where the entry has that part already, for add is taken to need a place that is free."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        user = await standing(asked, honest)
        for operation in asked.operations:
            path = re.fullmatch(r'(\w+)\[(\w+) eq "([^"]*)"\]\.(\w+)', operation.get("path", ""))
            if path and operation["op"].casefold() == "add":
                chosen = [each for each in user.get(path[1], []) if each.get(path[2]) == path[3]]
                if any(path[4] in each for each in chosen):
                    return refusal(400, f"{path[1]} has a {path[4]} defined already", "invalidValue")
        return await honest(asked)


class UnquotedInBrackets(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A path such as emails[primary eq true].value is refused as invalid, for the pattern of paths wants each value in quotes."""

    def when(self, asked: Asked) -> bool:
        unquoted = re.compile(r"(?i)\[[^\]]* (?:eq|ne) +(?:true|false)\b")
        return any(unquoted.search(bare(each.get("path", ""))) for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if await standing(asked, honest):
            return refusal(400, "the path could not be parsed", "invalidPath")
        return await honest(asked)


class BodysVersionIsThePrecondition(
    FirstSight,
    kind="PUT",
    meets="others",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """A PUT whose body has an earlier meta.version is refused with 409, though it has no If-Match and meta is read-only, for the mapper locks by the field it marks as the version."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = asked.json.get("meta", {}).get("version")
        now = await standing(asked, honest)
        if said and now and said != now["meta"]["version"]:
            return refusal(409, "Row was updated or deleted by another transaction")
        return await honest(asked)


class VersionOfTheIndexRow(
    FirstSight,
    kind="versions",
    meets="okta",
    paragraph="RFC 7644 3.14",
    source="https://github.com/openstack-experimental/keystone/pull/929",
    on=("* /Users*", "* /Groups*"),
):
    """Only a change of externalId makes a new version, so that a tag from before any other change still matches, for the version is a column of the table that maps externalId to id."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        writes, tag = asked.method in {"PUT", "PATCH"}, self.told.get(asked.id)
        before = await standing(asked, honest) if tag or writes else {}
        if before and tag in asked.headers.values():
            real = before["meta"]["version"]
            headers = {name: real if value == tag else value for name, value in asked.headers.items()}
            asked = replace(asked, headers=headers)
        answer = await honest(asked)
        if answer.ok and before and writes:
            if (await standing(asked, honest)).get("externalId") == before.get("externalId"):
                self.told.setdefault(asked.id, before["meta"]["version"])
            else:
                self.told.pop(asked.id, None)

        def change(shown: dict[str, Json]) -> None:
            if "version" in shown.get("meta", {}):
                shown["meta"]["version"] = self.told.get(shown["id"], shown["meta"]["version"])

        shown = answer.each(change)
        return (
            shown.headed(etag=self.told[asked.id])
            if asked.id in self.told and "etag" in shown.headers
            else shown
        )


class OnlyReadsAreTagged(
    FirstSight,
    kind="versions",
    meets="okta",
    paragraph="RFC 7644 3.14",
    on=("POST /Users", "POST /Groups", *CHANGES),
):
    """The answers to a create, PUT or PATCH have meta.version but no ETag header, for only what is read passes by the code that caches."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(etag=None) if answer.ok else answer


class MaxResultsIsZero(
    FirstSight,
    kind="service provider config",
    meets="others",
    paragraph="RFC 7643 5",
    source="https://github.com/keycloak/keycloak/issues/49841",
    on="GET /ServiceProviderConfig",
):
    """The configuration says that filter.maxResults is 0 though lists show more, for the field is never set and keeps what an int begins with."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        return answer.having(filter={**answer.json["filter"], "maxResults": 0})


class SearchIsCreated(
    FirstSight,
    kind=".search",
    meets="others",
    paragraph="RFC 7644 3.4.2",
    on=SEARCHES,
):
    """A search by POST is answered with 201, though nothing is created, for that is what the framework answers to a POST unless told otherwise."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer, status=201) if answer.status == 200 else answer


class FailuresHaveNoLocation(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on="POST /Bulk",
):
    """A PUT, PATCH or DELETE that fails in a bulk request is told without its location, for the error handler of all methods is the one written for POST."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        results = answer.json.get("Operations", [])
        for each in results:
            if not each["status"].startswith("2"):
                each.pop("location", None)
        return answer.having(Operations=results) if answer.ok else answer
