"""However a run ends, `scim-tests clean` leaves the target as it was, and touches nobody else."""

import json
import os
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from commanding import TOKEN, Command
from serving import Killer, listed, make, serving, start, start_cleaning

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode
from scim_tests.model.scim import GROUP, USER

pytestmark = pytest.mark.usefixtures("no_page")

KILLS = int(os.environ.get("KILLS", "3"))  # of each kind; `make soak` asks for more
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
LAST = 320  # requests in which a run creates, changes and removes people and groups
LINES = 140  # that it writes into its ledger meanwhile
NEVER = LAST * 10
Figure = Callable[[str, object], None]
CAN_DELETE = 'name = "p"\ntitle = "P"\ndialect = "oin"\ncapabilities = ["push_users"]\nclean_up = "delete"\n'


def seeded(kill: int) -> random.Random:
    """Chance of its own for each kill, and the seed that repeats it in what is printed."""
    seed = os.environ.get("SEED", "1")
    print(f"SEED={seed}")  # noqa: T201
    return random.Random(f"{seed}-{kill}")  # noqa: S311 -- no secret


@pytest.mark.parametrize("kill", range(KILLS))
def test_whatever_kills_a_run_nobody_is_left_after_clean(
    kill: int, command: Command, tmp_path: Path, record_property: Figure
) -> None:
    """A signal at any request: after `clean` the target holds whom it held before, unchanged, and nobody else."""
    chance = seeded(kill)
    at, number, done = chance.randrange(2, LAST), SIGNALS[kill % len(SIGNALS)], chance.random() < 0.5
    print(f"{number.name} at request {at}, {'done' if done else 'not done'}")  # noqa: T201
    killed_and_cleaned(lambda url: Killer(url, at, number, done=done), command, tmp_path)
    record_property("kills survived", 1)


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_run_killed_while_it_writes_its_ledger_leaves_nobody(
    kill: int, command: Command, tmp_path: Path, record_property: Figure
) -> None:
    """SIGKILL before, in the middle of and after any line: between intent and request, between answer and note."""
    line, share = seeded(kill).randrange(2, LINES), (0.0, 0.5, 1.0)[kill % 3]
    print(f"killed when {share:.0%} of line {line} were written")  # noqa: T201
    killed_and_cleaned(
        lambda url: Killer(url, NEVER, signal.SIGKILL, done=True), command, tmp_path, dying=(line, share)
    )
    record_property("kills survived", 1)


def killed_and_cleaned(
    made: Callable[[str], Killer], command: Command, folder: Path, dying: tuple[int, float] | None = None
) -> None:
    """Kill a run and clean up twice: nobody and no group is left but who was there before, as they were."""
    with serving(made) as (url, app):
        real = make(url, "Users", schemas=[USER], userName="a.real.person@example.org")
        team = make(url, "Groups", schemas=[GROUP], displayName="Finance", members=[{"value": real["id"]}])
        real = listed(url, "Users")[0]
        app.run = start(url, folder, dying)
        code = app.run.wait(120)
        app.run = None
        assert not dying or code == -signal.SIGKILL
        before = (listed(url, "Users"), listed(url, "Groups"))
        first = command("clean", "out", "--yes")
        assert first.returncode == ExitCode.ALL_GOOD, (before, first.stdout + first.stderr)
        assert listed(url, "Users") == [real]
        assert listed(url, "Groups") == [team]
        again = command("clean", "out", "--yes")
        assert "0 removed, 0 left behind" in again.stdout, again.stdout + again.stderr


def test_a_clean_up_of_many_that_is_killed_is_begun_again(command: Command, tmp_path: Path) -> None:
    """SIGKILL in the middle of 300 names, of which some exist: done again nobody of them is left, and strangers are as they were."""
    names = [f"scim-tests.loadtest.u-{number:06}@example.com" for number in range(300)]
    with serving(lambda url: Killer(url, 200, signal.SIGKILL, done=True)) as (url, app):
        for number in range(3):
            make(url, "Users", schemas=[USER], userName=f"real.person.{number}@example.org")
        before = listed(url, "Users")
        lines: list[dict[str, str]] = [{"event": "run", "target": url, "profile": CAN_DELETE}]
        lines += [{"event": "intended", "user_name": name} for name in names]
        for number, name in enumerate(names[::3]):
            made = make(url, "Users", schemas=[USER], userName=name)
            if number % 2:  # of the others the answer to their create was not heard
                lines.append({"event": "created", "user_name": name, "id": made["id"]})
        (tmp_path / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        app.run = start_cleaning(tmp_path)
        assert app.run.wait(60) == -signal.SIGKILL
        app.run = None
        assert len(before) < len(listed(url, "Users")) < len(before) + 100
        done = command("clean", "ledger.jsonl", "--yes")
        assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
        assert "0 left behind" in done.stdout
        assert listed(url, "Users") == before
        assert "0 removed, 0 left behind" in command("clean", "ledger.jsonl", "--yes").stdout


def test_an_id_that_is_somebody_elses_by_now_is_left_alone(command: Command, tmp_path: Path) -> None:
    """Where the target has been set up anew and gives a ledger's id to somebody real, `clean` says so and writes nothing."""
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url))) as (url, _):
        real = make(url, "Users", schemas=[USER], userName="a.real.person@example.org")
        ours = {"user_name": "scim-tests.xxxxxxxx.plain@example.com", "id": real["id"]}
        events = [
            {"event": "run", "target": url, "profile": CAN_DELETE},
            {"event": "intended", "user_name": ours["user_name"]},
            {"event": "created", **ours},
            {"event": "seen", **ours},
        ]
        (tmp_path / "ledger.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
        done = command("clean", "ledger.jsonl", "--yes")
        assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
        assert "0 removed, 1 left behind" in done.stdout
        assert (
            f"{ours['user_name']}: the target shows somebody else under its id ({real['id']}," in done.stdout
        )
        assert listed(url, "Users") == [real]


def test_a_target_without_removal_is_told_whom_it_keeps(command: Command) -> None:
    """Under a profile that removes nobody, `clean` lists who stays and sends no write."""
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url))) as (url, _):
        assert (
            command("run", "--target-url", url, "--profile", "ziflow", "--report-dir", "out").returncode < 2
        )
        done = command("clean", "out", "--yes")
        assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
        assert "scim-tests.shared-by-all-runs@example.com" in done.stdout
        assert "cannot be removed over SCIM" in done.stdout
        assert len(listed(url, "Users")) == 1


