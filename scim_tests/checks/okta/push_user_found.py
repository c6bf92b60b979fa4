"""Push Users: a lookup finds a user as soon as the create is answered, however it is written."""

from scim_tests.checks.reading.users import ids_of
from scim_tests.knowledge.consequences import LOOKUP_FAILS, NOT_FOUND_AGAIN, OTHER_LETTERS
from scim_tests.model.check import BOTH, DEGRADED, MUST, OKTA, RFC, SHOULD, STOPS, Finding, check
from scim_tests.model.exchange import Exchange


@check(
    "push_user.find-hits-exactly-once",
    on="push_user.find",
    title="After the create a lookup finds exactly one user: the new one",
    references=("RFC7644-3.4.2.2-06", "RFC7644-3.4.2.2-02", "RFC7643-3.1-06", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Let a lookup by userName find a user as soon as the create is answered, with the same id.",
    follows=(
        "every_view.has-one-id-for-one-user-name",
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "every_read.answers-200",
    ),
)
def find_hits_exactly_once(exchange: Exchange) -> Finding | None:
    return _hits_that_user(exchange)


@check(
    "push_user.find-ignores-letter-case",
    on="push_user.find_in_capitals",
    title="A lookup in capital letters finds the same user",
    references=("RFC7643-4.1.1-03", "RFC7644-3.4.2.2-26", "INTEROP-5.2-05", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=RFC,
    consequence=OTHER_LETTERS,
    fix="Ignore letter case when userName is compared, in filters and in the uniqueness check.",
    follows=(
        "every_view.has-one-id-for-one-user-name",
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "every_read.answers-200",
        "push_user.find-hits-exactly-once",
    ),
)
def find_ignores_letter_case(exchange: Exchange) -> Finding | None:
    return _hits_that_user(exchange)


@check(
    "push_user.find-reads-plus-as-blank",
    on="push_user.find_with_plus",
    title="A lookup that writes its blanks as + finds the same user",
    references=("RFC7644-3.4.2.2-06", "okta:OLD"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=LOOKUP_FAILS,
    fix="Decode the query as a form does: `+` is a blank, `%2B` a plus sign.",
    follows=(
        "every_view.has-one-id-for-one-user-name",
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "every_read.answers-200",
        "push_user.find-hits-exactly-once",
    ),
)
def find_reads_plus_as_blank(exchange: Exchange) -> Finding | None:
    return _hits_that_user(exchange)


def _hits_that_user(exchange: Exchange) -> Finding | None:
    if exchange.status >= 400:
        return Finding("one user", exchange.answer.phrase)
    wanted = exchange.earlier("read").request.endpoint.removeprefix("/Users/")
    ids = exchange.page.ids
    if ids != (wanted,):
        return Finding(f"only the user {wanted}", ids_of(exchange))
    return None
