"""Rules for what a bulk request leaves behind, and for what it says of operations that failed (RFC 7644 3.7.2, 3.7.3)."""

from collections.abc import Iterator, Mapping

from scim_tests.checks.reading.bulk import is_processed, results_of
from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.history import NO_RESOURCE, resources_of, shows_resources
from scim_tests.checks.reading.users import each_resource
from scim_tests.checks.rules.every_bulk import each_result, place_of
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.bulk import REFERENCE, response_of, status_of
from scim_tests.model.check import DEGRADED, MUST, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ERROR, Json, Resource, get

NO_FAILURE = "no operation of a bulk request failed"
POINTERS = frozenset({"value", "$ref"})  # attributes that hold ids


def has_failures(exchange: Exchange) -> bool:
    """Whether an operation failed."""
    return is_processed(exchange) and any(map(_is_failed, results_of(exchange)))


def _is_failed(result: Resource) -> bool:
    return status_of(result) >= 300


@check(
    "every_bulk.failures-carry-an-error",
    on="*.*",
    when=has_failures,
    otherwise=NO_FAILURE,
    title="The result of an operation that failed has a SCIM error as its response",
    references=("RFC7644-3.7-10", "RFC7644-3.7-12"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Put the error that the single request would have been answered with into `response`, as an object.",
    follows=("every_bulk.status-is-that-of-a-single-request",),
)
def failures_carry_an_error(exchange: Exchange) -> Finding | None:
    """An error within a text can be read all the same: advice."""

    def judge(number: int, result: Resource) -> Finding | None:
        if not _is_failed(result):
            return None
        where, shown, response = (
            place_of(number, "response"),
            get(result, "response"),
            response_of(result),
        )
        schemas, status = get(response, "schemas"), get(response, "status")
        if not isinstance(response, Mapping):
            return Finding("a SCIM error", describe(shown), where)
        if not isinstance(schemas, list) or ERROR not in schemas:
            return Finding(f"[{ERROR}]", describe(schemas), f"{where}.schemas")
        if str(status) != str(status_of(result)):
            return Finding(f'the string "{status_of(result)}"', describe(status), f"{where}.status")
        is_text = isinstance(shown, str)
        return Finding("an object", "a text that holds one", where, mild=True) if is_text else None

    return each_result(exchange, judge)


@check(
    "every_bulk.failures-say-why",
    on="*.*",
    when=has_failures,
    otherwise=NO_FAILURE,
    title="The result of an operation that failed says what is wrong",
    references=("RFC7644-3.7.3-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Put one sentence into `detail` of the error.",
    follows=("every_bulk.failures-carry-an-error",),
)
def failures_say_why(exchange: Exchange) -> Finding | None:
    """The sentence may stand in a status that is an object (RFC 7644 3.7.3); a scimType says something, too."""

    def judge(number: int, result: Resource) -> Finding | None:
        response = response_of(result)
        said = (get(response, "detail"), get(result, "status", "description"))
        if not _is_failed(result) or any(isinstance(each, str) and each.strip() for each in said):
            return None
        where = f"{place_of(number, 'response')}.detail"
        return Finding("a sentence", describe(said[0]), where, mild=bool(get(response, "scimType")))

    return each_result(exchange, judge)


@check(
    "every_bulk.leaves-no-bulk-id-behind",
    on="*.*",
    when=shows_resources,
    otherwise=NO_RESOURCE,
    title="No user or group has a bulkId where an id is due, in extensions neither",
    references=("RFC7644-3.7.2-02", "RFC7644-3.7.2-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Replace each `bulkId:…` by the id of the new resource before anything is stored, wherever it stands.",
)
def leaves_no_bulk_id_behind(exchange: Exchange) -> Finding | None:
    return each_resource(resources_of(exchange), lambda each: weightiest(_left(each, "$")))


def _left(value: Json, path: str) -> Iterator[Finding]:
    if isinstance(value, list):
        for each in value:
            yield from _left(each, f"{path}[*]")
    elif isinstance(value, Mapping):
        for key, member in value.items():
            is_text = isinstance(member, str) and key.lower() in POINTERS
            if is_text and member.rpartition("/")[2].startswith(REFERENCE):
                yield Finding("an id", member, f"{path}.{key}")
            if not isinstance(member, str):
                yield from _left(member, f"{path}.{key}")
