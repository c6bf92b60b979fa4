"""A baseline accepts what it names, as long as it says, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.errors import UsageError
from scim_tests.record.baseline import Acceptance, Entry, outdated, read_baseline, toml, updated
from tests.unit.report.sample import all_good, of_verdict, sample

TODAY = date(2026, 11, 25)
LATER = date(2027, 2, 1)
IDS = [check.id for check in sample().checks]
EXPLAINED = {name for cause in sample().root_causes for name in cause.explains}
FAILING = [
    check.id
    for check in sample().checks
    if check.verdict == "fail" or (check.verdict == "blocked" and check.id not in EXPLAINED)
]
WORDS = (
    st.text(min_size=1)
    .filter(lambda text: text.strip() and "\r" not in text)
    .map(lambda text: text.encode("utf-8", "ignore").decode())
)


@given(reason=WORDS.filter(str.strip), owner=WORDS.filter(str.strip))
def test_what_is_written_is_read_again(
    reason: str, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever a reason holds, quotes, line breaks and control characters, the file gives it back."""
    path = tmp_path_factory.mktemp("baseline") / "known.toml"
    entries = [Entry(name, reason, owner, LATER) for name in sorted(FAILING)]
    path.write_text(toml(entries), encoding="utf-8")
    assert read_baseline(path, IDS) == entries


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("known = 1", "nothing else"),
        ("[[known]]\ncheck = 'x'", "lacks reason, owner, expires"),
        ("[[known]]\ncheck='a.b'\nreason='r'\nowner='o'\nexpires='2027-01-01'", "lacks expires"),
        ("[[known]]\ncheck='a.b'\nreason='r'\nowner='o'\nexpires=2027-01-01", "which is no check"),
        ("[[known]]\ncheck='a.b'\nreason='r'\nowner='o'\nexpires=2027-01-01\nsince=1", "mean nothing"),
        ("[[known", "is not TOML"),
    ],
)
def test_an_entry_is_whole_or_refused(tmp_path: Path, text: str, said: str) -> None:
    """No reason, no owner, no day or no such check: nobody may believe that it counts."""
    (tmp_path / "known.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_baseline(tmp_path / "known.toml", IDS)


def test_an_update_adds_what_fails_and_keeps_reasons() -> None:
    """Entries there were keep reason, owner and day; new ones take those that were said."""
    old = Entry(FAILING[0], "ticket 7", "ann", LATER)
    after = updated([old], sample(), Acceptance("found today", "bob", None, TODAY + timedelta(days=90)))
    assert [each.check for each in after] == FAILING
    assert old in after
    assert {"found today"} == {each.reason for each in after if each != old}


def test_an_update_removes_what_passed_and_keeps_what_was_not_judged() -> None:
    """A check that passed loses its entry; one that was not in the run keeps it."""
    passed = of_verdict(sample(), "pass").id
    entries = [Entry(passed, "r", "o", LATER), Entry("not.in-the-run", "r", "o", LATER)]
    assert [each.check for each in updated(entries, all_good(), Acceptance("", "", None, TODAY))] == [
        "not.in-the-run"
    ]


def test_nothing_is_added_without_a_reason() -> None:
    """Whoever accepts a failure says why, and who will see to it."""
    with pytest.raises(UsageError, match="nobody said why"):
        updated([], sample(), Acceptance("", "bob", None, LATER))


def test_only_a_day_that_is_said_renews_an_entry() -> None:
    """An update by itself never makes an expired failure acceptable again."""
    entries = [Entry(name, "r", "o", TODAY - timedelta(days=1)) for name in FAILING]
    assert entries == updated(entries, sample(), Acceptance("", "", None, LATER))
    assert {LATER} == {each.expires for each in updated(entries, sample(), Acceptance("", "", LATER, LATER))}


def test_with_strict_advice_is_known_too() -> None:
    """A strict run fails on advice, so its baseline holds advice."""
    record = replace(sample(), run=replace(sample().run, strict=True))
    assert of_verdict(record, "advice").id in {
        each.check for each in updated([], record, Acceptance("r", "o", None, LATER))
    }


def test_an_entry_counts_up_to_its_day() -> None:
    """On the day itself it is accepted, the day after it is reported as expired."""
    entry = Entry(FAILING[0], "r", "ann", TODAY)
    assert entry.accepts(TODAY)
    assert outdated([entry], FAILING, [], TODAY) == []
    (said,) = outdated([entry], FAILING, [], TODAY + timedelta(days=1))
    assert "expired on 2026-11-25 (ann)" in said
    assert outdated([entry], [], [], LATER) == [], "what does not fail has nothing to expire"
