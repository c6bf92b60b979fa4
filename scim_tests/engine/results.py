"""From judgements to the verdict on each check, and how the run ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from scim_tests.engine.hidden import Place, excused, hidden
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.run_state import RunState, SceneRun, State
from scim_tests.errors import ExitCode
from scim_tests.knowledge.effect import effect
from scim_tests.model.check import Check, Severity
from scim_tests.model.exchange import ANSWERED, TOKEN, Exchange
from scim_tests.model.verdict import Verdict, worst

OTHER_FORMS = "Check the token; if it is right, name the form that the target takes, such as --auth raw, basic or x-api-key."
MORE_TO_JUDGE = "Choose more checks, a profile that does more, or a target with people on it."
DELETE_FIRST = (
    "Where the create is what you want to see, delete {} in the app's list of people, and run again."
)
NOTHING_THERE = "Nothing was found there (404 Not Found): is the base URL right?"
NO_JSON = "Whatever came with success was no JSON: is the base URL right?"
NOTHING_FAILED = "No check failed, but {}, and so the run does not pass"
MEND_FIRST = "Mend that and run again; what the target is not meant to have can be left out (--without, or --skip for checks)."
NAMED_SHOWN = 3  # checks
RED = frozenset({Verdict.FAIL, Verdict.BROKEN})


@dataclass(frozen=True)
class Result:
    """A check and what came of it. `why` and `blame` explain blocked and not asked; `blamed` are the exchanges of that step."""

    check: Check
    verdict: Verdict
    judgements: tuple[Judgement, ...] = ()
    why: str = ""
    blame: str = ""
    blamed: tuple[Exchange, ...] = ()

    @cached_property
    def gravest(self) -> Judgement | None:
        """Of its red judgements the gravest, the earliest of these; None where it is not red."""
        red = [each for each in self.judgements if each.verdict in RED]
        return min(red, key=lambda each: each.rank, default=None)

    @property
    def severity(self) -> Severity:
        """That of its gravest red judgement; of a check that is not red, what it declares."""
        return self.gravest.severity if self.gravest else self.check.severity

    def at(self, *verdicts: Verdict) -> list[int]:
        """Numbers of the exchanges of those judgements, in order."""
        chosen = [judgement for judgement in self.judgements if judgement.verdict in verdicts]
        return sorted({each.number for judgement in chosen for each in judgement.at})


def results(judge: Judge, scene_runs: Sequence[SceneRun]) -> list[Result]:
    """One result a check, in the catalogue's order; one that was judged nowhere is blocked or not asked, and says why."""
    unseen = hidden(exchange for played in scene_runs for exchange in played.exchanges)
    return [_result(check, judge, scene_runs, unseen) for check in judge.checks]


def _result(check: Check, judge: Judge, scene_runs: Sequence[SceneRun], unseen: frozenset[Place]) -> Result:
    capabilities = scene_runs[0].scene.profile.capabilities if scene_runs else frozenset()
    told = [excused(each, unseen) for each in judge.judgements.get(check.id, ())]
    judgements = tuple(weighed(check, each, capabilities) for each in told)
    if not judgements:
        verdict, why, blame = _why_not_judged(
            check, scene_runs, condition_not_met=check.id in judge.condition_not_met
        )
        return Result(check, verdict, why=why, blame=blame, blamed=_stopping(blame, scene_runs))
    verdict = worst([judgement.verdict for judgement in judgements])
    if verdict.is_judged or verdict is Verdict.BROKEN:
        return Result(check, verdict, judgements)
    unjudged = next(each for each in judgements if each.verdict is verdict)
    if why := _left_out(unjudged.blame, scene_runs):
        return Result(check, Verdict.NOT_ASKED, judgements, why)
    blamed = tuple(each for each in _seen_from(unjudged) if each.step == unjudged.blame)
    return Result(
        check, verdict, judgements, f"{unjudged.blame} {unjudged.why}".strip(), unjudged.blame, blamed
    )


def _left_out(step: str, scene_runs: Sequence[SceneRun]) -> str:
    """Why that step was never sent, if nothing went wrong in its act: it was not asked for, or the play was stopped."""
    about = [each for each in scene_runs if each.scene.act.name == step.partition(".")[0]]
    was_sent = any(exchange.step == step for each in about for exchange in each.exchanges)
    is_innocent = all(
        each.state is State.NOT_ASKED or (each.state is State.CUT_SHORT and not each.blame) for each in about
    )
    return about[0].why if about and is_innocent and not was_sent else ""


def _seen_from(judgement: Judgement) -> list[Exchange]:
    """The exchanges a judgement looked at, and what came before them in their scenes."""
    return [each for one in judgement.exchanges for each in (one, *reversed(one.before))]


