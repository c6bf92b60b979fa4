"""What a PATCH makes of a resource (RFC 7644 3.5.2), as far as the RFC leaves no doubt.

Doubtful are, among others, values whose filter finds nobody, whole entries that are replaced through a filter,
and removals that carry a value: servers read these in several ways.
"""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from scim_tests.checks.reading.compare import holds, is_alike
from scim_tests.checks.reading.filters import UnreadableFilterError, read
from scim_tests.checks.reading.filters import holds as fits
from scim_tests.model.scim import GROUP, USER, Json, Resource, get

PATH = re.compile(
    r"(?:(?P<urn>urn:[\w.:-]+):)?(?P<name>[\w$-]+)(?:\[(?P<condition>.+)\])?(?:\.(?P<part>[\w$-]+))?",
    re.IGNORECASE,
)
OF_A_MEMBER = re.compile(r'members\[value eq "[^"\\]+"\]', re.IGNORECASE)
SERVERS = frozenset({"id", "meta", "groups", "schemas"})  # what a client cannot write, or only repeats
BOOLEANS = frozenset({"active", "primary"})
CORE = frozenset({USER.lower(), GROUP.lower()})
MEMBERS = "$.members"
Object = dict[str, Any]


class Doubtful(Exception):  # noqa: N818 -- no error: nobody can say what comes of it
    """What becomes of an operation is not for us to say."""


def patched(before: Resource, operations: Iterable[Resource]) -> Resource | None:
    """The resource after the operations, one after the other; None where one of them is doubtful."""
    after = deepcopy(dict(before))
    try:
        for each in operations:
            _apply(after, deepcopy(dict(each)))  # an entry that is added may be changed by the next
    except Doubtful:
        return None
    return after


def _apply(resource: Object, operation: Resource) -> None:
    op, path, value = str(get(operation, "op")).lower(), get(operation, "path"), get(operation, "value")
    if op not in {"add", "replace", "remove"} or (op == "remove" and (value is not None or not path)):
        raise Doubtful
    if not path and not isinstance(value, Mapping):
        raise Doubtful
    if path and op != "remove" and _is_extension(resource, str(path)):
        raise Doubtful  # a URN alone is no path of the grammar
    named = {str(path): value} if path else value
    for key, each in named.items():
        _change(resource, op, key, each)


def _change(resource: Object, op: str, path: str, value: Json) -> None:
    if _is_extension(resource, path):
        _change_extension(resource, op, path, value)
        return
    found = PATH.fullmatch(path)
    if found is None:
        raise Doubtful
    urn, name = (found["urn"] or "").lower(), found["name"]
    if urn in CORE | {""} and name.lower() in SERVERS:
        return
    holder = resource if urn in CORE | {""} else _part(resource, found["urn"])
    if found["condition"]:
        _change_entries(holder, op, found, value)
    elif found["part"]:
        _set(_part(holder, name), op, found["part"], value)
    else:
        _set(holder, op, name, value)


def _is_extension(resource: Resource, path: str) -> bool:
    named = get(resource, "schemas")
    listed = [str(each).lower() for each in (named if isinstance(named, list) else [])]
    is_urn = path.lower().startswith("urn:") and path.lower() not in CORE
    return is_urn and (
        path.lower() in listed or get(resource, path) is not None or path.lower().endswith(":user")
    )


def _change_extension(resource: Object, op: str, urn: str, value: Json) -> None:
    if op == "remove":
        resource.pop(_spelt(resource, urn), None)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _set(_part(resource, urn), op, key, each)
    else:
        raise Doubtful


def _part(holder: Object, name: str) -> Object:
    """The complex attribute of that name, made where there is none. Doubtful where it is no single one."""
    part = holder.setdefault(_spelt(holder, name), {})
    if not isinstance(part, dict):
        raise Doubtful
    return part


def _set(holder: Object, op: str, name: str, value: Json) -> None:
    key = _spelt(holder, name)
    now = holder.get(key)
    if op == "remove" or value is None or value == []:
        if op != "add":
            holder.pop(key, None)
        elif value is None and now is not None:
            raise Doubtful
    elif isinstance(now, list) or isinstance(value, list):
        given = value if isinstance(value, list) else [value]
        kept = now if op == "add" and isinstance(now, list) else []
        holder[key] = _one_primary(_joined(kept, given, f"$.{name}"), given)
    elif isinstance(value, Mapping):
        part = _part(holder, name)
        for each, member in value.items():
            _set(part, op, each, member)
    elif isinstance(now, Mapping):
        raise Doubtful
    else:
        holder[key] = _typed(name, value)


