"""The pytest door: `pytest scim_tests --reference` plays once, then shows one item a check.

The play is not made of pytest's tests: it is performed whole, before the first item, by the same
engine as behind `scim-tests run`, and each item only presents the verdict on its check. So `-k`
and node ids choose what is judged, and never break the order of the play.
pytest-xdist is refused: each of its workers would play against the target.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import pytest

from scim_tests.model.record import CheckRecord
from scim_tests.model.verdict import Verdict
from scim_tests.options import RUN_OPTIONS, RunOptions
from scim_tests.pytest_door.page import Page
from scim_tests.pytest_door.session import (
    DOOR,
    NO_WORKERS,
    RECORD_INDEX,
    FixtureRun,
    LiveRun,
    RecordedRun,
    Session,
)
from scim_tests.report.account import account, reason
from scim_tests.report.record_index import RecordIndex, sentence
from scim_tests.report.text import one_line

STORIES = Path(__file__).parent
PRESENT = "--present"
# pytest has had a --strict of its own for long (an alias of --strict-markers, since 9 all of its
# strict_* settings), and an -x, and refuses second ones. So its flags are read instead, whatever else they do.
PYTEST_HAS = {"--strict", "--exitfirst"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Give pytest a run's options, but for those it has itself."""
    group = parser.getgroup("scim-tests")
    for option in RUN_OPTIONS:
        if option.flag in PYTEST_HAS:
            continue
        if option.kind is bool:
            group.addoption(option.flag, action="store_true", help=option.help)
        else:
            action = "append" if option.several else "store"
            group.addoption(
                option.flag, action=action, type=option.kind, metavar=option.metavar, help=option.help
            )
    group.addoption(PRESENT, metavar="RUN.json", help=argparse.SUPPRESS)


@pytest.hookimpl(tryfirst=True)  # before pytest-html reads where to write
def pytest_configure(config: pytest.Config) -> None:
    """Choose the door, and register what performs and shows a run; UsageError for pytest-xdist."""
    config.stash[DOOR] = door = _door(config)
    config.pluginmanager.register(door, "scim-tests-door")
    if not isinstance(
        door, FixtureRun
    ):  # which may be one of many fixtures of a suite, and no page is that suite's
        config.pluginmanager.register(Page(door, where=_page_path(config, door)), "scim-tests-page")


def _door(config: pytest.Config) -> FixtureRun | LiveRun | RecordedRun:
    of_pytest = {
        "strict": config.getoption("strict", None) is True,
        "exitfirst": config.getoption("maxfail", 0) == 1,
    }
    options = RunOptions.from_mapping({**vars(config.option), **of_pytest})
    present = config.getoption(PRESENT)
    if not (present or options.reference or options.target_url):
        return FixtureRun(config, options)
    if config.getoption("numprocesses", None):
        raise pytest.UsageError(NO_WORKERS)
    return RecordedRun(config, Path(present)) if present else LiveRun(config, options)


def _page_path(config: pytest.Config, door: Session) -> Path | None:
    """Have pytest-html write report.html to the run's folder, unless it was told where; gives the path then."""
    if config.option.collectonly or getattr(config.option, "htmlpath", ""):
        return None
    path = door.private_folder() / "report.html"
    config.option.htmlpath = str(path)
    config.option.self_contained_html = True
    return path


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Only the stories are tests here: `okta/test_credentials.py` is an act, not a test."""
    if STORIES not in collection_path.parents:
        return None
    return True if collection_path.parent != STORIES or collection_path.is_dir() else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of each check of a story's file."""
    story = getattr(metafunc.module, "GROUP", "")
    if not (story and "judged" in metafunc.fixturenames):
        return
    if checks := metafunc.config.stash[DOOR].checks_of(story):
        metafunc.parametrize("judged", checks, indirect=True)


@pytest.hookimpl(tryfirst=True)  # before -k makes a choice
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tell the door that stories are collected, which ends pytest where no target is named."""
    mine = [item for item in items if "judged" in getattr(item, "fixturenames", ())]
    for item in mine:
        if not hasattr(item, "callspec"):  # a story without checks has nothing to present
            items.remove(item)
    if mine:
        config.stash[DOOR].stories_collected()


@pytest.fixture(scope="session")
def scim_run(request: pytest.FixtureRequest) -> RecordIndex:
    """What the items present; where a fixture describes the target, it is played against now."""
    request.config.stash[DOOR].before_the_first(request)
    return request.config.stash[RECORD_INDEX]


@pytest.fixture
def judged(request: pytest.FixtureRequest, scim_run: RecordIndex) -> "Presented":
    """The check's verdict. Where we failed, not the target, this fails: pytest calls that an error."""
    index = scim_run
    check = index.checks.get(request.param)
    if check is None:
        pytest.fail(f"The run record has no verdict on {request.param}.", pytrace=False)
    if check.verdict == Verdict.BROKEN:
        pytest.fail(account(check), pytrace=False)
    return Presented(check, strict=index.record.run.strict)


@dataclass(frozen=True)
class Presented:
    """A check with its verdict, said in pytest's words."""

    check: CheckRecord
    strict: bool

    def present(self) -> None:
        """Pass, or raise pytest's xfail, skip or fail with the words of the report; tolerated failures are xfailed."""
        verdict = self.check.verdict
        if verdict == Verdict.PASS:
            return
        if self.check.tolerated:
            pytest.xfail(one_line(f"{self.check.tolerated}: {sentence(self.check)}"))
        if verdict == Verdict.NOT_ASKED or (verdict == Verdict.BLOCKED and not self.strict):
            pytest.skip(one_line(reason(self.check)))
        if verdict == Verdict.ADVICE and not self.strict:
            pytest.xfail(one_line(sentence(self.check)))
        pytest.fail(account(self.check), pytrace=False)
