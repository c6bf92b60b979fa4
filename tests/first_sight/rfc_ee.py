"""Faults from RFC 7644 2, 3.1, 3.2, 3.4, 3.7 to 3.14 and 4, RFC 9865 and RFC 6750, and from public reports, as seen at first sight."""

import re
from dataclasses import replace

from first_sight.fault import FirstSight
from first_sight.reading import bare
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")
LISTS = ("GET /Users", "GET /Groups")
QUERIES = (*LISTS, "POST /Users/.search", "POST /Groups/.search", "POST /.search")
USERS = ("* /Users*", "* /Me", "POST /.search")
MANY = 1000


def wanted(asked: Asked) -> dict[str, Json]:
    """What a query asks for, in the URL or in a SearchRequest, by names in small letters."""
    asks = asked.json if asked.method == "POST" else asked.query
    return {name.lower(): value for name, value in asks.items()}


def text_of(asked: Asked, name: str) -> str:
    """One of those, as a text; empty where it is none."""
    value = wanted(asked).get(name, "")
    return value if isinstance(value, str) else ""


def outside_of_quotes(condition: str) -> str:
    """A filter with a dot for each character of its texts."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: "." * len(found[0]), condition)


class RemovedByShiftedPlaces(
    FirstSight,
    kind="PATCH paths with filters",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/111",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A remove whose path filter fits several values takes away some that it does not fit, for the places were noted before the first removal moved up all behind it."""

    def when(self, asked: Asked) -> bool:
        listed = asked.operations
        one = listed[0] if len(listed) == 1 else {}
        return str(one.get("op")).lower() == "remove" and str(one.get("path")).endswith("]")

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = asked.operations[0]["path"].partition("[")[0]
        before = (await honest(bare(asked).of("GET"))).json.get(name, [])
        answer = await honest(asked)
        after = (await honest(bare(asked).of("GET"))).json.get(name, [])
        places = [place for place, value in enumerate(before) if value not in after]
        if not answer.ok or len(places) < 2:
            return answer
        for place in places:
            del before[place : place + 1]
        whole = bare(asked).patching({"op": "replace", "path": name, "value": before})
        return await honest(replace(whole, query_string=asked.query_string))


class GroupRefInSingular(
    FirstSight,
    kind="groups of users",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/limosa-io/laravel-scim-server/pull/144",
    on=USERS,
):
    """The $ref of each of a user's groups is a place below /Group, where there is nothing, for it is made of the type's name and not of its endpoint."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for each in shown.get("groups", []):
                if "$ref" in each:
                    each["$ref"] = each["$ref"].replace("/Groups/", "/Group/")

        return answer.each(change)


class UserIsInAllGroupsFound(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/wso2/product-is/issues/5096",
    on="GET /Users",
):
    """A filter by groups.display that fits the names of several groups finds only users who are in all of them, for the members of each group found are intersected."""

    def when(self, asked: Asked) -> bool:
        joined = re.search(r"\b(or|not)\b", outside_of_quotes(asked.filter), re.IGNORECASE)
        return bool(self.clause(asked)) and not joined

    def clause(self, asked: Asked) -> str:
        """Operator and text of the filter's condition on the names of groups."""
        found = re.search(r'groups\.display\s+(\w+\s+"(?:[^"\\]|\\.)*")', asked.filter, re.IGNORECASE)
        return found[1] if found else ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        all_groups = asked.of("GET", "", kind="Groups")
        groups = await honest(all_groups.asking(filter=f"displayName {self.clause(asked)}", count=MANY))
        kept = answer.resources
        for group in groups.resources:
            members = {member.get("value") for member in group.get("members", [])}
            kept = [each for each in kept if each["id"] in members]
        return answer.showing(kept) if len(kept) < len(answer.resources) else answer


class RolesAreJoined(
    FirstSight,
    kind="values and their types",
    meets="okta",
    paragraph="RFC 7643 2.4",
    source="https://github.com/wso2/product-is/issues/5283",
    on=USERS,
):
    """Several roles or entitlements of a user are shown as one whose value is all of them with commas between, for the store behind has one text for each attribute."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for name in ("roles", "entitlements"):
                values = [each["value"] for each in shown.get(name, []) if "value" in each]
                if len(values) > 1:
                    shown[name] = [{"value": ",".join(values), "type": "default"}]

        return answer.each(change)


class NullIsOfNoType(
    FirstSight,
    kind="create and PUT",
    meets="others",
    paragraph="RFC 7643 2.5",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/103",
    on=("POST /Users", "PUT /Users/*", "POST /Groups", "PUT /Groups/*"),
):
    """A create or PUT with an attribute that is null is refused with 400, for the value is no string, as the check of types says, and not taken for one that is unassigned."""

    def when(self, asked: Asked) -> bool:
        return None in asked.json.values()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not (await honest(bare(asked).of("GET"))).ok:
            return await honest(asked)
        name = next(name for name, value in asked.json.items() if value is None)
        return refusal(400, f"{name} is not of type string but of type null", "invalidValue")


class ResourceTypesWithoutTotal(
    FirstSight,
    kind="discovery",
    meets="others",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/15five/django-scim2/issues/159",
    on="GET /ResourceTypes",
):
    """The list of resource types has no totalResults, for its view writes the message itself and not by what writes all other lists."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(totalResults=None) if answer.ok else answer


