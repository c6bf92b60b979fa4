"""Faults of queries: filters, projection, sorting and paging, reads and the shape of lists."""

import re
from typing import Any
from urllib.parse import unquote

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LISTS = ("GET /Users", "GET /Groups")
READS = ("GET /Users*", "GET /Groups*")


def named(asked: Asked, parameter: str) -> list[str]:
    """The names in attributes or excludedAttributes of a URL."""
    return [each.strip() for each in asked.query.get(parameter, "").split(",") if each.strip()]


class FilterDecodedTwice(
    FirstSight,
    kind="filters",
    meets="okta",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/jelhub/scimgateway/issues/166",
    on=LISTS,
):
    """A filter is decoded once more after the framework did, so that a percent sign in its value leads to a 500."""

    def when(self, asked: Asked) -> bool:
        return "%" in asked.filter

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if re.search(r"%(?![0-9a-fA-F]{2})", asked.filter):
            return refusal(500, "URI malformed")
        return await honest(asked.asking(filter=unquote(asked.filter)))


class ExtensionIsJoined(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on="GET /Users"
):
    """A filter that names an enterprise attribute joins its table, so that who has no extension is not found by the other clauses, or by ne."""

    def when(self, asked: Asked) -> bool:
        return ENTERPRISE.lower() in asked.filter.lower()

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=f"({asked.filter}) and {ENTERPRISE} pr")


class ValuesAreOneText(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on="GET /Users"
):
    """All e-mails or phones of a user are searched as one text with commas, so that sw knows the first only and ew the last."""

    sought_in = re.compile(r'\s*(emails|phoneNumbers)(?:\.value)?\s+(sw|ew)\s+"([^"\\]+)"\s*', re.IGNORECASE)

    def when(self, asked: Asked) -> bool:
        return bool(self.sought_in.fullmatch(asked.filter))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = self.sought_in.fullmatch(asked.filter)
        name = "emails" if found[1].lower() == "emails" else "phoneNumbers"

        def fits(user: dict[str, Any]) -> bool:
            text = ",".join(each.get("value", "") for each in user.get(name, [])).lower()
            wanted = found[3].lower()
            return text.startswith(wanted) if found[2].lower() == "sw" else text.endswith(wanted)

        answer, whole = (
            await honest(asked),
            await honest(asked.asking(attributes=None, excludedAttributes=None)),
        )
        if not (answer.ok and whole.ok):
            return answer
        kept = {each["id"] for each in whole.resources if fits(each)}
        return answer.showing([each for each in answer.resources if each["id"] in kept])


class ListIsComparedItself(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/11",
    on=LISTS,
):
    """A comparison with emails, phoneNumbers, roles or members that leaves out .value is met by nobody."""

    bare = re.compile(
        r'(?<![\w.:$])(emails|phoneNumbers|roles|entitlements|members)\s+(eq|co|sw|ew)\s+"(?:[^"\\]|\\.)*"',
        re.IGNORECASE,
    )

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=self.bare.sub('id eq "0"', asked.filter)) if asked.filter else asked


class TypePicksTheTable(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.1",
    on=("POST /.search", "GET /v2", "GET /"),
):
    """At the root the first meta.resourceType eq of a filter picks the one table that is searched, even within an or or a not."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        condition = asked.json.get("filter", "") if asked.method == "POST" else asked.filter
        kind = re.search(r'meta\.resourceType\s+eq\s+"(\w+)"', str(condition), re.IGNORECASE)
        if not kind:
            return await honest(asked)
        narrowed = f'({condition}) and meta.resourceType eq "{kind[1]}"'
        if asked.method == "POST":
            return await honest(asked.saying({**asked.json, "filter": narrowed}))
        return await honest(asked.asking(filter=narrowed))


class ExcludedIsOneText(FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.9", on=READS):
    """Each attribute is looked for in the text of excludedAttributes, so that without displayName or nickName there is no name, and without externalId no id."""

    def when(self, asked: Asked) -> bool:
        return bool(named(asked, "excludedAttributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        text = ",".join(
            each for each in named(asked, "excludedAttributes") if not re.search(r"[.:]", each)
        ).lower()

        def change(shown: dict[str, Any]) -> None:
            for name in [each for each in shown if each.lower() in text]:
                del shown[name]

        return answer.each(change)


class MetaIsNotToBeHad(FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.9", on=READS):
    """meta is added to whole resources only, so that attributes=meta or meta.lastModified does not show it."""

    def when(self, asked: Asked) -> bool:
        return any(each.lower().startswith("meta") for each in named(asked, "attributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda shown: shown.pop("meta", None))


class DottedNames(FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.9", on=READS):
    """A sub-attribute that attributes names, as name.familyName, is shown at the top under the dotted name."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        dotted = [each for each in named(asked, "attributes") if re.fullmatch(r"\w+\.\w+", each)]

        def change(shown: dict[str, Any]) -> None:
            for path in dotted:
                outer, inner = path.split(".")
                if isinstance(shown.get(outer), dict) and inner in shown[outer]:
                    shown[path] = shown[outer].pop(inner)
                    if not shown[outer]:
                        del shown[outer]

        return answer.each(change) if dotted else answer


