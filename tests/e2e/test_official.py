"""`official`: suites in the format of Okta's exports, against the reference server and a faulty one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from commanding import TOKEN, Command, record_in
from markupsafe import escape

from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode

ROOT = Path(__file__).parent.parent.parent
OURS = ROOT / "fixtures" / "official" / "small-suite.json"
THEIRS = ROOT.parent / "shared" / "okta"


@pytest.mark.usefixtures("no_page")
def test_our_small_suite_passes_on_the_reference_server(command: Command, tmp_path: Path) -> None:
    """Each request passes, what needs an Okta org is named as not run, and nobody is left behind."""
    done = command("official", str(OURS), "--reference", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 5 requests passed, 0 failed, 1 were not run." in done.stdout
    assert "it needs an Okta org, oktaOrgUrl, oktaAppId" in done.stdout
    assert "Still on the target" not in done.stderr
    assert (
        "| 1 | Required Test: Create a user | `POST /Users` | passed |"
        in (tmp_path / "out" / "official.md").read_text()
    )


@pytest.mark.usefixtures("no_page")
def test_its_answers_are_judged_by_our_checks_too(command: Command, tmp_path: Path) -> None:
    """The run record beside the table holds the suite's exchanges, and an honest server is not red in it."""
    command("official", str(OURS), "--reference", "--report-dir", "out")
    record = record_in(tmp_path / "out")
    assert record.counts.requests == 4
    assert [check.id for check in record.checks if check.verdict in {"fail", "blocked", "broken"}] == []


