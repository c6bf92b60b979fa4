"""Removes whom runs created on a later day, from the ledger alone: what that will do, who agreed, and what came of it."""

import asyncio
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scim_tests import profiles
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun
from scim_tests.errors import UsageError
from scim_tests.model.names import is_made_here
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.model.record import LeftBehind
from scim_tests.options import RunOptions
from scim_tests.personas.okta.clean_up import why_nobody
from scim_tests.personas.okta.ours import GROUPS, is_group
from scim_tests.report.text import one_line, shortened
from scim_tests.session.access import Access, access
from scim_tests.session.interruption import Interruption, Stop
from scim_tests.session.left_behind import WHY_ODD, WHY_UNPROVEN, by_hand, is_odd, left_behind
from scim_tests.session.removing import PARALLEL, Told, nobody_watches, removable, remove_all, to_remove
from scim_tests.session.report_folder import LEDGER, hold, of_a_run
from scim_tests.session.target import agree
from scim_tests.wire.address import base_url
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry, names
from scim_tests.wire.ledger_entry import State as Held
from scim_tests.wire.ledger_keys import name_key

# What becomes of people, the most that any of the profiles allows first.
WAYS = {
    CleanUp.DELETE: "deleted, or deactivated where that is refused",
    CleanUp.DEACTIVATE: "deactivated",
    CleanUp.NOTHING: "looked for and left there, since the profile says that they cannot be removed",
}
REFUSED = "whose create was refused: removed where they are there all the same"
TOUCHES = "nobody else: who has another name by now is left alone"
SHOWN = 20  # names
NAME_SHOWN = 200  # characters of each


@dataclass(frozen=True)
class Remains:
    """What a ledger says is left on a target, which is none where a bundled server, now gone, was the target."""

    ledger: Ledger  # holds only who may be removed
    target: str
    profile: Profile | None
    strangers: list[str]  # names in the file that no run of ours gives


@dataclass(frozen=True)
class Cleaned:
    """What came of a ledger: how many names were removed and how many not found, and who is still there."""

    ledger: Path
    removed: int
    missing: int
    left: list[LeftBehind]


@dataclass(frozen=True)
class Removal:
    """What a clean-up is about to do: how many go from where, what becomes of the people, and how the first are called.

    `refused` counts names that nobody should have, since every create of them was refused. `doubt` says who will
    hardly go, and what to do then.
    """

    target: str
    people: int
    groups: int
    way: str
    names: list[str]
    more: int  # names that are not shown
    refused: int
    doubt: str
    why_nobody: str  # of the people can be removed; empty where some can

    @property
    def is_by_hand(self) -> bool:
        """Whether only somebody who goes there can remove what is left."""
        return bool(self.why_nobody) and not self.groups

    def __str__(self) -> str:
        """One screen."""
        more = [f"and {self.more} more"] if self.more else []
        refused = [f"  looks for {self.refused} more, {REFUSED}"] if self.refused else []
        return "\n".join((
            f"scim-tests is about to clean up {self.target}",
            "",
            f"  people    {self.people}: {self.way}",
            f"  groups    {self.groups}: deleted",
            f"  names     {(chr(10) + ' ' * 12).join((*self.names, *more))}",
            *refused,
            *([f"  note      {self.doubt}"] if self.doubt else []),
            f"  touches   {TOUCHES}",
        ))  # fmt: skip


def remains(place: Path, options: RunOptions) -> list[Remains]:
    """The same as `in_ledgers`, for who will clean up: the folder is kept for this process first.

    UsageError also where another process has it.
    """
    place = of_a_run(place) if place.is_dir() else place
    hold(place if place.is_dir() else place.parent)
    return in_ledgers(place, options)


def in_ledgers(place: Path, options: RunOptions) -> list[Remains]:
    """What the ledger in that file holds, or all in that folder; each is a file that anybody may have written.

    UsageError where there is none, or where they cannot be believed or name several targets.
    """
    paths = sorted(place.glob("ledger*.jsonl")) if place.is_dir() else [place]
    if not paths or not paths[0].is_file():
        hint = "Name the ledger.jsonl that a run left beside its report, or the folder it is in"
        raise UsageError("no-ledger", f"There is no ledger at {place}.", f"{hint}{_newest_beside(place)}.")
    ledgers = [Ledger(path) for path in paths]
    targets = sorted({_target(each) for each in ledgers if each.target and each.entries()})
    if len(targets) > 1:  # one token goes to one target
        hint = "Name one ledger after the other, each with the token of its target."
        raise UsageError("two-targets", f"The ledgers in {place} name {' and '.join(targets)}.", hint)
    shared = _shared_users(options)
    return [_remains(each, options, shared) for each in ledgers]


def _newest_beside(place: Path) -> str:
    """Which that may be: a run that only reads leaves no ledger, and is the latest all the same."""
    beside = sorted(place.parent.glob(f"*/{LEDGER}"), key=lambda path: path.lstat().st_mtime)
    runs = [each.parent for each in beside if not each.parent.is_symlink()]
    return f"; the newest beside it is {shlex.quote(str(runs[-1]))}" if runs else ""


