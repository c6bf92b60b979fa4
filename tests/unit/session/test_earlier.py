"""What changed since the last run of a target: found beside it, whatever else lies there."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scim_tests.model.record import Outcome, RunRecord, SinceRecord
from scim_tests.report.console import conclusion, terminal
from scim_tests.report.html import page
from scim_tests.report.since import sentence_since
from scim_tests.report.summary import markdown
from scim_tests.session.earlier import LOOKED_AT, since
from scim_tests.session.report_folder import JOURNAL, RECORD
from tests.unit.report.sample import of_verdict, sample

FAILING, PASSING = (of_verdict(sample(), verdict).id for verdict in ("fail", "pass"))
THEN = "2026-11-23T03:28:11+00:00"
OLD = replace(sample(), run=replace(sample().run, name="earlier1", started=THEN))


def with_verdict(record: RunRecord, check: str, verdict: str) -> RunRecord:
    checks = [replace(each, verdict=verdict) if each.id == check else each for each in record.checks]
    return replace(record, checks=checks)


def left(folder: Path, document: dict[str, Any] | str, minutes: int = 0) -> Path:
    """A report folder as a run leaves it, so many minutes ago."""
    folder.mkdir()
    (folder / JOURNAL).touch()
    told = document if isinstance(document, str) else json.dumps(document)
    (folder / RECORD).write_text(told, encoding="utf-8")
    os.utime(folder / RECORD, (2e9 - 60 * minutes,) * 2)
    return folder


def test_what_changed_is_told_by_the_checks_of_this_run(tmp_path: Path) -> None:
    """New failures, what was fixed, what still fails: of the newest run before, whose verdict changes nothing."""
    left(tmp_path / "older", with_verdict(OLD, PASSING, "fail").to_json(), minutes=9)
    left(tmp_path / "newer", with_verdict(OLD, FAILING, "pass").to_json(), minutes=5)
    [told] = since(sample(), tmp_path / "now")
    assert (told.started, told.new, told.fixed, told.no_longer_judged) == (THEN, [FAILING], [], [])
    assert FAILING not in told.still_failing


def test_what_is_not_judged_now_is_told(tmp_path: Path) -> None:
    """Whatever came of it then: nobody knows whether that was fixed, or still is right."""
    left(tmp_path / "before", OLD.to_json())
    now = with_verdict(with_verdict(sample(), FAILING, "blocked"), PASSING, "not asked")
    [told] = since(now, tmp_path / "now")
    assert (told.new, told.fixed, sorted(told.no_longer_judged)) == ([], [], sorted([FAILING, PASSING]))


def test_a_run_that_is_told_again_says_the_same(tmp_path: Path) -> None:
    """Later runs, and the run itself, are not before it."""
    left(tmp_path / "before", OLD.to_json(), minutes=9)
    now = left(tmp_path / "now", sample().to_json(), minutes=5)
    first = since(sample(), now)
    later = replace(sample(), run=replace(sample().run, started="2026-11-24T04:00:00+00:00"))
    left(tmp_path / "later", with_verdict(later, PASSING, "fail").to_json())
    assert first == since(sample(), now)
    assert first[0].started == THEN


def test_a_folder_that_is_used_again_tells_it_too(tmp_path: Path) -> None:
    """The record there is that of the run before; once it is overwritten, the new one keeps what was told."""
    now = left(tmp_path / "now", OLD.to_json())
    told = since(sample(), now)
    assert told[0].started == THEN
    (now / RECORD).write_text(json.dumps(replace(sample(), since=told).to_json(), default=vars))
    assert since(sample(), now) == told


@pytest.mark.parametrize(
    "other",
    [
        replace(OLD, target=replace(OLD.target, base_url="https://other.example.com/scim/v2")),
        replace(OLD, target=replace(OLD.target, bundled=True, base_url="http://127.0.0.1:1/scim/v2")),
        replace(OLD, profile=replace(OLD.profile, name="ziflow")),
        replace(OLD, outcome=Outcome(6, "refused", "The target refused the credentials.")),
        replace(OLD, checks=[each for each in OLD.checks if each.id != PASSING]),
        replace(OLD, scenes=[replace(each, conversation="create:0") for each in OLD.scenes]),
    ],
    ids=["target", "bundled", "profile", "not played", "fewer checks", "other conversations"],
)
def test_another_kind_of_run_is_no_measure(tmp_path: Path, other: RunRecord) -> None:
    """Of another target or profile, one that judged less, or an exploration of other conversations: then there is nothing to compare with."""
    left(tmp_path / "before", other.to_json())
    assert since(sample(), tmp_path / "now") == []


def test_a_run_that_was_not_played_is_not_compared(tmp_path: Path) -> None:
    """Where the target refused us nothing is “no longer judged”: nothing was asked."""
    left(tmp_path / "before", OLD.to_json())
    refused = replace(sample(), outcome=Outcome(6, "refused", "The target refused the credentials."))
    assert since(refused, tmp_path / "now") == []


def bent(**run: object) -> dict[str, Any]:
    document = OLD.to_json()
    document["run"].update(run)
    return document


HOSTILE: dict[str, Callable[[Path], object]] = {
    "no JSON": lambda folder: left(folder, "{"),
    "nested": lambda folder: left(folder, "[" * 100_000),
    "no record": lambda folder: left(folder, {"run": 1}),
    "no time": lambda folder: left(folder, bent(started="soon")),
    "no time of this world": lambda folder: left(folder, bent(started="0001-01-01T00:00:00+23:59")),
    "no text": lambda folder: left(folder, bent(name="\ud800", started="2030-01-01")),
    "a folder": lambda folder: (left(folder, "") / RECORD).unlink() or (folder / RECORD).mkdir(),
    "a pipe": lambda folder: (left(folder, "") / RECORD).unlink() or os.mkfifo(folder / RECORD),
    "a link": lambda folder: (
        (left(folder, "") / RECORD).unlink() or (folder / RECORD).symlink_to("/dev/zero")
    ),
    "no journal": lambda folder: (left(folder, bent()) / JOURNAL).unlink(),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_lies_beside_is_data(tmp_path: Path, what: str) -> None:
    """Whatever is there instead of a run's record is passed over, and the run before it is found."""
    HOSTILE[what](tmp_path / "strange")
    assert since(sample(), tmp_path / "now") == []
    left(tmp_path / "before", OLD.to_json(), minutes=9)
    assert since(sample(), tmp_path / "now")[0].started == THEN


