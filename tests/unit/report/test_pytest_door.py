"""`pytest scim_tests` says what `scim-tests run` says: the same verdicts, the same exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import scim_tests
import scim_tests.session
from scim_tests import errors
from scim_tests.errors import ExitCode
from scim_tests.model.record import CheckRecord, Outcome, RunRecord
from tests.unit.report.sample import all_good, sample, strict

STORIES = str(Path(scim_tests.__file__).parent)
NEUTRAL = (
    *("-c", os.devnull, "--rootdir", STORIES, "--noconftest", "--import-mode=importlib", "--assert=plain"),
    *("--disable-plugin-autoload", "-p", "pytest_metadata.plugin", "-p", "pytest_html.plugin"),
    *("-p", "scim_tests.plugin", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:warnings"),
    *("-p", "no:unraisableexception", "-p", "no:threadexception", "-ra", "--color=no"),
)


class FakeRun:
    """Stands for `scim_tests.session.run`: gives a record, or raises, and remembers what it was asked."""

    def __init__(self, record: RunRecord, folder: Path) -> None:
        self.record = record
        self.folder = folder
        self.trouble: Exception | None = None
        self.asked: list[Any] = []

    def catalogue(self) -> Sequence[CheckRecord]:
        return self.record.checks

    def chosen(self, options: Any) -> list[CheckRecord]:
        return [check for check in self.catalogue() if not options.only or check.id in options.only]

    def group_of(self, check: CheckRecord) -> str:
        return check.story

    def report_folder(self, _: Any) -> Path:
        return self.folder

    def perform(
        self, options: Any, listener: Any, only: Any, folder: Path, *, with_page: bool
    ) -> tuple[RunRecord, Path]:
        self.asked.append(SimpleNamespace(options=options, listener=listener, only=only, with_page=with_page))
        if self.trouble:
            raise self.trouble
        return self.record, folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRun:
    fake = FakeRun(sample(), tmp_path)
    monkeypatch.setitem(sys.modules, "scim_tests.session.run", fake)  # type: ignore[arg-type]
    monkeypatch.setattr(scim_tests.session, "run", fake, raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return fake


Door = Callable[..., tuple[int, str]]


@pytest.fixture
def door(run: FakeRun, capfd: pytest.CaptureFixture[str]) -> Door:  # noqa: ARG001 -- the run behind it
    def opened(*arguments: str) -> tuple[int, str]:
        code = pytest.main([*NEUTRAL, STORIES, *arguments])
        said = capfd.readouterr()
        return int(code), said.out + said.err

    return opened


def test_each_verdict_in_pytest_s_words(door: Door) -> None:
    """Fail fails, advice is an expected failure, blocked and not asked are skipped, broken is an error."""
    code, said = door("--reference")
    assert code == ExitCode.CONFORMANCE_FAILURES
    assert "2 failed, 2 passed, 2 skipped, 1 xfailed, 1 error" in said


def test_a_failure_says_what_to_do_without_a_traceback(door: Door) -> None:
    """Expected, got, consequence and fix are shown; nothing of our code is."""
    _, said = door("--reference")
    assert "Expected at status: 200 with totalResults 0" in said
    assert "Admin sees: “Automatic provisioning of user zoë to app" in said
    assert "Fix: Answer 200" in said
    assert "plugin.py" not in said.partition("short test summary")[0]


def test_the_last_lines_are_the_run_s(door: Door, run: FakeRun) -> None:
    """After all that pytest says: root causes, counts, verdict, report."""
    _, said = door("--reference")
    after = said.partition("short test summary info")[2]
    assert "1. push_user.lookup-miss-is-an-empty-list" in after
    assert f"Report: {run.folder / 'report.html'}" in after


def test_x_of_pytest_stops_the_play_too(door: Door, run: FakeRun) -> None:
    """Pytest's own -x is read, and its --maxfail=1, which says the same."""
    for told in ("-x", "--maxfail=1", "--maxfail=2"):
        door("--reference", told)
    assert [each.options.exitfirst for each in run.asked] == [True, True, False]


def test_strict_makes_advice_and_blocked_fail(door: Door, run: FakeRun) -> None:
    """The --strict of pytest itself is read, and not asked stays skipped."""
    run.record = strict(run.record)
    _, said = door("--reference", "--strict")
    assert run.asked[0].options.strict is True
    assert "4 failed, 2 passed, 1 skipped, 1 error" in said


def test_options_reach_the_run(door: Door, run: FakeRun) -> None:
    """What the door was told is what the run is asked to do; everything is judged."""
    door("--target-url", "https://x.example", "--profile", "ziflow", "--parallel", "2", "--yes")
    (asked,) = run.asked
    told = asked.options
    assert (told.target_url, told.profile, told.parallel, told.yes) == (
        "https://x.example",
        "ziflow",
        2,
        True,
    )
    assert (told.strict, asked.only) == (False, None)


def test_a_selection_judges_only_what_is_selected(door: Door, run: FakeRun) -> None:
    """-k hands the chosen ids to the run, which is performed once."""
    run.record = replace(run.record, outcome=Outcome(0, "passed", "2 passed."))
    code, said = door("--reference", "-k", "test_credentials")
    assert [frozenset({check.id for check in all_good().checks})] == [asked.only for asked in run.asked]
    assert code == ExitCode.ALL_GOOD
    assert "2 passed, 6 deselected" in said


