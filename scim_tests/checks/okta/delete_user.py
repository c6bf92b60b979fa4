"""Somebody is deleted and comes back: what is asked of who is gone is answered with 404, and a return is a new beginning.

Okta deletes a user only where granular deprovisioning is switched on; other clients do.
"""

from scim_tests.checks.reading.groups import member_ids
from scim_tests.checks.reading.users import ids_of
from scim_tests.knowledge.consequences import (
    CREATE_FAILS,
    LOST_ID,
    MEMBERS_WRONG,
    MEMBERSHIP_FAILS,
    NOT_FOUND_AGAIN,
    OTHERS_MISLED,
)
from scim_tests.model.check import (
    BOTH,
    DEGRADED,
    MUST,
    RFC,
    SECURITY,
    SHOULD,
    WRONG_DATA,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

NOT_SUPPORTED = frozenset({405, 501})  # PATCH is optional (RFC 7644 3.5.2), and so is DELETE (RFC 7644 3.12)
LEFT = ("nickName", "title")  # what the first create sent and the second did not


@check(
    "delete_user.write-to-nobody-is-refused",
    on=("delete_user.put_to_nobody", "delete_user.patch_to_nobody", "delete_user.delete_again"),
    title="A PUT, PATCH or DELETE of a user who is gone is answered with 404",
    references=("RFC7644-3.6-02", "RFC7644-3.2-04", "RFC7644-3.5.1-01", "RFC7644-3.5.2-23"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look the user up before writing, and answer 404 where nobody is found.",
)
def write_to_nobody_is_refused(exchange: Exchange) -> Finding | None:
    mild = 400 <= exchange.status < 500 or exchange.status in NOT_SUPPORTED
    return (
        None if exchange.status in {404, 410} else Finding("404 Not Found", exchange.answer.phrase, mild=mild)
    )


@check(
    "delete_user.person-can-come-back",
    on="delete_user.create_again",
    title="Somebody who was deleted can be created again under the same userName",
    references=("RFC7644-3.6-04", "RFC7644-3.6-05", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=CREATE_FAILS,
    fix="Leave deleted users out of the uniqueness check.",
)
def person_can_come_back(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 201 else Finding("201 Created", exchange.answer.phrase)


@check(
    "delete_user.comes-back-as-somebody-new",
    on="delete_user.read_again",
    title="Somebody who is created again has a new id, and only what the new create sent",
    references=("RFC7643-3.1-06", "RFC7644-3.3-02", "RFC7644-3.6-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Make a new user with a new id; do not bring the deleted record back.",
)
def comes_back_as_somebody_new(exchange: Exchange) -> Finding | None:
    sent, old = exchange.earlier("create").request.resource, exchange.earlier("read").resource
    if get(exchange.resource, "id") == get(old, "id"):
        return Finding("a new id", f"{get(old, 'id')}, that of the deleted user", "$.id")
    again = exchange.earlier("create_again").request.written  # with what an admin had to map for everybody
    for name in (each for each in LEFT if each not in again):
        shown = get(exchange.resource, name)
        if shown is not None and shown == get(sent, name) == get(old, name):
            return Finding(
                "no value, since none was sent", f"{describe(shown)}, the deleted user's", f"$.{name}"
            )
    return None


@check(
    "delete_user.is-found-again-alone",
    on="delete_user.find_again",
    title="A lookup of somebody who was created again finds the new user alone",
    references=("RFC7644-3.6-03", "RFC7644-3.4.2.2-06", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Leave deleted users out of every query, and let a lookup find the new one at once.",
    follows=("every_lookup.is-answered", "every_lookup.finds-no-stranger"),
)
def is_found_again_alone(exchange: Exchange) -> Finding | None:
    wanted = exchange.earlier("create_again").answer.id
    if not wanted:
        raise NotObserved("", "nobody was created again")
    ids = () if exchange.status == 404 else exchange.page.ids
    return None if ids == (wanted,) else Finding(f"only the user {wanted}", ids_of(exchange), "$.Resources")


@check(
    "delete_user.is-a-member-no-more",
    on="delete_user.group_after",
    title="A group does not show a member who was deleted",
    references=("RFC7643-2.3.7-06", "RFC7644-3.6-03"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=MEMBERS_WRONG,
    fix="Take a user out of all groups when it is deleted.",
)
def is_a_member_no_more(exchange: Exchange) -> Finding | None:
    """Advice: RFC 7643 2.3.7 leaves it to the server whether references stay right."""
    gone = str(get(exchange.earlier("read").resource, "id"))
    return (
        Finding("no member who is gone", f"the member {gone}", "$.members")
        if gone in member_ids(exchange.resource)
        else None
    )


@check(
    "delete_user.can-join-a-group-again",
    on="delete_user.join_again",
    when=lambda exchange: exchange.status not in NOT_SUPPORTED,
    otherwise="the target takes no PATCH of groups",
    title="Somebody who was created again can be added to a group",
    references=("RFC7644-3.5.2.1-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERSHIP_FAILS,
    fix="Look members up by id among the users that are there; drop caches of the deleted one.",
    follows=("push_group.members-come-and-go",),
)
def can_join_a_group_again(exchange: Exchange) -> Finding | None:
    return None if exchange.is_success else Finding("200 or 204", exchange.answer.phrase)


@check(
    "delete_user.comes-back-into-no-group",
    on=("delete_user.group_at_last", "delete_user.read_again"),
    title="Somebody who is created again is in none of the groups of the deleted user",
    references=("RFC7643-3.1-06", "RFC7643-4.1.2-12"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Keep memberships by id, and remove them with the user.",
    when=lambda exchange: any(each.step == "delete_user.create_group" for each in exchange.before),
    otherwise="no group was made",
)
def comes_back_into_no_group(exchange: Exchange) -> Finding | None:
    if exchange.request.endpoint.startswith("/Users"):
        former, shown = exchange.earlier("create_group").answer.id, get(exchange.resource, "groups")
        listed = shown if isinstance(shown, list) else []
        groups = [get(each, "value") for each in listed if get(each, "type") != "indirect"]
        return Finding("without that group", describe(shown), "$.groups") if former in groups else None
    new = exchange.earlier("create_again").answer.id
    found = new and new in member_ids(exchange.resource)
    return Finding("without the new user", f"with {new}, whom nobody added", "$.members") if found else None
