"""Rules for every error, wherever it comes (RFC 7644 3.12)."""

import re

from scim_tests.knowledge.consequences import LEAKED_INSIDE, NO_REASON, OKTA_INDIFFERENT, REVIEW_FAILS
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    OKTA,
    RFC,
    SECURITY,
    SHOULD,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.forms import UNKNOWN
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ERROR, Resource, get

SCIM_TYPES = (
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
)  # fmt: skip -- RFC 7644 table 9, RFC 9865
OPTIONAL = frozenset({"/Groups", "/Me", f"/{UNKNOWN}"})
TOO_LONG = frozenset({414, 431})
DISCOVERY = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")
# Traces of Python, Java, .NET and JavaScript, files with lines, and the errors of databases.
# Each piece begins or ends somewhere definite, so that a long text takes no long time.
INSIDE = re.compile(
    r"Traceback \(most recent call last\)|\n\s{0,40}at [\w.$<>]+ ?\(|\\n\s{0,40}at [\w.$<>]+ ?\(|(?<![\w/\\])[\w/\\]+\.(?:py|java|cs|rb|go|php|ts|js):(?:line )?\d+"
    r"|SQLSTATE|ORA-\d{5}|foreign key constraint|unique constraint|duplicate key value|syntax error at or near"
    r"|(?:SELECT|DELETE) .{1,200} FROM |INSERT INTO |UPDATE \w+ SET ",
    re.IGNORECASE,
)
NO_ERROR = "no request was answered with an error"


def is_error(exchange: Exchange) -> bool:
    """Whether a SCIM service answered with an error; where nothing is served, nobody speaks SCIM."""
    return exchange.status >= 400 and not is_not_served(exchange)


def is_not_served(exchange: Exchange) -> bool:
    """Whether the target says that it has no such endpoint, or method, of those it need not have (RFC 7644 3.2, 4).

    What is too long for an address may be refused before any SCIM service hears of it.
    """
    endpoint, method = exchange.request.endpoint, exchange.request.method
    optional = endpoint in OPTIONAL or endpoint.startswith(DISCOVERY) or endpoint.endswith("/.search")
    from_a_router = not exchange.answer.text.lstrip().startswith("{")
    to_a_user = method == "POST" and endpoint.startswith("/Users/")  # for which some have no route at all
    may_lack_it = exchange.status in {405, 501} and (method in {"PATCH", "DELETE"} or to_a_user)
    no_such_method = may_lack_it or (exchange.status == 404 and to_a_user)
    by_a_router = from_a_router and (no_such_method or exchange.status in TOO_LONG)
    return by_a_router or (exchange.status in {404, 405, 501} and optional)


def error_body(exchange: Exchange) -> Resource:
    """The error's JSON object; what is none is judged by `has-an-error-body` alone."""
    if not isinstance(exchange.json, dict):
        raise NotObserved(exchange.step, f"answered {describe(exchange.json)} as the error body")
    return exchange.json


