"""The search: rounds of conversations that Hypothesis draws, until the time is over; what is found is shrunk and told once.

A finding counts once it has shown a second time.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir

from scim_tests.engine.judge import Judgement
from scim_tests.errors import WriteError
from scim_tests.explore.features import Features
from scim_tests.explore.fewest import Shows, fewest
from scim_tests.explore.kinds import Kind
from scim_tests.explore.playing import INTERRUPTED, ROUNDS, RULE, Held, Player, Seeks
from scim_tests.explore.preparing import lists, looks_at_nobody, people_made, plain, removals
from scim_tests.explore.talks import conversations
from scim_tests.model.check import Finding
from scim_tests.model.conversation import KINDS, Conversation, line

EXAMPLES = 10  # conversations of a round: of more Hypothesis draws most by changing little in the one before
SHRINKING = (
    150,
    60.0,
)  # conversations and seconds that a finding is shrunk for, at most; far away one takes a second
GRACE = 5.0  # seconds that a conversation may take longer than there is time


@dataclass(frozen=True)
class Discovery:
    """A kind of finding, with the shortest conversation that is known to show it."""

    kind: Kind
    judgement: Judgement
    conversation: Conversation
    requests: int
    stays: bool = False  # it shows without any write by now: what an earlier one did stays on the target
    is_proven: bool = True  # it showed a second time; not where the search had to end before


def _writes(conversation: Conversation) -> bool:
    return any(KINDS[each.kind].writes for each in conversation)


@dataclass
class Explored:
    """What an exploration came to. `ended_early` says why it did; empty where its time was over.

    `is_given_up`: for a reason of the target's; `is_left_alone`: one for which nothing at all is held any more.
    """

    discoveries: list[Discovery] = field(default_factory=list)
    met: Counter[Kind] = field(default_factory=Counter)  # how often each kind was met
    seen_once: Counter[Kind] = field(default_factory=Counter)  # and did not show again
    conversations: int = 0
    requests: int = 0
    seconds: float = 0.0
    broken: tuple[str, ...] = ()  # what failed in acts and checks of ours
    ended_early: str = ""
    is_given_up: bool = False
    is_left_alone: bool = False
    being_shortened: tuple[Discovery, ...] = ()  # the one that comes next, as it was met


Told = Callable[[Explored], None]  # what there is by now
BROKE = "part of it broke, which is our error"
TOO_MANY = (
    "{:,} people were created, and with the next conversation they could be more than --max-users allows"
)


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Hypothesis keeps what it knows of Python's modules in a folder, which would stand where the command was called."""
    with TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


