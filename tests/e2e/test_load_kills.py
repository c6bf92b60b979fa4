"""A load is killed at any moment: its folder is enough to remove whom it made, and nobody else; and its reports tell of it."""

import json
import random
import signal
from pathlib import Path

import pytest
from commanding import Command
from standing import everybody
from under_load import ended, some, started, wait_for_workers
from weather import under

from scim_tests.errors import ExitCode

STRANGERS = 300
LOAD = ("--assign", "120", "--rate", "120", "--groups", "2x20", "--deactivate", "10%", "--import", "400")
REQUESTS = 600  # that such a load sends, about, with its clean-up
KILLS = [(seed, processes) for seed in range(10) for processes in (0, 2)]


@pytest.mark.parametrize(("seed", "processes"), some(KILLS, 1, 2))
def test_whoever_a_killed_load_made_is_removed_and_nobody_else(
    command: Command, tmp_path: Path, seed: int, processes: int
) -> None:
    """The server's whole list is as it was before; the reports say that the load was cut short."""
    at = random.Random(seed).randrange(1, REQUESTS)  # noqa: S311 -- a moment, and no secret
    with under(seed_users=STRANGERS) as weather:
        before = everybody(weather.base_url)
        workers = ("--processes", str(processes)) if processes else ()
        killed = started(tmp_path, weather.base_url, *LOAD, *workers)
        weather.signals(killed, signal.SIGKILL, at)
        code, _ = ended(killed)
        wait_for_workers(tmp_path / "out")
        rendered, cleaned = command("render", "out"), command("clean", "out", "--yes")
        assert everybody(weather.base_url) == before
    assert cleaned.returncode == ExitCode.ALL_GOOD, cleaned.stdout + cleaned.stderr
    if code == -signal.SIGKILL:
        assert rendered.returncode == ExitCode.INTERRUPTED, rendered.stdout + rendered.stderr
        told = json.loads((tmp_path / "out" / "load.json").read_text(encoding="utf-8"))
        assert told["outcome"]["verdict"] == "interrupted"
