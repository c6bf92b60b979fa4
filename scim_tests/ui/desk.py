"""What one person has in hand: what is chosen, the key, and what is under way. It is in the memory of the process alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scim_tests.errors import UsageError
from scim_tests.options import RunOptions
from scim_tests.session.credentials import Pressed
from scim_tests.session.interruption import Stop
from scim_tests.ui.work import Work


class Desk:
    """`options` are those of `scim-tests run`, the key being their token; `reports` is the folder of all runs."""

    def __init__(self, reports: Path) -> None:
        self.reports = reports
        self.options = RunOptions()
        self.work: Work | None = None
        self.pressed: Pressed | None = None  # what Test API Credentials gave for what is chosen

    def choose(self, **choices: Any) -> None:
        """Take other options. The key of one server is never sent to another: it is forgotten where that changes."""
        chosen = replace(self.options, **choices)
        if "token" not in choices and _server(chosen) != _server(self.options):
            chosen = replace(chosen, token="")
        self.options = chosen
        self.pressed = None

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self.work is not None and not self.work.is_over

    def begin(self, kind: str, folder: Path, do: Callable[[Stop], None]) -> Work:
        """Begin a work. UsageError where another one is under way."""
        if self.is_busy:
            raise UsageError("busy", "Something else is under way.", "Let it end first, or stop it.")
        self.work = Work(kind, folder, do)
        return self.work


def _server(options: RunOptions) -> tuple[str, str]:
    """Whom a key is for."""
    parts = urlsplit(options.target_url or "")
    return parts.scheme, parts.netloc.lower()
