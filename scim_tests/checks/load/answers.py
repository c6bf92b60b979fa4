"""Checks of loads: every request is answered, in time, and as it is without a load."""

from scim_tests.checks.load.counted import FEW, MANY, milliseconds, need, need_so_many
from scim_tests.knowledge.consequences import TIMES_OUT
from scim_tests.model.check import (
    BOTH,
    DEGRADED,
    DOCUMENTED,
    INFERRED,
    LOAD,
    MUST,
    OKTA,
    SHOULD,
    STOPS,
    Consequence,
    Finding,
    check,
)
from scim_tests.model.exchange import NotObserved
from scim_tests.model.load_plan import BATCH
from scim_tests.model.load_state import LoadState
from scim_tests.model.tally import NO_ANSWER, StepTally, Tally, longer, quantile, together

MOST = 1_000  # requests, at least, of which it is asked whether one in very many stalls, or each slows down the next
OFTEN = 50  # answers, at least, of which one can be far from the others
SLOW, QUICK = 12, 60  # parts of the time that Okta waits: 5 seconds, and one
AGAIN = 3  # parts of the load in which a slow answer stands among quick ones
NEVER_TRIED_AGAIN = Consequence(
    "Each of these stands as a task under Dashboard > Tasks until an admin chooses Retry Selected: Okta repeats by "
    "itself only what was answered 429.",
    DOCUMENTED,
    "Automatic provisioning of user … to app … failed: …",
)
LASTS_LONGER = Consequence(
    "Okta waits for each answer before it goes on with that person, so an assignment or an import takes as much longer.",
    INFERRED,
)


