"""A load from its options to its reports: whom it is against, who agreed, who leads it, and what is removed in the end."""

import random
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.load.cast import Cast
from scim_tests.load.hive import Coordinator, Member, environment_of, history, step_stats
from scim_tests.load.options import LoadOptions, check_size, plan_of
from scim_tests.load.work import INTERRUPTED, Work
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.profile import Profile
from scim_tests.model.tally import Tally
from scim_tests.session.access import Access
from scim_tests.session.interruption import signals_go_to
from scim_tests.session.report_folder import create_report_folder, folder_name, new_ledger
from scim_tests.session.run import DEFAULT_PROFILE, LETTERS, placeholder, profile_of
from scim_tests.session.target import agreed
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_keys import GROUPS, entry

CONNECTIONS = 200  # at most, of one process
Progress = Callable[[LoadPlan, Tally, float], None]


@dataclass(frozen=True)
class Prepared:
    """A load that nothing keeps from beginning. Nothing was sent yet."""

    options: LoadOptions
    profile: Profile
    plan: LoadPlan
    access: Access | None  # None: the bundled server


def prepare(options: LoadOptions) -> Prepared:
    """What a load needs to begin. UsageError where it cannot."""
    profile = profile_of(options.run)
    text = profiles.text(options.run.profile or DEFAULT_PROFILE)
    run = "".join(secrets.choice(LETTERS) for _ in range(8))
    seed = options.run.seed if options.run.seed is not None else random.SystemRandom().randrange(1_000_000)
    plan = plan_of(options, profile, run, seed, text)
    target = agreed(options.run, profile)
    if target is None:
        return Prepared(options, profile, plan, None)
    plan = replace(plan, target=target.base_url)
    check_size(options, plan)
    return Prepared(options, profile, plan, target.access)


def lead(prepared: Prepared, base_url: str, access: Access, folder: Path, progress: Progress) -> tuple[Coordinator, object, Ledger]:
    """Have it played, in this process alone or by workers; gives what was counted, Locust's statistics and the ledger."""
    plan, profile = replace(prepared.plan, target=base_url), prepared.profile
    ledger = Ledger(new_ledger(folder))
    ledger.begin("" if prepared.access is None else base_url, plan.profile)
    cast = Cast(plan, profile)
    ledger.intend(*(entry(GROUPS, cast.group_name(each)) for each in range(plan.groups)))

    def announce(first: int, end: int) -> list[str]:
        names = cast.names(first, end)
        ledger.intend(*names)
        return names

    members: list[Member] = []
    environment = environment_of(lambda: members[0])
    runner = environment.create_local_runner()
    coordinator = Coordinator(plan, announce, lambda told: ledger.hear(*told), lambda tally, seconds: progress(plan, tally, seconds))
    members.append(Member(runner, lambda told, index: Work(told, profile, index), lambda work: client_of(work, access)))
    with signals_go_to(lambda *_: coordinator.stop(INTERRUPTED)):
        coordinator.lead(runner)
    return coordinator, environment, ledger


def client_of(work: Work, access: Access) -> Client:
    """The way of one process to the target."""
    plan, timeout = work.plan, work.profile.limits.timeout
    return access.client(plan.target, work.ledger, timeout, password=placeholder(), connections=CONNECTIONS)