def _stopping(step: str, scene_runs: Sequence[SceneRun]) -> tuple[Exchange, ...]:
    """The exchanges of that step that cut a scene short."""
    ended = [each for each in scene_runs if each.state is State.CUT_SHORT and each.blame == step]
    return tuple(exchange for each in ended for exchange in reversed(each.exchanges) if exchange.step == step)


def weighed(check: Check, judgement: Judgement, capabilities: frozenset[str]) -> Judgement:
    """The judgement with its effect in an app of these capabilities, where it is red."""
    if judgement.verdict not in RED:
        return judgement
    return replace(judgement, effect=effect(check, judgement.finding, judgement.at, capabilities))


def _why_not_judged(
    check: Check, scene_runs: Sequence[SceneRun], *, condition_not_met: bool
) -> tuple[Verdict, str, str]:
    if condition_not_met and check.is_a_rule:  # a rule without an occasion waits for no scene
        return Verdict.NOT_ASKED, check.otherwise or "nothing of the kind came up", ""
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


@dataclass(frozen=True)
class Ending:
    """How a run ended; `verdict` as in `model.record.Outcome`, `sentence` for people."""

    exit_code: ExitCode
    verdict: str
    sentence: str


@dataclass(frozen=True)
class Tolerated:
    """Checks that would fail the run and do not, with the reason: known to the baseline, or less severe than --fail-on."""

    known: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[str, str]:
        """All of them."""
        return {**self.known, **self.below}


@dataclass(frozen=True)
class Count:
    """How many checks have one verdict, and of how many that is tolerated, and why."""

    total: int
    known: int
    below: int

    @property
    def counting(self) -> int:
        """Those that are not tolerated."""
        return self.total - self.known - self.below

    def __str__(self) -> str:
        if not self.known + self.below:
            return ""
        parts = {
            "count" if self.counting > 1 else "counts": self.counting,
            "known": self.known,
            "below --fail-on": self.below,
        }
        return f" ({', '.join(f'{number} {word}' for word, number in parts.items() if number)})"


Tally = Mapping[Verdict, Count]


def counts(found: Sequence[Result], tolerated: Tolerated = Tolerated()) -> dict[Verdict, Count]:
    """The checks by verdict: every number that a report shows of a run comes from here."""
    names = {verdict: {each.check.id for each in found if each.verdict is verdict} for verdict in Verdict}
    return {
        verdict: Count(len(ids), len(ids & tolerated.known.keys()), len(ids & tolerated.below.keys()))
        for verdict, ids in names.items()
    }


def ending(
    run_state: RunState,
    found: Sequence[Result],
    *,
    strict: bool,
    tolerated: Tolerated = Tolerated(),
    named: Sequence[str] = (),
) -> Ending:
    """How the run ends, as one sentence and an exit code; `tolerated` checks do not fail it.

    Of checks that were `named` one by one, by their ids, each that was not judged is told; without the first, for
    whose sake the others were played, nothing is green.
    """
    tally = counts(found, tolerated)
    judged = sum(result.verdict.is_judged for result in found)
    red = _red(tally, judged, run_state.broken, strict=strict)
    missed = [
        each for name in named for each in found if each.check.id == name and not each.verdict.is_judged
    ]
    first = [each for each in missed if each.check.id == named[0]]
    is_empty = not judged or first
    green = _empty(run_state, found, first) if is_empty else _green(tally, judged, strict=strict)
    end = (
        _no_play(run_state)
        or red
        or _unfinished(run_state)
        or _kept_from_us(found, tally, judged, tolerated)
        or green
    )
    if missed and end.verdict in {"passed", "failed"}:
        names, more = ", ".join(each.check.id for each in missed[:NAMED_SHOWN]), len(missed) - NAMED_SHOWN
        names += f" and {more} more" if more > 0 else ""
        end = replace(end, sentence=f"{end.sentence} Named and not judged: {names}.")
    hint = _elsewhere(run_state) if end.exit_code is not ExitCode.ALL_GOOD else ""
    return replace(end, sentence=f"{end.sentence} {hint}") if hint else end


def _elsewhere(run_state: RunState) -> str:
    """What speaks for a wrong base URL: whatever was let in was not found, or brought no JSON; empty where nothing does."""
    answers = [each.heard.answer for each in run_state.transcript]
    statuses = {each.status if each else 0 for each in answers}
    if 404 in statuses and statuses <= {401, 403, 404}:
        return NOTHING_THERE
    said = [each for each in answers if each and each.is_success and each.body]
    return NO_JSON if said and not any(each.is_json for each in said) else ""


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
        failure = first.heard.failure
        came = failure.startswith(ANSWERED)
        said = "The target's answer could not be read" if came else "The target gave no answer"
        return Ending(ExitCode.TARGET_UNREACHABLE, "unreachable", f"{said}: {failure}")
    if first.status in {401, 403}:
        return Ending(ExitCode.TARGET_UNREACHABLE, "refused", _refused_sentence(first, run_state))
    return None


