"""Run records on disk: whoever shows, compares or judges a run again reads it here."""

import json
from pathlib import Path

from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord


def read_record(path: Path) -> RunRecord:
    """The run record in that file, or in that report folder. UsageError where there is none."""
    file = path / "run.json" if path.is_dir() else path
    try:
        return RunRecord.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "Name a report folder, or the run.json in it."
        raise UsageError("bad-record", f"{file} is not a run record: {error!r}.", hint) from error
