"""What a ledger costs that four times as many people are in, beside one: reading it, and asking it who may be left.

    python benchmarks/ledger.py [PEOPLE]

Of each a create was announced, answered and shown, and every second one was removed. Seconds are the least of three
tries; only their ratio means something elsewhere, and 4 is what it is where the cost grows with the file. Bytes are
what the ledger keeps of each person, and what reading it took for a moment.
"""

import gc
import sys
import time
import tracemalloc
import uuid
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import names
from scim_tests.wire.ledger_file import Event, append

PEOPLE = 12_500
TRIES = 3


def written(folder: str, people: int) -> Path:
    """A ledger of so many."""
    path = Path(folder) / f"{people}.jsonl"
    called = [f"scim-tests.measured.u-{number:06}@example.com" for number in range(people)]
    events: list[Event] = [{"event": "run", "target": "https://scim.example.com", "profile": ""}]
    events += [{"event": "intended", "user_name": name} for name in called]
    for number, name in enumerate(called):
        id_ = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
        events += [{"event": what, "user_name": name, "id": id_} for what in ("created", "seen")]
        events += [{"event": "removed", "id": id_}] * (number % 2)
    append(path, events)
    return path


def least(work: Callable[[], object]) -> float:
    """Seconds."""

    def once() -> float:
        gc.collect()
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return min(once() for _ in range(TRIES))


def costs(path: Path) -> dict[str, float]:
    """By what is done."""
    ledger = Ledger(path)
    left = ledger.entries()
    return {
        "read": least(lambda: Ledger(path)),
        "entries": least(ledger.entries),
        "names": least(lambda: names(left)),
        "everybody": least(ledger.everybody),
    }


def main() -> None:
    people = int(sys.argv[1]) if sys.argv[1:] else PEOPLE
    with TemporaryDirectory() as folder:
        few, many = written(folder, people), written(folder, 4 * people)
        of_few, of_many = costs(few), costs(many)
        print(f"{'':<12}{people:>10}{4 * people:>10}{'ratio':>8}")
        for what, seconds in of_few.items():
            print(f"{what:<12}{seconds:>9.3f}s{of_many[what]:>9.3f}s{of_many[what] / seconds:>8.1f}")
        for path, of in ((few, people), (many, 4 * people)):
            gc.collect()
            tracemalloc.start()
            ledger = Ledger(path)
            kept, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert ledger.target  # noqa: S101 -- it is kept until here
            print(
                f"{of:>8} people: {kept / of:.0f} bytes kept of each, {most / of:.0f} at most while it is read"
            )


main()
