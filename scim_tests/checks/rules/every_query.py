"""Rules for every query of users or groups (RFC 7644 3.4.2): it shows those who match and no others, in the order and in the parts that were asked for.

Whom a query has to find is worked out here, from what a read by id shows of the run's own people.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from scim_tests.checks.reading.compare import changes, is_the_rfcs, weightiest, without
from scim_tests.checks.reading.filters import Term, holds, terms, values_at
from scim_tests.checks.reading.fitting import fitting, known_then
from scim_tests.checks.reading.orders import comes_before, key_of_order, order, out_of_place
from scim_tests.checks.reading.parameters import is_search, parameters, plain
from scim_tests.checks.reading.queries import LISTED, Queries, Query, queries
from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import USER, Resource, get
from scim_tests.model.transcript import Transcript

SERVERS = frozenset({"meta", "groups"})
HONEST = frozenset({400, 403, 501})  # by which a target says that it does not know a form
USER_URN = f"{USER}:".lower()
OF_KINDS = {"User": "/Users", "Group": "/Groups"}
NAMES = frozenset({"username", "displayname"})  # by which a filter asks for the run's own people and groups


def filtered(transcript: Transcript) -> Iterator[tuple[Queries, Query]]:
    told = queries(transcript)
    for each in told.asked:
        if each.filter is not None and each.exchange.is_success:
            yield told, each


@check(
    "every_query.shows-only-who-matches",
    on=PLAY,
    title="A query with a filter shows only resources that the filter fits",
    references=(
        "RFC7643-3.1-09",
        "RFC7644-3.4.2.1-05",
        "RFC7644-3.4.2.2-02",
        "RFC7644-3.4.2.2-09",
        "RFC7644-3.4.2.2-16",
        "RFC7643-3.1-14",
        "RFC7643-2.4-05",
    ),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Evaluate the whole filter, as RFC 7644 3.4.2.2 says; refuse with 400 invalidFilter what cannot be evaluated.",
    follows=(
        "every_lookup.finds-no-stranger",
        "query_users.finds-nobody-else",
        "push_group.lookup-finds-no-other-group",
        "find_user.finds-nobody-without-the-value",
    ),
)
def shows_only_who_matches(transcript: Transcript) -> Finding | None:
    found = list(filtered(transcript))
    if not found:
        raise NotObserved("", "no query with a filter was answered")
    return weightiest(each for told, query in found for each in _strangers(told, query))


def _strangers(told: Queries, query: Query) -> Iterator[Finding]:
    assert query.filter is not None  # noqa: S101 -- for the type checker
    for shown in query.shown:
        kind = str(get(shown, "meta", "resourceType"))
        if query.endpoint in LISTED and OF_KINDS.get(kind, query.endpoint) != query.endpoint:
            yield Finding(
                f"only what is at {query.endpoint}", f"a {kind}", "$.Resources", at=(query.exchange,)
            )
            continue
        was = known_then(told, query, str(get(shown, "id")))
        if was is None and (query.shows_parts or not _has_all(query, shown)):
            continue
        if holds(query.filter, was or shown, told.traits(query.kind)) is False:
            wrong = _broken_by(told, query, was or shown)
            expected = f"only those that {query.filter_asked} fits"
            got = f"one with {_seen(was or shown, wrong)} as {in_usual_letters(wrong.path)}"
            yield Finding(expected, got, "$.Resources", at=(query.exchange,))


def _broken_by(told: Queries, query: Query, resource: Resource) -> Term:
    """A comparison that does not hold of what is shown; of several, none by which the run asks for its own."""
    assert query.filter is not None  # noqa: S101 -- for the type checker
    traits = told.traits(query.kind)
    return min(
        terms(query.filter), key=lambda each: (holds(each, resource, traits) is not False, each.path in NAMES)
    )


def _kept_by(told: Queries, query: Query, resource: Resource) -> Term:
    """A comparison that tells why somebody has to be found; none by which the run asks for its own, if there is another."""
    assert query.filter is not None  # noqa: S101 -- for the type checker
    traits = told.traits(query.kind)
    return min(
        terms(query.filter), key=lambda each: (each.path in NAMES, holds(each, resource, traits) is not True)
    )


def _seen(resource: Resource, term: Term) -> str:
    """What a resource has where the comparison looks."""
    values = values_at(resource, term.path)
    return describe(values[0] if len(values) == 1 else values)


def _has_all(query: Query, shown: Resource) -> bool:
    """Whether what is shown of a stranger has all that the filter asks for: it may have more than a list shows."""
    assert query.filter is not None  # noqa: S101 -- for the type checker
    return all(values_at(shown, each.path) for each in terms(query.filter))


@check(
    "every_query.misses-nobody-who-matches",
    on=PLAY,
    title="A query with a filter finds everybody of the run whom the filter fits",
    references=(
        "RFC7643-7-16",
        "RFC7644-3.4.2.1-02",
        "RFC7644-3.4.2.1-04",
        "RFC7644-3.4.2.2-03",
        "RFC7644-3.4.2.2-06",
        "RFC7644-3.4.2.2-08",
        "RFC7644-3.4.2.2-10",
        "RFC7644-3.4.2.2-11",
        "RFC7644-3.4.2.2-12",
        "RFC7644-3.4.2.2-14",
        "RFC7644-3.4.2.2-15",
        "RFC7644-3.4.2.2-19",
        "RFC7644-3.4.2.2-20",
        "RFC7644-3.4.2.2-21",
        "RFC7644-3.4.2.2-23",
        "RFC7644-3.4.2.2-26",
        "RFC7644-3.4.2.2-07",
        "RFC7644-3.4.2.2-22",
        "RFC7644-3.4.2.2-28",
        "RFC7644-3.4.3-08",
    ),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Evaluate the whole filter, as RFC 7644 3.4.2.2 says; refuse with 400 invalidFilter what cannot be evaluated.",
    follows=(
        "query_users.finds-the-person",
        "push_user.find-hits-exactly-once",
        "push_user.find-ignores-letter-case",
        "push_group.lookup-finds-the-group",
        "find_user.finds-who-has-the-value",
    ),
)
def misses_nobody_who_matches(transcript: Transcript) -> Finding | None:
    found = [
        each
        for each in filtered(transcript)
        if each[1].is_of_many and _is_first(each[1]) and each[1].is_whole
    ]
    if not found:
        raise NotObserved("", "no query with a filter was answered in one page")
    return weightiest(each for told, query in found for each in _missed(told, query))


def _is_first(query: Query) -> bool:
    start, _, cursor = query.page
    return start in {"1", "0"} and cursor in {"none", ""}


def _missed(told: Queries, query: Query) -> Iterator[Finding]:
    assert query.filter is not None  # noqa: S101 -- for the type checker
    shown = set(query.exchange.page.ids)
    for id_, was, mild in fitting(told, query):
        if id_ not in shown:
            wrong = _kept_by(told, query, was)
            expected = f"{id_}, since {query.filter_asked} fits it"
            got = f"nobody with that id, although {in_usual_letters(wrong.path)} is {_seen(was, wrong)}"
            yield Finding(expected, got, "$.Resources", at=(query.exchange,), mild=mild)


@check(
    "every_query.is-in-the-order-asked-for",
    on=PLAY,
    title="A query with sortBy shows the resources in that order",
    references=(
        "RFC7644-3.4.2.3-02",
        "RFC7644-3.4.2.3-03",
        "RFC7644-3.4.2.3-04",
        "RFC7644-3.4.2.3-05",
        "RFC7644-3.4.2.3-06",
        "RFC7644-3.4.2.3-07",
        "RFC7644-3.4.3-06",
        "RFC9865-2.2-01",
    ),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Sort by the attribute itself (the primary or first value of several), without regard to letter case unless it is caseExact; who has no value comes last, and first where descending.",
)
def is_in_the_order_asked_for(transcript: Transcript) -> Finding | None:
    told = queries(transcript)
    found = [each for each in told.asked if each.sort_by and each.exchange.is_success and each.is_of_many]
    if not found or not told.sorts:
        raise NotObserved("", "the target does not say that it sorts" if found else "no order was asked for")
    return weightiest(each for query in found for each in _misplaced(told, query))


def _misplaced(told: Queries, query: Query) -> Iterator[Finding]:
    at = (query.exchange,)
    shown = (told.was_shown(query, each) for each in query.shown)
    for one, other in pairwise([each for each in shown if each is not None]):
        if comes_before(told, query, other, one):
            expected = f"{_key(told, query, other)} before {_key(told, query, one)}, {_as_asked(query)}"
            yield Finding(expected, "the other order", "$.Resources", at=at)
    for wanted, place, is_before in out_of_place(told, query):
        expected = f"{_key(told, query, wanted)} {'later' if is_before else 'earlier'} in the list, {_as_asked(query)}"
        others = "before it" if is_before else "after it"
        got = f"it at place {place}, which leaves too little room for those that belong {others}"
        yield Finding(expected, got, "$.Resources", at=at)


def _key(told: Queries, query: Query, resource: Resource) -> str:
    return describe(key_of_order(told, resource, query.sort_by))


def _as_asked(query: Query) -> str:
    how = "descending" if query.descending else "ascending"
    return f"{how}, as {query.exchange.step} asks for {query.sort_by}"


@check(
    "every_query.same-meaning-has-the-same-answer",
    on=PLAY,
    title="Queries that mean the same have the same answer, however they are written and sent",
    references=("RFC7644-3.4.2.2-03", "RFC7644-3.4.3-08", "RFC7644-3.10-01", "RFC7644-3.10-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read names, operators and schema URNs without regard to letter case, and answer GET and POST .search by the same code.",
    follows=("query_users.words-ignore-letter-case",),
)
def same_meaning_has_the_same_answer(transcript: Transcript) -> Finding | None:
    told = queries(transcript)
    alike: dict[tuple[object, ...], list[Query]] = defaultdict(list)
    for each in told.asked:
        is_by_index = each.page[2] == "none"  # of cursors RFC 9865 2 lets a page be short
        if is_by_index and each.exchange.heard.answer is not None and each.exchange.status != 429:
            alike[each.meaning].append(each)
    pairs = [pair for group in alike.values() for pair in pairwise(group) if is_written_otherwise(*pair)]
    if not pairs:
        raise NotObserved("", "nothing was asked in two ways")
    return weightiest(each for pair in pairs for each in _apart(told, *pair))


def is_written_otherwise(one: Query, other: Query) -> bool:
    """Whether the two requests differ."""
    return (one.exchange.request.path, one.exchange.request.body) != (
        other.exchange.request.path,
        other.exchange.request.body,
    )


def is_spelt_otherwise(one: Query, other: Query) -> bool:
    """Whether they differ in letter case and URNs alone: other forms a target may know or refuse, but not some spellings."""
    first, second = (
        plain(json.dumps(dict(parameters(each.exchange)), sort_keys=True)) for each in (one, other)
    )
    return first.replace(USER_URN, "") == second.replace(USER_URN, "")


def _apart(told: Queries, one: Query, other: Query) -> Iterator[Finding]:
    at = (one.exchange, other.exchange)
    said = f"as for {one.exchange.step}, which means the same"
    if one.exchange.is_success != other.exchange.is_success:
        if any(is_search(each) and each.status in {404, 405, 501} for each in at):
            return  # whether it is served at all is judged by itself
        refusal = other.exchange if one.exchange.is_success else one.exchange
        mild = refusal.status in HONEST and not is_spelt_otherwise(one, other)
        yield Finding(f"{one.exchange.answer.phrase}, {said}", other.exchange.answer.phrase, at=at, mild=mild)
        return
    if not one.exchange.is_success:
        return
    first, second = ({str(get(each, "id")): each for each in query.shown} for query in (one, other))
    ours = [id_ for id_ in (first | second) if _is_steady(told, one, other, id_)]
    for id_ in ours:
        if (id_ in first) != (id_ in second):
            there, gone = ("somebody", "nobody") if id_ in first else ("nobody", "somebody")
            yield Finding(f"{there} with the id {id_}, {said}", f"{gone} with that id", "$.Resources", at=at)
        else:
            for path, was, now in changes(*(without(each[id_], SERVERS) for each in (first, second))):
                if is_the_rfcs(path):
                    yield Finding(f"{describe(was)}, {said}", describe(now), path, at=at)
    in_order = [[id_ for id_ in shown if id_ in ours] for shown in (first, second)]
    if one.sort_by and in_order[0] != in_order[1] and not _has_ties(told, one):
        yield Finding(f"the same order, {said}", "another order", "$.Resources", at=at)


def _is_steady(told: Queries, one: Query, other: Query, id_: str) -> bool:
    """Whether it is the run's own, and nothing was written to it between the two."""
    first, second = (told.was(each.kind, id_, each.exchange) for each in (one, other))
    return first is not None and first == second


def _has_ties(told: Queries, query: Query) -> bool:
    """Whether some have the same value, so that any order among them is right."""
    known = [told.was_shown(query, each) for each in query.shown]
    pairs = pairwise([each for each in known if each is not None])
    return any(order(told, one, other, query.sort_by) in {0, None} for one, other in pairs)
