"""How long the pages of an import took, and what that comes to for a directory of another size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from scim_tests.model.load_plan import PAGE
from scim_tests.model.tally import Walk

TIME_OUT = 60.0  # seconds for which Okta waits for any answer (okta:FAQ)
ENOUGH = 10  # pages, from which on their ends mean something


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

    def seconds_of(self, people: int, growth: tuple[float, float] | None) -> float:
        """What an import of so many would take, if pages go on like this; with `growth`, they take longer and longer."""
        pages = -(-people // PAGE)
        if growth is None:
            return pages * median(self.times) / 1000
        return pages * (growth[0] + self._more(growth) * PAGE * (pages - 1) / 2) / 1000

    def reaches_the_time_out(self, growth: tuple[float, float]) -> float:
        """The startIndex at which a page would take as long as Okta waits, if they go on like this."""
        return (TIME_OUT * 1000 - growth[0]) / self._more(growth)

    def _more(self, growth: tuple[float, float]) -> float:
        """By how many milliseconds a page takes longer for each person before it."""
        first, last = growth
        return (last - first) / max(1.0, self.starts[-1] - 1)

    @staticmethod
    def _tenth(times: Sequence[float]) -> Sequence[float]:
        return times[: max(1, len(times) // 10)]
