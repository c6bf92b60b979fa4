"""Faults in what a client can write: PATCH in all its forms, PUT, bulk, preconditions, members, values and deletion."""

import asyncio
import re
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LISTS = ("emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates")


def unconditional(asked: Asked) -> Asked:
    """The request without preconditions."""
    kept = {name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}}
    return replace(asked, headers=kept)


def told(answer: Answer, later: Answer) -> Answer:
    """An answer with the status it had, and the resource and version of a later one."""
    return replace(answer, body=later.body).headed(etag=later.headers.get("etag"))


def op_of(operation: dict[str, Json]) -> str:
    return str(operation.get("op", "")).lower()


def path_of(operation: dict[str, Json]) -> str:
    return str(operation.get("path") or "")


class OnlyFirstMatchIsChanged(
    FirstSight,
    kind="patch forms",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/thomaspoignant/scim-patch/issues/503",
    on=("PATCH /Users/*",),
):
    """A replace whose path filter fits several entries changes the first of them only."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(unconditional(asked.of("GET")))).json
        answer = await honest(asked)
        for each in asked.operations if answer.ok else []:
            name = path_of(each).partition("[")[0]
            old, new = before.get(name), answer.json.get(name)
            if op_of(each) != "replace" or "[" not in path_of(each) or not old or len(old) != len(new or []):
                continue
            changed = [place for place in range(len(old)) if old[place] != new[place]]
            if len(changed) > 1:
                mixed = [old[place] if place in changed[1:] else new[place] for place in range(len(old))]
                undo = unconditional(asked).patching({"op": "replace", "path": name, "value": mixed})
                answer = await honest(undo)
        return answer


class ReplaceWithoutMatchAdds(
    FirstSight,
    kind="patch forms",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    source="https://github.com/thomaspoignant/scim-patch/issues/74",
    on=("PATCH /Users/*",),
):
    """A replace whose path filter fits no entry makes a new entry instead of failing with noTarget."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 400 or answer.json.get("scimType") != "noTarget":
            return answer
        added = [
            {**each, "op": "add"} if op_of(each) == "replace" and "[" in path_of(each) else each
            for each in asked.operations
        ]
        return await honest(asked.saying({**asked.json, "Operations": added}))


