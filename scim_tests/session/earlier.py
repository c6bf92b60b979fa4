"""What changed since the last run of the same target: it is looked for in this report folder and those beside it.

What those folders hold is data, whoever wrote it: of it only the time goes into this run's reports, and which of this
run's own checks failed or were judged.
"""

import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord, SinceRecord
from scim_tests.record.file import read_record
from scim_tests.report.comparing import ABSENT, compare
from scim_tests.report.since import KINDS
from scim_tests.session.report_folder import JOURNAL, RECORD

LOOKED_AT = 10  # folders, the newest first: one that holds thousands costs no more
LARGEST = 100_000_000  # bytes of a record that is read
SAYS_SOMETHING = {"passed", "failed"}  # of the target; others were not played to their end


def since(done: RunRecord, folder: Path) -> list[SinceRecord]:
    """What is different from the last earlier run; empty where there is none, or one of both was not played.

    That is the newest of the same target and profile that judged all that this one judges.
    """
    if done.outcome.verdict not in SAYS_SOMETHING:
        return []
    newest_first = sorted(_records({folder, *_beside(folder)}), reverse=True)
    for _, path in newest_first[:LOOKED_AT]:
        with suppress(UsageError, ValueError, OverflowError):  # it is no record, or no time of this world
            old = read_record(path)
            if old.run.name == done.run.name and old.since:  # told again; the record before it is gone
                return old.since
            started, is_another = _moment(old), old.run.name != done.run.name
            if is_another and started <= _moment(done) and _is_alike(old, done):
                return [_changes(old, done, started)]
    return []


def _beside(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [each for each in folder.parent.iterdir() if not each.is_symlink()]
    return []


def _records(folders: Iterable[Path]) -> Iterator[tuple[float, Path]]:
    """The records of plays in these folders, with the times they were written at."""
    for each in folders:
        record = each / RECORD
        with suppress(OSError):
            said = record.lstat()
            if (each / JOURNAL).is_file() and stat.S_ISREG(said.st_mode) and said.st_size <= LARGEST:
                yield said.st_mtime, record


def _moment(record: RunRecord) -> datetime:
    return datetime.fromisoformat(record.run.started).astimezone(UTC)


def _is_alike(old: RunRecord, new: RunRecord) -> bool:
    same_target = (old.target.bundled and new.target.bundled) or old.target.base_url == new.target.base_url
    judged_then, judged_now = ({check.id for check in each.checks} for each in (old, new))
    return (
        same_target
        and old.profile.name == new.profile.name
        and old.outcome.verdict in SAYS_SOMETHING
        and judged_now <= judged_then
    )


def _changes(old: RunRecord, new: RunRecord, started: datetime) -> SinceRecord:
    """Only checks of this run are named."""
    changes = compare(old, new).changes
    ids = {kind: [each.check for each in changes[kind] if each.after != ABSENT] for kind in KINDS}
    return SinceRecord(started.isoformat(timespec="seconds"), **ids)
