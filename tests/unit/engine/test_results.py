"""From judgements to verdicts, root causes and the ending."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Never

import pytest

from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.engine.results import Result, ending, results
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.errors import ExitCode
from scim_tests.model.act import Act, Performance, Scene, Step
from scim_tests.model.check import (
    BOTH,
    INFERRED,
    MUST,
    SHOULD,
    STOPS,
    Check,
    Consequence,
    Demand,
    Finding,
    Severity,
    Strength,
    advice,
)
from scim_tests.model.exchange import Answer, Exchange, Heard, NotObserved, Request
from scim_tests.model.forms import Forms
from scim_tests.model.profile import CleanUp, Dialect, Profile
from scim_tests.model.scene_result import NOTHING
from scim_tests.model.verdict import Verdict, worst

PROFILE = Profile("test", "Test", Dialect.OIN, frozenset(), CleanUp.NOTHING)


def a_check(
    words: str,
    judge: Callable[[Exchange], Finding | None],
    *,
    on: str = "a.one",
    strength: Strength = MUST,
    severity: Severity = STOPS,
    when: Callable[[Exchange], bool] | None = None,
    follows: tuple[str, ...] = (),
) -> Check:
    consequence = Consequence("Then this.", INFERRED)
    return Check(
        f"a.{words}",
        (on,),
        words,
        ("okta:S20",),
        strength,
        severity,
        BOTH,
        consequence,
        "Mend it.",
        judge,
        when,
        "else",
        follows,
    )


def bad(_: Exchange) -> Finding:
    return Finding("good", "bad")


def good(_: Exchange) -> None:
    return None


def reading(exchange: Exchange) -> None:
    _ = exchange.resource


def nothing_of_the_kind(_: Exchange) -> Never:
    raise NotObserved("", "nothing of the kind came up")


def play(checks: list[Check], answers: dict[str, Answer | None]) -> tuple[Conductor, list[Result]]:
    """One scene `a` that sends those steps and needs every answer."""

    def perform(_: Scene) -> Performance:
        for name in answers:
            exchange = yield Step(name, "GET", f"/{name}", ())
            _ = exchange.resource
        return NOTHING

    async def send(step: Step, _: Forms) -> Heard:
        answer = answers[step.name]
        return Heard(
            Request("GET", step.path), answer, "" if answer else "refused", unreachable=answer is None
        )

    judge = Judge(checks)
    conductor = Conductor(send, judge, Silence(), parallel=1)
    asyncio.run(conductor.play([Scene(Act("a", "a", "story", "", sends=frozenset(), play=perform), PROFILE)]))
    judge.conclude(conductor.transcript)
    return conductor, results(judge, conductor.scene_runs)


OK = Answer(200, (), b"{}")
BROKEN = Answer(500, (), b"oops")


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ([Verdict.PASS, Verdict.FAIL, Verdict.ADVICE], Verdict.FAIL),
        ([Verdict.PASS, Verdict.ADVICE], Verdict.ADVICE),
        ([Verdict.PASS, Verdict.BLOCKED], Verdict.PASS),
        ([Verdict.NOT_ASKED, Verdict.BLOCKED], Verdict.BLOCKED),
        ([Verdict.FAIL, Verdict.BROKEN], Verdict.BROKEN),
    ],
)
def test_verdicts_only_get_worse(verdicts: list[Verdict], together: Verdict) -> None:
    """The worst place decides; places where nothing could be judged count only when there is no other."""
    assert worst(verdicts) is together


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (a_check("good", good), Verdict.PASS),
        (a_check("bad", bad), Verdict.FAIL),
        (a_check("bad-should", bad, strength=SHOULD), Verdict.ADVICE),
        (a_check("mild", lambda _: advice("good", "so so")), Verdict.ADVICE),
        (a_check("ours", lambda _: 1 // 0), Verdict.BROKEN),  # type: ignore[arg-type, return-value]
        (a_check("never", good, when=lambda _: False), Verdict.NOT_ASKED),
        (a_check("seen-nothing-of-it", nothing_of_the_kind, when=lambda _: True), Verdict.NOT_ASKED),
        (a_check("cannot-know-when", bad, when=nothing_of_the_kind), Verdict.NOT_ASKED),
        (a_check("elsewhere", good, on="b.one"), Verdict.NOT_ASKED),
    ],
    ids=lambda value: value.id if isinstance(value, Check) else str(value),
)
def test_each_verdict_has_its_way(check: Check, verdict: Verdict) -> None:
    """Every verdict comes about in its own way, and only there."""
    _, found = play([check], {"one": OK})
    assert [each.verdict for each in found] == [verdict]


def test_what_could_not_be_judged_is_blocked_by_its_step() -> None:
    """A check whose step never happened, or gave nothing, names the step to blame."""
    checks = [a_check("status", bad), a_check("body", reading), a_check("later", good, on="a.two")]
    _, found = play(checks, {"one": BROKEN, "two": OK})
    assert [each.verdict for each in found] == [Verdict.FAIL, Verdict.BLOCKED, Verdict.BLOCKED]
    assert [each.blame for each in found] == ["", "a.one", "a.one"]


def test_a_throttled_answer_is_judged_by_the_rules_for_every_answer_alone() -> None:
    """A 429 says nothing of what was asked, so that all other checks are blocked."""
    _, found = play([a_check("status", bad), a_check("rule", bad, on="*.*")], {"one": Answer(429)})
    assert [each.verdict for each in found] == [Verdict.BLOCKED, Verdict.FAIL]
    assert (found[0].blame, found[0].why) == ("a.one", "a.one answered 429 Too Many Requests")


def test_who_demands_conditions_is_judged_by_what_okta_demands() -> None:
    """A 428 (RFC 6585 3) is nothing that the RFCs of SCIM forbid, so that it fails what Okta needs, and blocks what others ask."""
    oktas, others = a_check("okta", bad), replace(a_check("others", bad), demanded_by=Demand.RFC)
    _, found = play([oktas, others], {"one": Answer(428)})
    assert [each.verdict for each in found] == [Verdict.FAIL, Verdict.BLOCKED]


@pytest.mark.parametrize(
    ("state", "blame", "verdict"),
    [
        (State.CUT_SHORT, "b.one", Verdict.BLOCKED),
        (State.CUT_SHORT, "", Verdict.NOT_ASKED),
        (State.BLOCKED, "a.one", Verdict.BLOCKED),
        (State.BLOCKED, "", Verdict.BLOCKED),
        (State.NOT_ASKED, "", Verdict.NOT_ASKED),
    ],
)
def test_a_check_on_a_step_that_never_was_says_what_its_scene_says(
    state: State, blame: str, verdict: Verdict
) -> None:
    """It is blocked where an answer or the end of the run stopped the scene, and not asked where nobody did."""
    act = Act("b", "b", "story", "", sends=frozenset(), play=lambda _: iter(()))  # type: ignore[arg-type, return-value]
    stopped = SceneRun(Scene(act, PROFILE), state, "so it says", blame)
    [found] = results(Judge([a_check("later", good, on="b.two")]), [stopped])
    assert (found.verdict, found.why, found.blame) == (verdict, "so it says", blame)


def test_what_the_target_kept_from_us_is_never_green() -> None:
    """Checks that could not be judged, with nothing red, still fail the run."""
    conductor, found = play([a_check("body", reading), a_check("good", good)], {"one": Answer(200)})
    end = ending(conductor, found, strict=False)
    assert end.exit_code is ExitCode.CONFORMANCE_FAILURES
    assert end.sentence.startswith(
        "No check failed, but 1 could not be judged, and so the run does not pass: "
    )
    assert "empty body" in end.sentence
    assert "--without" in end.sentence


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            "It answered 200 OK, but the body broke off: x.",
            "The target's answer could not be read: It answered",
        ),
        ("Nothing listens on a:1.", "The target gave no answer: Nothing listens"),
    ],
)
def test_what_came_and_could_not_be_read_is_no_silence(failure: str, said: str) -> None:
    """Where a status came, nobody is told that the target gave no answer."""
    conductor, found = play([a_check("good", reading)], {"one": None})
    first = conductor.scene_runs[0].exchanges[0]
    first.heard = replace(first.heard, failure=failure)
    assert ending(conductor, found, strict=False).sentence.startswith(said)


@pytest.mark.parametrize(
    ("checks", "answer", "strict", "code"),
    [
        ([a_check("good", good)], OK, False, ExitCode.ALL_GOOD),
        ([a_check("bad", bad)], OK, False, ExitCode.CONFORMANCE_FAILURES),
        ([a_check("advice", bad, strength=SHOULD)], OK, False, ExitCode.ALL_GOOD),
        ([a_check("advice", bad, strength=SHOULD)], OK, True, ExitCode.CONFORMANCE_FAILURES),
        (
            [a_check("good", good), a_check("later", good, on="a.two")],
            BROKEN,
            True,
            ExitCode.CONFORMANCE_FAILURES,
        ),
        ([a_check("ours", lambda _: 1 // 0)], OK, False, ExitCode.OUR_ERROR),  # type: ignore[arg-type, return-value]
        ([], OK, False, ExitCode.NOTHING_JUDGED),
        ([a_check("good", good)], None, False, ExitCode.TARGET_UNREACHABLE),
        ([a_check("good", good)], Answer(401), False, ExitCode.TARGET_UNREACHABLE),
        ([a_check("good", good)], Answer(403), False, ExitCode.TARGET_UNREACHABLE),
        ([a_check("good", good)], Answer(404), False, ExitCode.ALL_GOOD),
    ],
)
def test_each_ending_has_its_exit_code(
    checks: list[Check], answer: Answer | None, strict: bool, code: ExitCode
) -> None:
    """Good, failed, broken, empty and unreachable runs end with different codes."""
    conductor, found = play(checks, {"one": answer, "two": OK})
    end = ending(conductor, found, strict=strict)
    assert end.exit_code is code
    assert end.sentence.endswith((".", "refused"))


def test_a_run_that_judged_nothing_says_why_and_what_to_do() -> None:
    """One sentence says what was in the way, and the next what gives more to judge."""
    conductor, found = play([a_check("late", good, on="a.three")], {"one": OK})
    assert ending(conductor, found, strict=False).sentence == (
        "Nothing was judged, which is never green: this play does not send that step. "
        "Choose more checks, a profile that does more, or a target with people on it."
    )


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        (("a.good", "a.late"), ExitCode.ALL_GOOD, "Named and not judged: a.late."),
        (("a.late", "a.good"), ExitCode.NOTHING_JUDGED, "What was named first, a.late, was not judged"),
        (("a.good",), ExitCode.ALL_GOOD, "All 1 checks"),
        ((), ExitCode.ALL_GOOD, "All 1 checks"),
    ],
)
def test_a_check_that_was_named_and_not_judged_is_told(
    named: tuple[str, ...], code: ExitCode, said: str
) -> None:
    """Each in the sentence; without the first of them nothing is green, whatever else passed."""
    conductor, found = play([a_check("good", good), a_check("late", good, on="a.three")], {"one": OK})
    end = ending(conductor, found, strict=False, named=named)
    assert end.exit_code is code
    assert said in end.sentence


def test_what_failed_stays_failed_whatever_was_named() -> None:
    """That the named check was not judged hides no failure."""
    conductor, found = play([a_check("bad", bad), a_check("late", good, on="a.three")], {"one": OK})
    end = ending(conductor, found, strict=False, named=("a.late", "a.bad"))
    assert end.exit_code is ExitCode.CONFORMANCE_FAILURES
    assert end.sentence.endswith("Named and not judged: a.late.")


@pytest.mark.parametrize("state", [State.PLAYED, State.CUT_SHORT])
def test_a_target_that_lets_the_play_go_on_was_reached(state: State) -> None:
    """A first answer 401 refuses the credentials only where its scene ended there."""
    conductor, found = play([a_check("good", good)], {"one": Answer(401)})
    conductor.scene_runs[0].state = state
    is_refused = ending(conductor, found, strict=False).exit_code is ExitCode.TARGET_UNREACHABLE
    assert is_refused is (state is State.CUT_SHORT)


def test_a_strict_run_fails_by_what_was_kept_from_it_whatever_else_broke() -> None:
    """That an act of ours broke does not hide that the target kept checks from being judged."""
    conductor, found = play([a_check("good", good), a_check("body", reading)], {"one": Answer(200)})
    conductor.broken.append("a: our act failed")
    codes = [ending(conductor, found, strict=strict).exit_code for strict in (False, True)]
    assert codes == [ExitCode.OUR_ERROR, ExitCode.CONFORMANCE_FAILURES]


def test_what_the_target_kept_from_its_end_is_not_green() -> None:
    """Although all that was judged passed; what failed stays failed."""
    for judge, code in ((good, ExitCode.NOTHING_JUDGED), (bad, ExitCode.CONFORMANCE_FAILURES)):
        conductor, found = play([a_check("check", judge)], {"one": OK})
        conductor.unfinished = "Not explored to its end: it throttles."
        end = ending(conductor, found, strict=False)
        assert end.exit_code is code
        assert ("Not explored to its end" in end.sentence) == (judge is good)


def test_what_was_found_and_not_held_once_more_fails() -> None:
    """Although nothing of it stands in a check."""
    conductor, found = play([a_check("check", good)], {"one": OK})
    conductor.unfinished, conductor.not_held = "Not explored to its end: it throttles.", 1
    end = ending(conductor, found, strict=False)
    assert end.exit_code is ExitCode.CONFORMANCE_FAILURES
    assert end.sentence.startswith("Not explored to its end: it throttles. 1 failure was found")
