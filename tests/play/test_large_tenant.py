"""A large tenant: an import meets everybody once, and little of what it saw is kept."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playing import BASE_URL, play

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.scim import LIST_RESPONSE, USER
from scim_tests.model.verdict import Verdict

PEOPLE = 20_000


def person(number: int) -> dict[str, object]:
    return {
        "schemas": [USER],
        "id": f"{number:08}",
        "userName": f"p{number}@example.com",
        "name": {"givenName": "Pat", "familyName": f"Person {number}"},
        "emails": [{"value": f"p{number}@example.com", "type": "work", "primary": True}],
        "active": True,
        "meta": {"resourceType": "User", "location": f"{BASE_URL}/Users/{number:08}"},
    }


def answer(request: httpx.Request) -> httpx.Response:
    """A tenant whose people are made as they are asked for."""
    if request.url.path != "/scim/v2/Users" or request.url.params.get("filter"):
        return httpx.Response(
            404, json={"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}
        )
    start, count = max(1, int(request.url.params["startIndex"])), max(0, int(request.url.params["count"]))
    people = [person(number) for number in range(start, min(start + count, PEOPLE + 1))]
    page = {
        "schemas": [LIST_RESPONSE],
        "totalResults": PEOPLE,
        "startIndex": start,
        "itemsPerPage": len(people),
    }
    return httpx.Response(200, json={**page, "Resources": people})


def test_memory_does_not_hold_what_was_imported(tmp_path: Path) -> None:
    """Of all pages together less than a fiftieth is kept, and the walk still counts everybody once."""
    judge = Judge([check for check in catalogue() if check.act in {"import_users", "every_list"}])
    done = play(httpx.MockTransport(answer), tmp_path / "ledger.jsonl", profile="read-only", judge=judge)
    pages = done.conductor.transcript.of("import_users.page")
    assert len(pages) == PEOPLE / 100
    kept = sum(len(page.answer.body) for page in pages)
    assert kept < len(json.dumps([person(1)])) * PEOPLE / 50
    assert Counter(page.elided for page in pages) == {99: len(pages)}
    result = done.result("import_users.lists-as-many-as-it-totals")
    assert result.verdict is Verdict.PASS
    [scene] = [each for each in done.conductor.scene_runs if each.scene.act.name == "import_users"]
    assert [note for note in scene.result.not_looked_at if "pages_of_1: only the first 5" in note]


def test_a_list_that_never_ends_is_left(tmp_path: Path) -> None:
    """A target that gives the first page for ever is walked twice at most, and the check says so."""

    def first_page_always(request: httpx.Request) -> httpx.Response:
        url = request.url.copy_set_param("startIndex", "1")
        return answer(httpx.Request("GET", url))

    judge = Judge([check for check in catalogue() if check.act == "import_users"])
    done = play(
        httpx.MockTransport(first_page_always), tmp_path / "ledger.jsonl", profile="read-only", judge=judge
    )
    assert len(done.conductor.transcript.of("import_users.page")) == 2
    assert done.result("import_users.goes-on-to-the-next-page").verdict is Verdict.FAIL


def test_a_list_that_always_has_more_is_left_at_the_limit(tmp_path: Path) -> None:
    """However many pages a target makes up, the walk takes those the profile allows, and says what it left out."""

    def more_and_more(request: httpx.Request) -> httpx.Response:
        start, count = int(request.url.params["startIndex"]), int(request.url.params["count"])
        people = [person(number) for number in range(max(1, start), max(1, start) + max(0, count))]
        page = {
            "schemas": [LIST_RESPONSE],
            "totalResults": 10**12,
            "startIndex": start,
            "itemsPerPage": len(people),
        }
        return httpx.Response(200, json={**page, "Resources": people})

    chosen = profiles.load("read-only")
    short = replace(chosen, limits=replace(chosen.limits, import_pages=5))
    done = play(httpx.MockTransport(more_and_more), tmp_path / "ledger.jsonl", profile=short)
    assert len(done.conductor.transcript.of("import_users.page")) == 5
    notes = [note for each in done.conductor.scene_runs for note in each.result.not_looked_at]
    assert any("5" in note for note in notes), notes


def test_a_page_whose_ids_are_none_is_condensed(tmp_path: Path) -> None:
    """An id that is a list, an object or missing is nobody the run made, and no failure of ours."""

    def odd(_: httpx.Request) -> httpx.Response:
        people = [{**person(number), "id": id_} for number, id_ in enumerate([["1"], {"a": 1}, None, 7, "8"])]
        page = {"schemas": [LIST_RESPONSE], "totalResults": 5, "startIndex": 1, "itemsPerPage": 5}
        return httpx.Response(200, json={**page, "Resources": people})

    done = play(httpx.MockTransport(odd), tmp_path / "ledger.jsonl", profile="read-only")
    assert done.conductor.broken == []
    assert done.conductor.transcript.of("import_users.page")[0].elided == 4


@pytest.mark.parametrize("cap", [50, 99])
def test_a_target_with_shorter_pages_gets_advice_and_no_failure(tmp_path: Path, cap: int) -> None:
    """The RFC allows pages shorter than count; what Okta's fixed step then loses is advice."""

    def capped(request: httpx.Request) -> httpx.Response:
        count = min(cap, int(request.url.params.get("count", cap)))
        return answer(httpx.Request("GET", request.url.copy_set_param("count", str(count))))

    judge = Judge(catalogue())
    done = play(httpx.MockTransport(capped), tmp_path / "ledger.jsonl", profile="read-only", judge=judge)
    assert done.result("import_users.serves-a-hundred-at-a-time").verdict is Verdict.ADVICE
    failed = {each.check.id for each in done.results if each.verdict is Verdict.FAIL}
    assert {check_id for check_id in failed if check_id.startswith(("import_users", "every_list"))} == set()
