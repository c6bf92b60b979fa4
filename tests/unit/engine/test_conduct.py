"""Conducting: scenes wait for those they need, end where nothing goes on, and stand in order."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scim_tests.engine import conduct
from scim_tests.engine.conduct import Conductor, State
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.errors import OwnError, WriteError
from scim_tests.model.act import Act, Independent, Performance, Scene, Step
from scim_tests.model.exchange import CUT_OFF, Answer, Heard, NotObserved, Request
from scim_tests.model.forms import Forms
from scim_tests.model.profile import CleanUp, Dialect, Profile
from scim_tests.model.scene_result import NOTHING
from tests.unit.engine.test_results import a_check, bad

PROFILE = Profile(
    "test", "Test", Dialect.OIN, frozenset({"push_users"}), CleanUp.NOTHING, reasons={"sync": "not here"}
)
Answers = Callable[[Step], Heard]


def act_that_sends(*names: str, reads: bool = True) -> Callable[[Scene], Performance]:
    def play(_: Scene) -> Performance:
        for name in names:
            exchange = yield Step(name, "GET", f"/{name}", ())
            if reads:
                assert exchange.resource is not None
        return NOTHING

    return play


def scene(
    name: str, *steps: str, needs: tuple[str, ...] = (), capability: str = "", reads: bool = True
) -> Scene:
    act = Act(name, name, "story", capability, sends=frozenset(), play=act_that_sends(*steps, reads=reads))
    return Scene(act, PROFILE, needs=needs)


def fine(step: Step) -> Heard:
    return Heard(Request(step.method, step.path), Answer(200, (), b"{}"))


def played(scenes: list[Scene], answers: Answers = fine, parallel: int = 4) -> Conductor:
    async def send(step: Step, _: Forms) -> Heard:
        await asyncio.sleep(0)
        return answers(step)

    conductor = Conductor(send, Judge([]), Silence(), parallel=parallel)
    asyncio.run(conductor.play(scenes))
    return conductor


def states(conductor: Conductor) -> dict[str, State]:
    return {each.scene.name: each.state for each in conductor.scene_runs}


def test_the_transcript_keeps_the_order_of_the_play() -> None:
    """Exchanges are numbered by scene and step, however they were interleaved."""
    scenes = [scene("a", "one", "two", "three"), scene("b", "one"), scene("c", "one", needs=("a",))]
    for parallel in (1, 2, 8):
        transcript = played(scenes, parallel=parallel).transcript
        assert [each.step for each in transcript] == ["a.one", "a.two", "a.three", "b.one", "c.one"]
        assert [each.number for each in transcript] == [1, 2, 3, 4, 5]


def test_a_scene_ends_where_the_answer_leaves_nothing_to_go_on_with() -> None:
    """The step is blamed, and what needs the scene is blocked by the same step."""

    def refuse_two(step: Step) -> Heard:
        return fine(step) if step.name != "two" else Heard(Request("GET", "/two"), Answer(500))

    conductor = played(
        [scene("a", "one", "two", "three"), scene("b", "one", needs=("a",)), scene("c", "one")], refuse_two
    )
    assert states(conductor) == {"a": State.CUT_SHORT, "b": State.BLOCKED, "c": State.PLAYED}
    assert [each.blame for each in conductor.scene_runs] == ["a.two", "a.two", ""]


def test_what_nobody_is_to_blame_for_blocks_nothing() -> None:
    """Where a scene found nothing of its kind, what needs it is not asked, for the same reason."""

    def play(_: Scene) -> Performance:
        yield Step("one", "GET", "/one", ())
        raise NotObserved("", "nobody is there")

    empty = Scene(Act("a", "a", "story", "", sends=frozenset(), play=play), PROFILE)
    conductor = played([empty, scene("b", "one", needs=("a",)), scene("c", "one", needs=("b",))])
    assert states(conductor) == {"a": State.CUT_SHORT, "b": State.NOT_ASKED, "c": State.NOT_ASKED}
    assert conductor.scene_runs[2].why == "nobody is there"


def test_a_capability_the_profile_lacks_is_not_asked() -> None:
    """Nothing is sent for it, the profile's reason stands, and what needs it is not asked either."""
    conductor = played([scene("a", "one", capability="sync"), scene("b", "one", needs=("a",))])
    assert states(conductor) == {"a": State.NOT_ASKED, "b": State.NOT_ASKED}
    assert [each.why for each in conductor.scene_runs] == ["not here", "not here"]
    assert len(conductor.transcript) == 0


