"""Plays in process: the whole of Okta's part against an ASGI app, without a socket."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

import reference_server
from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.conduct import OVERLAP, Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.engine.results import Result, results
from scim_tests.model.profile import SPECIFICATION, Profile
from scim_tests.personas.okta.delete_user import delete_user
from scim_tests.personas.play import ACTS, scenes
from scim_tests.session.removing import clean_up
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

TOKEN = "a-token-for-tests-alone"
PASSWORD = "Ab3dEf7h"
ENTITLEMENTS = Path(reference_server.__file__).parent / "further" / "okta_entitlements.json"
BASE_URL = "http://localhost/scim/v2"
TIMED = frozenset(
    {"import_groups.list-is-quick", "every_answer.is-quick-enough"}
)  # what a busy machine may say, too
ME = "scim-tests.unittest.project-users-1@example.com"  # made by an act of the specification


@dataclass(frozen=True)
class Play:
    """A play that is over."""

    conductor: Conductor
    judge: Judge
    ledger: Ledger

    @cached_property
    def results(self) -> list[Result]:
        """Of every check but those that judge the machine which plays both parts."""
        found = results(self.judge, self.conductor.scene_runs)
        return [each for each in found if each.check.id not in TIMED]

    def result(self, check_id: str) -> Result:
        return next(each for each in self.results if each.check.id == check_id)


def reference_transport(schema_file: Path | None = None, *, me: str = "") -> httpx.ASGITransport:
    """The honest reference server, with an empty database of its own, and the further types of a file; the token is that of `me`."""
    settings = Settings(tokens=(Token(TOKEN, user_name=me),), public_url=BASE_URL, schema_file=schema_file)
    return httpx.ASGITransport(application(settings))


def play(
    transport: httpx.AsyncBaseTransport,
    ledger_file: Path,
    *,
    profile: str | Profile = "okta",
    judge: Judge | None = None,
    parallel: int = 4,
    run: str = "unittest",
    seed: int = 1,
) -> Play:
    """Play a whole profile over a transport; judged by nobody unless a judge is given."""

    async def perform() -> Play:
        chosen = profiles.load(profile) if isinstance(profile, str) else profile
        ledger = Ledger(ledger_file)
        if chosen.reuse_user:
            ledger.adopt(chosen.reuse_user)
        hearing = judge or Judge([])
        async with Client(
            BASE_URL,
            Vault(TOKEN, PASSWORD),
            ledger=ledger,
            timeout=30,
            connections=max(parallel, OVERLAP),
            transport=transport,
        ) as client:
            conductor = Conductor(client.send, hearing, Silence(), parallel=parallel)
            await conductor.play(scenes(chosen, run, seed))
            await clean_up(conductor, chosen, ledger)
        hearing.conclude(conductor.transcript)
        return Play(conductor, hearing, ledger)

    return asyncio.run(perform())


def short(name: str = "okta") -> Profile:
    """Few people and pages, but groups and a PUT."""
    profile = profiles.load(name)
    limits = replace(
        profile.limits, new_users=6, crowd=0, import_pages=2, longest_wait=0.0, small_page_requests=1
    )
    acts = {"query_users", "create_variants", "duplicate_user", "reactivate_user", "entitlements"}
    return replace(profile, limits=limits, leave_out=frozenset(acts))


def specifying(*acts: str) -> Profile:
    """The acts of the specification alone, or some of them."""
    left_out = {each.name for each in ACTS if each.capability == SPECIFICATION and acts} - {*acts}
    specification = replace(profiles.load("scim"), capabilities=frozenset({SPECIFICATION}))
    return replace(specification, leave_out=frozenset(left_out))


@cache
def honest_play(profile: str = "okta", *, probes: bool = False, schema_file: Path | None = None) -> Play:
    """A judged play against the honest server, once for all tests that only look at it."""
    chosen = profiles.load(profile).with_overrides(probes=probes)
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        return play(reference_transport(schema_file), ledger, profile=chosen, judge=Judge(catalogue()))


@cache
def specified_play() -> Play:
    """What the acts of the specification send, and what asks the target who it is; of Okta's acts a DELETE, which shows that others may follow."""
    left_out = {each.name for each in ACTS if each.capability == "push_users" and each is not delete_user}
    chosen = replace(
        profiles.load("scim"),
        capabilities=frozenset({SPECIFICATION, "push_users"}),
        leave_out=frozenset(left_out),
    )
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.jsonl"
        return play(reference_transport(me=ME), ledger, profile=chosen, judge=Judge(catalogue()))


@pytest.fixture(scope="module", autouse=True)
def no_disk() -> Iterator[None]:
    """Where this is imported, no line of a ledger has to outlive the power, and none waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
