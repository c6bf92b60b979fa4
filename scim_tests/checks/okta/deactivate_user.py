"""Unassigning: the user becomes inactive at once, keeps all other values, and can still be read and found."""

from scim_tests.checks.reading.users import ids_of, user_of
from scim_tests.knowledge.consequences import NOT_REACTIVATED, QUIETLY_ACTIVE, STILL_ACTIVE
from scim_tests.model.check import BOTH, MUST, STOPS, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

WRITES = ("patch", "put")


@check(
    "deactivate_user.patch-is-taken",
    on="deactivate_user.patch",
    title="Okta's PATCH without a path is answered with 200 or 204",
    references=(
        "RFC7644-3.5.2-05",
        "RFC7644-3.5.2-21",
        "RFC7644-3.5.2.3-01",
        "RFC7644-3.5-02",
        "INTEROP-6.5-01",
        "okta:S20",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=STILL_ACTIVE,
    fix='Support `{"op": "replace", "value": {"active": false}}`; a replace without path takes the attributes from value.',
    follows=("every_answer.takes-the-scim-media-type",),
)
def patch_is_taken(exchange: Exchange) -> Finding | None:
    good = exchange.status in {200, 204}
    return None if good else Finding("200 with the user, or 204", exchange.answer.phrase)


@check(
    "deactivate_user.makes-the-user-inactive",
    on=("deactivate_user.read_back", "deactivate_user.find"),
    title="After the deactivation the user is inactive, when read by id and when looked up",
    references=(
        "RFC7643-4.1.1-12",
        "RFC7644-3.5.2.3-02",
        "RFC7644-3.5.1-03",
        "RFC7644-3.5.2.3-01",
        "okta:CRUD",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=QUIETLY_ACTIVE,
    fix="Store active false before answering; after a 200 without effect the person still has access.",
    follows=("every_user.has-active-as-a-boolean",),
)
def makes_the_user_inactive(exchange: Exchange) -> Finding | None:
    write = exchange.earlier(*WRITES)
    if not write.is_success:
        raise NotObserved(write.step, f"answered {write.answer.phrase}")
    active = get(user_of(exchange), "active")
    return None if active is False else Finding("false", describe(active), "$.active")


@check(
    "deactivate_user.keeps-the-user-readable",
    on="deactivate_user.read_back",
    title="An inactive user can still be read by id",
    references=("INTEROP-6.6-02", "RFC7644-3.4.1-01", "INTEROP-6.6-01", "okta:CRUD", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_REACTIVATED,
    fix="Treat inactive users as users; only a DELETE hides them.",
    follows=("every_view.has-one-id-for-one-user-name",),
)
def keeps_the_user_readable(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "deactivate_user.keeps-the-user-findable",
    on="deactivate_user.find",
    title="A lookup by userName still finds an inactive user, under the same id",
    references=("RFC7644-3.4.2.2-06", "RFC7643-3.1-06", "okta:F27262"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_REACTIVATED,
    fix="Do not add `active eq true` to the client's filter.",
    follows=(
        "deactivate_user.keeps-the-user-readable",
        "every_view.has-one-id-for-one-user-name",
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
    ),
)
def keeps_the_user_findable(exchange: Exchange) -> Finding | None:
    wanted = exchange.earlier(*WRITES).request.endpoint.removeprefix("/Users/")
    ids = () if exchange.status == 404 else exchange.page.ids
    return None if ids == (wanted,) else Finding(f"only the user {wanted}", ids_of(exchange), "$.Resources")
