"""What a load leaves on this machine: whole reports, one folder after the other, no secret, and nothing of Locust's."""

import json
import re
import signal
from pathlib import Path

import pytest
from commanding import TOKEN, Command
from full_disk import assert_told, limited
from standing import everybody
from under_load import ended, some, started
from weather import under

from scim_tests.errors import ExitCode

LOAD = ("--assign", "40", "--rate", "100")
LOCUSTS_OWN = "[tool.locust]\nusers = 'no number'\nworker = true\nnonsense = 3\n"


def names(folder: Path) -> set[str]:
    """What is in it."""
    return {each.name for each in folder.iterdir()}


def test_a_folder_takes_a_run_and_then_loads(command: Command, tmp_path: Path) -> None:
    """Each writes its own reports in place of those before; `clean` finds whom any of them made, `render` the latest."""
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        told = ("--target-url", weather.base_url, "--report-dir", "out")
        assert command("run", *told, "--profile", "read-only").returncode == ExitCode.ALL_GOOD
        for _ in range(2):  # the second finds whom the first left
            load = started(tmp_path, weather.base_url, *LOAD)
            weather.signals(load, signal.SIGINT, 90, 110)
            assert ended(load)[0] == ExitCode.INTERRUPTED
        left = len(everybody(weather.base_url)) - len(before)
        assert left > 10
        assert {"ledger.jsonl", "ledger-1.jsonl", "load.html"} <= names(tmp_path / "out")
        assert not {"run.json", "report.html", "tally.json"} & names(tmp_path / "out")
        assert command("render", "out").returncode == ExitCode.INTERRUPTED
        cleaned = command("clean", "out", "--yes")
        assert cleaned.returncode == ExitCode.ALL_GOOD, cleaned.stdout + cleaned.stderr
        assert everybody(weather.base_url) == before


# How long a file may be, which one is cut short by that, and whether anybody was made by then.
FULL = {"its first words": (500, "tally.json", False), "its record": (60_000, "load.json", True)}


@pytest.mark.parametrize("full", some([*FULL], 0, 1))
def test_a_full_disk_is_one_sentence(command: Command, tmp_path: Path, full: str) -> None:
    """Nobody is lost: whom it made is removed, and no file is left by half."""
    most, name, makes = FULL[full]
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        told = ("load", *LOAD, "--target-url", weather.base_url, "--report-dir", "out")
        done = limited(command, tmp_path, most, "scim_tests", *told)
        assert_told(done, f"out/{name}")
        assert everybody(weather.base_url) == before
        assert (weather.creates > 0) is makes
        assert (command("render", "out").returncode == ExitCode.INTERRUPTED) is makes
    assert not [each for each in names(tmp_path / "out") if each.startswith(".")]


def test_a_ledger_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    """Nobody is made whose name is not on disk; who was made by then is removed, and the reports are written."""
    quick = "scim_tests.load.coordinator.AHEAD=0.5,scim_tests.load.coordinator.AT_LEAST=10"
    ledger = tmp_path / "out" / "ledger.jsonl"
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        load = started(tmp_path, weather.base_url, "--assign", "1000", "--rate", "60", changed=quick)

        def put_a_link_there() -> None:
            ledger.rename(tmp_path / "moved.jsonl")
            ledger.symlink_to(tmp_path / "moved.jsonl")

        weather.at(100, put_a_link_there)
        code, said = ended(load)
        announced = (tmp_path / "moved.jsonl").read_text(encoding="utf-8").count('"intended"')
        assert (code, everybody(weather.base_url)) == (ExitCode.USAGE, before), said
    assert "ledger.jsonl is a link to" in said
    assert weather.creates < announced < 1000
    assert (
        "is a link to"
        in json.loads((tmp_path / "out" / "load.json").read_text(encoding="utf-8"))["tally"]["stopped"]
    )


def test_nothing_of_locusts_is_read_or_printed_and_no_secret_is_kept(tmp_path: Path) -> None:
    """Whatever somebody has set for Locust, a load of two processes goes on as ever, and says nothing but its own lines."""
    home = tmp_path / "home"
    home.mkdir()
    for place in (tmp_path / "locust.conf", home / ".locust.conf", tmp_path / "pyproject.toml"):
        place.write_text(LOCUSTS_OWN)
    (tmp_path / "locustfile.py").write_text("raise SystemExit('nobody may run this')\n")
    environment = {
        "HOME": str(home),
        "LOCUST_USERS": "no number",
        "LOCUST_SKIP_MONKEY_PATCH": "",
        "LOCUST_PLAYWRIGHT": "1",
        "LOCUST_WAIT_FOR_WORKERS_REPORT_AFTER_RAMP_UP": "no number",
        "LOCUST_LOGLEVEL": "DEBUG",
        "LOCUST_MASTER_BIND_PORT": "1",
    }
    with under(seed_users=20) as weather:
        told = (*LOAD, "--processes", "2", "--import", "30", "-q")
        code, said = ended(started(tmp_path, weather.base_url, *told, environment=environment))
        assert code == ExitCode.ALL_GOOD, said
    assert re.fullmatch(r"Passed\..*\n", said), said
    kept = b"".join(each.read_bytes() for each in (tmp_path / "out").iterdir()) + said.encode()
    assert TOKEN.encode() not in kept
