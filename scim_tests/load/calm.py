"""Requests one after the other, before a load and after it: how long an answer takes where nothing else is asked for.

What takes longer under a load may only have waited its turn; what takes longer afterwards has grown. What is
compared is asked for in turn, so that a machine which is busy for a while slows down both.
"""

import time
from collections.abc import Iterator, Mapping
from itertools import takewhile

from scim_tests.load.counting import count_time
from scim_tests.load.crowd import Made
from scim_tests.load.jobs import Jobs
from scim_tests.load.performer import Performer
from scim_tests.model.act import Act, Person, Scene, Team
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Dialect
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.tally import MOST, Timing, Walk
from scim_tests.personas.okta.at_scale import ADD_AGAIN, LOOK_AGAIN, READ_AGAIN, page_at

TIMES = 20
LONGEST = 20.0  # seconds that such requests take at most, so that there are fewer at a low rate


class Calm:
    """Times requests of a load that one process plays."""

    def __init__(self, jobs: Jobs, performer: Performer) -> None:
        self._jobs = jobs
        self._performer = performer

    async def before(self) -> None:
        """Look up the first person, who is not there yet."""
        person = self._jobs.cast.person(0)
        known = {f"push_user:{person.key}": SceneResult(name=person.user_name)}
        for _ in _times():
            await self._time(self._scene(LOOK_AGAIN, known, person), self._jobs.tally.calm_before)

    async def after(self) -> None:
        """Look up somebody who was made, read them by id, and add them to their large group once more, in turn."""
        tally, crowd = self._jobs.tally, self._jobs.crowd
        made = next(iter([*filter(self._is_member, crowd), *crowd]), None)
        if made is None:
            return
        person = self._jobs.cast.person(made.number)
        known = {f"push_user:{person.key}": SceneResult(id=made.id, name=made.name)}
        asked = [
            (self._scene(LOOK_AGAIN, known, person), tally.calm_after),
            (self._scene(READ_AGAIN, known, person), tally.calm_reads),
        ]
        if self._is_member(made) and self._jobs.profile.dialect is Dialect.OIN:
            group = self._jobs.plan.group_of(made.number) or 0
            team = self._jobs.cast.group(group, (person,))
            known |= {f"fill_group:{team.key}": SceneResult(id=self._jobs.filled[group])}
            asked.append((self._scene(ADD_AGAIN, known, team=team), tally.calm_group_writes))
        for _ in _times():
            for each in asked:
                await self._time(*each)

    async def pages(self) -> None:
        """Ask for the first page of the list that was imported, and for the last full one, in turn."""
        tally = self._jobs.tally
        last = max(map(last_full_page, tally.walks), default=0)
        if last <= 1:
            return
        for _ in _times():
            first = await self._time(self._scene(page_at(1)), tally.calm_first_pages)
            second = await self._time(self._scene(page_at(last)), tally.calm_last_pages)
            totals = [each.page.total for each in (first, second) if each]
            if len(totals) == 2 and all(isinstance(each, int) and 0 <= each <= MOST for each in totals):
                tally.calm_totals.append(totals)

    def _is_member(self, made: Made) -> bool:
        """Whether the person is in a large group that was filled."""
        return not made.left and self._jobs.plan.group_of(made.number) in self._jobs.filled

    def _scene(
        self,
        act: Act,
        known: Mapping[str, SceneResult] | None = None,
        person: Person | None = None,
        team: Team | None = None,
    ) -> Scene:
        everything = {**self._jobs.known, **(known or {})}
        return Scene(act, self._jobs.profile, person=person, team=team, known=everything)

    async def _time(self, scene: Scene, into: Timing) -> Exchange | None:
        """Play one request; gives it where its answer is one that Okta wants."""
        played = (await self._performer.play(scene)).exchanges
        if not played or not _is_taken(played[-1]):
            return None
        count_time(into, played[-1])
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
