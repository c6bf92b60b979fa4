"""What is stored of a user who is written, and what is refused of one."""

from reference_server.faults.bending import Answer, Asked, Fault, Honest, Json, reply


class Write(Fault, on=("POST /Users", "PUT /Users/*", "PATCH /Users/*")):
    """Every write of a user; `stored` says what becomes of the value of an attribute."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.rewriting(self.stored)

    def stored(self, name: str, value: Json) -> Json:
        raise NotImplementedError


class UserNameIsLowered(
    Write,
    id="username-lowercased",
    severity="stops-provisioning",
    source="https://github.com/PostHog/posthog/pull/42253",
):
    """A userName is stored in lower case."""

    def stored(self, name: str, value: Json) -> Json:
        return value.lower() if name.lower() == "username" and isinstance(value, str) else value


class OnlyTheFirstIsStored(
    Write,
    id="multivalued-only-first",
    severity="wrong-data",
    source="https://github.com/keycloak/keycloak/issues/52218",
):
    """Of several values of an attribute, such as phone numbers, only the first is stored."""

    def stored(self, name: str, value: Json) -> Json:
        return value[:1] if isinstance(value, list) and name.lower() != "schemas" else value


class EntitlementObjectsAreRefused(
    Write,
    id="entitlements-object-400",
    severity="stops-provisioning",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3304",
):
    """A write of entitlements that are objects is refused, for strings are expected, and the refusal is no SCIM error."""

    def when(self, asked: Asked) -> bool:
        given = asked.sets("entitlements")
        return isinstance(given, list) and any(isinstance(each, dict) for each in given)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = {"code": "[invalidJSON]", "message": "Cannot deserialize value of type String from Object"}
        return reply({"fieldErrors": {"entitlements": [said]}}, 400)
