"""A folder is refused, or made, before anything is sent."""

import errno
import os
from pathlib import Path
from unittest.mock import Mock

import pytest

from scim_tests.errors import ExitCode, ScimTestsError, UsageError, WriteError
from scim_tests.session import report_folder
from scim_tests.session.finish import finish
from scim_tests.session.report_folder import (
    OF_LOADS,
    REPORTS,
    create_report_folder,
    new_report_folder,
    of_a_run,
    refuse_unwritable,
    with_next_step,
)
from scim_tests.wire.ledger import Ledger
from tests.unit.report.sample import sample


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EROFS, ExitCode.USAGE),
        (errno.EACCES, ExitCode.USAGE),
        (errno.ENOSPC, ExitCode.OUR_ERROR),
        (errno.EDQUOT, ExitCode.OUR_ERROR),
    ],
)
def test_a_folder_nobody_can_write_to_is_found_out_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: ExitCode
) -> None:
    """A disk that may only be read is the user's to see to, exit code 4; a full one ends the run, exit code 3."""

    def refused(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(report_folder, "TemporaryFile", refused)
    with pytest.raises(ScimTestsError, match=os.strerror(number)) as told:
        create_report_folder(tmp_path / "out")
    assert told.value.exit_code == code


@pytest.mark.parametrize("below", ["", "a/b"])
def test_a_folder_of_all_runs_is_tried_before_any_run(tmp_path: Path, below: str) -> None:
    """With the option that names another, before and at a run; where it can be made, nothing is left of the trial."""
    (tmp_path / "file").touch()
    for refused in (refuse_unwritable, lambda reports: new_report_folder(reports, "okta")):
        with pytest.raises(UsageError, match="a file is in its place") as told:
            refused(tmp_path / "file" / below)
        assert told.value.hint == "Name another with --reports."
    refuse_unwritable(tmp_path / "new" / below)
    refuse_unwritable(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("held", "mode"), [("", 0o700), ("ledger.jsonl", 0o700), ("somebodys.txt", 0o755)], ids=str
)
def test_a_folder_of_ours_is_its_owners_alone(tmp_path: Path, held: str, mode: int) -> None:
    """An empty folder, or that of a run, is closed to all others; one with somebody's files stays as it is."""
    tmp_path.chmod(0o755)
    if held:
        (tmp_path / held).touch()
    assert create_report_folder(tmp_path).stat().st_mode & 0o777 == mode


def test_a_folder_of_the_same_second_is_put_beside(tmp_path: Path) -> None:
    """The second run of a second has a folder of its own, and the latest is that."""
    first, second = (create_report_folder(tmp_path / "reports" / "now") for _ in range(2))
    assert (first.name, second.name) == ("now", "now-2")
    assert of_a_run(tmp_path / "reports" / "latest") == second
    assert list(second.iterdir()) == []


def test_a_script_that_cannot_be_written_costs_a_note_and_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reports are on disk before the first script; the others are written, and the run goes on to its end."""
    there: list[list[str]] = []

    def reproduction(_: object) -> None:
        there.append(sorted(each.name for each in tmp_path.iterdir()))
        raise RecursionError("a target's words")

    monkeypatch.setattr(
        "scim_tests.report.reproduction.scripts.Dependencies", lambda _: Mock(reproduction=reproduction)
    )
    told = sample()
    done = finish(told, tmp_path, with_page=False)
    failed = [check.id for check in told.checks if check.verdict == "fail"]
    reports = sorted({*REPORTS} - {"official.md", "replay.txt", "report.html", *OF_LOADS})
    assert there == [reports] * len(failed)
    notes = [f"No script shows {each} again: writing it failed with RecursionError." for each in failed]
    assert done.not_looked_at == [*told.not_looked_at, *notes]
    assert notes[0] in (tmp_path / "run.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ((), "Make room, and try again."),
        (("ledger.jsonl",), "People may be left on the target. Make room, then: scim-tests clean '{}'"),
        (("journal.jsonl",), "Make room, then: scim-tests render '{}'"),
        (
            ("ledger.jsonl", "journal.jsonl"),
            "People may be left on the target. Make room, then: scim-tests clean '{}', and scim-tests render '{}'",
        ),
        (("recording.har",), "Make room, then: scim-tests judge '{}/recording.har'"),
    ],
)
@pytest.mark.parametrize("lost", ["run.json", "reproduce/a.sh"])
def test_what_to_do_next_is_seen_from_what_there_is(
    tmp_path: Path, held: tuple[str, ...], said: str, lost: str
) -> None:
    """The commands can be copied, whatever the folder is called."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    for name in held:
        (folder / name).touch()
    if "ledger.jsonl" in held:
        ledger = Ledger(folder / "ledger.jsonl")
        ledger.begin("https://scim.example.com/v2", "")
        ledger.intend("scim-tests.abcd1234.plain@example.com")
    error = with_next_step(WriteError(folder / lost, "not-written", "It could not be written."))
    assert error.hint == said.replace("{}", str(folder))


def test_a_ledger_of_nobody_asks_for_no_clean_up(tmp_path: Path) -> None:
    """On the page, its own buttons are named."""
    Ledger(tmp_path / "ledger.jsonl").begin("https://scim.example.com/v2", "")
    (tmp_path / "journal.jsonl").touch()
    error = WriteError(tmp_path / "run.json", "not-written", "It could not be written.")
    assert with_next_step(error).hint == f"Make room, then: scim-tests render {tmp_path}"
    assert with_next_step(error, on_page=True).hint == "Make room, then press Write the reports."
    Ledger(tmp_path / "ledger.jsonl").intend("scim-tests.abcd1234.plain@example.com")
    assert with_next_step(error, on_page=True).hint == (
        "People may be left on the target. Make room, then press Clean up, and press Write the reports."
    )
