"""Faults in reads, filters, sorting, paging, projection, .search, errors, versions and discovery (RFC 7644 2-3.4, 3.9-3.13, 4; RFC 7643 5-7), as seen at first sight."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from first_sight.fault import FirstSight
from first_sight.reading import reading
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LISTS = ("GET /Users", "GET /Groups")
SEARCHES = ("POST /.search", "POST /*/.search")
PLAIN = re.compile(r"[A-Za-z]\w*")  # the path of a whole attribute of the core schema


async def stored(asked: Asked, honest: Honest) -> Answer:
    """What a read of the same resource shows, without the request's preconditions."""
    return await honest(reading(asked))


def shows_all(asked: Asked) -> bool:
    """Whether the answer is not narrowed to some attributes."""
    return not {"attributes", "excludedAttributes"} & asked.query.keys()


class RemovedExternalIdIsAnswered(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/onyx-dot-app/onyx/pull/8456",
    on="PATCH /Groups/*",
):
    """A PATCH that removes the externalId of a group is answered with the one it had, for where the new value is nothing the old one is taken."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await stored(asked, honest)).json
        answer = await honest(asked)
        if not answer.ok or "externalId" not in before or not shows_all(asked):
            return answer
        return answer.saying({"externalId": before["externalId"], **answer.json})


class PatchOfNobodyIsAServerError(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/666",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH of what is not there is answered with 500, for the resource is used before it is looked at whether one was found."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "An internal error has occurred.") if answer.status == 404 else answer


class HalfANameIsRefused(
    FirstSight,
    kind="create and PUT",
    meets="others",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/pond/scimitar/issues/113",
    on=("POST /Users", "PUT /Users/*"),
):
    """A name without givenName or familyName is refused, though the schema says that neither is required, for the class of names requires both."""

    def when(self, asked: Asked) -> bool:
        name = asked.json.get("name")
        return isinstance(name, dict) and bool(name) and not {"givenName", "familyName"} <= name.keys()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "name.givenName and name.familyName are required", "invalidValue")


class PatchedPartsTurnUpInside(
    FirstSight,
    kind="PATCH",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/595",
    on="* /Users*",
):
    """What a PATCH sets at the top of a user, such as active, stands in the name and in each of the e-mails as well, for every node of the tree gets the new leaf."""

    def __init__(self) -> None:
        self.leaves: defaultdict[str, dict[str, Json]] = defaultdict(dict)

    def set_at_the_top(self, asked: Asked) -> Iterator[tuple[str, Json]]:
        for operation in asked.operations:
            value, path = operation.get("value"), operation.get("path")
            for name, each in [(path, value)] if path else value.items() if isinstance(value, dict) else []:
                if PLAIN.fullmatch(name) and isinstance(each, str | bool):
                    yield name, each

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.method in {"PUT", "DELETE"}:
            self.leaves.pop(asked.id, None)
        elif answer.ok and asked.method == "PATCH":
            self.leaves[asked.id].update(self.set_at_the_top(asked))

        def change(shown: dict[str, Json]) -> None:
            for node in [shown.get("name", {}), *shown.get("emails", [])]:
                node.update(self.leaves.get(shown["id"], {}))

        return answer.each(change)


class LookupByIdIsAServerError(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/596",
    on=LISTS,
):
    """A filter that compares id is answered with 500, for id is no row of the table of attributes like the others."""

    def when(self, asked: Asked) -> bool:
        return bool(re.search(r"(^|[\s(])id\s+(eq|ne|sw|co|ew)\s", asked.filter, re.IGNORECASE))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "Sequence contains no matching element") if answer.ok else answer


class NamesAreLookedUpAmongUsersFirst(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    source="https://github.com/apache/directory-scimple/issues/887",
    on=("GET /Groups", "GET /Groups/*"),
):
    """Of the attributes that are asked for, groups do not show those that users have, too, such as displayName, for a name is looked up in the schema of users first."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        asked_for = {
            name.strip().lower().partition(".")[0] for name in asked.query.get("attributes", "").split(",")
        }

        def change(shown: dict[str, Json]) -> None:
            for name in {"displayName", "externalId", "meta"} & shown.keys():
                if name.lower() in asked_for:
                    del shown[name]

        return answer.each(change)


