"""Reads a HAR, also one that breaks off, or of which one entry is nested too deep to read; and what ngrok captured."""

import re
from collections.abc import Iterator

from scim_tests.traffic.formats.source import Found, Json, Source, read_json
from scim_tests.traffic.members import TOKENS

LISTS = ("entries", "requests")  # of a HAR's log, and of what an ngrok agent captured
_LIST = re.compile(r'"(?:entries|requests)"\s*:\s*\[')


def read(source: Source) -> Found | None:
    """None where the file is no HAR; of one that breaks off, an entry that cannot be read is None."""
    if source.document is not None:
        entries = _entries(source.document)
        return None if entries is None else Found(whole=True, entries=entries)
    found = list(_one_by_one(source.text))
    return Found(whole=False, entries=found) if found else None


def _entries(document: Json) -> list[Json] | None:
    log = document.get("log") if isinstance(document, dict) else None
    for holder, name in ((log, LISTS[0]), (document, LISTS[1])):
        if isinstance(holder, dict) and isinstance(holder.get(name), list):
            listed: list[Json] = holder[name]
            return listed if holder is log else listed[::-1]  # an agent tells the latest first
    return None


def _one_by_one(text: str) -> Iterator[Json]:
    start = _LIST.search(text)
    for entry in _elements(text, start.end()) if start else ():
        try:
            yield read_json(entry)
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
