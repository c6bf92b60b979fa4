"""Who is let in, and what those are told who are not."""

from dataclasses import replace

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, refusal


class UnauthenticatedIs500(
    Fault,
    id="auth-unauthenticated-500",
    severity="degraded",
    source="https://github.com/keycloak/keycloak/pull/49975",
):
    """A request with a wrong token or none is answered with 500."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "the credentials could not be read") if answer.status == 401 else answer


class SchemeIsCaseSensitive(
    Fault,
    id="auth-bearer-scheme-case-sensitive",
    severity="degraded",
    source="https://github.com/langwatch/langwatch/pull/2887",
):
    """The word bearer in front of a good token is refused unless it is written Bearer."""

    def when(self, asked: Asked) -> bool:
        return not asked.headers.get("authorization", "Bearer ").startswith("Bearer ")

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, headers={**asked.headers, "authorization": "Bearer of-nothing"})


class AnyJwtIsTaken(
    Fault,
    id="auth-user-jwt-accepted-as-scim-token",
    severity="security",
    source="https://github.com/Senthil455/Atlas-Workforce-System/issues/175",
):
    """Whatever looks like a JWT is taken for a token that was issued for SCIM."""

    good = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        sent = asked.headers.get("authorization", "")
        answer = await honest(asked)
        if answer.status != 401:
            self.good = sent
        elif sent.count(".") == 2 and self.good:
            return await honest(replace(asked, headers={**asked.headers, "authorization": self.good}))
        return answer


class AcceptsNoScimJson(
    Fault,
    id="accept-scim-json-406",
    severity="stops-provisioning",
    source="https://support.okta.com/help/s/article/scim-provisioning-returning-sync-user-in-external-application-failure",
):
    """A client that accepts only application/scim+json is refused with 406."""

    def when(self, asked: Asked) -> bool:
        return asked.headers.get("accept") == "application/scim+json"

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return raw(406)


class AcceptsNoPlainJson(
    Fault,
    id="accept-json-406",
    severity="degraded",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/23",
):
    """A client that accepts only application/json is refused with 406."""

    def when(self, asked: Asked) -> bool:
        return asked.headers.get("accept") == "application/json"

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(406, "application/scim+json is all there is")


class DemandsAccept(
    Fault,
    id="no-accept-or-content-type-406",
    severity="stops-provisioning",
    source="https://github.com/MicrosoftDocs/azure-docs/issues/94189",
    on="GET *",
):
    """A GET that names neither Accept nor Content-Type is refused with 406."""

    def when(self, asked: Asked) -> bool:
        return not {"accept", "content-type"} & asked.headers.keys()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(406, "say what you accept")
