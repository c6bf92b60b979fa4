"""Faults in values, schemas, configuration, create, PUT, PATCH, deletes, versions and searches, as seen at first sight."""

import re
from dataclasses import replace
from unicodedata import normalize

from first_sight.fault import FirstSight
from first_sight.reading import bare
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER_WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")
GROUP_WRITES = ("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")
CHANGES = tuple(
    f"{method} /{kind}/*" for method in ("PUT", "PATCH", "DELETE") for kind in ("Users", "Groups")
)


def path_of(operation: Json) -> str:
    """Where an operation of a PATCH works, in small letters; empty where it does not say."""
    return str(operation.get("path") or "").lower()


def saying(asked: Asked, operations: list[Json]) -> Asked:
    """The PATCH with other operations."""
    return asked.saying({**asked.json, "Operations": operations})


class PartFallsOutOfItsEntry(
    FirstSight,
    kind="PATCH paths",
    meets="others",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/67",
    on="* /Users*",
):
    """An add to a sub-attribute behind a value filter takes it out of its entry and sets it at the top of the user, for the new node is given no parent."""

    def __init__(self) -> None:
        self.fallen = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "PATCH" and answer.ok:
            for each in asked.operations:
                part = re.fullmatch(r".+\[.+\]\.(\w+)", each.get("path") or "")
                if part and each["op"].lower() == "add":
                    await honest(bare(asked).patching({"op": "remove", "path": each["path"]}))
                    self.fallen.setdefault(asked.id, {})[part[1]] = each["value"]
                    answer = await honest(bare(asked).of("GET"))
        return answer.each(lambda shown: shown.update(self.fallen.get(shown.get("id"), {})))


class MembersHaveAnId(
    FirstSight,
    kind="groups and members",
    meets="okta",
    paragraph="RFC 7643 4.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/51",
    on=GROUP_WRITES,
):
    """In the answer to a write of a group the members have an id in the place of their value, for it is filled in by the code for whole resources."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for member in shown.get("members", []):
                member["id"] = member.pop("value")

        return answer.each(change)


class ObjectsMergedAtTheTop(
    FirstSight,
    kind="PATCH without path",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/327",
    on="PATCH /Users/*",
):
    """Of two operations without a path that set parts of the same name or extension only the later counts, for their values are first merged into one object, and not deeply."""

    def mishear(self, asked: Asked) -> Asked:
        whole, others = [], []
        for each in asked.operations:
            (others if path_of(each) or not isinstance(each.get("value"), dict) else whole).append(each)
        if len(whole) < 2:
            return asked
        merged = {key: value for each in whole for key, value in each["value"].items()}
        return saying(asked, [{**whole[0], "value": merged}, *others])


class NoPluralInSchemas(
    FirstSight,
    kind="schemas",
    meets="others",
    paragraph="RFC 7643 7",
    source="https://github.com/i2-open/i2scim/issues/18",
    on=("GET /Schemas", "GET /Schemas/*"),
):
    """The attributes in /Schemas do not say whether they are multiValued or required, for what writes them out forgot both."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(described: dict[str, Json]) -> None:
            for each in [*described.get("attributes", []), *described.get("subAttributes", [])]:
                each.pop("multiValued", None)
                each.pop("required", None)
                change(each)

        return answer.each(change)


class SearchKnowsWholeValues(
    FirstSight,
    kind=".search",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    source="https://github.com/wso2/product-is/issues/8444",
    on=("POST /.search", "POST /Users/.search", "POST /Groups/.search"),
):
    """In a filter sent to .search the operators co, sw and ew find only whole values, for the body is turned into terms of an index and not into the query that a GET is."""

    def mishear(self, asked: Asked) -> Asked:
        wanted = asked.json
        if not isinstance(wanted.get("filter"), str):
            return asked
        return asked.saying({**wanted, "filter": re.sub(r'(?i) (co|sw|ew) (?=")', " eq ", wanted["filter"])})


class AddedTwiceCannotBeDeleted(
    FirstSight,
    kind="deletes",
    meets="others",
    paragraph="RFC 7644 3.6",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/939",
    on=("PUT /Groups/*", "PATCH /Groups/*", "DELETE /Users/*"),
):
    """A DELETE of a user who was added to a group a second time is answered with 500, for the membership has two rows then and one is expected."""

    def __init__(self) -> None:
        self.twice = set()

    async def members(self, asked: Asked, honest: Honest) -> set[str]:
        return {each["value"] for each in (await honest(bare(asked).of("GET"))).json.get("members", [])}

    def added(self, asked: Asked) -> set[str]:
        found = []
        for each in asked.operations:
            value = each.get("value")
            listed = (
                value
                if path_of(each) == "members"
                else value.get("members", [])
                if isinstance(value, dict)
                else []
            )
            if each["op"].lower() == "add":
                found += listed if isinstance(listed, list) else [listed]
        return {each["value"] for each in found}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE":
            groups = (await honest(bare(asked).of("GET"))).json.get("groups", [])
            if any((each["value"], asked.id) in self.twice for each in groups):
                return refusal(500, "Sequence contains more than one matching element")
            return await honest(asked)
        again = self.added(asked) & await self.members(asked, honest)
        answer = await honest(asked)
        if answer.ok:
            now = await self.members(asked, honest) if asked.method == "PATCH" else set()
            self.twice |= {(asked.id, member) for member in again}
            self.twice = {
                (group, member) for group, member in self.twice if group != asked.id or member in now
            }
        return answer


