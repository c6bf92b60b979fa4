"""How long the pages of an import took, and what that comes to for a directory of another size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import linear_regression, median

from scim_tests.model.load_plan import PAGE
from scim_tests.model.tally import Walk

TIME_OUT = 60.0  # seconds for which Okta waits for any answer (okta:FAQ)
GROWS, BY = 1.5, 50.0  # the last pages take so many times as long as the first, and so many milliseconds more
ENOUGH = 10  # pages, from which on growth can be told


@dataclass(frozen=True)
class Pages:
    """The pages of an import that were answered, in their order."""

    walk: Walk

    @cached_property
    def starts(self) -> list[float]:
        """The startIndex of each."""
        return [page[0] for page in self.walk.pages]

    @cached_property
    def times(self) -> list[float]:
        """Milliseconds that each took."""
        return [page[1] for page in self.walk.pages]

    @property
    def total(self) -> int:
        """How many people the target says that it has; as many as were seen where it does not say."""
        return max([self.walk.people, *(int(page[3]) for page in self.walk.pages[-1:])])

    @property
    def seconds(self) -> float:
        """What all pages took, one after the other, as Okta reads them."""
        return sum(self.times) / 1000

    @property
    def first(self) -> float:
        """Milliseconds of the pages of the first tenth, by their median."""
        return median(self._tenth(self.times))

    @property
    def last(self) -> float:
        """Milliseconds of the pages of the last tenth, by their median."""
        return median(self._tenth(self.times[::-1]))

    @property
    def grows(self) -> bool:
        """Whether a page takes longer the further back it is."""
        is_enough = len(self.times) >= ENOUGH
        return is_enough and self.last >= GROWS * self.first and self.last - self.first >= BY

    def seconds_of(self, people: int) -> float:
        """What an import of so many would take, if pages go on to take longer as they did."""
        more, at_first = self._line
        pages = -(-people // PAGE)
        return pages * (at_first + more * PAGE * (pages - 1) / 2) / 1000

    @property
    def reaches_the_time_out(self) -> float | None:
        """The startIndex at which a page would take as long as Okta waits, if it goes on like this."""
        more, at_first = self._line
        return (TIME_OUT * 1000 - at_first) / more if self.grows and more > 0 else None

    @cached_property
    def _line(self) -> tuple[float, float]:
        """By how many milliseconds a page takes longer for each person before it, and what the first page takes."""
        if not self.grows:
            return 0.0, median(self.times)
        more, at_first = linear_regression(self.starts, self.times)
        return more, max(at_first, 0.0)

    @staticmethod
    def _tenth(times: Sequence[float]) -> Sequence[float]:
        return times[: max(1, len(times) // 10)]
