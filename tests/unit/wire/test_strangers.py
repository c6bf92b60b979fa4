"""Strangers are never overlooked, and a million of them take little room."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from scim_tests.wire.ledger_keys import id_key
from scim_tests.wire.strangers import Ids, digest

IDS = st.one_of(st.text(max_size=3), st.just("\ud800"), st.integers(0, 99).map(str), st.uuids().map(str))


@given(st.lists(IDS), st.lists(IDS))
def test_whoever_was_met_is_known(met: list[str], others: list[str]) -> None:
    """As in a set of all ids, in any order, told once or often."""
    strangers = Ids()
    for each in met:
        strangers.add(digest(each))
    known = set(map(id_key, met))
    assert [digest(each) in strangers for each in (*met, *others)] == [
        id_key(each) in known for each in (*met, *others)
    ]


def test_of_each_a_few_bytes_are_kept() -> None:
    """A directory of a million fits into some ten megabytes; what their ids are is not kept."""
    tracemalloc.start()
    strangers = Ids()
    for number in range(100_000):
        strangers.add(digest(f"2819c223-7f76-453a-919d-{number:012}"))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept / 100_000 < 24
    assert digest("2819c223-7f76-453a-919d-000000012345") in strangers
    assert digest("2819c223-7f76-453a-919d-000000100000") not in strangers
