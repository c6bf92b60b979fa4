"""Faults of what a server says of itself, and of how it takes odd or broken requests."""

import hashlib
import json
import unicodedata
from dataclasses import replace
from typing import Any

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, raw, refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")


def told(asked: Asked, name: str) -> Any:
    """The value a write gives an attribute, or None, whatever broken operations there are."""
    try:
        return asked.sets(name)
    except (AttributeError, TypeError):
        return None


def operations_of(asked: Asked) -> list[dict[str, Any]]:
    """The operations, if they are a list at all."""
    return asked.operations if isinstance(asked.json.get("Operations"), list) else []


class PatchIsDenied(
    FirstSight,
    kind="config",
    meets="others",
    paragraph="RFC 7643 5",
    on="GET /ServiceProviderConfig",
):
    """The ServiceProviderConfig says that PATCH is not supported, though it is, so that clients write by PUT alone."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(patch={"supported": False}) if answer.ok else answer


class LimitsAreMissing(
    FirstSight,
    kind="config",
    meets="others",
    paragraph="RFC 7643 5",
    source="https://github.com/better-auth/better-auth/issues/10413",
    on="GET /ServiceProviderConfig",
):
    """Of filter and bulk the ServiceProviderConfig says no more than that they are supported, and tells none of the limits."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(filter={"supported": True}, bulk={"supported": True}) if answer.ok else answer


class BulkTakesTen(
    FirstSight,
    kind="config",
    meets="others",
    paragraph="RFC 7644 3.7.4",
    on="POST /Bulk",
):
    """A bulk request of more than ten operations is refused with 413, though the ServiceProviderConfig promises far more."""

    def when(self, asked: Asked) -> bool:
        return len(operations_of(asked)) > 10

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(replace(asked, body=b"{}"))
        return (
            answer
            if answer.status in {401, 403}
            else refusal(413, "at most 10 operations are possible at once")
        )


class SchemaByLastPart(
    FirstSight,
    kind="schemas",
    meets="others",
    paragraph="RFC 7644 4",
    on="GET /Schemas/*",
):
    """A single schema is found by the last part of its URN, so that core and enterprise User are answered with the same one."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        listed = (await honest(asked.of("GET", ""))).resources
        by_name = {schema["id"].rpartition(":")[2]: schema["id"] for schema in listed}
        return await honest(replace(asked, id=by_name[answer.json["id"].rpartition(":")[2]]))


class AllAreStrings(
    FirstSight,
    kind="schemas",
    meets="okta",
    paragraph="RFC 7643 7",
    source="https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/320",
    on="GET /Schemas*",
):
    """The schemas give every attribute that is not complex the type string, booleans and references too."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def flatten(attributes: Any) -> None:
            for each in attributes:
                if each["type"] != "complex":
                    each["type"] = "string"
                flatten(each.get("subAttributes", []))

        return answer.each(lambda schema: flatten(schema.get("attributes", [])))


class PublishedAndDropped(
    FirstSight,
    kind="schemas",
    meets="others",
    paragraph="RFC 7643 7",
    source="https://github.com/pond/scimitar/issues/120",
    on=WRITES,
):
    """The User schema lists ims, photos and x509Certificates, for which there are no columns, so that they are dropped when written."""

    def dropped(self, path: str) -> bool:
        name = path.lower().removeprefix(f"{USER.lower()}:")
        return name.partition("[")[0].partition(".")[0] in {"ims", "photos", "x509certificates"}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        def left(value: Any) -> Any:
            return (
                {k: v for k, v in value.items() if not self.dropped(k)} if isinstance(value, dict) else value
            )

        if asked.method != "PATCH":
            kept = left(asked.json)
            return await honest(asked.saying(kept) if kept != asked.json else asked)
        operations = [
            {**each, "value": left(each["value"])} if "value" in each and not each.get("path") else each
            for each in operations_of(asked)
            if not self.dropped(str(each.get("path", "")))
        ]
        operations = [each for each in operations if each.get("path") or each.get("value") != {}]
        if operations == operations_of(asked):
            return await honest(asked)
        return await honest(
            asked.saying({**asked.json, "Operations": operations}) if operations else asked.of("GET")
        )


class DiscoveryIsPaged(
    FirstSight,
    kind="schemas",
    meets="others",
    paragraph="RFC 7644 4",
    on=("GET /Schemas", "GET /ResourceTypes"),
):
    """A count cuts the lists of schemas and resource types short, where such parameters must be ignored."""

    def when(self, asked: Asked) -> bool:
        return asked.query.get("count", "").isdigit()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        return answer.showing(answer.resources[: int(asked.query["count"])], len(answer.resources))


