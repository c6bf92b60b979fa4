"""What becomes of those who leave, and of their removal."""

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, refusal


class Deactivation(Fault, on=("PATCH /Users/*", "PUT /Users/*")):
    """A write that makes somebody inactive."""

    def when(self, asked: Asked) -> bool:
        return asked.sets("active") is False


class PathlessIsRefused(
    Fault,
    id="patch-pathless-unsupported",
    severity="stops-provisioning",
    source="https://github.com/Metatavu/keycloak-scim-server/issues/95",
    on="PATCH /Users/*",
):
    """A PATCH whose operation has no path is refused."""

    def when(self, asked: Asked) -> bool:
        return any("path" not in each for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "Unsupported attribute: null", "invalidPath")


class PathlessReplacesAll(
    Fault,
    id="patch-pathless-treated-as-full-replace",
    severity="wrong-data",
    source="https://github.com/ssoready/ssoready/pull/206",
    on="PATCH /Users/*",
):
    """A PATCH without path replaces the whole user by what it names."""

    def when(self, asked: Asked) -> bool:
        return any("path" not in each for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked.of("GET"))
        if not answer.ok:
            return answer
        shown, value = answer.json, asked.operations[0]["value"]
        return await honest(
            asked.of("PUT").saying({"schemas": shown["schemas"], "userName": shown["userName"], **value})
        )


class PatchIsNotDone(
    Deactivation,
    id="patch-active-noop-200",
    severity="security",
    source="https://github.com/NorthlandPositronics/Cogtrix/issues/122",
    on="PATCH /Users/*",
):
    """A PATCH that makes somebody inactive is answered with 200, and nothing is done."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked.of("GET"))
        return answer.having(active=False) if answer.ok else answer


class InactiveIs404(
    Fault,
    id="deactivated-user-404",
    severity="stops-provisioning",
    source="https://devforum.okta.com/t/deactivating-users-vs-removing-them-from-the-organization/24187",
    on="GET /Users/*",
):
    """Somebody who is inactive cannot be read any more."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        inactive = answer.ok and answer.json.get("active") is False
        return refusal(404, "no such user") if inactive else answer


class DeactivationDeletes(
    Deactivation,
    id="deactivate-deletes-user",
    severity="wrong-data",
    source="https://support.pagerduty.com/main/docs/assign-or-deactivate-users",
):
    """To make somebody inactive deletes the user."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok:
            await honest(asked.of("DELETE"))
        return answer


class DeleteIs500(
    Fault,
    id="delete-500-but-done",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/7296",
    on="DELETE /Users/*",
):
    """A DELETE is answered with 500, although it was done."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(500, "index out of date") if answer.ok else answer


class DeleteOfNothingIs204(
    Fault,
    id="delete-unknown-204",
    severity="cosmetic",
    source="https://github.com/wso2/charon/issues/118",
    on="DELETE *",
):
    """A DELETE of what is not there is answered with 204."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(204) if answer.status == 404 else answer
