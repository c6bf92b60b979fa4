"""Faults mostly after public reports, in value paths, filters, projection, PUT, PATCH, groups, deletes, bulk, versions, sorting, .search and discovery, as seen at first sight."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from first_sight.fault import FirstSight
from first_sight.reading import bare, standing
from reference_server.faults.bending import LIST, SCIM_JSON, Answer, Asked, Honest, Json, raw, refusal, reply

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SEARCHES = ("POST /Users/.search", "POST /Groups/.search", "POST /.search")
LISTS = ("GET /Users", "GET /Groups", *SEARCHES)


def without(document: dict[str, Json], *names: str) -> dict[str, Json]:
    """An object without the members of these names, which are in lower case, in whatever letters it has them."""
    return {name: value for name, value in document.items() if name.lower() not in names}


def with_filter(asked: Asked, change: Callable[[str], str]) -> Asked:
    """A search by GET or POST with another filter."""
    document = asked.json
    wanted = document.get("filter", "") if asked.method == "POST" else asked.filter
    changed = change(wanted)
    if asked.method == "POST" and changed != wanted:
        return asked.saying({**document, "filter": changed})
    return asked.asking(filter=changed) if changed != wanted else asked


def with_operations(asked: Asked, operations: list[Json]) -> Asked:
    """A PATCH with these operations; as it was where they are the same."""
    rest = without(asked.json, "operations")
    return asked if operations == asked.operations else asked.saying({**rest, "Operations": operations})


def each_value(asked: Asked, change: Callable[[dict[str, Json]], dict[str, Json]]) -> Asked:
    """A PATCH with other values for the operations without a path."""
    operations = [
        {**each, "value": change(each["value"])}
        if "path" not in each and isinstance(each.get("value"), dict)
        else each
        for each in asked.operations
    ]
    return with_operations(asked, operations)


class MatchesAreTheNewList(
    FirstSight,
    kind="PATCH with value paths",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/201",
    on="PATCH /Users/*",
):
    """A replace of an entry that a path filter chooses, such as emails[type eq "work"], takes all other entries away, for the new list is made of the matches alone."""

    def mishear(self, asked: Asked) -> Asked:
        operations = []
        for each in asked.operations:
            chosen = re.fullmatch(r"(\w+)\[(.*)\]", each.get("path", ""))
            if chosen and each["op"].lower() == "replace" and isinstance(each.get("value"), dict):
                operations.append({"op": "remove", "path": f"{chosen[1]}[not ({chosen[2]})]"})
            operations.append(each)
        return with_operations(asked, operations)


class RenamedIsDeleted(
    FirstSight,
    kind="updates and what they take along",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/ssoready/ssoready/issues/164",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """Whoever gets another userName is gone after an answer of success, for the statement that updates it also sets the mark of the deleted."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await standing(asked, honest)
        answer = await honest(asked)
        after = await standing(asked, honest)
        if answer.ok and before["userName"].lower() != after["userName"].lower():
            await honest(bare(asked).of("DELETE"))
        return answer


class TimesAgainstTexts(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/thomaspoignant/scim2-parse-filter/issues/170",
    on=LISTS,
):
    """A filter by gt, ge, lt or le on a time in meta is met by nobody, for the stored time is an object of dates and the filter's a text, and no order holds between the two."""

    def mishear(self, asked: Asked) -> Asked:
        compared = re.compile(r'meta\.(created|lastModified)\s+(gt|ge|lt|le)\s+"[^"]*"', re.IGNORECASE)
        return with_filter(asked, lambda wanted: compared.sub("not (id pr)", wanted))


class NamedWholeIsLeftOut(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    source="https://github.com/scimmyjs/scimmy/pull/62",
    on=("* /Users*", "* /Groups*"),
):
    """emails, members and the like are not shown where attributes names them whole, but only where it names one of their parts, for the entries keep the parts that are named."""

    lists = frozenset(
        {"emails", "phonenumbers", "addresses", "ims", "photos", "roles", "entitlements", "members", "groups"}
    )

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        whole = {each.strip().lower() for each in asked.query.get("attributes", "").split(",")} & self.lists

        def change(resource: dict[str, Json]) -> None:
            for name in [name for name in resource if name.lower() in whole]:
                del resource[name]

        return answer.each(change)