class NothingCountsAfterMeta(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/wso2/product-is/issues/5141",
    on=LISTS,
):
    """What follows a first clause about meta by and does not count, for a filter by meta has code of its own, which returns at once."""

    def mishear(self, asked: Asked) -> Asked:
        found = re.match(r'\s*(meta\.\w+\s+\w+\s+"[^"]*")\s+and\s', asked.filter, re.IGNORECASE)
        return asked.asking(filter=found[1]) if found else asked


class QualifiedRemovalIsLost(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/114",
    on="PATCH /Users/*",
):
    """A complex attribute that is removed by its name with the schema's URI in front stays, and the answer is a success, for it is looked for among simple ones."""

    complex = ("name", "manager", "emails", "phonenumbers", "addresses", "ims", "photos", "roles")

    def is_lost(self, operation: dict[str, Json]) -> bool:
        schema, _, name = operation.get("path", "").lower().rpartition(":")
        return operation.get("op", "").lower() == "remove" and bool(schema) and name in self.complex

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        kept = [each for each in asked.operations if not self.is_lost(each)]
        if kept:
            return await honest(asked.saying({**asked.json, "Operations": kept}))
        return await stored(asked, honest)


class MembersOfAGroupAreNotPaged(
    FirstSight,
    kind="paging",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/wso2/product-is/issues/11889",
    on="GET /Users",
):
    """A list of users filtered by their groups has all of them on its first page, whatever count and startIndex say, for the members of a group are read in one go."""

    def when(self, asked: Asked) -> bool:
        return asked.sought[0].startswith("groups")

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(count=None, startIndex=None)


class ChallengeOnlyWithoutToken(
    FirstSight,
    kind="access",
    meets="others",
    paragraph="RFC 7644 2",
    on="*",
):
    """A 401 for a wrong token has no WWW-Authenticate, for the challenge is made where the header is missing, and the token is looked at later."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        refused = answer.status == 401 and bool(asked.headers.get("authorization"))
        return answer.headed(www_authenticate=None) if refused else answer


class PutShowsWhatItCleared(
    FirstSight,
    kind="create and PUT",
    meets="okta",
    paragraph="RFC 7644 3.1",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """The answer to a PUT shows the attributes that it cleared, too, for it is the former resource with what was sent copied over it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await stored(asked, honest)).json
        answer = await honest(asked)
        return answer.saying({**before, **answer.json}) if answer.ok and shows_all(asked) else answer


class SortedTypeByType(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=("GET /", "GET /v2", "POST /.search"),
):
    """What a sorted query of the root finds comes users first and then groups, for each type is sorted in its own table and put behind the one before."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("sortBy") or asked.json.get("sortBy"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        in_order = sorted(answer.resources, key=lambda each: USER not in each["schemas"])
        return answer.having(Resources=in_order)


class ComparedUpToItsLength(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=LISTS,
):
    """For gt and le only so many letters of a text are compared as the filter's value has, so that what begins with the value is equal to it."""

    comparison = re.compile(r'(?<![\w.:])(?!meta\.)([\w.:-]+)\s+(gt|le)\s+("(?:[^"\\]|\\.)*")', re.IGNORECASE)

    def mishear(self, asked: Asked) -> Asked:
        def read(found: re.Match[str]) -> str:
            same = f"{found[1]} sw {found[3]}"
            also = f"or {same}" if found[2].lower() == "le" else f"and not ({same})"
            return f"({found[0]} {also})"

        return asked.asking(filter=self.comparison.sub(read, asked.filter)) if asked.filter else asked


