"""PATCH: operations applied one after the other to a copy, kept only if all of them succeed (RFC 7644 section 3.5.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from reference_server.documents import folded
from reference_server.errors import (
    invalid_filter,
    invalid_path,
    invalid_syntax,
    invalid_value,
    mutability,
    no_target,
)
from reference_server.grammar import And, Comparison, Condition, PatchPath, parse_path
from reference_server.intake import Intake, demoted, is_primary, merged
from reference_server.matching import Shown, predicate
from reference_server.operations import Operation
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute, ResourceType, Schema, Target
from reference_server.settings import Reading, Settings


class Patch:
    """Applies operations to the canonical attributes of a resource."""

    def __init__(self, resource_type: ResourceType, intake: Intake, settings: Settings, shown: Shown) -> None:
        self.type = resource_type
        self.intake = intake
        self.settings = settings
        self.shown = shown

    def apply(self, data: Mapping[str, Any], operations: list[Operation]) -> dict[str, Any]:
        """The attributes after all operations; the given ones stay as they are, whatever is raised.

        Raises invalidPath, invalidFilter, invalidValue, mutability and noTarget (RFC 7644 section 3.5.2).
        """
        patched = {name: dict(value) if isinstance(value, dict) else value for name, value in data.items()}
        for operation in operations:
            self._apply(patched, operation)
        return patched

    def _apply(self, data: dict[str, Any], operation: Operation) -> None:
        if operation.path is None:
            self._without_path(data, operation)
            return
        path = parse_path(operation.path, self.settings.limits)
        target = self.type.resolve(path.path)
        if target is None:
            self.intake.unknown(path.path)
            raise invalid_path(f"{operation.path} is not an attribute of {self.type.name}", Paragraph.PATCH)
        if path.condition and not path.sub and self.intake.interop:
            raise invalid_path("a filter needs a sub-attribute after it", Paragraph.STRICT_PATCH)
        self._change(data, _with_sub(target, path), path.condition, operation)

    def _without_path(self, data: dict[str, Any], operation: Operation) -> None:
        """Each member of the value is an operation of its own."""
        if self.intake.interop:
            raise invalid_syntax("an operation needs a path", Paragraph.STRICT_PATHS)
        if operation.op == "remove":
            raise no_target("remove needs a path", Paragraph.REMOVE)
        if not isinstance(operation.value, dict):
            raise invalid_syntax("without a path the value must be an object of attributes", Paragraph.PATCH)
        self._members(data, operation.op, operation.value, "")

    def _members(self, data: dict[str, Any], op: str, members: Mapping[str, Any], prefix: str) -> None:
        """Change what the members of an object name, a whole before its parts, for their order means nothing.

        What is read-only is passed over, and so is `schemas`, which says what the object holds.
        """
        named: dict[str, tuple[Target | Schema, Any]] = {}
        for name, (key, value) in zip(members, folded(members).items(), strict=True):
            target = self.type.resolve(prefix + key)
            if target is None:
                self.intake.unknown(prefix + name)
            elif target.path in named:
                raise invalid_syntax(f"{target.path} occurs twice in one object", Paragraph.NAMES)
            elif target.path != "schemas" and not _is_read_only(target):
                named[target.path] = target, value
        for _, (target, value) in sorted(named.items()):
            self._change(data, target, None, Operation(op, value))

    def _change(
        self, data: dict[str, Any], target: Target | Schema, condition: Condition | None, operation: Operation
    ) -> None:
        if _is_read_only(target):
            raise mutability(f"{target.path} is read-only", Paragraph.PATCH)
        if isinstance(target, Schema):
            self._change_extension(data, target, operation)
        elif target.attribute.name == "schemas":
            self._change_schemas(data, operation)
        else:
            container = data.setdefault(target.extension, {}) if target.extension else data
            self._change_attribute(container, target, condition, operation)
            if container == {}:
                del data[target.member]

    def _change_extension(self, data: dict[str, Any], extension: Schema, operation: Operation) -> None:
        """The path is the URI of an extension: its attributes are changed together."""
        removes = operation.op == "remove" or operation.value is None
        if removes and self.type.extensions[extension]:
            raise mutability(f"{extension.id} is required", Paragraph.REMOVE)
        if removes or self._replaces_whole(operation):
            data.pop(extension.id, None)
        if isinstance(operation.value, dict) and not removes:
            self._members(data, operation.op, operation.value, f"{extension.id}:")
        elif not removes:
            raise invalid_value(f"{extension.id} must be an object", Paragraph.EXTENSIONS)

    def _change_schemas(self, data: dict[str, Any], operation: Operation) -> None:
        """`schemas` follows from what the resource holds; taking an extension from it takes the extension."""
        uris = operation.value if isinstance(operation.value, list) else [operation.value]
        if operation.op == "remove" and operation.value is None:
            raise mutability("schemas is required", Paragraph.SCHEMAS)
        if not all(isinstance(uri, str) for uri in uris):
            raise invalid_value("schemas takes URIs", Paragraph.SCHEMAS)
        named = self.intake.schemas(self.type, uris)
        removes = operation.op == "remove"
        if operation.op == "add":
            return
        if (self.type.schema.id.casefold() in named) == removes:
            raise (mutability if removes else invalid_value)(
                f"{self.type.schema.id} is required", Paragraph.SCHEMAS
            )
        for key, extension in self.type.containers.items():
            if (key in named) == removes:
                data.pop(extension.id, None)

    def _change_attribute(
        self, container: dict[str, Any], target: Target, condition: Condition | None, operation: Operation
    ) -> None:
        attribute, old = target.attribute, container.get(target.attribute.name)
        new: Any
        if attribute.multi_valued and (condition or target.sub):
            new = self._changed_values(old or [], target, condition, operation)
        elif target.sub:
            new = self._changed_parts(old, operation.op, [(target.sub, operation.value)])
        else:
            new = self._changed_whole(old, attribute, operation)
        _assign(container, attribute, operation.op, new)

    def _changed_whole(self, old: Any, attribute: Attribute, operation: Operation) -> Any:
        """The new value of an attribute named without sub-attribute or filter."""
        value = operation.value
        if operation.op == "remove":
            return self._left(old, attribute, value)
        if attribute.multi_valued:
            one = not isinstance(value, list) and value is not None and not self.intake.interop
            new = self.intake.value(attribute, [value] if one else value)
            return merged(old or [], new or [], attribute) if operation.op == "add" else new
        if attribute.type == "complex" and isinstance(value, dict) and not self._replaces_whole(operation):
            return self._changed_parts(old, operation.op, self.intake.parts(attribute, value, attribute.name))
        return self.intake.value(attribute, value)

    def _replaces_whole(self, operation: Operation) -> bool:
        """Replacing a complex attribute keeps what is not sent; the interoperability profile does not."""
        return self.intake.interop and operation.op == "replace"

    def _left(self, old: Any, attribute: Attribute, value: Any) -> list[Any] | None:
        """What a removal leaves: nothing, or with values named, all but those.

        Entra removes members by a list of values; taken at its word, RFC 7644 would empty the group.
        """
        if value is not None and self.intake.interop:
            raise invalid_value("remove takes no value", Paragraph.REMOVE)
        if not (attribute.multi_valued and old) or value is None:
            return None
        named = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict) and _is_misspelt(attribute, item) for item in named):
            raise invalid_value(
                f"a value of {attribute.name} to remove has an unknown sub-attribute", Paragraph.REMOVE
            )
        gone = self.intake.value(attribute, named) or []
        return [element for element in old if not any(_holds(attribute, element, item) for item in gone)]

    def _changed_parts(
        self, old: Any, op: str, parts: Iterable[tuple[Attribute, Any]]
    ) -> dict[str, Any] | None:
        """A complex value after an operation on some of its sub-attributes."""
        new = dict(old or {})
        for sub, value in parts:
            if sub.mutability != "readOnly":
                _assign(new, sub, op, self._changed_whole(new.get(sub.name), sub, Operation(op, value)))
        return new or None

    def _changed_values(
        self, old: list[Any], target: Target, condition: Condition | None, operation: Operation
    ) -> list[Any]:
        """The values of an attribute after an operation on those a filter chooses, or on all."""
        attribute = target.attribute
        chosen = predicate(attribute, condition, self.shown) if condition else lambda _: True
        places = [place for place, element in enumerate(old) if chosen(element)]
        if not places:
            return self._nothing_chosen(old, target, condition, operation)
        if condition and len(places) > 1 and self.intake.interop:
            raise invalid_filter(
                f"the filter matches {len(places)} values of {attribute.name}", Paragraph.STRICT_PATCH
            )
        if operation.op == "remove" and target.sub is None:
            gone = set(places)
            return [element for place, element in enumerate(old) if place not in gone]
        values: list[Any] = list(old)
        for place in places:
            values[place] = self._changed_element(values[place], target, operation)
        primaries = [place for place in places if is_primary(values[place])]
        if any(not is_primary(old[place]) for place in primaries):
            if len(primaries) > 1:
                raise invalid_value(
                    f"more than one value of {attribute.name} would be primary", Paragraph.MULTI_VALUED
                )
            values = demoted(values, primaries[0])
        return merged([], [element for element in values if element], attribute)

    def _changed_element(
        self, old: dict[str, Any], target: Target, operation: Operation
    ) -> dict[str, Any] | None:
        attribute, op = target.attribute, operation.op
        if target.sub:
            return self._changed_parts(old, op, [(target.sub, operation.value)])
        new: dict[str, Any] | None = self.intake.element(attribute, operation.value, attribute.name)
        if op == "replace":
            return new
        return self._changed_parts(old, op, self.intake.known(attribute.sub_attributes, new or {}))

    def _nothing_chosen(
        self, old: list[Any], target: Target, condition: Condition | None, operation: Operation
    ) -> list[Any]:
        """Nothing to remove is well; nothing to replace is noTarget; adding makes what the filter describes."""
        if operation.op == "remove" and not (
            condition and Reading.REMOVE_NO_TARGET in self.settings.readings
        ):
            return old
        if condition and (operation.op != "add" or self.intake.interop):
            paragraph = Paragraph.REPLACE if operation.op == "replace" else Paragraph.ERRORS
            raise no_target(f"no value of {target.path} matches the filter", paragraph)
        described = self._described(target.attribute, condition) if condition else {}
        element = self._changed_element(described, target, operation)
        return merged(old, [element] if element else [], target.attribute)

    def _described(self, attribute: Attribute, condition: Condition) -> dict[str, Any]:
        """The value that a filter of equalities describes."""
        described = {}
        for part in condition.conditions if isinstance(condition, And) else (condition,):
            sub = attribute.sub(part.path) if isinstance(part, Comparison) and part.operator == "eq" else None
            if not isinstance(part, Comparison) or sub is None or sub.mutability == "readOnly":
                detail = "no value matches the filter, and the filter does not describe one"
                raise no_target(detail, Paragraph.ERRORS)
            if part.value is not None:
                described[sub.name] = self.intake.element(sub, part.value, f"{attribute.name}.{sub.name}")
        if not predicate(attribute, condition, self.shown)(described):
            raise no_target("no value can match the filter", Paragraph.ERRORS)
        return described


def _with_sub(target: Target | Schema, path: PatchPath) -> Target | Schema:
    """The target with the sub-attribute named after its value filter."""
    if path.condition is None:
        return target
    if (
        isinstance(target, Schema)
        or target.sub
        or target.leaf.type != "complex"
        or not target.leaf.multi_valued
    ):
        raise invalid_path(f"{path.path} has no values to choose from", Paragraph.PATCH)
    attribute, sub = target.attribute, target.attribute.sub(path.sub) if path.sub else None
    if path.sub and sub is None:
        raise invalid_path(f"{path.sub} is not a sub-attribute of {attribute.name}", Paragraph.PATCH)
    return Target(target.extension, attribute, sub)


def _holds(attribute: Attribute, element: Any, item: Any) -> bool:
    """Whether a value is one that a list of values to remove names: by value and type, or by all it has."""
    if not isinstance(item, dict):
        return bool(attribute.comparable(element) == attribute.comparable(item))
    named = {"value", "type"} & item.keys() if "value" in item else item.keys()
    return all(
        name in element
        and (sub := attribute.sub(name))
        and sub.comparable(element[name]) == sub.comparable(item[name])
        for name in named
    )


def _is_misspelt(attribute: Attribute, item: Mapping[str, Any]) -> bool:
    """Whether a value that is known by all it has, for want of a `value`, has what no schema knows."""
    names = [sub and sub.name for sub in map(attribute.sub, item)]
    return None in names and "value" not in names


def _is_read_only(target: Target | Schema) -> bool:
    parts = () if isinstance(target, Schema) else (target.attribute, target.sub)
    return any(part.mutability == "readOnly" for part in parts if part)


def _assign(container: dict[str, Any], attribute: Attribute, op: str, value: Any) -> None:
    """Give an attribute its new value, unless it is immutable and has another, or is required and would have none."""
    old = container.get(attribute.name)
    if value in ([], {}):
        value = None
    if attribute.mutability == "immutable" and old is not None:
        if value is None or attribute.comparable(value) != attribute.comparable(old):
            raise mutability(f"{attribute.name} cannot be changed once set", Paragraph.CHARACTERISTICS)
        value = old
    if value is not None:
        container[attribute.name] = value
    elif attribute.required:
        raise (mutability if op == "remove" else invalid_value)(
            f"{attribute.name} is required", Paragraph.CHARACTERISTICS
        )
    else:
        container.pop(attribute.name, None)
