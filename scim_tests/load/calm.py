"""Requests one after the other, before a load and after it: how long an answer takes where nothing else is asked for.

What takes longer under a load may only have waited its turn; what takes longer afterwards has grown.
"""

from scim_tests.load.jobs import Jobs
from scim_tests.load.performer import Performer
from scim_tests.model.act import Act, Person, Scene
from scim_tests.model.exchange import Exchange
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.tally import Timing, rounded
from scim_tests.personas.okta.at_scale import LOOK_AGAIN, READ_AGAIN

TIMES = 20


class Calm:
    """Times requests of a load that one process plays; where there are several, the others are never calm."""

    def __init__(self, jobs: Jobs, performer: Performer) -> None:
        self._jobs = jobs
        self._performer = performer

    async def before(self) -> None:
        """Look up the first person, who is not there yet."""
        person = self._jobs.cast.person(0)
        for _ in range(TIMES):
            await self._time(
                LOOK_AGAIN, person, SceneResult(name=person.user_name), self._jobs.tally.calm_before
            )

    async def after(self) -> None:
        """Look up somebody who was made, and read them by id, in turn."""
        made = next(iter(self._jobs.crowd), None)
        if made is None:
            return
        person, known = self._jobs.cast.person(made.number), SceneResult(id=made.id, name=made.name)
        for _ in range(TIMES):
            await self._time(LOOK_AGAIN, person, known, self._jobs.tally.calm_after)
            await self._time(READ_AGAIN, person, known, self._jobs.tally.calm_reads)

    async def _time(self, act: Act, person: Person, known: SceneResult, into: Timing) -> None:
        scene = Scene(
            act,
            self._jobs.profile,
            person=person,
            known={**self._jobs.known, f"push_user:{person.key}": known},
        )
        for each in (await self._performer.play(scene)).exchanges:
            if _is_taken(each):
                key = rounded(1000 * each.heard.seconds)
                into[key] = into.get(key, 0) + 1


def _is_taken(exchange: Exchange) -> bool:
    """Whether it is an answer as Okta wants it; a refusal may be quick."""
    return exchange.is_success or (exchange.heard.answer is not None and exchange.status == 404)
