"""What is refused and what is taken: names in use, and whoever is gone."""

from collections.abc import Iterator
from dataclasses import replace

from scim_tests.checks.explore.reads import READS, standing_of
from scim_tests.checks.explore.shown import first_of, wrong
from scim_tests.checks.explore.there import Standing, after, before, resources_in
from scim_tests.checks.explore.whom import NAMES, is_in_doubt, may_have, namesakes
from scim_tests.checks.reading.bulk import apart, made_by
from scim_tests.checks.reading.history import WRITES, key_of, may_have_changed
from scim_tests.knowledge.consequences import (
    CREATE_FAILS,
    DUPLICATES,
    GROUP_FAILS,
    GROUP_NOT_DELETED,
    GROUP_PUSH_FAILS,
    MEMBERSHIP_FAILS,
    NOT_GIVEN_BACK,
    NOT_OKTAS,
    PUSH_FAILS,
    STILL_ACTIVE,
    WRONG_PROFILE,
)
from scim_tests.model.act import NOBODY
from scim_tests.model.check import (
    BOTH,
    DEGRADED,
    MUST,
    RFC,
    STOPS,
    WRONG_DATA,
    Consequence,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, get, strings

CONFLICT = 409
# What a target may refuse with 409 as outdated (RFC 7644 3.12), whenever it comes: by its condition, or by the version
# within it.
CONDITIONAL = frozenset({
    "explore.set_if_current", "explore.set_if_stale", "explore.rename_group_if_current", "explore.rename_group_if_stale",
    "explore.put_back",
})  # fmt: skip
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
    """Advice where the target may take another one for whoever has it, unless it took such a create (RFC 7644 3.6)."""
    kind, name = key_of(exchange)[0], name_in(exchange)
    if not name or apart(exchange) != (exchange,) or is_spoilt(exchange) or _may_be_outdated(exchange):
        return None
    if may_be_in_use(exchange):
        return None
    gave = [
        each
        for each in exchange.before
        if name.casefold() in map(str.casefold, strings(each.request.written))
    ]
    at, where, mild = (*gave[-2:], exchange), f"$.{NAMES[kind]}", is_doubtful(exchange)
    return refused(exchange, Finding(f"{name} is free", exchange.answer.phrase, where, at=at, mild=mild))


def refused(write: Exchange, found: Finding) -> Finding:
    """The finding of a refusal, with what follows from it in Okta: that goes by what was written, and to whom."""
    kind, method = key_of(write)[0], write.request.method
    if method == "DELETE":
        follows = GROUP_NOT_DELETED if kind == "/Groups" else NOT_OKTAS
        return replace(found, consequence=follows, severity=DEGRADED)
    if method == "POST":
        return replace(found, consequence=GROUP_FAILS if kind == "/Groups" else CREATE_FAILS)
    return replace(found, consequence=_of_a_change(write, kind))


def _of_a_change(write: Exchange, kind: str) -> Consequence:
    if kind == "/Groups":
        return GROUP_PUSH_FAILS if name_in(write) else MEMBERSHIP_FAILS
    return {"explore.deactivate": STILL_ACTIVE, "explore.activate": NOT_GIVEN_BACK}.get(
        write.step, PUSH_FAILS
    )


def _may_be_outdated(exchange: Exchange) -> bool:
    """Whether it has a condition, or is a copy that was read before anything else was written."""
    if exchange.step in CONDITIONAL:
        return True
    standing = before(exchange).standing(exchange)
    if exchange.request.method != "PUT" or not get(exchange.request.written, "meta"):
        return False
    read = standing.read if standing else None
    since = exchange.before[exchange.before.index(read) + 1 :] if read else exchange.before
    return any(each.request.method in WRITES and may_have_changed(each) for each in since)


def is_spoilt(write: Exchange) -> bool:
    """Whether there is something in it that no server can do: how it says no is left to it."""
    return NOBODY in write.request.text


def _is_lost(exchange: Exchange, name: str) -> bool:
    """Whether somebody may have the name of whom no answer told."""
    gave = any(
        name.casefold() in map(str.casefold, strings(each.request.written)) for each in exchange.before
    )
    return gave and is_in_doubt(exchange, name)


def name_in(write: Exchange) -> str:
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


def may_be_in_use(write: Exchange) -> bool:
    """Whether somebody else who may be there may have its name, or another value of it that a target may want to be unique."""
    (kind, id_), there, name = key_of(write), before(write), name_in(write)
    if name and (may_have(there, kind, name, but_for=id_) or _is_lost(write, name)):
        return True
    return any(
        not standing.ways or _has_one_of(write, standing)
        for other, standing in there.of(kind)
        if other != id_ and standing.is_there is not False
    )


def is_doubtful(write: Exchange) -> bool:
    """Whether a target may take something of it for in use that nobody has, and took no such create in this conversation."""
    kind = key_of(write)[0]
    creates = (
        each
        for each in write.before
        if each.request.method == "POST" and each.request.endpoint == kind and made_by(each)
    )
    return bool(_doubts(write) - {what for each in creates for what in _doubts(each)})


def _doubts(write: Exchange) -> frozenset[str]:
    """The name, or another value, that somebody has had who is deleted; or a name that is an address of another one."""
    (kind, id_), name = key_of(write), name_in(write)
    others = [each for other, each in before(write).of(kind) if other != id_]
    gone = [each for each in others if each.is_there is False]
    doubts = {
        "name": bool(name) and any(_had(each, kind, name) for each in gone),
        "value": any(_has_one_of(write, each) for each in gone),
        "address": any(name.casefold() in _unique(each) for each in others),
    }
    return frozenset(what for what, may_be in doubts.items() if may_be)


def _has_one_of(write: Exchange, standing: Standing) -> bool:
    """Whether somebody has, or had, a value of a write that may have to be unique, besides the name."""
    texts = {each.casefold() for each in strings(write.request.written)}
    return bool((texts - {name_in(write).casefold()}) & _unique(standing))


def _unique(standing: Standing) -> frozenset[str]:
    """What somebody has, or had, that may have to be unique besides the name, in small letters."""
    held = [standing.seen, *(way.resource for way in standing.ways)]
    return frozenset(
        one.casefold() for each in held for name in UNIQUE for one in _values_of(get(each, name))
    )


def _values_of(value: Json) -> Iterator[str]:
    """Of a list of entries what they are for, without their types."""
    entries = value if isinstance(value, list) else [value]
    return strings([each.get("value") if isinstance(each, dict) else each for each in entries])


def _had(standing: Standing, kind: str, name: str) -> bool:
    held = [get(standing.seen, NAMES[kind]), *standing.values(NAMES[kind])]
    held += [name_in(each) for each in standing.writes]
    return not standing.ways or any(str(each).casefold() == name.casefold() for each in held)


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
