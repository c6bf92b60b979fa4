"""What keeps a load from beginning: one sentence, its exit code, and nothing that leaves."""

import socket
from pathlib import Path

import pytest
from commanding import Command
from serving import Counting

from scim_tests.errors import ExitCode

ELSEWHERE = ("--target-url", "https://scim.example.test/scim/v2")
PEOPLE = ("--assign", "500", "--rate", "50")
HIDING = """\
import sys
from importlib.machinery import PathFinder
from scim_tests.cli import main

class Hiding:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name.partition(".")[0] in {"locust", "gevent"} else PathFinder.find_spec(name, path, target)

sys.meta_path[:] = [Hiding if each is PathFinder else each for each in sys.meta_path]
main(sys.argv[1:])
"""


def test_x(command: Command, counted: tuple[str, Counting]) -> None:
    """A load."""
    import time

    url, app = counted
    t = time.time()
    done = command("load", "--target-url", url, "--assign", "40", "--rate", "100", "--report-dir", "out")
    print(done.stdout, done.stderr, done.returncode, time.time() - t)
    t = time.time()
    done = command(
        "load",
        "--target-url",
        url,
        "--assign",
        "40",
        "--rate",
        "100",
        "--report-dir",
        "out",
        "--processes",
        "2",
    )
    print(done.stdout, done.stderr, done.returncode, time.time() - t)
    assert 0
