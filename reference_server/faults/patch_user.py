"""What becomes of a PATCH as other clients send it."""

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, refusal


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
