"""What a client sends, made canonical: names as the schemas spell them, types checked, nothing that is not its to set.

RFC 7643 sections 2.1 to 2.5 and 3; RFC 7644 sections 3.3 and 3.5.1.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from reference_server.comparing import fits, instant
from reference_server.documents import folded
from reference_server.errors import invalid_syntax, invalid_value, mutability
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute, ResourceType, Target
from reference_server.values import Values

NOT_IN_A_URI = re.compile(r'[\s<>"{}|\\^`\x00-\x1f]|%(?![0-9A-Fa-f]{2})')


class Intake:
    """Reads what clients send; with `interop` without any leniency."""

    def __init__(self, *, interop: bool) -> None:
        self.interop = interop

    def resource(self, resource_type: ResourceType, sent: Any) -> dict[str, Any]:
        """The canonical attributes of a whole resource, as POST and PUT send it.

        Raises invalidSyntax for what is no such resource, invalidValue for a value of another type.
        """
        if not isinstance(sent, dict):
            raise invalid_syntax("a resource must be a JSON object", Paragraph.MESSAGES)
        schemas = folded(sent).get("schemas")
        if not isinstance(schemas, list) or not all(isinstance(uri, str) for uri in schemas):
            raise invalid_syntax("schemas must be an array of URIs", Paragraph.SCHEMAS)
        if resource_type.schema.id.casefold() not in self.schemas(resource_type, schemas):
            raise invalid_syntax(f"schemas must contain {resource_type.schema.id}", Paragraph.SCHEMAS)
        base = {key: value for key, value in sent.items() if key.casefold() not in resource_type.containers}
        data = dict(resource_type.defaults) | self._assigned(self.known(resource_type.attributes, base), "")
        for key, value in sent.items():
            extension = resource_type.containers.get(key.casefold())
            if extension is None or value is None:
                continue
            if not isinstance(value, dict):
                raise invalid_value(f"{extension.id} must be an object", Paragraph.EXTENSIONS)
            where = f"{extension.id}:"
            members = self._assigned(self.known(extension.attributes, value, where), where)
            if members:
                data[extension.id] = members
        return data

    def schemas(self, resource_type: ResourceType, uris: list[str]) -> set[str]:
        """The folded URIs that a resource of a type is said to have; those it does not know are as unknown attributes."""
        for uri in uris:
            if not resource_type.knows(uri):
                self.unknown(uri)
        return {uri.casefold() for uri in uris}

    def known(
        self, attributes: Mapping[str, Attribute], sent: Mapping[str, Any], where: str = ""
    ) -> list[tuple[Attribute, Any]]:
        """The attributes that an object names, each with its value; one named twice is invalidSyntax."""
        found = [(attributes[key], value) for key, value in folded(sent).items() if key in attributes]
        if len(found) < len(sent):
            for name in sent:
                if name.casefold() not in attributes:
                    self.unknown(f"{where}{name}")
        return found

    def parts(self, attribute: Attribute, sent: Mapping[str, Any], name: str) -> list[tuple[Attribute, Any]]:
        """The same of a complex attribute; invalidValue where nothing is known, lest a typo take its value away."""
        found = self.known(attribute.sub_attributes, sent, f"{name}.")
        if sent and not found:
            raise invalid_value(f"{name} has no sub-attribute {next(iter(sent))}", Paragraph.COMPLEX)
        return found

    def _assigned(self, named: list[tuple[Attribute, Any]], where: str) -> dict[str, Any]:
        """The attributes that a client sets; unassigned ones are left out (RFC 7643 section 2.5)."""
        found: dict[str, Any] = {}
        for attribute, value in named:
            if attribute.mutability == "readOnly":
                for part in value if isinstance(value, list) else [value]:
                    inside = part if isinstance(part, dict) else {}
                    self.known(attribute.sub_attributes, inside, f"{where}{attribute.name}.")
            elif attribute.name != "schemas":
                read = self.value(attribute, value, where)
                if read is not None:
                    found[attribute.name] = read
        return found

    def unknown(self, path: str) -> None:
        """An attribute or schema that is not defined is passed over, or refused by the interoperability profile."""
        if self.interop:
            raise invalid_syntax(
                f"{path} is not defined by any schema of this resource type", Paragraph.STRICT_ATTRIBUTES
            )

    def value(self, attribute: Attribute, sent: Any, where: str = "") -> Any:
        """The canonical value of an attribute, or None if it is unassigned; invalidValue if it is of another type."""
        if sent is None or (attribute.multi_valued and sent == []):
            return None
        name = f"{where}{attribute.name}"
        if not attribute.multi_valued:
            return self.element(attribute, sent, name)
        if not isinstance(sent, list):
            raise invalid_value(f"{name} is multi-valued and must be an array", Paragraph.MULTI_VALUED)
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
            raise invalid_value(f"{name} must be a {attribute.type}", Paragraph[attribute.type.upper()])
        if attribute.required and isinstance(sent, str) and not sent.strip():
            raise invalid_value(f"{name} must not be empty", Paragraph.CHARACTERISTICS)
        return sent

    def _complex(self, attribute: Attribute, sent: Any, name: str) -> Any:
        if isinstance(sent, str) and attribute.sub("value") and not self.interop:
            sent = {"value": sent}
        if not isinstance(sent, dict):
            raise invalid_value(f"{name} must be an object", Paragraph.COMPLEX)
        found = self._assigned(self.parts(attribute, sent, name), f"{name}.")
        if not found and attribute.required_subs:
            raise invalid_value(f"{name}.{attribute.required_subs[0]} is required", Paragraph.CHARACTERISTICS)
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


def _uri(text: str) -> tuple[str, int | None]:
    """A URI and the port it names; ValueError where it is none (RFC 3986)."""
    if NOT_IN_A_URI.search(text):
        raise ValueError(text)
    return text, urlsplit(text).port


CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str) and "\x00" not in value,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "decimal": lambda value: (isinstance(value, float) and isfinite(value)) or _is_integer(value),
    "dateTime": _is_read_by(instant),
    "binary": _is_read_by(lambda text: b64decode(text + "=" * (-len(text) % 4), validate=True)),
    "reference": _is_read_by(_uri),
}


def check_complete(resource_type: ResourceType, data: Mapping[str, Any]) -> None:
    """Refuse a resource that lacks what its schemas require (RFC 7643 sections 2.2 and 6)."""
    _check_required(resource_type.schema.attributes, data, "")
    for extension, required in resource_type.extensions.items():
        if extension.id in data:
            _check_required(extension.attributes, data[extension.id], f"{extension.id}:")
        elif required:
            raise invalid_value(f"{extension.id} is required", Paragraph.RESOURCE_TYPES)


def _check_required(attributes: Mapping[str, Attribute], data: Mapping[str, Any], where: str) -> None:
    for attribute in attributes.values():
        value = data.get(attribute.name)
        if value is None:
            if attribute.is_owed:
                raise invalid_value(f"{where}{attribute.name} is required", Paragraph.CHARACTERISTICS)
        elif attribute.required_subs:
            for element in value if attribute.multi_valued else [value]:
                for name in attribute.required_subs:
                    if name not in element:
                        raise invalid_value(
                            f"{where}{attribute.name}.{name} is required", Paragraph.CHARACTERISTICS
                        )


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
            raise mutability(f"{target.path} cannot be changed once set", Paragraph.CHARACTERISTICS)
        container, name = (
            new.setdefault(target.extension, {}) if target.extension else new,
            target.attribute.name,
        )
        container[name] = {**container.get(name, {}), target.sub.name: before} if target.sub else before


def _leaf(target: Target, data: Mapping[str, Any]) -> Any:
    """What a resource has of a single-valued attribute or its sub-attribute, or None."""
    value = target.value(data)
    return value.get(target.sub.name) if target.sub and value else value
