"""Runs the scripts of a run's failed checks against a faulty server, and judges what they are answered."""

import asyncio
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
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
from scim_tests.judging import judged
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.record import CheckRecord, ExchangeRecord, RunRecord
from scim_tests.options import RunOptions
from scim_tests.replaying import leaves
from scim_tests.run import perform
from scim_tests.wire.har_reading import Entry, Recording
from scim_tests.wire.reproduction import Story


class Overheard:
    """An ASGI app that keeps what is said to the one behind it, each answer whole."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.heard: list[Heard] = []
        self.base_url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked, answered, head = bytearray(), bytearray(), {}

        async def receive_() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def send_(message: Any) -> None:
            if message["type"] == "http.response.start":
                head.update(message)  # and held back: a 204 is whole with it
                return
            answered.extend(message.get("body", b""))
            if not message.get("more_body"):
                self._keep(scope, bytes(asked), head, bytes(answered))  # before whoever asked can go on
                await send(head)
                await send({"type": "http.response.body", "body": bytes(answered)})

        await self.app(scope, receive_, send_)

    def _keep(self, scope: Any, asked: bytes, head: Any, answered: bytes) -> None:
        path = scope["raw_path"].decode() + (
            "?" + scope["query_string"].decode() if scope["query_string"] else ""
        )
        request = Request(
            scope["method"], path.removeprefix("/scim/v2"), _texts(scope["headers"]), bytes(asked)
        )
        answer = Answer(head["status"], _texts(head["headers"]), answered)
        self.heard.append(
            Heard(request, answer, "", started=float(len(self.heard)), seconds=0.0, base_url=self.base_url)
        )


NUMBERS = count(100_000)  # of processes
BASE = "http://127.0.0.1/scim/v2"


def _texts(pairs: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


@dataclass
class Bent:
    """A running server with a fault, the run it was given, and what it heard since."""

    base_url: str
    overheard: list[Overheard]
    honest: list[Any]
    folder: Path
    record: RunRecord = field(init=False)

    @property
    def people(self) -> int:
        """How many the server holds, whatever it says of them."""
        return asyncio.run(_count(self.honest[0]))

    @property
    def failed(self) -> list[CheckRecord]:
        return [check for check in self.record.checks if check.verdict == "fail"]

    def run(self, script: Path) -> tuple[str, str, list[Heard]]:
        """What the script prints, what it complains of, and what was said."""
        app = self.overheard[0]
        app.heard.clear()
        environment = {"PATH": os.environ["PATH"], "SCIM_TESTS_TOKEN": TOKEN}
        if script.suffix == ".sh":
            done = subprocess.run(
                ["/bin/sh", "-e", str(script)],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            complaint = done.stderr + (f"exit code {done.returncode}" if done.returncode else "")
            return done.stdout, complaint, list(app.heard)
        said, complaint_ = io.StringIO(), io.StringIO()
        with (
            redirect_stdout(said),
            redirect_stderr(complaint_),
            patch.object(sys, "argv", [str(script)]),
            patch.object(os, "getpid", lambda: next(NUMBERS)),  # each its own, as if by itself
            patch.dict(os.environ, environment),
        ):
            runpy.run_path(str(script))
        return said.getvalue(), complaint_.getvalue(), list(app.heard)

    def shows_again(self, check: CheckRecord, heard: Sequence[Heard]) -> bool:
        """Whether what the script's requests were answered fails the check, or is as wrong as what failed it."""
        asked = Story(self.record).requests(check)
        said = list(zip(asked, heard, strict=False))
        entries = [
            Entry(answered, each.step, each.scene, number=number)  # as a whole run is judged
            for number, (each, answered) in enumerate(said, 1)
        ]
        again = judged(Recording(self.base_url, entries), self.record.profile.name)
        if any(each.id == check.id and each.verdict == "fail" for each in again.checks):
            return True
        at = next(each.at for each in check.findings if each.verdict == "fail")
        return all(_alike(each, answered) for each, answered in said if each.number in at)


def _alike(before: ExchangeRecord, after: Heard) -> bool:
    """The same status, and the same members of the same types: where a check needs more than the script asks."""
    assert after.answer
    if before.elided:  # of a page the run kept only whom it made, so nobody can compare
        return before.status == after.answer.status
    return before.status == after.answer.status and _shape(before.response.body) == _shape(after.answer.text)


def _shape(text: str) -> object:
    """Which members of which types, or how many are on the list: who they are is the run's."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if isinstance(document, dict) and isinstance(document.get("Resources"), list):
        return len(document["Resources"])
    return {path: type(value).__name__ for path, value in leaves(document)}


async def _count(app: Any) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=BASE, headers=headers
    ) as client:
        total: int = (await client.get("/Users?count=0")).json()["totalResults"]
        return total


@contextmanager
def bent(fault: str, folder: Path, profile: str = "okta") -> Iterator[Bent]:
    """A server with that fault, after a run against it whose reports are in the folder."""
    found: list[Overheard] = []
    honest: list[Any] = []

    def around(app: Any) -> Any:
        honest.append(app)
        found.append(Overheard(faults.bent([fault])(app)))
        return found[0]

    with running(Settings(tokens=(Token(TOKEN),)), around=around) as server:
        told = RunOptions(
            target_url=server.base_url,
            profile=profile,
            report_dir=str(folder),
            seed=1,
            parallel=1,
            yes=True,
        )
        found[0].base_url = server.base_url
        with patch.dict(os.environ, {"SCIM_TESTS_TOKEN": TOKEN}):
            perform(told, Silence())
        bent = Bent(server.base_url, found, honest, folder)
        bent.record = record_in(folder)
        yield bent
