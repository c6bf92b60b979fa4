"""The series of a load, made ready to be drawn: what was counted by slice, in as many points as an eye can tell apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from scim_tests.model.load_record import LoadRecord
from scim_tests.model.tally import StepTally, Tally, Timing, quantile, together
from scim_tests.report.load.pages import Pages
from scim_tests.report.load.plot import Plot, Series
from scim_tests.report.load.words import step_in_words

POINTS = 60  # of a series
SECONDS, MINUTES = "seconds since the start", "minutes since the start"
A_SECOND, MILLISECONDS = "requests a second", "milliseconds"
IN_MINUTES = 300.0  # seconds, from which on a load is told in minutes
IMPORTS = 3  # that are drawn
RATES = (
    "Wanted: what was due by the clock, as --rate has it. Kept: what left, with what was sent again, the pages of an "
    "import, and single requests that are timed before the load (in its first second) and after it. Where kept is below wanted, requests left too late. Failed: answered with 5xx, or not at all. 429: told to come again later."
)
ANSWERS = "Half of the answers came within the median, 95 of 100 within the other line."
PAGES = "Each page by the place in the list where it begins. A line that rises: the further back a page is, the longer it takes."
UNDER_WAY = "Requests that had left and were not answered yet. A line that goes on rising: more is asked for than the target does."
OURS = "Of scim-tests itself, and not of the target."
Counted = Mapping[str, Any]


class Axis:
    """The time of a load, cut into equal parts."""

    def __init__(self, tally: Tally) -> None:
        every: list[Counted] = [tally.due, tally.sent, *(step.slices for step in tally.steps.values())]
        last = max((int(key) for counted in every for key in counted), default=0)
        self.slices = -(-(last + 1) // POINTS)  # in a point
        self.points = last // self.slices + 1
        self.seconds = self.slices * tally.slice_seconds
        is_long = self.seconds * self.points >= IN_MINUTES
        self.label, self.unit = (MINUTES, 60.0) if is_long else (SECONDS, 1.0)

    def series(
        self, name: str, look: str, counted: Counted, value: Callable[[list[Any]], float | None]
    ) -> Series:
        """The value of what was counted in each part; None where there is nothing."""
        parts: dict[int, list[Any]] = {}
        for key, each in counted.items():
            parts.setdefault(int(key) // self.slices, []).append(each)
        ends = ((place + 1) * self.seconds / self.unit for place in range(self.points))
        return Series(name, look, [(end, value(parts.get(place, []))) for place, end in enumerate(ends)])

    def a_second(self, counted: list[int]) -> float:
        """What comes of them each second."""
        return sum(counted) / self.seconds


def plots(record: LoadRecord) -> Iterator[Plot]:
    """The plots of the whole load."""
    tally, axis = record.tally, Axis(record.tally)
    rates = (
        ("kept", "main", tally.sent),
        ("wanted", "wanted", tally.due),
        ("failed", "bad", tally.failed),
        ("429", "slow", tally.throttled),
    )
    if tally.due:
        yield Plot(
            "Rate wanted and kept",
            axis.label,
            A_SECOND,
            [axis.series(*each, axis.a_second) for each in rates],
            RATES,
        )
    if moments := record.history:
        points = [(each.second / axis.unit, each.median, each.p95) for each in moments]
        points = points[:: -(-len(points) // POINTS)]
        told = [
            Series("median", "main", [(at, median) for at, median, _ in points]),
            Series("95 of 100 within", "slow", [(at, p95) for at, _, p95 in points]),
        ]
        yield Plot("Answer times of all requests", axis.label, MILLISECONDS, told, ANSWERS)
    if walks := [Pages(walk) for walk in tally.walks if len(walk.pages) > 1][:IMPORTS]:
        yield Plot(
            "Time of a page, by where it begins",
            "startIndex",
            MILLISECONDS,
            list(map(_pages, range(len(walks)), walks)),
            PAGES,
        )
    if tally.under_way:
        under_way = axis.series("at most at once", "main", tally.under_way, _most)
        yield Plot("Requests under way", axis.label, "requests", [under_way], UNDER_WAY)


def step_plots(record: LoadRecord) -> Iterator[Plot]:
    """A small plot for each step of which answers were a success."""
    axis = Axis(record.tally)
    for name, step in record.tally.steps.items():
        if step.slices:
            yield Plot(name, axis.label, MILLISECONDS, _times(axis, step), step_in_words(name))


def memory_plot(tally: Tally) -> Plot:
    """How much memory the load itself took."""
    axis = Axis(tally)
    return Plot(
        "Memory of the load side",
        axis.label,
        "MiB",
        [axis.series("at most", "main", tally.memory, _most)],
        OURS,
    )


def _times(axis: Axis, step: StepTally) -> list[Series]:
    return [
        axis.series("median", "main", step.slices, lambda timings: _quantile(timings, 0.5)),
        axis.series("95 of 100 within", "slow", step.slices, lambda timings: _quantile(timings, 0.95)),
    ]


def _quantile(timings: Iterable[Timing], share: float) -> float | None:
    return quantile(together(timings), share)


def _most(counted: list[float]) -> float | None:
    return max(counted, default=None)


def _pages(number: int, pages: Pages) -> Series:
    """The slowest of so many pages, so that none that stalled is hidden."""
    size = -(-len(pages.times) // POINTS)
    slowest = [
        (pages.starts[at], max(pages.times[at : at + size])) for at in range(0, len(pages.times), size)
    ]
    return Series(
        f"import {number + 1}, the slowest of {size:,}" if size > 1 else f"import {number + 1}",
        LOOKS[number],
        slowest,
    )


LOOKS = ("main", "slow", "wanted")
