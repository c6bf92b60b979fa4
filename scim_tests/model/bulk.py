"""Bulk requests (RFC 7644 3.7): an operation for a request, and a result for an operation.

Results are known by the bulkId of a create, and else by method and address: a target may give them in any order.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from scim_tests.model.act import Step
from scim_tests.model.scim import Json, Resource, as_id, get

BULK = "/Bulk"
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
REFERENCE = "bulkId:"
VERSION = "If-Match"  # the header of a request that is the version of an operation


def operation(part: Step) -> dict[str, Json]:
    """The operation that stands for a request; the name of a create is its bulkId."""
    version = dict(part.headers).get(VERSION)
    return {
        "method": part.method,
        "path": part.path,
        **({"bulkId": part.name} if part.method == "POST" else {}),
        **({"version": version} if version else {}),
        **({"data": json.loads(part.body)} if part.body else {}),
    }


def listed(body: Json) -> list[Resource]:
    """The operations of a request, or the results of an answer, as far as they are objects."""
    found = get(body, "Operations")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def paired(operations: Sequence[Resource], results: Sequence[Resource]) -> list[Resource | None]:
    """The result of each operation; None where there is none, or nobody can tell which one it is."""
    by_position: dict[int, Resource] = dict(_of_creates(operations, results))
    known: dict[tuple[str, str], list[int]] = {}
    for number, each in enumerate(operations):
        if _method(each) != "POST":
            known.setdefault((_method(each), str(get(each, "path"))), []).append(number)
    for (method, path), numbers in known.items():
        fitting = [each for each in results if _method(each) in {method, ""} and _is_at(each, path)]
        by_position |= dict(zip(numbers, fitting, strict=False))
    taken = {id(each) for each in by_position.values()}
    if len(results) == len(operations):  # what says nothing of where it belongs belongs where it stands
        for number, (one, other) in enumerate(zip(operations, results, strict=True)):
            if number not in by_position and id(other) not in taken and _is_mute(one, other):
                by_position[number] = other
    return [by_position.get(number) for number in range(len(operations))]


def _of_creates(
    operations: Sequence[Resource], results: Sequence[Resource]
) -> Iterator[tuple[int, Resource]]:
    sent, told = ([str(get(each, "bulkId")) for each in some] for some in (operations, results))
    for number, each in enumerate(operations):
        named = _method(each) == "POST" and get(each, "bulkId") is not None
        if named and sent.count(sent[number]) == told.count(sent[number]) == 1:
            yield number, results[told.index(sent[number])]


def _is_mute(asked: Resource, result: Resource) -> bool:
    """Whether a result could be that of this operation, and says of none that it is."""
    fits = _method(result) in {_method(asked), ""} and _method(asked) != "POST"
    return fits and get(result, "location") is None and get(result, "bulkId") is None


def _method(either: Resource) -> str:
    return str(get(either, "method") or "").upper()


def _is_at(result: Resource, path: str) -> bool:
    location = get(result, "location")
    return isinstance(location, str) and f"/{_path(location).lstrip('/')}".endswith(path)


def _path(location: str) -> str:
    try:
        return unquote(urlsplit(location).path)
    except ValueError:
        return ""


def status_of(result: Resource) -> int:
    """The status of a result, as text, as a number, or in an object with `code` (RFC 7644 3.7.3); 0 where it has none."""
    status = get(result, "status")
    code = get(status, "code") if isinstance(status, dict) else status
    text = str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""
    return int(text) if text.isdecimal() and len(text) == 3 else 0


def is_done(result: Resource | None) -> bool:
    """Whether a result says that its operation was carried out."""
    return result is not None and 200 <= status_of(result) < 300


def is_stopped(body: Json, results: Sequence[Resource]) -> bool:
    """Whether as many operations failed as a request allows (RFC 7644 3.7), so that what has no result was not done."""
    most = get(body, "failOnErrors")
    return isinstance(most, int) and sum(not is_done(each) for each in results) >= most


def response_of(result: Resource) -> Json:
    """The response of a result; of one that is JSON within a text, what the text says."""
    response = get(result, "response")
    if isinstance(response, str):
        try:
            return json.loads(response)
        except (ValueError, RecursionError):
            return response
    return response


def id_made(asked: Resource, result: Resource | None) -> str:
    """The id that a create in a bulk request was answered with; empty where it was not, or is said in two ways."""
    if result is None or not is_done(result):
        return ""
    location, shown = get(result, "location"), as_id(get(response_of(result), "id"))
    led = id_at(location, str(get(asked, "path"))) if isinstance(location, str) else ""
    return (led or shown) if not (led and shown) or led == shown else ""


def id_at(location: str, endpoint: str) -> str:
    """The id in the address of a resource of that endpoint; empty where it leads elsewhere."""
    before, slash, last = f"/{_path(location).lstrip('/')}".rpartition("/")
    return last if slash and before.endswith(endpoint) else ""


def ids_made(operations: Sequence[Resource], results: Sequence[Resource | None]) -> list[str]:
    """The id of what each operation made; empty where it made nothing, or where two were answered with one id."""
    ids = [
        id_made(asked, result) if _method(asked) == "POST" else ""
        for asked, result in zip(operations, results, strict=True)
    ]
    places = [(str(get(asked, "path")), id_) for asked, id_ in zip(operations, ids, strict=True)]
    times = Counter(places)
    return [id_ if times[place] == 1 else "" for id_, place in zip(ids, places, strict=True)]
