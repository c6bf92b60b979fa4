"""What is shown while many are removed: how many are done, how many are left and how long that will take."""

import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from scim_tests.report.record_index import duration, many

SOON = 5.0  # seconds until a first line where there is no terminal, and between two: a few people are gone before


class Countdown:
    """On a terminal one line that keeps changing; elsewhere a line every few seconds, so that few people make none."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._began = self._said = clock()
        self._live = Live(console=console, transient=True, refresh_per_second=4)

    def __enter__(self) -> Self:
        self._began = self._said = self._clock()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def __call__(self, done: int, of: int) -> None:
        """So many of all are done."""
        now = self._clock()
        line = Text(_sentence(done, of, now - self._began))
        if self._console.is_terminal:
            self._live.start()
            self._live.update(line)
        elif now - self._said >= SOON:
            self._said = now
            self._console.print(line)


def _sentence(done: int, of: int, seconds: float) -> str:
    left = of - done
    rest = f", about {duration(seconds / done * left)} to go" if done and left else ""
    return f"Cleaning up: {done:,} of {many(of, 'name')} done, {left:,} left{rest}."
