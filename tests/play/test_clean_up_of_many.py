"""Many are removed share by share, with what each share saw of the target, and little is kept of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from imagining import answers
from playing import BASE_URL, TOKEN
from real_people import Liar, everybody, make, make_real_person

from reference_server.faults.bending import Answer, Asked, Honest, raw
from scim_tests import profiles
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun
from scim_tests.model.record import LeftBehind
from scim_tests.model.scim import GROUP, USER
from scim_tests.personas.okta.clean_up import STOPPED
from scim_tests.session import removing
from scim_tests.session.interruption import Interruption, Stop
from scim_tests.session.left_behind import left_behind
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

SHARE, PEOPLE = 10, 34
LONG = 1_000_000  # people of the target's own


@pytest.fixture(autouse=True)
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", SHARE)


def called(number: int) -> str:
    return f"scim-tests.loadtest.u-{number:06}@example.com"


def crowded(target: Liar, folder: Path) -> Ledger:
    """People and a group of a load on the target, as its ledger holds them; of the last three no create was answered."""
    ledger = Ledger(folder / "ledger.jsonl")
    team = "/Groups/scim-tests.loadtest.g-1"
    ledger.intend(*map(called, range(PEOPLE)), team)
    for number in range(PEOPLE):
        made = make(target.honest, "Users", {"schemas": [USER], "userName": called(number)})
        if number < PEOPLE - 3:
            ledger.created(called(number), made["id"])
    group = make(target.honest, "Groups", {"schemas": [GROUP], "displayName": team.rpartition("/")[2]})
    ledger.created(team, f"/Groups/{group['id']}")
    return ledger


def removed(
    target: httpx.AsyncBaseTransport,
    ledger: Ledger,
    stop: Stop | None = None,
    told: removing.Told = removing.nobody_watches,
) -> tuple[Sequence[SceneRun], list[LeftBehind]]:
    async def work() -> Sequence[SceneRun]:
        profile = profiles.load("okta")
        async with Client(
            BASE_URL, Vault(TOKEN, ""), ledger=ledger, transport=target, connections=4
        ) as client:
            with Interruption(Silence(), stop) as interruption:
                return await removing.remove_all(ledger, profile, client.send, interruption, told)

    runs = asyncio.run(work())
    return runs, left_behind(ledger, runs, late=True)


def test_many_go_share_by_share(tmp_path: Path) -> None:
    """All are gone, the stranger is not; each is counted once, no exchange stays, and it takes three requests each."""
    target = Liar()
    real, told = make_real_person(target.honest), list[tuple[int, int]]()
    ledger = crowded(target, tmp_path)
    target.asked.clear()
    runs, left = removed(target, ledger, told=lambda *each: told.append(each))
    assert (left, ledger.entries(), everybody(target.honest)) == ([], [], [real])
    assert everybody(target.honest, "Groups") == []
    assert told == sorted(told)
    assert told[-1] == (PEOPLE + 1, PEOPLE + 1)
    scenes = [each for each in runs if each.scene.act.name == "clean_up"]
    assert len(scenes) == 4
    assert not any(each.exchanges for each in scenes)
    asked = Counter(method for method, path in target.asked if path.startswith("/scim/v2/Users/"))
    assert asked == {"GET": 2 * PEOPLE + 1, "DELETE": PEOPLE}, "one more, until DELETE was seen to reach"


def test_a_target_whose_deletes_do_nothing_is_given_one_chance_in_all(tmp_path: Path) -> None:
    """What one share has seen goes on to the next: of each kind one DELETE is sent, and all others are told."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return raw(204) if asked.method == "DELETE" else await honest(asked)

    target = Liar(lie)
    ledger = crowded(target, tmp_path)
    _, left = removed(target, ledger)
    assert Counter(path.split("/")[3] for method, path in target.asked if method == "DELETE") == {
        "Users": 1,
        "Groups": 1,
    }
    assert len(left) == PEOPLE + 1
    assert Counter(each.why for each in left)[STOPPED] == PEOPLE - 1


def test_a_directory_of_a_million_is_not_walked(tmp_path: Path) -> None:
    """Its first page says how long it is; then each name of the share is looked up."""
    asked_for = Counter[str]()

    def million(asked: Asked, answer: Answer) -> Answer:
        asked_for["lookups" if asked.filter else "pages"] += 1
        return answer if asked.filter else answer.having(totalResults=LONG)

    target = Liar(answers(million, lambda asked: asked.method == "GET" and asked.place == "GET /Users"))
    ledger = crowded(target, tmp_path)
    runs, left = removed(target, ledger)
    assert left == []
    shares, probes, unanswered, deleted = len(runs) - 1, 7, 3, 1
    assert asked_for["pages"] <= shares + probes
    assert asked_for["lookups"] <= PEOPLE + unanswered + deleted + 1


@pytest.mark.parametrize("after", [1, 12, 25])
def test_who_ends_it_may_begin_again(tmp_path: Path, after: int) -> None:
    """A stop ends it between two requests: who is gone is gone, the others are told, and the next one removes them."""
    target, stop = Liar(), Stop()
    real, ledger = make_real_person(target.honest), crowded(target, tmp_path)

    def told(done: int, _: int) -> None:
        if done == after:
            stop.ask()

    _, left = removed(target, ledger, stop, told)
    there = {each["userName"] for each in everybody(target.honest)} - {real["userName"]}
    assert {each.user_name for each in left} >= there
    assert there
    again = Ledger(ledger.path)
    assert removed(target, again)[1] == []
    assert everybody(target.honest) == [real]


def test_a_list_shows_nobody_of_a_later_share_as_left(tmp_path: Path) -> None:
    """Shares that walk the list meet people whose turn comes later; where that does not come they are told as not reached."""
    target, stop = Liar(), Stop()
    ledger = crowded(target, tmp_path)
    _, left = removed(target, ledger, stop, lambda done, _: stop.ask() if done == SHARE + 1 else None)
    assert {each.why for each in left} >= {"the clean-up did not get to it"}
    assert not [each for each in left if "only a list" in each.why]
