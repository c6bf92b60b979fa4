"""Counts what a process of a load hears, and passes each request on to whom it concerns: judge, storm and Locust."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from scim_tests.load.judging import Judging
from scim_tests.load.storm import Storm
from scim_tests.load.tasks import count_task
from scim_tests.model.exchange import Exchange
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import NO_ANSWER, StepTally, Tally, rounded


class Request(NamedTuple):
    """One request as Locust counts it; `failure` is empty where Okta goes on with the answer."""

    method: str
    step: str
    milliseconds: float
    length: int  # bytes of the answer's body
    failure: str


class Counting:
    """Hears every exchange of a process. `now` gives the seconds since the load began; `stop` is told why it ends."""

    def __init__(
        self,
        plan: LoadPlan,
        tally: Tally,
        judging: Judging,
        now: Callable[[], float],
        stop: Callable[[str], None],
    ) -> None:
        self.tally = tally
        self.requests: deque[Request] = deque()  # for Locust, from another thread
        self._plan = plan
        self._judging = judging
        self._now = now
        self._stop = stop
        self._storm = Storm()
        self._under_way = 0

    def left(self) -> None:
        """A request leaves."""
        self._under_way += 1
        part = self.tally.slice_of(self._now())
        self.tally.sent[part] = self.tally.sent.get(part, 0) + 1
        self.tally.under_way[part] = max(self._under_way, self.tally.under_way.get(part, 0))

    def came(self) -> None:
        """Its answer is there, or will not come."""
        self._under_way -= 1

    def late(self, seconds: float) -> None:
        """A job began so much later than it was due: that is ours."""
        key = rounded(1000 * max(0.0, seconds))
        self.tally.late[key] = self.tally.late.get(key, 0) + 1

    def hears(
        self, exchange: Exchange, *, name: str, judged: bool, again: bool, is_expected: bool = False
    ) -> None:
        """What came of one request, about somebody of this `name`.

        `again`: it was throttled and is sent once more. `is_expected`: a refusal is right here, and no failure.
        """
        answer, tally = exchange.heard.answer, self.tally
        status, seconds = (answer.status if answer else 0), exchange.heard.seconds
        part = tally.slice_of(self._now())
        tally.exchanges += 1
        step = tally.steps.setdefault(exchange.step, StepTally(exchange.request.method))
        key = str(status) if status else NO_ANSWER
        step.statuses[key] = step.statuses.get(key, 0) + 1
        if status:
            tally.answered[part] = tally.answered.get(part, 0) + 1
        if answer and answer.is_success:
            timing, milliseconds = step.slices.setdefault(part, {}), rounded(1000 * seconds)
            timing[milliseconds] = timing.get(milliseconds, 0) + 1
        is_miss = status == 404 and exchange.request.method == "GET" and "filter" in exchange.request.query
        failed = not (is_expected or is_miss) and not (answer and answer.is_success)
        if status == 429:
            tally.throttled[part] = tally.throttled.get(part, 0) + 1
        elif status == 0 or status >= 500:
            tally.failed[part] = tally.failed.get(part, 0) + 1
        if failed and not again:
            count_task(tally, exchange, name)
        said = "" if not failed else answer.phrase if answer else exchange.heard.failure
        self.requests.append(
            Request(
                exchange.request.method,
                exchange.step,
                1000 * seconds,
                len(answer.body) if answer else 0,
                said,
            )
        )
        if judged or failed:
            self._judging.heard(exchange, whole=judged)
        if why := self._storm.hears(status, exchange.heard.failure):
            self._stop(why)

    def scene_over(self, exchanges: Sequence[Exchange]) -> None:
        """A scene of somebody whose answers are judged is over."""
        self._judging.scene_over(exchanges)
