"""Plays in process that are written down as a run is: through journal, record and every report."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playing import BASE_URL, PASSWORD, TOKEN

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.model.check import Check
from scim_tests.model.profile import Profile
from scim_tests.model.record import RunInfo, RunRecord, TargetInfo
from scim_tests.personas.okta.people import strangers
from scim_tests.personas.play import scenes
from scim_tests.record.masking.mask import Mask
from scim_tests.record.masking.ours import of_a_run
from scim_tests.report.html import page
from scim_tests.session.finish import finish, recorded
from scim_tests.session.journal import Beginning, Journal, read
from scim_tests.session.removing import clean_up
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

RUN = "keptplay"


@dataclass(frozen=True)
class Kept:
    """A play that is over: as it was heard, and the record of what was kept of it."""

    conductor: Conductor
    record: RunRecord


def kept(
    transport: httpx.AsyncBaseTransport,
    folder: Path,
    profile: Profile,
    *,
    seed: int = 1,
    parallel: int = 4,
    judged: bool = True,
) -> Kept:
    """Play a profile, judge it unless only what is done is looked at, clean up, and write all reports into the folder, masked."""
    checks = catalogue() if judged else ()
    ledger = Ledger(folder / "ledger.jsonl")
    if profile.reuse_user:
        ledger.adopt(profile.reuse_user)
    play = scenes(profile, RUN, seed)
    names = [each.user_name for each in strangers(profile, seed)]
    journal = Journal(
        folder, _beginning(profile, seed, checks), Mask(of_a_run(RUN, play, names, ledger.made))
    )

    async def perform() -> Conductor:
        judge = Judge(checks)
        vault = Vault(TOKEN, PASSWORD)
        async with Client(BASE_URL, vault, ledger=ledger, timeout=30, transport=transport) as client:
            conductor = Conductor(client.send, judge, Silence(), parallel=parallel, sink=journal)
            await conductor.play(play)
            await clean_up(conductor, profile, ledger)
        judge.conclude(conductor.transcript)
        journal.ended(judge, conductor, 1.0)
        return conductor

    conductor = asyncio.run(perform())
    record = finish(recorded(read(folder), ledger), folder, with_page=False)
    (folder / "report.html").write_text(page(record), encoding="utf-8", errors="replace")
    return Kept(conductor, record)


def _beginning(profile: Profile, seed: int, checks: Sequence[Check] | None = None) -> Beginning:
    run = RunInfo(RUN, seed, datetime.now(UTC).isoformat(), 0.0, 4, strict=False, version="0")
    target = TargetInfo(BASE_URL, bundled=False)
    ids = [each.id for each in (catalogue() if checks is None else checks)]
    return Beginning(run, target, profiles.text(profile.name), ids, "cosmetic", [])
