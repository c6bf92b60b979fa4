"""Rules for every answer, whatever was asked."""

from dataclasses import replace
from email.message import Message

from scim_tests.checks.rules.every_error import DISCOVERY, is_not_served
from scim_tests.checks.rules.every_list import is_list
from scim_tests.knowledge.consequences import (
    NO_ANSWER,
    NO_BODY,
    OKTA_INDIFFERENT,
    SERVER_ERROR,
    TIMES_OUT,
    UNREADABLE,
    UNREADABLE_LIST,
)
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    DOCUMENTED,
    INFERRED,
    MUST,
    OKTA,
    RFC,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Consequence,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import CUT_OFF, Exchange
from scim_tests.model.json_text import TOO_DEEP, describe
from scim_tests.model.scim import ERROR, get

# Steps that every target refuses: a wrong refusal is one all the same.
REFUSALS_DUE = frozenset({
    "test_credentials.wrong_token", "duplicate_user.again", "duplicate_user.again_in_capitals",
})  # fmt: skip


SCIM_JSON = "application/scim+json"


def has_body(exchange: Exchange) -> bool:
    return bool(exchange.answer.body)


def is_answered(exchange: Exchange) -> bool:
    return exchange.heard.answer is not None


def was_waited_for(exchange: Exchange) -> bool:
    return exchange.heard.failure != CUT_OFF


@check(
    "every_answer.arrives",
    on="*.*",
    when=was_waited_for,
    title="Every request gets a whole answer within the 60 seconds that Okta waits",
    references=("okta:FAQ",),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=NO_ANSWER,
    fix="Where nothing came, check that the server runs at that address and that no proxy cuts the connection; where a part came, that the answer is complete, of 16 MiB at most, and packed as its Content-Encoding says.",
)
def arrives(exchange: Exchange) -> Finding | None:
    if exchange.heard.answer is None:
        return Finding("a whole answer", f"none: {exchange.heard.failure}")
    return None


