"""What becomes of groups and of who is in them."""

import re
from collections.abc import Iterable
from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, refusal

ONE = re.compile(r'members\[value eq "(.*)"\]')


class GroupPatch(Fault, on=("PATCH /Groups/*",)):
    """A PATCH of a group."""

    async def with_members(self, asked: Asked, honest: Honest, members: Iterable[str]) -> Answer:
        """The same PATCH, after which these are the members."""
        answer = await honest(asked)
        if not answer.ok:
            return answer
        value = [{"value": each} for each in members]
        return await honest(
            asked.saying({**asked.json, "Operations": [{"op": "replace", "path": "members", "value": value}]})
        )


def ids(group: dict[str, Any]) -> list[str]:
    """The ids of a group's members, as strings, in order; empty where it shows none."""
    return [str(each.get("value")) for each in group.get("members", [])]


def removed(asked: Asked) -> list[str]:
    """Whom Okta's way of removing members names."""
    found = [
        ONE.fullmatch(str(each.get("path", ""))) for each in asked.operations if each.get("op") == "remove"
    ]
    return [each[1] for each in found if each]


class RemoveOne(GroupPatch):
    """A PATCH that removes members by a filter in the path."""

    def when(self, asked: Asked) -> bool:
        return bool(removed(asked))


class RemoveIsIgnored(
    RemoveOne,
    id="group-patch-remove-filter-ignored-200",
    severity="security",
    source="https://github.com/goauthentik/authentik/issues/25686",
):
    """A member who is removed by a filter in the path stays, and the answer is a success."""

    def mishear(self, asked: Asked) -> Asked:
        kept = [each for each in asked.operations if not ONE.fullmatch(str(each.get("path", "")))]
        return asked.saying({**asked.json, "Operations": kept}) if kept else asked.of("GET")


