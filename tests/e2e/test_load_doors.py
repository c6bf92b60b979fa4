"""What keeps a load from beginning: one sentence, its exit code, and nothing that leaves, not even a look."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import TOKEN, Command
from under_load import ended, some, started

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


@pytest.fixture
def elsewhere() -> Iterator[tuple[dict[str, str], socket.socket]]:
    """The environment in which every request to another machine goes to a proxy, and that proxy, which nobody should call."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)  # noqa: FBT003 -- its only form
        place = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        yield {"HTTPS_PROXY": place, "HTTP_PROXY": place, "NO_PROXY": ""}, proxy


def assert_nobody_called(proxy: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        proxy.accept()


def test_without_the_extra_one_sentence_says_how_to_get_it(command: Command, tmp_path: Path) -> None:
    """Without Locust the command says so; its help needs none, and no other command misses it."""
    (tmp_path / "hiding.py").write_text(HIDING)
    done = command("load", "--reference", *PEOPLE, module="hiding")
    assert done.returncode == ExitCode.USAGE
    assert re.fullmatch(
        r"scim-tests: A load needs Locust, which is not installed.\n  pip install '.*'\n", done.stderr
    )
    assert command("load", "--help", module="hiding").returncode == ExitCode.ALL_GOOD
    assert command("list", "faults", module="hiding").returncode == ExitCode.ALL_GOOD


def test_nothing_leaves_without_a_yes(
    command: Command, elsewhere: tuple[dict[str, str], socket.socket]
) -> None:
    """The screen has the numbers: how many, how fast, how long, how they are removed, what they may cost."""
    environment, proxy = elsewhere
    more = ("--groups", "2x50", "--deactivate", "10%", "--import", "1000", "--max-users", "500")
    done = command("load", *ELSEWHERE, *PEOPLE, *more, environment=environment)
    assert done.returncode == ExitCode.USAGE
    for said in (
        "a load on https://scim.example.test/scim/v2",
        "500 users",
        "at        50 requests a second",
        "2 of 50 members each",
        "10% of them are deactivated",
        "at most 1,000 people",
        "takes     about",
        "at the latest",
        "a storm of 429",
        "deleted again",
        "may cost",
        "--yes",
    ):
        assert said in done.stderr
    assert_nobody_called(proxy)


@pytest.mark.parametrize("said", [(), ("--max-users", "499")])
def test_nothing_leaves_for_more_people_than_may_be_made(
    command: Command, elsewhere: tuple[dict[str, str], socket.socket], said: tuple[str, ...]
) -> None:
    """A yes is not enough for a target that is not on this machine: their number has to be said, too."""
    environment, proxy = elsewhere
    done = command("load", *ELSEWHERE, *PEOPLE, "--yes", *said, environment=environment)
    assert done.returncode == ExitCode.USAGE
    assert "500 people would be created" in done.stderr
    assert "Say --max-users 500 if" in done.stderr
    assert_nobody_called(proxy)


@pytest.mark.parametrize("workers", some(["0", "2"], 0))
def test_a_yes_and_the_number_are_enough(
    tmp_path: Path, elsewhere: tuple[dict[str, str], socket.socket], workers: str
) -> None:
    """Then somebody calls, so that the tests above would see what leaves; workers of this machine are told the number."""
    environment, proxy = elsewhere
    proxy.setblocking(True)  # noqa: FBT003 -- its only form
    told = (*PEOPLE, "--yes", "--max-users", "500", *(("--processes", workers) if workers != "0" else ()))
    load = started(tmp_path, ELSEWHERE[1], *told, environment=environment)
    proxy.accept()[0].close()
    code, said = ended(load)
    assert code == ExitCode.TARGET_UNREACHABLE, said


def test_a_worker_obeys_its_own_number(
    tmp_path: Path, elsewhere: tuple[dict[str, str], socket.socket]
) -> None:
    """Whatever the coordinator was allowed: nothing leaves the worker's machine, and nobody is looked for."""
    environment, proxy = elsewhere
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    told = (*PEOPLE, "--yes", "--max-users", "500", "--master", "--listen", place)
    coordinator = started(tmp_path, ELSEWHERE[1], *told, environment=environment)
    allowed = ("--worker", place, "--max-users", "100")
    code, said = ended(started(tmp_path, ELSEWHERE[1], *allowed, environment=environment))
    assert (code, "and --max-users is 100." in said) == (ExitCode.USAGE, True), said
    assert "and --max-users is 100." in ended(coordinator)[1]
    assert_nobody_called(proxy)


REFUSED = {
    "--rate 0": "--rate has to be",
    "--rate x": "--rate has to be",
    "--rate nan": "--rate has to be",
    "--rate 5,,6": "--rate has to be",
    "--rate 0.00001": "take more than 30 days",
    "--groups 3": "--groups has to be N×M",
    "--groups 0x4": "--groups has to be N×M",
    f"--groups {'9' * 5000}x2": "--groups has to be N×M",
    "--groups 3x4000": "Say --assign 12000 or more",
    "--deactivate 200%": "--deactivate has to be a share",
    "--deactivate 0.1": "--deactivate has to be a share",
    "--assign -1": "--assign has to be between 0 and 1,000,000",
    "--assign 9999999999999999999999": "--assign has to be between 0 and 1,000,000",
    "--import -1": "--import has to be between 0 and 10,000,000",
    "--assign 0": "neither --assign nor --import",
    "--processes 0": "not in the range",
    "--deadline 0": "--deadline has to be 1 or more",
    "--max-users -1": "not in the range",
    "--processes 2 --master": "A process is one of --processes and --master",
    "--master": "do not know the token of the bundled server",
    "--worker 127.0.0.1": "a worker hears from its coordinator what to do",
    "--listen 127.0.0.1": "only a coordinator of other machines",
    "--expect-workers 2": "only a coordinator of other machines",
    "--profile ziflow --groups 1x2": "Ziflow's guide says that pushing groups is not supported",
    "--profile ziflow --deactivate 10%": "does not list deactivation",
    "--profile read-only": "the profile only reads",
    "--report-dir taken": "a file is in its place",
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_meant_is_refused(command: Command, tmp_path: Path, said: str) -> None:
    """Numbers that are none, parts that do not fit each other, profiles that cannot: no folder is left by any."""
    (tmp_path / "taken").touch()
    done = command("load", "--reference", "--assign", "20", *said.split())
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert REFUSED[said] in done.stderr
    assert "Traceback" not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("--worker 127.0.0.1:99999", "no HOST[:PORT]"),
        ("--worker nosuch.invalid", "no HOST[:PORT]"),
        ("--worker 127.0.0.1 --assign 4", "Leave --assign out"),
        ("--worker 127.0.0.1 --master", "A process is one of --master and --worker"),
        ("--master --assign 4 --listen 192.0.2.1:99", "Cannot assign requested address"),
    ],
)
def test_a_place_that_is_none_is_refused(command: Command, said: str, why: str) -> None:
    """A worker needs a coordinator's address, and a coordinator one of its own; Locust's own words are not shown."""
    done = command("load", "--target-url", "http://127.0.0.1:9/scim/v2", *said.split())
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert why in done.stderr
    assert done.stdout == ""


def test_a_port_that_is_taken_is_named(command: Command) -> None:
    """Another program listens where the coordinator would."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        told = ("--target-url", "http://127.0.0.1:9/scim/v2", "--master", "--assign", "4", "--listen", place)
        done = command("load", *told)
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert f"port {place.partition(':')[2]}: Address already in use." in done.stderr
    assert "Name another place with --listen" in done.stderr


def test_who_stays_is_told_before_anything_is_sent(command: Command) -> None:
    """Ziflow's users cannot be removed: the screen says how many would stay, and what a seat is."""
    done = command("load", *ELSEWHERE, *PEOPLE, "--max-users", "500", "--profile", "ziflow")
    assert done.returncode == ExitCode.USAGE
    assert "nobody is removed: the profile says that users cannot be; 500 people would stay" in done.stderr
    assert "A seat: each user takes a paid one" in done.stderr
    assert TOKEN not in done.stderr
