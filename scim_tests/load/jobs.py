"""The jobs of a load: somebody is assigned, leaves, gets another name; a large group is pushed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from scim_tests.load.cast import Cast
from scim_tests.load.counting import Counting, count_time
from scim_tests.load.crowd import Crowd, Made
from scim_tests.load.performer import Performer, PlayedScene
from scim_tests.load.tasks import CONFLICT, count_stuck
from scim_tests.load.walking import Walking
from scim_tests.model.act import Person, Scene
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.profile import Profile
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import get
from scim_tests.model.tally import GroupTally, Tally
from scim_tests.personas.okta.at_scale import CHANGE_NAME, READ_AGAIN, fill_group
from scim_tests.personas.okta.bulk_assignment import bulk_assignment
from scim_tests.personas.okta.deactivate_user import deactivate_user
from scim_tests.personas.okta.push_user import id_given, push_user
from scim_tests.wire.ledger import Ledger

PAGE = "import_users.page"
TWINS = "bulk_assignment.create"  # two jobs for one person
CREATES = {"push_user.create", TWINS}
NO_MEMBERS = "the target shows a group without its members"
FIRST = "push_user:first"  # what the first assignment found out: which attributes the target takes


class Jobs:
    """What is done to the people of one process. `now` gives the seconds since the load began."""

    def __init__(  # noqa: PLR0913, PLR0917 -- who takes part in a job
        self,
        plan: LoadPlan,
        profile: Profile,
        performer: Performer,
        counting: Counting,
        ledger: Ledger,
        now: Callable[[], float],
    ) -> None:
        self.plan = plan
        self.profile = profile
        self.cast = Cast(plan, profile)
        self.crowd = Crowd()
        self.known: dict[str, SceneResult] = {}  # what every scene knows
        self.walking: Walking | None = None  # the import that goes on
        self.filled: dict[int, str] = {}  # ids of groups, by their number
        self._missing = Counter(dict.fromkeys(range(plan.groups), plan.members))  # members not yet tried
        self._performer = performer
        self._counting = counting
        self._ledger = ledger
        self._now = now

    @property
    def tally(self) -> Tally:
        """What is counted."""
        return self._counting.tally

    def hears(self, scene: Scene, exchange: Exchange, again: bool) -> None:  # noqa: FBT001 -- the performer's form
        """Whom a request is about, and whether it is judged."""
        is_passed_over = exchange.step == PAGE and self._passes_over(exchange)
        judged = shows_another(exchange) or (self._is_judged(scene) and not is_passed_over)
        is_twin = exchange.step == TWINS
        self._counting.hears(exchange, name=name_of(scene), judged=judged, again=again, is_twin=is_twin)
        person = scene.person or (scene.crowd[0] if scene.crowd else None)
        if person and exchange.step in CREATES:
            self._hear_create(person, exchange)
        if self.walking and exchange.step == PAGE:
            self.walking.page(exchange)

    def _is_judged(self, scene: Scene) -> bool:
        person = scene.person or (scene.crowd[0] if scene.crowd else None)
        return self.plan.is_judged(number_of(person)) if person else True

    def _passes_over(self, page: Exchange) -> bool:
        """Whether a page is not one of those that are judged."""
        start = int(page.request.query["startIndex"])
        return start > 1 and not self.plan.is_judged(start // self.profile.limits.page_size)

    async def assign(self, number: int) -> None:
        """Assign somebody, once or by two jobs at once, and read who has to be proven."""
        person = self.cast.person(number)
        if self.plan.is_twice(number):
            played = await self._assign_twice(number, person)
        else:
            until = () if self.plan.is_read_back(number) or FIRST not in self.known else ("read",)
            played = await self._play(Scene(push_user, self.profile, person=person), until=until)
            if played.result:
                self.known.setdefault(FIRST, played.result)
        if (
            played.refused
        ):  # the target shows nobody as ours whom it made, so whoever it makes could not be removed
            self._counting.stop(f"The load was stopped: {played.why}.")

    async def _assign_twice(self, number: int, person: Person) -> PlayedScene:
        played = await self._play(Scene(bulk_assignment, self.profile, crowd=(person,)))
        if number in self.crowd:
            answers = [each.heard.answer for each in played.exchanges if each.step in CREATES]
            self.tally.again += sum(each is not None and each.status == CONFLICT for each in answers)
            if self.plan.is_read_back(number):
                await self._play(Scene(READ_AGAIN, self.profile, person=person))
        return played

    def _hear_create(self, person: Person, created: Exchange) -> None:
        """Who was made, where it was answered with success and an id, stands in the crowd from then on."""
        given, number = id_given(created), number_of(person)
        if given and number not in self.crowd:
            self.tally.created += 1
            is_twice = self.plan.is_twice(number)
            self.crowd.add(Made(number, given, person.user_name, self._now(), twice=is_twice))

    async def change(self, number: int) -> None:
        """What comes later for somebody who was made: to leave, or to get another name."""
        made = self.crowd[number]
        if not self._ledger.owns(made.id):
            return
        person = self.cast.person(number)
        if self.plan.leaves(number):
            until = () if self.plan.is_judged(number) else ("read_back",)
            made.touched = self._now()
            played = await self._play(Scene(deactivate_user, self.profile, person=person), until=until)
            written = played.last("patch", "put")
            made.left = written is not None and written.is_success
        else:
            renamed = self.cast.renamed(person).user_name
            made.touched = self._now()
            played = await self._play(Scene(CHANGE_NAME, self.profile, person=person))
            written = played.last("put_renamed")
            made.unsure = written is not None and (written.heard.answer is None or written.status >= 500)
            if played.result:
                made.name = renamed
                self._ledger.not_created(renamed)  # nobody but who was renamed has that name

    def filled_by(self, number: int) -> int | None:
        """The group of which that person is the last member to be tried; None where there is none."""
        group = self.plan.group_of(number)
        if group is None:
            return None
        self._missing[group] -= 1
        return None if self._missing[group] else group

    async def fill(self, group: int) -> None:
        """Push a large group with all of its members who were made and proven to be ours."""
        tried = self.plan.members_of(group)
        numbers = [each for each in tried if each in self.crowd and self._ledger.owns(self.crowd[each].id)]
        people = tuple(self.cast.person(each) for each in numbers)
        team = self.cast.group(group, people)
        played = await self._play(Scene(fill_group, self.profile, team=team))
        if played.result:
            self.filled[group] = played.result.id
        if first := next((each for each in played.exchanges if each.step == "fill_group.fill"), None):
            count_time(self.tally.first_batches, first)
        told = GroupTally(team.display_name, 0, 0, 0, 0, played.why)
        looked = played.last("after_fill")
        try:
            shown = get(looked.resource, "members") if looked else []
        except NotObserved as unseen:
            told.why, shown = str(unseen), []
        ids = {str(get(each, "value")) for each in shown} if isinstance(shown, list) else set()
        wanted = {self.crowd[each].id for each in numbers} if played.result and _all_taken(played) else set()
        if shown is None:  # some never show them, which says nothing of what they hold
            wanted, told.why = set(), told.why or NO_MEMBERS
        told.wanted, told.shown = len(wanted), len(ids)
        told.missing, told.strange = len(wanted - ids), len(ids - wanted) if wanted else 0
        if not wanted and not told.why:
            told.why = "not every batch of its members was answered with success"
        self.tally.groups.append(told)

    async def _play(self, scene: Scene, *, until: tuple[str, ...] = ()) -> PlayedScene:
        people = scene.team.people if scene.team else (scene.person,) if scene.person else ()
        pushed = {
            f"push_user:{each.key}": SceneResult(id=self.crowd[number_of(each)].id, name=each.user_name)
            for each in people
            if number_of(each) in self.crowd
        }
        played = await self._performer.play(replace(scene, known={**self.known, **pushed}), until=until)
        self.tally.cut_off += played.refused
        judging, is_judged = self._counting.judging, self._is_judged(scene)
        if played.why and played.exchanges and played.exchanges[-1].is_success and not played.refused:
            count_stuck(self.tally, played.exchanges[-1], name_of(scene), played.why)
            for each in () if is_judged else played.exchanges:
                judging.heard(each, whole=True)
            is_judged = True
        if is_judged:
            judging.scene_over(played.exchanges)
        return played


def shows_another(exchange: Exchange) -> bool:
    """Whether an answer of success to a request about one id shows something else: such an answer is judged, whoever it is about."""
    kind, _, an_id = exchange.request.path.partition("?")[0].removeprefix("/").partition("/")
    if kind not in {"Users", "Groups"} or not an_id or not exchange.is_success or not exchange.answer.body:
        return False
    try:
        return bool(get(exchange.resource, "id") != unquote(an_id))
    except NotObserved:
        return True


def name_of(scene: Scene) -> str:
    """Of the person or the group that a scene is about; empty where it is about nobody."""
    person = scene.person or (scene.crowd[0] if scene.crowd else None)
    return person.user_name if person else scene.team.display_name if scene.team else ""


def number_of(person: Person) -> int:
    """The number that stands in the key of somebody of a load."""
    return int(person.key.rpartition("-")[2])


def _all_taken(played: PlayedScene) -> bool:
    filled = [each for each in played.exchanges if each.step == "fill_group.fill"]
    return all(each.is_success for each in filled)
