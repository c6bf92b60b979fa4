"""The runs of a folder, as a list shows them: of each only how its files begin, however long they are.

What lies there is data, whoever wrote it. No link is followed, what is no report folder is passed over, and a file
that is wrong costs a sentence.
"""

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count, islice
from pathlib import Path
from typing import Any

from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.model.record import Counts, Outcome, TargetInfo
from scim_tests.model.typed import typed
from scim_tests.record.file import IN_A_HEAD, Head, head_of
from scim_tests.session.journal_shapes import Began
from scim_tests.session.report_folder import JOURNAL, LEDGER, LEFT_BY_RUNS, OFFICIAL, RECORD, is_held
from scim_tests.wire import private_file
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import State

SHOWN = 500  # runs, the newest
LOOKED_AT = 20_000  # entries of the folder
IN_A_LEDGER = 4_000_000  # bytes that are read, for some 8,000 people
RECORDED = "recorded"  # what a run is called that was judged from a recording


class Kind(StrEnum):
    """What left a report folder."""

    RUN = "run"
    RECORDING = "judged recording"
    OFFICIAL = "Okta's official suite"
    REPLAY = "replayed recording"


@dataclass(frozen=True)
class FoundRun:
    """A report folder. What its files do not tell is None, and `trouble` says why they do not.

    `left` counts who may still be on the target. A run that is not held and unfinished was killed.
    """

    folder: Path
    kind: Kind
    when: datetime
    run: str = ""  # its name
    target: TargetInfo | None = None
    profile: str = ""
    outcome: Outcome | None = None
    counts: Counts | None = None
    is_held: bool = False
    left: int | None = 0
    trouble: str = ""

    @property
    def name(self) -> str:
        """The folder's."""
        return self.folder.name

    @property
    def is_unfinished(self) -> bool:
        """Whether its reports are still to be written, by who holds it or from its journal."""
        return self.outcome is None and not self.trouble


def runs(reports: Path) -> tuple[list[FoundRun], int]:
    """The runs in that folder, the newest first, and how many older ones were passed over."""
    found = report_folders(reports)
    told = sorted(map(_told, found[:SHOWN]), key=lambda run: run.when, reverse=True)
    return told, len(found[SHOWN:])


def run_in(reports: Path, name: str) -> FoundRun:
    """The run in the folder of that name, which may have come from anywhere. UsageError where there is none."""
    folder = reports / name
    is_plain = name.isprintable() and folder.name == name and folder.parent == reports and name != ".."
    if is_plain and folder in _of_runs([folder]):
        return _told(folder)
    raise UsageError("no-run", f"There is no run {name!r:.100} in {reports}.", "Choose one from the list.")


def report_folders(reports: Path) -> list[Path]:
    """The report folders in that folder, the one last changed first; of a link nothing is known."""
    with suppress(OSError), os.scandir(reports) as entries:
        names = [Path(each.path) for each in islice(entries, LOOKED_AT) if each.name.isprintable()]
        return sorted(_of_runs(names), key=_changed, reverse=True)
    return []


def _of_runs(paths: list[Path]) -> list[Path]:
    return [
        each
        for each in paths
        if _is_folder(each) and any(os.path.lexists(each / name) for name in LEFT_BY_RUNS)
    ]


def _is_folder(path: Path) -> bool:
    with suppress(OSError):
        return not path.is_symlink() and path.is_dir()
    return False


def _changed(path: Path) -> float:
    with suppress(OSError):
        return path.lstat().st_mtime
    return 0.0


def _told(folder: Path) -> FoundRun:
    """What a folder tells: its record, unless a later run in it has none yet."""
    trouble, head, began = "", None, None
    try:
        head = head_of(private_file.head(folder / RECORD, IN_A_HEAD))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, OverflowError, RecursionError):
        trouble = f"Its {RECORD} is not one that scim-tests wrote."
    if _changed(folder / JOURNAL) > _changed(folder / RECORD):
        began = _began(folder)
    if began and not (head and head.run.name == began.run.name):
        return _unfinished(folder, began)
    return _finished(folder, head, trouble)


def _began(folder: Path) -> Began | None:
    """The first line of a journal."""
    with suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
        line = private_file.head(folder / JOURNAL, IN_A_HEAD).partition(b"\n")[0]
        began: Began = typed(Began, json.loads(line))
        return began
    return None


def _unfinished(folder: Path, began: Began) -> FoundRun:
    profile, held = "", is_held(folder)
    with suppress(tomllib.TOMLDecodeError, RecursionError):
        profile = str(tomllib.loads(began.profile).get("name", ""))
    left, trouble = _left(folder, began.target)
    return FoundRun(
        folder,
        Kind.RUN,
        _moment(began.run.started),
        began.run.name,
        began.target,
        profile,
        is_held=held,
        left=left,
        trouble=trouble,
    )
