"""From what a load has counted to the verdict on each check, and how the load ends."""

from dataclasses import replace

from scim_tests.checks import catalogue, load_catalogue
from scim_tests.engine.gate import Gate
from scim_tests.engine.judge import Judgement, judgement
from scim_tests.engine.results import Ending, Result, ending, weighed
from scim_tests.engine.run_state import RunState
from scim_tests.errors import ExitCode, ScimTestsError
from scim_tests.knowledge.effect import Effect
from scim_tests.model.check import LOAD, Check, Consequence, Finding, Known, Severity
from scim_tests.model.load_plan import CONNECTIONS, LoadPlan
from scim_tests.model.load_state import LoadState
from scim_tests.model.profile import Profile
from scim_tests.model.record import CheckRecord, Outcome
from scim_tests.model.tally import Found, Tally
from scim_tests.model.verdict import Verdict, worst
from scim_tests.record.build import check_record

WAITED_FOR = "every_answer.arrives"  # where this machine was too slow, an answer that did not come may have been ours to fetch
ERRORS = {"unreachable": "unreachable", "credentials-refused": "refused"}  # verdicts by the code of an error
INTERRUPTED = "The load was interrupted; what was seen so far is here."
LATE = "One job in twenty began more than {:.1f} s after its time: "
TOO_SLOW_TARGET = (
    "nearly all {:,} connections of the load were taken, so the target answered too slowly for this rate. Take a "
    "lower rate to see what it keeps; the times of answers count from when a request left."
)
TOO_SLOW_MACHINE = (
    "{:,} of {:,} connections were taken at most, so this machine could not keep the rate. Take more processes or "
    "machines, or a lower rate; the times of answers count from when a request left."
)
NEARLY_ALL = 0.9  # of the connections: not every process is at its busiest in the same slice


def verdicts(  # noqa: PLR0913 -- what an ending hangs on
    plan: LoadPlan,
    tally: Tally,
    profile: Profile,
    gate: Gate,
    *,
    interrupted: bool = False,
    error: ScimTestsError | None = None,
) -> tuple[list[CheckRecord], Outcome]:
    """What every check of loads says, and every other that met an answer, and how the load ends; an `error` ended it."""
    state = LoadState(plan, tally, profile.limits.timeout)
    found = [_of_load(each, state, profile) for each in load_catalogue()]
    found += [_of_answers(each, tally) for each in catalogue() if each.id in tally.checks]
    tolerated = gate.tolerated(found)
    run_state = RunState()
    run_state.interrupted, run_state.broken = interrupted, tally.broken
    end = _at_its_end(ending(run_state, found, strict=gate.strict, tolerated=tolerated), tally)
    if error and not interrupted:
        end = Ending(error.exit_code, ERRORS.get(error.code, "broken"), error.message)
    records = [
        replace(_record(each, tally, profile), tolerated=tolerated.reasons.get(each.check.id, ""))
        for each in found
    ]
    return records, Outcome(int(end.exit_code), end.verdict, end.sentence)


def notices(plan: LoadPlan, tally: Tally) -> list[str]:
    """What every report says first: that the load was late, and who was too slow for it."""
    if not tally.lateness:
        return []
    busy, most = max(tally.under_way.values(), default=0), CONNECTIONS * plan.workers
    is_full = busy >= NEARLY_ALL * most
    why = TOO_SLOW_TARGET.format(most) if is_full else TOO_SLOW_MACHINE.format(busy, most)
    return [LATE.format(tally.lateness) + why]


def _of_load(check: Check, state: LoadState, profile: Profile) -> Result:
    said = judgement(check, state, Judgement(Verdict.PASS, ()))
    return Result(check, said.verdict, (weighed(check, said, profile.capabilities),), said.why)


def _of_answers(check: Check, tally: Tally) -> Result:
    """The examples stand for all findings: the gravest are among them."""
    counted = tally.checks[check.id]
    verdict = worst([Verdict(each) for each in counted.verdicts])
    judgements = tuple(map(_judgement, counted.found))
    if verdict is Verdict.FAIL and check.id == WAITED_FOR and tally.lateness:
        verdict = Verdict.ADVICE
        judgements = tuple(replace(each, verdict=verdict) for each in judgements)
    judged = verdict.is_judged or verdict is Verdict.BROKEN
    return Result(check, verdict, judgements, "" if judged else counted.why)


def _judgement(found: Found) -> Judgement:
    follows = found.consequence
    consequence = Consequence(follows.text, Known(follows.known), follows.admin_sees)
    return Judgement(
        Verdict(found.verdict),
        (),
        Finding(found.expected, found.got, found.where),
        effect=Effect(Severity(found.severity), consequence),
    )


def _record(result: Result, tally: Tally, profile: Profile) -> CheckRecord:
    """With what was counted and found out while there was an answer to look at."""
    record = check_record(result, LOAD, {}, profile.capabilities)
    counted = tally.checks.get(result.check.id)
    if counted is None:
        return record
    failed = [each for each in counted.found if each.verdict == Verdict.FAIL]
    return replace(record, places=dict(counted.verdicts), aftermath=failed[0].aftermath if failed else [])


def _at_its_end(end: Ending, tally: Tally) -> Ending:
    """A load that was stopped is never good, whatever was seen until then."""
    if end.verdict == "interrupted":
        return replace(end, sentence=INTERRUPTED)
    if not tally.stopped:
        return end
    told = replace(end, sentence=f"{tally.stopped} {end.sentence}")
    is_good = end.exit_code in {ExitCode.ALL_GOOD, ExitCode.NOTHING_JUDGED}
    return replace(told, exit_code=ExitCode.CONFORMANCE_FAILURES, verdict="failed") if is_good else told
