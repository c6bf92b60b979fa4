"""Removes whom a ledger holds from its target: a few in one go, many by some hundreds, so that memory stays flat.

Whoever is removed costs three requests: a GET that proves who it is, the DELETE, and a GET that looks whether it is gone;
and a lookup by name more where the target's list is too long to be walked (`personas.okta.last_look`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.engine.under_way import Send
from scim_tests.errors import TargetError, WriteError
from scim_tests.model.act import Scene
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Profile
from scim_tests.personas.okta.clean_up import in_order
from scim_tests.personas.okta.ours import look_up_one
from scim_tests.personas.okta.patience import patience
from scim_tests.personas.play import clean_up_scene, deferred_clean_up
from scim_tests.session.interruption import Interruption
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry
from scim_tests.wire.ledger_entry import State as Held
from scim_tests.wire.ledger_keys import name_key

Pair = tuple[str, str]  # a name and an id, which is empty where only a lookup can tell
Share = tuple[Sequence[Pair], Sequence[Pair]]  # whom a scene removes, and whom it looks at besides
Told = Callable[[int, int], None]  # how many, of all, are done; called often
AT_ONCE = 500  # names that one scene removes and looks at
PARALLEL = 4  # requests under way where there are more than that; of a few, one after the other
AGAIN, PROBE = (
    5.0,
    5.0,
)  # seconds until a target that was gone is asked once more, and that its answer may take
REMOVALS = frozenset({"clean_up.delete", "clean_up.delete_group"})
# What to do where nothing could be removed, by what the server answered.
NEXT_KEY = "Enter the right one, as the run had it; for the command it is the token."
NEXT_SILENT = "See that the server runs and this machine may reach it, and clean up again."
NEXT_GONE = "See that the app still runs there, and clean up again."
NEXT_FAULT = "Clean up again in a minute; if it stays so, tell who runs the server."
NEXT_ELSE = "See that it is the server of that run, and clean up again."


def removable(ledger: Ledger) -> list[Entry]:
    """Who may be removed: nobody whom the target has shown to be somebody else."""
    return [
        entry
        for entry in ledger.entries()
        if entry.state is not Held.DISPUTED and not ledger.was_found(entry.user_name, entry.id)
    ]


def to_remove(ledger: Ledger) -> list[Pair]:
    """The same as the clean-up takes them."""
    return [(entry.user_name, entry.id) for entry in removable(ledger)]


def nobody_watches(_: int, __: int) -> None:
    """Whom progress is told to where nobody asked for it."""


async def clean_up(conductor: Conductor, profile: Profile, ledger: Ledger) -> None:
    """Remove whom the ledger holds, except who may be somebody else; also where that can no longer be written down."""
    scene = clean_up_scene(profile, [], [])
    try:
        await _remove(conductor, scene, _shares(ledger), _Counting(nobody_watches))
    except WriteError:  # whoever keeps the play has said so once, and is silent from now on
        await _remove(conductor, scene, _shares(ledger), _Counting(nobody_watches))
        raise


async def remove_all(
    ledger: Ledger, profile: Profile, send: Send, interruption: Interruption, told: Told = nobody_watches
) -> Sequence[SceneRun]:
    """Test the credentials, then remove whom the ledger holds, until it is asked to end; `left_behind` says who is left.

    What is done stands in the ledger, so that it can be begun again at any time. TargetError where nothing was removed.
    """
    counting = _Counting(told)
    shares = _shares(ledger)
    conductor = Conductor(
        send, Judge([]), counting, parallel=PARALLEL if len(shares) > 1 else 1, patience=patience
    )
    tested, scene = deferred_clean_up(profile, [], [])

    async def work() -> None:
        await conductor.play([tested])
        if not (conductor.interrupted or conductor.is_gone):
            await _remove(conductor, scene, shares, counting)

    await interruption.may_end(work())
    test = conductor.scene_runs[0]
    has_failed = test.state in {State.CUT_SHORT, State.BLOCKED} or all(map(_is_away, conductor.transcript))
    if has_failed and not conductor.interrupted:
        raise _untouched(test)
    return conductor.scene_runs


class _Counting(Silence):
    """Tells how many names are done: those of scenes that are over, and of the others as many as a DELETE was answered for."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self.all = self._over = self._deleted = self._under_way = 0

    def begins(self, names: int) -> None:
        """A scene, of so many."""
        self._under_way, self._deleted = names, 0

    def ends(self) -> None:
        """The scene is over."""
        self._over += self._under_way
        self._told(self._over, self.all)

    def heard(self, exchange: Exchange, failed: int) -> None:  # noqa: ARG002 -- as listeners are told
        """Nobody is counted twice."""
        if exchange.step in REMOVALS and self._deleted < self._under_way:
            self._deleted += 1
            self._told(self._over + self._deleted, self.all)


