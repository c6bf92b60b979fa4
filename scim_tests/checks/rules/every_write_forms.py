"""Writes that are refused for their form alone: the target makes the same changes where they are written in another form (RFC 7644 3.5)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scim_tests.checks.reading.compare import SECRET, fold, leaves, without
from scim_tests.checks.reading.history import history
from scim_tests.checks.reading.holdings import Place, kept_in
from scim_tests.checks.reading.outcomes import Outcome, Passage, done, passages
from scim_tests.checks.reading.patching import BOOLEANS, MEMBERS, SERVERS
from scim_tests.checks.rules.every_write_refused import in_turn, is_refused, reason_of
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, PLAY, RFC, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import PATCH_OP, Json, Resource, attribute, get
from scim_tests.model.transcript import Transcript

# Acts whose values a target may well refuse, and those of which each refusal is judged by itself.
ODD = frozenset({"send_odd_requests", "trap_values"})
OKTAS = frozenset({
    "push_group", "link_group", "resize_group", "deactivate_user", "reactivate_user", "update_user", "link_user", "sync_password",
})  # fmt: skip
LISTS = frozenset({
    "emails", "phonenumbers", "addresses", "ims", "photos", "roles", "entitlements", "x509certificates", "members",
})  # fmt: skip
# What says that the form is not to blame, or a comparison in a path that the target may lack (RFC 7644 table 9).
OF_VALUES = frozenset({"uniqueness", "tooMany", "sensitive", "mutability", "invalidFilter"})
# Names, which some let nobody change, and values of which a target may know one and not another.
OF_THE_TARGET = frozenset({
    ("/Users", "$.username"), ("/Groups", "$.displayname"), ("/Users", "$.roles"), ("/Users", "$.entitlements"),
})  # fmt: skip
OF_ONE_VALUE = frozenset({"invalidValue", ""})  # what may blame a value, for a target may take some alone
OF_ONE_FORM = (
    "$.emails.value",
    "$.members.value",
    "$.members.$ref",
)  # wherever the run writes them: what says whose they are
EMPTY: tuple[Json, ...] = (None, [], "")  # of which targets make different things
NOT_DONE = 501  # that the target does no such PATCH (RFC 7644 table 8)
OPERATIONS = frozenset({"add", "remove", "replace"})
Types = Counter[str]
Value = tuple[Place, Json]  # one text, number or truth, as no letter case tells it from others


@dataclass
class Changed:
    """What the target is seen to change by one method: the write that did it, by what was written, by what was removed; and which types of entries a list had at once."""

    written: dict[Place, Exchange] = field(default_factory=dict)
    removed: dict[Place, Exchange] = field(default_factory=dict)
    types: dict[Place, list[Types]] = field(default_factory=dict)

    def witness(self, place: Place, was: Json, value: Json) -> Exchange | None:
        """The write that made such a change of another or of the same one; None where none did."""
        if value is None:
            return self.removed.get(place)
        if isinstance(value, list) and place[1] != MEMBERS:
            wanted = _types(value)
            if not any(wanted <= each for each in self.types.get(place, [_types(was)])):
                return None
        return self.written.get(place)


@check(
    "every_write.is-taken-in-any-form",
    on=PLAY,
    title="A PUT or PATCH is not refused if the target makes each of its changes in another form",
    references=("RFC7644-3.5.2-05", "RFC7644-3.5.2-21"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read each form of RFC 7644 3.5: with and without path, add where there is a value, one entry or several, filters in paths, what a read shows.",
    follows=(
        "every_write.finds-what-a-path-chooses",
        "every_write.reads-paths-alike",
        "every_write.is-taken-as-it-was-before",
        "deactivate_user.patch-is-taken",
        "patch_user.is-taken",
    ),
)
def is_taken_in_any_form(transcript: Transcript) -> Finding | None:
    changed = _changed(transcript)
    if not changed:
        raise NotObserved("", "no change was taken")
    sent = set(transcript)  # an operation of a bulk request may be refused with the others
    known = _values_shown(transcript)
    for passage in passages(transcript):
        for write, before in in_turn(passage) if passage.before else ():
            if write in sent and is_refused(write) and _is_plain(write, before):
                witnesses = _witnesses(passage, write, before, changed[write.request.method], known)
                if witnesses:
                    expected = f"200 or 204, as for {witnesses[-1].step}, since the target makes each of these changes"
                    at = tuple(dict.fromkeys((passage.at[0], write, passage.after.exchange, *witnesses)))
                    return Finding(expected, f"{write.answer.phrase} {reason_of(write)}".rstrip(), at=at)
    return None


def _changed(transcript: Transcript) -> dict[str, Changed]:
    """By methods, for a target may change by PATCH no more than `active`; what a create may say need not be changed later."""
    told: dict[str, Changed] = defaultdict(Changed)
    for passage in passages(transcript):
        if passage.before is None or passage.is_at_once or not passage.taken:
            continue
        write = passage.taken[-1]
        found = told[write.request.method]
        if len({each.request.method for each in passage.taken}) == 1:
            found.written = dict.fromkeys(kept_in(passage), write) | found.written
            found.removed = dict.fromkeys(_removed(passage), write) | found.removed
        for path, value in leaves(passage.after.resource):
            if isinstance(value, list):
                found.types.setdefault((passage.key[0], path.lower()), []).append(_types(value))
    return told


def _removed(passage: Passage) -> Iterator[Place]:
    """What was there before, had to go, and went."""
    ends = passage.ends
    wanted = {path.lower() for path, _ in leaves(ends[0].resource)} if len(ends) == 1 else None
    shown = {path.lower() for path, _ in leaves(passage.after.resource)}
    for path, _ in leaves(passage.was):
        if wanted is not None and path.lower() not in wanted | shown:
            yield passage.key[0], path.lower()


def _types(entries: Json) -> Types:
    return Counter(str(get(each, "type")) for each in entries) if isinstance(entries, list) else Counter()


def _values_shown(transcript: Transcript) -> frozenset[Value]:
    """Which values the target is known to take, for it shows them of somebody of the run's."""
    told = history(transcript)
    return frozenset(
        value
        for kind in ("/Users", "/Groups")
        for seen in told.seen(kind, ours=True)
        for each in seen
        for path, shown in leaves(each.resource)
        for value in _values((kind, path.lower()), shown)
    )


