"""Faults of what a server says of itself, of how it refuses, and of values that it keeps otherwise than sent."""

from dataclasses import replace

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, raw, refusal

ENDPOINTS = {
    "Users",
    "Groups",
    "Schemas",
    "ResourceTypes",
    "ServiceProviderConfig",
    "Bulk",
    "Me",
    ".search",
    "login",
}
USER_SCHEMAS = {
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
}
WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")


def attributes(within: dict[str, Json]) -> list[dict[str, Json]]:
    """The attributes of a schema, or the parts of an attribute, and all of their parts."""
    own = within.get("attributes", within.get("subAttributes", []))
    return [*own, *(part for each in own for part in attributes(each))]


class MutabilityInSmallLetters(
    FirstSight,
    kind="schemas against behaviour",
    meets="others",
    paragraph="RFC 7643 7",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/242",
    on=("GET /Schemas", "GET /Schemas/*"),
):
    """The schemas spell mutability as readwrite, readonly and writeonly, for the names of an enum are lowered."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def lowered(schema: dict[str, Json]) -> None:
            for each in attributes(schema):
                each["mutability"] = each.get("mutability", "readWrite").lower()

        return answer.each(lowered)


class ReadOnlyDeclaredWritable(
    FirstSight,
    kind="schemas against behaviour",
    meets="others",
    paragraph="RFC 7643 4.1.2",
    source="https://github.com/pond/scimitar/issues/119",
    on=("GET /Schemas", "GET /Schemas/*"),
):
    """The schemas of users declare groups and the manager's displayName readWrite, though what is written is ignored."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def opened(schema: dict[str, Json]) -> None:
            for each in attributes(schema) if schema.get("id") in USER_SCHEMAS else []:
                if each.get("mutability") == "readOnly":
                    each["mutability"] = "readWrite"

        return answer.each(opened)


class ExtensionSaidRequired(
    FirstSight,
    kind="resource types against behaviour",
    meets="others",
    paragraph="RFC 7643 6",
    source="https://github.com/imulab/go-scim/issues/14",
    on=("GET /ResourceTypes", "GET /ResourceTypes/*"),
):
    """ResourceTypes says that the enterprise extension is required, as the RFC's example does, and users without it are made."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def required(kind: dict[str, Json]) -> None:
            for each in kind.get("schemaExtensions", []):
                each["required"] = True

        return answer.each(required)


class ParserLimit(
    FirstSight,
    kind="limits promised and kept",
    meets="others",
    paragraph="RFC 7643 5",
    on=("POST /*", "PUT /*", "PATCH /*"),
):
    """A body of more than 100 kB is refused with 413 by the framework, though maxPayloadSize promises far more."""

    def when(self, asked: Asked) -> bool:
        return len(asked.body) > 102_400

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        page = b"<!DOCTYPE html><html><body><pre>PayloadTooLargeError: request entity too large</pre></body></html>"
        return raw(413, page, "text/html; charset=utf-8")


class DetailIsAList(FirstSight, kind="error bodies", meets="others", paragraph="RFC 7644 3.12"):
    """The detail of a refusal for a wrong or missing value is an array of messages, as the validator returns them."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status != 400 or answer.json.get("scimType") != "invalidValue":
            return answer
        return answer.having(detail=[answer.json.get("detail", "")])


