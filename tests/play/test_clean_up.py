"""Nothing is lost track of, and nobody but the run's own users is ever written to."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from imagining import answers
from playing import PASSWORD, TOKEN, Play, play
from real_people import Liar, everybody, make_real_group, make_real_person

from reference_server.faults.bending import Answer, Asked, Honest, raw, refusal
from scim_tests import profiles
from scim_tests.checks.reading.history import ended
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.model.scim import Json
from scim_tests.session.left_behind import left_behind


def creates(asked: Asked) -> bool:
    return asked.method == "POST"


def played(transport: Liar, folder: Path, profile: str | Profile = "okta") -> Play:
    return play(transport, folder / "ledger.jsonl", profile=profile)


@pytest.mark.parametrize("profile", ["okta", "okta-custom-app"])
def test_an_honest_target_is_left_as_it_was(tmp_path: Path, profile: str) -> None:
    """After the play nobody is left but who was there before, unchanged, and no group but that one."""
    transport = Liar()
    real, group = make_real_person(transport.honest), make_real_group(transport.honest)
    done = played(transport, tmp_path, profile)
    assert everybody(transport.honest) == [real]
    assert everybody(transport.honest, "Groups") == [group]
    assert left_behind(done.ledger, done.conductor.scene_runs) == []
    assert done.ledger.entries() == [], "so that nothing is left to be cleaned"


def test_a_create_that_answers_with_somebody_elses_id_hurts_nobody(tmp_path: Path) -> None:
    """Handed a real person's id for our create, the run never writes to that id."""
    real: Json = {}

    transport = Liar(
        answers(lambda _, answer: answer.having(id=real["id"]) if answer.status == 201 else answer, creates)
    )
    real.update(make_real_person(transport.honest))
    played(transport, tmp_path)
    assert not [path for path in transport.written() if path.endswith(f"/Users/{real['id']}")]
    assert real in everybody(transport.honest)


def test_a_lookup_that_finds_somebody_else_hurts_nobody(tmp_path: Path) -> None:
    """A target that ignores filters shows strangers; none is written to, and nobody is created beside them."""
    real: Json = {}

    transport = Liar(
        answers(
            lambda _, answer: answer.having(totalResults=1, Resources=[real]),
            lambda asked: bool(asked.filter),
        )
    )
    real.update(make_real_person(transport.honest))
    played(transport, tmp_path)
    assert transport.written() == set()
    assert everybody(transport.honest) == [real]


def test_a_stranger_under_our_name_hurts_nobody(tmp_path: Path) -> None:
    """A target that shows a real person under the userName we looked for gets no write either."""
    real: Json = {}

    def lie(asked: Asked, answer: Answer) -> Answer:
        if not asked.filter or answer.json.get("Resources"):
            return answer
        return answer.having(totalResults=1, Resources=[{**real, "userName": asked.sought[2]}])

    transport = Liar(answers(lie))
    real.update(make_real_person(transport.honest))
    played(transport, tmp_path)
    assert not [path for path in transport.written() if path.endswith(real["id"])]
    assert real in everybody(transport.honest)


def test_who_cannot_be_deleted_is_deactivated_and_named(tmp_path: Path) -> None:
    """Where DELETE is refused users are deactivated, and stay in the ledger."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return refusal(501, "no") if asked.method == "DELETE" else await honest(asked)

    transport = Liar(lie)
    done = played(transport, tmp_path)
    left = everybody(transport.honest)
    assert {user["active"] for user in left} == {False}
    groups = {f"/Groups/{group['id']}" for group in everybody(transport.honest, "Groups")}
    assert len(groups) == 9
    assert {entry.id for entry in done.ledger.entries()} - {""} == {user["id"] for user in left} | groups
    [scene] = [each for each in done.conductor.scene_runs if each.scene.act.name == "clean_up"]
    assert len(scene.result.left_behind) == len(left) + len(groups)


def test_a_create_that_was_never_answered_is_found_and_removed(tmp_path: Path) -> None:
    """Users whose create succeeded without an answer are found by userName at the end."""

    def lie(*_: object) -> Answer:
        raise httpx.ReadError("connection reset")

    transport = Liar(answers(lie, creates))
    played(transport, tmp_path)
    assert everybody(transport.honest) == []


@pytest.mark.parametrize("status", [401, 404, 409, 429, 501])
def test_a_create_that_was_done_although_refused_is_found_and_removed(tmp_path: Path, status: int) -> None:
    """A gateway that asks twice hands on the second answer; whom the first made is looked up at the end."""
    transport = Liar(answers(lambda *_: raw(status), creates))
    done = played(transport, tmp_path)
    assert everybody(transport.honest) == everybody(transport.honest, "Groups") == []
    assert left_behind(done.ledger, done.conductor.scene_runs) == []


@pytest.mark.parametrize("made", [False, True])
def test_who_was_refused_is_told_only_where_they_are(tmp_path: Path, *, made: bool) -> None:
    """Where nobody can be removed, whom a lookup shows is told; a refusal that is true leaves nobody to tell."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if not creates(asked):
            return await honest(asked)
        if made:
            await honest(asked)
        return raw(403)

    transport = Liar(lie)
    done = played(transport, tmp_path, replace(profiles.load("okta"), clean_up=CleanUp.NOTHING))
    told = {each.user_name for each in left_behind(done.ledger, done.conductor.scene_runs)}
    assert told == {user["userName"] for user in everybody(transport.honest)}
    assert bool(told) is made


