"""What the record says of a failed check: where it was seen, and what becomes of it in Okta."""

from dataclasses import replace

import pytest

from scim_tests import profiles
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import Ending, Result
from scim_tests.engine.run_state import RunState
from scim_tests.errors import ExitCode
from scim_tests.model.check import INFERRED, Consequence, Finding
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.record import RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.record.build import record
from tests.unit.engine.test_results import a_check, bad
from tests.unit.report.sample import sample

SEES = "Okta stumbles over what it was told."


def exchange(number: int, step: str, status: int, scene: str = "push_user:kim") -> Exchange:
    heard = Heard(Request("GET", "/Users"), Answer(status, (), b"{}"))
    return Exchange(f"push_user.{step}", scene, heard, number=number)


def recorded(*places: Exchange, at: tuple[int, ...] = (), sees: str = "") -> RunRecord:
    """Of one check, which failed over all of these exchanges."""
    check = replace(a_check("it", bad), consequence=Consequence("Then this.", INFERRED, sees))
    judgement = Judgement(
        Verdict.FAIL,
        places,
        Finding("good", "bad", "body", tuple(each for each in places if each.number in at)),
    )
    return record(
        run=sample().run,
        target=sample().target,
        profile=profiles.load("okta"),
        run_state=RunState(),
        results=[Result(check, Verdict.FAIL, (judgement,))],
        ending=Ending(ExitCode.CONFORMANCE_FAILURES, "failed", "It failed."),
        stories={},
        left_behind=[],
    )


@pytest.mark.parametrize(
    ("at", "sees", "message"),
    [
        ((), "", "Error while creating user"),
        ((), SEES, "Error while creating user"),
        ((1,), SEES, SEES),
        ((1,), "", ""),
    ],
)
def test_what_becomes_of_it_is_told_of_the_answer_that_okta_refuses(
    at: tuple[int, ...], sees: str, message: str
) -> None:
    """Of those the finding points to; else Okta stumbles over what it took, where the check says so."""
    lookup, create = exchange(1, "lookup", 200), exchange(2, "create", 500)
    [check] = recorded(lookup, create, at=at, sees=sees).checks
    assert message in "".join(fact.text for fact in check.aftermath if fact.about == "message")
    assert bool(check.aftermath) is bool(message)


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        (("lookup",), "push_user.lookup (kim)"),
        (("lookup", "lookup"), "push_user.lookup (kim)"),
        (("lookup", "create"), "push_user.create (kim), beside push_user.lookup (kim)"),
        (("lookup", "create", "read"), "push_user.read (kim), beside push_user.lookup (kim)"),
    ],
)
def test_a_root_cause_says_where_it_was_seen(steps: tuple[str, ...], place: str) -> None:
    """By the step where it was seen, with the person, and the step beside which it is wrong."""
    [cause] = recorded(*(exchange(number, step, 200) for number, step in enumerate(steps, 1))).root_causes
    assert cause.sentence == f"{place}: expected good, got bad at body"


@pytest.mark.parametrize(("other", "scene"), [("push_user:kim", "push_user:kim"), ("push_user:joe", "")])
def test_a_finding_names_its_scene_where_it_has_one(other: str, scene: str) -> None:
    """What was found by comparing two people is about neither alone."""
    [check] = recorded(exchange(1, "lookup", 200), exchange(2, "lookup", 200, other)).checks
    assert [each.scene for each in check.findings] == [scene]
    [check] = recorded(exchange(1, "lookup", 200), exchange(2, "lookup", 200, other), at=(1,)).checks
    assert [each.scene for each in check.findings] == ["push_user:kim"], "it was seen in one of them"
