"""What becomes of a case of a plan: it works, it fails for Okta's reasons alone, or it says why nobody can tell."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lacking import DOUBTED, honestly, played, pretending, refusal, refusing
from playing import BASE_URL, Play, honest_play, play, reference_transport, specified_play

from reference_server.faults.bending import Answer, Asked, Honest
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.engine.results import ending
from scim_tests.model.plan_record import PlanRecord
from scim_tests.model.profile import Profile
from scim_tests.model.record import RunInfo, RunRecord, TargetInfo
from scim_tests.record.build import record
from scim_tests.report.plans import sentences
from scim_tests.report.summary import markdown
from scim_tests.session.finish import GROUP_OF

INFO = RunInfo("unittest", 1, "2026-11-24T03:28:11Z", 1.0, 4, strict=False, version="0")
OKTA = profiles.load("okta")


def recorded(done: Play, profile: Profile = DOUBTED) -> RunRecord:
    return record(
        run=INFO,
        target=TargetInfo(BASE_URL, bundled=False),
        profile=profile,
        run_state=done.conductor,
        results=done.results,
        ending=ending(done.conductor, done.results, strict=False),
        stories=GROUP_OF,
        left_behind=[],
    )


def states(plan: PlanRecord) -> dict[str, str]:
    return {case.id or case.title: case.state for case in plan.cases}


def test_an_honest_target_passes_the_review() -> None:
    """Of Okta's 61 cases 40 show on the wire, and all of these work."""
    [plan] = recorded(honest_play(), OKTA).plans
    assert sorted(set(states(plan).values())) == ["not on the wire", "works"]
    assert sentences(plan) == [
        "40 of 61 cases can be seen on the wire (works: 40).",
        "Whoever works through it finds nothing that fails, as far as the wire can show.",
    ]


def test_whom_an_earlier_run_made_says_nothing_of_creates(tmp_path: Path) -> None:
    """Where the shared user is there already, the cases that need a create are not seen, and the others work."""
    transport, profile = reference_transport(), profiles.load("ziflow")
    for ledger in ("first", "second"):
        done = play(transport, tmp_path / ledger, profile=profile, judge=Judge(catalogue()))
    guide, plan = recorded(done, profile).plans
    told = states(guide)
    assert told["To App: Create Users is enabled"] == "not seen"
    assert told["Somebody assigned to the app in Okta becomes a member of the Ziflow account"] == "not seen"
    assert told["Application username format is Email"] == "works"
    assert told["Somebody who is a member already is not made twice"] == "works"
    assert (states(plan)["C9290"], states(plan)["C9344"]) == ("not seen", "not seen")
    why = {case.why for case in (*guide.cases, *plan.cases) if case.state == "not seen"}
    assert why == {"push_user.create was not sent: the person was there already, so nobody was created"}


def test_a_case_fails_by_what_okta_minds(tmp_path: Path) -> None:
    """A PATCH that is answered and not done fails the cases that need it, and those alone."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return await pretending("PATCH")(asked, honest) if asked.kind == "Users" else await honest(asked)

    [plan] = recorded(played(tmp_path, lie, OKTA), OKTA).plans
    failing = {name for name, state in states(plan).items() if state == "fails"}
    assert {"C9292", "C9294", "C9311"} <= failing
    assert failing.isdisjoint({"C9290", "C9291", "C9303", "C9312"})
    case = next(each for each in plan.cases if each.id == "C9292")
    assert "deactivate_user.makes-the-user-inactive" in case.found
    assert (
        case.why
        == "Failed: After the deactivation the user is inactive, when read by id and when looked up; "
        "expected false, got the boolean true."
    )


def test_what_the_rfc_alone_demands_is_a_remark(tmp_path: Path) -> None:
    """Okta's reviewers do not notice a missing Location, so the case works, with a remark."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return (await honest(asked)).headed(location=None)

    [plan] = recorded(played(tmp_path, lie, OKTA), OKTA).plans
    assert states(plan)["C9290"] == "works, with remarks"
    assert "fails" not in states(plan).values()


