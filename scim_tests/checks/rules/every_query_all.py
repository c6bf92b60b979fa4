"""Rules for every query (RFC 7644 3.4.2, 3.9): it counts all whom it finds, and shows all of them."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from scim_tests.checks.reading.compare import is_the_rfcs, weightiest
from scim_tests.checks.reading.filters import Term
from scim_tests.checks.reading.fitting import fitting
from scim_tests.checks.reading.paths import paths_of
from scim_tests.checks.reading.queries import Queries, Query, queries
from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.checks.rules.every_list import is_whole_number
from scim_tests.checks.rules.every_query import filtered
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

GROUPS = "groups."


@check(
    "every_query.totals-whom-it-finds",
    on=PLAY,
    title="The totalResults of a page counts everybody of the run whom the filter fits",
    references=("RFC7644-3.4.2.4-09",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Count what the filter fits, of all types that are asked, before the page is cut.",
    follows=("every_query.misses-nobody-who-matches",),
)
def totals_whom_it_finds(transcript: Transcript) -> Finding | None:
    """Of pages alone: where all are shown, whom it misses is told by itself; by cursor the total may be an estimate."""
    found = [
        (told, query)
        for told, query in filtered(transcript)
        if query.is_of_many and query.page[2] == "none" and not query.is_whole
        if is_whole_number(query.exchange.page.total)
    ]
    if not found:
        raise NotObserved("", "no query with a filter was answered in pages")
    return weightiest(each for told, query in found for each in _less(told, query))


def _less(told: Queries, query: Query) -> Iterator[Finding]:
    total, known = query.exchange.page.total, list(fitting(told, query))
    if total < len(known):
        expected = f"at least {len(known)}, since so many whom the run made fit {query.filter_asked}"
        mild = any(is_odd for _, _, is_odd in known)
        yield Finding(expected, str(total), "$.totalResults", at=(query.exchange,), mild=mild)


@check(
    "every_query.shows-as-much-by-any-spelling",
    on=PLAY,
    title="A lookup by userName shows the same attributes in whatever letter case it asks",
    references=("RFC7643-7-24",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look up what belongs to somebody, such as groups, by id, and not by the name that was typed.",
)
def shows_as_much_by_any_spelling(transcript: Transcript) -> Finding | None:
    told = queries(transcript)
    lookups: dict[str, list[Query]] = defaultdict(list)
    for each in told.asked:
        if _is_lookup(each):
            lookups[str(get(each.shown[0], "id"))].append(each)
    pairs = [
        (id_, *pair)
        for id_, each in lookups.items()
        for pair in pairwise(each)
        if pair[0].filter != pair[1].filter
    ]
    if not pairs:
        raise NotObserved("", "nobody was found by two spellings of the userName")
    return weightiest(each for id_, *pair in pairs for each in _lost(told, id_, *pair))


def _is_lookup(query: Query) -> bool:
    """Whether it finds one by the userName alone, and may show all that there is."""
    by_name = isinstance(query.filter, Term) and (query.filter.path, query.filter.op) == ("username", "eq")
    return by_name and query.endpoint == "/Users" and not query.shows_parts and len(query.shown) == 1


def _lost(told: Queries, id_: str, one: Query, other: Query) -> Iterator[Finding]:
    """What the second does not show: nobody wrote to the user or to a group meanwhile."""
    was, now = (told.was("/Users", id_, each.exchange) for each in (one, other))
    if was is None or was != now or told.groups_change_between(one.exchange, other.exchange):
        return
    shown = paths_of(other.shown[0])
    for path, value in paths_of(one.shown[0]).items():
        if (
            path not in shown
            and path in paths_of(was)
            and (path.startswith(GROUPS) or is_the_rfcs(f"$.{path}"))
        ):
            expected = f"{describe(value)}, as {one.exchange.step} shows, which asks for the same userName"
            at = (one.exchange, other.exchange)
            yield Finding(expected, "no value", f"$.{in_usual_letters(path)}", at=at)
