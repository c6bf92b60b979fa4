"""A root cause of an earlier run is played again with the options of then, as far as its folder tells them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from keeping import _beginning

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.model.record import RootCause, RunRecord
from scim_tests.options import RunOptions
from scim_tests.session.again import INSECURE, again
from scim_tests.session.journal import Journal
from scim_tests.session.run import INSECURE as NOT_VERIFIED
from tests.unit.report.sample import sample

CAUSE, EXPLAINED = "push_user.create-answers-201", "push_user.create-says-where-the-user-is"
PERSON = {"key": "plain", "trait": "plain", "user_name": "scim-tests.run.plain@qa.example.org", "given_name": "A", "family_name": "B", "email": "a@qa.example.org", "external_id": "00u1"}  # fmt: skip


def ran(**changes: object) -> RunRecord:
    cause = RootCause(CAUSE, "It failed", "degraded", [EXPLAINED, "gone.since-then"], [])
    profile = replace(sample().profile, name="okta")
    return replace(replace(sample(), profile=profile, root_causes=[cause]), **changes)  # type: ignore[arg-type]


def journal(folder: Path, record: RunRecord, profile: str = "okta", without: tuple[str, ...] = ()) -> None:
    began = replace(_beginning(profiles.load(profile), 1), run=record.run, without=list(without))
    Journal(folder, began, None)
    scenes = [{"act": "push_user", "person": PERSON, "team": None}]
    with (folder / "journal.jsonl").open("a") as file:
        file.write(json.dumps({"event": "scenes", "scenes": scenes}) + "\n")


def test_the_options_of_then_are_known(tmp_path: Path) -> None:
    """Target, profile, seed, features and domain; of checks the cause and what it explains, as far as there are such."""
    record = ran()
    journal(tmp_path, record, without=("push_groups",))
    told = again(record, tmp_path, CAUSE)
    assert told.options == RunOptions(
        target_url=record.target.base_url,
        profile="okta",
        only=(CAUSE, EXPLAINED),
        seed=record.run.seed,
        parallel=None if record.run.parallel == 4 else record.run.parallel,
        strict=record.run.strict,
        without=("push_groups",),
        email_domain="qa.example.org",
    )
    assert told.asks == [f"The key of {record.target.base_url}, which no report holds."]


def test_what_was_asked_of_limits_is_asked_again(tmp_path: Path) -> None:
    """Where the profile's limits were probed, or only a failure kept them from it, they are now."""
    for state, asked in (("played", True), ("cut short", True), ("blocked", True), ("not asked", False)):
        probed = replace(sample().scenes[0], act="probe_unsupported", state=state)
        assert again(ran(scenes=[probed]), tmp_path, CAUSE).options.probe_unsupported is asked


def test_a_cause_at_the_create_of_a_shared_user_says_what_to_do_first(tmp_path: Path) -> None:
    """The create is sent only while nobody is there; a profile that makes its own users needs nothing."""
    ziflow = replace(sample().profile, name="ziflow")
    told = again(ran(profile=ziflow), tmp_path, CAUSE).first
    assert told.startswith(f"{CAUSE} can be judged only if {profiles.load('ziflow').reuse_user} is not there")
    assert again(ran(), tmp_path, CAUSE).first == ""
    rule = RootCause("every_answer.shows-no-token", "It failed", "degraded", [], [])
    exchange = next(each for each in sample().exchanges if each.step == "push_user.create")
    for at, said in (([exchange.number], True), ([], False)):
        record = ran(profile=ziflow, root_causes=[replace(rule, at=at)])
        assert bool(again(record, tmp_path, rule.check).first) is said


def test_a_profile_of_ones_own_is_asked_for(tmp_path: Path) -> None:
    """Its file is not known; neither is another one of that name."""
    other = ran(profile=replace(sample().profile, name="my-app"))
    told = again(other, tmp_path, CAUSE)
    assert (told.options.profile, len(told.asks)) == (None, 2)
    record = ran()
    journal(tmp_path, record, profile="read-only")
    assert again(record, tmp_path, CAUSE).options.profile is None


def test_a_folder_weakens_no_run(tmp_path: Path) -> None:
    """Whether the certificate was verified is told, and not taken over; nor is a consent."""
    told = again(ran(notices=[NOT_VERIFIED]), tmp_path, CAUSE)
    assert (told.options.insecure, told.options.yes, INSECURE in told.untold) == (False, False, True)


@pytest.mark.parametrize("text", ["", "{}\n{}\n", "[" * 9999 + "\n\n", '{"event": "began"}\n'])
def test_a_journal_that_is_none_tells_nothing(tmp_path: Path, text: str) -> None:
    """Then the record alone is believed."""
    (tmp_path / "journal.jsonl").write_text(text)
    assert again(ran(), tmp_path, CAUSE).options.email_domain is None


@pytest.mark.parametrize(
    ("record", "check", "said"),
    [
        (ran(), "push_user.no-such", "no root cause"),
        (ran(), EXPLAINED, "no root cause"),
        (ran(run=replace(sample().run, name="recorded")), CAUSE, "not played"),
        (ran(target=replace(sample().target, bundled=True)), CAUSE, "ended with it"),
    ],
)
def test_what_cannot_be_played_again_is_said(
    tmp_path: Path, record: RunRecord, check: str, said: str
) -> None:
    """Another check than a cause, a recording, a target that ended with its run."""
    with pytest.raises(UsageError, match=said):
        again(record, tmp_path, check)


def test_what_exploring_found_is_held_again_by_its_line(tmp_path: Path) -> None:
    """No run would show it, whatever check it is; the line of its conversation does."""
    record = sample()
    check = next(each for each in record.checks if each.verdict == "fail")
    scene = replace(record.scenes[0], name="explore:found-1", conversation="create:0 read:0")
    found = replace(check, findings=[replace(check.findings[0], scene=scene.name)])
    cause = RootCause(check.id, "It failed", "degraded", [], [])
    with pytest.raises(UsageError) as said:
        again(ran(scenes=[scene], checks=[found], root_causes=[cause]), tmp_path, check.id)
    assert said.value.code == "explored"
    assert said.value.hint.endswith("--replay 'create:0 read:0'")
