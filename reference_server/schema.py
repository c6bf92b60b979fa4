"""Schemas, attributes and resource types: the data that drives both behaviour and discovery.

RFC 7643 sections 2, 6 and 7. Names are found without regard to letter case (section 2.1).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reference_server.comparing import exact, fold, instant

CHARACTERISTICS = {
    "type": {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"},
    "mutability": {"readOnly", "readWrite", "immutable", "writeOnly"},
    "returned": {"always", "never", "default", "request"},
    "uniqueness": {"none", "server", "global"},
}
# Attribute names as RFC 7643 section 2.1 has them, and its own `$ref`.
NAME = re.compile(r"\$?[A-Za-z][\w$-]*", re.ASCII)
URI = re.compile(r"[A-Za-z][\w+.-]*:[^\s\"'<>\\()\[\]]+", re.ASCII)
ENDPOINT = re.compile(r"/[A-Za-z][\w-]*", re.ASCII)
DATA = Path(__file__).parent / "schemas"


@dataclass(frozen=True, eq=False)
class Attribute:
    """One attribute and its characteristics (RFC 7643 section 2.2 has the defaults)."""

    name: str
    type: str = "string"
    multi_valued: bool = False
    description: str = ""
    required: bool = False
    canonical_values: tuple[str, ...] = ()
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    reference_types: tuple[str, ...] = ()
    sub_attributes: Mapping[str, "Attribute"] = field(default_factory=dict)

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> "Attribute":
        """An attribute as `/Schemas` would publish it; ValueError where it is none."""
        name = definition["name"]
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not an attribute name")
        for characteristic, choices in CHARACTERISTICS.items():
            if definition.get(characteristic) not in {None, *choices}:
                raise ValueError(f"{characteristic} of {name} must be one of {', '.join(sorted(choices))}")
        given: Any = {
            KEYS[key]: tuple(value) if isinstance(value, list) else value
            for key, value in definition.items()
            if key in KEYS and value is not None
        }
        return cls(**given | {"sub_attributes": _by_name(definition.get("subAttributes", ()))})

    def definition(self) -> dict[str, Any]:
        """The attribute as `/Schemas` publishes it."""
        shown = {key: getattr(self, name) for key, name in KEYS.items()}
        shown["subAttributes"] = [sub.definition() for sub in self.sub_attributes.values()]
        unfit = set() if self.type in {"string", "reference", "binary"} else {"caseExact", "uniqueness"}
        return {key: value for key, value in shown.items() if key not in unfit and value not in ((), [])}

    def comparable(self, value: Any) -> Any:
        """A value in the form in which values of this attribute compare."""
        if self.type == "dateTime" and isinstance(value, str):
            return instant(value)
        if isinstance(value, str):
            return exact(value) if self.case_exact else fold(value)
        if isinstance(value, list):
            return frozenset(map(self.comparable, value))
        if isinstance(value, dict):
            parts = ((self.sub(name), part) for name, part in value.items())
            return frozenset((sub.name, sub.comparable(part)) for sub, part in parts if sub)
        return value

    @cached_property
    def required_subs(self) -> tuple[str, ...]:
        """The sub-attributes that no value may lack."""
        return tuple(sub.name for sub in self.sub_attributes.values() if sub.is_owed)

    @property
    def is_owed(self) -> bool:
        """Whether clients have to give it."""
        return self.required and self.mutability != "readOnly"

    def sub(self, name: str) -> "Attribute | None":
        """The sub-attribute of that name in any letter case, or None."""
        return self.sub_attributes.get(name.casefold())


# The members of a definition, by the fields that hold them.
KEYS = {re.sub("_(.)", lambda match: match[1].upper(), each.name): each.name for each in fields(Attribute)}


def _by_name(definitions: Any) -> dict[str, Attribute]:
    return {item["name"].casefold(): Attribute.from_definition(item) for item in definitions}


@dataclass(frozen=True, eq=False)
class Schema:
    """A schema: its URI and its attributes, by folded name."""

    id: str
    name: str
    description: str
    attributes: Mapping[str, Attribute]

    @property
    def path(self) -> str:
        """What names all of an extension (RFC 7644 section 3.10)."""
        return self.id

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> "Schema":
        """A schema as `/Schemas` would publish it; ValueError where its id is no URI, KeyError where it lacks one."""
        if definition["id"] and not URI.fullmatch(definition["id"]):
            raise ValueError(f"{definition['id']!r} is not a URI")
        return cls(
            id=definition["id"],
            name=definition.get("name", ""),
            description=definition.get("description", ""),
            attributes=_by_name(definition["attributes"]),
        )


@dataclass(frozen=True, eq=False)
class Target:
    """What an attribute path names: an attribute or sub-attribute, and the extension it lives in."""

    extension: str | None
    attribute: Attribute
    sub: Attribute | None = None

    @cached_property
    def leaf(self) -> Attribute:
        """What the path ends in: the sub-attribute where it names one."""
        return self.sub or self.attribute

    @property
    def member(self) -> str:
        """The member of a resource's JSON that the target is in."""
        return self.extension or self.attribute.name

    @cached_property
    def is_unique(self) -> bool:
        """Whether clients set it and no two resources may have the same value."""
        return self.leaf.uniqueness != "none" and self.leaf.mutability != "readOnly"

    @cached_property
    def path(self) -> str:
        """The path with every name as the schemas spell it."""
        names = f"{self.attribute.name}.{self.sub.name}" if self.sub else self.attribute.name
        return f"{self.extension}:{names}" if self.extension else names

    def value(self, data: Mapping[str, Any]) -> Any:
        """What a resource has of the attribute, or None."""
        container = data if self.extension is None else data.get(self.extension, {})
        return container.get(self.attribute.name)


