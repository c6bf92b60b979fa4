"""How filters are taken or refused; whom they find, the rules for every query judge."""

import re
from collections import defaultdict

from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
FILTERED = "filter_users.*"
COMPOSED = "accented_as_an_escape"


def is_refused(exchange: Exchange) -> bool:
    """Whether the target says that it cannot; a server error is judged by itself."""
    return (
        400 <= exchange.status < 500
        and exchange.request.method == "GET"
        and "filter" in exchange.request.query
    )


@check(
    "filter_users.refusal-is-called-invalid-filter",
    on=FILTERED,
    when=is_refused,
    otherwise="no filter was refused",
    title="A filter that the target cannot carry out is refused with 400 invalidFilter",
    references=("RFC7644-3.4.2.2-24",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Answer 400 with `"scimType": "invalidFilter"` and a detail where an operator or attribute is not supported.',
)
def refusal_is_called_invalid_filter(exchange: Exchange) -> Finding | None:
    """RFC 7644 3.4.2.2; 403 and 501 say that filters as a whole are not for this client, or not there."""
    if exchange.status in {401, 403}:
        return None
    said = get(exchange.json, "scimType") if exchange.answer.is_json else None
    if exchange.status == 400 and said in {"invalidFilter", "tooMany"}:
        return None
    return Finding("400 invalidFilter", f"{exchange.answer.phrase} with {describe(said)} as scimType")


@check(
    "filter_users.value-decides-nothing-but-whom-it-finds",
    on="filter_users",
    title="Whether a filter is taken does not hang on the text that it compares with",
    references=("RFC7644-3.4.2.2-18",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read a filter by its grammar: a string ends at its closing quote, whatever words, blanks, brackets and backslashes stand in it.",
)
def value_decides_nothing_but_whom_it_finds(transcript: Transcript) -> Finding | None:
    by_shape: dict[str, list[Exchange]] = defaultdict(list)
    for each in transcript:
        if "filter" in each.request.query and each.status != 429:
            by_shape[STRING.sub('"…"', each.request.query["filter"])].append(each)
    for alike in by_shape.values():
        taken = [each for each in alike if each.is_success]
        refused = [each for each in alike if 400 <= each.status < 500]
        if taken and refused:
            expected = f"an answer as for {taken[0].step}, which differs in the text alone"
            return Finding(expected, refused[0].answer.phrase, at=(taken[0], refused[0]))
    if not by_shape:
        raise NotObserved("", "no filter was answered")
    return None


@check(
    "filter_users.order-of-true-and-false-is-refused",
    on=("filter_users.gt_true", "filter_users.le_false"),
    when=lambda exchange: exchange.earlier("gt").is_success,
    otherwise="the target knows no gt",
    title="A filter that asks whether a boolean is greater is refused with 400 invalidFilter",
    references=("RFC7644-3.4.2.2-13",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse gt, ge, lt and le on boolean and binary attributes with 400 invalidFilter.",
)
def order_of_true_and_false_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("400 invalidFilter", exchange.answer.phrase) if exchange.is_success else None


@check(
    "filter_users.filter-of-one-type-is-taken-at-the-root",
    on="filter_users.search_everywhere",
    when=lambda exchange: exchange.earlier("search_sw").is_success,
    otherwise="the target knows no such filter",
    title="A search of everything takes a filter by what only one type of resource has",
    references=("RFC7644-3.4.2.1-05",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Treat an attribute that a type does not have as one without a value.",
)
def filter_of_one_type_is_taken_at_the_root(exchange: Exchange) -> Finding | None:
    """A target may have no such search; one that reads the filter has."""
    said = get(exchange.answer.parsed, "scimType") if exchange.answer.is_json else None
    return Finding("200 OK", f"{exchange.answer.phrase}, invalidFilter") if said == "invalidFilter" else None


@check(
    "filter_users.search-is-answered",
    on=(
        "filter_users.search_eq",
        "filter_users.search_sw",
        "filter_users.search_pr",
        "filter_users.search_nobody",
    ),
    when=lambda exchange: (
        exchange.earlier(exchange.step.partition("search_")[2].replace("nobody", "eq")).is_success
    ),
    otherwise="the target knows no such filter",
    title="A search by POST is answered as a query",
    references=("RFC7644-3.4.3-01",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer POST /Users/.search with 200 and a list, by the code that answers GET /Users.",
)
def search_is_answered(exchange: Exchange) -> Finding | None:
    if exchange.status == 501:
        return advice("200 OK", "501 Not Implemented, which RFC 7644 allows")
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "filter_users.unicode-forms-are-alike",
    on="filter_users.decomposed",
    when=lambda exchange: exchange.earlier(COMPOSED).is_success and bool(exchange.earlier(COMPOSED).page.ids),
    otherwise="nobody with letters beyond ASCII is found",
    title="A filter finds composed letters by decomposed ones",
    references=("RFC7644-7.8-01",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Normalise strings (NFC, or a PRECIS profile of RFC 8265) before they are compared.",
)
def unicode_forms_are_alike(exchange: Exchange) -> Finding | None:
    if not exchange.is_success:
        return Finding("an answer as to the composed letters", exchange.answer.phrase)
    wanted = exchange.earlier(COMPOSED).page.ids
    return (
        None
        if wanted == exchange.page.ids
        else Finding(
            f"{len(wanted)} found, as by composed letters", str(len(exchange.page.ids)), "$.Resources"
        )
    )
