"""Rules over the whole play: every answer shows a person alike, and what was written stays."""

from collections.abc import Iterator

from scim_tests.checks.reading.bulk import each_alone
from scim_tests.checks.reading.compare import (
    SECRET,
    changes,
    is_the_rfcs,
    may_come_from_groups,
    weightiest,
    without,
)
from scim_tests.checks.reading.history import (
    ObservationPair,
    ResourceHistory,
    disagreements,
    ended,
    history,
    may_have_changed,
    moved_creation,
)
from scim_tests.knowledge.consequences import LOST_ID, WRONG_PROFILE
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, SHOULD, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

DATES = ("lastModified", "version")
MOVING = frozenset(f"$.meta.{name}" for name in DATES)
NOT_COMPARED = SECRET | {"groups"}  # groups change with the group, without a write to the user


def pairs(transcript: Transcript) -> list[ObservationPair]:
    """Each observation of a user with the next one of the same user, nothing having been written in between.

    What somebody else changed meanwhile shows in meta.lastModified or meta.version and is let be;
    whom this run made, nobody else changes.
    """
    ours = made_here(transcript)
    found = [
        pair
        for _, pair in history(transcript).between_writes("/Users")
        if name_of(pair.before.resource) in ours or not _is_modified(pair)
    ]
    if not found:
        raise NotObserved("", "no user was shown twice")
    return found


def made_here(transcript: Transcript) -> set[str]:
    """The userNames this run gave."""
    written = [each for each in each_alone(transcript) if each.request.method in {"POST", "PUT"}]
    return {name_of(each.request.written) for each in written} - {""}


def name_of(user: Resource) -> str:
    """The userName in lower case; empty where the user shows none."""
    name = get(user, "userName")
    return name.lower() if isinstance(name, str) else ""


def is_dated(user: Resource) -> bool:
    """Whether a change by somebody else would show."""
    return any(get(user, "meta", name) is not None for name in DATES)


def _is_modified(pair: ObservationPair) -> bool:
    return any(pair.before.meta(name) != pair.after.meta(name) for name in DATES)


@check(
    "every_view.agrees-with-the-others",
    on=PLAY,
    title="Every answer shows a person alike: create, read by id, lookup and list",
    references=("RFC7644-3.1-05", "RFC7643-3.1-06", "RFC7644-3.4-01"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Build every answer from the stored user with the same code.",
    follows=(
        "every_view.has-one-id-for-one-user-name",
        "every_view.write-changes-nobody-else",
        "every_write.changes-nothing-when-refused",
    ),
)
def agrees_with_the_others(transcript: Transcript) -> Finding | None:
    return weightiest(_disagreements(transcript))


def _disagreements(transcript: Transcript) -> Iterator[Finding]:
    """Mild where it may be no disagreement: outside the RFC's attributes, a stranger somebody edited, or roles that a group written to meanwhile may give."""
    ours, told = made_here(transcript), history(transcript)
    for pair in pairs(transcript):
        user = pair.before.resource
        known = is_the_rfcs if told.is_quiet(pair) else _no_group_gives
        sure = known if name_of(user) in ours or is_dated(user) else _never
        yield from (each for each in disagreements(pair, NOT_COMPARED, sure) if each.where not in MOVING)


def _never(_: str) -> bool:
    return False


def _no_group_gives(path: str) -> bool:
    return is_the_rfcs(path) and not may_come_from_groups(path)


@check(
    "every_view.shows-the-same-attributes",
    on=PLAY,
    title="If one answer shows an attribute of a person, the others show it too",
    references=("RFC7644-3.4-01", "RFC7643-7-24"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Return the default attributes everywhere, in lists as well as by id.",
)
def shows_the_same_attributes(transcript: Transcript) -> Finding | None:
    for first, second in pairs(transcript):
        for one, other in ((first, second), (second, first)):
            shown, lacking = (without(each.resource, NOT_COMPARED) for each in (one, other))
            for path, was, now in changes(shown, lacking):
                if now is None:
                    return Finding(
                        f"{describe(was)}, as {one.exchange.step} shows it",
                        f"no value in {other.exchange.step}",
                        path,
                        at=(first.exchange, second.exchange),
                    )
    return None


@check(
    "every_view.has-one-id-for-one-user-name",
    on=PLAY,
    title="A userName has the same id in every answer of the run",
    references=("RFC7643-3.1-06", "RFC7643-3.1-05", "RFC7643-4.1.1-02", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Give each user one id; never reuse it and never change it in an update.",
    follows=(
        "duplicate_user.same-user-name-is-refused",
        "duplicate_user.other-letter-case-is-refused",
        "bulk_assignment.nobody-is-created-twice",
    ),
)
def has_one_id_for_one_user_name(transcript: Transcript) -> Finding | None:
    told = history(transcript)
    by_name: dict[str, tuple[str, Exchange]] = {}
    for exchange, user in (each for seen in told.seen("/Users") for each in seen):
        name, user_id = name_of(user), str(get(user, "id"))
        if not name:
            continue  # every_user.has-a-user-name judges that
        known_id, where = by_name.setdefault(name, (user_id, exchange))
        is_free = _has_left(told, known_id, name, exchange) or _has_left(told, user_id, name, where)
        if known_id != user_id and not is_free:
            return Finding(f"the id {known_id} for {name}", f"the id {user_id}", "$.id", at=(where, exchange))
    if not by_name:
        raise NotObserved("", "no answer showed a user")
    return None


def _has_left(told: ResourceHistory, user_id: str, name: str, until: Exchange) -> bool:
    """Whether a userName was free for somebody else by then: its user was deleted, or renamed."""
    renames = (each for each in told.writes.get(("/Users", user_id), ()) if each.heard.started < ended(until))
    return told.is_deleted(user_id, until) or any(
        may_have_changed(each) and given.lower() != name for each in renames for given in _names_in(each)
    )


def _names_in(write: Exchange) -> list[str]:
    """The userNames that a PUT or a PATCH gives."""
    operations = get(write.request.written, "Operations")
    said = operations if isinstance(operations, list) else []
    values = [
        value if is_named else get(value, "userName")
        for each in said
        for value in [get(each, "value")]
        for is_named in [str(get(each, "path")).lower() == "username"]
    ]
    return [each for each in (*values, get(write.request.written, "userName")) if isinstance(each, str)]


@check(
    "every_view.keeps-the-day-of-creation",
    on=PLAY,
    title="The meta.created of a user never changes",
    references=("RFC7643-3.1-18", "RFC7643-7-19"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Set meta.created at the create and never again; ignore what clients send for it.",
)
def keeps_the_day_of_creation(transcript: Transcript) -> Finding | None:
    return moved_creation(history(transcript).seen("/Users"), "no user showed meta.created")