def test_an_unreachable_target_stops_the_rest() -> None:
    """After a connection that could not be made nothing further is sent."""

    def gone(step: Step) -> Heard:
        return Heard(Request(step.method, step.path), None, "connection refused", unreachable=True)

    conductor = played(
        [scene("a", "one", reads=False), scene("b", "one", needs=("a",)), scene("c", "one")], gone, 1
    )
    assert len(conductor.transcript) == 1
    assert "connection refused" in conductor.scene_runs[2].why
    assert conductor.scene_runs[2].blame == "a.one"


def test_a_target_that_falls_silent_is_waited_for_a_few_times_only() -> None:
    """After a dozen requests in a row without an answer in time the rest is not sent."""

    def silent(step: Step) -> Heard:
        waited = 59.2  # what is left once a new connection was made
        return Heard(Request(step.method, step.path), None, "No answer came within 60 s.", seconds=waited)

    conductor = played([scene(f"s{number}", "one", reads=False) for number in range(30)], silent, 1)
    assert len(conductor.transcript) == 12
    assert {each.blame for each in conductor.scene_runs[12:]} == {"s11.one"}


def test_a_target_that_answers_now_and_then_is_not_given_up() -> None:
    """An answer, be it late, ends the row of silent requests, and the next row is counted from one."""

    def mostly_silent(step: Step) -> Heard:
        if step.name == "answered":
            return replace(fine(step), seconds=60.0)
        return Heard(Request(step.method, step.path), None, "No answer came within 60 s.", seconds=60.0)

    names = [*["silent"] * 11, "answered", *["silent"] * 11]
    scenes = [scene(f"s{number}", name, reads=False) for number, name in enumerate(names)]
    assert len(played(scenes, mostly_silent, 1).transcript) == len(names)


def test_a_target_that_hangs_up_is_not_silent() -> None:
    """Who ends the connection before the time is over is there, so that everything is sent."""

    def hang_up(step: Step) -> Heard:
        return Heard(Request(step.method, step.path), None, "The connection was closed.", seconds=0.1)

    scenes = [scene(f"s{number}", "one", reads=False) for number in range(30)]
    assert len(played(scenes, hang_up, 1).transcript) == 30


def test_the_step_that_first_found_the_target_gone_is_blamed() -> None:
    """Whatever else was under way then and found the same."""

    def gone(step: Step) -> Heard:
        return Heard(Request(step.method, step.path), None, "connection refused", unreachable=True)

    scenes = [scene(name, "one", reads=False) for name in "abc"]
    assert played(scenes, gone, parallel=2).scene_runs[2].blame == "a.one"


def test_a_scene_that_comes_after_another_waits_and_needs_nothing_of_it() -> None:
    """It is played when the other is over, also where that was cut short."""
    sent: list[str] = []

    def refuse_two(step: Step) -> Heard:
        sent.append(step.name)
        return fine(step) if step.name != "two" else Heard(Request("GET", "/two"), Answer(500))

    later = replace(scene("b", "three"), after=("a",))
    conductor = played([scene("a", "one", "two"), later], refuse_two)
    assert sent == ["one", "two", "three"]
    assert states(conductor) == {"a": State.CUT_SHORT, "b": State.PLAYED}


