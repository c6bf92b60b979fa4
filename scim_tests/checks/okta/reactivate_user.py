"""A returning person: Okta finds the inactive user and makes the same user active again."""

from scim_tests.checks.okta.update_user import demand_success
from scim_tests.checks.reading.users import user_of
from scim_tests.knowledge.consequences import NOT_REACTIVATED, WRONG_PROFILE
from scim_tests.model.check import BOTH, MUST, RFC, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get


@check(
    "reactivate_user.finds-the-inactive-user",
    on="reactivate_user.find",
    title="A lookup by userName finds a person who left, as inactive",
    references=("RFC7644-3.4.2.2-06", "RFC7643-4.1.1-12", "okta:F27262", "okta:LAB-KR"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_REACTIVATED,
    fix="Let lookups find inactive users, with `active` false.",
    follows=(
        "every_view.has-one-id-for-one-user-name",
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "deactivate_user.keeps-the-user-readable",
        "deactivate_user.makes-the-user-inactive",
        "deactivate_user.keeps-the-user-findable",
    ),
)
def finds_the_inactive_user(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return Finding("one inactive user", exchange.answer.phrase)
    if not exchange.page.ids:
        return Finding("one inactive user", "no user", "$.Resources")
    active = get(user_of(exchange), "active")
    return None if active is False else Finding("false", describe(active), "$.active")


@check(
    "reactivate_user.patch-is-taken",
    on="reactivate_user.patch",
    title="Okta's PATCH that sets active to true is answered with 200 or 204",
    references=("RFC7644-3.5.2-05", "RFC7644-3.5.2-21", "IPSIE-5.1-03", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_REACTIVATED,
    fix='Support `{"op": "replace", "value": {"active": true}}` as well as its opposite.',
    follows=("deactivate_user.keeps-the-user-readable",),
)
def patch_is_taken(exchange: Exchange) -> Finding | None:
    good = exchange.status in {200, 204}
    return None if good else Finding("200 with the user, or 204", exchange.answer.phrase)


@check(
    "reactivate_user.makes-the-user-active",
    on="reactivate_user.read_back",
    title="After the reactivation the user is active, under the same id",
    references=("RFC7643-4.1.1-12", "RFC7644-3.5.2.3-02", "RFC7643-3.1-06", "IPSIE-5.1-03", "okta:CRUD"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_REACTIVATED,
    fix="Store active true before answering.",
    follows=("every_user.has-active-as-a-boolean",),
)
def makes_the_user_active(exchange: Exchange) -> Finding | None:
    demand_success(exchange.earlier("patch", "put"))
    active = get(exchange.resource, "active")
    return None if active is True else Finding("true", describe(active), "$.active")


@check(
    "reactivate_user.obeys-the-push-that-follows",
    on="reactivate_user.read_stale",
    title="A profile push with active false makes the user inactive again",
    references=("RFC7644-3.5.1-03", "okta:F14380"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Do what each request says, in the order in which they arrive; do not guess which one was meant.",
    follows=(
        "every_view.shows-what-was-put",
        "every_view.still-shows-what-was-put",
    ),
)
def obeys_the_push_that_follows(exchange: Exchange) -> Finding | None:
    demand_success(exchange.earlier("put_stale"))
    active = get(exchange.resource, "active")
    return None if active is False else Finding("false, as it was sent", describe(active), "$.active")
