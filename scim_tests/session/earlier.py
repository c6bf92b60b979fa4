"""What changed since the last run of the same target: it is looked for in this report folder and those beside it.

What those folders hold is data, whoever wrote it: of it only the time goes into this run's reports, and which of this
run's own checks failed or were judged.
"""

import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord, SinceRecord
from scim_tests.record.file import IN_A_HEAD, LARGEST, Head, head_of, read_record
from scim_tests.report.comparing import ABSENT, compare
from scim_tests.report.since import KINDS
from scim_tests.session.report_folder import JOURNAL, RECORD
from scim_tests.wire import private_file

LOOKED_AT = 200  # folders, the newest first: one that holds thousands costs no more
READ = 10  # records of runs that are alike, of which much may have to be known
SAYS_SOMETHING = {"passed", "failed"}  # of the target; others were not played to their end


def since(done: RunRecord, folder: Path) -> list[SinceRecord]:
    """What is different from the last earlier run; empty where there is none, or one of both was not played.

    That is the newest of the same target and profile that judged all that this one judges, and held the same
    conversations: what another exploration found or was spared says nothing of what changed.
    """
    if done.outcome.verdict not in SAYS_SOMETHING:
        return []
    newest_first = sorted(_records({folder, *_beside(folder)}), reverse=True)
    alike = (path for _, path in newest_first[:LOOKED_AT] if _may_tell(path, done))
    for path in islice(alike, READ):
        with suppress(UsageError, ValueError, OverflowError):  # it is no record, or no time of this world
            old = read_record(path)
            if old.run.name == done.run.name and old.since:  # told again; the record before it is gone
                return old.since
            started, is_another = _moment(old), old.run.name != done.run.name
            is_earlier = is_another and started <= _moment(done)
            if is_earlier and _judged(done) <= _judged(old) and _conversations(done) == _conversations(old):
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


def _may_tell(path: Path, done: RunRecord) -> bool:
    """Whether that is a run that was played, of the same target and profile, or this run itself."""
    with suppress(OSError, ValueError, TypeError, RecursionError):
        head = head_of(private_file.head(path, IN_A_HEAD))
        return head.run.name == done.run.name or (
            _is_same_target(head, done)
            and head.profile.name == done.profile.name
            and head.outcome.verdict in SAYS_SOMETHING
        )
    return False


def _is_same_target(old: Head, new: RunRecord) -> bool:
    return (old.target.bundled and new.target.bundled) or old.target.base_url == new.target.base_url


def _judged(record: RunRecord) -> set[str]:
    return {check.id for check in record.checks}


def _conversations(record: RunRecord) -> set[str]:
    return {scene.conversation for scene in record.scenes}


def _changes(old: RunRecord, new: RunRecord, started: datetime) -> SinceRecord:
    """Only checks of this run are named."""
    changes = compare(old, new).changes
    ids = {kind: [each.check for each in changes[kind] if each.after != ABSENT] for kind in KINDS}
    return SinceRecord(started.isoformat(timespec="seconds"), **ids)
