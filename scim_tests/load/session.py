"""A load from its options to its reports: whom it is against, who agreed, what is removed in the end, and what is told."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from locust.env import Environment

from scim_tests import __version__, profiles
from scim_tests.checks import whole_catalogue
from scim_tests.engine.gate import Gate
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun
from scim_tests.errors import TargetError, UsageError
from scim_tests.load.finish import finish_load, keep
from scim_tests.load.gentleness import Gently
from scim_tests.load.hive import history, step_stats
from scim_tests.load.intent import ask_consent
from scim_tests.load.leading import Load
from scim_tests.load.options import LoadOptions, plan_of
from scim_tests.load.record import recorded
from scim_tests.load.verdicts import verdicts
from scim_tests.load.work import INTERRUPTED
from scim_tests.model.check import Severity
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import LoadInfo, LoadRecord, LoadSoFar
from scim_tests.model.profile import DEFAULT_PROFILE, Profile
from scim_tests.model.record import LeftBehind
from scim_tests.model.tally import Tally
from scim_tests.personas.okta.clean_up import why_nobody
from scim_tests.record.baseline import read_baseline
from scim_tests.report.load.console import LoadProgress
from scim_tests.report.removing import Countdown
from scim_tests.session.interruption import Interruption, undisturbed
from scim_tests.session.left_behind import left_behind
from scim_tests.session.removing import PARALLEL, remove_all, to_remove
from scim_tests.session.report_folder import create_report_folder, folder_name
from scim_tests.session.run import notices, profile_of, run_name
from scim_tests.session.target import Target, bundled, check_choice, named

KEEP = 5.0  # seconds between two times that what was counted is written down


@dataclass(frozen=True)
class Prepared:
    """A load that nothing keeps from beginning. Nothing was sent yet."""

    options: LoadOptions
    profile: Profile
    plan: LoadPlan
    gate: Gate
    target: Target | None  # None: the bundled server


def prepare(options: LoadOptions) -> Prepared:
    """What a load needs to begin. UsageError where it cannot, or nobody agreed."""
    profile = profile_of(options.run)
    check_choice(options.run)
    run = run_name()
    seed = options.run.seed if options.run.seed is not None else random.SystemRandom().randrange(1_000_000)
    plan = plan_of(options, profile, run, seed, profiles.text(options.run.profile or DEFAULT_PROFILE))
    gate = _gate(options)
    target = None if options.run.reference else named(options.run, profile)
    if target:
        plan = replace(plan, target=target.base_url)
    ask_consent(options, plan, profile)
    return Prepared(options, profile, plan, gate, target)


def _gate(options: LoadOptions) -> Gate:
    run, today = options.run, datetime.now(UTC).date()
    ids = [each.id for each in whole_catalogue()]
    known = read_baseline(Path(run.baseline), ids) if run.baseline else []
    return Gate(
        strict=run.strict,
        fail_on=Severity(run.fail_on or Severity.COSMETIC),
        known={each.check: str(each) for each in known if each.accepts(today)},
    )


def play(prepared: Prepared, progress: LoadProgress, countdown: Countdown) -> tuple[LoadRecord, Path]:
    """Put the load, remove whom it made, and write every report; gives the record and its folder.

    UsageError where it cannot begin, WriteError where a file cannot be written; a target that cannot be talked to
    stands in the record.
    """
    with _running(prepared) as target:
        folder = create_report_folder(folder_name("load", prepared.options.run.report_dir))
        ending = _Ending(prepared, target, folder, progress)
        environment = ending.load.play()
        left = ending.remove(countdown)
        error = ending.load.coordinator.error
        if isinstance(error, UsageError):
            raise error
        with undisturbed():
            done = ending.told(environment, left)
            finish_load(done, folder)
        if error and not isinstance(error, TargetError):
            raise error
    return done, folder


@contextmanager
def _running(prepared: Prepared) -> Iterator[Target]:
    """The target; or the bundled server, in a process of its own, with as many people as are to be imported."""
    if prepared.target:
        yield prepared.target
        return
    with bundled(prepared.options.run, prepared.profile, seed_users=prepared.options.imported) as target:
        yield target


class _Ending:
    """What a load is told of while it goes on and when it is over."""

    def __init__(self, prepared: Prepared, target: Target, folder: Path, progress: LoadProgress) -> None:
        self._prepared = prepared
        self._profile = prepared.profile
        self._target = target
        self._folder = folder
        self._progress = progress
        self._plan = replace(prepared.plan, target=target.base_url)
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._kept = 0.0
        self._is_cut_short = False
        self._notices = notices(prepared.options.run, prepared.profile.without)
        self._keep(Tally(), 0.0)  # from now on it can be told what this was
        self.load = Load(
            prepared.options, prepared.profile, self._plan, target, folder, self._goes_on, progress.say
        )

    def _goes_on(self, tally: Tally, seconds: float) -> None:
        self._progress.update(self._plan, tally, seconds, tally.phase)
        if seconds - self._kept >= KEEP:
            self._keep(tally, seconds)

    def _keep(self, tally: Tally, seconds: float) -> None:
        self._kept = seconds
        info = LoadInfo(self._started, round(seconds, 3), __version__, self._plan)
        keep(LoadSoFar(info, self._target.info, tally, self._notices), self._folder)

    def remove(self, countdown: Countdown) -> list[LeftBehind]:
        """Remove whom the load made, unless the server is gone with it or mixes up ids; gives who is left."""
        ledger = self.load.ledger
        if self._target.bundled:
            return []
        why = why_nobody(self._profile)
        if why or ledger.distrusted or not to_remove(ledger):
            return [replace(each, why=why or each.why) for each in left_behind(ledger, [])]
        try:
            return left_behind(ledger, asyncio.run(self._removed(countdown)))
        except TargetError as error:  # nobody was removed
            return [replace(each, why=error.message) for each in left_behind(ledger, [])]

    async def _removed(self, countdown: Countdown) -> Sequence[SceneRun]:
        timeout, access = self._profile.limits.timeout, self._target.access
        client = access.client(self._plan.target, self.load.ledger, timeout, connections=PARALLEL)
        rate = max((stage.rate for stage in self._plan.stages), default=0.0)
        async with client:
            with Interruption(Silence(), self.load.leave) as interruption, countdown:
                way = Gently(client.send, rate, self.load.leave)
                removed = await remove_all(self.load.ledger, self._profile, way.send, interruption, countdown)
                self._is_cut_short = interruption.times > 0 and not way.why
                self._notices += [way.why] if way.why else []
                return removed

    def told(self, environment: Environment, left: Sequence[LeftBehind]) -> LoadRecord:
        """The whole record."""
        coordinator = self.load.coordinator
        tally = coordinator.tally
        interrupted = self._is_cut_short or tally.stopped == INTERRUPTED
        checks, outcome = verdicts(
            self._plan,
            tally,
            self._profile,
            self._prepared.gate,
            interrupted=interrupted,
            error=coordinator.error,
        )
        return recorded(
            self._plan,
            tally,
            started=self._started,
            seconds=round(coordinator.seconds, 3),
            target=self._target.info,
            profile=self._profile,
            steps=step_stats(environment),
            history=history(environment),
            checks=checks,
            outcome=replace(outcome, sentence=outcome.sentence + self._after_all(left)),
            left_behind=left,
            notices=self._notices,
        )

    def _after_all(self, left: Sequence[LeftBehind]) -> str:
        """What became of whom a load made that was cut short."""
        tally = self.load.coordinator.tally
        if not tally.created or not (tally.stopped or self._is_cut_short):
            return ""
        if self._target.bundled:
            return " Whom it made went with the server."
        return " Not everybody whom it made was removed." if left else " Whom it made was removed again."
