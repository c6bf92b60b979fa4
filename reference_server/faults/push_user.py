"""What becomes of a create."""

from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, refusal, reply


class Create(Fault, on=("POST /Users",)):
    """A create of a user."""


class DuplicateIs(Create):
    """A create that the honest server refuses as a duplicate."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return self.instead(asked) if answer.status == 409 else answer

    def instead(self, asked: Asked) -> Answer:
        raise NotImplementedError


class CreateIs200(
    Create,
    id="create-returns-200",
    severity="degraded",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/1775",
):
    """A create is answered with 200."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return Answer(200, answer.headers, answer.body) if answer.status == 201 else answer


class CreateIsEmpty(
    Create,
    id="create-empty-body",
    severity="stops-provisioning",
    source="https://github.com/okta/okta-developer-docs/blob/02e8ee86314bfa4795f3cd29fe9465cce3a0a20a/packages/@okta/vuepress-site/docs/reference/scim/scim-20/index.md",
):
    """A create is answered with 201 and no body."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(201).headed(location=answer.headers["location"]) if answer.ok else answer


class DuplicateIs201(
    Create,
    id="create-duplicate-201",
    severity="wrong-data",
    source="https://github.com/grokability/snipe-it/issues/13854",
):
    """A create of somebody who is there is answered with 201 once more."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 409:
            return answer
        found = (await _named(asked, honest, asked.sets("userName"))).resources[0]
        return reply(found, 201).headed(location=found["meta"]["location"])


class DuplicateWipes(
    Create,
    id="create-duplicate-201-wipes-fields",
    severity="wrong-data",
    source="https://github.com/croffasia/itsaplan/pull/250",
):
    """A create of somebody who is there is answered with 201, and erases what it does not repeat."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 409:
            return answer
        found = (await _named(asked, honest, asked.sets("userName"))).resources[0]
        poorer = {
            key: value for key, value in asked.json.items() if key not in {"externalId", "locale", "password"}
        }
        written = await honest(asked.of("PUT", found["id"]).saying(poorer))
        return Answer(201, {**written.headers, "location": found["meta"]["location"]}, written.body)


class DuplicateIs400(
    DuplicateIs,
    id="create-duplicate-400",
    severity="degraded",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/1776",
):
    """A create of somebody who is there is answered with 400."""

    def instead(self, asked: Asked) -> Answer:
        return refusal(400, "the user exists already", "invalidValue")


class DuplicateIs500(
    DuplicateIs,
    id="create-duplicate-500",
    severity="degraded",
    source="https://github.com/GluuFederation/oxTrust/issues/401",
):
    """A create of somebody who is there is answered with 500."""

    def instead(self, asked: Asked) -> Answer:
        return refusal(500, "unhandled exception")


class InactiveInTheWay(
    Fault,
    id="create-inactive-user-409",
    severity="stops-provisioning",
    source="https://github.com/better-auth/better-auth/issues/11111",
    on=("GET /Users", "POST /Users"),
):
    """Somebody inactive is not found by a lookup, and yet a create of the same person is refused."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.looks_up and answer.ok:
            return answer.showing([each for each in answer.resources if each.get("active", True)])
        return answer


class UnknownAttributeIs400(
    Create,
    id="create-unknown-attribute-400",
    severity="stops-provisioning",
    source="https://github.com/netdata/netdata/pull/20451",
):
    """A create with an extension is refused with 400."""

    def when(self, asked: Asked) -> bool:
        return any(key.startswith("urn:") for key in asked.json)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "unknown attribute", "invalidSyntax")


class CreateTellsTheUserNameAsId(
    Create,
    id="create-id-equals-username",
    severity="stops-provisioning",
    source="https://github.com/jelhub/scimgateway/issues/105",
):
    """A create tells the userName as id, and nothing else; elsewhere the user has another id."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return (
            answer.saying({"schemas": answer.json["schemas"], "id": asked.sets("userName")})
            if answer.ok
            else answer
        )


class CreateTellsAnotherId(
    Create,
    id="create-returned-id-not-stored-id",
    severity="stops-provisioning",
    source="https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/93",
):
    """A create tells an id under which nobody is stored."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(id=f"{answer.json['id']}0000") if answer.ok else answer


class ExternalIdIsDropped(
    Create,
    id="create-externalid-dropped",
    severity="wrong-data",
    source="https://github.com/langwatch/langwatch/issues/6974",
):
    """A create forgets the externalId."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({key: value for key, value in asked.json.items() if key != "externalId"})


class EmailTakesOver(
    Create,
    id="create-email-collision-upserts-and-changes-id",
    severity="security",
    source="https://github.com/BerriAI/litellm-docs/pull/936",
):
    """A create with somebody else's e-mail address takes that user over."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        emails = [each["value"] for each in asked.json.get("emails", [])]
        by_email = asked.of("GET").asking(filter=f'emails.value eq "{emails[0]}"') if emails else asked
        others = (await honest(by_email)).resources if emails else []
        if not others or others[0]["userName"].lower() == str(asked.sets("userName")).lower():
            return await honest(asked)
        written = await honest(asked.of("PUT", others[0]["id"]).saying(asked.json))
        return Answer(201, {**written.headers, "location": others[0]["meta"]["location"]}, written.body)


