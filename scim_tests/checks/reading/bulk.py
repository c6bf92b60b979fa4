"""A bulk request taken apart: each operation as the request it stands for, with the answer that it would have had alone.

So whatever holds for a write holds for an operation, too, and no rule for writes has to know of bulk requests.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from scim_tests.model.bulk import (
    BULK,
    REFERENCE,
    id_at,
    ids_made,
    is_done,
    is_stopped,
    listed,
    paired,
    response_of,
    status_of,
)
from scim_tests.model.exchange import Answer, Exchange, Headers, NotObserved, Request
from scim_tests.model.scim import Json, Resource, get

READ_BACK = 0.9  # of the time an operation has: so none overlaps the next one


class Operation(NamedTuple):
    """An operation of a bulk request, its result where that can be told, and the id of what it made."""

    asked: Resource
    result: Resource | None
    made: str

    @property
    def method(self) -> str:
        """In capitals."""
        return str(get(self.asked, "method")).upper()

    @property
    def path(self) -> str:
        """As it was sent."""
        return str(get(self.asked, "path"))

    @property
    def status(self) -> int:
        """That of its result; 0 where there is none."""
        return status_of(self.result) if self.result is not None else 0

    @property
    def is_done(self) -> bool:
        """Whether its result says that it was carried out."""
        return is_done(self.result)

    @property
    def name(self) -> str:
        """What a finding calls it."""
        return f"{self.method} {self.path}"


def is_bulk(exchange: Exchange) -> bool:
    """Whether it is a bulk request with operations."""
    return is_sent_to_bulk(exchange) and bool(listed(exchange.request.written))


def is_sent_to_bulk(exchange: Exchange) -> bool:
    """Whether it is a POST to /Bulk, whatever it holds."""
    return exchange.request.method == "POST" and exchange.request.endpoint == BULK


def is_processed(exchange: Exchange) -> bool:
    """Whether a bulk request was answered with results."""
    return is_bulk(exchange) and exchange.is_success and bool(results_of(exchange))


def results_of(exchange: Exchange) -> list[Resource]:
    """The results of an answer; none where it shows none."""
    answer = exchange.heard.answer
    return listed(answer.parsed) if answer and answer.is_success and answer.is_json else []


@lru_cache(maxsize=256)
def operations_of(exchange: Exchange) -> tuple[Operation, ...]:
    """The operations of a bulk request in their order. NotObserved where it has none."""
    asked = listed(exchange.request.written)
    if not asked:
        raise NotObserved("", "the request has no operations")
    results = paired(asked, results_of(exchange))
    return tuple(Operation(*each) for each in zip(asked, results, ids_made(asked, results), strict=True))


def ended_early(exchange: Exchange) -> bool:
    """Whether as many operations failed as the request allows (RFC 7644 3.7), so that there need not be more results."""
    return is_stopped(exchange.request.written, results_of(exchange))


def are_told_apart(exchange: Exchange) -> bool:
    """Whether each result is known to be that of one operation, so that an operation without one has none."""
    known = sum(each.result is not None for each in operations_of(exchange))
    return known == len(results_of(exchange))


def each_alone(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges, with the operations of a bulk request in its place."""
    for exchange in exchanges:
        yield from apart(exchange)


@lru_cache(maxsize=512)
def apart(exchange: Exchange) -> tuple[Exchange, ...]:
    """The exchange itself; of a bulk request its operations, one after the other in the time that it took.

    Without those that were not reached. What the request as a whole was answered with, where it failed, is said of each.
    """
    if not is_bulk(exchange):
        return (exchange,)
    found = operations_of(exchange)
    ids = _ids(found)
    unreached = ended_early(exchange) and are_told_apart(exchange)
    slot = exchange.heard.seconds / len(found)
    alone: list[Exchange] = []
    for number, each in enumerate(found):
        if each.result is None and unreached:
            continue
        started = exchange.heard.started + number * slot
        request = Request(each.method, each.path, (), _body(each, ids))
        answer = _answer(each) if exchange.is_success else _of_all(exchange)
        heard = replace(
            exchange.heard, request=request, answer=answer, started=started, seconds=slot * READ_BACK
        )
        alone.append(replace(exchange, heard=heard))
    return tuple(alone)


def is_a_part(exchange: Exchange) -> bool:
    """Whether it is an operation of a bulk request, which has no headers of its own."""
    return not exchange.request.headers


def _ids(found: Iterable[Operation]) -> Mapping[str, str]:
    return {f"{REFERENCE}{get(each.asked, 'bulkId')}": each.made for each in found if each.made}


def _body(operation: Operation, ids: Mapping[str, str]) -> bytes:
    """Its data with the ids in it; nothing where one of them is not known, since then nobody can say what is written."""
    try:
        return json.dumps(_resolved(get(operation.asked, "data"), ids)).encode()
    except KeyError:
        return b""


def _resolved(value: Json, ids: Mapping[str, str]) -> Json:
    if isinstance(value, dict):
        return {key: _resolved(member, ids) for key, member in value.items()}
    if isinstance(value, list):
        return [_resolved(each, ids) for each in value]
    return ids[value] if isinstance(value, str) and value.startswith(REFERENCE) else value


def _answer(operation: Operation) -> Answer | None:
    """None where it has no result, or one without a status: nobody knows whether it was done."""
    if operation.result is None or not operation.status:
        return None
    location = get(operation.result, "location")
    headers: Headers = (("Location", location),) if isinstance(location, str) else ()
    response = response_of(operation.result)
    body = json.dumps(response).encode() if isinstance(response, dict) else b""
    return Answer(operation.status, headers, body)


def _of_all(exchange: Exchange) -> Answer | None:
    answer = exchange.heard.answer
    return Answer(answer.status) if answer else None


def made_by(create: Exchange) -> str:
    """The id of what a create made, by its body or its Location; empty where it made nothing."""
    answer = create.heard.answer
    if answer is None or not answer.is_success:
        return ""
    return answer.id or (
        id_at(answer.header("Location") or "", create.request.endpoint) if not answer.body else ""
    )
