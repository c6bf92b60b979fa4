"""Filters and sort keys as SQL over the stored JSON, by index where there is one.

What clients write reaches SQL as parameters alone; names in it come from the schemas.
"""

# ruff: noqa: S608 - text made into SQL here is never a client's

from collections.abc import Callable
from typing import Any

from reference_server.conditions import TEXT, operand
from reference_server.errors import invalid_filter, invalid_value
from reference_server.grammar import And, Comparison, Condition, Not, Or, ValueFilter
from reference_server.paragraphs import Paragraph
from reference_server.resources import Resources
from reference_server.schema import Attribute, ResourceType, Schema, Target

TESTS = {
    "eq": "({value} IS {wanted})",
    "ne": "({value} IS NOT {wanted})",
    "co": "ifnull(instr({value}, {wanted}) > 0, 0)",
    "sw": "ifnull(substr({value}, 1, length({wanted})) = {wanted}, 0)",
    "ew": "ifnull(substr({value}, -length({wanted})) = {wanted}, 0)",
    "gt": "ifnull({value} > {wanted}, 0)",
    "ge": "ifnull({value} >= {wanted}, 0)",
    "lt": "ifnull({value} < {wanted}, 0)",
    "le": "ifnull({value} <= {wanted}, 0)",
}
# Columns that hold values in their comparable form, and are never null.
COMPARABLE = {"id": "r.id", "meta.created": "r.created", "meta.lastModified": "r.modified"}
COLUMNS = COMPARABLE | {"displayName": "r.display", "meta.version": "'W/\"' || r.version || '\"'"}
SIGNS = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
MEMBERSHIPS = """(SELECT json_group_array(
    json_object('value', g.id, 'display', g.display, 'type', 'direct', '$ref', {location} || g.id))
    FROM member m JOIN resource g ON g.seq = m.holder WHERE m.value = r.id AND g.collection = {groups})"""
MEMBERS = "(SELECT body AS value, place AS key FROM member WHERE holder = r.seq)"


