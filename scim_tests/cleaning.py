"""Removes whom runs created: at the end of a run, and on a later day from the ledger alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scim_tests import profiles
from scim_tests.access import Access, access
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.course import Played, State
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.errors import TargetError, UsageError
from scim_tests.interruption import Interruption
from scim_tests.model.profile import Profile
from scim_tests.model.record import LeftBehind
from scim_tests.okta.patience import patience
from scim_tests.okta.play import afterplay, finale
from scim_tests.options import RunOptions
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger import State as Held

WHY_HELD = {
    Held.CREATED: "the clean-up did not get to it",
    Held.UNACKNOWLEDGED: "its create was never acknowledged, and the clean-up did not get to it",
    Held.DISPUTED: "the target showed its id with somebody else's userName, so it was not touched",
    Held.STRAY: "shown under this name, although our create was answered with another id, so it was not touched",
}


async def clean_up(conductor: Conductor, profile: Profile, ledger: Ledger) -> None:
    """Remove whom the ledger holds, except who may be somebody else."""
    ours = _ours(ledger)
    if ours:
        await conductor.play([finale(profile, ours)])


def left_behind(ledger: Ledger, played: Sequence[Played]) -> list[LeftBehind]:
    """Whom the ledger still holds or an earlier run left, with the reason the acts gave."""
    said: dict[str, LeftBehind] = {}
    for scene in played:
        for user_name in scene.learnt.get("absent", ()):
            ledger.absent(user_name)
            said.pop(user_name, None)
        for id_ in scene.learnt.get("gone", ()):
            ledger.removed(id_)
        said.update({each[0]: LeftBehind(*each) for each in scene.learnt.get("left_behind", ())})
    held = {
        entry.user_name: LeftBehind(entry.user_name, entry.id, WHY_HELD[entry.state])
        for entry in ledger.entries()
    }
    return list({**held, **said}.values())


def _ours(ledger: Ledger) -> list[tuple[str, str]]:
    return [(entry.user_name, entry.id) for entry in ledger.entries() if entry.state is not Held.DISPUTED]


@dataclass(frozen=True)
class Cleaned:
    """What came of a ledger: how many were gone or are now, and who is still there."""

    ledger: Path
    removed: int
    left: list[LeftBehind]


def ledgers(place: Path) -> list[Ledger]:
    """The ledger in that file, or all in that folder. UsageError where there is none, or they name several targets."""
    paths = sorted(place.glob("ledger*.jsonl")) if place.is_dir() else [place]
    if not paths or not paths[0].is_file():
        hint = "Name the ledger.jsonl that a run left beside its report, or the folder it is in."
        raise UsageError("no-ledger", f"There is no ledger at {place}.", hint)
    found = [Ledger(path) for path in paths]
    targets = sorted({ledger.target for ledger in found if ledger.target and ledger.entries()})
    if len(targets) > 1:  # one token goes to one target
        hint = "Name one ledger after the other, each with the token of its target."
        raise UsageError("two-targets", f"The ledgers in {place} name {' and '.join(targets)}.", hint)
    return found


def clean(ledger: Ledger, options: RunOptions) -> Cleaned:
    """Remove whom the ledger holds from the target it names. TargetError where that cannot be talked to.

    Without a target it was that of a bundled server, which is gone with everybody in it.
    """
    before = len(ledger.entries())
    if not before:
        return Cleaned(ledger.path, 0, [])
    if not ledger.profile:
        raise UsageError("bad-ledger", f"{ledger.path} does not say which target it is about.")
    if not ledger.target:
        return Cleaned(ledger.path, before, [])
    profile = profiles.parse(ledger.profile, f"the profile in {ledger.path}")
    profile = profile.told(authorization=options.auth)
    played = asyncio.run(_play(ledger, profile, access(options, profile)))
    left = left_behind(ledger, played)
    return Cleaned(ledger.path, before - len(ledger.entries()), left)


async def _play(ledger: Ledger, profile: Profile, allowed: Access) -> list[Played]:
    listener = Silence()
    async with allowed.client(ledger.target, ledger, profile.limits.timeout) as client:
        conductor = Conductor(client.send, Judge([]), listener, parallel=1, patience=patience)
        with Interruption(listener) as interruption:
            await interruption.may_end(conductor.play(afterplay(profile, _ours(ledger))))
    tested = conductor.played[0]
    if tested.state in {State.CUT_SHORT, State.BLOCKED} and not conductor.interrupted:
        raise TargetError("unreachable", f"Nothing was removed: {tested.why}.")
    return conductor.played
