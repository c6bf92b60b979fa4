"""Two runs compared: each check is in one list at most, and only what failed anew is red."""

from dataclasses import replace

import pytest

from scim_tests.model.record import CheckRecord, Outcome, RunRecord
from scim_tests.report.comparing import Comparison, compare, markdown
from tests.unit.report.sample import HOSTILE, all_good, of_verdict, sample


def _with(record: RunRecord, name: str, verdict: str, tolerated: str = "") -> RunRecord:
    checks = [
        replace(each, verdict=verdict, tolerated=tolerated) if each.id == name else each
        for each in record.checks
    ]
    return replace(record, checks=checks)


def of_failures(record: RunRecord) -> list[CheckRecord]:
    return [each for each in record.checks if each.verdict == "fail" and each.findings]


def _lists(comparison: Comparison) -> dict[str, list[str]]:
    return {kind: [each.check for each in changes] for kind, changes in comparison.changes.items() if changes}


@pytest.mark.parametrize(
    ("before", "after", "kind", "code"),
    [
        ("pass", "fail", "new", 1),
        ("blocked", "fail", "new", 1),
        ("not asked", "fail", "new", 1),
        ("fail", "pass", "fixed", 0),
        ("fail", "advice", "fixed", 0),
        ("fail", "fail", "still_failing", 0),
        ("fail", "blocked", "no_longer_judged", 0),
        ("pass", "not asked", "no_longer_judged", 0),
        ("pass", "broken", "no_longer_judged", 0),
        ("pass", "advice", "", 0),
        ("blocked", "blocked", "", 0),
    ],
)
def test_where_a_check_stands(before: str, after: str, kind: str, code: int) -> None:
    """From one verdict to another it is new, fixed, still failing, no longer judged, or not worth a word."""
    name = of_verdict(all_good(), "pass").id
    compared = compare(_with(all_good(), name, before), _with(all_good(), name, after))
    assert _lists(compared) == ({kind: [name]} if kind else {})
    assert compared.exit_code == code
    assert compared.counts[0] == ((1, "new failure") if kind == "new" else (0, "new failures"))


def test_what_failed_at_a_step_that_was_not_played_again_is_not_fixed() -> None:
    """It is no longer judged there, wherever else it passes now; what names no step, nor has one that was played, is."""
    failed = next(each for each in of_failures(sample()) if each.findings[0].at)
    steps = {each.number: each.step for each in sample().exchanges}
    at = {steps[number] for each in failed.findings for number in each.at}
    passes = _with(sample(), failed.id, "pass")
    exchanges = [replace(each, step="a.other") if each.step in at else each for each in passes.exchanges]
    assert failed.id in _lists(compare(sample(), passes))["fixed"]
    kinds = _lists(compare(sample(), replace(passes, exchanges=exchanges)))
    assert failed.id in kinds["no_longer_judged"]
    assert failed.id not in kinds.get("fixed", [])


def test_a_fixed_failure_is_as_grave_as_it_was_seen() -> None:
    """Not as the check can be where it passes; and the severity is told in words, as everywhere."""
    name = of_verdict(all_good(), "pass").id
    mended = _with(all_good(), name, "pass")
    failed = _with(all_good(), name, "fail")
    graver = [replace(each, severity="stops-provisioning") for each in mended.checks]
    milder = [replace(each, severity="wrong-data") for each in failed.checks]
    told = markdown(compare(replace(failed, checks=milder), replace(mended, checks=graver)))
    assert f"| `{name}` | wrong data | fail → pass |" in told


def test_a_newer_run_that_is_a_part_says_so_first() -> None:
    """Before anything is said to be no longer judged."""
    part = replace(all_good(), run=replace(all_good().run, left_out=7))
    assert markdown(compare(all_good(), part)).split("\n\n")[1].startswith("The newer run is only a part: 7")
    assert "only a part" not in markdown(compare(part, all_good()))


def test_a_check_that_only_one_run_holds() -> None:
    """A check that came with a newer version and fails is new; one that is gone is no longer judged."""
    failing = of_verdict(sample(), "fail").id
    assert failing in _lists(compare(all_good(), sample()))["new"]
    assert of_verdict(sample(), "fail").id in _lists(compare(sample(), all_good()))["no_longer_judged"]


def test_a_known_failure_is_told_and_not_red() -> None:
    """What the newer run's baseline accepts does not fail the comparison."""
    name = of_verdict(all_good(), "pass").id
    compared = compare(all_good(), _with(all_good(), name, "fail", "known until 2027-01-01 (ann): ticket 7"))
    assert compared.exit_code == 0
    assert "ticket 7" in markdown(compared)


def test_a_run_that_came_to_nothing_is_not_green() -> None:
    """Where the newer run never reached its target, the comparison ends as it did."""
    nothing = replace(all_good(), outcome=Outcome(6, "unreachable", "The target gave no answer."))
    assert compare(all_good(), nothing).exit_code == 6


def test_what_the_target_said_stays_text() -> None:
    """Nothing hostile becomes Markdown or a control sequence."""
    text = markdown(compare(all_good(), sample()))
    assert HOSTILE not in text
    assert "\x1b" not in text
    assert "<script>" not in text
