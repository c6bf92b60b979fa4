"""Puts loads on the bundled server and says what is seen: `python tests/mutation/loads.py [NAME...]`.

Without a name: each fault of scale, by a load of a minute, and honest servers of several kinds, at which nothing
may be seen. It ends with 1 where a fault is not seen by the check that names its kind, or an honest server is blamed.
"""

import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from loading import loaded

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.record import CheckRecord
from scim_tests.model.verdict import Verdict
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
    "quota-without-retry-after": "every_throttle.says-how-long-to-wait",
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


HONEST = {
    "quiet": HonestLoad(),
}


def seen(record: LoadRecord) -> Iterator[CheckRecord]:
    """The checks that are not green, failures first."""
    for verdict in (Verdict.FAIL, Verdict.BROKEN, Verdict.ADVICE):
        yield from (each for each in record.checks if each.verdict == verdict)


def main(names: Sequence[str]) -> int:
    """Play them; gives the exit code."""
    known = [*FAULTS, *HONEST]
    for unknown in set(names) - set(known):
        raise UsageError("unknown-load", f"There is no load {unknown!r}.", did_you_mean(unknown, known))
    wrong = [each for each in names or known if not _is_as_it_has_to_be(each)]
    faults = [each for each in names or known if each in FAULTS]
    print(
        f"{len(faults) - len(set(faults) & set(wrong))} of {len(faults)} faults are seen by the check that names them"
    )
    print(f"honest servers that are blamed: {', '.join(each for each in wrong if each in HONEST) or 'none'}")
    return bool(wrong)


def _is_as_it_has_to_be(name: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        options = (
            ["--fault", name, *shlex.split(A_MINUTE)] if name in FAULTS else shlex.split(HONEST[name].options)
        )
        record = loaded(Path(folder) / "load", *options)
    found = list(seen(record))
    print(f"\n{name}: {record.load.seconds:.0f} s, {record.outcome.verdict}; {record.tally.stopped}")
    for check in found:
        print(f"  {check.verdict}: {check.id}: {sentence(check)}")
    return FAULTS[name] in {each.id for each in found} if name in FAULTS else not found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
