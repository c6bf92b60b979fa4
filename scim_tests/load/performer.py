"""Plays one scene for a load: step by step, waiting where the target throttles, and keeping nothing but that scene."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

from scim_tests.engine.conduct import THROTTLED, Patience
from scim_tests.engine.under_way import UnderWay
from scim_tests.errors import OwnError
from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import CUT_OFF, Exchange, Heard, NotObserved
from scim_tests.model.scene_result import SceneResult

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

    def __init__(self, under_way: UnderWay, patience: Patience, hears: Hears) -> None:
        self._under_way = under_way
        self._patience = patience
        self._hears = hears
        self.over = asyncio.Event()  # nothing more leaves
        self.waited = 0.0  # seconds, for a target that throttles

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
        asked = [asyncio.ensure_future(self._ask(played, step)) for step in steps]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        heard = []
        for each in outcomes:
            if isinstance(each, OwnError):
                played.refused = True
                return NotObserved("", each.message.removesuffix("."))
            if isinstance(each, BaseException):
                raise each
            heard.append(each)
        heard[-1].at_once = tuple(heard)
        return heard[-1]

    async def _ask(self, played: PlayedScene, step: Step) -> Exchange:
        """A step's answer; one that asked to come again is heard of by itself."""
        waited: tuple[float, ...] = ()
        while True:
            if self.over.is_set():
                raise Ended
            scene = played.scene
            heard = await self._under_way.answer_to(step, scene.act.sends)
            if heard.failure == CUT_OFF:  # by our own end: it says nothing of the target
                raise Ended
            wait = self._patience(scene.profile, heard.answer, waited) if heard.answer else None
            if wait is None:
                return self._note(played, step, heard)
            self._note(played, replace(step, name=THROTTLED), heard, again=True)
            waited = (*waited, wait)
            self.waited += wait
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), wait)

    def _note(self, played: PlayedScene, step: Step, heard: Heard, *, again: bool = False) -> Exchange:
        scene = played.scene
        name = f"{scene.act.name}.{step.name}"
        exchange = Exchange(name, scene.name, heard, before=tuple(played.exchanges), sample=step.sample)
        played.exchanges.append(exchange)
        self._hears(scene, exchange, again)
        return exchange
