"""Groups whose name is taken: what Okta takes for a new group is no other one."""

from scim_tests.knowledge.consequences import MEMBERS_WRONG
from scim_tests.model.check import BOTH, MUST, SECURITY, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get


@check(
    "resize_group.same-name-is-another-group",
    on="resize_group.create_same_name",
    when=lambda exchange: exchange.is_success,
    otherwise="the target refuses a second group of one name",
    title="A second group with a name that is taken is refused, or gets an id of its own",
    references=("RFC7643-3.1-05", "RFC7643-3.1-06"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Answer 409 uniqueness, or make another group; never write a create into a group that is there.",
)
def same_name_is_another_group(exchange: Exchange) -> Finding | None:
    first, shown = exchange.earlier("create").answer.id, str(get(exchange.resource, "id"))
    return Finding("an id of its own", f"{shown}, the first group's", "$.id") if shown == first else None
