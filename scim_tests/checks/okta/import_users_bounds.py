"""Import: how the target answers a startIndex and a count at the limits of the list."""

from scim_tests.checks.okta.import_users import PAGE, same_people
from scim_tests.checks.reading.users import ids_of
from scim_tests.checks.rules.every_list import total_of
from scim_tests.knowledge.consequences import IMPORT_FAILS, OKTA_INDIFFERENT
from scim_tests.model.check import (
    COSMETIC,
    DEGRADED,
    MUST,
    RFC,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.transcript import Transcript


@check(
    "import_users.past-the-end-is-nobody",
    on="import_users.past_the_end",
    title="A page past the end is answered with 200, no people and the right totalResults",
    references=("RFC7644-3.4.2.4-12", "RFC7644-3.4.2-05"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=IMPORT_FAILS,
    fix="Answer a startIndex past the end with an empty Resources and the same totalResults as on every page.",
    follows=(
        "every_list.keeps-to-the-count",
        "import_users.goes-on-to-the-next-page",
        "import_users.total-counts-everybody",
    ),
)
def past_the_end_is_nobody(exchange: Exchange) -> Finding | None:
    """The RFC says only by way of startIndex and totalResults what comes there; Okta never asks."""
    if exchange.status in {400, 404}:
        return advice("200 without people", exchange.answer.phrase)
    return _nobody_but_the_total(exchange)


@check(
    "import_users.count-zero-shows-nobody",
    on="import_users.count_zero",
    title="With count=0 the answer has totalResults and no people",
    references=("RFC7644-3.4.2.4-05",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Answer a count of 0 with the number of all people in totalResults and nobody on the page.",
    follows=("every_list.keeps-to-the-count", "import_users.total-counts-everybody"),
)
def count_zero_shows_nobody(exchange: Exchange) -> Finding | None:
    return _nobody_but_the_total(exchange)


@check(
    "import_users.negative-count-is-zero",
    on="import_users.count_negative",
    title="A negative count is treated as 0",
    references=("RFC7644-3.4.2.4-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Treat a negative count as 0.",
    follows=("every_list.keeps-to-the-count", "import_users.total-counts-everybody"),
)
def negative_count_is_zero(exchange: Exchange) -> Finding | None:
    return _nobody_but_the_total(exchange)


def _nobody_but_the_total(exchange: Exchange) -> Finding | None:
    if exchange.status != 200:
        return Finding("200 without people", exchange.answer.phrase)
    if exchange.page.ids:
        return Finding("no people", ids_of(exchange), "$.Resources")
    walked = Transcript(exchange.before).of(PAGE)
    total = total_of(walked[-1]) if walked else total_of(exchange)
    got = total_of(exchange)
    if got == total:
        return None
    # somebody may have been at work on the target meanwhile, but not have removed everybody
    return Finding(f"totalResults {total}", str(got), "$.totalResults", mild=got != 0)


@check(
    "import_users.start-below-one-is-one",
    on=("import_users.start_zero", "import_users.start_negative"),
    title="A startIndex below 1 is treated as 1",
    references=("RFC7644-3.4.2.4-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Treat a startIndex below 1 as 1.",
    follows=(
        "import_users.lists-as-many-as-it-totals",
        "import_users.small-pages-show-the-same-people",
        "import_users.second-walk-keeps-the-order",
        "import_users.negative-count-is-zero",
    ),
)
def start_below_one_is_one(exchange: Exchange) -> Finding | None:
    if exchange.status != 200:
        return Finding("200 with the first people", exchange.answer.phrase)
    return same_people(exchange)
