"""Push Groups: after every kind of change the group has the members Okta expects, and a refusal changes nothing."""

from scim_tests.checks.okta.push_group import name_differs
from scim_tests.checks.reading.groups import (
    believed,
    last_write,
    member_ids,
    members_differ,
    members_of,
    shown,
    shown_before,
    was_refused,
)
from scim_tests.knowledge.consequences import (
    GROUP_NAME_LOST,
    MEMBERS_WRONG,
    MEMBERSHIP_FAILS,
    OKTA_INDIFFERENT,
)
from scim_tests.model.check import (
    BOTH,
    DEGRADED,
    MUST,
    OKTA,
    RFC,
    SECURITY,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get

AFTER_RENAME = ("push_group.after_rename", "push_group.after_same_name", "link_group.after_rename")


def taken(exchange: Exchange) -> Finding | None:
    """Okta takes 200 with the group, members left out or not, and for a PATCH 204 (okta:S20)."""
    if exchange.status == 200 or (exchange.status == 204 and exchange.request.method == "PATCH"):
        return None
    expected = "200 with the group" if exchange.request.method == "PUT" else "200 with the group, or 204"
    return Finding(expected, exchange.answer.phrase)


def members_are_right(exchange: Exchange) -> Finding | None:
    return members_differ(believed(exchange).members, member_ids(exchange.resource))


@check(
    "push_group.members-come-and-go",
    on=("push_group.add", "push_group.remove*", "push_group.swap", "push_group.fill"),
    when=lambda exchange: exchange.step != "push_group.remove_again",
    otherwise="no member was added or removed",
    title="Okta's requests to add and remove members are answered with 200 or 204",
    references=(
        "RFC7644-3.5.2-21",
        "RFC7644-3.5.2.1-05",
        "RFC7644-3.5.2.2-04",
        "RFC7644-3.5.1-11",
        "RFC7643-4.1.2-13",
        "okta:S20",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=MEMBERSHIP_FAILS,
    fix='Support `remove` with the path `members[value eq "…"]` and `add` with a list, several in one PATCH; '
    "or a PUT of the whole group, with fewer members too.",
)
def members_come_and_go(exchange: Exchange) -> Finding | None:
    return taken(exchange)


@check(
    "push_group.members-are-replaced",
    on=("push_group.push_now", "push_group.empty", "link_group.push_now"),
    title="Push now is answered with 200 or 204, with members and without",
    references=("RFC7644-3.5.2.3-03", "RFC7643-2.5-02", "INTEROP-6.5.2.2-02", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=MEMBERSHIP_FAILS,
    fix='Support `{"op": "replace", "path": "members", "value": […]}`, with an empty list for an empty group.',
)
def members_are_replaced(exchange: Exchange) -> Finding | None:
    return taken(exchange)


@check(
    "push_group.change-without-path-is-taken",
    on=("push_group.rename", "push_group.same_name", "push_group.empty_without_path", "link_group.rename"),
    title="Okta's rename, whose value also contains the id, is answered with 200 or 204",
    references=("RFC7644-3.5.2-05", "RFC7644-3.5.2.3-01", "RFC7644-3.5.1-09", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=MEMBERSHIP_FAILS,
    fix="Take the attributes of a replace without path from its value, and ignore an `id` that is the group's own.",
)
def change_without_path_is_taken(exchange: Exchange) -> Finding | None:
    return taken(exchange)


@check(
    "push_group.present-member-is-taken",
    on="push_group.add_again",
    title="Adding somebody who is already a member is answered with success",
    references=("RFC7644-3.5.2.1-08", "okta:S20"),
    strength=SHOULD,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=MEMBERSHIP_FAILS,
    fix="Ignore an add of a present member; it is not a conflict.",
)
def present_member_is_taken(exchange: Exchange) -> Finding | None:
    return taken(exchange)


@check(
    "push_group.absent-member-is-taken",
    on="push_group.remove_again",
    title="Removing somebody who is no longer a member is answered with success",
    references=("RFC7644-3.5.2.2-08", "okta:S20"),
    strength=SHOULD,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=MEMBERSHIP_FAILS,
    fix="Answer 204: the group already is as the request wants it.",
)
def absent_member_is_taken(exchange: Exchange) -> Finding | None:
    return taken(exchange)


@check(
    "push_group.batch-is-taken",
    on="push_group.batch",
    title="A PATCH of a hundred changes is answered with 200 or 204",
    references=("RFC7644-3.5.2-03", "RFC7644-3.5.2-21", "IPSIE-6.2-05", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=MEMBERSHIP_FAILS,
    fix="Allow a hundred operations in one PATCH, which is Okta's default for one request.",
)
def batch_is_taken(exchange: Exchange) -> Finding | None:
    return taken(exchange)


@check(
    "push_group.create-keeps-the-members",
    on="push_group.after_create",
    title="A new group has exactly the members it was created with",
    references=("RFC7643-4.2-03", "RFC7644-3.1-05", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Store the members of the create, and show them at GET /Groups/{id}.",
    follows=("every_group.has-members-with-ids",),
)
def create_keeps_the_members(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.add-keeps-the-others",
    on=("push_group.after_add", "push_group.after_fill"),
    title="After an add the group has its old members and the new ones",
    references=("RFC7644-3.5.2.1-05", "RFC7644-3.5.2.1-03", "INTEROP-6.5.2.2-04", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Append on `add`; only `replace` replaces the old list.",
    follows=("every_group.has-members-with-ids",),
)
def add_keeps_the_others(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.remove-takes-only-who-is-named",
    on="push_group.after_remove",
    title="A remove takes out the members that it names and no others",
    references=("RFC7644-3.5.2.2-04", "RFC7644-3.5.2-15", "RFC7644-3.5.1-03", "okta:S20"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Find members by value, not by position, one operation after the other; never remove all members because of a filter.",
    follows=("every_group.has-members-with-ids",),
)
def remove_takes_only_who_is_named(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.change-of-nothing-changes-nothing",
    on=("push_group.after_add_again", "push_group.after_remove_again"),
    title="Adding a present member, or removing an absent one, does not change the members",
    references=("RFC7644-3.5.2.1-07", "RFC7644-3.5.2.2-08", "RFC7644-3.5.2.2-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Keep members as a set; a filter that matches nobody removes nobody.",
    follows=("every_group.has-members-with-ids", "push_group.remove-takes-only-who-is-named"),
)
def change_of_nothing_changes_nothing(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.several-changes-apply-in-order",
    on=("push_group.after_swap", "push_group.after_batch"),
    title="Several changes in one request are all applied, in their order",
    references=("RFC7644-3.5.2-15", "RFC7644-3.5.2-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Apply each operation to the result of the one before, all in one transaction.",
    follows=("every_group.has-members-with-ids", "push_group.remove-takes-only-who-is-named"),
)
def several_changes_apply_in_order(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.push-now-leaves-nobody-else",
    on=("push_group.after_push_now", "link_group.after_push_now"),
    title="After Push now the group has exactly the members that Okta sent",
    references=("RFC7644-3.5.2.3-03", "RFC7644-3.5.1-03", "INTEROP-6.5.2.2-02", "okta:S20"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Replace the old list with the new one; `replace` does not append.",
    follows=("every_group.has-members-with-ids",),
)
def push_now_leaves_nobody_else(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.empty-push-leaves-nobody",
    on=("push_group.after_empty", "push_group.after_empty_without_path"),
    title="A group that Okta pushes without members has no members",
    references=("RFC7644-3.5.2.3-03", "RFC7643-2.5-02", "RFC7644-3.5.1-05", "okta:S20"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Read an empty list as no members, not as a missing list.",
    follows=("push_group.push-now-leaves-nobody-else",),
)
def empty_push_leaves_nobody(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.rename-changes-the-name",
    on=("push_group.after_rename", "link_group.after_rename"),
    title="After a rename the group has the new displayName and the same id",
    references=("RFC7644-3.5.2.3-02", "RFC7644-3.5.1-03", "RFC7643-3.1-06", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=GROUP_NAME_LOST,
    fix="Store the new displayName, and keep the id and everything else.",
)
def rename_changes_the_name(exchange: Exchange) -> Finding | None:
    return name_differs(believed(exchange).name, exchange)


@check(
    "push_group.rename-keeps-the-members",
    on=AFTER_RENAME,
    title="A rename does not change the members",
    references=("RFC7644-3.5.2.3-01", "RFC7644-3.5.1-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Change only what the value names; a value without members is not an empty list.",
    follows=("every_group.has-members-with-ids",),
)
def rename_keeps_the_members(exchange: Exchange) -> Finding | None:
    return members_are_right(exchange)


@check(
    "push_group.profile-push-keeps-the-memberships",
    on="push_group.after_push_member",
    title="A push of a member's profile does not change the group",
    references=("RFC7643-4.1.2-12", "RFC7644-3.5.1-09", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Ignore `groups` in a PUT of a user, sent or not: it is read-only and follows from the groups.",
    follows=("every_group.is-read-by-its-id",),
)
def profile_push_keeps_the_memberships(exchange: Exchange) -> Finding | None:
    before = exchange.earlier("after_push_now")
    return members_differ(member_ids(before.resource), member_ids(exchange.resource))


@check(
    "push_group.refusal-changes-nothing",
    on=("push_group.after_*", "link_group.after_*"),
    when=was_refused,
    otherwise="no change of a group was refused",
    title="A refused change does not change the group",
    references=("RFC7644-3.5.2-17", "RFC7644-3.5.2-18"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=MEMBERS_WRONG,
    fix="Apply all operations in one transaction, and roll it back if one fails.",
)
def refusal_changes_nothing(exchange: Exchange) -> Finding | None:
    before, after = shown_before(last_write(exchange)), shown(exchange.resource)
    return members_differ(before.members, after.members) or name_differs(before.name, exchange)


@check(
    "push_group.members-are-users",
    on=("push_group.after_*", "link_group.after_*"),
    when=lambda exchange: bool(members_of(exchange.resource)),
    otherwise="no group showed a member",
    title="Users in a group are shown as users, not as groups",
    references=("RFC7643-4.2-03", "RFC7643-4.2-04"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Show members who are users with the type User and a $ref below /Users, or leave both out.",
)
def members_are_users(exchange: Exchange) -> Finding | None:
    for member in members_of(exchange.resource):
        type_, reference = get(member, "type"), str(get(member, "$ref") or "")
        if isinstance(type_, str) and type_.lower() == "group":
            return Finding("User", type_, "$.members[*].type")
        if f"/{reference}".lower().endswith(f"/groups/{get(member, 'value')}".lower()):
            return Finding(f"…/Users/{get(member, 'value')}", reference, "$.members[*].$ref")
    return None
