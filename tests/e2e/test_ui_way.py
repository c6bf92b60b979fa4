"""The way through the page in Debian's Chromium: with a mouse, by the keyboard alone, without script, and where things go wrong."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from commanding import TOKEN
from knocking import Opened, opened
from playwright.sync_api import Browser, Locator, Page, expect
from serving import Gate, listed, serving

from reference_server.app import application
from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.ui.practice import FAULTS

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
ZIFLOW, ANY = "Ziflow", "Any SCIM 2.0 server"
LOOKS = (("light", 1400), ("dark", 360))  # that is how the pages are judged, each once
DROPPED = """async ([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  document.querySelector("form.drop").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true }));
}"""
CALLS_KEPT = """addEventListener("pagehide", () => {
  const calls = [...document.querySelectorAll(".number")].map((each) => each.textContent);
  if (calls.length) sessionStorage.calls = calls.join(" ");
});"""
OUTLINED = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"
FOCUSED = "each => each === document.activeElement"


class Person:
    """Somebody with the link, whose clicks, keys and filled fields are counted; `seen` are the pages that axe has seen."""

    def __init__(self, page: Page, link: str, seen: set[str]) -> None:
        self.page = page
        self.acts = self.fields = 0  # what was clicked or pressed, and filled
        self._seen = seen
        page.goto(link)

    def click(self, name: str) -> None:
        """Click on what is named so."""
        self.named(name).click()
        self.acts += 1

    def press(self, name: str, key: str = "Enter") -> None:
        """Go there by Tab, always in sight, and press that key; Enter leads to a page."""
        while not self.named(name).evaluate(FOCUSED):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(OUTLINED), name
        with self.page.expect_navigation() if key == "Enter" else nullcontext():
            self.page.keyboard.press(key)
        self.acts += 1

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.fields += 1

    def wants_practice(self, fault: str = "") -> None:
        """Have it chosen as a new start has, but for the fault."""
        self.page.get_by_label(ZIFLOW, exact=True).check()
        self.page.locator("#fault").select_option(fault)

    def go(self, step: str) -> None:
        """By a link in the head of the page."""
        self.page.get_by_role("banner").get_by_role("link", name=step, exact=True).click()

    def named(self, name: str) -> Locator:
        """The first button, link or box of that name in the page."""
        main = self.page.locator("main")
        kinds = [
            main.get_by_role(kind, name=name, exact=True) for kind in ("button", "link", "checkbox", "radio")
        ]  # type: ignore[arg-type]
        return kinds[0].or_(kinds[1]).or_(kinds[2]).or_(kinds[3]).first

    def heading(self, text: str) -> None:
        """Wait until that is the page's."""
        expect(self.page.locator("h1")).to_have_text(text, timeout=30_000)

    def looks(self, what: str) -> None:
        """Axe finds nothing in the page, in light and in dark, and nothing runs out of a narrow screen; once for all tests."""
        if what in self._seen:
            return
        self._seen.add(what)
        for scheme, width in LOOKS:
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{what}: {found.generate_report()}"
            assert self.page.evaluate("document.documentElement.scrollWidth") == width, what

    def chooses(self, kind: str, url: str, key: str = TOKEN) -> None:
        """That server, and its key."""
        self.go("Where")
        self.click(kind)
        self.fill("Base URL", url)
        self.click("Next: API key")
        self.fill("API key", key)

    def agrees(self) -> None:
        """To what is shown, which begins the run."""
        self.heading("What may Okta do?")
        self.looks("to app")
        self.click("I agree to this")
        self.click("Start the run")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """One start of the page for all who walk through it."""
    with opened(tmp_path_factory.mktemp("way")) as page:
        yield page


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The pages that were looked at."""
    return set()


@pytest.fixture
def comes(browser: Browser, page: Opened, seen: set[str]) -> Iterator[Callable[..., Person]]:
    """Somebody opens the link; afterwards no script of a page has failed, and nothing was loaded from elsewhere."""
    contexts, troubles = [], []

    def come(**how: object) -> Person:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **how})
        contexts.append(context)
        shown = context.new_page()
        shown.on("pageerror", lambda error: troubles.append(str(error)))
        shown.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        shown.on(
            "request", lambda sent: None if sent.url.startswith(page.origin) else troubles.append(sent.url)
        )
        return Person(shown, page.link, seen)

    yield come
    for context in contexts:
        context.close()
    assert troubles == []


class Mortal:
    """The reference server, which answers nobody from its third create on; its users outlive it."""

    def __init__(self, base_url: str, database: Path) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=base_url, database=database))
        self.creates = 0
        self.dies = Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.creates += scope.get("method") == "POST"
        if self.creates >= 3:
            self.dies.set()
            await asyncio.Event().wait()
        await self.app(scope, receive, send)


@pytest.fixture
def gate() -> Iterator[tuple[str, Gate]]:
    """A server that holds answers back from its third create on."""
    with serving(lambda url: Gate(url, 3)) as (url, server):
        yield url, server
        server.open.set()


def downloaded(person: Person, name: str) -> bytes:
    with person.page.expect_download() as begun:
        person.page.get_by_role("link", name=name, exact=True).click()
    return begun.value.path().read_bytes()


def test_the_way_of_a_stranger_is_six_keys(comes: Callable[..., Person]) -> None:
    """From the link to the result without an account: no field, six times Enter or Space, nothing of it in need of script.

    Tab reaches everything in the order of the page, always in sight. Only a recording cannot be dropped, and its page says so.
    """
    person = comes(java_script_enabled=False)
    person.wants_practice()
    for name in ("Start it", "Next: API key", "Test API Credentials", "Next: To App"):
        person.press(name)
    person.press("I agree to this", "Space")
    person.press("Start the run")
    person.heading("Passed")
    assert (person.acts, person.fields) == (6, 0)
    person.press("Files for a ticket")
    person.go("Open a recording")
    expect(person.page.locator("noscript p").first).to_be_visible()
    is_read_and_given_away(comes())


def is_read_and_given_away(person: Person) -> None:
    """The result says where to delete Ziflow's user, and shows the report; its files are given away alone or as one."""
    person.go("Result")
    person.heading("Passed")
    person.looks("passed")
    assert "delete them in its People tab" in person.page.locator("#left-behind").inner_text()
    expect(person.page.get_by_role("link", name="Clean up")).to_have_count(0)
    report = person.page.frame_locator("iframe.report")
    expect(report.get_by_role("heading", name="Ziflow's guide, step by step")).to_be_visible()
    with person.page.context.expect_page() as alone:
        person.click("Open the report")
    expect(alone.value.get_by_role("heading", name="Ziflow's guide, step by step")).to_be_visible()
    whole = downloaded(person, "report.html")
    with ZipFile(BytesIO(downloaded(person, "All of these as one ZIP"))) as packed:
        (name,) = [each for each in packed.namelist() if each.endswith("report.html")]
        assert packed.read(name) == whole
        assert not [each for each in packed.namelist() if "ledger" in each]


