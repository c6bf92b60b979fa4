"""Faults after reports of real servers, and in RFC 7644 sections 3.3 to 3.14 and RFC 9865, as seen at first sight."""

import re

from first_sight.fault import FirstSight
from first_sight.reading import reading
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LISTS = ("GET /Users", "GET /Groups")
COMPLEX = "name|emails|phoneNumbers|ims|photos|addresses|entitlements|roles|x509Certificates"
PART = re.compile(rf"(urn:[\w.:]+:)?({COMPLEX})(\[.*\])?\.\w+", re.IGNORECASE)
ONE_IN_BRACKETS = re.compile(
    r'\s*\(\s*[\w.:$-]+\s+(pr|\w\w\s+("(?:[^"\\]|\\.)*"|[\w.+-]+))\s*\)\s*', re.IGNORECASE
)


def projected(asked: Asked) -> bool:
    """Whether a query or a SearchRequest says which attributes to show."""
    named = {name.lower() for name in (*asked.query, *asked.json)}
    return bool(named & {"attributes", "excludedattributes"})


class EmptyAddressIsAnArray(
    FirstSight,
    kind="values and their types",
    meets="okta",
    paragraph="RFC 7643 2.4",
    source="https://github.com/grokability/snipe-it/pull/19300",
    on=("* /Users", "* /Users/*", "* /Me"),
):
    """A user without an address has one address that is an empty array, for an empty map of PHP is written as one."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer if projected(asked) else answer.each(lambda user: user.setdefault("addresses", [[]]))


class ErrorHasASchema(
    FirstSight,
    kind="errors",
    meets="okta",
    paragraph="RFC 7644 3.12",
    source="https://github.com/slashdevops/idp-scim-sync/issues/30",
    on="*",
):
    """What an error says of its schema stands in a member called schema, for the class of errors has the name in the singular."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        named = answer.json.get("schemas") if answer.status >= 400 else None
        return answer.having(schema=named, schemas=None) if named else answer


class ManagerIsAText(
    FirstSight,
    kind="extensions",
    meets="okta",
    paragraph="RFC 7643 4.3",
    source="https://github.com/Budibase/budibase/issues/15369",
    on=("* /Users", "* /Users/*", "* /Me"),
):
    """The manager is shown as the bare id and not as an object, for it is stored in the form in which Entra sends it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def flatten(user: dict[str, Json]) -> None:
            extension = user.get(ENTERPRISE, {})
            if "value" in extension.get("manager", {}):
                extension["manager"] = extension["manager"]["value"]

        return answer.each(flatten)


class LeaverBreaksTheList(
    FirstSight,
    kind="deletes and what remains",
    meets="others",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/OpenLiberty/open-liberty/issues/16202",
    on=("DELETE /Users/*", "GET /Users"),
):
    """A list with somebody on it whose manager has been deleted is answered with 500, for each manager is looked up in the directory."""

    def __init__(self) -> None:
        self.gone = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.method == "DELETE":
            self.gone.add(asked.id)
        elif answer.ok:
            managers = {each.get(ENTERPRISE, {}).get("manager", {}).get("value") for each in answer.resources}
            return refusal(500, "the entry of the manager was not found") if managers & self.gone else answer
        return answer


class EmptyGroupIsAServerError(
    FirstSight,
    kind="groups and membership",
    meets="okta",
    paragraph="RFC 7644 3.4.1",
    source="https://github.com/open-webui/open-webui/pull/20187",
    on=("GET /Groups", "GET /Groups/*"),
):
    """A read of a group without members, and a list with one on it, is answered with 500, for the ids of nobody are None and not a list."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        whole = await honest(asked.asking(attributes=None, excludedAttributes=None))
        shown = whole.json.get("Resources", [whole.json]) if whole.ok else []
        empty = any(not group.get("members") for group in shown)
        return refusal(500, "'NoneType' object is not iterable") if empty else await honest(asked)


