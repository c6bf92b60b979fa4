"""What is broken is refused for its own reason, and what is odd is stored as what it can be, or not at all.

That a refused write changes nothing, that no answer is a server error and that every error has its form the rules say.
"""

import json
import re
from itertools import takewhile

from scim_tests.checks.reading.compare import changes, holds, is_the_clients
from scim_tests.checks.rfc.patch_user import read_before
from scim_tests.checks.rules.every_error import SCIM_TYPES, error_body
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import (
    COSMETIC,
    DEGRADED,
    MUST,
    RFC,
    SHOULD,
    WRONG_DATA,
    Finding,
    Severity,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

ACT = "send_odd_requests"
NO_USERS = ("empty", "no_json", "cut", "array", "null")
NO_PATCHES = (
    "patch_empty", "no_operations", "empty_operations", "one_operation", "no_op", "op_as_number", "no_value",
)  # fmt: skip
NO_PATHS = ("broken_path", "path_of_dots", "path_as_number")
WRONG_TYPES = (
    "active_as_text", "active_as_number", "title_as_object", "title_as_array", "title_as_number",
    "emails_as_text", "emails_as_object", "name_as_text",
)  # fmt: skip
# What the RFC says of the refusal of one PATCH (RFC 7644 3.5.2.2, 3.5.2.3).
SAID = {"no_path": "noTarget", "no_match": "noTarget", "remove_id": "mutability", "replace_id": "mutability"}
# Fitting scimTypes (RFC 7644 table 9), and those that a server may mean by it, too.
KINDS = {
    **dict.fromkeys(NO_USERS, frozenset({"invalidSyntax"})),
    **dict.fromkeys(NO_PATCHES, frozenset({"invalidSyntax", "invalidValue"})),  # the first is not of PATCH
    **dict.fromkeys(NO_PATHS, frozenset({"invalidPath", "invalidFilter"})),
    "path_as_number": frozenset({"invalidPath", "invalidSyntax", "invalidValue"}),
    **dict.fromkeys(WRONG_TYPES, frozenset({"invalidValue"})),
}
BAD = 400
NEAR = frozenset({"invalidSyntax", "invalidValue", "mutability"})  # a target may have the attribute read-only
NEAR_A_PATH = NEAR | {"noTarget"}


def steps(names: tuple[str, ...], prefix: str = "") -> tuple[str, ...]:
    """Of the act, by their whole names."""
    return tuple(f"{ACT}.{prefix}{name}" for name in names)


def name_of(exchange: Exchange) -> str:
    """The step without its act."""
    return exchange.step.partition(".")[2]


AFTER_WRONG_TYPES = steps((*WRONG_TYPES, "wrong_types"), "after_")
REFUSED = "every value of a wrong type was refused"


def wrong_kind(exchange: Exchange, right: frozenset[str], near: frozenset[str]) -> Finding | None:
    """A finding where a 400 has another scimType than fits; none, or one that may be meant, is advice."""
    shown = get(error_body(exchange), "scimType")
    if shown in right:
        return None
    mild = shown not in SCIM_TYPES or shown in near
    return Finding(" or ".join(sorted(right)), describe(shown), "$.scimType", mild=mild)


@check(
    "send_odd_requests.broken-patch-is-refused",
    on=steps((*NO_PATCHES, *NO_PATHS)),
    title="A PATCH without operations, or with one that has no operation, value or path of the RFC, is refused",
    references=("RFC7644-3.12-08",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Check the whole message before anything is done, and answer 400 with invalidSyntax, invalidValue or invalidPath.",
)
def broken_patch_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("400 Bad Request", exchange.answer.phrase) if exchange.is_success else None


@check(
    "send_odd_requests.no-json-is-no-patch",
    on=steps(("patch_no_json",)),
    when=lambda exchange: exchange.earlier("no_json").status == BAD,
    otherwise="a PUT of the same text is not refused with 400 either",
    title="A PATCH whose body is no JSON is refused, as a PUT of the same body is",
    references=("RFC7644-3.12-08", "RFC7644-3.12-21"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidSyntax where the body cannot be read; success says that the change was made.",
    follows=("send_odd_requests.broken-patch-is-refused",),
)
def no_json_is_no_patch(exchange: Exchange) -> Finding | None:
    if not exchange.is_success:
        return None
    return Finding("400 Bad Request, as for the PUT", exchange.answer.phrase)


@check(
    "send_odd_requests.patch-is-refused-as-the-rfc-says",
    on=steps(tuple(SAID)),
    title="A PATCH that finds no target is refused as noTarget, the change of a read-only attribute as mutability",
    references=(
        "RFC7644-3.5.2-06",
        "RFC7644-3.5.2.2-01",
        "RFC7644-3.5.2.2-07",
        "RFC7644-3.5.2.3-09",
        "RFC7644-3.12-20",
        "RFC7644-3.12-23",
    ),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 with the scimType that RFC 7644 3.5.2.2 and 3.5.2.3 give.",
)
def patch_is_refused_as_the_rfc_says(exchange: Exchange) -> Finding | None:
    """A refusal of another kind costs nobody data; one without a kind is advice."""
    said = SAID[name_of(exchange)]
    if exchange.is_success:
        return Finding(f"400 with {said}", exchange.answer.phrase, severity=_weight(exchange))
    if exchange.status != 400:
        return Finding(f"400 with {said}", exchange.answer.phrase, severity=COSMETIC)
    shown = get(error_body(exchange), "scimType")
    if shown == said:
        return None
    return Finding(said, describe(shown), "$.scimType", severity=COSMETIC, mild=shown is None)


def _weight(taken: Exchange) -> Severity:
    """Whoever is told that something was removed, or given to an entry that is not there, has other data."""
    return DEGRADED if name_of(taken) in {"remove_id", "replace_id"} else WRONG_DATA


@check(
    "send_odd_requests.refusal-is-of-its-kind",
    on=steps(tuple(KINDS)),
    when=lambda exchange: exchange.status == 400,
    otherwise="nothing was refused with 400",
    title="The refusal of a broken write says by its scimType what is broken",
    references=("RFC7644-3.12-21", "RFC7644-3.12-22", "RFC7644-3.12-24"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Send invalidSyntax for a broken body, invalidPath for a broken path, and invalidValue for a value of a wrong type.",
    follows=("every_error.has-the-error-schema",),
)
def refusal_is_of_its_kind(exchange: Exchange) -> Finding | None:
    name = name_of(exchange)
    return wrong_kind(exchange, KINDS[name], NEAR_A_PATH if name in NO_PATHS else NEAR)


@check(
    "send_odd_requests.patch-of-nobody-answers-404",
    on=f"{ACT}.of_nobody",
    when=lambda exchange: exchange.status not in {405, 501},
    otherwise="the target takes no PATCH",
    title="A PATCH of an id that does not exist is answered with 404",
    references=("RFC7644-3.5.2-23",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look for the user before the operations are read, and answer 404 where there is none.",
)
def patch_of_nobody_answers_404(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return None
    severity = WRONG_DATA if exchange.is_success else None
    is_fixed = exchange.status == BAD and get(exchange.json, "scimType") == "mutability"  # for anybody
    mild = exchange.status == 410 or is_fixed
    return Finding("404 Not Found", exchange.answer.phrase, severity=severity, mild=mild)


@check(
    "send_odd_requests.senseless-value-is-refused",
    on=steps(("active_as_text", "title_as_object")),
    title="A PUT with a value that no conversion makes sense of is refused",
    references=("RFC7644-3.12-08",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidValue where a value does not fit the type of its attribute.",
)
def senseless_value_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("400 Bad Request", exchange.answer.phrase) if exchange.is_success else None


@check(
    "send_odd_requests.wrong-type-makes-no-text",
    on=AFTER_WRONG_TYPES,
    when=lambda exchange: bool(_taken(exchange)),
    otherwise=REFUSED,
    title="An object, an array or a number that is given as title does not become a text made of it",
    references=("RFC7643-2.3-02",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Check the type of every value before it is stored, and answer 400 invalidValue.",
)
def wrong_type_makes_no_text(exchange: Exchange) -> Finding | None:
    """A number may be written as text, and an array of one text be read as that text."""
    shown = get(exchange.resource, "title")
    for write in _taken(exchange):
        given, before = get(write.request.resource, "title"), get(read_before(write), "title")
        is_odd = isinstance(given, dict | list | int)
        read = given[0] if isinstance(given, list) else json.dumps(given)
        if is_odd and isinstance(shown, str) and shown not in (before, read):
            return Finding("a refusal, or no value", describe(shown), "$.title", at=(write, exchange))
    return None  # what is no text is judged by the rules for types


@check(
    "send_odd_requests.wrong-type-leaves-the-rest",
    on=AFTER_WRONG_TYPES,
    when=lambda exchange: bool(_taken(exchange)),
    otherwise=REFUSED,
    title="A user of whom one value has a wrong type keeps all others",
    references=("RFC7644-3.5.1-03",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse the whole request, or store the rest of it as it is.",
)
def wrong_type_leaves_the_rest(exchange: Exchange) -> Finding | None:
    taken = _taken(exchange)
    odd = {name_of(each).partition("_")[0] for each in taken}
    for path, before, now in changes(read_before(taken[-1]), exchange.resource):
        name = re.split(r"\W", path.removeprefix("$."))[0]
        is_sent = all(get(each.request.resource, name) is not None for each in taken)
        kept = holds(
            get(exchange.resource, name), get(taken[0].request.resource, name)
        )  # not what was odd before
        if is_the_clients(path) and is_sent and not kept and name.lower() not in odd:
            at = (*taken, exchange)
            return Finding(f"{describe(before)}, as before", describe(now), path, at=at)
    return None


@check(
    "send_odd_requests.single-entry-is-not-lost",
    on="send_odd_requests.emails_as_object",
    when=lambda exchange: exchange.is_success and bool(exchange.answer.body),
    otherwise=REFUSED,
    title="A single entry in place of a list is kept, if it is not refused",
    references=("RFC7643-2.3-02",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse it with 400 invalidValue, or store it as a list of one.",
)
def single_entry_is_not_lost(exchange: Exchange) -> Finding | None:
    sent = get(exchange.request.resource, "emails", "value")
    shown = get(exchange.resource, "emails")
    entries = shown if isinstance(shown, list) else [shown]  # that it is no list, the rules for types say
    values = [get(each, "value") for each in entries]
    return None if sent in values else Finding(describe(sent), describe(shown), "$.emails")


def _taken(read: Exchange) -> list[Exchange]:
    """The writes since the read before that were answered with success, the first one last."""
    since = takewhile(lambda each: each.request.method != "GET", reversed(read.before))
    return [each for each in since if each.is_success]


@check(
    "send_odd_requests.json-by-its-other-name-is-taken",
    on=f"{ACT}.as_json",
    title="A body that is called application/json is read",
    references=("RFC7644-8.1-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept application/json in Content-Type too, as RFC 7644 8.1 knows it of older clients.",
)
def json_by_its_other_name_is_taken(exchange: Exchange) -> Finding | None:
    return advice("200 OK", exchange.answer.phrase) if exchange.status in {400, 406, 415} else None


@check(
    "send_odd_requests.post-to-a-user-is-refused",
    on=f"{ACT}.post_to_user",
    title="A POST to a user is refused, and a 405 says which methods there are",
    references=("RFC7644-3.2-05",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 405 with Allow (RFC 9110 15.5.6); users are created by a POST to /Users.",
)
def post_to_a_user_is_refused(exchange: Exchange) -> Finding | None:
    if exchange.is_success:
        return Finding("405 Method Not Allowed", exchange.answer.phrase)
    if exchange.status == 405 and exchange.answer.header("Allow") is None:
        return Finding("the methods there are", "no such header", "Allow")
    return None