class ExternalIdIsOfTheCreate(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/open-webui/open-webui/issues/30074",
    on="PATCH /Users/*",
):
    """A PATCH of a user's externalId is answered with 200 and leaves it as it was, for only a create writes the table that it is in."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        kept = []
        for each in asked.operations:
            value = each.get("value")
            if not path_of(each) and isinstance(value, dict):
                value = {name: part for name, part in value.items() if name.lower() != "externalid"}
            if path_of(each) != "externalid" and (value != {} or each["value"] == {}):
                kept.append({**each, "value": value} if "value" in each else each)
        if kept or not asked.operations:
            return await honest(saying(asked, kept) if kept else asked)
        return await honest(bare(asked).of("GET"))


class ExtensionIsNoMember(
    FirstSight,
    kind="PATCH without path",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/elimity-com/scim/issues/204",
    on="PATCH /Users/*",
):
    """A PATCH without a path whose value has the extension in it is refused with 400, for the names in it are looked up in the core schema alone."""

    def when(self, asked: Asked) -> bool:
        values = [each.get("value") for each in asked.operations if not path_of(each)]
        return any(isinstance(each, dict) and ENTERPRISE in each for each in values)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = await honest(bare(asked).of("GET"))
        return refusal(400, f"{ENTERPRISE} is no attribute of User", "invalidPath") if found.ok else found


class ReferencesComeAfterwards(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/490",
    on=("GET /Users/*", "GET /Groups/*"),
):
    """A read of one resource shows the members or groups even where they are excluded or not asked for, for they are filled in after the attributes were chosen."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        chosen = [name for name in asked.query if name.lower() in {"attributes", "excludedattributes"}]
        if not chosen or answer.status != 200:
            return answer
        whole = (await honest(bare(asked).asking(**dict.fromkeys(chosen)))).json
        return answer.having(**{name: whole[name] for name in ("members", "groups") if name in whole})


class SecondNameIsTheMiddleName(
    FirstSight, kind="values", meets="okta", paragraph="RFC 7643 4.1.1", on="* /Users*"
):
    """A givenName of two words comes back as a givenName and a middleName, for both are kept as one text and split at the first blank."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            name = shown.get("name", {})
            if " " in name.get("givenName", "").strip() and "middleName" not in name:
                name["givenName"], name["middleName"] = name["givenName"].strip().split(" ", 1)

        return answer.each(change)


class DivisionIsTheOrganization(
    FirstSight, kind="extensions", meets="okta", paragraph="RFC 7643 4.3", on=USER_WRITES
):
    """A user's organization and division are always the same, that which was written last, for both are mapped to the directory's one attribute ou."""

    names = ("organization", "division")

    def both(self, extension: Json) -> Json:
        given = (
            [extension[name] for name in self.names if name in extension]
            if isinstance(extension, dict)
            else []
        )
        return {**extension, **dict.fromkeys(self.names, given[-1])} if given else extension

    def when(self, asked: Asked) -> bool:
        return asked.method == "PATCH" or ENTERPRISE in asked.json

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        if asked.method != "PATCH":
            return asked.saying({**document, ENTERPRISE: self.both(document[ENTERPRISE])})
        operations = []
        for each in asked.operations:
            container, _, name = path_of(each).rpartition(":")
            value = each.get("value")
            if container == ENTERPRISE.lower() and name in self.names:
                operations += [{**each, "path": f"{ENTERPRISE}:{other}"} for other in self.names]
            elif path_of(each) == ENTERPRISE.lower() and value is not None:
                operations.append({**each, "value": self.both(value)})
            elif not path_of(each) and isinstance(value, dict) and ENTERPRISE in value:
                operations.append({**each, "value": {**value, ENTERPRISE: self.both(value[ENTERPRISE])}})
            else:
                operations.append(each)
        return saying(asked, operations)


class FeaturesAreBareFlags(
    FirstSight,
    kind="service provider config",
    meets="others",
    paragraph="RFC 7643 5",
    on="GET /ServiceProviderConfig",
):
    """The configuration says patch, changePassword, sort and etag as bare booleans, for the serializer unwraps a class that has only one member."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        features = ("patch", "changePassword", "sort", "etag") if answer.ok else ()
        return answer.having(**{name: answer.json[name]["supported"] for name in features})


