"""The folder a run leaves: made for its owner alone, held while it is written to, and found again as `latest`."""

import errno
import fcntl
import os
import shlex
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from scim_tests.errors import ScimTestsError, UsageError, WriteError
from scim_tests.wire import private_file
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import names

LEDGER = "ledger.jsonl"
SEARCHED = "ledger-searched.jsonl"  # of what an exploration makes while it searches
JOURNAL = "journal.jsonl"
RECORDING = "recording.har"
RECORD = "run.json"
PAGE = "report.html"
OF_LOADS = LOAD, LOAD_PAGE, TALLY = "load.json", "load.html", "tally.json"
OFFICIAL = "official.md"
REPLAYS = "replay.txt"
SCRIPTS = "reproduce"
REPORTS = (
    RECORD,
    "summary.md",
    "junit.xml",
    "results.sarif",
    "badge.svg",
    "import.csv",
    "exchanges.har",
    OFFICIAL,
    REPLAYS,
    PAGE,
    *OF_LOADS,
)
LEFT_BY_RUNS = (LEDGER, JOURNAL, RECORDING, RECORD, LOAD, TALLY)  # a folder with one of these is ours
LATEST = "latest"
OF_A_RUN, OF_ALL_RUNS = "--report-dir", "--reports"  # the options that name a folder
BUTTONS = {"clean": "Clean up", "render": "Write the reports"}  # of the page, by what the command calls it
OWNER_ALONE = 0o700
_HELD: list[int] = []  # the folder this process has, opened
LOOKS, LOOK = (
    5,
    0.01,
)  # how often somebody may look whether it is held just now, and how long that takes at most
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}


def folder_name(what: str, named: str | None = None) -> Path:
    """Where the reports go: into the folder that was named, or `reports/<time>-<what>`."""
    now = datetime.now()  # noqa: DTZ005 -- the user's clock
    return Path(named) if named else Path("reports") / f"{now:%Y%m%d-%H%M%S}-{what}"


def new_report_folder(reports: Path, what: str) -> Path:
    """A new folder in that one, ready to be written to, and the latest there. UsageError where it cannot be."""
    return create_report_folder(reports / folder_name(what).name, is_new=True, option=OF_ALL_RUNS)


def refuse_unwritable(reports: Path) -> None:
    """UsageError or WriteError where no run could leave its folder in that one; nothing is left of the trial."""
    with _refused(reports, "made or written to", OF_ALL_RUNS):
        there = next(each for each in (reports, *reports.parents) if each.exists())
        TemporaryDirectory(dir=there).cleanup()


def create_report_folder(folder: Path, *, is_new: bool = False, option: str = OF_A_RUN) -> Path:
    """The folder, ready to be written to; where a run of the same second has it already, one beside it.

    UsageError where it cannot be, which names the `option` for another: then nothing was sent to a target yet.
    """
    _refuse_link(folder)
    with _refused(folder, "made", option):
        _make(folder.parent)
        is_new = is_new or folder.parent.name == "reports"
        folder = _made_beside(folder) if is_new else _make(folder)
    hold(folder)
    with _refused(folder, "written to", option):
        if not any(folder.iterdir()) or any((folder / name).is_file() for name in LEFT_BY_RUNS):
            with suppress(PermissionError):  # it is somebody else's, who lets us write there
                folder.chmod(OWNER_ALONE)
        with TemporaryFile(dir=folder, buffering=0) as trial:
            trial.write(bytes(1))
    _refuse_what_is_in_the_way(folder)
    return folder


def hold(folder: Path) -> None:
    """Keep the folder for this process, until it takes another, lets go of it or ends, however it ends.

    UsageError where another process has it: two would go on in one ledger, and lose whom they made.
    """
    let_go()
    try:
        _HELD.append(os.open(folder, os.O_RDONLY | os.O_CLOEXEC))
        _lock(_HELD[0])
    except BlockingIOError:
        message = f"{folder} is in use by a run or a clean-up that is still going."
        raise UsageError("in-use", message, "Let that end first, or name another folder.") from None
    except OSError:  # there are no locks here; or who reads or writes there says what is wrong
        return


def let_go() -> None:
    """Others may have the folder that this process held."""
    while _HELD:
        os.close(_HELD.pop())


def held() -> Sequence[int]:
    """The open file by which this process has a folder; a process that gets it has the folder, too."""
    return tuple(_HELD)


def is_held(folder: Path) -> bool:
    """Whether a run or a clean-up, of this process or another, has the folder right now."""
    try:
        file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there are no locks here
        return False
    finally:
        os.close(file)
    return False


def _lock(file: int) -> None:
    """BlockingIOError where another has it for longer than a look (`is_held`) takes."""
    for _ in range(LOOKS):
        with suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(LOOK)
    return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def of_a_run(folder: Path) -> Path:
    """The folder of an earlier run; `latest` is the one link that is followed, since runs set it."""
    if folder.name == LATEST and folder.is_symlink() and len(folder.readlink().parts) == 1:
        folder = folder.with_name(folder.readlink().name)
    _refuse_link(folder)
    return folder


def is_of_a_load(folder: Path) -> bool:
    """Whether what was written there last is of a load, and not of a run."""
    written = {
        name: (folder / name).lstat().st_mtime
        for name in (LOAD, TALLY, JOURNAL)
        if os.path.lexists(folder / name)
    }
    return bool(written) and max(written, key=lambda name: written[name]) != JOURNAL


