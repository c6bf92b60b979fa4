"""A clean-up of many says how far it is; one of a few is over before anything is said."""

import io

from rich.console import Console

from scim_tests.report.removing import Countdown


def test_a_line_every_few_seconds_where_there_is_no_terminal() -> None:
    """Nothing in the first seconds; then how many are done, how many are left and how long that takes."""
    out, now = io.StringIO(), [0.0]
    with Countdown(Console(file=out, width=200), lambda: now[0]) as countdown:
        for done in range(1, 26):
            now[0] += 1
            countdown(done * 1000, 50_000)
    lines = out.getvalue().splitlines()
    assert len(lines) == 5
    assert lines[0] == "Cleaning up: 5,000 of 50,000 names done, 45,000 left, about 45.0 s to go."
    assert lines[-1] == "Cleaning up: 25,000 of 50,000 names done, 25,000 left, about 25.0 s to go."


def test_a_few_are_gone_in_silence() -> None:
    """Where it is over in seconds nothing is printed."""
    out, now = io.StringIO(), [0.0]
    with Countdown(Console(file=out, width=200), lambda: now[0]) as countdown:
        for done in range(1, 31):
            now[0] += 0.1
            countdown(done, 30)
    assert out.getvalue() == ""


def test_one_line_that_goes_away_on_a_terminal() -> None:
    """It is drawn over as it changes, and is gone in the end."""
    out = io.StringIO()
    console = Console(file=out, width=200, force_terminal=True)
    with Countdown(console) as countdown:
        countdown(0, 10)
        countdown(10, 10)
    assert "10 of 10 names done, 0 left." in out.getvalue()
    assert out.getvalue().endswith("\x1b[1A\x1b[2K")