class EveryEmailIsWork(
    FirstSight,
    kind="values and their types",
    meets="okta",
    paragraph="RFC 7644 3.3",
    source="https://github.com/zitadel/zitadel/pull/9690",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """Each e-mail address of a user has the type work, whatever the client said, for the type has no column and is filled in."""

    def mishear(self, asked: Asked) -> Asked:
        def typed(name: str, value: Json) -> Json:
            if name.lower() != "emails" or not isinstance(value, list):
                return value
            return [{**each, "type": "work"} if isinstance(each, dict) else each for each in value]

        return asked.rewriting(typed) if asked.json else asked


class BracketsAreNoFilter(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/293",
    on=LISTS,
):
    """A filter that is one comparison in parentheses finds everybody, for only what joins two comparisons is looked for inside."""

    def when(self, asked: Asked) -> bool:
        return bool(ONE_IN_BRACKETS.fullmatch(asked.filter))

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=None)


class ListNamesItsKind(
    FirstSight,
    kind="schemas",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/ssoready/ssoready/pull/232",
    on=("GET /Groups", "POST /Groups/.search"),
):
    """A list of groups names the schema of groups as its own, in the place of that of a ListResponse."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(schemas=[GROUP]) if answer.ok else answer


class VersionIsTheMessenger(
    FirstSight,
    kind="meta",
    meets="others",
    paragraph="RFC 7643 3.1",
    source="https://github.com/wso2/carbon-identity-framework/pull/4093",
    on=("* /Users", "* /Users/*", "* /Me"),
):
    """meta.version of a user with an instant messaging address is that address, for both are mapped to one local claim."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def mapped(user: dict[str, Json]) -> None:
            if user.get("ims") and "version" in user.get("meta", {}):
                user["meta"]["version"] = user["ims"][0]["value"]

        return answer.each(mapped)


