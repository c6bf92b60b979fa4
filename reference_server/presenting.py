"""Stored resources as clients see them: id and meta, memberships and references put in (RFC 7643 section 3.1)."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

import orjson

from reference_server.effort import BYTES_A_STEP
from reference_server.projection import Projection
from reference_server.resources import Resource, Resources
from reference_server.schema import ResourceType

# The plus keeps SQLite from reading all members of all groups instead of looking up the ids.
GROUPS_OF = """
SELECT m.value, g.id, g.display FROM json_each(?) e JOIN member m ON m.value = e.value
JOIN resource g ON g.seq = m.holder AND +g.collection = ? ORDER BY g.seq"""
MEMBERS_OF = "SELECT group_concat(body) FROM (SELECT body FROM member WHERE holder = ? ORDER BY place)"


class Presenter:
    """Represents the resources of one tenant, within one transaction."""

    def __init__(self, resources: Resources, base_url: str) -> None:
        self.resources = resources
        self.catalogue = resources.catalogue
        self.base_url = base_url

    @cached_property
    def places(self) -> Mapping[str, str]:
        """What the URIs of the resources of each type begin with."""
        return {name: self.location(kind, "") for name, kind in self.catalogue.resource_types.items()}

    def location(self, resource_type: ResourceType, identifier: str) -> str:
        """The URI of a resource, absolute (RFC 7643 section 3.1); `identifier` stands in it as given."""
        return f"{self.base_url}{resource_type.endpoint}/{identifier}"

    def one(self, resource: Resource, projection: Projection) -> dict[str, Any]:
        """The resource as the projection shows it, a JSON object."""
        return self.many([resource], projection)[0]

    def many(self, resources: list[Resource], projection: Projection) -> list[dict[str, Any]]:
        """The resources as the projection shows them, in their order; one query finds the groups of all of them."""
        views = {kind: projection.for_type(kind) for kind in {resource.type for resource in resources}}
        belonging, having = (
            {kind for kind, view in views.items() if view.wants(name)} for name in ("groups", "members")
        )
        asked = [resource.id for resource in resources if resource.type in belonging]
        groups = self._groups_of(asked) if asked else {}
        members = {
            resource.id: self._members_of(resource) for resource in resources if resource.type in having
        }
        return [
            views[each.type].of(self._whole(each, groups.get(each.id), members.get(each.id)))
            for each in resources
        ]

    def _whole(self, resource: Resource, groups: Any, members: Any) -> dict[str, Any]:
        """Everything there is to a resource, with its groups and its members, if any are shown."""
        kind, data = resource.type, resource.data
        whole = {"schemas": data["schemas"], "id": resource.id, **data}
        if members:
            whole["members"] = members
        for extension, attribute, other in self.catalogue.links[kind.name]:
            if attribute in data.get(extension, ()):
                whole[extension] = self._linked(data[extension], attribute, other)
        if groups:
            whole["groups"] = groups
        whole["meta"] = {
            "resourceType": kind.name,
            "created": resource.created,
            "lastModified": resource.modified,
            "location": self.location(kind, resource.id),
            "version": resource.etag,
        }
        return whole

    def _members_of(self, resource: Resource) -> list[dict[str, Any]]:
        """The members of a group, each with the URI it is found at; many at once are parsed at once."""
        (bodies,) = self.resources.connection.execute(MEMBERS_OF, (resource.seq,)).fetchone()
        self.resources.effort.spend(len(bodies or "") // BYTES_A_STEP)
        members: list[dict[str, Any]] = orjson.loads(f"[{bodies or ''}]")
        for member in members:
            if member.get("type") in self.places:
                member["$ref"] = self.places[member["type"]] + member["value"]
        return members

    def member(self, member: Mapping[str, Any]) -> Mapping[str, Any]:
        """A member of a group with the URI it is found at."""
        place = self.places.get(member.get("type", "")) if "value" in member else None
        return {**member, "$ref": place + member["value"]} if place else member

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
