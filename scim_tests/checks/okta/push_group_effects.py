"""Push Groups: what a write to a group does to its members, and what it is answered with."""

from scim_tests.checks.okta.push_group import name_differs
from scim_tests.checks.reading.compare import READ_ONLY, SECRET, changes, is_the_clients, without
from scim_tests.checks.reading.groups import believed, last_write, member_ids, members_differ
from scim_tests.knowledge.consequences import GROUP_LOST, OKTA_INDIFFERENT, WRONG_PROFILE
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

USER_AFTER = ("push_group.member_within", "push_group.member_after")


@check(
    "push_group.members-stay-as-they-are",
    on=USER_AFTER,
    title="A write to a group does not change its members' own attributes",
    references=("RFC7643-4.1.2-12", "RFC7644-3.5.2.3-01", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store members by id; adding or removing a member, or deleting the group, must not write to the user.",
)
def members_stay_as_they_are(exchange: Exchange) -> Finding | None:
    before = exchange.earlier("member_before").resource
    if exchange.status != 200:
        return Finding("200 with the user, as before", exchange.answer.phrase)
    was, now = (without(user, READ_ONLY, SECRET) for user in (before, exchange.resource))
    for path, old, new in changes(was, now):
        if is_the_clients(path):
            return Finding(f"{describe(old)}, as before", describe(new), path)
    return None


@check(
    "push_group.members-show-their-groups",
    on=USER_AFTER,
    when=lambda exchange: bool(get(exchange.resource, "groups")),
    otherwise="no user showed groups",
    title="If users show their groups, these are the groups they are in",
    references=("RFC7643-4.1.2-10", "RFC7643-4.1.2-12"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Compute `groups` from the groups' members instead of storing it, and give the groups' ids as values.",
)
def members_show_their_groups(exchange: Exchange) -> Finding | None:
    shown = get(exchange.resource, "groups")
    groups = [str(get(each, "value")) for each in shown] if isinstance(shown, list) else []
    gone = [each for each in exchange.before if each.step == "push_group.delete" and each.is_success]
    for each in gone:
        if each.request.endpoint.removeprefix("/Groups/") in groups:
            deleted = each.request.endpoint.removeprefix("/Groups/")
            return Finding("no group that was deleted", f"the group {deleted}", "$.groups")
    group = _latest_group(exchange)
    group_id, user_id = str(get(group, "id")), str(get(exchange.resource, "id"))
    if (group_id in groups) == (user_id in member_ids(group)):
        return None
    got = f"also {group_id}" if group_id in groups else f"all but {group_id}"
    return Finding("the groups that have the user as a member", got, "$.groups")


def _latest_group(exchange: Exchange) -> dict[str, object]:
    """The group as it was read last; a deleted one has nobody to show, and of one that never shows anybody nobody can tell."""
    if any(each.step == "push_group.delete" for each in exchange.before):
        raise NotObserved("", "the group was deleted before")
    read = exchange.earlier(
        *(each.step.partition(".")[2] for each in exchange.before if ".after_" in each.step)
    )
    seen = (each for each in (*read.before, read) if ".after_" in each.step and each.is_success)
    if not any(map(member_ids, (each.resource for each in seen))):
        raise NotObserved("", "no read of the group showed a member")
    return dict(read.resource)


def _changes_a_group(exchange: Exchange) -> bool:
    return exchange.request.method in {"PUT", "PATCH"} and exchange.request.endpoint.startswith("/Groups")


@check(
    "push_group.answer-is-the-group",
    on=("push_group.*", "link_group.*"),
    when=lambda exchange: _changes_a_group(exchange) and exchange.status == 200,
    otherwise="every change was answered with 204 or refused",
    title="The answer to a change shows the group as it is after the change",
    references=("RFC7644-3.5.2-21", "RFC7644-3.5.1-11", "RFC7643-3.1-06", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=GROUP_LOST,
    fix="Answer with the stored group, or answer a PATCH with 204; the answer to a PATCH may leave members out.",
    follows=(
        "every_group.has-members-with-ids",
        "push_group.create-keeps-the-members",
        "push_group.add-keeps-the-others",
        "push_group.remove-takes-only-who-is-named",
        "push_group.change-of-nothing-changes-nothing",
        "push_group.several-changes-apply-in-order",
        "push_group.push-now-leaves-nobody-else",
        "push_group.empty-push-leaves-nobody",
        "push_group.rename-keeps-the-members",
    ),
)
def answer_is_the_group(exchange: Exchange) -> Finding | None:
    if not exchange.answer.has_body and exchange.request.method == "PATCH":
        return advice("204, or the group", "200 with an empty body")
    wanted, group = last_write(exchange).request.endpoint.removeprefix("/Groups/"), exchange.resource
    if get(group, "id") != wanted:
        return Finding(wanted, describe(get(group, "id")), "$.id")
    belief = believed(exchange)
    differs = members_differ(belief.members, member_ids(group)) if get(group, "members") else None
    return differs or name_differs(belief.name, exchange)