def test_a_selection_of_nothing_sends_nothing(door: Door, run: FakeRun) -> None:
    """No check chosen means no run, and that is not green."""
    code, _ = door("--reference", "-k", "no-such-check")
    assert code == ExitCode.NOTHING_JUDGED
    assert run.asked == []


def test_listing_sends_nothing(door: Door, run: FakeRun) -> None:
    """--collect-only shows the ids, with a target or without, and writes nothing."""
    for target in ((), ("--reference",)):
        code, said = door("--collect-only", "-q", *target)
        assert code == ExitCode.ALL_GOOD
        assert "test_credentials.py::test_that[test_credentials.probe-answers-a-list]" in said
    assert run.asked == []
    assert list(run.folder.iterdir()) == []


def test_without_a_target_both_are_named(door: Door, run: FakeRun) -> None:
    """The refusal is two lines that show both ways, and nothing is sent."""
    code, said = door()
    assert code == ExitCode.USAGE
    assert "ERROR: Name a target: `pytest scim_tests --reference`" in said
    assert "`pytest scim_tests --target-url URL` against yours." in said
    assert run.asked == []


@pytest.mark.parametrize("code", [ExitCode.OUR_ERROR, ExitCode.NOTHING_JUDGED, ExitCode.TARGET_UNREACHABLE])
def test_the_session_ends_as_the_run_ended(door: Door, run: FakeRun, code: ExitCode) -> None:
    """Where pytest alone would call it green, the run's exit code counts."""
    skipped = [check for check in run.record.checks if check.verdict in {"blocked", "not asked"}]
    run.record = replace(
        run.record, checks=skipped, root_causes=[], outcome=Outcome(code, "empty", "Nothing was judged.")
    )
    assert door("--reference")[0] == code


@pytest.mark.parametrize(
    "trouble",
    [
        errors.UsageError("unknown-profile", "There is no profile 'x'.", "Did you mean okta?"),
        errors.TargetError("unreachable", "Nobody answers at http://x.", "Is it running?"),
        errors.OwnError("no-report-folder", "The folder cannot be made."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    door: Door, run: FakeRun, trouble: errors.ScimTestsError
) -> None:
    """Our errors keep their exit code and their words, show no traceback, and leave no empty report."""
    run.trouble = trouble
    code, said = door("--reference")
    assert trouble.exit_code == code
    assert trouble.message in said
    assert trouble.hint in said
    assert "Traceback" not in said
    assert not run.folder.exists()


def test_a_page_that_was_asked_for_says_that_nothing_was_run(
    door: Door, run: FakeRun, tmp_path: Path
) -> None:
    """A pipeline that collects the file named by --html finds the reason in it."""
    run.trouble = errors.UsageError("no-token", "There is no token.")
    door("--reference", "--html", str(tmp_path / "x.html"), "--self-contained-html")
    assert "No run was performed" in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_files_of_others_stay(door: Door, run: FakeRun) -> None:
    """A folder that held something before is not taken away with the page."""
    (run.folder / "mine.txt").write_text("kept", encoding="utf-8")
    run.trouble = errors.UsageError("no-token", "There is no token.")
    door("--reference")
    assert [path.name for path in run.folder.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_one_sentence(door: Door, run: FakeRun) -> None:
    """A file in the way is named, and nothing is sent."""
    (run.folder / "file").write_text("", encoding="utf-8")
    run.folder = run.folder / "file" / "reports"
    code, said = door("--reference")
    assert code == ExitCode.USAGE
    assert "cannot be made" in said
    assert run.asked == []


def test_reports_are_for_nobody_else(door: Door, run: FakeRun) -> None:
    """The page and a folder made for it can be read by their owner alone."""
    run.folder = run.folder / "new"
    door("--reference")
    assert [path.stat().st_mode & 0o777 for path in (run.folder, run.folder / "report.html")] == [
        0o700,
        0o600,
    ]


def test_every_group_of_the_catalogue_is_told() -> None:
    """Each story has its file, so that no check is missing from pytest or from report.html."""
    from scim_tests.session.run import catalogue, group_of

    told = {import_module(f"scim_tests.{path.stem}").GROUP for path in Path(STORIES).glob("test_*.py")}
    assert told == {group_of(check) for check in catalogue()}


def test_a_check_without_a_verdict_is_an_error(door: Door, run: FakeRun) -> None:
    """A hole in the record is ours and shows, instead of passing in silence."""
    first, *rest = run.record.checks
    run.catalogue = lambda: [first, *rest]  # type: ignore[method-assign]
    run.record = replace(all_good(), checks=all_good().checks[1:])
    _, said = door("--reference", "-k", first.id)
    assert f"The run record has no verdict on {first.id}." in said


def test_the_report_is_where_pytest_was_told(door: Door, run: FakeRun, tmp_path: Path) -> None:
    """report.html goes to the run's folder; --html puts it elsewhere."""
    door("--reference")
    assert (run.folder / "report.html").exists()
    door("--reference", "--html", str(tmp_path / "else" / "x.html"), "--self-contained-html")
    assert (tmp_path / "else" / "x.html").exists()


def test_several_workers_are_refused(door: Door, run: FakeRun, tmp_path: Path) -> None:
    """Each worker of pytest-xdist would play against the target."""
    xdist = tmp_path / "fake_xdist.py"
    xdist.write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--numprocesses')\n", encoding="utf-8"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        code, said = door("-p", "fake_xdist", "--numprocesses", "2", "--reference")
    finally:
        sys.path.remove(str(tmp_path))
    assert code == ExitCode.USAGE
    assert "leave out -n" in said
    assert run.asked == []
