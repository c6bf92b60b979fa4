"""What a comparison asks of an attribute: which operators its type knows, and the operand made comparable.

The SQL and the in-memory evaluation both start here, so that a filter means the same in a query and in a
PATCH path (RFC 7644 section 3.4.2.2).
"""

from typing import Any

from reference_server.comparing import fits
from reference_server.errors import invalid_filter
from reference_server.grammar import Comparison
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute

EQUALITY = frozenset({"eq", "ne", "pr"})
ORDER = frozenset({"gt", "ge", "lt", "le"})
TEXT = frozenset({"co", "sw", "ew"})
OPERATORS = {
    "boolean": EQUALITY,
    "complex": frozenset({"pr"}),
    "binary": EQUALITY | TEXT,
    "integer": EQUALITY | ORDER,
    "decimal": EQUALITY | ORDER,
    "dateTime": EQUALITY | ORDER,
    "string": EQUALITY | ORDER | TEXT,
    "reference": EQUALITY | ORDER | TEXT,
}


def operand(attribute: Attribute, comparison: Comparison) -> Any:
    """The comparable form of a comparison's value, None for null; invalidFilter where the two do not fit."""
    if attribute.returned == "never":
        raise invalid_filter(f"{comparison.path} cannot be filtered by", Paragraph.FILTER)
    null = comparison.value is None and comparison.operator in EQUALITY
    if comparison.operator not in OPERATORS[attribute.type] and not null:
        raise invalid_filter(
            f"{comparison.operator} does not apply to {comparison.path}, a {attribute.type}", Paragraph.FILTER
        )
    return None if null else _fitting(attribute, comparison)


def _fitting(attribute: Attribute, comparison: Comparison) -> Any:
    value = comparison.value
    if attribute.type == "boolean" and isinstance(value, str):
        value = {"true": True, "false": False}.get(value.casefold())
    wanted: Any = {"boolean": bool, "integer": int | float, "decimal": int | float}.get(attribute.type, str)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise invalid_filter(
            f"{comparison.path} is a {attribute.type}; the value does not fit", Paragraph.FILTER
        )
    try:
        return attribute.comparable(value if isinstance(value, str) or fits(value) else float(value))
    except (ValueError, OverflowError):
        raise invalid_filter(f"{comparison.path} cannot equal this value", Paragraph.FILTER) from None
