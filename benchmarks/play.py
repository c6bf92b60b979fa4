"""The play beside its peers, one after the other against the same reference server on a real socket.

    python benchmarks/play.py

Prints for each tester the requests it sent, the seconds it took, and how often it judged a request.
Figures are for comparison within one run of this script.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn

from reference_server.app import application
from reference_server.settings import Settings, Token

TOKEN = "benchmark-token-of-no-value"  # noqa: S105 -- it opens nothing
BIN = Path(sys.executable).parent
Message = MutableMapping[str, Any]


class Counting:
    """The reference server, with a count of the requests it got."""

    def __init__(self, settings: Settings) -> None:
        self.app = application(settings)
        self.requests = 0

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self.requests += scope["type"] == "http"
        await self.app(scope, receive, send)


@contextmanager
def server() -> Iterator[tuple[str, Counting]]:
    # Only with its protocol named does asyncio send answers without Nagle's delay.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/scim/v2"
    app = Counting(Settings(tokens=(Token(TOKEN),), public_url=base_url))
    running = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    listening.listen()
    thread = Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield base_url, app
    finally:
        running.should_exit = True
        thread.join()


def testers(base_url: str, folder: str) -> dict[str, tuple[list[str], str]]:
    """By name: (command, pattern that finds its judgements: a number, or one line each)."""
    return {
        "scim-tests": (
            [f"{BIN}/scim-tests", "run", "--target-url", base_url, "--report-dir", folder],
            r"(\d+) judgements",
        ),
        "scim2-tester": ([f"{BIN}/scim2", "--url", base_url, "test"], r"(?m)^(?:SUCCESS|ERROR|DEVIATION)\b"),
        "scim-sanity": (
            [f"{BIN}/scim-sanity", "probe", base_url, "--token", TOKEN, "--i-accept-side-effects"],
            r"(\d+) passed",
        ),
    }


def main() -> None:
    environment = {
        **os.environ,
        "SCIM_TESTS_TOKEN": TOKEN,
        "SCIM_CLI_HEADERS": f"Authorization: Bearer {TOKEN}",
    }
    print(f"{'tester':<14}{'requests':>10}{'seconds':>10}{'judgements':>12}{'a request':>11}")
    with tempfile.TemporaryDirectory() as folder:
        for name in testers("", ""):
            with server() as (base_url, app):
                command, pattern = testers(base_url, folder)[name]
                began = time.perf_counter()
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                seconds = time.perf_counter() - began
                found = re.findall(pattern, done.stdout)
                judged = int(found[0]) if found and found[0].isdigit() else len(found)
                ratio = judged / max(1, app.requests)
                print(f"{name:<14}{app.requests:>10}{seconds:>10.2f}{judged:>12}{ratio:>11.1f}")


main()
