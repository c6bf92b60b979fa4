"""What a filter finds."""

import re

from reference_server.faults.bending import SCIM_JSON, Answer, Asked, Fault, Honest, raw, refusal, reply


class Lookup(Fault, on=("GET /Users",)):
    """A GET of users with a filter."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.filter)


class ByUserName(Lookup):
    """A lookup by userName."""

    def when(self, asked: Asked) -> bool:
        return asked.sought[:2] == ("username", "eq")


class CompoundIsCaseExact(
    ByUserName,
    id="discovery-caseexact-contradicted",
    severity="wrong-data",
    source="https://github.com/InumanSoul/kotauth/issues/140",
):
    """userName is compared with regard to case as soon as the filter has another clause."""

    def when(self, asked: Asked) -> bool:
        return super().when(asked) and " and " in asked.filter

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([each for each in answer.resources if each["userName"] == asked.sought[2]])


class UserNameIsCaseExact(
    ByUserName,
    id="filter-username-case-sensitive",
    severity="stops-provisioning",
    source="https://github.com/zulip/zulip/issues/21758",
):
    """A lookup finds a userName only in the letter case in which it was stored."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([each for each in answer.resources if each["userName"] == asked.sought[2]])


class WordsAreCaseExact(
    Lookup,
    id="filter-attribute-or-operator-case-sensitive",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/5140",
):
    """Attribute names and operators of a filter are known in one letter case only."""

    def when(self, asked: Asked) -> bool:
        return bool(re.match(r"\s*(USERNAME|\S+\s+[A-Z]{2}\s)", asked.filter))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "unknown attribute or operator", "invalidFilter")


class CapitalAndDropsAClause(
    Lookup,
    id="filter-uppercase-and-drops-clause",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/11807",
):
    """Of a filter whose clauses are joined by a capital AND only the first clause counts."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=asked.filter.partition(" AND ")[0])


class FilterIsIgnored(
    Lookup,
    id="filter-ignored-returns-all",
    severity="stops-provisioning",
    source="https://support.okta.com/help/s/article/okta-provisioning-to-hrmos-fails-with-multiple-users-found-by-username-error?language=en_US",
):
    """A lookup finds everybody, for the filter is ignored."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=None)


class UnknownFilterIsIgnored(
    Lookup,
    id="filter-unparseable-returns-all",
    severity="wrong-data",
    source="https://github.com/NorthlandPositronics/Cogtrix/issues/124",
):
    """A filter that cannot be read is ignored, so that everybody is found."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        return await honest(asked.asking(filter=None)) if answer.status == 400 else answer


class FilterIsIgnoredBesideAttributes(
    Lookup,
    id="filter-ignored-with-attributes-param",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/5090",
):
    """The filter is ignored where attributes are named too."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=None) if "attributes" in asked.query else asked


class FilterIsIgnoredBesidePaging(
    Lookup,
    id="filter-broken-with-startindex-count",
    severity="stops-provisioning",
    source="https://github.com/andreihava-okta/sample-node-scim-server/issues/1",
):
    """The filter is ignored where startIndex and count are given too, as Okta always does."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=None) if "startIndex" in asked.query else asked


class ListedButNotFound(
    ByUserName,
    id="lookup-listed-but-not-found-by-username",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/4415",
):
    """Somebody on the list is not found by the userName shown there, for it holds a plus sign."""

    def when(self, asked: Asked) -> bool:
        return super().when(asked) and "+" in asked.sought[2]

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([])


class HiddenButInTheWay(
    ByUserName,
    id="lookup-hides-unmanaged-user-but-post-conflicts",
    severity="stops-provisioning",
    source="https://github.com/Metatavu/keycloak-scim-server/issues/74",
):
    """The lookup does not find somebody whose create is then refused because the userName is taken."""

    def when(self, asked: Asked) -> bool:
        return super().when(asked) and asked.sought[2].endswith(".mover@example.com")

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([])


class NoMatchIs404(
    Lookup,
    id="filter-no-match-404",
    severity="stops-provisioning",
    source="https://github.com/jelhub/scimgateway/issues/18",
):
    """A lookup that finds nobody is answered with 404."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return refusal(404, "no such user") if answer.ok and not answer.resources else answer


