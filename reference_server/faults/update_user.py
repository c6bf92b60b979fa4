"""What becomes of a PUT."""

from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, refusal, reply


class Put(Fault, on=("PUT /Users/*",)):
    """A PUT of a user."""


class ActiveIsIgnored(
    Put,
    id="put-active-ignored",
    severity="security",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/1871",
):
    """A PUT that makes somebody inactive is taken, and the user stays active."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({**asked.json, "active": True})


class NoActiveSuspends(
    Put,
    id="put-without-active-suspends",
    severity="wrong-data",
    source="https://docs.delinea.com/online-help/delinea-platform/scim/okta-scim-provisioning/okta-scim-endpoint-reference.htm",
):
    """A PUT that does not say active makes the user inactive."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({"active": False, **asked.json})


class TakesAnotherOnesName(
    Put,
    id="put-other-username-merges-ids",
    severity="security",
    source="https://github.com/wso2/product-is/issues/8017",
):
    """A PUT with somebody else's userName is taken, and both have one id from then on."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 409:
            return answer
        found = await honest(asked.of("GET", "").asking(filter=f'userName eq "{asked.sets("userName")}"'))
        return reply(found.resources[0])


class OldNameStaysTaken(
    Fault,
    id="rename-leaves-old-name-reserved",
    severity="stops-provisioning",
    source="https://github.com/ory/polis/issues/3559",
    on=("PATCH /Groups/*", "PUT /Groups/*", "POST /Groups"),
):
    """The name a group gave up is still taken when another group wants it."""

    def __init__(self) -> None:
        self.given_up: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "POST":
            taken = asked.sets("displayName") in self.given_up
            return refusal(409, "the name is taken", "uniqueness") if taken else await honest(asked)
        before = await honest(asked.of("GET"))
        answer = await honest(asked)
        after = await honest(asked.of("GET"))
        if before.ok and after.ok and before.json["displayName"] != after.json["displayName"]:
            self.given_up.add(before.json["displayName"])
        return answer


class UpdateIs404(
    Fault,
    id="update-deletes-then-reads-404",
    severity="degraded",
    source="https://github.com/harness/harness-core/pull/48592",
    on=("PUT /Users/*", "PATCH /Users/*", "GET /Users/*", "GET /Users"),
):
    """To make somebody inactive is answered with 404, for the user is removed and then read."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.sets("active") is False:
            self.gone.add(asked.id)
            await honest(asked.of("DELETE"))
        return await honest(asked)


class ForgetsOnPut(
    Put,
    id="patch-changes-other-attributes",
    severity="wrong-data",
    source="https://github.com/pond/scimitar/issues/6",
    on=("PATCH /Users/*",),
):
    """A PATCH of active alone wipes another attribute."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.sets("active") is not None:
            shown: dict[str, Any] = (await honest(asked.of("GET"))).json
            shown.pop("locale", None)
            return await honest(asked.of("PUT").saying(shown))
        return answer


class ReadOnlyIsRefused(
    Fault,
    id="readonly-in-body-400",
    severity="stops-provisioning",
    source="https://github.com/pingidentity/scim2/issues/93",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """A PUT with id or meta, as a read shows them, is refused."""

    def when(self, asked: Asked) -> bool:
        return bool({"id", "meta"} & asked.json.keys())

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "attribute id is read-only", "mutability")
