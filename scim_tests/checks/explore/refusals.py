"""What is refused and what is taken: names in use, whoever is gone, and a write that was taken before."""

from collections.abc import Iterator
from typing import NamedTuple

from scim_tests.checks.explore.reads import READS, standing_of
from scim_tests.checks.explore.shown import first_of, wrong
from scim_tests.checks.explore.there import GONE, Standing, There, after, before, resources_in
from scim_tests.checks.explore.whom import NAMES, is_in_doubt, may_have, namesakes
from scim_tests.checks.reading.bulk import apart, each_alone, made_by
from scim_tests.checks.reading.compare import leaves
from scim_tests.checks.reading.history import WRITES, key_of
from scim_tests.checks.reading.patching import patched
from scim_tests.knowledge.consequences import (
    CREATE_FAILS,
    DUPLICATES,
    NOT_OKTAS,
    PUSH_FAILS,
    WRONG_PROFILE,
)
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, get, strings

CONFLICT = 409
REFUSED = frozenset({400, *GONE, 405, 422, 501})  # others speak of access, of load, or of a name in use
CONDITIONAL = frozenset({"explore.set_if_current", "explore.set_if_stale"})
UNIQUE = (
    "externalId",
    "emails",
    "phoneNumbers",
)  # what targets want to be of one person alone, besides the name


