"""Whether a request says the same to every reader, so that what comes of it is known beforehand."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from scim_tests.checks.reading.types import wrong_type
from scim_tests.model.exchange import Request
from scim_tests.model.scim import Json, Resource, get, strings

# RFC 7643 3 and 3.1: the server's own, or compared by nobody.
PASSED_OVER = frozenset({"schemas", "id", "meta", "groups"})


def has_one_meaning(request: Request, shown: Resource) -> bool:
    """Whether no name stands twice in it, all texts are of characters that anybody keeps, no two entries are primary, and each value of a POST or PUT has its type.

    JSON leaves the first open (RFC 8259 4, 8.2). A value that the target itself showed so is its own way.
    """
    if not _is_plain(request.body):
        return False
    written = request.written
    if _has_two_primaries(written):
        return False
    return request.method == "PATCH" or not any(_is_mistyped(name, written[name], shown) for name in written)


def _has_two_primaries(value: Json) -> bool:
    """Whether two entries of one list are said to be, at any depth (RFC 7643 2.4)."""
    if isinstance(value, Mapping):
        return any(map(_has_two_primaries, value.values()))
    if not isinstance(value, list):
        return False
    return sum(get(each, "primary") is True for each in value) > 1 or any(map(_has_two_primaries, value))


@lru_cache(maxsize=256)  # the same write is looked at in every order that it can have had
def _is_plain(body: bytes) -> bool:
    try:
        read = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return False
    return not any(_is_odd(letter) for text in strings(read) for letter in text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _is_odd(letter: str) -> bool:
    """Half a surrogate pair, or the character that ends a text in C."""
    return letter == "\x00" or "\ud800" <= letter <= "\udfff"


def _is_mistyped(name: str, value: Json, shown: Resource) -> bool:
    if (
        name.lower() in PASSED_OVER
        or (isinstance(value, Mapping) and ":" in name)
        or value == get(shown, name)
    ):
        return False
    is_no_boolean = name.lower() == "active" and not isinstance(value, bool | None)
    return is_no_boolean or wrong_type("user", {name: value}) is not None
