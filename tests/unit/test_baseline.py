"""A baseline accepts what it names, as long as it says, and nothing else."""

import tomllib
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.errors import UsageError
from scim_tests.model.verdict import Verdict
from scim_tests.record.baseline import Acceptance, Entry, outdated, read_baseline, updated, written
from scim_tests.record.file import read_record
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


def test_a_folder_of_several_targets_is_told_apart(tmp_path: Path) -> None:
    """It names the folders of which one is meant; what is no record is refused in words without Python."""
    for name in ("staging", "production"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text('{"run": 1}', encoding="utf-8")
    with pytest.raises(UsageError) as told:
        read_record(tmp_path)
    assert told.value.message == f"{tmp_path} has no run.json."
    assert told.value.hint == f"Name one of: {tmp_path / 'production'}, {tmp_path / 'staging'}."
    (tmp_path / "text").write_text("{", encoding="utf-8")
    for path in (tmp_path / "staging", tmp_path / "text", tmp_path / "none"):
        with pytest.raises(UsageError, match="is not a run record: ") as told:
            read_record(path)
        assert "Error" not in told.value.message


@given(reason=WORDS.filter(str.strip), owner=WORDS.filter(str.strip))
def test_what_is_written_is_read_again(
    reason: str, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever a reason holds, quotes, line breaks and control characters, the file gives it back."""
    path = tmp_path_factory.mktemp("baseline") / "known.toml"
    entries = [Entry(name, reason, owner, LATER) for name in sorted(FAILING)]
    path.write_text(written("", entries), encoding="utf-8")
    assert read_baseline(path, IDS) == entries


COMMENTED = """\
# of the identity team

# ticket 7
[[known]]
owner = 'ann'  # on leave in June
check = "z"
reason = "slow"
expires = 2027-02-01  # after the release

# ticket 8
[[known]]
check = "b"
reason = 'odd'
owner = "bob"
expires = 2027-02-01

# more of Ann's

# ticket 9
[[known]]
check = "a"
reason = "late"
owner = "ann"
expires = 2027-02-01
# the end
"""
ENTRIES = {name: Entry(name, "r", "o", LATER) for name in "abyz"}


def commented_with(*names: str) -> str:
    """The file above after an update that leaves these entries."""
    return written(COMMENTED, [ENTRIES[name] for name in names])


def test_what_stays_is_written_as_it_was() -> None:
    """An update that changes no entry changes no character: order, comments and quotes stay."""
    assert commented_with("a", "b", "z") == COMMENTED


def test_a_new_day_changes_the_day_alone() -> None:
    """The comment beside the day stays."""
    after = written(COMMENTED, [replace(ENTRIES[name], expires=date(2028, 3, 4)) for name in "abz"])
    assert after == COMMENTED.replace("2027-02-01", "2028-03-04")


@pytest.mark.parametrize(
    ("left", "first", "behind"),
    [("ab", "# ticket 7", "# ticket 8"), ("az", "# ticket 8", "# more"), ("bz", "\n# ticket 9", "# the end")],
)
def test_an_entry_goes_with_the_comment_right_above_it(left: str, first: str, behind: str) -> None:
    """All other comments stay."""
    gone = COMMENTED[COMMENTED.index(first) : COMMENTED.index(behind)]
    assert commented_with(*left) == COMMENTED.replace(gone, "")


def test_a_comment_at_the_top_is_about_the_file() -> None:
    """It stays where the entry below it goes."""
    assert written("# ours\n[[known]]\ncheck = 'b'\n", []) == "# ours\n"


def test_a_new_entry_follows_those_there_are() -> None:
    """It stands behind the last line, whatever that is."""
    new = '\n[[known]]\ncheck = "y"\nreason = "r"\nowner = "o"\nexpires = 2027-02-01\n'
    assert commented_with("a", "b", "y", "z") == COMMENTED + new


def test_a_list_in_brackets_stays_one() -> None:
    """TOML has a second form for a list of entries, and it is kept."""
    before = "known = [{check = 'b', reason = 'r', owner = 'o', expires = 2027-02-01}] # all\n"
    after = written(before, [ENTRIES["a"]])
    assert tomllib.loads(after) == {"known": [asdict(ENTRIES["a"])]}
    assert after.endswith("] # all\n")


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
    failing = {FAILING[0]: Verdict.FAIL}
    assert outdated([entry], failing, [], TODAY) == []
    (said,) = outdated([entry], failing, [], TODAY + timedelta(days=1))
    assert "still fails, and its entry in the baseline expired on 2026-11-25 (ann)" in said
    assert outdated([entry], {}, [], LATER) == [], "it was not judged, so nobody knows"


def test_what_is_blocked_behind_another_failure_is_not_said_to_fail() -> None:
    """An expired entry of a check that could not be judged is told as that."""
    entry = Entry(FAILING[0], "r", "ann", TODAY)
    (said,) = outdated([entry], {FAILING[0]: Verdict.BLOCKED}, [], LATER)
    assert said.startswith(f"{FAILING[0]} could not be judged, and its entry")


def test_an_entry_that_is_mended_is_told_also_after_its_last_day() -> None:
    """What no longer fails has to go from the file, whether it has expired or not."""
    entry = Entry(FAILING[0], "r", "ann", TODAY)
    (valid,), (expired,) = (outdated([entry], {}, [FAILING[0]], day) for day in (TODAY, LATER))
    assert valid == f"{FAILING[0]} no longer fails: remove its entry from the baseline."
    assert (
        expired
        == f"{FAILING[0]} no longer fails, and its entry in the baseline expired on {TODAY}: remove it."
    )
