"""Look-ups by other attributes: who has the value is found, and nobody else (RFC 7644 3.4.2.2)."""

import json
import re

from scim_tests.checks.reading.compare import fold
from scim_tests.checks.reading.users import ids_of
from scim_tests.knowledge.consequences import NOT_FOUND_AGAIN, STRANGER_LINKED
from scim_tests.model.check import BOTH, DEGRADED, MUST, OKTA, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, Resource, get

FILTER = re.compile(r'([\w.]+) eq (".*")', re.DOTALL)
BY = "find_user.by_*"
EXACT = frozenset({"externalId"})  # caseExact (RFC 7643 3.1)


def answers(exchange: Exchange) -> bool:
    """Whether the target applied the filter."""
    return exchange.status == 200


@check(
    "find_user.answers-a-lookup-by-other-attributes",
    on=BY,
    title="A lookup by externalId, e-mail address or name is answered with 200",
    references=("RFC7644-3.4.2-08", "RFC7644-3.4.2.2-06", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=NOT_FOUND_AGAIN,
    fix="Support eq on every attribute that /Schemas declares: an app can have any of these as its unique identifier.",
)
def answers_a_lookup_by_other_attributes(exchange: Exchange) -> Finding | None:
    """Advice: Okta asks so only where the app's unique identifier is that attribute."""
    return None if answers(exchange) else Finding("200 OK", exchange.answer.phrase)


@check(
    "find_user.finds-who-has-the-value",
    on=BY,
    when=answers,
    otherwise="the target does not take such filters",
    title="A lookup by another attribute finds the user who has the value",
    references=("RFC7644-3.4.2.2-06", "RFC7644-3.4.2.2-02", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Compare the value with every entry of the attribute; refuse with 400 invalidFilter what cannot be compared.",
    follows=("every_lookup.is-answered", "every_read.answers-200", "push_user.find-hits-exactly-once"),
)
def finds_who_has_the_value(exchange: Exchange) -> Finding | None:
    user = exchange.earlier("read").resource
    if not _has(user, exchange):
        raise NotObserved("", "nobody is known to have the value")
    wanted = str(get(user, "id"))
    return (
        None
        if wanted in exchange.page.ids
        else Finding(f"the user {wanted}", ids_of(exchange), "$.Resources")
    )


@check(
    "find_user.finds-nobody-without-the-value",
    on=BY,
    when=answers,
    otherwise="the target does not take such filters",
    title="A lookup by another attribute finds no user who lacks the value; externalId in other letters is another value",
    references=("RFC7643-3.1-14", "RFC7643-7-16", "RFC7644-3.4.2.2-02", "RFC7644-3.4.2.2-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=STRANGER_LINKED,
    fix="Compare whole values, externalId with regard to letter case; never leave a filter or a part of it out.",
    follows=("every_lookup.finds-no-stranger",),
)
def finds_nobody_without_the_value(exchange: Exchange) -> Finding | None:
    """Of people who do not show the attribute nobody can tell."""
    strangers = [each for each in exchange.resources if _values(each, exchange) and not _has(each, exchange)]
    return (
        Finding("only people with the value", f"{len(strangers)} without it", "$.Resources")
        if strangers
        else None
    )


def _has(user: Resource, exchange: Exchange) -> bool:
    attribute, value = _asked(exchange)
    if attribute in EXACT:
        return value in _values(user, exchange)
    return fold(value) in [fold(each) for each in _values(user, exchange)]


def _values(user: Resource, exchange: Exchange) -> list[Json]:
    """What the user has at the place that the filter asks for."""
    name, _, part = _asked(exchange)[0].partition(".")
    found = get(user, name)
    values = [get(each, part) if part else each for each in (found if isinstance(found, list) else [found])]
    return [each for each in values if each is not None]


def _asked(exchange: Exchange) -> tuple[str, str]:
    """Attribute and value."""
    found = FILTER.fullmatch(exchange.request.query.get("filter", ""))
    if found is None:
        raise NotObserved("", "the request's filter is not one of ours")
    return found[1], str(json.loads(found[2]))