def test_a_cause_is_played_again_and_compared_and_its_traffic_judged(comes: Callable[..., Person]) -> None:
    """A server with a fault: what fails is told with its fix, played again by itself, and found in the run's own HAR."""
    person = comes()
    person.wants_practice(FAULTS[0])
    person.looks("where")
    person.click("Start it")
    person.looks("where, with a server of our own")
    person.click("Next: API key")
    person.click("Test API Credentials")
    expect(person.page.locator("#tested")).to_contain_text("Okta's button would succeed")
    person.looks("key that is taken")
    person.click("Next: To App")
    person.agrees()
    person.heading("Failed")
    person.looks("failed")
    traffic = downloaded(person, "exchanges.har").decode()
    person.click("Play only this again")
    person.looks("again")
    person.click("Choose these, and go on")
    person.agrees()
    person.heading("Failed")
    person.go("Earlier runs")
    person.looks("earlier runs")
    for box in person.page.locator("input[name=run]").all()[:2]:
        box.check()
    person.click("Compare the two that are chosen")
    person.heading("Two runs compared")
    expect(person.page.locator(".sentence")).to_contain_text("0 new failures")
    person.looks("compared")
    recordings = {
        "exchanges.har": traffic,
        "oin-inactive-hidden.har": (RECORDINGS / "oin-inactive-hidden.har").read_text(),
    }
    for name, text in recordings.items():
        person.go("Open a recording")
        person.heading("Open a recording")
        person.page.wait_for_load_state()
        person.looks("recording")
        person.page.evaluate(DROPPED, [name, text])
        person.heading("Failed")
    person.looks("recording that was judged")


