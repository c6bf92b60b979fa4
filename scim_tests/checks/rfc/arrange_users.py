"""Pages and cursors: all pages together are the whole, and a cursor leads on to its end (RFC 7644 3.4.2.4, RFC 9865 2)."""

import re
from collections.abc import Iterator

from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.parameters import is_search, parameters
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.names import is_made_here
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")  # RFC 3986 2.3, which RFC 9865 2 keeps cursors to
SORTED_PAGES = "arrange_users.descending_page_of_3"
SORTED = (
    (SORTED_PAGES, "arrange_users.by_title_descending"),
    ("arrange_users.descending_walk", "arrange_users.by_title_descending"),
)
WALKS = (
    "arrange_users.walk",
    "arrange_users.walk_beside",
    "arrange_users.sorted_walk",
    "arrange_users.descending_walk",
    "arrange_users.narrow_walk",
)
PAGES = ("arrange_users.in_parts_page_of_2", "arrange_users.page_from_2", "arrange_users.search_page_of_3")
BY_DEFAULT = "arrange_users.page_from_2_by_default"
NO_SEARCH = 501  # which RFC 7644 3.12 allows
BY_CURSOR = "the target does not page by cursor"


def is_a_page(exchange: Exchange) -> bool:
    return exchange.is_success


def own(transcript: Transcript) -> list[str]:
    """The ids of those of the run who are listed where there is room for all."""
    whole = [each for each in transcript.of("arrange_users.whole") if each.is_success]
    shown = whole[0].resources if whole else []
    return [str(get(each, "id")) for each in shown if is_made_here(str(get(each, "userName")))]


