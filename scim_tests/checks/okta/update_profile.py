"""Pushes of a whole profile are taken, and what Okta knows of a manager is enough. What they leave the rules for every write judge."""

from scim_tests.knowledge.consequences import PUSH_FAILS
from scim_tests.model.check import BOTH, DEGRADED, MUST, OKTA, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import ENTERPRISE_USER, get


@check(
    "update_profile.push-is-taken",
    on=(
        "update_profile.put_changed",
        "update_profile.put_fewer",
        "update_profile.put_emptied",
        "update_profile.put_restored",
    ),
    title="A push of everything that Okta can map, changed or emptied, is answered with 200",
    references=("RFC7644-3.5.1-11", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=PUSH_FAILS,
    fix="Take what the schema declares, and pass over what it does not; name in `detail` what cannot be taken.",
    follows=("link_user.put-answers-200",),
)
def push_is_taken(exchange: Exchange) -> Finding | None:
    """Advice: an admin can unmap what a target refuses."""
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "update_profile.manager-needs-no-id",
    on="update_profile.put_manager_by_name",
    title="A manager of whom only the name is known is stored or passed over, not refused",
    references=("RFC7644-3.5.1-09", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=PUSH_FAILS,
    fix="Do not demand manager.value: the schema says that it is not required.",
    follows=("link_user.put-answers-200",),
)
def manager_needs_no_id(exchange: Exchange) -> Finding | None:
    """Of a target that took no manager before nobody knows what it refuses."""
    if not get(exchange.earlier("after_restored").resource, ENTERPRISE_USER, "manager"):
        raise NotObserved("", "the target keeps no manager")
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)
