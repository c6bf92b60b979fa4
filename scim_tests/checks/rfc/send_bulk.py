"""What bulk requests come to: references are resolved, failures stop nothing or what they should, and limits hold (RFC 7644 3.7)."""

from collections.abc import Sequence

from scim_tests.checks.reading.bulk import Operation, are_told_apart, operations_of, results_of
from scim_tests.checks.reading.groups import member_ids
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.act import NOBODY
from scim_tests.model.bulk import REFERENCE
from scim_tests.model.check import (
    DEGRADED,
    MUST,
    RFC,
    WRONG_DATA,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get, strings

SOUND = ("send_bulk.make", "send_bulk.mixed", "send_bulk.outdated", "send_bulk.remove", "send_bulk.large")
STOPPED = ("send_bulk.stop", "send_bulk.stop_at_two")
ENDED = (*STOPPED, "send_bulk.stop_creates")


@check(
    "send_bulk.sound-request-is-processed",
    on=(*SOUND, *ENDED),
    title="A bulk request within the limits is processed, also if some of its operations fail",
    references=("RFC7644-3.7-01", "RFC7644-3.7-13", "RFC7644-3.7-14"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take a BulkRequest of every method and resource type, and answer 200 with the result of each operation.",
)
def sound_request_is_processed(exchange: Exchange) -> Finding | None:
    """The RFC calls what failOnErrors ends an error response, too: advice there."""
    if exchange.is_success:
        return None
    return Finding("200 OK", exchange.answer.phrase, mild=exchange.step in ENDED)


def processed(exchange: Exchange) -> Sequence[Operation]:
    """The operations of a request that was processed."""
    if not exchange.is_success:
        raise NotObserved(exchange.step, f"answered {exchange.answer.phrase}")
    if not results_of(exchange):
        raise NotObserved(exchange.step, "has no results")
    if not are_told_apart(exchange):
        raise NotObserved(exchange.step, "has results that say of no operation that they are its own")
    return operations_of(exchange)


def _refers_to(each: Operation) -> list[str]:
    data = get(each.asked, "data")
    return [text.removeprefix(REFERENCE) for text in strings(data) if text.startswith(REFERENCE)]


@check(
    "send_bulk.makes-what-refers-to-others",
    on=("send_bulk.make", "send_bulk.mixed"),
    title="A bulk request makes a group before its members, a user before the manager, and adds a new user to a group",
    references=("RFC7644-3.7-18", "RFC7644-3.7.2-02", "RFC7644-3.7.2-03"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Resolve each `bulkId:…` among all operations of the request, later ones too, before it is refused.",
    follows=("send_bulk.sound-request-is-processed",),
)
def makes_what_refers_to_others(exchange: Exchange) -> Finding | None:
    """Of groups in groups only what the target's schema says is known, and of PATCH what it says of itself: else advice."""
    patches = get(exchange.earlier("config").resource, "patch", "supported") is True
    operations = processed(exchange)
    done = {str(get(each.asked, "bulkId")) for each in operations if each.is_done}
    groups = {str(get(each.asked, "bulkId")) for each in operations if each.path == "/Groups"}
    for each in operations:
        named = set(_refers_to(each))
        if named and named <= done and each.result is not None and not each.is_done:
            kind = "group" if each.path.startswith("/Groups") else "user"
            got = f"{each.status} for the {kind} that refers to it"
            mild = bool(named & groups) or (each.method == "PATCH" and not patches)
            return Finding("success, as for whom it refers to", got, "$.Operations", mild=mild)
    return None


@check(
    "send_bulk.takes-what-a-single-request-may-ask",
    on=("send_bulk.make", "send_bulk.remove"),
    title="A bulk request creates a user that refers to nobody, and deletes, as single requests do",
    references=("RFC7644-3.7-01",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Handle each operation of a bulk request by the code that handles it as a request of its own.",
    follows=(
        "send_bulk.sound-request-is-processed",
        "every_bulk.has-a-result-for-each-operation",
        "push_user.create-answers-201",
        "make_specimens.create-answers-201",
    ),
)
def takes_what_a_single_request_may_ask(exchange: Exchange) -> Finding | None:
    alone = [each for each in processed(exchange) if each.result is not None and not _refers_to(each)]
    if not alone:
        raise NotObserved(exchange.step, "has no result of an operation that refers to nothing")
    refused = next((each for each in alone if each.status in {400, 422}), None)
    return Finding("it done", f"{refused.status} for {refused.name}", "$.Operations") if refused else None


def _made_in(exchange: Exchange, step: str) -> Operation:
    """The operation that made the group a read shows."""
    for each in processed(exchange.earlier(step)):
        if each.made and f"{each.path}/{each.made}" == exchange.request.endpoint:
            return each
    raise NotObserved("", "the answer to its create did not tell its id")


@check(
    "send_bulk.new-group-has-its-new-members",
    on=("send_bulk.groups_after_make", "send_bulk.groups_after_circle"),
    when=lambda exchange: exchange.is_success,
    otherwise="no group was made",
    title="A group that was made with members of the same request has them",
    references=("RFC7644-3.7-18", "RFC7644-3.7.2-02"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Create whom a group refers to before the group, or put them in afterwards.",
    follows=("every_bulk.leaves-no-bulk-id-behind", "send_bulk.makes-what-refers-to-others"),
)
def new_group_has_its_new_members(exchange: Exchange) -> Finding | None:
    step = exchange.step.rpartition("_after_")[2]
    made = _made_in(exchange, step)
    ids = {str(get(each.asked, "bulkId")): each.made for each in processed(exchange.earlier(step))}
    wanted = {ids.get(each, "") for each in _refers_to(made)} - {""}
    missing = sorted(wanted - member_ids(exchange.resource))
    if not missing:
        return None
    return Finding(f"{missing[0]} among them", describe(get(exchange.resource, "members")), "$.members")


@check(
    "send_bulk.circle-is-closed-or-a-conflict",
    on="send_bulk.circle",
    title="Two new groups that have each other as a member are made, or answered with 409",
    references=("RFC7644-3.7.1-01",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Make both, then their members; where that fails answer 409.",
)
def circle_is_closed_or_a_conflict(exchange: Exchange) -> Finding | None:
    if exchange.status == 409:
        return None
    if not exchange.is_success:
        return Finding("200 OK, or 409 Conflict", exchange.answer.phrase)
    operations = processed(exchange)
    statuses = [each.status for each in operations if each.result is not None]
    if 409 in statuses or all(each.is_done for each in operations):
        return None
    return Finding("201 for both, or 409", " and ".join(map(str, statuses)), "$.Operations")


@check(
    "send_bulk.makes-nobody-twice",
    on="send_bulk.stop_creates",
    title="Of two creates of one userName in a bulk request one is refused at least",
    references=("RFC7644-3.3-08", "RFC7643-4.1.1-02"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look for the userName among those whom the same request made, too, and answer 409.",
    follows=("duplicate_user.same-user-name-is-refused",),
)
def makes_nobody_twice(exchange: Exchange) -> Finding | None:
    done: set[str] = set()
    for each in processed(exchange):
        name = str(get(each.asked, "data", "userName")).casefold()
        if each.is_done and name in done:
            return Finding("409 for the second", f"{each.status} for both", "$.Operations")
        if each.is_done:
            done.add(name)
    return None


def _fails_for_sure(each: Operation) -> bool:
    return each.path.endswith(NOBODY)


@check(
    "send_bulk.goes-on-after-a-failure",
    on="send_bulk.mixed",
    title="Without failOnErrors a failed operation stops no other",
    references=("RFC7644-3.7-14",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Do each operation by itself, and keep what succeeded when another one fails.",
    follows=("send_bulk.sound-request-is-processed", "every_bulk.has-a-result-for-each-operation"),
)
def goes_on_after_a_failure(exchange: Exchange) -> Finding | None:
    """Some refusals may have reasons of their own, those of one method have not, but of PATCH where the target does not
    say that it takes one.
    """
    patches = get(exchange.earlier("config").resource, "patch", "supported") is True
    taken = [each for each in processed(exchange) if patches or each.method != "PATCH"]
    sound = [each for each in taken if not _fails_for_sure(each)]
    left = [each for each in sound if not each.is_done]
    if not left:
        return None
    done = {each.method for each in sound if each.is_done}
    first = next((each for each in left if each.method not in done), left[0])
    got = f"{first.status or 'nothing'} for {first.method}"
    return Finding("success", got, "$.Operations", mild=first.method in done)


def _beyond(exchange: Exchange) -> tuple[Sequence[Operation], Sequence[Operation]]:
    """The operations up to the failure that ends the request, and those behind it."""
    operations, most = processed(exchange), get(exchange.request.written, "failOnErrors")
    failing = [place for place, each in enumerate(operations) if _fails_for_sure(each)]
    last = failing[most - 1]
    return operations[:last], operations[last + 1 :]


@check(
    "send_bulk.stops-after-so-many-failures",
    on=STOPPED,
    title="With failOnErrors no operation behind the last failure that is allowed is done",
    references=("RFC7644-3.7-16",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Count failed operations, and stop when failOnErrors of them have failed.",
)
def stops_after_so_many_failures(exchange: Exchange) -> Finding | None:
    done = [each for each in _beyond(exchange)[1] if each.is_done]
    return (
        Finding("no result, or a failure", f"{done[0].status} for {done[0].method}", "$.Operations")
        if done
        else None
    )


@check(
    "send_bulk.goes-on-below-so-many-failures",
    on=STOPPED,
    title="With failOnErrors whatever stands before the last failure that is allowed is done",
    references=("RFC7644-3.7-16",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Stop no earlier than after failOnErrors failures, and return the results so far.",
    follows=("send_bulk.goes-on-after-a-failure",),
)
def goes_on_below_so_many_failures(exchange: Exchange) -> Finding | None:
    """Where a PATCH was not done without failOnErrors either, that says nothing."""
    known = [each for each in processed(exchange.earlier("mixed")) if each.method == "PATCH"]
    if not any(each.is_done for each in known):
        raise NotObserved("send_bulk.mixed", "has no PATCH that was done")
    left = [each for each in _beyond(exchange)[0] if not each.is_done and not _fails_for_sure(each)]
    return (
        Finding("success", f"{left[0].status or 'no result'} for {left[0].method}", "$.Operations")
        if left
        else None
    )


@check(
    "send_bulk.does-nothing-once-stopped",
    on=("send_bulk.after_stop", "send_bulk.after_stop_at_two", "send_bulk.not_made"),
    when=lambda exchange: exchange.is_success,
    otherwise="nobody was looked at",
    title="What a bulk request did not reach is not done",
    references=("RFC7644-3.7-16",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Stop when failOnErrors is reached; do not only leave out the results.",
    follows=("send_bulk.stops-after-so-many-failures",),
)
def does_nothing_once_stopped(exchange: Exchange) -> Finding | None:
    if exchange.step == "send_bulk.not_made":
        return (
            Finding("nobody", "the user whose create was not reached", "$.Resources")
            if exchange.page.ids
            else None
        )
    step = exchange.step.removeprefix("send_bulk.after_")
    place = exchange.request.endpoint
    before = [each for each in exchange.before if each.request.endpoint == place and each.is_success]
    for each in _beyond(exchange.earlier(step))[1] if before else ():
        change = get(each.asked, "data", "Operations", 0)
        path, value = str(get(change, "path")), get(change, "value")
        was, now = (get(shown.resource, *path.split(".")) for shown in (before[-1], exchange))
        if each.path == place and was != now == value:
            return Finding(f"{describe(was)}, as before", describe(now), f"$.{path}")
    return None
