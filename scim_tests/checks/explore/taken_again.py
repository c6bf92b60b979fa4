"""A write that was taken before, and is refused although nothing speaks against it."""

from collections.abc import Iterator

from scim_tests.checks.explore.refusals import (
    CONDITIONAL,
    CONFLICT,
    is_doubtful,
    is_spoilt,
    may_be_in_use,
    name_in,
    refused,
)
from scim_tests.checks.explore.there import Standing, There, before, resources_in
from scim_tests.checks.reading.bulk import apart, each_alone
from scim_tests.checks.reading.compare import leaves
from scim_tests.checks.reading.history import WRITES, key_of
from scim_tests.checks.reading.patching import patched
from scim_tests.knowledge.consequences import PUSH_FAILS
from scim_tests.model.check import BOTH, MUST, STOPS, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import GONE, Json, Resource, get, strings

REFUSED = frozenset({400, *GONE, 405, 422, 501})  # others speak of access, of load, or of a name in use


@check(
    "explore.write-is-taken-again",
    on="explore.*",
    when=lambda exchange: exchange.request.method in WRITES and not _may_be_refused(exchange),
    otherwise="nothing was written",
    title="A write that was taken before is taken again",
    references=("RFC7644-3.5.1-03", "RFC7644-3.5.2-17", "RFC7644-3.3-04"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=PUSH_FAILS,
    fix="Look for what an earlier request left behind: a stale lookup by id, a session that was not rolled back, a flag, a lock.",
    follows=("explore.read-shows-who-is-there",),
)
def write_is_taken_again(exchange: Exchange) -> Finding | None:
    """Of somebody who is there and active: a 404 where such writes are served, else only what was taken or shown before."""
    there, write = before(exchange), next(iter(apart(exchange)), exchange)
    standing = there.standing(write)
    if not _is_refused_oddly(write, there):
        return None
    at = standing.at[-1:] if standing else ()
    taken = [each for each in _taken(exchange) if each.request.method == write.request.method]
    if write.status in GONE and key_of(write)[1]:
        if not any(key_of(each)[0] == key_of(write)[0] for each in taken):
            return None
        said = "success, since that one is there"
        return refused(write, Finding(said, write.answer.phrase, at=(*at, exchange)))
    if may_be_in_use(write) or is_doubtful(write) or (write.status == CONFLICT and name_in(write)):
        return None  # with 409, or with 400 (RFC 7643 7)
    like = next((each for each in reversed(taken) if _is_like(write, each, exchange)), None)
    if like is None:
        return None
    expected = f"success, as for the like of it before ({like.answer.phrase})"
    return refused(write, Finding(expected, write.answer.phrase, at=(like, *at, exchange)))


def _may_be_refused(write: Exchange) -> bool:
    """By a condition, for what no server can do, or for what it shares with somebody else."""
    return write.step in {*CONDITIONAL, "explore.create_alike", "explore.create_group_alike"} or is_spoilt(
        write
    )


def _is_refused_oddly(write: Exchange, there: There) -> bool:
    """Whether it is refused, and nobody whom it is about or speaks of is a reason for that."""
    if write.heard.answer is None or write.status not in REFUSED | {CONFLICT}:
        return False
    standing = there.standing(write)
    if write.status in GONE and standing and there.may_hide(standing, "read"):
        return False
    is_about_one = bool(key_of(write)[1])
    return not (_names_who_may_not_count(write, there) or (is_about_one and not _has_effect(write, standing)))


def _taken(exchange: Exchange) -> list[Exchange]:
    """The writes before it that were taken, those of bulk requests by themselves."""
    return [each for each in each_alone(exchange.before) if each.is_success and each.request.method in WRITES]


def _names_who_may_not_count(write: Exchange, there: There) -> bool:
    """Whether it speaks of somebody else who need not be there, or is not active."""
    texts = set(strings(write.request.written))
    others = {
        id_
        for (_, id_), each in there.everybody.items()
        if not each.is_there or False in each.values("active")
    }
    return any(id_ in each for id_ in others - {key_of(write)[1]} for each in texts)


def _has_effect(write: Exchange, standing: Standing | None) -> bool:
    """Whether each operation that chooses, adds or removes does something in every way; others may be repeated.

    Of somebody who is not active a target may want to hear nothing but that they are.
    """
    if standing is None or not standing.is_there:
        return False
    if False in standing.values("active") and write.status not in GONE and not _activates(write):
        return False
    if write.request.method != "PATCH":
        return True
    try:
        operations = write.request.operations
    except NotObserved:
        return False
    for each in operations:
        op, path = str(get(each, "op")).lower(), str(get(each, "path") or "")
        if op == "replace" and "[" not in path:
            continue
        ends = [(patched(way.resource, [each]), way.resource) for way in standing.ways]
        if not ends or any(end is None or end == was for end, was in ends):
            return False
    return True


def _activates(write: Exchange) -> bool:
    said = write.request.operations if write.request.method == "PATCH" else [write.request.written]
    return any(get(each, "value", "active") is True or get(each, "active") is True for each in said)


def _is_like(write: Exchange, taken: Exchange, exchange: Exchange) -> bool:
    """Whether its shape is that of one that was taken, and each of its values was taken or shown."""
    if taken.step != write.step or not _shape(write) <= _shape(taken):
        return False
    return _sent(write) <= _sent(taken) | _accepted(exchange, key_of(write)[0])


def _accepted(exchange: Exchange, kind: str) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for each in each_alone(exchange.before):
        if key_of(each)[0] == kind:
            found.update(_values(resources_in(each)[:1] if key_of(each)[1] else []))
            found |= _sent(each) if each.request.method in WRITES and each.is_success else set()
    return frozenset(found)


def _shape(write: Exchange) -> frozenset[object]:
    """What a PATCH does, and of what it leaves nothing; of another write all that it gives: a target may require each."""
    if write.request.method != "PATCH":
        return frozenset({_paths(write.request.written)})
    does: set[object] = set()
    for each in write.request.operations:
        does |= {(str(get(each, "op")).lower(), *parts) for parts in _named(each)}
    standing = before(write).standing(write)
    for way in standing.ways if standing else ():
        does |= _paths(way.resource) - _paths(patched(way.resource, write.request.operations) or {})
    return frozenset(does)


def _paths(resource: Resource) -> frozenset[object]:
    """Where it has values, in small letters."""
    return frozenset(path.lower() for path, _ in leaves(resource))


def _named(operation: Resource) -> set[tuple[str, str]]:
    """The attributes that an operation is about: its path, or else the keys of its value."""
    path, value = str(get(operation, "path") or ""), get(operation, "value")
    keys = value if isinstance(value, dict) and not path else [""]
    return {(path.partition("[")[0].lower(), key.lower()) for key in keys}


def _sent(write: Exchange) -> set[tuple[str, str]]:
    """Each value that it sends, by its path."""
    if write.request.method != "PATCH":
        return set(_values([write.request.written]))
    bodies: list[Json] = []
    for each in write.request.operations:
        path, value = str(get(each, "path") or ""), get(each, "value")
        bodies.append(value if isinstance(value, dict) and not path else {path.partition("[")[0]: value})
    return set(_values(bodies))


SAME_TO_ALL = frozenset(
    {"$.username", "$.displayname", "$.members", "$.id", "$.meta", "$.schemas", "$.groups", "$.password"}
)


def _values(bodies: list[Json]) -> Iterator[tuple[str, str]]:
    """Each value by its path, less names, members and what is the server's."""
    for body in bodies:
        for path, value in leaves(body):
            if path.lower() not in SAME_TO_ALL and not path.lower().startswith("$.meta."):
                yield path.lower(), describe(value)
