"""Counts what a process of a load hears, and passes each request on to whom it concerns: judge, storm and Locust."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from scim_tests.knowledge.okta_effect import fails_in_okta
from scim_tests.load.judging import Judging
from scim_tests.load.storm import Storm
from scim_tests.load.tasks import CONFLICT, THROTTLED, count_task
from scim_tests.model.exchange import CUT_OFF, Exchange
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import NO_ANSWER, STOPPED, StepTally, Tally, Timing, rounded
from scim_tests.personas.okta.patience import retry_after


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
        self.judging = judging
        self._now = now
        self.stop = stop
        self._storm = Storm()
        self._under_way = 0

    def left(self) -> None:
        """A request leaves."""
        self._under_way += 1
        part = self.tally.slice_of(self._now())
        _one_more(self.tally.sent, part)
        self.tally.under_way[part] = max(self._under_way, self.tally.under_way.get(part, 0))

    def came(self) -> None:
        """Its answer is there, or will not come."""
        self._under_way -= 1

    def late(self, seconds: float) -> None:
        """A job began so much later than it was due: that is ours."""
        _one_more(self.tally.late, rounded(1000 * max(0.0, seconds)))

    def hears(
        self, exchange: Exchange, *, name: str, judged: bool, again: bool, is_twin: bool = False
    ) -> None:
        """What came of one request, about somebody of this `name`.

        `again`: it was throttled and is sent once more. `is_twin`: two jobs assign the same person.
        """
        answer = exchange.heard.answer
        status = answer.status if answer else 0
        self._count(exchange, status)
        if exchange.heard.failure == CUT_OFF:
            return
        self.tally.given_up += status == THROTTLED and not again
        self.tally.untold += answer is not None and status == THROTTLED and retry_after(answer) is None
        count_task(self.tally, exchange, name, given_up=not again, is_twin=is_twin)
        is_failed = fails_in_okta(exchange) and not (is_twin and status == CONFLICT)
        said = "" if not is_failed else answer.phrase if answer else NO_ANSWER
        length, milliseconds = (len(answer.body) if answer else 0), 1000 * exchange.heard.seconds
        self.requests.append(Request(exchange.request.method, exchange.step, milliseconds, length, said))
        if judged or is_failed:
            self.judging.heard(exchange, whole=judged)
        if why := self._storm.hears(status, exchange.heard.failure):
            self.stop(why)

    def _count(self, exchange: Exchange, status: int) -> None:
        tally, part = self.tally, self.tally.slice_of(self._now())
        tally.exchanges += 1
        step = tally.steps.setdefault(exchange.step, StepTally(exchange.request.method))
        if exchange.heard.failure == CUT_OFF:
            _one_more(step.statuses, STOPPED)
            return
        _one_more(step.statuses, str(status) if status else NO_ANSWER)
        if status:
            _one_more(tally.answered, part)
        if exchange.is_success:
            _one_more(step.slices.setdefault(part, {}), rounded(1000 * exchange.heard.seconds))
        if status == THROTTLED:
            _one_more(tally.throttled, part)
        elif status == 0 or status >= 500:
            _one_more(tally.failed, part)


def count_time(into: Timing, exchange: Exchange) -> None:
    """How long its answer took."""
    _one_more(into, rounded(1000 * exchange.heard.seconds))


def _one_more(numbers: dict[str, int], key: str) -> None:
    numbers[key] = numbers.get(key, 0) + 1
