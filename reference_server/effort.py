"""What a request may cost: seconds, and, while it keeps others from being answered, steps that are counted."""

import math
import time

from reference_server.errors import TookTooLongError

BYTES_A_STEP = 64  # of stored JSON, read and written again, against one value looked at


class Effort:
    """The effort of one request. A step is some microseconds: a value looked at, or some bytes of a resource."""

    def __init__(self, seconds: float = math.inf, steps: float = math.inf) -> None:
        self.seconds = seconds
        self.steps = steps
        self._deadline = time.monotonic() + seconds

    def spend(self, steps: int) -> None:
        """Go on by so many steps; TookTooLongError where there are not so many left, or no time."""
        self.steps -= steps
        if self.steps < 0 or self.is_over():
            raise TookTooLongError(self.seconds)

    def is_over(self) -> bool:
        """Whether its time is."""
        return time.monotonic() > self._deadline

    @property
    def seconds_left(self) -> float:
        """Never below 0."""
        return max(self._deadline - time.monotonic(), 0.0)
