"""Conversations held in process, with the honest server or another, under one profile."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from scim_tests import profiles
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun
from scim_tests.model.conversation import read_line
from scim_tests.model.profile import Profile
from scim_tests.personas.explore.explore import scene_of
from scim_tests.personas.okta.people import Casting
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault
from tests.playing import BASE_URL, PASSWORD, TOKEN, reference_transport


def hold(
    *lines: str,
    profile: str | Profile = "okta",
    transport: httpx.AsyncBaseTransport | None = None,
    parallel: int = 1,
) -> Sequence[SceneRun]:
    """Hold each line's conversation, one after the other, with people of its own; gives what became of each."""

    async def perform(folder: str) -> Sequence[SceneRun]:
        chosen = profiles.load(profile) if isinstance(profile, str) else profile
        casting = Casting(chosen, "unittest", 1)
        ledger = Ledger(Path(folder) / "ledger.jsonl")
        async with Client(
            BASE_URL,
            Vault(TOKEN, PASSWORD),
            ledger=ledger,
            timeout=30,
            connections=parallel,
            transport=transport or reference_transport(),
        ) as client:
            conductor = Conductor(client.send, Judge([]), Silence(), parallel=parallel)
            for number, line in enumerate(lines):
                await conductor.play([scene_of(casting, str(number), read_line(line))])
            return conductor.scene_runs

    with TemporaryDirectory() as folder:
        return asyncio.run(perform(folder))
