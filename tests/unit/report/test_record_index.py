"""What every report asks a record is answered once, and right."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from scim_tests.model.record import Counts
from scim_tests.model.verdict import Verdict
from scim_tests.report.console import conclusion
from scim_tests.report.details import details
from scim_tests.report.record_index import (
    NO_SCRIPT,
    WORST_FIRST,
    RecordIndex,
    counted,
    duration,
    many,
    moment,
)
from scim_tests.report.summary import markdown
from tests.unit.report.sample import sample


def test_every_verdict_has_a_word_and_a_count() -> None:
    """All six can be counted, worst first, and zeros are left out."""
    assert set(Verdict) == set(WORST_FIRST)
    every = Counts(21, 12, 1, 2, 3, 4, 5, 6, 9, 9)
    expected = [3, 6, 2, 4, 5, 1]
    assert expected == [number for _, number, _ in counted(every)]
    assert counted(Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) == []


def test_an_exchange_takes_the_worst_finding() -> None:
    """Exchange 6 has a failure, 13 advice, 14 our own, and 1 nothing."""
    index = RecordIndex(sample())
    found = [index.verdict_at([number]) for number in (6, 13, 14, 1)]
    assert found == [Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN, None]


def test_checks_come_the_most_severe_first() -> None:
    """Of two failures the one that stops provisioning leads."""
    severities = [check.severity for check in RecordIndex(sample()).with_verdict(Verdict.FAIL)]
    assert severities == ["stops-provisioning", "wrong-data"]


def test_a_root_cause_without_a_script_says_so_everywhere() -> None:
    """Nobody has to look for a script that is not there."""
    record = sample()
    checks = [replace(each, reproduction="") for each in record.checks]
    bare = replace(record, checks=checks)
    assert RecordIndex(record).unscripted == frozenset()
    assert RecordIndex(bare).unscripted == {each.check for each in bare.root_causes}
    console = Console(file=StringIO(), width=200)
    conclusion(bare, Path("out"), console)
    assert isinstance(console.file, StringIO)
    unfolded = "".join(details(RecordIndex(bare), each) for each in bare.checks)
    for shown in (console.file.getvalue(), markdown(bare), unfolded):
        assert shown.count(NO_SCRIPT) == len(bare.root_causes)


def test_numbers_in_words() -> None:
    """One is one, times are short."""
    assert many(1, "check") == "1 check"
    assert many(2, "judgement is", "judgements are") == "2 judgements are"
    assert [duration(seconds) for seconds in (0.0404, 2.54, 200)] == ["40 ms", "2.5 s", "3 min 20 s"]


def test_a_time_is_written_as_people_write_it() -> None:
    """Any zone becomes UTC, and no locale has a say in the day."""
    assert moment("2026-11-04T03:28:11+02:00") == "4 November 2026, 01:28 UTC"