class SortedByWhatIsShown(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 7644 3.4.2.3", on=LISTS
):
    """A list is sorted after attributes has been heeded, so that it is in no order where the sort key is not among them."""

    def when(self, asked: Asked) -> bool:
        shown = {each.lower() for each in named(asked, "attributes")}
        key = asked.query.get("sortBy", "").lower()
        return bool(shown and key) and not shown & {key, key.rpartition(".")[0]}

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(sortBy=None, sortOrder=None)


class PagesOfJoinedRows(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 7644 3.4.2.4", on="GET /Groups"
):
    """count and startIndex count rows of groups joined with members, so that a page has too few groups, and of the last a part of the members."""

    def when(self, asked: Asked) -> bool:
        query = asked.query
        return query.get("count", "").isdigit() and not query.keys() & {
            "cursor",
            "attributes",
            "excludedAttributes",
        }

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, everything = await honest(asked), await honest(asked.asking(startIndex=None, count=1000))
        if not (answer.ok and everything.ok):
            return answer
        rows = [(group, each) for group in everything.resources for each in group.get("members") or [None]]
        start = answer.json["startIndex"] - 1
        page: dict[str, dict[str, Any]] = {}
        for group, member in rows[start : start + int(asked.query["count"])]:
            bare = {key: value for key, value in group.items() if key != "members"}
            shown = page.setdefault(group["id"], bare)
            if member:
                shown.setdefault("members", []).append(member)
        return answer.showing(list(page.values()), answer.json["totalResults"])


class WalkLosesItsPlace(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 9865 2", on=LISTS
):
    """A cursor stands for the last resource of a page; where that has been deleted meanwhile it is at place -1, and the walk begins anew."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        last = self.last.get(asked.query["cursor"])
        gone = last and (await honest(asked.of("GET", last))).status == 404
        answer = await honest(asked.asking(cursor="") if gone else asked)
        if answer.ok and answer.json.get("nextCursor") and answer.resources:
            self.last[answer.json["nextCursor"]] = answer.resources[-1].get("id", "")
        return answer


class NotModifiedIsFailure(
    FirstSight,
    kind="reads and versions",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("GET /Users/*", "GET /Groups/*"),
):
    """A read with the current version in If-None-Match is answered with 412, as a write would be, and not with 304."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(412, "the precondition failed") if answer.status == 304 else answer


class ReadOfAnyType(
    FirstSight,
    kind="reads and versions",
    meets="others",
    paragraph="RFC 7644 3.4.1",
    on=("GET /Users/*", "GET /Groups/*"),
):
    """A read by id goes to the one table of all resources, so that /Users/ with the id of a group shows the group, and the other way round."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 404:
            return answer
        other = await honest(asked.of("GET", kind="Groups" if asked.kind == "Users" else "Users"))
        return other if other.ok else answer


class FilteredKeepsKeys(
    FirstSight, kind="shape of lists", meets="okta", paragraph="RFC 7644 3.4.2", on=LISTS
):
    """What a filter leaves of all resources keeps its keys, as PHP's array_filter has it, so that Resources is an object of numbers unless it begins with the first."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.filter) and "sortBy" not in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok or not answer.resources:
            return answer
        everybody = (await honest(asked.of("GET").asking(count=1000))).resources
        places = {each["id"]: place for place, each in enumerate(everybody)}
        keys = [places.get(each["id"], len(places)) for each in answer.resources]
        if keys == list(range(len(keys))):
            return answer
        return answer.having(
            Resources={str(key): each for key, each in zip(keys, answer.resources, strict=True)}
        )
