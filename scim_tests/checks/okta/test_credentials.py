"""Test API Credentials: the right token is accepted; a wrong token and a missing one are refused."""

from scim_tests.checks.reading.bulk import is_processed, results_of
from scim_tests.checks.reading.users import ids_of
from scim_tests.checks.rules.every_list import asked
from scim_tests.knowledge.consequences import (
    NO_RESULTS,
    OKTA_INDIFFERENT,
    OPEN_DOOR,
    OTHERS_MISLED,
    TEST_FAILS,
    UNCLEAR_REFUSAL,
)
from scim_tests.model.bulk import is_done
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    OKTA,
    PLAY,
    RFC,
    SECURITY,
    SHOULD,
    STOPS,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Answer, Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import GONE, Json, get
from scim_tests.model.transcript import Transcript

# Who is not let in where Okta knocks, and at other doors, of which some may not be there at all.
OF_SOMEBODY = ("id", "userName", "displayName", "email", "emails")  # which an error in a list has none of
STRANGERS = (
    "test_credentials.wrong_token",
    "test_credentials.longer_token",
    "test_credentials.other_letters",
    "test_credentials.no_token",
    "test_credentials.unsigned_token",
)
BY_ID = ("read_user.no_token", "send_odd_requests.wrong_token", "send_odd_requests.no_token")
GONE_BY_ID = "send_odd_requests.no_token_gone"
KNOWN = (*STRANGERS, *BY_ID, "send_bulk.wrong_token")
ELSEWHERE = (
    *BY_ID,
    GONE_BY_ID,
    "test_credentials.no_token_*",
    "ask_odd_questions.empty_bearer",
    "send_bulk.wrong_token",
)
BUSY = 429
PUBLIC = "look_up_discovery.config_for_all"  # which may be shown to everybody


