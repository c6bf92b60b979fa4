"""The small commands, and how the command line answers."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from commanding import TOKEN, Command

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.errors import EXIT_MEANINGS, ExitCode

pytestmark = pytest.mark.usefixtures("no_page")

HEAVY = ("httpx", "pytest", "faker", "jsonschema", "rich", "starlette", "uvicorn", "scim_tests.checks")


def test_help_names_the_commands_and_exit_codes(command: Command) -> None:
    """--help shows every command and the meaning of every exit code."""
    done = command("--help")
    assert done.returncode == ExitCode.ALL_GOOD
    assert [name for name in ("run", "serve", "list", "explain") if f"\n  {name} " not in done.stdout] == []
    assert [said for said in EXIT_MEANINGS.values() if said not in " ".join(done.stdout.split())] == []


def test_help_loads_nothing_heavy() -> None:
    """The command line answers at once because it imports what a command needs only with the command."""
    script = "import sys, scim_tests.cli; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(HEAVY) & set(done.stdout.split()) == set()


@pytest.mark.parametrize("what", ["checks", "acts", "profiles"])
def test_lists_are_the_same_in_words_and_json(command: Command, what: str) -> None:
    """`list` and `list --json` name the same things."""
    words, document = command("list", what).stdout, json.loads(command("list", what, "--json").stdout)
    assert document
    assert [row["name"] for row in document if row["name"] not in words] == []


def test_explain_tells_all_of_a_check(command: Command) -> None:
    """`explain` shows title, consequence, fix and the references of a check."""
    check = next(each for each in catalogue() if each.id == "push_user.create-answers-201")
    said = " ".join(command("explain", check.id).stdout.split())
    for text in (
        check.title,
        check.consequence.text,
        check.consequence.admin_sees,
        check.fix,
        *check.references,
    ):
        assert " ".join(text.split()) in said


def test_explain_suggests_the_nearest_check(command: Command) -> None:
    """A misspelt id is a usage error with suggestions."""
    done = command("explain", "push_user.create-answer-201")
    assert done.returncode == ExitCode.USAGE
    assert "push_user.create-answers-201" in done.stderr


def test_a_profile_is_printed_to_begin_with(command: Command, tmp_path: Path) -> None:
    """`list profiles NAME` prints TOML that `--profile FILE` takes; other names are refused in a sentence."""
    printed = command("list", "profiles", "ziflow").stdout
    (tmp_path / "mine.toml").write_text(printed)
    assert command("list", "profiles", "mine.toml").stdout == printed
    assert profiles.load(str(tmp_path / "mine.toml")).name == "ziflow"
    for arguments, said in (
        (("profiles", "zifow"), "Did you mean"),
        (("acts", "push_user"), "Only a profile is printed by its name."),
    ):
        done = command("list", *arguments)
        assert done.returncode == ExitCode.USAGE
        assert said in done.stderr


@pytest.mark.parametrize(
    "arguments", [("runn",), ("run", "--seed", "x"), ("list", "people"), ("run", "--profil", "x")]
)
def test_a_wrong_command_line_is_a_usage_error(command: Command, arguments: tuple[str, ...]) -> None:
    """Whatever is wrong with the command line ends with exit code 4 and no traceback."""
    done = command(*arguments)
    assert done.returncode == ExitCode.USAGE
    assert "Traceback" not in done.stderr


def test_serve_says_where_and_takes_the_token() -> None:
    """`serve` prints its base URL, demands the token it was given, and ends on a signal."""
    with subprocess.Popen(
        [sys.executable, "-m", "scim_tests", "serve", "--port", "0"],
        env={"SCIM_TESTS_TOKEN": TOKEN, "PATH": ""}, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        base_url = server.stdout.readline().split()[-1]
        try:
            request = urllib.request.Request(
                f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"}
            )
            with urllib.request.urlopen(request) as answer:
                assert json.load(answer)["totalResults"] == 0
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(f"{base_url}/Users")
        finally:
            server.terminate()
            rest = server.stdout.read()
    assert TOKEN not in rest
