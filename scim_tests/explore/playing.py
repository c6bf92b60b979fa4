"""Holds one conversation after the other: each is a scene with names of its own, judged as it goes."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from scim_tests.checks import catalogue, explore_catalogue
from scim_tests.engine.conduct import Conductor, Stops
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.engine.under_way import Send
from scim_tests.explore.kinds import Kind, kind_of
from scim_tests.model.act import Scene
from scim_tests.model.check import Check
from scim_tests.model.conversation import CREATES, KINDS, Conversation
from scim_tests.model.exchange import Answer, Exchange
from scim_tests.model.profile import Profile
from scim_tests.model.refusal import is_refusal
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict
from scim_tests.personas.explore.explore import scene_of, sent
from scim_tests.personas.explore.talk import step_name
from scim_tests.personas.okta.patience import patience
from scim_tests.personas.okta.people import Casting
from scim_tests.personas.play import clean_up_scene
from scim_tests.session.removing import clean_up, removable
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry
from scim_tests.wire.ledger_entry import State as InLedger
from scim_tests.wire.ledger_keys import entry

RULE = "every_"
REPLACED = frozenset({  # rules that checks of explorations know better, who have seen what the target makes of values
    "every_write.shows-in-the-next-read", "every_write.changes-nothing-else", "every_write.changes-nothing-when-refused",
})  # fmt: skip
MADE = {f"explore.{step_name(each)}": KINDS[each].of for each in CREATES}  # what steps make
REFUSED = 12  # creates, after which a clean-up looks whether anybody came of them all the same
# Attempts in a row, one after the wait of the other, that are all to come again later; then nothing is sent any more.
THROTTLED = 5
ROUNDS = 1_000_003  # that a seed has at most, and conversations
GONE = "the target does not answer any more"
THROTTLES = "the target throttles everything"
IN_A_ROW = f"{THROTTLES}: {{}} attempts in a row were answered 429"
WAITS_TOO_LONG = f"{THROTTLES}: it asks to wait more than {{:g}} s"
SHOWS_OTHERS = "the target shows somebody else as ours"
INTERRUPTED = "it was interrupted"
Seeks = Callable[[Kind], bool]  # whether a kind is looked for


@cache
def judging() -> tuple[Check, ...]:
    """The checks of an exploration: its own, and the rules for every answer and for a whole play.

    Rules for lookups and reads alone know of no conversation in which people leave and come back.
    """
    rules = (each for each in catalogue() if each.act.startswith(RULE) and each.id not in REPLACED)
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
    """Plays on one event loop, from code that is not asynchronous; `stop` may be called by a signal handler.

    Asked to stop a second time, it does not clean up any more either.
    """

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
        self._standing = 0  # whom conversations may have left since the last clean-up
        self._not_found: set[Entry] = set()  # who may still come of a create that was not answered
        self._refused = 0  # creates since then of which nobody should have come
        self.people = 0  # whom they may have made in all, without groups
        self.broken: list[str] = []  # what failed in acts and checks of ours
        self._stops = 0  # how often it was asked to stop
        self.is_gone = False  # the target
        # Which attempts at a request were throttled since anything got through: those of one turn are sent together.
        self._throttled: set[int] = set()
        self._throttles = ""  # how the target does, where it lets nothing through
        self._shows_others = False  # a create was answered with the id of a stranger

    def stop(self) -> None:
        """Hold no conversation any more, and end the one that is under way in order."""
        self._stops += 1
        if under_way := self._under_way:
            self._loop.call_soon_threadsafe(under_way.cancel)

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stops > 0

    @property
    def is_away(self) -> bool:
        """Whether the target lets nothing through: it is gone, or throttles everything."""
        return self.is_gone or bool(self._throttles)

    @property
    def why_no_more(self) -> str:
        """Why this target is not to be explored any further, or nothing."""
        if self.is_gone:
            return GONE
        shows_others = self._shows_others or self._ledger.distrusted or self._ledger.proves_nobody()
        return self._throttles or (SHOWS_OTHERS if shows_others else "")

    def hold(
        self, conversation: Conversation, stops: Seeks | None = None, seconds: float | None = None
    ) -> Held:
        """Hold it, to its end, or until the first failure of a kind that `stops`, or for so many seconds.

        Where it was cut short, be it by us or since the target went away, nothing is found.
        """
        scene, judge = self._scene(conversation), Judge(judging())
        seeks = (lambda said: any(map(stops, _failing(said)))) if stops else None
        played, is_cut = self._play(judge, scene, seeks, seconds)
        exchanges = tuple(played.exchanges)
        self.requests += len(exchanges)
        creates = [each for each in exchanges if each.step in MADE]
        self._refused += sum(map(_is_refused, creates))
        self._standing += sum(not (_is_refused(each) or self._is_gone(each)) for each in creates)
        self.people += sum(MADE[each.step] == "user" and _may_have_made(each) for each in creates)
        self._shows_others |= any(map(self._is_a_strangers, creates))
        moves = tuple(sent(scene, exchanges))
        return Held(moves, {} if is_cut or self.is_away else self._judged(judge, exchanges, stops))

    @property
    def is_to_clean_up(self) -> bool:
        """Whether somebody may stand whom the next conversation is not to meet."""
        return self._standing > 0 or self._refused > REFUSED

    def clean_up(self, seconds: float | None = None) -> str:
        """Remove whom the conversations made, in so many seconds; why that cannot be, or nothing."""
        if self._stops > 1:
            return INTERRUPTED
        if self.is_away:
            return self._ask_whether_it_is_back()
        entries = removable(self._ledger)
        ours = [(each.user_name, each.id) for each in entries]
        self._standing = self._refused = 0
        if not ours:
            return ""
        scene = replace(clean_up_scene(self._profile, ours, ours), known=self._known)
        played, _ = self._play(Judge(()), scene, None, seconds)
        self.requests += len(played.exchanges)
        if played.state is not State.PLAYED:
            return played.why
        self._known["clean_up"] = played.result
        self._not_there(entries, played.result)
        left = [f"{name}: {why}" for name, _, why in played.result.left_behind]
        return left[0] if left else ""

    def _not_there(self, entries: list[Entry], seen: SceneResult) -> None:
        """Let go of whom a look did not find; of a create that was not answered only once a later look finds nobody either."""
        absent = {*seen.absent}
        gone = {each for each in seen.gone if not self._ledger.is_gone(each)}
        nobody = {each for each in entries if (each.id in gone if each.id else each.user_name in absent)}
        unsure = {each for each in nobody if each.state is InLedger.UNACKNOWLEDGED} - self._not_found
        sure = nobody - unsure
        self._ledger.removed(*sorted(each.id for each in sure if each.id))
        self._ledger.absent(*sorted(each.user_name for each in sure if not each.id))
        self._not_found = unsure

    def _ask_whether_it_is_back(self) -> str:
        """Of a target that is gone one thing is asked; where it answers, everybody is removed."""
        conductor = self._conductor(Judge(()))
        conductor.found_gone(self.why_no_more)
        self._run_to_its_end(clean_up(conductor, self._profile, self._ledger), None)
        return self.why_no_more if conductor.is_gone else ""

    def _is_a_strangers(self, create: Exchange) -> bool:
        answer = create.heard.answer
        return (
            answer is not None
            and answer.is_success
            and self._ledger.is_a_strangers(entry(create.request.endpoint, answer.id))
        )

    def _is_gone(self, create: Exchange) -> bool:
        """Whether it made somebody who was removed, and whom nothing has shown since."""
        answer = create.heard.answer
        return answer is not None and self._ledger.is_gone(entry(create.request.endpoint, answer.id))

    def _scene(self, conversation: Conversation) -> Scene:
        """With people who have this conversation's number, and always the same values with it."""
        self.conversations += 1
        key, seed = str(self.conversations), self._seed * ROUNDS + self.conversations
        self._casting.fake.seed_instance(seed)
        self._casting.chance.seed(seed)
        self._casting.named.clear()
        return replace(scene_of(self._casting, key, conversation), known=self._known)

    def _play(
        self, judge: Judge, scene: Scene, stops: Stops | None, seconds: float | None
    ) -> tuple[SceneRun, bool]:
        """What became of it, and whether we cut it short."""
        conductor = self._conductor(judge)
        self._run_to_its_end(conductor.play([scene], stops), seconds)
        self.is_gone = self.is_gone or conductor.is_gone
        self.broken += conductor.broken
        return conductor.scene_runs[0], conductor.interrupted

    def _conductor(self, judge: Judge) -> Conductor:
        return Conductor(self._send, judge, Silence(), parallel=self._parallel, patience=self._patience)

    def _patience(self, profile: Profile, answer: Answer, waited: tuple[float, ...]) -> float | None:
        """How long Okta would wait; what is under way ends where the target lets nothing through."""
        if answer.status != 429:
            self._throttled.clear()
            return None
        self._throttled.add(len(waited))
        if not self._throttles:
            if patience(profile, answer, ()) is None:
                self._throttles = WAITS_TOO_LONG.format(profile.limits.longest_wait)
            elif len(self._throttled) >= THROTTLED:
                self._throttles = IN_A_ROW.format(THROTTLED)
            if self._throttles and self._under_way:
                self._under_way.cancel()
        return patience(profile, answer, waited)

    def _run_to_its_end(self, work: Coroutine[None, None, None], seconds: float | None) -> None:
        under_way = self._loop.create_task(work)
        self._loop.run_until_complete(asyncio.sleep(0))  # it always begins, and so it ends in order
        self._under_way = under_way
        ending = None if seconds is None else self._loop.call_later(seconds, under_way.cancel)
        try:
            with suppress(asyncio.CancelledError):  # while it waits for a target that was gone
                self._loop.run_until_complete(under_way)
        finally:
            self._under_way = None
            if ending:
                ending.cancel()

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
    return is_refusal(create.heard.answer)


def _may_have_made(create: Exchange) -> bool:
    return not (create.heard.unreachable or _is_refused(create))


def _failures_of(judge: Judge) -> dict[Kind, Judgement]:
    """The first of each kind."""
    found: dict[Kind, Judgement] = {}
    for check, said in judge.judgements.items():
        for each in said:
            if each.verdict is Verdict.FAIL:
                found.setdefault(kind_of(check, each), each)
    return found


def _failing(said: Mapping[str, Judgement]) -> Iterator[Kind]:
    return (kind_of(check, each) for check, each in said.items() if each.verdict is Verdict.FAIL)
