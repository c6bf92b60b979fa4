"""Strangers are never overlooked, and a million of them take little room."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from scim_tests.wire.strangers import Strangers

IDS = st.one_of(st.text(max_size=3), st.integers(0, 99).map(str), st.uuids().map(str))


@given(st.lists(IDS), st.lists(IDS))
def test_whoever_was_met_is_known(met: list[str], others: list[str]) -> None:
    """As in a set of all ids, in any order, told once or often."""
    strangers = Strangers()
    for each in met:
        strangers.add(each)
    assert [each in strangers for each in (*met, *others)] == [each in set(met) for each in (*met, *others)]


def test_of_each_a_few_bytes_are_kept() -> None:
    """A directory of a million fits into some ten megabytes; what their ids are is not kept."""
    tracemalloc.start()
    strangers = Strangers()
    for number in range(100_000):
        strangers.add(f"2819c223-7f76-453a-919d-{number:012}")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept / 100_000 < 24
    assert "2819c223-7f76-453a-919d-000000012345" in strangers
    assert "2819c223-7f76-453a-919d-000000100000" not in strangers
