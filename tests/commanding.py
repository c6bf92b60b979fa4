"""What tests of the command share: the token their targets take, and the record a run left."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from scim_tests.model.record import RunRecord

TOKEN = "tk-7hXq2mVb9LrPz4Nc"
Command = Callable[..., subprocess.CompletedProcess[str]]


def record_in(folder: Path) -> RunRecord:
    """The run record a run left in its folder."""
    return RunRecord.from_json(json.loads((folder / "run.json").read_text(encoding="utf-8")))