@check(
    "every_answer.is-no-server-error",
    on="*.*",
    when=is_answered,
    title="No request makes the server fail with 5xx",
    references=("RFC7644-3.2-05", "RFC7644-3.12-08"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=SERVER_ERROR,
    fix="Find the request in the server's log, fix the exception, and answer 4xx if the request is wrong.",
    follows=("test_credentials.refusal-is-a-401",),
)
def is_no_server_error(exchange: Exchange) -> Finding | None:
    if exchange.status >= 500 and exchange.status != 501:
        due = exchange.step in REFUSALS_DUE
        expected = "a refusal with 4xx" if due else "an answer below 500 (501 for what the server lacks)"
        return Finding(expected, exchange.answer.phrase, severity=DEGRADED if due else None)
    return None


@check(
    "every_answer.is-no-redirect",
    on="*.*",
    when=is_answered,
    title="The base URL itself answers, without a redirect",
    references=("RFC7644-3.2-05", "okta:PREP"),
    strength=SHOULD,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=Consequence(
        "It is not known whether Okta follows redirects; if it does not, every request fails.", INFERRED
    ),
    fix="Serve SCIM at the base URL itself (scheme, host and trailing slash), or give the final URL to Okta.",
)
def is_no_redirect(exchange: Exchange) -> Finding | None:
    if exchange.request.endpoint == "/Me":
        return None  # which may be told where one is (RFC 7644 3.11)
    if exchange.status in {301, 302, 303, 307, 308}:
        target = exchange.answer.header("Location") or "nowhere"
        return Finding("an answer from the base URL", f"{exchange.answer.phrase} to {target}", "Location")
    return None


@check(
    "every_answer.is-json",
    on="*.*",
    when=has_body,
    otherwise="no answer had a body",
    title="Every body is well-formed JSON in UTF-8",
    references=("RFC7644-3.2-07", "RFC7644-3.8-01", "INTEROP-6.2-01", "okta:META114"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=UNREADABLE,
    fix="Answer with JSON, for errors too; the usual cause is a page of a proxy or framework in front of the SCIM code.",
)
def is_json(exchange: Exchange) -> Finding | None:
    try:
        _ = exchange.answer.parsed
    except ValueError as error:
        said = f"another text ({error}); it begins with {exchange.answer.beginning}"
        if exchange.status >= 500:  # the page of whatever failed there
            said = f"{exchange.answer.phrase}, a page that begins with {exchange.answer.beginning}"
        form_alone = None if exchange.is_success else DEGRADED  # a refusal stops Okta by itself, or not
        is_a_page_on_the_way = exchange.request.endpoint == "/Me" and 300 <= exchange.status < 400
        is_our_limit = TOO_DEEP in str(error)  # RFC 8259 9
        if is_our_limit:
            said = f"JSON that is {error}"
        mild = is_not_served(exchange) or is_a_page_on_the_way or is_our_limit
        expected = "JSON that every reader can read" if is_our_limit else "JSON"
        return Finding(expected, said, mild=mild, severity=form_alone)
    return None


def owes_an_object(exchange: Exchange) -> bool:
    """Whether the answer succeeded and has to show a resource or a list."""
    return exchange.is_success and exchange.status != 204 and exchange.request.method != "DELETE"


def no_object(exchange: Exchange) -> Finding | None:
    """What stands in the body instead of a JSON object; a body that is no JSON is judged by `is-json`."""
    if not exchange.answer.has_body:
        return Finding("a JSON object", f"{exchange.answer.phrase} with an empty body", "$")
    return None if isinstance(exchange.json, dict) else Finding("a JSON object", describe(exchange.json), "$")


@check(
    "every_answer.shows-the-resource-or-list",
    on="*.*",
    when=lambda exchange: owes_an_object(exchange) and not exchange.request.endpoint.startswith(DISCOVERY),
    otherwise="no request succeeded",
    title="A successful answer shows the resource or list that was asked for, as a JSON object",
    references=(
        "RFC7644-3.4.1-01",
        "RFC7644-3.4.2-02",
        "RFC7644-3.5.1-11",
        "RFC7644-3.5.2-21",
        "okta:SUP-EMPTY",
        "okta:SUP-NORES",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NO_BODY,
    fix="Answer with the user, or with a ListResponse; only a 204 to PATCH or DELETE has no body.",
)
def shows_the_resource_or_list(exchange: Exchange) -> Finding | None:
    found = no_object(exchange)
    if found and is_list(exchange):
        return replace(found, consequence=UNREADABLE_LIST)
    return found


def accepts_scim_json(exchange: Exchange) -> bool:
    """Whether the request says so, as Okta's do."""
    return exchange.request.header("Accept") == SCIM_JSON


def is_labelled_otherwise(exchange: Exchange) -> bool:
    """Whether what it sends has no label or another one, which a target may refuse."""
    label = exchange.request.header("Content-Type")
    has_body = exchange.request.header("Content-Length") is not None
    return has_body if label is None else label.partition(";")[0].strip().lower() != SCIM_JSON


@check(
    "every_answer.says-it-is-scim-json",
    on="*.*",
    when=has_body,
    otherwise="no answer had a body",
    title="Every body has the Content-Type application/scim+json",
    references=("RFC7644-3.1-03", "RFC7644-8.1-01", "okta:S20"),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Send `Content-Type: application/scim+json`.",
)
def says_it_is_scim_json(exchange: Exchange) -> Finding | None:
    if not accepts_scim_json(exchange):
        return None  # another type was asked for
    label = exchange.answer.header("Content-Type") or "no Content-Type"
    said = Message()
    said["Content-Type"] = label
    charset = said.get_content_charset("utf-8")  # JSON has no other (RFC 8259 8.1)
    if said.get_content_type() != "application/scim+json" or charset not in {"utf-8", "utf8", "us-ascii"}:
        return Finding("application/scim+json", label, "Content-Type")
    return None


@check(
    "every_answer.names-each-key-once",
    on="*.*",
    when=has_body,
    otherwise="no answer had a body",
    title="No JSON object has the same key twice",
    references=("RFC7644-3.2-07", "RFC7644-3.8-07"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Build the answer from a map, so that each key is written once.",
)
def names_each_key_once(exchange: Exchange) -> Finding | None:
    if exchange.answer.repeated_keys:
        return Finding("each key once", f"{', '.join(exchange.answer.repeated_keys)} more than once")
    return None


@check(
    "every_answer.is-empty-when-it-says-so",
    on="*.*",
    when=lambda exchange: exchange.status == 204,
    otherwise="no answer was 204",
    title="A 204 answer has no body",
    references=("RFC7644-3.5.2-21", "RFC7644-3.6-06"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Send no body with 204, or answer 200 with the resource.",
)
def is_empty_when_it_says_so(exchange: Exchange) -> Finding | None:
    if exchange.answer.has_body:
        return Finding("no body", f"{len(exchange.answer.body)} bytes")
    return None


@check(
    "every_answer.hides-no-error-behind-success",
    on="*.*",
    when=lambda exchange: exchange.is_success and bool(exchange.answer.body),
    otherwise="no answer succeeded with a body",
    title="A successful status never comes with a SCIM Error",
    references=("RFC7644-3.2-05", "RFC7644-3.12-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=Consequence("Okta reads only the status and takes the failure for a success.", INFERRED),
    fix="Answer with the error's own HTTP status.",
)
def hides_no_error_behind_success(exchange: Exchange) -> Finding | None:
    schemas = get(exchange.json, "schemas")
    if isinstance(schemas, list) and ERROR in schemas:
        return Finding("an error status", f"{exchange.answer.phrase} with an Error in the body", "$.schemas")
    return None


@check(
    "every_answer.takes-the-scim-media-type",
    on="*.*",
    when=is_answered,
    title="The server accepts Okta's media types, in Accept and in Content-Type",
    references=("RFC7644-3.8-04", "okta:SUP-SYNC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=Consequence(
        "The job fails, and the admin is not told why.",
        DOCUMENTED,
        "Sync user in external application: FAILURE, without a reason",
    ),
    fix="Accept `application/scim+json`, with and without a charset, in Accept and Content-Type.",
)
def takes_the_scim_media_type(exchange: Exchange) -> Finding | None:
    if is_labelled_otherwise(exchange):
        return None
    if exchange.status in {406, 415} and accepts_scim_json(exchange):
        return Finding("an answer to application/scim+json", exchange.answer.phrase)
    return None


@check(
    "every_answer.is-quick-enough",
    on="*.*",
    when=is_answered,
    title="Every answer arrives within ten seconds",
    references=("okta:FAQ",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=TIMES_OUT,
    fix="Look for a missing index or slow work inside the request; Okta's limit is 60 seconds under any load.",
)
def is_quick_enough(exchange: Exchange) -> Finding | None:
    if exchange.heard.seconds > 10:
        return advice("at most 10 s", f"{exchange.heard.seconds:.1f} s")
    return None
