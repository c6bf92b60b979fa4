"""Results outlive the process: what was seen before a kill becomes every report, by the way all runs take."""

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from commanding import TOKEN, Command, record_in
from serving import Killer, make, serving, start

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode
from scim_tests.model.scim import USER

REPORTS = (
    "run.json", "report.html", "junit.xml", "results.sarif", "badge.svg", "summary.md", "exchanges.har", "import.csv",
)  # fmt: skip


def test_a_killed_run_can_be_told(command: Command, tmp_path: Path) -> None:
    """After SIGKILL in the middle, `render` makes every report of what was seen, and says whom the run left."""
    with serving(lambda url: Killer(url, 60, signal.SIGKILL, done=True)) as (url, app):
        app.run = start(url, tmp_path)
        app.run.wait(120)
    with (tmp_path / "out" / "journal.jsonl").open("a", encoding="ascii") as journal:
        journal.write('{"event": "heard", "sce')  # as a kill may leave it
    done = command("render", "out")
    assert done.returncode == ExitCode.INTERRUPTED, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert record.outcome.verdict == "interrupted"
    assert len(record.exchanges) > 30
    assert record.counts.passed > 30
    assert record.counts.failed == 0
    assert record.left_behind
    for name in REPORTS:
        path = tmp_path / "out" / name
        assert path.stat().st_size
        assert path.stat().st_mode & 0o077 == 0


def test_rendering_again_changes_nothing(
    command: Command, tmp_path: Path, reference_run: Callable[[str], Path]
) -> None:
    """A run that ended is told by the same code, so telling it once more gives the same record to the byte."""
    shutil.copytree(reference_run("okta"), tmp_path / "out")
    first = (tmp_path / "out" / "run.json").read_bytes()
    assert command("render", "out").returncode == ExitCode.ALL_GOOD
    assert (tmp_path / "out" / "run.json").read_bytes() == first


@pytest.mark.parametrize(
    "content", [None, "", "[]\n", '{"event": "began"}\n', '{"event": "ended"}\n{"event": "\n']
)
def test_a_folder_without_a_run_is_said_to_be_one(
    command: Command, tmp_path: Path, content: str | None
) -> None:
    """No journal, or something else in its place, is one sentence and a usage error."""
    if content is not None:
        (tmp_path / "journal.jsonl").write_text(content)
    done = command("render", ".")
    assert done.returncode == ExitCode.USAGE
    assert "journal" in done.stderr or "There is no run" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("flag", ["", "--keep-personal-data"])
def test_who_is_on_the_target_is_in_no_file(command: Command, tmp_path: Path, flag: str) -> None:
    """Real people are masked in every file, judged all the same, and kept only where the reports say so."""
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url))) as (url, _):
        # No name that faker knows, or somebody of the run's own may have it.
        for user_name in ("ysoldrane.q", "ysoldrane.q1@corp.example.org", "ysoldrane.q2@corp.example.org"):
            make(
                url, "Users", schemas=[USER], userName=user_name,
                name={"givenName": "Ysoldrane", "familyName": "Quillfeather"},
                emails=[{"value": f"{user_name}.at-work@corp.example.org", "type": "work"}],
            )  # fmt: skip
        done = command("run", "--target-url", url, "--report-dir", "out", *filter(None, [flag]))
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    told = [path for path in files if b"soldrane" in path.read_bytes() or b"SOLDRANE" in path.read_bytes()]
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    if flag:
        assert told
        assert "personal data" in record["notices"][0].lower()
        for name in ("summary.md", "report.html", "junit.xml", "results.sarif"):
            assert flag in (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert flag in done.stdout
    else:
        assert told == []
        assert record["notices"] == []
        assert "masked.invalid" in (tmp_path / "out" / "exchanges.har").read_text(encoding="utf-8")
