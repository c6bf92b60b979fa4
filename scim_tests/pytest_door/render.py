"""From a run record to report.html without a pytest session of one's own.

pytest-html writes the page, so pytest runs once more, in this process, over stories that only
present the record: nothing is sent, nothing is printed, and no configuration of the user's counts.
Standard output and the environment are the process's, so its threads write one page after the other.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from threading import Lock

import pytest

from scim_tests.errors import OwnError
from scim_tests.wire import private_file

STORIES = Path(__file__).parent.parent
WANTED = ("pytest_metadata.plugin", "pytest_html.plugin", "scim_tests.plugin")
# What a page needs no part of. Fault handler and hooks would be taken from the process around us.
UNWANTED = (
    "cacheprovider", "terminal", "logging", "faulthandler", "unraisableexception", "threadexception",
    "doctest", "junitxml", "pastebin", "stepwise", "warnings", "unittest", "debugging",
)  # fmt: skip
ONE_AT_A_TIME = Lock()
USERS_OWN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_CURRENT_TEST")


def render_html(record_path: Path, html_path: Path) -> None:
    """Write the page for that run record. WriteError where there is no room for it, OwnError where pytest fails."""
    witness = _Witness()
    said = StringIO()
    with ONE_AT_A_TIME, private_file.whole(html_path) as part:
        html_path.unlink(missing_ok=True)  # of another record, whatever comes of this one
        with _nobody_else(), redirect_stdout(said), redirect_stderr(said), witness:
            pytest.main(_arguments(record_path, part), plugins=[witness])
        if witness.troubles or not part.stat().st_size:
            why = "\n".join([*witness.troubles, said.getvalue()]).strip()
            raise OwnError("report-not-written", f"{html_path} could not be written.", why)


class _Witness:
    """Sees what pytest would have printed about its own failures, and what it lets through."""

    def __init__(self) -> None:
        self.troubles: list[str] = []

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception) or isinstance(error, OSError):  # the page cannot be written
            return False
        self.troubles.append(repr(error))
        return True

    def pytest_internalerror(self, excrepr: object) -> None:
        self.troubles.append(str(excrepr))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.troubles.append(report.longreprtext)


def _arguments(record_path: Path, html_path: Path) -> list[str]:
    plugins = [*WANTED, *(f"no:{name}" for name in UNWANTED)]
    return [
        *("-c", os.devnull, "--rootdir", str(STORIES.parent), "--noconftest", "--import-mode=importlib"),
        *("--disable-plugin-autoload", "--assert=plain", "--capture=no"),
        *(word for plugin in plugins for word in ("-p", plugin)),
        *("--present", str(record_path), "--html", str(html_path), "--self-contained-html"),
        str(STORIES),
    ]


@contextmanager
def _nobody_else() -> Generator[None, None, None]:
    """The environment without what users set for their own pytest."""
    set_aside = {name: os.environ.pop(name) for name in USERS_OWN if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(set_aside)
