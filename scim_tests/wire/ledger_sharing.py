"""One ledger of several processes: a coordinator has the file, and workers that write to the same target tell it what to add.

The coordinator writes names down in blocks (`Ledger.intend`) and only then announces them to a worker, so that each
is on disk before a create of it leaves. A worker that dies takes with it which ids it heard; the names are known.
"""

from collections.abc import Iterable, Sequence

from scim_tests.errors import OwnError
from scim_tests.model.names import is_made_here
from scim_tests.wire import ledger_file
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_file import Event
from scim_tests.wire.ledger_keys import GROUPS


class Outbox:
    """What a worker's ledger, `Ledger(path, keep=outbox.keep)`, has to tell the coordinator."""

    def __init__(self) -> None:
        self._announced: dict[str, bool] = {}  # whether anything was told of that name
        self._events: list[Event] = []

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

    def _is_written(self, event: Event) -> bool:
        """Whether the file holds it from the announcement; of a further create of that name it has to be told."""
        name = event.get("user_name", "")
        is_first = event["event"] == "intended" and not self._announced[name]
        self._announced.update({name: True} if name in self._announced else {})
        return is_first


def hear(ledger: Ledger, told: Sequence[object]) -> None:
    """Write down what a worker told, at once; what has happened counts also where it cannot be written.

    OwnError `bad-event` where some of it is no event of a worker, once all else is kept.
    """
    events = [each for each in told if ledger_file.is_event(each) and _may_be_told(ledger, each)]
    ledger.write(*events)
    if len(events) < len(told):
        bad = next(each for each in told if each not in events)
        message = f"A worker told what is no event of this load's ledger: {bad!r:.200}."
        raise OwnError("bad-event", message, "See that all workers have the same version of scim-tests.")


def _may_be_told(ledger: Ledger, event: Event) -> bool:
    """Only of names of this load, which a worker neither begins nor shares with others."""
    name = event.get("user_name")
    is_ours = not name or (
        is_made_here(name.removeprefix(f"{GROUPS}/")) and not ledger.is_somebody_else(name)
    )
    return is_ours and event["event"] not in {"run", "adopted"}
