"""Faults of the rest: discovery, errors, access, attribute characteristics, headers, and odd requests."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from first_sight.fault import FirstSight
from reference_server.faults.bending import ERROR, Answer, Asked, Honest, Json, refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")


def well_formed(asked: Asked) -> bool:
    """Whether a write has a body, and operations that are a list of objects with paths if any."""
    listed = asked.json.get("Operations", [])
    return (
        bool(asked.json)
        and isinstance(listed, list)
        and all(isinstance(each, dict) and isinstance(each.get("path", ""), str) for each in listed)
    )


class Rewritten(FirstSight):
    """A write of a user that stores something else; one that is broken is refused as ever."""

    def when(self, asked: Asked) -> bool:
        return well_formed(asked)


class GroupsFollowUserSchema(
    FirstSight,
    kind="said and done",
    meets="others",
    paragraph="RFC 7643 6",
    source="https://github.com/wso2/charon/issues/167",
    on="GET /ResourceTypes*",
):
    """The resource type Group names the schema of users as its own, for its entry was copied from that of User."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda kind: kind.update(schema=USER) if kind.get("id") == "Group" else None)


class OneTemplateOfParts(
    FirstSight,
    kind="said and done",
    meets="others",
    paragraph="RFC 7643 7",
    on="GET /Schemas*",
):
    """The User schema gives each attribute with several values, addresses too, the parts of emails, from one template."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(schema: Json) -> None:
            attributes = schema.get("attributes", []) if schema.get("id") == USER else []
            parts = next((each["subAttributes"] for each in attributes if each["name"] == "emails"), None)
            for each in attributes:
                if parts and each["multiValued"] and each["type"] == "complex":
                    each["subAttributes"] = parts

        return answer.each(change)


class PasswordPromised(
    FirstSight,
    kind="said and done",
    meets="okta",
    paragraph="RFC 7643 5",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """The ServiceProviderConfig says that changePassword is supported, and a PUT or PATCH with a password is refused."""

    def when(self, asked: Asked) -> bool:
        return well_formed(asked) and asked.sets("password") is not None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = await honest(asked.of("GET"))
        return found if found.status >= 400 else refusal(400, "password cannot be changed", "mutability")


class KeywordLeftOver(
    FirstSight,
    kind="errors",
    meets="okta",
    paragraph="RFC 7644 3.12",
):
    """An error without a scimType of its own has that of the last error that had one, for all are made in one shared map."""

    last = ""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status < 400 or not answer.body:
            return answer
        self.last = answer.json.get("scimType", self.last)
        return answer.having(scimType=self.last) if self.last else answer


class DetailUnescaped(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.12",
):
    """Errors are put together as text and quote the filter or path they refuse, whose quotes make them no JSON."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status < 400 or not answer.body:
            return answer
        said = answer.json
        wrong = asked.filter
        if said.get("scimType") in {"noTarget", "invalidPath"} and well_formed(asked):
            wrong = next((each["path"] for each in asked.operations if "path" in each), "")
        detail = said.get("detail", "") + (f": {wrong}" if wrong else "")
        keyword = f'"scimType":"{said["scimType"]}",' if "scimType" in said else ""
        text = f'{{"schemas":["{ERROR}"],"status":"{said["status"]}",{keyword}"detail":"{detail}"}}'
        return replace(answer, body=text.encode())


class TimezoneAsOffset(
    Rewritten,
    kind="attributes and types",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=WRITES,
):
    """A timezone such as Europe/Berlin is stored as its present offset from UTC, +02:00 or +01:00."""

    def mishear(self, asked: Asked) -> Asked:
        def change(name: str, value: Json) -> Json:
            if name.lower() != "timezone" or not isinstance(value, str):
                return value
            try:
                offset = datetime.now(ZoneInfo(value)).strftime("%z")
            except (ValueError, OSError, KeyError):
                return value
            return f"{offset[:3]}:{offset[3:]}"

        return asked.rewriting(change)


