"""Okta's waiting when it is throttled, as its documentation has it."""

import asyncio
from unittest.mock import Mock, call

import pytest

from scim_tests import profiles
from scim_tests.engine.conduct import Conductor, State
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.model.act import Act, Performance, Scene, Step
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.forms import Forms
from scim_tests.model.scene_result import NOTHING
from scim_tests.personas.okta.patience import patience

PROFILE = profiles.load("okta")


def throttled(retry_after: str | None) -> Answer:
    return Answer(429, () if retry_after is None else (("Retry-After", retry_after),))


@pytest.mark.parametrize(
    ("answer", "waited", "wait"),
    [
        (throttled("7"), (), 7),
        (throttled("7"), (7.0,), 14),
        (throttled("1"), (7.0, 14.0), 28),
        (throttled(None), (), 300 * PROFILE.limits.throttle_scale),
        (throttled("Wed, 21 Oct 2026 07:28:00 GMT"), (), 300 * PROFILE.limits.throttle_scale),
        (throttled("1.5"), (), 300 * PROFILE.limits.throttle_scale),
        (throttled("0"), (0.0,) * 9, None),
        (throttled("3600"), (), None),
        (Answer(503, (("Retry-After", "1"),)), (), None),
        (Answer(200), (), None),
    ],
)
def test_okta_waits_as_documented(answer: Answer, waited: tuple[float, ...], wait: float | None) -> None:
    """An integer Retry-After counts, anything else is five minutes scaled; waits double; ten attempts are all."""
    assert patience(PROFILE, answer, waited) == wait


@pytest.mark.parametrize(("refusals", "status"), [(3, 200), (99, 429)])
def test_a_throttled_step_is_sent_again(refusals: int, status: int) -> None:
    """The answers that throttled are kept under a name of their own; the step has the last answer."""
    answers = [throttled("0")] * refusals + [Answer(200, (), b"{}")]

    async def send(step: Step, _: Forms) -> Heard:
        return Heard(Request(step.method, step.path), answers.pop(0))

    def play(_: Scene) -> Performance:
        yield Step("read", "GET", "/Users/1", ())
        return NOTHING

    sink = Mock()
    conductor = Conductor(send, Judge([]), Silence(), parallel=1, patience=patience, sink=sink)
    act = Act("read_user", "Read", "story", "", sends=frozenset(), play=play)
    asyncio.run(conductor.play([Scene(act, PROFILE)]))
    *before, last = conductor.transcript
    assert {each.step for each in before} == {"read_user.throttled"}
    assert len(before) == min(refusals, 9)
    assert sink.waits.call_args_list == [call("read_user.read", 0)] * len(before)
    assert (last.step, last.status) == ("read_user.read", status)
    assert conductor.scene_runs[0].state is State.PLAYED
