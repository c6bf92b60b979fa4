"""A play that is stopped, at whatever moment: an honest target is blamed for nothing, and nobody is left on it."""

import asyncio
import gc
import random
from pathlib import Path

import httpx
import pytest
from playing import BASE_URL, PASSWORD, TOKEN, Play, reference_transport, short

from scim_tests.checks import catalogue
from scim_tests.engine import under_way
from scim_tests.engine.conduct import OVERLAP, Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.model.exchange import CUT_OFF
from scim_tests.model.verdict import Verdict
from scim_tests.personas.play import scenes
from scim_tests.session.left_behind import left_behind
from scim_tests.session.removing import clean_up
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

PROFILE = short()
FURTHER = 8  # turns of the loop between what the server did and its answer: enough for others to leave
SENT = 210  # requests of such a play, about
MOMENTS = random.Random(18).sample(range(1, SENT), 12)  # noqa: S311 -- no secret


class Slow(httpx.AsyncBaseTransport):
    """The reference server, whose answers take a while; the play is cancelled when it has done the n-th request."""

    def __init__(self, at: int) -> None:
        self.server = reference_transport()
        self.left = at
        self.play: asyncio.Future[None] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.server.handle_async_request(request)
        self.left -= 1
        if not self.left and self.play:
            self.play.cancel()
        for _ in range(FURTHER):
            await asyncio.sleep(0)
        return answer


async def stopped(at: int, ledger: Ledger) -> Play:
    judge, slow = Judge(catalogue()), Slow(at)
    vault = Vault(TOKEN, PASSWORD)
    async with Client(
        BASE_URL, vault, ledger=ledger, timeout=30, connections=OVERLAP, transport=slow
    ) as client:
        conductor = Conductor(client.send, judge, Silence(), parallel=4)
        slow.play = asyncio.ensure_future(conductor.play(scenes(PROFILE, "unittest", 1)))
        await slow.play
        await clean_up(conductor, PROFILE, ledger)
    judge.conclude(conductor.transcript)
    return Play(conductor, judge, ledger)


# What a create that was cut off may come to once the clean-up has looked: it is named, and not touched.
LATE = "only a list showed it"


@pytest.mark.parametrize(("at", "last"), [*zip(MOMENTS, [under_way.LAST, 0] * 6, strict=True)])
def test_a_play_that_is_stopped_blames_no_honest_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, at: int, last: float
) -> None:
    """What it had begun is heard, or where the answer takes too long, may have been done: neither is a failure."""
    monkeypatch.setattr(under_way, "LAST", last)
    play = asyncio.run(stopped(at, Ledger(tmp_path / "ledger.jsonl")))
    gc.collect()
    assert caplog.messages == []  # such as an exception that nobody asked for
    assert play.conductor.interrupted
    assert [each.check.id for each in play.results if each.verdict in {Verdict.FAIL, Verdict.BROKEN}] == []
    assert play.conductor.broken == []
    left = left_behind(play.ledger, play.conductor.scene_runs)
    assert [each for each in left if LATE not in each.why] == []
    assert any(each.heard.failure == CUT_OFF for each in play.conductor.transcript) is (not last)
