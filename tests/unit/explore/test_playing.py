"""The player, at targets that let nothing through or show strangers."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.explore.options import explore_options, refuse_profile
from scim_tests.explore.playing import GONE, SHOWS_OTHERS, THROTTLED, Player
from scim_tests.model.act import Step
from scim_tests.model.conversation import read_line
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.forms import Forms
from scim_tests.model.profile import CleanUp
from scim_tests.wire.ledger import Ledger

TALK = read_line("create:0 read:0 create:1 create:2")


class Target:
    """Answers everything alike, and counts the requests."""

    def __init__(self, answer: Answer | None, *, unreachable: bool = False) -> None:
        self.answer, self.unreachable = answer, unreachable
        self.asked = 0

    async def send(self, step: Step, _: Forms) -> Heard:
        self.asked += 1
        return Heard(Request(step.method, step.path), self.answer, "", self.unreachable)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One of its own, as a search has."""
    with asyncio.Runner() as runner:
        yield runner.get_loop()


def player(loop: asyncio.AbstractEventLoop, target: Any, ledger: Ledger) -> Player:
    """Somebody who plays to that target."""
    okta = profiles.load("okta")
    return Player(loop, target.send, okta, "r1", 1, ledger=ledger, known={}, parallel=1)


def throttled(seconds: int) -> Answer:
    return Answer(429, (("Retry-After", str(seconds)),), b"")


@pytest.mark.parametrize(("seconds", "requests"), [(0, THROTTLED), (3600, 1)])
def test_a_target_that_throttles_everything_is_given_up(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, seconds: int, requests: int
) -> None:
    """After some answers in a row, or one that asks to wait longer than anybody does, nothing is sent and nothing found."""
    target = Target(throttled(seconds))
    playing = player(loop, target, Ledger(tmp_path / "ledger"))
    assert playing.hold(TALK).found == {}
    assert target.asked == requests
    assert "throttles everything" in playing.why_no_more
    assert playing.is_away
    assert playing.people == 0


def test_a_target_that_lets_some_of_a_turn_through_is_not_given_up(
    loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    """However many looks of it leave at once: a limit that is kept is honest."""

    class Limited(Target):
        async def send(self, step: Step, forms: Forms) -> Heard:
            is_let_through = self.asked % 12 < 2
            self.answer = Answer(200, (), b"{}") if is_let_through else throttled(0)
            return await super().send(step, forms)

    target = Limited(None)
    playing = player(loop, target, Ledger(tmp_path / "ledger"))
    playing.hold(read_line(" ".join(["list list-groups lookup:=1 lookup:=2 lookup:=3 page:=1 page:=2"] * 2)))
    assert target.asked > len("1234567") * 2
    assert playing.why_no_more == ""


def test_a_conversation_ends_with_its_time(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    """However long the target asks to wait, as long as somebody may wait; and nothing is found in it."""
    target = Target(throttled(30))
    playing = player(loop, target, Ledger(tmp_path / "ledger"))
    assert playing.hold(TALK, seconds=0.0).found == {}
    assert target.asked == 1
    assert playing.why_no_more == ""


def test_a_target_that_is_gone_is_asked_once(
    loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clean-up asks whether it is back, and no more."""
    monkeypatch.setattr("scim_tests.session.removing.AGAIN", 0.0)
    target = Target(None, unreachable=True)
    ledger = Ledger(tmp_path / "ledger")
    ledger.intend("scim-tests.r1.somebody@example.com")
    playing = player(loop, target, ledger)
    playing.hold(TALK)
    assert playing.why_no_more == GONE
    asked = target.asked
    assert playing.clean_up() == GONE
    assert target.asked == asked + 1


def test_asked_to_stop_twice_it_removes_nobody(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    """After the second time nothing is sent."""
    target = Target(throttled(0))
    ledger = Ledger(tmp_path / "ledger")
    ledger.intend("scim-tests.r1.somebody@example.com")
    playing = player(loop, target, ledger)
    playing.stop()
    playing.stop()
    assert playing.clean_up() == "it was interrupted"
    assert target.asked == 0


def test_a_create_counts_unless_it_was_refused(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    """Whoever may have been made is counted, whatever the answer says."""
    counted = {}
    for status in (500, 408, 400):
        playing = player(loop, Target(Answer(status, (), b"")), Ledger(tmp_path / str(status)))
        playing.hold(TALK)
        counted[status] = playing.people
    assert counted[500] == counted[408] > counted[400] == 0


def test_a_target_that_names_strangers_is_given_up(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    """Where a create is answered with the id of somebody else; what was found then stays."""
    ledger = Ledger(tmp_path / "ledger")
    ledger.witness("7", "somebody.else@example.com")
    said = {"id": "7", "userName": "somebody.else@example.com"}
    playing = player(loop, Target(Answer(201, (), json.dumps(said).encode())), ledger)
    playing.hold(TALK)
    assert playing.why_no_more == SHOWS_OTHERS
    assert not playing.is_away


def test_a_replay_makes_no_more_than_allowed() -> None:
    """More creates than --max-users are refused before anything is sent."""
    said = {"minutes": 1.0, "steps": 40, "replay": "create:0 create:1", "max_users": 1}
    with pytest.raises(UsageError, match="up to 2 people"):
        explore_options(said)


def test_a_profile_with_one_user_for_all_runs_is_refused() -> None:
    """Also where that user could be deleted: an exploration makes people by the hundred."""
    with pytest.raises(UsageError, match="all runs share one user"):
        refuse_profile(replace(profiles.load("ziflow"), clean_up=CleanUp.DELETE))
