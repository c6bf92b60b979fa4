"""Faults of real SCIM servers and libraries, most after public reports of them, as seen at first sight."""

import re
from dataclasses import replace

from first_sight.fault import FirstSight
from first_sight.reading import filter_of, filtering, reading
from reference_server.faults.bending import Answer, Asked, Honest, Json, raw, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
FILTERED = ("GET /Users", "GET /Groups", "POST /Users/.search", "POST /Groups/.search", "POST /.search")
BOOLEAN_ORDER = re.compile(r"\b(active|\w+\.primary)\s+(gt|ge|lt|le)\s+(true|false)\b", re.IGNORECASE)


def paths(asked: Asked) -> list[str]:
    """The paths of a PATCH, as far as they are strings."""
    listed = asked.operations if isinstance(asked.json.get("Operations"), list) else []
    return [each["path"] for each in listed if isinstance(each.get("path"), str)]


class FirstWordOfValue(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/972",
    on="PATCH /Users/*",
):
    """Of a text that replaces a sub-attribute of the value a filter chooses only the first word is stored."""

    def operation(self, each: dict[str, Json]) -> dict[str, Json]:
        value = each.get("value")
        told = str(each.get("op", "")).lower() == "replace" and re.search(r"\]\.\w+$", each.get("path", ""))
        return (
            {**each, "value": value.split()[0]} if told and isinstance(value, str) and value.split() else each
        )

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({**asked.json, "Operations": [self.operation(each) for each in asked.operations]})

    def when(self, asked: Asked) -> bool:
        return any("]." in path for path in paths(asked))


