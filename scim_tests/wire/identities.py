"""Whom an answer shows: every id beside every name, read as leniently as any reader might.

What shows a stranger must never be overlooked, so keys that stand twice, in any letter case or behind a URN,
bodies in UTF-16 and what stands deep inside are all read. What is to prove something must be read in one way.
"""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from scim_tests.model.scim import Json
from scim_tests.wire.ledger_keys import GROUPS, USERS, entry

ID, NAME, OTHERS, NOTHING = "id", "name", "others", "nothing"  # what a key says of whom it stands with
ABOUT_OTHERS = frozenset(
    {"manager", "meta"}
)  # what stands there is not who the resource is; nor in createdBy


class Identity(NamedTuple):
    """An id and a name as the ledger calls them; the id is empty where none stands beside the name."""

    id: str
    name: str


class _Object(list[tuple[str, Json]]):
    """The members of a JSON object in their order, also those whose names stand twice."""


def identities(endpoint: str, body: bytes) -> list[Identity]:
    """All that the body of an answer from this endpoint (`/Users`, `/Groups`) shows, the outermost first.

    Empty where it cannot be read. What stands in it of others, such as a manager or members, is left out.
    """
    found: list[Identity] = []
    meanings: dict[str, str] = {}  # by key: a page has the same few for everybody
    read = _lenient(body)
    unread = deque([read] if isinstance(read, list) else [])
    while unread:
        value = unread.popleft()
        if not isinstance(value, _Object):
            unread += [each for each in value if isinstance(each, list)]
            continue
        ids: list[str] = []
        names: list[str] = []
        for key, member in value:
            meaning = meanings.get(key) or meanings.setdefault(key, _meaning(endpoint, key))
            if meaning == ID:
                ids += _texts(member)
            elif meaning == NAME:
                names += _texts(member)
            if isinstance(member, list) and meaning != OTHERS:
                unread.append(member)
        found += _identities(endpoint, ids, names) if names else ()
    return found


def _identities(endpoint: str, ids: list[str], names: list[str]) -> Iterator[Identity]:
    kind = GROUPS if endpoint == GROUPS else USERS
    for name in names:
        for id_ in ids or [""]:
            yield Identity(entry(kind, id_) if id_ else "", entry(kind, name))


def _meaning(endpoint: str, key: str) -> str:
    if _means(key, "id"):
        return ID
    if _means(key, _name_key(endpoint)):
        return NAME
    return OTHERS if _is_about_others(endpoint, key) else NOTHING


def is_plain(endpoint: str, body: bytes) -> bool:
    """Whether the body is one object of valid JSON that says once which id and which name it has.

    The id is text or a number, the name text and not empty: nothing else proves who it is.
    """
    shown = _lenient(body)
    if not isinstance(shown, _Object) or body[:1].strip() not in {b"", b"{"}:
        return False
    ids, names = (
        [member for key, member in shown if _means(key, word)] for word in ("id", _name_key(endpoint))
    )
    once = len(ids) == len(names) == 1
    return once and isinstance(ids[0], str | int) and isinstance(names[0], str) and names[0] != ""


def _name_key(endpoint: str) -> str:
    return "displayname" if endpoint == GROUPS else "username"


def _means(key: str, word: str) -> bool:
    lowered = key.casefold()
    return lowered == word or (lowered.startswith("urn:") and lowered.endswith(f":{word}"))


def _is_about_others(endpoint: str, key: str) -> bool:
    lowered = key.casefold()
    return lowered in ABOUT_OTHERS or lowered.endswith("by") or (endpoint == GROUPS and lowered == "members")


def _texts(value: Json) -> Iterator[str]:
    """The text of a value, and of all that stands in it where it is none itself."""
    if isinstance(value, float) and value.is_integer():  # some write numbers so
        value = int(value)
    if isinstance(value, _Object):
        value = [member for _, member in value]
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str | int) and value != "" and not isinstance(value, bool):
        yield str(value)


def _lenient(body: bytes) -> Any:
    """A body in any Unicode coding as JSON, whatever follows it; None where it is none."""
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        return json.JSONDecoder(object_pairs_hook=_Object).raw_decode(text.lstrip("\ufeff \t\r\n"))[0]
    except (ValueError, RecursionError):
        return None
