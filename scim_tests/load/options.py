"""What a load is told, and the plan that comes of it."""

import math
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.model.load_plan import A_DAY, LONGEST, MOST_PEOPLE, MOST_RATE, MOST_READ, LoadPlan, Stage
from scim_tests.model.profile import Dialect, Profile
from scim_tests.options import ACCESS, RunOptions
from scim_tests.personas.okta.at_scale import CHANGE_NAME, WALK_THE_LIST, fill_group
from scim_tests.personas.okta.deactivate_user import deactivate_user
from scim_tests.personas.okta.push_user import push_user

RENAMED = 0.05  # of the people, where profiles are pushed
GROUPS = re.compile(r"(\d{1,9})\s*[x×]\s*(\d{1,9})", re.IGNORECASE)
SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
SLACK, AT_LEAST = 2.0, 300.0  # a load may take so many times as long as planned, and so many seconds more
A_PAGE = 2.0  # seconds that a page of an import may take in the mean
PORT = 5557  # Locust's own
HERE = "127.0.0.1"
PARTS = ("--processes", "--master", "--worker")
OF_A_WORKER = {
    "--worker",
    "--target-url",
    "--max-users",
    "--profile",
    "--email-domain",
    "--without",
    "--keep-personal-data",
    *ACCESS,
}


@dataclass(frozen=True)
class LoadOptions:
    """As the command took them; `run` holds what a load shares with a run. Empty and 0 mean: not said.

    It is a coordinator of `processes` of this machine, or of `workers` that come to `listen` (HOST[:PORT]); or it
    works for one at `worker` (HOST[:PORT]).
    """

    run: RunOptions = field(default_factory=RunOptions)
    assign: int = 0
    rate: str = ""
    imported: int = 0
    groups: str = ""
    deactivate: str = ""
    processes: int = 0
    workers: int = 0
    listen: str = ""
    worker: str = ""
    max_users: int | None = None


def check_part(said: Mapping[str, Any]) -> None:
    """UsageError where a process cannot be all that was said at once; `said` has what was given by the names of the options."""
    flags = [f"--{name.replace('_', '-')}" for name, value in said.items() if value]
    parts = [each for each in PARTS if each in flags]
    odd: list[str] = []
    if len(parts) > 1:
        raise UsageError("two-parts", f"A process is one of {' and '.join(parts)}.", "Name one of them.")
    if parts == ["--worker"]:
        odd = [each for each in flags if each not in OF_A_WORKER]
        why = "a worker hears from its coordinator what to do"
    elif parts != ["--master"]:
        odd = [each for each in flags if each in {"--listen", "--expect-workers"}]
        why = "only a coordinator of other machines (--master) waits for workers"
    elif "--reference" in flags:
        odd = ["--reference"]
        why = "workers that come by themselves do not know the token of the bundled server; --processes N has some of its own"
    if odd:
        raise UsageError("other-part", f"{odd[0]} does not go with that: {why}.", f"Leave {odd[0]} out.")


