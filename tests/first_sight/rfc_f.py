"""What a server says of itself and how it refuses: faults written from the RFCs and public reports alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from first_sight.fault import FirstSight
from reference_server.faults.bending import LIST, Answer, Asked, Honest, refusal, reply

SAYS = "what a server says of itself"
REFUSES = "how a server refuses"
USERS = ("* /Users", "* /Users/*")
GROUPS = ("* /Groups", "* /Groups/*")
LISTS = {"emails", "phonenumbers", "ims", "photos", "addresses", "roles", "entitlements", "x509certificates"}


class DisplayNameSaidToBeReadOnly(
    FirstSight,
    kind=SAYS,
    meets="others",
    paragraph="RFC 7643 7",
    source="https://github.com/better-auth/better-auth/issues/10416",
    on=("GET /Schemas", "GET /Schemas/*"),
):
    """The User schema declares displayName readOnly, though it is stored as clients write it, so that clients leave it out."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(schema: dict[str, Any]) -> None:
            if schema.get("id", "").endswith(":core:2.0:User"):
                for each in schema["attributes"]:
                    if each["name"] == "displayName":
                        each["mutability"] = "readOnly"

        return answer.each(change)


class BasicIsAdvertised(
    FirstSight,
    kind=SAYS,
    meets="others",
    paragraph="RFC 7643 5",
    on="GET /ServiceProviderConfig",
):
    """The ServiceProviderConfig names HTTP Basic as the only authentication scheme, a default of the library, though bearer tokens are what is taken."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        basic = {
            "type": "httpbasic",
            "name": "HTTP Basic",
            "description": "Authentication scheme using the HTTP Basic Standard",
            "specUri": "https://www.rfc-editor.org/info/rfc2617",
            "primary": True,
        }
        return answer.having(authenticationSchemes=[basic]) if answer.ok else answer


class OneIsAList(
    FirstSight,
    kind=SAYS,
    meets="others",
    paragraph="RFC 7644 4",
    on=("GET /Schemas/*", "GET /ResourceTypes/*"),
):
    """A single schema or resource type is answered as a list of one, for it is found by the same function as all."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        listed = {"schemas": [LIST], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1}
        return reply({**listed, "Resources": [answer.json]})


class SchemasTwiceInLocation(
    FirstSight,
    kind="references and locations",
    meets="others",
    paragraph="RFC 7643 3.1",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3384",
    on=("GET /Schemas", "GET /Schemas/*"),
):
    """The location of the enterprise schema, not that of the others, holds a part of the path twice and leads to 404."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(schema: dict[str, Any]) -> None:
            if ":enterprise:" in schema.get("id", "") and "location" in schema.get("meta", {}):
                where = schema["meta"]["location"]
                schema["meta"]["location"] = where.replace("/Schemas/", "/Schemas/v2/Schemas/")

        return answer.each(change)


class NestedGroupIsAUser(
    FirstSight,
    kind="groups in groups",
    meets="others",
    paragraph="RFC 7643 4.2",
    on=GROUPS,
):
    """A member that is a group is shown with type User and a $ref below /Users, where nobody has that id."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(group: dict[str, Any]) -> None:
            for each in group.get("members", []):
                if "/Groups/" in each.get("$ref", ""):
                    each["$ref"] = each["$ref"].replace("/Groups/", "/Users/")
                    each["type"] = "User"

        return answer.each(change)


class BodySaysBadRequest(
    FirstSight,
    kind=REFUSES,
    meets="okta",
    paragraph="RFC 7644 3.12",
):
    """The body of a 409 or 412 gives the status as 400, the default of the class of errors."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(status="400") if answer.status in {409, 412} and answer.body else answer


class AllIsInvalidValue(
    FirstSight,
    kind=REFUSES,
    meets="others",
    paragraph="RFC 7644 3.12",
    source="https://github.com/better-auth/better-auth/pull/10390",
):
    """Every 400 has the scimType invalidValue, one for a filter, a path or broken JSON too."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        typed = answer.status == 400 and "scimType" in answer.json
        return answer.having(scimType="invalidValue") if typed else answer


class SingleObjectIsDropped(
    FirstSight,
    kind="broken and odd requests",
    meets="others",
    paragraph="RFC 7643 2.4",
    on=("POST /Users", "PUT /Users/*"),
):
    """A multi-valued attribute that is sent as one object, not as an array, is dropped with a success, for only arrays are looked at."""

    def mishear(self, asked: Asked) -> Asked:
        sent = asked.json
        kept = {
            key: each for key, each in sent.items() if key.lower() not in LISTS or not isinstance(each, dict)
        }
        return asked.saying(kept) if len(kept) < len(sent) else asked


class NobodyIsForbidden(
    FirstSight,
    kind="authentication",
    meets="others",
    paragraph="RFC 6750 3",
    source="https://github.com/encode/django-rest-framework/issues/5968",
):
    """A request without credentials is refused with 403 and no challenge, one with a wrong token with 401."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        nobody = answer.status == 401 and not asked.headers.get("authorization", "").strip()
        return refusal(403, "Authentication credentials were not provided.") if nobody else answer


class TokenInAnyCase(
    FirstSight,
    kind="comparison of tokens",
    meets="others",
    paragraph="RFC 6750 2.1",
):
    """A token is good in other letter case too, for it is looked up in a column whose collation passes over case."""

    def __init__(self) -> None:
        self.good: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        sent = asked.headers.get("authorization", "")
        key = sent.casefold()
        if answer.status != 401:
            if sent and asked.kind in {"Users", "Groups", "Bulk", "Me"}:
                self.good.setdefault(key, sent)
        elif key in self.good:
            return await honest(replace(asked, headers={**asked.headers, "authorization": self.good[key]}))
        return answer


class IdMustBeAUuid(
    FirstSight,
    kind="ids",
    meets="okta",
    paragraph="RFC 7644 3.12",
    source="https://github.com/DDMAL/Rodan/issues/345",
    on=tuple(
        f"{verb} /{kind}/*" for verb in ("GET", "PUT", "PATCH", "DELETE") for kind in ("Users", "Groups")
    ),
):
    """A user or group is asked for by an id that is no UUID, and the database's failure to read it as one is answered with 500, not 404."""

    def when(self, asked: Asked) -> bool:
        try:
            UUID(asked.id)
        except ValueError:
            return True
        return False

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "Internal server error") if answer.status == 404 else answer


class LocalTimeSaysZ(
    FirstSight,
    kind="times",
    meets="okta",
    paragraph="RFC 7643 3.1",
    source="https://github.com/wso2/product-is/issues/6718",
    on=USERS + GROUPS,
):
    """The times in meta are the server's local ones, five and a half hours ahead of UTC, and yet end in Z."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Any]) -> None:
            meta = shown.get("meta", {})
            for name in {"created", "lastModified"} & meta.keys():
                local = datetime.fromisoformat(meta[name]) + timedelta(hours=5, minutes=30)
                meta[name] = local.isoformat(timespec="milliseconds").replace("+00:00", "Z")

        return answer.each(change)


class LocaleAsInJava(
    FirstSight,
    kind="values stored otherwise",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """A locale such as de-CH is stored as de_CH, the way Java writes it, which is no language tag."""

    def when(self, asked: Asked) -> bool:
        return b"locale" in asked.body.lower() and isinstance(asked.json.get("Operations", []), list)

    def mishear(self, asked: Asked) -> Asked:
        def change(name: str, value: Any) -> Any:
            return (
                value.replace("-", "_") if str(name).lower() == "locale" and isinstance(value, str) else value
            )

        return asked.rewriting(change) if asked.json else asked
