"""Which attributes a response shows: `returned`, `attributes` and `excludedAttributes` (RFC 7644 section 3.9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reference_server.errors import invalid_value
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute, ResourceType, Schema

# For each attribute named, the sub-attributes named, or None for all of it.
Names = dict[tuple[str | None, str], set[str] | None]


@dataclass(frozen=True, slots=True)
class Projection:
    """The attributes a client asked for, or asked to leave out, as paths."""

    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.attributes and self.excluded:
            raise invalid_value("attributes and excludedAttributes exclude each other", Paragraph.PROJECTION)

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> "Projection":
        """What a query or a SearchRequest, by folded names, says of it; invalidValue where a list is none."""
        return cls(_paths(message, "attributes"), _paths(message, "excludedattributes"))

    def for_type(self, resource_type: ResourceType) -> "View":
        """The same for resources of one type; paths that it does not know name nothing."""
        return View(
            resource_type,
            _names(resource_type, self.attributes) if self.attributes else None,
            _names(resource_type, self.excluded),
        )


def _paths(message: Mapping[str, Any], name: str) -> tuple[str, ...]:
    paths = message.get(name)
    if not isinstance(paths, list | None) or not all(isinstance(path, str) for path in paths or ()):
        raise invalid_value(f"{name} must be a list of attribute names", Paragraph.PROJECTION)
    return tuple(path for path in paths or () if path)


def _names(resource_type: ResourceType, paths: Iterable[str]) -> Names:
    """What the paths name; a path no schema knows names nothing."""
    names: Names = {}
    for path in paths:
        target = resource_type.resolve(path)
        if isinstance(target, Schema):
            names |= {(target.id, attribute.name): None for attribute in target.attributes.values()}
        elif target:
            key = (target.extension, target.attribute.name)
            subs = names.get(key, set())
            names[key] = subs | {target.sub.name} if target.sub and subs is not None else None
    return names


@dataclass(frozen=True, slots=True)
class View:
    """A projection of resources of one type."""

    type: ResourceType
    included: Names | None
    excluded: Names = field(default_factory=dict)

    def of(self, resource: dict[str, Any]) -> dict[str, Any]:
        """What is shown of a resource's whole representation."""
        if self.included is None and not self.excluded and self.type.shows_all:
            return resource
        shown = self._part(None, self.type.attributes, resource)
        for extension in self.type.extensions:
            part = self._part(extension.id, extension.attributes, resource.get(extension.id, {}))
            if part:
                shown[extension.id] = part
        return shown

    def wants(self, name: str) -> bool:
        """Whether any of a base attribute is shown, if this type has it."""
        attribute = self.type.attributes.get(name)
        return attribute is not None and self._shows((None, name), attribute)

    def _part(
        self, extension: str | None, attributes: Mapping[str, Attribute], data: Mapping[str, Any]
    ) -> dict[str, Any]:
        shown = {}
        for name, value in data.items():
            # What a database holds from before its schemas were others is not shown.
            attribute = attributes.get(name.casefold())
            kept = self._kept((extension, name), attribute, value) if attribute else None
            if kept is not None and kept not in ({}, []):
                shown[name] = kept
        return shown

    def _kept(self, key: tuple[str | None, str], attribute: Attribute, value: Any) -> Any:
        """What is shown of one attribute, or None."""
        if not self._shows(key, attribute):
            return None
        if attribute.type != "complex":
            return value
        names = self._sub_names(key, attribute)
        if isinstance(value, list):
            return [kept for kept in (_subs(attribute, item, names) for item in value) if kept]
        return _subs(attribute, value, names)

    def _shows(self, key: tuple[str | None, str], attribute: Attribute) -> bool:
        if attribute.returned in {"always", "never"}:
            return attribute.returned == "always"
        if self.included is not None:
            return key in self.included
        return attribute.returned == "default" and self.excluded.get(key, set()) is not None

    def _sub_names(self, key: tuple[str | None, str], attribute: Attribute) -> set[str]:
        """The sub-attributes shown, besides those returned always."""
        by_default = {sub.name for sub in attribute.sub_attributes.values() if sub.returned == "default"}
        if self.included is None:
            return by_default - (self.excluded.get(key) or set())
        named = self.included.get(key)
        return by_default if named is None else named


def _subs(attribute: Attribute, value: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    parts = ((name, attribute.sub(name), part) for name, part in value.items())
    return {
        name: part
        for name, sub, part in parts
        if sub and (sub.returned == "always" or (name in names and sub.returned != "never"))
    }
