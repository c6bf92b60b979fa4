"""Checks of loads: an import page by page, alone and while people are pushed.

A list that is written to between two pages may show somebody twice, or pass somebody over (RFC 7644 3.4.2.4).
What cannot be told from that is advice.
"""

from itertools import pairwise

from scim_tests.checks.load.counted import longer, milliseconds, some
from scim_tests.knowledge.consequences import IMPORT_LOSES, IMPORT_REPEATS
from scim_tests.model.check import (
    BOTH,
    DEGRADED,
    INFERRED,
    LOAD,
    MUST,
    OKTA,
    SHOULD,
    WRONG_DATA,
    Consequence,
    Finding,
    check,
)
from scim_tests.model.exchange import NotObserved
from scim_tests.model.load_state import LoadState
from scim_tests.model.tally import Timing, Walk, quantile

START, TIME, PEOPLE, TOTAL = range(4)  # of a page
PAGES = 8  # in a third of an import, at least
ANOTHER_ORDER = 0.5  # of the people of a list that does not go by when they were created


def walks_of(state: LoadState) -> list[Walk]:
    """The imports of the load; NotObserved where there was none."""
    walks = [each for each in state.tally.walks if each.pages]
    if not walks:
        raise NotObserved("", "nobody was imported")
    return walks


def totals(walk: Walk) -> list[int]:
    """The totals that it was told, without pages that told none."""
    return [int(page[TOTAL]) for page in walk.pages if page[TOTAL] >= 0]


def is_shorter(walk: Walk) -> bool:
    """Whether the list lost people while it was read: whoever removed them moved the others."""
    told = totals(walk)
    return any(later < earlier for earlier, later in pairwise(told))


def is_still(walk: Walk) -> bool:
    """Whether nobody was seen to write to the list while it was read."""
    return not walk.writes_meanwhile and len(set(totals(walk))) <= 1


def passed_over(walk: Walk) -> list[str]:
    """Who was not shown, although nothing was written to them."""
    touched = set(walk.missed_touched)
    return [name for name in walk.missed if name not in touched]


