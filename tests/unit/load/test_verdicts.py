"""From what a load counted to verdicts and its ending."""

import pytest

from scim_tests import profiles
from scim_tests.checks import load_catalogue
from scim_tests.engine.gate import Gate
from scim_tests.errors import ExitCode
from scim_tests.load.verdicts import notices, verdicts
from scim_tests.model.check import Severity
from scim_tests.model.record import CheckRecord, ConsequenceRecord, Outcome
from scim_tests.model.tally import CheckTally, Found, StepTally, Tally, Timing
from tests.unit.load.counted_loads import NAME, PLAN, honest

RULE = "every_answer.is-no-server-error"
USUAL = Gate()


def told(
    tally: Tally, gate: Gate = USUAL, *, interrupted: bool = False
) -> tuple[dict[str, CheckRecord], Outcome]:
    """The checks by their ids, and the ending."""
    checks, outcome = verdicts(PLAN, tally, profiles.load("okta"), gate, interrupted=interrupted)
    return {each.id: each for each in checks}, outcome


def failing(severity: Severity = Severity.STOPS_PROVISIONING) -> Tally:
    """A load in which one answer in a thousand was a server error of that severity."""
    tally = honest()
    follows = ConsequenceRecord("The job fails.", "documented", "…: Internal Server Error.")
    found = Found("fail", "an answer below 500", "500", "", severity.value, follows)
    tally.checks[RULE] = CheckTally({"pass": 999, "fail": 1}, [found])
    return tally


def test_an_honest_load_is_good() -> None:
    """All checks of loads stand in the record, and the exit code is 0."""
    checks, outcome = told(honest())
    assert checks.keys() == {each.id for each in load_catalogue()}
    assert (outcome.exit_code, outcome.verdict) == (ExitCode.ALL_GOOD, "passed")


def test_a_failure_is_told_with_what_follows() -> None:
    """A check of the answers has its places, examples, severity and consequence, as in `run.json`; the load failed."""
    checks, outcome = told(failing())
    rule = checks[RULE]
    assert (rule.verdict, rule.severity, rule.places) == (
        "fail",
        "stops-provisioning",
        {"pass": 999, "fail": 1},
    )
    assert rule.consequence.text == "The job fails."
    assert rule.findings[0].got == "500"
    assert rule.references
    assert (outcome.exit_code, outcome.verdict) == (ExitCode.CONFORMANCE_FAILURES, "failed")


def test_a_check_of_loads_fails_the_load() -> None:
    """A person who is lost is a failure like any other, with the consequence that its check declares."""
    tally = honest()
    tally.final.missing = [NAME]
    checks, outcome = told(tally)
    lost = checks["load.everybody-made-is-there"]
    assert (lost.verdict, lost.act, lost.story) == ("fail", "load", "load")
    assert "404" in lost.consequence.text
    assert outcome.exit_code == ExitCode.CONFORMANCE_FAILURES


def test_advice_fails_a_load_only_with_strict() -> None:
    """Slow pages are advice: the load is good, and with --strict it is not."""
    tally = honest()
    tally.walks[1].out_of_order = 3
    assert told(tally)[1].exit_code == ExitCode.ALL_GOOD
    assert told(tally, Gate(strict=True))[1].exit_code == ExitCode.CONFORMANCE_FAILURES


@pytest.mark.parametrize(
    "gate", [Gate(known={RULE: "known until 2027 (me): soon"}), Gate(fail_on=Severity.SECURITY)], ids=["baseline", "fail-on"]
)  # fmt: skip
def test_the_gate_of_a_run_holds(gate: Gate) -> None:
    """What a baseline knows, and what is below --fail-on, does not fail the load, and says why."""
    checks, outcome = told(failing(Severity.DEGRADED), gate)
    assert outcome.exit_code == ExitCode.ALL_GOOD
    assert checks[RULE].tolerated


def test_a_load_that_was_stopped_is_not_good() -> None:
    """Whoever stopped it: what was seen until then passed, and the load did not."""
    tally = honest()
    tally.stopped = "The load was stopped: 100 of the last 200 requests were throttled (429)."
    outcome = told(tally)[1]
    assert (outcome.exit_code, outcome.verdict) == (ExitCode.CONFORMANCE_FAILURES, "failed")
    assert outcome.sentence.startswith(tally.stopped)
    interrupted = told(tally, interrupted=True)[1]
    assert interrupted.exit_code == ExitCode.INTERRUPTED
    assert interrupted.sentence.startswith("The load was interrupted")


def test_nothing_judged_is_never_green() -> None:
    """A load that sent nothing ends with 5; one in which our own code failed with 3."""
    assert told(Tally())[1].exit_code == ExitCode.NOTHING_JUDGED
    tally = honest()
    tally.broken = ["KeyError: 'id'"]
    assert told(tally)[1].exit_code == ExitCode.OUR_ERROR


@pytest.mark.parametrize(
    ("busy", "words"),
    [(30, "30 of 200 connections were taken at most, so this machine could not keep the rate"), (200, "the target answered too slowly")],
)  # fmt: skip
def test_who_was_too_slow_is_told_by_the_connections(busy: int, words: str) -> None:
    """Where hardly any was taken, this machine began too late; no check holds it against the target."""
    tally = honest()
    assert notices(PLAN, tally) == []
    tally.late, tally.under_way["1"] = {"5": 90, "2400": 10}, busy
    (said,) = notices(PLAN, tally)
    assert "2.4 s" in said
    assert words in said
    assert told(tally)[1].exit_code == ExitCode.ALL_GOOD


@pytest.mark.parametrize(("late", "verdict"), [({"5": 100}, "fail"), ({"5": 90, "2400": 10}, "advice")])
def test_an_answer_that_did_not_come_may_be_ours(late: Timing, verdict: str) -> None:
    """Where this machine was too slow for the rate, it may have been too slow to fetch an answer, too."""
    tally = honest()
    tally.late = late
    tally.steps["push_user.create"].statuses["none"] = 1
    found = Found(
        "fail",
        "a whole answer",
        "none",
        "",
        "degraded",
        ConsequenceRecord("Okta gives up.", "documented", ""),
    )
    tally.checks["every_answer.arrives"] = CheckTally({"pass": 9, "fail": 1}, [found])
    checks = told(tally)[0]
    assert {checks[each].verdict for each in ("every_answer.arrives", "load.answers-without-failing")} == {
        verdict
    }


@pytest.mark.parametrize("status", ["none", "401"])
def test_a_target_that_could_not_be_talked_to_was_put_under_no_load(status: str) -> None:
    """Where the credentials were all that was asked for, no check of loads says anything of it."""
    tally = Tally(steps={"test_credentials.probe": StepTally("GET", {status: 1})})
    assert {each.verdict for each in told(tally)[0].values()} == {"not asked"}
