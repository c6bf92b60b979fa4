"""Faults in values, meta, ids, schemas, creates, PUT, PATCH, queries, bulk, access, ETags and deletes, section by section of the RFCs."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from first_sight.fault import FirstSight
from first_sight.reading import standing
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class LocaleOfJava(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on="* /Users*",
):
    """A locale with a region, such as en-US, is shown as en_US, for it is what Java's Locale writes and no language tag."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            if "locale" in shown:
                shown["locale"] = shown["locale"].replace("-", "_")

        return answer.each(change)


class LeadingZerosLost(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """An employee number or a postal code of digits loses its leading zeros, for the column it is kept in is numeric."""

    named = re.compile(r"(?:^|[.:])(?:employeeNumber|postalCode)$", re.IGNORECASE)

    def kept(self, name: str, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: self.kept(key, each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.kept("", each) for each in value]
        is_number = isinstance(value, str) and re.fullmatch("[0-9]+", value) and self.named.search(name)
        return str(int(value)) if is_number else value

    def mishear(self, asked: Asked) -> Asked:
        return asked.rewriting(self.kept)


class TwoClocksAtCreate(
    FirstSight,
    kind="meta",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("* /Users*", "* /Groups*"),
):
    """Of what was never modified meta.lastModified is a little later than meta.created, for a create asks the clock for each of them."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            meta = shown.get("meta", {})
            if "created" in meta and meta["created"] == meta.get("lastModified"):
                later = datetime.fromisoformat(meta["created"]) + timedelta(microseconds=40)
                meta["lastModified"] = later.isoformat(timespec="microseconds").replace("+00:00", "Z")

        return answer.each(change)


class IdsAreUuids(
    FirstSight,
    kind="ids and references",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=("* /Users/*", "* /Groups/*"),
):
    """An id reaches its resource in capitals and without hyphens, too, for the path is read as a UUID and not as a string whose case counts."""

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, id=str(UUID(asked.id)))


class DollarLostInSchemas(
    FirstSight,
    kind="schemas and discovery",
    meets="others",
    paragraph="RFC 7643 8.7.1",
    on="GET /Schemas*",
):
    """Schemas calls the sub-attribute $ref of members, groups and manager ref, for the template takes the dollar sign for its own."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: change(each) for key, each in value.items()}
            if isinstance(value, list):
                return [change(each) for each in value]
            return "ref" if value == "$ref" else value

        return answer.saying(change(answer.json))


class LocationFromShownMeta(
    FirstSight,
    kind="creates",
    meets="others",
    paragraph="RFC 7644 3.3",
    on=("POST /Users", "POST /Groups"),
):
    """A create that asks for some attributes only is answered without Location, for that is taken from the meta that is shown."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        shown = answer.json.get("meta", {}).get("location")
        return answer if not answer.ok or shown else answer.headed(location=None)


class ZoneOfTimeDropped(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "GET /Groups", "POST /Users/.search", "POST /Groups/.search"),
):
    """A time in a filter that is not in UTC is compared as if it were, for its offset is cut off."""

    def dropped(self, written: str) -> str:
        time = r'(?i)(meta\.\w+ \w\w "[\d-]+T[\d:]+(?:\.\d+)?)[+-]\d\d:\d\d"'
        return re.sub(time, r'\1Z"', written)

    def mishear(self, asked: Asked) -> Asked:
        if asked.method == "POST":
            return asked.saying({**asked.json, "filter": self.dropped(asked.json["filter"])})
        return asked.asking(filter=self.dropped(asked.filter)) if asked.filter else asked


class NotTakesTheRest(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "GET /Groups"),
):
    """A not in a filter negates all that follows its brackets, too, so that not (a) and b is read as not (a and b)."""

    rest = re.compile(r"\bnot\s*\(([^()]+)\)(\s+(?:and|or)\s+[^()]+)$", re.IGNORECASE)

    def when(self, asked: Asked) -> bool:
        return bool(self.rest.search(asked.filter))

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=self.rest.sub(r"not (\1\2)", asked.filter))


class PageSorted(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=("GET /Users", "GET /Groups"),
):
    """A sorted list that takes more than one page is sorted within each page only, for the page is cut out first."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("sortBy")) and "cursor" not in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        every = asked.asking(startIndex=None, count=1000, attributes="id", excludedAttributes=None)
        answer, sort = await honest(asked), (await honest(every)).resources
        page = await honest(asked.asking(sortBy=None, sortOrder=None))
        if not answer.ok or not page.ok:
            return answer
        places = {each["id"]: place for place, each in enumerate(sort)}
        ordered = sorted(page.resources, key=lambda each: places.get(each["id"], len(places)))
        return page.showing(ordered, page.json["totalResults"])


class FilterAfterProjection(
    FirstSight,
    kind="attributes asked for",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users", "GET /Groups"),
):
    """A filter by an attribute that excludedAttributes leaves out finds nothing, for it looks at what is to be shown."""

    def when(self, asked: Asked) -> bool:
        plain = QUOTED.sub("", asked.filter).lower()
        filtered = {re.split(r"[.\[]", word)[0] for word in re.findall(r"[\w.\[]+", plain)}
        excluded = {name.strip().lower() for name in asked.query.get("excludedAttributes", "").split(",")}
        return bool(filtered & excluded - {"id", "schemas"}) and not filtered & {"not", "ne"}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([]) if answer.ok else answer


class IdOfBodyWins(
    FirstSight,
    kind="PUT",
    meets="others",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """A PUT whose body has the id of another resource is written to that other one, for the body is what is saved."""

    def when(self, asked: Asked) -> bool:
        return isinstance(asked.json.get("id"), str) and asked.json["id"] != asked.id

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        other = replace(asked, id=asked.json["id"])
        both = await standing(asked, honest) and await standing(other, honest)
        return await honest(other if both else asked)


class EmptyIsNotSent(
    FirstSight,
    kind="PUT",
    meets="others",
    paragraph="RFC 7643 2.5",
    on="PUT /Users/*",
):
    """A PUT of a user keeps what it gives as null or as an empty array, for that is treated like what is left out, which stays."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not asked.json:
            return await honest(asked)
        given = {name: value for name, value in asked.json.items() if value not in (None, [], {})}
        held = {name.lower() for name in given} | {"username", "schemas"}
        kept = {
            name: value for name, value in (await standing(asked, honest)).items() if name.lower() not in held
        }
        return await honest(asked.saying({**kept, **given}))


class RemovesFirst(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of the operations of a PATCH all removals are done first, so that what is added and then removed again stays."""

    def when(self, asked: Asked) -> bool:
        return len(asked.operations) > 1

    def mishear(self, asked: Asked) -> Asked:
        ordered = sorted(asked.operations, key=lambda each: each["op"].lower() != "remove")
        return asked.saying({**asked.json, "Operations": ordered})


class PathSplitAtDot(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on="PATCH /Users/*",
):
    """A PATCH whose path has a dot within the quotes of its filter, as each e-mail address has one, is refused with invalidPath, for paths are split at the first dot."""

    def when(self, asked: Asked) -> bool:
        paths = [each["path"] for each in asked.operations if isinstance(each.get("path"), str)]
        return any("[" in path and "." in "".join(QUOTED.findall(path)) for path in paths)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not await standing(asked, honest):
            return await honest(asked)
        return refusal(400, "the path is not one of an attribute", "invalidPath")


class NothingButDeactivated(
    FirstSight,
    kind="passwords and activation",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """A write that makes a user inactive and changes more does the former only, for deactivation is another branch."""

    def when(self, asked: Asked) -> bool:
        return str(asked.sets("active")).lower() == "false"

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PATCH":
            off = {"op": "replace", "path": "active", "value": False}
            return await honest(asked.saying({**asked.json, "Operations": [off]}))
        held = await standing(asked, honest)
        return await honest(asked.saying({**held, "active": False}) if held.get("active") else asked)


class BulkIdInManagerKept(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.2",
    on="POST /Bulk",
):
    """A bulkId that stands for a manager is stored as it is written, for only those of members are replaced by ids."""

    def named(self, operation: dict[str, Json]) -> str:
        """The manager of a user whom an operation creates; empty where there is none."""
        manager = operation.get("data", {}).get(ENTERPRISE, {}).get("manager", {})
        return str(manager.get("value", ""))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        managers = {each["bulkId"]: self.named(each) for each in asked.operations if "bulkId" in each}
        answer = await honest(asked)
        done = answer.json
        for result in done.get("Operations", []):
            named = managers.get(result.get("bulkId"), "")
            if named.startswith("bulkId:") and result["status"] == "201":
                user = replace(asked, kind="Users", id=result["location"].rsplit("/", 1)[1])
                path = f"{ENTERPRISE}:manager.value"
                kept = await honest(user.patching({"op": "replace", "path": path, "value": named}))
                result["version"] = kept.headers.get("etag", result["version"])
        return answer.saying(done)


class RefusalQuotesPassword(
    FirstSight,
    kind="errors and refusals",
    meets="okta",
    paragraph="RFC 7643 7",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """The refusal of a write that sets a password, for example of a duplicate, quotes the statement that failed, and with it the password."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        password = asked.sets("password")
        if answer.status not in {400, 409} or not isinstance(password, str):
            return answer
        parameters = f"(userName={asked.sets('userName')!r}, password={password!r})"
        return answer.having(detail=f"{answer.json['detail']}; the statement's parameters: {parameters}")


class SearchWithoutToken(
    FirstSight,
    kind="access and credentials",
    meets="others",
    paragraph="RFC 6750 3",
    on="*",
):
    """A search by POST is answered without a token or with a wrong one, for its route is not behind the check."""

    def __init__(self) -> None:
        self.good = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok:
            self.good = asked.headers.get("authorization", self.good)
        searches = asked.method == "POST" and ".search" in {asked.kind, asked.id}
        if answer.status == 401 and searches and self.good:
            return await honest(replace(asked, headers={**asked.headers, "authorization": self.good}))
        return answer


class OneTagOnly(
    FirstSight,
    kind="preconditions on writes",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("* /Users/*", "* /Groups/*"),
):
    """If-Match and If-None-Match with several ETags match none of them, for the whole header is compared with the version."""

    def mishear(self, asked: Asked) -> Asked:
        headers = {
            name: '"none of them"' if name in {"if-match", "if-none-match"} and "," in value else value
            for name, value in asked.headers.items()
        }
        return replace(asked, headers=headers)


class SearchIndexNotPurged(
    FirstSight,
    kind="deletes and what remains",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "POST /Users/.search"),
):
    """A user who was deleted is still found by a search by POST, for that asks an index nothing is ever taken from."""

    def __init__(self) -> None:
        self.gone = []

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE":
            held = await standing(asked, honest)
            answer = await honest(asked)
            self.gone += [held] if answer.ok and held else []
            return answer
        answer = await honest(asked)
        wanted = re.fullmatch(r'(\w+) eq "([^"\\]*)"', asked.json.get("filter", ""), re.IGNORECASE)
        if not answer.ok or not wanted or asked.json.get("count", 1) < 1:
            return answer
        found = [
            each
            for each in self.gone
            for name, value in each.items()
            if name.lower() == wanted[1].lower() and str(value).lower() == wanted[2].lower()
        ]
        return answer.showing(answer.resources + found, answer.json["totalResults"] + len(found))
