"""What lists show and count: everybody who is there, each as they are, and nobody who is gone."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations

from scim_tests.checks.explore.lookups import UNANSWERED, shows_what_is_there
from scim_tests.checks.explore.there import Standing, There, after, before, door_of
from scim_tests.checks.explore.whom import Listed, listed
from scim_tests.checks.reading.bulk import apart
from scim_tests.checks.reading.filters import order_of, values_at
from scim_tests.checks.reading.history import WRITES, kind_of, may_have_changed
from scim_tests.checks.reading.parameters import parameters
from scim_tests.knowledge.consequences import (
    IMPORT_LOSES,
    IMPORT_REPEATS,
    OTHERS_MISLED,
    TOTAL_MISREAD,
    WRONG_PROFILE,
)
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe

SORTED = "explore.list_sorted"
WHOLE = ("explore.list", "explore.list_groups", SORTED)
PAGES = ("explore.page", "explore.page_of_one", "explore.page_of_groups")
LISTS = (*WHOLE, *PAGES)
COUNTED = (*LISTS, "explore.count")


def is_answered(exchange: Exchange) -> bool:
    """Whether there is a list to look at."""
    return exchange.is_success


of_a_list = partial(check, when=is_answered, otherwise=UNANSWERED, strength=MUST)


@of_a_list(
    "explore.list-shows-who-is-there",
    on=WHOLE,
    title="A list with room for everybody shows whoever was created and not deleted",
    references=("RFC7644-3.4.2.4-11",),
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Answer lists from what is stored now; let every create, rename and reactivation reach the copy they come from.",
    follows=("explore.read-shows-who-is-there",),
)
def list_shows_who_is_there(exchange: Exchange) -> Finding | None:
    return listed(exchange).missed()


@of_a_list(
    "explore.list-shows-nobody-gone",
    on=LISTS,
    title="A list shows nobody who was deleted",
    references=("RFC7644-3.6-03",),
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Leave whoever is deleted out of every list, also if the records or a cache of them are kept.",
    follows=("explore.gone-is-not-read",),
)
def list_shows_nobody_gone(exchange: Exchange) -> Finding | None:
    return listed(exchange).gone()


@of_a_list(
    "explore.list-shows-what-is-there",
    on=LISTS,
    title="A list shows everybody as the last writes left them",
    references=("RFC7644-3.4-01", "RFC7644-3.1-05", "RFC7643-7-24"),
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Build lists from what is stored now, by the same code as a read by id.",
    follows=("explore.read-shows-what-was-written", "explore.write-changes-nothing-else"),
)
def list_shows_what_is_there(exchange: Exchange) -> Finding | None:
    return shows_what_is_there(listed(exchange))


@of_a_list(
    "explore.list-is-in-order",
    on=SORTED,
    title="A sorted list has everybody where the present value belongs",
    references=("RFC7644-3.4.2.3-02", "RFC7644-3.4.2.3-03"),
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Sort by what is stored now, or let every write refresh the key that lists are sorted by.",
    follows=("explore.read-shows-what-was-written",),
)
def list_is_in_order(exchange: Exchange) -> Finding | None:
    """Of two who were read since they were written to, as far as every alphabet agrees, with letter case and without."""
    told = listed(exchange)
    for (one, first), (other, second) in combinations(_placed(told), 2):
        if order_of(first, second, is_case_exact=None) == (-1 if told.query.descending else 1):
            at = (*one.at[-1:], *other.at[-1:], exchange)
            expected = f"{describe(second)} before {describe(first)}"
            return Finding(expected, "the other order", "$.Resources", at=at)
    return None


def _placed(told: Listed) -> Iterator[tuple[Standing, str]]:
    """Those of ours whose value is known, one text, in the order of the list."""
    for id_ in told.ids:
        standing = told.there.everybody.get((told.kind, id_))
        if standing and standing.is_there and standing.is_settled:
            values = values_at(standing.seen, told.query.sort_by)
            if len(values) == 1 and isinstance(values[0], str):
                yield standing, values[0]


@of_a_list(
    "explore.list-fills-its-page",
    on=WHOLE,
    title="A list does not count more than it shows where it showed everybody before, and nobody came or grew since",
    references=("RFC7644-3.4.2-03", "RFC7644-3.4.2.4-09", "RFC7644-3.6-03"),
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=TOTAL_MISREAD,
    fix="Count what the query finds, instead of keeping a number beside it.",
)
def list_fills_its_page(exchange: Exchange) -> Finding | None:
    """A page may end where it would be too long otherwise: so there has to be room for all but those deleted since."""
    shown, total = len(exchange.page.ids), exchange.page.total
    alike = [each for each in exchange.before if each.request.path == exchange.request.path]
    fuller = [each for each in alike if each.is_success and len(each.page.ids) > shown]
    if not isinstance(total, int) or total <= shown or not fuller:
        return None
    room = len(fuller[-1].page.ids)
    since = exchange.before[exchange.before.index(fuller[-1]) + 1 :]
    done = [one.request.method for each in since for one in apart(each) if may_have_changed(one)]
    if fuller[-1].page.total != room or not {"GET", "DELETE"}.issuperset(done):
        return None
    expected = f"{min(total, room)} on the page, as there were {room} before"
    return Finding(
        expected, f"{shown}, with totalResults {total}", "$.totalResults", at=(fuller[-1], exchange)
    )


@of_a_list(
    "explore.pages-show-each-once",
    on=(*PAGES, "explore.list", "explore.list_groups"),
    title="Without a write in between, nobody is on two pages of one list",
    references=("RFC7644-3.4.2.4-11", "RFC7644-3.4.2.4-03", "okta:S20"),
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_REPEATS,
    fix="Cut every page out of what is stored now, in an order that nothing but a write changes.",
)
def pages_show_each_once(exchange: Exchange) -> Finding | None:
    """Of our own people who stand where they stood before the other page: others may come and go (RFC 7644 3.4.2.4), and move them."""
    now, told = _places(exchange), listed(exchange)
    for page, first in combinations(_looks_before(exchange), 2):
        was, there = _places(first), _places(page)
        is_of_two = any(_are_apart(page, each) for each in (first, exchange))
        for id_, place in now.items() if is_of_two else ():
            if place == was.get(id_) and there.get(id_, place) != place and _is_ours(told, id_):
                got = f"{id_} at {place}, at {there[id_]}, and at {place} again"
                return Finding("each of them once", got, "$.Resources", at=(first, page, exchange))
    return None


def _looks_before(exchange: Exchange) -> Iterator[Exchange]:
    """The lists and pages since the last write that count as many, the latest first."""
    for each in reversed(exchange.before):
        if any(one.request.method in WRITES and may_have_changed(one) for one in apart(each)):
            return
        is_alike = kind_of(each) == kind_of(exchange) and each.step in LISTS and each.step != SORTED
        if is_alike and each.is_success and each.page.total == exchange.page.total:
            yield each


def _are_apart(one: Exchange, other: Exchange) -> bool:
    """Whether they are two pages of one list, which share no place."""
    return one.step == other.step and {*_places(one).values()}.isdisjoint(_places(other).values())


def _places(exchange: Exchange) -> dict[str, int]:
    """Where whom a page shows stand in the list, by id; of a page that is not whole any more nobody can say."""
    start = int(str(parameters(exchange).get("startindex", 1)))
    return {} if exchange.elided else {id_: start + n for n, id_ in enumerate(exchange.page.ids)}


def _is_ours(told: Listed, id_: str) -> bool:
    standing = told.there.everybody.get((told.kind, id_))
    return standing is not None and bool(standing.is_there)


@of_a_list(
    "explore.count-is-of-who-is-there",
    on=COUNTED,
    title="totalResults moves with each create and each deletion",
    references=("RFC7644-3.4.2-03", "RFC7644-3.4.2.4-09", "RFC7644-3.6-03"),
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=TOTAL_MISREAD,
    fix="Count what the query finds, instead of keeping a number beside it.",
)
def count_is_of_who_is_there(exchange: Exchange) -> Finding | None:
    """Between two lists that show everybody, and the same strangers; the same twice, since somebody else may pass by."""
    last = _whole(exchange)
    if last is None:
        raise NotObserved("", "no list showed everybody")
    there = after(exchange)
    strangers = _strangers(last, there)
    between: list[Exchange] = []
    for each in reversed(exchange.before):
        if each.step not in COUNTED or not each.is_success or kind_of(each) != last.kind:
            continue
        first = _whole(each)
        if first is None:
            between.append(each)
        elif _strangers(first, there) == strangers:
            return _twice(_miscounted(each, first, len(strangers), exchange) for each in reversed(between))
        else:
            return None
    return None


def _twice(said: Iterable[Finding | None]) -> Finding | None:
    """The first that says what one before it said."""
    known: set[tuple[str, str]] = set()
    for each in filter(None, said):
        if (each.expected, each.got) in known:
            return each
        known.add((each.expected, each.got))
    return None


def _whole(exchange: Exchange) -> Listed | None:
    try:
        told = listed(exchange)
    except NotObserved:
        return None
    return told if exchange.step in WHOLE and told.is_whole and told.query.filter is None else None


def _strangers(told: Listed, there: There) -> frozenset[str]:
    return frozenset(id_ for id_ in told.ids if (told.kind, id_) not in there.everybody)


def _miscounted(counted: Exchange, first: Listed, strangers: int, last: Exchange) -> Finding | None:
    there, door = before(counted), door_of(first.query.exchange)
    ours = [
        None if each.is_there and there.may_hide(each, door) else each.is_there
        for _, each in there.of(first.kind)
    ]
    total = counted.page.total
    if None in ours or not isinstance(total, int) or isinstance(total, bool):
        return None
    wanted = strangers + sum(map(bool, ours))
    if total == wanted:
        return None
    at = (first.query.exchange, counted, last)
    return Finding(f"{wanted}, as the lists around it show", str(total), "$.totalResults", at=at)
