"""One person is read by list, id and userName, and unknown ids and names find no user."""

from scim_tests.checks.rules.every_error import error_body
from scim_tests.knowledge.consequences import NOT_FOUND_AGAIN, OTHERS_MISLED, REVIEW_FAILS
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, STOPS, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import get


@check(
    "read_user.unknown-id-answers-404",
    on="read_user.unknown_id",
    title="Reading an id that does not exist is answered with 404",
    references=("RFC7644-3.4.1-02", "RFC7644-3.12-11", "okta:SPEC", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=REVIEW_FAILS,
    fix="Answer 404 with a SCIM error for every unknown id.",
)
def unknown_id_answers_404(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 404 else Finding("404 Not Found", exchange.answer.phrase)


@check(
    "read_user.list-answers-200",
    on="read_user.list",
    title="A page of one person is answered with 200",
    references=("RFC7644-3.4.2-02", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=REVIEW_FAILS,
    fix="Serve GET /Users with startIndex and count.",
)
def list_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "read_user.listed-person-is-found-by-user-name",
    on="read_user.by_user_name",
    title="A lookup by a userName from the list finds that person",
    references=("RFC7644-3.4.2.2-06", "RFC7643-4.1.1-02", "okta:SUP-EXIST"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Show the same userName that lookups compare.",
    follows=(
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "push_user.keeps-the-user-name",
        "every_user.has-a-user-name",
        "update_user.renamed-user-has-the-new-name",
        "push_user.find-hits-exactly-once",
    ),
)
def listed_person_is_found_by_user_name(exchange: Exchange) -> Finding | None:
    """Whoever is found beside that person is judged by the rules for strangers and for duplicates."""
    wanted = exchange.earlier("list").page.ids[0]
    found = () if exchange.status == 404 else exchange.page.ids
    shown = several(found, "user")
    return None if wanted in found else Finding(f"the user {wanted}", shown, "$.Resources")


@check(
    "read_user.broken-filter-is-refused",
    on="read_user.broken_filter",
    title="A filter with an unknown operator is refused, not ignored",
    references=("RFC7644-3.4.2.2-24", "RFC7644-3.12-17", "RFC7644-3.4.2.2-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer a filter that cannot be understood with 400 and scimType invalidFilter.",
    follows=("every_lookup.finds-no-stranger",),
)
def broken_filter_is_refused(exchange: Exchange) -> Finding | None:
    if exchange.status == 400:
        return None
    if 400 <= exchange.status < 500 or exchange.status == 501:
        return advice("400 Bad Request", exchange.answer.phrase)
    severity = None if exchange.is_success else DEGRADED
    return Finding("400 Bad Request", exchange.answer.phrase, severity=severity)


@check(
    "read_user.broken-filter-is-called-invalid",
    on="read_user.broken_filter",
    when=lambda exchange: exchange.status == 400,
    otherwise="the broken filter was not refused with 400",
    title="The refusal of a broken filter has the scimType invalidFilter",
    references=("RFC7644-3.12-17", "RFC7644-3.4.2.2-24"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Put `"scimType": "invalidFilter"` into the error.',
    follows=("every_error.has-the-error-schema",),
)
def broken_filter_is_called_invalid(exchange: Exchange) -> Finding | None:
    scim_type = get(error_body(exchange), "scimType")
    return (
        None if scim_type == "invalidFilter" else Finding("invalidFilter", describe(scim_type), "$.scimType")
    )
