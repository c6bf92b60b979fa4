"""What of two answers is compared: a place where there is one, else all that was told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scim_tests.report.reproduction.scripted.answers import Json, get
from scim_tests.report.reproduction.scripted.likeness import EACH, _written

STATUS = "(status)"  # the place of a finding that is about the status alone
TOLD = ("content-type", "location", "www-authenticate", "retry-after")


def at_place(said: Json, where: str) -> Json:
    """What stands at a JSON path or under a header of an answer's likeness; all of it where that is neither."""
    headers, body = said["headers"], said["body"]
    if where == STATUS:
        return said["status"]
    told = {
        name: headers.get(name)
        for name in (
            TOLD if not where.startswith("$") else ("location",) if where.endswith("location") else ()
        )
    }
    if where.lower() in {*headers, *TOLD, "etag"}:  # where it is says Location twice, here and in meta
        return [said["status"], headers.get(where.lower()), get(get(body, "meta"), where)]
    if not where.startswith("$"):
        return [said["status"], told, body]
    return [
        said["status"],
        said["whose"],
        told,
        _in_list(body, where[1:]) if isinstance(get(body, EACH), dict) else _all(body, where[1:]),
    ]


def _in_list(body: Json, path: str) -> Json:
    """What stands there in a list, or in each resource that it is looked at for."""
    of_resources = re.match(r"\.Resources(?:\[[^\]]*\])?(?!\w)", path)
    inner = path[of_resources.end() :] if of_resources else path
    if not inner or (not of_resources and get(body, _first(path)) is not None):
        return _all(body, ".Resources" if of_resources else path)
    if inner == ".id":  # who somebody is matters only where they were sought
        ids = [_all(one, inner) for one in body[EACH].values()] if body["Resources"]["who"] else []
        return [body["Resources"], sorted(ids, key=_written)]
    return {EACH: {who: _all(one, inner) for who, one in body[EACH].items()}}


def _all(value: Json, path: str) -> list[Json]:
    """The values at a JSON path; what stands in one of several is told with all of that one."""
    of_several = re.match(r"(.*\w)\[[^\]']*\]\.[^.\[]+$", path)
    return sorted(_found(value, of_several[1] if of_several else path), key=_written)


def _first(path: str) -> str:
    found = re.match(r"\.([^.\[]+)", path)
    return found[1] if found else ""


def _found(value: Json, path: str) -> Iterator[Json]:
    """The values at a JSON path; an index stands for every element, and so does none; a name may hold dots."""
    if not path:
        yield value
    elif isinstance(value, list) and path[:2] != "..":
        rest = path.partition("]")[2] if path[0] == "[" and path[1:2] != "'" else path
        for each in value:
            yield from _found(each, rest)
    elif path[:2] == "..":
        for inner in _within(value):
            if isinstance(inner, dict):
                yield from (each for each in _found(inner, path[1:]) if each is not None)
    else:
        name, rest = _member(value, path)
        yield from _found(get(value, name), rest) if name else [None]


def _member(value: Json, path: str) -> tuple[str, str]:
    """Which member of an object a path begins with, and its rest; the longest name wins."""
    bare = re.sub(r"^\['([^']*)'\]", r".\1", path)[1:]
    names = (
        [name for name in value if re.match(re.escape(name.lower()) + r"(?![^.\[])", bare.lower())]
        if isinstance(value, dict)
        else []
    )
    name = max(names, key=len, default="")
    return name, bare[len(name) :]


def _within(value: Json) -> Iterator[Json]:
    yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(each)


def alike(one: Json, other: Json) -> bool:
    """Whether both say the same; of whom only one list shows, nothing is compared."""
    if isinstance(one, dict) and isinstance(other, dict):
        if EACH in one and EACH in other:
            both = one[EACH].keys() & other[EACH].keys()
            if one[EACH] and not both and other[EACH]:
                return alike(
                    sorted(map(_written, one[EACH].values())), sorted(map(_written, other[EACH].values()))
                )
            shown = bool(one[EACH]) == bool(other[EACH]) and all(
                alike(one[EACH][who], other[EACH][who]) for who in both
            )
            return shown and alike(
                *({key: each[key] for key in each if key != EACH} for each in (one, other))
            )
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and bool(one == other)
