"""Runs the scripts of a run's failed checks against servers, faulty and honest."""

import asyncio
import io
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from commanding import TOKEN, record_in

from reference_server import faults
from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.engine.listener import Silence
from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.options import RunOptions
from scim_tests.session.run import perform

NUMBERS = count(100_000)  # of processes
BASE = "http://127.0.0.1/scim/v2"
Around = Callable[[Any], Any]


@dataclass(frozen=True)
class Said:
    """What a script ended with; `last` is its last line."""

    code: int
    text: str
    complaint: str

    @property
    def last(self) -> str:
        return self.text.strip().splitlines()[-1]


@dataclass
class Served:
    """A running server, and the honest application within."""

    base_url: str
    honest: list[Any]

    @property
    def everybody(self) -> dict[str, Any]:
        """Users and groups the server holds by their ids, whatever it says of them."""
        return asyncio.run(_everybody(self.honest[0]))

    def run(self, script: Path, environment: dict[str, str] | None = None) -> Said:
        """The script against this server; Python in this process, which is quicker."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # shims of a machine's own are slow
        known = {"PATH": path, "SCIM_TESTS_TOKEN": TOKEN, **(environment or {})}
        if script.suffix == ".sh":
            command = ["/bin/sh", str(script), self.base_url]
            done = subprocess.run(
                command, env=known, capture_output=True, text=True, check=False, timeout=120
            )
            return Said(done.returncode, done.stdout, done.stderr)
        said, complaint, code = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO(), 0
        with (
            redirect_stdout(said),
            redirect_stderr(complaint),
            patch.object(sys, "argv", [str(script), self.base_url]),
            patch.object(os, "getpid", lambda: next(NUMBERS)),  # each its own, as if by itself
            patch.object(signal, "signal"),
            patch.dict(os.environ, known),
        ):
            try:
                runpy.run_path(str(script), run_name="__main__")
            except SystemExit as ended:
                code = int(ended.code or 0)
        said.seek(0)
        return Said(code, said.read(), complaint.getvalue())


@contextmanager
def served(around: Around = lambda app: app) -> Iterator[Served]:
    """A server with something around it."""
    honest: list[Any] = []

    def known(app: Any) -> Any:
        honest.append(app)
        return around(app)

    with running(Settings(tokens=(Token(TOKEN),)), around=known) as server:
        yield Served(server.base_url, honest)


async def _everybody(app: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=BASE, headers=headers
    ) as client:
        lists = [(await client.get(f"/{kind}?count=500")).json() for kind in ("Users", "Groups")]
    return {each["id"]: each for shown in lists for each in shown["Resources"]}


@dataclass(frozen=True)
class Told:
    """What a run left in its folder."""

    folder: Path

    @cached_property
    def record(self) -> RunRecord:
        return record_in(self.folder)

    @property
    def failed(self) -> list[CheckRecord]:
        return [check for check in self.record.checks if check.verdict == "fail"]


@contextmanager
def bent(
    fault: str, folder: Path, profile: str = "okta", only: tuple[str, ...] = ()
) -> Iterator[tuple[Served, Told]]:
    """A server with that fault, after a run against it, or a part of one, whose reports are in the folder."""
    with served(faults.bent([fault])) as server:
        options = RunOptions(
            target_url=server.base_url,
            profile=profile,
            report_dir=str(folder),
            seed=1,
            parallel=1,
            only=only,
            yes=True,
        )
        with patch.dict(os.environ, {"SCIM_TESTS_TOKEN": TOKEN}):
            perform(options, Silence())
        yield server, Told(folder)
