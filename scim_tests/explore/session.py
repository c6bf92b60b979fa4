"""An exploration from its options to its reports: whom it is against, who agreed, and what is held once more of what was found.

Its end is an ordinary run: what was found is played as scenes, judged a second time, and told as any run is.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scim_tests import profiles
from scim_tests.checks import whole_catalogue
from scim_tests.engine.conduct import OVERLAP, Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.run_state import State
from scim_tests.explore.apart import Search
from scim_tests.explore.features import Features
from scim_tests.explore.intent import ask_consent
from scim_tests.explore.options import ExploreOptions, refuse_profile, refuse_silence, refuse_too_few, silence
from scim_tests.explore.playing import GONE, INTERRUPTED, THROTTLES, judging
from scim_tests.explore.preparing import plain
from scim_tests.explore.scenes import PUSHED, TESTED, features_by, first_scenes, held_again, known_by
from scim_tests.explore.searching import Discovery, Explored
from scim_tests.explore.telling import (
    PLAIN,
    conversations,
    not_again,
    not_sent,
    not_shortened,
    seen_once,
    what_was_done,
)
from scim_tests.model.conversation import Conversation, line
from scim_tests.model.loopback import is_loopback
from scim_tests.model.profile import DEFAULT_PROFILE, Profile
from scim_tests.model.record import RunRecord
from scim_tests.personas.okta.patience import patience
from scim_tests.personas.okta.people import Casting
from scim_tests.record.baseline import Entry, read_baseline
from scim_tests.record.masking.mask import of_recorded
from scim_tests.report.exploring import ExploreProgress
from scim_tests.report.record_index import replay_option
from scim_tests.session.finish import finish_run, gate_of
from scim_tests.session.interruption import Interruption, Stop
from scim_tests.session.journal import Journal
from scim_tests.session.removing import clean_up
from scim_tests.session.report_folder import SEARCHED, create_report_folder, folder_name, new_ledger
from scim_tests.session.run import (
    DEADLINE,
    PARALLEL,
    TOO_LONG,
    beginning,
    placeholder,
    profile_of,
    run_info,
    run_name,
)
from scim_tests.session.target import Target, bundled, check_choice, named
from scim_tests.wire import ledger_file
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger

FOUND, REPLAYED = "found", "replayed"  # keys of scenes
MINUTE = 60
UNFINISHED = "Not explored to its end: {}."
OUT_OF_TIME = "its time was over (--deadline)"
NOT_SHOWN = "Found, but not shown once more at the end: {} by {}"


@dataclass(frozen=True)
class Prepared:
    """An exploration that nothing keeps from beginning. Nothing was sent yet."""

    options: ExploreOptions
    profile: Profile
    known: Sequence[Entry]
    target: Target | None  # None: the bundled server


def prepare(options: ExploreOptions) -> Prepared:
    """What an exploration needs to begin. UsageError where it cannot, or nobody agreed."""
    run = options.run
    profile = profile_of(run)
    check_choice(run)
    refuse_profile(profile)
    refuse_too_few(options, profile)
    refuse_silence(options.replay, profile)
    ids = [each.id for each in whole_catalogue()]
    known = read_baseline(Path(run.baseline), ids) if run.baseline else []
    target = None if run.reference else named(run, profile)
    if target:
        ask_consent(options, profile, target.base_url)
    return Prepared(options, profile, known, target)


def play(prepared: Prepared, progress: ExploreProgress) -> tuple[RunRecord, Path]:
    """Explore, hold again what was found, remove everybody, and write every report; gives the record and its folder.

    UsageError where it cannot begin, WriteError where a file cannot be written; whatever the target does is in the record.
    """
    with _running(prepared) as target:
        folder = create_report_folder(folder_name("explore", prepared.options.run.report_dir))
        asyncio.run(_Session(prepared, target, folder, progress).play())
        done = finish_run(folder)
    return done, folder


@contextmanager
def _running(prepared: Prepared) -> Iterator[Target]:
    """The target; or the bundled server in a process of its own, so that it does not wait for who asks it."""
    if prepared.target:
        yield prepared.target
    else:
        with bundled(prepared.options.run, prepared.profile, seed_users=0) as target:
            yield target


class _Session:
    """An exploration while it goes on."""

    def __init__(self, prepared: Prepared, target: Target, folder: Path, progress: ExploreProgress) -> None:
        self._options, self._profile = prepared.options, prepared.profile
        self._target, self._folder, self._progress = target, folder, progress
        run = self._options.run
        self._info = run_info(run, run.parallel or (1 if is_loopback(target.base_url) else PARALLEL))
        self._casting = Casting(self._profile, self._info.name, self._info.seed)
        self._checks = judging()
        self._ledger = self._begun(Ledger(new_ledger(folder)))
        begun = beginning(
            run, self._profile, run=self._info, target=target.info, checks=self._checks, known=prepared.known
        )
        self._gate, *_ = gate_of(begun)
        keeps = run.keep_personal_data or target.bundled
        self._journal = Journal(folder, begun, None if keeps else of_recorded(self._ledger.made))
        self._shown: list[Discovery] = []  # what was to show once more
        self._written: dict[int, Discovery] = {}  # what stands in the journal, by its number
        self._notices: list[str] = []

    def _begun(self, ledger: Ledger) -> Ledger:
        place = "" if self._target.bundled else self._target.base_url
        ledger.begin(place, profiles.text(self._options.run.profile or DEFAULT_PROFILE))
        return ledger

    def _client(self, ledger: Ledger) -> Client:
        return self._target.access.client(
            self._target.base_url,
            ledger,
            self._profile.limits.timeout,
            password=placeholder(),
            connections=max(self._info.parallel, OVERLAP),
        )

    async def play(self) -> None:
        """Explore, and hold again what was found; whatever comes of it stands in the journal."""
        clock = time.perf_counter()
        judge = Judge(self._checks)
        deadline = self._options.run.deadline or round(self._options.minutes * MINUTE) + DEADLINE
        async with self._client(self._ledger) as client:
            conductor = Conductor(
                client.send,
                judge,
                self._progress,
                parallel=self._info.parallel,
                patience=patience,
                sink=self._journal,
            )
            with Interruption(self._progress) as interruption:
                try:
                    await interruption.may_take(deadline, self._work(conductor, interruption))
                finally:
                    await interruption.may_end(clean_up(conductor, self._profile, self._ledger))
        judge.conclude(conductor.transcript)
        conductor.interrupted |= interruption.times > 0 or interruption.too_long
        missing = not_again(judge, self._shown)
        self._tell(conductor, [each for each in missing if each.is_proven])
        self._notices += seen_once(each.kind.check for each in missing if not each.is_proven)
        self._notices += not_shortened(judge)
        self._notices += [TOO_LONG.format(deadline)] if interruption.too_long else []
        self._journal.ended(judge, conductor, round(time.perf_counter() - clock, 3), self._notices)

    async def _work(self, conductor: Conductor, interruption: Interruption) -> None:
        await conductor.play(first_scenes(self._casting))
        needed = [each for each in conductor.scene_runs if each.scene.name in {TESTED, PUSHED}]
        why = next((each.why for each in needed if each.state is not State.PLAYED), "")
        if why:
            conductor.unfinished = UNFINISHED.format(why)
        if conductor.interrupted or why:
            return
        can, replay = features_by(conductor.scene_runs), self._options.replay
        if replay:
            await self._hold(conductor, can, replay)
            return
        explored = await self._search(conductor, can)
        if interruption.too_long and explored.ended_early == INTERRUPTED:
            explored.ended_early = OUT_OF_TIME
        held = self._to_hold(explored, conductor)
        if interruption.times < Stop.MOST:
            is_ended = interruption.times or interruption.too_long or self._is_cut(explored)
            plainly = [] if is_ended else [(PLAIN, plain(can))]
            await conductor.play(held_again(self._casting, [*held, *plainly]))

    async def _hold(self, conductor: Conductor, can: Features, replay: Conversation) -> None:
        """Hold the conversation of a line, and say what of it was not sent. UsageError where that is all of it."""
        said = tuple(each for each in replay if each.kind in can.kinds)
        await conductor.play(held_again(self._casting, [(REPLAYED, said)]))
        held = conductor.scene_runs[-1]
        why = self._journal.masked(not_sent(held, replay, can))
        if not held.exchanges and held.state is State.PLAYED:
            raise silence(why.removesuffix("."))
        self._notices += [why] if why else []

    async def _search(self, conductor: Conductor, can: Features) -> Explored:
        searched = self._folder / SEARCHED
        search = Search(
            self._profile,
            replace(self._info, name=run_name()),
            self._client,
            self._begun(Ledger(searched, keep=partial(ledger_file.append, searched, in_haste=True))),
            known_by(conductor.scene_runs),
            can,
            self._options.steps,
            self._options.minutes * MINUTE,
            self._options.people(self._target.base_url),
            self._hear,
            self._is_enough,
        )
        explored = await search.explored()
        self._progress.explored_all()
        return explored

    def _to_hold(self, explored: Explored, conductor: Conductor) -> list[tuple[str, Conversation]]:
        """By their keys those that show something; none where the target is to be left alone."""
        conductor.broken += explored.broken
        if explored.is_given_up:
            conductor.unfinished = UNFINISHED.format(explored.ended_early)
        if explored.ended_early.startswith((GONE, THROTTLES)):
            conductor.found_gone(explored.ended_early)
        explored.ended_early = self._journal.masked(explored.ended_early)
        self._notices += what_was_done(explored, self._options.steps, self._info.seed)
        if explored.is_left_alone:
            self._tell(conductor, explored.discoveries)
            return []
        held: list[tuple[str, Conversation]] = []
        for number, (conversation, discoveries) in enumerate(conversations(explored).items(), 1):
            held.append((f"{FOUND}-{number}", conversation))
            self._shown += discoveries
        return held

    def _is_cut(self, explored: Explored) -> bool:
        """Whether no conversation through every door follows, in which every check is judged.

        Not where the first failure was to end it: what that one would show nobody has looked into.
        """
        return explored.is_given_up or any(map(self._is_enough, explored.discoveries))

    def _tell(self, conductor: Conductor, found: Sequence[Discovery]) -> None:
        """What was found, and does not show in the end: it counts all the same."""
        conductor.not_held += sum(map(self._counts, found))
        self._notices += [
            NOT_SHOWN.format(each.kind.check, replay_option(line(each.conversation), self._profile.name))
            for each in found
        ]

    def _is_enough(self, found: Discovery) -> bool:
        """Whether the first such failure is to end it."""
        return self._options.run.exitfirst and self._counts(found)

    def _counts(self, found: Discovery) -> bool:
        """Whether it fails the run, by its severity and its baseline."""
        check = next(each for each in self._checks if each.id == found.kind.check)
        return self._gate.counts(check, found.judgement, self._profile.capabilities)

    def _hear(self, explored: Explored) -> None:
        """How exploring goes: what is found is written down at once, in the thread of the search, as long as nothing else is."""
        found = conversations(explored)
        for number, each in enumerate((*explored.discoveries, *explored.being_shortened)):
            if self._written.get(number) is each:
                continue
            self._written[number] = each
            self._journal.found(number, each.kind.check, each.conversation)
            if number < len(explored.discoveries) and each is found[each.conversation][0]:
                self._progress.found(each.kind.check, each.requests)
        self._progress.explored(explored.seconds, explored.conversations, explored.requests, len(found))