def _shared_users(options: RunOptions) -> set[str]:
    """The users every run shares, of the profiles that come along and of the one that was named."""
    named = [options.profile] if options.profile else []
    chosen = (profiles.load(name) for name in (*profiles.names(), *named))
    return {each.reuse_user.casefold() for each in chosen if each.reuse_user}


def _remains(everything: Ledger, options: RunOptions, shared: set[str]) -> Remains:
    def may_go(name: str) -> bool:
        return is_made_here(name.removeprefix(GROUPS)) or name.casefold() in shared

    path = everything.path
    held = [each.user_name for each in everything.entries()]
    if held and not everything.profile:
        raise UsageError("bad-ledger", f"{path} does not say which target it is about.")
    if not held or not everything.target:  # a bundled server's
        return Remains(everything, "", None, [])
    profile = profiles.parse_without_people(everything.profile, f"the profile in {path}")
    profile = profile.with_overrides(authorization=options.auth)
    strangers = [name for name in held if not may_go(name)]
    return Remains(Ledger(path, may_go), _target(everything), profile, strangers)


def _target(ledger: Ledger) -> str:
    """The base URL a ledger names, as runs write it."""
    why = "it has characters in it that no URL has."
    if ledger.target.isprintable():
        try:
            return base_url(ledger.target)
        except UsageError as error:
            why = error.message
    message = f"{ledger.path} names no target that could be written to: {why}"
    raise UsageError("bad-ledger", message, "Name the ledger that a run left beside its report.")


def ask_consent(found: Sequence[Remains], options: RunOptions) -> None:
    """A yes to whom and where, or `--yes`; also on this machine, for the ledger may be anybody's."""
    if not options.yes and (what := removal(found)):
        agree(str(what), "Nobody agreed.", "name another ledger")


def removal(found: Sequence[Remains]) -> Removal | None:
    """What cleaning up all of it will do; None where nobody is there to be removed."""
    there = [each for each in found if each.target]
    entries = [entry for each in there for entry in removable(each.ledger)]
    if not entries:
        return None
    held = names(entries)
    groups = sum(map(is_group, held))
    ways = {each.profile.clean_up for each in there if each.profile}
    way = next(said for way, said in WAYS.items() if way in ways)
    shown = [shortened(one_line(name.removeprefix(GROUPS)), NAME_SHOWN) for name in held[:SHOWN]]
    reasons = {why_nobody(each.profile) for each in there if each.profile}
    reason = "" if "" in reasons else "; ".join(sorted(reasons))
    refused = len({name_key(each.user_name) for each in entries}) - len(held)
    return Removal(
        there[0].target,
        len(held) - groups,
        groups,
        way,
        shown,
        len(held[SHOWN:]),
        refused,
        _doubt(entries),
        reason,
    )


def _doubt(entries: Sequence[Entry]) -> str:
    """Who is known by nothing that may be written to; empty where all may be."""
    odd = names(each for each in entries if is_odd(each.id))
    unproven = names(each for each in entries if each.state is Held.STRAY and not is_odd(each.id))
    said = [
        f"{len(of)} will hardly go: {why}; {by_hand(of[0])}"
        for of, why in ((odd, WHY_ODD), (unproven, WHY_UNPROVEN))
        if of
    ]
    return ". ".join(said)


def clean(
    found: Remains, options: RunOptions, stop: Stop | None = None, told: Told = nobody_watches
) -> Cleaned:
    """Remove whom the ledger holds from its target, until `stop` is asked. TargetError where that cannot be talked to."""
    ledger, profile = found.ledger, found.profile
    before, held = _entries_of(ledger), _keys(ledger)
    if not found.target or not profile:
        return Cleaned(ledger.path, len(held), 0, [])
    if not to_remove(ledger):
        why = why_nobody(profile)
        left = [replace(each, why=why) if why else each for each in left_behind(ledger, [])]
        return Cleaned(ledger.path, 0, 0, left)
    played = asyncio.run(_remove(found, profile, access(options, profile), stop, told))
    removed = (before - _entries_of(ledger)).keys()
    left = left_behind(ledger, played, late=True)
    return Cleaned(ledger.path, len(removed), len(held - _keys(ledger) - removed), left)


def _entries_of(ledger: Ledger) -> Counter[str]:
    """How many may be there by each name."""
    return Counter(name_key(each.user_name) for each in ledger.entries())


def _keys(ledger: Ledger) -> set[str]:
    return set(map(name_key, names(ledger.entries())))


async def _remove(
    found: Remains, profile: Profile, allowed: Access, stop: Stop | None, told: Told
) -> Sequence[SceneRun]:
    timeout = profile.limits.timeout
    async with allowed.client(found.target, found.ledger, timeout, connections=PARALLEL) as client:
        with Interruption(Silence(), stop) as interruption:
            return await remove_all(found.ledger, profile, client.send, interruption, told)
