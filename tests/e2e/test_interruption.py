"""Ctrl-C, a cancelled job, a reader that goes away: results are kept, and whoever was made is named or removed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import TOKEN, record_in
from serving import Gate, serving

from scim_tests.errors import ExitCode


@pytest.fixture
def gate() -> Iterator[tuple[str, Gate]]:
    """A server that lets two people be created and then waits."""
    with serving(lambda url: Gate(url, 3)) as (url, app):
        yield url, app
        app.open.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_play_and_keeps_what_was_seen(
    gate: tuple[str, Gate], tmp_path: Path, number: signal.Signals
) -> None:
    """Interrupted in the middle of creates, the run removes whom it made, writes every report and ends with 2."""
    url, app = gate
    arguments = [sys.executable, "-m", "scim_tests", "run", "--target-url", url, "--report-dir", "out"]
    with subprocess.Popen(
        arguments,
        cwd=tmp_path,
        env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert app.reached.wait(60)
        run.send_signal(number)
        app.open.set()
        said, _ = run.communicate(timeout=60)
    assert run.returncode == ExitCode.INTERRUPTED, said
    record = record_in(tmp_path / "out")
    assert record.outcome.verdict == "interrupted"
    assert record.left_behind == []
    assert (tmp_path / "out" / "report.html").stat().st_size


def test_a_signal_ends_the_run_of_all_targets(gate: tuple[str, Gate], tmp_path: Path) -> None:
    """The one under way cleans up and reports, the next one is not begun, and both say so."""
    url, app = gate
    targets = "".join(f'[targets.{name}]\ntarget-url = "{url}"\n' for name in ("first", "second"))
    (tmp_path / "scim-tests.toml").write_text(targets, encoding="utf-8")
    arguments = [sys.executable, "-m", "scim_tests", "run", "first", "second", "--json", "--quiet"]
    with subprocess.Popen(
        arguments,
        cwd=tmp_path,
        env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert app.reached.wait(60)
        run.send_signal(signal.SIGINT)
        app.open.set()
        said, errors = run.communicate(timeout=60)
    assert run.returncode == ExitCode.INTERRUPTED, said + errors
    assert "removing what this run made" in errors
    first, second = json.loads(said)["runs"]
    assert (first["verdict"], first["left_behind"]) == ("interrupted", [])
    assert (second["verdict"], second["exit_code"]) == ("not played", ExitCode.INTERRUPTED)


def test_a_run_has_a_deadline(gate: tuple[str, Gate], tmp_path: Path) -> None:
    """A play that takes longer ends like an interrupted one: whom it made is named, and every report says why."""
    url, _ = gate
    arguments = [sys.executable, "-m", "scim_tests", "run", "--target-url", url, "--report-dir", "out"]
    (tmp_path / "short.toml").write_text(
        'name = "short"\ntitle = "S"\ndialect = "oin"\ncapabilities = ["push_users"]\nclean_up = "nothing"\n'
    )
    done = subprocess.run(
        [*arguments, "--profile", "short.toml", "--deadline", "1"],
        cwd=tmp_path, env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.INTERRUPTED, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert "--deadline" in record.notices[0]
    assert record.left_behind
    assert "--deadline" in (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("sink", ["/dev/full", "closed"])
def test_a_reader_that_goes_away_ends_nothing(program: Path, tmp_path: Path, sink: str) -> None:
    """With nowhere to print, the run goes on, keeps its reports and its exit code."""
    arguments = [program, "run", "--reference", "--profile", "read-only"]
    if sink == "closed":
        reading, writing = os.pipe()
        os.close(reading)
    else:
        writing = os.open(sink, os.O_WRONLY)
    done = subprocess.run([*arguments, "--report-dir", "out"], cwd=tmp_path, stdout=writing, check=False)
    os.close(writing)
    assert done.returncode == ExitCode.ALL_GOOD
    assert record_in(tmp_path / "out").outcome.verdict == "passed"
    assert (tmp_path / "out" / "report.html").stat().st_size


def test_two_runs_of_one_second_have_a_folder_each(tmp_path: Path) -> None:
    """Runs started together do not write over each other."""
    arguments = [sys.executable, "-m", "scim_tests", "run", "--reference", "--profile", "read-only"]
    runs = [subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [run.wait(60) for run in runs] == [ExitCode.ALL_GOOD] * 3
    folders = [path for path in (tmp_path / "reports").iterdir() if not path.is_symlink()]
    assert len({record_in(folder).run.name for folder in folders}) == 3
