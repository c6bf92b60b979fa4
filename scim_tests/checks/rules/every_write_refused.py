"""A PATCH that is refused for what is not so: that its path finds nothing, is no path, or that its like is never done (RFC 7644 3.5.2)."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from json import dumps

from scim_tests.checks.reading.compare import leaves
from scim_tests.checks.reading.history import ended, history, may_have_changed
from scim_tests.checks.reading.meaning import has_one_meaning
from scim_tests.checks.reading.outcomes import Outcome, Passage, done, passages
from scim_tests.checks.reading.patching import CORE, PATH, patched
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, Resource, attribute, get, has
from scim_tests.model.transcript import Transcript

NO_TARGET, INVALID_FILTER = "noTarget", "invalidFilter"
OF_PATHS = frozenset({NO_TARGET, "invalidPath", INVALID_FILTER})  # what says that the path is to blame
REFUSED = frozenset({400, 422, 501})  # others speak of access, of load, or of a name in use
OPERATORS = frozenset(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not"])
COMPARISON = re.compile(r"([\w.:$-]+)\s+(eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b", re.IGNORECASE)
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
# What a target may want to be unique, or to be somebody's who is there.
SHARED_BY_NOBODY = frozenset({
    "username", "externalid", "emails", "phonenumbers", "ims", "displayname", "employeenumber", "manager",
})  # fmt: skip
Parts = frozenset[str]
Paths = frozenset[str]  # of a PATCH, in lower case


@check(
    "every_write.finds-what-a-path-chooses",
    on=PLAY,
    title="A PATCH whose path chooses entries that are there is not refused with noTarget",
    references=("RFC7644-3.5.2-15", "RFC7644-3.12-23"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look for the entries that a path chooses when its operation is done, among what the operations before it left.",
    follows=("write_in_forms.is-taken", "patch_entries.is-taken"),
)
def finds_what_a_path_chooses(transcript: Transcript) -> Finding | None:
    """Of users alone, for a member may have gone by itself."""
    choosing = [each for each in _patches(transcript) if _chooses(each[1])]
    if not choosing:
        raise NotObserved("", "no PATCH whose path chooses entries stood alone between two reads by id")
    for passage, write, before in choosing:
        if reason_of(write) == NO_TARGET and _chosen_by_all(before, write.request.operations):
            return Finding(
                "200 or 204, since all that its paths choose is there", "400 noTarget", at=passage.at
            )
    return None


def _patches(transcript: Transcript) -> Iterator[tuple[Passage, Exchange, Resource]]:
    """Each PATCH of a user between two reads by id, with what was there before it."""
    for each in passages(transcript):
        if each.before and each.key[0] == "/Users":
            yield from ((each, *turn) for turn in in_turn(each) if turn[0].request.method == "PATCH")


def in_turn(passage: Passage) -> Iterator[tuple[Exchange, Resource]]:
    """Each write with what was there before it, as far as that is known."""
    state: Outcome | None = Outcome(passage.was)
    if any(ended(one) > other.heard.started for one, other in pairwise(passage.writes)):
        return
    for each in passage.writes:
        if state is None:
            return
        yield each, state.resource
        if may_have_changed(each):
            state = done(each, state) if each.request.method == "PATCH" and each.is_success else None


def _chooses(patch: Exchange) -> bool:
    with suppress(NotObserved):  # what has no operations
        return any("[" in str(get(each, "path")) for each in patch.request.operations)
    return False


def reason_of(write: Exchange) -> str:
    """The scimType of its refusal; empty where it has none."""
    answer = write.heard.answer
    refuses = answer is not None and not answer.is_success and answer.is_json
    return str(get(answer.parsed, "scimType") or "") if answer and refuses else ""


def _chosen_by_all(before: Resource, operations: Iterable[Resource], known: Paths = frozenset()) -> bool:
    """Whether each operation changes what those before it left, of attributes that are there, or are known where no filter has to fit."""
    state = before
    for each in operations:
        path, after = str(get(each, "path") or ""), patched(state, [each])
        if after is None or after == state or not (_is_there(before, path) or path.lower() in known):
            return False
        state = after
    return True


def _is_there(resource: Resource, path: str) -> bool:
    """Whether the attribute that a path names, and the part of it, has a member in what is shown, or in its extension."""
    found = PATH.fullmatch(path)
    if found is None:
        return False
    is_core = (found["urn"] or "").lower() in CORE | {""}
    holder = resource if is_core else get(resource, found["urn"])
    shown = get(holder, found["name"])
    entries = shown if isinstance(shown, list) else [shown]
    return has(holder, found["name"]) and (
        not found["part"] or any(has(each, found["part"]) for each in entries)
    )


@check(
    "every_write.reads-paths-alike",
    on=PLAY,
    title="A PATCH is not refused for its path where each part of the path was taken in another one",
    references=("RFC7644-3.12-22", "RFC7644-3.12-23", "RFC7644-3.10-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read paths by the grammar of RFC 7644 3.5.2: a URN, an attribute, a filter whose texts may hold any character, a sub-attribute.",
    follows=("every_write.finds-what-a-path-chooses",),
)
def reads_paths_alike(transcript: Transcript) -> Finding | None:
    """What its path names is there, or was once: a replace of what is not there is an add (RFC 7644 3.5.2.3)."""
    known = _paths_shown(transcript)
    said = [each for each in _patches(transcript) if _is_of_paths(each[1])]
    taken: Parts = frozenset().union(*(_parts_of_all(each) for each in _taken(transcript)))
    compared: Parts = frozenset().union(*map(_comparisons, _taken(transcript)))
    if not taken:
        raise NotObserved("", "no PATCH with a path was taken")
    for passage, write, before in said:
        if reason_of(write) == INVALID_FILTER and not _comparisons(write) <= compared:
            continue
        if _parts_of_all(write) <= taken and _chosen_by_all(before, write.request.operations, known):
            expected = "200 or 204, since each part of its path was taken in others"
            return Finding(expected, f"{write.answer.phrase} {reason_of(write)}", at=passage.at)
    return None


def _is_of_paths(write: Exchange) -> bool:
    """Whether its refusal blames the path; noTarget for a filter is judged whatever was taken."""
    reason = reason_of(write)
    return reason in OF_PATHS and not (reason == NO_TARGET and _chooses(write))


def _paths_shown(transcript: Transcript) -> Paths:
    """Of parts that a read of anybody showed, single ones, which a path names without a filter."""
    shown = {
        path
        for seen in history(transcript).seen("/Users", ours=True)
        for each in seen
        if each.is_by_id
        for path, _ in leaves(each.resource)
    }
    return frozenset(_as_path(each) for each in shown)


def _as_path(leaf: str) -> str:
    """A path of a PATCH to what stands there, an extension by its URN."""
    path = leaf.lower().removeprefix("$.")
    urn, _, rest = path.rpartition(":")
    if not urn:
        return path
    end, _, named = rest.partition(".")
    return f"{urn}:{end}:{named}"


def _taken(transcript: Transcript) -> Iterator[Exchange]:
    for each in transcript:
        answer = each.heard.answer
        if each.request.method == "PATCH" and answer is not None and answer.is_success:
            yield each


def _parts_of_all(patch: Exchange) -> Parts:
    """What a reader of its paths has to know; empty where it has no operations."""
    with suppress(NotObserved):
        return frozenset(part for each in patch.request.operations for part in _parts_of(each))
    return frozenset()


def _comparisons(patch: Exchange) -> Parts:
    """Those in its paths, each with its attribute: a target may lack one and say so by invalidFilter (RFC 7644 table 9)."""
    with suppress(NotObserved):
        paths = [str(get(each, "path") or "") for each in patch.request.operations]
        chosen = [(path.partition("[")[0], TEXT.sub("", path.partition("[")[2])) for path in paths]
        return frozenset(
            f"{name}.{part} {comparison}".lower()
            for name, condition in chosen
            for part, comparison in COMPARISON.findall(condition)
        )
    return frozenset()


def _parts_of(operation: Resource) -> Iterator[str]:
    """Each with its operation, for a target may add where it does not remove."""
    op, found = str(get(operation, "op")).lower(), PATH.fullmatch(str(get(operation, "path") or ""))
    if found is None:
        return
    if found["urn"]:
        yield f"{op} {'by URN' if found['urn'].lower() in CORE else 'in an extension'}"
    if found["condition"]:
        words = set(re.split(r"\W+", TEXT.sub("", found["condition"]).lower()))
        yield from (f"{op} where {word}" for word in words & OPERATORS)
    if found["part"]:
        yield f"{op} a part{' of an entry' if found['condition'] else ''}"


@check(
    "every_write.is-taken-as-it-was-before",
    on=PLAY,
    title="A PATCH whose operations were each taken for somebody is taken for others",
    references=("RFC7644-3.5.2-21",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=OTHERS_MISLED,
    fix="Find what makes the one PATCH differ from the other: not what it says, but whom it is about, or what was done before.",
    follows=(
        "every_write.reads-paths-alike",
        "every_write.finds-what-a-path-chooses",
        "deactivate_user.patch-is-taken",
        "patch_user.is-taken",
    ),
)
def is_taken_as_it_was_before(transcript: Transcript) -> Finding | None:
    """Of plain values to the letter, which change what is there; whoever is inactive may be closed to changes."""
    taken = {text for each in _taken(transcript) for text in _texts_of_all(each)}
    if not taken:
        raise NotObserved("", "no PATCH with a path and a plain value was taken")
    for passage, write, before in _patches(transcript):
        said = _texts_of_all(write)
        is_plain = said and "" not in said and has_one_meaning(write.request, before)
        is_open = get(before, "active") is not False and write.request.header("If-Match") is None
        if not (is_plain and is_open and is_refused(write) and said <= taken):
            continue
        if _chosen_by_all(before, write.request.operations):
            return Finding(
                "200 or 204, as for the same operations elsewhere", write.answer.phrase, at=passage.at
            )
    return None


def is_refused(write: Exchange) -> bool:
    """Whether it was, with a status that speaks of the request itself."""
    return write.heard.answer is not None and write.status in REFUSED


def _texts_of_all(patch: Exchange) -> frozenset[str]:
    with suppress(NotObserved):
        schemas = get(patch.request.written, "schemas")
        return frozenset(_text_of(each, schemas) for each in patch.request.operations)
    return frozenset()


def _text_of(operation: Resource, schemas: Json) -> str:
    """To compare, with the schemas of its message; empty where the value may be refused for whom it is about."""
    path, value = str(get(operation, "path") or ""), get(operation, "value")
    is_plain = path and "[" not in path and isinstance(value, str | bool | None)
    if not is_plain or attribute(path) in SHARED_BY_NOBODY:
        return ""
    return dumps([schemas, operation], sort_keys=True)
