"""Which requests of a run a script may send again: each form that is listed here, and no other."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from urllib.parse import unquote

from scim_tests.model.record import ExchangeRecord
from scim_tests.model.scim import GROUP, Json, get
from scim_tests.report.reproduction.asked import aim

SEARCHES = frozenset({"/.search", "/Users/.search", "/Groups/.search"})  # queries by POST (RFC 7644 3.4.3)
NO_UTF_8 = "\ufffd"  # stands in a record for what is none
OF_A_GROUP = frozenset({"schemas", "id", "externalid", "displayname", "members", "meta"})
OF_A_MEMBER = frozenset({"value", "display", "type", "$ref"})


def is_harmless(each: ExchangeRecord, made: Collection[str]) -> bool:
    """Whether it only reads, makes somebody, or changes one of those `made` (`/Users/<id>`) by its id."""
    if not each.path.startswith("/") or each.path.startswith("//"):
        return False
    if each.method == "GET" or (each.method == "POST" and each.path in SEARCHES):
        return True
    if (
        NO_UTF_8 in each.request.body or "body" in each.request.unrecorded
    ):  # what was sent is not known to the byte
        return False
    together = named(each)
    if together is None or any(place not in made for place in together):
        return False
    if each.method == "POST":
        return aim(each) in {"/Users", "/Groups"} and _has_a_name(each)
    return (
        each.method in {"PUT", "PATCH", "DELETE"}
        and unquote(aim(each)) in made
        and "%2f" not in each.path.lower()
    )


def operations(each: ExchangeRecord) -> list[ExchangeRecord]:
    """The writes that a bulk request stands for; none of any other request, and where it does anything else."""
    if (each.method, each.path) != ("POST", "/Bulk"):
        return []
    body = _json(each)
    listed = get(body, "Operations")
    told = [
        replace(
            each,
            method=str(get(one, "method")),
            path=str(get(one, "path")),
            request=replace(each.request, body=json.dumps(get(one, "data"))),
        )
        for one in (listed if isinstance(listed, list) else ())
    ]
    return told if all(one.method in {"PUT", "PATCH", "DELETE"} for one in told) else []


def _has_a_name(each: ExchangeRecord) -> bool:
    body = _json(each)
    name = get(body, "userName" if aim(each) == "/Users" else "displayName")
    return isinstance(name, str) and bool(name)


def named(each: ExchangeRecord) -> list[str] | None:
    """Who a write puts together, as `/Users/<id>` of a group and `/Groups/<id>` of a user.

    None where that is written in any shape but SCIM's: it may name anybody.
    """
    try:
        said = list(_said(_json(each)))
        if not each.path.startswith("/Groups"):
            return [
                f"/Groups/{one}" for attribute, value in said if attribute == "groups" for one in _ids(value)
            ]
        if any(attribute not in OF_A_GROUP for attribute, _ in said):
            return None  # it may be another name for members
        return [f"/Users/{one}" for attribute, value in said if attribute == "members" for one in _ids(value)]
    except ValueError:
        return None


def _json(each: ExchangeRecord) -> Json:
    if not each.request.body:
        return None
    try:
        return json.loads(each.request.body)
    except RecursionError:
        raise ValueError("nested too deep to read") from None


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


def _ids(said: Json) -> list[str]:
    several = said if isinstance(said, list) else [said]
    return [_member(one) for one in several if one not in (None, {})]  # who names nobody


def _member(one: Json) -> str:
    """The id of a member, or of a group, in SCIM's shape."""
    identity, reference = get(one, "value"), get(one, "$ref")
    if not isinstance(one, dict) or not {key.lower() for key in one} <= OF_A_MEMBER:
        raise ValueError("no member")
    if not isinstance(identity, str) or not str(reference or identity).endswith(identity):
        raise ValueError("no member")
    return identity
