"""Group changes of other clients: named members are removed, unknown members are not stored, and a deleted group is gone."""

from scim_tests.checks.reading.groups import member_ids
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.act import NOBODY
from scim_tests.model.check import COSMETIC, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import get


@check(
    "patch_group.list-of-members-is-removed",
    on="patch_group.after_remove_list",
    title="A remove with a list of members removes those members and no others",
    references=("RFC7644-3.5.2.2-03", "RFC7644-3.5.2.2-04"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="If a remove of members has a value, remove the members it lists, as Entra expects.",
)
def list_of_members_is_removed(exchange: Exchange) -> Finding | None:
    """Advice at most: by the RFC alone a remove without a filter removes all, and has no value."""
    patch = exchange.previous
    if not patch.is_success:
        return Finding("200 or 204 to the PATCH before this", patch.answer.phrase)
    leaver = get(patch.request.operations[0], "value", 0, "value")
    before = member_ids(exchange.earlier("proof").resource)
    if leaver not in before:
        raise NotObserved("", "the group does not show whom it was created with")
    wanted = before - {leaver}
    got = member_ids(exchange.resource)
    return None if got == wanted else Finding(_said(wanted), _said(got), "$.members")


def _said(ids: frozenset[str]) -> str:
    return ", ".join(sorted(ids)) or "no members"


@check(
    "patch_group.nobody-is-no-member",
    on="patch_group.after_add_nobody",
    title="The target does not store a member whose id does not exist",
    references=("RFC7643-4.2-03",),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse members who do not exist with 400 invalidValue.",
)
def nobody_is_no_member(exchange: Exchange) -> Finding | None:
    kept = NOBODY in member_ids(exchange.resource)
    return (
        advice("no member with an id that nobody has", f"the member {NOBODY}", "$.members") if kept else None
    )


@check(
    "patch_group.deleted-group-cannot-be-deleted",
    on="patch_group.delete_again",
    when=lambda exchange: exchange.earlier("delete").is_success,
    otherwise="the first DELETE was refused",
    title="A DELETE of a group that is deleted already is answered with 404",
    references=("RFC7644-3.6-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 404 to every request for a resource that does not exist.",
)
def deleted_group_cannot_be_deleted(exchange: Exchange) -> Finding | None:
    """Mild for 204 and 410, which leave no doubt that the group is gone."""
    if exchange.status == 404:
        return None
    return Finding("404 Not Found", exchange.answer.phrase, mild=exchange.status in {204, 410})
