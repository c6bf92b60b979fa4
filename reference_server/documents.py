"""JSON as strict as the RFCs: UTF-8, no NaN, no lone surrogate, no member twice, no bottomless nesting."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import orjson

from reference_server.errors import invalid_syntax
from reference_server.paragraphs import Paragraph


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice in one object")
    return members


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Python's parser can tell a repeated member; orjson, which cannot, refuses bad encodings.
_decoder = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant)


def parse_object(body: bytes, max_depth: int) -> dict[str, Any]:
    """The JSON object of a request's body; invalidSyntax where it is none or nested deeper than `max_depth` levels."""
    try:
        orjson.loads(body)
        document = _decoder.decode(body.decode().strip())
    except (ValueError, RecursionError) as error:
        raise invalid_syntax(f"the body is not valid JSON: {error}", Paragraph.FORMATS) from None
    if _deeper_than(document, max_depth):
        raise invalid_syntax(f"the body is nested more than {max_depth} deep", Paragraph.JSON_LIMITS)
    if not isinstance(document, dict):
        raise invalid_syntax("the body must be a JSON object", Paragraph.FORMATS)
    return document


def _deeper_than(document: Any, levels: int) -> bool:
    """Whether a value is nested deeper than so many levels."""
    layer = [document]
    for _ in range(levels):
        layer = [
            child
            for value in layer
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not layer:
            return False
    return True


def folded(document: Mapping[str, Any]) -> dict[str, Any]:
    """An object by names whose letter case does not matter (RFC 7643 section 2.1); invalidSyntax for one given twice."""
    found = {name.casefold(): value for name, value in document.items()}
    if len(found) < len(document):
        names = [name.casefold() for name in document]
        raise invalid_syntax(f"{max(names, key=names.count)} occurs twice in one object", Paragraph.NAMES)
    return found


def message(document: Any, schema: str) -> dict[str, Any]:
    """A message of a schema, its members by folded names; invalidSyntax where `schemas` does not name it."""
    found = folded(document) if isinstance(document, dict) else {}
    schemas = found.get("schemas")
    if not isinstance(schemas, list) or schema.casefold() not in (str(uri).casefold() for uri in schemas):
        raise invalid_syntax(
            f"the message must be an object with {schema} among its schemas", Paragraph.MESSAGES
        )
    return found


def canonical(document: Any) -> bytes:
    """A value as JSON that is the same for all equal values, whatever the order of their members."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def text(document: Any) -> bytes:
    """A value as compact JSON in UTF-8."""
    return orjson.dumps(document)