class ReferencesMustBeAbsolute(
    FirstSight, kind="values", meets="others", paragraph="RFC 7643 2.3.7", on=(*USER_WRITES, *GROUP_WRITES)
):
    """A write with a relative $ref, such as that of a manager in the RFC's own example, is refused with 400, for it is checked as a URL with a scheme."""

    def when(self, asked: Asked) -> bool:
        found = re.findall(rb'"\$ref"\s*:\s*"([^"]+)"', asked.body)
        return any(not re.match(rb"[A-Za-z][\w+.-]*:", each) for each in found)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        reached = await honest(bare(asked).of("GET"))
        return refusal(400, "$ref is not a valid URL", "invalidValue") if reached.ok else await honest(asked)


class PartOfNothing(
    FirstSight, kind="PATCH paths", meets="others", paragraph="RFC 7644 3.5.2.3", on="PATCH /Users/*"
):
    """A PATCH that sets a part of the name or manager of a user who has none is answered with 500, for the object that the part is set in is null."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        user = (await honest(bare(asked).of("GET"))).json
        has = {name.lower() for name in [*user, *user.get(ENTERPRISE, {})]}
        for each in asked.operations if "id" in user else []:
            whole, dot, _ = path_of(each).removeprefix(f"{ENTERPRISE.lower()}:").partition(".")
            if dot and whole in {"name", "manager"} - has and each["op"].lower() != "remove":
                return refusal(500, "Object reference not set to an instance of an object")
            has |= (
                {whole, *(name.lower() for name in each["value"])}
                if isinstance(each.get("value"), dict)
                else {whole}
            )
        return await honest(asked)


class PatchIsNeverShown(
    FirstSight,
    kind="PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH is answered with 204 even where attributes are asked for, for the handler of a PATCH does not read the query."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer.headed(content_type=None), status=204, body=b"") if answer.ok else answer


class WeakTagsNeverMatch(
    FirstSight, kind="preconditions on writes", meets="others", paragraph="RFC 7644 3.14", on=CHANGES
):
    """A write with the resource's own weak ETag in If-Match is refused with 412, for the framework's strong comparison is used, which no weak tag passes."""

    def mishear(self, asked: Asked) -> Asked:
        if "if-match" not in asked.headers:
            return asked
        tags = [tag.strip() for tag in asked.headers["if-match"].split(",")]
        strong = [tag for tag in tags if not tag.startswith("W/")] or ['"none"']
        return replace(asked, headers={**asked.headers, "if-match": ", ".join(strong)})


class DecomposedIsAnother(
    FirstSight, kind="filters", meets="okta", paragraph="RFC 7644 7.8", on=("GET /Users", "GET /Groups")
):
    """A filter by a name whose accents are letters of their own does not find the name with the accented letters, nor the other way round, for only the letter case is prepared before strings are compared."""

    def when(self, asked: Asked) -> bool:
        name, operator, value = asked.sought
        return name in {"username", "displayname"} and operator == "eq" and not value.isascii()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        name, _, value = asked.sought
        spelt = "userName" if name == "username" else "displayName"

        def other(shown: dict[str, Json]) -> bool:
            has = shown.get(spelt, value)
            return has.casefold() != value.casefold() and normalize("NFC", has) == normalize("NFC", value)

        kept = [each for each in answer.resources if not other(each)] if answer.ok else []
        return answer.showing(kept) if answer.ok and len(kept) < len(answer.resources) else answer


class ValueIsTheKey(FirstSight, kind="values", meets="okta", paragraph="RFC 7643 2.4", on=USER_WRITES):
    """Of two phone numbers or e-mails that differ only in their type, such as one number for work and mobile, the first alone is kept, for the table's key is the user and the value."""

    def mishear(self, asked: Asked) -> Asked:
        def change(name: str, value: Json) -> Json:
            if name.lower() not in {"emails", "phonenumbers"} or not isinstance(value, list):
                return value
            kept = {}
            for each in value:
                kept.setdefault(str(each.get("value", each)).lower(), each)
            return list(kept.values())

        return asked.rewriting(change)


class ReportsLoseTheirJob(
    FirstSight, kind="deletes", meets="others", paragraph="RFC 7644 3.6", on="DELETE /Users/*"
):
    """A DELETE of a manager takes the whole enterprise extension from those who report to that manager, for its row goes when the row goes that its manager_id refers to."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        plain = bare(asked)
        everyone = plain.of("GET", "").asking(filter=f'{ENTERPRISE}:manager.value eq "{asked.id}"')
        reports = (await honest(everyone)).resources
        answer = await honest(asked)
        for each in reports if answer.ok else []:
            await honest(replace(plain, id=each["id"]).patching({"op": "remove", "path": ENTERPRISE}))
        return answer


class CreatedBeforeItsMembers(
    FirstSight, kind="create", meets="okta", paragraph="RFC 7644 3.3", on="POST /Groups"
):
    """The answer to the create of a group has no members, though they are stored, for the group is turned into JSON before they are added."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(members=None) if answer.ok else answer