class DotInChoosingValue(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/thomaspoignant/scim-patch/pull/162",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH whose path has a dot within the quotes of its filter, as in an e-mail address, is refused with invalidPath, for paths are split at dots first."""

    def when(self, asked: Asked) -> bool:
        return any(re.search(r'\[[^"\]]*"[^"]*\.[^"]*"', path) for path in paths(asked))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not (await honest(reading(asked))).ok:
            return await honest(asked)
        return refusal(400, "the filter in the path is not closed", "invalidPath")


class NotReachesToTheEnd(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/thomaspoignant/scim2-parse-filter/issues/55",
    on=FILTERED,
):
    """The not at the start of a filter negates all that follows, also what stands after the closing parenthesis."""

    def when(self, asked: Asked) -> bool:
        return bool(re.match(r"\s*not\s*\(", filter_of(asked), re.IGNORECASE))

    def mishear(self, asked: Asked) -> Asked:
        return filtering(asked, f"not ({filter_of(asked).strip()[3:]})")


class UnicodeEscapeKept(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/keycloak/keycloak/issues/52295",
    on=FILTERED,
):
    r"""A letter that a filter's string writes as \u and four digits, as JSON allows, is sought as these six characters."""

    def when(self, asked: Asked) -> bool:
        return "\\u" in filter_of(asked)

    def mishear(self, asked: Asked) -> Asked:
        sought = re.sub(r"(?<!\\)((?:\\\\)*)\\u(?=[0-9a-fA-F]{4})", r"\1\\\\u", filter_of(asked))
        return filtering(asked, sought)


class BooleansHaveAnOrder(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=FILTERED,
):
    """A filter that asks whether a boolean is greater or less than another is answered as for 0 and 1 in place of invalidFilter."""

    def when(self, asked: Asked) -> bool:
        return bool(BOOLEAN_ORDER.search(filter_of(asked)))

    def mishear(self, asked: Asked) -> Asked:
        def read(found: re.Match[str]) -> str:
            path, operator, value = found[1], found[2].lower(), found[3].lower()
            if (operator, value) in {("gt", "false"), ("ge", "true")}:
                return f"{path} eq true"
            if (operator, value) in {("lt", "true"), ("le", "false")}:
                return f"{path} eq false"
            both = f"({path} eq true {{}} {path} eq false)"
            return both.format("or" if operator in {"ge", "le"} else "and")

        return filtering(asked, BOOLEAN_ORDER.sub(read, filter_of(asked)))


class GroupsByNameAsTyped(
    FirstSight,
    kind="users",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/wso2/product-is/issues/27303",
    on="GET /Users",
):
    """A user that is found by the userName in other letter case is shown without groups, for these are looked up by the name as it was typed."""

    def when(self, asked: Asked) -> bool:
        return asked.sought[:2] == ("username", "eq")

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            if shown.get("userName", asked.sought[2]) != asked.sought[2]:
                shown.pop("groups", None)

        return answer.each(change)


class PageCutTwice(
    FirstSight,
    kind="paging",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/131",
    on=("GET /Users", "GET /Groups"),
):
    """From a further page of a filtered list as many are left out again as are before it, so that it is empty where startIndex is beyond count."""

    def when(self, asked: Asked) -> bool:
        return asked.looks_up and int(asked.query.get("startIndex", "1")) > 1

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        left = answer.resources[int(asked.query["startIndex"]) - 1 :]
        return answer.showing(left, answer.json["totalResults"])


class SortOrderInCapitals(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    source="https://github.com/apache/directory-scimple/issues/485",
    on=("GET /Users", "GET /Groups"),
):
    """A list with a sortOrder in small letters, as the RFC writes it, is answered with 404, for only ASCENDING and DESCENDING are known."""

    def when(self, asked: Asked) -> bool:
        return asked.query.get("sortOrder", "") not in {"", "ASCENDING", "DESCENDING"}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(404) if answer.ok else answer


class MetaCannotBeLeftOut(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7643 3.1",
    source="https://github.com/BetterCloud/scim2/issues/15",
    on=("* /Users*", "* /Groups*"),
):
    """Meta and what is in it are shown though excludedAttributes names them, for they are taken for returned always."""

    def when(self, asked: Asked) -> bool:
        return "meta" in asked.query.get("excludedAttributes", "").lower()

    def mishear(self, asked: Asked) -> Asked:
        names = [name.strip() for name in asked.query["excludedAttributes"].split(",")]
        kept = [name for name in names if name.lower().partition(".")[0] != "meta"]
        return asked.asking(excludedAttributes=",".join(kept) or None)


class NestedGroupsNotListed(
    FirstSight,
    kind="groups",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/fleetdm/fleet/issues/52501",
    on=("GET /Groups", "POST /Groups/.search"),
):
    """A list of groups leaves out the members that are groups themselves, which a read of the one group shows."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            left = [each for each in shown.pop("members", []) if each.get("type") != "Group"]
            if left:
                shown["members"] = left

        return answer.each(change)


class RenameInCaseOnly(
    FirstSight,
    kind="groups",
    meets="okta",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/340",
    on=("PUT /Groups/*", "PATCH /Groups/*"),
):
    """A new displayName of a group that differs from the old one in letter case alone is answered with success and not stored."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = (await honest(reading(asked))).json.get("displayName", "")

        def kept(name: str, value: Json) -> Json:
            named = name.lower().endswith("displayname") and isinstance(value, str)
            return old if named and value.casefold() == old.casefold() else value

        return await honest(asked.rewriting(kept))


class ResourceTypesElsewhere(
    FirstSight,
    kind="discovery documents",
    meets="others",
    paragraph="RFC 7643 3.1",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2793",
    on="GET /ResourceTypes*",
):
    """The location of a resource type lacks the last part of the base path, so that nothing is found there."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def shortened(location: str) -> str:
            return re.sub(r"(?<!/)/[^/]+(/ResourceTypes/)", r"\1", location)

        def change(shown: dict[str, Json]) -> None:
            shown["meta"]["location"] = shortened(shown["meta"]["location"])

        location = answer.headers.get("location")
        return answer.each(change).headed(location=location and shortened(location))


class SchemaAloneIsFlat(
    FirstSight,
    kind="schemas",
    meets="others",
    paragraph="RFC 7643 7",
    on="GET /Schemas/*",
):
    """A schema that is read by its URI has no subAttributes in its complex attributes, which the list of schemas shows."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for attribute in shown["attributes"]:
                attribute.pop("subAttributes", None)

        return answer.each(change)


class ManagerValueIsTooDeep(
    FirstSight,
    kind="extensions",
    meets="others",
    paragraph="RFC 7644 3.10",
    source="https://github.com/wso2/product-is/issues/11678",
    on="PATCH /Users/*",
):
    """A PATCH whose path names a sub-attribute of the enterprise extension, such as manager.value, is refused with noTarget, for the extension counts as an attribute already."""

    def when(self, asked: Asked) -> bool:
        return any(re.fullmatch(rf"{ENTERPRISE}:\w+\.\S+", path, re.IGNORECASE) for path in paths(asked))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not (await honest(reading(asked))).ok:
            return await honest(asked)
        return refusal(400, "a path may name one sub-attribute at most", "noTarget")


class OneOfEachType(
    FirstSight,
    kind="values",
    meets="others",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/wso2/product-is/issues/3391",
    on=("POST /Users", "PUT /Users/*"),
):
    """Of several e-mails, phones or addresses of one and the same type a create or PUT keeps only the last, for each type has one place."""

    def kept(self, listed: Json) -> Json:
        if not isinstance(listed, list):
            return listed
        places: dict[Json, Json] = {}
        for number, each in enumerate(listed):
            places[str(each["type"]).lower() if "type" in each else number] = each
        return list(places.values())

    def mishear(self, asked: Asked) -> Asked:
        names = {"emails", "phoneNumbers", "addresses"} & asked.json.keys()
        return asked.saying({**asked.json, **{name: self.kept(asked.json[name]) for name in names}})

    def when(self, asked: Asked) -> bool:
        return bool(asked.json)


class CreatedByPut(
    FirstSight,
    kind="PUT",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("* /Users*", "* /Groups*"),
):
    """After a PUT the created of meta is the time of the PUT, for the row is put in anew."""

    def __init__(self) -> None:
        self.anew: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "PUT" and answer.ok:
            self.anew[asked.id] = (await honest(reading(asked))).json["meta"]["lastModified"]

        def change(shown: dict[str, Json]) -> None:
            meta = shown.get("meta", {})
            if "created" in meta:
                meta["created"] = self.anew.get(shown["id"], meta["created"])

        return answer.each(change)


class IfMatchIsOneTag(
    FirstSight,
    kind="ETags",
    meets="others",
    paragraph="RFC 7644 3.14",
    source="https://github.com/apache/directory-scimple/pull/541",
    on=("* /Users/*", "* /Groups/*"),
):
    """An If-Match with several ETags is never met, not even where the current one is among them, for the header is compared as a whole."""

    def when(self, asked: Asked) -> bool:
        return "," in asked.headers.get("if-match", "")

    def mishear(self, asked: Asked) -> Asked:
        whole = asked.headers["if-match"].replace(",", "")
        return replace(asked, headers={**asked.headers, "if-match": whole})


class BulkFindsGroupsAmongUsers(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    source="https://github.com/wso2/product-is/issues/11034",
    on="POST /Bulk",
):
    """The location of a group that a bulk request patches is one below /Users."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        done = answer.json["Operations"]
        for each in done:
            if each["method"] == "PATCH":
                each["location"] = each["location"].replace("/Groups/", "/Users/")
        return answer.having(Operations=done)


class ReactivationIsInvalid(
    FirstSight,
    kind="activation",
    meets="okta",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3311",
    on="PATCH /Users/*",
):
    """A PATCH that makes an inactive user active again is refused with 400, for who is locked is unlocked by hand alone."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(reading(asked))).json.get("active")
        if before is False and str(asked.sets("active")).lower() == "true":
            return refusal(400, "invalid SCIM patch request", "invalidValue")
        return await honest(asked)


class MembersCannotBeDeleted(
    FirstSight,
    kind="deletion",
    meets="others",
    paragraph="RFC 7644 3.6",
    source="https://github.com/getprobo/probo/pull/1277",
    on="DELETE /Users/*",
):
    """A DELETE of a user that is in a group is answered with 500 and deletes nobody, for the row is still referred to."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if (await honest(reading(asked))).json.get("groups"):
            return refusal(500, "violates foreign key constraint")
        return await honest(asked)
