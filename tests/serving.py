"""Serves an ASGI app of a test's own on a real socket, and kills runs at a chosen request."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import uvicorn
from commanding import TOKEN

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.model.scim import Json


@contextmanager
def serving(made: Callable[[str], Any], host: str = "127.0.0.1", port: int = 0) -> Iterator[tuple[str, Any]]:
    """Base URL and app, as long as the context; `made` gives the app for a base URL."""
    config = uvicorn.Config(
        "", host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    listening = config.bind_socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or answers wait 40 ms
    listening.listen()  # so that whoever connects before uvicorn is up waits
    url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/scim/v2"
    config.app = app = made(url)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield url, app
    finally:
        server.should_exit = True
        thread.join()


class Counting:
    """The reference server, and how often it was asked."""

    def __init__(self, base_url: str) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=base_url))
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += scope["type"] == "http"
        await self.app(scope, receive, send)


class Gate:
    """The reference server, which holds answers back from the given create on until it is opened."""

    def __init__(self, base_url: str, creates: int) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=base_url))
        self.creates = creates
        self.reached = Event()
        self.open = Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            self.creates -= 1
            if self.creates <= 0:
                self.reached.set()
                await asyncio.get_running_loop().run_in_executor(None, self.open.wait)
        await self.app(scope, receive, send)


class Killer:
    """The reference server, which sends a signal to the run that asks it for the n-th time, and answers nobody from then on."""

    def __init__(self, base_url: str, at: int, number: signal.Signals, *, done: bool) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=base_url))
        self.at = at
        self.number = number
        self.done = done  # whether what was asked is still done
        self.run: subprocess.Popen[bytes] | None = None
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and self.run:
            self.asked += 1
            if self.asked == self.at:
                self.run.send_signal(self.number)
            if self.asked >= self.at and self.number is signal.SIGKILL:
                if self.done:
                    await self.app(scope, receive, _nowhere)
                return
        await self.app(scope, receive, send)


async def _nowhere(_: Json) -> None:
    """An answer that nobody reads any more."""


def listed(base_url: str, endpoint: str) -> list[Json]:
    request = urllib.request.Request(
        f"{base_url}/{endpoint}?count=200", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        found: list[Json] = json.load(answer).get("Resources", [])
        return found


def make(base_url: str, endpoint: str, **resource: Json) -> Json:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    request = urllib.request.Request(f"{base_url}/{endpoint}", json.dumps(resource).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


DYING = """
import os, signal, sys
from scim_tests import cli
from scim_tests.wire import ledger_file

class Dying:
    left, share = int(sys.argv.pop(1)), float(sys.argv.pop(1))

    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, file, line):
        self.left -= 1
        if not self.left:
            os.write(file, line[:int(len(line) * self.share)])
            os.kill(os.getpid(), signal.SIGKILL)
        return os.write(file, line)

ledger_file.os = Dying()
cli.main(sys.argv[1:])
"""


def start(url: str, folder: Path, dying: tuple[int, float] | None = None) -> subprocess.Popen[bytes]:
    """A run; `dying` kills it at that line of its ledger, when so much of the line is written."""
    program = ["-c", DYING, *map(str, dying)] if dying else ["-m", "scim_tests"]
    return subprocess.Popen(
        [sys.executable, *program, "run", "--target-url", url, "--report-dir", "out"],
        cwd=folder, env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def start_cleaning(folder: Path) -> subprocess.Popen[bytes]:
    """A clean-up from the ledger in that folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "scim_tests", "clean", "ledger.jsonl", "--yes"],
        cwd=folder, env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
