"""Rules for every lookup by userName: it is answered, and finds only the person asked for."""

import json

from scim_tests.checks.rules.every_list import total_of
from scim_tests.knowledge.consequences import LOOKUP_FAILS, SEVERAL_PEOPLE, STRANGER_LINKED, TOTAL_MISREAD
from scim_tests.model.check import BOTH, DEGRADED, MUST, STOPS, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

LOOKUPS = ("*.lookup", "*.find*", "read_user.by_user_name", "read_user.unknown_user_name")


def asked_user_name(exchange: Exchange) -> str:
    """The userName in a lookup's filter."""
    _, quote, rest = exchange.request.query.get("filter", "").partition('"')
    try:
        return str(json.loads(quote + rest, strict=False))
    except ValueError:
        raise NotObserved("", "the request's filter is not one that Okta sends") from None


@check(
    "every_lookup.is-answered",
    on=LOOKUPS,
    title="A lookup by userName is answered with 200, whether or not it finds somebody",
    references=(
        "RFC7644-3.4.2-08",
        "INTEROP-6.3-02",
        "INTEROP-6.3-01",
        "okta:S20",
        "okta:SUP-401",
        "okta:SPEC",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOOKUP_FAILS,
    fix='Support `filter=userName eq "…"` on /Users, and answer no match with 200 and totalResults 0.',
    follows=("every_answer.takes-the-scim-media-type",),
)
def is_answered(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return advice(
            "200 with totalResults 0 (Okta's client takes 404 for a miss, its suite does not)",
            exchange.answer.phrase,
        )
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "every_lookup.finds-no-stranger",
    on=LOOKUPS,
    title="A lookup finds only the person that it asks for",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.4.2.2-06", "okta:SUP-HRMOS"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=SEVERAL_PEOPLE,
    fix="Apply the filter; refuse a filter that cannot be applied with 400 invalidFilter, never ignore it.",
    follows=("push_user.keeps-the-user-name",),
)
def finds_no_stranger(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return None
    wanted = asked_user_name(exchange).lower()
    strangers = [user for user in exchange.resources if str(get(user, "userName")).lower() != wanted]
    if not strangers:
        return None
    if len(exchange.resources) == 1:
        return one_stranger("only the person asked for", "another person")
    others = f"{len(strangers)} more people" if len(strangers) > 1 else "one more person"
    return Finding("only the person asked for", others, "$.Resources")


def one_stranger(expected: str, got: str) -> Finding:
    """Okta links whoever is the only one found, and does not stop (okta:SUP-EXIST)."""
    return Finding(expected, got, "$.Resources", severity=WRONG_DATA, consequence=STRANGER_LINKED)


@check(
    "every_lookup.misses-a-new-person",
    on=("push_user.lookup", "read_user.unknown_user_name"),
    title="A lookup of a new person finds no user",
    references=("RFC7644-3.4.2-08", "okta:S20", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=SEVERAL_PEOPLE,
    fix='Answer no match with `"totalResults": 0` and an empty Resources.',
    when=lambda exchange: exchange.status != 404 and not _is_ours_already(exchange),
    otherwise="the person was there already, or a 404 said that there is no such person",
    follows=("every_lookup.finds-no-stranger", "every_lookup.is-answered"),
)
def misses_a_new_person(exchange: Exchange) -> Finding | None:
    total, shown = total_of(exchange), len(exchange.page.ids)
    if shown == 1 == total:
        return one_stranger("no person", "one person")
    if shown or total:
        return Finding("totalResults 0 and no people", f"totalResults {total} and {shown} people")
    return None


def _is_ours_already(exchange: Exchange) -> bool:
    """Whether the lookup found the one person it asked for, whom an earlier run left."""
    names = [str(get(user, "userName")).lower() for user in exchange.resources]
    return names == [asked_user_name(exchange).lower()]


@check(
    "every_lookup.totals-one-for-one-hit",
    on=LOOKUPS,
    title="If a lookup finds one user, totalResults is 1",
    references=("RFC7644-3.4.2.4-09", "RFC7644-3.4.2-03"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=TOTAL_MISREAD,
    fix="Count the matches of the filter, not all users.",
    when=lambda exchange: len(exchange.resources) == 1,
    otherwise="no lookup found exactly one user",
)
def totals_one_for_one_hit(exchange: Exchange) -> Finding | None:
    total = exchange.page.total
    return None if total == 1 else Finding("the integer 1", describe(total), "$.totalResults")
