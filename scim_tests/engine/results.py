"""From judgements to the verdict on each check, the root causes, and how the run ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.run_state import RunState, SceneRun, State
from scim_tests.errors import ExitCode
from scim_tests.model.check import Check, Severity
from scim_tests.model.verdict import Verdict, worst

RED = frozenset({Verdict.FAIL, Verdict.BROKEN})


@dataclass(frozen=True)
class Result:
    """A check and what came of it. `why` and `blame` explain blocked and not asked."""

    check: Check
    verdict: Verdict
    judgements: tuple[Judgement, ...] = ()
    why: str = ""
    blame: str = ""

    def at(self, *verdicts: Verdict) -> list[int]:
        """Numbers of the exchanges of those judgements, in order."""
        chosen = [judgement for judgement in self.judgements if judgement.verdict in verdicts]
        return sorted({each.number for judgement in chosen for each in judgement.at})


@dataclass(frozen=True)
class Cause:
    """A red check, with the checks it explains."""

    result: Result
    explains: tuple[str, ...]


def results(judge: Judge, scene_runs: Sequence[SceneRun]) -> list[Result]:
    """One result a check, in the catalogue's order; one that was judged nowhere is blocked or not asked, and says why."""
    return [_result(check, judge, scene_runs) for check in judge.checks]


def _result(check: Check, judge: Judge, scene_runs: Sequence[SceneRun]) -> Result:
    judgements = tuple(judge.judgements.get(check.id, ()))
    if not judgements:
        verdict, why, blame = _why_not_judged(
            check, scene_runs, condition_not_met=check.id in judge.condition_not_met
        )
        return Result(check, verdict, why=why, blame=blame)
    verdict = worst([judgement.verdict for judgement in judgements])
    if verdict.is_judged or verdict is Verdict.BROKEN:
        return Result(check, verdict, judgements)
    unjudged = next(each for each in judgements if each.verdict is verdict)
    return Result(check, verdict, judgements, f"{unjudged.blame} {unjudged.why}".strip(), unjudged.blame)


def _why_not_judged(
    check: Check, scene_runs: Sequence[SceneRun], *, condition_not_met: bool
) -> tuple[Verdict, str, str]:
    about = [each for each in scene_runs if _concerns(check, each)]
    stopped = [each for each in about if each.state in {State.CUT_SHORT, State.BLOCKED}]
    if stopped:
        verdict = (
            Verdict.BLOCKED if stopped[0].blame or stopped[0].state is State.BLOCKED else Verdict.NOT_ASKED
        )
        return verdict, stopped[0].why, stopped[0].blame
    if condition_not_met:
        return Verdict.NOT_ASKED, check.otherwise or "nothing of the kind came up", ""
    asked = [each for each in about if each.state is not State.NOT_ASKED]
    if about and not asked:
        return Verdict.NOT_ASKED, about[0].why, ""
    early = [each.result.ended_early for each in asked if each.result.ended_early]
    return Verdict.NOT_ASKED, early[0] if early else "this play does not send that step", ""


def _concerns(check: Check, scene_run: SceneRun) -> bool:
    name = scene_run.scene.act.name
    return check.judges_the_play or any(pattern.partition(".")[0] in {name, "*"} for pattern in check.on)


def causes(found: Sequence[Result]) -> list[Cause]:
    """The red checks that stand for themselves, worst first.

    What is blocked is explained by the red check on the step to blame; a red check is explained by
    another one it is declared to follow from, where both are red in the same scene or about the same
    person or group, or the other over the play.
    """
    red = {each.check.id: each for each in found if each.verdict in RED}
    blocked = [each for each in found if each.verdict is Verdict.BLOCKED]
    followers = {each.check.id: head for each in red.values() if (head := _head(each, red))}
    heads: list[Cause] = []
    spoken_for: set[str] = set()
    for result in sorted((each for each in red.values() if each.check.id not in followers), key=_weight):
        following = [each for each, head in followers.items() if head == result.check.id]
        steps = {
            each.step
            for judgement in result.judgements
            for each in judgement.exchanges
            if judgement.verdict in RED
        }
        behind = [
            each.check.id for each in blocked if each.blame in steps and each.check.id not in spoken_for
        ]
        spoken_for.update(behind)
        heads.append(Cause(result, (*following, *behind)))
    return heads


def _head(result: Result, red: dict[str, Result]) -> str:
    """The red check this one follows from, itself or through others; or nothing."""
    for each in result.check.follows:
        head = red.get(each)
        if head and _together(result, head):
            return _head(head, red) or each
    return ""


