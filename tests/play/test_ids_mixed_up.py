"""Targets that are in doubt about whose id is whose: ours are known again, nobody else is harmed, and who is left is told."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from imagining import Lie, answers
from keeping import kept
from real_people import Liar, everybody, make, make_real_group, make_real_person

from reference_server.faults.bending import Answer, Asked, Honest, raw
from scim_tests import profiles
from scim_tests.model.scim import GROUP, USER, Json, get

STRANGER = "ottoline.quillfeather@example.org"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
OKTA = profiles.load("okta")
OKTA = replace(
    OKTA, limits=replace(OKTA.limits, crowd=5, small_page_requests=3)
)  # enough to remove more than twenty


def is_of_one(asked: Asked, kind: str = "Users") -> bool:
    return asked.kind == kind and asked.id not in {"", ".search"}


def each_shown(answer: Answer, key: str, change: str) -> Answer:
    """Every resource of the run's in the answer, with that attribute (a format of it) changed."""

    def bend(shown: Json) -> None:
        if "scim-tests" in str(get(shown, "userName")):
            shown[key] = change.format(shown[key], shown[key].partition("@")[0], shown[key].upper())

    return answer.each(bend)


class Mixed(Liar):
    """Shows somebody else under an id of ours, once it had shown it as ours."""

    def __init__(self) -> None:
        super().__init__(answers(self.mixed, lambda asked: asked.kind == "Users" and asked.reads))
        self.seen: set[str] = set()
        self.asked_until_then = 0

    def mixed(self, asked: Asked, answer: Answer) -> Answer:
        if answer.ok and asked.id in self.seen and not self.asked_until_then:
            self.asked_until_then = len(self.asked)
            return answer.having(userName=STRANGER)
        if answer.ok:
            self.seen.add(asked.id)
        return answer


def test_a_target_that_shows_somebody_else_as_ours_is_written_to_no_more(tmp_path: Path) -> None:
    """A router that asks another tenant now and then may delete real people there; everybody left is told."""
    transport = Mixed()
    done = kept(transport, tmp_path, OKTA, judged=False)
    asked = transport.asked[transport.asked_until_then :]
    assert transport.asked_until_then
    assert [(how, path) for how, path in asked if how in WRITES and ".search" not in path] == []
    there = [each["userName"] for each in everybody(transport.honest)]
    assert there
    assert set(there) <= {left.user_name for left in done.record.left_behind}
    assert any("nothing is written to this target any more" in left.why for left in done.record.left_behind)


async def in_capitals(asked: Asked, honest: Honest) -> Answer:
    """Writes ids in capitals where it answers a create, and finds them either way."""
    answer = await honest(replace(asked, id=asked.id.lower()) if is_of_one(asked) else asked)
    return each_shown(answer, "id", "{2}") if asked.method == "POST" else answer


@pytest.mark.parametrize("change", ["{1}@corp.example.org", "corp.{0}", "{1}"])
def test_whom_the_target_calls_otherwise_is_known_by_the_mark_of_the_run(change: str, tmp_path: Path) -> None:
    """Under the id that our create was answered with, a userName that was rewritten is ours, and is removed."""
    transport = Liar(answers(lambda _, answer: each_shown(answer, "userName", change)))
    real, group = make_real_person(transport.honest), make_real_group(transport.honest)
    done = kept(transport, tmp_path, OKTA, judged=False)
    assert everybody(transport.honest) == [real]
    assert everybody(transport.honest, "Groups") == [group]
    assert done.record.left_behind == []


def test_an_id_is_known_in_capitals_and_without(tmp_path: Path) -> None:
    """Whoever was made is removed, and nobody is told twice."""
    transport = Liar(in_capitals)
    done = kept(transport, tmp_path, OKTA, judged=False)
    assert everybody(transport.honest) == []
    assert done.record.left_behind == []


def deletes_a_group(asked: Asked) -> bool:
    return asked.method == "DELETE" and is_of_one(asked, "Groups")


async def without_removal(asked: Asked, honest: Honest) -> Answer:
    return raw(501) if deletes_a_group(asked) else await honest(asked)


def test_two_that_had_one_name_are_both_told(tmp_path: Path) -> None:
    """Each group that stays is among those left behind, by its id."""
    transport = Liar(without_removal)
    done = kept(transport, tmp_path, OKTA, judged=False)
    there = [f"/Groups/{each['id']}" for each in everybody(transport.honest, "Groups")]
    assert len(there) > 1
    assert sorted(left.id for left in done.record.left_behind) == sorted(there)


def reusing(*, slow: bool) -> Lie:
    """Shows what was deleted as somebody else, who was given the id; or, slow, once more as it was."""
    shown: dict[str, bytes] = {}
    deleted: set[str] = set()

    def again(asked: Asked, answer: Answer) -> Answer:
        if asked.method == "DELETE":
            deleted.add(asked.id)
        elif answer.ok:
            shown[asked.id] = answer.body
        elif asked.reads and asked.id in deleted & shown.keys():
            before = Answer(200, {}, shown.pop(asked.id) if slow else shown[asked.id])
            return before if slow else before.having(userName=STRANGER)
        return answer

    return answers(again, is_of_one)


