"""Sends what is no play of ours, a suite or a recording, under a run's rules: ledger first, clean-up last."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from scim_tests import profiles
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.errors import ExitCode, OwnError
from scim_tests.model.act import Step
from scim_tests.model.exchange import Heard
from scim_tests.model.profile import DEFAULT_PROFILE, Profile
from scim_tests.model.record import LeftBehind, Outcome, RunRecord
from scim_tests.options import RunOptions
from scim_tests.personas.okta.patience import patience
from scim_tests.personas.okta.requests import quoted
from scim_tests.personas.play import FORMS
from scim_tests.record.masking.mask import Mask, of_recorded
from scim_tests.record.masking.record import masked
from scim_tests.session.interruption import Interruption
from scim_tests.session.left_behind import left_behind
from scim_tests.session.removing import clean_up
from scim_tests.session.report_folder import new_ledger
from scim_tests.session.run import notices, placeholder
from scim_tests.session.target import Target
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger

CUT_OFF = "Interrupted before everything was sent."


@dataclass(frozen=True)
class GuardedSession:
    """How the work ended: who is still on the target, and whether a signal ended it."""

    options: RunOptions
    target: Target
    ledger: Ledger
    left: Sequence[LeftBehind]
    interrupted: bool
    mask: Mask | None  # of None everything is kept

    def record(self, judged: RunRecord) -> RunRecord:
        """What was judged of it, as its report may tell: with what is left, and without who is nobody's business."""
        done = replace(
            judged,
            target=replace(judged.target, bundled=self.target.bundled),
            left_behind=list(self.left),
            notices=notices(self.options),
        )
        if self.interrupted:
            done = replace(done, outcome=Outcome(int(ExitCode.INTERRUPTED), "interrupted", CUT_OFF))
        return masked(done, self.mask) if self.mask else done

    def kept(self, heard: Heard) -> Heard:
        """What was said, as it may be told once it is in the record."""
        return self.mask.heard(heard) if self.mask else heard

    def masked(self, text: str) -> str:
        """A sentence about it, as it may be told."""
        return self.mask.text(text) if self.mask else text


async def send(client: Client, step: Step) -> Heard:
    """Send a step in one of the forms that acts of ours have; whom it made is read by id at once, to prove whose that is."""
    heard = await client.send(step, FORMS)
    answer = heard.answer
    if step.method == "POST" and step.creates and answer and (made := answer.id):
        headers = tuple(pair for pair in step.headers if not pair[0].lower().startswith("content-"))
        path = f"{step.path.partition('?')[0]}/{quoted(made)}"
        with suppress(OwnError):  # an id out of which another path could be read
            await client.send(Step("proof", "GET", path, headers), FORMS)
    return heard


def guarded_session(
    options: RunOptions,
    target: Target,
    profile: Profile,
    folder: Path,
    work: Callable[[Client], Awaitable[None]],
) -> GuardedSession:
    """Do the work, which keeps for itself what it finds, and remove whom it made.

    TargetError where no token can be had, WriteError where the ledger cannot be written.
    """
    ledger = Ledger(new_ledger(folder))
    ledger.begin("" if target.bundled else target.base_url, profiles.text(options.profile or DEFAULT_PROFILE))
    if profile.reuse_user:
        ledger.adopt(profile.reuse_user)
    return asyncio.run(_perform(options, target, profile, ledger, work))


async def _perform(
    options: RunOptions,
    target: Target,
    profile: Profile,
    ledger: Ledger,
    work: Callable[[Client], Awaitable[None]],
) -> GuardedSession:
    timeout = profile.limits.timeout
    async with target.access.client(target.base_url, ledger, timeout, password=placeholder()) as client:
        conductor = Conductor(client.send, Judge(()), Silence(), parallel=1, patience=patience)
        with Interruption(Silence()) as interruption:
            try:
                await interruption.may_end(_all_of(work(client)))
            finally:
                await interruption.may_end(clean_up(conductor, profile, ledger))
    left = left_behind(ledger, conductor.scene_runs)
    mask = None if target.bundled or options.keep_personal_data else of_recorded(ledger.made)
    return GuardedSession(options, target, ledger, left, interruption.times > 0, mask)


async def _all_of(work: Awaitable[None]) -> None:
    await work
