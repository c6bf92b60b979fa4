"""What a load comes to is told in Okta's terms, in plain English, with no more digits than it knows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.model.load_plan import Stage
from scim_tests.model.tally import FinalLook, GroupTally, Tally, Task
from scim_tests.report.load.told import told
from scim_tests.report.load.words import about, span
from tests.unit.report.load_sample import plan, tally, troubled, walk


def _told(counted: Tally, **more: object) -> str:
    return "\n".join(told(plan(**more), counted))  # type: ignore[arg-type]


def test_a_mass_assignment_takes_as_long_as_its_requests_at_the_rate_that_was_kept() -> None:
    """50,000 times two requests at 25 a second are 67 minutes."""
    said = told(plan(), tally())
    assert said[0] == (
        "An assignment of 50,000 is done after 67 min at 25 requests a second; each person takes 2 requests "
        "(a look-up and a create)."
    )
    assert said[1] == "The rate was kept: 25 requests a second."
    assert "No task would stand under Dashboard > Tasks." in said


def test_a_rate_that_was_not_kept_is_told_with_both_numbers() -> None:
    """Each stage by itself, and the assignment at the best that was kept."""
    played = plan(stages=(Stage(25, 2_000), Stage(50, 4_000)), groups=0)
    first, last = (round(each / 2) for each in played.ends)
    counted = tally(seconds=2 * first, rate=25)
    for key in range(first, last):
        counted.due[str(key)], counted.sent[str(key)] = 100, 60
    said = told(played, counted)
    assert "Of 50 requests a second 30 left in time." in said
    assert "at 30 requests a second" in said[0]
    assert not [line for line in said if "was kept" in line]


def test_a_throttled_load_says_what_waiting_comes_to() -> None:
    """The clock is Okta's: what was refused does not count, and a limit by the hour is told of."""
    said = _told(tally(throttled=0.5))
    assert "An assignment of 50,000 is done after 2 h 13 min at 12 requests a second, with the waits" in said
    assert "5,500 requests of 11,000 were answered 429" in said
    assert "25 requests a second left, as wanted, and 12 a second were taken" in said
    assert "was kept" not in said
    assert (
        "For comparison: if the limit is 1,200 requests an hour, as some vendors set it, an assignment of 50,000 takes 83 h."
        in said
    )
    assert "429" not in _told(tally())
    asked = replace(tally(throttled=0.5), untold=1)
    assert "For comparison" not in _told(asked)  # how long to wait was said


def test_look_ups_of_creates_that_failed_are_said_to_be_counted() -> None:
    """A person takes more than two requests then; a look-up whose miss is 404 is one all the same."""
    counted = tally()
    for timing in counted.steps["push_user.create"].slices.values():
        timing.pop(max(timing, key=lambda each: timing[each]))
    assert (
        "requests (a look-up and a create; look-ups after which no create succeeded are counted)."
        in _told(counted)
    )
    del counted.steps["push_user.lookup"]
    assert "each person takes 2 requests (a look-up and a create)." in _told(counted)


def test_a_load_that_was_stopped_foretells_nothing() -> None:
    """What a whole assignment takes is unknown then; what was kept was kept until then."""
    said = told(plan(), replace(tally(), stopped="The load was stopped: 5 % of 5xx."))
    assert said[1] == "How long an assignment of 50,000 takes cannot be told: the load was stopped."
    assert said[2] == "The rate was kept until then: 25 requests a second."
    assert not [line for line in said if "is done after" in line]


def test_too_few_people_for_a_rate_keep_none() -> None:
    """A hundred people at 5,000 requests a second are over before a slice is."""
    few = plan(stages=(Stage(5_000, 100),), groups=0)
    said = told(few, tally(2, rate=12))
    assert said[0] == "Too few people to reach 5,000 requests a second: 12 were reached."
    assert not [line for line in said if "kept" in line or "is done after" in line]


def test_the_longest_answer_is_told_with_its_step() -> None:
    """Whoever waits for it wants to know for what."""
    counted = tally()
    counted.steps["push_user.create"].slices["3"]["6000"] = 1
    assert "the longest took 6 s (push_user.create)." in _told(counted)


