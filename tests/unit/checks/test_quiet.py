"""Between two looks nothing was written: only then does a version have to stay as it was."""

import pytest
from sent import patch, read, transcript

from scim_tests.checks.reading.history import history

SHOWN = {"userName": "ann"}


@pytest.mark.parametrize(
    ("began", "over", "is_quiet"),
    [(-3, -1, True), (-1, 0.05, False), (-1, 5, False), (0.5, 0.6, False), (0.5, 9, False), (3, 4, True)],
)
def test_a_write_that_is_under_way_leaves_no_quiet(began: float, over: float, is_quiet: bool) -> None:
    """Whether it began before the first look or after; one that was over, or came later, does not count."""
    write = patch({"op": "remove", "path": "title"}, at=(began, over))
    told = history(transcript(write, read(SHOWN, 0), read(SHOWN, 1)))
    (pair,) = [pair for _, pair in told.pairs() if pair.before.exchange.heard.started == 0]
    assert told.is_quiet(pair) is is_quiet
