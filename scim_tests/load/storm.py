"""What ends a load before its time: a target that is overrun is not overrun any further."""

from collections import deque

WINDOW = 200  # answers that are looked at, the latest
FEW = 10  # failures that are no storm yet
FAILING = 0.05  # of the answers in the window: 5xx, or none
THROTTLING = 0.5  # of them: 429
AT_ONCE = 5  # answers that are all 429, from the first on
GONE = FEW  # requests in a row that were not answered, which is told with the reason, or whose credentials were refused
OVERRUN = "The load was stopped: {} of the last {} requests were answered with 5xx or not at all."
THROTTLED = "The load was stopped: {} of the last {} requests were throttled (429). Ask for a lower --rate."
REFUSED = (
    "The load was stopped: {} requests in a row were answered {}: the target takes the credentials no longer."
)
AWAY = "The load was stopped: {} requests in a row were not answered. {}"


class Storm:
    """Hears every answer, and says once it is enough."""

    def __init__(self) -> None:
        self._latest: deque[int] = deque(maxlen=WINDOW)
        self._failed = self._throttled = self._silent = self._refused = 0

    def hears(self, status: int, failure: str = "") -> str:
        """Why the load ends now; empty where it goes on. `status` is 0 where no answer came, and `failure` says why."""
        if len(self._latest) == WINDOW:
            self._count(self._latest[0], -1)
        self._latest.append(status)
        self._count(status, 1)
        self._silent = 0 if status else self._silent + 1
        self._refused = self._refused + 1 if status in {401, 403} else 0
        seen = len(self._latest)
        if self._silent >= GONE:
            return AWAY.format(self._silent, failure)
        if self._refused >= GONE:
            return REFUSED.format(self._refused, status)
        if self._failed >= max(FEW, FAILING * seen):
            return OVERRUN.format(self._failed, seen)
        if self._throttled >= max(FEW, THROTTLING * seen) or self._throttled == seen == AT_ONCE:
            return THROTTLED.format(self._throttled, seen)
        return ""

    def _count(self, status: int, by: int) -> None:
        self._failed += by * (status == 0 or status >= 500)
        self._throttled += by * (status == 429)
