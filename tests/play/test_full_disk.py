"""A disk that is full from any write on: no create leaves unannounced, whom the run made is removed, a sentence says what to do."""

import asyncio
import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from playing import BASE_URL, PASSWORD, TOKEN

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.engine.listener import Silence
from scim_tests.errors import ExitCode, WriteError
from scim_tests.options import RunOptions
from scim_tests.session import run
from scim_tests.session.cleaning import _remove, remains
from scim_tests.session.removing import nobody_watches
from scim_tests.session.report_folder import create_report_folder, with_next_step
from scim_tests.session.target import Target
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import names
from scim_tests.wire.vault import Vault

PROFILE = """\
name = "small"
title = "S"
dialect = "oin"
capabilities = ["push_users", "push_groups"]
clean_up = "delete"
[limits]
new_users = 2
"""
JUDGED = frozenset(
    {"push_user.create-answers-201", "push_group.create-answers-201"}
)  # so that little else is played
ALL = os.environ.get("HONEST") == "all"
MANY = 1000  # more writes than such a run has


class Watching(httpx.AsyncBaseTransport):
    """The reference server; knows of each create whether its name stood in the ledger when it came."""

    def __init__(self, ledger: Path) -> None:
        self.server = httpx.ASGITransport(application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL)))
        self.ledger = ledger
        self.unannounced: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            body = json.loads(await request.aread())
            name = body.get("userName") or body["displayName"]
            if json.dumps(name) not in self.ledger.read_text():
                self.unannounced.append(name)
        return await self.server.handle_async_request(request)

    def there(self, endpoint: str) -> list[Any]:
        async def ask() -> httpx.Response:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with httpx.AsyncClient(transport=self.server) as client:
                return await client.get(f"{BASE_URL}/{endpoint}", headers=headers)

        found: list[Any] = asyncio.run(ask()).json().get("Resources", [])
        return found


class Door:
    """Lets runs in at the server without a socket; stands for `access.Access`."""

    def __init__(self, server: Watching) -> None:
        self.server = server

    def client(self, url: str, ledger: Ledger, timeout: float, **_: object) -> Client:
        return Client(url, Vault(TOKEN, PASSWORD), ledger=ledger, timeout=timeout, transport=self.server)


class Disk:
    """Has room for `room` more writes, and then for none or only not for that one."""

    def __init__(self, room: int, *, lasting: bool) -> None:
        self.room, self.lasting, self.write = room, lasting, os.write

    def __call__(self, file: int, content: bytes) -> int:
        self.room -= 1
        if self.room == -1 or (self.room < 0 and self.lasting):
            self.write(file, content[: len(content) // 2])  # as far as there is room
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.write(file, content)


def played(folder: Path, server: Watching, monkeypatch: pytest.MonkeyPatch, disk: Disk) -> WriteError | None:
    """A whole run up to its reports on that disk; what it was ended by."""

    def agreed(*_: object) -> Target:
        return Target(BASE_URL, Door(server), bundled=False)  # type: ignore[arg-type]

    (folder.parent / "small.toml").write_text(PROFILE)
    options = RunOptions(profile=str(folder.parent / "small.toml"), parallel=2, seed=1)
    with monkeypatch.context() as patched:
        patched.setattr(run, "agreed", agreed)
        patched.setattr(os, "write", disk)
        try:
            run.perform(options, Silence(), JUDGED, folder)
        except WriteError as error:
            return error
    return None


def tried(folder: Path, monkeypatch: pytest.MonkeyPatch, rooms: Sequence[int], *, lasting: bool) -> None:
    """Runs on disks with so much room each leave nobody, and say what to do."""
    for room in rooms:
        place = create_report_folder(folder / f"{room}-{lasting}")
        server = Watching(place / "ledger.jsonl")
        error = played(place, server, monkeypatch, Disk(room, lasting=lasting))
        assert server.unannounced == [], room
        assert (server.there("Users"), server.there("Groups")) == ([], []), room
        assert not [path for path in place.iterdir() if path.name.startswith(".")], room
        if lasting or error:
            assert error, room
            assert error.exit_code == ExitCode.OUR_ERROR
            told = str(with_next_step(error))
            is_held = bool(names(Ledger(place / "ledger.jsonl").entries()))
            assert (f"scim-tests clean {place}" in told) is is_held, room
            assert ("scim-tests render" in told) is (place / "journal.jsonl").exists(), room
        cleaned(place, server)
        assert (server.there("Users"), server.there("Groups")) == ([], []), room


def cleaned(place: Path, server: Watching) -> None:
    """What `clean` does with the ledger as it is on the disk."""
    for each in remains(place, RunOptions(yes=True)):
        if each.profile and each.ledger.entries():
            asyncio.run(_remove(each, each.profile, Door(server), None, nobody_watches))  # type: ignore[arg-type]


def writes_of_a_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    place = create_report_folder(folder / "whole")
    disk = Disk(MANY, lasting=True)
    assert played(place, Watching(place / "ledger.jsonl"), monkeypatch, disk) is None
    return MANY - disk.room


@pytest.mark.parametrize("lasting", [True, False])
def test_a_disk_that_is_full_from_any_write_on_loses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lasting: bool
) -> None:
    """For the ledger, the journal and every report in turn: every second write for ever, the others for a moment; `make honest` has each in both ways."""
    writes = writes_of_a_run(tmp_path, monkeypatch)
    assert writes > 40
    tried(tmp_path, monkeypatch, range(writes) if ALL else range(lasting, writes, 2), lasting=lasting)
