"""What tests of the command share: the token their targets take, and the record a run left."""

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

from scim_tests.model.record import RunRecord

TOKEN = "tk-7hXq2mVb9LrPz4Nc"
Command = Callable[..., subprocess.CompletedProcess[str]]


def inherited() -> dict[str, str]:
    """The environment, without what is meant for the pytest that runs the tests; pytest-xdist sets a width, too."""
    ours = ("PYTEST", "SCIM", "COLUMNS", "LINES")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def record_in(folder: Path) -> RunRecord:
    """The run record a run left in its folder."""
    return RunRecord.from_json(json.loads((folder / "run.json").read_text(encoding="utf-8")))


def at_a_terminal(program: Path, folder: Path, *arguments: str, columns: int = 200) -> str:
    """What a command prints to a terminal of that width, output and errors alike."""
    ours, theirs = pty.openpty()
    environment = {**inherited(), "SCIM_TESTS_TOKEN": TOKEN, "TERM": "xterm", "COLUMNS": str(columns)}
    with subprocess.Popen(
        [program, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    ):
        os.close(theirs)
        said = bytearray()
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # how Linux says that the other side has closed
            pass
    os.close(ours)
    return said.decode(errors="replace")