def test_answers_take_no_more_memory_than_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the room is full only small bodies are kept, and a large one never is."""
    monkeypatch.setattr(conduct, "ROOM", 10_000)
    monkeypatch.setattr(conduct, "LARGE", 4_000)
    sizes = {"large": 4_001, "first": 4_000, "second": 4_000, "small": 1_024}

    def answers(step: Step) -> Heard:
        return Heard(Request(step.method, step.path), Answer(200, (), b"x" * sizes[step.name]))

    transcript = played([scene("a", *sizes, reads=False)], answers).transcript
    assert [each.heard.answer is not None for each in transcript] == [False, True, False, True]


def test_an_interruption_keeps_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled, the play ends in order: what was heard stays, what is not answered soon is told, the rest is blocked."""
    monkeypatch.setattr("scim_tests.engine.under_way.LAST", 0)

    async def interrupt() -> Conductor:
        under_way = asyncio.Event()

        async def send(step: Step, _: Forms) -> Heard:
            if step.name == "two":
                under_way.set()
                await asyncio.Event().wait()
            return fine(step)

        conductor = Conductor(send, Judge([]), Silence(), parallel=4)
        task = asyncio.ensure_future(
            conductor.play([scene("a", "one", "two"), scene("b", "one", needs=("a",))])
        )
        await under_way.wait()
        task.cancel()
        await task
        return conductor

    conductor = asyncio.run(interrupt())
    assert conductor.interrupted
    assert [(each.step, each.heard.failure) for each in conductor.transcript] == [
        ("a.one", ""),
        ("a.two", CUT_OFF),
    ]
    assert "stopped" in conductor.scene_runs[0].why
    assert states(conductor) == {"a": State.CUT_SHORT, "b": State.BLOCKED}


def test_steps_sent_at_once_stand_in_order() -> None:
    """Several steps yielded together are under way at the same time; each has the others before it."""
    under_way: list[str] = []
    most: list[int] = []

    async def send(step: Step, _: Forms) -> Heard:
        under_way.append(step.name)
        await asyncio.sleep(0)
        most.append(len(under_way))
        under_way.remove(step.name)
        return fine(step)

    def play(_: Scene) -> Performance:
        last = yield tuple(Step(name, "GET", f"/{name}", ()) for name in ("one", "two", "three"))
        assert [each.step for each in last.before] == ["a.one", "a.two"]
        return NOTHING

    conductor = Conductor(send, Judge([]), Silence(), parallel=1)
    asyncio.run(conductor.play([Scene(Act("a", "a", "story", "", sends=frozenset(), play=play), PROFILE)]))
    assert [each.step for each in conductor.transcript] == ["a.one", "a.two", "a.three"]
    assert max(most) == 3
    assert conductor.broken == []


@pytest.mark.parametrize("parallel", [1, 2, 3])
def test_independent_steps_leave_as_many_at_once_as_is_allowed(parallel: int) -> None:
    """Whatever scenes and steps there are, no more requests are under way; all are heard, in order."""
    under_way: list[str] = []
    most: list[int] = []

    async def send(step: Step, _: Forms) -> Heard:
        under_way.append(step.name)
        most.append(len(under_way))
        await asyncio.sleep(0)
        under_way.remove(step.name)
        return fine(step)

    def play(_: Scene) -> Performance:
        last = yield Independent(Step(name, "GET", f"/{name}", ()) for name in ("one", "two", "three"))
        assert [each.step for each in last.at_once] == ["a.one", "a.two", "a.three"]
        return NOTHING

    conductor = Conductor(send, Judge([]), Silence(), parallel=parallel)
    several = Scene(Act("a", "a", "story", "", sends=frozenset(), play=play), PROFILE)
    asyncio.run(conductor.play([several, scene("b", "one")]))
    assert [each.step for each in conductor.transcript] == ["a.one", "a.two", "a.three", "b.one"]
    assert max(most) == parallel
    assert conductor.broken == []