@check(
    "test_credentials.probe-answers-200",
    on="test_credentials.probe",
    title="The probe with the given token is answered with 200",
    references=("RFC6750-2.1-02", "RFC7644-3.2-01", "okta:LAB-KR", "okta:SPEC", "okta:SUP-UNAUTH"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=TEST_FAILS,
    fix="Check base URL and token; `GET /Users?startIndex=1&count=2` has to answer 200 with a list.",
    follows=("every_answer.takes-the-scim-media-type",),
)
def probe_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "test_credentials.probe-answers-with-a-list",
    on="test_credentials.probe",
    title="The probe is answered with a list of users",
    references=("RFC7644-3.4.2-02", "RFC7644-3.4.2-04", "okta:SUP-NORES"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NO_RESULTS,
    fix="Answer with a ListResponse: schemas, totalResults, startIndex, itemsPerPage, Resources.",
)
def probe_answers_with_a_list(exchange: Exchange) -> Finding | None:
    body = exchange.resource
    if get(body, "totalResults") is None and get(body, "Resources") is None:
        return Finding(
            "a ListResponse", f"an object with {', '.join(list(body)[:5]) or 'nothing in it'}", "$"
        )
    return None


@check(
    "test_credentials.probe-keeps-to-two-people",
    on="test_credentials.probe",
    title="The probe asks for two people and gets at most two",
    references=("RFC7644-3.4.2.4-06", "okta:LAB-KR"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Apply count to the list.",
    follows=("every_list.keeps-to-the-count",),
)
def probe_keeps_to_two_people(exchange: Exchange) -> Finding | None:
    count = asked(exchange, "count", 2)
    too_many = len(exchange.page.ids) > count
    return Finding(f"no more than {count}", ids_of(exchange), "$.Resources") if too_many else None


@check(
    "test_credentials.scheme-ignores-letter-case",
    on="test_credentials.lower_case",
    title="The target accepts the word bearer in lower case",
    references=("RFC6750-2.1-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Ignore letter case in the name of the authentication scheme.",
)
def scheme_ignores_letter_case(exchange: Exchange) -> Finding | None:
    """Advice: Okta, and whoever else we know of, writes Bearer."""
    return advice("200 OK", exchange.answer.phrase) if exchange.status in {400, 401, 403} else None


@check(
    "test_credentials.strangers-are-refused",
    on=(*STRANGERS, *ELSEWHERE),
    title="A request with a wrong token, an unsigned token or no token is refused",
    references=("RFC7644-2-08", "RFC6750-2.1-02", "RFC6750-5.2-02", "okta:SPEC"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=OPEN_DOOR,
    fix="Check the token on every request, before anything else; refuse with 401.",
)
def strangers_are_refused(exchange: Exchange) -> Finding | None:
    """A redirect, to a login page for instance, opens nothing; `refusal-is-a-401` judges it.

    Advice where a 200 shows nothing of the directory: an error, `{}`, or a login page in place of the redirect.
    """
    if exchange.status >= 300:
        return None
    if exchange.request.method == "PUT" or _is_done(exchange) or _shows_the_directory(exchange.answer):
        return Finding("401 Unauthorized", exchange.answer.phrase)
    return advice("401 Unauthorized", f"{exchange.answer.phrase}, which shows nobody")


def _is_done(bulk: Exchange) -> bool:
    return is_processed(bulk) and any(map(is_done, results_of(bulk)))


def _shows_the_directory(answer: Answer) -> bool:
    """Whether it is a list, also an empty one, or a resource; or somebody stands in a list of it, whatever that is called."""
    shown = answer.parsed if answer.is_json else None
    parts = [shown, *(shown.values() if isinstance(shown, dict) else ())]
    listed = (each for part in parts if isinstance(part, list) for each in part)
    return _has(shown, "totalResults", "Resources", "id") or any(_has(each, *OF_SOMEBODY) for each in listed)


def _has(shown: Json, *names: str) -> bool:
    return any(get(shown, name) is not None for name in names)


@check(
    "test_credentials.strangers-see-nobody",
    on=(*STRANGERS, *ELSEWHERE),
    title="The answer to a request without a valid token shows no user",
    references=("RFC7644-2-08",),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=OPEN_DOOR,
    fix="Stop at the refusal, and build no list.",
)
def strangers_see_nobody(exchange: Exchange) -> Finding | None:
    try:
        listed = get(exchange.answer.parsed, "Resources")
    except ValueError:
        return None  # what is no JSON shows no user; every_answer.is-json judges it
    return Finding("no Resources", describe(listed), "$.Resources") if listed else None


@check(
    "test_credentials.refusal-is-a-401",
    on=KNOWN,
    when=lambda exchange: exchange.status >= 300,
    otherwise="no request was refused",
    title="A request without a valid token is refused with 401",
    references=("RFC7644-3.12-09", "RFC6750-3.1-02", "okta:SPEC", "okta:SUP-UNAUTH"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=UNCLEAR_REFUSAL,
    fix="Answer 401 for a missing or wrong token; use 403 for a valid token without the permission.",
)
def refusal_is_a_401(exchange: Exchange) -> Finding | None:
    """Advice where nothing is told: that it is forbidden, or of somebody that nobody is there."""
    if exchange.status == 401:
        return None
    if exchange.status == 403 or (exchange.status == 404 and exchange.step in BY_ID):
        return advice("401 Unauthorized", exchange.answer.phrase)
    return Finding("401 Unauthorized", exchange.answer.phrase)


@check(
    "test_credentials.refusal-tells-not-who-is-there",
    on=PLAY,
    title="Without a token nobody learns whether a user exists: who is there and who is gone are refused alike",
    references=("RFC7644-3.12-09", "RFC7644-2-08"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Check the token before anything is looked for, and answer 401 whatever the path names.",
    follows=("test_credentials.strangers-are-refused",),
)
def refusal_tells_not_who_is_there(transcript: Transcript) -> Finding | None:
    """Both ids were given by the target, so that no form of an id that it knows of tells them apart."""
    there, gone = (_refused(transcript, step) for step in ("read_user.no_token", GONE_BY_ID))
    if gone.status in GONE and there.status not in GONE:
        at = (there, gone)
        return Finding(f"{there.answer.phrase}, as of who is there", gone.answer.phrase, at=at)
    return None


def _refused(transcript: Transcript, step: str) -> Exchange:
    """The first that was, not for load or trouble. NotObserved where none was."""
    for each in transcript.of(step):
        if each.heard.answer and 400 <= each.status < 500 and each.status != BUSY:
            return each
    raise NotObserved("", "no such request was refused")


@check(
    "test_credentials.refusal-names-the-scheme",
    on=(*STRANGERS, *ELSEWHERE, PUBLIC),
    when=lambda exchange: exchange.status == 401,
    otherwise="no answer was 401",
    title="A 401 says in WWW-Authenticate how to authenticate",
    references=("RFC7644-2-04", "RFC6750-3-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Send `WWW-Authenticate: Bearer realm="…"` with every 401.',
)
def refusal_names_the_scheme(exchange: Exchange) -> Finding | None:
    header = exchange.answer.header("WWW-Authenticate")
    return None if header else Finding("a scheme, such as Bearer", "no such header", "WWW-Authenticate")


@check(
    "test_credentials.wrong-token-is-called-invalid",
    on="test_credentials.wrong_token",
    when=lambda exchange: (exchange.answer.header("WWW-Authenticate") or "").lower().startswith("bearer"),
    otherwise="the refusal names no Bearer scheme",
    title="The refusal of a wrong token says invalid_token",
    references=("RFC6750-3.1-02", "RFC6750-3-06"),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Send `WWW-Authenticate: Bearer realm="…", error="invalid_token"`.',
)
def wrong_token_is_called_invalid(exchange: Exchange) -> Finding | None:
    header = exchange.answer.header("WWW-Authenticate") or ""
    return None if "invalid_token" in header else Finding('error="invalid_token"', header, "WWW-Authenticate")


@check(
    "test_credentials.base-url-is-https",
    on="test_credentials.probe",
    when=lambda exchange: not exchange.is_on_this_machine,
    otherwise="the target is on this machine",
    title="The base URL uses HTTPS",
    references=("RFC7644-7.2-01", "RFC7644-7.4-02", "RFC6750-5.2-05", "okta:PREP"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=OKTA,
    consequence=TEST_FAILS,
    fix="Use TLS; Okta does not accept plain HTTP, and without TLS the token crosses the network unencrypted.",
)
def base_url_is_https(exchange: Exchange) -> Finding | None:
    scheme = exchange.heard.base_url.partition("://")[0]
    return None if scheme == "https" else Finding("https", scheme)
