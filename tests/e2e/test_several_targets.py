"""Targets by name, several in one run, and what is printed: for people, in short, and as JSON."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commanding import TOKEN, Command, record_in

from reference_server import faults
from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode, worst
from tests.unit.report.test_digest import VALIDATOR

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Several targets")[2].partition("\n## ")[0]
EXAMPLE = re.search(r"```toml\n(.*?)```", SECTION, re.DOTALL)
TOKENS = {"SCIM_TESTS_STAGING_TOKEN": TOKEN, "SCIM_TESTS_PRODUCTION_TOKEN": "another-token-8fK2"}
FEW = ("--only", "test_credentials")  # checks, so that a run takes no longer than it has to
TWO = """\
[defaults]
only = ["test_credentials"]
[targets.good]
reference = true
[targets.bad]
target-url = "{url}"
[targets.gone]
target-url = "http://127.0.0.1:9/scim/v2"
token-env = "SCIM_TESTS_GONE_TOKEN"
"""
GONE = {"SCIM_TESTS_GONE_TOKEN": "nobody-asks-for-it-1"}


def valid(text: str) -> dict[str, Any]:
    """The document that was printed, once its schema has allowed it."""
    document: dict[str, Any] = json.loads(text)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    return document


@pytest.fixture
def bad_url() -> Iterator[str]:
    """A server that answers with 500 whoever has no good token."""
    bent = faults.bent(["auth-unauthenticated-500"])
    with running(Settings(tokens=(Token(TOKEN),)), around=bent) as server:
        yield server.base_url


@pytest.fixture
def two(tmp_path: Path, bad_url: str) -> Path:
    """A folder with a file that names a good target, a bad one and one that is not there."""
    (tmp_path / "scim-tests.toml").write_text(TWO.format(url=bad_url), encoding="utf-8")
    return tmp_path


def test_the_example_of_the_docs_plays_two_targets(command: Command, tmp_path: Path) -> None:
    """The file and the line of docs/pipelines.md: each target gets its own token, profile, baseline and folder."""
    assert EXAMPLE
    first, second = (Settings(tokens=(Token(each),)) for each in TOKENS.values())
    with running(first) as staging, running(second) as production:
        text = EXAMPLE[1].replace("https://staging.example.com/scim/v2", staging.base_url)
        text = text.replace("https://api.example.com/scim/v2", production.base_url)
        (tmp_path / "scim-tests.toml").write_text(text, encoding="utf-8")
        (tmp_path / "known-failures.toml").write_text("", encoding="utf-8")
        line = re.search(r"^scim-tests (run staging production .*)$", SECTION, re.MULTILINE)
        assert line
        done = command(*line[1].split(), *FEW, token="", environment=TOKENS)
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert [each.split()[:2] for each in done.stdout.splitlines()[-2:]] == [
        ["staging", "passed"],
        ["production", "passed"],
    ]
    assert record_in(tmp_path / "scim-report" / "staging").target.base_url == staging.base_url
    assert record_in(tmp_path / "scim-report" / "production").profile.name == "read-only"
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [each for each in TOKENS.values() if any(each.encode() in file for file in kept)]


@pytest.mark.usefixtures("no_page")
def test_a_line_a_target_and_the_exit_code_of_the_worst(command: Command, two: Path) -> None:
    """One that fails and one that is not there keep no other from being played; the failure decides."""
    done = command("run", "gone", "bad", "good", "--quiet", environment=GONE)
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [each.split()[:2] for each in lines[-3:]] == [
        ["gone", "unreachable"],
        ["bad", "failed"],
        ["good", "passed"],
    ]
    assert "test_credentials  " not in done.stdout, "no progress"
    assert lines[:1] == ["gone:"]
    assert "bad:" in lines
    assert "good:" not in lines
    assert {each.parent.name.split("-")[-1] for each in (two / "reports").glob("*/run.json")} >= {
        "good",
        "bad",
    }


def test_the_order_of_exit_codes_is_that_of_the_docs() -> None:
    """Whatever two targets end with, the code is the first of the list in docs/pipelines.md and the README."""
    pages = PAGE + (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"the first of these: ([\d, ]+)", pages)
    assert len(listed) == 2
    assert len(set(listed)) == 1
    order = [ExitCode(int(each)) for each in listed[0].split(",")]
    assert {*order} == {*ExitCode} - {ExitCode.NOT_KNOWN}, "no run ends with the code of explain"
    for number, code in enumerate(order):
        assert [worst([code, other]) for other in order[number:]] == [code] * len(order[number:])


def test_nothing_is_sent_before_all_is_known_to_be_right(
    command: Command, tmp_path: Path, counted: tuple[str, Any]
) -> None:
    """A missing token, or consent that nobody gave, for the second target ends the run before the first is asked."""
    url, app = counted
    first = f'[targets.first]\ntarget-url = "{url}"\n[targets.second]\n'
    second = first + 'target-url = "https://api.example.com/scim"\ntoken-env = "SCIM_TESTS_SECOND_TOKEN"\n'
    (tmp_path / "scim-tests.toml").write_text(second, encoding="utf-8")
    done = command("run", "first", "second", "--json")
    assert done.returncode == ExitCode.USAGE
    assert "second: There is no token for the target: SCIM_TESTS_SECOND_TOKEN is not set." in done.stderr
    done = command("run", "first", "second", "--json", environment={"SCIM_TESTS_SECOND_TOKEN": "x"})
    assert "second: scim-tests is about to write to https://api.example.com/scim" in done.stderr
    assert (done.returncode, done.stdout, app.asked) == (ExitCode.USAGE, "", 0)


def test_json_is_one_document_and_nothing_else(command: Command, two: Path) -> None:
    """It keeps its schema, says what run.json says, and names reports that are there; progress goes to stderr."""
    done = command("run", "bad", "good", "gone", "--json", environment=GONE)
    document = valid(done.stdout)
    assert document["exit_code"] == done.returncode == ExitCode.CONFORMANCE_FAILURES
    bad, good, gone = document["runs"]
    record = record_in(two / bad["folder"])
    assert bad["counts"]["failed"] == record.counts.failed > 0
    assert [each["check"] for each in bad["causes"]] == [each.check for each in record.root_causes]
    assert all(each["fix"] and each["in_okta"] for each in bad["causes"])
    assert all((two / each["script"]).is_file() for each in bad["causes"] if each["script"])
    assert {"report.html", "run.json", "junit.xml"} <= set(bad["reports"])
    assert all((two / path).is_file() for path in bad["reports"].values())
    assert (good["name"], good["verdict"], good["causes"]) == ("good", "passed", [])
    assert (gone["verdict"], gone["exit_code"]) == ("unreachable", ExitCode.TARGET_UNREACHABLE)
    assert "test_credentials" in done.stderr
    assert "Passed." in done.stderr


@pytest.mark.usefixtures("no_page")
def test_json_of_one_target_that_no_file_names(command: Command) -> None:
    """It has the same form, and an error is a sentence on stderr with nothing on stdout."""
    done = command("run", "--reference", *FEW, "--json", "--quiet")
    [run] = valid(done.stdout)["runs"]
    assert (run["name"], run["verdict"]) == ("", "passed")
    assert [line.partition(".")[0] for line in done.stderr.splitlines()] == ["Passed"]
    wrong = command("run", "--reference", "--profile", "read-onl", "--json")
    assert (wrong.returncode, wrong.stdout) == (ExitCode.USAGE, "")
    assert "read-only" in wrong.stderr


@pytest.mark.usefixtures("no_page")
def test_json_in_github_leaves_stdout_alone(command: Command, tmp_path: Path, web_page_url: str) -> None:
    """Annotations and stopped commands go to stderr, which GitHub reads too."""
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md")}
    told = ("run", "--target-url", web_page_url, *FEW, "--json")
    done = command(*told, environment=github)
    assert valid(done.stdout)["exit_code"] == ExitCode.CONFORMANCE_FAILURES
    assert "::error title=scim-tests" in done.stderr


@pytest.mark.usefixtures("no_page")
def test_quiet_prints_what_fails_and_the_verdict(command: Command, bad_url: str) -> None:
    """A run that passes is one line; one that fails has its root causes, the verdict and the report."""
    good = command("run", "--reference", *FEW, "--quiet")
    assert re.fullmatch(r"Passed\. All \d+ checks that could be judged passed\.\n", good.stdout), good.stdout
    bad = command("run", "--target-url", bad_url, *FEW, "-q")
    assert bad.stdout.startswith("1. ")
    assert [line.partition(".")[0].partition(":")[0] for line in bad.stdout.splitlines()[-2:]] == [
        "Failed",
        "Report",
    ]
    assert good.stderr + bad.stderr == ""


@pytest.mark.usefixtures("no_page")
def test_a_target_that_cannot_be_begun_is_told_and_the_next_is_played(
    command: Command, tmp_path: Path
) -> None:
    """A report folder that cannot be is known only then: the reason is said, and that it was not played."""
    (tmp_path / "taken").write_text("a file")
    text = '[targets.first]\nreference = true\nreport-dir = "taken"\n[targets.second]\nreference = true\n'
    (tmp_path / "scim-tests.toml").write_text(text, encoding="utf-8")
    done = command("run", "first", "second", *FEW, "--json", "-q")
    first, second = valid(done.stdout)["runs"]
    assert (first["verdict"], second["verdict"]) == ("not played", "passed")
    assert done.stderr.startswith("scim-tests: first: The folder ")
    assert done.returncode == ExitCode.USAGE


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("door", ["command", "pytest"])
def test_x_stops_at_the_first_failure_and_cleans_up(command: Command, tmp_path: Path, door: str) -> None:
    """The rest is not asked and says why, nobody is left, and the failure fails the run; through both doors."""
    told = ("--target-url", "{}", "-x", "--report-dir", "out")
    with running(Settings(tokens=(Token(TOKEN),)), around=faults.bent(["create-returns-200"])) as server:
        words = tuple(each.format(server.base_url) for each in told)
        if door == "command":
            done = command("run", *words)
        else:
            done = command("--pyargs", "scim_tests", "-p", "scim_tests.plugin", *words, module="pytest")
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert [each.check for each in record.root_causes] == ["push_user.create-answers-201"]
    assert any("stopped at the first failure (-x)" in each for each in record.notices)
    whys = {each.why for each in record.scenes if each.act == "push_group"}
    assert whys == {"the play was stopped at the first failure (-x)"}
    assert record.scenes[-1].act == "clean_up"
    assert record.scenes[-1].state == "played"
    assert record.left_behind == []
    assert record.counts.blocked == 0
    assert record.counts.requests < 200
    assert "The play was stopped at the first failure (-x)" in done.stdout


@pytest.mark.usefixtures("no_page")
def test_x_goes_on_past_what_does_not_fail_the_run(command: Command, tmp_path: Path) -> None:
    """Neither a known failure nor one that is not severe enough stops it: the whole play is played."""
    known = '[[known]]\ncheck = "push_user.create-answers-201"\nreason = "SCIM-1"\nowner = "ann"\nexpires = 2999-12-31\n'
    (tmp_path / "known.toml").write_text(known, encoding="utf-8")
    told = ("run", "--reference", "--fault", "create-returns-200", "--only", "push_user", "-x", "-q")
    for tolerating in (("--fail-on", "security"), ("--baseline", "known.toml")):
        done = command(*told, *tolerating, "--report-dir", "out")
        assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
        assert record_in(tmp_path / "out").notices == []