class UrlsEscapedAgain(
    Rewritten,
    kind="attributes and types",
    meets="okta",
    paragraph="RFC 7643 2.3.7",
    on=WRITES,
):
    """The URLs in profileUrl and photos are escaped when they are stored, so that a %20 in them is %2520, and then more."""

    def mishear(self, asked: Asked) -> Asked:
        def escaped(value: Json) -> Json:
            if isinstance(value, list):
                return [escaped(each) for each in value]
            if isinstance(value, dict):
                return {key: escaped(each) if key.lower() == "value" else each for key, each in value.items()}
            return re.sub(r"%(?=[0-9A-Fa-f]{2})", "%25", value) if isinstance(value, str) else value

        def change(name: str, value: Json) -> Json:
            return escaped(value) if name.lower().startswith(("profileurl", "photos")) else value

        return asked.rewriting(change)


class MissNull(
    Rewritten,
    kind="attributes and types",
    meets="okta",
    paragraph="RFC 7643 2.5",
    on=WRITES,
):
    """Whoever's first or last name is Null is stored without it, for the word is taken for no value."""

    def mishear(self, asked: Asked) -> Asked:
        def none(value: Json) -> Json:
            return None if isinstance(value, str) and value.lower() == "null" else value

        def change(name: str, value: Json) -> Json:
            name = name.lower()
            if name == "name" and isinstance(value, dict):
                return {key: none(each) for key, each in value.items()}
            return none(value) if name.endswith(("name.givenname", "name.familyname")) else value

        return asked.rewriting(change)


class OneTableOfResources(
    FirstSight,
    kind="broken requests",
    meets="others",
    paragraph="RFC 7644 3.2",
    on=tuple(f"{method} /{kind}/*" for method in ("GET", "PATCH", "DELETE") for kind in ("Users", "Groups")),
):
    """What is asked for below Groups by the id of a user, or the other way round, is read, changed or deleted."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 404:
            return answer
        other = await honest(replace(asked, kind="Users" if asked.kind == "Groups" else "Groups"))
        return answer if other.status == 404 else other


class DeleteWantsBody(
    FirstSight,
    kind="broken requests",
    meets="okta",
    paragraph="RFC 7644 3.6",
    source="https://github.com/bitwarden/server/pull/2294",
    on="DELETE /Users/*",
):
    """A DELETE of a user is refused where it has no body, with 415 or, if it names a Content-Type, with 400."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.body:
            return await honest(asked)
        found = await honest(asked.of("GET"))
        if found.status >= 400:
            return found
        if "content-type" in asked.headers:
            return refusal(400, "a non-empty request body is required", "invalidSyntax")
        return refusal(415, "the media type of the body is not supported")


class LengthInCharacters(
    FirstSight,
    kind="headers and encoding",
    meets="okta",
    paragraph="RFC 7644 3.8",
):
    """Content-Length counts characters and not bytes, so that an answer with letters like é ends too early."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer, body=answer.body[: len(answer.body.decode())])


class EmptyTokenLetIn(
    FirstSight,
    kind="access",
    meets="others",
    paragraph="RFC 6750 3.1",
    source="https://github.com/ToolJet/ToolJet/issues/16217",
):
    """The word Bearer without a token after it is let in, for it is equal to a second token that was never set."""

    good = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        sent = asked.headers.get("authorization", "")
        if sent.strip().lower() == "bearer" and self.good:
            return await honest(replace(asked, headers={**asked.headers, "authorization": self.good}))
        answer = await honest(asked)
        if answer.ok and asked.kind in {"Users", "Groups"}:
            self.good = sent
        return answer


class MeIsTheFirst(
    FirstSight,
    kind="access",
    meets="others",
    paragraph="RFC 7644 3.11",
    on="* /Me",
):
    """/Me is the first user there is where the token speaks for no user, for a filter by nobody is none."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 501:
            return answer
        users = (await honest(asked.of("GET", "", kind="Users"))).resources
        return await honest(replace(asked, kind="Users", id=users[0]["id"])) if users else answer