class RemoveClearsAll(
    RemoveOne,
    id="group-patch-remove-filter-clears-all",
    severity="wrong-data",
    source="https://github.com/msaad00/agent-bom/issues/3533",
):
    """To remove one member by a filter in the path removes all."""

    def mishear(self, asked: Asked) -> Asked:
        changed = [
            {"op": "remove", "path": "members"} if ONE.fullmatch(str(each.get("path", ""))) else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": changed})


class AddReplaces(
    GroupPatch,
    id="group-patch-add-replaces",
    severity="wrong-data",
    source="https://github.com/msaad00/agent-bom/issues/3533",
):
    """To add a member drops those who were there."""

    def mishear(self, asked: Asked) -> Asked:
        changed = [
            {**each, "op": "replace"} if each.get("op") == "add" and each.get("path") == "members" else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": changed})


class ListRemoval(GroupPatch):
    """A PATCH that removes a list of members, as Entra does."""

    def when(self, asked: Asked) -> bool:
        return any(
            each.get("op") == "remove" and each.get("path") == "members" and each.get("value")
            for each in asked.operations
        )


class ListRemovalClearsAll(
    ListRemoval,
    id="group-patch-remove-valuelist-clears-all",
    severity="wrong-data",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/244",
):
    """To remove a list of members removes everybody."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({**asked.json, "Operations": [{"op": "remove", "path": "members"}]})


class ListRemovalIsRefused(
    ListRemoval,
    id="group-patch-remove-valuelist-400",
    severity="stops-provisioning",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/149",
):
    """To remove a list of members is refused."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "values must not be set for remove", "invalidSyntax")


class TheWrongOnesAreRemoved(
    RemoveOne,
    id="group-patch-multi-remove-wrong-members",
    severity="security",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2834",
):
    """Of several removals in one PATCH the later ones hit the neighbour."""

    def when(self, asked: Asked) -> bool:
        return len(removed(asked)) > 1

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = ids((await honest(asked.of("GET"))).json)
        there = [before.index(each) for each in removed(asked) if each in before]
        left = list(before)
        for place in there:
            if place < len(left):
                del left[place]
        return await self.with_members(asked, honest, left)


class ReplaceKeepsTheOld(
    GroupPatch,
    id="group-patch-replace-keeps-stale",
    severity="security",
    source="https://github.com/keycloak/keycloak/issues/52752",
):
    """To replace the members keeps those who were there."""

    def mishear(self, asked: Asked) -> Asked:
        changed = [
            {**each, "op": "add"} if each.get("op") == "replace" and each.get("path") == "members" else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": changed})


class ReplaceMembers(GroupPatch):
    """A PATCH that replaces the members as a whole."""

    def when(self, asked: Asked) -> bool:
        return any(each.get("op") == "replace" and each.get("path") == "members" for each in asked.operations)


class EmptyIsRefused(
    ReplaceMembers,
    id="group-patch-replace-empty-400",
    severity="stops-provisioning",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757",
):
    """To replace the members by nobody is refused."""

    def when(self, asked: Asked) -> bool:
        return super().when(asked) and asked.sets("members") == []

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "Required sub-attribute members.value is missing", "invalidValue")


class ReplaceIsRefused(
    ReplaceMembers,
    id="group-patch-replace-members-refused",
    severity="stops-provisioning",
    source="https://github.com/mitodl/keycloak-scim/issues/73",
):
    """To replace the members is not supported."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "Replacing group memberships is not supported.").having(schema="urn:x")


class RenameEmpties(
    GroupPatch,
    id="group-patch-unrelated-replace-empties",
    severity="wrong-data",
    source="https://github.com/langwatch/langwatch/issues/7131",
):
    """A rename without path removes all members."""

    def when(self, asked: Asked) -> bool:
        return asked.sets("displayName") is not None and asked.sets("members") is None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return await self.with_members(asked, honest, [])


class PathlessMembersAreRefused(
    GroupPatch,
    id="group-patch-pathless-members-unsupported",
    severity="stops-provisioning",
    source="https://github.com/Metatavu/keycloak-scim-server/pull/101",
):
    """Members that are written without a path are refused."""

    def when(self, asked: Asked) -> bool:
        return any("path" not in each and "members" in each.get("value", {}) for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "Unsupported group path", "invalidPath")


class RenameDeletes(
    Fault,
    id="group-patch-rename-deletes-group",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/9234",
    on=("PATCH /Groups/*",),
):
    """A rename deletes the group."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.sets("displayName"):
            await honest(asked.of("DELETE"))
        return answer


class UnknownMemberIsStored(
    Fault,
    id="group-unknown-member-stored",
    severity="wrong-data",
    source="https://github.com/GluuFederation/SCIM-Client/issues/43",
    on=("POST /Groups", "PATCH /Groups/*", "GET /Groups/*"),
):
    """A member who does not exist is stored."""

    def __init__(self) -> None:
        self.junk: dict[str, dict[str, Any]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 400 and asked.method == "PATCH" and isinstance(asked.sets("members"), list):
            self.junk[asked.id] = asked.sets("members")[-1]
            answer = await honest(asked.of("GET"))
        if asked.id in self.junk and answer.ok and answer.body:
            return answer.having(members=[*answer.json.get("members", []), self.junk[asked.id]])
        return answer


class SomebodyTwiceIs500(
    Fault,
    id="group-duplicate-members-500",
    severity="stops-provisioning",
    source="https://github.com/fleetdm/fleet/issues/31085",
    on=("POST /Groups", "PATCH /Groups/*", "PUT /Groups/*"),
):
    """Members among whom somebody stands twice are answered with 500."""

    def when(self, asked: Asked) -> bool:
        listed = asked.sets("members")
        named = [str(each.get("value")) for each in listed] if isinstance(listed, list) else []
        return len(set(named)) < len(named)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "duplicate key value violates unique constraint")


class PresentMemberIs409(
    GroupPatch,
    id="group-add-existing-member-error",
    severity="stops-provisioning",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/245",
):
    """To add a member who is there already is refused."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        adds = [
            each for each in asked.operations if each.get("op") == "add" and each.get("path") == "members"
        ]
        there = ids((await honest(asked.of("GET"))).json)
        again = len(asked.operations) == 1 and any(
            value.get("value") in there for each in adds for value in each["value"]
        )
        return refusal(409, "already a member", "uniqueness") if again else await honest(asked)


class DisplayIsRefused(
    Fault,
    id="group-member-display-rejected",
    severity="stops-provisioning",
    source="https://github.com/scimmyjs/scimmy/issues/17",
    on=("POST /Groups", "PATCH /Groups/*", "PUT /Groups/*"),
):
    """Members with a display name are refused."""

    def when(self, asked: Asked) -> bool:
        listed = asked.sets("members")
        return isinstance(listed, list) and any(each.get("display") for each in listed)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "unknown sub-attribute display", "invalidSyntax")


class EmptyMemberIs500(
    Fault,
    id="group-member-empty-object-500",
    severity="cosmetic",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/747",
    on=("POST /Groups", "PATCH /Groups/*", "PUT /Groups/*"),
):
    """A member that is an empty object is answered with 500."""

    def when(self, asked: Asked) -> bool:
        listed = asked.sets("members")
        return isinstance(listed, list) and {} in listed

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "null pointer")


class LargeGroupTimesOut(
    Fault,
    id="group-read-timeout-large",
    severity="stops-provisioning",
    source="https://github.com/wso2/product-is/issues/8876",
    on="GET /Groups/*",
):
    """A group with many members takes so long that the gateway gives up (many: three)."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return (
            raw(504, b"<html>504 Gateway Timeout</html>", "text/html")
            if len(answer.json.get("members", [])) > 2
            else answer
        )
