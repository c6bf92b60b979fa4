"""Plays one scene for a load: step by step, waiting where the target throttles, and keeping nothing but that scene."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scim_tests.engine.conduct import THROTTLED
from scim_tests.engine.under_way import UnderWay
from scim_tests.errors import OwnError
from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import CUT_OFF, Answer, Exchange, Heard, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.patience import in_okta, patience

T = TypeVar("T")
Hears = Callable[[Scene, Exchange, bool], None]  # whether it is to come again, since it was throttled


class Ended(Exception):  # noqa: N818 -- it is no error that a load ends
    """Nothing more leaves."""


@dataclass
class PlayedScene:
    """What became of a scene; without a `result` it was not played to its end."""

    scene: Scene
    exchanges: list[Exchange] = field(default_factory=list)
    result: SceneResult | None = None
    why: str = ""
    refused: bool = False  # by our own guard

    def last(self, *steps: str) -> Exchange | None:
        """The latest exchange of one of these steps, without the act's name."""
        found = (each for each in reversed(self.exchanges) if each.step.partition(".")[2] in steps)
        return next(found, None)


class Performer:
    """Plays scenes of a load over one way to the target, any number at the same time."""

    def __init__(self, under_way: UnderWay, hears: Hears) -> None:
        self._under_way = under_way
        self._hears = hears
        self.over = asyncio.Event()  # nothing more leaves
        self.waited = 0.0  # seconds, for a target that throttles
        self.waited_in_okta = 0.0  # what Okta waits for the same answers

    async def play(self, scene: Scene, *, until: Collection[str] = (), forgets: bool = False) -> PlayedScene:
        """Play it to its end, or to the first step that is called as `until` says; `forgets` what came before.

        Ended where the load does.
        """
        played = PlayedScene(scene)
        performance = scene.act.play(scene)
        try:
            wanted = next(performance)
            while True:
                steps = wanted if isinstance(wanted, tuple) else (wanted,)
                if any(step.name in until for step in steps):
                    break
                said = await self._hear(played, steps)
                wanted = performance.throw(said) if isinstance(said, NotObserved) else performance.send(said)
                if forgets:
                    played.exchanges.clear()
        except StopIteration as end:
            played.result = end.value
        except NotObserved as unseen:
            played.why = str(unseen)
        finally:
            performance.close()
        return played

    async def _hear(self, played: PlayedScene, steps: tuple[Step, ...]) -> Exchange | NotObserved:
        try:
            heard = await all_of(self._ask(played, step) for step in steps)
        except OwnError as refused:
            played.refused = True
            return NotObserved("", refused.message.removesuffix("."))
        heard[-1].at_once = tuple(heard)
        return heard[-1]

    async def _ask(self, played: PlayedScene, step: Step) -> Exchange:
        """A step's answer; one that asked to come again is heard of by itself."""
        scene = played.scene
        first: Answer | None = None  # that throttled
        waited: tuple[float, ...] = ()
        while not self.over.is_set():
            heard = await self._under_way.answer_to(step, scene.act.sends)
            answer = heard.answer
            wait = patience(scene.profile, answer, waited) if answer else None
            if answer is None or wait is None:
                exchange = self._note(played, step, heard)
                if heard.failure == CUT_OFF:
                    break
                return exchange
            self._note(played, replace(step, name=THROTTLED), heard, again=True)
            first = first or answer
            await self._wait(wait, in_okta(first, len(waited)))
            waited = (*waited, wait)
        raise Ended

    async def _wait(self, seconds: float, in_okta: float) -> None:
        began = time.monotonic()
        await self.rests(seconds)
        self.waited += time.monotonic() - began
        self.waited_in_okta += in_okta

    async def rests(self, seconds: float) -> bool:
        """Wait so long, or until the load is over; whether it still goes on then."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self.over.wait(), seconds)
            except TimeoutError:
                return True
        return not self.over.is_set()

    def _note(self, played: PlayedScene, step: Step, heard: Heard, *, again: bool = False) -> Exchange:
        scene = played.scene
        name = f"{scene.act.name}.{step.name}"
        exchange = Exchange(name, scene.name, heard, before=tuple(played.exchanges), sample=step.sample)
        played.exchanges.append(exchange)
        self._hears(scene, exchange, again)
        return exchange


async def all_of(parts: Iterable[Awaitable[T]]) -> list[T]:
    """What all of them give, each of which comes to its own end. Raises what one of them does: first what our guard did not."""
    outcomes = await asyncio.gather(*parts, return_exceptions=True)
    errors = [each for each in outcomes if isinstance(each, BaseException)]
    for error in sorted(errors, key=lambda each: isinstance(each, OwnError)):
        raise error
    return [each for each in outcomes if not isinstance(each, BaseException)]
