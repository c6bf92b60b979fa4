"""How users and groups are shown."""

from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault


class Users(Fault, on=("* /Users", "* /Users/*")):
    """Every answer that shows users; `change` has one user at a time."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(self.change)

    def change(self, user: dict[str, Any]) -> None:
        raise NotImplementedError


class NoSchemas(
    Users,
    id="response-user-without-schemas",
    severity="stops-provisioning",
    source="https://github.com/grokability/snipe-it/issues/18864",
):
    """Users come without schemas."""

    def change(self, user: dict[str, Any]) -> None:
        user.pop("schemas", None)


class NoNameParts(
    Users,
    id="response-name-parts-absent",
    severity="stops-provisioning",
    source="https://github.com/onyx-dot-app/onyx/pull/8925",
):
    """A user's name comes without first and last name."""

    def change(self, user: dict[str, Any]) -> None:
        user.pop("name", None)


class NoEmails(
    Users,
    id="response-emails-absent",
    severity="stops-provisioning",
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/12",
):
    """A user's e-mail addresses are not shown."""

    def change(self, user: dict[str, Any]) -> None:
        user.pop("emails", None)


class IdIsANumber(
    Users,
    id="response-id-integer",
    severity="stops-provisioning",
    source="https://github.com/limosa-io/laravel-scim-server/issues/40",
):
    """A user's id is a JSON number."""

    def change(self, user: dict[str, Any]) -> None:
        digits = "".join(each for each in str(user.get("id", "")) if each.isdigit())
        user["id"] = int(digits[-9:] or "1")


class MemberIsANumber(
    Fault,
    id="response-member-value-integer",
    severity="stops-provisioning",
    source="https://github.com/goauthentik/authentik/issues/15533",
    on=("* /Groups", "* /Groups/*"),
):
    """The ids of a group's members are JSON numbers."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(group: dict[str, Any]) -> None:
            for number, member in enumerate(group.get("members", []), 53):
                member["value"] = number

        return answer.each(change)
