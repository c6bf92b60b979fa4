"""Filters and media types that the RFC allows: such a request finds the person, or is refused with an error."""

from scim_tests.checks.reading.users import ids_of
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange

HIM = ("query_users.two_clauses", "query_users.brackets", "query_users.with_attributes")
NOBODY_FITS = ("query_users.nobody_too", "query_users.apostrophe", "query_users.not_equal")


def refuses(exchange: Exchange) -> bool:
    """Whether the target says that it does not do that; a server error is judged by itself."""
    return exchange.status >= 400


@check(
    "query_users.words-ignore-letter-case",
    on="query_users.words_in_capitals",
    title="A filter with attribute and operator in capital letters finds the person",
    references=("RFC7644-3.4.2.2-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Ignore letter case in the attribute names and operators of a filter.",
    follows=(
        "every_lookup.is-answered",
        "every_lookup.finds-no-stranger",
        "push_user.find-hits-exactly-once",
    ),
)
def words_ignore_letter_case(exchange: Exchange) -> Finding | None:
    if refuses(exchange):
        return Finding("one user", exchange.answer.phrase)
    return None if len(exchange.page.ids) == 1 else Finding("one user", ids_of(exchange))


@check(
    "query_users.finds-the-person",
    on=HIM,
    title="A filter finds the person also with more clauses, with brackets and with a choice of attributes",
    references=(
        "RFC7644-3.4.2.2-02",
        "RFC7644-3.4.2.2-14",
        "RFC7644-3.4.2.2-15",
        "RFC7643-4.1.1-03",
        "INTEROP-6.3-03",
    ),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Evaluate every filter with the same code; refuse with 400 invalidFilter what it cannot evaluate.",
    follows=(
        "every_lookup.finds-no-stranger",
        "push_user.find-ignores-letter-case",
        "push_user.find-hits-exactly-once",
    ),
)
def finds_the_person(exchange: Exchange) -> Finding | None:
    """A refusal is honest: whom nobody finds, nobody takes for somebody else."""
    if refuses(exchange):
        return advice("one user", exchange.answer.phrase)
    return None if len(exchange.page.ids) == 1 else Finding("one user", ids_of(exchange))


@check(
    "query_users.finds-nobody-else",
    on=NOBODY_FITS,
    when=lambda exchange: not refuses(exchange),
    otherwise="the target refuses such filters",
    title="A filter that matches no user finds no user",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.4.2.2-06", "RFC7644-3.4.2.2-07", "RFC7644-3.4.2.2-14"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Evaluate the whole filter and the whole value; refuse with 400 invalidFilter what cannot be evaluated.",
    follows=("every_lookup.finds-no-stranger",),
)
def finds_nobody_else(exchange: Exchange) -> Finding | None:
    return Finding("no user", ids_of(exchange)) if exchange.page.ids else None


@check(
    "query_users.answers-who-accepts-json",
    on="query_users.plain_json",
    title="A request that accepts application/json is answered",
    references=("RFC7644-3.8-05",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept application/json in Accept too.",
)
def answers_who_accepts_json(exchange: Exchange) -> Finding | None:
    return None if exchange.is_success else Finding("200 OK", exchange.answer.phrase)


@check(
    "query_users.answers-who-accepts-anything",
    on="query_users.anything",
    title="A request without Accept is answered, with application/scim+json",
    references=("RFC7644-3.8-06",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer application/scim+json if no Accept is sent.",
)
def answers_who_accepts_anything(exchange: Exchange) -> Finding | None:
    """Mild for another label: what is no JSON other rules find."""
    if not exchange.is_success:
        return Finding("200 OK", exchange.answer.phrase)
    label = exchange.answer.header("Content-Type") or "no Content-Type"
    good = label.partition(";")[0].strip().lower() == "application/scim+json"
    return None if good else advice("application/scim+json", label, "Content-Type")


@check(
    "query_users.part-has-the-version-of-the-whole",
    on="query_users.part",
    when=lambda exchange: (
        bool(exchange.answer.header("ETag")) and bool(exchange.earlier("whole").answer.header("ETag"))
    ),
    otherwise="the target sends no ETag",
    title="A user has the same version, whichever attributes a request asks for",
    references=("RFC7644-3.14-06", "RFC7643-3.1-22"),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compute the ETag from the stored user, not from the text of the answer.",
)
def part_has_the_version_of_the_whole(exchange: Exchange) -> Finding | None:
    whole = exchange.earlier("whole")
    wanted, got = whole.answer.header("ETag"), exchange.answer.header("ETag")
    return None if wanted == got else Finding(str(wanted), str(got), "ETag")