@pytest.mark.parametrize("refused", [("two",), ("three",), ("one", "two", "three")])
def test_an_independent_step_that_may_not_leave_costs_no_other(refused: tuple[str, ...]) -> None:
    """The act hears the others, and why that one was not sent; where none may leave, it hears no more than that."""
    heard: list[str] = []

    def answers(step: Step) -> Heard:
        if step.name in refused:
            raise OwnError("not-ours", f"{step.name} is not ours.")
        return fine(step)

    def play(_: Scene) -> Performance:
        last = yield Independent(Step(name, "GET", f"/{name}", ()) for name in ("one", "two", "three"))
        heard.extend(each.heard.failure or each.step for each in last.at_once)
        return NOTHING

    asked = Scene(Act("a", "a", "story", "", sends=frozenset(), play=play), PROFILE)
    conductor = played([asked], answers)
    names = [name for name in ("one", "two", "three") if name not in refused]
    assert [each.step for each in conductor.transcript] == [f"a.{name}" for name in names]
    told = [f"{name} is not ours" if name in refused else f"a.{name}" for name in ("one", "two", "three")]
    assert heard == (told if names else [])
    assert states(conductor) == {"a": State.PLAYED if names else State.CUT_SHORT}


def test_an_act_that_fails_is_our_error_and_loses_nothing() -> None:
    """What was heard before stays, the other scenes are played, and the run knows that it broke."""

    def play(_: Scene) -> Performance:
        yield Step("one", "GET", "/one", ())
        raise KeyError("ours")

    broken = Scene(Act("a", "a", "story", "", sends=frozenset(), play=play), PROFILE)
    conductor = played([broken, scene("b", "one")])
    assert states(conductor) == {"a": State.CUT_SHORT, "b": State.PLAYED}
    assert len(conductor.transcript) == 2
    assert "KeyError" in conductor.broken[0]


def test_what_cannot_be_written_down_ends_the_play_when_all_that_was_sent_is_over() -> None:
    """The error comes out, no scene begins any more, and no step of those sent at once is still under way."""
    sent: list[str] = []
    over: list[str] = []

    async def send(step: Step, _: Forms) -> Heard:
        sent.append(step.name)
        if step.name == "one":
            raise WriteError(Path("ledger"), "not-written", "No room.")
        for _ in range(5):
            await asyncio.sleep(0)
        over.append(step.name)
        return fine(step)

    def at_once(_: Scene) -> Performance:
        yield tuple(Step(name, "GET", f"/{name}", ()) for name in ("one", "two", "three"))
        yield Step("four", "GET", "/four", ())
        return NOTHING

    together = Scene(Act("a", "a", "story", "", sends=frozenset(), play=at_once), PROFILE)
    later = [replace(scene("b", "five"), after=("a",)), scene("c", "five")]
    with pytest.raises(WriteError):
        asyncio.run(Conductor(send, Judge([]), Silence(), parallel=1).play([together, *later]))
    assert sent == ["one", "two", "three"]
    assert over == ["two", "three"]


@pytest.mark.parametrize("found", ["in an answer", "in a scene"])
def test_a_play_that_is_to_stop_sends_nothing_more_but_the_clean_up(found: str) -> None:
    """Scenes under way end before their next step, others are not asked, and a later play is played whole."""
    on = "a.two" if found == "in an answer" else "a"
    failing = replace(a_check("fails", bad), on=(on,))

    async def send(step: Step, _: Forms) -> Heard:
        await asyncio.sleep(0)
        return fine(step)

    async def perform() -> Conductor:
        conductor = Conductor(send, Judge([failing]), Silence(), parallel=2)
        scenes = [scene("a", "one", "two"), scene("b", *map(str, range(9))), scene("c", "one", needs=("a",))]
        await conductor.play(scenes, lambda said: any(each.finding for each in said.values()))
        await conductor.play([scene("d", "one", "two")])
        return conductor

    conductor = asyncio.run(perform())
    assert conductor.stopped
    assert not conductor.interrupted
    first, under_way, later, clean_up = conductor.scene_runs
    assert (under_way.state, under_way.blame, later.state) == (State.CUT_SHORT, "", State.NOT_ASKED)
    assert under_way.why == later.why == conduct.STOPPED
    assert len(under_way.exchanges) < 4
    assert (len(first.exchanges), clean_up.state) == (2, State.PLAYED)
