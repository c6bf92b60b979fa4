"""Who leads a load, and who works for it: this process alone, its own workers, or those of other machines."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from typing import Any

from locust.env import Environment
from locust.runners import Runner

from scim_tests.checks import catalogue
from scim_tests.errors import UsageError
from scim_tests.load.cast import Cast
from scim_tests.load.coordinator import Coordinator
from scim_tests.load.hive import coordinating, local, working
from scim_tests.load.intent import check_size
from scim_tests.load.member import Member
from scim_tests.load.options import HERE, LoadOptions, address, profile_of
from scim_tests.load.processes import workers
from scim_tests.load.work import INTERRUPTED, Work
from scim_tests.model.load_plan import CONNECTIONS, LoadPlan
from scim_tests.model.profile import Profile
from scim_tests.model.tally import Tally
from scim_tests.session.interruption import Stop, signals_go_to
from scim_tests.session.report_folder import new_ledger
from scim_tests.session.run import placeholder
from scim_tests.session.run import profile_of as chosen_profile
from scim_tests.session.target import Target, check_choice, named
from scim_tests.wire.client import Client
from scim_tests.wire.ledger_keys import GROUPS, entry
from scim_tests.wire.ledger_sharing import SharedLedger, hear

Progress = Callable[[Tally, float], None]  # what was counted, and the seconds since the load began
SAID = {
    1: "Interrupted; ending in order, and removing whom this load made. Once more leaves them where they are.",
    2: "Leaving them.",
}
OPEN = "Whoever reaches that port from another machine can take part: let nobody else reach it."
WAITING = "Waiting for {} worker{} at {}: scim-tests load --worker {} --target-url {}"
MIXED_UP = "the target showed somebody else under an id of ours"


class Load:
    """One load: led from here, played here or by workers. `say` shows a line on the terminal."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what it is made of
        self,
        options: LoadOptions,
        profile: Profile,
        plan: LoadPlan,
        target: Target,
        folder: Path,
        progress: Progress,
        say: Callable[[str], None],
    ) -> None:
        self.options = options
        self.plan = plan
        self.target = target
        self.ledger = SharedLedger(new_ledger(folder), plan.run)
        self._interruptions = 0
        self.leave = Stop()  # whom the load made is left there
        self._say = say
        self._cast = Cast(plan, profile)
        self.coordinator = Coordinator(plan, self._announce, self._keep, progress)

    def play(self) -> Environment:
        """Have it played; Locust's environment has the statistics. UsageError where workers cannot be waited for."""
        self.ledger.begin("" if self.target.bundled else self.target.base_url, self.plan.profile)
        with ExitStack() as stack:
            stack.enter_context(signals_go_to(lambda *_: self._interrupt()))
            runner, ended = self._runner(stack)
            self.coordinator.lead(runner, ended)
        return runner.environment

    def _interrupt(self) -> None:
        """The first time the load ends in order, the second time nobody is removed either."""
        self._interruptions += 1
        self._say(SAID.get(self._interruptions, "Giving up."))
        if self._interruptions > 1:
            self.leave.ask()
        self.coordinator.stop(INTERRUPTED)

    def _runner(self, stack: ExitStack) -> tuple[Runner, Callable[[], str]]:
        options = self.options
        if not (options.processes or options.workers):
            alone = local()
            member(alone, options, self.target)
            return alone, str
        if options.processes:
            leading = coordinating(HERE, 0)
            return leading, stack.enter_context(workers(options, leading.server.port, self.target))
        host, port = address(options.listen or HERE, "--listen")
        leading = coordinating(host, port)
        self._say(_invitation(options.workers, host, port, self.plan.target))
        return leading, str

    def _keep(self, worker: int, told: Mapping[str, Any]) -> list[int]:
        """What a worker tells of whom it makes; gives the strangers of whom nobody had told before."""
        if told["distrusts"]:
            self.ledger.distrust(MIXED_UP)
        return hear(self.ledger, told["events"], told["met"], lambda name: self._cast.is_of(worker, name))

    def _announce(self, first: int, end: int) -> list[list[str]]:
        plan, parts = self.plan, []
        for worker in range(plan.workers):
            numbers = range(first + (worker - first) % plan.workers, end, plan.workers)
            groups = range(worker, plan.groups if first == 0 else 0, plan.workers)
            parts.append(
                [
                    *self._cast.names(numbers),
                    *(entry(GROUPS, self._cast.group_name(each)) for each in groups),
                ]
            )
        self.ledger.intend(*chain.from_iterable(parts))
        return parts


def _invitation(workers: int, host: str, port: int, target: str) -> str:
    """How workers come to a coordinator that listens there, and who else may."""
    listens = ip_address(host)
    place = f"[{host}]:{port}" if listens.version == 6 else f"{host}:{port}"
    worker = f"HOST:{port}" if listens.is_unspecified else place
    said = WAITING.format(workers, "s" * (workers > 1), place, worker, target)
    return said if listens.is_loopback else f"{said}\n{OPEN}"


def member(runner: Runner, options: LoadOptions, target: Target) -> Member:
    """Who plays a part in this process.

    A coordinator may name no other target than was named here: it would get the token. And no other e-mail domain: real people would get mail.
    """

    def work(plan: LoadPlan, index: int) -> Work:
        if plan.target != target.base_url:
            message = (
                f"The coordinator's target is {plan.target}, and --target-url here is {target.base_url}."
            )
            raise UsageError("other-target", message, "Name the same one.")
        check_size(options, plan)
        playing = profile_of(plan, options.run.auth)
        _check_profile(playing, chosen_profile(options.run))
        hides = not (target.bundled or options.run.keep_personal_data)
        return Work(plan, playing, index, hides=hides)

    def client(work: Work) -> Client:
        timeout = work.profile.limits.timeout
        return target.access.client(
            target.base_url, work.ledger, timeout, password=placeholder(), connections=CONNECTIONS
        )

    return Member(runner, work, client)


def _check_profile(told: Profile, own: Profile) -> None:
    """UsageError where a coordinator has other mail written, or does more, than the command of this process says."""
    if told.email_domain != own.email_domain:
        message = f"The coordinator's people are at {told.email_domain!r:.80}, and those of this worker at {own.email_domain}."
        raise UsageError("other-people", message, "Say the same --profile and --email-domain to both.")
    if told.capabilities != own.capabilities or told.writes != own.writes:
        message = "The coordinator plays with other features than those of this worker's profile."
        raise UsageError("other-features", message, "Say the same --profile and --without to both.")


def work(options: LoadOptions) -> None:
    """Work for a coordinator until it has no more to do. TargetError where there is none, UsageError where it may not."""
    check_choice(options.run)
    target = named(options.run, chosen_profile(options.run))
    catalogue()  # reading all checks takes a moment, in which a coordinator would hear no word
    runner = working(*address(options.worker, "--worker"))
    playing = member(runner, options, target)
    with signals_go_to(lambda *_: playing.interrupt()):
        playing.serve()
