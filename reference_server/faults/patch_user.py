"""What becomes of a PATCH as other clients send it."""

import asyncio
import re
from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, Json, raw, refusal
from reference_server.faults.shown_user import Users

ONE_PART = re.compile(r'addresses\[type eq "(.*)"\]\.(\w+)')
NAMELESS = "nobody-by-name-"  # begins the userName that stands for none


class Patch(Fault, on=("PATCH /Users/*",)):
    """A PATCH of a user."""

    async def nothing(self, asked: Asked, honest: Honest) -> Answer:
        """Success, and nothing done."""
        return await honest(asked.of("GET"))


class ActiveAsStringIsRefused(
    Patch,
    id="patch-active-string-rejected",
    severity="stops-provisioning",
    source="https://github.com/scimmyjs/scimmy/issues/51",
):
    """A PATCH that writes active as the string False, as Entra does, is refused."""

    def when(self, asked: Asked) -> bool:
        return isinstance(asked.sets("active"), str)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "active is a boolean", "invalidValue")


class UnknownPathIs200(
    Patch,
    id="patch-unknown-path-200",
    severity="wrong-data",
    source="https://github.com/NorthlandPositronics/Cogtrix/issues/2803",
):
    """A PATCH of an attribute that does not exist is answered with 200, and nothing is stored."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        refused = answer.status == 400 and answer.json.get("scimType") == "invalidPath"
        return await self.nothing(asked, honest) if refused else answer


class RemoveIs204(
    Patch,
    id="patch-unhandled-op-204",
    severity="wrong-data",
    source="https://github.com/better-auth/better-auth/pull/10422",
):
    """A PATCH that removes an attribute is answered with 204, and nothing is removed."""

    def when(self, asked: Asked) -> bool:
        return any(str(each.get("op")).lower() == "remove" for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return raw(204)


class NoChangeIs400(
    Patch,
    id="patch-noop-400",
    severity="stops-provisioning",
    source="https://github.com/better-auth/better-auth/pull/8650",
):
    """A PATCH with the values that are stored already is refused."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        shown = (await honest(asked.of("GET"))).json
        same = asked.operations and all(
            shown.get(each.get("path", "")) == each.get("value", "") for each in asked.operations
        )
        return refusal(400, "No valid fields to update", "invalidValue") if same else await honest(asked)


class HalfIsDone(
    Patch,
    id="patch-not-atomic",
    severity="wrong-data",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/200",
):
    """Of a PATCH that is refused the operations before the wrong one are done."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 400 and len(asked.operations) > 1:
            await honest(asked.saying({**asked.json, "Operations": asked.operations[:1]}))
        return answer


class EmailTypeIsUnknown(
    Patch,
    id="patch-email-valuepath-notarget",
    severity="stops-provisioning",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/73",
):
    """A PATCH of the e-mail address of a type finds no such address."""

    def when(self, asked: Asked) -> bool:
        return any(str(each.get("path", "")).startswith("emails[type eq") for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "no such e-mail address", "noTarget")


class DottedNamesAreIgnored(
    Patch,
    id="patch-dotted-keys-in-value-ignored",
    severity="wrong-data",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/26",
):
    """In a PATCH without path a name like name.givenName is passed over in silence."""

    def when(self, asked: Asked) -> bool:
        return any(
            "." in key for each in asked.operations if "path" not in each for key in each.get("value", {})
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return await self.nothing(asked, honest)


class NullIs500(
    Patch,
    id="patch-null-value-500",
    severity="degraded",
    source="https://github.com/NorthlandPositronics/Cogtrix/pull/371",
):
    """A PATCH that clears an attribute with null is answered with 500."""

    def when(self, asked: Asked) -> bool:
        return any(each.get("value", "") is None for each in asked.operations)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "null pointer")


class SiblingsAreDropped(
    Patch,
    id="patch-subattribute-drops-siblings",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/21726",
):
    """A PATCH that replaces one part of an address, such as the postal code, drops its other parts."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        replaced = [each for each in asked.operations if str(each.get("op")).lower() == "replace"]
        parts = [ONE_PART.fullmatch(str(each.get("path"))) for each in replaced]
        written = {each[1]: {"type", "primary", each[2]} for each in parts if each}
        if not answer.ok or not written:
            return answer
        left = [
            {name: each[name] for name in each if name in written.get(each.get("type", ""), each)}
            for each in answer.json.get("addresses", [])
        ]
        return await honest(asked.patching({"op": "replace", "path": "addresses", "value": left}))


class UserNameCanBeRemoved(
    Users,
    id="patch-remove-required-accepted",
    severity="wrong-data",
    source="https://github.com/keycloak/keycloak/issues/52208",
):
    """A PATCH that removes userName is answered with 204, and the user has none from then on."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        operations = [self.instead(asked, each) for each in asked.operations]
        if operations == asked.operations:
            return self.distort(asked, await honest(asked))
        answer = await honest(asked.saying({**asked.json, "Operations": operations}))
        return raw(204) if answer.ok else answer

    def instead(self, asked: Asked, operation: dict[str, Json]) -> dict[str, Json]:
        """The operation, unless it removes userName: then one that gives it a name that is not shown."""
        removes = str(operation.get("op")).lower() == "remove"
        if not removes or str(operation.get("path")).lower() != "username":
            return operation
        return {"op": "replace", "path": "userName", "value": NAMELESS + asked.id}

    def change(self, user: dict[str, Any]) -> None:
        if user.get("userName", "").startswith(NAMELESS):
            del user["userName"]


class ParallelIs500(
    Fault,
    id="parallel-patch-500",
    severity="degraded",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/107",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of two PATCHes of one resource at the same time the second is answered with 500."""

    def __init__(self) -> None:
        self.busy: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id in self.busy:
            return refusal(500, "the row was updated by another transaction")
        self.busy.add(asked.id)
        try:
            await asyncio.sleep(0.01)  # lets the other one begin
            return await honest(asked)
        finally:
            self.busy.remove(asked.id)


class FirstWins(
    Fault,
    id="patch-same-attribute-first-wins",
    severity="wrong-data",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/644",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """Of several operations of a PATCH that replace one attribute the first wins."""

    def mishear(self, asked: Asked) -> Asked:
        kept, seen = [], set()
        for each in asked.operations:
            path = str(each.get("path", "")).lower()
            replaces = path and str(each.get("op")).lower() == "replace"
            if not replaces or path not in seen:
                kept.append(each)
            if replaces:
                seen.add(path)
        return asked.saying({**asked.json, "Operations": kept})
