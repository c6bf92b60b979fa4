"""What a read by id shows: whoever is there, as the last writes left them, and nobody who is gone."""

from collections.abc import Callable

from scim_tests.checks.explore.shown import WHOLE, first_of, wrong
from scim_tests.checks.explore.there import (
    LATER,
    Standing,
    before,
    door_of,
    is_by_id,
    is_of_parts,
    resources_in,
)
from scim_tests.checks.reading.compare import is_the_clients, leaves
from scim_tests.checks.reading.differences import Difference
from scim_tests.checks.reading.history import WRITES, key_of
from scim_tests.checks.reading.patching import MEMBERS
from scim_tests.knowledge.consequences import LOST_ID, NOT_OKTAS, WRONG_PROFILE
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import GONE, Json, get, strings

PARTS = ("explore.read_part", "explore.read_group_part")
READS = (*WHOLE, *PARTS)
UNREAD = frozenset({*GONE, 400, 405, 409, 422})  # others speak of access or of load
# What targets give to users who are created without.
DEFAULTS = frozenset({"$.usertype", "$.locale", "$.timezone", "$.preferredlanguage"})
UNKNOWN = "nobody was read whose state is known"


def _about(exchange: Exchange, fits: Callable[[Difference], bool]) -> Finding | None:
    there = before(exchange)
    standing, shown = there.standing(exchange), resources_in(exchange)
    if standing is None or not standing.is_there or not shown:
        raise NotObserved("", UNKNOWN)
    return first_of(wrong(exchange, there, key_of(exchange), shown[0]), exchange, standing, fits)


def standing_of(exchange: Exchange) -> Standing | None:
    """That of whom a read is about, as it was when this was asked."""
    return before(exchange).standing(exchange)


def is_after_a_write(exchange: Exchange) -> bool:
    """Whether a write to whom it reads may have been done since the last read by id."""
    standing = standing_of(exchange)
    return exchange.is_success and standing is not None and bool(standing.done)


def is_after_nothing(exchange: Exchange) -> bool:
    """Whether nothing was written to whom it reads since the last read by id."""
    standing = standing_of(exchange)
    return exchange.is_success and standing is not None and not standing.writes


def _is_no_member(found: Difference) -> bool:
    return not found.path.lower().startswith(MEMBERS)


