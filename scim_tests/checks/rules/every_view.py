"""Rules over the whole play: every answer shows a person alike, and what was written stays."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from scim_tests.checks.reading.compare import (
    READ_ONLY,
    SECOND,
    SECRET,
    changes,
    is_the_clients,
    is_the_rfcs,
    leaves,
    moment,
    weightiest,
    without,
)
from scim_tests.checks.reading.consequences import LOST_ID, WRONG_PROFILE
from scim_tests.checks.reading.users import USER_PUTS, users_of
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, SHOULD, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved, describe
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

View = tuple[Exchange, Resource]
READS_AFTER_A_PUT = (
    "link_user.read_back", "deactivate_user.read_back", "reactivate_user.read_*", "update_user.read_*",
)  # fmt: skip
MOVING = ("$.meta.lastModified", "$.meta.version")
NOT_COMPARED = SECRET | {"groups"}  # groups change with the group, without a write to the user


def between_writes(transcript: Transcript) -> Iterator[list[View]]:
    """The views of one user between two writes to it, in the order of time; each write starts a new spell."""
    open_: dict[str, list[View]] = defaultdict(list)
    for exchange in sorted(transcript, key=lambda each: each.heard.started):
        written = written_id(exchange)
        if written in open_:
            yield open_.pop(written)
        for user in _shown(exchange):
            user_id = get(user, "id")
            if isinstance(user_id, str):
                open_[user_id].append((exchange, user))
    yield from open_.values()


def views(transcript: Transcript) -> dict[str, list[View]]:
    """By id, every view of a user in the order of time."""
    found: dict[str, list[View]] = defaultdict(list)
    for stretch in between_writes(transcript):
        found[str(get(stretch[0][1], "id"))] += stretch
    return found


def written_id(exchange: Exchange) -> str:
    """The id of the user this exchange may have changed: by a PUT, PATCH or DELETE that was not refused."""
    refused = exchange.heard.answer is not None and not exchange.is_success
    if exchange.request.method not in {"PUT", "PATCH", "DELETE"} or refused:
        return ""
    return exchange.request.endpoint.removeprefix("/Users/")


def _shown(exchange: Exchange) -> list[Resource]:
    try:
        return users_of(exchange)
    except NotObserved:
        return []


def pairs(transcript: Transcript) -> Iterator[tuple[View, View]]:
    """Each view with the next one of the same user, nothing having been written in between.

    What somebody else changed meanwhile shows in meta.lastModified or meta.version and is let be;
    whom this run made, nobody else changes.
    """
    ours = made_here(transcript)
    for stretch in between_writes(transcript):
        for (first, before), (second, after) in pairwise(stretch):
            if name_of(before) in ours or not _modified(before, after):
                yield (first, before), (second, after)


def made_here(transcript: Transcript) -> set[str]:
    """The userNames this run gave."""
    written = [each for each in transcript if each.request.method in {"POST", "PUT"}]
    return {name_of(each.request.written) for each in written} - {""}


def name_of(user: Resource) -> str:
    """The userName in lower case; empty where the user shows none."""
    name = get(user, "userName")
    return name.lower() if isinstance(name, str) else ""


def is_dated(user: Resource) -> bool:
    """Whether a change by somebody else would show."""
    return any(get(user, "meta", name) is not None for name in ("lastModified", "version"))


def _modified(before: Resource, after: Resource) -> bool:
    return any(get(before, "meta", name) != get(after, "meta", name) for name in ("lastModified", "version"))


def _pairs_or_unseen(transcript: Transcript) -> list[tuple[View, View]]:
    found = list(pairs(transcript))
    if not found:
        raise NotObserved("", "no user was shown twice")
    return found


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
    follows=("every_view.has-one-id-for-one-user-name", "every_view.write-changes-nobody-else"),
)
def agrees_with_the_others(transcript: Transcript) -> Finding | None:
    return weightiest(_disagreements(transcript))


def _disagreements(transcript: Transcript) -> Iterator[Finding]:
    """Mild where it may be no disagreement: outside the RFC's attributes, or a stranger somebody edited."""
    ours = made_here(transcript)
    for (first, before), (second, after) in _pairs_or_unseen(transcript):
        sure = name_of(before) in ours or is_dated(before)
        for path, was, now in changes(without(before, NOT_COMPARED), without(after, NOT_COMPARED)):
            if now is not None and path not in MOVING:
                yield Finding(
                    f"{describe(was)}, as {first.step} showed it",
                    describe(now),
                    path,
                    at=(first, second),
                    mild=not (sure and is_the_rfcs(path)),
                )


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
    for (first, before), (second, after) in _pairs_or_unseen(transcript):
        for (one, shown), (other, lacking) in (
            ((first, before), (second, after)),
            ((second, after), (first, before)),
        ):
            for path, was, now in changes(without(shown, NOT_COMPARED), without(lacking, NOT_COMPARED)):
                if now is None:
                    return Finding(
                        f"{path}, {describe(was)}, as {one.step} shows it",
                        f"{other.step} leaves it out",
                        path,
                        at=(first, second),
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
    follows=("duplicate_user.same-user-name-is-refused", "duplicate_user.other-letter-case-is-refused"),
)
def has_one_id_for_one_user_name(transcript: Transcript) -> Finding | None:
    by_name: dict[str, tuple[str, Exchange]] = {}
    for user_id, seen in views(transcript).items():
        for exchange, user in seen:
            name = name_of(user)
            if not name:
                continue  # every_user.has-a-user-name judges that
            known_id, where = by_name.setdefault(name, (user_id, exchange))
            if known_id != user_id:
                return Finding(f"id {known_id} for {name}", user_id, "$.id", at=(where, exchange))
    if not by_name:
        raise NotObserved("", "no answer showed a user")
    return None


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
    dated = [known for known in map(birthdays, views(transcript).values()) if known]
    if not dated:
        raise NotObserved("", "no user showed meta.created")
    return weightiest(finding for known in dated for finding in moved(known))


