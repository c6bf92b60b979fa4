"""What every report asks a record is answered once, and right."""

from scim_tests.model.record import Counts
from scim_tests.model.verdict import Verdict
from scim_tests.report.record_index import WORST_FIRST, RecordIndex, counted, duration, many, moment
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


def test_numbers_in_words() -> None:
    """One is one, times are short."""
    assert many(1, "check") == "1 check"
    assert many(2, "judgement is", "judgements are") == "2 judgements are"
    assert [duration(seconds) for seconds in (0.0404, 2.54, 200)] == ["40 ms", "2.5 s", "3 min 20 s"]


def test_a_time_is_written_as_people_write_it() -> None:
    """Any zone becomes UTC, and no locale has a say in the day."""
    assert moment("2026-11-04T03:28:11+02:00") == "4 November 2026, 01:28 UTC"
