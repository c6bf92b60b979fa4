"""The order that `sortBy` asks for (RFC 7644 3.4.2.3), of whom the run made: who comes before whom, and at which place nobody can stand."""

from collections.abc import Iterator
from datetime import UTC, datetime

from scim_tests.checks.reading.compare import moment
from scim_tests.checks.reading.filters import DATE, holds, order_of, values_at
from scim_tests.checks.reading.queries import Queries, Query
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scim import Json, Resource, get, primary

EPOCH = datetime.fromtimestamp(0, UTC)


def key_of_order(told: Queries, resource: Resource, path: str) -> Json:
    """What a resource is sorted by: of several values the primary one, else the first (RFC 7644 3.4.2.3).

    NotObserved where the target shows no primary ones, and may know some.
    """
    name, _, part = path.partition(".") if not path.startswith("urn:") else (path, "", "")
    values = get(resource, name)
    if isinstance(values, list):
        if len(values) > 1 and not told.is_shown(f"{name}.primary"):
            raise NotObserved("", "nobody can tell which value is the primary one")
        chosen = primary(values)
        return get(chosen, part or "value") if isinstance(chosen, dict) else chosen
    found = values_at(resource, path)
    return found[0] if found else None


def order(told: Queries, one: Resource, other: Resource, path: str) -> int | None:
    """How two are sorted, ascending; None where that is left open.

    Who has no value comes last, but of booleans, where none may be false (RFC 7643 2.4). What differs in letter case
    alone may come either way. Dates are told apart as far as they are shown: what is cut off keeps the order.
    """
    try:
        first, second = (key_of_order(told, each, path) for each in (one, other))
    except NotObserved:
        return None
    if isinstance(first, bool) or isinstance(second, bool):
        return None
    if first is None or second is None:
        return 0 if first is second else 1 if first is None else -1
    if not isinstance(first, str) or not isinstance(second, str):
        return None
    if DATE.match(first) and DATE.match(second):
        one_moment, other_moment = (moment(each) or EPOCH for each in (first, second))
        return (one_moment > other_moment) - (one_moment < other_moment) or None
    return order_of(first, second, is_case_exact=told.is_case_exact(path))


def comes_before(told: Queries, query: Query, one: Resource, other: Resource) -> bool:
    """Whether the first has to stand before the second on the list that a query asks for."""
    found = order(told, one, other, query.sort_by)
    return found is not None and (found > 0 if query.descending else found < 0)


def out_of_place(told: Queries, query: Query) -> Iterator[tuple[Resource, int, bool]]:
    """Who of a page by index stands at a place, from 1, before or behind which there are too few for those who belong there; whether it is before."""
    page, start = query.exchange.page, query.exchange.page.start_index
    fit = [
        each.resource
        for _, each in told.known(query.kind, query.exchange)
        if query.filter is None or holds(query.filter, each.resource, told.traits(query.kind)) is True
    ]
    if (
        query.page[2] != "none"
        or not _is_number(start)
        or not _is_number(page.total)
        or page.total < len(fit)
    ):
        return
    for place, shown in enumerate(query.shown, start):
        one = told.was_shown(query, shown)
        if one is None:
            continue
        if sum(comes_before(told, query, each, one) for each in fit) >= place:
            yield one, place, True
        elif sum(comes_before(told, query, one, each) for each in fit) > page.total - place:
            yield one, place, False


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
