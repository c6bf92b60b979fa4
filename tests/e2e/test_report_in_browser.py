"""report.html in a real browser: Debian's Chromium, driven by Playwright; axe judges whether all can read it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from commanding import record_in
from playwright.sync_api import Browser, Page, Request, expect
from sharing import once

from scim_tests import profiles
from scim_tests.model.record import RunRecord
from scim_tests.pytest_door.render import render_html
from tests.unit.report.sample import all_good, large, sample

ACTS = "test_credentials,push_user,link_user,push_group,query_users,import_users,discovery"
FAULTS = ("filter-username-case-sensitive", "group-patch-add-replaces", "location-header-missing-on-create")
Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def failing(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Path:
    """The folder of a real run against the bundled server with three faults, with calls of some acts: axe looks at each for long."""
    faults = [word for fault in FAULTS for word in ("--fault", fault)]

    def make(folder: Path) -> None:
        command = [program, "run", "--reference", *faults, "--only", ACTS, "--report-dir", folder]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 1

    return once(tmp_path_factory, "failing", make)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Opens a page; afterwards no script has failed, and nothing but the file was asked for."""
    contexts, troubles = [], []

    def goto(path: Path, anchor: str = "", **how: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 1000}, **how})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: troubles.append(request.url) if _is_foreign(request) else None)
        page.goto(f"{path.as_uri()}{anchor}")
        return page

    yield goto
    for context in contexts:
        context.close()
    assert troubles == []


def _is_foreign(request: Request) -> bool:
    return not request.url.startswith(("file:", "data:"))


def _written(record: RunRecord, folder: Path) -> Path:
    (folder / "run.json").write_text(json.dumps(record.to_json()), encoding="utf-8")
    render_html(folder / "run.json", folder / "report.html")
    return folder / "report.html"


