"""What becomes of the enterprise extension."""

from collections.abc import Iterator
from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, Json, refusal
from reference_server.faults.shown_user import Users

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
UNADVERTISED = "urn:ietf:params:scim:schemas:extension:badge:2.0:User"
MEMBERS = frozenset({"employeeNumber", "costCenter", "organization", "division", "department", "manager"})


class ManagerNeedsValue(
    Fault,
    id="manager-without-value-400",
    severity="stops-provisioning",
    source="https://github.com/scimmyjs/scimmy/issues/28",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """A write is refused whose manager has no value, such as a name alone."""

    def when(self, asked: Asked) -> bool:
        return any(isinstance(each, dict) and not each.get("value") for each in managers(asked))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(
            400, "Required attribute value not included in complex attribute manager", "invalidValue"
        )


class EnterpriseIsFlat(
    Users,
    id="enterprise-flattened",
    severity="wrong-data",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/279",
):
    """The attributes of the enterprise extension stand beside userName, where they are read from, too."""

    def mishear(self, asked: Asked) -> Asked:
        said = asked.json
        flat = {name: said.pop(name) for name in MEMBERS & said.keys()}
        return asked.saying({**said, ENTERPRISE: {**flat, **said.get(ENTERPRISE, {})}}) if flat else asked

    def change(self, user: dict[str, Any]) -> None:
        user.update(user.pop(ENTERPRISE, {}))


class ClearedComesBack(
    Fault,
    id="extension-clear-not-stored",
    severity="wrong-data",
    source="https://github.com/GluuFederation/oxTrust/issues/1376",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """An attribute of the extension that a write clears is absent from its answer, and stays stored."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(asked.of("GET"))).json.get(ENTERPRISE, {})
        answer = await honest(asked)
        cleared = before.keys() - answer.json.get(ENTERPRISE, {}).keys()
        if answer.ok and cleared:
            back = {name: before[name] for name in cleared}
            await honest(asked.patching({"op": "add", "value": {ENTERPRISE: back}}))
        return answer


class UnadvertisedExtension(
    Users,
    id="extension-unadvertised",
    severity="cosmetic",
    source="https://github.com/wireapp/wire-server/issues/5436",
):
    """A user's schemas has an extension that ResourceTypes does not list."""

    def change(self, user: dict[str, Any]) -> None:
        if "schemas" in user:
            user["schemas"].append(UNADVERTISED)


def managers(asked: Asked) -> Iterator[Json]:
    """The managers that a write sets, by whichever path."""
    by_path = [{each["path"]: each.get("value")} for each in asked.operations if each.get("path")]
    pathless = [each.get("value") for each in asked.operations if not each.get("path")]
    for members in [asked.json, *by_path, *pathless]:
        if isinstance(members, dict):
            yield members.get(f"{ENTERPRISE}:manager")
            extension = members.get(ENTERPRISE)
            yield extension.get("manager") if isinstance(extension, dict) else None
