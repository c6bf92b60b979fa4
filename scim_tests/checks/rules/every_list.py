"""Rules for every list (RFC 7644 3.4.2): what it says of itself is true."""

import re

from scim_tests.checks.reading.parameters import is_search, parameters
from scim_tests.knowledge.consequences import (
    IMPORT_LOSES,
    IMPORT_REPEATS,
    OKTA_INDIFFERENT,
    REVIEW_FAILS,
    TYPE_MISREAD,
    UNREADABLE_LIST,
)
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    RFC,
    STOPS,
    WRONG_DATA,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import LIST_RESPONSE, Json, get

PAGED = ("/Users", "/Groups")
LISTS = (*PAGED, "/Schemas", "/ResourceTypes")
NUMBER = re.compile(r"-?[0-9]{1,18}")
NO_LIST = "no list was answered"


def is_list(exchange: Exchange) -> bool:
    asks = exchange.request.endpoint in LISTS if exchange.request.method == "GET" else is_search(exchange)
    return exchange.is_success and asks


def is_paged(exchange: Exchange) -> bool:
    """Discovery is not: it ignores what is asked of a page (RFC 7644 4)."""
    return is_list(exchange) and _hears_of_pages(exchange) and "count" in parameters(exchange)


def _hears_of_pages(exchange: Exchange) -> bool:
    return is_search(exchange) or exchange.request.endpoint in PAGED


def is_by_index(exchange: Exchange) -> bool:
    """A page by cursor has no startIndex (RFC 9865 2), also where nobody asked for one (RFC 9865 2.3)."""
    leads_on = get(exchange.resource, "nextCursor") is not None
    is_by_cursor = "cursor" in parameters(exchange) or (leads_on and exchange.page.start_index is None)
    return is_paged(exchange) and not is_by_cursor


def has_a_total(exchange: Exchange) -> bool:
    """A page by cursor may be without (RFC 9865 2)."""
    is_left_out = "cursor" in parameters(exchange) and get(exchange.resource, "totalResults") is None
    return is_list(exchange) and not is_left_out


def is_whole_number(value: Json) -> bool:
    """RFC 7643 2.3.4: an integer has no fraction and no exponent; JSON's true is none either."""
    return isinstance(value, int) and not isinstance(value, bool)


def asked(exchange: Exchange, name: str, default: int) -> int:
    """A number from the query. What is none nobody has to understand, so that there is nothing to judge."""
    is_heard = exchange.request.endpoint not in LISTS or _hears_of_pages(exchange)
    said = str(parameters(exchange).get(name.lower(), default) if is_heard else default)
    if not NUMBER.fullmatch(said):
        raise NotObserved("", f"the request's {name} is not a number")
    return int(said)


def is_past_the_end(exchange: Exchange) -> bool:
    """Whether the page was asked for beyond the results; what comes then, the import's own check judges."""
    total = exchange.page.total
    return is_whole_number(total) and asked(exchange, "startIndex", 1) > max(1, total)


def total_of(exchange: Exchange) -> int:
    total = exchange.page.total
    if not is_whole_number(total):
        raise NotObserved(exchange.step, f"has {describe(total)} as totalResults")
    return int(total)


