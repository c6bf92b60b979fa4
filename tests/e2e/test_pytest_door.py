"""`pytest scim_tests`: the same verdicts from the same engine, one item a check."""

import json
from collections.abc import Callable
from pathlib import Path

from commanding import Command, record_in

import scim_tests
from scim_tests.checks import catalogue
from scim_tests.errors import ExitCode

STORIES = str(Path(scim_tests.__file__).parent)
DOOR = ("-p", "scim_tests.plugin", "-p", "no:cacheprovider")


def test_both_doors_give_the_same_verdicts(
    command: Command, tmp_path: Path, reference_run: Callable[[str], Path]
) -> None:
    """The record of a pytest run holds verdict for verdict what the command's holds."""
    done = command(*DOOR, STORIES, "--reference", "--seed", "5", "--report-dir", "pytest", module="pytest")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    one, other = record_in(reference_run("okta")), record_in(tmp_path / "pytest")
    assert {check.id: check.verdict for check in one.checks} == {
        check.id: check.verdict for check in other.checks
    }
    assert (tmp_path / "pytest" / "report.html").stat().st_size


def test_one_item_is_one_check(command: Command) -> None:
    """Pytest lists every check of the catalogue once, under its id."""
    done = command(*DOOR, STORIES, "--reference", "--collect-only", "-q", module="pytest")
    listed = [line.partition("[")[2].removesuffix("]") for line in done.stdout.splitlines() if "::" in line]
    assert sorted(listed) == sorted(check.id for check in catalogue())


def test_a_selection_judges_and_plays_no_more_than_it_needs(command: Command, tmp_path: Path) -> None:
    """With -k only the chosen checks are judged, and only acts these need are played."""
    done = command(
        *DOOR, STORIES, "--reference", "-k", "test_credentials", "--report-dir", "out", module="pytest"
    )
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert {check.act for check in record.checks} == {"test_credentials"}
    assert {exchange.scene for exchange in record.exchanges} == {"test_credentials"}


def test_no_target_is_refused(command: Command) -> None:
    """Without a target pytest ends with its usage code and says how to name one."""
    done = command(*DOOR, STORIES, module="pytest")
    assert done.returncode == ExitCode.USAGE
    for way in (
        "--reference",
        "--target-url",
        "scim_target",
        '{"app": app, "base_path": "/scim/v2", "token": "…"}',
    ):
        assert way in done.stderr


def test_a_failure_reads_like_the_report(command: Command, tmp_path: Path, web_page_url: str) -> None:
    """A failed check shows expected, got, consequence and fix; the exit code is that of the run."""
    done = command(*DOOR, STORIES, "--target-url", web_page_url, "--report-dir", "out", module="pytest")
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    check = next(each for each in record_in(tmp_path / "out").checks if each.id == "every_answer.is-json")
    for text in (check.id, check.findings[0].expected, check.consequence.text, check.fix):
        assert json.dumps(text)[1:-1].split("\\")[0] in " ".join(done.stdout.split())


def test_a_wrong_token_ends_with_its_own_code(command: Command, reference_url: str) -> None:
    """Refused credentials end pytest with code 6 too."""
    done = command(*DOOR, STORIES, "--target-url", reference_url, token="not-the-token", module="pytest")
    assert done.returncode == ExitCode.TARGET_UNREACHABLE, done.stdout + done.stderr