def test_whom_an_earlier_run_made_is_told_with_the_reason(command: Command) -> None:
    """The ledger of a second run says the same as that of the first; also where the profile is named again."""
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url))) as (url, _):
        for folder in ("first", "second"):
            command("run", "--target-url", url, "--profile", "ziflow", "--report-dir", folder)
        for more in ([], ["--profile", "ziflow"]):
            done = command("clean", "second", "--yes", *more)
            assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
            assert "0 removed, 1 left behind" in done.stdout
            assert ": users made in Ziflow cannot be removed over SCIM" in done.stdout


def test_a_latest_run_that_only_read_names_the_run_to_clean_up(command: Command) -> None:
    """It leaves no ledger; the folder of the newest run that did is in the hint."""
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url))) as (url, _):
        command("run", "--target-url", url, "--profile", "ziflow", "--report-dir", "reports/first")
        command("run", "--target-url", url, "--profile", "read-only")
        done = command("clean", "--yes")
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert "There is no ledger at reports/" in done.stderr
    assert "the newest beside it is reports/first" in " ".join(done.stderr.split())


def test_a_token_goes_to_one_target_only(command: Command, tmp_path: Path) -> None:
    """Ledgers of two targets in one folder are refused, since one token would go to both."""
    for number, host in enumerate(("https://one.example.com", "https://two.example.com")):
        events = [
            {"event": "run", "target": host, "profile": ""},
            {"event": "intended", "user_name": "scim-tests.xxxxxxxx.u"},
        ]
        text = "".join(json.dumps(event) + "\n" for event in events)
        (tmp_path / f"ledger-{number}.jsonl").write_text(text)
    done = command("clean", ".", "--yes")
    assert done.returncode == ExitCode.USAGE
    assert "one.example.com and https://two.example.com" in done.stderr


def test_a_refused_token_removes_nobody_in_one_sentence(command: Command, tmp_path: Path) -> None:
    """With another token `clean` says what was answered, and ends as for an unreachable target."""
    with serving(lambda url: application(Settings(tokens=(Token("another"),), public_url=url))) as (url, _):
        profile = 'name = "p"\ntitle = "P"\ndialect = "oin"\ncapabilities = []\nclean_up = "delete"\n'
        events = [
            {"event": "run", "target": url, "profile": profile},
            {"event": "intended", "user_name": "scim-tests.xxxxxxxx.u"},
        ]
        (tmp_path / "ledger.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
        done = command("clean", "ledger.jsonl", "--yes")
    assert done.returncode == ExitCode.TARGET_UNREACHABLE
    said = " ".join(done.stderr.split())
    assert "Nothing was removed: the server refused the key (401 Unauthorized). Enter the right one" in said


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (
            404,
            "the server has no list of users at that base URL (404 Not Found). See that the app still runs",
        ),
        (503, "the server failed (503 Service Unavailable). Clean up again in a minute"),
        (0, "nothing listens on 127.0.0.1:9: the connection was refused. See that the server runs"),
    ],
)
def test_a_target_that_cannot_be_cleaned_up_is_told_with_what_to_do(
    command: Command, tmp_path: Path, status: int, why: str
) -> None:
    """In plain words, whatever it answered, or that it did not."""

    async def answers(_: object, __: object, send: Callable[[dict[str, object]], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with serving(lambda _: answers) as (url, _):
        profile = 'name = "p"\ntitle = "P"\ndialect = "oin"\ncapabilities = []\nclean_up = "delete"\n'
        events = [
            {"event": "run", "target": url if status else "http://127.0.0.1:9/scim/v2", "profile": profile},
            {"event": "intended", "user_name": "scim-tests.xxxxxxxx.u"},
        ]
        (tmp_path / "ledger.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
        done = command("clean", "ledger.jsonl", "--yes")
    assert done.returncode == ExitCode.TARGET_UNREACHABLE
    said = " ".join(done.stderr.split())
    assert f"Nothing was removed: {why}" in said