def test_a_refused_key_says_what_to_do_and_the_right_one_works(
    comes: Callable[..., Person], gate: tuple[str, Gate]
) -> None:
    """In Okta's words and in ours; of an address where nobody is, something else is said."""
    person = comes()
    person.chooses(ANY, gate[0], "not-the-right-one")
    tested = person.page.locator("#tested")
    person.click("Test API Credentials")
    expect(tested).to_contain_text("Error authenticating: Unauthorized")
    expect(tested).to_contain_text("What to do next: Copy the key anew")
    person.looks("key that is refused")
    person.fill("API key", TOKEN)
    person.click("Test API Credentials")
    expect(tested).to_contain_text("Okta's button would succeed")
    person.chooses(ANY, "http://127.0.0.1:9/scim/v2")
    person.click("Test API Credentials")
    expect(tested).to_contain_text("Nothing listens on 127.0.0.1:9")


def test_a_closed_window_loses_no_run_and_stop_leaves_nobody(
    comes: Callable[..., Person], gate: tuple[str, Gate]
) -> None:
    """Whoever opens the link again finds the run as it is, stops it, and the server has nobody any more."""
    url, server = gate
    person = comes()
    person.chooses(ANY, url)
    person.click("Next: To App")
    person.agrees()
    assert server.reached.wait(30)
    assert listed(url, "Users")
    person.page.close()
    person = comes()
    person.heading("The run goes on")
    expect(person.page.locator(".scene.going-on").first).to_be_visible()
    person.looks("run")
    person.click("Stop the run")
    expect(person.page.get_by_role("status")).to_contain_text("Stopping.")
    server.open.set()
    person.heading("Interrupted")
    assert listed(url, "Users") + listed(url, "Groups") == []


def test_a_target_that_dies_is_cleaned_up_once_it_is_back(
    comes: Callable[..., Person], tmp_path: Path
) -> None:
    """The run ends by itself, its result says who is left, and they are removed as soon as that can be asked for."""
    person = comes()

    def alive(url: str) -> Mortal:
        return Mortal(url, tmp_path / "users.db")

    with serving(alive) as (url, server):
        person.chooses(ANY, url)
        person.click("Next: To App")
        person.agrees()
        assert server.dies.wait(30)
    expect(person.page.locator("#left-behind")).to_contain_text("may still be on the target", timeout=60_000)
    person.click("Clean up")
    person.looks("clean up")
    with serving(alive, port=urlsplit(url).port or 0):
        assert listed(url, "Users")
        person.click("Remove them")
        expect(person.page.get_by_text("Nobody is left to be removed")).to_be_visible(timeout=30_000)
        person.looks("cleaned up")
        assert listed(url, "Users") + listed(url, "Groups") == []


@pytest.mark.skipif(os.environ.get("WAY") != "all", reason="takes half a minute: WAY=all")
def test_three_thousand_people_are_one_page(comes: Callable[..., Person]) -> None:
    """While they are imported every call is shown once, other pages answer, and the report opens."""
    person, beside = comes(), comes()
    person.page.add_init_script(CALLS_KEPT)
    with running(Settings(tokens=(Token(TOKEN),)), seed_users=3000) as server:
        person.chooses(ANY, server.base_url)
        person.click("Next: To App")
        person.agrees()
        while "/run/" in person.page.url:
            beside.go("Earlier runs")
            beside.heading("Earlier runs")
        person.heading("Passed")
    shown = person.page.evaluate("sessionStorage.calls").split()
    assert len(shown) == len(set(shown)) > 600
    report = person.page.frame_locator("iframe.report")
    expect(report.get_by_role("heading", name="The import")).to_be_visible()
