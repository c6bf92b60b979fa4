"""Profile push: what Okta changed is changed, everything else stays, and so does the id."""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import READ_ONLY, SECRET, changes, weightiest, without
from scim_tests.checks.reading.users import ids_of
from scim_tests.checks.rules.every_view_after_writes import shown_before, written_and_shown
from scim_tests.knowledge.consequences import LOST_ID, NOT_FOUND_AGAIN, STRANGER_LINKED, WRONG_PROFILE
from scim_tests.model.check import (
    BOTH,
    DEGRADED,
    MUST,
    OKTA,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource, get


def demand_success(exchange: Exchange) -> None:
    """A write that was refused is judged by itself; what follows from it is not."""
    if not exchange.is_success:
        raise NotObserved(exchange.step, f"answered {exchange.answer.phrase}")


@check(
    "update_user.unchanged-push-changes-nothing",
    on="update_user.read_unchanged",
    title="A push of exactly what the target showed changes nothing",
    references=("RFC7644-3.5.1-03", "RFC7644-3.5.1-09", "okta:FIREZONE", "okta:ROSTR"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Let a PUT replace values; if it adds to multi-valued attributes, they grow with every push.",
    follows=("every_view.shows-what-was-put", "push_user.keeps-the-user-name"),
)
def unchanged_push_changes_nothing(exchange: Exchange) -> Finding | None:
    put = exchange.earlier("put_unchanged")
    demand_success(put)
    changed = written_and_shown(put.request.resource, exchange, known=shown_before(put))
    return changed or weightiest(_additions(put.request.resource, exchange.resource))


def _additions(sent: Resource, shown: Resource) -> Iterator[Finding]:
    for path, new, old in changes(without(shown, READ_ONLY, SECRET), without(sent, READ_ONLY, SECRET)):
        if old is None and not path.endswith("$ref"):  # which a server makes of the value (RFC 7643 2.4)
            yield advice("nothing", describe(new), path)


@check(
    "update_user.emptied-value-is-gone",
    on="update_user.read_emptied",
    title="A value that Okta no longer sends is removed",
    references=("RFC7644-3.5.1-04", "okta:PLAN"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=WRONG_PROFILE,
    fix="Clear readWrite attributes that a PUT leaves out; the RFC allows it, and Okta has no other way to empty them.",
)
def emptied_value_is_gone(exchange: Exchange) -> Finding | None:
    demand_success(exchange.earlier("put_emptied"))
    before = get(exchange.earlier("read_back").resource, "displayName")
    shown = get(exchange.resource, "displayName")
    if before is None:
        raise NotObserved("", "the target keeps no displayName")
    return Finding("no displayName", describe(shown), "$.displayName") if shown == before else None


@check(
    "update_user.renamed-user-has-the-new-name",
    on="update_user.find_renamed",
    title="After a change of userName a lookup by the new name finds the same user",
    references=("RFC7644-3.5.1-03", "RFC7643-3.1-06", "RFC7644-3.4.2.2-06", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Let a PUT change userName, and keep the id.",
    follows=("every_lookup.finds-no-stranger", "every_lookup.is-answered"),
)
def renamed_user_has_the_new_name(exchange: Exchange) -> Finding | None:
    put = exchange.earlier("put_renamed")
    demand_success(put)
    wanted = put.request.endpoint.removeprefix("/Users/")
    ids = () if exchange.status == 404 else exchange.page.ids
    return None if ids == (wanted,) else Finding(f"only the user {wanted}", ids_of(exchange), "$.Resources")


@check(
    "update_user.old-name-finds-nobody",
    on="update_user.find_old_name",
    title="After a change of userName a lookup by the old name finds no user",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.4.2.2-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=STRANGER_LINKED,
    fix="Look up what is stored now; update every index and cache of names when a name changes.",
    follows=("every_lookup.finds-no-stranger", "every_lookup.is-answered"),
)
def old_name_finds_nobody(exchange: Exchange) -> Finding | None:
    demand_success(exchange.earlier("put_renamed"))
    found = 0 if exchange.status == 404 else len(exchange.page.ids)
    return Finding("no user", ids_of(exchange), "$.Resources") if found else None


@check(
    "update_user.own-name-in-other-letters-is-free",
    on="update_user.put_own_name",
    title="A userName can be changed in its letter case alone",
    references=("RFC7644-3.5.1-03", "RFC7643-4.1.1-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Leave the user itself out of the uniqueness check when it is updated.",
)
def own_name_in_other_letters_is_free(exchange: Exchange) -> Finding | None:
    """Only a conflict is wrong: a target may have other reasons to refuse the write."""
    return Finding("200 OK", exchange.answer.phrase) if exchange.status == 409 else None


@check(
    "update_user.keeps-its-id",
    on=(
        "update_user.read_unchanged",
        "update_user.read_back",
        "update_user.read_emptied",
        "update_user.read_renamed",
    ),
    title="After every push the user keeps its id and can be read by it",
    references=("RFC7643-3.1-06", "RFC7644-3.4.1-01", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Update the stored user; do not make ids from the userName or e-mail, since these change.",
)
def keeps_its_id(exchange: Exchange) -> Finding | None:
    wanted = exchange.request.endpoint.removeprefix("/Users/")
    if exchange.status != 200:
        return Finding("200 OK", exchange.answer.phrase)
    shown = get(exchange.resource, "id")
    return None if shown == wanted else Finding(wanted, describe(shown), "$.id")
