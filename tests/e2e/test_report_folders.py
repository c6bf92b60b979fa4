"""Where reports go: to their owner alone, through no link, and nothing is sent where they cannot be put."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commanding import Command, record_in
from serving import Counting, Killer, serving, start

import scim_tests
from scim_tests.errors import ExitCode
from scim_tests.session import report_folder

REPORTS = tuple(
    name
    for name in report_folder.REPORTS
    if name not in {"official.md", "replay.txt", *report_folder.OF_LOADS}
)
PYTEST = ("-p", "scim_tests.plugin", "-p", "no:cacheprovider", str(Path(scim_tests.__file__).parent))
DOORS: dict[str, Callable[..., Any]] = {
    "command": lambda command, *told: command("run", "--profile", "read-only", *told),
    "pytest": lambda command, *told: command(*PYTEST, "--profile", "read-only", *told, module="pytest"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("tie", [Path.symlink_to, Path.hardlink_to])
def test_no_report_is_written_through_a_link(
    command: Command, tmp_path: Path, door: str, tie: Callable[[Path, Path], None]
) -> None:
    """Links that bear the names of reports go away; what is behind them keeps its words and its mode."""
    (tmp_path / "out").mkdir()
    for name in (*REPORTS, "assets"):
        (tmp_path / f"my-{name}").write_text("mine")
        (tmp_path / f"my-{name}").chmod(0o644)
        tie(tmp_path / "out" / name, tmp_path / f"my-{name}")
    done = DOORS[door](command, "--reference", "--report-dir", "out")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    for name in (*REPORTS, "assets"):
        mine = tmp_path / f"my-{name}"
        assert (mine.read_text(), mine.stat().st_mode & 0o777) == ("mine", 0o644)
    for name in REPORTS:
        report = tmp_path / "out" / name
        assert not report.is_symlink()
        assert report.stat().st_mode & 0o777 == 0o600
        assert report.stat().st_size > 100 or name == "import.csv"


@pytest.mark.usefixtures("no_page")
def test_a_folder_that_is_used_again_holds_the_newest_run_alone(command: Command, tmp_path: Path) -> None:
    """Reports and scripts of the run before go, ledgers and somebody's files stay; and it is told what changed."""
    run = ("run", "--reference", "--only", "push_user", "--report-dir", "out")
    out = tmp_path / "out"
    assert command(*run, "--fault", "create-returns-200").returncode == ExitCode.CONFORMANCE_FAILURES
    (out / "official.md").touch()
    scripts = list((out / "reproduce").iterdir())
    assert {each.suffix for each in scripts} == {".sh", ".py"}
    (out / "reproduce" / "notes.sh").touch()
    green = command(*run)
    assert green.returncode == ExitCode.ALL_GOOD, green.stdout + green.stderr
    assert list((out / "reproduce").iterdir()) == [out / "reproduce" / "notes.sh"]
    assert not (out / "official.md").exists()
    assert (out / "ledger-1.jsonl").is_file()
    [since] = record_in(out).since
    assert "push_user.create-answers-201" in since.fixed
    assert f"fixed: {len(since.fixed)}" in green.stdout
    (out / "reproduce" / "notes.sh").unlink()
    assert command("render", "out").returncode == ExitCode.ALL_GOOD
    assert record_in(out).since == [since]
    assert not (out / "reproduce").exists()


@pytest.mark.parametrize("door", DOORS)
def test_a_folder_that_is_a_link_is_refused(
    command: Command, tmp_path: Path, counted: tuple[str, Counting], door: str
) -> None:
    """The sentence says where the link leads; nothing is sent, nothing is written there."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "out").symlink_to("theirs")
    done = DOORS[door](command, "--target-url", counted[0], "--report-dir", "out")
    assert done.returncode == ExitCode.USAGE
    assert "out is a link to theirs" in done.stdout + done.stderr
    assert list((tmp_path / "theirs").iterdir()) == []
    assert counted[1].asked == 0


IN_THE_WAY: dict[str, Callable[[Path], object]] = {
    "journal.jsonl is a link": lambda out: (out / "journal.jsonl").symlink_to("../mine"),
    "journal.jsonl is a hard link": lambda out: (out / "journal.jsonl").hardlink_to(out.parent / "mine"),
    "journal.jsonl is a folder": lambda out: (out / "journal.jsonl").mkdir(),
    "journal.jsonl is a pipe": lambda out: os.mkfifo(out / "journal.jsonl"),
    "ledger.jsonl is a link": lambda out: (out / "ledger.jsonl").symlink_to("../mine"),
    "ledger.jsonl is a link to nothing": lambda out: (out / "ledger.jsonl").symlink_to("../nothing"),
    "ledger.jsonl is a folder": lambda out: (out / "ledger.jsonl").mkdir(),
    "run.json is a folder": lambda out: (out / "run.json").mkdir(),
    "report.html is a folder": lambda out: (out / "report.html").mkdir(),
    "reproduce is a link": lambda out: (out / "reproduce").symlink_to("../theirs"),
    "reproduce is a file": lambda out: (out / "reproduce").touch(),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_what_is_in_the_way_of_a_report_is_said_before_anything_is_sent(
    command: Command, tmp_path: Path, counted: tuple[str, Counting], what: str
) -> None:
    """A journal or ledger that is none, a report's place that is taken: named, exit code 4, and all stays as it was."""
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "out").mkdir()
    IN_THE_WAY[what](tmp_path / "out")
    done = command("run", "--target-url", counted[0], "--report-dir", "out")
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert f"out/{what.partition(' ')[0]}" in done.stderr
    assert "Traceback" not in done.stderr
    assert counted[1].asked == 0
    assert (tmp_path / "mine").read_text() == "mine"
    assert list((tmp_path / "theirs").iterdir()) == []