class PartTakesEntryAlong(
    FirstSight,
    kind="patch forms",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on=("PATCH /Users/*",),
):
    """To remove a sub-attribute of the entries that a path filter chooses removes these entries."""

    def mishear(self, asked: Asked) -> Asked:
        operations = [
            {**each, "path": re.sub(r"\]\.\w+$", "]", path_of(each))}
            if op_of(each) == "remove" and path_of(each)
            else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": operations}) if operations else asked


class LastAddWins(
    FirstSight,
    kind="patch forms",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of several operations of one PATCH that add to the same list only the last has an effect."""

    def mishear(self, asked: Asked) -> Asked:
        kept: list[dict[str, Json]] = []
        for each in asked.operations:
            same = (op_of(each), path_of(each).lower())
            if same[0] == "add" and same[1] in {"members", *(name.lower() for name in LISTS)}:
                kept = [other for other in kept if (op_of(other), path_of(other).lower()) != same]
            kept.append(each)
        return asked.saying({**asked.json, "Operations": kept}) if kept else asked


class OldPrimaryStays(
    FirstSight,
    kind="primary",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/49210",
    on=("GET /Users", "GET /Users/*", "PATCH /Users/*", "PUT /Users/*"),
):
    """A PATCH that makes another entry the primary one leaves the old one primary as well."""

    def __init__(self) -> None:
        self.also: dict[tuple[str, str], Json] = {}

    def show(self, user: dict[str, Any]) -> None:
        for name in LISTS:
            old = self.also.get((user.get("id", ""), name))
            for entry in user.get(name, []) if old else []:
                if entry.get("value") == old:
                    entry["primary"] = True

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PUT":
            answer = await honest(asked)
            if answer.ok:
                self.also = {key: old for key, old in self.also.items() if key[0] != asked.id}
            return answer
        if asked.method == "GET":
            return (await honest(asked)).each(self.show)
        before = (await honest(unconditional(asked.of("GET")))).json
        answer = await honest(asked)
        for name in LISTS if answer.ok else ():
            old, new = (
                next((entry.get("value") for entry in user.get(name, []) if entry.get("primary")), None)
                for user in (before, answer.json)
            )
            if old and new and old != new:
                self.also[asked.id, name] = old
        return answer.each(self.show)


class RoleStaysBesideNewOne(
    FirstSight,
    kind="other clients' forms",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*",),
):
    """A role written by Entra's path roles[primary eq "True"].value is added, and the old role stays."""

    def mishear(self, asked: Asked) -> Asked:
        form = re.compile(r'roles\[primary eq "?true"?\]\.value', re.IGNORECASE)
        operations = [
            {"op": "add", "path": "roles", "value": [{"value": each.get("value"), "primary": True}]}
            if form.fullmatch(path_of(each)) and op_of(each) != "remove"
            else each
            for each in asked.operations
        ]
        return (
            asked
            if operations == asked.operations
            else asked.saying({**asked.json, "Operations": operations})
        )


class MemberIsExchanged(
    FirstSight,
    kind="mutability",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/keycloak/keycloak/pull/51580",
    on=("PATCH /Groups/*",),
):
    """The value of a member, which is immutable, can be replaced by a PATCH, so that somebody else is the member."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.json.get("scimType") != "mutability" or len(asked.operations) != 1:
            return answer
        found = re.fullmatch(r'members\[value eq "(.*)"\](?:\.value)?', path_of(asked.operations[0]))
        value = asked.operations[0].get("value")
        other = value.get("value") if isinstance(value, dict) else value
        if not found or not isinstance(other, str):
            return answer
        members = (await honest(unconditional(asked.of("GET")))).json.get("members", [])
        left = [{"value": other if each["value"] == found[1] else each["value"]} for each in members]
        return await honest(asked.patching({"op": "replace", "path": "members", "value": left}))


class ClientChoosesId(
    FirstSight,
    kind="mutability",
    meets="others",
    paragraph="RFC 7644 3.3",
    on=("*",),
):
    """A create whose body has an id that is not taken stores the user under that id."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = asked.json.get("id") if asked.place == "POST /Users" else None
        if isinstance(wanted, str) and re.fullmatch(r"[\w-]{8,}", wanted) and wanted not in self.ids:
            free = (await honest(unconditional(asked.of("GET", wanted)))).status == 404
            answer = await honest(asked)
            if free and answer.status == 201:
                self.ids[wanted] = answer.json["id"]
            return self.named(answer)
        body, query, place = asked.body, asked.query_string, asked.id
        for chosen, real in self.ids.items():
            body = body.replace(f'"{chosen}"'.encode(), f'"{real}"'.encode())
            query = query.replace(f"%22{chosen}%22", f"%22{real}%22")
            place = real if place == chosen else place
        return self.named(await honest(replace(asked, body=body, query_string=query, id=place)))

    def named(self, answer: Answer) -> Answer:
        for chosen, real in self.ids.items():
            headers = {name: value.replace(real, chosen) for name, value in answer.headers.items()}
            answer = replace(
                answer, headers=headers, body=answer.body.replace(real.encode(), chosen.encode())
            )
        return answer


class BodysIdIsWritten(
    FirstSight,
    kind="put",
    meets="others",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """A PUT whose body has the id of another resource replaces that one, not the one in the URL."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        other = asked.json.get("id")
        if not isinstance(other, str) or other == asked.id or not re.fullmatch(r"[\w-]+", other):
            return await honest(asked)
        there = (await honest(unconditional(asked.of("GET", other)))).ok
        return await honest(replace(asked, id=other) if there else asked)


class GroupsAreNoMembers(
    FirstSight,
    kind="members",
    meets="others",
    paragraph="RFC 7643 4.2",
    source="https://github.com/keycloak/keycloak/issues/51078",
    on=("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """Groups that are written as members of a group are left out in silence, for members are looked for among users."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        members = answer.json.get("members", []) if answer.ok else []
        people = [{"value": each["value"]} for each in members if each.get("type") != "Group"]
        if len(people) == len(members):
            return answer
        group = unconditional(asked).of("PATCH", answer.json["id"])
        return told(
            answer, await honest(group.patching({"op": "replace", "path": "members", "value": people}))
        )


class AddedAgainIsShownTwice(
    FirstSight,
    kind="members",
    meets="okta",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/wso2/product-is/issues/5333",
    on=("PATCH /Groups/*",),
):
    """The answer to a PATCH that adds somebody who is a member already shows that member twice."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(unconditional(asked.of("GET")))).json.get("members", [])
        answer = await honest(asked)
        added: set[str] = set()
        for each in asked.operations if answer.ok else []:
            value = each.get("value")
            value = value.get("members", value) if isinstance(value, dict) else value
            listed = value if isinstance(value, list) else [value]
            if op_of(each) == "add" and path_of(each).lower() in {"", "members"}:
                added |= {str(one["value"]) for one in listed if isinstance(one, dict) and "value" in one}
        again = [each for each in before if each["value"] in added]
        shown = answer.json.get("members") if again else None
        return answer.having(members=shown + again) if shown else answer


class DeleteIsUnconditional(
    FirstSight,
    kind="preconditions",
    meets="others",
    paragraph="RFC 7644 3.14",
    source="https://github.com/GluuFederation/SCIM-Client/issues/53",
    on=("DELETE /Users/*", "DELETE /Groups/*"),
):
    """A DELETE with If-Match deletes whatever version the resource has by now."""

    def mishear(self, asked: Asked) -> Asked:
        return unconditional(asked)


class OnlyOneTagIsRead(
    FirstSight,
    kind="preconditions",
    meets="others",
    paragraph="RFC 7644 3.14",
    source="https://github.com/apache/directory-scimple/pull/541",
    on=("PUT /*", "PATCH /*", "DELETE /*"),
):
    """Of several versions in If-Match only the first is compared, and a match with another is refused with 412."""

    def mishear(self, asked: Asked) -> Asked:
        first = asked.headers.get("if-match", "").partition(",")[0]
        return replace(asked, headers={**asked.headers, "if-match": first}) if first else asked


class CheckedThenWritten(
    FirstSight,
    kind="preconditions",
    meets="others",
    paragraph="RFC 7644 3.14",
    source="https://github.com/thunder-id/thunderid/pull/5110",
    on=("PUT /Users/*", "PUT /Groups/*", "PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of two writes with the same If-Match at the same time both succeed, for the version is compared before the write."""

    def when(self, asked: Asked) -> bool:
        return "if-match" in asked.headers

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        current = await honest(asked.of("GET"))
        if current.status == 412:
            return current
        await asyncio.sleep(0.05)
        return await honest(unconditional(asked))


class OldVersionIsTold(
    FirstSight,
    kind="versions",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """The answer to a PUT tells the version from before it, in ETag and meta, so that the next If-Match fails."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await honest(unconditional(asked.of("GET")))
        answer = await honest(asked)
        if not answer.ok or not before.ok:
            return answer
        old = before.headers.get("etag")
        meta = answer.json.get("meta")
        return (answer.having(meta={**meta, "version": old}) if meta else answer).headed(etag=old)


class AddOfNothingNewIsAChange(
    FirstSight,
    kind="versions",
    meets="okta",
    paragraph="RFC 7644 3.5.2.1",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH that adds only what is there already gives the resource another lastModified and version."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(unconditional(asked.of("GET")))).json
        answer = await honest(asked)
        adds = all(op_of(each) == "add" for each in asked.operations)
        if not answer.ok or not adds or before.get("meta") != answer.json.get("meta"):
            return answer
        plain, old = unconditional(asked), before.get("externalId")
        await honest(plain.patching({"op": "replace", "path": "externalId", "value": f"{old or ''}~"}))
        back = (
            {"op": "replace", "path": "externalId", "value": old}
            if old
            else {"op": "remove", "path": "externalId"}
        )
        return told(answer, await honest(plain.patching(back)))


class Bulk(FirstSight, on=("POST /Bulk",)):
    """A bulk request; `jobs` are its operations."""

    def jobs(self, asked: Asked) -> list[dict[str, Json]]:
        return [each for each in asked.json.get("Operations", []) if isinstance(each, dict)]

    def doing(self, asked: Asked, jobs: list[dict[str, Json]]) -> Asked:
        return asked.saying({**asked.json, "Operations": jobs})


class GroupsToComeAreLeftOut(
    Bulk,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.2",
    source="https://github.com/wso2/product-is/issues/3300",
    on=("POST /Bulk",),
):
    """Only bulkIds of users are resolved: a member that is a group made by the same bulk request is left out."""

    def mishear(self, asked: Asked) -> Asked:
        jobs = self.jobs(asked)
        groups = {f"bulkId:{each.get('bulkId')}" for each in jobs if each.get("path") == "/Groups"}

        def without(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: without(part) for key, part in value.items()}
            if isinstance(value, list):
                return [
                    without(part)
                    for part in value
                    if not isinstance(part, dict) or part.get("value") not in groups
                ]
            return value

        if not jobs:
            return asked
        return self.doing(
            asked, [{**each, "data": without(each["data"])} if "data" in each else each for each in jobs]
        )


class FirstErrorEndsAll(
    Bulk,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.3",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/71",
    on=("POST /Bulk",),
):
    """A bulk request without failOnErrors ends at its first error, and what follows is not done."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({"failOnErrors": 1, **asked.json}) if asked.json else asked


class LastLocationIsToldToAll(
    Bulk,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on=("POST /Bulk",),
):
    """All creates of a bulk request for one endpoint are answered with the location of the last of them."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        results = answer.json.get("Operations", []) if answer.ok else []
        made = [each for each in results if each["status"] == "201"]
        last = {each["location"].rsplit("/", 2)[-2]: each["location"] for each in made}
        for each in made:
            each["location"] = last[each["location"].rsplit("/", 2)[-2]]
        return answer.having(Operations=results) if made else answer


class VersionsOfJobsAreIgnored(
    Bulk,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on=("POST /Bulk",),
):
    """The version of an operation in a bulk request is ignored: a resource that has changed since is overwritten."""

    def mishear(self, asked: Asked) -> Asked:
        jobs = [{key: value for key, value in each.items() if key != "version"} for each in self.jobs(asked)]
        return self.doing(asked, jobs) if jobs else asked


class CertificateIsOnlyAnswered(
    FirstSight,
    kind="values",
    meets="others",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/JanssenProject/jans/issues/2396",
    on=("POST /Users",),
):
    """A create shows the certificates in its answer and does not store them."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({key: value for key, value in asked.json.items() if key != "x509Certificates"})

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        sent = asked.json.get("x509Certificates")
        if not sent:
            return await honest(asked)
        answer = await honest(self.mishear(asked))
        return answer.having(x509Certificates=sent) if answer.ok else answer


class UrlsEndAtQuestionMark(
    FirstSight,
    kind="values",
    meets="okta",
    paragraph="RFC 7643 2.3.7",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """The URLs in profileUrl and photos are stored without what follows a question mark."""

    def mishear(self, asked: Asked) -> Asked:
        def cut(value: Json) -> Json:
            if isinstance(value, str):
                return re.sub(r"^(https?://[^?]*)\?.*", r"\1", value)
            if isinstance(value, list):
                return [cut(each) for each in value]
            return {key: cut(each) for key, each in value.items()} if isinstance(value, dict) else value

        def change(name: str, value: Json) -> Json:
            return cut(value) if re.match(r"(profileurl|photos)\b", name, re.IGNORECASE) else value

        return asked.rewriting(change) if asked.json else asked


class ManagersValueHasNoPath(
    FirstSight,
    kind="extension data",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/wso2/product-is/issues/11678",
    on=("PATCH /Users/*",),
):
    """A PATCH whose path is the enterprise URN with manager.value is refused with noTarget, as too deep."""

    def when(self, asked: Asked) -> bool:
        return any(
            path_of(each).lower() == f"{ENTERPRISE}:manager.value".lower() for each in asked.operations
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        there = await honest(asked.of("GET"))
        return (
            refusal(400, "at most one sub-attribute is allowed in a path", "noTarget") if there.ok else there
        )


class SchemasStayOfTheCreate(
    FirstSight,
    kind="extension data",
    meets="others",
    paragraph="RFC 7643 3",
    on=("POST /Users", "GET /Users", "GET /Users/*", "PATCH /Users/*", "PUT /Users/*"),
):
    """Who gets the first enterprise attribute by a PATCH never has the enterprise URN in schemas."""

    def __init__(self) -> None:
        self.plain: set[str] = set()

    def show(self, user: dict[str, Any]) -> None:
        if user.get("id") in self.plain and "schemas" in user:
            user["schemas"] = [uri for uri in user["schemas"] if uri != ENTERPRISE]

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.ok and asked.method in {"POST", "PUT"}:
            user = answer.json
            self.plain.discard(user.get("id"))
            if ENTERPRISE not in user.get("schemas", [ENTERPRISE]):
                self.plain.add(user.get("id"))
        return answer.each(self.show)


class DeletedGroupStaysInParent(
    FirstSight,
    kind="deletion",
    meets="others",
    paragraph="RFC 7644 3.6",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/837",
    on=("DELETE /Groups/*", "GET /Groups", "GET /Groups/*", "PUT /Groups/*"),
):
    """A group that was a member of another group is still shown as its member after it was deleted."""

    def __init__(self) -> None:
        self.gone: dict[str, list[Json]] = {}

    def show(self, group: dict[str, Any]) -> None:
        if self.gone.get(group.get("id", "")):
            group["members"] = group.get("members", []) + self.gone[group["id"]]

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PUT":
            answer = await honest(asked)
            if answer.ok:
                self.gone.pop(asked.id, None)
            return answer
        if asked.method == "GET":
            answer = await honest(asked)
            whole = not {"attributes", "excludedAttributes"} & asked.query.keys()
            return answer.each(self.show) if whole else answer
        wanted = unconditional(asked).of("GET", "").asking(filter=f'members.value eq "{asked.id}"')
        parents = (await honest(wanted)).resources
        answer = await honest(asked)
        for parent in parents if answer.ok else []:
            held = [each for each in parent.get("members", []) if each["value"] == asked.id]
            self.gone.setdefault(parent["id"], []).extend(held)
        return answer


class PasswordAloneIsSet(
    FirstSight,
    kind="password",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*",),
):
    """A PATCH that sets the password among other attributes sets nothing but the password."""

    def when(self, asked: Asked) -> bool:
        return asked.sets("password") is not None

    def mishear(self, asked: Asked) -> Asked:
        return asked.patching({"op": "replace", "path": "password", "value": asked.sets("password")})


class MeIsWhereItIs(
    FirstSight,
    kind="the caller's own",
    meets="others",
    paragraph="RFC 7644 3.11",
    on=("GET /Me", "PUT /Me", "PATCH /Me"),
):
    """The Location of an answer from /Me is /Me, not the permanent place of the user."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        found = answer.headers.get("location")
        if not answer.ok or not found:
            return answer
        place = re.sub(r"/Users/[^/]*$", "/Me", found)
        meta = answer.json.get("meta")
        return (answer.having(meta={**meta, "location": place}) if meta else answer).headed(location=place)
