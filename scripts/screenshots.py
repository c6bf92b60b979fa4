"""The pictures in the docs, as Chromium shows them: `make pictures`.

They are the top of a failing report, light and dark, of the page To App before a run and Result after it, and of a load.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from scim_tests.engine.listener import Silence
from scim_tests.options import RunOptions
from scim_tests.pytest_door.render import render_html
from scim_tests.session.run import perform

DOCS = Path(__file__).parent.parent / "docs"
FAULTS = ("filter-username-case-sensitive", "group-patch-add-replaces", "location-header-missing-on-create")
NAMES = {"light": "report.png", "dark": "report-dark.png"}
SIZE = {"width": 1100, "height": 860}
LOAD = (
    "--assign",
    "600",
    "--rate",
    "10,40,80",
    "--import",
    "5000",
    "--fault",
    "page-time-grows-with-startindex",
)


def of_the_report(browser: Browser, report: Path) -> None:
    """One picture a colour scheme."""
    for scheme, name in NAMES.items():
        page = browser.new_page(viewport=SIZE, color_scheme=scheme)
        page.goto(report.as_uri())
        page.locator("#results-table tbody").first.wait_for(state="attached")
        page.screenshot(path=DOCS / name)


def of_the_page(browser: Browser, reports: Path) -> None:
    """What is agreed to before a run against Ziflow, which is not sent, and what a run with a fault came to."""
    with _opened(reports) as link:
        page = browser.new_page(viewport=SIZE)
        page.goto(link)
        _next(page, "Next: API key")
        page.locator("#key").fill("not-a-key")
        _next(page, "Next: To App")
        page.locator("#agreed").check()
        page.locator("#intent").screenshot(path=DOCS / "ui.png")
        page.goto(link)
        page.locator("#fault").select_option(FAULTS[0])
        for name in ("Start it", "Next: API key", "Next: To App"):
            _next(page, name)
        page.locator("#agreed").check()
        _next(page, "Start the run")
        page.locator(".verdict").wait_for()
        page.screenshot(path=DOCS / "ui-result.png")


def of_a_load(browser: Browser, folder: Path) -> None:
    """What a load came to on a server whose pages get slower."""
    command = [
        sys.executable,
        "-m",
        "scim_tests",
        "load",
        "--reference",
        *LOAD,
        "--quiet",
        "--report-dir",
        folder,
    ]
    subprocess.run(command, check=False)
    page = browser.new_page(viewport=SIZE | {"height": 1300})  # with the first plots
    page.goto((folder / "load.html").as_uri())
    page.screenshot(path=DOCS / "load.png")


def _next(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


@contextmanager
def _opened(reports: Path) -> Iterator[str]:
    """The link of a page, as long as the block."""
    command = [sys.executable, "-m", "scim_tests", "ui", "--no-browser", "--reports", reports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout  # noqa: S101 -- for the type checker
        yield process.stdout.readline().split()[-1]
        process.terminate()


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        folder = Path(place) / "report"  # with no other run beside it
        folder.mkdir()
        perform(RunOptions(reference=True, seed=7, fault=FAULTS), Silence(), folder=folder)
        render_html(folder / "run.json", folder / "report.html")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            of_the_report(browser, folder / "report.html")
            of_the_page(browser, Path(place) / "reports")
            of_a_load(browser, Path(place) / "load")
            browser.close()
