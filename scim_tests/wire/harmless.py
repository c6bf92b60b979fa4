"""Which requests of a run a script may send again: each form that is listed here, and no other."""

import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from scim_tests.model.record import ExchangeRecord
from scim_tests.model.scim import GROUP, Json, get

SEARCHES = frozenset({"/.search", "/Users/.search", "/Groups/.search"})  # queries by POST (RFC 7644 3.4.3)
OF_A_GROUP = frozenset({"schemas", "id", "externalid", "displayname", "members", "meta"})
OF_A_MEMBER = frozenset({"value", "display", "type", "$ref"})


def is_harmless(each: ExchangeRecord, made: Collection[str]) -> bool:
    """Whether it only reads, makes somebody, or changes one of those `made` (`/Users/<id>`) by its id."""
    if not each.path.startswith("/") or each.path.startswith("//"):
        return False
    if each.method == "GET" or (each.method == "POST" and each.path in SEARCHES):
        return True
    named = members(each)
    if named is None or any(f"/Users/{identity}" not in made for identity in named):
        return False
    if each.method == "POST":
        return each.path in {"/Users", "/Groups"} and _has_a_name(each)
    return (
        each.method in {"PUT", "PATCH", "DELETE"}
        and unquote(each.path) in made
        and "%2f" not in each.path.lower()
    )


def _has_a_name(each: ExchangeRecord) -> bool:
    body = _json(each)
    name = get(body, "userName" if each.path == "/Users" else "displayName")
    return isinstance(name, str) and bool(name)


def members(each: ExchangeRecord) -> list[str] | None:
    """The ids of people whom a write to a group names; None where a member is written in any shape but SCIM's.

    The groups that a user is told to be in are none of the user's to write, and must be empty.
    """
    try:
        if each.path.startswith("/Groups"):
            return list(_of_a_group(_json(each)))
        return [] if not any(_values(_json(each), "groups")) else None
    except ValueError:
        return None


def _json(each: ExchangeRecord) -> Json:
    if not each.request.body:
        return None
    try:
        return json.loads(each.request.body)
    except RecursionError:
        raise ValueError("nested too deep to read") from None


def _values(body: Json, name: str) -> Iterator[Json]:
    """What a write says of an attribute, as a member of the resource or as an operation's value."""
    yield from (value for said, value in _said(body) if said == name)


def _said(body: Json) -> Iterator[tuple[str, Json]]:
    """Attributes with their values: of the resource, and of a PATCH's operations. ValueError where it is neither."""
    if not isinstance(body, dict | None):
        raise ValueError("no resource")  # noqa: TRY004 -- one error for all that is not read
    for key, value in (body or {}).items():
        if key.lower() != "operations":
            yield _root(key), value
        elif not isinstance(value, list):
            raise ValueError("no operations")
        else:
            for each in value:
                path, meant = get(each, "path"), get(each, "value")
                if path is None and not isinstance(meant, dict):
                    raise ValueError("no operation")
                yield from (
                    ((_root(key), one) for key, one in meant.items())
                    if path is None
                    else [(_root(str(path)), meant)]
                )


def _root(path: str) -> str:
    """The attribute a path begins with: `urn:…:Group:members[value eq "7"]` is about members."""
    return re.split(r"[.\[]", path.strip().lower().removeprefix(GROUP.lower() + ":"), maxsplit=1)[0]


def _of_a_group(body: Json) -> Iterator[str]:
    for attribute, said in _said(body):
        if attribute not in OF_A_GROUP:
            raise ValueError("an attribute that may be another name for members")
        if attribute == "members":
            for one in said if isinstance(said, list) else [said] if said else []:
                yield _member(one)


def _member(one: Json) -> str:
    """The id of a member in SCIM's shape."""
    identity, reference = get(one, "value"), get(one, "$ref")
    if not isinstance(one, dict) or not {key.lower() for key in one} <= OF_A_MEMBER:
        raise ValueError("no member")
    if not isinstance(identity, str) or not str(reference or identity).endswith(identity):
        raise ValueError("no member")
    return identity
