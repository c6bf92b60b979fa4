"""Who is played against: the bundled server or a URL, with which token, and with whose consent."""

import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.loopback import is_loopback
from scim_tests.model.profile import Profile
from scim_tests.model.record import TargetInfo
from scim_tests.options import RunOptions
from scim_tests.session.access import Access, access
from scim_tests.session.intent import intended, screen
from scim_tests.session.practice import further_schemas
from scim_tests.wire.address import base_url
from scim_tests.wire.in_process import InProcess
from scim_tests.wire.raised import Raised
from scim_tests.wire.vault import Vault

HERE = "http://localhost"  # where an app of this process is


@dataclass(frozen=True)
class Target:
    """What is played against, and how to get in; `bundled` says that it is the reference server, started for the run.

    An app of this process has a transport of its own.
    """

    base_url: str
    access: Access
    bundled: bool
    transport: InProcess | None = None

    @property
    def info(self) -> TargetInfo:
        """As the record tells of it."""
        return TargetInfo(self.base_url, self.bundled, in_process=self.transport is not None)


def check_choice(options: RunOptions) -> None:
    """A target is always named: a silent default would keep a misconfigured pipeline green for ever."""
    if options.app and (options.target_url or options.reference):
        raise UsageError("two-targets", "Both an app and a URL were given.", "Name one of them.")
    if options.reference and options.target_url:
        raise UsageError("two-targets", "Both --reference and --target-url were given.", "Name one of them.")
    if not (options.reference or options.target_url or options.app):
        raise UsageError(
            "no-target",
            "No target: --reference plays against the bundled server,",
            "--target-url URL plays against yours (for instance https://api.example.com/scim/v2).",
        )
    if options.fault and not options.reference:
        raise UsageError("fault-elsewhere", "--fault bends the bundled server.", "Give it with --reference.")


def agreed(options: RunOptions, profile: Profile) -> Target | None:
    """The target at a URL, once everything that may keep a run from it is out of the way; None for the bundled server.

    UsageError where no target, or more than one, is named, where there is no token, or where nobody agreed
    that it is written to.
    """
    check_choice(options)
    if options.reference:
        return None
    found = named(options, profile)
    ask_consent(options, profile, found.base_url)
    return found


@contextmanager
def target(options: RunOptions, profile: Profile) -> Iterator[Target]:
    """The target, ready to be played against. UsageError as `agreed` raises it."""
    with running_target(agreed(options, profile), options, profile) as found:
        yield found


@contextmanager
def running_target(found: Target | None, options: RunOptions, profile: Profile) -> Iterator[Target]:
    """What was agreed on, or else the bundled server, which runs as long as the context.

    It knows Okta's roles and entitlements where the profile has them.
    """
    if found:
        yield found
        return
    from reference_server.running import running  # noqa: PLC0415 -- started only when it is the target
    from reference_server.settings import Settings, Token  # noqa: PLC0415

    token = secrets.token_urlsafe(24)
    settings = Settings(tokens=(Token(token),), schema_file=further_schemas(profile))
    with running(settings, around=bent(options.fault)) as server:
        yield Target(server.base_url, Access(token), bundled=True)


@contextmanager
def bundled(options: RunOptions, profile: Profile, *, seed_users: int) -> Iterator[Target]:
    """The bundled server in a process of its own, with so many people, bent as was said, as long as the context."""
    from reference_server.apart import apart  # noqa: PLC0415 -- started only when it is the target
    from reference_server.faults import bent as bend  # noqa: PLC0415
    from reference_server.settings import Settings, Token  # noqa: PLC0415

    bent(options.fault)  # says what is wrong with a fault's id
    token = secrets.token_urlsafe(24)
    settings = Settings(tokens=(Token(token),), schema_file=further_schemas(profile))
    with apart(settings, around=partial(bend, options.fault), seed_users=seed_users) as server:
        yield Target(server.base_url, Access(token), bundled=True)


def named(options: RunOptions, profile: Profile) -> Target:
    """A server by its URL, or an app of this process, for which nobody has to agree: nothing leaves the process.

    UsageError where there is no token, or the URL is none.
    """
    app = options.app
    url = base_url(f"{HERE}{app.base_path}" if app else options.target_url or "")
    found = access(options, profile)
    refuse_a_secret_in(url, found)
    transport = InProcess(app.call, app.interface, Raised(app.raised)) if app else None
    return Target(url, found, bundled=False, transport=transport)


def refuse_a_secret_in(url: str, access: Access) -> None:
    """A base URL stands in every report, and so may hold no secret that is long enough to be one, in any spelling."""
    if Vault(access.token, "", access.secrets).can_be_read_in(url):
        raise UsageError(
            "bad-url",
            "The URL holds the token or another secret, which every report would show.",
            "Name the base URL without it; a secret may go into a header (--header).",
        )


def bent(fault_ids: Sequence[str]) -> Callable[[Any], Any]:
    """What bends a server by these faults. UsageError for an id that is none, with what is nearest."""
    from reference_server import faults  # noqa: PLC0415 -- only who asks for a fault pays for them

    for each in fault_ids:
        if each not in faults.faults():
            hint = did_you_mean(each, faults.faults(), "`scim-tests list faults` shows them all.")
            raise UsageError("unknown-fault", f"There is no fault {each!r}.", hint)
    return faults.bent(fault_ids)


def ask_consent(options: RunOptions, profile: Profile, url: str, ask: Callable[[str], str] = input) -> None:
    """Writing to a target that is not this machine needs `--yes`, or a yes at the terminal."""
    if options.yes or not profile.writes or is_loopback(url):
        return
    unsaid = "This target is not on this machine, and nobody agreed."
    agree(
        screen(intended(options, profile, url)),
        unsaid,
        "take --profile read-only to look without writing",
        ask,
    )


def agree(screen: str, unsaid: str, instead: str, ask: Callable[[str], str] = input) -> None:
    """A yes at the terminal to what the screen says. UsageError where there is none, or no terminal, which `unsaid` says."""
    if not (sys.stdin and sys.stdin.isatty()):
        hint = f"Say --yes if it may be, or {instead}."
        raise UsageError("not-confirmed", f"{screen}\n\n{unsaid}", hint)
    sys.stderr.write(screen + "\n")
    try:
        answer = ask("\nGo ahead? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        hint = f"{instead[0].upper()}{instead[1:]}."
        raise UsageError("not-confirmed", "Nothing was sent.", hint)
