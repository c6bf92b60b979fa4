"""How refusals look."""

from reference_server.faults.bending import ERROR, Answer, Asked, Fault, Honest, raw, refusal, reply


class Refusal(Fault):
    """Every answer that is a refusal."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return self.instead(answer) if answer.status >= 400 and answer.body else answer

    def instead(self, answer: Answer) -> Answer:
        raise NotImplementedError


class DuplicateIsText(
    Fault,
    id="error-plain-text",
    severity="stops-provisioning",
    source="https://github.com/Metatavu/keycloak-scim-server/pull/114",
    on="POST /Users",
):
    """The refusal of a duplicate is plain text."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(409, b"User already exists") if answer.status == 409 else answer


class FrameworkError(
    Fault,
    id="error-framework-json",
    severity="degraded",
    source="https://github.com/Infisical/infisical/issues/6552",
    on=("GET /Users*", "GET /Groups*"),
):
    """Refusals are what the framework writes, not SCIM errors."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status < 400:
            return answer
        document = {
            "reqId": "req-1",
            "statusCode": answer.status,
            "message": "Something went wrong",
            "error": "Find one",
        }
        return Answer(answer.status, {"content-type": "application/json"}, reply(document).body)


class NestedError(
    Refusal,
    id="error-nested-in-response",
    severity="degraded",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/227",
):
    """The members of an error stand one level too deep."""

    def instead(self, answer: Answer) -> Answer:
        return answer.saying({"status": str(answer.status), "response": answer.json})


class StatusIsANumber(
    Refusal,
    id="error-status-number",
    severity="cosmetic",
    source="https://github.com/pingidentity/scim2/issues/87",
):
    """An error's status is a JSON number."""

    def instead(self, answer: Answer) -> Answer:
        return answer.having(status=answer.status)


class StatusIsAnObject(
    Refusal,
    id="error-status-object",
    severity="degraded",
    source="https://github.com/PennState/SCIMple-Identity/issues/72",
):
    """An error's status is an object with code and message."""

    def instead(self, answer: Answer) -> Answer:
        status = {"code": answer.status, "message": "BAD_REQUEST"}
        return answer.saying({"status": status, "errorMessage": [answer.json.get("detail")]})


class SchemasIsAString(
    Refusal,
    id="error-schemas-not-array",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/11676",
):
    """An error's schemas is a string."""

    def instead(self, answer: Answer) -> Answer:
        return answer.having(schemas=ERROR)


class ScimTypeIsNull(
    Refusal,
    id="error-scimtype-null-string",
    severity="cosmetic",
    source="https://github.com/wso2/product-is/issues/7697",
):
    """An error that has no scimType has the string null instead."""

    def instead(self, answer: Answer) -> Answer:
        return answer.having(scimType=answer.json.get("scimType", "null"))


class SqlIsLeaked(
    Fault,
    id="error-sql-leaked",
    severity="security",
    source="https://github.com/fleetdm/fleet/issues/52593",
    on=("POST /Groups", "PATCH /Groups/*", "PUT /Groups/*"),
):
    """A group with a member who does not exist is answered with the database's own error."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status != 400 or b"members" not in asked.body:
            return answer
        said = "Error 1452 (23000): Cannot add or update a child row: a foreign key constraint fails (`app`.`members`)"
        return refusal(500, said)


class StackIsLeaked(
    Fault,
    id="error-stack-trace-leaked",
    severity="security",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/73",
    on="PATCH *",
):
    """An unknown operation is answered with the stack trace of the failure it caused."""

    def when(self, asked: Asked) -> bool:
        return any(
            str(each.get("op")).lower() not in {"add", "remove", "replace"} for each in asked.operations
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = "System.ArgumentException: invalid-op\n   at Scim.Patch.Apply(Operation op) in /src/Patch.cs:line 87"
        return refusal(500, said)


class UnknownEndpointIs500(
    Fault,
    id="unknown-endpoint-500",
    severity="degraded",
    source="https://github.com/keycloak/keycloak/issues/49847",
):
    """An endpoint that does not exist is answered with 500."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        unknown = answer.status == 404 and b"this endpoint does not exist" in answer.body
        return refusal(500, "no resource type provider") if unknown else answer
