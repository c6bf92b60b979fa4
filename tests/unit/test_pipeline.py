"""What GitHub is told: errors that fail the run, warnings that do not, and nothing a target could have said as a command."""

from dataclasses import replace
from pathlib import Path

import pytest

from scim_tests.model.record import Outcome
from scim_tests.report.github import SHOWN, annotations, commands_stopped, tell
from tests.unit.report.sample import all_good, sample


def test_a_root_cause_is_an_error_with_consequence_and_fix() -> None:
    """One line each, escaped, with what Okta does and how to mend it."""
    first, *_ = annotations(sample())
    check = sample().root_causes[0].check
    assert first.startswith(f"::error title=scim-tests%3A {check} (stops-provisioning)::")
    assert "%0AIn Okta: " in first
    assert "%0AFix: " in first
    assert not {"\n", "\r", "\x1b"} & set(first)


def test_what_is_tolerated_is_a_warning() -> None:
    """A known failure is shown, and the job is not red for it."""
    record = sample()
    known = [replace(each, tolerated="known until 2027-01-01") for each in record.checks]
    passed = Outcome(0, "passed", "Nothing new failed.")
    told = annotations(replace(record, checks=known, outcome=passed, baseline=["x no longer fails"]))
    assert all(line.startswith("::warning ") for line in told)
    assert any("x no longer fails" in line for line in told)


def test_a_run_that_came_to_nothing_is_an_error() -> None:
    """Where no check failed and the run is not good, its sentence says why."""
    (only,) = annotations(replace(all_good(), outcome=Outcome(6, "unreachable", "No answer: 100% gone.")))
    assert only == "::error title=scim-tests%3A unreachable::No answer: 100%25 gone."


def test_no_more_than_github_shows() -> None:
    """Beyond ten root causes one line says how many more there are."""
    told = annotations(replace(sample(), root_causes=sample().root_causes * 8))
    assert len(told) == SHOWN + 1
    assert "6 more root causes" in told[-1]


def test_the_summary_is_appended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under GitHub summary.md goes to the end of the job's page; commands are stopped while a target's words are shown."""
    page = tmp_path / "page.md"
    page.write_text("before\n")
    (tmp_path / "summary.md").write_text("# ours")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    with commands_stopped():
        pass
    tell(sample(), tmp_path)
    stopped, resumed, *told = capsys.readouterr().out.splitlines()
    assert stopped.removeprefix("::stop-commands::") == resumed.strip(":")
    assert told == annotations(sample())
    assert page.read_text() == "before\n# ours\n"


def test_a_page_that_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where GitHub's own file finds no room, that is a warning, and the run ends as it ended."""
    (tmp_path / "summary.md").write_text("# ours")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/dev/full")
    tell(sample(), tmp_path)
    assert (
        capsys.readouterr().out.splitlines()[-1].startswith("::warning title=scim-tests%3A github::/dev/full")
    )


def test_nobody_else_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside of GitHub nothing is printed."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    with commands_stopped():
        tell(sample(), tmp_path)
    assert capsys.readouterr().out == ""