def birthdays(seen: list[View]) -> list[tuple[Exchange, str]]:
    dates = [(exchange, get(user, "meta", "created")) for exchange, user in seen]
    return [(exchange, str(date)) for exchange, date in dates if date is not None]


def moved(known: list[tuple[Exchange, str]]) -> Iterator[Finding]:
    """Other dates than the first one shown; the same moment may be written another way, or more exactly."""
    first, wanted = known[0]
    for exchange, date in known[1:]:
        was, now = moment(wanted), moment(date)
        if date == wanted or (was and was == now):
            continue
        mild = bool(was and now and abs(now - was) <= SECOND)
        yield Finding(wanted, date, "$.meta.created", at=(first, exchange), mild=mild)


@check(
    "every_view.shows-what-was-put",
    on=USER_PUTS,
    when=lambda exchange: exchange.is_success,
    otherwise="no PUT succeeded",
    title="The answer to a PUT shows what the PUT sent",
    references=("RFC7644-3.5.1-03", "RFC7644-3.5.1-11", "RFC7644-3.1-05", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store every attribute of the PUT that the schema knows, and answer with the stored user.",
)
def shows_what_was_put(exchange: Exchange) -> Finding | None:
    return written_and_shown(exchange.request.resource, exchange)


@check(
    "every_view.still-shows-what-was-put",
    on=READS_AFTER_A_PUT,
    title="Reading after a PUT shows what the PUT sent",
    references=("RFC7644-3.5.1-03", "RFC7644-3.1-05", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store the user before answering; otherwise Okta believes in a change that did not happen.",
    when=lambda exchange: bool(_puts_before(exchange)),
    otherwise="no PUT succeeded before a read",
)
def still_shows_what_was_put(exchange: Exchange) -> Finding | None:
    put = _puts_before(exchange)[-1]
    return written_and_shown(put.request.resource, exchange, known=shown_before(put))


def _puts_before(exchange: Exchange) -> list[Exchange]:
    return [each for each in exchange.before if each.request.method == "PUT" and each.is_success]


def shown_before(put: Exchange) -> frozenset[str]:
    """The attributes, by path, that the target showed by id right before a PUT: it does have these."""
    reads = [
        each for each in put.before if each.request.method == "GET" and each.request.endpoint != "/Users"
    ]
    if not reads or not reads[-1].is_success:
        return frozenset()
    return frozenset(path.lower() for path, _ in leaves(reads[-1].resource))


def written_and_shown(
    written: Resource, exchange: Exchange, known: frozenset[str] = frozenset()
) -> Finding | None:
    """What is shown other than it was written.

    What a server may make up itself is no more than advice, and so is an attribute that is not shown
    at all, since the server may not have it; unless it is `known` to have it.
    """

    def differences() -> Iterator[Finding]:
        for path, was, now in changes(without(written, READ_ONLY, SECRET), exchange.resource):
            sure = is_the_clients(path) and (now is not None or path.lower() in known)
            shown = describe(now) if now is not None else "nothing"
            yield Finding(f"{describe(was)}, as it was sent", shown, path, mild=not sure)

    return weightiest(differences())


@check(
    "every_view.patch-changes-nothing-else",
    on=PLAY,
    title="A PATCH changes only the attributes that it names",
    references=("RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-02", "INTEROP-6.6-01"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Apply the operations to the stored user and leave every other attribute as it is.",
)
def patch_changes_nothing_else(transcript: Transcript) -> Finding | None:
    patches = [each for each in transcript if each.request.method == "PATCH" and each.is_success]
    if not patches:
        raise NotObserved("", "no PATCH succeeded")
    return weightiest(found for patch in patches for found in _changed_besides(patch, transcript))


def _reads_around(patch: Exchange, transcript: Transcript) -> tuple[View, View] | None:
    """The reads by id before and after a PATCH, no other write between them; a list may show less."""
    user_id = written_id(patch)
    before: View | None = None
    past = False
    for each in sorted(transcript, key=lambda exchange: exchange.heard.started):
        if each is patch:
            past = True
        elif written_id(each) == user_id:
            if past:
                return None
            before = None
        elif each.request.method == "GET" and each.request.endpoint == f"/Users/{user_id}":
            for user in _shown(each):
                if past:
                    return (before, (each, user)) if before else None
                before = (each, user)
    return None


def _changed_besides(patch: Exchange, transcript: Transcript) -> Iterator[Finding]:
    reads = _reads_around(patch, transcript)
    if reads is None:
        return
    before, after = reads
    named = {key for each in patch.request.operations for key in _named(each)}
    left_out = frozenset({"meta", "groups", *named})
    where = (before[0], patch, after[0])
    was, now = (without(user, left_out, SECRET) for user in (before[1], after[1]))
    for path, old, new in changes(was, now):
        yield Finding(describe(old), describe(new), path, at=where, mild=not is_the_clients(path))
    for path, new, old in changes(now, was):
        if old is None:
            yield Finding("nothing, as before", describe(new), path, at=where, mild=not is_the_clients(path))


def _named(operation: Resource) -> list[str]:
    path, value = get(operation, "path"), get(operation, "value")
    named = [path] if path else value if isinstance(value, dict) else []
    return [str(each).partition(".")[0].partition("[")[0] for each in named]
