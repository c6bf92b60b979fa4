"""What is told as left on a target is there, and what is there is told, whatever was answered to creates and removals."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from imagining import CROWD, Lie, as_it_is
from playing import Play, play
from real_people import Liar, everybody, make_real_group, make_real_person

from reference_server.faults.bending import Answer, Asked, Honest, raw, refusal, reply
from scim_tests import profiles
from scim_tests.model.profile import CleanUp
from scim_tests.model.record import LeftBehind
from scim_tests.model.scim import Json
from scim_tests.session.left_behind import left_behind

OKTA = profiles.load("okta")
SHORT = replace(OKTA, limits=replace(OKTA.limits, crowd=CROWD))
SEEDS = range(12)


def creates(asked: Asked) -> bool:
    return asked.method == "POST" and not asked.id


def removes(asked: Asked) -> bool:
    return asked.method == "DELETE"


def played(lie: Lie, folder: Path, clean_up: CleanUp = CleanUp.DELETE) -> tuple[Liar, Play]:
    """A play on a target that has somebody real, and a real group, who are there to the end."""
    transport = Liar(lie)
    make_real_person(transport.honest)
    make_real_group(transport.honest)
    return transport, play(transport, folder / "ledger.jsonl", profile=replace(SHORT, clean_up=clean_up))


def told(done: Play) -> list[LeftBehind]:
    return left_behind(done.ledger, done.conductor.scene_runs)


def there(transport: Liar) -> dict[str, Json]:
    """Whom the run has left, by id, as the ledger writes it."""
    users, (_, *groups) = everybody(transport.honest)[1:], everybody(transport.honest, "Groups")
    return {each["id"]: each for each in users} | {f"/Groups/{each['id']}": each for each in groups}


def names(left: dict[str, Json]) -> set[str]:
    return {each.get("userName") or f"/Groups/{each['displayName']}" for each in left.values()}


async def deactivating(asked: Asked, honest: Honest) -> Answer:
    """Makes users inactive whom it is told to delete."""
    if not (removes(asked) and asked.kind == "Users"):
        return await honest(asked)
    shown = await honest(asked.of("GET"))
    if not shown.ok:
        return shown
    await honest(asked.of("PUT").saying({**shown.json, "active": False}))
    return raw(204)


def test_where_removal_only_deactivates_everybody_is_told_with_the_reason(tmp_path: Path) -> None:
    """All of them are told, not the first alone, by the names that the target shows."""
    transport, done = played(deactivating, tmp_path)
    left = told(done)
    assert {each.id for each in left} == there(transport).keys()
    assert {each.user_name for each in left} == names(there(transport))
    assert {each.why for each in left} == {
        "DELETE answered 204 No Content, but it can still be read, and is inactive"
    }
    assert len(left) > CROWD


def nameless(answer: Callable[[Answer], Answer]) -> Lie:
    """Makes users without a userName, and answers such a create in its own way."""
    made: list[str] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if creates(asked) and asked.kind == "Users" and "userName" not in asked.json:
            done = await honest(asked.saying({**asked.json, "userName": "nobody"}))
            made.append(done.json["id"])
            return answer(done.having(userName=None))
        shown = await honest(asked)
        return shown.each(lambda each: each.get("id") in made and each.pop("userName"))

    return lie


@pytest.mark.parametrize("status", [201, 200])
def test_who_has_no_name_is_told_by_id(status: int, tmp_path: Path) -> None:
    """Nobody can prove whose it is, so it stays, and is told by what it can be found by."""
    transport, done = played(nameless(lambda made: replace(made, status=status)), tmp_path)
    (the_id,) = there(transport)
    (left,) = told(done)
    assert (left.user_name, left.id) == (f"user without a name, id {the_id}", the_id)
    assert re.search(
        r"showed no name, .*; the run knows it as scim-tests\.\S+: look, and remove it by hand", left.why
    )


def test_who_has_no_name_and_whose_id_nobody_told_is_found_in_the_list(tmp_path: Path) -> None:
    """An e-mail address of the run shows whose it is; by that alone nobody is removed."""
    transport, done = played(nameless(lambda _: raw(201)), tmp_path)
    (the_id,) = there(transport)
    assert [each for each in told(done) if the_id in each.why and "only a list showed it" in each.why]


def test_the_same_name_in_capitals_is_told_for_itself(tmp_path: Path) -> None:
    """Two who differ in letter case alone are two, each told as the target writes it."""
    twins: dict[str, str] = {}

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if removes(asked):
            return refusal(501, "Nobody is deleted here.")
        name = asked.json.get("userName", "") if creates(asked) else ""
        if name.isupper():
            answer = await honest(asked.saying({**asked.json, "userName": f"twin-{name}"}))
            twins[answer.json["id"]] = name
        else:
            answer = await honest(asked)
        return answer.each(
            lambda each: each.update(userName=twins[each["id"]]) if each.get("id") in twins else None
        )

    transport, done = played(lie, tmp_path)
    (the_twin,) = twins
    left = {each.id: each.user_name for each in told(done)}
    assert left.keys() == there(transport).keys()
    assert left[the_twin] == twins[the_twin]
    assert left[the_twin].lower() in {name for id_, name in left.items() if id_ != the_twin}


async def removed_behind_errors(asked: Asked, honest: Honest) -> Answer:
    """Answers a GET of whom it removed with 500."""
    answer = await honest(asked)
    return raw(500) if asked.id and asked.method == "GET" and answer.status == 404 else answer


def test_whom_no_list_shows_is_not_told_though_a_get_fails(tmp_path: Path) -> None:
    """A DELETE answered with success, and the whole list without the user: then nobody is left."""
    transport, done = played(removed_behind_errors, tmp_path)
    assert there(transport) == {}
    assert told(done) == []


@pytest.mark.parametrize("status", [500, 429, 503])
def test_where_no_look_can_be_made_it_says_that_nothing_is_known(status: int, tmp_path: Path) -> None:
    """Neither those who were removed nor the list can be read any more: each may be there, and is told so."""
    removed: set[str] = set()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if removes(asked) and asked.kind == "Users":
            removed.add(asked.id)
        is_look = asked.id in removed or (removed and asked.place == "GET /Users" and not asked.filter)
        return raw(status) if is_look and asked.method == "GET" else await honest(asked)

    _, done = played(lie, tmp_path)
    assert {each.id for each in told(done)} == removed
    assert all("whether it is still there is not known" in each.why for each in told(done))


def test_who_is_in_a_list_is_told_though_a_get_finds_nobody(tmp_path: Path) -> None:
    """A list that goes on showing who was removed, as an index does, shows somebody who is left."""
    removed: list[Json] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if removes(asked) and asked.kind == "Users" and (shown := await honest(asked.of("GET"))).ok:
            removed.append(shown.json)
        answer = await honest(asked)
        if asked.place == "GET /Users" and not asked.filter and answer.ok:
            return answer.showing([*answer.resources, *removed])
        return answer

    _, done = played(lie, tmp_path)
    assert {each.id for each in told(done)} == {each["id"] for each in removed}
    assert all("but a list still shows it" in each.why for each in told(done))


def test_in_a_long_list_each_name_is_looked_up(tmp_path: Path) -> None:
    """Where a walk would take more than ten pages, one page tells so, and lookups find who is left."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await deactivating(asked, honest)
        is_list = asked.place == "GET /Users" and not asked.filter and answer.ok
        return answer.having(totalResults=5000) if is_list else answer

    transport, done = played(lie, tmp_path)
    assert {each.id for each in told(done)} == there(transport).keys()
    heard = done.conductor.transcript
    assert len(heard.of("clean_up.last_list")) == 1
    assert 0 < len(heard.of("clean_up.last_lookup")) <= len(told(done)) + 8


