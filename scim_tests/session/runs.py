"""The runs of a folder, as a list shows them: of each only how its files begin, however long they are.

What lies there is data, whoever wrote it: no link is followed, what is no report folder is passed over, and a file
that is wrong is said to be.
"""

import json
import os
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.model.record import Counts, Outcome, RunRecord, TargetInfo
from scim_tests.model.typed import typed
from scim_tests.record.file import IN_A_HEAD, LARGEST, Head, head_of, read_record
from scim_tests.session.journal_shapes import BEGINNING, Began
from scim_tests.session.report_folder import (
    JOURNAL,
    LEDGER,
    LEFT_BY_RUNS,
    OFFICIAL,
    RECORD,
    is_held,
    is_of_a_load,
    ledgers,
)
from scim_tests.wire import private_file
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import names

SHOWN = 500  # runs, the newest
LOOKED_AT = 20_000  # entries of the folder
IN_A_LEDGER, IN_LEDGERS = 500_000, 8_000_000  # bytes, of some 1,000 people, and of all that a list looks at
RECORDED = "recorded"  # the name of what was judged from a recording
WRONG = (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError)  # what a file may be


class Kind(StrEnum):
    """What left a report folder."""

    RUN = "run"
    RECORDING = "judged recording"
    OFFICIAL = "Okta's official suite"
    REPLAY = "replayed recording"


class State(StrEnum):
    """How far it got."""

    OVER = "over"
    UNDER_WAY = "under way"
    CUT_OFF = "cut off"  # it was killed before it could write its reports
    NOT_READABLE = "not readable"


@dataclass(frozen=True)
class FoundRun:
    """A report folder; `when` is when the run began, of a recording when it was judged, which was `recorded` before. `outcome` and `counts` are there where it is over, the others as far as its files tell.

    `left` says how many may still be on the target, None where nobody can tell.
    """

    folder: Path
    kind: Kind
    state: State
    when: datetime
    run: str = ""  # its name
    target: TargetInfo | None = None
    profile: str = ""
    outcome: Outcome | None = None
    counts: Counts | None = None
    left: int | None = 0
    left_out: int = 0  # checks that it was not asked for
    recorded: datetime | None = None

    @property
    def name(self) -> str:
        """The folder's."""
        return self.folder.name


def runs(reports: Path, most: int = SHOWN) -> tuple[list[FoundRun], int]:
    """The runs in that folder, the newest first, and how many older ones were passed over."""
    found, room = report_folders(reports), IN_LEDGERS
    told = []
    for folder in found[:most]:
        room -= (size := _in_ledgers(folder))
        told.append(_told(folder, is_counted=size <= IN_A_LEDGER and room >= 0))
    return sorted(told, key=lambda run: run.when, reverse=True), len(found[most:])


def run_in(reports: Path, name: str) -> FoundRun:
    """The run in the folder of that name, whoever named it. UsageError where there is none."""
    is_a_name = name.isprintable() and name not in {"", ".", ".."} and Path(name).parts == (name,)
    if is_a_name and _of_runs([reports / name]):
        return _told(reports / name, is_counted=_in_ledgers(reports / name) <= IN_A_LEDGER)
    raise UsageError("no-run", f"There is no run {name!r:.100} in {reports}.", "Choose one from the list.")


def record_of(run: FoundRun) -> RunRecord:
    """All that a run found out. UsageError where it has no record, or one that is none."""
    record = run.folder / RECORD
    if run.outcome is None:
        raise UsageError("no-report", f"The run in {run.folder} has no report yet.", "Open it, and see why.")
    if record.lstat().st_size > LARGEST:
        raise UsageError("not-read", f"{record} is longer than any that a run writes.", "Choose another run.")
    return read_record(record)


def report_folders(reports: Path) -> list[Path]:
    """The report folders in that folder, the last changed first; `latest` and other links are none."""
    with suppress(OSError), os.scandir(reports) as entries:
        names = [Path(each.path) for each in islice(entries, LOOKED_AT) if each.name.isprintable()]
        return sorted(_of_runs(names), key=_changed, reverse=True)
    return []


