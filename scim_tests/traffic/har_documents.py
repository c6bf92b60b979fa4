"""Takes a HAR apart into its entries, also one that breaks off, or of which one entry is nested too deep to read."""

import json
import re
from collections.abc import Iterator
from typing import Any

from scim_tests.traffic.members import TOKENS

LISTS = ("entries", "requests")  # of a HAR's log, and of what an ngrok agent captured
_LIST = re.compile(r'"(?:entries|requests)"\s*:\s*\[')
_MOST_DIGITS = 18


def documents(text: str) -> tuple[bool, list[Any] | None]:
    """Whether the file is whole, and its entries; None where it is no file of exchanges.

    Of a file that breaks off, an entry that cannot be read is None.
    """
    text = text.removeprefix("\ufeff")
    lines = _lines(text)
    if lines:
        return None not in lines, lines
    try:
        return True, _entries(_read(text))
    except (ValueError, RecursionError):
        found = list(_one_by_one(text))
        return False, found or None


def _lines(text: str) -> list[Any]:
    """The entries of a recording that has one a line, as `scim_tests.recorder` writes it; none where it is another file."""
    found: list[Any] = []
    for line in filter(None, text.split("\n") if text.startswith('{"') else ()):
        try:
            found.append(_read(line))
        except (ValueError, RecursionError):
            found.append(None)
        if not isinstance(found[0], dict) or "request" not in found[0]:
            return []
    return found


def _entries(document: Any) -> list[Any] | None:
    log = document.get("log") if isinstance(document, dict) else None
    for holder, name in ((log, LISTS[0]), (document, LISTS[1])):
        if isinstance(holder, dict) and isinstance(holder.get(name), list):
            listed: list[Any] = holder[name]
            return listed
    return None


def _one_by_one(text: str) -> Iterator[Any]:
    start = _LIST.search(text)
    for entry in _elements(text, start.end()) if start else ():
        try:
            yield _read(entry)
        except (ValueError, RecursionError):
            yield None


def _elements(text: str, start: int) -> Iterator[str]:
    """The objects of the list that begins there; the last one may break off."""
    depth, began = 0, start
    for token in TOKENS.finditer(text, start):
        if token[0] in {"{", "["}:
            began = token.start() if depth == 0 else began
            depth += 1
        elif token[0] in {"}", "]"}:
            depth -= 1
            if depth == 0:
                yield text[began : token.end()]
            if depth < 0:
                return
    if depth:
        yield text[began:]


def _read(text: str) -> Any:
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | None:
    """A number that means one; nothing in a HAR is so large that Python refuses to read it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None
