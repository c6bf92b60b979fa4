"""--probe-unsupported: what the profile lacks is asked for once, harmlessly, and the report says what came of it."""

from pathlib import Path

import pytest
from lacking import DOUBTED, honestly, played, pretending, red, refusal, refusing
from playing import Play, honest_play

from reference_server.faults.bending import Answer, Asked, Honest, reply
from scim_tests.engine.causes import causes
from scim_tests.model.verdict import Verdict
from scim_tests.session.left_behind import left_behind

ASKED = ("import_groups", "push_groups", "push_profile_updates", "sync_password", "push_deactivation", "reactivate", "clean_up")  # fmt: skip


def limits(done: Play) -> dict[str, tuple[bool, str]]:
    result = next(
        each.result for each in done.conductor.scene_runs if each.scene.act.name == "probe_unsupported"
    )
    found: dict[str, tuple[bool, str]] = dict(result.limits)
    return found


@pytest.mark.parametrize("status", [501, 403, 404, 405, 400])
def test_a_clean_refusal_confirms_the_limit(tmp_path: Path, status: int) -> None:
    """Whatever is refused with a SCIM error is confirmed, and the shared user alone is left; 400, which blames the request, is advice."""
    done = played(tmp_path, refusing(status))
    assert red(done) == (["probe_unsupported.refusal-is-a-scim-error"] if status == 400 else [])
    assert done.result("probe_unsupported.refusal-is-a-scim-error").verdict is not Verdict.FAIL
    assert {name for name, (refused, _) in limits(done).items() if refused} == {*ASKED, "entitlements"}
    assert [left.user_name for left in left_behind(done.ledger, done.conductor.scene_runs)] in (
        [DOUBTED.reuse_user],
        [
            DOUBTED.reuse_user,
            "/Groups/scim-tests.unittest.asked-for",
        ],  # 400 may have made it, as far as we know
    )


def test_what_is_done_after_all_is_put_back() -> None:
    """A target that does more than the profile says is green, no limit is confirmed, and nothing is left."""
    done = honestly()
    assert red(done) == []
    assert {name for name, (refused, _) in limits(done).items() if not refused} == set(ASKED)
    assert left_behind(done.ledger, done.conductor.scene_runs) == []
    shown = [each.resource for each in done.conductor.transcript if each.step.startswith("probe_unsupported.after_activate")]  # fmt: skip
    before = next(
        each.resource for each in done.conductor.transcript if each.step == "probe_unsupported.look"
    )
    assert {**shown[-1], "meta": 0} == {**before, "meta": 0}


@pytest.mark.parametrize(
    ("method", "status"), [("PUT", 200), ("PATCH", 200), ("PATCH", 204), ("DELETE", 204)]
)
def test_a_silent_success_is_a_finding(tmp_path: Path, method: str, status: int) -> None:
    """What is answered with success and not done is named, although nobody expected it to be done."""
    done = played(tmp_path, pretending(method, status=status))
    assert "probe_unsupported.success-has-its-effect" in red(done)


def test_a_refusal_with_an_effect_is_a_finding(tmp_path: Path) -> None:
    """Refused and done all the same is named."""
    assert "probe_unsupported.changes-nothing-else" in red(played(tmp_path, refusing(501, does_it=True)))


@pytest.mark.parametrize("status", [500, 502])
def test_a_server_error_is_one_root_cause(tmp_path: Path, status: int) -> None:
    """A 5xx other than 501 is a failure of the rule for every answer, which explains ours."""
    done = played(tmp_path, refusing(status))
    assert [each.result.check.id for each in causes(done.results)] == ["every_answer.is-no-server-error"]
    assert "probe_unsupported.refusal-is-a-scim-error" in red(done)


def test_a_refusal_in_plain_text_is_a_finding(tmp_path: Path) -> None:
    """501 without a SCIM error tells no admin anything."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.method in {"PUT", "PATCH", "DELETE"}:
            return reply({"message": "no"}, 501)
        return await honest(asked)

    assert "every_error.has-the-error-schema" in red(played(tmp_path, lie))


def test_both_ways_to_deactivate_are_tried(tmp_path: Path) -> None:
    """PATCH first, and PUT where that is refused; the words say which was taken."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return refusal(501) if asked.method == "PATCH" else await honest(asked)

    _, said = limits(played(tmp_path, lie))["push_deactivation"]
    assert said == "PATCH was answered 501 Not Implemented; PUT was answered 200 OK"


@pytest.mark.parametrize("name", ["okta", "okta-custom-app", "read-only"])
def test_nothing_is_asked_where_nothing_may_be(name: str) -> None:
    """A profile that lacks nothing, or only reads, asks for nothing."""
    done = honest_play(name, probes=True)
    assert done.conductor.transcript.of("probe_unsupported.*") == []


def test_only_what_the_run_made_is_written_to() -> None:
    """Every write of the act names the run's own user or a group it named itself."""
    done = honestly()
    asked = done.conductor.transcript.of("probe_unsupported.*")
    own = asked[0].request.path
    paths = {each.request.path for each in asked if each.request.method not in {"GET", "POST"}}
    assert paths == {own}
    assert [each.request.json["displayName"] for each in asked if each.request.method == "POST"] == [
        "scim-tests.unittest.asked-for"
    ]
