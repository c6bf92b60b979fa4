"""Puts loads on the bundled server and says what is seen: `python tests/mutation/loads.py [NAME...]`.

Without a name: each fault of scale, by a load of a minute; honest servers of many kinds, at which nothing may be seen;
and the faults of `first_sight/loads.py`. It ends with 1 where a fault of scale is not seen by the check that names its
kind, or an honest server is blamed.
"""

import json
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

SEEN = Path(__file__).parent.parent / "first_sight" / "loads.json"
A_MINUTE = "--assign 600 --rate 50 --import 5000 --groups 2x300 --deactivate 10%"
MANY_WRITES = "--assign 500 --rate 50 --import 10000 --deactivate 50%"  # while an import of a second goes on
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


VISITED = frozenset(
    {"load.import-shows-everybody", "load.import-shows-nobody-twice"}
)  # while others come and go
IN_BETWEEN = frozenset(
    {"load.import-shows-nobody-twice", "load.order-holds"}
)  # of a list sorted by what people bring


@dataclass(frozen=True)
class Load:
    """A load at a server, with what stands in front of it, and what may be advised there."""

    options: str = A_MINUTE
    front: str = ""
    advised: frozenset[str] = frozenset()
    busy: bool = False  # two processes take all the time of the machine's processors that they get


SMALL = "--assign 20 --rate 20"
HONEST = {
    "quiet": Load(),
    "small": Load(SMALL),
    "small-with-an-import": Load(f"{SMALL} --import 100"),
    "import-alone": Load("--import 20000"),
    "two-processes": Load(f"{A_MINUTE} --processes 2"),
    "quick": Load("--assign 2000 --rate 200 --import 3000 --groups 4x100 --deactivate 5%"),
    "stages": Load("--assign 500 --rate 10,40,80 --deactivate 50%"),
    "custom-app": Load("--assign 200 --rate 40 --import 1000 --groups 1x100 --profile okta-custom-app"),
    "busy": Load(busy=True),
    "busy-small": Load(SMALL, busy=True),
    "busy-quick": Load("--assign 1500 --rate 200 --import 3000", busy=True),
    "slow": Load(front="fronting:Slow"),
    "throttles": Load("--assign 400 --rate 40 --import 2000", "fronting:Throttles"),
    "sorts-by-name": Load(front="fronting:SortsByName", advised=IN_BETWEEN),
    "sorts-by-id": Load(front="fronting:SortsById", advised=IN_BETWEEN),
    "visited": Load(front="fronting:Visited"),
    "visited-often": Load("--assign 300 --rate 40 --import 300", "fronting:VisitedOften", VISITED),
    "visited-and-sorted": Load(front="fronting:VisitedAndSorted", advised=IN_BETWEEN),
    "visited-by-two-processes": Load(f"{A_MINUTE} --processes 2", "fronting:Visited"),
}
FIRST_SIGHT = {name: Load(front=f"first_sight.loads:{name}") for name in OfALoad.written}


def seen(record: LoadRecord) -> Iterator[CheckRecord]:
    """The checks that are not green, failures first."""
    for verdict in (Verdict.FAIL, Verdict.BROKEN, Verdict.ADVICE):
        yield from (each for each in record.checks if each.verdict == verdict)


def main(names: Sequence[str]) -> int:
    """Play them; gives the exit code. What is seen now of a fault of first sight is written down."""
    known = [*FAULTS, *HONEST, *FIRST_SIGHT]
    for unknown in set(names) - set(known):
        raise UsageError("unknown-load", f"There is no load {unknown!r}.", did_you_mean(unknown, known))
    wrong = []
    for name in names or known:
        found = played(name)
        if name in FIRST_SIGHT:
            write_down(name, found)
        elif FAULTS[name] not in found if name in FAULTS else found:
            wrong.append(name)
    say(f"not as it has to be: {', '.join(wrong) or 'none'}")
    return bool(wrong)


def played(name: str) -> dict[str, str]:
    """The verdicts of the checks that see something, without what may be advised there; each with its sentence on the terminal."""
    options = MANY_WRITES if name == "import-skips-written-meanwhile" else A_MINUTE
    load = {**HONEST, **FIRST_SIGHT}.get(name) or Load(f"--fault {name} {options}")
    with tempfile.TemporaryDirectory() as folder, busy() if load.busy else nullcontext():
        record = loaded(Path(folder) / "load", *shlex.split(load.options), front=load.front)
    causes = {each.check for each in as_run(record).root_causes[:1]}
    say(f"{name}: {record.load.seconds:.0f} s, {record.outcome.verdict}. {record.tally.stopped}")
    found = list(seen(record))
    for check in found:
        told = "the first cause" if check.id in causes else check.verdict
        say(f"  {told}: {check.id}: {sentence(check)}")
    return {
        each.id: each.verdict for each in found if each.id not in load.advised or each.verdict == Verdict.FAIL
    }


def write_down(name: str, found: dict[str, str]) -> None:
    """How a fault of first sight is seen now, beside how it was seen at first, which stays."""
    written = json.loads(SEEN.read_text(encoding="utf-8"))
    written[name]["now"] = "failure" if Verdict.FAIL in found.values() else "advice" if found else "unseen"
    SEEN.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


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
