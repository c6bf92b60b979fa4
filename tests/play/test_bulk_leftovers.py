"""Whatever a target answers to a bulk request, whom it made is found again, and nothing but what the run made is touched."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from lying import Liar
from playing import play, specifying

Answered = Callable[[int, Any], httpx.Response]


def results(change: Callable[[list[Any]], Any]) -> Answered:
    """The results bent; an answer that has none stays."""

    def bend(status: int, document: Any) -> httpx.Response:
        if "Operations" in document:
            document["Operations"] = change(document["Operations"]) or document["Operations"]
        return httpx.Response(status, json=document)

    return bend


def refused(_: int, __: Any) -> httpx.Response:
    return httpx.Response(400, json={"detail": "Nothing was done."})


def empty(_: int, __: Any) -> httpx.Response:
    return httpx.Response(200)


def page(_: int, __: Any) -> httpx.Response:
    return httpx.Response(200, text="<html>")


def broken(_: int, __: Any) -> httpx.Response:
    return httpx.Response(500)


def cut(_: int, __: Any) -> httpx.Response:
    raise httpx.ReadError("cut")


def each(change: Callable[[Any], Any]) -> Answered:
    return results(lambda shown: [change(one) for one in shown] and shown)


def last_for_all(shown: list[Any]) -> None:
    for one in shown:
        if "location" in one:
            one["location"] = shown[-1].get("location", one["location"])


def each_others(shown: list[Any]) -> None:
    places = [one["location"] for one in shown if one["method"] == "POST" and "location" in one]
    for one in shown:
        if one["method"] == "POST" and "location" in one:
            one["location"] = places.pop()


ANSWERS: dict[str, Answered] = {
    "a refusal": refused,
    "nothing": empty,
    "a page": page,
    "an error": broken,
    "a broken connection": cut,
    "no results": results(lambda _: [{}]),
    "no bulkIds": each(lambda one: one.pop("bulkId", None)),
    "one bulkId for all": each(lambda one: one.update(bulkId="unittestann")),
    "no locations": each(lambda one: one.pop("location", None)),
    "the last location for all": results(last_for_all),
    "each other's locations": results(each_others),
    "failures for all": each(lambda one: one.update(status="409")),
    "a real person's location for all": each(lambda one: one.update(location="http://localhost/scim/v2/Users/1")),
    "no status": each(lambda one: one.pop("status")),
}  # fmt: skip


@pytest.mark.parametrize("said", ANSWERS)
def test_nobody_is_lost_and_nobody_else_is_touched(said: str, tmp_path: Path) -> None:
    """The clean-up finds everybody by name, and the real people and groups are as they were."""
    target = Liar([])
    answer_with = ANSWERS[said]

    class Bent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await target.honest.handle_async_request(request)
            if not request.url.path.endswith("/Bulk"):
                return answer
            return answer_with(answer.status_code, json.loads(await answer.aread()))

    asyncio.run(target.settle())
    play(Bent(), tmp_path / "ledger.jsonl", profile=specifying("send_bulk"))
    assert asyncio.run(target.remaining()) == set()
    assert asyncio.run(target.harmed()) == []
