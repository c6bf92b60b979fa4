"""A scene of a load is played as Okta plays it: throttled it waits, and once the load is over nothing more leaves."""

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests import profiles
from scim_tests.engine import under_way
from scim_tests.engine.under_way import UnderWay
from scim_tests.errors import OwnError
from scim_tests.load.performer import Ended, Performer, PlayedScene, all_of
from scim_tests.model.act import Act, Performance, Scene, Step
from scim_tests.model.exchange import CUT_OFF, Answer, Exchange, Heard, NotObserved, Request
from scim_tests.model.forms import Forms
from scim_tests.model.scene_result import SceneResult

LIMITS = profiles.load("okta").limits
AT_ONCE = replace(profiles.load("okta"), limits=replace(LIMITS, throttle_scale=0.0, longest_wait=math.inf))
OK = Answer(200, (), b"{}")
Says = Callable[[Step], Awaitable[Answer | None]]


def throttled(retry_after: str | None = None) -> Answer:
    """A 429."""
    return Answer(429, () if retry_after is None else (("Retry-After", retry_after),))


@dataclass
class Stage:
    """A performer over a wire that answers as `says` has it, and all that left and was heard of."""

    says: Says
    left: list[str] = field(default_factory=list)
    heard: list[tuple[Exchange, bool]] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)  # left although the load was over

    def __post_init__(self) -> None:
        self.under_way = UnderWay(self._send)
        self.performer = Performer(
            self.under_way, lambda _, exchange, again: self.heard.append((exchange, again))
        )

    async def _send(self, step: Step, _: Forms) -> Heard:
        if step.name == "forbidden":
            raise OwnError("not-ours", "forbidden was not sent.")
        self.left.append(step.name)
        self.too_late += [step.name] if self.performer.over.is_set() else []
        answer = await self.says(step)
        return Heard(Request(step.method, step.path), answer, "" if answer else "nobody answered")

    async def play(
        self, *wanted: str | Sequence[str], until: Sequence[str] = (), forgets: bool = False
    ) -> PlayedScene:
        """A scene of these steps, those of a sequence at once."""

        def steps(_: Scene) -> Performance:
            for each in wanted:
                asked = (each,) if isinstance(each, str) else tuple(each)
                made = tuple(Step(name, "GET", f"/Users/{name}", ()) for name in asked)
                said = yield made if len(made) > 1 else made[0]
                assert [one.step for one in said.at_once] == [f"read_user.{name}" for name in asked]
            return SceneResult(id="7")

        act = Act("read_user", "Read", "story", "", sends=frozenset(), play=steps)
        return await self.performer.play(Scene(act, AT_ONCE), until=until, forgets=forgets)


def played(
    says: Says, *wanted: str | Sequence[str], until: Sequence[str] = (), forgets: bool = False
) -> tuple[Stage, PlayedScene]:
    """The same, on a stage of its own."""

    async def perform() -> tuple[Stage, PlayedScene]:
        stage = Stage(says)
        return stage, await stage.play(*wanted, until=until, forgets=forgets)

    return asyncio.run(perform())


async def fine(_: Step) -> Answer:
    """A wire at which all is well."""
    return OK


def in_turn(*answers: Answer | None) -> Says:
    """These, and then success."""
    waiting = list(answers)

    async def says(_: Step) -> Answer | None:
        return waiting.pop(0) if waiting else OK

    return says


def test_a_scene_is_played_to_its_end() -> None:
    """One step after the other, and those that overlap together; each is heard of once, and knows what came before."""
    stage, scene = played(fine, "lookup", ("one", "other"), "find")
    assert stage.left == ["lookup", "one", "other", "find"]
    assert [each.step for each, _ in stage.heard] == [f"read_user.{each}" for each in stage.left]
    assert scene.result == SceneResult(id="7")
    assert [each.step for each in scene.exchanges[-1].before] == [
        f"read_user.{each}" for each in stage.left[:-1]
    ]
    assert scene.last("other", "one") is scene.exchanges[2]
    assert scene.last("nothing") is None


@pytest.mark.parametrize("wanted", ["find", ("other", "find")])
def test_it_ends_before_the_step_that_is_not_wanted(wanted: str | Sequence[str]) -> None:
    """Without a result, for it was not played to its end."""
    stage, scene = played(fine, "lookup", wanted, until=("find",))
    assert (stage.left, scene.result, scene.why) == (["lookup"], None, "")


def test_what_is_forgotten_is_heard_of_all_the_same() -> None:
    """An import of ten thousand pages keeps the last of them alone."""
    stage, scene = played(fine, "one", "two", "three", forgets=True)
    assert (len(stage.heard), [each.step for each in scene.exchanges]) == (3, ["read_user.three"])
    assert [each.before for each, _ in stage.heard] == [(), (), ()]
    assert scene.result


def test_no_answer_is_an_exchange_like_others() -> None:
    """The act reads it, or does not."""
    stage, scene = played(in_turn(None), "lookup", "find")
    assert [each.heard.failure for each, _ in stage.heard] == ["nobody answered", ""]
    assert scene.result


