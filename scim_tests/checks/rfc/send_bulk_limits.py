"""Where bulk requests end: limits, versions, and what no bulk request may be (RFC 7644 3.7, 3.7.4)."""

import re

from scim_tests.checks.reading.bulk import results_of
from scim_tests.checks.rfc.send_bulk import processed
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.bulk import is_done, response_of
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

SMALLEST = 64  # bytes: no request with an operation is smaller
LIMITS = {"send_bulk.too_many": "maxOperations", "send_bulk.too_large": "maxPayloadSize"}


def takes_bulk(exchange: Exchange) -> bool:
    """Whether the target says that it takes bulk requests."""
    return get(exchange.resource, "bulk", "supported") is True


@check(
    "send_bulk.limits-are-told",
    on="send_bulk.config",
    when=takes_bulk,
    otherwise="the target does not say that it takes bulk requests",
    title="A target that takes bulk requests says how many operations and how many bytes one may have",
    references=("RFC7644-3.7.4-01",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give bulk.maxOperations and bulk.maxPayloadSize as integers above 0.",
    follows=("discovery.config-has-its-limits",),
)
def limits_are_told(exchange: Exchange) -> Finding | None:
    for name in LIMITS.values():
        limit = get(exchange.resource, "bulk", name)
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            return Finding("an integer above 0", describe(limit), f"$.bulk.{name}")
    size = get(exchange.resource, "bulk", "maxPayloadSize")
    if size < SMALLEST:
        return Finding(
            "bytes, for some operation at least",
            f"{size}, which none has",
            "$.bulk.maxPayloadSize",
            mild=True,
        )
    return None


@check(
    "send_bulk.unknown-method-is-refused",
    on="send_bulk.unknown_method",
    title="An operation with the method GET is refused",
    references=("RFC7644-3.7-04",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse each method but POST, PUT, PATCH and DELETE, in the result or with 400 for the whole request.",
)
def unknown_method_is_refused(exchange: Exchange) -> Finding | None:
    done = [each for each in results_of(exchange) if is_done(each)]
    if not done:
        return None
    shown = response_of(done[0])
    return Finding("a refusal", f"success with {describe(shown)}", "$.Operations[0]")


@check(
    "send_bulk.no-operations-are-refused",
    on="send_bulk.no_operations",
    title="A bulk request without Operations is refused with 400",
    references=("RFC7644-3.7-03",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 with scimType invalidSyntax if Operations is missing.",
)
def no_operations_are_refused(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 400 else Finding("400 Bad Request", exchange.answer.phrase)


@check(
    "send_bulk.one-bulk-id-makes-one",
    on="send_bulk.id_twice",
    title="Of two creates with one bulkId in a request one is refused, or both",
    references=("RFC7644-3.7-06",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse a bulkId that another operation of the request has.",
)
def one_bulk_id_makes_one(exchange: Exchange) -> Finding | None:
    done = sum(map(is_done, results_of(exchange)))
    return advice("one create at most", "both done", "$.Operations") if done > 1 else None


@check(
    "send_bulk.outdated-version-is-refused",
    on="send_bulk.outdated",
    title="An operation with the version that a user had before is refused with 412",
    references=("RFC7644-3.14-05", "RFC7644-3.12-13"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare the `version` of each PUT, PATCH and DELETE with the resource's own before it is done.",
)
def outdated_version_is_refused(exchange: Exchange) -> Finding | None:
    """The last operation names the present version: of a weak one a target may refuse that (RFC 9110 13.1.1)."""
    *outdated, present = processed(exchange)
    for each in outdated:
        if each.result is not None and each.status != 412:
            got = f"{each.status} for {each.method}"
            return Finding("412", got, "$.Operations", mild=not each.is_done)
    if present.result is not None and not present.is_done:
        return advice("success with the present version", str(present.status), "$.Operations")
    return None


@check(
    "send_bulk.too-much-is-refused-with-413",
    on=tuple(LIMITS),
    title="A bulk request beyond a limit that the target tells is refused with 413",
    references=("RFC7644-3.7.4-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Count the operations and bytes first, and answer 413 before anything is done.",
)
def too_much_is_refused_with_413(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 413 else Finding("413 Content Too Large", exchange.answer.phrase)


@check(
    "send_bulk.refusal-names-the-limit",
    on=tuple(LIMITS),
    when=lambda exchange: exchange.status == 413,
    otherwise="no request was refused with 413",
    title="The refusal of a bulk request that is too large names the limit",
    references=("RFC7644-3.7.4-03", "RFC7644-3.12-14"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Name maxOperations or maxPayloadSize, and the number, in `detail`.",
    follows=("every_error.has-an-error-body",),
)
def refusal_names_the_limit(exchange: Exchange) -> Finding | None:
    """By its name, or by the number alone; the name alone is less than the table of RFC 7644 3.12 has."""
    name = LIMITS[exchange.step]
    number = str(get(exchange.earlier("config").resource, "bulk", name))
    said = re.sub(r"(?<=\d)[,. '_](?=\d{3})", "", exchange.answer.text)
    if re.search(rf"(?<!\d){number}(?!\d)", said):
        return None
    words = ("operations",) if name == "maxOperations" else ("size", "payload", "bytes")
    told = any(each in said.lower() for each in words)
    return Finding(f"{name} {number}", describe(exchange.answer.text), "$.detail", mild=told)
