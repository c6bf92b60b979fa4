"""Bulk requests are taken apart into the requests they stand for, and what a target may do in them never fails."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bending import Bend, bent, body, header, judged_by_all, raw, status

from scim_tests.checks.reading.bulk import apart
from scim_tests.model.act import NOBODY
from scim_tests.model.bulk import BULK_RESPONSE
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import ERROR
from scim_tests.model.verdict import Verdict

CONFLICT = json.dumps(
    {"schemas": [ERROR], "status": "409", "detail": "They are members of each other."}
).encode()


def results(change: Callable[[list[Any]], Any]) -> Bend:
    def bend(document: Any) -> None:
        if BULK_RESPONSE in document.get("schemas", []):
            changed = change(document["Operations"])
            document["Operations"] = document["Operations"] if changed is None else changed

    return body(bend)


def each(change: Callable[[Any], object]) -> Bend:
    return results(lambda shown: [change(one) for one in shown] and None)


def with_relative_locations(one: Any) -> None:
    if "/scim/v2" in one.get("location", ""):
        one["location"] = one["location"].partition("/scim/v2")[2]


def remaining_as_failed(heard: Heard) -> Heard:
    """What was not reached has a result that says so (RFC 7644 3.7: failing the remaining operations)."""
    asked = json.loads(heard.request.body)["Operations"]

    def fill(shown: list[Any]) -> None:
        for one in asked[len(shown) :]:
            error = {"schemas": [ERROR], "status": "424", "detail": "It was not reached."}
            told = {"method": one["method"], "status": "424", "response": error}
            place = (
                {"bulkId": one["bulkId"]}
                if "bulkId" in one
                else {"location": f"https://t.example{one['path']}"}
            )
            shown.append({**told, **place})

    return results(fill)(heard)


def refused_one_by_one(heard: Heard) -> Heard:
    """An unknown method is the fault of its operation alone."""
    asked = json.loads(heard.request.body)["Operations"]
    error = {"schemas": [ERROR], "status": "400", "detail": "No such method."}
    told = [{"method": one["method"], "status": "400", "response": error} for one in asked]
    said = json.dumps({"schemas": [BULK_RESPONSE], "Operations": told}).encode()
    return raw(said)(status(200)(heard))


ALLOWED: dict[str, tuple[str, *tuple[Bend, ...]]] = {
    "results in another order": ("send_bulk.*", results(lambda shown: shown[::-1])),
    "names in lower case": ("send_bulk.*", each(lambda one: one.update(METHOD=one.pop("method")))),
    "a status as a number": ("send_bulk.*", each(lambda one: one.update(status=int(one["status"])))),
    "a status as an object": ("send_bulk.*", each(lambda one: one.update(status={"code": one["status"]}))),
    "relative locations": ("send_bulk.*", each(with_relative_locations)),
    "no versions of results": ("send_bulk.*", each(lambda one: one.pop("version", None))),
    "204 for a PATCH": (
        "send_bulk.*",
        each(
            lambda one: (
                one.update(status="204") if (one["method"], one["status"]) == ("PATCH", "200") else None
            )
        ),
    ),
    "remaining operations as failed ones": ("send_bulk.stop*", remaining_as_failed),
    "a refusal of one operation with an unknown method": ("send_bulk.unknown_method", refused_one_by_one),
    "a conflict for a circle": ("send_bulk.circle", status(409), raw(CONFLICT)),
    "a refusal of weak versions": ("keep_versions.put", status(412), raw(CONFLICT.replace(b"409", b"412"))),
    "no Content-Location": ("*.*", header("Content-Location", None)),
}
# After these the reads would show something else, which other rules look at.
HAVE_EFFECTS = {"a conflict for a circle", "a refusal of weak versions"}
OWN = ("every_bulk", "send_bulk", "every_version", "keep_versions")


# What can be said of one result in two ways; all else is bent at once, from the last to the first, so that names come last.
EITHER = ("a status as a number", "a status as an object")
TOGETHER = [
    *([each for each in reversed(ALLOWED) if each not in HAVE_EFFECTS | {one}] for one in EITHER),
    *([each] for each in sorted(HAVE_EFFECTS)),
]


@pytest.mark.parametrize("allowed", TOGETHER, ids=lambda allowed: allowed[0] if len(allowed) == 1 else "")
def test_nothing_allowed_fails(allowed: list[str], specified: list[Exchange]) -> None:
    """A conversation with these peculiarities gives no failure, and breaks no check of what bulk requests and versions are."""
    conversation = specified
    for step, *bends in map(ALLOWED.__getitem__, allowed):
        conversation = bent(conversation, step, *bends)
    failed = {
        check_id: one.finding
        for check_id, judgements in judged_by_all(conversation).items()
        for one in judgements
        if one.verdict in {Verdict.FAIL, Verdict.BROKEN}
        if HAVE_EFFECTS.isdisjoint(allowed) or check_id.startswith(OWN)
    }
    assert failed == {}


def bulk(operations: list[Any], said: list[Any] | None, status_: int = 200, **more: Any) -> Exchange:
    sent = json.dumps({"Operations": operations, **more}).encode()
    answer = Answer(status_, (), b"" if said is None else json.dumps({"Operations": said}).encode())
    heard = Heard(Request("POST", "/Bulk", (), sent), answer, started=10.0, seconds=2.0)
    return Exchange("act.step", "act", heard)


TEAM = {"displayName": "team", "members": [{"value": "bulkId:ann"}]}
MAKE_TEAM = {"method": "POST", "path": "/Groups", "bulkId": "team", "data": TEAM}
MAKE_ANN = {"method": "POST", "path": "/Users", "bulkId": "ann", "data": {"userName": "ann"}}
FAILS = {"method": "DELETE", "path": f"/Users/{NOBODY}"}
FAILED = {"method": "DELETE", "location": f"https://t.example/Users/{NOBODY}", "status": "404"}


def made(bulk_id: str, place: str) -> dict[str, str]:
    return {"method": "POST", "bulkId": bulk_id, "location": f"https://t.example{place}", "status": "201"}


def test_operations_are_requests_with_the_ids_of_whom_they_made() -> None:
    """One after the other in the time that the whole took, each with its own answer, whatever order the results have."""
    whole = bulk([MAKE_TEAM, MAKE_ANN, FAILS], [FAILED, made("ann", "/Users/7"), made("team", "/Groups/8")])
    team, ann, fails = apart(whole)
    assert json.loads(team.request.body)["members"] == [{"value": "7"}]
    assert [(one.request.method, one.request.path, one.status) for one in (team, ann, fails)] == [
        ("POST", "/Groups", 201), ("POST", "/Users", 201), ("DELETE", f"/Users/{NOBODY}", 404),
    ]  # fmt: skip
    assert ann.answer.header("Location") == "https://t.example/Users/7"
    ends = [one.heard.started + one.heard.seconds for one in (team, ann, fails)]
    assert ends[0] < ann.heard.started < ends[1] < fails.heard.started < ends[2] < 12.0
    assert {one.step for one in (team, ann, fails)} == {whole.step}


def test_nobody_knows_what_a_reference_to_nobody_writes() -> None:
    """Where who is referred to has no id, the request has no body that anything could be read from."""
    team, _ = apart(bulk([MAKE_TEAM, MAKE_ANN], [made("team", "/Groups/8")]))
    assert team.request.body == b""


def test_what_was_not_reached_was_not_asked() -> None:
    """Behind the last failure that is allowed; not so where a result is missing for another reason, or cannot be told."""
    asked = [FAILS, MAKE_ANN]
    assert len(apart(bulk(asked, [FAILED], failOnErrors=1))) == 1
    _, unknown = apart(bulk(asked, [FAILED]))
    assert unknown.heard.answer is None
    nameless = {"method": "POST", "status": "201"}
    assert len(apart(bulk(asked, [nameless, FAILED], failOnErrors=1))) == 2


def test_what_is_said_of_the_whole_is_said_of_each() -> None:
    """A refusal refuses each operation; what came without results may have done anything."""
    assert [one.status for one in apart(bulk([FAILS, MAKE_ANN], None, 413))] == [413, 413]
    assert [one.heard.answer for one in apart(bulk([FAILS, MAKE_ANN], None))] == [None, None]
    lost = bulk([FAILS], None)
    lost.heard = replace(lost.heard, answer=None, failure="the connection was reset")
    assert [one.heard.answer for one in apart(lost)] == [None]
