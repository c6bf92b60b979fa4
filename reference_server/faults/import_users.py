"""Pages, counters and their order."""

import hashlib

from reference_server.faults.bending import Answer, Asked, Fault, Honest, refusal

CAP = 10  # stands for the 50 or 100 of the reports, which few test tenants have users for


class Listing(Fault, on=("GET /Users", "GET /Groups")):
    """Every list that is answered as one."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return self.listing(asked, answer) if answer.ok else answer

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        return answer


class Walk(Listing):
    """Every list without a filter."""

    def when(self, asked: Asked) -> bool:
        return not asked.filter


class StartIndexIsAString(
    Listing,
    id="response-startindex-string",
    severity="stops-provisioning",
    source="https://support.okta.com/help/s/question/0D54z0000A4i091CQA/scim-provisioning-error-with-okta-scim-api?language=en_US",
):
    """startIndex is a string."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(startIndex=str(answer.json["startIndex"]))


class TotalIsAString(
    Listing,
    id="response-totalresults-string",
    severity="stops-provisioning",
    source="https://github.com/okta/okta-developer-docs/blob/02e8ee86314bfa4795f3cd29fe9465cce3a0a20a/packages/@okta/vuepress-site/docs/reference/scim/scim-20/index.md",
):
    """totalResults is a string."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(totalResults=str(answer.json["totalResults"]))


class ItemsPerPageIsAString(
    Listing,
    id="response-itemsperpage-string",
    severity="degraded",
    source="https://github.com/okta/okta-developer-docs/blob/02e8ee86314bfa4795f3cd29fe9465cce3a0a20a/packages/@okta/vuepress-site/docs/reference/scim/scim-20/index.md",
):
    """itemsPerPage is a string."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(itemsPerPage=str(answer.json["itemsPerPage"]))


class TotalIsThePage(
    Walk,
    id="totalresults-is-page-size",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/7320",
):
    """totalResults counts the page instead of everybody."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(totalResults=len(answer.resources))


class TotalIsTheRest(
    Walk,
    id="totalresults-is-remaining",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/13772",
):
    """totalResults counts who is left from startIndex on."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        gone = max(1, int(asked.query.get("startIndex", "1"))) - 1
        return answer.having(totalResults=max(0, answer.json["totalResults"] - gone))


class TotalIsCapped(
    Walk,
    id="totalresults-capped-at-server-limit",
    severity="wrong-data",
    source="https://github.com/better-auth/better-auth/issues/10398",
):
    """No more people are ever listed than the server puts on a page, and totalResults says so too."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        start = max(1, int(asked.query.get("startIndex", "1")))
        kept = answer.resources[: max(0, CAP + 1 - start)]
        return answer.showing(kept, min(CAP, answer.json["totalResults"]))


class EverybodyTwice(
    Walk,
    id="totalresults-counts-duplicates",
    severity="wrong-data",
    source="https://github.com/Infisical/infisical/issues/6552",
):
    """Everybody is listed twice, and counted twice."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        doubled = [each for each in answer.resources for _ in range(2)]
        return answer.showing(doubled, 2 * answer.json["totalResults"])


class ItemsPerPageEchoes(
    Listing,
    id="itemsperpage-echoes-count",
    severity="stops-provisioning",
    source="https://github.com/ory/polis/pull/4054",
):
    """itemsPerPage is the count that was asked for, whatever is on the page."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        return answer.having(itemsPerPage=int(asked.query.get("count", "100")))


class StartIsZeroBased(
    Walk,
    id="startindex-zero-based",
    severity="wrong-data",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/39",
):
    """startIndex is taken for an offset, so that the first person is never listed."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        start = int(asked.query.get("startIndex", "0"))
        answer = await honest(asked.asking(startIndex=start + 1))
        return answer.having(startIndex=max(1, start)) if answer.ok else answer


class StartIsIgnored(
    Walk,
    id="startindex-ignored",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/6313",
):
    """startIndex is ignored: every page is the first."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(startIndex=1)


class CursorOnly(
    Walk,
    id="pagination-cursor-only",
    severity="wrong-data",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/pull/942",
):
    """Only a cursor leads to the next page; startIndex is ignored and not told."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(startIndex=1)

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        more = answer.json["totalResults"] > len(answer.resources)
        return answer.having(startIndex=None, nextCursor="VZUTiyhEQJ94IR" if more else None)


class OrderDependsOnThePage(
    Walk,
    id="order-unstable-across-pages",
    severity="wrong-data",
    source="https://github.com/grokability/snipe-it/pull/19343",
):
    """Each page has an order of its own, so that a walk misses some and meets others twice."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        everybody = await honest(asked.asking(startIndex=1, count=1000))
        answer = await honest(asked)
        if not answer.ok or not everybody.ok:
            return answer
        start = max(1, int(asked.query.get("startIndex", "1")))

        def shuffled(place: int) -> bytes:
            return hashlib.sha256(f"{place} {asked.query_string}".encode()).digest()

        order = sorted(range(len(everybody.resources)), key=shuffled)
        page = [everybody.resources[place] for place in order[start - 1 :][: len(answer.resources)]]
        return answer.having(Resources=page)


class OrderDependsOnTheCache(
    Walk,
    id="order-depends-on-cache",
    severity="wrong-data",
    source="https://github.com/growthbook/growthbook/pull/5332",
):
    """The same list comes in another order the second time."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        again = asked.place + asked.query_string in self.seen
        self.seen.add(asked.place + asked.query_string)
        return answer.having(Resources=answer.resources[::-1]) if again else answer


class CountZeroShowsAll(
    Walk,
    id="count-zero-returns-all",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/5106",
):
    """count=0 shows everybody."""

    def when(self, asked: Asked) -> bool:
        return asked.query.get("count") == "0"

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(count=None)


class NegativeCountShowsAll(
    Walk,
    id="count-negative-unlimited",
    severity="security",
    source="https://github.com/keycloak/keycloak/issues/50471",
):
    """A negative count shows everybody, beyond any limit."""

    def when(self, asked: Asked) -> bool:
        return asked.query.get("count", "").startswith("-")

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(count=1000)


class NegativeCountIs500(
    Fault,
    id="count-negative-500",
    severity="cosmetic",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/718",
    on="POST /Users/.search",
):
    """A negative count in a search by POST is answered with the database's error."""

    def when(self, asked: Asked) -> bool:
        return isinstance(asked.json.get("count"), int) and asked.json["count"] < 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(500, "LIMIT must not be negative")


class OddOneIsCountedOnly(
    Walk,
    id="list-drops-user-but-counts",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/27973",
):
    """Whoever cannot be shown, here for an apostrophe in the name, is left out of a page and counted in totalResults."""

    def listing(self, asked: Asked, answer: Answer) -> Answer:
        shown = [each for each in answer.resources if "'" not in each.get("name", {}).get("familyName", "")]
        return answer.showing(shown, answer.json["totalResults"])