class ExtensionsAreUris(
    FirstSight,
    kind="resource types",
    meets="okta",
    paragraph="RFC 7643 6",
    source="https://github.com/limosa-io/laravel-scim-server/issues/107",
    on="GET /ResourceTypes*",
):
    """The schemaExtensions of a resource type are a list of URIs, not of objects that say whether each is required."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(
            lambda kind: kind.update(
                schemaExtensions=[each["schema"] for each in kind.get("schemaExtensions", [])]
            )
        )


class EndpointsAreSingular(
    FirstSight,
    kind="resource types",
    meets="okta",
    paragraph="RFC 7643 6",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/184",
    on="GET /ResourceTypes*",
):
    """The endpoint of a resource type is given as its name, such as /User, where nothing is found."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda kind: kind.update(endpoint=f"/{kind['name']}"))


class RolesAreNowhere(
    FirstSight,
    kind="resource types",
    meets="okta",
    paragraph="RFC 7643 6",
    on="GET /ResourceTypes",
):
    """ResourceTypes lists a type Role, whose endpoint, schema and own address are answered with 404."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        listed = answer.resources
        meta = listed[0]["meta"]
        role = {
            "schemas": listed[0]["schemas"],
            "id": "Role",
            "name": "Role",
            "description": "Role",
            "endpoint": "/Roles",
            "schema": "urn:okta:scim:schemas:core:1.0:Role",
            "schemaExtensions": [],
            "meta": {**meta, "location": meta["location"].rpartition("/")[0] + "/Role"},
        }
        return answer.showing([*listed, role])


class ConflictWithoutReason(
    FirstSight,
    kind="errors",
    meets="okta",
    paragraph="RFC 7644 3.3, 3.12",
    source="https://github.com/getsentry/sentry/issues/117860",
):
    """The 409 for a value that is taken has no scimType."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        taken = answer.status == 409 and answer.body
        return answer.having(scimType=None) if taken else answer


