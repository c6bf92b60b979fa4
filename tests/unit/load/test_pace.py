"""No phase of a load leaves faster than was agreed to."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.load.pace import Pace
from scim_tests.model.load_plan import Stage
from tests.unit.load.working import Wire, plan_of, work_of


@given(st.lists(st.floats(0, 3), min_size=2, max_size=50), st.floats(0.1, 100))
def test_no_two_leave_closer_than_the_rate_allows(gaps: list[float], rate: float) -> None:
    """Whenever they ask, and nobody waits longer than until all before them have had their turn."""
    pace, now, left = Pace(rate), 0.0, []
    for gap in gaps:
        now += gap
        left.append(now + pace.wait(now))
    assert all(later - earlier >= 1 / rate - 1e-9 for earlier, later in pairwise(left))
    assert left[-1] <= max(now, left[-2] + 1 / rate) + 1e-9


def test_zero_bounds_nothing_and_the_rate_may_change() -> None:
    """What left without a pace counts: the next has its distance to it."""
    pace = Pace()
    assert [pace.wait(5.0), pace.wait(5.0)] == [0.0, 0.0]
    pace.rate = 2.0
    assert [pace.wait(5.0), pace.wait(5.0)] == [0.5, 1.0]


def test_what_is_no_job_leaves_at_the_rate_of_the_nearest_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lowest rate before the assignment, that of the last stage after it, each worker its share; imports and jobs as they come."""
    rates: dict[str, set[float]] = {}

    def wait(pace: Pace, _: float) -> float:
        rates.setdefault(work.tally.phase, set()).add(pace.rate)
        return 0.0

    monkeypatch.setattr(Pace, "wait", wait)
    stages = (Stage(4000.0, 10), Stage(1000.0, 5), Stage(3000.0, 5))
    work, client = work_of(plan_of(20, stages=stages), Wire())
    asyncio.run(work.play(client))
    assert rates == {"beginning": {1000.0}, "assigning": {0.0}, "looking for everybody": {3000.0}}
    rates.clear()
    work, client = work_of(plan_of(20, stages=stages, workers=2, imported=30), Wire())
    asyncio.run(work.play(client))
    assert rates == {"beginning": {500.0}, "assigning": {0.0}, "looking for everybody": {0.0, 1500.0}}
