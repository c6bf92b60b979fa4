"""Where an answer shows somebody otherwise than they must be, of what is surely the target's mistake.

What a target makes of a value from the very first time it gets it (other letters, no blanks, a shorter text) is its
way. So what counts is a value that is lost, or one that was said or shown before: an old one, or somebody else's.
"""

from collections.abc import Callable, Iterable, Iterator
from unicodedata import normalize

from scim_tests.checks.explore.there import Standing, There, after, before, door_of, is_of_parts, resources_in
from scim_tests.checks.reading.compare import is_made_up, moment
from scim_tests.checks.reading.differences import TWICE, Difference, differences
from scim_tests.checks.reading.history import Key, kind_of
from scim_tests.checks.reading.holdings import holdings, plain
from scim_tests.checks.reading.outcomes import Outcome
from scim_tests.checks.reading.patching import MEMBERS
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource, as_id, get, strings
from scim_tests.model.transcript import Transcript

CUT = 20  # letters of a text that a target has room for, at least
WHOLE = ("explore.read", "explore.read_group", "explore.read_if_changed", "explore.read_group_if_changed")
BY_ID = frozenset(step.partition(".")[2] for step in WHOLE)  # the same as doors
Turn = tuple[str, str]  # what was written, and what it became


def wrong(exchange: Exchange, there: There, key: Key, shown: Resource) -> list[Difference]:
    """What is surely a mistake in how somebody is shown, by the way that is nearest to it.

    `there` is what was there at the time of the answer: for a write with the write, for a look before it.
    """
    standing = there.everybody.get(key)
    if standing is None or not standing.ways:
        return []
    found = [each for each in _nearest(there, standing, shown) if _is_seen_here(exchange, there, key, each)]
    if not found:
        return []
    known = holdings(Transcript((*exchange.before, exchange)))
    is_renamed = any(get(way.resource, "name") != get(standing.seen, "name") for way in standing.ways)
    said = _said(exchange, standing)
    novel = {each.path for each in found if _is_new(each.shown, said)}
    sure = [
        each
        for each in found
        if known.is_sure(key[0], each)
        and not (known.lacks(key[0], each) or known.ignores(key[0], each))
        and not (each.path in novel or is_its_way(each))
        and not (is_renamed and is_made_up(each.path))
    ]
    habits = _habits(exchange) if sure else frozenset()
    return [each for each in sure if _turn(each) not in habits]


def _nearest(there: There, standing: Standing, shown: Resource) -> list[Difference]:
    return min((list(_told(there, standing, way, shown)) for way in standing.ways), key=len, default=[])


def _habits(exchange: Exchange) -> frozenset[Turn]:
    """What the target made of values when it got them for the first time, as earlier answers showed it."""
    found: set[Turn] = set()
    for each in exchange.before:
        is_write = each.request.method != "GET"
        there = after(each) if is_write else before(each)
        for shown in resources_in(each):
            standing = there.everybody.get((kind_of(each), as_id(get(shown, "id"))))
            if standing and not is_of_parts(each):
                said = _said(each, standing)
                apart = _nearest(there, standing, shown)
                found |= {_turn(one) for one in apart if _is_new(one.shown, said)}
    return frozenset(found)


def _turn(found: Difference) -> Turn:
    return describe(found.wanted), describe(found.shown)


def _told(there: There, standing: Standing, way: Outcome, shown: Resource) -> Iterator[Difference]:
    """Who is deleted need not be a member, and whom nobody here knows may be one."""
    for each in differences(way, shown, standing.seen):
        if each.path.endswith(TWICE):
            continue  # every_group.repeats-no-member
        if each.path.lower() == MEMBERS:
            if each.shown is None and str(each.wanted) in there.maybe_gone:
                continue
            if each.wanted is None and isinstance(each.shown, list):
                ours = [get(one, "value") for one in each.shown]
                if not any(("/Users", as_id(one)) in there.everybody for one in ours):
                    continue
        yield each


def _is_seen_here(exchange: Exchange, there: There, key: Key, found: Difference) -> bool:
    """Whether this door has shown the attribute of anybody; all reads by id are one (RFC 7643 7: `returned`)."""
    door, path = door_of(exchange), plain(found.path)
    doors = BY_ID if door in BY_ID else {door}
    return found.shown is not None or any((one, key[0], path) in there.shown for one in doors)


def _said(exchange: Exchange, standing: Standing) -> frozenset[str]:
    """Every text that was sent until now, or that an answer with whole resources showed before what is to be seen was written."""
    first = standing.writes[0] if standing.writes else standing.read
    texts: set[str] = set()
    is_before = True
    for each in (*exchange.before, exchange):
        texts.update(strings(each.request.written))
        is_before = is_before and each is not first
        is_shown_before = is_before or (each is first and not standing.writes)
        if is_shown_before and each.heard.answer and not is_of_parts(each):
            texts.update(strings(each.answer.parsed) if each.answer.is_json else ())
    return frozenset(map(_bare, texts))


def _is_new(shown: Json, said: frozenset[str]) -> bool:
    """Whether there is a text that nobody said or showed before, so that it is not an old one."""
    value = get(shown, "value") if isinstance(shown, dict) and get(shown, "value") is not None else shown
    return any(_bare(each) not in said for each in strings(value))


def is_its_way(found: Difference) -> bool:
    """Whether a target may have made the one text of the other: by letter case, blanks, a cut, or another form of a date."""
    wanted, shown = found.wanted, found.shown
    if isinstance(wanted, str) and shown is None:
        return not _bare(wanted)
    if not isinstance(wanted, str) or not isinstance(shown, str):
        return False
    one, other = _bare(wanted), _bare(shown)
    is_cut = len(other) >= CUT and one.startswith(other)
    dates = moment(wanted), moment(shown)
    return one == other or is_cut or (dates[0] is not None and dates[0] == dates[1])


def _bare(text: str) -> str:
    """For comparison: without letter case, blanks and forms of Unicode."""
    return "".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())


def first_of(
    found: Iterable[Difference], exchange: Exchange, standing: Standing, fits: Callable[[Difference], bool]
) -> Finding | None:
    """The first one that fits, as a finding about what was written and this look."""
    for each in filter(fits, found):
        expected, got = each.texts
        return Finding(expected, got, each.path, at=(*standing.at, exchange))
    return None
