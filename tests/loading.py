"""Plays `scim-tests load` in a process of its own; `python -c "import loading; loading.main()" FRONT OPTION…` with something in front of the bundled server."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fronting import fronted

from reference_server.apart import apart
from reference_server.settings import Settings, Token
from scim_tests.model.load_record import LoadRecord
from scim_tests.record.file import read_load
from scim_tests.session.access import Access
from scim_tests.session.target import Target

HERE = Path(__file__).parent


def loaded(folder: Path, *options: str, front: str = "", timeout: float = 180.0) -> LoadRecord:
    """The record of a load at the bundled server, behind this front (`module:Class`) if one is named."""
    command = [
        *([sys.executable, "-c", "import loading; loading.main()", front] if front else [sys.executable, "-m", "scim_tests", "load"]),
        *options, "--reference", "--quiet", "--report-dir", str(folder),
    ]  # fmt: skip
    path = os.pathsep.join([str(HERE), str(HERE.parent)])
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    sys.stderr.write(done.stderr)  # an honest server has nothing to say there
    if not (folder / "load.json").exists():
        raise AssertionError(done.stdout + done.stderr)
    return read_load(folder)


def main() -> None:
    """The command, with a server that has a front."""
    from scim_tests.cli import main as command
    from scim_tests.load import session

    front = sys.argv.pop(1)
    session.bundled = partial(_behind, front)  # type: ignore[assignment]
    sys.argv[1:1] = ["load"]
    command()


@contextmanager
def _behind(front: str, *_: Any, seed_users: int) -> Iterator[Target]:
    token = secrets.token_urlsafe(24)
    settings = Settings(tokens=(Token(token),))
    with apart(settings, around=partial(fronted, front), seed_users=seed_users) as server:
        yield Target(server.base_url, Access(token), bundled=True)