@pytest.mark.parametrize("slow", [True, False], ids=["slow", "somebody else"])
def test_nobody_is_told_who_is_gone(slow: bool, tmp_path: Path) -> None:
    """An id that somebody else has by now, or whom a cache showed once more, is not left behind."""
    transport = Liar(reusing(slow=slow))
    done = kept(transport, tmp_path, OKTA, judged=False)
    assert everybody(transport.honest) == []
    assert done.record.left_behind == []


def lagging() -> Lie:
    """Does what a DELETE asks a few requests later, and shows everything as it was until then."""
    due: list[tuple[int, Asked]] = []
    count = itertools.count()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        now = next(count)
        while due and due[0][0] < now:
            await honest(due.pop(0)[1])
        if asked.method == "DELETE" and is_of_one(asked):
            due.append((now + 4, asked))
            return raw(204)
        return await honest(asked)

    return lie


def test_whom_a_slow_target_removes_is_gone_in_the_end(tmp_path: Path) -> None:
    """Where DELETE was doubted and then seen to be done, those who had to wait are removed as well."""
    transport = Liar(lagging())
    done = kept(transport, tmp_path, OKTA, judged=False)
    assert len([path for how, path in transport.asked if how == "DELETE" and "/Users/" in path]) > 20
    assert [left.user_name for left in done.record.left_behind] == []


async def cascading(asked: Asked, honest: Honest) -> Answer:
    """Deletes a group's members with it."""
    if deletes_a_group(asked):
        for member in (await honest(asked.of("GET"))).json.get("members", ()):
            await honest(asked.of("DELETE", member["value"], kind="Users"))
    return await honest(asked)


def test_who_goes_with_a_group_is_not_told_as_left(tmp_path: Path) -> None:
    """They are found gone, and the reports know it."""
    transport = Liar(cascading)
    done = kept(transport, tmp_path, OKTA, judged=False)
    assert everybody(transport.honest) == []
    assert done.record.left_behind == []


def test_nobody_more_is_made_where_nobody_can_be_proven(tmp_path: Path) -> None:
    """A GET by id that shows no userName proves nothing, so that none could be removed: a few stay, and are told."""
    transport = Liar(
        answers(
            lambda _, answer: answer.having(userName=None) if answer.ok else answer,
            lambda asked: asked.kind == "Users" and asked.reads,
        )
    )
    done = kept(transport, tmp_path, OKTA, judged=False)
    there = everybody(transport.honest)
    assert 0 < len(there) <= 8
    assert {each["userName"] for each in there} <= {left.user_name for left in done.record.left_behind}


def astray(method: str, kind: str, victims: list[str]) -> Lie:
    """Does to somebody real what it is asked to do to ours, and answers as if it had done it."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.method != method or not is_of_one(asked, kind):
            return await honest(asked)
        answer = await honest(asked.of("GET"))
        if not answer.ok:
            return answer
        done = await honest(replace(asked, id=victims.pop(0) if method == "DELETE" else victims[0]))
        return done if method == "DELETE" else answer

    return lie


def test_a_clean_up_deletes_no_more_than_one_on_a_target_that_deletes_another(tmp_path: Path) -> None:
    """Once a DELETE was answered with success and changed nothing of ours, no other leaves; everybody is told."""
    victims: list[str] = []
    transport = Liar(astray("DELETE", "Users", victims))
    people = [
        make(transport.honest, "Users", {"schemas": [USER], "userName": f"real-{number}@example.org"})
        for number in range(40)
    ]
    victims += [each["id"] for each in people]
    done = kept(transport, tmp_path, OKTA, judged=False)
    there = everybody(transport.honest)
    by_an_act = 2  # whom it made in unusual ways
    assert (
        len([each for each in there if each["userName"].startswith("real-")]) >= len(people) - by_an_act - 1
    )
    ours = {each["id"] for each in there if each["userName"].lower().startswith("scim-tests")}
    assert ours == {left.id for left in done.record.left_behind}


def test_a_group_keeps_name_and_members_though_a_target_changes_it_instead_of_ours(tmp_path: Path) -> None:
    """Before a group of ours is renamed or emptied, a harmless change of it has been seen."""
    victims: list[str] = []
    transport = Liar(astray("PATCH", "Groups", victims))
    person = make_real_person(transport.honest)
    group = {"schemas": [GROUP], "displayName": "Finance", "members": [{"value": person["id"]}]}
    made = make(transport.honest, "Groups", group)
    victims.append(made["id"])
    kept(transport, tmp_path, OKTA, judged=False)
    (finance,) = everybody(transport.honest, "Groups")
    assert finance["displayName"] == "Finance"
    assert [each["value"] for each in finance["members"]] == [person["id"]]
