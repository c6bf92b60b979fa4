"""The state in the end: whom a create was answered with success for is there, once, and active as it has to be."""

from scim_tests.load.crowd import Made
from scim_tests.load.jobs import Jobs
from scim_tests.load.performer import Performer, PlayedScene, all_of
from scim_tests.load.walking import Walking
from scim_tests.model.act import Act, Scene
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Json, get
from scim_tests.model.tally import NAMES, FinalLook
from scim_tests.personas.okta.at_scale import LOOK_AGAIN, READ_AGAIN

AT_ONCE = 8


class FinalLooking:
    """Looks for everybody of one process: in a walk of the list where there was one, and by name whom that did not show."""

    def __init__(self, jobs: Jobs, performer: Performer, final: FinalLook) -> None:
        self._jobs = jobs
        self._performer = performer
        self._final = final
        self._found: set[int] = set()
        self.absent: set[int] = set()  # who is not there, or could not be looked for

    def read(self, walking: Walking) -> None:
        """What a walk showed, which began when nothing was written any more."""
        for made in self._jobs.crowd:
            ids = walking.shown.get(made.number, [])
            if len(ids) == 1:
                self._tell(made, ids, active=made.number in walking.active)

    async def look_up_the_rest(self) -> None:
        """Look up by name who was not shown, or not once."""
        self._final.expected = len(self._jobs.crowd)
        rest = iter([made for made in self._jobs.crowd if made.number not in self._found])

        async def look() -> None:
            for made in rest:
                await self._look_up(made)

        await all_of(look() for _ in range(AT_ONCE))
        self._final.whole = not self._final.why

    async def _look_up(self, made: Made) -> None:
        found = (await self._play(LOOK_AGAIN, made)).last("find")
        try:
            shown = [] if found is None or found.status == 404 else found.resources
        except NotObserved as unseen:
            self._final.why = self._final.why or str(unseen)
            self.absent.add(made.number)
            return
        ours = [each for each in shown if str(get(each, "userName")).lower() == made.name.lower()]
        if not ours:
            ours = await self._read(made)
            if ours and not made.unsure:
                _note(self._final.unfound, made.name)
        ids = list(dict.fromkeys(str(get(each, "id")) for each in ours))
        self._tell(made, ids, active=any(get(each, "active") is not False for each in ours))

    async def _read(self, made: Made) -> list[Json]:
        """Whom no look-up found, by id: a list of one, or of nobody."""
        found = (await self._play(READ_AGAIN, made)).last("read")
        return [found.resource] if found and found.is_success and get(found.resource, "id") == made.id else []

    async def _play(self, act: Act, made: Made) -> PlayedScene:
        person = self._jobs.cast.person(made.number)
        known = {**self._jobs.known, f"push_user:{person.key}": SceneResult(id=made.id, name=made.name)}
        return await self._performer.play(Scene(act, self._jobs.profile, person=person, known=known))

    def _tell(self, made: Made, ids: list[str], *, active: bool) -> None:
        self._found.add(made.number)
        final = self._final
        if not ids:
            self.absent.add(made.number)
            _note(final.missing, made.name)
            return
        final.found += 1
        if len(ids) > 1:
            _note(final.several, made.name)
            if made.twice:
                _note(final.of_twice, made.name)
        if made.left and active:
            _note(final.still_active, made.name)


def _note(names: list[str], name: str) -> None:
    if len(names) < NAMES:
        names.append(name)
