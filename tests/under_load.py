"""Loads in processes of their own, whose ends are waited for."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from commanding import TOKEN, inherited

T = TypeVar("T")
ALL = os.environ.get("LOADS") == "all"  # `make loads`
CHANGED = """\
import sys
from importlib import import_module
for each in sys.argv.pop(1).split(","):
    name, value = each.split("=")
    module, _, constant = name.rpartition(".")
    setattr(import_module(module), constant, type(getattr(import_module(module), constant))(value))
from scim_tests.cli import main
main(sys.argv[1:])
"""


def started(
    folder: Path,
    url: str,
    *options: str,
    changed: str = "",
    token: str = TOKEN,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[str]":
    """A load, or a part of one, at this target; `changed` gives constants other values (`module.NAME=1,…`)."""
    program = ["-c", CHANGED, changed] if changed else ["-m", "scim_tests"]
    into = () if "--worker" in options else ("--report-dir", "out")
    return subprocess.Popen(
        [sys.executable, *program, "load", "--target-url", url, *into, *options],
        cwd=folder, env={**inherited(), "SCIM_TESTS_TOKEN": token, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(load: "subprocess.Popen[str]", seconds: float = 90) -> tuple[int, str]:
    """Its exit code, and all that it said."""
    try:
        said, errors = load.communicate(timeout=seconds)
    finally:
        load.kill()
    assert "Traceback" not in said + errors
    return load.returncode, said + errors


def wait_for_workers(folder: Path) -> None:
    """They have the report folder until they have ended."""
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.close(held)


def some(every: Sequence[T], *places: int) -> list[T]:
    """All cases under `make loads`, else those at these places: a load takes seconds."""
    return list(every) if ALL else [every[each] for each in places]
