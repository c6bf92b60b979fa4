"""What is broken in a question is refused, or passed over where that is harmless; nobody is ever found by it."""

from scim_tests.checks.reading.users import ids_of
from scim_tests.checks.rfc.send_odd_requests import wrong_kind
from scim_tests.checks.rules.every_error import error_body
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

ACT = "ask_odd_questions"
BROKEN = tuple(
    f"{ACT}.{step}"
    for step in (
        "no_filter", "no_value", "turned_round", "other_language", "unended", "open_bracket",
        "of_another_parent", "control_characters",
    )
)  # fmt: skip
BOOLEAN = f"{ACT}.order_of_a_boolean"
OF_NOBODY = tuple(
    f"{ACT}.{step}"
    for step in (
        "unknown_attribute", "long_value", "many_brackets", "many_clauses", "start_*", "count_*", "sorted_*",
        "unknown_parameter",
    )
)  # fmt: skip
INVALID_FILTER = frozenset({"invalidFilter"})
NEAR = frozenset({"invalidSyntax", "invalidValue", "invalidPath"})


@check(
    "ask_odd_questions.broken-filter-is-refused",
    on=BROKEN,
    title="A filter that is empty, incomplete or in another language is refused, not ignored",
    references=(
        "RFC7644-3.4.2.2-04",
        "RFC7644-3.4.2.2-05",
        "RFC7644-3.4.2.2-17",
        "RFC7644-3.4.2.2-18",
    ),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Parse the whole filter by the grammar of RFC 7644 3.4.2.2, and answer 400 invalidFilter to all else.",
    follows=("every_lookup.finds-no-stranger", "read_user.broken-filter-is-refused"),
)
def broken_filter_is_refused(exchange: Exchange) -> Finding | None:
    """Whoever finds nobody by it misleads nobody, and an empty parameter may count as none."""
    if exchange.is_success:
        is_none = exchange.step.endswith(".no_filter")
        mild = is_none or not exchange.page.ids
        return Finding("400 Bad Request", f"{exchange.answer.phrase} with {ids_of(exchange)}", mild=mild)
    if exchange.status == 400 or exchange.status >= 500:
        return None  # a server error is judged by itself
    return advice("400 Bad Request", exchange.answer.phrase)


@check(
    "ask_odd_questions.booleans-have-no-order",
    on=BOOLEAN,
    when=lambda exchange: exchange.status != 501,
    otherwise="the target has no filters",
    title="A filter that asks whether a boolean is greater is refused as invalidFilter",
    references=("RFC7644-3.4.2.2-13",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidFilter to gt, ge, lt and le on booleans and binary values.",
    follows=("read_user.broken-filter-is-refused",),
)
def booleans_have_no_order(exchange: Exchange) -> Finding | None:
    if exchange.status >= 500:
        return None  # judged by itself
    if exchange.status != 400:
        return Finding("400 Bad Request", exchange.answer.phrase, mild=exchange.status > 400)
    return wrong_kind(exchange, INVALID_FILTER, NEAR)


@check(
    "ask_odd_questions.broken-filter-is-called-invalid",
    on=BROKEN,
    when=lambda exchange: exchange.status == 400,
    otherwise="no broken filter was refused with 400",
    title="The refusal of a filter that breaks the grammar has the scimType invalidFilter",
    references=("RFC7644-3.12-17",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Put `"scimType": "invalidFilter"` into the error.',
    follows=("every_error.has-the-error-schema", "read_user.broken-filter-is-called-invalid"),
)
def broken_filter_is_called_invalid(exchange: Exchange) -> Finding | None:
    return wrong_kind(exchange, INVALID_FILTER, NEAR)


@check(
    "ask_odd_questions.refusal-of-a-filter-says-why",
    on=(*BROKEN, BOOLEAN),
    when=lambda exchange: exchange.status == 400,
    otherwise="no broken filter was refused with 400",
    title="The refusal of a filter says in its detail what is wrong",
    references=("RFC7644-3.4.2.2-25",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Say in `detail` which part of the filter cannot be read.",
    follows=("every_error.has-a-detail", "every_error.has-the-error-schema"),
)
def refusal_of_a_filter_says_why(exchange: Exchange) -> Finding | None:
    detail = get(error_body(exchange), "detail")
    said = isinstance(detail, str) and detail.strip()
    return None if said else Finding("a sentence", describe(detail), "$.detail")


@check(
    "ask_odd_questions.finds-nobody",
    on=OF_NOBODY,
    when=lambda exchange: exchange.status < 400,
    otherwise="the target refuses such questions",
    title="A question that no user fits finds no user, however long or odd it is",
    references=("RFC7644-3.4.2.2-02",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Never cut a filter short or leave it out: refuse with 400 what is too long, too deep or unknown.",
    follows=("every_lookup.finds-no-stranger", "query_users.finds-nobody-else"),
)
def finds_nobody(exchange: Exchange) -> Finding | None:
    return Finding("no user", ids_of(exchange), "$.Resources") if exchange.page.ids else None


@check(
    "ask_odd_questions.unknown-parameter-is-ignored",
    on=f"{ACT}.unknown_parameter",
    title="A query parameter that nobody knows is passed over",
    references=("RFC7644-3.4.2-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read the parameters of the RFC, and leave all others alone.",
)
def unknown_parameter_is_ignored(exchange: Exchange) -> Finding | None:
    refused = 400 <= exchange.status < 500
    return Finding("200 OK", exchange.answer.phrase) if refused else None


@check(
    "ask_odd_questions.unknown-endpoint-answers-404",
    on=f"{ACT}.unknown_endpoint",
    title="An endpoint that does not exist is answered with 404",
    references=("RFC7644-3.12-11",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Let nothing but SCIM answer below the base URL, and answer 404 with a SCIM error where nothing is.",
    follows=("every_answer.is-no-server-error", "every_answer.is-json"),
)
def unknown_endpoint_answers_404(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 404 else Finding("404 Not Found", exchange.answer.phrase)


@check(
    "ask_odd_questions.accept-may-name-several",
    on=f"{ACT}.accepts_several",
    title="A request that accepts application/scim+json among others, with weights, is answered",
    references=("RFC7644-3.8-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read Accept as RFC 9110 12.5.1 says: a list of media types with weights.",
)
def accept_may_name_several(exchange: Exchange) -> Finding | None:
    refused = exchange.status in {400, 406, 415}
    return Finding("200 OK", exchange.answer.phrase) if refused else None


@check(
    "ask_odd_questions.broken-search-is-refused",
    on=f"{ACT}.search_*",
    when=lambda exchange: exchange.status not in {404, 405, 501},
    otherwise="the target has no /.search",
    title="A search whose body cannot be read is refused",
    references=("RFC7644-3.12-08",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidSyntax or invalidValue where the body is no SearchRequest.",
)
def broken_search_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("400 Bad Request", exchange.answer.phrase) if exchange.is_success else None


@check(
    "ask_odd_questions.bearer-without-a-token-is-malformed",
    on=f"{ACT}.empty_bearer",
    when=lambda exchange: exchange.status >= 400,
    otherwise="the request was not refused",
    title="An Authorization header that ends after Bearer is answered with 400",
    references=("RFC6750-3.1-01",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Answer 400 with `WWW-Authenticate: Bearer realm="…", error="invalid_request"`; 401 is common.',
)
def bearer_without_a_token_is_malformed(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 400 else advice("400 Bad Request", exchange.answer.phrase)