@pytest.mark.parametrize(
    ("number", "tasks", "stays"),
    [
        (1, "1 task would stand under Dashboard > Tasks: 1 for push_user.create answered 500.", "1 account would stay open for good: its deactivation failed"),
        (1_200, "1,200 tasks would stand under Dashboard > Tasks: 1,200 for push_user.create answered 500.", "1,200 accounts would stay open for good: their deactivation failed"),
    ],
)  # fmt: skip
def test_tasks_and_open_accounts_are_counted(number: int, tasks: str, stays: str) -> None:
    """In the singular and the plural, with commas."""
    counted = replace(
        tally(20), tasks={"x": Task("push_user.create", "500", people=number)}, stays_open=number
    )
    assert tasks in _told(counted)
    assert stays in _told(counted)


def test_an_import_that_slows_down_is_told_with_where_it_ends() -> None:
    """First and last pages, what a million takes, and at which startIndex a page takes as long as Okta waits."""
    grown = {"calm_first_pages": {"80": 20}, "calm_last_pages": {"880": 20}}
    said = _told(replace(Tally(), walks=[walk(200_000, 80.0, 0.004)], **grown))
    assert "An import of 200,000 takes 16 min: half of the pages came within 480 ms." in said
    assert "80 ms at first and 880 ms at the end, so that an import of 1,000,000 would take 5 h" in said
    assert "a page near startIndex 15,000,000 60 s, for which Okta does not wait" in said


def test_an_even_import_is_not_said_to_grow() -> None:
    """Nothing is foretold of pages that take as long at the end as at the beginning."""
    said = _told(
        replace(Tally(), walks=[walk(20_000)], calm_first_pages={"80": 20}, calm_last_pages={"85": 20})
    )
    assert said == "An import of 20,000 takes 13 s: half of the pages came within 64 ms."


def test_an_import_cut_short_says_how_far_it_came() -> None:
    """And what the whole directory would take at that pace."""
    cut = walk(100_000)
    cut = replace(cut, pages=cut.pages[:100], people=10_000, whole=False)
    said = _told(replace(Tally(), walks=[cut]))
    assert said.startswith("10,000 people of 100,000 were imported in 6.3 s")
    assert "an import of 100,000 takes 63 s" in said


def test_a_page_of_a_minute_ends_an_import() -> None:
    """Okta waits 60 seconds for an answer."""
    slow = walk(5_000)
    slow.pages[7][1] = 61_000.0
    assert "1 page took as long as Okta waits for an answer, 60 s, or longer" in _told(
        replace(Tally(), walks=[slow])
    )


@pytest.mark.parametrize(
    ("gone", "words"),
    [(7, "its safeguard does not stop that"), (1_500, "33 %, so Okta's import safeguard stops it")],
)
def test_who_is_missing_in_an_import_counts_as_removed(gone: int, words: str) -> None:
    """Up to a fifth of them no safeguard stops it."""
    counted = replace(Tally(), walks=[replace(walk(5_000), not_shown=gone)])
    assert words in _told(counted)


def test_who_is_lost_is_told() -> None:
    """At the end, in the list and in groups."""
    final = FinalLook(10, 9, missing=["a"], several=["b", "c"], still_active=["d"], whole=True)
    counted = replace(Tally(), final=final, groups=[GroupTally("g", 10, 8, 2, 0)])
    said = _told(counted, deactivated=0.0)
    assert "missing in 1 group" not in _told(counted)  # who is deactivated may leave a group
    assert "1 person whom Okta takes as created was not there at the end." in said
    assert "2 people were there more than once" in said
    assert "1 person whom Okta takes as deactivated was still active" in said
    assert "2 members that Okta takes as pushed were missing in 1 group" in said


def test_a_load_that_did_nothing_says_nothing() -> None:
    """No number is made up."""
    assert told(plan(people=1), Tally()) == []


def test_what_stopped_it_is_told() -> None:
    """In one line, whatever a target said."""
    assert told(plan(), replace(Tally(), stopped="5 % of 5xx\nin a row"))[0] == "5 % of 5xx in a row."
    assert len(told(plan(), troubled())) > 8


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0 ms"), (0.064, "64 ms"), (0.8, "800 ms"), (3.14, "3.1 s"), (45, "45 s"), (4_020, "67 min"), (7_980, "2 h 13 min"), (25_200, "7 h"), (300_000, "83 h")],
)  # fmt: skip
def test_times_are_said_in_their_unit(seconds: float, words: str) -> None:
    """As a person would say them."""
    assert span(seconds) == words


@given(st.floats(1e-3, 1e9))
def test_a_number_has_two_digits(number: float) -> None:
    """No more are said, and it is right to one in twenty."""
    said = about(number)
    assert abs(float(said.replace(",", "")) - number) <= number / 19
    assert len(said.replace(",", "").replace(".", "").strip("0")) <= 2