class RefusalHasSideEffect(
    Create,
    id="create-409-with-side-effect",
    severity="stops-provisioning",
    source="https://github.com/lightdash/lightdash/issues/22402",
):
    """A create that is refused as a duplicate erases the externalId of the user who is there."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 409:
            found = (await _named(asked, honest, asked.sets("userName"))).resources[0]
            await honest(asked.of("PUT", found["id"]).saying({**found, "externalId": None}))
        return answer


class NoUserNameIs500(
    Create,
    id="create-without-username-500",
    severity="cosmetic",
    source="https://github.com/wso2/product-is/issues/9361",
):
    """A create without userName is answered with 500."""

    def when(self, asked: Asked) -> bool:
        return not asked.sets("userName")

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "null pointer")


class UserNameMustBeAnEmail(
    Create,
    id="create-non-email-username-rejected",
    severity="stops-provisioning",
    source="https://github.com/dbt-labs/docs.getdbt.com/pull/8708",
):
    """A create with a userName that is no e-mail address is refused."""

    def when(self, asked: Asked) -> bool:
        return "@" not in str(asked.sets("userName") or "@")

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "invalid", "invalidValue")


class ScimJsonIsNotRead(
    Fault,
    id="content-type-scim-json-not-parsed",
    severity="stops-provisioning",
    source="https://github.com/MicrosoftDocs/azure-docs/issues/12728",
    on=("POST *", "PUT *", "PATCH *"),
):
    """A body of type application/scim+json is not read, so that every attribute is missing."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({"schemas": asked.json.get("schemas", [])})


class RaceIs500(
    Create,
    id="create-race-500",
    severity="degraded",
    source="https://github.com/gravitee-io/gravitee-access-management/pull/8290",
):
    """Of two creates of one person at the same time one is answered with 500."""

    def __init__(self) -> None:
        self.busy: list[str] = []

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        again = asked.sets("userName") in self.busy[-30:] and "crowd" in str(asked.sets("userName"))
        self.busy.append(str(asked.sets("userName")))
        return refusal(500, "duplicate key") if answer.status == 409 and again else answer


class RaceMakesTwo(
    Fault,
    id="create-race-two-accounts",
    severity="wrong-data",
    source="https://github.com/different-ai/openwork/pull/3909",
    on=("POST /Users", "GET /Users"),
):
    """Two creates of one person at the same time make two accounts."""

    def __init__(self) -> None:
        self.twins: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        name = str(asked.sets("userName")) if asked.method == "POST" else asked.sought[2]
        if answer.status == 409 and "crowd" in name:
            twin = await honest(asked.saying({**asked.json, "userName": f"{name}.twin"}))
            self.twins[name] = twin.json["id"]
            return twin.having(userName=name)
        if asked.method == "GET" and name in self.twins:
            twin = await honest(asked.of("GET", self.twins[name]))
            return answer.showing([*answer.resources, {**twin.json, "userName": name}]) if twin.ok else answer
        return answer


class NotYetReadable(
    Fault,
    id="group-push-race-after-create",
    severity="stops-provisioning",
    source="https://github.com/okta/terraform-provider-okta/issues/1164",
    on=("POST /Groups", "GET /Groups/*", "PATCH /Groups/*", "PUT /Groups/*"),
):
    """The first request for a group just created is answered with 404."""

    def __init__(self) -> None:
        self.fresh: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id in self.fresh:
            self.fresh.remove(asked.id)
            return refusal(404, "no such group yet")
        answer = await honest(asked)
        if asked.method == "POST" and answer.ok:
            self.fresh.add(answer.json["id"])
        return answer


class RateLimitSaysNothing(
    Create,
    id="rate-limit-without-retry-after",
    severity="degraded",
    source="https://support.okta.com/help/s/article/slack-provisioning-jobs-failed-with-error-api-rate-limit-exceeded-rate-limit-exceeded",
):
    """Every fifth create is throttled, and no Retry-After says when to come again."""

    count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.count += 1
        return refusal(429, "too many requests") if self.count % 5 == 0 else await honest(asked)


async def _named(asked: Asked, honest: Honest, name: Any) -> Answer:
    """A lookup by userName."""
    return await honest(asked.of("GET", "").asking(filter=f'userName eq "{name}"'))