class RemovedNumberIsUnchanged(
    FirstSight,
    kind="updates and what they take along",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/zitadel/zitadel/issues/3538",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """A phone number that was taken from a user cannot be given to the same user again, but is refused as not changed, for the removal is not applied to the model that a write is compared with."""

    def __init__(self) -> None:
        self.had: dict[str, set[str]] = {}

    def numbers(self, listed: Json) -> set[str]:
        return {each["value"] for each in listed or [] if isinstance(each, dict) and "value" in each}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = self.numbers(asked.sets("phoneNumbers")) | {
            each["value"]
            for each in asked.operations
            if each.get("path", "").lower().startswith("phonenumbers[") and isinstance(each.get("value"), str)
        }
        if wanted & self.had.get(asked.id, set()):
            return refusal(400, "Phone not changed", "invalidValue")
        before = self.numbers((await standing(asked, honest)).get("phoneNumbers"))
        answer = await honest(asked)
        after = self.numbers((await standing(asked, honest)).get("phoneNumbers"))
        if after:
            self.had.pop(asked.id, None)
        elif before:
            self.had[asked.id] = before
        return answer


class BooleansAreNoOperands(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/GluuFederation/SCIM-Client/issues/57",
    on=("GET /Users", "POST /Users/.search", "PATCH /Users/*"),
):
    """A filter or path that compares primary with true or false, as emails[primary eq true], is refused as invalidFilter, for the operand of a part is read as a text in quotes."""

    compared = re.compile(r"primary\s+(eq|ne)\s+(true|false)\b", re.IGNORECASE)

    def when(self, asked: Asked) -> bool:
        searched = [asked.filter, str(asked.json.get("filter", ""))]
        return any(self.compared.search(each) for each in searched) or any(
            self.compared.search(each.get("path", "")) for each in asked.operations
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        reached = await standing(asked, honest) if asked.method == "PATCH" else (await honest(asked)).ok
        return (
            refusal(400, "an operand must be a string", "invalidFilter") if reached else await honest(asked)
        )


class ObjectsOwnText(
    FirstSight,
    kind="PATCH without path",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/wso2/product-is/issues/3826",
    on="PATCH /Users/*",
):
    """What a PATCH without path gives an attribute of the enterprise extension is stored as the name and address of the object that holds it, for that object's text is taken and not its value."""

    def mishear(self, asked: Asked) -> Asked:
        def change(value: dict[str, Json]) -> dict[str, Json]:
            return {
                name: {
                    key: "core.attributes.SimpleAttribute@3fcc28bd" if isinstance(part, str) else part
                    for key, part in held.items()
                }
                if name.lower() == ENTERPRISE.lower() and isinstance(held, dict)
                else held
                for name, held in value.items()
            }

        return each_value(asked, change)


class ListHasNoInnerGroups(
    FirstSight,
    kind="groups and membership",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/fleetdm/fleet/issues/52501",
    on=("GET /Groups", "POST /Groups/.search", "POST /.search"),
):
    """A list of groups leaves out those members that are groups, which a read of the single group shows, for only that loads them."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(resource: dict[str, Json]) -> None:
            users = [each for each in resource.get("members", []) if each.get("type") != "Group"]
            if users:
                resource["members"] = users
            else:
                resource.pop("members", None)

        return answer.each(change)


class PutKeepsRoles(
    FirstSight,
    kind="PUT",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/tuist/tuist/pull/13209",
    on="PUT /Users/*",
):
    """A PUT with other roles is answered with success and leaves the roles as they were, for what arrives is a text where the update expects its own symbols."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.json)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        kept = (await standing(asked, honest)).get("roles", [])
        return await honest(asked.saying({**without(asked.json, "roles"), "roles": kept}))


class MemberIsOnlyDeactivated(
    FirstSight,
    kind="deletes and what remains",
    meets="others",
    paragraph="RFC 7644 3.6",
    source="https://github.com/getprobo/probo/pull/1277",
    on="DELETE /Users/*",
):
    """A DELETE of somebody who is in a group is answered with 204 and only makes the user inactive, for the memberships refer to the row and the way out of that conflict is to deactivate."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not (await standing(asked, honest)).get("groups"):
            return await honest(asked)
        typed = replace(asked, headers={**asked.headers, "content-type": SCIM_JSON})
        answer = await honest(typed.patching({"op": "replace", "path": "active", "value": False}))
        return raw(204) if answer.ok else answer


class SearchNeedsACount(
    FirstSight,
    kind="searches by POST",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    source="https://github.com/wso2/product-is/issues/9303",
    on=SEARCHES,
):
    """A search by POST without count is answered with 500, for a number that is missing counts as 0 and the first of no resources is asked for."""

    def when(self, asked: Asked) -> bool:
        return not any(name.lower() == "count" for name in asked.json)

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "Index: 0, Size: 0") if answer.ok else answer


class EmptyMembersAreDropped(
    FirstSight,
    kind="PATCH without path",
    meets="okta",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/jelhub/scimgateway/issues/113",
    on="PATCH /Groups/*",
):
    """A replace without path whose value has an empty list of members leaves everybody in the group, for what is empty is dropped from the value before it is looked through."""

    def mishear(self, asked: Asked) -> Asked:
        def change(value: dict[str, Json]) -> dict[str, Json]:
            return without(value, "members") if value.get("members") == [] else value

        return each_value(asked, change)


class MembersCannotBePatched(
    FirstSight,
    kind="PATCH of users",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/wso2/product-is/issues/4413",
    on="PATCH /Users/*",
):
    """A PATCH of a user who is in a group is answered with 500, for the patched user is checked with the groups that a read adds, which the update does not know."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if (await standing(asked, honest)).get("groups"):
            return refusal(500, "Error in performing the patch operation on user resource.")
        return await honest(asked)


class NoLocationOfFailures(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on="POST /Bulk",
):
    """The result of a PUT, PATCH or DELETE of a bulk request that failed has no location, for it is taken from the resource that was answered, which a failure has not."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        results = [
            without(each, "location") if int(each["status"]) >= 400 else each
            for each in answer.json["Operations"]
        ]
        return answer.having(Operations=results)


class StaleIsAConflict(
    FirstSight,
    kind="preconditions on writes",
    meets="others",
    paragraph="RFC 7644 3.12",
    on=(
        "PUT /Users/*",
        "PATCH /Users/*",
        "DELETE /Users/*",
        "PUT /Groups/*",
        "PATCH /Groups/*",
        "DELETE /Groups/*",
    ),
):
    """A write whose If-Match is out of date is refused with 409 and not with 412, as the data layer's exception for a version that has moved on is handled like that for a duplicate."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(409, "the row was updated by another transaction") if answer.status == 412 else answer


class ExtensionIsNoSortKey(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on="GET /Users",
):
    """A sortBy that names an attribute of an extension by its URN is passed over without a word, for sort keys are looked up among the core's columns and an unknown one means the default order."""

    def mishear(self, asked: Asked) -> Asked:
        by_extension = asked.query.get("sortBy", "").lower().startswith(ENTERPRISE.lower())
        return asked.asking(sortBy=None, sortOrder=None) if by_extension else asked


class UnknownSchemaIsAnEmptyList(
    FirstSight,
    kind="discovery",
    meets="others",
    paragraph="RFC 7644 3.12",
    on=("GET /Schemas/*", "GET /ResourceTypes/*"),
):
    """A schema or resource type that there is not is answered with 200 and an empty list, and not with 404, for the id is put into the list's query as a filter."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        nobody = {"schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []}
        return reply(nobody) if answer.status == 404 else answer


class EmptyArrayIsPresent(
    FirstSight,
    kind="PATCH with value paths",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on=("GET /Users", "POST /Users/.search", "PUT /Users/*", "PATCH /Users/*"),
):
    """A user whose last e-mail or phone number a PATCH has removed is still found by pr, for the column holds an empty array then, which is not null."""

    names = ("emails", "phoneNumbers")

    def __init__(self) -> None:
        self.emptied: dict[str, set[str]] = defaultdict(set)

    def as_stored(self, wanted: str) -> str:
        for name in self.names:
            others = "".join(f' or id eq "{each}"' for each in sorted(self.emptied[name]))
            found = rf"(?<![\w.:])({name})\s+pr\b"
            wanted = re.sub(found, rf"(\1 pr{others})", wanted, flags=re.IGNORECASE) if others else wanted
        return wanted

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method in {"GET", "POST"}:
            return await honest(with_filter(asked, self.as_stored))
        before = await standing(asked, honest)
        answer = await honest(asked)
        after = await standing(asked, honest)
        removes = any(each.get("op", "").lower() == "remove" for each in asked.operations)
        for name in self.names:
            if name in after or asked.method == "PUT":
                self.emptied[name].discard(asked.id)
            elif removes and name in before:
                self.emptied[name].add(asked.id)
        return answer


class DeletedIsShown(
    FirstSight,
    kind="deletes and what remains",
    meets="okta",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "DELETE /Groups/*"),
):
    """A DELETE is answered with 200 and the resource as it was, and not with 204, as the framework's generic view does."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await standing(asked, honest)
        answer = await honest(asked)
        return reply(before) if answer.status == 204 else answer


class SearchIsAlwaysAscending(
    FirstSight,
    kind="searches by POST",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    on=SEARCHES,
):
    """A search by POST is sorted upwards whatever its sortOrder, which the class that its body is read into does not have."""

    def mishear(self, asked: Asked) -> Asked:
        ascending = without(asked.json, "sortorder")
        return asked.saying(ascending) if ascending != asked.json else asked
