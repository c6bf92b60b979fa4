"""A plot as SVG: lines over one axis each way. Colour never speaks alone: each line has a dash of its own, and a table has its numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 22, 34  # room for the words
TICKS = 4  # at most, each way

Point = tuple[float, float | None]


@dataclass(frozen=True)
class Series:
    """A line: its name, how it looks (`main`, `wanted`, `slow`, `bad`), and its points; None is a gap."""

    name: str
    look: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Plot:
    """Lines with the words around them; `across` and `up` say what is measured each way, `caption` what to see in it."""

    title: str
    across: str
    up: str
    series: Sequence[Series]
    caption: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole picture."""
        return WIDTH, HEIGHT

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what the lines lie in."""
        return LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM

    @property
    def ticks_across(self) -> list[tuple[float, str]]:
        """Where the numbers below stand, and what they are."""
        return [(self._x(value), _said(value)) for value in steps(self._widest)]

    @property
    def ticks_up(self) -> list[tuple[float, str]]:
        """The same of those on the left."""
        return [(self._y(value), _said(value)) for value in steps(self._highest)]

    def path(self, series: Series) -> str:
        """The line as SVG draws it; a point alone is a dot."""
        said, is_down = [], False
        for at, value in series.points:
            if value is not None:
                place = f"{self._x(at):.1f} {self._y(value):.1f}"
                said.append(f"L{place}" if is_down else f"M{place}h0")
            is_down = value is not None
        return "".join(said)

    @property
    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """The numbers as a table: where, and what each line has there."""
        places = sorted({at for each in self.series for at, _ in each.points})
        found = [dict(each.points) for each in self.series]
        for at in places:
            values = (each.get(at) for each in found)
            yield _said(at), ["" if value is None else _said(value) for value in values]

    @property
    def _widest(self) -> float:
        return max((at for each in self.series for at, _ in each.points), default=0.0) or 1.0

    @property
    def _highest(self) -> float:
        """A little more than the highest point."""
        values = (value for each in self.series for _, value in each.points if value is not None)
        return 1.05 * max(values, default=0.0) or 1.0

    def _x(self, value: float) -> float:
        return LEFT + value / self._widest * (WIDTH - LEFT - RIGHT)

    def _y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self._highest * (HEIGHT - TOP - BOTTOM)


def steps(end: float) -> list[float]:
    """Round numbers from 0 up to there, not more than are easily read."""
    size = 10.0 ** floor(log10(end / TICKS))
    size *= next(each for each in (1, 2, 5, 10) if end / (size * each) <= TICKS)
    return [size * number for number in range(floor(end / size * 1.000001) + 1)]


def _said(value: float) -> str:
    """To three digits, with commas; large ones whole."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
