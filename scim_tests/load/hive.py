"""Locust: one process that coordinates, as many that work, and the statistics of all their requests.

Locust lives in the main thread, on gevent, and our event loop in a thread beside it: nothing of ours is patched. A
worker has one Locust user, whose work the whole part of the load is. Messages between them hold no secret.
"""

import asyncio
import logging
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import gevent
from locust import User, runners, stats, task
from locust.env import Environment
from locust.event import Events
from locust.exception import StopUser
from locust.rpc import Message
from locust.runners import MasterRunner, Runner, WorkerRunner

from scim_tests.errors import ScimTestsError, TargetError, UsageError
from scim_tests.load.work import Work
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import Moment, StepStats
from scim_tests.model.tally import Tally

BEGIN, ANNOUNCED, STOP, HEARD, FAILED, OVER = (
    "scim_begin", "scim_announced", "scim_stop", "scim_heard", "scim_failed", "scim_over",
)  # fmt: skip
EVERY = 0.25  # seconds between looks
REPORT = 1  # seconds between a worker's reports
GONE = 10  # seconds without a word of the coordinator, after which a worker ends
FIRST = 60.0  # seconds for all workers to come
AHEAD = 10.0  # seconds for which names are announced before their time
AT_LEAST = 200  # people who are announced at once
P95 = 0.95
CHARTED = {0.5, P95}

