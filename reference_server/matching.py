"""Value filters on values in memory, for PATCH paths; the same meaning as in SQL."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from reference_server.conditions import operand
from reference_server.errors import invalid_filter
from reference_server.grammar import And, Comparison, Condition, Not, ValueFilter
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute

TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    **{name: getattr(operator, name) for name in ("eq", "gt", "ge", "lt", "le")},
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
}
Element = Mapping[str, Any]
Predicate = Callable[[Element], bool]
Shown = Callable[[Element], Element]  # a member of a group as clients see it, with its `$ref`


def predicate(attribute: Attribute, condition: Condition, shown: Shown) -> Predicate:
    """Whether a value of a complex attribute meets a condition; invalidFilter where the two do not fit."""
    if isinstance(condition, Not):
        inner = predicate(attribute, condition.condition, shown)
        return lambda element: not inner(element)
    if isinstance(condition, ValueFilter):
        raise invalid_filter("a filter on values cannot hold another", Paragraph.FILTER)
    if isinstance(condition, Comparison):
        return _comparison(attribute, condition, shown)
    tests = [predicate(attribute, part, shown) for part in condition.conditions]
    quantifier = all if isinstance(condition, And) else any
    return lambda element: quantifier(test(element) for test in tests)


def _comparison(attribute: Attribute, condition: Comparison, shown: Shown) -> Predicate:
    sub = attribute.sub(condition.path)
    if sub is None:
        raise invalid_filter(
            f"{condition.path} is not a sub-attribute of {attribute.name} to choose by", Paragraph.FILTER
        )
    wanted = operand(sub, condition)
    unassigned = False if sub.name == "primary" and wanted is not None else None
    is_made = (attribute.name, sub.name) == ("members", "$ref")

    def test(element: Element) -> bool:
        value = (shown(element) if is_made else element).get(sub.name)
        if condition.operator == "pr":
            return value is not None and value != ""
        found = unassigned if value is None else sub.comparable(value)
        if condition.operator == "ne":
            return bool(found != wanted)
        if found is None or wanted is None:
            return condition.operator == "eq" and found is wanted
        return TESTS[condition.operator](found, wanted)

    return test