class Parameters:
    """The values of a statement; `add` gives the place that stands for one."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any) -> str:
        """Keep a value; gives the numbered place, such as `?3`, that stands for it in the statement."""
        self.values.append(value)
        return f"?{len(self.values)}"


def _place(*names: str | None) -> str:
    """SQL for where something is in JSON; no name a schema may have holds a quote."""
    return "'$" + "".join(f'."{name}"' for name in names if name) + "'"


def _json(path: str, *names: str | None) -> str:
    return f"json_extract({path}, {_place(*names)})"


def _comparable(attribute: Attribute, value: str) -> str:
    """SQL for the comparable form of a value."""
    if attribute.type == "boolean":
        # A value without `primary` counts as not primary (RFC 7643 section 2.4).
        return f"ifnull({value}, 0)" if attribute.name == "primary" else value
    if attribute.type in {"integer", "decimal"}:
        return value
    function = "instant" if attribute.type == "dateTime" else "exact" if attribute.case_exact else "fold"
    return f"{function}({value})"


def _combined(condition: Condition, leaf: Callable[[Comparison | ValueFilter], str]) -> str:
    """A condition as SQL, made of that of its comparisons and value filters.

    The longest part comes first, so that what SQLite's parser has to keep of it grows slowly.
    """
    if isinstance(condition, Not):
        return f"(NOT {leaf(condition.condition)})"
    if isinstance(condition, And | Or):
        parts = sorted((_combined(part, leaf) for part in condition.conditions), key=len, reverse=True)
        return f"({(' AND ' if isinstance(condition, And) else ' OR ').join(parts)})"
    return leaf(condition)


class Selection:
    """Conditions on the resources `r` of one type in one collection."""

    def __init__(
        self, resource_type: ResourceType, resources: Resources, base_url: str, parameters: Parameters
    ) -> None:
        self.type = resource_type
        self.collections = resources.collections
        self.catalogue = resources.catalogue
        self.base_url = base_url
        self.parameters = parameters

    def where(self, condition: Condition) -> str:
        """The condition on resources, as SQL that is never null; invalidFilter where operator and type do not fit."""
        return _combined(condition, self._leaf)

    def _leaf(self, condition: Comparison | ValueFilter) -> str:
        target = self.type.resolve(condition.path)
        if isinstance(condition, ValueFilter):
            return self._one_value(target, condition)
        if target is None:
            # What resources of this type do not have counts as unassigned (section 3.4.2.1).
            return str(int((condition.operator, condition.value is None) in {("eq", True), ("ne", False)}))
        if isinstance(target, Target):
            return self._comparison(target, condition)
        if condition.operator != "pr":
            raise invalid_filter(f"{condition.path} is an extension; only pr applies to it", Paragraph.FILTER)
        return f"({_json('r.body', target.id)} IS NOT NULL)"

    def _one_value(self, target: Target | Schema | None, condition: ValueFilter) -> str:
        if target is None:
            return "0"
        if isinstance(target, Schema) or target.sub or target.attribute.type != "complex":
            raise invalid_filter(f"{condition.path} has no values to choose from", Paragraph.FILTER)
        attribute = target.attribute

        def inside(part: Comparison | ValueFilter) -> str:
            sub = attribute.sub(part.path)
            if sub is None or isinstance(part, ValueFilter):
                raise invalid_filter(
                    f"{part.path} is not a sub-attribute of {attribute.name}", Paragraph.FILTER
                )
            if attribute.multi_valued:
                return self._test(sub, self._part(attribute, sub), part)
            return self._comparison(Target(target.extension, attribute, sub), part)

        test = _combined(condition.condition, inside)
        if attribute.multi_valued:
            return f"EXISTS (SELECT 1 FROM {self._each(target)} AS e WHERE {test})"
        return f"({self._value(target)} IS NOT NULL AND {test})"

    def _comparison(self, target: Target, condition: Comparison) -> str:
        # A comparison of a complex attribute means its `value` (RFC 7644 figure 2).
        if target.leaf.type == "complex" and condition.operator != "pr" and (sub := target.leaf.sub("value")):
            target = Target(target.extension, target.attribute, sub)
        if indexed := self._by_index(target, condition):
            return indexed
        if not target.attribute.multi_valued:
            return self._test(target.leaf, self._value(target), condition)
        return self._any_value(target, condition)

    def _any_value(self, target: Target, condition: Comparison) -> str:
        test = self._test(target.leaf, self._part(target.attribute, target.sub), condition)
        each = self._each(target)
        found = f"EXISTS (SELECT 1 FROM {each} AS e WHERE {test})"
        unassigned_counts = (condition.operator == "eq") == (condition.value is None)
        if condition.operator in {"eq", "ne"} and unassigned_counts:
            return f"({found} OR NOT EXISTS (SELECT 1 FROM {each}))"
        return found

    def _by_index(self, target: Target, condition: Comparison) -> str:
        """The condition by way of an index, or nothing."""
        if target.path in COMPARABLE and condition.operator in SIGNS and condition.value is not None:
            wanted = self.parameters.add(operand(target.leaf, condition))
            return f"({COMPARABLE[target.path]} {SIGNS[condition.operator]} {wanted})"
        table = "unique_value" if target.is_unique else "indexed_value"
        known = target.is_unique or target.path in self.type.indexes or target.path == "members.value"
        if not known or not condition.value or condition.operator not in {"eq", "sw"}:
            return ""
        value = self.parameters.add(operand(target.leaf, condition))
        match = f"value = {value}"
        if condition.operator == "sw":
            match = f"value >= {value} AND value < {value} || char(1114111)"
        if target.path == "members.value":
            return f"r.seq IN (SELECT holder FROM member WHERE {match})"
        path = self.parameters.add(target.path)
        return (
            f"r.seq IN (SELECT seq FROM {table} WHERE collection = {self.collections[self.type.name]} "
            f"AND attribute = {path} AND {match})"
        )

    def _each(self, target: Target) -> str:
        """The values of a multi-valued attribute, as a table."""
        if self.type.name == "User" and target.member == "groups":
            location = self._location(self.catalogue.resource_types["Group"])
            return f"json_each({MEMBERSHIPS.format(groups=self.collections['Group'], location=location)})"
        if target.member == "members":
            return MEMBERS
        return f"json_each(r.body, {_place(target.extension, target.attribute.name)})"

    def _part(self, attribute: Attribute, sub: Attribute | None) -> str:
        """One of several values, or a part of it."""
        if sub is None:
            return "e.value"
        if (attribute.name, sub.name) != ("members", "$ref"):
            return _json("e.value", sub.name)
        kinds = self.catalogue.resource_types.values()
        cases = " ".join(f"WHEN '{kind.name}' THEN {self._location(kind)}" for kind in kinds)
        return f"(CASE {_json('e.value', 'type')} {cases} END || {_json('e.value', 'value')})"

    def _location(self, kind: ResourceType) -> str:
        """What the URIs of the resources of a type begin with."""
        return self.parameters.add(f"{self.base_url}{kind.endpoint}/")

    def _value(self, target: Target) -> str:
        """The value of a single-valued attribute."""
        if target.path in COLUMNS:
            return COLUMNS[target.path]
        if target.path in {"meta", "meta.resourceType"}:
            return self.parameters.add(self.type.name)
        if target.path == "meta.location":
            return f"({self._location(self.type)} || r.id)"
        place = ("r.body", target.extension, target.attribute.name)
        value = _json(*place, target.sub.name if target.sub else None)
        for extension, attribute, kind in self.catalogue.links[self.type.name]:
            if target.path == f"{extension}:{attribute}.$ref":
                return f"ifnull({value}, {self._location(kind)} || {_json(*place, 'value')})"
        return value

    def _test(self, attribute: Attribute, value: str, condition: Comparison) -> str:
        """A comparison of one value, never null."""
        wanted = operand(attribute, condition)
        if condition.operator == "pr":
            return f"ifnull({value} <> '', 0)"
        if wanted == "" and condition.operator in TEXT:
            return f"({value} IS NOT NULL)"
        comparable = _comparable(attribute, value) if wanted is not None else value
        return TESTS[condition.operator].format(value=comparable, wanted=self.parameters.add(wanted))

    def sort_key(self, path: str) -> str:
        """What resources are sorted by (RFC 7644 section 3.4.2.3): the primary value of several, else the first.

        NULL where this type has no such path; invalidValue where it has no order.
        """
        target = self.type.resolve(path)
        if target is None or isinstance(target, Schema):
            return "NULL"
        leaf, attribute, sub = target.leaf, target.attribute, target.sub
        if leaf.type == "complex" and (sub := leaf.sub("value")):
            target, leaf = Target(target.extension, attribute, sub), sub
        if leaf.type == "complex" or leaf.returned == "never":
            raise invalid_value(f"cannot sort by {path}", Paragraph.SORT)
        if not attribute.multi_valued:
            return _comparable(leaf, self._value(target))
        value = self._part(attribute, sub)
        primary = f"ifnull({_json('e.value', 'primary')}, 0) DESC," if sub else ""
        return f"(SELECT {_comparable(leaf, value)} FROM {self._each(target)} AS e ORDER BY {primary} e.key LIMIT 1)"