def _together(result: Result, head: Result) -> bool:
    """Whether both are red about somebody or something; a rule over the whole play is red about all of them."""
    return head.check.judges_the_play or bool(_subjects(result) & _subjects(head))


def _subjects(result: Result) -> set[str]:
    """Whom or what a check is red about: a scene's person or group, or the scene itself where it has none."""
    wrong = [each for each in result.judgements if each.verdict in RED]
    scenes = {exchange.scene for each in wrong for exchange in each.at}
    return {scene.partition(":")[2] or scene for scene in scenes}


def _weight(result: Result) -> tuple[int, int]:
    """Worst first; among equals the one that stops most comes first, that is the earliest."""
    where = result.at(*RED)
    return list(Severity).index(result.check.severity), where[0] if where else 0


@dataclass(frozen=True)
class Ending:
    """How a run ended; `verdict` as in `model.record.Outcome`, `sentence` for people."""

    exit_code: ExitCode
    verdict: str
    sentence: str


def ending(
    run_state: RunState, found: Sequence[Result], *, strict: bool, tolerated: Collection[str] = ()
) -> Ending:
    """How the run ends, as one sentence and an exit code; `tolerated` checks do not fail it."""
    counting = [each for each in found if each.check.id not in tolerated]
    tally = {verdict: sum(result.verdict is verdict for result in counting) for verdict in Verdict}
    judged = sum(result.verdict.is_judged for result in found)
    red = _red(tally, judged, run_state.broken, strict=strict)
    green = _green(tally, judged, len(found) - len(counting))
    return _no_play(run_state) or red or _kept_from_us(counting) or green


def _no_play(run_state: RunState) -> Ending | None:
    """The play could not be given: interrupted, or the target would not talk to us."""
    first = next(iter(run_state.transcript), None)
    if run_state.interrupted:
        return Ending(
            ExitCode.INTERRUPTED, "interrupted", "The run was interrupted; what was seen so far is here."
        )
    if first is None:
        return None
    if any(each.scene.name == first.scene and each.state is State.PLAYED for each in run_state.scene_runs):
        return None
    if first.heard.answer is None:
        return Ending(
            ExitCode.TARGET_UNREACHABLE, "unreachable", f"The target gave no answer: {first.heard.failure}"
        )
    if first.status in {401, 403}:
        said = f"The target refused the credentials: {first.answer.phrase}."
        return Ending(ExitCode.TARGET_UNREACHABLE, "unreachable", said)
    return None


def _red(tally: dict[Verdict, int], judged: int, broken: list[str], *, strict: bool) -> Ending | None:
    if tally[Verdict.FAIL] or (strict and tally[Verdict.ADVICE] + tally[Verdict.BLOCKED]):
        return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", _failed_sentence(tally, judged, strict=strict))
    if broken:
        return Ending(
            ExitCode.OUR_ERROR, "broken", f"Part of the play broke, which is our error: {broken[0]}."
        )
    if tally[Verdict.BROKEN]:
        said = f"{tally[Verdict.BROKEN]} checks of ours broke; this says nothing about the target."
        return Ending(ExitCode.OUR_ERROR, "broken", said)
    return None


def _kept_from_us(found: Sequence[Result]) -> Ending | None:
    """Nothing is red, and yet the target kept checks from being judged: that is never good."""
    blocked = [each for each in found if each.verdict is Verdict.BLOCKED]
    if not blocked:
        return None
    said = f"{len(blocked)} checks could not be judged: {blocked[0].why}."
    return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", said)


def _green(tally: dict[Verdict, int], judged: int, tolerated: int) -> Ending:
    if not judged:
        return Ending(ExitCode.NOTHING_JUDGED, "empty", "Nothing was judged, which is never green.")
    if tolerated:
        said = f"Nothing new failed: of {judged} judged checks {tally[Verdict.PASS] + tally[Verdict.ADVICE]} passed, {tolerated} are tolerated."
        return Ending(ExitCode.ALL_GOOD, "passed", said)
    with_advice = f", {tally[Verdict.ADVICE]} of them with advice." if tally[Verdict.ADVICE] else "."
    return Ending(
        ExitCode.ALL_GOOD, "passed", f"All {judged} checks that could be judged passed{with_advice}"
    )


def _failed_sentence(tally: dict[Verdict, int], judged: int, *, strict: bool) -> str:
    parts = [f"{tally[Verdict.FAIL]} of {judged} judged checks failed"]
    if tally[Verdict.BLOCKED]:
        parts.append(f"{tally[Verdict.BLOCKED]} more could not be judged")
    if strict and tally[Verdict.ADVICE]:
        parts.append(f"{tally[Verdict.ADVICE]} gave advice, which counts with --strict")
    return "; ".join(parts) + "."
