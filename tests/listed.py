"""What the acts that arrange and project people asked of a server, as `mutant_answers` reads it."""

from collections.abc import Iterator
from dataclasses import replace

from mutant_answers import Asked, Names

from scim_tests.checks.reading.filters import holds
from scim_tests.checks.reading.history import key_of
from scim_tests.checks.reading.parameters import is_search, parameters
from scim_tests.checks.reading.queries import Queries, queries, query_of
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

ACTS = ("arrange_users.*", "project_users.*")


def asked(transcript: Transcript) -> Iterator[tuple[Exchange, Asked]]:
    """Each request for a list by index, or for parts, that was answered with whom the play made."""
    told = queries(transcript)
    order = [str(get(each, "id")) for each in transcript.one("arrange_users.whole").resources]
    for each in transcript.of(*ACTS):
        said, (kind, id_) = parameters(each), key_of(each)
        if kind != "/Users" or not each.is_success or "cursor" in said:
            continue
        named, excluded = _names(said.get("attributes")), _names(said.get("excludedattributes"))
        is_list = is_search(each) or (each.request.method == "GET" and not id_)
        if is_list:
            fit, others = _people(told, each, order)
            request = Asked(
                "search" if is_search(each) else "list", kind, fit, others, str(said.get("sortby", "")), str(said.get("sortorder", "")),
                _number(said.get("startindex")), _number(said.get("count")),
            )  # fmt: skip
            yield each, replace(request, attributes=named, excluded=excluded)
        elif named or excluded:
            was = told.was(kind, str(get(each.resource, "id")), each)
            door = "read" if each.request.method == "GET" else each.request.method
            if was is not None:
                yield each, Asked(door, kind, (was,), attributes=named, excluded=excluded)


def _people(
    told: Queries, exchange: Exchange, order: list[str]
) -> tuple[tuple[Resource, ...], tuple[Resource, ...]]:
    """Those who fit the filter, in the order of their creation, and the others."""
    asked_for = query_of(exchange).filter
    assert asked_for is not None  # each of these has one
    known = {id_: read.resource for id_, read in told.known("/Users", exchange)}
    fit = [id_ for id_ in known if holds(asked_for, known[id_], told.traits("/Users"))]
    others = tuple(known[id_] for id_ in known if id_ not in fit)
    return tuple(known[id_] for id_ in sorted(fit, key=order.index)), others


def _names(said: Json) -> Names:
    listed = said if isinstance(said, list) else str(said).split(",") if said else []
    return tuple(str(each) for each in listed)


def _number(said: Json) -> int | None:
    return None if said is None else int(str(said))