def _shares(ledger: Ledger) -> list[Share]:
    """All at once where they are few; else who is removed comes first, and groups before users."""
    ours, made = to_remove(ledger), ledger.everybody()
    held = {an_id for _, an_id in ours if an_id}
    others = [each for each in made if each[1] not in held]
    if len(ours) + len(others) <= AT_ONCE:
        return [(ours, made)] if ours or made else []
    ours = in_order(ours)
    return [
        *((ours[first : first + AT_ONCE], ()) for first in range(0, len(ours), AT_ONCE)),
        *(((), others[first : first + AT_ONCE]) for first in range(0, len(others), AT_ONCE)),
    ]


async def _remove(conductor: Conductor, scene: Scene, shares: Sequence[Share], counting: _Counting) -> None:
    """Share by share, until one is not played to its end. What one has seen of DELETE goes on to the next."""
    everybody = {each for created, made in shares for each in (*created, *made)}
    counting.all = len(everybody)
    for created, made in shares:
        if conductor.is_gone:  # some are back soon, such as one that is started anew
            await asyncio.sleep(AGAIN)
            step = look_up_one(scene, "find", [*created, *made][0][0])
            await conductor.ask_again(step, scene.act.sends, PROBE)
        share = {*created, *made}
        counting.begins(len(share))
        interrupted, conductor.interrupted = conductor.interrupted, False
        await conductor.play([replace(scene, created=tuple(created), made=tuple(made))])
        ends, conductor.interrupted = conductor.interrupted, interrupted or conductor.interrupted
        counting.ends()
        if len(shares) > 1:
            _let_go(conductor.scene_runs[-1], everybody - share)
        if ends or conductor.scene_runs[-1].state is not State.PLAYED:
            break


def _let_go(played: SceneRun, others: set[Pair]) -> None:
    """Of one scene among many only its result stays, without whom a list showed and another scene is about."""
    for each in played.exchanges:
        each.at_once = ()  # it is one of them, and memory would be free only after a while
    played.exchanges.clear()
    names, ids = {name_key(name) for name, _ in others}, {an_id for _, an_id in others} - {""}
    left = [
        each for each in played.result.left_behind if each[1] not in ids and name_key(each[0]) not in names
    ]
    played.result = replace(played.result, left_behind=tuple(left))


def _is_away(exchange: Exchange) -> bool:
    answer = exchange.heard.answer
    return answer is None or answer.status >= 500


def _untouched(tested: SceneRun) -> TargetError:
    """Why nothing was removed, and what to do: of the server as far as it answered."""
    heard = tested.exchanges[-1].heard if tested.exchanges else None
    if heard and heard.answer is None:
        why, hint = f"{heard.failure[:1].lower()}{heard.failure[1:].removesuffix('.')}", NEXT_SILENT
    elif not heard or not heard.answer:
        why, hint = tested.why, NEXT_ELSE
    else:
        status, phrase = heard.answer.status, heard.answer.phrase
        why, hint = f"the server answered {phrase}", NEXT_ELSE
        if status in {401, 403}:
            why, hint = f"the server refused the key ({phrase})", NEXT_KEY
        elif status == 404:
            why, hint = f"the server has no list of users at that base URL ({phrase})", NEXT_GONE
        elif status >= 500:
            why, hint = f"the server failed ({phrase})", NEXT_FAULT
    return TargetError("unreachable", f"Nothing was removed: {why}.", hint)