def test_the_report_shows_the_suite_beside_our_checks(command: Command, tmp_path: Path) -> None:
    """Each of its requests has a row with a link to the exchange, in the page and in the record."""
    command("official", str(OURS), "--reference", "--report-dir", "out")
    [suite] = record_in(tmp_path / "out").suites
    assert [row.result for row in suite.rows] == ["passed", "passed", "passed", "passed", "not run"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert str(escape(suite.title)) in page
    requests = {each.number: f"{each.method} {each.path}" for each in record_in(tmp_path / "out").exchanges}
    for row in (each for each in suite.rows if each.exchange):
        assert requests[row.exchange] == row.request
        assert f"#x{row.exchange}" in page


@pytest.mark.usefixtures("no_page")
def test_a_failed_assertion_is_shown(command: Command, tmp_path: Path) -> None:
    """A counter that is text is no number; exit code, outcome and summary say so, and what our checks say of it."""
    done = command(
        "official", str(OURS), "--reference", "--fault", "response-totalresults-string", "--report-dir", "out"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    assert record.outcome.verdict == "failed"
    assert "1 failed" in record.outcome.sentence
    assert "every_list.has-total-results-as-an-integer" in [
        check.id for check in record.checks if check.verdict == "fail"
    ]
    assert "failed: " in (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")


def test_a_suite_of_which_nothing_can_be_run_is_not_green(command: Command, tmp_path: Path) -> None:
    """A report is left all the same, and it says why."""
    (tmp_path / "org.json").write_text(
        '{"name": "Org", "steps": [{"step_type": "request", "method": "GET", "url": "{{oktaOrgUrl}}/api/v1/apps"}]}'
    )
    done = command("official", "org.json", "--reference", "--report-dir", "out")
    assert done.returncode == 5, done.stdout + done.stderr
    assert record_in(tmp_path / "out").outcome.verdict == "empty"
    assert (tmp_path / "out" / "report.html").exists()


PERSON = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "zelda@zebra.example", "displayName": "Zelda Zebra",
    "emails": [{"value": "zelda@zebra.example", "primary": True}], "active": True,
}  # fmt: skip
READS = """{"name": "Reads", "steps": [{"step_type": "request", "note": "Somebody", "method": "GET",
  "url": "{{SCIMBaseURL}}/Users?count=1&startIndex=1", "headers": {"Authorization": ["{{auth}}"]},
  "assertions": [{"comparison": "not_empty", "source": "response_json", "property": "Resources[0].id"}]}]}"""


def test_people_whom_a_suite_reads_are_masked(command: Command, tmp_path: Path) -> None:
    """Okta's suite begins with reading somebody: nothing in the folder names them, unless it is asked for."""
    (tmp_path / "reads.json").write_text(READS)
    with running(Settings(tokens=(Token(TOKEN),))) as server:
        httpx.post(f"{server.base_url}/Users", json=PERSON, headers={"Authorization": f"Bearer {TOKEN}"})
        for given, shown in (((), False), (("--keep-personal-data",), True)):
            folder = tmp_path / f"kept-{shown}"
            command(
                "official", "reads.json", "--target-url", server.base_url, "--report-dir", str(folder), *given
            )
            kept = "".join(each.read_text(encoding="utf-8") for each in folder.iterdir() if each.is_file())
            assert ("zelda@zebra" in kept, "Zelda Zebra" in kept) == (shown, shown)


CARRIES = json.dumps({
    "name": "Carries",
    "steps": [
        {
            "step_type": "request", "note": "Somebody", "method": "GET", "url": "{{SCIMBaseURL}}/Users?count=1&startIndex=1",
            "headers": {"Authorization": ["{{auth}}"]},
            "variables": [
                {"name": "user", "source": "response_json", "property": "Resources[0].userName"},
                {"name": "title", "source": "response_json", "property": "Resources[0].title"},
            ],
            "assertions": [{"comparison": "contains", "source": "response_text", "value": "no-such-word"}],
        },
        {
            "step_type": "request", "note": "Again", "method": "GET",
            "url": '{{SCIMBaseURL}}/Users?filter=userName eq "{{user}}"', "headers": {"Authorization": ["{{auth}}"]},
            "assertions": [
                {"comparison": "not_equal", "source": "response_json", "property": "Resources[0].title", "value": "{{title}}"},
                {"comparison": "equal", "source": "response_json", "property": "Resources[0].displayName", "value": "x"},
            ],
        },
    ],
})  # fmt: skip


def test_whom_a_suite_carries_on_is_named_nowhere(command: Command, tmp_path: Path) -> None:
    """Neither in the table for Okta nor on the terminal, where a value was asked for, expected or seen."""
    (tmp_path / "carries.json").write_text(CARRIES)
    person = {**PERSON, "title": "Zookeeper"}
    with running(Settings(tokens=(Token(TOKEN),))) as server:
        httpx.post(f"{server.base_url}/Users", json=person, headers={"Authorization": f"Bearer {TOKEN}"})
        for given, shown in (((), False), (("--keep-personal-data",), True)):
            folder = tmp_path / f"kept-{shown}"
            done = command(
                "official",
                "carries.json",
                "--target-url",
                server.base_url,
                "--report-dir",
                str(folder),
                *given,
            )
            table = (folder / "official.md").read_text(encoding="utf-8")
            kept = "".join(each.read_text(encoding="utf-8") for each in folder.iterdir() if each.is_file())
            for text in (table, done.stdout, kept):
                named = [each for each in ("zelda", "zebra", "zookeeper") if each in text.lower()]
                assert bool(named) is shown, named
            assert "0 of 2 assertions hold" in table
            assert "masked-" in table or shown


def test_a_suite_that_is_interrupted_leaves_nobody(reference_url: str, tmp_path: Path) -> None:
    """Whom it made by then is removed, the ledger names the target, and the report says how it ended."""
    arguments = [
        "official",
        str(OURS),
        "--target-url",
        reference_url,
        "--report-dir",
        "out",
        "--pause",
        "1000",
    ]
    environment = {"PATH": os.environ["PATH"], "SCIM_TESTS_TOKEN": TOKEN}
    with subprocess.Popen(
        [sys.executable, "-m", "scim_tests", *arguments],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
    ) as suite:
        while not people(reference_url):
            assert suite.poll() is None
        suite.send_signal(signal.SIGINT)
    assert suite.returncode == 2
    assert people(reference_url) == 0
    record = record_in(tmp_path / "out")
    assert record.outcome.verdict == "interrupted"
    assert [row.result for row in record.suites[0].rows] == ["passed"]
    assert reference_url in (tmp_path / "out" / "ledger.jsonl").read_text()


def people(base_url: str) -> int:
    """How many people the server holds."""
    answer = httpx.get(f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"})
    total: int = answer.json()["totalResults"]
    return total


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("name", ["SPEC", "Entitlements", "CRUD", "With-Entitlements-CRUD"])
def test_the_reference_server_passes_oktas_suites(name: str, command: Command) -> None:
    """No request of Okta's own suites fails; of those for an org none is run."""
    path = THEIRS / f"Okta-SCIM-20-{name}-Test.json"
    if not path.exists():
        pytest.skip("Okta's suites are not part of the project; they are read where present")
    done = command("official", str(path), "--reference", "--report-dir", "out")
    assert " failed  " not in done.stdout, done.stdout
    if "CRUD" in name:
        assert "0 of" in done.stdout
        assert done.returncode == 5
    else:
        assert "0 were not run" in done.stdout, done.stdout
        assert done.returncode == 0


def test_a_suite_that_is_not_there_is_told_plainly(command: Command) -> None:
    """By the name that was given, and the reason in the words of the system."""
    done = command("official", "nowhere.json", "--reference")
    assert done.returncode == ExitCode.USAGE
    said = "scim-tests: nowhere.json is not an export of a test suite: No such file or directory."
    assert done.stderr.splitlines()[0] == said