@check(
    "arrange_users.pages-make-the-whole",
    on="arrange_users",
    title="The pages of a list together show everybody once, whatever their size",
    references=("RFC7644-3.4.2.4-03", "RFC7644-3.4.2.4-11"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Order a list before it is cut into pages, and cut startIndex to startIndex + count - 1.",
    follows=("every_query.misses-nobody-who-matches",),
)
def pages_make_the_whole(transcript: Transcript) -> Finding | None:
    walks = [
        found
        for name in (*PAGES, SORTED_PAGES)
        if transcript.of(name) and (found := transcript.of(f"{name}*")) and all(map(is_a_page, found))
    ]
    if not walks:
        raise NotObserved("", "no pages were answered")
    return weightiest(each for pages in walks for each in _not_once(own(transcript), pages))


def _not_once(wanted: list[str], pages: list[Exchange]) -> Iterator[Finding]:
    shown = [id_ for page in pages for id_ in page.page.ids]
    for id_ in wanted:
        if shown.count(id_) != 1:
            got = f"{shown.count(id_)} times" if id_ in shown else "never"
            yield Finding(f"{id_} once in all pages of {pages[0].step}", got, "$.Resources", at=tuple(pages))


@check(
    "arrange_users.cursors-lead-past-everybody-once",
    on="arrange_users",
    title="A walk from cursor to cursor shows everybody once, and comes to its end",
    references=("RFC9865-2-07", "RFC9865-2-08"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give nextCursor on every page but the last; keep filter, order and the place among equal keys in it.",
)
def cursors_lead_past_everybody_once(transcript: Transcript) -> Finding | None:
    walks = [found for name in WALKS if (found := transcript.of(name)) and all(map(is_a_page, found))]
    if not walks:
        raise NotObserved("", BY_CURSOR)
    return weightiest(
        each for pages in walks for each in (*_not_once(own(transcript), pages), *_endless(pages))
    )


def _endless(pages: list[Exchange]) -> Iterator[Finding]:
    """The act gives up after twice as many pages as an honest target needs."""
    if get(pages[-1].json, "nextCursor"):
        yield Finding(
            "a last page without nextCursor", f"another cursor after {len(pages)} pages", "$.nextCursor"
        )


@check(
    "arrange_users.cursor-is-plain-text",
    on=WALKS,
    when=lambda exchange: get(exchange.resource, "nextCursor") is not None,
    otherwise=BY_CURSOR,
    title="A cursor is a string of letters, digits and -._~ alone",
    references=("RFC9865-2-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Encode cursors as base64url without padding.",
)
def cursor_is_plain_text(exchange: Exchange) -> Finding | None:
    cursor = get(exchange.resource, "nextCursor")
    if isinstance(cursor, str) and UNRESERVED.fullmatch(cursor):
        return None
    return Finding("letters, digits and -._~", describe(cursor), "$.nextCursor")


@check(
    "arrange_users.first-page-has-no-previous-cursor",
    on=WALKS,
    when=lambda exchange: exchange.is_success and not parameters(exchange).get("cursor"),
    otherwise=BY_CURSOR,
    title="The first page by cursor has no previousCursor",
    references=("RFC9865-2-10",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Leave previousCursor out on the first page.",
)
def first_page_has_no_previous_cursor(exchange: Exchange) -> Finding | None:
    previous = get(exchange.resource, "previousCursor")
    return None if previous is None else Finding("no value", describe(previous), "$.previousCursor")


@check(
    "arrange_users.made-up-cursor-is-refused",
    on="arrange_users.cursor_of_nothing",
    when=lambda exchange: exchange.earlier("whole").is_success,
    otherwise="the target knows no such filter",
    title="A cursor that the target never gave is refused with 400 invalidCursor",
    references=("RFC9865-2.1-01", "RFC9865-2.1-02"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Answer 400 with `"scimType": "invalidCursor"`; a first page instead lets a client begin anew without noticing.',
)
def made_up_cursor_is_refused(exchange: Exchange) -> Finding | None:
    if exchange.is_success:
        return Finding(
            "400 invalidCursor", f"{exchange.answer.phrase} with {len(exchange.page.ids)} resources"
        )
    said = get(exchange.json, "scimType") if exchange.answer.is_json else None
    if exchange.status == 400 and said == "invalidCursor":
        return None
    return Finding("400 invalidCursor", f"{exchange.answer.phrase} with {describe(said)} as scimType")


@check(
    "arrange_users.empty-page-is-answered",
    on=(
        "arrange_users.count_zero",
        "arrange_users.count_below",
        "arrange_users.cursor_count_zero",
        "arrange_users.cursor_count_below",
    ),
    when=lambda exchange: (
        exchange.earlier("whole").is_success and not (is_search(exchange) and exchange.status == NO_SEARCH)
    ),
    otherwise="the target knows no such filter, or no search",
    title="A count of 0 or below is answered with no resources",
    references=("RFC7644-3.4.2.4-04", "RFC9865-2-03", "RFC9865-2-04"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take a negative count for 0, and answer count=0 with totalResults alone.",
    follows=("every_list.keeps-to-the-count",),
)
def empty_page_is_answered(exchange: Exchange) -> Finding | None:
    if not exchange.is_success:
        return Finding("200 OK without resources", exchange.answer.phrase)
    return Finding("no resources", str(len(exchange.page.ids)), "$.Resources") if exchange.page.ids else None


@check(
    "arrange_users.total-is-that-of-the-filter",
    on=(
        *PAGES,
        "arrange_users.count_zero",
        "arrange_users.from_4",
        "arrange_users.from_zero",
        "arrange_users.from_below",
        "arrange_users.count_below",
        "arrange_users.behind_the_last",
        "arrange_users.by_*",
        "arrange_users.unseen_by_*",
        "arrange_users.search_by_*",
        SORTED_PAGES,
    ),
    when=lambda exchange: exchange.is_success and exchange.earlier("whole").is_success,
    otherwise="no pages were answered",
    title="Every page has the same totalResults: as many as the filter fits",
    references=("RFC7644-3.4.2.4-05", "RFC7644-3.4.2.4-09"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Count what the filter fits, not the page and not everybody.",
)
def total_is_that_of_the_filter(exchange: Exchange) -> Finding | None:
    wanted, got = exchange.earlier("whole").page.total, exchange.page.total
    if wanted == got:
        return None
    return Finding(f"{describe(wanted)}, as in one page", describe(got), "$.totalResults")


@check(
    "arrange_users.search-by-cursor-goes-on",
    on="arrange_users.search_cursor",
    when=lambda exchange: exchange.earlier("walk").is_success,
    otherwise=BY_CURSOR,
    title="A search by POST takes a cursor as a list does",
    references=("RFC9865-3-01",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take cursor and count from the body of /.search.",
)
def search_by_cursor_goes_on(exchange: Exchange) -> Finding | None:
    if exchange.status in {404, 405, 501}:
        return None
    cursor = get(exchange.resource, "nextCursor")
    return None if cursor else Finding("a nextCursor", describe(cursor), "$.nextCursor")


@check(
    "arrange_users.forged-cursor-is-refused",
    on="arrange_users.cursor_forged",
    title="A cursor of which a letter was changed is refused",
    references=("RFC9865-5.2-04",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Sign cursors, or keep them on the server, and answer 400 invalidCursor to any other.",
)
def forged_cursor_is_refused(exchange: Exchange) -> Finding | None:
    if not exchange.is_success:
        return None
    return Finding("400 invalidCursor", f"{exchange.answer.phrase} with {len(exchange.page.ids)} resources")


@check(
    "arrange_users.other-count-is-called-invalid",
    on="arrange_users.cursor_with_another_count",
    title="A cursor that comes with another count is refused as invalidCount, if at all",
    references=("RFC9865-2.1-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Answer 400 with `"scimType": "invalidCount"` where the count changes between pages.',
)
def other_count_is_called_invalid(exchange: Exchange) -> Finding | None:
    if exchange.is_success:
        return None
    said = get(exchange.json, "scimType") if exchange.answer.is_json else None
    if exchange.status == 400 and said == "invalidCount":
        return None
    return Finding("400 invalidCount", f"{exchange.answer.phrase} with {describe(said)} as scimType")


@check(
    "arrange_users.default-paging-is-as-said",
    on=("arrange_users.whole_without_count", BY_DEFAULT),
    when=lambda exchange: exchange.is_success and said_default(exchange) in {"index", "cursor"},
    otherwise="the target does not say how it pages by default",
    title="A list for which no method is named is paged by the method that the configuration names",
    references=("RFC9865-2.4-01",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer with startIndex where defaultPaginationMethod is index, and with nextCursor where it is cursor.",
)
def default_paging_is_as_said(exchange: Exchange) -> Finding | None:
    cursor = get(exchange.resource, "nextCursor")
    if said_default(exchange) == "index" and cursor is not None:
        return Finding("no nextCursor, since the default is index", describe(cursor), "$.nextCursor")
    start = get(exchange.resource, "startIndex")
    is_whole = exchange.page.total == len(exchange.page.ids)
    if said_default(exchange) == "cursor" and start is not None and cursor is None and not is_whole:
        return Finding("a nextCursor, since the default is cursor", "startIndex alone", "$.startIndex")
    return None


def said_default(exchange: Exchange) -> object:
    """What the configuration says of lists for which no method is named."""
    return get(exchange.earlier("config").json, "pagination", "defaultPaginationMethod")


@check(
    "arrange_users.sorted-pages-are-the-sorted-whole",
    on="arrange_users",
    title="Pages of a sorted list show it in the order in which it is shown as a whole",
    references=("RFC7644-3.4.2.3-02",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Sort first, then cut into pages.",
)
def sorted_pages_are_the_sorted_whole(transcript: Transcript) -> Finding | None:
    """Of those who have a title: in which order the others come is open."""
    pairs = [(transcript.of(paged), transcript.of(whole)) for paged, whole in SORTED]
    done = [
        (pages, whole) for pages, whole in pairs if pages and whole and all(map(is_a_page, (*pages, *whole)))
    ]
    if not done:
        raise NotObserved("", "the target does not sort")
    return weightiest(each for pages, whole in done for each in _out_of_order(pages, whole[0]))


def _out_of_order(pages: list[Exchange], whole: Exchange) -> Iterator[Finding]:
    titled = {str(get(each, "id")) for each in whole.resources if get(each, "title")}
    wanted = [id_ for id_ in whole.page.ids if id_ in titled]
    got = [id_ for page in pages for id_ in page.page.ids if id_ in titled]
    if wanted != got:
        yield Finding(
            "the order of the whole list", "another order over its pages", "$.Resources", at=(whole, *pages)
        )
