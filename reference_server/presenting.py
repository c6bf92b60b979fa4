"""Stored resources as clients see them: id and meta, memberships and references put in (RFC 7643 section 3.1)."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from reference_server.projection import Projection
from reference_server.resources import Resource, Resources
from reference_server.schema import ResourceType

GROUPS_OF = """
SELECT i.value, g.id, g.display FROM json_each(?) e
JOIN indexed_value i ON i.collection = ? AND i.attribute = 'members.value' AND i.value = e.value
JOIN resource g ON g.seq = i.seq ORDER BY g.seq"""


class Presenter:
    """Represents the resources of one tenant, within one transaction."""

    def __init__(self, resources: Resources, base_url: str) -> None:
        self.resources = resources
        self.catalogue = resources.catalogue
        self.base_url = base_url

    def location(self, resource_type: ResourceType, identifier: str) -> str:
        """The URI of a resource, absolute (RFC 7643 section 3.1); `identifier` stands in it as given."""
        return f"{self.base_url}{resource_type.endpoint}/{identifier}"

    def one(self, resource: Resource, projection: Projection) -> dict[str, Any]:
        """The resource as the projection shows it, a JSON object."""
        return self.many([resource], projection)[0]

    def many(self, resources: list[Resource], projection: Projection) -> list[dict[str, Any]]:
        """The resources as the projection shows them, in their order; one query finds the groups of all of them."""
        views = {kind: projection.for_type(kind) for kind in {resource.type for resource in resources}}
        wanting = [r.id for r in resources if "groups" in r.type.attributes and views[r.type].wants("groups")]
        groups = self._groups_of(wanting)
        wholes = [self._whole(resource, groups.get(resource.id)) for resource in resources]
        return [views[resource.type].of(whole) for resource, whole in zip(resources, wholes, strict=True)]

    def _whole(self, resource: Resource, groups: list[dict[str, Any]] | None) -> dict[str, Any]:
        """Everything there is to a resource."""
        location = self.location(resource.type, resource.id)
        whole = {"schemas": resource.data["schemas"], "id": resource.id, **resource.data}
        if "members" in whole:
            whole["members"] = [self.member(member) for member in whole["members"]]
        for extension, attribute, kind in self.catalogue.links[resource.type.name]:
            if attribute in whole.get(extension, ()):
                whole[extension] = self._linked(whole[extension], attribute, kind)
        if groups:
            whole["groups"] = groups
        whole["meta"] = {
            "resourceType": resource.type.name,
            "created": resource.created,
            "lastModified": resource.modified,
            "location": location,
            "version": resource.etag,
        }
        return whole

    def member(self, member: Mapping[str, Any]) -> Mapping[str, Any]:
        """A member of a group with the URI it is found at."""
        kind = self.catalogue.resource_types.get(member.get("type", ""))
        return (
            {**member, "$ref": self.location(kind, member["value"])} if kind and "value" in member else member
        )

    def _linked(self, container: dict[str, Any], attribute: str, kind: ResourceType) -> dict[str, Any]:
        """An extension with the URI of the resource that one of its attributes names, if the client gave none."""
        named = container[attribute]
        reference = {"$ref": self.location(kind, quote(named.get("value", ""), safe=""))}
        return {**container, attribute: {**reference, **named} if "value" in named else named}

    def _groups_of(self, identifiers: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """The groups each user is a direct member of."""
        found: dict[str, list[dict[str, Any]]] = {}
        members = orjson.dumps(list(identifiers)).decode()
        group_type = self.catalogue.resource_types["Group"]
        asked = (members, self.resources.collections["Group"])
        for member, group, display in self.resources.connection.execute(GROUPS_OF, asked):
            reference = self.location(group_type, group)
            entry = {"value": group, "$ref": reference, "display": display, "type": "direct"}
            found.setdefault(member, []).append(entry)
        return found
