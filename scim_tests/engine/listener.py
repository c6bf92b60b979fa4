"""Who hears how a run goes while it goes. Listeners cannot change or stop it."""

from typing import Protocol

from scim_tests.model.act import Scene
from scim_tests.model.exchange import Exchange


class Listener(Protocol):
    """Told of every scene's beginning and end and of every exchange, in the order they happen."""

    def play_began(self, scenes: int) -> None:
        """So many scenes are to come, those that will not be asked included."""

    def scene_began(self, scene: Scene) -> None:
        """The scene's turn has come; it may yet turn out to be blocked or not asked."""

    def heard(self, exchange: Exchange, failed: int) -> None:
        """`failed` counts the judgements on this exchange that went wrong."""

    def scene_ended(self, scene: Scene, state: str) -> None:
        """`state` is one of `run_state.State`."""

    def interrupted(self, times: int) -> None:
        """Somebody wants the run to end; the first time the clean-up still follows."""


class Silence:
    """A listener for runs that nobody watches."""

    def play_began(self, scenes: int) -> None:
        """Nobody hears it."""

    def scene_began(self, scene: Scene) -> None:
        """Nobody hears it."""

    def heard(self, exchange: Exchange, failed: int) -> None:
        """Nobody hears it."""

    def scene_ended(self, scene: Scene, state: str) -> None:
        """Nobody hears it."""

    def interrupted(self, times: int) -> None:
        """Nobody hears it."""
