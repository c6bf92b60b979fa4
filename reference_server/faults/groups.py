"""What becomes of groups, whoever changes them."""

import re
from typing import Any

import orjson

from reference_server.faults.bending import Answer, Asked, Fault, Honest, Json, raw, refusal
from reference_server.faults.push_group import GroupPatch, ids

SPECIAL = re.compile(r"[^\w\s-]")


class DeletedGroupStays(
    Fault,
    id="deleted-group-stays-on-user",
    severity="wrong-data",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/698",
    on=("DELETE /Groups/*", "* /Users", "* /Users/*"),
):
    """A group that was deleted still stands in the groups of its members."""

    def __init__(self) -> None:
        self.gone: dict[str, list[Json]] = {}

    def when(self, asked: Asked) -> bool:
        return not {"attributes", "excludedAttributes"} & asked.query.keys()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        group = (await honest(asked.of("GET"))).json if asked.kind == "Groups" else {}
        answer = await honest(asked)
        if group and answer.ok:
            entry = {"value": group["id"], "display": group["displayName"], "type": "indirect"}
            for member in ids(group):
                self.gone.setdefault(member, []).append(entry)
        return answer.each(self.show)

    def show(self, user: dict[str, Any]) -> None:
        """Put the groups that are gone back into a user's."""
        if gone := self.gone.get(user.get("id", "")):
            user["groups"] = [*user.get("groups", []), *gone]


class TakenNameIs500(
    GroupPatch,
    id="group-rename-taken-500",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/19845",
):
    """A PATCH that gives a group the name of another is answered with 500."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = orjson.dumps(asked.sets("displayName") or "").decode()
        found = await honest(asked.of("GET", "").asking(filter=f"displayName eq {name}"))
        taken = found.ok and any(each["id"] != asked.id for each in found.resources)
        return refusal(500, "the group could not be renamed") if taken else await honest(asked)


class SpecialNameIsRefused(
    Fault,
    id="group-name-special-400",
    severity="stops-provisioning",
    source="https://github.com/postmanlabs/postman-app-support/issues/12551",
    on="POST /Groups",
):
    """A group whose name has a special character, such as a period, is refused, and the refusal is no SCIM error."""

    def when(self, asked: Asked) -> bool:
        return bool(SPECIAL.search(str(asked.sets("displayName") or "")))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = {"error": {"name": "InvalidParams", "message": "no special characters"}, "status": "error"}
        return raw(400, orjson.dumps(said), "application/json")


class LastModifiedIsStuck(
    Fault,
    id="group-lastmodified-stuck",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/5390",
    on=("* /Groups", "* /Groups/*"),
):
    """meta.lastModified of a group stays the time of its creation, in answers and in filters."""

    def mishear(self, asked: Asked) -> Asked:
        said = {key: value.replace("meta.lastModified", "meta.created") for key, value in asked.query.items()}
        return asked.asking(**said)

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(self.stick)

    def stick(self, group: dict[str, Any]) -> None:
        """Make one time of both."""
        meta = group.get("meta", {})
        if "lastModified" in meta and "created" in meta:
            meta["lastModified"] = meta["created"]


class OneMemberIs500(
    Fault,
    id="group-create-one-member-500",
    severity="stops-provisioning",
    source="https://github.com/jelhub/scimgateway/issues/150",
    on="POST /Groups",
):
    """A create of a group with a single member is answered with 500."""

    def when(self, asked: Asked) -> bool:
        members = asked.sets("members")
        return isinstance(members, list) and len(members) == 1

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "members is not iterable")
