"""What one person has in hand: what is chosen, the key, and what is under way. It is in the memory of the process alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scim_tests.engine.listener import Silence
from scim_tests.errors import UsageError
from scim_tests.options import ACCESS, RunOptions, some
from scim_tests.session.credentials import SENT, Pressed
from scim_tests.session.interruption import Stop
from scim_tests.session.report_folder import new_report_folder
from scim_tests.session.run import Prepared, play
from scim_tests.ui.practice import Practice
from scim_tests.ui.work import Work

PRESSED_WITH = {"target_url", "profile", "auth", "token"}  # what the test of the key is about


class Desk:
    """`options` are those of `scim-tests run`, the key being their token; `reports` is the folder of all runs."""

    def __init__(self, reports: Path) -> None:
        self.reports = reports
        self.options = RunOptions()
        self.work: Work | None = None
        self.is_ending = False  # with what is under way
        self.is_reading = False  # a recording that will be judged
        self.practice: Practice | None = None
        self._ended: set[str] = set()  # the addresses of earlier ones
        self.pressed: Pressed | None = None  # what Test API Credentials gave for what is chosen

    def choose(self, **choices: Any) -> None:
        """Take other options. The key of one server is never sent to another: it is forgotten where that changes."""
        chosen = replace(self.options, **choices)
        if "token" not in choices and _server(chosen) != _server(self.options):
            chosen = replace(chosen, token="")
        if any(getattr(chosen, each) != getattr(self.options, each) for each in PRESSED_WITH):
            self.pressed = None
        self.options = chosen

    def access_to(self, url: str) -> dict[str, Any]:
        """Of what is chosen, the options that let us in at that URL; none where they are for another server."""
        if _server(replace(self.options, target_url=url)) != _server(self.options):
            return {}
        return {
            name: getattr(self.options, name) for name in ("token", *(each.name for each in some(*ACCESS)))
        }

    def work_on(self, folder: Path, *kinds: str) -> Work | None:
        """The last work, where it was in that folder, and of one of these kinds where some are named."""
        work = self.work if self.work and self.work.folder == folder else None
        return work if work and (not kinds or work.kind in kinds) else None

    @property
    def is_key_refused(self) -> bool:
        """Whether the test of the key that is kept showed that nobody is let in with it."""
        if self.pressed is None or self.pressed.succeeds is not False:
            return False
        statuses = [each.status for each in self.pressed.calls if each.sent == SENT["probe"]]
        return statuses[-1] in {401, 403}

    @property
    def is_practising(self) -> bool:
        """Whether what is chosen is a server of our own."""
        is_ours = self.practice is not None and self.options.target_url == self.practice.base_url
        return is_ours or self.options.reference

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self.is_reading or (self.work is not None and not self.work.is_over)

    def play(self, prepared: Prepared) -> Work:
        """Begin a run, in a new folder. UsageError where something else is under way, or no folder can be made."""
        self.refuse_if_busy()
        folder = new_report_folder(self.reports, prepared.profile.name)
        return self.begin("run", folder, lambda stop: _play(prepared, folder, stop))

    def refuse_if_busy(self) -> None:
        """UsageError where something is under way: the folder that it holds would be let go of."""
        if self.is_busy:
            raise UsageError("busy", "Something else is under way.", "Let it end first, or stop it.")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep the desk for the work that what is read will be. UsageError where something is under way."""
        self.refuse_if_busy()
        self.is_reading = True
        try:
            yield
        finally:
            self.is_reading = False

    def begin(self, kind: str, folder: Path, do: Callable[[Stop], object]) -> Work:
        """Begin a work. UsageError where another one is under way."""
        self.refuse_if_busy()
        self.work = Work(kind, folder, do)
        return self.work

    def practise(self, profile: str, fault: str = "") -> None:
        """Start a server of our own like this profile, and choose it as the target; another one is closed."""
        self.stop_practising()
        self.practice = Practice(profile, fault)
        self.choose(target_url=self.practice.base_url, token=self.practice.token)

    def stop_practising(self) -> None:
        """Close that server, which then is no target any more. UsageError where something is under way."""
        if self.practice:
            self.refuse_if_busy()
            self.practice.close()
            self._ended.add(self.practice.base_url)
            if self.options.target_url == self.practice.base_url:
                self.choose(target_url=None)
            self.practice = None

    def gone(self, url: str) -> str:
        """That URL, where a server to practise on of this start was and is no more; else nothing."""
        is_there = self.practice is not None and self.practice.base_url == url
        return url if url in self._ended and not is_there else ""


def _play(prepared: Prepared, folder: Path, stop: Stop) -> None:
    play(prepared, Silence(), folder, stop=stop)


def _server(options: RunOptions) -> tuple[str, str]:
    """Whom a key is for."""
    parts = urlsplit(options.target_url or "")
    return parts.scheme, parts.netloc.lower()
