"""The pictures in the docs: the top of a failing report, light and dark, as Chromium shows it: `make pictures`."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from scim_tests.engine.listener import Silence
from scim_tests.options import RunOptions
from scim_tests.pytest_door.render import render_html
from scim_tests.session.run import perform

DOCS = Path(__file__).parent.parent / "docs"
FAULTS = ("filter-username-case-sensitive", "group-patch-add-replaces", "location-header-missing-on-create")
NAMES = {"light": "report.png", "dark": "report-dark.png"}


def photograph(report: Path) -> None:
    """Write one picture a colour scheme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for scheme, name in NAMES.items():
            page = browser.new_page(viewport={"width": 1100, "height": 860}, color_scheme=scheme)
            page.goto(report.as_uri())
            page.locator("#results-table tbody").first.wait_for(state="attached")
            page.screenshot(path=DOCS / name)
        browser.close()


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        folder = Path(place) / "report"  # with no other run beside it
        folder.mkdir()
        options = RunOptions(reference=True, seed=7, fault=FAULTS)
        perform(options, Silence(), folder=folder)
        render_html(folder / "run.json", folder / "report.html")
        photograph(folder / "report.html")
