"""Attributes that an admin mapped in addition to Okta's usual ones, such as a role, are stored as they were sent."""

import json

from scim_tests.checks.okta.push_user import VIEWS, WHOLE
from scim_tests.checks.reading.compare import holds, sent, without
from scim_tests.checks.reading.users import user_of
from scim_tests.knowledge.consequences import WRONG_PROFILE
from scim_tests.model.check import MUST, OKTA, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ENTERPRISE_USER, Resource, get

USUAL = frozenset({
    "schemas", "userName", "name", "emails", "displayName", "locale", "externalId", "groups", "password", "active",
})  # fmt: skip


def mapped_besides(exchange: Exchange) -> Resource:
    """What was sent for the person beyond what Okta maps for everybody, and beyond what the run tries with one person."""
    if exchange.scene in WHOLE:
        return {}
    tried = {ENTERPRISE_USER} if exchange.scene == "push_user:enterprise" else frozenset()
    return without(sent(exchange), USUAL, frozenset(tried))


@check(
    "push_user.keeps-the-attributes-mapped-besides",
    on=VIEWS,
    when=lambda exchange: bool(mapped_besides(exchange)),
    otherwise="the profile maps no attributes besides Okta's usual ones",
    title="Attributes that an admin also mapped, such as a role, are stored as they were sent",
    references=("okta:SUP-ROLES", "RFC7644-3.1-05", "RFC7643-2.4-01"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=WRONG_PROFILE,
    fix="Store the attribute and show it with the same `type` and `value`, or remove it from the app's mapping.",
)
def keeps_the_attributes_mapped_besides(exchange: Exchange) -> Finding | None:
    for name, wanted in mapped_besides(exchange).items():
        shown = get(user_of(exchange), name)
        if not holds(shown, wanted):
            return Finding(json.dumps(wanted, ensure_ascii=False), describe(shown), f"$.{name}")
    return None