for _name in ("locust", "gevent", "geventhttpclient"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # what it has to say is in our reports
runners.WORKER_REPORT_INTERVAL = REPORT
runners.MASTER_HEARTBEAT_TIMEOUT = GONE
stats.HISTORY_STATS_INTERVAL_SEC = REPORT
stats.PERCENTILES_TO_CHART[:] = sorted(CHARTED)


@dataclass
class Heard:
    """The latest that a worker told."""

    tally: Tally = field(default_factory=Tally)
    over: bool = False


class Coordinator:
    """Leads a load: tells workers what to do and whom they may make, and hears what they have counted.

    `announce(first, end)` writes the names of these people down and gives them; `keep(events)` does so with what
    workers tell of them. `progress(tally, seconds)` is called about once a second.
    """

    def __init__(
        self,
        plan: LoadPlan,
        announce: Callable[[int, int], list[str]],
        keep: Callable[[Sequence[object]], None],
        progress: Callable[[Tally, float], None],
    ) -> None:
        self.plan = plan
        self.workers: dict[str, Heard] = {}
        self.stopped = ""
        self.error: ScimTestsError | None = None
        self._announce = announce
        self._keep = keep
        self._progress = progress
        self._upto = 0
        self._began = 0.0
        self._runner: Runner | None = None

    @property
    def seconds(self) -> float:
        """Since the load began."""
        return time.perf_counter() - self._began if self._began else 0.0

    @property
    def tally(self) -> Tally:
        """What all workers have counted."""
        whole = Tally()
        for each in self.workers.values():
            whole.add(each.tally)
        whole.stopped = whole.stopped or self.stopped
        return whole

    def lead(self, runner: Runner) -> None:
        """Until all is over. TargetError where the target cannot be talked to, UsageError where workers do not come."""
        self._runner = runner
        _listen(runner, {HEARD: self._hear, FAILED: self._fail, OVER: self._end})
        if not self._have_come(runner):
            runner.quit()
            return
        gevent.spawn(stats.stats_history, runner)
        self._began = time.perf_counter()
        runner.send_message(BEGIN, {"plan": self.plan.to_json()})
        runner.start(self.plan.workers, spawn_rate=self.plan.workers)
        told = 0.0
        try:
            while not self._is_over(runner):
                self._announce_ahead(runner)
                if self.seconds >= told + REPORT:
                    told = self.seconds
                    self._progress(self.tally, told)
                gevent.sleep(EVERY)
        finally:
            runner.quit()
        if self.error:
            raise self.error

    def stop(self, why: str) -> None:
        """Have every worker end in order."""
        self.stopped = self.stopped or why
        if self._runner:
            self._runner.send_message(STOP, {"why": why})

    def _have_come(self, runner: Runner) -> bool:
        """Wait for the workers; whether the load goes on then."""
        until = time.perf_counter() + FIRST
        while isinstance(runner, MasterRunner) and len(runner.clients.ready) < self.plan.workers:
            if self.stopped:
                return False
            if time.perf_counter() > until:
                came = len(runner.clients.ready)
                message = f"Only {came} of {self.plan.workers} workers came within {FIRST:.0f} s."
                raise UsageError("no-workers", message, "Start them with `scim-tests load --worker HOST`.")
            gevent.sleep(EVERY)
        return True

    def _announce_ahead(self, runner: Runner) -> None:
        """The names of all who are due soon; all of them, where they are few."""
        people = self.plan.people
        if self._upto >= people:
            return
        due = (
            self._upto if not self.plan.seconds else int((self.seconds + AHEAD) / self.plan.seconds * people)
        )
        end = min(people, max(due, self._upto + AT_LEAST)) if due >= self._upto else self._upto
        if end > self._upto or not self._upto:
            names = self._announce(self._upto, end)
            self._upto = end
            runner.send_message(ANNOUNCED, {"upto": end, "names": names})

    def _is_over(self, runner: Runner) -> bool:
        if isinstance(runner, MasterRunner) and (lost := runner.clients.missing):
            self.stop(f"The load was stopped: {len(lost)} of its workers were lost.")
            done = [each for each in self.workers.values() if each.over]
            return len(done) + len(lost) >= self.plan.workers
        return len(self.workers) == self.plan.workers and all(each.over for each in self.workers.values())

    def _hear(self, msg: Message) -> None:
        """What a worker has counted, and what its ledger tells."""
        self._keep(msg.data["events"])
        tally = self._heard(msg).tally = Tally.from_json(msg.data["tally"])
        if tally.stopped and not self.stopped:
            self.stop(tally.stopped)

    def _end(self, msg: Message) -> None:
        self._heard(msg).over = True

    def _heard(self, msg: Message) -> Heard:
        return self.workers.setdefault(msg.node_id, Heard())

    def _fail(self, msg: Message) -> None:
        self.error = TargetError(msg.data["code"], msg.data["message"], msg.data["hint"])
        self.stop(msg.data["message"])


def _listen(runner: Runner, listeners: Mapping[str, Callable[[Message], None]]) -> None:
    for kind, listener in listeners.items():
        runner.register_message(kind, lambda environment, msg, listener=listener: listener(msg))  # noqa: ARG005


class Member:
    """A worker's side: plays its part in a thread, and tells the coordinator once a second what came of it."""

    def __init__(
        self, runner: Runner, work: Callable[[LoadPlan, int], Work], client: Callable[[Work], Any]
    ) -> None:
        self.runner = runner
        self.work: Work | None = None
        self.error: ScimTestsError | None = None
        self._make = work
        self._client = client
        _listen(runner, {BEGIN: self._begin, ANNOUNCED: self._announced, STOP: self._stop})

    def _begin(self, msg: Message) -> None:
        index = getattr(self.runner, "worker_index", 0)
        try:
            self.work = self._make(LoadPlan.from_json(msg.data["plan"]), index)
        except ScimTestsError as error:  # it may not do what the coordinator asks for
            self.error = error
            self._fail(error)

    def _announced(self, msg: Message) -> None:
        if self.work:
            self.work.announce(msg.data["upto"], msg.data["names"])

    def _stop(self, msg: Message) -> None:
        if self.work:
            self.work.stop(msg.data["why"])

    def play(self, environment: Environment) -> None:
        """The whole part, from the greenlet of its one user."""
        work = self.work
        if work is None:
            return
        thread = Thread(target=lambda: asyncio.run(work.play(self._client(work))), name="load", daemon=True)
        thread.start()
        while thread.is_alive():
            self._tell(environment, work)
            gevent.sleep(EVERY)
        self._tell(environment, work)
        if isinstance(self.runner, WorkerRunner):
            gevent.sleep(2 * REPORT)  # until Locust has told its last numbers
        if work.error:
            self._fail(work.error)
        self.runner.send_message(OVER)

    def _tell(self, environment: Environment, work: Work) -> None:
        """Pass on what there is to tell: every request to Locust, and what was counted to the coordinator."""
        requests, reports = work.counting.requests, work.reports
        while requests:
            each = requests.popleft()
            environment.events.request.fire(  # type: ignore[no-untyped-call]
                request_type=each.method, name=each.step, response_time=each.milliseconds,
                response_length=each.length, exception=each.failure or None, context={},
            )  # fmt: skip
        while reports:
            self.runner.send_message(HEARD, reports.popleft()._asdict())

    def serve(self) -> None:
        """Until the coordinator has no more to do, or is gone. Raises what kept this worker from its part."""
        self.runner.greenlet.join()
        if self.error:
            raise self.error

    def _fail(self, error: ScimTestsError) -> None:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        self.runner.send_message(FAILED, told)


def environment_of(member: Callable[[], Member | None]) -> Environment:
    """Locust's environment, in which the one user of each worker plays the part of its member; a coordinator's has none."""

    class Okta(User):
        """Plays a part of the load."""

        @task
        def play(self) -> None:
            if playing := member():
                playing.play(self.environment)
            raise StopUser

    told = Namespace(
        web_base_path="", stop_timeout=0.0, enable_rebalancing=False
    )  # or a worker would read Locust's own configuration files
    return Environment(user_classes=[Okta], events=Events(), parsed_options=told)  # type: ignore[no-untyped-call]


def coordinating(environment: Environment, host: str, port: int) -> MasterRunner:
    """A coordinator that waits for workers there; `environment` has nobody to play a part."""
    return environment.create_master_runner(host, port)


def working(environment: Environment, host: str, port: int) -> WorkerRunner:
    """One that works for the coordinator there. TargetError where there is none."""
    try:
        return environment.create_worker_runner(host, port)
    except Exception as error:  # noqa: BLE001 -- Locust raises what zmq does, or a ConnectionError
        message = f"There is no coordinator at {host}, port {port}: {error}."
        raise TargetError("unreachable", message, "Start `scim-tests load --master` there first.") from None


def step_stats(environment: Environment) -> list[StepStats]:
    """Each step as Locust counted it."""
    return [
        StepStats(
            entry.name, entry.method, entry.num_requests, entry.num_failures,
            median=_within(entry, 0.5), p95=_within(entry, P95), p99=_within(entry, 0.99),
            longest=float(entry.max_response_time),
        )
        for (_, _), entry in sorted(environment.stats.entries.items())
    ]  # fmt: skip


def _within(entry: stats.StatsEntry, share: float) -> float:
    return float(entry.get_response_time_percentile(share) or 0)


def history(environment: Environment) -> list[Moment]:
    """All steps together, as Locust's history has them."""
    return [
        Moment(
            index * REPORT, each["current_rps"][1], each["current_fail_per_sec"][1],
            each["response_time_percentile_0.5"][1], each[f"response_time_percentile_{P95}"][1],
        )
        for index, each in enumerate(environment.stats.history)
    ]  # fmt: skip