def _of_runs(paths: Iterable[Path]) -> list[Path]:
    return [
        each
        for each in paths
        if any(os.path.lexists(each / name) for name in LEFT_BY_RUNS)
        and not each.is_symlink()
        and not is_of_a_load(each)  # which a list of runs has no words for
    ]


def _changed(path: Path) -> float:
    with suppress(OSError):
        return path.lstat().st_mtime
    return 0.0


def _in_ledgers(folder: Path) -> int:
    """How many bytes they have, as far as that can be told."""
    with suppress(OSError):
        return sum(each.lstat().st_size for each in ledgers(folder))
    return 0


def _told(folder: Path, *, is_counted: bool) -> FoundRun:
    """By its record, unless a later run in the folder has none yet; who is left is counted, or not known."""
    found = _found(folder)
    if found.target and found.target.is_gone:
        return found
    return replace(found, left=_left(folder) if is_counted else None)


def _found(folder: Path) -> FoundRun:
    head = _head(folder)
    if not head or _changed(folder / JOURNAL) > _changed(folder / RECORD):
        began = _began(folder)
        if began and not (head and head.run.name == began.run.name):
            return _unfinished(folder, began)
    if head:
        kind = _kind(folder, head)
        started = _moment(head.run.started)
        is_recorded = kind is Kind.RECORDING
        return FoundRun(
            folder,
            kind,
            State.OVER,
            _written(folder / RECORD) if is_recorded else started,
            head.run.name,
            head.target,
            head.profile.name,
            head.outcome,
            head.counts,
            left_out=head.run.left_out,
            recorded=started if is_recorded else None,
        )
    is_run = os.path.lexists(folder / JOURNAL)
    is_wrong = not _is_torn(folder) if is_run else os.path.lexists(folder / RECORD)
    state = State.NOT_READABLE if is_wrong else _state(folder)
    kind = Kind.REPLAY if os.path.lexists(folder / LEDGER) else Kind.RECORDING
    return FoundRun(folder, Kind.RUN if is_run else kind, state, _written(folder))


def _unfinished(folder: Path, began: Began) -> FoundRun:
    profile = ""
    with suppress(*WRONG):
        profile = str(tomllib.loads(began.profile).get("name", ""))
    when = _moment(began.run.started)
    return FoundRun(
        folder,
        Kind.RUN,
        _state(folder),
        when,
        began.run.name,
        began.target,
        profile,
        left_out=began.run.left_out,
    )


def _state(folder: Path) -> State:
    return State.UNDER_WAY if is_held(folder) else State.CUT_OFF


def _head(folder: Path) -> Head | None:
    with suppress(*WRONG):
        head = head_of(private_file.head(folder / RECORD, IN_A_HEAD))
        _moment(head.run.started)
        return head
    return None


def _began(folder: Path) -> Began | None:
    """The first line of a journal."""
    with suppress(*WRONG):
        line = json.loads(private_file.head(folder / JOURNAL, IN_A_HEAD).partition(b"\n")[0])
        began: Began = typed(Began, line)
        _moment(began.run.started)
        return began
    return None


def _is_torn(folder: Path) -> bool:
    """Whether a journal of ours ends within its first line, as on a full disk."""
    with suppress(OSError):
        line = private_file.head(folder / JOURNAL, IN_A_HEAD)
        return b"\n" not in line and line[: len(BEGINNING)] == BEGINNING[: len(line)]
    return False


def _moment(started: str) -> datetime:
    return datetime.fromisoformat(started).astimezone(UTC)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(_changed(path), UTC)


def _kind(folder: Path, head: Head) -> Kind:
    if head.run.name != RECORDED:
        return Kind.RUN
    if os.path.lexists(folder / OFFICIAL):
        return Kind.OFFICIAL
    return Kind.REPLAY if os.path.lexists(folder / LEDGER) else Kind.RECORDING


def _left(folder: Path) -> int | None:
    """How many names may still be on the target, as its ledgers tell; a bundled server ended with its run."""
    try:
        found = [Ledger(path) for path in ledgers(folder)]
    except ScimTestsError:
        return None
    return len(names(each for held in found if held.target for each in held.entries()))