@pytest.mark.parametrize("clean_up", [CleanUp.NOTHING, CleanUp.DEACTIVATE])
def test_where_nobody_may_be_removed_everybody_is_told(clean_up: CleanUp, tmp_path: Path) -> None:
    """A profile that removes nobody leaves all, each with the profile's reason."""
    transport, done = played(as_it_is, tmp_path, clean_up)
    assert {each.id for each in told(done)} == there(transport).keys()
    assert len({each.why for each in told(done)}) == 1


def test_the_last_look_sends_little(tmp_path: Path) -> None:
    """One GET for each id that was made at the most, and a page of each list; nothing after it writes."""
    _, done = played(as_it_is, tmp_path)
    made = {each.answer.id for each in done.conductor.transcript if each.status == 201}
    last = [each for each in done.conductor.transcript if each.step.startswith("clean_up.last")]
    assert len(last) <= len(made) + 2
    assert {each.request.method for each in last} == {"GET"}
    assert [*done.conductor.transcript][-len(last) :] == last


def by_chance(chance: random.Random) -> Lie:
    """Does or does not what a create or removal asks, and answers anything; what it shows is true."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if not (creates(asked) or removes(asked)) or chance.random() < 0.5:
            return await honest(asked)
        done = await honest(asked) if chance.random() < 0.6 else None
        match chance.choice(("refused", "broken", "empty", "odd", "silent")):
            case "refused":
                return refusal(chance.choice((400, 403, 404, 409, 501)), "No.")
            case "broken":
                return raw(500)
            case "empty":
                return raw(chance.choice((200, 202, 204)))
            case "odd":
                return replace(done, status=200) if done else reply({})
            case _:
                raise httpx.ReadError("connection reset")

    return lie


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_answered_the_list_of_leftovers_is_true(seed: int, tmp_path: Path) -> None:
    """As long as what is shown is true, told is exactly who is there."""
    transport, done = played(by_chance(random.Random(seed)), tmp_path)  # noqa: S311 -- no secret
    left = told(done)
    assert sorted(each.user_name for each in left) == sorted(names(there(transport)))
    assert {each.id for each in left} - {""} <= there(transport).keys()