def _change_entries(holder: Object, op: str, path: re.Match[str], value: Json) -> None:
    key = _spelt(holder, path["name"])
    entries = holder.get(key)
    if not isinstance(entries, list):
        raise Doubtful
    chosen = _chosen(entries, path)
    if not chosen:
        _find_nobody(op, path)
        return
    if path["part"]:
        for each in chosen:
            _set(each, op, path["part"], value)
            _stay_apart(each, entries, f"$.{key}", path["part"])
        holder[key] = _one_primary(entries, chosen)
    elif op == "remove":
        holder[key] = [each for each in entries if each not in chosen]
    elif op == "add" and isinstance(value, Mapping):  # parts of the entries that are there (RFC 7644 3.5.2.1)
        for each in chosen:
            for part, member in value.items():
                _set(each, op, part, member)
                _stay_apart(each, entries, f"$.{key}", part)
        holder[key] = _one_primary(entries, chosen)
    elif op == "replace" and isinstance(value, Mapping) and all(_has_all_of(value, each) for each in chosen):
        holder[key] = _one_primary([value if each in chosen else each for each in entries], [value])
        _stay_apart(value, [each for each in entries if each not in chosen], f"$.{key}", "")
    else:
        raise Doubtful


def _find_nobody(op: str, path: re.Match[str]) -> None:
    """Doubtful, but where somebody is removed who is no member: those are shown by their ids."""
    if op != "remove" or not OF_A_MEMBER.fullmatch(path[0]):
        raise Doubtful


def _has_all_of(given: Resource, entry: Json) -> bool:
    """Whether it is the same if the entry is replaced as a whole or part by part."""
    return isinstance(entry, Mapping) and {key.lower() for key in entry} <= {key.lower() for key in given}


def _stay_apart(changed: Resource, entries: list[Json], path: str, part: str) -> None:
    """Doubtful where an entry lost its value or all it had, or became like another one."""
    is_bare = not changed or (part.lower() == "value" and get(changed, "value") is None)
    if is_bare or any(_is_like(each, changed, path) for each in entries if each is not changed):
        raise Doubtful


class _OfEntries:
    """Letter case counts in no filter of ours, but for ids, which nobody changes the letters of; what is not shown is not there."""

    def is_case_exact(self, _: str) -> bool:
        return False

    def is_shown(self, _: str) -> bool:
        return True


def _chosen(entries: list[Json], path: re.Match[str]) -> list[Json]:
    """Those that the filter fits. Doubtful where that is open of one of them."""
    try:
        wanted = read(path["condition"])
    except UnreadableFilterError:
        raise Doubtful from None
    root = f"{path['name'].lower()}."
    said = [isinstance(each, Mapping) and fits(wanted, each, _OfEntries(), root) for each in entries]
    if None in said:
        raise Doubtful
    return [each for each, is_chosen in zip(entries, said, strict=True) if is_chosen]


def _one_primary(entries: list[Json], given: list[Json]) -> list[Json]:
    """Where one that is given is the primary one, no other is (RFC 7644 3.5.2)."""
    if not any(get(each, "primary") is True for each in given):
        return entries
    return [
        {key: member for key, member in each.items() if key.lower() != "primary"}
        if isinstance(each, Mapping) and not any(each is one or each == one for one in given)
        else each
        for each in entries
    ]


def _joined(entries: list[Json], given: list[Json], path: str) -> list[Json]:
    """Those that are there already, and whichever of the others are not."""
    joined = list(entries)
    for entry in given:
        if not any(_is_it(each, entry, path) for each in joined):
            if any(_is_like(each, entry, path) for each in joined):
                raise Doubtful
            joined.append(entry)
    return joined


def _is_it(one: Json, entry: Json, path: str) -> bool:
    """Type and value tell entries apart (RFC 7643 2.4), members the value alone; without a value all that they hold."""
    if one == entry or (path.lower() == MEMBERS and holds(one, entry, path)):
        return True
    told = [(get(each, "value"), get(each, "type")) for each in (one, entry)]
    return told[0] == told[1] and told[0][0] is not None and holds(one, entry, path)


def _is_like(one: Json, entry: Json, path: str) -> bool:
    """Whether somebody may take two entries for one."""
    has_value = get(one, "value") is not None
    is_one = has_value and all(_is_alike(name, one, entry, path) for name in ("type", "value"))
    return is_one or holds(one, entry, path) or holds(entry, one, path)


def _is_alike(name: str, one: Json, other: Json, path: str) -> bool:
    return is_alike(f"{path}.{name}", get(one, name), get(other, name))


def _spelt(holder: Object, name: str) -> str:
    """The key of an attribute as it stands there."""
    return next((key for key in holder if key.lower() == name.lower()), name)


def _typed(name: str, value: Json) -> Json:
    """Booleans that some clients send as strings."""
    if name.lower() in BOOLEANS and isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return value
