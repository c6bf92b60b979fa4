"""A case of a plan fails by what Okta minds, and by what was found at its own exchanges."""

from dataclasses import replace

import pytest

from scim_tests.model.plan import Case, Plan
from scim_tests.model.plan_record import CaseRecord
from scim_tests.model.record import CheckRecord, FindingRecord, SceneRecord
from scim_tests.record.plans import Evidence, plan_record
from tests.unit.report import sample

CASE = Case("Create a person", "Users", steps=("push_user.create",))
PLAYED = SceneRecord("push_user:plain", "push_user", "Assign", "push users", "", "played", "", "", [1, 2])


def failed(*at: int, identity: str = "push_user.create-answers-201", **more: str) -> CheckRecord:
    severity = more.get("severity", "stops-provisioning")
    finding = FindingRecord("fail", "201", "500", "", "push_user:plain", list(at), severity)
    return sample.check(identity, "push users", "fail", at=list(at), findings=[finding], **more)


def told(*checks: CheckRecord, scenes: tuple[SceneRecord, ...] = (PLAYED,), at: int = 2) -> CaseRecord:
    """What becomes of the case whose one exchange has that number."""
    exchanges = [sample.exchange(at, "push_user.create", "POST /Users", 201, "{}")] if at else []
    plan = Plan("A plan", "It leads.", "S20", (CASE,))
    [case] = plan_record(plan, Evidence(scenes, checks, exchanges, {})).cases
    return case


@pytest.mark.parametrize(
    ("severity", "state"),
    [
        ("stops-provisioning", "fails"),
        ("security", "fails"),
        ("wrong-data", "fails"),
        ("degraded", "works, with remarks"),
        ("cosmetic", "works, with remarks"),
    ],
)
def test_a_case_fails_by_what_is_grave_in_okta(severity: str, state: str) -> None:
    """Stopped provisioning, a hole and wrong data fail it, whoever demands it otherwise; what costs little is a remark."""
    assert told(failed(2, severity=severity)).state == state


@pytest.mark.parametrize(
    ("identity", "at", "state"),
    [
        ("push_user.create-answers-201", (2, 9), "fails"),
        ("every_user.keeps-its-id", (9, 2), "fails"),
        ("every_user.keeps-its-id", (2, 9), "works"),
    ],
)
def test_a_rule_that_compares_exchanges_fails_the_case_of_the_last(
    identity: str, at: tuple[int, ...], state: str
) -> None:
    """What was right when it was first shown is not to blame for what came later; a check of the act counts anywhere."""
    assert told(failed(*at, identity=identity)).state == state


@pytest.mark.parametrize(
    ("states", "seen", "state", "why"),
    [
        (("not asked", "cut short"), False, "not seen", "it answered 500"),
        (("not asked", "cut short"), True, "not seen", "it answered 500"),
        (("not asked",), False, "not asked", "the profile lacks it"),
        (("not asked",), True, "works", ""),
        ((), False, "not asked", "this run did not play it"),
    ],
)
def test_an_answer_that_stopped_a_scene_is_why_its_case_is_not_seen(
    states: tuple[str, ...], seen: bool, state: str, why: str
) -> None:
    """It is told before what the profile leaves out; a case without an exchange never works."""
    stopped = {
        "not asked": replace(PLAYED, state="not asked", why="the profile lacks it"),
        "cut short": replace(PLAYED, state="cut short", why="it answered 500", blame="push_user.create"),
    }
    case = told(scenes=tuple(stopped[each] for each in states), at=2 if seen else 0)
    assert (case.state, case.why) == (state, why)


def test_a_case_whose_own_step_was_not_needed_is_not_seen() -> None:
    """Somebody who was there already is not created, which says nothing of creates; the scene says why."""
    case = replace(CASE, steps=("push_user.*",), needs="push_user.create")
    found = replace(PLAYED, why="the person was there already, so nobody was created", exchanges=[1])
    exchanges = [sample.exchange(1, "push_user.lookup", "GET /Users", 200, "{}")]
    [told] = plan_record(
        Plan("A plan", "It leads.", "S20", (case,)), Evidence([found], [], exchanges, {})
    ).cases
    assert (told.state, told.why) == (
        "not seen",
        "push_user.create was not sent: the person was there already, so nobody was created",
    )
