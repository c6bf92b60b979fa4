"""What a write to one of a household leaves of the others, and a refused one of everybody: a list of all is laid beside the list before it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from scim_tests.checks.reading.bulk import made_by
from scim_tests.checks.reading.compare import (
    changes,
    is_another_moment,
    is_shared,
    is_the_rfcs,
    weightiest,
    without,
)
from scim_tests.checks.reading.groups import member_ids
from scim_tests.checks.reading.history import (
    Key,
    ResourceHistory,
    history,
    key_of,
    kind_of,
    may_empty_groups,
    may_have_changed,
    resources_of,
)
from scim_tests.knowledge.consequences import OTHERS_MISLED, WRONG_PROFILE
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

LISTS = ("live_together.people_after_*", "live_together.groups_after_*")
SERVERS = frozenset({"meta", "groups", "schemas"})
OF_GROUPS = frozenset({"$.displayname", "$.externalid"})
OF_MANAGERS = ".manager."  # who is gone may be nobody's manager any more (RFC 7643 2.3.7)
MEMBERS = frozenset({"members"})
DATES = ("lastModified", "version")
NAMES = {"live_together.read_active": ("userName", "other_letters", "read_first"),
    "live_together.group_read_letters": ("displayName", "group_other_letters", "group_read_inner"),
}  # fmt: skip


@dataclass(frozen=True)
class Between:
    """Two lists of all, one after the other, and the writes between them to whomever."""

    before: Exchange
    after: Exchange
    writes: tuple[Exchange, ...]
    ours: AbstractSet[Key]  # of the household: whoever else a list shows others write to meanwhile

    @property
    def kind(self) -> str:
        """`/Users` or `/Groups`."""
        return kind_of(self.before)

    def written(self, key: Key) -> list[Exchange]:
        """The writes to one of them."""
        return [each for each in self.writes if key_of(each) == key]

    def is_changed(self, key: Key) -> bool:
        """Whether one of these may have been done."""
        return any(map(may_have_changed, self.written(key)))

    @property
    def is_refused(self) -> bool:
        """Whether all of them were."""
        return not any(map(may_have_changed, self.writes))

    @property
    def gone(self) -> set[str]:
        """The ids of all that may have been deleted."""
        deletes = [each for each in self.writes if each.request.method == "DELETE"]
        return {key_of(each)[1] for each in deletes if may_have_changed(each)}

    @property
    def left(self) -> set[str]:
        """The ids of people who may be in no group any more, and should be."""
        return {key_of(each)[1] for each in self.writes if may_empty_groups(each)}

    def shown(self) -> Iterator[tuple[Key, Resource, Resource | None]]:
        """Each of theirs whom the first shows, as the first and the second show it; None where that is whole and does not."""
        now = {str(get(each, "id")): each for each in resources_of(self.after)}
        is_whole = self.after.page.total == len(self.after.page.ids)
        for each in resources_of(self.before):
            id_ = str(get(each, "id"))
            if (self.kind, id_) in self.ours and (id_ in now or is_whole):
                yield (self.kind, id_), each, now.get(id_)

    def found(self, key: Key, expected: str, got: str, path: str, *, mild: bool = False) -> Finding:
        """A finding about one of them; beside the lists stand the writes to it, else all."""
        at = (self.before, *(self.written(key) or self.writes), self.after)
        return Finding(
            f"{expected}, as before", f"{got}, in the list of all at {self.kind}", path, at=at, mild=mild
        )


def _between(transcript: Transcript) -> list[Between]:
    told = history(transcript)
    ours = {(kind_of(each), made_by(each)) for each in transcript.of("live_together.*create_*")}
    found = []
    for pattern in LISTS:
        lists = [each for each in transcript.of(pattern) if each.is_success]
        for before, after in pairwise(lists):
            if writes := tuple(_writes(told, before, after)):
                found.append(Between(before, after, writes, ours))
    if not found:
        raise NotObserved("", "all were not listed before a write and after it")
    return found


def _writes(told: ResourceHistory, before: Exchange, after: Exchange) -> Iterator[Exchange]:
    of_theirs = {before.scene, after.scene}
    for made in told.writes.values():
        for each in made:
            is_there = before.heard.started < each.heard.started < after.heard.started
            if is_there and each.scene in of_theirs and key_of(each)[1]:
                yield each


@check(
    "live_together.write-leaves-the-others",
    on=PLAY,
    title="A write to one leaves all others in the lists of people and groups as they were",
    references=("RFC7644-3.5.2.3-01", "RFC7644-3.5.1-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Write to the one resource that the path names; look for shared rows, cascades and updates by other columns than the id.",
    follows=("every_view.write-changes-nobody-else", "every_view.agrees-with-the-others"),
)
def write_leaves_the_others(transcript: Transcript) -> Finding | None:
    """Those to whom nothing at all was sent."""
    return weightiest(
        found
        for between in _between(transcript)
        for key, was, now in between.shown()
        if not between.written(key)
        for found in _moved(between, key, was, now)
    )


@check(
    "live_together.refused-write-leaves-everybody",
    on=PLAY,
    title="A write that is refused leaves everybody in the lists of people and groups as they were, and their dates",
    references=("RFC7644-3.5.2-18", "RFC7644-3.5.2-17", "RFC7644-3.14-05", "RFC7643-3.1-20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Check everything, also versions and unique names, before the first thing is stored, or do all in one transaction.",
    follows=("every_write.changes-nothing-when-refused", "live_together.write-leaves-the-others"),
)
def refused_write_leaves_everybody(transcript: Transcript) -> Finding | None:
    """Those to whom nothing was sent but what was refused; their dates where nothing else was sent to anybody."""
    refused = [each for each in _between(transcript) if not all(map(may_have_changed, each.writes))]
    if not refused:
        raise NotObserved("", "nothing was refused between two lists of all")
    return weightiest(found for between in refused for found in _disturbed(between))


def _disturbed(between: Between) -> Iterator[Finding]:
    for key, was, now in between.shown():
        if between.written(key) and not between.is_changed(key):
            yield from _moved(between, key, was, now)
        if now is not None and between.is_refused:
            yield from _redated(between, key, was, now)


def _redated(between: Between, key: Key, was: Resource, now: Resource) -> Iterator[Finding]:
    """A version may be another one without a reason (RFC 9110 8.8.1); the date of the last change may not."""
    for name in DATES:
        one, other = (get(each, "meta", name) for each in (was, now))
        is_version = name == "version"
        if one and other and (one != other if is_version else is_another_moment(one, other)):
            yield between.found(key, describe(one), describe(other), f"$.meta.{name}", mild=is_version)


def _moved(between: Between, key: Key, was: Resource, now: Resource | None) -> Iterator[Finding]:
    """Where the second list shows one of them otherwise than the first."""
    if now is None:
        yield between.found(key, f"the id {key[1]}", "nobody with that id", "$.Resources")
        return
    parts = _of_people if key[0] == "/Users" else _of_groups
    yield from parts(between, key, was, now)


def _of_people(between: Between, key: Key, was: Resource, now: Resource) -> Iterator[Finding]:
    for path, old, new in _differences(was, now):
        is_managers = OF_MANAGERS in f"{path.lower()}." and between.gone
        if is_the_rfcs(path) and not is_managers:
            yield between.found(key, describe(old), describe(new), path, mild=is_shared(path))
    groups_move = any(key_of(each)[0] == "/Groups" and may_have_changed(each) for each in between.writes)
    if not groups_move:
        one, other = (_values(get(each, "groups")) for each in (was, now))
        if one != other:
            yield between.found(key, f"{len(one)} groups", f"{len(other)} groups, or others", "$.groups")


def _of_groups(between: Between, key: Key, was: Resource, now: Resource) -> Iterator[Finding]:
    for path, old, new in _differences(without(was, MEMBERS), without(now, MEMBERS)):
        if path.lower() in OF_GROUPS:
            yield between.found(key, describe(old), describe(new), path)
    one, other = (member_ids(each) for each in (was, now))
    if added := sorted(other - one):
        yield between.found(key, "the members", f"also the member {added[0]}", "$.members")
    for lost in sorted(one - other - between.gone):
        mild = lost in between.left
        yield between.found(key, f"the member {lost}", "other members alone", "$.members", mild=mild)


def _differences(was: Resource, now: Resource) -> Iterator[tuple[str, Json, Json]]:
    """What is another value, gone or new: (path, before, after)."""
    one, other = (without(each, SERVERS) for each in (was, now))
    yield from changes(one, other)
    yield from ((path, old, new) for path, new, old in changes(other, one) if old is None)


def _values(listed: Json) -> set[str]:
    return {str(get(each, "value")) for each in listed} if isinstance(listed, list) else set()


@check(
    "live_together.letters-of-a-name-change",
    on=tuple(NAMES),
    when=lambda exchange: exchange.earlier(NAMES[exchange.step][1]).is_success,
    otherwise="no name was taken that differs in letter case alone",
    title="A new name that differs from the old one in letter case alone is shown as it was written",
    references=("RFC7644-3.5.2.3-02", "RFC7644-3.1-05"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Compare the new value with the stored one letter by letter where it is asked whether there is something to store.",
)
def letters_of_a_name_change(exchange: Exchange) -> Finding | None:
    """A target may alter the letters of what is not caseExact (RFC 7643 7), and one that does has done so at the create, too."""
    name, step, first = NAMES[exchange.step]
    made, write = exchange.earlier(first), exchange.earlier(step)
    wanted, now = write.request.operations[0]["value"], get(exchange.resource, name)
    if now == wanted or not _is_kept(made, name) or str(now).lower() != str(wanted).lower():
        return None
    if write.answer.is_json and get(write.resource, name) == wanted:
        return Finding(f"{describe(wanted)}, as {step} was answered", describe(now), f"$.{name}")
    return advice(f"{describe(wanted)}, as it was written", describe(now), f"$.{name}")


def _is_kept(read: Exchange, name: str) -> bool:
    """Whether what a create gave is shown letter by letter."""
    return bool(get(read.resource, name) == get(read.previous.request.written, name))


@check(
    "live_together.id-is-one-in-any-letters",
    on="live_together.in_other_letters",
    title="An id in other letter case leads to nobody",
    references=("RFC7643-3.1-09",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare the id of a path as it is written: ids are caseExact.",
)
def id_is_one_in_any_letters(exchange: Exchange) -> Finding | None:
    """Nothing forbids a second URL of a resource that shows the id as it is: advice."""
    return advice("404 Not Found", exchange.answer.phrase) if exchange.is_success else None


@check(
    "live_together.walk-does-not-begin-anew",
    on="live_together.walk_on",
    when=lambda exchange: exchange.is_success and exchange.earlier("delete_last").is_success,
    otherwise="no walk by cursor went on after a delete",
    title="A walk by cursor shows nobody again when the last one of the page before was deleted",
    references=("RFC9865-2-07",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Keep in the cursor by what the list is ordered, and go on behind that; the user it was of may be gone.",
)
def walk_does_not_begin_anew(exchange: Exchange) -> Finding | None:
    """Whom it leaves out it need not show: no RFC keeps a list as it was while places move up."""
    before = exchange.earlier("walk")
    again = [each for each in exchange.page.ids if each in before.page.ids]
    if not again:
        return None
    return Finding("nobody of the page before", f"{again[0]} again", "$.Resources", at=(before, exchange))
