"""What workers tell a coordinator is data: what is none ends the load in order, and loses nothing."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from scim_tests.errors import OwnError
from scim_tests.load.coordinator import Coordinator, Heard
from scim_tests.model.load_plan import LoadPlan, Stage

PLAN = LoadPlan("7f3a9c2e", 1, "https://scim.example.com", "", stages=(Stage(10, 10),))
FOUND = {
    "verdict": "fail", "expected": "", "got": "", "where": "", "severity": "cosmetic",
    "consequence": {"text": "", "known": "documented", "admin_sees": ""},
}  # fmt: skip
CHECK = "every_answer.arrives"


def message(data: object) -> Any:
    """What a worker says, as Locust hands it on."""
    return SimpleNamespace(node_id="w", data=data)


@pytest.mark.parametrize(
    "tally",
    [
        [1],
        {"walks": [{"pages": [[1]]}]},
        {"walks": [{"pages": [[1, 1e308, 1, 1]]}]},
        {"due": {"x": 1}},
        {"due": {"999999999": 1}},
        {"late": {"1": -5}},
        {"slice_seconds": 1e-9},
        {"checks": {CHECK: {"verdicts": {}}}},
        {"checks": {CHECK: {"verdicts": {"pass": 1, "bogus": 1}}}},
        {"checks": {CHECK: {"verdicts": {"fail": 1}, "found": [{**FOUND, "verdict": "bogus"}]}}},
        {"checks": {CHECK: {"verdicts": {"fail": 1}, "found": [{**FOUND, "severity": "bogus"}]}}},
    ],
)
def test_what_no_load_counts_is_told_once_its_events_are_kept(tally: Any) -> None:
    """The ledger hears whom the worker made, and what it counted before stays."""
    kept: list[object] = []
    coordinator = Coordinator(
        PLAN, lambda *_: [], lambda _, told: kept.extend(told["events"]) or [], lambda *_: None
    )
    coordinator.workers = {"w": Heard()}
    with pytest.raises(OwnError, match="A worker told what no load counts"):
        coordinator._hear(message({"tally": json.dumps(tally), "events": [1]}))
    assert kept == [1]
    assert coordinator.workers == {"w": Heard()}


def test_the_words_of_a_worker_are_said_as_its_own() -> None:
    """On one line, without control characters, and as no wrong use of the command here: so reports are written."""
    coordinator = Coordinator(PLAN, lambda *_: [], lambda *_: [], lambda *_: None)
    coordinator.workers = {"w": Heard()}
    said = {
        "kind": "UsageError",
        "code": "x",
        "message": "\x1b[2Jdone\nscim-tests: all good",
        "hint": "\x1b[31m",
    }
    coordinator._fail(message(said))
    error = coordinator.error
    assert isinstance(error, OwnError)
    assert error.message.startswith("A worker says: ")
    assert not any(each in f"{error} {coordinator.stopped}" for each in ("\x1b", "done\n"))