COMMON = Schema.from_definition(json.loads((DATA / "common.json").read_text()))


@dataclass(frozen=True, eq=False)
class ResourceType:
    """A kind of resource: where it lives, its schemas, and what the server keeps an index of."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: Mapping[Schema, bool]  # and whether a resource must have it
    indexes: frozenset[str]  # paths that filters find by index, besides unique attributes
    defaults: Mapping[str, Any]  # what an attribute is where POST or PUT leaves it out
    resources: tuple[Mapping[str, Any], ...] = ()  # those that a new database has from the beginning
    bare_names: bool = True  # whether an attribute of an extension is found without its URI

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """The attributes that stand at the top of a resource, by folded name."""
        return {**COMMON.attributes, **self.schema.attributes}

    @cached_property
    def containers(self) -> Mapping[str, Schema]:
        """The extensions, by folded URI."""
        return {extension.id.casefold(): extension for extension in self.extensions}

    @cached_property
    def shows_all(self) -> bool:
        """Whether every attribute is returned by default or always, so that nothing needs to be left out."""
        every = (target.leaf for target in self._targets())
        return all(part.returned in {"default", "always"} or part.mutability == "writeOnly" for part in every)

    def knows(self, uri: str) -> bool:
        """Whether a resource of this type may list a schema."""
        return uri.casefold() in {self.schema.id.casefold(), *self.containers}

    @cached_property
    def write_only(self) -> frozenset[str]:
        """The attributes that are checked and not kept."""
        return frozenset(key.name for key in self.attributes.values() if key.mutability == "writeOnly")

    def resolve(self, path: str) -> "Target | Schema | None":
        """An attribute, a whole extension, or nothing; without a URI of any schema, the base first (RFC 7644 section 3.10)."""
        if path.casefold() in self.containers:
            return self.containers[path.casefold()]
        uri, _, names = path.rpartition(":")
        for extension, attributes in self.places:
            bare = uri == "" and (extension is None or self.bare_names)
            if bare or uri.casefold() == (extension or self.schema.id).casefold():
                target = _named(extension, attributes, names)
                if target:
                    return target
        return None

    @cached_property
    def places(self) -> tuple[tuple[str | None, Mapping[str, Attribute]], ...]:
        """Where attributes stand: at the top of a resource, and in each extension."""
        return (None, self.attributes), *((each.id, each.attributes) for each in self.extensions)

    @cached_property
    def indexed(self) -> Mapping[str, list[Target]]:
        """What each index table holds: every unique attribute, and those the definition names."""
        paths = [target for target in self._targets() if target.leaf.type != "complex"]
        return {
            "unique_value": [target for target in paths if target.is_unique],
            "indexed_value": [target for target in paths if target.path in self.indexes],
        }

    @cached_property
    def immutable(self) -> list[Target]:
        """What stays as it is once it is set; several values are replaced by others rather than changed."""
        return [
            target
            for target in self._targets()
            if target.leaf.mutability == "immutable" and not (target.sub and target.attribute.multi_valued)
        ]

    def _targets(self) -> Iterator[Target]:
        """Every attribute and sub-attribute."""
        for extension, attributes in self.places:
            for attribute in attributes.values():
                yield Target(extension, attribute)
                for sub in attribute.sub_attributes.values():
                    yield Target(extension, attribute, sub)


def _named(extension: str | None, attributes: Mapping[str, Attribute], names: str) -> Target | None:
    name, dot, sub_name = names.partition(".")
    attribute = attributes.get(name.casefold())
    sub = attribute.sub(sub_name) if attribute and dot else None
    if attribute is None or (dot and sub is None):
        return None
    return Target(extension, attribute, sub)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All schemas and resource types a server knows."""

    schemas: Mapping[str, Schema]
    resource_types: Mapping[str, ResourceType]

    @cached_property
    def links(self) -> Mapping[str, list[tuple[str, str, ResourceType]]]:
        """Of each type, the attributes of extensions, `manager` for one, that name one other resource."""
        types = self.resource_types
        return {
            kind.name: [
                (extension.id, attribute.name, types[reference.reference_types[0]])
                for extension in kind.extensions
                for attribute in extension.attributes.values()
                if (reference := attribute.sub("$ref")) and not attribute.multi_valued
                if reference.reference_types and reference.reference_types[0] in types
            ]
            for kind in types.values()
        }

    def qualified(self) -> "Catalogue":
        """The same, with the attributes of extensions known by their full names alone."""
        types = {name: replace(kind, bare_names=False) for name, kind in self.resource_types.items()}
        return replace(self, resource_types=types)

    @classmethod
    def load(cls, further: Path | None = None) -> "Catalogue":
        """The standard schemas and types, and those of a further file; ValueError if that is not as it must be."""
        documents = {path.stem: json.loads(path.read_text()) for path in sorted(DATA.glob("*.json"))}
        types = documents.pop("resource_types")["resourceTypes"]
        definitions = [document for stem, document in documents.items() if stem != "common"]
        if further is None:
            return cls.of(definitions, types)
        try:
            added = json.loads(further.read_text())
            return cls.of(definitions + added.get("schemas", []), types + added.get("resourceTypes", []))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{further} does not define schemas and resource types: {error!r}") from error

    @classmethod
    def of(cls, schemas: list[Any], types: list[Any]) -> "Catalogue":
        """The catalogue of these definitions; of two of one name the later holds.

        KeyError or ValueError where a definition is none.
        """
        known = {definition["id"]: Schema.from_definition(definition) for definition in schemas}
        return cls(known, {definition["name"]: _resource_type(definition, known) for definition in types})


def _resource_type(definition: Mapping[str, Any], schemas: Mapping[str, Schema]) -> ResourceType:
    if not ENDPOINT.fullmatch(definition["endpoint"]):
        raise ValueError(f"{definition['endpoint']!r} is not an endpoint")
    extensions = definition.get("schemaExtensions", ())
    return ResourceType(
        name=definition["name"],
        endpoint=definition["endpoint"],
        description=definition.get("description", ""),
        schema=schemas[definition["schema"]],
        extensions={schemas[item["schema"]]: item["required"] for item in extensions},
        indexes=frozenset(definition.get("indexes", ())),
        defaults=definition.get("defaults", {}),
        resources=tuple(definition.get("resources", ())),
    )
