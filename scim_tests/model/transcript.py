"""The exchanges of a run, in the order of the play, whatever order they were sent in."""

from collections.abc import Iterator
from dataclasses import dataclass

from scim_tests.model.check import fits
from scim_tests.model.exchange import Exchange, NotObserved


@dataclass(frozen=True)
class Transcript:
    """All exchanges of a run, or those of one scene."""

    exchanges: tuple[Exchange, ...]

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __len__(self) -> int:
        return len(self.exchanges)

    def of(self, *patterns: str) -> list[Exchange]:
        """Those whose step fits one of the patterns (`import_users.page`, `*.read`), in order."""
        return [each for each in self if fits(each.step, patterns)]

    def one(self, step: str) -> Exchange:
        """The first exchange of that step. NotObserved where it was never sent."""
        for exchange in self:
            if exchange.step == step:
                return exchange
        raise NotObserved(step, "was never sent")

    def scene(self, name: str) -> "Transcript":
        """The exchanges of the scene of that name, in order; empty where it sent nothing."""
        return Transcript(tuple(each for each in self if each.scene == name))
