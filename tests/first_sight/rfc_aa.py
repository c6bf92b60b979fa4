"""Faults in ids, values, ETags, filters, projection, .search, cursors, PUT, PATCH, bulk, groups, discovery and challenges.

Most stand against rows of the list of requirements that were drawn at random, with the seed 1015.
"""

import base64
import hashlib
import re
from collections import defaultdict
from dataclasses import replace

import orjson

from first_sight.fault import FirstSight
from first_sight.reading import filter_of, filtering, reading
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
REFERENCE = re.compile(
    r'(value"?\s*(?::|eq)\s*\\?")([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})', re.IGNORECASE
)
COMPARISON = re.compile(r'(?P<path>[\w.:$-]+)\s+(?P<op>\w+)\s+(?P<value>"(?:[^"\\]|\\.)*")')
SEARCHES = ("GET /Users", "GET /Groups", "POST /Users/.search", "POST /Groups/.search")
FROM_THE_ROOT = ("GET /", "GET /v2", "POST /.search")


class MembersInCapitals(
    FirstSight, kind="ids and references", meets="okta", paragraph="RFC 7643 3.1, 4.2", on="* /Groups*"
):
    """The values of a group's members are in capital letters and so not the ids of the users, for the database writes the uniqueidentifiers of its join table that way."""

    def mishear(self, asked: Asked) -> Asked:
        def known(text: str) -> str:
            return REFERENCE.sub(lambda found: found[1] + found[2].lower(), text)

        asked = asked.asking(filter=known(asked.filter)) if REFERENCE.search(asked.filter) else asked
        return replace(asked, body=known(asked.body.decode("latin-1")).encode("latin-1"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for member in shown.get("members", []):
                if "value" in member:
                    member["value"] = member["value"].upper()

        return answer.each(change)


class CertificatesAreEncodedOnceMore(
    FirstSight,
    kind="values and encodings",
    meets="others",
    paragraph="RFC 7643 2.3.6, 4.1.2",
    on=("* /Users*", "* /Me"),
):
    """A certificate is shown encoded twice, for the text that came is stored as the bytes of a blob, and those are encoded on the way out."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for each in shown.get("x509Certificates", []):
                if "value" in each:
                    each["value"] = base64.b64encode(each["value"].encode()).decode()

        return answer.each(change)


class EtagOfWhatIsShown(
    FirstSight,
    kind="versions and preconditions",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=("GET /Users/*", "GET /Groups/*"),
):
    """The ETag of a read that asks for some attributes is not the version of the resource and fits no If-Match, for it is made of the body that is sent."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("attributes") or asked.query.get("excludedAttributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        made = f'W/"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        return answer.headed(etag=made) if answer.ok else answer


class DisplayNameIsOfGroups(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.1", on=FROM_THE_ROOT
):
    """A query of the root that filters by displayName finds groups alone, for the map from attributes to resource types holds one type for each name, the last."""

    def when(self, asked: Asked) -> bool:
        return any(found["path"].lower() == "displayname" for found in COMPARISON.finditer(filter_of(asked)))

    def mishear(self, asked: Asked) -> Asked:
        return filtering(asked, f'({filter_of(asked)}) and meta.resourceType eq "Group"')


class SchemasOfTheType(FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on=SEARCHES):
    """A filter for those whose schemas name the enterprise extension finds every user, for it asks what the resource type may have and not what the resource has."""

    compared = re.compile(rf'\bschemas\s+eq\s+"{re.escape(ENTERPRISE)}"', re.IGNORECASE)

    def when(self, asked: Asked) -> bool:
        return asked.kind == "Users" and bool(self.compared.search(filter_of(asked)))

    def mishear(self, asked: Asked) -> Asked:
        return filtering(asked, self.compared.sub("id pr", filter_of(asked)))


class LikeIsCaseExact(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2, RFC 7643 7", on=SEARCHES
):
    """The operators co, sw and ew tell capital from small letters in what is not caseExact, for eq compares both sides in lower case and LIKE was left as it is."""

    folded = ("username", "displayname", "nickname", "title", "name.familyname", "name.givenname")

    def when(self, asked: Asked) -> bool:
        found = COMPARISON.fullmatch(filter_of(asked).strip())
        return (
            bool(found) and found["op"].lower() in {"co", "sw", "ew"} and found["path"].lower() in self.folded
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = COMPARISON.fullmatch(filter_of(asked).strip())
        sought, op = orjson.loads(found["value"]), found["op"].lower()
        all_of_it = replace(asked.of("GET", ""), query_string="").asking(filter=filter_of(asked), count=1000)
        others = []
        for shown in (await honest(all_of_it)).resources:
            value = shown
            for part in found["path"].lower().split("."):
                value = {name.lower(): each for name, each in value.items()}[part]
            fits = {"co": sought in value, "sw": value.startswith(sought), "ew": value.endswith(sought)}
            if not fits[op]:
                others.append(f' and not (id eq "{shown["id"]}")')
        return await honest(filtering(asked, filter_of(asked) + "".join(others)))


class OneValueForEachName(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/wso2/product-is/issues/10509",
    on=SEARCHES,
):
    """Two comparisons of one attribute are both made with the value of the later, for the parameters of the statement are named after the attributes."""

    def mishear(self, asked: Asked) -> Asked:
        text = filter_of(asked)
        last = {found["path"].lower(): found["value"] for found in COMPARISON.finditer(text)}
        bound = COMPARISON.sub(
            lambda found: f"{found['path']} {found['op']} {last[found['path'].lower()]}", text
        )
        return filtering(asked, bound) if bound != text else asked


class ExcludedAsSpelt(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7643 2.1, RFC 7644 3.10",
    on=("GET /Users*", "GET /Groups*"),
):
    """What excludedAttributes names in other capital and small letters than the schema does is shown all the same, for the names are looked up in a set."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("excludedAttributes"))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked.asking(excludedAttributes=None))
        if not answer.ok:
            return await honest(asked)
        shown = {name for each in answer.json.get("Resources", [answer.json]) for name in each}
        other = {name.lower() for name in shown}
        names = [name.strip() for name in asked.query["excludedAttributes"].split(",")]
        tops = {name: name if ":" in name else name.partition(".")[0] for name in names}
        kept = [name for name, top in tops.items() if top in shown or top.lower() not in other]
        return await honest(asked.asking(excludedAttributes=",".join(kept) or None))


class AlwaysMustNotBeExcluded(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.4.2.5, 3.9",
    on=("GET /Users*", "GET /Groups*"),
):
    """A read or query whose excludedAttributes name id or schemas is refused with 400 in place of being answered with them, for what is always returned is held to be nothing to exclude."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        named = {name.strip().lower() for name in asked.query.get("excludedAttributes", "").split(",")}
        if answer.ok and named & {"id", "schemas"}:
            return refusal(400, "an attribute that is always returned cannot be excluded", "invalidValue")
        return answer


class NoneIsNotSaid(
    FirstSight,
    kind=".search",
    meets="others",
    paragraph="RFC 7644 3.4.2.4, 3.4.3",
    source="https://github.com/wso2/product-is/issues/5362",
    on=("POST /Users/.search", "POST /Groups/.search", "POST /.search"),
):
    """A SearchRequest with a count of 0 is answered with a whole page, for a field of the message that is 0 is taken for one that was not sent."""

    def mishear(self, asked: Asked) -> Asked:
        counted = asked.json.get("count") == 0 and asked.json.get("count") is not False
        return asked.saying({**asked.json, "count": None}) if counted else asked


class StrangeCursorIsAServerError(
    FirstSight, kind="paging", meets="others", paragraph="RFC 9865 2.1", on=SEARCHES
):
    """A cursor that the server did not give is answered with 500 and not as invalidCursor, for what it holds is read without a thought of what else it may be."""

    def __init__(self) -> None:
        self.given = set()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        cursor = (asked.json if asked.method == "POST" else asked.query).get("cursor")
        if answer.ok:
            self.given.add(answer.json.get("nextCursor"))
        elif answer.json.get("scimType") == "invalidCursor" and cursor not in self.given:
            return refusal(500, "Expecting value: line 1 column 1 (char 0)")
        return answer


class PutShowsNoGroups(FirstSight, kind="PUT", meets="okta", paragraph="RFC 7644 3.5.1", on="PUT /Users/*"):
    """The answer to a PUT shows a user without the groups that the next read shows, for what was written is shown and the memberships are not loaded for it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(groups=None) if answer.ok else answer


class ExtensionOfAPutIsLoose(
    FirstSight,
    kind="PUT",
    meets="okta",
    paragraph="RFC 7643 3.3",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/305",
    on=("* /Users*", "* /Me"),
):
    """Where the first enterprise attributes of a user come with a PUT, they are shown among the core attributes and not under the URI of the extension, for they are stored without their schema."""

    def __init__(self) -> None:
        self.loose = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        puts = asked.method == "PUT" and bool(asked.id)
        before = (await honest(reading(asked))).json if puts else {}
        answer = await honest(asked)
        if puts and answer.ok:
            if ENTERPRISE not in answer.json:
                self.loose.discard(asked.id)
            elif ENTERPRISE not in before:
                self.loose.add(asked.id)

        def change(shown: dict[str, Json]) -> None:
            if shown.get("id") in self.loose:
                shown.update(shown.pop(ENTERPRISE, {}))

        return answer.each(change)


class RemoveBringsTheFormerBack(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.1, 3.5.2.2",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """After an add over the value of a single-valued attribute a remove brings the former value back, for add inserts a row, the newest is shown, and remove deletes one."""

    simple = ("title", "nickName", "displayName", "userType", "locale", "timezone", "preferredLanguage")

    def __init__(self) -> None:
        self.rows = defaultdict(lambda: defaultdict(list))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(reading(asked))).json
        rows = {name: [*each] for name, each in self.rows[asked.id].items()}
        operations = []
        for each in asked.operations if asked.method == "PATCH" else []:
            op, path = each.get("op", "").lower(), each.get("path")
            if path in self.simple and op == "add" and path in before:
                rows.setdefault(path, []).append(before[path])
            elif path in self.simple and op == "remove" and rows.get(path):
                each = {"op": "replace", "path": path, "value": rows[path].pop()}
            else:
                rows.pop(path, None)
            operations.append(each)
        heard = asked.saying({**asked.json, "Operations": operations}) if operations else asked
        answer = await honest(heard)
        if answer.ok:
            self.rows[asked.id] = defaultdict(list, rows if operations else {})
        return answer


class KeptEntriesAreLost(
    FirstSight,
    kind="PATCH",
    meets="okta",
    paragraph="RFC 7644 3.5.2.3",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH that replaces all members, e-mails, phone numbers or roles loses those that were there before as well, for the new rows are inserted where there are none and then the old ones deleted."""

    lists = ("members", "emails", "phoneNumbers", "roles")

    def new(self, name: str, value: Json, before: dict[str, Json]) -> Json:
        """The entries of a list that are not there yet."""
        if name not in self.lists or not isinstance(value, list):
            return value
        there = [each.get("value") for each in before.get(name, [])]
        return [each for each in value if each.get("value") not in there]

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(reading(asked))).json
        operations = asked.operations
        for each in operations:
            if each.get("op", "").lower() != "replace":
                continue
            if each.get("path"):
                each["value"] = self.new(each["path"], each["value"], before)
            elif isinstance(each.get("value"), dict):
                each["value"] = {name: self.new(name, value, before) for name, value in each["value"].items()}
        return await honest(asked.saying({**asked.json, "Operations": operations}))


class AddFindsThePartTaken(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/pingidentity/scim2/issues/281",
    on="PATCH /Users/*",
):
    """An add to a sub-attribute of the entry that a filter chooses is refused with 400 where that sub-attribute has a value, for it only puts in what is missing."""

    chosen = re.compile(r'(\w+)\[(\w+)\s+eq\s+"([^"]*)"\]\.(\w+)')

    def taken(self, operation: dict[str, Json], before: dict[str, Json]) -> bool:
        """Whether what an operation adds is there already, by any value."""
        found = self.chosen.fullmatch(operation.get("path", ""))
        if not found or operation.get("op", "").lower() != "add":
            return False
        entries = before.get(found[1], [])
        return any(found[4] in each and each.get(found[2]) == found[3] for each in entries)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(reading(asked))).json
        if any(self.taken(each, before) for each in asked.operations):
            return refusal(400, "the path already has a value to which nothing can be added", "invalidPath")
        return await honest(asked)


class ResultsByBulkId(FirstSight, kind="bulk", meets="others", paragraph="RFC 7644 3.7.3", on="POST /Bulk"):
    """Of the operations of a bulk request that have no bulkId, which only a POST needs, the last alone has a result in the answer, for results are kept by the bulkId."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        kept = {each.get("bulkId"): each for each in answer.json["Operations"]}
        return answer.having(Operations=list(kept.values()))


class InnerGroupsAreNotListed(
    FirstSight,
    kind="groups and members",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/fleetdm/fleet/issues/52501",
    on=("GET /Groups", "POST /Groups/.search"),
):
    """A list of groups leaves out the members that are groups, which the read of one shows, for only its query joins the table of inner groups."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            users = [each for each in shown.get("members", []) if each.get("type") != "Group"]
            if "members" in shown:
                shown["members"] = users
                if not users:
                    del shown["members"]

        return answer.each(change)


class ResourceTypeIsCalledByItsEndpoint(
    FirstSight, kind="discovery", meets="others", paragraph="RFC 7643 3.1, 6", on="GET /ResourceTypes/*"
):
    """A resource type is not found at the location that its meta tells, which ends in its name, for each is looked up by the last part of its endpoint, such as Users."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        called = {"Users": "User", "Groups": "Group"}
        if asked.id in called.values():
            return refusal(404, f"there is no resource type {asked.id}")
        return await honest(replace(asked, id=called.get(asked.id, asked.id)))


class ErrorIsNamedTwice(
    FirstSight, kind="access and credentials", meets="others", paragraph="RFC 6750 3", on="*"
):
    """The challenge to a token that is not known says error twice, for the gateway and the server behind it each add theirs to the one header."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        challenge = answer.headers.get("www-authenticate", "")
        added = f'{challenge}, error="invalid_token"'
        return answer.headed(www_authenticate=added) if 'error="invalid_token"' in challenge else answer