@check(
    "explore.refused-write-changes-nothing",
    on=READS,
    when=lambda exchange: exchange.is_success and _is_refused_alone(standing_of(exchange)),
    otherwise="nobody was read after a write that was refused",
    title="A write that is refused changes nothing",
    references=("RFC7644-3.5.2-17", "RFC7644-3.5.2-18"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Check the whole request before anything is changed, or roll back all of it: the record, its index and its copies.",
)
def refused_write_changes_nothing(exchange: Exchange) -> Finding | None:
    standing = standing_of(exchange)
    if standing is None or not standing.is_there or not resources_in(exchange):
        raise NotObserved("", "nobody was read whose state is known")
    found = wrong(exchange, before(exchange), key_of(exchange), resources_in(exchange)[0])
    return first_of(found, exchange, standing, lambda _: True)


def _is_refused_alone(standing: Standing | None) -> bool:
    return standing is not None and bool(standing.writes) and not standing.done


@check(
    "explore.taken-name-is-refused",
    on="explore.*",
    when=lambda exchange: key_of(exchange)[0] == "/Users" and len(resources_in(exchange)) == 1,
    otherwise="no answer showed a user",
    title="No two users have one userName at a time",
    references=("RFC7643-4.1.1-02", "RFC7644-3.3-08", "RFC7643-4.1.1-03"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Check every write that gives a userName against what is stored now, letter case aside, and free a name only when its user lets it go.",
)
def taken_name_is_refused(exchange: Exchange) -> Finding | None:
    """The answer has to show the name: a target may pass over a userName that nobody may change."""
    shown, there = resources_in(exchange)[0], after(exchange)
    name, id_ = str(get(shown, "userName")), str(get(shown, "id"))
    others = {key: each for key, each in namesakes(there, "/Users", name).items() if key != id_}
    if exchange.request.endpoint == "/Users" and exchange.request.method == "GET":
        return None  # of a lookup other checks tell
    for other, standing in others.items():
        said = str(get(standing.seen, "userName")).casefold()
        if said == name.casefold() or any(each.request.method == "POST" for each in standing.done):
            write = [each for each in exchange.before[-1:] if each.request.method in WRITES]
            at = tuple(dict.fromkeys((*standing.at[-1:], *write, exchange)))
            got = f"{name}, which {other} has"
            return Finding("a refusal, since somebody else has the name", got, "$.userName", at=at)
    return None


@check(
    "explore.free-name-is-taken",
    on="explore.*",
    when=lambda exchange: exchange.request.method in WRITES and exchange.status == CONFLICT,
    otherwise="nothing was refused with 409",
    title="A name that nobody has is not refused as in use",
    references=("RFC7644-3.3-08", "RFC7644-3.3-04", "RFC7644-3.6-04"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=CREATE_FAILS,
    fix="Free a userName when its user is renamed or deleted, or when the write that asked for it is refused.",
)
def free_name_is_taken(exchange: Exchange) -> Finding | None:
    """Advice where somebody who was deleted had it, unless one such name was taken again (RFC 7644 3.6)."""
    kind, id_ = key_of(exchange)
    there, name = before(exchange), _name_in(exchange)
    if not name or exchange.step in CONDITIONAL or apart(exchange) != (exchange,):
        return None
    if may_have(there, kind, name, but_for=id_) or _is_lost(exchange, name) or _shares(exchange, there):
        return None
    of_gone = any(not each.is_there and _had(each, kind, name) for _, each in there.of(kind))
    mild = of_gone and not _gave_one_again(exchange, kind)
    gave = [
        each
        for each in exchange.before
        if name.casefold() in map(str.casefold, strings(each.request.written))
    ]
    at = (*gave[-2:], exchange)
    return Finding(f"{name} is free", exchange.answer.phrase, f"$.{NAMES[kind]}", at=at, mild=mild)


def _is_lost(exchange: Exchange, name: str) -> bool:
    """Whether somebody may have the name of whom no answer told."""
    gave = any(
        name.casefold() in map(str.casefold, strings(each.request.written)) for each in exchange.before
    )
    return gave and is_in_doubt(exchange, name)


def _name_in(write: Exchange) -> str:
    """The name that a write gives; empty where it gives none."""
    name = NAMES.get(key_of(write)[0], "")
    try:
        said = write.request.operations if write.request.method == "PATCH" else [write.request.resource]
    except NotObserved:
        return ""
    for each in said:
        value = get(each, "value", name) or get(each, name)
        if value is None and str(get(each, "path")).lower() == name.lower():
            value = get(each, "value")
        if isinstance(value, str) and value:
            return value
    return ""


def _shares(exchange: Exchange, there: There) -> bool:
    """Whether somebody who may be there has another value of it that a target may want to be unique."""
    kind, id_ = key_of(exchange)
    texts = {each.casefold() for each in strings(exchange.request.written)}
    for other, standing in there.of(kind):
        if other == id_ or standing.is_there is False:
            continue
        held = [standing.seen, *(way.resource for way in standing.ways)]
        values = {one.casefold() for each in held for name in UNIQUE for one in _values_of(get(each, name))}
        if not standing.ways or values & texts:
            return True
    return False


def _values_of(value: Json) -> Iterator[str]:
    """Of a list of entries what they are for, without their types."""
    entries = value if isinstance(value, list) else [value]
    return strings([each.get("value") if isinstance(each, dict) else each for each in entries])


def _had(standing: Standing, kind: str, name: str) -> bool:
    held = [get(standing.seen, NAMES[kind]), *standing.values(NAMES[kind])]
    held += [_name_in(each) for each in standing.writes]
    return not standing.ways or any(str(each).casefold() == name.casefold() for each in held)


def _gave_one_again(exchange: Exchange, kind: str) -> bool:
    """Whether the target took a create, in this conversation, under a name of somebody who was deleted."""
    for each in exchange.before:
        if each.request.method == "POST" and each.request.endpoint == kind and made_by(each):
            name = _name_in(each)
            if any(one.is_there is False and _had(one, kind, name) for _, one in before(each).of(kind)):
                return True
    return False


@check(
    "explore.nobody-is-written-to",
    on="explore.*",
    when=lambda exchange: exchange.request.method in WRITES and _is_gone(exchange),
    otherwise="nobody was written to who had been deleted",
    title="A write to somebody who was deleted is not answered with success",
    references=("RFC7644-3.6-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Look for the record before writing, not in a cache, and answer 404 where nobody is found.",
)
def nobody_is_written_to(exchange: Exchange) -> Finding | None:
    (write,) = apart(exchange)
    if not write.is_success:
        return None
    standing = before(exchange).standing(write)
    at = (*(standing.writes[-1:] if standing else ()), exchange)
    return Finding("404 Not Found", write.answer.phrase, at=at)


def _is_gone(exchange: Exchange) -> bool:
    found = apart(exchange)
    standing = before(exchange).standing(found[0]) if len(found) == 1 else None
    return standing is not None and standing.is_there is False


class Likeness(NamedTuple):
    """What tells whether a write is like another: its shape, and each value that it sends by its path."""

    shape: frozenset[object]
    values: frozenset[tuple[str, str]]


@check(
    "explore.write-is-taken-again",
    on="explore.*",
    when=lambda exchange: exchange.request.method in WRITES and exchange.step not in CONDITIONAL,
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
        return Finding("success, since that one is there", write.answer.phrase, at=(*at, exchange))
    if write.status == CONFLICT and (_name_in(write) or _shares(write, there)):
        return None
    like = next((each for each in reversed(taken) if _is_like(write, each, exchange)), None)
    if like is None:
        return None
    expected = f"success, as for the like of it before ({like.answer.phrase})"
    return Finding(expected, write.answer.phrase, at=(like, *at, exchange))


def _is_refused_oddly(write: Exchange, there: There) -> bool:
    """Whether it is refused, and nobody whom it is about or speaks of is a reason for that."""
    if write.heard.answer is None or write.status not in REFUSED | {CONFLICT}:
        return False
    is_about_one = bool(key_of(write)[1])
    return not (
        _names_who_may_not_count(write, there)
        or (is_about_one and not _has_effect(write, there.standing(write)))
    )


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
    one, other = _likeness(write), _likeness(taken)
    if taken.step != write.step:
        return False
    if one is None or other is None or not one.shape <= other.shape:
        return False
    return one.values <= other.values | _accepted(exchange, key_of(write)[0])


def _accepted(exchange: Exchange, kind: str) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for each in each_alone(exchange.before):
        if key_of(each)[0] == kind:
            found.update(_values(resources_in(each)[:1] if key_of(each)[1] else []))
            likeness = _likeness(each) if each.request.method in WRITES and each.is_success else None
            found |= likeness.values if likeness else set()
    return frozenset(found)


def _likeness(write: Exchange) -> Likeness | None:
    try:
        if write.request.method != "PATCH":
            body = write.request.written
            return Likeness(frozenset(map(str.lower, body)), frozenset(_values([body])))
        shape: set[object] = set()
        values: set[tuple[str, str]] = set()
        for each in write.request.operations:
            path, value = str(get(each, "path") or ""), get(each, "value")
            op = str(get(each, "op")).lower()
            keys = {key.lower() for key in value} if isinstance(value, dict) and not path else {""}
            shape |= {(op, path.partition("[")[0].lower(), key) for key in keys}
            named = value if isinstance(value, dict) and not path else {path.partition("[")[0]: value}
            values.update(_values([named]))
        return Likeness(frozenset(shape), frozenset(values))
    except NotObserved:
        return None


SAME_TO_ALL = frozenset(
    {"$.username", "$.displayname", "$.members", "$.id", "$.meta", "$.schemas", "$.groups", "$.password"}
)


def _values(bodies: list[Json]) -> Iterator[tuple[str, str]]:
    """Each value by its path, less names, members and what is the server's."""
    for body in bodies:
        for path, value in leaves(body):
            if path.lower() not in SAME_TO_ALL and not path.lower().startswith("$.meta."):
                yield path.lower(), describe(value)
