"""What a query may ask for is answered where the target answers the same query without it, or its parts in others (RFC 7644 3.4.2, 3.9)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate

from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.filters import Filter, Term
from scim_tests.checks.reading.parameters import is_search, parameters
from scim_tests.checks.reading.queries import Queries, Query, queries
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, PLAY, RFC, Finding, check
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

REFUSED = frozenset({400, 405, 409, 422, 501})  # others speak of access, of load, or of who is gone
NO_LIST = frozenset({404, 410})  # to a query of many
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
Place = tuple[str, bool]  # an endpoint, and whether it is asked by POST
Asked = tuple[str, Filter | None, bool]  # the same, and the filter
ODD = "ask_odd_questions."  # whose questions may well be refused


@check(
    "every_query.sound-question-is-answered",
    on=PLAY,
    title="A query is not refused for how it is to be sorted, counted or shown",
    references=("RFC7644-3.4.2.3-02", "RFC7644-3.9-02", "RFC7644-3.4.2.4-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take every parameter of RFC 7644 3.4.2 and 3.9 with every value that it may have; say in ServiceProviderConfig what is not supported.",
    follows=(
        "every_query.same-meaning-has-the-same-answer",
        "every_lookup.is-answered",
        "import_users.start-below-one-is-one",
    ),
)
def sound_question_is_answered(transcript: Transcript) -> Finding | None:
    told = queries(transcript)
    answered: dict[Asked, list[Query]] = defaultdict(list)
    for each in told.asked:
        if each.exchange.is_success:
            answered[_asked(each)].append(each)
    pairs = [
        (query, simpler)
        for query in told.asked
        if features(query) and not query.exchange.step.startswith(ODD)
        for simpler in [_simpler(answered[_asked(query)], query)]
        if simpler is not None
    ]
    if not pairs:
        raise NotObserved("", "no query was answered without what another asked for besides")
    return weightiest(each for pair in pairs for each in _refusals(told, *pair))


def features(query: Query) -> frozenset[str]:
    """The parameters it has besides its filter, by their names; a start below 1 may be refused where 1 is not."""
    start, count, cursor = query.page
    said = str(parameters(query.exchange).get("startindex", start))
    asked = {
        "sortBy": query.sort_by,
        "sortOrder": query.descending,
        "attributes": query.attributes,
        "excludedAttributes": query.excluded,
        "startIndex": start != "1" or _is_below_one(said),
        "count": count,
        "cursor": cursor != "none",
    }
    return frozenset(name for name, value in asked.items() if value)


def _is_below_one(start: str) -> bool:
    return start.startswith("-") or start.strip("0") == ""


def _asked(query: Query) -> Asked:
    return query.endpoint, query.filter, is_search(query.exchange)


def _simpler(answered: list[Query], query: Query) -> Query | None:
    """Of queries that ask the same the nearest one with fewer parameters, whatever its count."""
    found = [
        each
        for each in answered
        if each.sort_by in {"", query.sort_by}
        and features(each) - {"count"} <= features(query)
        and features(query) - features(each)
    ]
    return min(found, key=lambda each: len(features(query) - features(each)), default=None)


def _refusals(told: Queries, query: Query, simpler: Query) -> Iterator[Finding]:
    more = features(query) - features(simpler)
    if not _is_refused(query) or not _is_due(told, query):
        return
    expected = f"{simpler.exchange.answer.phrase}, as for {simpler.exchange.step}, without {' and '.join(sorted(more))}"
    is_sorted_otherwise = any(each.sort_by and each.exchange.is_success for each in told.asked)
    names_a_schema = not told.declared.keys().isdisjoint(
        query.attributes | query.excluded
    )  # no attribute's path
    mild = names_a_schema or ("sortBy" in more and is_sorted_otherwise)
    yield Finding(expected, query.exchange.answer.phrase, at=(query.exchange,), mild=mild)


def _is_refused(query: Query) -> bool:
    """Not by what every server may say: that it is too much (RFC 7644 table 9)."""
    exchange = query.exchange
    refused = REFUSED | NO_LIST if query.is_of_many else REFUSED
    if exchange.heard.answer is None or exchange.status not in refused:
        return False
    return not exchange.answer.is_json or get(exchange.answer.parsed, "scimType") != "tooMany"


def _is_due(told: Queries, query: Query) -> bool:
    """Whether it asks for what every target has, or this one says that it has, and in no odd way: others judge those."""
    asked = features(query)
    if {"attributes", "excludedAttributes"} <= asked or "cursor" in asked:
        return False
    if not told.sorts and asked & {"sortBy", "sortOrder"}:
        return False
    if query.page[0] != "1" or query.page[1].startswith(("0", "-")):
        return False  # a page that is empty
    if "startIndex" in asked and not is_search(query.exchange):
        return False  # import_users.start-below-one-is-one
    return all(
        each in told.declared or told.definition(each) or told.is_shown(each, query.kind)
        for each in query.attributes | query.excluded
    )


@check(
    "every_query.filter-of-known-parts-is-taken",
    on=PLAY,
    title="A filter is not refused if each of its comparisons and connectives was taken in another one",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.4.2.2-14"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read filters by the grammar of RFC 7644 3.4.2.2: any number of clauses, in brackets or not, each of which may be a filter itself.",
    follows=(
        "filter_users.value-decides-nothing-but-whom-it-finds",
        "filter_users.search-is-answered",
        "query_users.words-ignore-letter-case",
        "every_query.same-meaning-has-the-same-answer",
        "every_lookup.is-answered",
    ),
)
def filter_of_known_parts_is_taken(transcript: Transcript) -> Finding | None:
    """A target may not know an attribute with a comparison (RFC 7644 3.12); it knows what it has answered."""
    told = queries(transcript)
    asked = [each for each in told.asked if each.filter and not each.exchange.step.startswith(ODD)]
    taken: dict[Place, dict[str, Query]] = {}
    for query in asked:
        if query.exchange.is_success:
            taken.setdefault(_place(query), {}).update(dict.fromkeys(_parts_of(query), query))
    if not taken:
        raise NotObserved("", "no filter was answered")
    for query in asked:
        known, parts = taken.get(_place(query), {}), _parts_of(query)
        if _is_refused(query) and _is_nothing_but_filtered(query) and parts <= known.keys():
            witnesses = {known[part].exchange: None for part in sorted(parts)}
            expected = f"an answer, since each part of {query.filter_asked} was taken in others"
            return Finding(expected, query.exchange.answer.phrase, at=(query.exchange, *witnesses))
    return None


def _is_nothing_but_filtered(query: Query) -> bool:
    """Whether only the filter can be to blame, and not for a sign in a text."""
    count = query.page[1]
    if "\\" in str(parameters(query.exchange).get("filter", "")):
        return False
    return (
        features(query) <= {"count"}
        and (not count or (count.isdecimal() and not count.startswith("0")))
        and query.exchange.status not in NO_LIST
    )


def _place(query: Query) -> Place:
    return query.endpoint, is_search(query.exchange)


def _parts_of(query: Query) -> frozenset[str]:
    """What a reader of its filter has to know; how deep its brackets are is a part of its own."""
    written = STRING.sub("", str(parameters(query.exchange).get("filter", "")))
    depth = max(accumulate((letter == "(") - (letter == ")") for letter in written), default=0)
    return _parts(query.filter) | {f"{depth} deep in brackets"}


def _parts(asked: Filter | None) -> frozenset[str]:
    """Each comparison with what it is made of, less the text itself, and each connective."""
    if asked is None:
        return frozenset()
    if isinstance(asked, Term):
        kind = (
            "text" if asked.value.startswith('"') else "number" if asked.value[-1].isdigit() else asked.value
        )
        return frozenset({f"{asked.path} {asked.op} {kind}"})
    named = f"{asked.path}[]" if asked.path else asked.op
    return frozenset({named}).union(*map(_parts, asked.parts))
