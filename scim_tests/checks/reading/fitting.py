"""Whom of the run's own a query has to find."""

import json
from collections.abc import Iterator

from scim_tests.checks.reading.filters import DATE, Term, holds, terms, values_at
from scim_tests.checks.reading.queries import Queries, Query
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Resource


def fitting(told: Queries, query: Query) -> Iterator[tuple[str, Resource, bool]]:
    """Who of the run's own fits a filter for certain: the id, what is shown of them, and whether it is no fault but odd to miss them.

    So it is by a date just as it is shown: the target knows it more exactly.
    """
    if query.filter is None:
        return
    asked = list(terms(query.filter))
    known = ((kind, each) for kind in query.kinds for each in told.known(kind, query.exchange))
    for kind, (id_, read) in known:
        was = read.resource
        if _is_as_then(told, query, read) and holds(query.filter, was, told.traits(kind)) is True:
            yield id_, was, any(is_as_shown(each, was) or is_null(each) for each in asked)


def known_then(told: Queries, query: Query, id_: str) -> Resource | None:
    """What somebody was like when the query was answered, as far as its filter asks; None where nobody can tell."""
    read = told.read_beside(query.kind, id_, query.exchange)
    return read.resource if read is not None and _is_as_then(told, query, read) else None


def _is_as_then(told: Queries, query: Query, read: Exchange) -> bool:
    """Whether no group was written to meanwhile, where the filter asks for groups."""
    assert query.filter is not None  # noqa: S101 -- for the type checker
    asks = any(each.path.partition(".")[0] == "groups" for each in terms(query.filter))
    return not (asks and told.groups_change_between(read, query.exchange))


def is_null(term: Term) -> bool:
    """Whether it asks for null, of which no sentence of the RFC says whom it finds."""
    return term.value == "null" and term.op != "pr"


def is_as_shown(term: Term, resource: Resource) -> bool:
    """Whether it compares a date with itself."""
    return bool(DATE.match(str(json.loads(term.value)))) and json.loads(term.value) in values_at(
        resource, term.path
    )