def plan_of(options: LoadOptions, profile: Profile, run: str, seed: int, text: str) -> LoadPlan:
    """The plan, without a target yet. UsageError where the options or the profile do not allow one; `text` is the profile's TOML."""
    if not options.assign and not options.imported:
        hint = "--assign 1000 --rate 25 assigns people, --import 100000 reads the list."
        raise UsageError("no-load", "Nothing to do: neither --assign nor --import was given.", hint)
    for flag, number, most in (
        ("--assign", options.assign, MOST_PEOPLE),
        ("--import", options.imported, MOST_READ),
    ):
        if not 0 <= number <= most:
            raise UsageError("bad-number", f"{flag} has to be between 0 and {most:,}.")
    workers = options.processes or options.workers or 1
    groups, members = _groups(options, workers)
    leaving = _share(options.deactivate)
    wanted = {
        "--assign": (options.assign, push_user),
        "--import": (options.imported, WALK_THE_LIST),
        "--groups": (groups, fill_group),
        "--deactivate": (leaving, deactivate_user),
    }
    for flag, (is_wanted, act) in wanted.items():
        if is_wanted and (why := act.why_not(profile)):
            raise UsageError(
                "not-in-profile", f"{flag} cannot be played under the profile {profile.name}: {why}."
            )
    renamed = 0.0 if CHANGE_NAME.why_not(profile) else RENAMED
    plan = LoadPlan(
        run, seed, "", text, options.run.email_domain or "", options.run.without, profile.dialect is Dialect.OIN,
        _stages(options.rate, options.assign), deactivated=leaving, renamed=renamed,
        groups=groups, members=members, imported=options.imported, workers=workers,
    )  # fmt: skip
    if plan.seconds > LONGEST * A_DAY:
        message = f"{plan.requests:,} requests at that --rate take more than {LONGEST} days."
        raise UsageError("bad-number", message, "Say a higher --rate, or a smaller --assign.")
    pages = math.ceil(options.imported / profile.limits.page_size)
    walks = 2 if options.assign else 1
    bounded = SLACK * plan.seconds + AT_LEAST + walks * pages * A_PAGE
    return replace(plan, deadline=float(options.run.deadline or bounded))


def address(said: str, flag: str) -> tuple[str, int]:
    """HOST[:PORT] as a numeric address, with Locust's own port where none is said. UsageError where it is none."""
    try:
        parts = urlsplit(f"//[{said}]" if said.count(":") > 1 and "[" not in said else f"//{said}")
        port = PORT if parts.port is None else parts.port
        found = socket.getaddrinfo(parts.hostname or "", port, type=socket.SOCK_STREAM)
        return str(found[0][4][0]), port
    except (OSError, ValueError):
        hint = "For example 192.0.2.7:5557."
        raise UsageError(
            "bad-address", f"{flag} {said!r:.80} is no HOST[:PORT] that is known here.", hint
        ) from None


def profile_of(plan: LoadPlan, auth: str | None) -> Profile:
    """The profile that a coordinator told; `auth` is how the token is sent where that is said otherwise here."""
    profile = profiles.parse_without_people(plan.profile, "of the load")
    return profile.with_overrides(
        email_domain=plan.email_domain or None, authorization=auth, without=plan.without
    )


def _stages(said: str, people: int) -> tuple[Stage, ...]:
    """One stage a rate, equally long; none for a rate at which nobody would be assigned. UsageError where a rate is none."""
    try:
        rates = [float(each) for each in (said or "25").split(",")]
    except ValueError:
        rates = []
    if not rates or not all(0 < each <= MOST_RATE for each in rates):
        message = f"--rate has to be requests a second, above 0 and up to {MOST_RATE:,}."
        raise UsageError("bad-number", message, "25 is a rate; 5,25,50,100 are four, one after the other.")
    ends = [round(people * each / sum(rates)) for each in accumulate(rates)]
    stages = [Stage(rate, end - before) for rate, end, before in zip(rates, ends, [0, *ends], strict=False)]
    return tuple(each for each in stages if each.people)


def _groups(options: LoadOptions, workers: int) -> tuple[int, int]:
    if not options.groups:
        return 0, 0
    found = GROUPS.fullmatch(options.groups.strip())
    if not found or not int(found[1]) or not int(found[2]):
        raise UsageError(
            "bad-number", "--groups has to be N×M: N groups of M members.", "For example --groups 10x500."
        )
    groups, members = int(found[1]), int(found[2])
    each = math.ceil(groups / workers) * members
    if each > options.assign // workers:
        least = each * workers
        message = f"--groups {groups}×{members} needs {least:,} people, since nobody is put into two of them."
        raise UsageError("bad-number", message, f"Say --assign {least} or more, or ask for smaller groups.")
    return groups, members


def _share(said: str) -> float:
    if not said:
        return 0.0
    found = SHARE.fullmatch(said.strip())
    if not found or float(found[1]) > 100:
        raise UsageError(
            "bad-number", "--deactivate has to be a share of the people.", "For example --deactivate 10%."
        )
    return float(found[1]) / 100
