"""A full disk, as a process meets it: files that may not grow. One sentence, what to do next, and nobody is left."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from commanding import TOKEN, Command, record_in
from full_disk import LIMITED, assert_told, limited
from serving import Counting, listed, make

import scim_tests
from scim_tests.errors import ExitCode
from scim_tests.model.scim import USER

STORIES = str(Path(scim_tests.__file__).parent)
SUITE = Path(__file__).parents[2] / "fixtures" / "official" / "small-suite.json"
DOORS = {
    "command": ("scim_tests", "run"),
    "pytest": ("pytest", "-p", "scim_tests.plugin", "-p", "no:cacheprovider", STORIES),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_run_whose_journal_finds_no_room_ends_and_leaves_nobody(
    command: Command, tmp_path: Path, counted: tuple[str, Counting], door: str
) -> None:
    """It stops in the middle, removes whom it made, and so names `render` alone; `clean` finds nobody then."""
    url, _ = counted
    done = limited(command, tmp_path, 60_000, *DOORS[door], "--target-url", url, "--report-dir", "out")
    assert_told(done, "out/journal.jsonl", "scim-tests render out", "Make room")
    assert "clean out" not in done.stdout + done.stderr
    assert (listed(url, "Users"), listed(url, "Groups")) == ([], [])
    assert command("clean", "out", "--yes").returncode == ExitCode.ALL_GOOD
    assert command("render", "out").returncode == ExitCode.INTERRUPTED
    assert record_in(tmp_path / "out").exchanges


@pytest.mark.parametrize(
    ("door", "most", "name"), [("command", 300_000, "run.json"), ("pytest", 900_000, "report.html")]
)
def test_reports_that_find_no_room_are_not_left_by_half(
    command: Command, tmp_path: Path, door: str, most: int, name: str
) -> None:
    """The journal is whole, so that `render` writes them later; pytest says it as well as the command."""
    told = ("--reference", "--profile", "read-only", "--report-dir", "out")
    assert_told(limited(command, tmp_path, most, *DOORS[door], *told), f"out/{name}", "scim-tests render out")
    assert not (tmp_path / "out" / name).exists()
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]
    assert command("render", "out").returncode == ExitCode.ALL_GOOD
    assert (tmp_path / "out" / name).stat().st_size > most


def test_a_suite_whose_report_finds_no_room_leaves_nobody(
    command: Command, tmp_path: Path, reference_url: str
) -> None:
    """`official` has no journal: its ledger is all there is, and it holds nobody."""
    told = ("official", str(SUITE), "--target-url", reference_url, "--report-dir", "out")
    done = limited(command, tmp_path, 10_000, "scim_tests", *told)
    assert_told(done, "out/run.json", "Make room")
    assert not [step for step in ("render", "clean") if step in done.stderr]
    assert listed(reference_url, "Users") == []


def test_cleaning_needs_no_room(command: Command, tmp_path: Path, reference_url: str) -> None:
    """Whom a ledger holds is removed although nothing can be added to it; done again, it finds nobody."""
    name = "scim-tests.abcd1234.plain@example.com"
    make(reference_url, "Users", schemas=[USER], userName=name)
    profile = 'name = "p"\ntitle = "P"\ndialect = "oin"\ncapabilities = []\nclean_up = "delete"\n'
    events = [
        {"event": "run", "target": reference_url, "profile": profile},
        {"event": "intended", "user_name": name},
    ]
    (tmp_path / "ledger.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    for came in ("1 removed, 0 left behind", "0 removed, 1 not found, 0 left behind"):
        done = limited(command, tmp_path, 1, "scim_tests", "clean", "ledger.jsonl", "--yes")
        assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
        assert came in done.stdout
        assert listed(reference_url, "Users") == []


def test_traffic_that_is_judged_can_be_judged_again(
    command: Command, tmp_path: Path, reference_run: Callable[[str], Path]
) -> None:
    """Where only reports are lost, nothing but room is asked for."""
    seen = str(reference_run("read-only") / "exchanges.har")
    done = limited(command, tmp_path, 3000, "scim_tests", "judge", seen, "--report-dir", "out")
    assert_told(done, "out/run.json", "Make room, and try again.")


def test_a_recording_ends_when_there_is_no_room_and_keeps_what_it_has(
    command: Command, tmp_path: Path, reference_url: str
) -> None:
    """The answer is passed on all the same; the HAR is whole, and `judge` reads it."""
    (tmp_path / "limited.py").write_text(LIMITED)
    arguments = ["scim_tests", "record", "--target-url", reference_url, "--port", "0", "--report-dir", "out"]
    with subprocess.Popen(
        [sys.executable, "-m", "limited", "9000", *arguments], cwd=tmp_path, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as proxy:  # fmt: skip
        assert proxy.stdout
        address = next(line for line in proxy.stdout if "Base URL" in line).split()[-1]
        asked = 0
        while proxy.poll() is None and asked < 100:
            asked += 1
            request = urllib.request.Request(f"{address}/Users", headers={"Authorization": f"Bearer {TOKEN}"})
            try:
                with urllib.request.urlopen(request) as answer:
                    assert json.load(answer)["totalResults"] == 0
            except OSError:  # it does not listen any more
                break
        try:
            said, errors = proxy.communicate(timeout=60)
        finally:
            proxy.kill()
    assert_told(
        CompletedProcess("", proxy.returncode, said, errors),
        "out/recording.har",
        "scim-tests judge out/recording.har",
    )
    entries = json.loads((tmp_path / "out" / "recording.har").read_text())["log"]["entries"]
    assert 2 <= len(entries) <= asked
    assert command("judge", "out/recording.har", "--report-dir", "judged").returncode == ExitCode.ALL_GOOD


def test_a_baseline_that_finds_no_room_stays_as_it_was(command: Command, tmp_path: Path) -> None:
    """What was kept by hand is not lost."""
    told = ("--reference", "--profile", "read-only", "--fault", "response-totalresults-string")
    command("run", *told, "--report-dir", "out")
    before = command("baseline", "update", "known.toml", "out", "--reason", "r", "--owner", "o")
    assert before.returncode == ExitCode.ALL_GOOD, before.stderr
    kept = (tmp_path / "known.toml").read_text()
    done = limited(
        command,
        tmp_path,
        10,
        "scim_tests",
        "baseline",
        "update",
        "known.toml",
        "out",
        "--reason",
        "s",
        "--owner",
        "o",
    )
    assert_told(done, "known.toml")
    assert (tmp_path / "known.toml").read_text() == kept