class BrokenPatchIsDone(
    FirstSight,
    kind="broken requests",
    meets="others",
    paragraph="RFC 7644 3.12",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH whose body is no JSON or has no Operations is answered with 200 and the unchanged resource."""

    def when(self, asked: Asked) -> bool:
        return "operations" not in {name.lower() for name in asked.json}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return await honest(asked.of("GET"))


class NulIsAServerError(
    FirstSight,
    kind="characters that break",
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/sequelize/sequelize/issues/3444",
    on=("POST /Users", "POST /Groups", "PUT /*", "PATCH /*"),
):
    """A write of a text with the character U+0000 is answered with 500, for the database cannot store it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 400 and b"\\u0000" in asked.body and asked.json:
            return refusal(500, 'invalid byte sequence for encoding "UTF8": 0x00')
        return answer


class LoginPage(
    FirstSight,
    kind="challenges",
    meets="others",
    paragraph="RFC 6750 3",
    source="https://github.com/openboxes/openboxes/pull/2734",
):
    """A request without credentials is sent on to the login page with 302, not refused with 401 and a challenge."""

    def when(self, asked: Asked) -> bool:
        return not asked.headers.get("authorization", "").strip()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "login":
            return raw(200, b"<!DOCTYPE html><html><body><form>Sign in</form></body></html>", "text/html")
        answer = await honest(asked)
        return Answer(302, {"location": "/login"}, b"") if answer.status == 401 else answer


class AppForUnknownEndpoint(
    FirstSight,
    kind="unknown endpoints and methods",
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/coder/coder/pull/15232",
    on="GET *",
):
    """An endpoint that does not exist is answered with 200 and the page of the web app, which every unknown path leads to."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status != 404 or asked.kind in ENDPOINTS:
            return answer
        return raw(
            200, b'<!DOCTYPE html><html><body><div id="root"></div></body></html>', "text/html; charset=utf-8"
        )


class PostToAResourceCreates(
    FirstSight,
    kind="unknown endpoints and methods",
    meets="others",
    paragraph="RFC 7644 3.2",
    on=("POST /Users/*", "POST /Groups/*"),
):
    """A POST to a user or group that exists creates another one, for the id is optional in the route."""

    def when(self, asked: Asked) -> bool:
        return asked.id != ".search"

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, id="")


class IdTwiceInLocation(
    FirstSight,
    kind="locations",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=("PUT /Users/*", "PUT /Groups/*", "PATCH /Users/*", "PATCH /Groups/*"),
):
    """The answer to an update has the id twice in its locations, as it is put behind the URL of the request."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def twice(shown: dict[str, Json]) -> None:
            if "location" in shown.get("meta", {}):
                shown["meta"]["location"] += f"/{asked.id}"

        if not answer.ok:
            return answer
        headers = {
            name: f"{value}/{asked.id}" if name in {"location", "content-location"} else value
            for name, value in answer.headers.items()
        }
        return replace(answer.each(twice), headers=headers)


class WordsAreTrue(
    FirstSight,
    kind="values kept otherwise",
    meets="others",
    paragraph="RFC 7643 2.3.2",
    source="https://github.com/AzureAD/SCIMReferenceCode/issues/21",
    on=WRITES,
):
    """An active that is written as a string is true whatever it says, so that "False" leaves somebody active."""

    def when(self, asked: Asked) -> bool:
        return b"active" in asked.body.lower() and bool(asked.json)

    def mishear(self, asked: Asked) -> Asked:
        def cast(name: str, value: Json) -> Json:
            return bool(value) if name.lower().endswith("active") and isinstance(value, str) else value

        return asked.rewriting(cast)


class CertificateForUrls(
    FirstSight,
    kind="values kept otherwise",
    meets="others",
    paragraph="RFC 7643 2.3.6",
    on=("* /Users", "* /Users/*", "* /Me", "POST /.search"),
):
    """A certificate is kept in the base64 of URLs, with - and _ for + and /, for it is decoded and encoded again."""

    def mishear(self, asked: Asked) -> Asked:
        def plain(name: str, value: Json) -> Json:
            if name.lower().endswith("x509certificates") and isinstance(value, list):
                return [
                    {
                        key: v.replace("-", "+").replace("_", "/")
                        if key == "value" and isinstance(v, str)
                        else v
                        for key, v in each.items()
                    }
                    if isinstance(each, dict)
                    else each
                    for each in value
                ]
            return value

        return asked.rewriting(plain) if b"x509" in asked.body.lower() and asked.json else asked

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def encoded(user: dict[str, Json]) -> None:
            for each in user.get("x509Certificates", []):
                if "value" in each:
                    each["value"] = each["value"].replace("+", "-").replace("/", "_")

        return answer.each(encoded)
