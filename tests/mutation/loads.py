"""Puts loads on the bundled server and says what is seen: `python tests/mutation/loads.py [NAME...]`.

Without a name: each fault of scale, by a load of a minute, and honest servers of several kinds, at which nothing
may be seen. It ends with 1 where a fault is not seen by the check that names its kind, or an honest server is blamed.
"""

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from first_sight.loads import OfALoad
from loading import loaded

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.record import CheckRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.load.as_run import as_run
from scim_tests.report.record_index import sentence

A_MINUTE = "--assign 600 --rate 50 --import 5000 --groups 2x300 --deactivate 10%"
FAULTS = {  # and the check that names the kind of each
    "page-time-grows-with-startindex": "load.pages-take-the-same-time",
    "totalresults-drifts-between-pages": "load.total-holds",
    "list-order-follows-writes": "load.order-holds",
    "import-skips-written-meanwhile": "load.import-shows-everybody",
    "create-lost-under-concurrency": "load.everybody-made-is-there",
    "create-twice-at-once": "load.twice-assigned-is-made-once",
    "membership-lost-under-concurrency": "load.groups-hold-their-members",
    "quota-without-retry-after": "every_throttle.says-when-to-come-again",
    "pool-exhausted-503": "load.answers-without-failing",
    "answer-stalls-at-times": "load.answers-are-steady",
    "answers-get-slower": "load.answers-do-not-slow-down",
    "lookup-scans-everybody": "load.look-ups-do-not-scan",
}


@dataclass(frozen=True)
class HonestLoad:
    """A load at a server that does nothing wrong."""

    options: str = A_MINUTE
    front: str = ""
    busy: bool = False  # two processes take all the time of the machine's processors that they get


SMALL = "--assign 20 --rate 20"
HONEST = {
    "quiet": HonestLoad(),
    "small": HonestLoad(SMALL),
    "small-with-an-import": HonestLoad(f"{SMALL} --import 100"),
    "import-alone": HonestLoad("--import 20000"),
    "two-processes": HonestLoad(f"{A_MINUTE} --processes 2"),
    "quick": HonestLoad("--assign 2000 --rate 200 --import 3000 --groups 4x100 --deactivate 5%"),
    "stages": HonestLoad("--assign 500 --rate 10,40,80 --deactivate 50%"),
    "busy": HonestLoad(busy=True),
    "busy-small": HonestLoad(SMALL, busy=True),
    "busy-quick": HonestLoad("--assign 1500 --rate 200 --import 3000", busy=True),
    "slow": HonestLoad(front="fronting:Slow"),
    "throttles": HonestLoad("--assign 400 --rate 50 --import 2000", front="fronting:Throttles"),
    "sorts-by-name": HonestLoad(front="fronting:SortsByName"),
    "sorts-by-id": HonestLoad(front="fronting:SortsById"),
    "visited": HonestLoad(front="fronting:Visited"),
    "visited-and-sorted": HonestLoad(front="fronting:VisitedAndSorted"),
    "visited-by-two-processes": HonestLoad(f"{A_MINUTE} --processes 2", front="fronting:Visited"),
}
FIRST_SIGHT = {
    f"first_sight.loads:{name}": HonestLoad(front=f"first_sight.loads:{name}") for name in OfALoad.written
}


def seen(record: LoadRecord) -> Iterator[CheckRecord]:
    """The checks that are not green, failures first."""
    for verdict in (Verdict.FAIL, Verdict.BROKEN, Verdict.ADVICE):
        yield from (each for each in record.checks if each.verdict == verdict)


def main(names: Sequence[str]) -> int:
    """Play them; gives the exit code."""
    known = [*FAULTS, *HONEST, *FIRST_SIGHT]
    for unknown in set(names) - set(known):
        raise UsageError("unknown-load", f"There is no load {unknown!r}.", did_you_mean(unknown, known))
    wrong = [each for each in names or known if not _is_as_it_has_to_be(each)]
    for each in wrong:
        say(f"not as it has to be: {each}")
    return bool(wrong)


def _is_as_it_has_to_be(name: str) -> bool:
    """Whether a fault is seen by the check that names it, one of first sight by any, and an honest server by none."""
    load = HONEST.get(name) or FIRST_SIGHT.get(name) or HonestLoad(f"--fault {name} {A_MINUTE}")
    with tempfile.TemporaryDirectory() as folder, busy() if load.busy else nullcontext():
        record = loaded(Path(folder) / "load", *shlex.split(load.options), front=load.front)
    found = list(seen(record))
    causes = as_run(record).root_causes
    say(f"{name}: {record.load.seconds:.0f} s, {record.outcome.verdict}. {record.tally.stopped}")
    for check in found:
        first = "the first cause" if causes and causes[0].check == check.id else check.verdict
        say(f"  {first}: {check.id}: {sentence(check)}")
    ids = {each.id for each in found}
    return (
        (not ids and not record.outcome.exit_code)
        if name in HONEST
        else FAULTS[name] in ids
        if name in FAULTS
        else bool(ids)
    )


@contextmanager
def busy() -> Iterator[None]:
    """Two processes beside it that take all they get of the processors."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        yield
    finally:
        for each in loops:
            each.kill()
            each.wait()


def say(line: str) -> None:
    """At once, since a load takes its time."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