class AddedPhoneBreaksReads(
    FirstSight,
    kind="PATCH add",
    meets="others",
    paragraph="RFC 7644 3.4.1",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/705",
    on=("PATCH /Users/*", "PUT /Users/*", "GET /Users/*"),
):
    """Who got a further phone number by a PATCH is answered with 500 when read, until the next PUT, for the row that it adds lacks what a read puts the values together by."""

    def __init__(self) -> None:
        self.broken = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        look = bare(asked).of("GET")
        before = (await honest(look)).json.get("phoneNumbers", [])
        answer = await honest(asked)
        if asked.method == "GET":
            broken = answer.ok and asked.id in self.broken
            return refusal(500, "Object reference not set to an instance of an object.") if broken else answer
        if answer.ok and asked.method == "PUT":
            self.broken.discard(asked.id)
        elif answer.ok and len((await honest(look)).json.get("phoneNumbers", [])) > len(before):
            self.broken.add(asked.id)
        return answer


class FormattedAddressIsItsValue(
    FirstSight,
    kind="values and their types",
    meets="others",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/357",
    on=USERS,
):
    """What an address has as formatted is shown as its value, which addresses do not have, for all attributes with several values are put together by the code for e-mails."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for each in shown.get("addresses", []):
                if "formatted" in each:
                    each["value"] = each.pop("formatted")

        return answer.each(change)


class StartIndexIsTheOffset(
    FirstSight,
    kind="paging",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/185",
    on=QUERIES,
):
    """Lists begin at the startIndex that was asked for and tell one that is less by 1, for the offset of the query is what is written into the answer."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        told = answer.json.get("startIndex") if answer.ok else None
        return answer if told is None else answer.having(startIndex=told - 1)


class FilterTypeInCapitals(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/wso2/product-is/issues/7367",
    on="*",
):
    """A filter is refused with the scimType InvalidFilter in place of invalidFilter, which is how the class of that error is called."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        named = not answer.ok and b'"invalidFilter"' in answer.body
        return answer.having(scimType="InvalidFilter") if named and asked.kind != "Bulk" else answer


class BracketsFindNobody(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3195",
    on=QUERIES,
):
    """A filter with a condition in square brackets, such as emails[value co "x"], is neither answered nor refused but finds nobody, for what is sought is a field of that name in the search index."""

    def when(self, asked: Asked) -> bool:
        return "[" in outside_of_quotes(text_of(asked, "filter"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(nextCursor=None).showing([]) if answer.ok else answer


class CursorBindsTighterThanOr(
    FirstSight,
    kind="cursors",
    meets="others",
    paragraph="RFC 9865 2",
    on=LISTS,
):
    """In a walk by cursor whose filter has an or, later pages show people of earlier ones again in the place of others, for the clause that passes over those is joined to the filter without parentheses."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("cursor")) and "sortBy" not in asked.query and bool(self.rest(asked))

    def rest(self, asked: Asked) -> str:
        """What stands behind the filter's first or; empty where there is none, or something is grouped."""
        bare = outside_of_quotes(asked.filter)
        found = None if re.search(r"[(\[]", bare) else re.search(r" or ", bare, re.IGNORECASE)
        return asked.filter[found.end() :] if found else ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok or not answer.resources:
            return answer
        page = answer.resources
        everybody = (await honest(asked.asking(cursor=None, count=MANY))).resources
        fitting = await honest(asked.asking(cursor=None, count=MANY, filter=self.rest(asked)))
        again = {each["id"] for each in fitting.resources}
        ids = [each["id"] for each in everybody]
        passed = [each for each in everybody[: ids.index(page[0]["id"])] if each["id"] in again]
        return answer.having(Resources=[*passed, *page][: len(page)])


