"""Holds one conversation after the other: each is a scene with names of its own, judged as it goes."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from scim_tests.checks import catalogue, explore_catalogue
from scim_tests.checks.explore.there import GONE
from scim_tests.checks.reading.history import key_of
from scim_tests.engine.conduct import Conductor, Stops
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.engine.under_way import Send
from scim_tests.explore.kinds import Kind, kind_of
from scim_tests.model.act import Scene
from scim_tests.model.check import Check
from scim_tests.model.conversation import CREATES, KINDS, Conversation
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Profile
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict
from scim_tests.personas.explore.explore import scene_of, sent
from scim_tests.personas.explore.talk import step_name
from scim_tests.personas.okta.patience import patience
from scim_tests.personas.okta.people import Casting
from scim_tests.personas.play import clean_up_scene
from scim_tests.session.removing import to_remove
from scim_tests.wire.ledger import Ledger

RULE = "every_"
MADE = {f"explore.{step_name(each)}": KINDS[each].of for each in CREATES}  # what steps make
Seeks = Callable[[Kind], bool]  # whether a kind is looked for


@cache
def judging() -> tuple[Check, ...]:
    """The checks of an exploration: its own, and the rules for every answer and for a whole play.

    Rules for lookups and reads alone know of no conversation in which people leave and come back.
    """
    rules = (each for each in catalogue() if each.act.startswith(RULE))
    return (
        *explore_catalogue(),
        *(each for each in rules if each.judges_every_answer or each.judges_the_play),
    )


@dataclass(frozen=True)
class Held:
    """A conversation that was held: the moves that led to a request, and the failures by kind."""

    moves: Conversation
    found: Mapping[Kind, Judgement]


class Player:
    """Plays on one event loop, from code that is not asynchronous; `stop` may be called by a signal handler."""

    def __init__(  # noqa: PLR0913 -- who takes part
        self,
        loop: asyncio.AbstractEventLoop,
        send: Send,
        profile: Profile,
        run: str,
        seed: int,
        *,
        ledger: Ledger,
        known: Mapping[str, SceneResult],
        parallel: int,
    ) -> None:
        self._loop = loop
        self._send = send
        self._profile = profile
        self._run = run
        self._seed = seed
        self._ledger = ledger
        self._known = dict(known)
        self._parallel = parallel
        self._casting = Casting(profile, run, seed)
        self._under_way: asyncio.Task[None] | None = None
        self.conversations = 0
        self.requests = 0
        self.standing = 0  # whom conversations may have left since the last clean-up
        self.refused = (
            0  # creates since then that were answered with a refusal, so that nobody should have come of them
        )
        self.people = 0  # whom they made in all, without groups
        self.broken: list[str] = []  # what failed in acts and checks of ours
        self.is_stopped = False
        self.is_gone = False  # the target

    def stop(self) -> None:
        """Hold no conversation any more, and end the one that is under way in order."""
        self.is_stopped = True
        if self._under_way:
            self._loop.call_soon_threadsafe(self._under_way.cancel)

    def hold(self, conversation: Conversation, stops: Seeks | None = None) -> Held:
        """Hold it, to its end or until the first failure of a kind that `stops`. Where the target went away, or we stop, nothing is found."""
        scene, judge = self._scene(conversation), Judge(judging())
        played = self._play(judge, scene, (lambda said: any(map(stops, _failures(said)))) if stops else None)
        exchanges = tuple(played.exchanges)
        self.requests += len(exchanges)
        creates = [each for each in exchanges if each.step in MADE]
        self.refused += sum(map(_is_refused, creates))
        self.standing += sum(not (_is_refused(each) or _is_gone(each, exchanges)) for each in creates)
        self.people += sum(MADE[each.step] == "user" and each.is_success for each in creates)
        moves = tuple(sent(scene, exchanges))
        is_told = not (self.is_stopped or self.is_gone)
        return Held(moves, self._judged(judge, exchanges, stops) if is_told else {})

    def clean_up(self) -> str:
        """Remove whom the conversations made; why that cannot be, or nothing."""
        ours = to_remove(self._ledger)
        self.standing = self.refused = 0
        if not ours:
            return ""
        scene = replace(clean_up_scene(self._profile, ours, ours), known=self._known)
        played = self._play(Judge(()), scene, None)
        self.requests += len(played.exchanges)
        if played.state is not State.PLAYED:
            return played.why
        self._known["clean_up"] = played.result
        left = [f"{name}: {why}" for name, _, why in played.result.left_behind]
        return left[0] if left else ""

    def _scene(self, conversation: Conversation) -> Scene:
        """With people who have this conversation's number, and always the same values with it."""
        self.conversations += 1
        key, seed = str(self.conversations), self._seed * 1_000_003 + self.conversations
        self._casting.fake.seed_instance(seed)
        self._casting.chance.seed(seed)
        self._casting.named.clear()
        return replace(scene_of(self._casting, key, conversation), known=self._known)

    def _play(self, judge: Judge, scene: Scene, stops: Stops | None) -> SceneRun:
        conductor = Conductor(self._send, judge, Silence(), parallel=self._parallel, patience=patience)
        self._run_to_its_end(conductor.play([scene], stops))
        self.is_gone = self.is_gone or conductor.is_gone
        self.broken += conductor.broken
        return conductor.scene_runs[0]

    def _run_to_its_end(self, work: Coroutine[None, None, None]) -> None:
        self._under_way = self._loop.create_task(work)
        try:
            self._loop.run_until_complete(self._under_way)
        finally:
            self._under_way = None

    def _judged(
        self, judge: Judge, exchanges: tuple[Exchange, ...], stops: Seeks | None
    ) -> dict[Kind, Judgement]:
        """What was found as it went; where that did not stop it, also what only the whole shows."""
        for number, each in enumerate(exchanges, 1):
            each.number = number
        found = _failures_of(judge)
        if stops is None or not any(map(stops, found)):
            judge.conclude(Transcript(exchanges))
            found = _failures_of(judge)
        self.broken += [
            f"{check}: {each.finding.got if each.finding else ''}"
            for check, said in judge.judgements.items()
            for each in said
            if each.verdict is Verdict.BROKEN
        ]
        return found


def _is_refused(create: Exchange) -> bool:
    answer = create.heard.answer
    return answer is not None and 400 <= answer.status < 500


def _is_gone(create: Exchange, exchanges: tuple[Exchange, ...]) -> bool:
    """Whether the last read by id of whom it made showed nobody."""
    answer = create.heard.answer
    key = create.request.endpoint, answer.id if answer else ""
    reads = (each for each in reversed(exchanges) if each.request.method == "GET" and key_of(each) == key)
    return any(each.status in GONE for each in islice(reads, 1))


def _failures_of(judge: Judge) -> dict[Kind, Judgement]:
    """The first of each kind."""
    found: dict[Kind, Judgement] = {}
    for check, said in judge.judgements.items():
        for each in said:
            for kind, judgement in _failures({check: each}).items():
                found.setdefault(kind, judgement)
    return found


def _failures(said: Mapping[str, Judgement]) -> dict[Kind, Judgement]:
    return {kind_of(check, each): each for check, each in said.items() if each.verdict is Verdict.FAIL}
