"""A worker's side of a load: plays its part in a thread, and tells the coordinator once a second what came of it."""

import asyncio
from collections.abc import Callable
from threading import Thread

import gevent
from locust.rpc import Message
from locust.runners import Runner

from scim_tests.errors import OwnError, ScimTestsError, TargetError, UsageError, told
from scim_tests.load.hive import (
    ANNOUNCED,
    BEGIN,
    ENOUGH,
    FAILED,
    GONE,
    HEARD,
    OVER,
    STOP,
    STRANGERS,
    is_alone,
    listen,
    tell_the_rest,
)
from scim_tests.load.work import INTERRUPTED, Report, Work
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import Tally
from scim_tests.wire.client import Client
from scim_tests.wire.ledger_sharing import Outbox

EVERY = 0.25  # seconds between looks
PATIENCE = 10.0  # seconds for what is under way to be heard, where the coordinator is gone
ALONE = f"Nothing was heard of the coordinator for {GONE} s, so this worker has ended."


class Member:
    """Who plays a part in this process. `work` makes the part of a plan, or refuses to; `client` is its way to the target."""

    def __init__(
        self, runner: Runner, work: Callable[[LoadPlan, int], Work], client: Callable[[Work], Client]
    ) -> None:
        self.runner = runner
        self.work: Work | None = None
        self.error: ScimTestsError | None = None
        self.interruptions = 0
        self._make = work
        self._client = client
        self._thread: Thread | None = None
        listeners = {
            BEGIN: self._begin, ANNOUNCED: self._announced, STRANGERS: self._hear_of, STOP: self._stop,
            ENOUGH: self._leave,
        }  # fmt: skip
        listen(runner, listeners, self._fail)

    def _begin(self, msg: Message) -> None:
        if not self.work:
            self.work = self._make(plan_in(msg.data["plan"]), msg.data["index"])
            gevent.spawn(self._play, self.work)

    def _announced(self, msg: Message) -> None:
        if not self.work:  # it refused: nobody of these is made
            outbox = Outbox()
            outbox.announce(msg.data["names"])
            outbox.give_back()
            unused = Report(Tally().to_json(), outbox.take(), [], distrusts=False)
            self.runner.send_message(HEARD, unused._asdict())
        else:
            self.work.announce(msg.data["upto"], msg.data["names"])
            if self._thread and not self._thread.is_alive():
                self._finish(self.work)

    def _hear_of(self, msg: Message) -> None:
        if self.work:
            self.work.hear_of(msg.data["met"])

    def _stop(self, msg: Message) -> None:
        if self.work:
            self.work.stop(msg.data["why"])

    def _leave(self, msg: Message) -> None:  # noqa: ARG002 -- the form of a listener
        """It is not needed."""
        hint = "Say --expect-workers with --master for more."
        self.error = UsageError("not-needed", "The coordinator has all the workers that it expects.", hint)
        self.quit()

    def _play(self, work: Work) -> None:
        """The whole part."""
        thread = self._thread = Thread(target=self._work, args=(work,), name="load", daemon=True)
        thread.start()
        while thread.is_alive():
            self._tell(work)
            gevent.sleep(EVERY)
        self._finish(work)
        tell_the_rest(self.runner)
        if work.error:
            self._fail(work.error)
        self.runner.send_message(OVER)

    def _work(self, work: Work) -> None:
        try:
            asyncio.run(work.play(self._client(work)))
        except ScimTestsError as error:
            work.error = error
        except Exception as error:  # noqa: BLE001 -- whatever fails here is ours, and said in one sentence
            work.error = OwnError("broken", told(error))

    def _finish(self, work: Work) -> None:
        work.give_back()
        self._tell(work)

    def _tell(self, work: Work) -> None:
        """Pass on what there is to tell: every request to Locust, and what was counted to the coordinator."""
        requests, reports = work.counting.requests, work.reports
        while requests:
            each = requests.popleft()
            self.runner.environment.events.request.fire(  # type: ignore[no-untyped-call]
                request_type=each.method, name=each.step, response_time=each.milliseconds,
                response_length=each.length, exception=each.failure or None, context={},
            )  # fmt: skip
        while reports:
            self.runner.send_message(HEARD, reports.popleft()._asdict())

    def _fail(self, error: ScimTestsError) -> None:
        """What keeps this worker from its part is told here and to the coordinator."""
        self.error = self.error or error
        kind = type(error).__name__
        self.runner.send_message(
            FAILED, {"kind": kind, "code": error.code, "message": error.message, "hint": error.hint}
        )

    def serve(self) -> None:
        """Until the coordinator has no more to do, or is gone. Raises what kept this worker from its part."""
        self.runner.greenlet.join()
        if self.work and self._thread and self._thread.is_alive():
            self.work.stop(ALONE)
            self._thread.join(PATIENCE)
        if self.error:
            raise self.error
        if self.interruptions:
            raise KeyboardInterrupt
        if is_alone(self.runner):
            raise TargetError("unreachable", ALONE, "Whom it made stands in the ledger of the coordinator.")

    def interrupt(self) -> None:
        """What Ctrl-C does, from a signal handler: the load ends in order, and asked once more, this worker at once."""
        self.interruptions += 1
        if self.work and self.interruptions == 1:
            self.work.stop(INTERRUPTED)
        else:
            gevent.spawn(self.quit)

    def quit(self) -> None:
        """Leave the coordinator."""
        self.runner.environment.events.quitting.fire(environment=self.runner.environment)  # type: ignore[no-untyped-call]
        self.runner.quit()


def plan_in(text: str) -> LoadPlan:
    """The plan that a coordinator told. UsageError where it is none that a command makes."""
    try:
        return LoadPlan.from_json(text)
    except (TypeError, ValueError) as error:
        hint = "See that coordinator and workers have the same version of scim-tests."
        raise UsageError(
            "bad-plan", f"What the coordinator told is no plan of a load: {error}.", hint
        ) from None
