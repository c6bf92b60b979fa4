"""Who is left on a target, and why, in words that a person can act on."""

from collections.abc import Sequence

from scim_tests.engine.run_state import SceneRun, State
from scim_tests.model.forms import is_plain_id
from scim_tests.model.names import PREFIX, mark
from scim_tests.model.record import LeftBehind
from scim_tests.model.scene_result import Left
from scim_tests.personas.okta.ours import GROUPS
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry
from scim_tests.wire.ledger_entry import State as Held
from scim_tests.wire.write_guard import UNPROVEN

WHY_HELD = {
    Held.CREATED: "the clean-up did not get to it",
    Held.UNACKNOWLEDGED: "its create was never acknowledged, and no clean-up could settle yet whether it is there",
    Held.DISPUTED: "the target showed its id with somebody else's userName, so it was not touched",
    Held.STRAY: "shown under this name, although our create was answered with another id, so it was not touched",
}

WHY_SILENT = "not removed, since the server no longer answered: {}"
WHY_DISTRUSTED = (
    "not removed, since {}: nothing is written to such a target; look who has that id, and then clean up"
)
WHY_FOUND = "this run found it there and did not make it; name the ledger of the run that did"

WHY_ODD = "an id with a character that scim-tests writes into no address, lest it leads to somebody else"
WHY_UNPROVEN = "not proven to be whom the run made, and so not touched"
BY_HAND = "remove by hand: search for {} in the app"


def left_behind(ledger: Ledger, scene_runs: Sequence[SceneRun], *, late: bool = False) -> list[LeftBehind]:
    """Who is still there as the acts saw it, and whom the ledger still holds where none got to look.

    Who was not found is not told. Only `late`, when some time has gone by, is it sure that a create which
    was not answered, or whose user was never shown, came to nothing; until then the ledger keeps it.
    """
    results = [scene.result for scene in scene_runs]
    absent = {name for each in results for name in each.absent}
    gone = {id_ for each in results for id_ in each.gone}
    cleaned = [each for each in scene_runs if each.scene.act.name == "clean_up"]
    silence = next(filter(None, map(_silence, cleaned)), "")
    left: dict[tuple[str, str], Left] = {}
    for each in (told for result in results for told in result.left_behind):
        name, id_, _ = each
        if not (id_ in gone if id_ else name in absent):
            left[_key(name, id_)] = each
    # By an id, so that the name alone need not be told.
    known = {name.casefold() for name, id_, _ in left.values() if id_}
    nobody: list[Entry] = []
    for entry in ledger.entries():
        key = _key(entry.user_name, entry.id)
        if entry.id in gone or (not entry.id and entry.user_name in absent):
            if late or entry.state is not Held.UNACKNOWLEDGED:
                nobody.append(entry)
        elif entry.state is Held.REFUSED:
            left.pop(key, None)  # nobody has that name, as far as the target says
        else:
            was_found = ledger.was_found(entry.user_name, entry.id)
            why = WHY_FOUND if was_found else _why_held(entry, silence, ledger.distrusted)
            left.setdefault(key, (entry.user_name, entry.id, why))
            known |= {entry.user_name.casefold()} if entry.id else set()
    ledger.removed(*(each.id for each in nobody if each.id))
    ledger.absent(*(each.user_name for each in nobody if not each.id))
    return [_left(ledger, *each) for each in left.values() if each[1] or each[0].casefold() not in known]


def _silence(cleaned: SceneRun) -> str:
    """How the target was found gone, so that nobody was removed; empty where it was not."""
    is_silent = cleaned.state is State.BLOCKED and cleaned.blame
    how = cleaned.why.removeprefix(f"{cleaned.blame}: ").removesuffix(".") if is_silent else ""
    return how[:1].lower() + how[1:]


def _why_held(entry: Entry, silence: str, distrusted: str) -> str:
    is_open = entry.state in {Held.CREATED, Held.UNACKNOWLEDGED}
    if distrusted and is_open:
        return WHY_DISTRUSTED.format(distrusted)
    return WHY_SILENT.format(silence) if silence and is_open else WHY_HELD[entry.state]


def _key(name: str, id_: str) -> tuple[str, str]:
    """By what one who was left is known: an id, whatever it is called, else a name."""
    return ("", id_) if id_ else (name, "")


def _left(ledger: Ledger, name: str, id_: str, why: str) -> LeftBehind:
    """An id that may be somebody else's is told in the reason alone, lest anybody goes by it and removes them."""
    plainly = WHY_ODD if is_odd(id_) else WHY_UNPROVEN if UNPROVEN in why else ""
    why = plainly or why
    if id_ and not ledger.is_expected(id_):
        id_, why = "", f"{why} ({id_}, which may be somebody real)"
    return LeftBehind(name, id_, f"{why}; {by_hand(name)}" if plainly else why)


def is_odd(id_: str) -> bool:
    """Whether it is an id that nothing is written to."""
    return bool(id_) and not is_plain_id(id_.removeprefix(GROUPS))


def by_hand(name: str) -> str:
    """What to do where a clean-up cannot."""
    its_mark = mark(name.removeprefix(GROUPS))
    return BY_HAND.format(f"{PREFIX}.{its_mark}" if its_mark else name.removeprefix(GROUPS))
