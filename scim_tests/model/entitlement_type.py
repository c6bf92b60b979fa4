"""What a target offers Okta to assign besides itself: roles and entitlements (okta:ENT)."""

from typing import NamedTuple

from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get

ROLE = "urn:okta:scim:schemas:core:1.0:Role"
ENTITLEMENT = "urn:okta:scim:schemas:core:1.0:Entitlement"


class EntitlementType(NamedTuple):
    """A resource type that Okta imports from."""

    name: str
    endpoint: str
    schema: str


def entitlement_types(resource_types: Exchange) -> list[EntitlementType]:
    """The resource types with one of Okta's two schemas, in the target's order; without an endpoint it is none."""
    named = [
        EntitlementType(*(str(get(each, key) or "") for key in ("name", "endpoint", "schema")))
        for each in resource_types.resources
    ]
    return [each for each in named if each.schema in {ROLE, ENTITLEMENT} and each.endpoint.startswith("/")]
