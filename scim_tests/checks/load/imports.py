"""Checks of loads: an import page by page, alone and while people are pushed.

A list that is written to between two pages may show somebody twice, or pass somebody over (RFC 7644 3.4.2.4).
What cannot be told from that is advice.
"""

from itertools import pairwise

from scim_tests.checks.load.counted import FEW, MANY, milliseconds, need, need_so_many, some
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
from scim_tests.model.load_plan import PAGE, LoadPlan
from scim_tests.model.load_state import LoadState
from scim_tests.model.tally import EXAMPLES, Walk

START, _, PEOPLE, TOTAL = range(4)  # of a page
TWICE = 2  # imports in which the same is seen, so that a write of somebody else is not the reason
SEVERAL = 50  # people, at least, some of whom are written to between two imports: one in twenty is
MOSTLY = 0.75


def walks_of(state: LoadState) -> list[Walk]:
    """The imports of the load; NotObserved where there was none."""
    walks = [each for each in state.tally.walks if each.pages]
    if not walks:
        raise NotObserved("", "nobody was imported")
    return walks


def is_still(walk: Walk, plan: LoadPlan) -> bool:
    """Whether nobody was seen to write to the list while it was read; what other processes did is not known."""
    totals = {page[TOTAL] for page in walk.pages if page[TOTAL] >= 0}
    return plan.workers == 1 and not walk.writes_meanwhile and len(totals) <= 1


@check(
    "load.import-shows-everybody",
    on=LOAD,
    title="An import shows everybody who was made before it began",
    references=("RFC7644-3.4.2.4-11", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Order the list by something that never changes, such as the time of creation and the id, and read each page "
    "in one query; a write to a person must not take them, or others, out of a page.",
)
def import_shows_everybody(state: LoadState) -> Finding | None:
    """Who is removed by anybody moves others over the end of a page: the same people are not passed over again in the next import."""
    walks = [walk for walk in walks_of(state) if walk.whole]
    for before, walk in pairwise(walks):
        if again := [name for name in walk.missed if name in before.missed]:
            number = min(before.not_shown, walk.not_shown)
            got = f"{number:,} not shown by two imports in a row, such as {', '.join(again[:EXAMPLES])}"
            return Finding(f"{walk.expected:,} people", got + _short_pages(walk))
    for walk in walks:
        if missed := [*walk.missed_touched, *walk.missed]:
            whose = "others were" if walk.not_shown else "each of them was"
            top = max(page[TOTAL] for page in walk.pages)
            got = (
                f"{some(missed, 'person', 'people')}, not among the {walk.people:,} shown, where the total was up to "
                f"{top:,.0f}; {whose} written to meanwhile"
            )
            return Finding(f"{walk.expected:,} people", got, mild=True)
    if not any(walk.expected for walk in walks):
        nobody = "nobody was made before it, or was looked for after it"
        why = next((walk.ended for walk in state.tally.walks if walk.ended), nobody)
        raise NotObserved("", f"no import can tell: {why}")
    if not any(walk.untouched < walk.expected for walk in walks):
        raise NotObserved("", "too few writes to tell: to nobody in the list while an import went on")
    return None


def _short_pages(walk: Walk) -> str:
    """What is said where no page is as long as asked for, though there are more people: Okta goes on in steps of that length all the same."""
    longest, total = (max(page[place] for page in walk.pages) for place in (PEOPLE, TOTAL))
    return f"; a page holds {longest:,.0f}, and Okta goes on by {PAGE}" if longest < min(PAGE, total) else ""


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
    """Where nobody writes to a list, no import repeats anybody; one that does may have met a write of somebody else."""
    walks = [walk for walk in walks_of(state) if walk.again]
    still = [walk for walk in walks if is_still(walk, state.plan)]
    for walk in [*still, *walks]:
        where = f", such as those at {walk.again_examples[0]}" if walk.again_examples else ""
        got = f"{walk.again:,} times somebody whom a page before had shown{where}"
        return Finding("each person once", got, mild=len(still) < TWICE)
    need_so_many(
        "pages", max(sum(page[PEOPLE] > 0 for page in walk.pages) for walk in walks_of(state)), TWICE
    )
    return None


@check(
    "load.total-holds",
    on=LOAD,
    title="The last page of the list has the same totalResults as the first",
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
    """Of the two in turn, when all else is over: whoever else comes or goes does not undo it between nearly every two requests."""
    walks_of(state)
    told = state.tally.calm_totals
    if len(told) < FEW:
        raise NotObserved("", f"too few answers to tell: {len(told)} of {FEW}")
    unlike = [
        (first, last) for (first, last), (back, _) in pairwise(told) if (last - first) * (back - last) < 0
    ]
    if len(unlike) < MOSTLY * (len(told) - 1):
        return None
    first, last = unlike[0]
    return Finding(f"{first:,}, as on the first page", f"{last:,} on the last one, and so again and again")


@check(
    "load.order-holds",
    on=LOAD,
    title="Two imports show the people of both in the same order, whatever was written between",
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
    """By our own people, as an import before showed them: whatever the order is, they keep it."""
    walks = walks_of(state)
    for walk in walks:
        if walk.out_of_order:
            got = f"{walk.out_of_order:,} of {walk.expected:,} stand elsewhere than in the import before"
            return Finding("everybody in the same place among the others", got)
    if sum(bool(walk.expected) for walk in walks) < 2:
        raise NotObserved("", "people were imported once only")
    need_so_many("people in both imports", min(walk.expected for walk in walks if walk.expected), SEVERAL)
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
    """Of the first and the last page, asked for in turn when all else is over: a machine that is busy slows down both."""
    tally, walks = state.tally, walks_of(state)
    need(FEW, tally.calm_first_pages, tally.calm_last_pages)
    start = max(page[START] for walk in walks for page in walk.pages)
    if tally.page_growth is None:
        need_so_many("people", start, MANY)
        return None
    first, last = map(milliseconds, tally.page_growth)
    return Finding(f"about {first}, as the first", f"{last} for those near startIndex {start:,.0f}")
