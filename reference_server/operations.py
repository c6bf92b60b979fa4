"""What a PatchOp message asks for: its operations, read and checked (RFC 7644 section 3.5.2)."""

from dataclasses import dataclass
from typing import Any

from reference_server.documents import folded, message
from reference_server.errors import ScimError, invalid_path, invalid_syntax, invalid_value
from reference_server.paragraphs import Paragraph
from reference_server.settings import Limits

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OPERATIONS = frozenset({"add", "remove", "replace"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, of a message or on a part of what one of them changes."""

    op: str
    value: Any
    path: str | None = None


def read_operations(document: Any, limits: Limits) -> list[Operation]:
    """The operations of a PatchOp message, at least one; letter case of names and of `op` does not matter.

    Raises invalidSyntax, invalidPath for a path that is no string, invalidValue where a value is missing,
    413 for too many of them.
    """
    operations = message(document, PATCH_SCHEMA).get("operations")
    if not isinstance(operations, list) or not operations:
        raise invalid_syntax("Operations must be an array with at least one operation", Paragraph.PATCH)
    if len(operations) > limits.max_patch_operations:
        most = limits.max_patch_operations
        raise ScimError(
            413, f"there are more operations than a PATCH may have, {most}", Paragraph.CONTENT_TOO_LARGE
        )
    return [_operation(item) for item in operations]


def _operation(item: Any) -> Operation:
    if not isinstance(item, dict):
        raise invalid_syntax("an operation must be an object", Paragraph.PATCH)
    members = folded(item)
    op, path = members.get("op"), members.get("path")
    if not isinstance(op, str) or op.casefold() not in OPERATIONS:
        raise invalid_syntax("op must be add, remove or replace", Paragraph.PATCH)
    if path is not None and not isinstance(path, str):
        raise invalid_path("path must be a string", Paragraph.PATCH)
    if op.casefold() != "remove" and "value" not in members:
        raise invalid_value(f"{op} needs a value", Paragraph[op.upper()])
    if "value" not in members and (others := members.keys() - {"op", "path"}):
        # A misspelt value would have the whole attribute removed.
        raise invalid_syntax(
            f"an operation without a value has nothing but op and path: {min(others)}", Paragraph.PATCH
        )
    return Operation(op.casefold(), members.get("value"), path or None)
