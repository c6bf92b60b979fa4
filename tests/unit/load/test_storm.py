"""A load is stopped by what says that the target is overrun, and by nothing else."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.load.storm import AT_ONCE, FAILING, FEW, GONE, THROTTLING, WINDOW, Storm

HONEST = st.lists(st.sampled_from((200, 201, 204, 404, 409, 400)), max_size=3 * WINDOW)


def first_stop(statuses: list[int]) -> tuple[int, str]:
    """After how many answers the load ends, and why; (0, "") where it goes on."""
    storm = Storm()
    for place, status in enumerate(statuses, 1):
        if why := storm.hears(status, "" if status else "Nothing listens there."):
            return place, why
    return 0, ""


def naive(statuses: list[int]) -> int:
    """The same worked out anew for each answer from all before it."""
    for place in range(1, len(statuses) + 1):
        window = statuses[max(0, place - WINDOW) : place]
        failed = sum(each == 0 or each >= 500 for each in window)
        throttled = window.count(429)
        silent = statuses[max(0, place - GONE) : place] == [0] * GONE
        refused = all(each in {401, 403} for each in window[-GONE:]) and len(window) >= GONE
        if (
            silent
            or refused
            or window == [429] * AT_ONCE
            or failed >= max(FEW, FAILING * len(window))
            or throttled >= max(FEW, THROTTLING * len(window))
        ):
            return place
    return 0


@given(HONEST)
def test_no_storm_in_what_is_honest(statuses: list[int]) -> None:
    """However many answers are misses, conflicts or refusals: those are judged, and hold nobody up."""
    assert first_stop(statuses) == (0, "")


@given(HONEST, st.integers(0, FEW - 1), st.sampled_from((0, 500, 503)), st.randoms(use_true_random=False))
def test_a_few_failures_are_no_storm(statuses: list[int], few: int, status: int, random: Random) -> None:
    """Wherever they stand, nor in a load of a few requests."""
    mixed = [*statuses, *[status] * few]
    random.shuffle(mixed)
    assert first_stop(mixed) == (0, "")


@given(st.lists(st.sampled_from((200, 200, 200, 401, 403, 409, 429, 429, 503, 0)), max_size=3 * WINDOW))
def test_it_stops_when_a_look_at_the_latest_says_so(statuses: list[int]) -> None:
    """Exactly then, in whatever order they come."""
    assert first_stop(statuses)[0] == naive(statuses)


@pytest.mark.parametrize(
    ("statuses", "after", "why"),
    [
        ([503] * 30, FEW, f"{FEW} of the last {FEW} requests were answered with 5xx"),
        ([429] * 30, AT_ONCE, f"{AT_ONCE} of the last {AT_ONCE} requests were throttled (429)"),
        ([200] + [429] * 30, FEW + 1, f"{FEW} of the last {FEW + 1} requests were throttled (429)"),
        ([200] * 99 + [401] * 30, 99 + GONE, f"{GONE} requests in a row were answered 401"),
        (
            [200] * 5 + [0] * 30,
            5 + GONE,
            f"{GONE} requests in a row were not answered. Nothing listens there.",
        ),
        ([503] + [0] * 30, FEW, "were answered with 5xx or not at all"),
        ([200] * 300 + [500, *[200] * 18] * 20, 300 + 9 * 19 + 1, f"{FEW} of the last {WINDOW}"),
        ([200] * 300 + [429, 200] * 200, 0, "throttled"),
    ],
)
def test_a_storm_is_told_with_its_numbers(statuses: list[int], after: int, why: str) -> None:
    """At the first answer that makes it one, with few requests and with many."""
    place, said = first_stop(statuses)
    assert why in said
    assert place == after or not after
