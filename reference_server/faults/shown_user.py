"""How users and groups are shown."""

from dataclasses import replace
from datetime import datetime
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


class AddressesAreAnObject(
    Users,
    id="addresses-as-object",
    severity="wrong-data",
    source="https://github.com/grokability/snipe-it/pull/19183",
):
    """A user's addresses are shown as one object, and taken as one, too."""

    def mishear(self, asked: Asked) -> Asked:
        sent = asked.json
        if isinstance(sent.get("addresses"), dict):
            return asked.saying({**sent, "addresses": [sent["addresses"]]})
        return asked

    def change(self, user: dict[str, Any]) -> None:
        if user.get("addresses"):
            user["addresses"] = user["addresses"][0]


class RolesAreStrings(
    Users,
    id="roles-as-strings",
    severity="degraded",
    source="https://github.com/wireapp/wire-server/issues/5435",
):
    """A user's roles are shown as strings."""

    def change(self, user: dict[str, Any]) -> None:
        if "roles" in user:
            user["roles"] = [each.get("value") for each in user["roles"]]


class TimesAreNumbers(
    Fault,
    id="time-epoch-millis",
    severity="degraded",
    source="https://github.com/apache/directory-scimple/issues/490",
    on=("* /Users", "* /Users/*", "* /Groups", "* /Groups/*"),
):
    """Times in meta are numbers of milliseconds."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Any]) -> None:
            meta = shown.get("meta", {})
            for name in {"created", "lastModified"} & meta.keys():
                meta[name] = int(datetime.fromisoformat(meta[name]).timestamp() * 1000)

        return answer.each(change)


class AnswersAreLatin1(
    Fault,
    id="response-latin1",
    severity="wrong-data",
    source="https://github.com/GluuFederation/oxTrust/issues/372",
):
    """Answers are in ISO-8859-1, a question mark standing for what that cannot write."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer, body=answer.body.decode().encode("latin-1", "replace"))