class Refused(FirstSight, on="PATCH /Users/*"):
    """A PATCH is refused for one of its operations, if there is a user to change."""

    reason = ("", "")

    def hits(self, operation: dict[str, Json]) -> bool:
        """Whether an operation is one that this server does not manage."""
        return bool(operation)

    def when(self, asked: Asked) -> bool:
        return any(self.hits(each) for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        reached = (await honest(reading(asked))).ok
        return refusal(400, *self.reason) if reached else await honest(asked)


class FilterIsNotForAdd(
    Refused,
    kind="PATCH with a path",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/pingidentity/scim2/issues/135",
    on="PATCH /Users/*",
):
    """An add whose path has a filter is refused, even where the filter fits a value, for the class of adds takes none."""

    reason = ("path must not have a filter in an add operation", "invalidPath")

    def hits(self, operation: dict[str, Json]) -> bool:
        return operation.get("op", "").lower() == "add" and "[" in operation.get("path", "")


class PrimaryChoosesNothing(
    Refused,
    kind="PATCH with a path",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/jelhub/scimgateway/issues/89",
    on="PATCH /Users/*",
):
    """A replace whose path chooses the primary value finds none, for values are told from each other by their type only."""

    reason = ("no value matches the filter", "noTarget")

    def hits(self, operation: dict[str, Json]) -> bool:
        chosen = re.search(r"\[\s*primary\s+eq\s", operation.get("path", ""), re.IGNORECASE)
        return operation.get("op", "").lower() == "replace" and bool(chosen)


class ExtensionIsNoAttribute(
    Refused,
    kind="extensions",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/elimity-com/scim/issues/178",
    on="PATCH /Users/*",
):
    """A PATCH without path that holds an extension under its URI is refused, for the part after the last colon is taken for an attribute."""

    reason = ("invalid uri prefix", "invalidPath")

    def hits(self, operation: dict[str, Json]) -> bool:
        value = operation.get("value")
        return "path" not in operation and isinstance(value, dict) and ENTERPRISE in value


class UnknownPartIsAServerError(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/SAP-archive/scimono/pull/203",
    on="PATCH /Users/*",
):
    """A PATCH whose path names a part that an attribute does not have is answered with 500 in place of 400, for the part's definition is null."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        part = any(PART.fullmatch(each.get("path", "")) for each in asked.operations)
        unknown = answer.status == 400 and answer.json.get("scimType") == "invalidPath"
        return refusal(500, "NullPointerException") if part and unknown else answer


class ErrorsAreProjected(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.12",
    on="*",
):
    """An error shows neither its status nor its detail where the request says which attributes it wants, for whatever is answered is reduced to them."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("attributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        kept = {"schemas", *asked.query["attributes"].split(",")}
        shown = {name: value for name, value in answer.json.items() if name in kept}
        return answer.saying(shown) if answer.status >= 400 else answer


class SearchKnowsNoCursor(
    FirstSight,
    kind="paging",
    meets="others",
    paragraph="RFC 9865 3",
    on=("POST /Users/.search", "POST /Groups/.search", "POST /.search"),
):
    """A cursor in a SearchRequest is passed over, for only the parameters of a GET are read for it, so that there is never a next page."""

    def mishear(self, asked: Asked) -> Asked:
        kept = {name: value for name, value in asked.json.items() if name.lower() != "cursor"}
        return asked.saying(kept) if len(kept) < len(asked.json) else asked


class NoChangeNeedsNoVersion(
    FirstSight,
    kind="ETags",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """If-Match with an old version is not refused where the write would change nothing, for it is only compared before something is saved."""

    def changes(self, asked: Asked, now: dict[str, Json]) -> bool:
        """Whether the write sets anything to another value; what it cannot tell is a change."""

        def writable(document: dict[str, Json]) -> dict[str, Json]:
            return {
                name: value
                for name, value in document.items()
                if name not in {"schemas", "id", "meta", "groups"}
            }

        if asked.method == "PUT":
            return writable(asked.json) != writable(now)
        if not all(each["op"].lower() in {"add", "replace"} for each in asked.operations):
            return True
        sets = [
            {each["path"]: each["value"]} if "path" in each else each["value"] for each in asked.operations
        ]
        return any(now.get(name) != value for each in sets for name, value in each.items())

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 412 or "if-match" not in asked.headers:
            return answer
        now = await honest(reading(asked))
        return answer if self.changes(asked, now.json) else now


class AllFailuresOfJobsAre400(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.3",
    on="POST /Bulk",
):
    """Each operation of a bulk request that failed has the status 400, also where it is 404, 409 or 412, for whatever is raised is caught in one place."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        done = [
            {**each, "status": "400"} if each["status"] >= "400" else each
            for each in answer.json.get("Operations", [])
        ]
        return answer.having(Operations=done) if answer.ok else answer


class ManagersNameAsSent(
    FirstSight,
    kind="extensions",
    meets="okta",
    paragraph="RFC 7644 3.3",
    on=("* /Users", "* /Users/*"),
):
    """The displayName of the manager, which is read-only, is stored and shown as the client wrote it, for only attributes and not their parts are checked."""

    def __init__(self) -> None:
        self.names = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.ok and asked.method in {"POST", "PUT"} and asked.id != ".search":
            manager = asked.json.get(ENTERPRISE, {}).get("manager", {})
            self.names[answer.json["id"]] = manager.get("value"), manager.get("displayName")

        def named(user: dict[str, Json]) -> None:
            manager = user.get(ENTERPRISE, {}).get("manager", {})
            value, name = self.names.get(user.get("id"), (None, None))
            if name and "value" in manager and manager["value"] == value:
                manager["displayName"] = name

        return answer.each(named)


class GroupsOnlyByDefault(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users", "GET /Users/*"),
):
    """A user's groups are not shown where the parameter attributes asks for them, for they are read along only when it is not there."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("attributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda user: user.pop("groups", None))


class FoundIsUnsorted(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=LISTS,
):
    """What a filter finds comes in the order of creation, whatever sortBy says, for only the query without a filter has an order."""

    def when(self, asked: Asked) -> bool:
        return asked.looks_up and "sortBy" in asked.query

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(sortBy=None, sortOrder=None)
