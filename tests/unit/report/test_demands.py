"""The run as the RFCs read: only where a profile asks for it, each requirement with the worst of its checks."""

from dataclasses import replace

from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.record import CheckRecord, ReferenceRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.demands import Demand, counts, demands, has_failures
from scim_tests.report.html import page
from tests.unit.report.sample import sample

ROW, OTHER, ALLOWED, DRAFT = "RFC7644-3.3-04", "RFC7643-3.1-04", "RFC7644-3.3-02", "INTEROP-6.2-01"
TITLE = "RFC 7644, Protocol"


def resting_on(rows: str, check: CheckRecord, verdict: Verdict) -> CheckRecord:
    references = [ReferenceRecord(row, "RFC", "It is so.", "") for row in rows.split()]
    return replace(check, references=references, verdict=verdict)


def specified(*told: tuple[str, Verdict]) -> RunRecord:
    """A run that asks for what only the RFCs have, with checks that rest on these rows (blanks between them)."""
    record = sample()
    checks = [
        resting_on(rows, check, verdict) for check, (rows, verdict) in zip(record.checks, told, strict=False)
    ]
    profile = replace(record.profile, capabilities=[*record.profile.capabilities, SPECIFICATION])
    return replace(record, profile=profile, checks=checks, root_causes=[], plans=[], suites=[])


def found(record: RunRecord) -> dict[str, Demand]:
    return {
        each.requirement.id: each
        for sections in demands(record).values()
        for section in sections
        for each in section.demands
    }


def test_a_run_that_plays_okta_alone_says_nothing_of_it() -> None:
    """The section and the link to it are there only where the profile has the feature."""
    assert demands(sample()) == {}
    assert 'id="as-the-rfc-reads"' not in page(sample())
    shown = page(specified((ROW, Verdict.PASS)))
    assert 'id="as-the-rfc-reads"' in shown
    assert 'href="#as-the-rfc-reads"' in shown


def test_the_worst_that_was_judged_counts() -> None:
    """One failure is enough; what was not judged counts only where nothing was."""
    told = found(
        specified((ROW, Verdict.PASS), (ROW, Verdict.BLOCKED), (ROW, Verdict.FAIL), (OTHER, Verdict.BLOCKED))
    )
    assert told[ROW].verdict is Verdict.FAIL
    assert len(told[ROW].told) == 1
    assert told[OTHER].verdict is Verdict.BLOCKED
    assert found(specified((ROW, Verdict.BLOCKED), (ROW, Verdict.PASS)))[ROW].verdict is Verdict.PASS


def test_what_binds_nobody_is_left_out() -> None:
    """What is only allowed, and what stands in a draft, no run has to keep."""
    assert list(found(specified((ROW, Verdict.PASS), (ALLOWED, Verdict.PASS), (DRAFT, Verdict.FAIL)))) == [
        ROW
    ]


def test_a_section_with_a_failure_is_open() -> None:
    """The reader sees what failed, and all else at a click."""
    [section] = demands(specified((ROW, Verdict.FAIL)))[TITLE]
    assert (section.number, counts(section.demands)) == ("3.3", "1 failed")
    assert has_failures(section.demands)
    assert '<details class="demands" open>' in page(specified((ROW, Verdict.FAIL)))
    assert '<details class="demands">' in page(specified((ROW, Verdict.ADVICE)))


def test_of_several_statements_of_a_failed_check_each_is_in_question() -> None:
    """Nobody can tell which was broken; where another check has but one, it is that. What is not shown does not count."""
    shared = (f"{ROW} {OTHER}", Verdict.FAIL)
    [section] = demands(specified(shared))[TITLE]
    assert counts(section.demands) == "1 in question"
    assert has_failures(section.demands)
    shown = page(specified(shared))
    assert (
        '<span class="badge in-question"><span class=sign aria-hidden=true>?</span> in question</span>'
        in shown
    )
    assert "failed, and rests on 2 statements" in shown
    told = found(specified(shared, (ROW, Verdict.FAIL)))
    assert [told[ROW].mark, told[OTHER].mark] == [Verdict.FAIL, "in question"]
    assert [told[ROW].rests[each.id] for each in told[ROW].told] == [1, 2]
    assert found(specified((f"{ROW} {ALLOWED} {DRAFT}", Verdict.FAIL)))[ROW].mark == Verdict.FAIL
