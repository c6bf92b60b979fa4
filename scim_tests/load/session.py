"""A load from its options to its reports: whom it is against, who agreed, who leads it, and what is removed in the end."""

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.load.cast import Cast
from scim_tests.load.hive import (
    Coordinator,
    Environment,
    Member,
    Runner,
    coordinating,
    environment_of,
    history,
    step_stats,
    working,
)
from scim_tests.load.intent import ask_consent, check_size
from scim_tests.load.options import HERE, PORT, LoadOptions, plan_of
from scim_tests.load.options import profile_of as plan_profile
from scim_tests.load.processes import workers
from scim_tests.load.work import INTERRUPTED, Work
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.profile import Profile
from scim_tests.model.tally import Tally
from scim_tests.session.access import Access
from scim_tests.session.interruption import signals_go_to
from scim_tests.session.report_folder import create_report_folder, folder_name, new_ledger
from scim_tests.session.run import DEFAULT_PROFILE, LETTERS, placeholder, profile_of
from scim_tests.session.target import Target, check_choice, named
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_keys import GROUPS, entry
from scim_tests.wire.ledger_sharing import hear

CONNECTIONS = 200  # at most, of one process
Progress = Callable[[LoadPlan, Tally, float], None]


@dataclass(frozen=True)
class Prepared:
    """A load that nothing keeps from beginning. Nothing was sent yet."""

    options: LoadOptions
    profile: Profile
    plan: LoadPlan
    target: Target | None  # None: the bundled server


def prepare(options: LoadOptions) -> Prepared:
    """What a load needs to begin. UsageError where it cannot, or nobody agreed."""
    profile = profile_of(options.run)
    check_choice(options.run)
    run = "".join(secrets.choice(LETTERS) for _ in range(8))
    seed = options.run.seed if options.run.seed is not None else random.SystemRandom().randrange(1_000_000)
    plan = plan_of(options, profile, run, seed, profiles.text(options.run.profile or DEFAULT_PROFILE))
    target = None if options.run.reference else named(options.run, profile)
    if target:
        plan = replace(plan, target=target.base_url)
        ask_consent(options, plan, profile)
    return Prepared(options, profile, plan, target)


class Load:
    """One load: led from here, played here or by workers."""

    def __init__(self, prepared: Prepared, target: Target, folder: Path, progress: Progress) -> None:
        self.options = prepared.options
        self.profile = prepared.profile
        self.plan = replace(prepared.plan, target=target.base_url)
        self.target = target
        self.ledger = Ledger(new_ledger(folder))
        self._cast = Cast(self.plan, self.profile)
        self._progress = progress
        self.coordinator = Coordinator(
            self.plan, self._announce, lambda told: hear(self.ledger, told), self._tell
        )

    def play(self) -> Environment:
        """Have it played; Locust's environment has the statistics. TargetError where the target cannot be talked to."""
        self.ledger.begin("" if self.target.bundled else self.target.base_url, self.plan.profile)
        with ExitStack() as stack:
            stack.enter_context(signals_go_to(lambda *_: self.coordinator.stop(INTERRUPTED)))
            environment, runner = self._runner(stack)
            self.coordinator.lead(runner)
        return environment

    def _runner(self, stack: ExitStack) -> tuple[Environment, Runner]:
        options = self.options
        if not (options.processes or options.workers):
            members: list[Member] = []
            environment = environment_of(lambda: members[0])
            runner = environment.create_local_runner()
            members.append(member(runner, self.options, self.target))
            return environment, runner
        environment = environment_of(lambda: None)
        host, port = (HERE, 0) if options.processes else address(options.listen or HERE)
        leading = coordinating(environment, host, port)
        if options.processes:
            token = self.target.access.token
            stack.enter_context(
                workers(options.processes, leading.server.port, self.plan.target, options.run, token)
            )
        return environment, leading

    def _announce(self, first: int, end: int) -> list[str]:
        groups = range(self.plan.groups if first == 0 else 0)
        names = [
            *self._cast.names(first, end),
            *(entry(GROUPS, self._cast.group_name(each)) for each in groups),
        ]
        self.ledger.intend(*names)
        return names

    def _tell(self, tally: Tally, seconds: float) -> None:
        self._progress(self.plan, tally, seconds)


def member(runner: Runner, options: LoadOptions, target: Target) -> Member:
    """Who plays a part in this process. A coordinator may name no other target than was named here: it would get the token."""

    def work(plan: LoadPlan, index: int) -> Work:
        if plan.target != target.base_url:
            message = (
                f"The coordinator's target is {plan.target}, and --target-url here is {target.base_url}."
            )
            raise UsageError("other-target", message, "Name the same one.")
        check_size(options, plan)
        hides = not (target.bundled or options.run.keep_personal_data)
        return Work(plan, plan_profile(plan, options.run.auth), index, hides=hides)

    def client(work: Work) -> Client:
        timeout = work.profile.limits.timeout
        return target.access.client(
            target.base_url, work.ledger, timeout, password=placeholder(), connections=CONNECTIONS
        )

    return Member(runner, work, client)


def work(options: LoadOptions) -> None:
    """Work for a coordinator until it has no more to do. TargetError where there is none, UsageError where it may not."""
    target = named(options.run, profile_of(options.run))
    members: list[Member] = []
    environment = environment_of(lambda: members[0])
    runner = working(environment, *address(options.worker))
    members.append(member(runner, options, target))
    with signals_go_to(lambda *_: runner.quit()):
        members[0].serve()


def address(said: str) -> tuple[str, int]:
    """HOST[:PORT], with Locust's own port where none is said."""
    host, colon, port = said.rpartition(":")
    return (host, int(port)) if colon and port.isdigit() else (said, PORT)


def load(options: LoadOptions, *, quiet: bool) -> int:
    """Put the load, and tell what came of it; gives the exit code."""
    prepared = prepare(options)
    folder = create_report_folder(folder_name("load", options.run.report_dir))
    with running(prepared) as target:
        load = Load(prepared, target, folder, lambda plan, tally, seconds: None)
        environment = load.play()
        print(load.coordinator.tally.final, step_stats(environment))
    return 0


@contextmanager
def running(prepared: Prepared) -> Iterator[Target]:
    """The target, or the bundled server."""
    if prepared.target:
        yield prepared.target
        return
    from scim_tests.session.target import running_target

    with running_target(None, prepared.options.run, prepared.profile) as found:
        yield found