def test_only_the_newest_are_looked_at(tmp_path: Path) -> None:
    """However many folders there are, few are read."""
    left(tmp_path / "before", OLD.to_json(), minutes=99)
    for number in range(LOOKED_AT):
        left(tmp_path / str(number), "{}")
    assert since(sample(), tmp_path / "now") == []


def test_no_folder_and_no_earlier_run_say_nothing(tmp_path: Path) -> None:
    """Then no report has a word about it."""
    assert since(sample(), tmp_path / "there" / "now") == []
    assert sentence_since(sample()) == ""
    assert "Since the run" not in page(sample()) + markdown(sample())


def test_every_report_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The page links to the checks; Markdown and terminal have a line, with a few of them by name."""
    many = [f"push_user.check-{number}" for number in range(5)]
    changed = replace(sample(), since=[SinceRecord(THEN, [FAILING], many, [], [])])
    said = sentence_since(changed)
    assert said == (
        f"Since the run of 23 November 2026, 03:28 UTC: new failures: 1 ({FAILING}); "
        "fixed: 5 (push_user.check-0, push_user.check-1, push_user.check-2 and 2 more)."
    )
    assert said.replace("_", r"\_") in markdown(changed)
    conclusion(changed, Path("reports/now"), terminal())
    assert said in " ".join(capsys.readouterr().out.split())
    shown = page(changed)
    assert "Since the run of 23 November 2026, 03:28 UTC" in shown
    assert f'<b>New failures</b> 1: <a href="#{FAILING}">' in shown
    unchanged = replace(sample(), since=[SinceRecord(THEN, [], [], [], [])])
    assert sentence_since(unchanged).endswith(": nothing changed.")
    assert "Nothing changed." in page(unchanged)