def _shown(page: Page) -> list[str]:
    """Ids of the checks whose rows are in sight."""
    found: list[str] = page.locator("#results-table tbody:visible").evaluate_all(
        "rows => rows.map((each) => each.id)"
    )
    return found


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_everybody_can_read_it(opened: Opened, failing: Path, scheme: str, width: int) -> None:
    """Axe finds nothing, with a check and a call open, and nothing runs out of a narrow screen."""
    record = record_in(failing)
    page = opened(
        failing / "report.html", f"#{record.root_causes[0].check}",
        color_scheme=scheme, viewport={"width": width, "height": 1000},
    )  # fmt: skip
    page.evaluate(f"location.hash = 'x{record.root_causes[0].at[0]}'")
    expect(page.locator(f"#x{record.root_causes[0].at[0]} .exchange")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("profile", profiles.names())
def test_no_report_scrolls_sideways(
    opened: Opened, reference_run: Callable[[str], Path], profile: str
) -> None:
    """At 360 pixels, under every profile, with plans, statements, some calls and some checks open; nor does its paper."""
    page = opened(reference_run(profile) / "report.html", viewport={"width": 360, "height": 800})
    page.evaluate(
        """() => {
          document.querySelectorAll("details:not(.call details)").forEach((each) => (each.open = true));
          document.querySelectorAll(".call:nth-child(10n + 1) details").forEach((each) => (each.open = true));
          document.querySelectorAll("tbody:nth-child(20n) .opens").forEach((each) => each.click());
        }"""
    )
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("record", [sample(), all_good()], ids=["hostile", "good"])
def test_a_hostile_and_a_good_run_are_readable_too(opened: Opened, tmp_path: Path, record: RunRecord) -> None:
    """Every verdict and every section there is passes axe; nothing the target said ran."""
    page = opened(_written(record, tmp_path))
    page.locator("#open-all").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_filters_show_what_they_say(opened: Opened, failing: Path) -> None:
    """By verdict, act, story, severity and words: each leaves exactly the checks the record has of the kind."""
    page = opened(failing / "report.html")
    checks = record_in(failing).checks
    assert len(_shown(page)) == len(checks)
    page.locator(".chip.fail").click()
    assert set(_shown(page)) == {each.id for each in checks if each.verdict == "fail"}
    expect(page.locator("#shown")).to_contain_text(f"of {len(checks)} checks")
    page.locator(".chip.fail").click()
    page.locator("#by-act").select_option("push_user")
    assert set(_shown(page)) == {each.id for each in checks if each.act == "push_user"}
    page.locator("#by-act").select_option("push users")
    assert set(_shown(page)) == {each.id for each in checks if each.story == "push users"}
    page.locator("#by-severity").select_option("security")
    kind = {each.id for each in checks if each.story == "push users" and each.severity == "security"}
    assert set(_shown(page)) == kind
    page.locator("#by-act").select_option("")
    page.locator("#by-severity").select_option("")
    page.keyboard.press("/")
    page.keyboard.type("ignores-letter-case")
    assert any(name.endswith("ignores-letter-case") for name in _shown(page))
    assert len(_shown(page)) < 10


def test_a_link_leads_to_its_check(opened: Opened, failing: Path) -> None:
    """Whoever is sent report.html#check-id, or follows a root cause, sees that check open."""
    check = record_in(failing).root_causes[0].check
    sent = opened(failing / "report.html", f"#{check}")
    details = f"tbody[id='{check}'] .details"
    expect(sent.locator(details)).to_be_visible()
    expect(sent.locator(details)).to_be_in_viewport()
    page = opened(failing / "report.html")
    expect(page.locator(details)).to_be_hidden()
    page.locator(f"#root-causes a[href='#{check}']").first.click()
    expect(page.locator(details)).to_be_in_viewport()


def test_failures_are_marked_in_the_picture(opened: Opened, failing: Path) -> None:
    """The call a root cause was seen at stands in the picture, marked, and opens with what was found."""
    cause = record_in(failing).root_causes[0]
    page = opened(failing / "report.html", f"#x{cause.at[0]}")
    call = page.locator(f"#x{cause.at[0]}")
    expect(call).to_be_in_viewport()
    expect(call.locator(".arrows .badge")).to_contain_text("fail")
    expect(call.locator(".found")).to_contain_text(cause.check)


def test_a_curl_line_is_copied_whole(opened: Opened, failing: Path) -> None:
    """The button puts the line into the clipboard to the letter."""
    record = record_in(failing)
    number = record.root_causes[0].at[0]
    page = opened(failing / "report.html", f"#x{number}")
    button = page.locator(f"#x{number} .copy")
    button.click()
    expect(button).to_have_text("Copied")
    assert next(each.curl for each in record.exchanges if each.number == number) == page.evaluate(
        "navigator.clipboard.readText()"
    )


def test_the_script_of_a_failure_is_copied_whole(opened: Opened, failing: Path) -> None:
    """A vendor with nothing but the page gets the script that stands in reproduce/, to the letter."""
    check = next(each.check for each in record_in(failing).root_causes)
    page = opened(failing / "report.html", f"#{check}")
    again = page.locator(f"tbody[id='{check}'] .again")
    again.locator("summary").click()
    again.locator(".copy").click()
    expect(again.locator(".copy")).to_have_text("Copied")
    assert (
        page.evaluate("navigator.clipboard.readText()") == (failing / "reproduce" / f"{check}.sh").read_text()
    )


def test_a_root_cause_can_be_passed_on(opened: Opened, failing: Path) -> None:
    """Its buttons copy the address of its check and its script, to the letter; on paper they are gone."""
    check = record_in(failing).root_causes[0].check
    page = opened(failing / "report.html", "#x1")
    cause = page.locator(f".cause[data-check='{check}']")
    script = (failing / "reproduce" / f"{check}.sh").read_text(encoding="utf-8")
    address = f"{(failing / 'report.html').as_uri()}#{check}"
    for button, said in zip(cause.get_by_role("button").all(), (address, script), strict=True):
        button.click()
        expect(button).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == said
    page.emulate_media(media="print")
    expect(cause.get_by_role("button")).to_have_count(0)


def test_without_a_clipboard_it_is_shown(opened: Opened, failing: Path) -> None:
    """Where the browser gives no clipboard, the script is opened and selected, and the link stands in the address."""
    check = record_in(failing).root_causes[0].check
    page = opened(failing / "report.html")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    cause = page.locator(f".cause[data-check='{check}']")
    cause.get_by_role("button", name="Copy script").click()
    expect(cause.get_by_role("button", name="Selected")).to_be_visible()
    script = (failing / "reproduce" / f"{check}.sh").read_text(encoding="utf-8")
    assert page.evaluate("getSelection().toString()").strip() == script.strip()
    cause.get_by_role("button", name="Copy link").click()
    expect(page.locator(f"tbody[id='{check}'] .details")).to_be_in_viewport()
    assert page.evaluate("location.hash") == f"#{check}"


def test_without_a_script_there_are_no_buttons(opened: Opened, failing: Path) -> None:
    """A reader whose browser runs no script sees the root causes whole, and nothing that does not work."""
    page = opened(failing / "report.html", java_script_enabled=False)
    expect(page.locator(".cause")).to_have_count(len(record_in(failing).root_causes))
    expect(page.locator(".cause button")).to_have_count(0)


def test_the_files_beside_are_linked(opened: Opened, failing: Path) -> None:
    """Each link leads to a file or folder of the run, by a path that is right wherever the folder lies."""
    page = opened(failing / "report.html")
    links = [each.get_attribute("href") or "" for each in page.locator(".beside a").all()]
    assert {"summary.md", "junit.xml", "run.json", "exchanges.har", "reproduce/"} <= set(links)
    assert [each for each in links if not (failing / each).exists()] == []


def test_the_keyboard_is_enough(opened: Opened, failing: Path) -> None:
    """Tab reaches a check, Enter opens it and says so, Enter shuts it again."""
    page = opened(failing / "report.html")
    page.locator("#open-all").focus()
    while not page.evaluate("document.activeElement.classList.contains('opens')"):
        page.keyboard.press("Tab")
    for said in ("true", "false"):
        page.keyboard.press("Enter")
        assert said == page.evaluate("document.activeElement.getAttribute('aria-expanded')")


def test_paper_shows_what_failed(opened: Opened, failing: Path) -> None:
    """Printed, the controls are gone, ink is black on white even in the dark, and failures are open."""
    page = opened(failing / "report.html", color_scheme="dark")
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.locator(".controls-of-checks")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    failed = [each.id for each in record_in(failing).checks if each.verdict == "fail"]
    expect(page.locator(f"tbody[id='{failed[0]}'] .details")).to_be_visible()


def test_five_thousand_exchanges_are_usable(opened: Opened, tmp_path: Path) -> None:
    """The page opens, the last call is reached by its link, and a filter answers."""
    page = opened(_written(large(5_000), tmp_path), "#x5000")
    expect(page.locator("#x5000")).to_be_in_viewport()
    page.locator("#search").fill("check-119")
    assert _shown(page) == ["import_users.check-119"]
