"""The folder a run leaves: made for its owner alone, filled with every report, and found again as `latest`."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord
from scim_tests.report.importing import import_csv
from scim_tests.report.junit import junit
from scim_tests.report.summary import markdown
from scim_tests.wire.har import har
from scim_tests.wire.reproduction_scripts import reproductions

LEDGER = "ledger.jsonl"


def made(folder: Path) -> Path:
    """The folder, made; where a run of the same second has it already, one beside it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.parent.name != "reports":
            folder.mkdir(exist_ok=True, mode=0o700)
            return folder
        for number in count(2):
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                folder = folder.with_name(f"{folder.name.removesuffix(f'-{number - 1}')}-{number}")
            else:
                break
        _point_latest_at(folder)
    except OSError as error:
        reason = (
            "a file is in its place"
            if isinstance(error, FileExistsError | NotADirectoryError)
            else error.strerror
        )
        raise UsageError(
            "no-report-folder",
            f"The folder {folder} cannot be made: {reason}.",
            "Name another with --report-dir.",
        ) from None
    return folder


def new_ledger(folder: Path) -> Path:
    """Where this run's ledger goes; one that an earlier run left in the folder is kept beside it."""
    ledger = folder / LEDGER
    if ledger.exists():
        numbers = (folder / f"ledger-{number}.jsonl" for number in count(1))
        ledger.rename(next(path for path in numbers if not path.exists()))
    return ledger


def keep(done: RunRecord, folder: Path) -> RunRecord:
    """Write every report that needs no pytest; gives the record as it was written, each failure with its script."""
    scripts = dict(reproductions(done))
    checks = [replace(check, reproduction=scripts.get(f"{check.id}.sh", "")) for check in done.checks]
    done = replace(done, checks=checks)
    files = {
        "run.json": json.dumps(done.to_json(), ensure_ascii=False, indent=1),
        "summary.md": markdown(done),
        "junit.xml": junit(done),
        "import.csv": import_csv(done),
        "exchanges.har": json.dumps(har(done), ensure_ascii=False, indent=1),
    }
    for name, text in files.items():
        path = folder / name
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        path.chmod(0o600)
    _keep_scripts(scripts, folder / "reproduce")
    return done


def _keep_scripts(scripts: Mapping[str, str], folder: Path) -> None:
    for name, text in scripts.items():
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / name
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        path.chmod(0o700)


def _point_latest_at(folder: Path) -> None:
    latest = folder.parent / "latest"
    if folder.parent.name != "reports" or (latest.exists() and not latest.is_symlink()):
        return
    fresh = latest.with_name(f".latest-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.name)
    fresh.replace(latest)