def _values(place: Place, value: Json) -> Iterator[Value]:
    """Each by its place; of a list those of the parts of its entries."""
    if isinstance(value, list):
        for each in value:
            yield from _values(place, each)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _values((place[0], f"{place[1]}.{name}".lower()), each)
    elif value is not None and place[1] not in OF_ONE_FORM:
        yield place, fold(value)


def _is_plain(write: Exchange, before: Resource) -> bool:
    """Whether its form alone can be to blame."""
    if write.step.partition(".")[0] in ODD | OKTAS or reason_of(write) in OF_VALUES:
        return False
    if (
        write.status == NOT_DONE
        or get(before, "active") is False
        or write.request.header("If-Match") is not None
    ):
        return False
    if write.request.method == "PUT":
        return True
    try:
        said = write.request.operations
    except NotObserved:
        return False
    return get(write.request.written, "schemas") == [PATCH_OP] and all(map(_is_of_the_rfc, said))


def _is_of_the_rfc(operation: Resource) -> bool:
    """Whether it is in the RFC's own form: others may be refused."""
    path, value = get(operation, "path"), get(operation, "value")
    if get(operation, "op") not in OPERATIONS or not isinstance(path, str | None):
        return False
    if path and attribute(path) == "members" and not path.endswith("]") and "[" in path:
        return False  # parts of a member are immutable (RFC 7643 4.2)
    named = {path: value} if path else value
    if not isinstance(named, Mapping) or (get(operation, "op") != "remove" and _has_empty(named)):
        return False
    if any(_repeats(each) or _is_spelt(key, each) for key, each in named.items()):
        return False
    if any(key.lower() in LISTS and isinstance(each, Mapping) for key, each in named.items()):
        return False  # one entry in place of a list
    return bool(path) or not any("." in key.rpartition(":")[2].removeprefix("2.0") for key in named)


def _has_empty(named: Mapping[str, Json]) -> bool:
    return not named or any(each in EMPTY for each in named.values())


def _repeats(value: Json) -> bool:
    """Whether it is a list with an entry twice, which no read should show (RFC 7643 2.4), so that it may be refused."""
    return isinstance(value, list) and any(each in value[:place] for place, each in enumerate(value))


def _is_spelt(key: str, value: Json) -> bool:
    """Whether it is a boolean written as text."""
    return attribute(key) in BOOLEANS and isinstance(value, str)


def _witnesses(
    passage: Passage, write: Exchange, before: Resource, changed: Changed, known: frozenset[Value]
) -> list[Exchange]:
    """A write that made each of its changes; none where one of them was never made, or nobody can tell what it changes.

    Nor where the refusal may blame a value that the target is not known to take.
    """
    after = done(write, Outcome(before))
    if after is None:
        return []
    were, are = (
        {path.lower(): value for path, value in leaves(without(each, SERVERS, SECRET))}
        for each in (before, after.resource)
    )
    apart = [
        path
        for path in {**were, **are}
        if were.get(path) != are.get(path) and not (path not in are and path in after.free)
    ]
    places = [(passage.key[0], path) for path in apart]
    if reason_of(write) in OF_ONE_VALUE and not known.issuperset(
        value for place in places for value in _values(place, are.get(place[1]))
    ):
        return []
    found = [
        None if place in OF_THE_TARGET else changed.witness(place, were.get(place[1]), are.get(place[1]))
        for place in places
    ]
    return [each for each in found if each is not None] if None not in found else []