class SearchRequestIsReused(
    FirstSight,
    kind=".search",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    on=SEARCHES,
):
    """What a search by POST leaves out, such as filter or attributes, is that of the last one at the same endpoint, for the object the body is read into is kept."""

    names = ("filter", "sortBy", "sortOrder", "attributes", "excludedAttributes")

    def __init__(self) -> None:
        self.last: dict[str, dict[str, Json]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        sent = asked.json
        kept = self.last.get(asked.kind, {})
        if {"attributes", "excludedAttributes"} & sent.keys():
            kept = {name: each for name, each in kept.items() if "ttributes" not in name}
        answer = await honest(asked.saying({**kept, **sent}) if sent else asked)
        if answer.ok:
            self.last[asked.kind] = {**kept, **{name: sent[name] for name in self.names if name in sent}}
        return answer


class LocationBelowSearch(
    FirstSight,
    kind="meta",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=SEARCHES,
):
    """In what a search by POST finds meta.location is the URL of the search with the id behind it, for it is made of the request's."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        searched = f"{asked.kind}/{asked.id}".rstrip("/")

        def change(shown: dict[str, Json]) -> None:
            meta = shown.get("meta", {})
            if "location" in meta:
                base = meta["location"].rsplit("/", 2)[0]
                meta["location"] = f"{base}/{searched}/{shown['id']}"

        return answer.each(change)


class AnyVersionIsServed(
    FirstSight,
    kind="protocol versions",
    meets="others",
    paragraph="RFC 7644 3.13",
    on="*",
):
    """A request below /v1 or /v3 is answered as one below /v2 is, for the route takes any number and nobody looks at it."""

    version = re.compile(r"/v\d+$")

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, root=self.version.sub("/v2", asked.root))


class ReferenceTypesAreEndpoints(
    FirstSight,
    kind="schemas",
    meets="others",
    paragraph="RFC 7643 7",
    on="GET /Schemas*",
):
    """The referenceTypes of attributes name endpoints, /Users and /Groups, and not resource types, for that is what the server's links are made of."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(holder: dict[str, Json]) -> None:
            for attribute in [*holder.get("attributes", []), *holder.get("subAttributes", [])]:
                if "referenceTypes" in attribute:
                    attribute["referenceTypes"] = [
                        f"/{each}s" if each in {"User", "Group"} else each
                        for each in attribute["referenceTypes"]
                    ]
                change(attribute)

        return answer.each(change)


class FaxAndPagerAreRefused(
    FirstSight,
    kind="values",
    meets="others",
    paragraph="RFC 7643 7",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """A phone number of the type fax or pager is refused, though the schema lists both, for the enumeration in the code has fewer."""

    def when(self, asked: Asked) -> bool:
        return bool(re.search(rb'"type"\s*:\s*"(fax|pager)"', asked.body))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "phoneNumbers.type is one of work, home, mobile, other", "invalidValue")


class FirstReasonSticks(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.12",
    on="*",
):
    """Every 400 has the scimType of the first there was, for one error object is shared and its scimType is only set where it has none."""

    def __init__(self) -> None:
        self.first = ""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status != 400 or "scimType" not in answer.json:
            return answer
        self.first = self.first or answer.json["scimType"]
        return answer.having(scimType=self.first)


class SpecificationIsNamed(
    FirstSight,
    kind="service provider config",
    meets="others",
    paragraph="RFC 7643 5",
    on="GET /ServiceProviderConfig",
):
    """The specUri of an authentication scheme is the specification's name, RFC 6750, and no URL, for it was filled in for people."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        schemes = answer.json.get("authenticationSchemes", [])
        named = [
            {**each, "specUri": each["specUri"].rpartition("/")[2].upper().replace("RFC", "RFC ")}
            for each in schemes
            if "specUri" in each
        ]
        return answer.having(authenticationSchemes=named) if named else answer
