"""What is sent for one person does not show on, or change, another person."""

from collections import defaultdict
from collections.abc import Iterator

from scim_tests.checks.reading.compare import (
    READ_ONLY,
    SECRET,
    changes,
    fold,
    is_the_clients,
    leaves,
    weightiest,
    without,
)
from scim_tests.checks.reading.history import ObservationPair, ResourceHistory, history, is_between
from scim_tests.knowledge.consequences import WRONG_PROFILE
from scim_tests.model.check import BOTH, MUST, PLAY, SECURITY, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, get
from scim_tests.model.transcript import Transcript

# What many people share, or are given where a client says nothing.
ANYBODYS = frozenset({"schemas", "groups", "active", "locale", "timezone", "preferredlanguage", "usertype"})


@check(
    "every_view.shows-nothing-of-somebody-else",
    on=PLAY,
    title="A new user has no value that was sent only for another person",
    references=("RFC7644-3.3-02", "RFC7644-3.1-05"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Start each create from an empty user; look for a shared default or a reused buffer.",
)
def shows_nothing_of_somebody_else(transcript: Transcript) -> Finding | None:
    """A value that several people were sent may be a default of the target's, so only one person's counts."""
    creates = [
        each
        for each in transcript
        if each.request.method == "POST" and each.request.endpoint == "/Users" and each.is_success
        if each.answer.body and each.request.written
    ]
    if len(creates) < 2:
        raise NotObserved("", "fewer than two people were created")
    sent: dict[tuple[str, str], list[Exchange]] = defaultdict(list)
    for each in creates:
        for path, value in leaves(without(each.request.written, ANYBODYS, SECRET)):
            sent[path.lower(), str(fold(value))].append(each)
    for each in creates:
        own = {path.lower() for path, _ in leaves(each.request.written)}
        for path, value in leaves(without(each.resource, ANYBODYS, SECRET)):
            theirs = sent.get((path.lower(), str(fold(value))), [])
            if is_the_clients(path) and path.lower() not in own and len(theirs) == 1:
                got = f"{describe(value)}, as it was sent for another person"
                return Finding("nothing, since nothing was sent", got, path, at=(theirs[0], each))
    return None


@check(
    "every_view.write-changes-nobody-else",
    on=PLAY,
    title="A write to one person or group changes no other person",
    references=("RFC7644-3.5.2.3-01", "RFC7644-3.5.1-03"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Check the condition of the update: it has to select by id alone.",
    follows=("duplicate_user.first-user-is-untouched", "duplicate_user.same-user-name-is-refused"),
)
def write_changes_nobody_else(transcript: Transcript) -> Finding | None:
    return weightiest(_touched(history(transcript)))


def _touched(told: ResourceHistory) -> Iterator[Finding]:
    """Whoever reads otherwise by id than before, though only others were written to and nobody else knows of the user."""
    for key, pair in told.pairs(by_id=True):
        if key[0] != "/Users" or told.is_quiet(pair):
            continue
        between = list(told.writes_between(pair))
        namesakes = _namesakes(told, pair)
        own_too = any(is_between(each, pair) for each in told.writes[key])  # also one that was refused
        if own_too or not (between or namesakes):
            continue
        own = [each for each in told.writes[key] if each.heard.started < pair.before.exchange.heard.started]
        pending = {(path, value) for each in own for path, value in _said(each)}  # a write that took its time
        for path, was, now in _changes(pair):
            if (path.lower(), str(fold(now))) not in pending:
                culprit = next(iter(namesakes), None) or _culprit(path, now, [write for _, write in between])
                did = "was to create somebody of that userName" if namesakes else "wrote to another resource"
                got = f"{describe(now)}, after {culprit.step} {did}"
                where = (pair.before.exchange, culprit, pair.after.exchange)
                yield Finding(f"{describe(was)}, as before", got, path, at=where)


def _namesakes(told: ResourceHistory, pair: ObservationPair) -> list[Exchange]:
    """The creates between two looks at a user that had that user's name, taken or refused."""
    name = fold(get(pair.before.resource, "userName"))
    creates = (each for each in told.writes["/Users", ""] if is_between(each, pair))
    return [each for each in creates if name and fold(get(each.request.written, "userName")) == name]


def _changes(pair: ObservationPair) -> Iterator[tuple[str, Json, Json]]:
    was, now = (without(each.resource, READ_ONLY, SECRET) for each in pair)
    return (each for each in changes(was, now) if is_the_clients(each[0]))


def _culprit(path: str, value: Json, writes: list[Exchange]) -> Exchange:
    """The write that said the value, else the last one."""
    said = [each for each in writes if (path.lower(), str(fold(value))) in _said(each)]
    return (said or writes)[-1]


def _said(write: Exchange) -> set[tuple[str, str]]:
    """What a write would leave: attributes in lower case, and their values folded."""
    body = write.request.written
    operations = get(body, "Operations")
    parts = [get(each, "value") for each in operations] if isinstance(operations, list) else [body]
    return {
        (path.lower(), str(fold(value)))
        for part in parts
        if isinstance(part, dict)
        for path, value in leaves(part)
    }
