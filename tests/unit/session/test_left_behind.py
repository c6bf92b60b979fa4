"""Who is left and can be removed by a person alone is told so, with what to do."""

from pathlib import Path

import pytest

from scim_tests import profiles
from scim_tests.engine.run_state import SceneRun
from scim_tests.model.scene_result import SceneResult
from scim_tests.options import RunOptions
from scim_tests.personas.play import clean_up_scene
from scim_tests.session.cleaning import in_ledgers, removal
from scim_tests.session.left_behind import WHY_ODD, WHY_UNPROVEN, left_behind
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.write_guard import UNPROVEN

NAME = "scim-tests.abcd1234.plain@example.com"
BY_HAND = "remove by hand: search for scim-tests.abcd1234 in the app"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """One of a run that is about to make somebody."""
    one = Ledger(tmp_path / "ledger.jsonl")
    one.begin("https://scim.example.com/v2", profiles.text("okta"))
    one.intend(NAME)
    return one


@pytest.mark.parametrize("id_", ["a/b", "a?b", "a%2Fb"])
def test_an_id_that_nothing_is_written_to_is_said_to_be(ledger: Ledger, id_: str) -> None:
    """Before a clean-up as after it."""
    ledger.created(NAME, id_)
    [told] = left_behind(ledger, [])
    assert told.why == f"{WHY_ODD}; {BY_HAND}"
    plan = removal(in_ledgers(ledger.path, RunOptions()))
    assert plan
    assert plan.doubt == f"1 will hardly go: {WHY_ODD}; {BY_HAND}"


def test_who_was_not_proven_is_told_without_our_requests(ledger: Ledger) -> None:
    """What the guard said is for us; a person reads what it means."""
    ledger.created(NAME, "1")
    ledger.witness("2", NAME)
    cleaned = SceneRun(clean_up_scene(profiles.load("okta"), [], []))
    refused = f"clean_up.delete: delete was not sent: DELETE /Users/2 {UNPROVEN}"
    cleaned.result = SceneResult(left_behind=((NAME, "2", refused),))
    whys = [each.why for each in left_behind(ledger, [cleaned])]
    assert f"{WHY_UNPROVEN} (2, which may be somebody real); {BY_HAND}" in whys
    plan = removal(in_ledgers(ledger.path, RunOptions()))
    assert plan
    assert plan.people == 1
    assert WHY_UNPROVEN in plan.doubt
