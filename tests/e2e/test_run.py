"""`scim-tests run`: the whole pass from the front door to the reports."""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from commanding import TOKEN, Command, record_in
from jsonschema import Draft202012Validator

from scim_tests import profiles
from scim_tests.errors import ExitCode
from scim_tests.knowledge.reference import fixtures
from scim_tests.model.record import RunRecord

REPORTS = (
    "run.json",
    "report.html",
    "junit.xml",
    "results.sarif",
    "badge.svg",
    "summary.md",
    "exchanges.har",
)


@pytest.mark.parametrize("profile", profiles.names())
def test_the_reference_server_is_clean_under_every_profile(
    reference_run: Callable[[str], Path], profile: str
) -> None:
    """The honest server passes, with no failure, no advice and nothing blocked, and all reports are there."""
    folder = reference_run(profile)
    record = record_in(folder)
    red = [check.id for check in record.checks if check.verdict in {"fail", "advice", "blocked", "broken"}]
    assert red == []
    assert [name for name in REPORTS if not (folder / name).stat().st_size] == []


def test_a_run_judges_often_and_asks_little(reference_run: Callable[[str], Path]) -> None:
    """At least eighty checks are judged, at least three judgements a request, and the record keeps its schema."""
    document = json.loads((reference_run("okta") / "run.json").read_text(encoding="utf-8"))
    schema = json.loads((fixtures() / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(document)) == []
    counts = document["counts"]
    assert counts["judged"] >= 80
    assert counts["judgements"] >= 3 * counts["requests"]


def test_everybody_a_run_makes_is_removed(command: Command, tmp_path: Path, reference_url: str) -> None:
    """After a run with the okta profile the target is as empty as before."""
    done = command("run", "--target-url", reference_url, "--report-dir", "out")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert people(reference_url) == []
    assert record_in(tmp_path / "out").left_behind == []


def test_two_runs_with_the_ziflow_profile_share_one_user(
    command: Command, tmp_path: Path, reference_url: str
) -> None:
    """The first run makes one user, the second finds it again, and both list it as left behind; the second says what changed."""
    for folder in ("first", "second"):
        done = command("run", "--target-url", reference_url, "--profile", "ziflow", "--report-dir", folder)
        assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
        assert [left.user_name for left in record_in(tmp_path / folder).left_behind] == people(reference_url)
    assert len(people(reference_url)) == 1
    assert record_in(tmp_path / "first").since == []
    second = record_in(tmp_path / "second")
    unjudged = [
        each.id for each in second.checks if each.why == "the person was there already, so nobody was created"
    ]
    [since] = second.since
    assert (since.new, since.fixed, since.still_failing) == ([], [], [])
    assert unjudged
    assert set(unjudged) <= set(since.no_longer_judged)
    assert f"no longer judged: {len(since.no_longer_judged)} (" in done.stdout
    assert "The target takes the token as “Authorization: Bearer <token>”." in done.stdout
    create = ("--only", "push_user.create-answers-201", "--report-dir", "create")
    done = command("run", "--target-url", reference_url, "--profile", "ziflow", *create)
    assert done.returncode == ExitCode.NOTHING_JUDGED, done.stdout + done.stderr
    assert "never green: the person was there already, so nobody was created. " in done.stdout
    assert f"delete {people(reference_url)[0]} in the app's list of people, and run again." in done.stdout
    done = command(
        "run", "--target-url", reference_url, "--profile", "ziflow", *create, "--only", "push_user.find*"
    )
    assert done.returncode == ExitCode.NOTHING_JUDGED, done.stdout + done.stderr
    assert "What was named first, push_user.create-answers-201, was not judged, which is never green" in (
        " ".join(done.stdout.split())
    )


def test_the_read_only_profile_writes_nothing(command: Command, tmp_path: Path, reference_url: str) -> None:
    """Every request of a read-only run is a GET."""
    command("run", "--target-url", reference_url, "--profile", "read-only", "--report-dir", "out")
    assert {exchange.method for exchange in record_in(tmp_path / "out").exchanges} == {"GET"}


def test_the_transcript_stands_in_the_order_of_the_play(command: Command, tmp_path: Path) -> None:
    """However many acts are under way at once, exchanges are numbered scene by scene, and the verdicts are the same.

    Only where a create meets a DELETE, and in the rule of writes at once, the number of connections can be seen.
    """
    for parallel in ("1", "16"):
        command("run", "--reference", "--parallel", parallel, "--seed", "7", "--report-dir", parallel)
    alone, crowded = (record_in(tmp_path / folder) for folder in ("1", "16"))
    assert steps_of(alone) == steps_of(crowded)
    judged = [{check.id: check.verdict for check in each.checks} for each in (alone, crowded)]
    at_once = {each.pop("every_write.ends-in-some-order-at-once") for each in judged}
    assert at_once <= {"pass", "not asked"}
    assert judged[0] == judged[1]


def steps_of(record: RunRecord) -> list[str]:
    """What was sent, in the order of the record."""
    steps = [exchange.step for exchange in record.exchanges]
    return [step for step in steps if not step.startswith(("overlap_users.", "clean_up."))]


def test_latest_points_at_the_newest_run(command: Command, tmp_path: Path) -> None:
    """Without --report-dir a run goes into a folder of its own, which reports/latest leads to."""
    done = command("run", "--reference", "--profile", "read-only")
    latest = tmp_path / "reports" / "latest"
    assert record_in(latest).profile.name == "read-only"
    assert latest.resolve().name.endswith("-read-only")
    assert "report.html" in done.stdout


def people(base_url: str) -> list[str]:
    """UserNames of everybody on the target."""
    request = urllib.request.Request(f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return [user["userName"] for user in json.load(answer).get("Resources", [])]