def _refused_sentence(first: Exchange, run_state: RunState) -> str:
    """What the target said to the credentials, each form in which they were sent, and what to try instead."""
    sent = (header for each in run_state.transcript for header in each.request.headers)
    tried = dict.fromkeys(f"“{name}: {value}”" for name, value in sent if TOKEN in value)
    said = f"The target refused the credentials: {first.answer.phrase}"
    if not tried:
        return f"{said}."
    return f"{said}, sent as {', '.join(tried).replace(TOKEN, '<token>')}. {OTHER_FORMS}"


def _red(tally: Tally, judged: int, broken: list[str], *, strict: bool) -> Ending | None:
    counting = {verdict: tally[verdict].counting for verdict in tally}
    if counting[Verdict.FAIL] or (strict and counting[Verdict.ADVICE] + counting[Verdict.BLOCKED]):
        return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", f"{_failed(tally, judged, strict=strict)}.")
    if broken:
        return Ending(
            ExitCode.OUR_ERROR, "broken", f"Part of the play broke, which is our error: {broken[0]}."
        )
    if counting[Verdict.BROKEN]:
        said = f"{counting[Verdict.BROKEN]} checks of ours broke; this says nothing about the target."
        return Ending(ExitCode.OUR_ERROR, "broken", said)
    return None


def _unfinished(run_state: RunState) -> Ending | None:
    said, number = run_state.unfinished, run_state.not_held
    if number:
        told = f"{number} failure{'s were' if number > 1 else ' was'} found, and not shown once more at the end; the notices tell more."
        return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", f"{said} {told}".strip())
    return Ending(ExitCode.NOTHING_JUDGED, "empty", said) if said else None


def _kept_from_us(found: Sequence[Result], tally: Tally, judged: int, tolerated: Tolerated) -> Ending | None:
    """Nothing is red, and yet the target kept checks from being judged: that is never good."""
    if not tally[Verdict.BLOCKED].counting:
        return None
    blocked = [each for each in found if each.verdict is Verdict.BLOCKED]
    first = next(each for each in blocked if each.check.id not in tolerated.reasons)
    said = (
        _failed(tally, judged, strict=False)
        if tally[Verdict.FAIL].total
        else NOTHING_FAILED.format(f"{len(blocked)} could not be judged{tally[Verdict.BLOCKED]}")
    )
    hint = "" if tally[Verdict.FAIL].total else f" {MEND_FIRST}"
    return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", f"{said}: {first.why}.{hint}")


def _empty(run_state: RunState, found: Sequence[Result], first: Sequence[Result]) -> Ending:
    """Nothing was judged, or not what was named `first`.

    Where an earlier run left whom a scene was to make, that is the reason, and what to do about it the hint.
    """
    about = first or found
    acts = {each.check.act for each in about}
    people = (each for each in run_state.scene_runs if each.scene.person and each.scene.act.name in acts)
    there = next((each.result for each in people if each.result.left_behind), None)
    why = there.ended_early if there else next((each.why for each in about if each.why), "")
    hints = [DELETE_FIRST.format(there.left_behind[0][0])] if there else []
    hints += [] if hints and first else [MORE_TO_JUDGE]
    what = f"What was named first, {first[0].check.id}, was not" if first else "Nothing was"
    said = f"{what} judged, which is never green{': ' if why else ''}{why}. {' '.join(hints)}"
    return Ending(ExitCode.NOTHING_JUDGED, "empty", said)


def _green(tally: Tally, judged: int, *, strict: bool) -> Ending:
    if any(str(each) for each in tally.values()):
        said = f"No failure counts: {_failed(tally, judged, strict=strict)}."
        return Ending(ExitCode.ALL_GOOD, "passed", said)
    advice = tally[Verdict.ADVICE].total
    with_advice = f", {advice} of them with advice." if advice else "."
    return Ending(
        ExitCode.ALL_GOOD, "passed", f"All {judged} checks that could be judged passed{with_advice}"
    )


def _failed(tally: Tally, judged: int, *, strict: bool) -> str:
    """What did not pass, each number as every report has it, with how many of it count."""
    failed, blocked, advice = (tally[each] for each in (Verdict.FAIL, Verdict.BLOCKED, Verdict.ADVICE))
    parts = [f"{failed.total} of {judged} judged checks failed{failed}"]
    if blocked.total:
        parts.append(f"{blocked.total} more could not be judged{blocked}")
    if strict and advice.total:
        parts.append(f"{advice.total} gave advice, which fails a run with --strict{advice}")
    return "; ".join(parts)