class ErrorIsFine(
    FirstSight,
    kind="errors",
    meets="okta",
    paragraph="RFC 7644 3.12",
    on=("PUT /Users/*", "PATCH /Users/*", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """A change of a user or group who is not there has status 200, and only the error in its body says 404."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer, status=200) if answer.status == 404 else answer


class DetailQuotesPassword(
    FirstSight,
    kind="errors",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=WRITES,
):
    """The detail of a refusal quotes the body that was refused, with the password in it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status not in {400, 409} or not told(asked, "password"):
            return answer
        return answer.having(detail=f"{answer.json.get('detail')}; request was {asked.body.decode()}")


class NoBodyIs500(
    FirstSight,
    kind="broken bodies",
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/limosa-io/laravel-scim-server/issues/74",
    on=("POST /Users", "POST /Groups", "PUT /Users/*", "PUT /Groups/*"),
):
    """A create or PUT without a body is answered with 500."""

    def when(self, asked: Asked) -> bool:
        return not asked.body.strip()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "Missing a valid schemas-attribute.") if answer.status == 400 else answer


class FirstOfTwoDocuments(
    FirstSight,
    kind="broken bodies",
    meets="others",
    paragraph="RFC 7644 3.12",
    on=("POST /*", "PUT /*", "PATCH /*"),
):
    """A body is read up to the end of its first JSON object, so that what follows, another one too, is lost with a success."""

    def mishear(self, asked: Asked) -> Asked:
        try:
            text = asked.body.decode().lstrip()
            first, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return asked
        return (
            replace(asked, body=text[:end].encode())
            if isinstance(first, dict) and text[end:].strip()
            else asked
        )


class CastToText(
    FirstSight,
    kind="broken bodies",
    meets="others",
    paragraph="RFC 7643 2.3, RFC 7644 3.12",
    on=WRITES,
):
    """A displayName, nickName, title or userType that is no string is stored as JavaScript makes one of it, an object as [object Object]."""

    NAMES = ("displayName", "nickName", "title", "userType")

    def when(self, asked: Asked) -> bool:
        return any(not isinstance(told(asked, name), str | None) for name in self.NAMES)

    def mishear(self, asked: Asked) -> Asked:
        def cast(value: Any) -> str:
            if isinstance(value, dict):
                return "[object Object]"
            if isinstance(value, list):
                return ",".join(map(cast, value))
            return value if isinstance(value, str) else orjson.dumps(value).decode()

        return asked.rewriting(
            lambda name, value: cast(value) if name in self.NAMES and value is not None else value
        )


class SchemasAsSent(
    FirstSight,
    kind="broken bodies",
    meets="others",
    paragraph="RFC 7643 3",
    on="* /Users*",
):
    """A user's schemas are stored as they were sent, with URIs that the resource type does not have and those that are repeated."""

    def __init__(self) -> None:
        self.sent: dict[str, list[Any]] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if (
            answer.ok
            and asked.method in {"POST", "PUT"}
            and asked.id != ".search"
            and asked.json.get("schemas")
        ):
            self.sent[answer.json.get("id", asked.id)] = asked.json["schemas"]

        def show(user: dict[str, Any]) -> None:
            sent = self.sent.get(user.get("id", ""))
            if sent and "schemas" in user:
                user["schemas"] = sent + [uri for uri in user["schemas"] if uri not in sent]

        return answer.each(show)


class MethodInHtml(
    FirstSight,
    kind="methods",
    meets="others",
    paragraph="RFC 7644 3.12",
):
    """A method that is not possible is answered with the web server's HTML page, which does not tell in Allow what is."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        page = (
            b"<html><head><title>405 Not Allowed</title></head><body><h1>405 Not Allowed</h1></body></html>"
        )
        return raw(405, page, "text/html") if answer.status == 405 else answer


class PatchWithoutCharset(
    FirstSight,
    kind="media types",
    meets="okta",
    paragraph="RFC 7644 3.8",
    source="https://github.com/limosa-io/laravel-scim-server/pull/8",
    on="PATCH *",
):
    """A PATCH whose Content-Type names the charset utf-8 is refused with 415; POST and PUT are not."""

    def when(self, asked: Asked) -> bool:
        return ";" in asked.headers.get("content-type", "")

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked.of("GET"))
        return answer if answer.status == 401 else refusal(415, "the media type is not supported")


class NoChallenge(
    FirstSight,
    kind="challenge",
    meets="okta",
    paragraph="RFC 6750 3, RFC 7644 2",
    source="https://github.com/thunder-id/thunderid/pull/5110",
):
    """A 401 does not say in WWW-Authenticate which credentials are wanted."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(www_authenticate=None) if answer.status == 401 else answer


class SearchIsOpen(
    FirstSight,
    kind="challenge",
    meets="others",
    paragraph="RFC 7644 2",
):
    """A search by POST to .search is answered without any credentials, for the list of guarded routes forgets it."""

    good = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if ".search" in (asked.kind, asked.id) and asked.method == "POST":
            if "authorization" not in asked.headers and self.good:
                asked = replace(asked, headers={**asked.headers, "authorization": self.good})
            return await honest(asked)
        answer = await honest(asked)
        if asked.kind in {"Users", "Groups"} and answer.ok:
            self.good = asked.headers.get("authorization", "")
        return answer


class IdOnlyIfAsked(
    FirstSight,
    kind="returned",
    meets="others",
    paragraph="RFC 7643 3.1, RFC 7644 3.9",
    source="https://github.com/osiam/osiam/issues/151",
    on=("GET /Users*", "GET /Groups*"),
):
    """Where a query names attributes, the id is left out unless it is named too."""

    def when(self, asked: Asked) -> bool:
        named = [name.strip().lower() for name in asked.query.get("attributes", "").split(",")]
        return any(named) and "id" not in named

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda shown: shown.pop("id", None))


class PasswordIfAsked(
    FirstSight,
    kind="returned",
    meets="others",
    paragraph="RFC 7643 4.1.1, 7",
    on=("GET /Users*", *WRITES),
):
    """Where a query names the attribute password, the hash of the password is shown."""

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        secret = told(asked, "password") if asked.method != "GET" and answer.ok else None
        if isinstance(secret, str):
            digest = hashlib.sha1(secret.encode()).hexdigest()  # noqa: S324 -- what such servers do
            self.hashes[asked.id or answer.json.get("id", "")] = f"{{SHA}}{digest}"
        named = [name.strip().lower() for name in asked.query.get("attributes", "").split(",")]
        if "password" not in named:
            return answer

        def show(user: dict[str, Any]) -> None:
            if user.get("id") in self.hashes:
                user["password"] = self.hashes[user["id"]]

        return answer.each(show)