class ExternalIdsAreSortedFolded(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=LISTS,
):
    """A list sorted by externalId, which is caseExact, passes over the letter case as it does for userName, for one collation sorts all texts."""

    def when(self, asked: Asked) -> bool:
        asks = wanted(asked)
        return asks.get("sortby", "").lower() == "externalid" and "cursor" not in asks

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        asks = wanted(asked)
        if not answer.ok:
            return answer
        everybody = asked.asking(count=MANY, startIndex=1)
        shown = {each["id"]: each for each in (await honest(everybody)).resources}
        whole = await honest(everybody.asking(attributes=None, excludedAttributes=None))
        keys = {each["id"]: each.get("externalId") for each in whole.resources}
        having = [each for each in keys if keys[each] is not None]
        without = [each for each in keys if keys[each] is None]
        if asks.get("sortorder", "").lower() == "descending":
            order = [*without, *sorted(having, key=lambda each: keys[each].casefold(), reverse=True)]
        else:
            order = [*sorted(having, key=lambda each: keys[each].casefold()), *without]
        start = answer.json["startIndex"] - 1
        page = order[start : start + len(answer.resources)]
        return answer.having(Resources=[shown[each] for each in page])


class LatestFirstByDefault(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=QUERIES,
):
    """A list sorted by a time of meta without a sortOrder begins with the latest, as the tables of the product's own pages do, and not with the earliest."""

    def when(self, asked: Asked) -> bool:
        by = text_of(asked, "sortby").lower()
        return by in {"meta.created", "meta.lastmodified"} and not wanted(asked).get("sortorder")

    def mishear(self, asked: Asked) -> Asked:
        if asked.method == "GET":
            return asked.asking(sortOrder="descending")
        return asked.saying({**asked.json, "sortOrder": "descending"})


class ChallengeOfTheFramework(
    FirstSight,
    kind="authentication",
    meets="others",
    paragraph="RFC 6750 3",
    on="*",
):
    """Who sends no credentials is challenged to use Basic, which the server does not take and its configuration does not name, for that is what the framework answers by default before tokens are looked at."""

    def when(self, asked: Asked) -> bool:
        return "authorization" not in asked.headers

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(www_authenticate='Basic realm="Realm"') if answer.status == 401 else answer


class PatchInBulkKnowsNoBulkIds(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.2",
    on="POST /Bulk",
):
    """A PATCH in a bulk request that adds a user of the same request to a group by bulkId is refused as naming nobody, for bulkIds are looked for in the members of a resource and not in those of an operation."""

    def mishear(self, asked: Asked) -> Asked:
        def unread(value: Json) -> Json:
            if isinstance(value, dict):
                return {name: unread(each) for name, each in value.items()}
            if isinstance(value, list):
                return [unread(each) for each in value]
            return re.sub("^bulkId:", "bulkId%3A", value) if isinstance(value, str) else value

        def job(each: Json) -> Json:
            patches = str(each.get("method")).upper() == "PATCH" and str(each.get("path")).startswith(
                "/Groups/"
            )
            return {**each, "data": unread(each.get("data"))} if patches else each

        return asked.saying({**asked.json, "Operations": [job(each) for each in asked.json["Operations"]]})

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer, body=answer.body.replace(b"bulkId%3A", b"bulkId:"))


class MeKnowsNoPreconditions(
    FirstSight,
    kind="/Me",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("PUT /Me", "PATCH /Me", "DELETE /Me"),
):
    """If-Match with an old version does not keep a write of /Me from being done, for the request is passed on to the user's own place with its body and not with its headers."""

    def mishear(self, asked: Asked) -> Asked:
        return bare(asked)


class PartialReadIsNeverUnchanged(
    FirstSight,
    kind="ETags",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("GET /Users/*", "GET /Groups/*", "GET /Me"),
):
    """A read that names attributes or excludedAttributes is answered with 200 and not with 304 where If-None-Match has the current version, for the answer is made on another path that does not compare."""

    def when(self, asked: Asked) -> bool:
        return not {"attributes", "excludedattributes"}.isdisjoint(wanted(asked))

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, headers={**asked.headers, "if-none-match": '"none"'})


class RootShowsWhatUsersHave(
    FirstSight,
    kind=".search and the root",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("POST /.search", "GET /", "GET /v2"),
):
    """A search at the root shows groups without their members where attributes asks for these, for the names are looked up in the schema of users alone."""

    def when(self, asked: Asked) -> bool:
        return "attributes" in wanted(asked)

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda shown: shown.pop("members", None))


class NoCharsetIsLatin1(
    FirstSight,
    kind="data formats",
    meets="others",
    paragraph="RFC 7644 3.8",
    on=(*WRITES, "POST /Bulk", "POST /Users/.search", "POST /Groups/.search", "POST /.search"),
):
    """A body whose Content-Type names no charset is read as Latin-1, as a servlet does by default, so that Müller is stored as MÃ¼ller."""

    def when(self, asked: Asked) -> bool:
        return "charset" not in asked.headers.get("content-type", "").lower() and not asked.body.isascii()

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, body=asked.body.decode("latin-1").encode())
