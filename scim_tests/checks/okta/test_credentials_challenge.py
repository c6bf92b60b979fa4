"""What a 401 says in WWW-Authenticate, where it is a bearer token that opens the door (RFC 6750 3)."""

import re
from collections.abc import Iterator

from scim_tests.checks.okta.test_credentials import ELSEWHERE, GONE_BY_ID, PUBLIC, STRANGERS
from scim_tests.checks.reading.challenge import Challenge, challenges
from scim_tests.knowledge.consequences import OKTA_INDIFFERENT
from scim_tests.model.check import COSMETIC, MUST, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe

REFUSED = (*STRANGERS, *ELSEWHERE, PUBLIC)
HEADER = "WWW-Authenticate"
ONCE = ("realm", "scope", "error", "error_description", "error_uri")
# RFC 6750 3: the characters of each value.
PERMITTED = {
    "scope": re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*"),
    "error": re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*"),
    "error_description": re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*"),
    "error_uri": re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*"),
}
NO_BEARER = "no refusal named the Bearer scheme"


def said(exchange: Exchange) -> list[Challenge]:
    """All that it challenges with."""
    return challenges(exchange.answer.header(HEADER) or "")


def of_bearers(exchange: Exchange) -> list[Challenge]:
    """Those of the Bearer scheme, in whatever letter case."""
    return [each for each in said(exchange) if each.scheme.lower() == "bearer"]


def challenges_bearers(exchange: Exchange) -> bool:
    return exchange.status == 401 and bool(of_bearers(exchange))


@check(
    "test_credentials.refusal-names-bearer",
    on=STRANGERS,
    when=lambda exchange: exchange.status == 401 and bool(said(exchange)),
    otherwise="no 401 named a scheme",
    title="A 401 names the Bearer scheme where a bearer token is what opens the door",
    references=("RFC6750-3-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Send `WWW-Authenticate: Bearer realm="…"`, beside the challenges of other schemes.',
)
def refusal_names_bearer(exchange: Exchange) -> Finding | None:
    """Where the probe was let in by another form of the token, other schemes are in use."""
    probe = exchange.earlier("probe")
    taken = (probe.request.header("Authorization") or "").lower().startswith("bearer ")
    if not (probe.is_success and taken) or of_bearers(exchange):
        return None
    return Finding("Bearer", ", ".join(each.scheme for each in said(exchange)), HEADER)


@check(
    "test_credentials.challenge-has-parameters",
    on=REFUSED,
    when=challenges_bearers,
    otherwise=NO_BEARER,
    title="The word Bearer in a challenge is followed by a parameter",
    references=("RFC6750-3-03",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Send `WWW-Authenticate: Bearer realm="…"`, not Bearer alone.',
)
def challenge_has_parameters(exchange: Exchange) -> Finding | None:
    bare = any(not each.parameters for each in of_bearers(exchange))
    return Finding("a parameter, such as realm", "Bearer alone", HEADER) if bare else None


@check(
    "test_credentials.challenge-has-each-parameter-once",
    on=REFUSED,
    when=challenges_bearers,
    otherwise=NO_BEARER,
    title="A Bearer challenge has no parameter of the RFC twice",
    references=("RFC6750-3-04", "RFC6750-3-05", "RFC6750-3-07"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write realm, scope, error, error_description and error_uri at most once.",
)
def challenge_has_each_parameter_once(exchange: Exchange) -> Finding | None:
    for each in of_bearers(exchange):
        for name in ONCE:
            if len(each.values(name)) > 1:
                return Finding(f"{name} once", f"{name} {len(each.values(name))} times", HEADER)
    return None


@check(
    "test_credentials.challenge-has-permitted-characters",
    on=REFUSED,
    when=challenges_bearers,
    otherwise=NO_BEARER,
    title="The values of a Bearer challenge are of the characters that the RFC permits",
    references=("RFC6750-3-08", "RFC6750-3-09", "RFC6750-3-10"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Use printable ASCII without quotation marks and backslashes in scope, error, error_description and error_uri.",
)
def challenge_has_permitted_characters(exchange: Exchange) -> Finding | None:
    return next(_forbidden(of_bearers(exchange)), None)


def _forbidden(found: list[Challenge]) -> Iterator[Finding]:
    for challenge in found:
        for name, permitted in PERMITTED.items():
            for value in challenge.values(name):
                if not permitted.fullmatch(value):
                    yield Finding("printable ASCII", f"{name} with {describe(value)}", HEADER)


@check(
    "test_credentials.no-token-is-no-error",
    on=("test_credentials.no_token", "test_credentials.no_token_*", "read_user.no_token", GONE_BY_ID, PUBLIC),
    when=challenges_bearers,
    otherwise=NO_BEARER,
    title="The challenge to a request without any token has no error code",
    references=("RFC6750-3.1-04",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Send the scheme and the realm alone where no token was sent.",
)
def no_token_is_no_error(exchange: Exchange) -> Finding | None:
    codes = [value for each in of_bearers(exchange) for value in each.values("error")]
    return Finding("no error code", codes[0], HEADER) if codes else None
