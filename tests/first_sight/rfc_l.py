"""Servers that say one thing of themselves and do another, and whose representations, refusals and challenges are wrong."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import uuid4

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")


class NothingIsUnique(
    FirstSight,
    kind="what it says of itself",
    meets="others",
    paragraph="RFC 7643 4.1.1, 7",
    on="GET /Schemas*",
):
    """The schemas give every attribute the uniqueness none, userName too, whose duplicates are refused."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(schema: dict[str, Any]) -> None:
            for attribute in schema.get("attributes", []):
                if "uniqueness" in attribute:
                    attribute["uniqueness"] = "none"

        return answer.each(change)


class SingleSchemaIsShallow(
    FirstSight,
    kind="what it says of itself",
    meets="others",
    paragraph="RFC 7643 7",
    on="GET /Schemas/*",
):
    """A schema read by its URN has complex attributes without subAttributes, which only the list of all loads."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(schema: dict[str, Any]) -> None:
            for attribute in schema.get("attributes", []):
                attribute.pop("subAttributes", None)

        return answer.each(change)


class PayloadInMegabytes(
    FirstSight,
    kind="what it says of itself",
    meets="others",
    paragraph="RFC 7643 5",
    on="GET /ServiceProviderConfig",
):
    """The ServiceProviderConfig gives maxPayloadSize in megabytes, where the RFC has bytes."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        bulk = answer.json.get("bulk", {})
        return (
            answer.having(bulk={**bulk, "maxPayloadSize": bulk["maxPayloadSize"] // 2**20})
            if answer.ok
            else answer
        )


class OtherTypes(
    FirstSight,
    kind="canonical values",
    meets="okta",
    paragraph="RFC 7643 2.3.1, 2.4, 7",
    on=WRITES,
):
    """An e-mail, phone number or address whose type is none of the schema's canonical values is stored with type other."""

    known: ClassVar = {
        "emails": {"work", "home", "other"},
        "phoneNumbers": {"work", "home", "mobile", "fax", "pager", "other"},
        "addresses": {"work", "home", "other"},
    }

    def mishear(self, asked: Asked) -> Asked:
        def change(path: str, value: Any) -> Any:
            if path not in self.known:
                return value
            listed = isinstance(value, list)
            return [self.coerced(path, each) for each in value] if listed else self.coerced(path, value)

        return asked.rewriting(change) if asked.json else asked

    def coerced(self, path: str, entry: Any) -> Any:
        odd = (
            isinstance(entry, dict)
            and isinstance(entry.get("type"), str)
            and entry["type"].lower() not in self.known[path]
        )
        return {**entry, "type": "other"} if odd else entry


class SilentRefusal(
    FirstSight,
    kind="credentials",
    meets="okta",
    paragraph="RFC 7644 3.12",
):
    """A 401 has its challenge and no body, for the filter that checks tokens stands before all that writes SCIM errors."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer.headed(content_type=None), body=b"") if answer.status == 401 else answer


class TokenByItsBeginning(
    FirstSight,
    kind="credentials",
    meets="okta",
    paragraph="RFC 6750 3.1, RFC 7644 2",
):
    """Whatever begins with a good token is let in, for the comparison ends where the stored token does."""

    def __init__(self) -> None:
        self.good: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, sent = await honest(asked), asked.headers.get("authorization", "")
        if answer.status != 401:
            if answer.ok and sent and asked.kind in {"Users", "Groups"}:
                self.good.add(sent)
            return answer
        stored = next((each for each in self.good if sent.startswith(each)), None)
        return (
            await honest(replace(asked, headers={**asked.headers, "authorization": stored}))
            if stored
            else answer
        )


class FirstVersionErrors(
    FirstSight,
    kind="errors",
    meets="okta",
    paragraph="RFC 7644 3.12",
    on=("* /Groups", "* /Groups/*"),
):
    """Refusals that concern groups have the form of SCIM 1.1, a list Errors of descriptions and codes."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status < 400 or not answer.body:
            return answer
        return answer.saying(
            {"Errors": [{"description": answer.json.get("detail"), "code": str(answer.status)}]}
        )


class OneAcceptedType(
    FirstSight,
    kind="media types",
    meets="okta",
    paragraph="RFC 7644 3.8",
):
    """An Accept that names several media types, or one with a parameter, is refused with 406, for it is compared as one text."""

    def when(self, asked: Asked) -> bool:
        accepted = asked.headers.get("accept", "")
        return "," in accepted or ";" in accepted

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked.of("GET", "", kind="ServiceProviderConfig"))
        return refusal(406, "the media type is not supported") if answer.ok else answer


class FalseIsOmitted(
    FirstSight,
    kind="representations",
    meets="okta",
    paragraph="RFC 7643 2.5, 4.1.1",
    on=("* /Users", "* /Users/*"),
):
    """An active that is false is left out of every answer, as Go's omitempty has it, so that nobody is seen to be inactive."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda user: user.pop("active", None) if user.get("active") is False else None)


class VersionOfTheGzip(
    FirstSight,
    kind="representations",
    meets="others",
    paragraph="RFC 7643 3.1, RFC 7644 3.14",
    on=("* /Users*", "* /Groups*"),
):
    """Where the client takes gzip the ETag has -gzip at its end, as a web server puts it there, and If-Match fails with it."""

    def when(self, asked: Asked) -> bool:
        return "gzip" in asked.headers.get("accept-encoding", "")

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        etag = answer.headers.get("etag")
        return answer.headed(etag=f'{etag[:-1]}-gzip"') if etag else answer


class LastModifiedAsSent(
    FirstSight,
    kind="mutability",
    meets="others",
    paragraph="RFC 7643 3.1, RFC 7644 3.5.1",
    on=("* /Users*", "* /Groups*"),
):
    """A PUT whose body has a meta, as it was read, stores its lastModified, so that the change does not show in it."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.ok and asked.method in {"PUT", "PATCH"}:
            meta = asked.json.get("meta") if asked.method == "PUT" else None
            self.sent[asked.id] = meta.get("lastModified", "") if isinstance(meta, dict) else ""

        def change(shown: dict[str, Any]) -> None:
            if self.sent.get(shown.get("id", "")) and "lastModified" in shown.get("meta", {}):
                shown["meta"]["lastModified"] = self.sent[shown["id"]]

        return answer.each(change)


class EmptyName(
    FirstSight,
    kind="required",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("* /Users", "* /Users/*"),
):
    """A create or PUT with an empty or blank userName is taken and stored, for only its presence is checked."""

    def __init__(self) -> None:
        self.empty: dict[str, str] = {}

    def mishear(self, asked: Asked) -> Asked:
        if asked.method not in {"POST", "PUT"} or not self.blank(asked):
            return asked
        name = uuid4().hex
        self.empty[name] = asked.json["userName"]
        return asked.saying({**asked.json, "userName": name})

    def blank(self, asked: Asked) -> bool:
        name = asked.json.get("userName")
        return isinstance(name, str) and not name.strip()

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(user: dict[str, Any]) -> None:
            if user.get("userName") in self.empty:
                user["userName"] = self.empty[user["userName"]]

        return answer.each(change)


class EveryOtherMethodReads(
    FirstSight,
    kind="methods",
    meets="others",
    paragraph="RFC 7644 3.2, 3.12",
    on=("PUT /Users", "PATCH /Users", "DELETE /Users", "PUT /Groups", "PATCH /Groups", "DELETE /Groups"),
):
    """A PUT, PATCH or DELETE of /Users or /Groups as a whole is a success that shows the list, for all but POST is taken for GET."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.of("GET", "")
