"""Targets that are in doubt about whose id is whose: ours are known again, nobody else is harmed, and who is left is told."""

import json
from pathlib import Path

import httpx
import pytest
from keeping import kept
from playing import TOKEN
from real_people import Bent, everybody, make, make_real_group, make_real_person, with_body

from scim_tests import profiles
from scim_tests.model.scim import GROUP, USER, Json, get

STRANGER = "ottoline.quillfeather@example.org"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
OKTA = profiles.load("okta")


def is_of_one(request: httpx.Request, kind: str = "Users") -> bool:
    return request.url.path.startswith(f"/scim/v2/{kind}/") and not request.url.path.endswith("/.search")


def each_shown(answer: httpx.Response, key: str, change: str) -> httpx.Response:
    """Every resource of the run's in the answer, with that attribute (a format of it) changed."""
    if not answer.is_success or b"scim-tests" not in answer.content:
        return answer

    def bend(document: Json) -> None:
        for shown in document.get("Resources", [document]):
            if "scim-tests" in str(get(shown, "userName")):
                shown[key] = change.format(shown[key], shown[key].partition("@")[0], shown[key].upper())

    return with_body(answer, bend)


class Mixed(Bent):
    """Shows somebody else under an id of ours, once it had shown it as ours."""

    def __init__(self) -> None:
        super().__init__(self.mixed)
        self.seen: set[str] = set()
        self.asked_until_then = 0

    def mixed(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if request.method != "GET" or not is_of_one(request) or not answer.is_success:
            return answer
        if request.url.path in self.seen and not self.asked_until_then:
            self.asked_until_then = len(self.asked)
            return with_body(answer, lambda user: user.update(userName=STRANGER))
        self.seen.add(request.url.path)
        return answer


def test_a_target_that_shows_somebody_else_as_ours_is_written_to_no_more(tmp_path: Path) -> None:
    """A router that asks another tenant now and then may delete real people there; everybody left is told."""
    transport = Mixed()
    done = kept(transport, tmp_path, OKTA)
    asked = transport.asked[transport.asked_until_then :]
    assert transport.asked_until_then
    assert [(how, path) for how, path in asked if how in WRITES and ".search" not in path] == []
    there = [each["userName"] for each in everybody(transport.honest)]
    assert there
    assert set(there) <= {left.user_name for left in done.record.left_behind}
    assert any("nothing is written to this target any more" in left.why for left in done.record.left_behind)


class Capitals(Bent):
    """Writes ids in capitals where it answers a create, and finds them either way."""

    def __init__(self) -> None:
        super().__init__(self.in_capitals)

    def in_capitals(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        return each_shown(answer, "id", "{2}") if request.method == "POST" else answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if is_of_one(request):
            place, _, id_ = request.url.path.rpartition("/")
            request.url = request.url.copy_with(path=f"{place}/{id_.lower()}")
        return await super().handle_async_request(request)


@pytest.mark.parametrize("change", ["{1}@corp.example.org", "corp.{0}", "{1}"])
def test_whom_the_target_calls_otherwise_is_known_by_the_mark_of_the_run(change: str, tmp_path: Path) -> None:
    """Under the id that our create was answered with, a userName that was rewritten is ours, and is removed."""
    transport = Bent(lambda _, answer: each_shown(answer, "userName", change))
    real, group = make_real_person(transport.honest), make_real_group(transport.honest)
    done = kept(transport, tmp_path, OKTA)
    assert everybody(transport.honest) == [real]
    assert everybody(transport.honest, "Groups") == [group]
    assert done.record.left_behind == []


def test_an_id_is_known_in_capitals_and_without(tmp_path: Path) -> None:
    """Whoever was made is removed, and nobody is told twice."""
    transport = Capitals()
    done = kept(transport, tmp_path, OKTA)
    assert everybody(transport.honest) == []
    assert done.record.left_behind == []


class WithoutRemoval(Bent):
    """Refuses to delete groups."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE" and is_of_one(request, "Groups"):
            return httpx.Response(501)
        return await super().handle_async_request(request)


def test_two_that_had_one_name_are_both_told(tmp_path: Path) -> None:
    """Each group that stays is among those left behind, by its id."""
    transport = WithoutRemoval(lambda _, answer: answer)
    done = kept(transport, tmp_path, OKTA)
    there = [f"/Groups/{each['id']}" for each in everybody(transport.honest, "Groups")]
    assert len(there) > 1
    assert sorted(left.id for left in done.record.left_behind) == sorted(there)


class Reusing(Bent):
    """Shows what was deleted as somebody else, who was given the id; or, slow, once more as it was."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__(self.again)
        self.slow = slow
        self.shown: dict[str, bytes] = {}
        self.deleted: set[str] = set()

    def again(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        path = request.url.path
        if not is_of_one(request):
            return answer
        if request.method == "DELETE":
            self.deleted.add(path)
        elif answer.is_success:
            self.shown[path] = answer.content
        elif request.method == "GET" and path in self.deleted and path in self.shown:
            content = self.shown.pop(path) if self.slow else self.shown[path]
            answer = httpx.Response(200, content=content)
            return answer if self.slow else with_body(answer, lambda user: user.update(userName=STRANGER))
        return answer


@pytest.mark.parametrize("slow", [True, False], ids=["slow", "somebody else"])
def test_nobody_is_told_who_is_gone(slow: bool, tmp_path: Path) -> None:
    """An id that somebody else has by now, or whom a cache showed once more, is not left behind."""
    transport = Reusing(slow=slow)
    done = kept(transport, tmp_path, OKTA)
    assert everybody(transport.honest) == []
    assert done.record.left_behind == []


class Lagging(Bent):
    """Does what a DELETE asks a few requests later, and shows everything as it was until then."""

    def __init__(self) -> None:
        super().__init__(lambda _, answer: answer)
        self.due: list[tuple[int, httpx.Request]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        while self.due and self.due[0][0] < len(self.asked):
            _, late = self.due.pop(0)
            await (await self.honest.handle_async_request(late)).aread()
        if request.method == "DELETE" and is_of_one(request):
            self.due.append((len(self.asked) + 4, request))
            self.asked.append((request.method, request.url.path))
            return httpx.Response(204)
        return await super().handle_async_request(request)


def test_whom_a_slow_target_removes_is_gone_in_the_end(tmp_path: Path) -> None:
    """Where DELETE was doubted and then seen to be done, those who had to wait are removed as well."""
    transport = Lagging()
    done = kept(transport, tmp_path, OKTA)
    assert len([path for how, path in transport.asked if how == "DELETE" and "/Users/" in path]) > 20
    assert [left.user_name for left in done.record.left_behind] == []


class Cascading(Bent):
    """Deletes a group's members with it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE" and is_of_one(request, "Groups"):
            group = json.loads(await self._honestly("GET", request.url, request))
            for member in group.get("members", ()):
                await self._honestly("DELETE", request.url.join(f"../Users/{member['value']}"), request)
        return await super().handle_async_request(request)

    async def _honestly(self, method: str, url: httpx.URL, request: httpx.Request) -> bytes:
        headers = {"Authorization": request.headers["Authorization"]}
        answer = await self.honest.handle_async_request(httpx.Request(method, url, headers=headers))
        return await answer.aread()


def test_who_goes_with_a_group_is_not_told_as_left(tmp_path: Path) -> None:
    """They are found gone, and the reports know it."""
    transport = Cascading(lambda _, answer: answer)
    done = kept(transport, tmp_path, OKTA)
    assert everybody(transport.honest) == []
    assert done.record.left_behind == []


def test_nobody_more_is_made_where_nobody_can_be_proven(tmp_path: Path) -> None:
    """A GET by id that shows no userName proves nothing, so that none could be removed: a few stay, and are told."""

    def bend(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if request.method == "GET" and is_of_one(request) and answer.is_success:
            return with_body(answer, lambda user: user.pop("userName"))
        return answer

    transport = Bent(bend)
    done = kept(transport, tmp_path, OKTA)
    there = everybody(transport.honest)
    assert 0 < len(there) <= 8
    assert {each["userName"] for each in there} <= {left.user_name for left in done.record.left_behind}


class Astray(Bent):
    """Does to somebody real what it is asked to do to ours, and answers as if it had done it."""

    def __init__(self, method: str, kind: str, victims: list[str]) -> None:
        super().__init__(lambda _, answer: answer)
        self.method, self.kind, self.victims = method, kind, victims

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == self.method and is_of_one(request, self.kind):
            shown = httpx.Request("GET", request.url, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = await self.honest.handle_async_request(shown)
            await answer.aread()
            if not answer.is_success:
                return answer
            victim = self.victims.pop(0) if self.method == "DELETE" else self.victims[0]
            request.url = request.url.join(victim)
            done = await super().handle_async_request(request)
            return done if self.method == "DELETE" else answer
        return await super().handle_async_request(request)


def test_a_clean_up_deletes_no_more_than_one_on_a_target_that_deletes_another(tmp_path: Path) -> None:
    """Once a DELETE was answered with success and changed nothing of ours, no other leaves; everybody is told."""
    transport = Astray("DELETE", "Users", [])
    people = [
        make(transport.honest, "Users", {"schemas": [USER], "userName": f"real-{number}@example.org"})
        for number in range(40)
    ]
    transport.victims += [each["id"] for each in people]
    done = kept(transport, tmp_path, OKTA)
    there = everybody(transport.honest)
    by_an_act = 2  # whom it made in unusual ways
    assert (
        len([each for each in there if each["userName"].startswith("real-")]) >= len(people) - by_an_act - 1
    )
    ours = {each["id"] for each in there if each["userName"].startswith("scim-tests")}
    assert ours == {left.id for left in done.record.left_behind}


def test_a_group_keeps_name_and_members_though_a_target_changes_it_instead_of_ours(tmp_path: Path) -> None:
    """Before a group of ours is renamed or emptied, a harmless change of it has been seen."""
    transport = Astray("PATCH", "Groups", [])
    person = make_real_person(transport.honest)
    group = {"schemas": [GROUP], "displayName": "Finance", "members": [{"value": person["id"]}]}
    made = make(transport.honest, "Groups", group)
    transport.victims.append(made["id"])
    kept(transport, tmp_path, OKTA)
    (finance,) = everybody(transport.honest, "Groups")
    assert finance["displayName"] == "Finance"
    assert [each["value"] for each in finance["members"]] == [person["id"]]