@check(
    "load.import-shows-everybody",
    on=LOAD,
    title="An import shows everybody who was made before it began",
    references=("RFC7644-3.4.2-02", "RFC7644-3.4.2.4-11", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Order the list by something that never changes, such as the time of creation and the id, and read each page "
    "in one query; a write to a person must not take them, or others, out of a page.",
)
def import_shows_everybody(state: LoadState) -> Finding | None:
    """Each write that takes somebody from their place can push one other over the end of a page."""
    walks = [walk for walk in walks_of(state) if walk.whole]
    for walk in walks:
        alone = passed_over(walk)
        if len(alone) > walk.moves_meanwhile and not is_shorter(walk):
            return Finding(
                f"{walk.expected:,} people", f"{_missing(alone)}, to whom nothing was written meanwhile"
            )
    for walk in walks:
        if walk.missed:
            got = f"{_missing(walk.missed)}, while {walk.writes_meanwhile:,} writes went on"
            return Finding(f"{walk.expected:,} people", got, mild=True)
    if not any(walk.expected for walk in walks):
        why = next((walk.ended for walk in state.tally.walks if walk.ended), "nobody was made before it")
        raise NotObserved("", f"no import can tell: {why}")
    return None


def _missing(names: list[str]) -> str:
    return f"{some(names, 'person', 'people')} not shown"


@check(
    "load.import-shows-nobody-twice",
    on=LOAD,
    title="An import shows nobody on two pages",
    references=("RFC7644-3.4.2.4-11", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_REPEATS,
    fix="Order the list by something that never changes and that no two people share; a new person belongs at its end.",
)
def import_shows_nobody_twice(state: LoadState) -> Finding | None:
    walks = [walk for walk in walks_of(state) if walk.again]
    for walk in sorted(walks, key=is_still, reverse=True):
        where = f", such as those at {walk.again_examples[0]}" if walk.again_examples else ""
        got = f"{walk.again:,} times somebody whom a page before had shown{where}"
        return Finding("each person once", got, mild=not is_still(walk))
    return None


@check(
    "load.total-holds",
    on=LOAD,
    title="From page to page of an import totalResults changes by no more than was written",
    references=("RFC7644-3.4.2.4-09", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=Consequence(
        "Where Okta goes by totalResults, it ends the import before its end, or asks for pages that are empty.",
        INFERRED,
    ),
    fix="Count all matches of the query itself; no estimate of the database and no number that is kept apart.",
)
def total_holds(state: LoadState) -> Finding | None:
    seen = 0
    for walk in walks_of(state):
        told = totals(walk)
        seen += len(told) > 1
        if told and max(told) - min(told) > walk.writes_meanwhile:
            writes = (
                f"{walk.writes_meanwhile:,} writes of this load"
                if walk.writes_meanwhile
                else "no write of this load"
            )
            got = f"{min(told):,} to {max(told):,} in one import, with {writes} meanwhile"
            return Finding("one total, but for what was written", got)
    if not seen:
        raise NotObserved("", "no import has two pages with a total")
    return None


@check(
    "load.order-holds",
    on=LOAD,
    title="An import shows people in the same order while they are written to",
    references=("RFC7644-3.4.2.4-11", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=Consequence(
        "Whoever moves within the list while Okta reads it is met twice or not at all, so that an import during "
        "an assignment can take somebody for deleted.",
        INFERRED,
    ),
    fix="Order the list by the time of creation and the id, and not by when somebody was changed last.",
)
def order_holds(state: LoadState) -> Finding | None:
    """By when our own people were created; a list in another order from the start tells nothing of what moves."""
    walks = [walk for walk in walks_of(state) if walk.expected]
    if not walks:
        raise NotObserved("", "nobody was made before an import")
    if any(walk.out_of_order > walk.expected * ANOTHER_ORDER for walk in walks):
        raise NotObserved("", "the list does not go by when people were created, which the RFC allows")
    still = [walk for walk in walks if not walk.writes_meanwhile]
    usual = max((walk.out_of_order for walk in still), default=0)
    for walk in walks:
        if walk.writes_meanwhile and walk.out_of_order > usual:
            got = f"{walk.out_of_order:,} of {walk.expected:,} out of it, while {walk.writes_meanwhile:,} writes went on"
            return Finding("people in the order in which they were created", got)
    if len(still) == len(walks):
        raise NotObserved("", "nothing was written while an import went on")
    return None


@check(
    "load.pages-take-the-same-time",
    on=LOAD,
    title="The last pages of an import take about as long as the first",
    references=("okta:S20", "okta:FAQ"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=Consequence(
        "Okta asks for one page after the other, so that an import takes longer with the square of the people, and a "
        "page that takes more than 60 seconds ends it.",
        INFERRED,
    ),
    fix="Do not count through to the offset: keep where the last page ended, and go on from there by the key of the "
    "order (keyset pagination).",
)
def pages_take_the_same_time(state: LoadState) -> Finding | None:
    """What grows with the place grows in every import; what slows down one of them is of that time."""
    growths = []
    few = 0
    for walk in walks_of(state):
        pages = [page for page in walk.pages if page[PEOPLE]]
        third = len(pages) // 3
        if third < PAGES:
            few = max(few, len(pages))
            continue
        growths.append(_growth(pages, third))
    if not growths:
        raise NotObserved("", f"too few pages to tell: {few} of {3 * PAGES}")
    if not all(growths):
        return None
    first, last, start = max(each for each in growths if each)
    got = f"{milliseconds(last)} towards startIndex {start:,.0f}"
    return Finding(f"about {milliseconds(first)}, as at the beginning", got)


def _growth(pages: list[list[float]], third: int) -> tuple[float, float, float] | None:
    """The time of early and of late pages, and the last startIndex, where all thirds of the pages show that it grows."""
    early, middle, late = (_timing(part) for part in (pages[:third], pages[third:-third], pages[-third:]))
    found = longer(early, late, times=2, by=50, samples=PAGES)
    between = quantile(middle, 0.5) or 0.0
    if found is None or not found[0] * 1.3 < between < found[1] / 1.1:
        return None
    return (*found, pages[-1][START])


def _timing(pages: list[list[float]]) -> Timing:
    timing: Timing = {}
    for page in pages:
        key = str(max(1, round(page[TIME])))
        timing[key] = timing.get(key, 0) + 1
    return timing