def with_next_step(error: WriteError, *, on_page: bool = False) -> WriteError:
    """The error as a person is told of it: what to do is seen from what had been written before."""
    folder = error.path.parent.parent if error.path.parent.name == SCRIPTS else error.path.parent
    is_left = _holds_somebody(folder)
    steps = [
        ("clean", LEDGER, folder),
        ("render", JOURNAL, folder),
        ("render", TALLY, folder),
        ("judge", RECORDING, folder / RECORDING),
    ]
    there = {verb: of for verb, name, of in steps if (folder / name).is_file()}
    if not is_left:
        there.pop("clean", None)
    if on_page:
        does = [f"press {BUTTONS[verb]}" for verb in there if verb in BUTTONS]
        then = f", then {', and '.join(does)}." if does else ", and try again."
    else:
        does = [f"scim-tests {verb} {shlex.quote(str(of))}" for verb, of in there.items()]
        then = f", then: {', and '.join(does)}" if does else ", and try again."
    hint = f"{'People may be left on the target. ' if is_left else ''}Make room{then}"
    return type(error)(error.path, error.code, error.message, error.hint or hint)


def _holds_somebody(folder: Path) -> bool:
    """Whether a ledger there names anybody who may still be on the target, or cannot be read."""
    try:
        found = [Ledger(path) for path in ledgers(folder)]
    except ScimTestsError:
        return True
    return any(names(each.entries()) for each in found if each.target)


def ledgers(folder: Path) -> list[Path]:
    """What runs wrote down there of whom they made: the last run's, and those of runs before it."""
    earlier = takewhile(os.path.lexists, (folder / f"ledger-{number}.jsonl" for number in count(1)))
    return [*filter(os.path.lexists, [folder / LEDGER, folder / SEARCHED]), *earlier]


def new_ledger(folder: Path) -> Path:
    """The path of this run's ledger; those that an earlier run left in the folder are kept beside it under numbers."""
    for each in (folder / LEDGER, folder / SEARCHED):
        if each.exists():
            numbers = (folder / f"ledger-{number}.jsonl" for number in count(1))
            each.rename(next(path for path in numbers if not os.path.lexists(path)))
    return folder / LEDGER


def _make(folder: Path) -> Path:
    """Make it, and what it is in, for nobody else; what is there stays as it is."""
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(exist_ok=True, mode=OWNER_ALONE)
    return folder


def _made_beside(folder: Path) -> Path:
    """A new folder of that name, or with the first number behind it that is free; the latest is this one."""
    names = (folder.name, *(f"{folder.name}-{number}" for number in range(2, 10_000)))
    for each in map(folder.with_name, names):
        with suppress(FileExistsError):
            each.mkdir(mode=OWNER_ALONE)
            _point_latest_at(each)
            return each
    raise FileExistsError


def _point_latest_at(folder: Path) -> None:
    latest = folder.parent / LATEST
    if latest.exists() and not latest.is_symlink():
        return
    fresh = latest.with_name(f".latest-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.name)
    fresh.replace(latest)


def make_scripts_folder(folder: Path) -> Path:
    """Where the scripts of that report folder go, made. UsageError or WriteError where it cannot be."""
    scripts = folder / SCRIPTS
    _refuse_link(scripts)
    with _refused(scripts, "made"):
        scripts.mkdir(exist_ok=True, mode=OWNER_ALONE)
    return scripts


def remove_reports(folder: Path, names: Iterable[str], checks: Iterable[str]) -> None:
    """Remove what an earlier run left there: reports of these names, and the scripts of these checks."""
    scripts = folder / SCRIPTS
    old = [folder / name for name in names]
    if scripts.is_dir() and not scripts.is_symlink():
        old += [scripts / f"{check}.{kind}" for check in checks for kind in ("sh", "py")]
    for each in old:
        with suppress(OSError):
            each.unlink(missing_ok=True)
    with suppress(OSError):  # there is none, or somebody keeps other files in it
        scripts.rmdir()


def _refuse_link(folder: Path) -> None:
    if folder.is_symlink():
        there = folder.parent / folder.readlink()
        message = f"{folder} is a link to {there}, and reports are written through no link."
        raise UsageError("no-report-folder", message, f"Name {there} itself, or another folder.")


def _refuse_what_is_in_the_way(folder: Path) -> None:
    """What could not be put in its place when the run is over is said before it begins."""
    _refuse_link(folder / SCRIPTS)
    for name in (LEDGER, JOURNAL):
        private_file.refuse_others(folder / name)
    places = [
        folder / name for name in REPORTS if (folder / name).is_dir() and not (folder / name).is_symlink()
    ]
    if (folder / SCRIPTS).is_file():
        places.append(folder / SCRIPTS)
    if places:
        message = f"No report can be put in the place of {places[0]}."
        raise UsageError("no-report-folder", message, "Remove it, or name another folder with --report-dir.")


@contextmanager
def _refused(folder: Path, work: str, option: str = OF_A_RUN) -> Iterator[None]:
    """What keeps a folder from that, in a sentence."""
    try:
        yield
    except OSError as error:
        in_place = isinstance(error, FileExistsError | NotADirectoryError)
        reason = "a file is in its place" if in_place else private_file.why(error)
        message = f"The folder {folder} cannot be {work}: {reason}."
        if error.errno in FULL:
            raise WriteError(folder, "not-written", message) from None
        raise UsageError("no-report-folder", message, f"Name another with {option}.") from None
