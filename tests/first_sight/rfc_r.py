"""Wrong servers in what is said of the server, errors, attributes, broken requests and access."""

import re
from dataclasses import replace

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

WRITES = tuple(f"{method} /{kind}*" for method in ("POST", "PUT", "PATCH") for kind in ("Users", "Groups"))
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class NoSchemes(
    FirstSight,
    kind="said and done",
    meets="others",
    paragraph="RFC 7643 5",
    source="https://github.com/better-auth/better-auth/issues/10413",
    on="GET /ServiceProviderConfig",
):
    """The ServiceProviderConfig has an empty list of authenticationSchemes, though a bearer token is needed."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(authenticationSchemes=[]) if answer.ok else answer


class CountBeyondValidator(
    FirstSight,
    kind="said and done",
    meets="others",
    paragraph="RFC 7643 5",
    on=("GET /Users", "GET /Groups"),
):
    """A count of more than 100 is refused with 400, though the ServiceProviderConfig promises a maxResults of far more."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        count = asked.query.get("count", "")
        if answer.ok and count.isdigit() and int(count) > 100:
            return refusal(400, "count must not be greater than 100", "invalidValue")
        return answer


class ManagerIdDeclared(
    FirstSight,
    kind="said and done",
    meets="others",
    paragraph="RFC 7643 4.3",
    on="GET /Schemas*",
):
    """The enterprise schema declares the manager's value as managerId, as it was in SCIM 1.1, which no user has."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict) -> None:
            if shown.get("id") != ENTERPRISE:
                return
            for each in shown["attributes"]:
                for part in each.get("subAttributes", []):
                    if (each["name"], part["name"]) == ("manager", "value"):
                        part["name"] = "managerId"

        return answer.each(change)


class NoTargetNotFound(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH whose path filter fits no entry is refused with 404, as if the user or group itself were not there."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status == 400 and answer.json.get("scimType") == "noTarget":
            return refusal(404, f"Resource {asked.id} not found")
        return answer


class Unprocessable(
    FirstSight,
    kind="errors",
    meets="others",
    paragraph="RFC 7644 3.12",
    on=WRITES,
):
    """A write with a missing or wrong value is refused with the framework's 422, where the RFC has 400 for invalidValue."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status == 400 and answer.json.get("scimType") == "invalidValue":
            return replace(answer.having(status="422"), status=422)
        return answer


class OneLanguage(
    FirstSight,
    kind="attributes and types",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """Of a preferredLanguage that names several languages by weight, as Accept-Language does, only the first is stored."""

    def mishear(self, asked: Asked) -> Asked:
        def change(name: str, value: object) -> object:
            named = str(name).lower().endswith("preferredlanguage") and isinstance(value, str)
            return re.split(r"[,;]", value)[0].strip() if named else value

        return asked.rewriting(change) if b"referredlanguage" in asked.body.lower() and asked.json else asked


class JoinersStripped(
    FirstSight,
    kind="attributes and types",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=WRITES,
):
    """Texts lose the invisible joiners U+200C and U+200D, which Persian and Hindi names need, to a clean-up of odd characters."""

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, body=re.sub(rb"\xe2\x80[\x8c\x8d]|(?<!\\)\\u200[cdCD]", b"", asked.body))


class IdGivenAgain(
    FirstSight,
    kind="attributes and types",
    meets="others",
    paragraph="RFC 7643 3.1",
    on="*",
):
    """The id of a user who was deleted as the newest is given to the next who is created, as a table without autoincrement does."""

    newest = freed = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        shown_as: dict[str, str] = self.__dict__.setdefault("shown_as", {})
        for real, shown in shown_as.items():
            asked = replace(
                asked,
                id=asked.id.replace(shown, real),
                query_string=asked.query_string.replace(shown, real),
                body=asked.body.replace(shown.encode(), real.encode()),
            )
        answer = await honest(asked)
        if asked.place == "POST /Users" and answer.status == 201:
            self.newest = answer.json["id"]
            if self.freed:
                shown_as[self.newest], self.freed = self.freed, ""
        if asked.method == "DELETE" and asked.kind == "Users" and answer.ok and asked.id == self.newest:
            self.freed, self.newest = shown_as.pop(self.newest, self.newest), ""
        for real, shown in shown_as.items():
            headers = {name: value.replace(real, shown) for name, value in answer.headers.items()}
            answer = replace(answer, headers=headers, body=answer.body.replace(real.encode(), shown.encode()))
        return answer


class OffsetWithoutColon(
    FirstSight,
    kind="attributes and types",
    meets="okta",
    paragraph="RFC 7643 2.3.5",
    on=("* /Users*", "* /Groups*"),
):
    """The times in meta end in +0000, as a Java library writes them by default, which is no xsd:dateTime without its colon."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict) -> None:
            for name in ("created", "lastModified"):
                if name in shown.get("meta", {}):
                    shown["meta"][name] = re.sub(r"Z$", "+0000", shown["meta"][name])

        return answer.each(change)


class RefusedAndMade(
    FirstSight,
    kind="broken requests",
    meets="others",
    paragraph="RFC 7644 3.3",
    on="POST /Users",
):
    """A create that is refused with 400 for one of its values has made the user with the userName alone, so that the corrected one is refused with 409."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        name = asked.json.get("userName")
        if answer.status == 400 and isinstance(name, str) and name.strip():
            await honest(replace(asked, query_string="").saying({"schemas": [USER], "userName": name}))
        return answer


class BytesReplaced(
    FirstSight,
    kind="broken requests",
    meets="others",
    paragraph="RFC 7644 3.8",
    on=WRITES,
):
    """A body in Latin-1, whose bytes are no UTF-8, is not refused but stored with U+FFFD for each letter that has an accent."""

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, body=asked.body.decode("utf-8", "replace").encode())


class RefusedAndDone(
    FirstSight,
    kind="access",
    meets="others",
    paragraph="RFC 7644 2",
    on="*",
):
    """A write with a wrong token is answered with 401 and yet done, for the handler goes on after the refusal."""

    good = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok:
            self.good = asked.headers.get("authorization", self.good)
        if answer.status == 401 and self.good and asked.method != "GET":
            await honest(replace(asked, headers={**asked.headers, "authorization": self.good}))
        return answer


class MeOfTheSession(
    FirstSight,
    kind="access",
    meets="others",
    paragraph="RFC 7644 3.11",
    on="* /Me",
):
    """/Me is kept from its first reading until it is written by /Me itself, so that what is changed below /Users does not show in it."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        kept: dict[tuple[str, str], Answer] = self.__dict__.setdefault("kept", {})
        if asked.method != "GET" or "if-none-match" in asked.headers:
            kept.clear()
            return await honest(asked)
        key = asked.headers.get("authorization", ""), asked.query_string
        if key not in kept:
            answer = await honest(asked)
            if not answer.ok:
                return answer
            kept[key] = answer
        return kept[key]
