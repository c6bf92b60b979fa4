"""Rules for every bulk request (RFC 7644 3.7): each operation has its own result, which says what a single request would."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote

from scim_tests.checks.reading.bulk import Operation, ended_early, is_processed, operations_of, results_of
from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.history import WRITES
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.bulk import BULK_RESPONSE, REFERENCE, id_at, is_done, listed, status_of
from scim_tests.model.check import (
    COSMETIC,
    DEGRADED,
    MUST,
    RFC,
    WRONG_DATA,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource, get

NOT_SENT = "no bulk request was answered with results"
# What a single request would have had; the first is the RFC's, others are as clear.
SUCCESSES = {"POST": (201,), "PUT": (200, 204), "PATCH": (200, 204), "DELETE": (204, 200)}


def is_taken(exchange: Exchange) -> bool:
    """Whether a bulk request with operations was answered with success, whatever the answer shows."""
    is_sent = exchange.request.method == "POST" and exchange.request.endpoint == "/Bulk"
    return is_sent and exchange.is_success and bool(listed(exchange.request.written))


def each_result(exchange: Exchange, judge: Callable[[int, Resource], Finding | None]) -> Finding | None:
    """The weightiest finding about a result."""
    found = (judge(number, each) for number, each in enumerate(results_of(exchange)))
    return weightiest(each for each in found if each)


def place_of(number: int, name: str) -> str:
    """Where a result says something, as a JSON path."""
    return f"$.Operations[{number}].{name}"


@check(
    "every_bulk.is-answered-with-a-bulk-response",
    on="*.*",
    when=is_taken,
    otherwise=NOT_SENT,
    title="A bulk request is answered with a BulkResponse that has Operations",
    references=("RFC7644-3.7-01", "RFC7644-3.7-03"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix=f'Answer with `"schemas": ["{BULK_RESPONSE}"]` and an array `Operations` with one result for each operation.',
)
def is_answered_with_a_bulk_response(exchange: Exchange) -> Finding | None:
    schemas, results = (get(exchange.resource, name) for name in ("schemas", "Operations"))
    named = [str(each).lower() for each in schemas] if isinstance(schemas, list) else []
    if not isinstance(results, list) or not all(isinstance(each, Mapping) for each in results):
        return Finding("an array of objects", describe(results), "$.Operations")
    if BULK_RESPONSE.lower() not in named:
        return Finding(f"an array with {BULK_RESPONSE}", describe(schemas), "$.schemas")
    return None


@check(
    "every_bulk.is-answered-with-200",
    on="*.*",
    when=is_taken,
    otherwise=NOT_SENT,
    title="A bulk request that was processed is answered with 200",
    references=("RFC7644-3.7-13",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer the request with 200, also if operations of it failed; each result has a status of its own.",
)
def is_answered_with_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "every_bulk.repeats-no-fail-on-errors",
    on="*.*",
    when=is_processed,
    otherwise=NOT_SENT,
    title="A BulkResponse has no failOnErrors",
    references=("RFC7644-3.7-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Leave failOnErrors out of the answer.",
)
def repeats_no_fail_on_errors(exchange: Exchange) -> Finding | None:
    shown = get(exchange.resource, "failOnErrors")
    return None if shown is None else Finding("nothing", describe(shown), "$.failOnErrors")


@check(
    "every_bulk.has-a-result-for-each-operation",
    on="*.*",
    when=lambda exchange: is_processed(exchange) and not ended_early(exchange),
    otherwise=NOT_SENT,
    title="A BulkResponse has one result for each operation, failed ones too",
    references=("RFC7644-3.7.3-01", "RFC7644-3.7-14"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Go on after a failure unless failOnErrors is reached, and return the result of every operation.",
)
def has_a_result_for_each_operation(exchange: Exchange) -> Finding | None:
    due, shown = len(operations_of(exchange)), len(results_of(exchange))
    return None if due == shown else Finding(_many(due), _many(shown), "$.Operations")


def _many(number: int) -> str:
    return "1 result" if number == 1 else f"{number} results"


@check(
    "every_bulk.results-name-the-method",
    on="*.*",
    when=is_processed,
    otherwise=NOT_SENT,
    title="Every result of a bulk request names the method of an operation",
    references=("RFC7644-3.7-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Repeat the operation's `method` in its result.",
)
def results_name_the_method(exchange: Exchange) -> Finding | None:
    sent = {each.method for each in operations_of(exchange)}

    def judge(number: int, result: Resource) -> Finding | None:
        method = get(result, "method")
        if method is None and sent - WRITES:  # a result can name none but the four
            return None
        if isinstance(method, str) and method.upper() in sent:
            is_as_sent = method in sent
            return None if is_as_sent else advice(method.upper(), method, place_of(number, "method"))
        return Finding(" or ".join(sorted(sent)), describe(method), place_of(number, "method"))

    return each_result(exchange, judge)


@check(
    "every_bulk.results-repeat-the-bulk-id",
    on="*.*",
    when=lambda exchange: is_processed(exchange) and any(_bulk_ids(operations_of(exchange))),
    otherwise="no bulk request with a bulkId was answered with results",
    title="The result of every create in a bulk request repeats its bulkId",
    references=("RFC7644-3.7-17", "RFC7644-3.7-06"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Repeat the `bulkId` of the operation in its result, also if the operation failed.",
    follows=("every_bulk.has-a-result-for-each-operation",),
)
def results_repeat_the_bulk_id(exchange: Exchange) -> Finding | None:
    sent = Counter(_bulk_ids(operations_of(exchange)))
    results = results_of(exchange)
    creates = [each for each in results if str(get(each, "method")).upper() == "POST"]
    told = Counter(str(get(each, "bulkId")) for each in creates)
    strange = sorted((told - sent).elements())
    if strange:
        missing = sorted((sent - told).elements())
        wanted = missing[0] if missing else "each bulkId once"
        place = next(at for at, each in enumerate(results) if str(get(each, "bulkId")) == strange[0])
        shown = get(results[place], "bulkId")
        return Finding(wanted, describe(shown), place_of(place, "bulkId"))
    return None


def _bulk_ids(operations: Iterable[Operation]) -> Iterator[str]:
    for each in operations:
        if each.method == "POST" and isinstance(bulk_id := get(each.asked, "bulkId"), str):
            yield bulk_id


@check(
    "every_bulk.results-have-a-location",
    on="*.*",
    when=is_processed,
    otherwise=NOT_SENT,
    title="Every result of a bulk request has the location of its resource, except a failed create",
    references=("RFC7644-3.7-09", "RFC7644-3.7.3-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give the URL of the resource as `location` in each result.",
)
def results_have_a_location(exchange: Exchange) -> Finding | None:
    def judge(number: int, result: Resource) -> Finding | None:
        location = get(result, "location")
        is_due = is_done(result) or str(get(result, "method")).upper() in {"PUT", "PATCH", "DELETE"}
        if not is_due or (isinstance(location, str) and location):
            return None
        return Finding("a URL", describe(location), place_of(number, "location"))

    return each_result(exchange, judge)


@check(
    "every_bulk.location-is-that-of-the-operation",
    on="*.*",
    when=is_processed,
    otherwise=NOT_SENT,
    title="The location in a result of a bulk request is that of the resource of that very operation",
    references=("RFC7644-3.7-09", "RFC7644-3.7.3-02"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build each location from the resource that the operation made or changed.",
    follows=("every_bulk.results-name-the-method", "every_bulk.results-repeat-the-bulk-id"),
)
def location_is_that_of_the_operation(exchange: Exchange) -> Finding | None:
    operations = operations_of(exchange)
    made = Counter(str(get(each, "location")) for each in results_of(exchange) if _is_of_a_create(each))

    def judge(number: int, result: Resource) -> Finding | None:
        location, method = get(result, "location"), str(get(result, "method")).upper()
        paths = [each.path for each in operations if each.method == method]
        if not isinstance(location, str) or not paths or (method == "POST" and not is_done(result)):
            return None
        if made[location] > 1 and method == "POST":
            return Finding("a location of its own", location, place_of(number, "location"))
        if any(_leads(location, each, method) for each in paths):
            return None
        wanted = f"a URL that ends in {paths[0]}{'/ and an id' if method == 'POST' else ''}"
        return Finding(wanted, location, place_of(number, "location"))

    return each_result(exchange, judge)


def _is_of_a_create(result: Resource) -> bool:
    return str(get(result, "method")).upper() == "POST" and is_done(result)


def _leads(location: str, path: str, method: str) -> bool:
    if method == "POST":
        return bool(id_at(location, path.rstrip("/")))
    endpoint, _, last = path.rpartition("/")
    return id_at(location, endpoint) == unquote(last) or last.lower().startswith(REFERENCE.lower())


@check(
    "every_bulk.results-have-a-status-as-text",
    on="*.*",
    when=is_processed,
    otherwise=NOT_SENT,
    title="The status in a result of a bulk request is a string with a status code",
    references=("RFC7644-3.7.3-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Write `"status": "201"`.',
)
def results_have_a_status_as_text(exchange: Exchange) -> Finding | None:
    """The RFC's own text has an object with `code`, which erratum 7916 takes away: advice, and so is a number."""

    def judge(number: int, result: Resource) -> Finding | None:
        status = get(result, "status")
        if isinstance(status, str) and status_of(result):
            return None
        mild = status_of(result) > 0
        return Finding('a string like "201"', describe(status), place_of(number, "status"), mild=mild)

    return each_result(exchange, judge)


@check(
    "every_bulk.status-is-that-of-a-single-request",
    on="*.*",
    when=is_processed,
    otherwise=NOT_SENT,
    title="The status in a result of a bulk request is the one that the single request would have had",
    references=("RFC7644-3.7.3-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer a create with 201, a change with 200 (PATCH also with 204) and a delete with 204.",
)
def status_is_that_of_a_single_request(exchange: Exchange) -> Finding | None:
    def judge(number: int, result: Resource) -> Finding | None:
        due = SUCCESSES.get(str(get(result, "method")).upper(), ())
        if not is_done(result) or not due or status_of(result) == due[0]:
            return None
        is_clear = status_of(result) in due
        if is_clear and str(get(result, "method")).upper() == "PATCH":
            return None
        return Finding(str(due[0]), str(status_of(result)), place_of(number, "status"), mild=is_clear)

    return each_result(exchange, judge)
