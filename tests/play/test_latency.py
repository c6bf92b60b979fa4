"""A target may be far away: what does not hang on each other waits for it at the same time, and nothing more is asked."""

import asyncio
import selectors
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playing import Play, play, reference_transport

from scim_tests.personas.okta.bulk_assignment import bulk_assignment
from scim_tests.personas.okta.overlap_groups import overlap_groups
from scim_tests.personas.okta.overlap_users import overlap_users

QUARTER = 0.25
OVERLAPPING = {act.name for act in (bulk_assignment, overlap_groups, overlap_users)}


class FarAway(httpx.AsyncBaseTransport):
    """Each request takes a round, in a time that goes by only while all wait for it."""

    def __init__(self) -> None:
        self.near = reference_transport()
        self.answering = 0  # which the server is at work on
        self.rounds = 0.0
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        await asyncio.sleep(1)
        self.answering += 1
        try:
            return await self.near.handle_async_request(request)
        finally:
            self.answering -= 1


class Rounds(asyncio.SelectorEventLoop):
    """Its clock stands still while anything can be done, and then goes on to what comes next."""

    def __init__(self, target: FarAway) -> None:
        selector = selectors.DefaultSelector()
        super().__init__(selector)
        self._target = target
        self._really_select = selector.select
        selector.select = self._select  # type: ignore[method-assign]

    def time(self) -> float:
        return self._target.rounds

    def _select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        is_idle = timeout and not self._target.answering
        ready = self._really_select(0 if is_idle or timeout == 0 else None)
        self._target.rounds += timeout if is_idle and timeout and not ready else 0
        return ready


def far_play(
    folder: Path, monkeypatch: pytest.MonkeyPatch, profile: str, parallel: int
) -> tuple[FarAway, Play]:
    target = FarAway()

    def run(playing: object) -> object:
        with closing(Rounds(target)) as loop:
            return loop.run_until_complete(playing)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "run", run)
    return target, play(target, folder / "ledger.jsonl", profile=profile, parallel=parallel)


@pytest.mark.parametrize("profile", ["okta", "okta-custom-app"])
def test_sixteen_at_once_take_a_quarter_of_the_time_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    """However far away the target is, a run takes no longer than a quarter of its requests, one by one, would."""
    target, done = far_play(tmp_path, monkeypatch, profile, 16)
    assert target.requests == len(done.conductor.transcript)
    assert target.rounds <= QUARTER * target.requests


def test_one_at_once_is_one_but_for_what_has_to_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under --parallel 1 every other request takes a round of its own."""
    target, done = far_play(tmp_path, monkeypatch, "okta", 1)
    alone = [each for each in done.conductor.transcript if each.step.partition(".")[0] not in OVERLAPPING]
    assert len(alone) < target.rounds < target.requests
