"""The words of RFC 7643 and 7644 that every floor needs: schema URNs, statuses, and how to name and read an attribute."""

from collections.abc import Iterator, Mapping
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
SERVICE_PROVIDER_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
GONE = frozenset({404, 410})  # the statuses that say that nobody is there

# Where a path of the protocol begins (RFC 7644 3.2), and Okta's entitlements.
ENDPOINTS = (
    "Users", "Groups", "Schemas", "ResourceTypes", "ServiceProviderConfig", "Roles", "Entitlements", "Me", "Bulk",
)  # fmt: skip

# Of a user: whom it has to do with. RFC 7643 has `groups` alone; the others are what targets add.
OTHERS = frozenset({"groups", "members", "memberof", "directreports"})

Json = Any
Resource = Mapping[str, Json]


def get(value: Json, *path: str | int) -> Json:
    """What stands at `path` (attribute names and array positions), or None.

    Names are matched without regard to case (RFC 7643 2.1); an exact match wins.
    An absent attribute, null and a path through something else all read as None (RFC 7643 2.5).
    """
    for part in path:
        if isinstance(value, dict) and part in value:  # what nearly every answer gives; many are asked for it
            value = value[part]
        elif isinstance(part, int):
            value = value[part] if isinstance(value, list) and -len(value) <= part < len(value) else None
        else:
            value = _attribute(value, part)
    return value


def as_id(value: Json) -> str:
    """An id as text, since some servers number their resources; empty where it is none."""
    return str(value) if isinstance(value, str | int) else ""


def name_of(resource: Json) -> str:
    """What a resource goes by: its userName, or a group's displayName; empty where it has none."""
    name = get(resource, "userName") or get(resource, "displayName")
    return name if isinstance(name, str) else ""


def _attribute(value: Json, name: str) -> Json:
    if not isinstance(value, Mapping):
        return None
    if name in value:
        return value[name]
    wanted = name.lower()
    return next((member for key, member in value.items() if key.lower() == wanted), None)


def attribute(path: str) -> str:
    """The attribute that a key or the path of a PATCH begins with, in small letters, without URN, filter and the rest."""
    return path.casefold().partition("[")[0].rpartition(":")[2].partition(".")[0].strip()


def has(value: Json, name: str) -> bool:
    """Whether the object has a member of that name, null or not, in whatever letter case."""
    return isinstance(value, Mapping) and any(key.lower() == name.lower() for key in value)


def primary(values: Json) -> Json:
    """The primary one of a multi-valued attribute (RFC 7643 2.4), else the first, else None."""
    if not isinstance(values, list):
        return None
    chosen = (value for value in values if get(value, "primary") is True)
    return next(chosen, values[0] if values else None)


def strings(value: Json) -> Iterator[str]:
    """Every string inside a JSON value, keys not included, depth first."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)