@check(
    "explore.read-shows-what-was-written",
    on=READS,
    when=is_after_a_write,
    otherwise="nobody was read after a write that was taken",
    title="A read by id shows what was written last, whatever was done before",
    references=("RFC7644-3.5.1-03", "RFC7644-3.5.2.1-03", "RFC7644-3.5.2.3-02", "RFC7644-3.1-05"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store before answering, and let every kind of write refresh or drop each cache and copy of what it changes.",
)
def read_shows_what_was_written(exchange: Exchange) -> Finding | None:
    return _about(exchange, lambda each: not each.stays and _is_no_member(each))


@check(
    "explore.write-changes-nothing-else",
    on=READS,
    when=is_after_a_write,
    otherwise="nobody was read after a write that was taken",
    title="After a write all that it does not name is as it was",
    references=("RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-02", "RFC7644-3.4-01", "RFC7643-7-24"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Apply a write to what is stored now, not to a copy that was read earlier; leave every other attribute as it is.",
    follows=("explore.read-shows-what-was-written",),
)
def write_changes_nothing_else(exchange: Exchange) -> Finding | None:
    return _about(exchange, lambda each: each.stays and _is_no_member(each))


@check(
    "explore.read-is-the-same-without-a-write",
    on=READS,
    when=is_after_nothing,
    otherwise="nobody was read twice without a write in between",
    title="Reads by id show the same as long as nothing is written to the user or group",
    references=("RFC7644-3.4-01", "RFC7644-3.1-05"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Look for a write to somebody else that reaches this one, a query that stores something, and a cache with a key of several.",
    follows=("explore.write-changes-nothing-else",),
)
def read_is_the_same_without_a_write(exchange: Exchange) -> Finding | None:
    return _about(exchange, _is_no_member)


def _is_to_be_seen(read: Exchange) -> bool:
    there, standing = before(read), standing_of(read)
    return bool(standing and standing.is_there and not there.may_hide(standing, door_of(read)))


@check(
    "explore.read-shows-who-is-there",
    on=READS,
    when=_is_to_be_seen,
    otherwise="nobody was read who was surely there",
    title="Whoever was created can be read by id until they are deleted",
    references=("RFC7644-3.4.1-01", "RFC7643-3.1-06"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Look for what loses records: a roll-back after the answer, a clean-up by name, a deletion of somebody else.",
)
def read_shows_who_is_there(exchange: Exchange) -> Finding | None:
    unread = GONE if exchange.request.query else UNREAD
    if exchange.status not in unread:
        return None
    standing = standing_of(exchange)
    made = next((each for each in exchange.before if _makes(each, exchange)), None)
    at = (made, *(standing.at[-1:] if standing else ()), exchange)
    return Finding("200 OK", exchange.answer.phrase, at=tuple(dict.fromkeys(each for each in at if each)))


def _makes(create: Exchange, read: Exchange) -> bool:
    kind, id_ = key_of(read)
    answer = create.heard.answer
    return create.request.endpoint == kind and bool(answer and answer.id == id_)


@check(
    "explore.gone-is-not-read",
    on=READS,
    when=lambda exchange: (standing := standing_of(exchange)) is not None and standing.is_there is False,
    otherwise="nobody was read who had been deleted",
    title="Whoever was deleted is not read by id any more",
    references=("RFC7644-3.6-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Drop whoever is deleted from every cache, and let no later write bring a deleted record back.",
)
def gone_is_not_read(exchange: Exchange) -> Finding | None:
    if not exchange.is_success:
        return None
    deletes = [
        each
        for each in exchange.before
        if each.request.method == "DELETE" and each.is_success and each.status != LATER
    ]
    about = [each for each in deletes if key_of(each) == key_of(exchange)]
    return Finding("404 Not Found", exchange.answer.phrase, at=(*about[-1:], exchange))


@check(
    "explore.new-one-brings-nothing-along",
    on="explore.read",
    when=lambda exchange: exchange.is_success and _created(exchange) is not None,
    otherwise="nobody was read for the first time after the create",
    title="A new user shows no value that was written to somebody else alone",
    references=("RFC7643-3.1-06", "RFC7644-3.3-02", "RFC7644-3.6-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Begin each user with nothing but what the create sends; bring no deleted record back, and share no object between requests.",
)
def new_one_brings_nothing_along(exchange: Exchange) -> Finding | None:
    """A default is nothing that came along: somebody would show it who was never given it, or it is made of what the create says."""
    made = _created(exchange)
    if made is None or not is_by_id(exchange) or is_of_parts(exchange):
        return None
    own, said = _paths(made.request.written), {*strings(made.request.written)}
    for path, value in leaves(exchange.resource):
        texts = _texts(value)
        if path.lower() in own | DEFAULTS or texts <= said or not is_the_clients(path):
            continue
        others = [each for each in exchange.before if each is not made and _gives(each, texts)]
        if others and not any(_shows(each, path, texts) for each in _until(exchange, others[0])):
            got = f"{describe(value)}, which was written to somebody else"
            return Finding("no value, since none was sent", got, path, at=(others[0], made, exchange))
    return None


def _created(exchange: Exchange) -> Exchange | None:
    standing = standing_of(exchange)
    if standing is None or standing.read or len(standing.writes) != 1:
        return None
    return standing.writes[0] if standing.writes[0].request.method == "POST" else None


def _paths(written: Json) -> frozenset[str]:
    return frozenset(path.lower() for path, _ in leaves(written))


def _texts(value: Json) -> frozenset[str]:
    """What tells a value: of entries the values themselves."""
    entries = value if isinstance(value, list) else [value]
    return frozenset(strings([get(each, "value") if isinstance(each, dict) else each for each in entries]))


def _gives(write: Exchange, texts: frozenset[str]) -> bool:
    """Whether a write that was taken gives somebody else these values."""
    return write.request.method in WRITES and write.is_success and texts <= {*strings(write.request.written)}


def _until(exchange: Exchange, last: Exchange) -> list[Exchange]:
    return list(exchange.before[: exchange.before.index(last)])


def _shows(exchange: Exchange, path: str, texts: frozenset[str]) -> bool:
    """Whether anybody is shown with them there."""
    shown = (leaves(each) for each in resources_in(exchange))
    return any(
        one.lower() == path.lower() and _texts(value) == texts for each in shown for one, value in each
    )
