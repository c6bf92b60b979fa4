"""A target that goes away in the middle is one root cause, not a hundred failures."""

import itertools
from pathlib import Path

import httpx
import pytest
from imagining import Lie, lying
from playing import play, reference_transport
from real_people import everybody

from reference_server.faults.bending import Answer, Asked, Honest, refusal
from scim_tests.checks import catalogue
from scim_tests.engine.causes import causes
from scim_tests.engine.judge import Judge
from scim_tests.model.verdict import Verdict
from scim_tests.session.left_behind import left_behind

SEEN = 160  # requests that are answered before it goes away


def away(then: int | type[httpx.TransportError]) -> Lie:
    """After a while there is only a status of the gateway before the server, or nothing."""
    count = itertools.count()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if next(count) < SEEN:
            return await honest(asked)
        if isinstance(then, int):
            return refusal(then, "Nobody is there.")
        raise then("gone")

    return lie


@pytest.mark.parametrize("away_for", [1, 10_000])
def test_a_target_that_is_back_for_the_clean_up_keeps_nobody(away_for: int, tmp_path: Path) -> None:
    """It is asked once more at the end; where it stays away, that is why everybody is left."""
    count = itertools.count()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if 0 <= next(count) - SEEN < away_for:
            raise httpx.ConnectError("gone")
        return await honest(asked)

    honest = reference_transport()
    done = play(lying(honest, lie), tmp_path / "ledger.jsonl", parallel=1)
    told = left_behind(done.ledger, done.conductor.scene_runs)
    assert bool(everybody(honest)) is bool(told) is (away_for > 1)
    assert all(each.why.startswith("not removed, since the server no longer answered: ") for each in told)


@pytest.mark.parametrize(
    ("then", "cause", "most"),
    [
        (httpx.ConnectError, "every_answer.arrives", 1),
        (httpx.ReadError, "every_answer.arrives", 1),
        (httpx.ReadTimeout, "every_answer.arrives", 1),
        (502, "every_answer.is-no-server-error", 20),
        (503, "every_answer.is-no-server-error", 20),
    ],
)
def test_an_outage_has_one_root_cause(
    then: int | type[httpx.TransportError], cause: str, most: int, tmp_path: Path
) -> None:
    """What cannot be judged any more is blocked, whatever is red follows from the outage, and it alone is the cause."""
    target = lying(reference_transport(), away(then))
    done = play(target, tmp_path / "ledger.jsonl", judge=Judge(catalogue()))
    assert [each.result.check.id for each in causes(done.results)] == [cause]
    verdicts = [each.verdict for each in done.results]
    assert verdicts.count(Verdict.FAIL) <= most
    assert verdicts.count(Verdict.BLOCKED) > 50
    assert verdicts.count(Verdict.BROKEN) == 0
