"""Against targets that answer anything but SCIM the command ends by itself, in bounded memory and without a traceback."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from commanding import TOKEN, record_in

from scim_tests.errors import ExitCode
from scim_tests.model.scim import LIST_RESPONSE, USER

MIB = 1024 * 1024
MOST = 300 * MIB  # bytes of memory a run may take
SOAK = "SOAK" in os.environ  # `make soak` has them all, and larger
PROFILE = """
name = "short"
title = "Little of everything"
dialect = "oin"
capabilities = ["push_users", "push_profile_updates", "push_deactivation", "import_users"]
clean_up = "delete"
[limits]
new_users = 3
crowd = 2
import_pages = 3
timeout = 2.0
"""


def listed(resources: bytes, **more: int) -> bytes:
    head = json.dumps({"schemas": [LIST_RESPONSE], "totalResults": 0, "id": "1", **more})[:-1]
    return head.encode() + b', "Resources": [' + resources + b"]}"


def people(number: int) -> bytes:
    """So many people at once, as from a target that ignores `count` and filters."""
    one = {
        "schemas": [USER], "id": "%d", "userName": "kim.%d@corp.example.org", "displayName": "Kim" * 20,
        "name": {"givenName": "Kim", "familyName": "Jones"}, "active": True,
        "emails": [{"value": "kim.%d@corp.example.org", "type": "work", "primary": True}],
    }  # fmt: skip
    shape = json.dumps(one)
    return listed(
        ",".join(shape % (each, each, each) for each in range(number)).encode(), totalResults=number
    )


# The length that is announced, and the body; those that are large are made where they are asked for.
ANSWERS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "1 GB": (1024 * MIB, lambda: b"x" * MIB),
    "never ending": (0, lambda: b" " * MIB),
    "1 GB in a bomb": (0, lambda: gzip.compress(bytes(1024 * MIB), 1, mtime=0)),
    "everybody, whatever is asked": (0, lambda: people(1200 if SOAK else 600)),
    "a long string": (0, lambda: listed(b'"' + b"x" * (12 * MIB) + b'"')),
    "many small values": (0, lambda: listed(b"[]," * 100_000 + b"[]")),
    "too many small values": (0, lambda: listed(b"[]," * 5_000_000 + b"[]")),
    "small, and heavy": (0, lambda: listed(b"[]," * 15_000 + b"[]")),
}


SLOW = {"many small values", "small, and heavy"}


class _Answering(BaseHTTPRequestHandler):
    """Gives one answer to everything; `claims` is the length it announces, 0 where it is the body's."""

    claims, body, coding, ends = 0, b"", "", True
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(201 if self.command == "POST" else 200)
        self.send_header("Content-Type", "application/scim+json")
        if self.coding:
            self.send_header("Content-Encoding", self.coding)
        if self.ends:
            self.send_header("Content-Length", str(self.claims or len(self.body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        sent = 0
        try:
            while sent < (self.claims or len(self.body)) or not self.ends:
                self.wfile.write(self.body)
                sent += len(self.body)
        except OSError:
            self.close_connection = True  # the run has had enough

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 -- the names http.server calls

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name there
        """Say nothing."""


@contextmanager
def answering(kind: str) -> Iterator[str]:
    claims, body = ANSWERS[kind]
    members = {
        "claims": claims, "body": body(), "ends": kind != "never ending", "coding": "gzip" if "bomb" in kind else "",
    }  # fmt: skip
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (_Answering,), members)) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the run hangs up
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/scim/v2"
        finally:
            server.shutdown()
            thread.join()


def played(url: str, folder: Path) -> tuple[int, str, int]:
    """Exit code, what was said, and the most memory the process took, in bytes.

    A helper starts it, for a child is charged with the memory of the process it was forked from.
    """
    (folder / "short.toml").write_text(PROFILE)
    arguments = [
        "-m",
        "scim_tests",
        "run",
        "--target-url",
        url,
        "--profile",
        "short.toml",
        "--report-dir",
        "out",
    ]
    measuring = (
        "import os, subprocess, sys\n"
        "run = subprocess.Popen([sys.executable, *sys.argv[1:]])\n"
        "_, status, usage = os.wait4(run.pid, 0)\n"
        "print(f'\\n{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", measuring, *arguments],
        cwd=folder, env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    code, kilobytes = done.stdout.splitlines()[-1].split()
    return int(code), done.stdout + done.stderr, int(kilobytes) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere ru_maxrss is in other units")
@pytest.mark.parametrize("kind", ANSWERS if SOAK else [each for each in ANSWERS if each not in SLOW])
def test_whatever_is_answered_memory_stays_small(
    kind: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Large, endless, packed and heavy answers to every request end in a report, and take less than 300 MB."""
    with answering(kind) as url:
        code, said, memory = played(url, tmp_path)
    record_property("most memory of a run, in MiB", memory // MIB)
    assert memory < MOST
    assert code in {ExitCode.CONFORMANCE_FAILURES, ExitCode.TARGET_UNREACHABLE}, said
    assert "Traceback" not in said
    assert record_in(tmp_path / "out").counts.broken == 0
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) < 40 * MIB