class NoMatchHasNoResources(
    Lookup,
    id="filter-no-match-resources-missing",
    severity="degraded",
    source="https://support.okta.com/help/s/article/okta-scim-connector-error-no-results-for-users-returned-when-testing-connection",
):
    """A lookup that finds nobody leaves Resources out."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(Resources=None) if answer.ok and not answer.resources else answer


class EmptyStoreIsNoBody(
    Fault,
    id="list-empty-store-empty-body",
    severity="stops-provisioning",
    source="https://support.okta.com/help/s/article/okta-scim-connector-error-no-results-for-users-returned-when-testing-connection",
    on="GET /Users",
):
    """Where there is nobody, a list is answered without a body."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return raw(200) if answer.ok and not answer.json["totalResults"] and not asked.filter else answer


class EmptyStoreIsAnArray(
    Fault,
    id="list-empty-store-bare-array",
    severity="stops-provisioning",
    source="https://support.okta.com/help/s/article/okta-scim-connector-error-no-results-for-users-returned-when-testing-connection",
    on="GET /Users",
):
    """Where there is nobody, a list is answered with an empty array."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return reply([]) if answer.ok and not answer.json["totalResults"] and not asked.filter else answer


class GroupNameIsContained(
    Fault,
    id="filter-group-displayname-is-contains",
    severity="stops-provisioning",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3111",
    on="GET /Groups",
):
    """A lookup by displayName finds every group whose name holds the value."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=asked.filter.replace(" eq ", " co ")) if asked.filter else asked


class ApostropheEndsTheValue(
    Lookup,
    id="filter-apostrophe-returns-wrong-user",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/6631",
):
    """A value in a filter ends at an apostrophe, and whoever begins like it is found."""

    def mishear(self, asked: Asked) -> Asked:
        if "'" not in asked.filter:
            return asked
        return asked.asking(filter=asked.filter.partition("'")[0].replace(" eq ", " sw ") + '"')


class ApostropheBreaksTheList(
    Fault,
    id="list-fails-when-a-username-has-apostrophe",
    severity="stops-provisioning",
    source="https://github.com/wso2/product-is/issues/6919",
    on="GET /Users",
):
    """One person with an apostrophe in the name, and every list that shows them is a 500."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        odd = answer.ok and any(
            "'" in each.get("name", {}).get("familyName", "") for each in answer.resources
        )
        return refusal(500, "the list could not be made") if odd else answer


class UnknownOperatorIs500(
    Lookup,
    id="filter-unsupported-operator-500",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/11182",
):
    """A legal filter with another operator than eq is answered with 500."""

    def when(self, asked: Asked) -> bool:
        return bool(re.search(r"\sne\s", asked.filter))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "operator not implemented")


class DeepFilterBreaks(
    Lookup,
    id="filter-nesting-stack-overflow",
    severity="security",
    source="https://github.com/AzureAD/SCIMReferenceCode/pull/138",
):
    """A filter with many nested brackets ends the server's thread with 500."""

    def when(self, asked: Asked) -> bool:
        return "(" * 16 in asked.filter

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return Answer(500, {"content-type": SCIM_JSON}, refusal(500, "stack overflow").body)


class InactiveAreNotFound(
    ByUserName,
    id="deactivated-user-hidden-from-filter",
    severity="stops-provisioning",
    source="https://github.com/growthbook/growthbook/pull/1680",
):
    """Somebody who is inactive is not found by userName."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.showing([each for each in answer.resources if each.get("active", True)])


class ExternalIdIsRefused(
    Lookup,
    id="filter-externalid-400",
    severity="stops-provisioning",
    source="https://github.com/better-auth/better-auth/issues/10419",
):
    """A lookup by externalId is refused."""

    def when(self, asked: Asked) -> bool:
        return asked.sought[0] == "externalid"

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(400, "externalId cannot be filtered by", "invalidFilter")
