"""What stands behind the pytest door: a run to perform, or a run that is over."""

from collections.abc import Generator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from scim_tests import errors
from scim_tests.model.record import RunRecord
from scim_tests.options import RunOptions
from scim_tests.record.file import read_record
from scim_tests.report.console import Progress, conclusion, terminal
from scim_tests.report.record_index import RecordIndex

FIXTURE = "scim_target"
NO_TARGET = (
    "Name a target: `pytest scim_tests --reference` plays against the bundled reference server,\n"
    "`pytest scim_tests --target-url URL` against yours.\n"
    f"Or describe it in a fixture {FIXTURE} of your conftest.py, which gives what play() is given:\n"
    '{"app": app, "base_path": "/scim/v2", "token": "…"}.'
)
NOT_SEEN = "These tests do not see the fixture {}: it has to stand in {}."
NO_WORKERS = "scim-tests plays once, in one process: leave out -n (pytest-xdist)."
RECORD_INDEX = pytest.StashKey[RecordIndex]()
MAY_DIFFER = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}


@contextmanager
def said_by_pytest() -> Generator[None, None, None]:
    """Our errors become pytest's: one sentence and the right exit code, no traceback."""
    try:
        yield
    except errors.UsageError as error:
        raise pytest.UsageError(str(error)) from None
    except errors.ScimTestsError as error:
        if isinstance(error, errors.WriteError):
            from scim_tests.session.report_folder import with_next_step  # noqa: PLC0415 -- the engine is behind it

            error = with_next_step(error)
        pytest.exit(str(error), returncode=error.exit_code)


def check_of(item: pytest.Item) -> str:
    """The id of the check an item presents; empty for anybody else's items."""
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("judged", "") if callspec else ""


class Session:
    """A run, performed or read back; `folder` is where its reports are."""

    folder: Path
    record: RunRecord | None = None
    whole = True  # whether every check of the record is presented

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def stories_collected(self) -> None:
        """UsageError of pytest where no target is named; here one is."""

    def before_the_first(self, request: pytest.FixtureRequest) -> None:
        """A fixture asks for the record; here it is there already."""

    def private_folder(self) -> Path:
        """The folder, ready for a page to be put into it; nobody else can read it."""
        return self.folder

    def present(self, record: RunRecord, folder: Path) -> None:
        """From here on the items show this record."""
        self.record, self.folder = record, folder
        self.config.stash[RECORD_INDEX] = RecordIndex(record)

    @pytest.hookimpl(tryfirst=True)  # before anybody writes down how it ended
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """End as the run ended where pytest alone would not know: broken, unreachable, refused, empty."""
        if self.record and self.whole and exitstatus in MAY_DIFFER and self.record.outcome.exit_code:
            session.exitstatus = self.record.outcome.exit_code

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # after everything else pytest has to say
    def pytest_terminal_summary(self, config: pytest.Config) -> Generator[None, None, None]:
        """Show the run's conclusion below everything that pytest says."""
        yield
        if self.record is None:
            return
        writer = config.get_terminal_writer()
        shown = StringIO()
        console = Console(file=shown, force_terminal=writer.hasmarkup, width=terminal().width)
        conclusion(self.record, self.folder, console)
        writer.line()
        writer.write(shown.getvalue())

    def chosen(self, session: pytest.Session) -> list[str]:
        """The ids of the checks that are to be presented, in the order of their items."""
        return [check for item in session.items if (check := check_of(item))]


class LiveRun(Session):
    """A run to be performed before the first item."""

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        super().__init__(config)
        from scim_tests.session import run  # noqa: PLC0415 -- only who names a target pays for the engine

        self.run = run
        self.is_made = False
        self.options = options
        with said_by_pytest():
            self.folder = run.report_folder(options)
            self.checks = run.chosen(options)

    def checks_of(self, story: str) -> list[str]:
        """Ids of those that the options chose."""
        return [check.id for check in self.checks if self.run.group_of(check) == story]

    def private_folder(self) -> Path:
        """The folder, made at the first time: for nobody else's eyes."""
        if not self.is_made:
            from scim_tests.session.report_folder import create_report_folder  # noqa: PLC0415 -- the engine is behind it

            with said_by_pytest():
                self.folder = create_report_folder(self.folder)
            self.is_made = True
        return self.folder

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Perform the run before the first item, for the checks that are left; not when items are only listed."""
        chosen = self.chosen(session)
        if chosen and not session.testsfailed and not self.config.option.collectonly:
            everything = len(chosen) == len(self.run.catalogue())
            with said_by_pytest():
                self._perform(None if everything else frozenset(chosen))

    def _perform(self, only: frozenset[str] | None) -> None:
        with Progress(terminal()) as progress:
            folder = self.private_folder()
            self.present(*self.run.perform(self.options, progress, only=only, folder=folder, with_page=False))


class RecordedRun(Session):
    """A run that is over, read from its record and shown again."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        super().__init__(config)
        with said_by_pytest():
            self.present(read_record(path), path.parent)

    def checks_of(self, story: str) -> list[str]:
        """Ids of those that the record tells of."""
        return [check.id for check in self.config.stash[RECORD_INDEX].stories.get(story, [])]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Of a selection only what is shown decides how the session ends."""
        self.whole = len(self.chosen(session)) == len(self.config.stash[RECORD_INDEX].checks)


class FixtureRun(Session):
    """No target is named on the command line: the fixture `scim_target` describes it, or stories are only listed.

    The run is performed when the first item is set up, since no fixture has a value before.
    """

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        super().__init__(config)
        self.options = options

    def checks_of(self, story: str) -> list[str]:
        """Ids of those that the options chose."""
        from scim_tests.session import run  # noqa: PLC0415 -- only who collects stories pays for the catalogue

        with said_by_pytest():
            return [check.id for check in run.chosen(self.options) if run.group_of(check) == story]

    def stories_collected(self) -> None:
        """UsageError of pytest unless there is such a fixture, or the items are only listed."""
        if self.config.option.collectonly:
            return
        if not any(hasattr(plugin, FIXTURE) for plugin in self.config.pluginmanager.get_plugins()):
            raise pytest.UsageError(NO_TARGET)

    def before_the_first(self, request: pytest.FixtureRequest) -> None:
        """Perform the run for the checks that are left. What the command line says wins over the fixture."""
        from scim_tests.session import own_suite  # noqa: PLC0415 -- as above

        if hasattr(
            self.config, "workerinput"
        ):  # a worker of pytest-xdist, which cannot end the others' session
            pytest.fail(NO_WORKERS, pytrace=False)
        try:
            described = request.getfixturevalue(FIXTURE)
        except pytest.FixtureLookupError:
            seen = self.config.rootpath / "conftest.py"
            pytest.exit(NOT_SEEN.format(FIXTURE, seen), returncode=errors.ExitCode.USAGE)
        signals = own_suite.Signals()
        try:
            with said_by_pytest():
                options = own_suite.described(described, self.options)
                chosen = frozenset(self.chosen(request.session))
                self.present(*own_suite.perform(options, signals, only=chosen))
        except pytest.UsageError as error:  # which would be this item's alone, in a fixture
            pytest.exit(str(error), returncode=errors.ExitCode.USAGE)
        if signals.times:
            raise KeyboardInterrupt


DOOR = pytest.StashKey[FixtureRun | LiveRun | RecordedRun]()
