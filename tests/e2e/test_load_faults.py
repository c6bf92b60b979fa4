"""Two faults of scale and an honest server, each by a load of seconds; `make loads` puts all twelve, by a minute each."""

from pathlib import Path

from commanding import Command

from scim_tests.errors import ExitCode
from scim_tests.model.verdict import Verdict
from scim_tests.record.file import read_load
from scim_tests.report.load.as_run import as_run

A_MOMENT = ("--assign", "60", "--rate", "60")
SEVERAL = ("--import", "300", "--groups", "1x20", "--deactivate", "10%")


def causes(command: Command, folder: Path, *options: str) -> dict[str, str]:
    """What the first words of the report are about, or what is advised: each check with what it got."""
    done = command("load", "--reference", *options, "--report-dir", "out", "--quiet")
    record = read_load(folder / "out")
    assert done.returncode == record.outcome.exit_code, done.stdout + done.stderr
    told = {each.id: each.findings[0].got for each in record.checks if each.verdict == Verdict.ADVICE}
    return {each.check: each.sentence for each in as_run(record).root_causes} | told


def test_two_creates_of_one_person_at_once(command: Command, tmp_path: Path) -> None:
    """A duplicate is the one cause, in these words."""
    found = causes(command, tmp_path, "--fault", "create-twice-at-once", *A_MOMENT)
    assert list(found) == ["load.twice-assigned-is-made-once"]
    assert "two accounts of 1 person" in found["load.twice-assigned-is-made-once"]


def test_a_total_that_drifts(command: Command, tmp_path: Path) -> None:
    """An import alone shows it: the last page has another total than the first, again and again."""
    found = causes(command, tmp_path, "--fault", "totalresults-drifts-between-pages", "--import", "300")
    assert found == {"load.total-holds": "297 on the last one, and so again and again"}


def test_an_honest_server_is_blamed_for_nothing(command: Command, tmp_path: Path) -> None:
    """Neither failure nor advice, by a load that does everything."""
    assert causes(command, tmp_path, *A_MOMENT, *SEVERAL) == {}
    assert read_load(tmp_path / "out").outcome.exit_code == ExitCode.ALL_GOOD
