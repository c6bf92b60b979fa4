"""Requests one after the other, before a load and after it: how long an answer takes where nothing else is asked for.

What takes longer under a load may only have waited its turn; what takes longer afterwards has grown. What is
compared is asked for in turn, so that a machine which is busy for a while slows down both.
"""

import time
from collections.abc import Iterator
from itertools import takewhile

from scim_tests.load.jobs import Jobs
from scim_tests.load.performer import Performer
from scim_tests.model.act import Act, Person, Scene
from scim_tests.model.exchange import Exchange
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.tally import Timing, Walk, rounded
from scim_tests.personas.okta.at_scale import LOOK_AGAIN, READ_AGAIN, page_at

TIMES = 20
LONGEST = 60.0  # seconds that such requests take at most


class Calm:
    """Times requests of a load that one process plays."""

    def __init__(self, jobs: Jobs, performer: Performer) -> None:
        self._jobs = jobs
        self._performer = performer

    async def before(self) -> None:
        """Look up the first person, who is not there yet."""
        person = self._jobs.cast.person(0)
        known = {f"push_user:{person.key}": SceneResult(name=person.user_name)}
        await self._in_turn((LOOK_AGAIN, person, known, self._jobs.tally.calm_before))

    async def after(self) -> None:
        """Look up somebody who was made, and read them by id, in turn."""
        tally, made = self._jobs.tally, next(iter(self._jobs.crowd), None)
        if made is None:
            return
        person = self._jobs.cast.person(made.number)
        known = {f"push_user:{person.key}": SceneResult(id=made.id, name=made.name)}
        await self._in_turn(
            (LOOK_AGAIN, person, known, tally.calm_after), (READ_AGAIN, person, known, tally.calm_reads)
        )

    async def pages(self) -> None:
        """Ask for the first page of the list that was imported, and for the last full one, in turn."""
        tally = self._jobs.tally
        last = max(map(last_full_page, tally.walks), default=0)
        if last <= 1:
            return
        for _ in _times():
            first = await self._time(page_at(1), None, {}, tally.calm_first_pages)
            second = await self._time(page_at(last), None, {}, tally.calm_last_pages)
            totals = [each.page.total for each in (first, second) if each]
            if len(totals) == 2 and all(isinstance(each, int) for each in totals):
                tally.calm_totals.append(totals)

    async def _in_turn(self, *asked: tuple[Act, Person, dict[str, SceneResult], Timing]) -> None:
        for _ in _times():
            for each in asked:
                await self._time(*each)

    async def _time(
        self, act: Act, person: Person | None, known: dict[str, SceneResult], into: Timing
    ) -> Exchange | None:
        """Play one request; gives it where its answer is one that Okta wants."""
        scene = Scene(act, self._jobs.profile, person=person, known={**self._jobs.known, **known})
        played = (await self._performer.play(scene)).exchanges
        if not played or not _is_taken(played[-1]):
            return None
        key = rounded(1000 * played[-1].heard.seconds)
        into[key] = into.get(key, 0) + 1
        return played[-1]


def _times() -> Iterator[int]:
    """So many, as long as they do not take too long."""
    until = time.monotonic() + LONGEST
    return takewhile(lambda _: time.monotonic() < until, range(TIMES))


def last_full_page(walk: Walk) -> int:
    """The startIndex of the last page that had as many people as the first; 0 where there is none."""
    first = walk.pages[0][2] if walk.pages else 0
    return int(max((page[0] for page in walk.pages if first and page[2] >= first), default=0))


def _is_taken(exchange: Exchange) -> bool:
    """Whether it is an answer as Okta wants it; a refusal may be quick."""
    return exchange.is_success or (exchange.heard.answer is not None and exchange.status == 404)
