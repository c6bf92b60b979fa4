"""The files of a run, to be shown and given away: those that runs leave, and none that may lie beside them."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from scim_tests.errors import PlaceError, UsageError
from scim_tests.report.reproduction import scripts
from scim_tests.session.report_folder import (
    JOURNAL,
    LEDGER,
    OFFICIAL,
    PAGE,
    RECORD,
    RECORDING,
    SCRIPTS,
    ledgers,
)
from scim_tests.session.runs import run_in
from scim_tests.wire import private_file

A_SCRIPT = re.compile(r"[a-z_]+\.[a-z0-9-]+\.(?:sh|py)")  # named as its check
MOST_SCRIPTS = 2000
LARGEST = 200_000_000  # bytes of a file, and of all in an archive
TO_GIVE = {
    PAGE: "enough for a ticket: verdict, causes with fixes, every call, as below; one file for any browser",
    "summary.md": "the same in short, for the text of a ticket",
    OFFICIAL: "the table of Okta's own suite",
    "exchanges.har": "requests and answers, for a browser's developer tools",
    "import.csv": "whom Okta would import, for a spreadsheet",
}
FOR_PROGRAMS = {
    RECORD: "everything the run found out",
    "junit.xml": "for CI",
    "results.sarif": "for code scanning",
    "badge.svg": "the verdict as a picture",
}
SCRIPT = "for developers: needs no scim-tests, {}, and ends with 0 once the fault is gone"
REMOVES = "removes or deactivates whom it makes"
LEAVES = "makes users whom the target cannot remove, which may cost a seat each time, and so only where SCIM_TESTS_LEAVE_USERS=yes is set"
IN_A_HEADER = 4000  # bytes of a script, in which it says what it does
TICKET, PROGRAM, IN_SCRIPT, KEEP = "ticket", "program", "script", "keep"
TO_KEEP = {
    LEDGER: "the users and groups that the run created; a clean-up needs it",
    JOURNAL: "the run as it went; all reports can be made from it again",
    RECORDING: "what was recorded",
}


@dataclass(frozen=True)
class File:
    """A file of a run: its name in the folder, what it is for in words, and for whom it is: a ticket, a program, a script in a ticket, to keep."""

    name: str
    purpose: str
    use: str


def files_of(folder: Path) -> list[File]:
    """What there is of a run, first what a ticket may hold; a link is no file of a run."""
    found = []
    for each in _possible(folder):
        with suppress(OSError):
            if stat.S_ISREG((folder / each.name).lstat().st_mode):
                found.append(each)
    return found


def _possible(folder: Path) -> Iterator[File]:
    """All that a run may leave there."""
    yield from (File(name, purpose, TICKET) for name, purpose in TO_GIVE.items())
    yield from (File(name, purpose, PROGRAM) for name, purpose in FOR_PROGRAMS.items())
    for name in _scripts(folder / SCRIPTS):
        yield File(f"{SCRIPTS}/{name}", _does(folder / SCRIPTS / name), IN_SCRIPT)
    earlier = {path.name: TO_KEEP[LEDGER] for path in ledgers(folder)}
    yield from (File(name, purpose, KEEP) for name, purpose in {**TO_KEEP, **earlier}.items())


def _scripts(folder: Path) -> list[str]:
    with suppress(OSError):
        if not folder.is_symlink():
            names = (each.name for each in islice(os.scandir(folder), MOST_SCRIPTS))
            return sorted(name for name in names if A_SCRIPT.fullmatch(name))
    return []


def _does(script: Path) -> str:
    """What a script does with whom it makes, as its own header has it."""
    with suppress(OSError, PlaceError):
        if scripts.LEAVES.encode() in private_file.head(script, IN_A_HEADER):
            return SCRIPT.format(LEAVES)
    return SCRIPT.format(REMOVES)


def content_of(reports: Path, run: str, name: str) -> bytes:
    """That file of that run, whoever named both. UsageError or PlaceError where there is none that is a run's."""
    folder = run_in(reports, run).folder
    if name not in {each.name for each in files_of(folder)}:
        raise UsageError(
            "no-file", f"There is no file {name!r:.100} of that run.", "Choose one from the list."
        )
    return private_file.content(folder / name, LARGEST)


def archive(folder: Path, *, kept: bool) -> bytes:
    """All that a ticket may hold as one ZIP, in memory; what is to be `kept` too, where somebody wants that.

    UsageError or PlaceError where one of them cannot be read.
    """
    whole, room = BytesIO(), LARGEST
    with ZipFile(whole, "w", ZIP_DEFLATED) as packed:
        for each in files_of(folder):
            if kept or each.use != KEEP:
                data = private_file.content(folder / each.name, room)
                room -= len(data)
                packed.writestr(f"{folder.name.replace(chr(92), '_')}/{each.name}", data)
    return whole.getvalue()
