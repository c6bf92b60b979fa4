"""JSON as the wire carries it: read strictly, and weighed before it is read; and as our own files hold it."""

import json
from collections.abc import Sequence
from typing import Any

from scim_tests.model.scim import Json

DEEPEST = 100  # levels of nesting that are read; SCIM has five
TOO_DEEP = "nested too deep to read"
SHOWN = 80  # characters of a value in a sentence
VALUE = 64  # bytes that a value of a JSON document takes in memory, by and large


def values_in(body: bytes | bytearray) -> int:
    """About how many values a JSON document holds."""
    return sum(map(body.count, (b",", b"[", b"{")))


def read_json(body: bytes) -> Json:
    """A body as JSON. ValueError says why it is none (RFC 8259: no NaN, UTF-8 only), or not to be read (9)."""
    try:
        read: Json = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_deeper(read, DEEPEST):
        raise ValueError(TOO_DEEP)
    return read


def _is_deeper(value: Json, levels: int) -> bool:
    """Whether arrays and objects are nested in it deeper than so many levels."""
    level = [value]
    for _ in range(levels + 1):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def describe(value: Json) -> str:
    """A JSON value's type in words a reader knows, with the value, or how it begins."""
    if value is None:
        return "no value"  # null and an absent attribute are the same (RFC 7643 2.5)
    names = {bool: "the boolean", int: "the integer", float: "the number", str: "the string"}
    if type(value) in names:
        return f"{names[type(value)]} {_cut(value)}"
    if not value:
        return "an empty array" if isinstance(value, list) else "an empty object"
    what = f"an array of {len(value)}" if isinstance(value, list) else "an object"
    return f"{what}, {_cut(value)}"


def _cut(value: Json) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 3].rstrip("\\") + "…"


def several(ids: Sequence[str], what: str) -> str:
    """How many there are, with the first of them: `no user`, `the user 7`, `2 users: 7, 8`."""
    named = ", ".join(
        each for each in ids[:3] if each != "None"
    )  # so a page tells of a resource without an id
    if len(ids) < 2:
        return f"the {what} {named}".strip() if ids else f"no {what}"
    return f"{len(ids)} {what}s: {named}" if named else f"{len(ids)} {what}s"


def in_lines(value: Any, levels: int) -> str:
    """JSON, dataclasses as objects, with a line for each member and item of so many levels.

    `indent` would do that of all levels, and takes ten times as long.
    """
    if levels and value and isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {in_lines(each, levels - 1)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + "\n}"
    if levels and value and isinstance(value, list):
        return "[\n" + ",\n".join(in_lines(each, levels - 1) for each in value) + "\n]"
    return json.dumps(value, ensure_ascii=False, default=vars)
