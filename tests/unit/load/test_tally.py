"""What processes count adds up to what one would have counted, and survives its way between them."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_tests.model.record import ConsequenceRecord
from scim_tests.model.tally import (
    EXAMPLES,
    CheckTally,
    FinalLook,
    Found,
    GroupTally,
    Sample,
    StepTally,
    Tally,
    Task,
    Walk,
    quantile,
    rounded,
    together,
)

COUNTS = st.integers(0, 1_000)
BY_SLICE = st.dictionaries(st.sampled_from(("0", "1", "17")), COUNTS)
TIMINGS = st.dictionaries(st.integers(1, 99_000).map(str), st.integers(1, 50), max_size=6)
NAMES = st.lists(st.sampled_from(("u-1", "u-2", "u-3")), max_size=2)
FAILS = ConsequenceRecord("It fails.", "captured", "An error.")
SAMPLE = Sample("push_user.create", "POST", "/Users", 200, "", "", 4.0, 1.0)
FOUND = st.builds(
    Found, st.sampled_from(("fail", "advice")), st.just("201"), st.just("200"), st.just(""),
    st.sampled_from(("stops-provisioning", "cosmetic")), st.just(FAILS), sample=st.sampled_from((None, SAMPLE)),
)  # fmt: skip
STEP = st.builds(
    StepTally, st.just("GET"), st.dictionaries(st.sampled_from(("200", "none")), COUNTS),
    st.dictionaries(st.sampled_from(("0", "1", "17")), TIMINGS, max_size=2),
)  # fmt: skip
CHECK = st.builds(
    CheckTally, st.dictionaries(st.sampled_from(("pass", "fail")), COUNTS), st.lists(FOUND, max_size=EXAMPLES)
)
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    dict[str, int]: st.one_of(BY_SLICE, TIMINGS),
    dict[str, float]: st.dictionaries(st.sampled_from(("0", "1")), COUNTS.map(float)),
    int: COUNTS,
    float: st.integers(1, 500).map(float),
    str: st.sampled_from(("", "the load was stopped")),
    list[str]: NAMES,
    list[list[int]]: st.lists(st.just([900, 901]), max_size=2),
    list[Walk]: st.lists(st.builds(Walk, st.just([[1.0, 4.5, 100.0, 900.0]]), COUNTS), max_size=1),
    list[GroupTally]: st.lists(st.just(GroupTally("g", 2, 2, 0, 0)), max_size=2),
    dict[str, StepTally]: st.dictionaries(st.sampled_from(("push_user.lookup", "push_user.create")), STEP),
    dict[str, CheckTally]: st.dictionaries(st.just("every_answer.is-json"), CHECK),
    dict[str, Task]: st.dictionaries(
        st.just("push_user.create 500"), st.builds(Task, st.just("push_user.create"), st.just("500"), st.just(""), COUNTS, NAMES)
    ),
    FinalLook: st.builds(FinalLook, COUNTS, COUNTS, missing=NAMES, whole=st.booleans()),
}  # fmt: skip
TALLIES = st.builds(Tally, **{name: OF_TYPE[kind] for name, kind in get_type_hints(Tally).items()})


def added(tallies: Sequence[Tally]) -> Tally:
    """All of them, as a coordinator adds them up."""
    whole = Tally()
    for each in tallies:
        whole.add(each)
    return whole


def in_no_order(tally: Tally) -> dict[str, Any]:
    """All that does not hang on which process told first: whose examples are kept, and what was done last, does."""
    told = asdict(tally)
    told["final"]["whole"] |= not told["final"]["expected"]
    for each in told["checks"].values():
        each["found"] = sorted(((one["verdict"], one["severity"]) for one in each["found"]), key=str)
    for each in told["tasks"].values():
        each["examples"] = len(each["examples"])
    del told["phase"]
    return {name: sorted(value, key=str) if isinstance(value, list) else value for name, value in told.items()} | {
        "final": {name: sorted(value) if isinstance(value, list) else value for name, value in told["final"].items()}
    }  # fmt: skip


@settings(max_examples=25)
@given(st.lists(TALLIES, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_it_does_not_matter_in_which_order_processes_are_counted(tallies: list[Tally], random: Any) -> None:
    """Nor how they are put together; and what each has counted itself stays as it is."""
    before, whole = deepcopy(tallies), in_no_order(added(tallies))
    shuffled = random.sample(tallies, len(tallies))
    assert in_no_order(added(shuffled)) == whole
    assert in_no_order(added([added(tallies[:1]), added(tallies[1:])])) == whole
    assert in_no_order(added([*tallies, Tally()])) == whole
    assert tallies == before


@settings(max_examples=25)
@given(st.lists(TALLIES, min_size=1, max_size=3))
def test_every_number_is_the_sum(tallies: list[Tally]) -> None:
    """Whatever a process counts is counted in the whole, also what somebody may yet add to a tally."""
    whole = added(tallies)
    for name, kind in get_type_hints(Tally).items():
        parts = [getattr(each, name) for each in tallies]
        if kind is int:
            assert getattr(whole, name) == sum(parts), name
        elif kind == dict[str, int]:
            counted: Counter[str] = Counter()
            for each in parts:
                counted.update(each)
            assert getattr(whole, name) == dict(counted), name
        elif kind in {list[str], list[Walk], list[GroupTally]}:
            assert getattr(whole, name) == [one for each in parts for one in each], name
    for name in ("expected", "found"):
        assert getattr(whole.final, name) == sum(getattr(each.final, name) for each in tallies)
    sent = Counter(name for each in tallies for name, step in each.steps.items() for _ in range(step.sent))
    assert {name: step.sent for name, step in whole.steps.items() if step.sent} == sent


def test_the_gravest_findings_are_kept_whoever_met_them() -> None:
    """So many of each check, what fails before what is advice."""
    grave = Found("fail", "201", "500", "", "stops-provisioning", FAILS)
    slight = Found("advice", "201", "200", "", "cosmetic", FAILS)
    one, other = CheckTally({"advice": 3}, [slight] * EXAMPLES), CheckTally({"fail": 1}, [grave])
    found = added([Tally(checks={"x": one}), Tally(checks={"x": other})]).checks["x"]
    assert found.verdicts == {"advice": 3, "fail": 1}
    assert found.found == [grave, *[slight] * (EXAMPLES - 1)]


@pytest.mark.parametrize(
    ("one", "other", "whole"),
    [
        (FinalLook(10, 10, whole=True), FinalLook(5, 5, whole=True), True),
        (FinalLook(10, 10, whole=True), FinalLook(), True),
        (FinalLook(10, 10, whole=True), FinalLook(5, 0), False),
        (FinalLook(10, 3), FinalLook(5, 5, whole=True), False),
    ],
)
def test_all_was_looked_at_only_where_each_process_did(one: FinalLook, other: FinalLook, whole: bool) -> None:
    """One that has made nobody has nobody to look at."""
    assert added([Tally(final=one), Tally(final=other)]).final.whole == whole
    assert added([Tally(final=other), Tally(final=one)]).final.whole == whole


@settings(max_examples=25)
@given(TALLIES)
def test_a_tally_survives_its_message(tally: Tally) -> None:
    """To the last example."""
    assert Tally.from_json(tally.to_json()) == tally
    assert json.loads(tally.to_json()) == asdict(tally)


@pytest.mark.parametrize("text", ["", "[]", '{"sent": 1}', '{"sent": {"0": "many"}}', '{"waited": Infinity}'])
def test_what_is_no_tally_is_refused(text: str) -> None:
    """As a TypeError or a ValueError, which whoever hears of it can tell."""
    with pytest.raises((TypeError, ValueError)):
        Tally.from_json(text)


@given(st.lists(st.floats(0, 100_000), max_size=60), st.floats(0.01, 1.0))
def test_a_quantile_is_the_time_within_which_so_many_came(times: list[float], share: float) -> None:
    """The first of the sorted times that has so many at it or before it; None of none."""
    counted = together({rounded(each): 1} for each in times)
    sorted_ = sorted(int(rounded(each)) for each in times)
    within = [each for place, each in enumerate(sorted_, 1) if place >= share * len(times)]
    assert quantile(counted, share) == (float(within[0]) if within else None)


@given(st.floats(0, 10_000_000))
def test_a_time_keeps_two_digits(milliseconds: float) -> None:
    """It is off by a twentieth of itself at most, or by a millisecond; and never nought."""
    kept = int(rounded(milliseconds))
    assert kept >= 1
    assert len(str(kept).rstrip("0")) <= 2
    assert math.isclose(kept, milliseconds, rel_tol=0.051, abs_tol=1.0)


def test_a_slice_holds_its_moments() -> None:
    """From its beginning to the next."""
    assert [Tally(slice_seconds=5.0).slice_of(each) for each in (0.0, 4.99, 5.0, 61.0)] == [
        "0",
        "0",
        "1",
        "12",
    ]
