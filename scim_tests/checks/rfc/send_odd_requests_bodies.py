"""Bodies that are no user, no JSON, or a user without a name are refused, or change nothing."""

from scim_tests.checks.reading.compare import changes, is_the_clients
from scim_tests.checks.rfc.patch_user import read_before
from scim_tests.checks.rfc.send_odd_requests import ACT, NO_USERS, steps
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Resource, get, has


@check(
    "send_odd_requests.what-is-no-user-is-refused",
    on=steps(NO_USERS),
    title="A PUT whose body is no user at all is refused",
    references=("RFC7644-3.12-08",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidSyntax to a body that is empty, is no JSON or is no object.",
)
def what_is_no_user_is_refused(exchange: Exchange) -> Finding | None:
    """Advice where it is taken and the user stays as it was: statuses are a SHOULD."""
    if not exchange.is_success:
        return None
    lost = _lost(read_before(exchange), exchange)
    if lost:
        return Finding(
            "400 Bad Request", f"{exchange.answer.phrase}, and another {lost}", severity=WRONG_DATA
        )
    return advice("400 Bad Request", exchange.answer.phrase)


def _lost(before: Resource, put: Exchange) -> str:
    """The first attribute of the client's that the answer shows otherwise, or no more; empty where it shows no user."""
    try:
        shown = put.resource
    except NotObserved:
        return ""
    if not has(shown, "id") and not has(shown, "schemas"):
        return ""
    return next((path for path, _, _ in changes(before, shown) if is_the_clients(path)), "")


@check(
    "send_odd_requests.what-is-no-json-is-refused",
    on=steps(("two_documents", "no_utf8")),
    title="A PATCH with a second document behind the first, or with bytes that are no UTF-8, is refused",
    references=("RFC7644-3.12-08",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read the body to its end, decode it strictly, and answer 400 invalidSyntax where it is no JSON text.",
)
def what_is_no_json_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("400 Bad Request", exchange.answer.phrase) if exchange.is_success else None


@check(
    "send_odd_requests.empty-user-name-is-refused",
    on=f"{ACT}.empty_user_name",
    title="A PUT with an empty userName is refused",
    references=("RFC7643-4.1.1-01",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidValue to an empty userName as to a missing one.",
)
def empty_user_name_is_refused(exchange: Exchange) -> Finding | None:
    """Advice where no answer shows that it was stored."""
    if not exchange.is_success:
        return None
    is_stored = bool(exchange.answer.body) and get(exchange.resource, "userName") == ""
    return Finding("400 Bad Request", exchange.answer.phrase, mild=not is_stored)


@check(
    "send_odd_requests.group-keeps-a-name",
    on=(f"{ACT}.group_without_name", f"{ACT}.group_name_removed"),
    when=lambda exchange: exchange.status not in {405, 501},
    otherwise="groups take no such write",
    title="A PUT of a group without displayName, and a PATCH that removes it, are refused",
    references=("RFC7643-4.2-01",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 to whatever would leave a group without displayName, which is required.",
)
def group_keeps_a_name(exchange: Exchange) -> Finding | None:
    """Advice where no answer shows that the name is gone."""
    if not exchange.is_success:
        return None
    is_gone = bool(exchange.answer.body) and not get(exchange.resource, "displayName")
    return Finding("400 Bad Request", exchange.answer.phrase, mild=not is_gone)
