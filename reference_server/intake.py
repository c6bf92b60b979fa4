"""What a client sends, made canonical: names as the schemas spell them, types checked, nothing that is not its to set.

RFC 7643 sections 2.1 to 2.5 and 3; RFC 7644 sections 3.3 and 3.5.1.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from reference_server.comparing import fits, instant
from reference_server.errors import invalid_syntax, invalid_value, mutability
from reference_server.schema import Attribute, ResourceType, Target
from reference_server.values import Values

NOT_IN_A_URI = re.compile(r'[\s<>"{}|\\^`\x00-\x1f]')


class Intake:
    """Reads what clients send; with `interop` without any leniency."""

    def __init__(self, *, interop: bool) -> None:
        self.interop = interop

    def resource(self, resource_type: ResourceType, sent: Any) -> dict[str, Any]:
        """The canonical attributes of a whole resource, as POST and PUT send it.

        Raises invalidSyntax for what is no such resource, invalidValue for a value of another type.
        """
        if not isinstance(sent, dict):
            raise invalid_syntax("a resource must be a JSON object")
        self._schemas(resource_type, sent)
        base = {key: value for key, value in sent.items() if key.casefold() not in resource_type.containers}
        data = dict(resource_type.defaults) | self._members(resource_type.attributes, base, "")
        for key, value in sent.items():
            extension = resource_type.containers.get(key.casefold())
            if extension is None or value is None:
                continue
            if not isinstance(value, dict):
                raise invalid_value(f"{extension.id} must be an object")
            if extension.id in data:
                raise invalid_syntax(f"{extension.id} occurs twice")
            members = self._members(extension.attributes, value, f"{extension.id}:")
            if members:
                data[extension.id] = members
        return data

    def _schemas(self, resource_type: ResourceType, sent: Mapping[str, Any]) -> None:
        schemas = next((value for key, value in sent.items() if key.casefold() == "schemas"), None)
        if not isinstance(schemas, list) or not all(isinstance(uri, str) for uri in schemas):
            raise invalid_syntax("schemas must be an array of URIs")
        if resource_type.schema.id.casefold() not in (uri.casefold() for uri in schemas):
            raise invalid_syntax(f"schemas must contain {resource_type.schema.id}")
        if self.interop and not all(map(resource_type.knows, schemas)):
            raise invalid_syntax(f"schemas has a URI that {resource_type.name} does not use")

    def _members(
        self, attributes: Mapping[str, Attribute], sent: Mapping[str, Any], where: str
    ) -> dict[str, Any]:
        """The attributes an object sets; unassigned ones are left out (RFC 7643 section 2.5)."""
        found: dict[str, Any] = {}
        seen = set()
        for name, value in sent.items():
            attribute = attributes.get(name.casefold())
            if name.casefold() in seen:
                raise invalid_syntax(f"{where}{name} occurs twice")
            seen.add(name.casefold())
            if attribute is None:
                self.unknown(f"{where}{name}")
            elif attribute.mutability != "readOnly" and attribute.name != "schemas":
                read = self.value(attribute, value, where)
                if read is not None:
                    found[attribute.name] = read
        return found

    def unknown(self, path: str) -> None:
        """An attribute no schema defines is passed over, or refused by the interoperability profile."""
        if self.interop:
            raise invalid_syntax(f"{path} is not defined by any schema of this resource type")

    def value(self, attribute: Attribute, sent: Any, where: str = "") -> Any:
        """The canonical value of an attribute, or None if it is unassigned; invalidValue if it is of another type."""
        if sent is None or (attribute.multi_valued and sent == []):
            return None
        name = f"{where}{attribute.name}"
        if not attribute.multi_valued:
            return self.element(attribute, sent, name)
        if not isinstance(sent, list):
            raise invalid_value(f"{name} is multi-valued and must be an array")
        elements = (self.element(attribute, item, name) for item in sent)
        values = Values(attribute)
        values.add([item for item in elements if item is not None])
        return values.all() or None

    def element(self, attribute: Attribute, sent: Any, name: str) -> Any:
        """One canonical value of an attribute, or None if it is an empty object."""
        if attribute.type == "complex":
            return self._complex(attribute, sent, name)
        if isinstance(sent, str) and attribute.type == "boolean" and not self.interop:
            sent = {"true": True, "false": False}.get(sent.casefold(), sent)
        if not CHECKS[attribute.type](sent):
            raise invalid_value(f"{name} must be a {attribute.type}")
        if attribute.required and isinstance(sent, str) and not sent.strip():
            raise invalid_value(f"{name} must not be empty")
        return sent

    def _complex(self, attribute: Attribute, sent: Any, name: str) -> Any:
        if isinstance(sent, str) and attribute.sub("value") and not self.interop:
            sent = {"value": sent}
        if not isinstance(sent, dict):
            raise invalid_value(f"{name} must be an object")
        found = self._members(attribute.sub_attributes, sent, f"{name}.")
        if not found and attribute.required_subs:
            raise invalid_value(f"{name}.{attribute.required_subs[0]} is required")
        return found or None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and fits(value)


def _is_read_by(read: Callable[[str], Any]) -> Callable[[Any], bool]:
    """Whether a value is a string that can be read in a way that else raises ValueError."""

    def is_read(value: Any) -> bool:
        try:
            return isinstance(value, str) and read(value) is not None
        except ValueError:
            return False

    return is_read


CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str) and "\x00" not in value,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "decimal": lambda value: (isinstance(value, float) and isfinite(value)) or _is_integer(value),
    "dateTime": _is_read_by(instant),
    "binary": _is_read_by(lambda text: b64decode(text + "=" * (-len(text) % 4), validate=True)),
    "reference": lambda value: isinstance(value, str) and not NOT_IN_A_URI.search(value),
}


def check_complete(resource_type: ResourceType, data: Mapping[str, Any]) -> None:
    """Refuse a resource that lacks what its schemas require (RFC 7643 sections 2.2 and 6)."""
    _check_required(resource_type.schema.attributes, data, "")
    for extension, required in resource_type.extensions.items():
        if extension.id in data:
            _check_required(extension.attributes, data[extension.id], f"{extension.id}:")
        elif required:
            raise invalid_value(f"{extension.id} is required")


def _check_required(attributes: Mapping[str, Attribute], data: Mapping[str, Any], where: str) -> None:
    for attribute in attributes.values():
        value = data.get(attribute.name)
        if value is None:
            if attribute.is_owed:
                raise invalid_value(f"{where}{attribute.name} is required")
        elif attribute.required_subs:
            for element in value if attribute.multi_valued else [value]:
                for name in attribute.required_subs:
                    if name not in element:
                        raise invalid_value(f"{where}{attribute.name}.{name} is required")


def keep_immutable(
    resource_type: ResourceType, old: Mapping[str, Any], new: dict[str, Any], *, omitted: bool
) -> None:
    """Refuse another value for what is immutable and set (RFC 7644 sections 3.5.1 and 3.5.2).

    `omitted` says whether what is missing was only left out, so that it stays, or is to be removed.
    """
    for target in resource_type.immutable:
        before, after = _leaf(target, old), _leaf(target, new)
        if before is None:
            continue
        same = omitted if after is None else target.leaf.comparable(after) == target.leaf.comparable(before)
        if not same:
            raise mutability(f"{target.path} cannot be changed once set")
        container, name = (
            new.setdefault(target.extension, {}) if target.extension else new,
            target.attribute.name,
        )
        container[name] = {**container.get(name, {}), target.sub.name: before} if target.sub else before


def _leaf(target: Target, data: Mapping[str, Any]) -> Any:
    """What a resource has of a single-valued attribute or its sub-attribute, or None."""
    value = target.value(data)
    return value.get(target.sub.name) if target.sub and value else value
