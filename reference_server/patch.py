"""PATCH: operations applied one after the other to a copy, kept only if all of them succeed (RFC 7644 section 3.5.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from reference_server.documents import folded
from reference_server.effort import Effort
from reference_server.errors import (
    invalid_filter,
    invalid_path,
    invalid_syntax,
    invalid_value,
    mutability,
    no_target,
)
from reference_server.grammar import And, Comparison, Condition, PatchPath, parse_path
from reference_server.intake import Intake
from reference_server.matching import Shown, predicate
from reference_server.operations import Operation
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute, ResourceType, Schema, Target
from reference_server.settings import Reading, Settings
from reference_server.values import Values


class Patch:
    """Applies operations to the canonical attributes of a resource."""

    def __init__(
        self, resource_type: ResourceType, intake: Intake, settings: Settings, shown: Shown, effort: Effort
    ) -> None:
        self.type = resource_type
        self.intake = intake
        self.settings = settings
        self.shown = shown
        self.effort = effort

    def apply(self, data: Mapping[str, Any], operations: list[Operation]) -> dict[str, Any]:
        """The attributes after all operations; the given ones stay as they are, whatever is raised.

        Raises invalidPath, invalidFilter, invalidValue, mutability and noTarget (RFC 7644 section 3.5.2).
        """
        patched = {name: dict(value) if isinstance(value, dict) else value for name, value in data.items()}
        for operation in operations:
            self.effort.spend(1)
            self._apply(patched, operation)
        return _listed(patched)

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
        if operation.op == "remove" and operation.value is not None and self.intake.interop:
            raise invalid_value("remove takes no value", Paragraph.REMOVE)
        new: Any
        if attribute.multi_valued:
            values = old if isinstance(old, Values) else Values(attribute, old or ())
            if condition or target.sub:
                self._change_some(values, target, condition, operation)
            else:
                self._change_all(values, operation)
            # What an immutable attribute had is compared with what it gets.
            new = values.all() if attribute.mutability == "immutable" else values
        elif target.sub:
            new = self._changed_parts(old, operation.op, [(target.sub, operation.value)])
        else:
            new = self._changed_whole(old, attribute, operation)
        _assign(container, attribute, operation.op, new)

    def _changed_whole(self, old: Any, attribute: Attribute, operation: Operation) -> Any:
        """The new value of an attribute named without sub-attribute or filter."""
        value = operation.value
        if attribute.multi_valued:
            values = Values(attribute, old or ())
            self._change_all(values, operation)
            return values.all()
        if operation.op == "remove":
            return None
        if attribute.type == "complex" and isinstance(value, dict) and not self._replaces_whole(operation):
            return self._changed_parts(old, operation.op, self.intake.parts(attribute, value, attribute.name))
        return self.intake.value(attribute, value)

    def _replaces_whole(self, operation: Operation) -> bool:
        """Replacing a complex attribute keeps what is not sent; the interoperability profile does not."""
        return self.intake.interop and operation.op == "replace"

    def _change_all(self, values: Values, operation: Operation) -> None:
        """Change an attribute named without sub-attribute or filter."""
        value = operation.value
        if operation.op == "remove":
            self._remove(values, value)
            return
        one = not isinstance(value, list) and value is not None and not self.intake.interop
        new = self.intake.value(values.attribute, [value] if one else value) or []
        (values.add if operation.op == "add" else values.replace)(new)

    def _remove(self, values: Values, value: Any) -> None:
        """Remove everything, or with values named, those.

        Entra removes members by a list of values; taken at its word, RFC 7644 would empty the group.
        """
        if value is None:
            values.replace([])
            return
        named = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict) and _is_misspelt(values.attribute, item) for item in named):
            raise invalid_value(
                f"a value of {values.attribute.name} to remove has an unknown sub-attribute", Paragraph.REMOVE
            )
        gone = self.intake.value(values.attribute, named) or []
        values.change(values.named(gone), lambda _: None)

    def _changed_parts(
        self, old: Any, op: str, parts: Iterable[tuple[Attribute, Any]]
    ) -> dict[str, Any] | None:
        """A complex value after an operation on some of its sub-attributes."""
        new = dict(old or {})
        for sub, value in parts:
            if sub.mutability != "readOnly":
                _assign(new, sub, op, self._changed_whole(new.get(sub.name), sub, Operation(op, value)))
        return new or None

    def _change_some(
        self, values: Values, target: Target, condition: Condition | None, operation: Operation
    ) -> None:
        """Change the values of an attribute that a filter chooses, or a sub-attribute of all."""
        places = values.chosen(condition, self.shown, self.effort)
        if condition and len(places) > 1 and self.intake.interop:
            raise invalid_filter(
                f"the filter matches {len(places)} values of {target.attribute.name}", Paragraph.STRICT_PATCH
            )
        if not places:
            self._nothing_chosen(values, target, condition, operation)
        elif operation.op == "remove" and target.sub is None:
            values.change(places, lambda _: None)
        else:
            values.change(places, lambda element: self._changed_element(element, target, operation))

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
        self, values: Values, target: Target, condition: Condition | None, operation: Operation
    ) -> None:
        """Nothing to remove is well; nothing to replace is noTarget; adding makes what the filter describes."""
        if operation.op == "remove" and not (
            condition and Reading.REMOVE_NO_TARGET in self.settings.readings
        ):
            return
        if condition and (operation.op != "add" or self.intake.interop):
            paragraph = Paragraph.REPLACE if operation.op == "replace" else Paragraph.ERRORS
            raise no_target(f"no value of {target.path} matches the filter", paragraph)
        described = self._described(target.attribute, condition) if condition else {}
        element = self._changed_element(described, target, operation)
        values.add([element] if element else [])

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


def _listed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with the values of each as they are stored, and nothing that is empty."""
    listed = {}
    for name, value in data.items():
        stored = value.all() if isinstance(value, Values) else value
        stored = _listed(stored) if isinstance(stored, dict) else stored
        if stored not in ([], {}):
            listed[name] = stored
    return listed


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
    if attribute.required and (value is None or (isinstance(value, Values) and not value)):
        raise (mutability if op == "remove" else invalid_value)(
            f"{attribute.name} is required", Paragraph.CHARACTERISTICS
        )
    if value is None:
        container.pop(attribute.name, None)
    else:
        container[attribute.name] = value
