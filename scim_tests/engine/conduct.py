"""Plays scenes: those that do not need each other at the same time, each step by step.

Whatever order the requests leave in, the transcript stands in the order of the play.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any

from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.listener import Listener
from scim_tests.engine.run_state import RunSink, RunState, SceneRun, State
from scim_tests.engine.under_way import Send, UnderWay
from scim_tests.errors import OwnError, WriteError
from scim_tests.model.act import Independent, Performance, Scene, Step
from scim_tests.model.exchange import Answer, Exchange, Heard, NotObserved, Request
from scim_tests.model.forms import Forms
from scim_tests.model.names import is_made_here
from scim_tests.model.profile import Profile
from scim_tests.model.scim import as_id, get, name_of
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict

Wanted = Step | tuple[Step, ...]
# Seconds Okta waits before it sends a step again, or None where it goes on with the answer it has.
# Given the profile, the answer, and the seconds it waited before each earlier attempt.
Patience = Callable[[Profile, Answer, tuple[float, ...]], float | None]
# Whether what the checks, by their ids, say of an exchange or a scene is enough to stop the play.
Stops = Callable[[Mapping[str, Judgement]], bool]


def never(_: Profile, __: Answer, ___: tuple[float, ...]) -> None:
    """No patience: every answer is gone on with."""


ROOM = 64 * 1024 * 1024  # bytes of memory that answers may take; those of an honest target take a tenth of it
BULKY = 64 * 1024  # bytes of a page that is condensed although few were asked for
PEOPLE = 200  # how many of an answer are judged one by one, unless the step says; Okta asks for 100
SILENT = 12  # requests in a row without an answer in time, after which nobody is there any more
WAITED = 0.9  # of the time for an answer: a part of it may have gone by until the request could leave
LARGE = 1024 * 1024  # bytes of a body that is not kept
SMALL = 1024  # bytes of a body that is kept although the room is full
OVERLAP = 4  # connections at least, or what an act wants to overlap would go one after the other
STOPPED = "the play was stopped at the first failure (-x)"
THROTTLED = "throttled"  # the step name of an answer that asked Okta to come again later


class Conductor(RunState):
    """One run: `send` is the wire, `judge` hears every exchange, `listener` is told of both, `sink` keeps them.

    At most `parallel` scenes are under way at once, and as many requests but for those that an act wants to overlap.
    `patience` says how long a throttled step waits.
    """

    def __init__(  # noqa: PLR0913 -- who takes part in a run
        self,
        send: Send,
        judge: Judge,
        listener: Listener,
        *,
        parallel: int,
        patience: Patience = never,
        sink: RunSink | None = None,
    ) -> None:
        super().__init__()
        self._send = send
        self._patience = patience
        self._judge = judge
        self._listener = listener
        self._sink = sink
        self._places = asyncio.Semaphore(parallel)
        self._turns = asyncio.Semaphore(parallel)  # of requests
        self._gone: tuple[str, str] | None = None  # which step found the target gone, and how
        self._silent = 0  # requests in a row that were not answered in time
        self._room = ROOM
        self._ending = asyncio.Event()  # nothing more of this play is sent
        self._under_way = UnderWay(send)
        self._stops: Stops | None = None
        self.stopped = False  # at the first failure; no step leaves any more

    async def play(self, scenes: Sequence[Scene], stops: Stops | None = None) -> None:
        """Play them all; what became of each stands in `scene_runs`. May be called again for a clean-up.

        Once `stops` says so of an exchange or of a scene that is over, no further step leaves, and `stopped` is set.
        Cancelled (Ctrl-C), it ends early and in order, `interrupted` being set. A WriteError ends it, too, and is raised.
        """
        self._ending = asyncio.Event()
        self._stops = stops
        new = [SceneRun(scene) for scene in scenes]
        self.scene_runs += new
        self._listener.play_began(len(new))
        if self._sink:
            self._sink.began(new)
        over = {each.scene.name: asyncio.Event() for each in new}
        tasks = [asyncio.ensure_future(self._take_turn(each, over)) for each in new]
        whole = asyncio.gather(*tasks)
        try:
            await asyncio.shield(whole)  # what ends it is `_stop`
        except asyncio.CancelledError:
            await self._stop(whole, *tasks)
        except BaseException:
            await self._stop(whole, *tasks)
            raise

    @property
    def is_gone(self) -> bool:
        """Whether the target was found gone: no scene is played any more."""
        return self._gone is not None

    def found_gone(self, why: str) -> None:
        """Somebody else found it gone: no scene is played until it answers what is asked again."""
        self._gone = self._gone or ("", why)

    async def ask_again(self, step: Step, sends: Forms, seconds: float) -> None:
        """Send this to a target that was gone; where it answers, what follows is played. It is kept nowhere."""
        with suppress(TimeoutError, OwnError):
            async with asyncio.timeout(seconds):
                answer = (await self._send(step, sends)).answer
                if answer and answer.status != 429:
                    self._gone, self._silent = None, 0

    async def _stop(self, *tasks: asyncio.Future[Any]) -> None:
        """Hear what has left, or the target would do what no exchange tells; cancelled again, wait no longer."""
        self.interrupted = True
        self._ending.set()
        await self._under_way.hear_out()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        current = asyncio.current_task()
        if current is not None:
            current.uncancel()
        for error in ended:
            if isinstance(error, WriteError):  # of what was heard last
                raise error

    async def _take_turn(self, played: SceneRun, over: dict[str, asyncio.Event]) -> None:
        scene = played.scene
        try:
            instead = scene.instead.needs if scene.instead else ()
            for name in (*scene.needs, *scene.after, *instead):
                if name in over:
                    await over[name].wait()
            async with self._places:
                if not self._ending.is_set():
                    await self._have_turn(played)
        except WriteError:
            self._ending.set()
            raise
        finally:
            over[scene.name].set()

    async def _have_turn(self, played: SceneRun) -> None:
        self._listener.scene_began(played.scene)
        await self._decide(played)
        whole = Transcript(tuple(played.exchanges))
        judgements = self._judge.scene(played.scene.name, whole) if whole.exchanges else {}
        self._stop_at(judgements)
        if self._sink:
            self._sink.over(played, judgements)
        self._listener.scene_ended(played.scene, played.state)

    async def _decide(self, played: SceneRun) -> None:
        scene = played.scene
        if reason := scene.act.why_not(scene.profile):
            played.state, played.why = State.NOT_ASKED, reason
        elif self._is_over:
            played.state, played.why = State.NOT_ASKED, STOPPED
        elif self._gone:
            played.blame, played.why = self._gone
        elif not self._blocked(played, scene.needs):
            await self._perform(played, scene)
        elif scene.instead and not self._blocked(SceneRun(scene.instead), scene.instead.needs):
            why = played.why
            await self._perform(played, scene.instead)
            played.why = "; ".join(filter(None, (f"played with another person, since {why}", played.why)))

    @property
    def _is_over(self) -> bool:
        """Whether nothing is sent any more because of what was heard; a clean-up is never stopped."""
        return self.stopped and self._stops is not None

    def _stop_at(self, judged: Mapping[str, Judgement]) -> None:
        if self._stops and not self.stopped:
            self.stopped = self._stops(judged)

    def _blocked(self, played: SceneRun, needs: Sequence[str]) -> bool:
        """Whether a scene it needs was not played to its end; then says which and why."""
        by_name = {each.scene.name: each for each in self.scene_runs}
        for name in needs:
            needed = by_name.get(name)
            if needed is None or needed.state is State.NOT_ASKED:
                why = needed.why if needed else "nobody is pushed for it under this profile"
                played.state, played.why = State.NOT_ASKED, why
                return True
            if needed.state is not State.PLAYED:
                played.why, played.blame = needed.why, needed.blame
                if needed.state is State.CUT_SHORT and not needed.blame:  # through no fault of the target's
                    played.state = State.NOT_ASKED
                return True
        return False

    async def _perform(self, played: SceneRun, scene: Scene) -> None:
        known = {each.scene.name: each.result for each in self.scene_runs if each.state is State.PLAYED}
        scene = replace(scene, known={**known, **scene.known})
        performance = scene.act.play(scene)
        played.state = State.CUT_SHORT
        try:
            wanted = next(performance)
            while True:
                before = len(played.exchanges)
                said = await self._hear(scene, played, wanted)
                wanted = self._go_on(performance, scene, wanted, said, played.exchanges[before:])
        except StopIteration as end:
            played.state, played.why, played.blame = State.PLAYED, end.value.remark, ""
            played.result = end.value
        except NotObserved as unseen:
            played.why, played.blame = str(unseen), unseen.step
            if not played.exchanges and not unseen.step:  # it never began
                played.state = State.NOT_ASKED
        except WriteError:  # nothing may be sent that is not written down
            raise
        except Exception as error:  # noqa: BLE001 -- an act of ours that fails must not lose what was seen
            played.why = f"our act failed: {type(error).__name__}: {error}"
            self.broken.append(f"{scene.name}: {played.why}")
        finally:
            performance.close()

    def _go_on(
        self,
        performance: Performance,
        scene: Scene,
        asked: Wanted,
        said: Exchange | NotObserved,
        heard: Sequence[Exchange],
    ) -> Wanted:
        """What the act wants next, having read what came of this; of a bulky page little stays."""
        try:
            return performance.throw(said) if isinstance(said, NotObserved) else performance.send(said)
        finally:
            bulky = {f"{scene.act.name}.{step.name}" for step in _steps(asked) if step.bulky}
            for each in heard:
                self._condense(each, scene, bulky=each.step in bulky)
                if self._sink:
                    self._sink.kept(each)

    async def _hear(self, scene: Scene, played: SceneRun, wanted: Wanted) -> Exchange | NotObserved:
        """Send a step, or several at once: the exchange of the last, and with it those of all.

        NotObserved for one that may not leave, except beside independent ones that may.
        """
        if self._is_over:
            raise NotObserved("", STOPPED)
        steps = _steps(wanted)
        played.blame = f"{scene.act.name}.{steps[-1].name}"
        played.why = f"{played.blame}: interrupted"
        if self._ending.is_set():
            raise asyncio.CancelledError
        overlap = len(steps) > 1 and not isinstance(wanted, Independent)
        turns = nullcontext() if overlap else self._turns
        asking = (self._ask(scene, step, turns) for step in steps)
        outcomes = await asyncio.gather(*asking, return_exceptions=True)  # lest one comes after a clean-up
        refused = [each for each in outcomes if isinstance(each, BaseException)]
        for error in refused:
            if not isinstance(error, OwnError):
                raise error
        heard = tuple(
            self._take(scene, played, step, each) for step, each in zip(steps, outcomes, strict=True)
        )
        if refused and (overlap or len(refused) == len(steps)):
            return NotObserved(played.blame, str(refused[0]).removesuffix("."))
        heard[-1].at_once = heard
        return heard[-1]

    async def _ask(
        self, scene: Scene, step: Step, turns: AbstractAsyncContextManager[None]
    ) -> list[tuple[str, Heard]]:
        """A step's answer, after those that asked Okta to come again later; each with its step's name."""
        attempts: list[tuple[str, Heard]] = []
        waited: tuple[float, ...] = ()
        while True:
            async with turns:
                heard = await self._answer_to(step, scene.act.sends)
            wait = self._patience(scene.profile, heard.answer, waited) if heard.answer else None
            if wait is None:
                return [*attempts, (step.name, heard)]
            attempts.append((THROTTLED, heard))
            waited = (*waited, wait)
            if self._sink:
                self._sink.waits(f"{scene.act.name}.{step.name}", wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)

    async def _answer_to(self, step: Step, sends: Forms) -> Heard:
        """What came of it. OwnError once the play ends: nothing more leaves."""
        if self._ending.is_set():
            raise OwnError("interrupted", f"{step.name} was not sent: the play was interrupted.")
        return await self._under_way.answer_to(step, sends)

    def _take(
        self, scene: Scene, played: SceneRun, step: Step, outcome: list[tuple[str, Heard]] | BaseException
    ) -> Exchange:
        """The exchange of a step; of one that was refused none is noted."""
        if isinstance(outcome, BaseException):
            heard = Heard(Request(step.method, step.path), None, str(outcome).removesuffix("."))
            return Exchange(f"{scene.act.name}.{step.name}", played.scene.name, heard)
        for name, each in outcome:
            self._note(scene, played, replace(step, name=name), each)
        return played.exchanges[-1]

    def _note(self, scene: Scene, played: SceneRun, step: Step, heard: Heard) -> None:
        name = f"{scene.act.name}.{step.name}"
        sample = PEOPLE if step.sample is None else step.sample
        exchange = Exchange(name, played.scene.name, heard, before=tuple(played.exchanges), sample=sample)
        played.exchanges.append(exchange)
        judgements = self._judge.hear(exchange)
        if self._sink:
            self._sink.judged(exchange, judgements)
        self._stop_at(judgements)
        wrong = sum(each.verdict in {Verdict.FAIL, Verdict.BROKEN} for each in judgements.values())
        self._listener.heard(exchange, wrong)
        too_late = heard.answer is None and heard.seconds >= scene.profile.limits.timeout * WAITED
        self._silent = self._silent + 1 if too_late else 0
        if heard.unreachable or self._silent >= SILENT:
            self._gone = self._gone or (name, f"{name}: {heard.failure}")

    def _condense(self, exchange: Exchange, scene: Scene, *, bulky: bool) -> None:
        """Once judged and read, of a bulky page only the run's own people are kept, and of what fills the memory nothing."""
        answer = exchange.heard.answer
        if answer is None:
            return
        if bulky or (len(answer.body) > BULKY and _is_of_people(exchange)):
            ours = [each for result in scene.known.values() for each in result.all_ids]
            with suppress(NotObserved):  # no page, nothing to condense
                named = (each for each in exchange.resources if is_made_here(name_of(each)))
                exchange.condense([*ours, *(as_id(get(each, "id")) for each in named)])
        size, weight = len(exchange.answer.body), exchange.answer.weight
        if size > LARGE or (size > SMALL and weight > self._room):
            exchange.forget()
        else:
            self._room -= weight


def _is_of_people(exchange: Exchange) -> bool:
    return exchange.request.endpoint in {"/Users", "/Groups"}


def _steps(wanted: Wanted) -> tuple[Step, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)