@check(
    "every_error.has-an-error-body",
    on="*.*",
    when=is_error,
    otherwise=NO_ERROR,
    title="Every error has a JSON object as its body",
    references=("RFC7644-3.12-01", "RFC7644-3.2-06", "RFC7644-3.5.2-20", "okta:SPEC"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=NO_REASON,
    fix="Answer errors with `schemas`, `status` and `detail`, also those of the router, proxy and login filter.",
    follows=("every_answer.is-json",),
)
def has_an_error_body(exchange: Exchange) -> Finding | None:
    if not exchange.answer.has_body:
        return Finding("a SCIM error body", f"{exchange.answer.phrase} without a body", "$")
    if not isinstance(exchange.json, dict):
        return Finding("a JSON object", describe(exchange.json), "$")
    return None


@check(
    "every_error.has-the-error-schema",
    on="*.*",
    when=is_error,
    otherwise=NO_ERROR,
    title="Every error names the Error schema",
    references=("RFC7644-3.12-02", "okta:SPEC"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=REVIEW_FAILS,
    fix=f'Put `"schemas": ["{ERROR}"]` into every error.',
)
def has_the_error_schema(exchange: Exchange) -> Finding | None:
    schemas = get(error_body(exchange), "schemas")
    if not isinstance(schemas, list) or ERROR not in schemas:
        return Finding(f"[{ERROR}]", describe(schemas), "$.schemas")
    return None


@check(
    "every_error.has-status-as-a-string",
    on="*.*",
    when=is_error,
    otherwise=NO_ERROR,
    title="The status in an error's body is a JSON string",
    references=("RFC7644-3.12-03", "RFC7644-3.2-06", "okta:SPEC", "okta:S20"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Write `"status": "404"`, not `404`.',
    follows=("every_error.has-the-error-schema",),
)
def has_status_as_a_string(exchange: Exchange) -> Finding | None:
    status = get(error_body(exchange), "status")
    if status is None:  # steps 11 and 12 of Okta's suite read it
        return Finding(
            _status(exchange), describe(status), "$.status", severity=DEGRADED, consequence=REVIEW_FAILS
        )
    if not isinstance(status, str):
        return Finding(_status(exchange), describe(status), "$.status")
    return None


def _status(exchange: Exchange) -> str:
    return f'the string "{exchange.status}"'


@check(
    "every_error.says-its-own-status",
    on="*.*",
    when=is_error,
    otherwise=NO_ERROR,
    title="The status in an error's body is the HTTP status of the answer",
    references=("RFC7644-3.12-04", "RFC7644-3.2-06"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=REVIEW_FAILS,
    fix="Write the HTTP status of the answer into the body.",
    follows=("every_error.has-the-error-schema", "every_error.has-status-as-a-string"),
)
def says_its_own_status(exchange: Exchange) -> Finding | None:
    status = get(error_body(exchange), "status")
    if status is None:
        raise NotObserved(exchange.step, "has no status in its error")
    if str(status) != str(exchange.status):
        return Finding(str(exchange.status), str(status), "$.status")
    return None


@check(
    "every_error.has-a-detail",
    on="*.*",
    when=is_error,
    otherwise=NO_ERROR,
    title="Every error says in its detail what is wrong",
    references=("RFC7644-3.12-05", "RFC7644-3.4.2.2-25", "okta:SPEC", "okta:ROSTR"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=NO_REASON,
    fix="Put one sentence for the admin into `detail`; Okta shows it.",
)
def has_a_detail(exchange: Exchange) -> Finding | None:
    detail = get(error_body(exchange), "detail")
    if not isinstance(detail, str) or not detail.strip():
        return Finding("a sentence", describe(detail), "$.detail")
    return None


@check(
    "every_error.tells-nothing-of-the-inside",
    on="*.*",
    when=lambda exchange: is_error(exchange) and bool(exchange.answer.body),
    otherwise=NO_ERROR,
    title="No error shows a stack trace or a message of the database",
    references=("RFC7644-3.12-05", "RFC7644-7.5.1-01", "IPSIE-8-01"),
    strength=SHOULD,
    severity=SECURITY,
    demanded_by=RFC,
    consequence=LEAKED_INSIDE,
    fix="Log the internal cause, and say in `detail` what the caller can do.",
)
def tells_nothing_of_the_inside(exchange: Exchange) -> Finding | None:
    found = INSIDE.search(exchange.answer.text)
    return Finding("no internal text of the server", found[0][:80], "$.detail") if found else None


@check(
    "every_error.has-a-known-scim-type",
    on="*.*",
    when=lambda exchange: is_error(exchange) and get(error_body(exchange), "scimType") is not None,
    otherwise="no error had a scimType",
    title="If an error has a scimType, it is a keyword of the RFC",
    references=("RFC7644-3.12-05",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Use one of the keywords of RFC 7644 table 9, or leave scimType out.",
)
def has_a_known_scim_type(exchange: Exchange) -> Finding | None:
    scim_type = get(error_body(exchange), "scimType")
    if scim_type not in SCIM_TYPES:
        return advice(f"one of {', '.join(SCIM_TYPES[:10])}", describe(scim_type), "$.scimType")
    return None


@check(
    "every_error.has-a-scim-type-that-fits-its-status",
    on="*.*",
    when=lambda exchange: is_error(exchange) and get(error_body(exchange), "scimType") in SCIM_TYPES,
    otherwise="no error had a scimType of the RFC",
    title="A scimType of the RFC comes with the HTTP status that the RFC gives it",
    references=("RFC7644-3.12-19", "RFC7644-3.12-26"),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Send uniqueness with 409 or 400, sensitive with 403, the other keywords with 400 alone.",
)
def has_a_scim_type_that_fits_its_status(exchange: Exchange) -> Finding | None:
    scim_type = str(get(error_body(exchange), "scimType"))
    fitting = {"uniqueness": (409, 400), "sensitive": (403,)}.get(scim_type, (400,))
    if exchange.status in fitting:
        return None
    return Finding(f"{' or '.join(map(str, fitting))} with {scim_type}", exchange.answer.phrase, "$.scimType")
