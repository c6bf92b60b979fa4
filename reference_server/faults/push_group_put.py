"""What becomes of groups that are replaced, as Okta's PUT apps do it."""

from reference_server.faults.bending import Answer, Asked, Fault, Honest, refusal
from reference_server.faults.push_group import ids


class GroupPut(Fault, on=("PUT /Groups/*",)):
    """A PUT of a group."""


class FewerMembersAreRefused(
    GroupPut,
    id="put-group-fewer-members-400",
    severity="stops-provisioning",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/697",
):
    """A PUT with fewer members than before is refused."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = ids((await honest(asked.of("GET"))).json)
        fewer = len(asked.json.get("members", [])) < len(before)
        return refusal(400, "attribute members is immutable", "mutability") if fewer else await honest(asked)


class RenameIsIgnored(
    GroupPut,
    id="put-group-name-ignored",
    severity="wrong-data",
    source="https://github.com/jelhub/scimgateway/issues/95",
):
    """A PUT with another displayName is taken, and the group keeps its name."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = (await honest(asked.of("GET"))).json.get("displayName")
        return await honest(asked.saying({**asked.json, "displayName": name}))


class DisplayIsDemanded(
    Fault,
    id="put-requires-undeclared-fields-422",
    severity="stops-provisioning",
    source="https://github.com/Infisical/infisical/issues/6552",
    on=("PUT /Groups/*", "PATCH /Groups/*"),
):
    """Members without a display name are refused."""

    def when(self, asked: Asked) -> bool:
        listed = asked.sets("members")
        return isinstance(listed, list) and any(not each.get("display") for each in listed if each)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(422, "members.display is required")
