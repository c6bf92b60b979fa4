"""Leads a load: tells workers what to do and whom they may make, hears what they have counted, and ends it in order."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from locust.rpc import Message
from locust.runners import STATE_MISSING, MasterRunner, Runner

from scim_tests.errors import OwnError, ScimTestsError, TargetError, UsageError, told
from scim_tests.load import hive
from scim_tests.load.hive import (
    ANNOUNCED,
    BEGIN,
    ENOUGH,
    FAILED,
    GONE,
    HEARD,
    OVER,
    REPORT,
    STOP,
    STRANGERS,
    counted,
    listen,
)
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import Tally
from scim_tests.record.file import refuse_what_nobody_counts
from scim_tests.report.text import one_line

ALONE = "local"  # the name of the only process, which coordinates and works
EVERY = 0.25  # seconds between looks
AHEAD = 10.0  # seconds for which names are announced before their time
AT_LEAST = 200  # people who are announced at once
ENDING = 30.0  # seconds for workers to end in order
LOST = f"The load was stopped: nothing was heard for {GONE} s of {{}} of its {{}} workers."


@dataclass
class Heard:
    """The latest that a worker told."""

    index: int = 0  # it makes the people whose number leaves this over
    tally: Tally = field(default_factory=Tally)
    over: bool = False


class Coordinator:
    """Whatever goes wrong ends the load in order, and stands in `error`.

    `announce(first, end)` writes the names of these people down and gives each worker's; `keep(worker, told)` does so
    with what a worker tells of them, and gives the strangers that the others have to hear of. `progress(tally, seconds)`
    is called about once a second.
    """

    def __init__(
        self,
        plan: LoadPlan,
        announce: Callable[[int, int], list[list[str]]],
        keep: Callable[[int, Mapping[str, Any]], list[int]],
        progress: Callable[[Tally, float], None],
    ) -> None:
        self.plan = plan
        self.workers: dict[str, Heard] = {}
        self.stopped = ""
        self.error: ScimTestsError | None = None
        self.seconds = 0.0  # since the load began
        self._announce = announce
        self._keep = keep
        self._progress = progress
        self._upto = 0
        self._told = 0.0

    @property
    def tally(self) -> Tally:
        """What all workers have counted."""
        whole = Tally()
        for each in self.workers.values():
            whole.add(each.tally)
        whole.stopped = self.stopped or whole.stopped
        return whole

    def stop(self, why: str) -> None:
        """Have every worker end in order; from a signal handler, too."""
        self.stopped = self.stopped or why

    def lead(self, runner: Runner, ended: Callable[[], str]) -> None:
        """Until all is over; `ended` tells why one who was to work cannot come; empty where all can."""
        self._runner = runner
        listen(runner, {HEARD: self._hear, FAILED: self._fail, OVER: self._end}, self._went_wrong)
        with counted(runner):
            try:
                self._await_workers(runner, ended)
                if not self.stopped:
                    self._play(runner)
            except ScimTestsError as error:
                self._went_wrong(error)
            except Exception as error:  # noqa: BLE001 -- whom it made is removed, and what was heard is told
                self._went_wrong(OwnError("broken", told(error)))

    def _await_workers(self, runner: Runner, ended: Callable[[], str]) -> None:
        """UsageError where they do not come. Whoever comes too many is sent away."""
        if not isinstance(runner, MasterRunner):
            self.workers[ALONE] = Heard()
            return
        until = time.perf_counter() + hive.FIRST
        while (came := len(runner.clients.ready)) < self.plan.workers and not self.stopped:
            if why := ended():
                raise UsageError("no-workers", f"A worker ended before the load began: {why}")
            if time.perf_counter() > until:
                message = f"Only {came} of {self.plan.workers} workers came within {hive.FIRST:g} s."
                hint = "Start as many as --expect-workers says with `scim-tests load --worker HOST[:PORT]`."
                raise UsageError("no-workers", message, hint)
            gevent.sleep(EVERY)
        ids = [each.id for each in runner.clients.ready]
        self.workers = {each: Heard(index) for index, each in enumerate(ids[: self.plan.workers])}
        for each in ids[self.plan.workers :]:
            runner.send_message(ENOUGH, client_id=each)

        def came_too_late(client_id: str) -> None:
            if client_id not in self.workers:  # one that came early may say so several times
                gevent.spawn(runner.send_message, ENOUGH, client_id=client_id)

        runner.environment.events.worker_connect.add_listener(came_too_late)  # type: ignore[no-untyped-call]

    def _play(self, runner: Runner) -> None:
        began = time.perf_counter()
        for name, each in self.workers.items():
            runner.send_message(BEGIN, {"plan": self.plan.to_json(), "index": each.index}, client_id=name)
        until = math.inf
        while not self._is_over(runner) and self.seconds < until:
            self.seconds = time.perf_counter() - began
            try:
                self._tend(runner)
            except ScimTestsError as error:
                self._went_wrong(error)
            except Exception as error:  # noqa: BLE001 -- workers are told to stop all the same
                self._went_wrong(OwnError("broken", told(error)))
            if self.stopped and until == math.inf:
                until = self.seconds + ENDING
                runner.send_message(STOP, {"why": self.stopped})
            gevent.sleep(EVERY)

    def _tend(self, runner: Runner) -> None:
        """Announce who is due soon, and tell how it goes."""
        if not self.stopped:
            self._announce_ahead(runner)
        if self.seconds >= self._told + REPORT:
            self._told = self.seconds
            self._progress(self.tally, self.seconds)

    def _announce_ahead(self, runner: Runner) -> None:
        """The names of all who are due soon; all of them, where they are few."""
        plan = self.plan
        due = plan.due(self.seconds + AHEAD)
        if self._upto < plan.people and self._upto <= due:
            end = min(plan.people, max(due, self._upto + AT_LEAST))
            for worker, names in zip(self.workers, self._announce(self._upto, end), strict=True):
                runner.send_message(ANNOUNCED, {"upto": end, "names": names}, client_id=worker)
            self._upto = end

    def _is_over(self, runner: Runner) -> bool:
        going_on = {name for name, each in self.workers.items() if not each.over}
        lost = {each for each in going_on if not _is_there(runner, each)}
        if lost:
            self.stop(LOST.format(len(lost), len(self.workers)))
        return going_on == lost

    def _hear(self, msg: Message) -> None:
        """What a worker has counted, and what its ledger tells."""
        if worker := self.workers.get(msg.node_id):
            try:
                strangers = self._keep(worker.index, msg.data)  # whom it made counts, whatever else it says
            finally:
                worker.tally = self._read(msg.data["tally"])
            if worker.tally.stopped:
                self.stop(one_line(worker.tally.stopped))
            if strangers and len(self.workers) > 1:
                self._runner.send_message(STRANGERS, {"met": strangers})

    def _read(self, text: str) -> Tally:
        """OwnError where that is nothing that a worker counts; what it told before stays."""
        try:
            tally = Tally.from_json(text)
            refuse_what_nobody_counts(self.plan, tally)
        except (ValueError, TypeError, RecursionError) as error:
            message = f"A worker told what no load counts: {one_line(str(error)):.200}."
            hint = "See that all workers have the same version of scim-tests."
            raise OwnError("bad-tally", message, hint) from error
        return tally

    def _end(self, msg: Message) -> None:
        if worker := self.workers.get(msg.node_id):
            worker.over = True

    def _fail(self, msg: Message) -> None:
        """A worker may not do its part, or the target lets it do nothing."""
        if worker := self.workers.get(msg.node_id):
            worker.over = True
            code, message, hint = (one_line(str(msg.data[each])) for each in ("code", "message", "hint"))
            kind = TargetError if msg.data["kind"] == TargetError.__name__ else OwnError
            self._went_wrong(
                kind(code, message if msg.node_id == ALONE else f"A worker says: {message}", hint)
            )

    def _went_wrong(self, error: ScimTestsError) -> None:
        self.error = self.error or error
        self.stop(error.message)


def _is_there(runner: Runner, worker: str) -> bool:
    """Whether it has had a word lately."""
    if not isinstance(runner, MasterRunner):
        return True
    return worker in runner.clients and runner.clients[worker].state != STATE_MISSING
