"""The search in a thread of its own, since Hypothesis waits for nobody: with a loop, a client and a ledger that nobody else uses.

Its people bear the name of a run of its own, so that no clean-up takes them for whom another ledger holds.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scim_tests.explore.features import Features
from scim_tests.explore.playing import Player
from scim_tests.explore.searching import Discovery, Exploration, Explored, Told
from scim_tests.explore.silence import until_silent
from scim_tests.model.profile import Profile
from scim_tests.model.record import RunInfo
from scim_tests.model.scene_result import SceneResult
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger


@dataclass
class Search:
    """What a search needs: `known` is what scenes before it found out, `seconds` how long it may go on, and `people` how many it may make."""

    profile: Profile
    run: RunInfo
    client: Callable[[Ledger], Client]
    ledger: Ledger
    known: Mapping[str, SceneResult]
    features: Features
    steps: int
    seconds: float
    people: int | None
    told: Told
    is_enough: Callable[[Discovery], bool]
    _player: Player | None = None
    _stops: int = 0  # how often it was asked to, before there was a player

    async def explored(self) -> Explored:
        """What was found, also where it is cancelled, which ends it in order; whom it made is removed."""
        searching = asyncio.ensure_future(asyncio.to_thread(self._explore))
        while not searching.done():
            try:
                await asyncio.shield(searching)
            except asyncio.CancelledError:
                self._stop()
                if task := asyncio.current_task():
                    task.uncancel()
        return searching.result()

    def _stop(self) -> None:
        if self._player:
            self._player.stop()
        else:
            self._stops += 1

    def _explore(self) -> Explored:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            client = self.client(self.ledger)
            loop.run_until_complete(client.__aenter__())
            try:
                player = self._player = Player(
                    loop,
                    until_silent(client.send, self.profile.limits.timeout),
                    self.profile,
                    self.run.name,
                    self.run.seed,
                    ledger=self.ledger,
                    known=self.known,
                    parallel=self.run.parallel,
                )
                for _ in range(self._stops):
                    player.stop()
                try:
                    return self._searched(player)
                finally:
                    player.clean_up()
            finally:
                loop.run_until_complete(client.__aexit__(None, None, None))

    def _searched(self, player: Player) -> Explored:
        searching = Exploration(
            player,
            self.features,
            start=self.run.seed,
            steps=self.steps,
            seconds=self.seconds,
            people=self.people,
            is_enough=self.is_enough,
        )
        return searching.explore(self.told)
