"""`clean` believes no ledger: it says where and whom, asks, and removes only what this tool makes."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from commanding import TOKEN, Command
from serving import Counting, listed, make

from scim_tests.errors import ExitCode
from scim_tests.model.scim import GROUP, USER

pytestmark = pytest.mark.usefixtures("no_page")

PROFILE = 'name = "p"\ntitle = "P"\ndialect = "oin"\ncapabilities = ["push_users", "push_groups"]\nclean_up = "delete"\n'
REAL = "Real.Person@example.org"
SHARED = "scim-tests.everybody@example.org"
OF_ZIFLOW = "scim-tests.shared-by-all-runs@example.com"


def ledger(folder: Path, url: object, *events: dict[str, str], profile: str = PROFILE) -> None:
    told = [{"event": "run", "target": url, "profile": profile}, *events]
    (folder / "ledger.jsonl").write_text("".join(json.dumps(event) + "\n" for event in told))


def holding(name: str, id_: str) -> list[dict[str, str]]:
    """What stands in a ledger of somebody who was created."""
    return [{"event": "intended", "user_name": name}, {"event": "seen", "user_name": name, "id": id_}]


def ours(number: int) -> str:
    return f"scim-tests.abcd1234.crowd-{number:02}@example.com"


def test_nobody_is_removed_without_a_yes(
    command: Command, tmp_path: Path, counted: tuple[str, Counting]
) -> None:
    """Without --yes and a terminal: host, numbers and names are shown, nothing is sent, not even a token is asked for."""
    url, server = counted
    events = [event for number in range(25) for event in holding(ours(number), str(number))]
    ledger(tmp_path, url, *events, *holding("/Groups/scim-tests.abcd1234.team", "/Groups/1"))
    done = command("clean", "ledger.jsonl", token="")
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    for said in (url, "people    25:", "groups    1:", ours(0), ours(19), "and 6 more", "--yes"):
        assert said in done.stderr
    assert ours(20) not in done.stderr
    assert server.asked == 0


@pytest.mark.parametrize(("answer", "left"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1), (b"\x04", 1)])
def test_it_asks_at_a_terminal(
    tmp_path: Path, program: Path, counted: tuple[str, Counting], answer: bytes, left: int
) -> None:
    """Only a yes removes anybody; anything else, or the end of what is typed, sends nothing."""
    url, server = counted
    made = make(url, "Users", schemas=[USER], userName=ours(1))
    ledger(tmp_path, url, *holding(ours(1), made["id"]))
    before = server.asked
    mine, theirs = pty.openpty()
    os.write(mine, answer)
    done = subprocess.run(
        [program, "clean", "ledger.jsonl"], cwd=tmp_path, stdin=theirs,
        env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    os.close(mine)
    os.close(theirs)
    assert "Go ahead? [y/N]" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == (ExitCode.USAGE if left else ExitCode.ALL_GOOD), done.stderr
    assert server.asked == before or not left
    assert len(listed(url, "Users")) == left


def test_nobody_whose_name_is_not_ours_is_removed(
    command: Command, tmp_path: Path, counted: tuple[str, Counting]
) -> None:
    """A ledger that names real people and groups, under whatever pretext: they stay, and are said to be no names of ours."""
    url, _ = counted
    real = make(url, "Users", schemas=[USER], userName=REAL)
    almost = make(url, "Users", schemas=[USER], userName="scim-tests.longer-name@example.com")
    team = make(url, "Groups", schemas=[GROUP], displayName="Finance")
    before = listed(url, "Users")
    own = make(url, "Users", schemas=[USER], userName=ours(1))
    ledger(
        tmp_path, url,
        {"event": "adopted", "user_name": REAL},
        *holding(ours(2), real["id"]),  # a name of ours for an id of theirs, whose name is ours, too, by the line above
        *holding(almost["userName"], almost["id"]),
        *holding("/Groups/Finance", f"/Groups/{team['id']}"),
        {"event": "intended", "user_name": "Other.Person@example.org"},
        *holding(ours(1), own["id"]),
        profile=PROFILE + f'[people]\nreuse_user = "{REAL}"\n',
    )  # fmt: skip
    done = command("clean", "ledger.jsonl", "--yes")
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    for name in (almost["userName"], "/Groups/Finance", "Other.Person@example.org"):
        assert f"not touched: {name} is no name that scim-tests makes" in done.stdout
    assert listed(url, "Users") == before
    assert [group["id"] for group in listed(url, "Groups")] == [team["id"]]


@pytest.mark.parametrize(
    ("name", "told", "goes"),
    [(OF_ZIFLOW, (), True), (SHARED, (), False), (SHARED, ("--profile", "mine.toml"), True)],
)
def test_a_shared_user_goes_where_a_profile_that_is_believed_names_it(
    command: Command,
    tmp_path: Path,
    counted: tuple[str, Counting],
    name: str,
    told: tuple[str, ...],
    *,
    goes: bool,
) -> None:
    """A bundled profile, or the one named on the command line; what stands in the ledger names nobody."""
    url, _ = counted
    made = make(url, "Users", schemas=[USER], userName=name)
    sharing = PROFILE + f'[people]\nreuse_user = "{SHARED}"\n'
    (tmp_path / "mine.toml").write_text(sharing)
    ledger(
        tmp_path, url, {"event": "adopted", "user_name": name}, *holding(name, made["id"]), profile=sharing
    )
    done = command("clean", "ledger.jsonl", "--yes", *told)
    assert done.returncode == (ExitCode.ALL_GOOD if goes else ExitCode.CONFORMANCE_FAILURES), done.stderr
    assert bool(listed(url, "Users")) is not goes


def test_where_nobody_is_left_nothing_is_asked(command: Command, tmp_path: Path) -> None:
    """An empty ledger, or one of whom all are gone, needs neither a yes nor a token."""
    ledger(tmp_path, "https://scim.example.com", *holding(ours(1), "1"), {"event": "removed", "id": "1"})
    for place in ("ledger.jsonl", "."):
        done = command("clean", place, token="")
        assert done.returncode == ExitCode.ALL_GOOD, done.stderr
        assert "0 removed, 0 left behind" in done.stdout


TARGETS = (
    "http://127.0.0.1:9/scim\x1b[2J", "http://127.0.0.1:9/scim\n", "http://127.0.0.1:9/\x85", "http://127.0.0.1:9/\u202e", "http://127.0.0.1:9/\ud800",
    "http://evil\x00.example.com", "ftp://127.0.0.1/", "nonsense", "http://", "https://user:pw-secret@example.com/scim",
    "http://127.0.0.1:9/?token=pw-secret", 7, None, ["http://127.0.0.1:9"], {"a": 1},
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_a_ledger_whose_target_is_none_is_refused(command: Command, tmp_path: Path, target: object) -> None:
    """Control characters, user names, other kinds of values: one sentence, without what might be secret in it."""
    ledger(tmp_path, target, *holding(ours(1), "1"))
    done = command("clean", "ledger.jsonl", "--yes")
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert "ledger.jsonl" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert not [
        bad for bad in ("\x1b", "\x00", "\x85", "\u202e", "pw-secret", "Traceback") if bad in done.stderr
    ]


def test_names_move_no_cursor(command: Command, tmp_path: Path) -> None:
    """Control characters in names are spelt out where they are shown, and each name stands on one line."""
    ledger(
        tmp_path,
        "http://127.0.0.1:9/scim",
        *holding(ours(1) + "\x1b[2J\r\nfaked \u202e", "1"),
        *holding("\x1b]0;x", "2"),
    )
    for told in ((), ("--yes",)):
        done = command("clean", "ledger.jsonl", *told)
        assert done.returncode in {ExitCode.USAGE, ExitCode.TARGET_UNREACHABLE}
        assert not [bad for bad in ("\x1b", "\r", "\u202e", "\nfaked") if bad in done.stdout + done.stderr]


def sparse(place: Path) -> None:
    place.touch()
    os.truncate(place, 1 << 30)


STRANGE = {
    "folder": Path.mkdir,
    "link": lambda place: (place.with_name("x").write_text('{"event": "absent", "user_name": "u"}\n'), place.symlink_to("x")),
    "binary": lambda place: place.write_bytes(bytes(range(256)) * 9),
    "a gigabyte": sparse,
    "deep": lambda place: place.write_text("[" * 100_000 + "\n"),
    "another file": lambda place: place.write_text("# My notes\n"),
    "pipe": os.mkfifo,
}  # fmt: skip


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_ledger_is_a_sentence(command: Command, tmp_path: Path, kind: str) -> None:
    """A folder, a link, bytes, a gigabyte of nothing: exit code 4, by the file's name as by its folder's."""
    STRANGE[kind](tmp_path / "ledger.jsonl")
    for place in ("ledger.jsonl", "."):
        done = command("clean", place, "--yes")
        assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
        assert "ledger" in done.stderr
        assert "Traceback" not in done.stderr
