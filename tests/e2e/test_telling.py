"""What pipelines and people at a terminal read: the same numbers, the same words in every run, nothing broken in two."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from commanding import TOKEN, Command, at_a_terminal, record_in

from reference_server import faults
from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.checks import catalogue
from scim_tests.errors import ExitCode

FAULTS = ("create-returns-200", "filter-username-case-sensitive", "multivalued-only-first")
CHOSEN = ("--only", "push_user", "--seed", "3")
ENTRY = "[[known]]\ncheck = '{}'\nreason = 'slow'\nowner = 'ann'\nexpires = {}\n"
LONG = "reports of the identity team/a-folder-with-a-long-name-that-no-terminal-shows-in-one-line"


@pytest.fixture
def faulty_url() -> Iterator[str]:
    """A server with several faults."""
    with running(Settings(tokens=(Token(TOKEN),)), around=faults.bent(FAULTS)) as server:
        yield server.base_url


@pytest.mark.usefixtures("no_page")
def test_the_same_fault_is_told_in_the_same_words(command: Command, tmp_path: Path) -> None:
    """Two runs against the bundled server differ in junit.xml in times alone, and in results.sarif in nothing but the address."""
    bent = [word for name in FAULTS for word in ("--fault", name)]
    for folder in ("one", "two"):
        done = command("run", "--reference", *bent, *CHOSEN, "--report-dir", folder)
        assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    one, two = (tmp_path / "one", tmp_path / "two")
    assert record_in(one).run.name != record_in(two).run.name
    junits = [re.sub(r' time(?:stamp)?="[^"]*"', "", (each / "junit.xml").read_text()) for each in (one, two)]
    assert junits[0] == junits[1]
    results = [json.loads((each / "results.sarif").read_text())["runs"][0]["results"] for each in (one, two)]
    assert results[0]
    assert results[0] == results[1]


def test_every_report_counts_alike(command: Command, tmp_path: Path, faulty_url: str) -> None:
    """With a baseline and --fail-on too, and the words say which failures count."""
    run = ("run", "--target-url", faulty_url, *CHOSEN)
    (tmp_path / "known.toml").write_text(ENTRY.format("push_user.find-ignores-letter-case", "2099-01-01"))
    out = tmp_path / "out"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "outputs")}
    done = command(
        *run, "--report-dir", "out", "--baseline", "known.toml", "--fail-on", "wrong-data", environment=github
    )
    record = record_in(out)
    suites = fromstring((out / "junit.xml").read_text())  # noqa: S314 -- our own
    cases = list(suites.iter("testcase"))
    failed = [each for each in record.checks if each.verdict == "fail"]
    counting = [each for each in failed if not each.tolerated]
    below = [each for each in failed if "--fail-on" in each.tolerated]
    assert counting
    assert below
    share = f"{len(failed)} of {record.counts.judged} judged checks failed"
    words = (
        f"{share} ({len(counting)} count{'s' * (len(counting) == 1)}, 1 known, {len(below)} below --fail-on)"
    )
    assert record.outcome.sentence.startswith(words)
    counts = f"{record.counts.checks} checks: {len(failed)} failed, "
    assert [text for text in (words, counts) if text not in done.stdout] == []
    assert words in (out / "summary.md").read_text().replace("\\", "")
    assert f"**{len(failed)}** failed" in (out / "summary.md").read_text()
    page = (out / "report.html").read_text()
    assert words in page
    assert f"<b>{len(failed)}</b> failed" in page
    assert [case.get("name") for case in cases if case.find("failure") is not None] == [
        each.id for each in counting
    ]
    told = [(case.find("skipped"), case.get("name")) for case in cases]
    skipped = {name for said, name in told if said is not None and ": fail, " in (said.get("message") or "")}
    assert skipped == {each.id for each in failed} - {each.id for each in counting}
    properties = {each.get("name"): each.get("value") or "" for each in suites.iter("property")}
    assert properties["verdict"] == record.outcome.sentence
    assert properties["counts"].startswith(counts)
    assert f"failed={len(failed)}\n" in (tmp_path / "outputs").read_text()
    results = json.loads((out / "results.sarif").read_text())["runs"][0]["results"]
    assert [len(results), sum(not each["suppressions"] for each in results)] == [len(failed), len(counting)]
    good = record.counts.passed + record.counts.advice
    assert f"failed: {good} of {record.counts.judged} pass" in (out / "badge.svg").read_text()


def test_what_is_outdated_in_a_baseline_is_told_everywhere(
    command: Command, tmp_path: Path, reference_url: str
) -> None:
    """An entry that is mended is told, and so is one whose last day was over before; --strict insists on both."""
    mended, expired = "discovery.config-has-its-schema", "discovery.answers-with-an-object"
    entries = (ENTRY.format(mended, "2099-01-01"), ENTRY.format(expired, "2020-01-01"))
    (tmp_path / "known.toml").write_text("\n".join(entries))
    run = (
        "run",
        "--target-url",
        reference_url,
        "--only",
        "discovery",
        "--baseline",
        "known.toml",
        "--report-dir",
        "out",
    )
    done = command(*run, environment={"GITHUB_ACTIONS": "true"})
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    lines = [
        f"{mended} no longer fails: remove its entry from the baseline.",
        f"{expired} no longer fails, and its entry in the baseline expired on 2020-01-01: remove it.",
    ]
    [warning] = [line for line in done.stdout.splitlines() if line.startswith("::warning")]
    reports = [
        (tmp_path / "out" / name).read_text()
        for name in ("junit.xml", "report.html", "summary.md", "run.json")
    ]
    for line in lines:
        assert line in warning
        assert [
            text
            for text in (done.stdout.replace(warning, ""), *reports)
            if line not in text.replace("\\_", "_")
        ] == []
    strictly = command(*run, "--strict")
    assert strictly.returncode == ExitCode.CONFORMANCE_FAILURES
    assert f"{expired}, {mended} no longer fail." in strictly.stdout


def _whole(said: str) -> None:
    """No line ends with blanks, and what a reader copies stands in one line each."""
    assert [line for line in said.splitlines() if line != line.rstrip()] == []
    folder = shlex.quote(f"{LONG}/reproduce/push_user.create-answers-201.sh")
    lines = said.splitlines()
    assert any(line.strip().endswith(f"sh {folder}") for line in lines), said
    assert any(line.strip() == f"Report: {LONG}/report.html" for line in lines), said


@pytest.mark.usefixtures("no_page")
def test_nothing_that_is_shown_is_broken(
    command: Command, program: Path, tmp_path: Path, faulty_url: str
) -> None:
    """No command pads a line; none folds a path, an address or a command to copy, at a narrow terminal neither."""
    run = command("run", "--target-url", faulty_url, *CHOSEN, "--report-dir", LONG)
    assert max(len(line) for line in run.stdout.splitlines()) > 120, "a sentence is not folded"
    _whole(run.stdout)
    at_terminal = at_a_terminal(program, tmp_path, "render", LONG, columns=40).replace("\r\n", "\n")
    _whole(re.sub(r"\x1b\[[0-9;]*m", "", at_terminal))
    others = [
        command("judge", f"{LONG}/exchanges.har", "--report-dir", "judged"),
        command("compare", LONG, LONG),
        command("clean", LONG, "--yes"),
        command("baseline", "update", "known.toml", LONG, "--reason", "slow", "--owner", "ann"),
        *(command("list", what) for what in ("checks", "acts", "profiles", "faults")),
        command("explain", "push_user.create-answers-201"),
        command("explain", "Matching user not found."),
        command("explain", "RFC7644-3.3-04"),
        command("run", "--help"),
        command("--help"),
    ]
    for done in others:
        assert done.returncode in {ExitCode.ALL_GOOD, ExitCode.CONFORMANCE_FAILURES}, done.stderr
        assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == [], done.args
    checks = {check.id for check in catalogue()}
    explained = "".join(done.stdout for done in others if "explain" in done.args)
    assert [
        word
        for word in re.findall(r"(?:^| )([a-z_]+\.[a-z0-9-]+-)$", explained, re.MULTILINE)
        if word not in checks
    ] == []
