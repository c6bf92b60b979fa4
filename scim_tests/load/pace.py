"""How fast the requests of one process leave at most, where they do not leave by the clock of the plan."""


class Pace:
    """So many requests a second, evenly; 0 bounds nothing. It may change on the way."""

    def __init__(self, rate: float = 0.0) -> None:
        self.rate = rate
        self._due = 0.0

    def wait(self, now: float) -> float:
        """How many seconds the next request has to wait for its turn, which it has by that."""
        self._due = max(now, self._due + 1 / self.rate) if self.rate else now
        return self._due - now