@check(
    "load.answers-without-failing",
    on=LOAD,
    title="Under the load every request is answered, and none with 5xx",
    references=("RFC7644-3.2-05", "RFC7644-3.12-08", "okta:FAQ", "okta:F22746"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NEVER_TRIED_AGAIN,
    fix="500 is a fault of the server's code: its log says why. Where it is 503 or no answer, let requests wait for a "
    "free connection or worker instead of failing when all are taken; where it is too much, answer 429 with "
    "Retry-After, which Okta obeys.",
)
def answers_without_failing(state: LoadState) -> Finding | None:
    tally = state.tally
    statuses = together(each.statuses for each in _sent(tally).values())
    failed = {status: number for status, number in statuses.items() if _fails(status)}
    if not statuses:
        raise NotObserved("", "nothing was sent")
    if not failed:
        return None
    said = ", ".join(f"{_named(status)} {number:,} times" for status, number in sorted(failed.items()))
    first = min((each for each in tally.failed if tally.failed[each]), key=int, default="")
    when = f"; first after {int(first) * tally.slice_seconds:.0f} s" if first else ""
    busy = tally.under_way.get(first, 0)
    beside = f", with up to {busy:,} requests under way" if busy else ""
    is_ours = (
        failed.keys() == {NO_ANSWER} and tally.lateness > 0
    )  # this machine was too slow to fetch them, perhaps
    return Finding(f"{sum(statuses.values()):,} answers below 500", said + when + beside, mild=is_ours)


def _sent(tally: Tally) -> dict[str, StepTally]:
    """What was asked for beside the credentials: where these are refused, or nobody answers, no load was put."""
    return {name: step for name, step in tally.steps.items() if not name.startswith("test_credentials.")}


def _fails(status: str) -> bool:
    return status == NO_ANSWER or (status.startswith("5") and status != "501")


def _named(status: str) -> str:
    return "no answer" if status == NO_ANSWER else status


@check(
    "load.requests-are-taken",
    on=LOAD,
    title="Under the load no request that Okta sends is refused with 4xx",
    references=("okta:S20", "okta:F22746"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=NEVER_TRIED_AGAIN,
    fix="Look at the request and its answer: what is taken from one job at a time has to be taken from many.",
)
def requests_are_taken(state: LoadState) -> Finding | None:
    if not _sent(state.tally):
        raise NotObserved("", "nothing was sent")
    told = {"429", "404"} if state.tally.final.missing else {"429"}  # who is not there is told of elsewhere
    refused = [
        each for each in state.tally.tasks.values() if each.status[:1] == "4" and each.status not in told
    ]
    if not refused:
        return None
    said = ", ".join(f"{each.step} {each.people:,} times with {each.status}" for each in refused)
    names = [name for each in refused for name in each.examples if name]
    return Finding("no refusal", f"{said} (such as {names[0]})" if names else said)


@check(
    "load.answers-can-be-used",
    on=LOAD,
    title="Under the load every answer of success says what Okta needs to go on",
    references=("RFC7644-3.2-07", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NEVER_TRIED_AGAIN,
    fix="Look at the answer: what fails while it is written, or is read meanwhile by somebody else, has to be an error "
    "and not a success without a body, or with that of another request.",
)
def answers_can_be_used(state: LoadState) -> Finding | None:
    if not _sent(state.tally):
        raise NotObserved("", "nothing was sent")
    stuck = [each for each in state.tally.tasks.values() if each.why]
    if not stuck:
        return None
    said = "; ".join(
        f"{each.step} {each.people:,} times with {each.status} (such as {each.examples[0]}): {each.why}"
        for each in stuck
    )
    return Finding("answers with which Okta goes on", said)


@check(
    "load.answers-are-steady",
    on=LOAD,
    title="No answer takes seconds again and again, while those beside it take a fraction of one",
    references=("okta:FAQ", "okta:GH2540"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=TIMES_OUT,
    fix="Look for what one request in very many waits for: a lock, a connection that was lost and is made again, "
    "a cache that is filled anew, one of several servers that is slow.",
)
def answers_are_steady(state: LoadState) -> Finding | None:
    """What holds up all at once, as a machine that swaps does, is not told here: those beside it wait as well."""
    slow, quick = state.timeout * 1000 / SLOW, state.timeout * 1000 / QUICK
    seen = {
        name: step.timing for name, step in state.tally.steps.items() if sum(step.timing.values()) >= OFTEN
    }
    if not seen:
        raise NotObserved("", f"too few answers to tell: no step has {OFTEN}")
    held_up: dict[str, int] = {}
    for name in seen:
        for part, timing in state.tally.steps[name].slices.items():
            late = sum(number for each, number in timing.items() if int(each) >= slow)
            if late and (quantile(timing, 0.5) or slow) <= quick:
                held_up[part] = held_up.get(part, 0) + late
    name = max(seen, key=lambda each: max(map(int, seen[each])))
    longest, usual = max(map(int, seen[name])), quantile(seen[name], 0.5) or 0.0
    if not held_up:
        need_so_many("requests", state.tally.exchanges, MOST)
        return None
    got = f"{sum(held_up.values()):,} took longer, up to {milliseconds(longest)} for {name}, which mostly takes {milliseconds(usual)}"
    if len(held_up) < AGAIN:
        raise NotObserved("", f"too seldom to tell: {got}")
    return Finding(f"answers within {milliseconds(slow)}", got)


@check(
    "load.answers-do-not-slow-down",
    on=LOAD,
    title="When the load is over, a single request takes as long as it did before",
    references=("okta:FAQ",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=LASTS_LONGER,
    fix="Look for what grows with every request and is gone through in each: a list in memory, an audit table "
    "without an index, listeners or sessions that nobody removes.",
)
def answers_do_not_slow_down(state: LoadState) -> Finding | None:
    """Of requests one after the other: under a load, one that is too much makes any server's answers longer."""
    tally = state.tally
    need(FEW, tally.calm_before, tally.calm_reads)
    found = longer(tally.calm_before, tally.calm_reads, times=3, by=50)
    if found is None:
        need_so_many("requests", tally.exchanges, MOST)
        return None
    before, after = map(milliseconds, found)
    return Finding(f"about {before}, as before the load", f"{after} for a read by id after it")


@check(
    "load.look-ups-do-not-scan",
    on=LOAD,
    title="A look-up by userName takes about as long as a read by id",
    references=("okta:S20", "okta:FAQ"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=Consequence(
        "Every assignment begins with a look-up, so that each person who is added makes all later assignments slower, "
        "up to the 60 seconds after which Okta gives up.",
        INFERRED,
        "Error while verifying if user exists: null",
    ),
    fix="Put an index on what the filter compares, userName in small letters for example; a look-up that reads every "
    "user takes longer with each of them.",
)
def look_ups_do_not_scan(state: LoadState) -> Finding | None:
    """Of requests one after the other, as above; a read by id has an index nearly everywhere."""
    tally = state.tally
    need(FEW, tally.calm_reads, tally.calm_after)
    found = longer(tally.calm_reads, tally.calm_after, times=4, by=25)
    if found is None:
        need_so_many("people", max([tally.created, *(walk.people for walk in tally.walks)]), MANY)
        return None
    read, look_up = map(milliseconds, found)
    return Finding(
        f"about {read}, as a read by id", f"{look_up}, with {tally.created:,} people more than before"
    )


@check(
    "load.group-writes-do-not-scan",
    on=LOAD,
    title="To add somebody to a large group takes no longer than to put the first members into it",
    references=("okta:GH2540", "okta:FAQ"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=TIMES_OUT,
    fix="Add a member as a row of its own, without loading or looking up those who are there, and answer 204 instead "
    "of showing them all.",
)
def group_writes_do_not_scan(state: LoadState) -> Finding | None:
    """Of single writes in turn with reads, when all else is over; the first members were put there under the load."""
    tally = state.tally
    need(FEW, tally.calm_reads, tally.calm_group_writes)
    need(1, tally.first_batches)
    grown = longer(tally.first_batches, tally.calm_group_writes, times=3, by=100)
    if not grown or not longer(tally.calm_reads, tally.calm_group_writes, times=4, by=100):
        need_so_many("members", state.plan.members, BATCH + 1)
        return None
    first, now = map(milliseconds, grown)
    return Finding(
        f"about {first}, as the first", f"{now} for one more, in a group of {state.plan.members:,}"
    )
