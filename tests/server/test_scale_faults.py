"""The faults of scale, each by itself: what only a load meets, met here by a few requests, and no time passes."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reference_server.faults import faults, scale, shown_by_a_run
from reference_server.seed import seed

from .conftest import GROUP, PATCH, USER, Client

Serve = Callable[..., Client]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that faults have waited; others come to their turn meanwhile, but no time passes."""
    waited: list[float] = []
    turn = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await turn(0)

    monkeypatch.setattr("reference_server.faults.scale.asyncio.sleep", sleep)
    return waited


def crowded(serve: Serve, fault: str, people: int = 300) -> Client:
    """A server with this fault and so many people."""
    client = serve(fault)
    seed(client.app.state.server, people)
    return client


def page(client: Client, start: int) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/Users", startIndex=start, count=100).json()
    return answer


def created(name: str) -> tuple[str, str, Any]:
    return "POST", "/Users", {"schemas": [USER], "userName": name}


def statuses(answers: list[httpx.Response]) -> list[int]:
    return [each.status_code for each in answers]


def test_there_are_twelve_and_no_run_is_asked_for_them() -> None:
    """What only a load shows is not among what a run shows."""
    only = [each for each in faults().values() if each.only_under_load]
    assert len(only) == 12
    assert {each.__module__ for each in only} == {scale.__name__}
    assert not {each.id for each in only} & set(shown_by_a_run())


def test_pages_slow_down(serve: Serve, waits: list[float]) -> None:
    """The wait is that of the people before the page, and the page is honest."""
    client = crowded(serve, "page-time-grows-with-startindex")
    shown = [page(client, start)["itemsPerPage"] for start in (1, 101, 201)]
    assert (shown, waits) == ([100] * 3, [0, 100 * scale.PASSED_OVER, 200 * scale.PASSED_OVER])


def test_the_total_drifts(serve: Serve) -> None:
    """The first page is true, the others are not, in both directions."""
    client = crowded(serve, "totalresults-drifts-between-pages")
    assert [page(client, start)["totalResults"] for start in (1, 101, 201)] == [300, 303, 297]


def test_who_is_written_moves_to_the_front(serve: Serve) -> None:
    """And whoever stood at the end of a page stands on the next one, too."""
    client = crowded(serve, "list-order-follows-writes")
    first = [each["id"] for each in page(client, 1)["Resources"]]
    client.patch(
        f"/Users/{page(client, 201)['Resources'][0]['id']}", {"op": "add", "path": "title", "value": "x"}
    )
    assert page(client, 101)["Resources"][0]["id"] == first[-1]


def test_an_import_skips_who_was_written_meanwhile(serve: Serve) -> None:
    """They are counted and not shown; the next walk shows them."""
    client = crowded(serve, "import-skips-written-meanwhile")
    page(client, 1)
    client.patch(
        f"/Users/{page(client, 201)['Resources'][0]['id']}", {"op": "add", "path": "title", "value": "x"}
    )
    meanwhile = page(client, 201)
    page(client, 1)
    assert (meanwhile["itemsPerPage"], meanwhile["totalResults"]) == (99, 300)
    assert page(client, 201)["itemsPerPage"] == 100


def test_a_create_is_lost(serve: Serve, waits: list[float]) -> None:
    """Of creates that overlap all are answered with 201, and one of those overtaken is not there."""
    client = serve("create-lost-under-concurrency")
    answers = client.at_once(*(created(f"u-{number}") for number in range(scale.LOST + 1)))
    assert set(statuses(answers)) == {201}
    assert len(client.found("/Users", count=100)) == scale.LOST
    assert len(waits) == len(answers)


def test_creates_one_after_the_other_are_kept(serve: Serve, waits: list[float]) -> None:
    """Nobody overtakes anybody."""
    client = serve("create-lost-under-concurrency")
    for number in range(scale.LOST + 1):
        client.user(f"u-{number}")
    assert client.get("/Users").json()["totalResults"] == len(waits)


def test_somebody_is_created_twice_at_once(serve: Serve, waits: list[float]) -> None:
    """Both creates are answered with 201, a look-up finds both under one name, and a third one is refused."""
    client = serve("create-twice-at-once")
    answers = client.at_once(created('a"da'), created('a"da'), created("bob"))
    assert statuses(answers) == [201] * 3
    assert client.names(r'userName eq "a\"da"') == ['a"da', 'a"da']
    assert client.request(*created('a"da')[:2], json=created('a"da')[2]).status_code == 409
    assert len(waits) == 4


def test_a_group_write_is_lost(serve: Serve, waits: list[float]) -> None:
    """Both changes are answered with their members; only the second is kept, and a change alone is."""
    client = serve("membership-lost-under-concurrency")
    people = [client.user(f"u-{number}")["id"] for number in range(3)]
    place = f"/Groups/{client.post('/Groups', {'schemas': [GROUP], 'displayName': 'Team'}).json()['id']}"

    def adding(one: str) -> tuple[str, str, Any]:
        operation = {"op": "add", "path": "members", "value": [{"value": one}]}
        return "PATCH", place, {"schemas": [PATCH], "Operations": [operation]}

    answers = client.at_once(adding(people[0]), adding(people[1]))
    client.at_once(adding(people[2]))
    assert [people[place] in each.text for place, each in enumerate(answers)] == [True, True]
    assert [each["value"] for each in client.get(place).json()["members"]] == people[1:]
    assert len(waits) == 3


def test_a_quota_says_nothing(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """One create of many is throttled, without a word about when to come again."""
    monkeypatch.setattr(scale, "QUOTA", 3)
    client = serve("quota-without-retry-after")
    answers = [client.at_once(created(f"u-{number}"))[0] for number in range(4)]
    assert statuses(answers) == [201, 201, 429, 201]
    assert "retry-after" not in answers[2].headers


def test_the_pool_is_exhausted(serve: Serve, waits: list[float]) -> None:
    """What comes beyond the connections is 503, and those are free again afterwards."""
    client = serve("pool-exhausted-503")
    answers = client.at_once(*(created(f"u-{number}") for number in range(scale.POOL + 2)))
    assert sorted(statuses(answers)) == [201] * scale.POOL + [503] * 2
    assert client.get("/Users").json()["totalResults"] == scale.POOL
    assert set(waits) == {scale.QUERY}


def test_answers_stall_and_get_slower(
    serve: Serve, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer in many stalls; with the other fault each waits longer than the one before."""
    monkeypatch.setattr(scale, "STALLS", 2)
    client = serve("answer-stalls-at-times")
    assert [client.get("/Users").status_code for _ in range(4)] == [200] * 4
    assert waits == [scale.STALL] * 2
    waits.clear()
    slower = serve("answers-get-slower")
    assert [slower.get("/Users").status_code for _ in range(3)] == [200] * 3
    assert waits == sorted(waits) == [scale.LEAK, 2 * scale.LEAK, 3 * scale.LEAK]


def test_a_lookup_scans(serve: Serve, waits: list[float]) -> None:
    """A look-up waits for everybody there is, a list without a filter for nobody."""
    client = crowded(serve, "lookup-scans-everybody")
    assert client.names('userName eq "user00000001@example.com"') == ["user00000001@example.com"]
    page(client, 1)
    assert waits == [300 * scale.SCANNED]