def test_what_an_answer_kept_from_us_is_not_seen(tmp_path: Path) -> None:
    """Where nobody can be created, what comes after it is not called good."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return refusal(403) if asked.method == "POST" else await honest(asked)

    [plan] = recorded(played(tmp_path, lie, OKTA), OKTA).plans
    told = states(plan)
    assert (told["C9290"], told["C9292"], told["C9312"]) == ("fails", "not seen", "not seen")


def test_a_guide_says_which_limits_are_confirmed(tmp_path: Path) -> None:
    """Refused limits are confirmed with the answer; those that are silently passed over fail; a guide's steps are told in full."""
    done = recorded(played(tmp_path, refusing(501)))
    guide, _ = done.plans
    assert [case.state for case in guide.cases if case.section == "Known limits"] == ["limit confirmed"] * 8
    told = markdown(replace(done, imports=[]))
    assert "Users are not deleted: **limit confirmed** (DELETE was answered 501 Not Implemented)" in told
    assert "leaves the Ziflow user active" in told


def test_a_limit_is_not_asked_for_unless_told() -> None:
    """Without --probe-unsupported the guide says how to ask."""
    guide, _ = recorded(honest_play("ziflow"), profiles.load("ziflow")).plans
    limits = {(case.state, case.why) for case in guide.cases if case.section == "Known limits"}
    assert limits == {("not asked", "ask with --probe-unsupported")}


def test_a_silent_success_confirms_no_limit(tmp_path: Path) -> None:
    """A target that pretends to deactivate has neither the feature nor the limit; no case fails, since Okta never asks."""
    guide, _ = recorded(played(tmp_path, pretending("PATCH", "PUT"))).plans
    case = next(each for each in guide.cases if each.title == "Users are not deactivated")
    assert case.state == "limit not confirmed"
    assert "PATCH was answered 200 OK" in case.why
    assert "Failed: If the target answers" in case.why


def test_the_form_of_the_token_is_told() -> None:
    """The step where the key is entered says in which form it was taken."""
    guide, _ = recorded(honestly()).plans
    case = next(each for each in guide.cases if each.title.startswith("Configure API Integration"))
    assert case.why == "the target takes the token as “Authorization: Bearer <token>”."


def test_a_refused_token_fails_its_steps(tmp_path: Path) -> None:
    """Where no form is taken, entering the key and testing it fail, and what was not asked is not seen."""

    async def lie(_: Asked, __: Honest) -> Answer:
        return refusal(401)

    done = recorded(played(tmp_path, lie))
    guide, plan = done.plans
    told = states(guide)
    assert told["Configure API Integration: enter the API key"] == "fails"
    assert told["Test API Credentials"] == "fails"
    assert told["A wrong key is refused"] == "not seen"
    limits = {(case.state, case.why) for case in guide.cases if case.section == "Known limits"}
    assert limits == {("not seen", "test_credentials.probe: answered 401 Unauthorized")}
    assert states(plan)["C9341"] == "fails"
    assert done.outcome.verdict == "refused"


def test_guide_and_root_causes_agree(tmp_path: Path) -> None:
    """What stops provisioning as the first cause also fails the steps of the guide and the plan that meet it."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if "SCIM-TESTS" in asked.query.get("filter", ""):
            asked = replace(asked, query_string="filter=userName%20eq%20%22nobody%22")
        return await honest(asked)

    done = recorded(played(tmp_path, lie))
    assert done.root_causes[0].check == "push_user.find-ignores-letter-case"
    assert done.root_causes[0].severity == "stops-provisioning"
    guide, plan = done.plans
    for each, title in ((guide, "Application username format is Email"), (plan, "C9335")):
        assert states(each)[title] == "fails"
        assert "would fail" in " ".join(sentences(each))
    case = next(each for each in guide.cases if each.state == "fails")
    assert case.why.startswith("Failed: A lookup in capital letters finds the same user; expected ")


@pytest.mark.parametrize("told", [honest_play, specified_play])
def test_the_guard_lets_every_request_of_an_honest_play_leave(told: Callable[[], Play]) -> None:
    """A request that the write guard holds back ends its scene without a failure, so that nobody would miss it."""
    assert [each.why for each in told().conductor.scene_runs if "was not sent" in each.why] == []
