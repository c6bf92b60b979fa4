"""What one process of a load does, on one event loop: jobs that begin by the clock, an import beside them, a look at the end."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

from scim_tests.engine.results import OTHER_FORMS
from scim_tests.engine.under_way import UnderWay
from scim_tests.errors import ScimTestsError, TargetError
from scim_tests.load.calm import Calm
from scim_tests.load.counting import Counting
from scim_tests.load.final_look import FinalLooking
from scim_tests.load.jobs import Jobs
from scim_tests.load.judging import Judging
from scim_tests.load.pace import Pace
from scim_tests.load.performer import Ended, Performer, PlayedScene, all_of
from scim_tests.load.walking import Walking
from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import Exchange, Heard
from scim_tests.model.forms import Forms
from scim_tests.model.load_plan import CONNECTIONS, LoadPlan
from scim_tests.model.profile import Profile
from scim_tests.model.tally import Tally
from scim_tests.personas.okta.at_scale import PRESS_THE_BUTTON, WALK_THE_LIST
from scim_tests.record.masking.mask import of_recorded
from scim_tests.wire.client import Client
from scim_tests.wire.ledger_file import Event
from scim_tests.wire.ledger_sharing import Outbox, SharedLedger

BEFORE_THE_WALK = 0.2  # of the assignment: an import that goes on beside it has somebody to show from then on
LATER = 5.0  # seconds at most between an assignment and what is done to the same person next
REPORT = 1.0  # seconds between two reports
SLICES, MOST_SLICES = 60, 600  # parts that are told apart: of the assignment, about, and of all its time
MIB = 1024 * 1024
TOO_LONG = "The load was ended after {:.0f} s, its bounded time."
INTERRUPTED = "The load was interrupted."
IS_IT_THERE = "See that the server runs, and that --target-url is right."
DISTRUSTED = "The load was stopped: {}, so nothing is written to this target any more."


class Report(NamedTuple):
    """What a process has counted so far, as JSON, and what the ledger has to hold of it."""

    tally: str
    events: list[Event]
    met: list[int]  # digests of ids that it saw under strangers' names
    distrusts: bool  # the target showed somebody else where it has to show ours


class Work:
    """One process's part of the plan: the people whose number leaves `worker` over. It `hides` who is not ours. What the ledger has to hold of it goes to who has its file, by `outbox`.

    `announce` and `stop` may be called from any thread; what it has counted so far stands in `tally`.
    """

    def __init__(self, plan: LoadPlan, profile: Profile, worker: int, *, hides: bool) -> None:
        self.plan = plan
        pages = plan.pages(profile.limits.page_size)
        limits = replace(profile.limits, import_pages=pages, longest_wait=math.inf)
        self.profile = replace(profile, limits=limits)
        self.worker = worker
        self.tally = Tally(
            slice_seconds=max(1.0, math.ceil(max(plan.seconds / SLICES, plan.deadline / MOST_SLICES)))
        )
        self.outbox = Outbox()
        self.reports: deque[Report] = deque()  # for the coordinator, once a second
        self.error: ScimTestsError | None = None
        self.ledger = SharedLedger(Path(), plan.run, self.outbox)
        self.judging = judging = Judging(
            self.tally, self.profile, of_recorded(self.ledger.made) if hides else None, self.now
        )
        self.counting = Counting(plan, self.tally, judging, self.now, self._end)
        self._under_way = UnderWay(self._send)
        self.performer = Performer(self._under_way, self._hears)
        self.jobs = Jobs(plan, self.profile, self.performer, self.counting, self.ledger, self.now)
        self._walkings: list[Walking] = []
        self._announced = 0  # everybody below this number has a name in the ledger
        self._news = asyncio.Event()
        rates = [stage.rate / plan.workers for stage in plan.stages] or [0.0]  # this process's share of each
        self._first, self._last = min(rates), rates[-1]
        self._pace = Pace(self._first)  # of what is no job: those begin by the clock
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._told: deque[Callable[[], object]] = deque()  # from other threads
        self._loop: asyncio.AbstractEventLoop | None = None
        self._began = time.perf_counter()
        self._process = psutil.Process()

    def now(self) -> float:
        """Seconds since the load began."""
        return time.perf_counter() - self._began

    def announce(self, upto: int, names: Sequence[str]) -> None:
        """These names are on disk, so that everybody below number `upto` may be made."""
        self._in_the_loop(lambda: self._may_go_on(upto, names))

    def hear_of(self, strangers: Sequence[int]) -> None:
        """Another process saw these ids, by their digests, under strangers' names."""
        self._in_the_loop(partial(self.ledger.hear_of, strangers))

    def stop(self, why: str) -> None:
        """Nothing more leaves."""
        self._in_the_loop(lambda: self._end(why))

    def _in_the_loop(self, what: Callable[[], object]) -> None:
        """Do it where all else is done that changes what is counted, as soon as that has begun."""
        self._told.append(what)
        if self._loop:
            with suppress(RuntimeError):  # it is over by now
                self._loop.call_soon_threadsafe(self._do_as_told)

    def _do_as_told(self) -> None:
        while self._told:
            self._told.popleft()()

    def _may_go_on(self, upto: int, names: Sequence[str]) -> None:
        self.outbox.announce(names)
        self._announced = upto
        self._news.set()

    def _end(self, why: str) -> None:
        self.tally.stopped = self.tally.stopped or why
        self.performer.over.set()
        self._news.set()

    async def play(self, client: Client) -> None:
        """All of it; never raises for what a target does."""
        self._loop = asyncio.get_running_loop()
        self._do_as_told()
        self._client = client
        ending = self._loop.call_later(self.plan.deadline, self._end, TOO_LONG.format(self.plan.deadline))
        reporting = asyncio.ensure_future(self._report_for_ever())
        try:
            async with client:
                await self._hear_out(asyncio.ensure_future(self._play_all()))
        except ScimTestsError as error:
            self.error = error
        except Ended:
            pass
        except Exception as error:  # noqa: BLE001 -- what was seen until then is told
            self._broke(error)
        finally:
            ending.cancel()
            reporting.cancel()
            self.tally.final.expected = len(self.jobs.crowd)
            self.give_back()

    def give_back(self) -> None:
        """Once it is over: names that were not needed, also those that were announced too late."""
        self._do_as_told()
        self.outbox.give_back()
        while self._report().met:
            pass  # a message holds only so many

    async def _hear_out(self, playing: asyncio.Future[None]) -> None:
        """Until all is played, or the load ends: then what is under way has a few seconds, and every job its end."""
        over = asyncio.ensure_future(self.performer.over.wait())
        await asyncio.wait((playing, over), return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        await self._under_way.hear_out()
        await playing

    async def _play_all(self) -> None:
        await self._press_the_button()
        await self._play_calmly()

    async def _play_calmly(self) -> None:
        """What was planned, with some requests before and after it; where several play, others may still go on beside them."""
        calm = Calm(self.jobs, self.performer)
        if self.plan.people and self.plan.workers == 1:
            await calm.before()
        self._began = time.perf_counter()
        await self._play()
        self._pace.rate = self._last
        if self.worker == 0:
            await calm.after()
            await calm.pages()

    def _hears(self, scene: Scene, exchange: Exchange, again: bool) -> None:  # noqa: FBT001 -- the performer's form
        self.jobs.hears(scene, exchange, again)

    async def _send(self, step: Step, sends: Forms) -> Heard:
        if not await self.performer.rests(self._pace.wait(time.perf_counter())):
            raise Ended
        asked = self.now()
        await self._place()
        self.counting.left()
        try:
            heard = await self._client.send(step, sends)
        finally:
            self.counting.came()
            self._places.release()
        self.counting.late(self.now() - asked - heard.seconds)  # it waited for a connection
        if self.ledger.distrusted:
            self._end(DISTRUSTED.format(self.ledger.distrusted))
        return heard

    async def _place(self) -> None:
        """A connection that is free. Ended where the load is over by then: what has waited leaves no more."""
        try:
            await self._places.acquire()
        except asyncio.CancelledError:  # it has waited longer than the end lasts
            raise Ended from None
        if self.performer.over.is_set():
            self._places.release()
            raise Ended

    async def _press_the_button(self) -> None:
        """See that the credentials are taken. TargetError where they are not, or nobody answers."""
        played = await self.performer.play(Scene(PRESS_THE_BUTTON, self.profile))
        if played.result is None:
            self._refused(played)
            raise Ended
        self.jobs.known["test_credentials"] = played.result

    def _refused(self, pressed: PlayedScene) -> None:
        """The load ends before it has begun. TargetError where that says nothing of what the target does as a whole."""
        heard = pressed.exchanges[-1].heard
        if heard.answer is None:
            why = self.judging.hidden(heard.failure)
            raise TargetError("unreachable", f"The target gave no answer: {why} {IS_IT_THERE}")
        if heard.answer.status in {401, 403}:
            message = f"The target refused the credentials: {heard.answer.phrase}. {OTHER_FORMS}"
            raise TargetError("credentials-refused", message)
        self._end(f"The load was stopped, and nobody was assigned: {pressed.why.removesuffix('.')}.")

    async def _play(self) -> None:
        parts: list[Coroutine[None, None, None]] = [self._assign()] if self.plan.people else []
        if self.plan.imported and self.worker == 0 and self.plan.people:
            parts.append(self._walk_beside())
        self.tally.phase = "assigning" if parts else "importing"
        self._pace.rate = 0.0
        await all_of(parts)
        await self._look_at_the_end()

    async def _assign(self) -> None:
        """Begin each job at its time, whatever became of those before."""
        jobs: set[asyncio.Task[None]] = set()
        for at, number in self.plan.arrivals():
            if number % self.plan.workers != self.worker:
                continue
            if not await self.performer.rests(at - self.now()) or not await self._may_make(number):
                self.tally.not_begun = len(range(number, self.plan.people, self.plan.workers))
                break
            self.counting.late(self.now() - at)
            part = self.tally.slice_of(at)
            self.tally.due[part] = self.tally.due.get(part, 0) + self.plan.requests_about(number)
            begun = asyncio.ensure_future(self._job(number))
            jobs.add(begun)
            begun.add_done_callback(jobs.discard)
        while jobs:
            await asyncio.wait(jobs)

    async def _may_make(self, number: int) -> bool:
        while self._announced <= number and not self.performer.over.is_set():
            self._news.clear()
            await self._news.wait()
        return not self.performer.over.is_set()

    async def _job(self, number: int) -> None:
        """All that is done to somebody; what goes wrong in code of ours ends the load, and is told."""
        try:
            await self.jobs.assign(number)
            if (group := self.jobs.filled_by(number)) is not None:
                await self.jobs.fill(group)
            if self.plan.is_changed(number) and number in self.jobs.crowd:
                await self.performer.rests(min(LATER, self.plan.seconds / 10))
                await self.jobs.change(number)
        except Ended:
            self.tally.cut_off += 1
        except Exception as error:  # noqa: BLE001 -- one job must not lose what the others saw
            self._broke(error)

    def _broke(self, error: Exception) -> None:
        said = f"{type(error).__name__}: {error}"
        self.tally.broken.append(said)
        self._end(f"The load was stopped: our code failed: {said}.")

    async def _walk_beside(self) -> None:
        """An import while people are assigned."""
        if await self.performer.rests(BEFORE_THE_WALK * self.plan.seconds):
            await self._walk()

    async def _walk(self, looking: FinalLooking | None = None) -> None:
        """Read the list once, as Okta does: one page after another, as fast as they come."""
        self._pace.rate = 0.0
        before = self._walkings[-1].order if self._walkings else []
        with Walking(self.jobs.crowd, self.now) as walking:
            self.jobs.walking = walking
            self._walkings.append(walking)
            self.tally.walks.append(walking.walk)
            scene = Scene(WALK_THE_LIST, self.profile, known=self.jobs.known)
            try:
                played = await self.performer.play(scene, forgets=True)
                walking.over(
                    whole=played.result is not None and not played.result.not_looked_at, before=before
                )
            except Ended:
                walking.walk.ended = self.tally.stopped
                walking.over(whole=False, before=before)
                raise
            finally:
                self.jobs.walking = None
            if looking:
                looking.read(walking)

    async def _look_at_the_end(self) -> None:
        """What the target shows of all whom this process made, once nothing is written any more."""
        if self.plan.people:
            self.tally.phase = "looking for everybody"
        looking = FinalLooking(self.jobs, self.performer, self.tally.final)
        if self.plan.imported and self.worker == 0:
            await self._walk(looking)
        self._pace.rate = self._last
        await looking.look_up_the_rest()
        self._tell(looking.absent)
        if self._walkings and (self._walkings[-1].walk.not_shown or self._walkings[-1].walk.again):
            await self._walk()  # what is not seen again may have been a write of somebody else
            self._tell(looking.absent)

    def _tell(self, absent: Collection[int]) -> None:
        for each in self._walkings:
            each.tell(absent)

    async def _report_for_ever(self) -> None:
        while True:
            await asyncio.sleep(REPORT)
            self._report()

    def _report(self) -> Report:
        """How much memory is taken, and all that was counted."""
        self.tally.waited, self.tally.waited_in_okta = self.performer.waited, self.performer.waited_in_okta
        taken = self._process.memory_info().rss / MIB
        self.tally.memory[self.tally.slice_of(self.now())] = round(taken, 1)
        self.judging.hide_words_of(self.tally)
        told, met = self.outbox.take(), self.outbox.take_met()
        self.reports.append(report := Report(self.tally.to_json(), told, met, bool(self.ledger.distrusted)))
        return report