@check(
    "every_list.has-the-list-response-schema",
    on="*.*",
    when=is_list,
    otherwise=NO_LIST,
    title="Every list names the ListResponse schema",
    references=("RFC7644-3.4.2-02", "RFC7644-3.1-01", "okta:SPEC"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=REVIEW_FAILS,
    fix=f'Put `"schemas": ["{LIST_RESPONSE}"]` into every list.',
)
def has_the_list_response_schema(exchange: Exchange) -> Finding | None:
    schemas = get(exchange.resource, "schemas")
    if not isinstance(schemas, list) or LIST_RESPONSE not in schemas:
        return Finding(f"[{LIST_RESPONSE}]", describe(schemas), "$.schemas")
    return None


@check(
    "every_list.has-total-results-as-an-integer",
    on="*.*",
    when=has_a_total,
    otherwise=NO_LIST,
    title="Every list has totalResults as an integer",
    references=("RFC7644-3.4.2-03", "RFC7643-2.3.4-01", "okta:S20", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=UNREADABLE_LIST,
    fix='Write `"totalResults": 7`: a number, always there, also when it is 0.',
)
def has_total_results_as_an_integer(exchange: Exchange) -> Finding | None:
    total = get(exchange.resource, "totalResults")
    if not is_whole_number(total):
        return Finding("an integer", describe(total), "$.totalResults")
    return None


def _counter(exchange: Exchange, name: str) -> Finding | None:
    """An integer; it may be absent where the list is whole, but Okta's suite wants it there too."""
    value = get(exchange.resource, name)
    if value is None:
        if total_of(exchange) > len(exchange.page.ids) and asked(exchange, "count", 1) > 0:
            return Finding("an integer, since the list is only part of the results", "no value", f"$.{name}")
        allowed = "the list is whole" if exchange.page.ids or not total_of(exchange) else "the page is empty"
        return advice("an integer", f"no value ({allowed}, so the RFC allows it)", f"$.{name}")
    return None if is_whole_number(value) else Finding("an integer", describe(value), f"$.{name}")


@check(
    "every_list.has-start-index-as-an-integer",
    on="*.*",
    when=is_by_index,
    otherwise=NO_LIST,
    title="Every page has startIndex as an integer",
    references=("RFC7644-3.4.2-06", "RFC7643-2.3.4-01", "okta:SUP-Q-STARTINDEX", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=TYPE_MISREAD,
    fix='Write `"startIndex": 1`, a number without quotes.',
)
def has_start_index_as_an_integer(exchange: Exchange) -> Finding | None:
    return _counter(exchange, "startIndex")


@check(
    "every_list.has-items-per-page-as-an-integer",
    on="*.*",
    when=is_paged,
    otherwise=NO_LIST,
    title="Every page has itemsPerPage as an integer",
    references=("RFC7644-3.4.2-07", "RFC7643-2.3.4-01", "okta:SPEC"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=TYPE_MISREAD,
    fix='Write `"itemsPerPage": 100`, a number without quotes.',
)
def has_items_per_page_as_an_integer(exchange: Exchange) -> Finding | None:
    return _counter(exchange, "itemsPerPage")


@check(
    "every_list.has-resources-as-an-array",
    on="*.*",
    when=is_list,
    otherwise=NO_LIST,
    title="Resources is an array of objects, and it is there if the page has results",
    references=("RFC7644-3.4.2-04", "RFC7644-3.4.2-05", "okta:SUP-NORES"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=UNREADABLE_LIST,
    fix='Always write `"Resources": [...]`, empty when there is nobody.',
)
def has_resources_as_an_array(exchange: Exchange) -> Finding | None:
    listed = get(exchange.resource, "Resources")
    if listed is None:
        return _absent_resources(exchange)
    if not isinstance(listed, list):
        return Finding("an array", describe(listed), "$.Resources")
    wrong = [each for each in listed if not isinstance(each, dict)]
    return Finding("objects", describe(wrong[0]), "$.Resources") if wrong else None


def _absent_resources(exchange: Exchange) -> Finding | None:
    start, count = max(1, asked(exchange, "startIndex", 1)), asked(exchange, "count", 1)
    total = get(exchange.resource, "totalResults")
    if is_whole_number(total) and (total < start or count <= 0):
        return advice(
            "an empty array, as in Okta's samples", "no Resources (which the RFC allows here)", "$.Resources"
        )
    return Finding("an array", "no Resources", "$.Resources")


@check(
    "every_list.shows-somebody-where-somebody-is",
    on="*.*",
    when=is_paged,
    otherwise=NO_LIST,
    title="A page within the results shows at least one resource",
    references=("RFC7644-3.4.2-04", "RFC7644-3.4.2.4-11", "okta:SPEC"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Show the resource at startIndex, or count only resources that can be shown.",
    follows=("import_users.lists-as-many-as-it-totals", "every_list.shows-nobody-twice"),
)
def shows_somebody_where_somebody_is(exchange: Exchange) -> Finding | None:
    start, count = asked(exchange, "startIndex", 1), asked(exchange, "count", 1)
    if count > 0 and not exchange.page.ids and total_of(exchange) >= max(1, start):
        severity = None if start > 0 else COSMETIC  # Okta counts from 1
        expected = f"at least one resource, since totalResults is {total_of(exchange)}"
        return Finding(expected, "no resource", "$.Resources", severity=severity)
    return None


@check(
    "every_list.counts-the-items-on-the-page",
    on="*.*",
    when=lambda exchange: is_paged(exchange) and is_whole_number(exchange.page.items_per_page),
    otherwise="no page gave itemsPerPage as an integer",
    title="itemsPerPage is the number of resources on the page",
    references=("RFC7644-3.4.2.4-08",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Count what is in Resources; do not repeat the count of the request.",
)
def counts_the_items_on_the_page(exchange: Exchange) -> Finding | None:
    page = exchange.page
    if page.items_per_page != len(page.ids):
        return Finding(f"{len(page.ids)}, as on the page", str(page.items_per_page), "$.itemsPerPage")
    return None


@check(
    "every_list.starts-where-it-was-asked-to",
    on="*.*",
    when=lambda exchange: (
        is_paged(exchange) and is_whole_number(exchange.page.start_index) and bool(exchange.page.ids)
    ),
    otherwise="no page with people on it gave startIndex as an integer",
    title="startIndex is the place of the first resource on the page",
    references=("RFC7644-3.4.2.4-10", "RFC7644-3.4.2.4-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Answer with the startIndex that was used: the requested one, or 1 if that was below 1.",
    follows=("import_users.goes-on-to-the-next-page", "import_groups.small-page-shows-the-same-group"),
)
def starts_where_it_was_asked_to(exchange: Exchange) -> Finding | None:
    start = max(1, asked(exchange, "startIndex", 1))
    if exchange.page.start_index != start and not is_past_the_end(exchange):
        return Finding(str(start), str(exchange.page.start_index), "$.startIndex")
    return None


@check(
    "every_list.keeps-to-the-count",
    on="*.*",
    when=is_paged,
    otherwise=NO_LIST,
    title="No page holds more resources than the request asked for",
    references=("RFC7644-3.4.2.4-06", "RFC9865-2-05", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_REPEATS,
    fix="Apply count to the query; a smaller page is allowed, a larger one is not.",
    follows=("every_list.shows-nobody-twice",),
)
def keeps_to_the_count(exchange: Exchange) -> Finding | None:
    count = max(0, asked(exchange, "count", 0))
    if len(exchange.page.ids) > count:
        severity = None if count else COSMETIC  # Okta asks for no empty page
        got = several(exchange.page.ids, "resource")
        return Finding(f"no more than {count}", got, "$.Resources", severity=severity)
    return None


@check(
    "every_list.totals-at-least-what-it-shows",
    on="*.*",
    when=is_list,
    otherwise=NO_LIST,
    title="totalResults counts at least everything up to the end of the page",
    references=("RFC7644-3.4.2.4-09", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Count all matches of the query, not those on the page.",
    follows=("import_users.goes-on-to-the-next-page",),
)
def totals_at_least_what_it_shows(exchange: Exchange) -> Finding | None:
    total, shown = total_of(exchange), len(exchange.page.ids)
    starts = (
        asked(exchange, "startIndex", 1),
        exchange.page.start_index,
    )  # a page may start earlier, and say so
    end = max(1, min(each for each in starts if isinstance(each, int))) - 1 + shown
    if shown and total < end and not is_past_the_end(exchange):
        return Finding(f"at least {end}", str(total), "$.totalResults")
    if not is_paged(exchange) and exchange.page.items_per_page is None and total > shown:
        return advice(f"{shown}, since the list does not say that it is a page", str(total), "$.totalResults")
    return None


@check(
    "every_list.shows-nobody-twice",
    on="*.*",
    when=is_list,
    otherwise=NO_LIST,
    title="No page shows the same resource twice",
    references=("RFC7644-3.4.2.4-11", "RFC7643-3.1-05"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_REPEATS,
    fix="Look for a join that gives one row for each e-mail or group of a user.",
)
def shows_nobody_twice(exchange: Exchange) -> Finding | None:
    ids = [str(get(each, "id")) for each in exchange.resources if get(each, "id") is not None]
    if len(set(ids)) < len(ids):
        twice = next(each for each in ids if ids.count(each) > 1)
        return Finding("each id once", f"{twice} {ids.count(twice)} times", "$.Resources[*].id")
    return None