def test_removals_that_are_not_done_are_told_one_by_one(tmp_path: Path) -> None:
    """Where DELETE is answered well and nobody goes, everybody who is still there is named."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return raw(204) if asked.method == "DELETE" else await honest(asked)

    transport = Liar(lie)
    done = played(transport, tmp_path)
    told = {each.id for each in left_behind(done.ledger, done.conductor.scene_runs)}
    groups = {f"/Groups/{group['id']}" for group in everybody(transport.honest, "Groups")}
    there = {user["id"] for user in everybody(transport.honest)} | groups
    assert groups
    assert there <= told


def test_a_group_that_is_somebody_elses_is_not_written_to(tmp_path: Path) -> None:
    """Handed a real group's id for our create, the run never writes to that group."""
    real: Json = {}

    transport = Liar(
        answers(lambda _, answer: answer.having(id=real["id"]), lambda asked: asked.place == "POST /Groups")
    )
    real.update(make_real_group(transport.honest))
    played(transport, tmp_path)
    assert not [path for path in transport.written() if path.endswith(real["id"])]
    assert everybody(transport.honest, "Groups") == [real]


def test_a_group_with_the_number_of_a_user_is_not_taken_for_ours(tmp_path: Path) -> None:
    """On a target that numbers users and groups alike, owning a user is not owning the group of that number."""
    users: list[str] = []

    def lie(asked: Asked, answer: Answer) -> Answer:
        if answer.status == 201 and asked.kind == "Users":
            users.append(answer.json["id"])
        elif answer.status == 201:
            return answer.having(id=users[0], displayName="Finance")
        return answer

    transport = Liar(answers(lie, creates))
    played(transport, tmp_path)
    assert not [path for path in transport.written() if path.endswith(f"/Groups/{users[0]}")]
    assert everybody(transport.honest) == []


@pytest.mark.parametrize("profile", ["okta", "okta-custom-app"])
def test_a_group_whose_create_was_never_answered_is_found_and_removed(tmp_path: Path, profile: str) -> None:
    """Groups whose create succeeded without an answer are found by displayName at the end."""

    def lie(asked: Asked, answer: Answer) -> Answer:
        if asked.place == "POST /Groups":
            raise httpx.ReadError("connection reset")
        return answer if asked.filter or asked.place != "GET /Groups" else raw(500)

    transport = Liar(answers(lie))
    done = played(transport, tmp_path, profile)
    assert everybody(transport.honest, "Groups") == []
    assert done.conductor.transcript.of("clean_up.lookup_group")


def test_groups_go_before_their_members(tmp_path: Path) -> None:
    """The clean-up deletes every group before the first user."""
    deletes = played(Liar(), tmp_path).conductor.transcript.of("clean_up.delete*")
    deleted = [each.request.endpoint.split("/")[1] for each in deletes]
    assert deleted == sorted(deleted)
    assert deleted.count("Groups") == 2


def test_no_removal_leaves_before_the_first_of_its_kind_was_seen_to_reach_one(tmp_path: Path) -> None:
    """However many requests may be under way, the first DELETE is alone, and each comes after a GET by its id."""
    done = play(Liar(), tmp_path / "ledger.jsonl", parallel=16)
    for look, delete, after in (
        ("look", "delete", "read_deleted"),
        ("look_group", "delete_group", "look_group_again"),
    ):
        looks, deletes, reads = (
            done.conductor.transcript.of(f"clean_up.{each}") for each in (look, delete, after)
        )
        first, *others = sorted(each.heard.started for each in deletes)
        assert all(each > reads[0].heard.started > first for each in others)
        shown = {each.request.endpoint: ended(each) for each in looks}
        assert all(shown[each.request.endpoint] <= each.heard.started for each in deletes)


def test_no_secret_is_in_the_ledger(tmp_path: Path) -> None:
    """The ledger holds userNames and ids, and neither token nor password."""
    played(Liar(), tmp_path)
    text = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8")
    assert "scim-tests.unittest.plain@example.com" in text
    assert TOKEN not in text
    assert PASSWORD not in text
