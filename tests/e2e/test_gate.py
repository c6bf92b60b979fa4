"""The gate through the front door: a failing target, its baseline, and what is left once it is mended."""

import json
import tomllib
from pathlib import Path

import pytest
from commanding import Command, record_in

from scim_tests.errors import ExitCode

pytestmark = pytest.mark.usefixtures("no_page")

UPDATE = ("baseline", "update", "known.toml", "bad", "--reason", "a login page answers", "--owner", "ann")


def test_from_failure_to_baseline_to_mended(
    command: Command, tmp_path: Path, web_page_url: str, reference_url: str
) -> None:
    """A baseline makes the same failures green, is told when they are gone, and --strict insists on it."""
    bad = ("run", "--profile", "read-only", "--target-url", web_page_url)
    good = ("run", "--profile", "read-only", "--target-url", reference_url)
    assert command(*bad, "--report-dir", "bad").returncode == 1
    assert command(*UPDATE[:4]).returncode == ExitCode.USAGE
    assert command(*UPDATE).returncode == ExitCode.ALL_GOOD
    expired = command(*UPDATE[:4], "--expires", "2020-01-01")
    assert "Expired, and no longer accepted: " in expired.stdout
    assert "--expires gives every entry a new last day" in expired.stdout
    assert "Expired" not in command(*UPDATE[:4], "--expires", "2099-01-01").stdout
    again = command(*bad, "--report-dir", "again", "--baseline", "known.toml")
    assert again.returncode == ExitCode.ALL_GOOD, again.stdout + again.stderr
    assert "known until" in (tmp_path / "again" / "junit.xml").read_text()
    assert "<failure" not in (tmp_path / "again" / "junit.xml").read_text()
    mended = (*good, "--report-dir", "good", "--baseline", "known.toml")
    done = command(*mended)
    assert done.returncode == ExitCode.ALL_GOOD
    assert "no longer fails: remove its entry" in done.stdout
    assert command(*mended, "--strict").returncode == ExitCode.CONFORMANCE_FAILURES
    assert command("baseline", "update", "known.toml", "good").returncode == ExitCode.ALL_GOOD
    judged = {
        check.id for check in record_in(tmp_path / "good").checks if check.verdict in {"pass", "advice"}
    }
    left = {each["check"] for each in tomllib.loads((tmp_path / "known.toml").read_text()).get("known", [])}
    assert not left & judged
    fixed = command("compare", "bad", "good", "--json")
    assert fixed.returncode == ExitCode.ALL_GOOD
    assert json.loads(fixed.stdout)["fixed"]
    worse = command("compare", "good", "bad")
    assert worse.returncode == ExitCode.CONFORMANCE_FAILURES
    assert "## New failures" in worse.stdout


def test_a_selection_sends_and_judges_only_what_it_needs(command: Command, tmp_path: Path) -> None:
    """--only plays the acts it needs, --skip leaves checks out, and the report says so."""
    done = command("run", "--reference", "--only", "discovery", "--skip", "cosmetic", "--report-dir", "out")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert {check.act for check in record.checks} == {"discovery"}
    assert {check.severity for check in record.checks} & {"cosmetic"} == set()
    assert {each.method for each in record.exchanges} == {"GET"}
    assert any("--only" in note for note in record.not_looked_at)


def test_a_word_that_names_nothing_is_a_usage_error(command: Command) -> None:
    """A misspelt act says what was meant, before anything is sent."""
    done = command("run", "--reference", "--only", "push_usr")
    assert done.returncode == ExitCode.USAGE
    assert "push_user" in done.stderr


def test_the_pytest_door_selects_alike(command: Command, tmp_path: Path) -> None:
    """Pytest shows only what --only names, and ends as the command does."""
    words = (
        "--pyargs",
        "scim_tests",
        "-p",
        "scim_tests.plugin",
        "--reference",
        "--only",
        "discovery",
        "--report-dir",
        "out",
    )
    done = command(*words, module="pytest")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert {check.act for check in record_in(tmp_path / "out").checks} == {"discovery"}
