"""How pytest-html is made to write our report: its documented hooks, and nothing behind its back.

It keeps one row an item; ours have cells and contents of their own. Its outcomes are a fixed set,
so blocked and not asked are both its `Skipped`: the verdict in our own words stands in the cell.
"""

from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pytest_html import extras  # type: ignore[import-untyped]

from scim_tests.pytest_door.session import RECORD_INDEX, Session, check_of, said_by_pytest
from scim_tests.report import details
from scim_tests.report.html import bare, page, title
from scim_tests.wire import private_file

NO_RECORD = "No run was performed, so nothing was judged. What pytest said explains why."
RESULT = 0  # the cell in which pytest-html says its own outcome


class Page:
    """Hooks of pytest-html; optional, so that pytest does not mind when it is switched off."""

    def __init__(self, door: Session, where: Path | None) -> None:
        """`where` is the page's path if it is ours to choose, where it is made anew for pytest-html to write to."""
        if where:
            with said_by_pytest():
                private_file.replace(where, "")
        self.door = door
        self.where = where
        self.data: Any = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        """Set what the page's script reads: no environment, rows in our order, all of them shut."""
        self.data = report
        report.title = "scim-tests"
        report.set_data("environment", {})
        report.set_data("initialSort", "original")
        report.set_data("renderCollapsed", ["all"])

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Our own columns."""
        cells[:] = details.HEADINGS

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """What stands above the table: the whole run, or that none was performed."""
        record = self.door.record
        prefix[:] = [page(record) if record else bare(NO_RECORD)]
        if record:
            self.data.title = title(record)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give the report its check, so that the row can be written: cells, and what opens below."""
        report = yield
        index = item.config.stash.get(RECORD_INDEX, None)
        check = index.checks.get(check_of(item)) if index else None
        if index and check and (report.when == "call" or report.outcome == "failed"):
            report.scim_check = check  # type: ignore[attr-defined]
            report.extras = [extras.html(details.details(index, check))]  # type: ignore[attr-defined]
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Our own cells, with pytest-html's word for the outcome, by which its filter works."""
        check = getattr(report, "scim_check", None)
        if check:
            outcome = cells[RESULT].partition(">")[2].partition("<")[0]
            cells[:] = details.cells(outcome, check)

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # around the writing of the page
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        """Say in a sentence that the page cannot be written, and leave no half of it."""
        try:
            return (yield)
        except OSError as error:
            if not self.where:
                raise
            self._take_away(self.where)
            with said_by_pytest():
                raise private_file.not_written(self.where, error) from None

    def _take_away(self, page: Path) -> None:
        with suppress(OSError):
            page.unlink()

    def pytest_unconfigure(self) -> None:
        """Where nothing was run, no page is left."""
        if self.where and not self.door.record:
            self._take_away(self.where)
            with suppress(OSError):  # somebody else's files are in the folder
                self.where.parent.rmdir()

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """Leave out pytest's log of a check: the row says the same, and better."""
        if hasattr(report, "scim_check"):
            data.clear()
