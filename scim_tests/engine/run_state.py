"""How a play went: its scenes, and what became of each. Live, or read back from a run's journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from scim_tests.engine.judge import Judgement
from scim_tests.model.act import Scene
from scim_tests.model.exchange import Exchange
from scim_tests.model.scene_result import NOTHING, SceneResult
from scim_tests.model.transcript import Transcript


class State(StrEnum):
    """How a scene ended."""

    PLAYED = "played"
    CUT_SHORT = "cut short"  # the target's answer left it nothing to go on with
    BLOCKED = "blocked"  # a scene it needs was not played to its end
    NOT_ASKED = "not asked"  # the profile leaves it out


@dataclass
class SceneRun:
    """A scene and what became of it; `blame` is the step that cut it short or blocked it."""

    scene: Scene
    state: State = State.BLOCKED
    why: str = "the run ended before it"
    blame: str = ""
    result: SceneResult = NOTHING
    exchanges: list[Exchange] = field(default_factory=list)


class RunState:
    """The scenes of a run in the order of the play."""

    def __init__(self) -> None:
        self.scene_runs: list[SceneRun] = []
        self.interrupted = False
        self.unfinished = ""  # a sentence that says how the target kept the play from its end
        self.not_held = 0  # failures that an exploration found, and that did not show once more at the end
        self.broken: list[str] = []  # what failed in acts of ours; says nothing about the target

    @cached_property
    def transcript(self) -> Transcript:
        """All exchanges in the order of the play, numbered from 1; to be asked for once the play is over."""
        self.number()
        return Transcript(tuple(exchange for played in self.scene_runs for exchange in played.exchanges))

    def number(self) -> None:
        """Give each exchange its number, which findings and causes go by."""
        exchanges = (exchange for played in self.scene_runs for exchange in played.exchanges)
        for number, exchange in enumerate(exchanges, 1):
            exchange.number = number


class RunSink(Protocol):
    """Who keeps a play while it goes, so that nothing is lost with the process."""

    def began(self, scenes: list[SceneRun]) -> None:
        """These scenes are to come, in this order."""

    def waits(self, step: str, seconds: float) -> None:
        """The target asked for this step to come again later, and so long it is waited."""

    def judged(self, exchange: Exchange, judgements: Mapping[str, Judgement]) -> None:
        """What the checks, by their ids, say of an exchange that is still whole."""

    def kept(self, exchange: Exchange) -> None:
        """The exchange as it stays, a bulky page without what nobody needs again."""

    def over(self, played: SceneRun, judgements: Mapping[str, Judgement]) -> None:
        """A scene is over, and this is what the checks of whole scenes, by their ids, say of it so far."""