@pytest.mark.parametrize(
    ("door", "place"),
    [("command", "/proc/sys"), ("command", "/proc/here/out"), ("command", "file"), ("pytest", "file/out")],
)
def test_a_folder_that_cannot_be_written_to_is_a_usage_error(
    command: Command, tmp_path: Path, counted: tuple[str, Counting], door: str, place: str
) -> None:
    """Nothing is sent where no report could be kept; the sentence says why, and how to name another folder."""
    (tmp_path / "file").touch()
    done = DOORS[door](command, "--target-url", counted[0], "--report-dir", place)
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert f"The folder {place} cannot be" in done.stdout + done.stderr
    assert "--report-dir" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert counted[1].asked == 0


def test_what_is_ours_is_for_its_owner_alone(command: Command, tmp_path: Path) -> None:
    """Folders we make, empty ones and those of earlier runs are shut to others; any other keeps its mode, its files are shut."""
    for name in ("empty", "theirs", "earlier"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    (tmp_path / "theirs" / "notes.txt").write_text("theirs")
    (tmp_path / "earlier" / "run.json").write_text("{}")
    modes = {"new/inner": 0o700, "empty": 0o700, "earlier": 0o700, "theirs": 0o755}
    for name, mode in modes.items():
        assert DOORS["command"](command, "--reference", "--report-dir", name).returncode == ExitCode.ALL_GOOD
        assert (tmp_path / name).stat().st_mode & 0o777 == mode, name
        for path in (each for each in (tmp_path / name).iterdir() if each.name != "notes.txt"):
            assert path.stat().st_mode & 0o077 == 0, path
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("no_page")
def test_the_latest_folder_is_found_again_and_no_other_link_is(command: Command, tmp_path: Path) -> None:
    """`render` and `clean` follow the link that runs set, and say of any other where it leads."""
    DOORS["command"](command, "--reference")
    assert command("render").returncode == ExitCode.ALL_GOOD
    assert command("clean", "--yes").returncode == ExitCode.USAGE  # a run that only reads has no ledger
    (tmp_path / "mine").symlink_to((tmp_path / "reports" / "latest").resolve())
    for verb in ("render", "clean"):
        done = command(verb, "mine")
        assert done.returncode == ExitCode.USAGE
        assert "mine is a link to" in done.stderr


def test_pytest_puts_its_page_beside_the_other_reports(command: Command, tmp_path: Path) -> None:
    """Without --report-dir there is one folder of the run, and the page is in it."""
    done = DOORS["pytest"](command, "--reference")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    [folder] = [path for path in (tmp_path / "reports").iterdir() if not path.is_symlink()]
    assert (folder / "report.html").stat().st_size
    assert (folder / "run.json").stat().st_size


OTHERS = {
    "run": ("run", "--report-dir", "out"),
    "official": ("official", "suite.json", "--report-dir", "out"),
    "pytest": (*PYTEST, "--report-dir", "out"),
    "clean": ("clean", "out", "--yes"),
    "clean of a ledger": ("clean", "out/ledger.jsonl", "--yes"),
}


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("other", OTHERS)
def test_a_folder_is_of_one_run_at_a_time(
    command: Command, tmp_path: Path, counted: tuple[str, Counting], other: str
) -> None:
    """While a run goes on, nothing else moves its ledger or removes its people; the end of its process sets it free."""
    (tmp_path / "suite.json").write_text('{"name": "S", "steps": [{"step_type": "request"}]}')
    with serving(lambda url: Killer(url, 5, signal.SIGSTOP, done=True)) as (url, app):
        app.run = run = start(url, tmp_path)
        os.waitpid(run.pid, os.WUNTRACED)
        before = (tmp_path / "out" / "ledger.jsonl").read_bytes()
        module = "pytest" if other == "pytest" else ""
        target = () if "clean" in other else ("--target-url", counted[0])
        done = command(*OTHERS[other], *target, module=module)
        assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
        assert "out is in use by a run" in done.stdout + done.stderr
        assert "Let that end first" in done.stdout + done.stderr
        assert (tmp_path / "out" / "ledger.jsonl").read_bytes() == before
        assert [each.name for each in (tmp_path / "out").glob("ledger*")] == ["ledger.jsonl"]
        run.kill()
        run.wait()
        assert command("clean", "out", "--yes").returncode == ExitCode.ALL_GOOD
    assert counted[1].asked == 0
