"""What keeps an exploration from beginning: one sentence, its exit code, and nothing that leaves, not even a look."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import Command

from scim_tests.errors import ExitCode

ELSEWHERE = ("--target-url", "https://scim.example.test/scim/v2")
HIDING = """\
import sys
from importlib.machinery import PathFinder
from scim_tests.cli import main

class Hiding:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name.partition(".")[0] == "hypothesis" else PathFinder.find_spec(name, path, target)

sys.meta_path[:] = [Hiding if each is PathFinder else each for each in sys.meta_path]
main(sys.argv[1:])
"""


@pytest.fixture
def elsewhere() -> Iterator[tuple[dict[str, str], socket.socket]]:
    """The environment in which every request to another machine goes to a proxy, and that proxy, which nobody should call."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)  # noqa: FBT003 -- its only form
        place = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        yield {"HTTPS_PROXY": place, "HTTP_PROXY": place, "NO_PROXY": ""}, proxy


def test_without_the_extra_one_sentence_says_how_to_get_it(command: Command, tmp_path: Path) -> None:
    """Without Hypothesis the command says so; its help needs none, and no other command misses it."""
    (tmp_path / "hiding.py").write_text(HIDING)
    done = command("explore", "--reference", module="hiding")
    assert done.returncode == ExitCode.USAGE
    said = (
        "scim-tests: Exploring needs Hypothesis, which is not installed.\n  pip install 'hypothesis>=6.140'\n"
    )
    assert done.stderr == said
    assert command("explore", "--help", module="hiding").returncode == ExitCode.ALL_GOOD
    assert command("list", "faults", module="hiding").returncode == ExitCode.ALL_GOOD


def test_nothing_leaves_without_a_yes(
    command: Command, elsewhere: tuple[dict[str, str], socket.socket]
) -> None:
    """The screen has the numbers: how long, how many people at a time, how they are called and removed, what they may cost."""
    environment, proxy = elsewhere
    done = command("explore", *ELSEWHERE, "--minutes", "7", environment=environment)
    assert done.returncode == ExitCode.USAGE
    for said in (
        "about to explore https://scim.example.test/scim/v2",
        "up to 40 moves",
        "takes     7 min",
        "12 people at a time, up to 300 while it looks, named scim-tests.<run>.…@example.com",
        "nobody else",
        "deleted again",
        "may cost",
        "--yes",
    ):
        assert said in done.stderr
    with pytest.raises(BlockingIOError):
        proxy.accept()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("--minutes", "0"), "--minutes has to be above 0"),
        (("--minutes", "nan"), "--minutes has to be above 0"),
        (("--minutes", "1441"), "--minutes has to be above 0 and up to 1,440"),
        (("--steps", "3"), "--steps has to be between 4 and 200"),
        (("--max-users", "2"), "the first conversation of an exploration creates up to 3 people"),
        (("--replay", ""), "--replay cannot be read: it is empty"),
        (("--replay", "craete:0"), "Did you mean create?"),
        (("--replay", "read:0 put:0"), "--replay sends nothing: there is nobody for any of its moves"),
        (("--replay", 'bulk-set:0:title="A"'), "--profile scim makes every move"),
        (("--replay", "set:0:title=NaN"), "--replay cannot be read"),
        (("--profile", "ziflow"), "`scim-tests run --profile ziflow`"),
        (("--profile", "read-only"), "`scim-tests run --profile read-only`"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    command: Command, elsewhere: tuple[dict[str, str], socket.socket], told: tuple[str, ...], said: str
) -> None:
    """One sentence and the next step, and nobody is asked for anything."""
    environment, proxy = elsewhere
    done = command("explore", *ELSEWHERE, "--yes", *told, environment=environment)
    assert done.returncode == ExitCode.USAGE
    assert said in done.stderr
    with pytest.raises(BlockingIOError):
        proxy.accept()
