"""Rules for every answer, whatever was asked."""

import re
from email.message import Message

from scim_tests.checks.reading.consequences import (
    LEAKED_SECRET,
    NO_ANSWER,
    NO_BODY,
    OKTA_INDIFFERENT,
    SERVER_ERROR,
    TIMES_OUT,
    UNREADABLE,
)
from scim_tests.checks.rules.every_error import DISCOVERY, is_not_served
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    DOCUMENTED,
    INFERRED,
    MUST,
    OKTA,
    RFC,
    SECURITY,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Consequence,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import PASSWORD, TOKEN, Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ERROR, get


def has_body(exchange: Exchange) -> bool:
    return bool(exchange.answer.body)


def is_answered(exchange: Exchange) -> bool:
    return exchange.heard.answer is not None


@check(
    "every_answer.arrives",
    on="*.*",
    title="Every request gets a whole answer within the 60 seconds that Okta waits",
    references=("okta:FAQ",),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=NO_ANSWER,
    fix="Check that the server runs at that address, that no proxy cuts the connection, and that every answer is complete.",
)
def arrives(exchange: Exchange) -> Finding | None:
    if exchange.heard.answer is None:
        return Finding("a whole answer", exchange.heard.failure)
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
)
def is_no_server_error(exchange: Exchange) -> Finding | None:
    if exchange.status >= 500 and exchange.status != 501:
        return Finding("an answer below 500 (501 for what is not supported)", exchange.answer.phrase)
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
    references=("RFC7644-3.2-07", "RFC7644-3.8-01", "okta:META114"),
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
        said = f"{error}; it begins with {exchange.answer.beginning}"
        return Finding("JSON", said, mild=is_not_served(exchange))
    return None


def owes_an_object(exchange: Exchange) -> bool:
    """Whether the answer succeeded and has to show a resource or a list."""
    return exchange.is_success and exchange.status != 204 and exchange.request.method != "DELETE"


def no_object(exchange: Exchange) -> Finding | None:
    """What stands in the body instead of a JSON object; a body that is no JSON is judged by `is-json`."""
    if not exchange.answer.body:
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
    return no_object(exchange)


def accepts_scim_json(exchange: Exchange) -> bool:
    """Whether the request says so, as Okta's do."""
    return exchange.request.header("Accept") == "application/scim+json"


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
        return Finding("each key once", f"twice: {', '.join(exchange.answer.repeated_keys)}")
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
    if exchange.answer.body:
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


MEANT_AS_A_TOKEN = 16  # characters

# What crypt(3), Argon2, Django and LDAP make of a password; each names itself at the beginning.
HASH = re.compile(
    r'"(\$2[abxy]\$\d\d\$|\$(?:argon2(?:id?|d)|5|6|y)\$|pbkdf2_sha\d+\$\d+\$|scrypt:\d+:|\{S?SHA\d*\})[^"]{15,}"'
)


@check(
    "every_answer.shows-no-password",
    on="*.*",
    when=is_answered,
    title="The password is never returned",
    references=("RFC7643-4.1.1-13", "RFC7643-4.1.1-21", "RFC7643-7-21"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=LEAKED_SECRET,
    fix="Store only a hash, and leave `password` out of every answer (returned: never).",
)
def shows_no_password(exchange: Exchange) -> Finding | None:
    """The pipe puts a placeholder where the password comes back, so that is what to look for."""
    answer = exchange.answer
    if PASSWORD in answer.text or any(PASSWORD in value for _, value in answer.headers):
        return Finding("no password", "the password that was sent with the create", "$..password")
    if _password_attribute(exchange):
        return Finding("no password attribute", "one with a value", "$..password")
    hashed = exchange.is_success and HASH.search(answer.text)
    return Finding("no password in any form", f"a hash of one, {hashed[1]}…", "$") if hashed else None


def _password_attribute(exchange: Exchange) -> bool:
    if not exchange.is_success or not has_body(exchange):
        return False
    body = exchange.json
    users = [body, *(get(body, "Resources") or [])] if isinstance(get(body, "Resources"), list) else [body]
    return any(isinstance(get(user, "password"), str) and get(user, "password") != "" for user in users)


@check(
    "every_answer.shows-no-token",
    on="*.*",
    when=is_answered,
    title="The bearer token is never returned",
    references=("RFC7644-7.4-02",),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=LEAKED_SECRET,
    fix="Do not echo request headers in answers or error texts.",
)
def shows_no_token(exchange: Exchange) -> Finding | None:
    """A token that was refused may be a right one elsewhere, or mistyped by a letter: advice."""
    refused = (exchange.request.header("Authorization") or "").rpartition(" ")[2]
    if len(refused) >= MEANT_AS_A_TOKEN and TOKEN not in refused and refused in exchange.answer.text:
        return advice("no token", "the one that was refused", "$")
    answer = exchange.answer
    if TOKEN in answer.text:
        return Finding("no token", "the token of this run, in the body")
    leaking = [name for name, value in answer.headers if TOKEN in value]
    return Finding("no token", "the token of this run", leaking[0]) if leaking else None


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