class Exploration:
    """Explores with one player for so many seconds, conversations of some `steps` moves; the same ones for the same seed."""

    def __init__(  # noqa: PLR0913 -- each is a choice of the exploration
        self,
        player: Player,
        features: Features,
        *,
        start: int,
        steps: int,
        seconds: float,
        people: int | None = None,
        is_enough: Callable[[Discovery], bool] = lambda _: False,
    ) -> None:
        """No conversation begins that could make more than so many `people` in all; `is_enough` tells what has to be found for it to end there."""
        self._people = people
        self._is_enough = is_enough
        self._player = player
        self._features = features
        self._seed = start
        self._seconds = seconds
        self._talks = conversations(features, steps)
        self._lists = lists(features)
        self._opening = (*looks_at_nobody(features), *self._lists)
        self._drawn = {""}  # lines: Hypothesis draws some conversations again
        self._explored = Explored()
        self._started = self._until = 0.0
        self._told: Told = lambda _: None

    def explore(self, told: Told) -> Explored:
        """Do so; `told` hears often how it goes. What breaks in it ends it in order, but for a WriteError."""
        self._started, self._told = time.perf_counter(), told
        self._until = self._started + self._seconds
        try:
            self._search()
        except WriteError:
            raise
        except Exception as error:  # noqa: BLE001 -- a fault of ours must not lose what was found
            self._player.broken.append(f"the search failed: {type(error).__name__}: {error}")
            self._end(BROKE)
        self._count()
        return self._explored

    def _search(self) -> None:
        for first in (looks_at_nobody(self._features), plain(self._features)):
            while not self._is_over and self._meet(first):
                pass
        self._make_room()
        number = 0
        with _nothing_kept():
            while not self._is_over:
                number += 1
                self._round(number)

    @property
    def _is_over(self) -> bool:
        """Whether the time is, or there is another reason."""
        return self._ends_early() or self._passed > self._seconds

    def _ends_early(self) -> bool:
        if self._player.is_stopped:
            self._end(INTERRUPTED)
        elif why := self._player.why_no_more:
            self._give_up(why, is_left_alone=self._player.is_away)
        elif any(map(self._is_enough, self._explored.discoveries)):
            self._end("something was found (-x)")
        return bool(self._explored.ended_early)

    def _end(self, why: str) -> None:
        self._explored.ended_early = self._explored.ended_early or why

    def _give_up(self, why: str, *, is_left_alone: bool) -> None:
        if not self._explored.ended_early:
            self._explored.ended_early, self._explored.is_given_up = why, True
        self._explored.is_left_alone |= is_left_alone

    def _may_be_held(self, conversation: Conversation) -> bool:
        """Whether nothing has ended the search, and there is room for whom it makes; else that ends it."""
        if self._people is not None and self._player.people + people_made(conversation) > self._people:
            self._end(TOO_MANY.format(self._player.people))
        return not self._ends_early()

    @property
    def _passed(self) -> float:
        return time.perf_counter() - self._started

    def _round(self, number: int) -> None:
        """Some conversations, as Hypothesis draws them. It is told of no failure: what is shrunk are moves."""
        raised: list[Exception] = []

        @seed(self._seed * ROUNDS + number)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(self._talks)
        def drawn(conversation: Conversation) -> None:
            said = line(conversation)
            if self._is_over or raised or said in self._drawn:
                return
            self._drawn.add(said)
            try:
                self._meet(conversation)
            except Exception as error:  # noqa: BLE001 -- Hypothesis would hold the conversation again
                raised.append(error)

        drawn()
        if raised:
            raise raised[0]

    def _meet(self, conversation: Conversation) -> bool:
        """Hold it; what is new in it is shrunk and written down. Whether there was anything."""
        if not self._may_be_held(conversation):
            return False
        gone = removals(conversation, self._features)
        held = self._hold((*conversation, *gone, *self._lists), self._is_new)
        self._explored.met.update(held.found.keys())
        new = min(
            filter(self._is_new, held.found), key=lambda each: each.check.startswith(RULE), default=None
        )
        if new:
            self._look_into(new, held)
        return new is not None

    def _is_new(self, kind: Kind) -> bool:
        """Whether it is not known; one that was seen once is looked for again when it was met twice as often as the last time."""
        known = any(each.kind == kind for each in self._explored.discoveries)
        return not known and self._explored.met[kind] >= 2 ** self._explored.seen_once[kind] - 1

    def _hold(self, conversation: Conversation, stops: Seeks | None) -> Held:
        self._make_room()
        if self._explored.is_left_alone:
            return Held((), {})
        held = self._player.hold(conversation, stops, self._left)
        self._count()
        return held

    def _make_room(self) -> None:
        """Remove whom the conversation before may have left, so that none is in the way; it ends where that cannot be."""
        if not self._player.is_to_clean_up or self._player.is_stopped or self._player.is_away:
            return
        why, is_in_time = self._player.clean_up(self._left), self._left > GRACE
        if why and is_in_time and not (self._player.is_stopped or self._player.is_away):
            self._give_up(f"whom a conversation made is not removed: {why}", is_left_alone=True)

    @property
    def _left(self) -> float:
        """Seconds that what is about to be held may take."""
        return max(0.0, self._until - time.perf_counter()) + GRACE

    def _count(self) -> None:
        told = self._explored
        told.conversations, told.requests = self._player.conversations, self._player.requests
        told.seconds, told.broken = self._passed, tuple(dict.fromkeys(self._player.broken))
        self._told(told)

    def _look_into(self, kind: Kind, held: Held) -> None:
        """Have it shown a second time, with as few moves as it can; and take down all that shows with it."""
        until, self._until = self._until, time.perf_counter() + SHRINKING[1]
        shows = self._showing({kind})
        if shows(held.moves) is not None:
            whole = Discovery(kind, held.found[kind], held.moves, len(held.moves))
            self._explored.being_shortened = (whole,)
            if _writes(held.moves) and shows(self._opening) is not None:
                self._take_down_damage(held.moves, kind, held.found[kind])
            else:
                shortest = fewest(held.moves, shows, self._features.attributes)
                found = {kind: held.found[kind]} | self._found_with(shortest)
                self._discover(found, shortest)
        elif self._explored.ended_early:  # what keeps it from being held a second time does not hide it
            self._discover({kind: held.found[kind]}, held.moves, is_proven=False)
        else:
            self._explored.seen_once[kind] += 1
        self._until, self._explored.being_shortened = until, ()
        self._count()

    def _take_down_damage(self, moves: Conversation, kind: Kind, judgement: Judgement) -> None:
        """Take down what shows by looks alone that showed nothing in the beginning: what these moves did stays on the target.

        From now on it shows with any moves and with none. Those that did it are told by what they add to it; they are
        not shortened where nothing is seen of that.
        """
        found = {kind: judgement} | self._found_with(self._opening)
        looks = fewest(self._opening, self._showing({*found}))
        adds, shortest = self._adding(kind), moves
        if adds(moves) is not None:
            shortest = (*fewest(moves, adds, self._features.attributes), *looks)
        self._discover(found, shortest, stays=True)

    def _adding(self, kind: Kind) -> Shows:
        """Whether looks find it after a conversation, in other words than before."""
        told = self._told_by_looks()

        def adds(conversation: Conversation) -> Conversation | None:
            nonlocal told
            moves, before = self._hold(conversation, None).moves, told
            told = self._told_by_looks()
            return moves if kind in told and told != before else None

        return self._in_bounds(adds)

    def _told_by_looks(self) -> dict[Kind, Finding | None]:
        """What looks alone find by now, in the words of the findings."""
        found = self._hold(self._opening, None).found if self._may_be_held(self._opening) else {}
        return {kind: said.finding and replace(said.finding, at=()) for kind, said in found.items()}

    def _found_with(self, shortest: Conversation) -> dict[Kind, Judgement]:
        """What else is new in it, where it may be held once more."""
        again = self._hold(shortest, None).found if self._may_be_held(shortest) else {}
        return {each: said for each, said in again.items() if self._is_new(each)}

    def _discover(
        self,
        found: Mapping[Kind, Judgement],
        shortest: Conversation,
        *,
        stays: bool = False,
        is_proven: bool = True,
    ) -> None:
        self._explored.discoveries += [
            Discovery(each, said, shortest, len(shortest), stays, is_proven) for each, said in found.items()
        ]

    def _showing(self, kinds: AbstractSet[Kind]) -> Shows:
        """Whether a conversation shows all of these."""

        def shows(conversation: Conversation) -> Conversation | None:
            stops = kinds.__contains__ if len(kinds) == 1 else None
            held = self._hold(conversation, stops)
            return held.moves if kinds <= held.found.keys() else None

        return self._in_bounds(shows)

    def _in_bounds(self, shows: Shows) -> Shows:
        """The same, as far as the budget goes."""
        most, _ = SHRINKING
        plays = 0

        def bounded(conversation: Conversation) -> Conversation | None:
            nonlocal plays
            plays += 1
            if plays > most or time.perf_counter() > self._until or not self._may_be_held(conversation):
                return None
            return shows(conversation)

        return bounded
