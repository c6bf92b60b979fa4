"""`scim-tests explore` as users start it: what it finds, what it tells, and what it leaves behind."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commanding import TOKEN, Command, inherited, record_in
from markupsafe import escape
from reproducing import served
from standing import everybody
from under_load import ended
from weather import under

from reference_server.faults import bent
from scim_tests.errors import ExitCode
from scim_tests.model.conversation import read_line

FAULT = "group-patch-rename-deletes-group"
SHOWN_BY = "create-group:0 read-group:0 rename-group:0:=1 read-group:0"
PAGELESS = """\
import sys
from scim_tests.cli import main
from scim_tests.session import finish
finish.render_html = lambda *_: None
main(sys.argv[1:])
"""
LOST = "explore.read-shows-who-is-there"


def started(folder: Path, url: str, *options: str) -> "subprocess.Popen[str]":
    """An exploration in a process of its own, with its reports but for the page in `out`."""
    return subprocess.Popen(
        [sys.executable, "-c", PAGELESS, "explore", "--target-url", url, "--report-dir", "out", *options],
        cwd=folder, env={**inherited(), "SCIM_TESTS_TOKEN": TOKEN}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_what_is_found_is_told_with_its_conversation(command: Command, tmp_path: Path) -> None:
    """A fault is found and told as a run tells it; its conversation stands in every report, and in a file by itself."""
    told = ("--seed", "5", "--minutes", "1", "-x", "--report-dir", "out")
    done = command("explore", "--reference", "--fault", FAULT, *told)
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert any(each.startswith("Explored ") and "seed 5" in each for each in record.notices)
    assert [each for each in record.notices if "not seen" in each] == []
    lines = (tmp_path / "out" / "replay.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(record.root_causes) == 1
    summary, page = (
        (tmp_path / "out" / name).read_text(encoding="utf-8") for name in ("summary.md", "report.html")
    )
    for line in lines:
        assert read_line(line)
        assert f"--replay '{line}'" in done.stdout
        assert f"--replay '{line}'" in summary
        assert escape(line) in page
    assert {each.conversation for each in record.scenes} >= {*lines}


@pytest.mark.usefixtures("no_page")
def test_a_conversation_is_held_again_and_its_scripts_tell_the_faulty_server_from_the_honest_one(
    command: Command, tmp_path: Path
) -> None:
    """`--replay` holds that one alone: it fails at the faulty server, as both scripts do, and passes at the honest one."""
    with served(bent([FAULT])) as faulty, served() as honest:
        for server, code in ((honest, ExitCode.ALL_GOOD), (faulty, ExitCode.CONFORMANCE_FAILURES)):
            done = command(
                "explore", "--target-url", server.base_url, "--replay", SHOWN_BY, "--report-dir", "out"
            )
            assert done.returncode == code, done.stdout + done.stderr
            assert server.everybody == {}
        scripts = sorted((tmp_path / "out" / "reproduce").glob(f"{LOST}.*"))
        assert [each.suffix for each in scripts] == [".py", ".sh"]
        for script in scripts:
            assert [server.run(script).code for server in (faulty, honest)] == [1, 0], script
        assert faulty.everybody == honest.everybody == {}
    held = [each for each in record_in(tmp_path / "out").scenes if each.conversation]
    assert [each.conversation for each in held] == [SHOWN_BY]


@pytest.mark.usefixtures("no_page")
def test_what_of_a_line_was_not_sent_is_told(command: Command, tmp_path: Path) -> None:
    """A notice names the first move; where the target has none of what a line asks, there is no verdict, and nobody is left."""
    with served(bent(["discovery-spc-404"])) as server:
        there = ("--target-url", server.base_url, "--report-dir", "out")
        done = command("explore", *there, "-q", "--replay", f'{SHOWN_BY} bulk-set:0:title="A"')
        assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
        told = "bulk-set:0 was not sent: Okta does not say it; take --profile scim."
        assert record_in(tmp_path / "out").notices == [told]
        assert told in done.stdout
        done = command("explore", *there, "--profile", "scim", "--replay", "list-sorted:userName")
        assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
        assert "--replay sends nothing: list-sorted was not sent: the target does not say" in done.stderr
        assert server.everybody == {}


@pytest.mark.usefixtures("no_page")
def test_an_interrupted_exploration_tells_what_it_found_and_removes_everybody(tmp_path: Path) -> None:
    """Ctrl-C ends exploring, not what comes after it: nobody is left, and the reports say how far it was."""
    with under() as weather:
        exploring = started(tmp_path, weather.base_url, "--minutes", "5", "--seed", "5")
        weather.signals(exploring, signal.SIGINT, 80)
        code, said = ended(exploring)
        assert code == ExitCode.INTERRUPTED, said
        assert everybody(weather.base_url) == {}
    record = record_in(tmp_path / "out")
    assert record.outcome.verdict == "interrupted"
    assert record.left_behind == []
    assert any(re.match("Exploring ended early: it was interrupted", each) for each in record.notices)


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("replay", [(), ("--replay", "create:0 read:0")])
def test_an_exploration_that_never_began_is_not_green(tmp_path: Path, replay: tuple[str, ...]) -> None:
    """Where nobody can be created nothing is explored and no line is held, which the verdict says with the reason."""
    with under() as weather:
        weather.begins(lambda _: 403 if weather.creates else None)
        code, said = ended(started(tmp_path, weather.base_url, *replay))
    assert code == ExitCode.NOTHING_JUDGED, said
    assert record_in(tmp_path / "out").outcome.sentence.startswith("Not explored to its end: push_user.")


@pytest.mark.usefixtures("no_page")
def test_an_exploration_ends_with_its_deadline(tmp_path: Path) -> None:
    """As if interrupted: nothing is held any more that was not found, and the reason is the deadline."""
    with under() as weather:
        code, said = ended(started(tmp_path, weather.base_url, "--minutes", "5", "--deadline", "2"))
        assert code == ExitCode.INTERRUPTED, said
        assert everybody(weather.base_url) == {}
    record = record_in(tmp_path / "out")
    assert "explore:plain" not in {each.name for each in record.scenes}
    assert any("(--deadline)" in each for each in record.notices)
    assert not any("it was interrupted" in each for each in record.notices)


@pytest.mark.usefixtures("no_page")
def test_whoever_a_killed_exploration_made_is_removed_and_its_folder_told(
    command: Command, tmp_path: Path
) -> None:
    """Whenever it dies, its ledgers name everybody: `clean` removes them, and `render` says that it was cut short."""
    with under() as weather:
        killed = started(tmp_path, weather.base_url, "--minutes", "5", "--seed", "5")
        weather.signals(killed, signal.SIGKILL, 80)
        ended(killed)
        there = everybody(weather.base_url)
        rendered, cleaned = command("render", "out"), command("clean", "out", "--yes")
        assert everybody(weather.base_url) == {}
    assert rendered.returncode == ExitCode.INTERRUPTED, rendered.stdout + rendered.stderr
    assert there
    assert len(record_in(tmp_path / "out").left_behind) >= len(
        there
    )  # some may be renamed, or not answered yet
    assert cleaned.returncode == ExitCode.ALL_GOOD, cleaned.stdout + cleaned.stderr
