"""One ledger of several processes: a coordinator has the file, and workers that write to the same target tell it what to add.

The coordinator writes names down in blocks (`Ledger.intend`) and only then announces them to a worker, so that each
is on disk before a create of it leaves. A worker that dies takes with it which ids it heard; the names are known.
Whose ids a process has seen under somebody else's name all others hear, by their digests, lest one takes for ours
whom another knows to be somebody else.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeGuard

from scim_tests.errors import OwnError
from scim_tests.model.names import is_made_here
from scim_tests.wire import ledger_file
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_file import Event
from scim_tests.wire.ledger_keys import GROUPS
from scim_tests.wire.strangers import LEAST, MOST, Ids, digest

MOST_MET = 16_384  # ids that one message tells of, of nine bytes each at most


class Outbox:
    """What a worker's ledger, `SharedLedger(path, run, outbox)`, has to tell the coordinator."""

    def __init__(self) -> None:
        self._announced: dict[str, bool] = {}  # whether anything was told of that name
        self._events: list[Event] = []
        self._met: deque[int] = deque()

    def announce(self, names: Iterable[str]) -> None:
        """The file holds these names for this worker: it may make them."""
        self._announced.update(dict.fromkeys(names, False))

    def keep(self, events: Sequence[Event]) -> None:
        """OwnError `not-announced` where a create is about to leave whose name the file does not hold."""
        for event in events:
            if event["event"] == "intended" and event["user_name"] not in self._announced:
                message = f"{event['user_name']} was not sent: the ledger does not hold this name yet."
                raise OwnError("not-announced", message)
        self._events += [each for each in events if not self._is_written(each)]

    def give_back(self) -> None:
        """Nothing more leaves: of whom nothing was told until now no create ever left."""
        unused = [name for name, is_told in self._announced.items() if not is_told]
        self._announced.clear()
        self._events += [{"event": "not created", "user_name": name} for name in unused]

    def take(self) -> list[Event]:
        """What was not taken before, in order."""
        events, self._events = self._events, []
        return events

    def meet(self, stranger: int) -> None:
        """An id, by its digest, was shown under somebody else's name."""
        self._met.append(stranger)

    def take_met(self) -> list[int]:
        """Of those who were not taken before as many as one message may tell of."""
        return [self._met.popleft() for _ in range(min(len(self._met), MOST_MET))]

    def _is_written(self, event: Event) -> bool:
        """Whether the file holds it from the announcement; of a further create of that name it has to be told."""
        name = event.get("user_name", "")
        is_first = event["event"] == "intended" and not self._announced[name]
        self._announced.update({name: True} if name in self._announced else {})
        return is_first


class _Met(Ids):
    """Those that this process has met: each that is new is told."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__()
        self._tell = tell

    def add(self, digest: int) -> bool:
        is_new = super().add(digest)
        if is_new:
            self._tell(digest)
        return is_new


class SharedLedger(Ledger):
    """The ledger of one process among several: the coordinator's, who has the file, or a worker's, who has an `outbox`.

    Whoever bears the mark of `run` is no stranger, whichever process made them.
    """

    def __init__(self, path: Path, run: str, outbox: Outbox | None = None) -> None:
        self._held_ids = Ids()  # those of whom anything was written
        super().__init__(path, keep=outbox.keep if outbox else None)
        self._names.marks.add(run)
        self._foreign = _Met(outbox.meet) if outbox else self._foreign

    def hear_of(self, strangers: Iterable[int]) -> list[int]:
        """Another process has seen these ids, by their digests, under somebody else's names: gives those that are new.

        Nothing is written to them any more, and which of them were taken for ours stands in the file.
        """
        new = [each for each in strangers if Ids.add(self._foreign, each)]
        if any(each in self._held_ids for each in new):
            for id_ in (self._answered.keys() | self._seen.keys()) - self._removed:
                self._disown(id_)
        return new

    def _apply_to_user(self, what: str, user_name: str, id_: str) -> None:
        self._held_ids.add(digest(id_))
        super()._apply_to_user(what, user_name, id_)


def hear(
    ledger: SharedLedger,
    told: Sequence[object],
    met: Sequence[object] = (),
    may_tell: Callable[[str], bool] = lambda _: True,
) -> list[int]:
    """Write down what a worker told, at once; what has happened counts also where it cannot be written.

    `met` are digests of ids that it saw under somebody else's names; gives those that are new here. `may_tell` says
    whether it may tell anything of a name. OwnError `bad-event` where some of it is no event of a worker, once all
    else is kept.
    """
    strangers = [each for each in met if _is_digest(each)]
    new = ledger.hear_of(strangers)
    events = [each for each in told if ledger_file.is_event(each) and _may_be_told(ledger, each, may_tell)]
    ledger.write(*events)
    if len(events) + len(strangers) < len(told) + len(met):
        odd = (each for each in met if not _is_digest(each))
        bad = next((each for each in told if each not in events), None) or next(odd, None)
        message = f"A worker told what is no event of this load's ledger: {bad!r:.200}."
        raise OwnError("bad-event", message, "See that all workers have the same version of scim-tests.")
    return new


def _is_digest(told: object) -> TypeGuard[int]:
    return type(told) is int and LEAST <= told <= MOST


def _may_be_told(ledger: Ledger, event: Event, may_tell: Callable[[str], bool]) -> bool:
    """Only of names of this load and this worker, which it neither begins nor shares with others. Workers remove nobody."""
    name = event.get("user_name")
    is_its_own = not name or (
        is_made_here(name.removeprefix(f"{GROUPS}/")) and not ledger.is_somebody_else(name) and may_tell(name)
    )
    return is_its_own and event["event"] not in {"run", "adopted", "absent", "removed"}