class CompatibleLetters(
    FirstSight,
    kind="unicode",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=(*WRITES, "POST /Groups", "PUT /Groups/*"),
):
    """Names and other texts are stored in the Unicode form NFKC, which makes plain letters and digits of ligatures, wide and raised ones."""

    def mishear(self, asked: Asked) -> Asked:
        def plain(value: Any) -> Any:
            if isinstance(value, dict):
                return {
                    key: each if key in {"password", "path"} else plain(each) for key, each in value.items()
                }
            if isinstance(value, list):
                return [plain(each) for each in value]
            return unicodedata.normalize("NFKC", value) if isinstance(value, str) else value

        sent = asked.json
        return asked.saying(plain(sent)) if plain(sent) != sent else asked


class LinksInLowerCase(
    FirstSight,
    kind="references",
    meets="okta",
    paragraph="RFC 7643 2.3.7",
    on=WRITES,
):
    """A profileUrl is stored in lower case, path and query too, as if all of a URL were like its host."""

    def when(self, asked: Asked) -> bool:
        return isinstance(told(asked, "profileUrl"), str)

    def mishear(self, asked: Asked) -> Asked:
        def lowered(name: str, value: Any) -> Any:
            return value.lower() if name.lower() == "profileurl" and isinstance(value, str) else value

        return asked.rewriting(lowered)


class GroupsAmongUsers(
    FirstSight,
    kind="locations",
    meets="okta",
    paragraph="RFC 7643 3.1, RFC 7644 3.3",
    on="* /Groups*",
):
    """The location of a group, in meta and in the header, is below /Users, where there is nobody of that id."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def moved(url: str) -> str:
            return url.replace("/Groups/", "/Users/")

        def move(group: dict[str, Any]) -> None:
            if "location" in group.get("meta", {}):
                group["meta"]["location"] = moved(group["meta"]["location"])

        headers = {
            name: moved(answer.headers[name])
            for name in ("location", "content-location")
            if name in answer.headers
        }
        answer = answer.each(move)
        return replace(answer, headers={**answer.headers, **headers})


class ExtensionForShow(
    FirstSight,
    kind="custom attributes",
    meets="okta",
    paragraph="RFC 7643 3.3, 6, RFC 7644 3.3",
    on=("GET /Schemas*", "GET /ResourceTypes*", "PATCH /Users/*"),
):
    """An extension of users is published in Schemas and ResourceTypes, and all that is written of it is dropped with a success."""

    URN = "urn:example:params:scim:schemas:extension:contract:2.0:User"

    def schema(self, base: str) -> dict[str, Any]:
        common = {
            "multiValued": False,
            "required": False,
            "mutability": "readWrite",
            "returned": "default",
            "uniqueness": "none",
        }
        kinds = {"badge": "string", "contractEnd": "dateTime", "level": "integer", "remote": "boolean"}
        return {
            "schemas": [f"{CORE}Schema"],
            "id": self.URN,
            "name": "Contract",
            "description": "What is agreed with a user",
            "attributes": [
                {"name": name, "type": kind, "description": name, "caseExact": False, **common}
                for name, kind in kinds.items()
            ],
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{self.URN}"},
        }

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PATCH":
            return await self.patched(asked, honest)
        if asked.kind == "ResourceTypes":
            return (await honest(asked)).each(self.extend)
        listed = await honest(asked.of("GET", "") if asked.id.lower() == self.URN.lower() else asked)
        if not listed.ok or (asked.id and asked.id.lower() != self.URN.lower()):
            return listed
        base = listed.resources[0]["meta"]["location"].partition("/Schemas/")[0]
        ours = self.schema(base)
        return listed.saying(ours) if asked.id else listed.showing([*listed.resources, ours])

    def extend(self, kind: dict[str, Any]) -> None:
        if kind.get("name") == "User":
            kind["schemaExtensions"].append({"schema": self.URN, "required": False})

    async def patched(self, asked: Asked, honest: Honest) -> Answer:
        def ours(name: Any) -> bool:
            return str(name).lower().startswith(self.URN.lower())

        operations = []
        for each in operations_of(asked):
            value = each.get("value")
            if not each.get("path") and isinstance(value, dict) and any(map(ours, value)):
                each = {**each, "value": {name: part for name, part in value.items() if not ours(name)}}
            if not ours(each.get("path", "")) and (each.get("path") or each.get("value") != {}):
                operations.append(each)
        if operations == operations_of(asked):
            return await honest(asked)
        return await honest(
            asked.saying({**asked.json, "Operations": operations}) if operations else asked.of("GET")
        )