@pytest.mark.parametrize("wanted", [("forbidden",), (("forbidden", "one"),), (("one", "forbidden"),)])
def test_what_the_guard_refuses_ends_the_scene(wanted: Sequence[str | Sequence[str]]) -> None:
    """Nothing of it left; what was to overlap with it has left, and is counted."""
    stage, scene = played(fine, *wanted, "find")
    assert (scene.refused, scene.result, scene.why) == (True, None, "forbidden was not sent")
    assert [each.step for each, _ in stage.heard] == [f"read_user.{each}" for each in stage.left]
    assert "find" not in stage.left


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        ([throttled("0")] * 3, [0.0] * 3),
        ([throttled(), throttled("7"), throttled()], [300.0, 600.0, 1200.0]),
        ([throttled("Wed, 21 Oct 2026 07:28:00 GMT")], [300.0]),
        ([throttled("1.5")], [300.0]),
    ],
)
def test_a_throttled_step_is_sent_again_and_its_waits_are_counted_as_okta_s(
    answers: list[Answer], waits: list[float]
) -> None:
    """The first answer says how long; each further one doubles that. Here nobody waits: the profile scales five minutes to nothing."""
    stage, scene = played(in_turn(*answers), "read")
    assert [(each.step, again) for each, again in stage.heard] == [
        *[("read_user.throttled", True)] * len(answers),
        ("read_user.read", False),
    ]
    assert scene.result
    assert stage.performer.waited_in_okta == sum(waits)
    assert stage.performer.waited < 1


def test_okta_gives_up_after_ten_attempts() -> None:
    """The tenth answer is what the step has."""
    stage, scene = played(in_turn(*[throttled()] * 99), "read")
    assert len(stage.left) == 10
    assert [again for _, again in stage.heard] == [True] * 9 + [False]
    assert scene.exchanges[-1].status == 429
    assert stage.performer.waited_in_okta == 300 * (2**9 - 1)


@pytest.mark.parametrize("wanted", ["read", ("read", "other")])
def test_the_end_of_the_load_ends_a_wait(wanted: str | Sequence[str]) -> None:
    """A target that asks for an hour is not waited for any longer, nor asked again."""

    async def perform() -> None:
        async def says(_: Step) -> Answer:
            asyncio.get_running_loop().call_soon(stage.performer.over.set)
            return throttled("3600")

        stage = Stage(says)
        with pytest.raises(Ended):
            await stage.play(wanted, "find")
        assert len(stage.left) == len(stage.heard) == (1 if isinstance(wanted, str) else 2)
        assert stage.performer.waited < 60

    asyncio.run(perform())


def test_a_bug_of_ours_is_not_hidden_behind_a_refusal() -> None:
    """Of all that goes wrong at once, what the guard did not say is told."""

    async def fails(_: Step) -> Answer:
        raise KeyError("a bug of ours")

    with pytest.raises(KeyError):
        played(fails, ("forbidden", "one"))


def test_all_parts_come_to_their_end_before_one_s_error_is_told() -> None:
    """Nothing goes on in the background."""
    done: list[str] = []

    async def part(name: str, steps: int, error: Exception | None) -> str:
        for _ in range(steps):
            await asyncio.sleep(0)
        done.append(name)
        if error:
            raise error
        return name

    assert asyncio.run(all_of([part("a", 2, None), part("b", 1, None)])) == ["a", "b"]
    done.clear()
    with pytest.raises(NotObserved):
        asyncio.run(all_of([part("a", 1, NotObserved("", "no")), part("b", 5, None)]))
    assert sorted(done) == ["a", "b"]


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3600.0])
def test_a_rest_says_whether_the_load_goes_on(seconds: float) -> None:
    """It is short where the load is over."""

    async def rests() -> bool:
        performer = Stage(fine).performer
        performer.over.set()
        return await performer.rests(seconds)

    assert asyncio.run(rests()) is False
    assert asyncio.run(Stage(fine).performer.rests(min(seconds, 0.001))) is True


MOMENTS = st.sampled_from(("answers", "throttles", "is silent", "hangs", "waits an hour"))


@given(
    scenes=st.lists(st.lists(st.sampled_from(("one", ("two", "three"), ("four", "forbidden"))), max_size=4), min_size=1, max_size=5),
    answers=st.lists(MOMENTS, max_size=12),
    over_after=st.integers(0, 14),
    random=st.randoms(use_true_random=False),
)  # fmt: skip
def test_whatever_happens_all_that_left_is_heard_of_once_and_nothing_leaves_when_it_is_over(
    scenes: list[list[str | tuple[str, ...]]], answers: list[str], over_after: int, random: Random
) -> None:
    """The load ends at any moment: while requests are under way, between two, in a wait, or after the last."""

    async def perform() -> None:
        asked = 0

        async def says(_: Step) -> Answer | None:
            nonlocal asked
            kind = answers[asked] if asked < len(answers) else "answers"
            asked += 1
            if asked >= over_after:
                asyncio.get_running_loop().call_soon(stage.performer.over.set)
            for _ in range(random.randrange(3)):
                await asyncio.sleep(0)
            if kind == "hangs":
                await asyncio.Event().wait()
            said = {"throttles": throttled("0"), "waits an hour": throttled("3600"), "is silent": None}
            return said.get(kind, OK)

        stage = Stage(says)
        playing = [asyncio.ensure_future(stage.play(*wanted)) for wanted in scenes]
        for _ in range(200):  # so that all that can happen has happened
            await asyncio.sleep(0)
        stage.performer.over.set()
        await stage.under_way.hear_out()
        ended = await asyncio.gather(*playing, return_exceptions=True)
        assert all(isinstance(each, PlayedScene | Ended) for each in ended), ended
        counted = Counter(each.request.path.rpartition("/")[2] for each, _ in stage.heard)
        assert counted == Counter(stage.left)
        assert stage.too_late == []
        for each, again in stage.heard:
            assert again == (each.heard.answer is not None and each.status == 429)
        cut_off = [each for each, _ in stage.heard if each.heard.failure == CUT_OFF]
        assert len(cut_off) <= answers.count("hangs")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(under_way, "LAST", 0.0)
        asyncio.run(perform())
