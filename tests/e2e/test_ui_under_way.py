"""What is under way beside a run: found from everywhere, stopped, and told where the page ends."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from commanding import Command, inherited
from keeping import _beginning
from knocking import opened
from playing import BASE_URL
from playwright.sync_api import Browser
from serving import Gate, serving
from visiting import TOKEN, Visit

from scim_tests import profiles
from scim_tests.errors import ExitCode, UsageError
from scim_tests.session.journal import Journal
from scim_tests.session.report_folder import hold
from scim_tests.ui.pages import recording
from scim_tests.ui.pages.result import CLEANING, FINISHING, JUDGING
from scim_tests.ui.terminal import AT_ONCE, STOPPING, came_of
from tests.e2e.test_ui_attacks import at
from tests.e2e.test_ui_runs import SHARED, held, ran
from tests.unit.report.sample import sample

pytestmark = pytest.mark.usefixtures("no_page")

HAR = b'{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}'


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("run", "/run/one"),
        (FINISHING, "/runs/one"),
        (JUDGING, "/runs/one"),
        (CLEANING, "/runs/one/clean"),
    ],
)
def test_what_is_under_way_is_found_from_everywhere(visit: Visit, kind: str, place: str) -> None:
    """The link of the terminal, and that of every refusal, lead to the page of that work, whatever it is."""
    ended = Event()
    visit.desk.practise("okta")
    visit.desk.begin(kind, visit.desk.reports / "one", lambda _: ended.wait())
    try:
        refused = visit.post("/where/practice/stop")
        assert f'href="/{TOKEN}/run"' in refused.html.partition('role="alert"')[2]
        at = visit.get("/").place
        while visit.get(at).place:
            at = visit.get(at).place
        assert at == place
        assert "go" in visit.get(at).text
    finally:
        ended.set()


def test_a_judging_is_stopped_at_once(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page has a Stop, which waits for nothing, and leaves no report."""
    ended = Event()
    monkeypatch.setattr(recording, "read_recording", lambda *_: None)
    monkeypatch.setattr(recording, "as_reported", lambda *_: ended.wait() and sample())
    try:
        place = visit.answer("POST", f"/{TOKEN}/recording?name=x.har", HAR).text.removeprefix(f"/{TOKEN}")
        assert f"{place}/stop" in visit.get(place).html
        visit.post(f"{place}/stop")
        assert visit.desk.work
        visit.desk.work.wait()
        assert "It was stopped, and nothing is left of it." in visit.get(place).text
        assert not [each for each in visit.desk.reports.rglob("*") if each.is_file()]
    finally:
        ended.set()


def test_a_file_that_is_being_read_has_the_desk(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is refused meanwhile, and the file is judged; whoever drops another one is told at once."""

    def read(*_: Any) -> None:
        with pytest.raises(UsageError, match="under way"):
            visit.desk.refuse_if_busy()
        other = visit.answer("POST", f"/{TOKEN}/recording", HAR)
        assert (other.status_code, "Something else is under way." in other.text) == (409, True)
        assert visit.get("/").place == "/run"
        assert visit.get("/run").place == "/recording"
        assert "A file is being read" in visit.get("/recording").text

    monkeypatch.setattr(recording, "read_recording", read)
    monkeypatch.setattr(recording, "as_reported", lambda *_: sample())
    answer = visit.answer("POST", f"/{TOKEN}/recording", HAR)
    assert answer.status_code == 200, answer.text
    assert not visit.desk.is_reading


def test_who_goes_away_meanwhile_holds_nothing(visit: Visit) -> None:
    """A file that cannot be read, or did not come whole, leaves the desk to others."""

    async def gone() -> None:
        with visit.desk.reading():
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(gone())
    assert not visit.desk.is_busy


OURS = "scim-tests.abcdefgh.plain@example.com"
TWO = "scim-tests.abcdefgh.two@example.com"
URL = "https://scim.example.com/v2"


def cut_off(folder: Path) -> None:
    """The folder of a run whose program was ended."""
    folder.mkdir(parents=True)
    Journal(folder, _beginning(profiles.load("okta"), 1), None)


def test_a_start_says_whom_an_earlier_run_left(visit: Visit) -> None:
    """The page Where and the terminal, each with the way to them; while their run is held, and where nobody can be removed, nothing is said."""
    reports = visit.desk.reports
    ran(reports / "by-hand", sample())
    held(reports / "by-hand", URL, SHARED, profile="ziflow")
    assert "may still be" not in visit.get("/where").text
    cut_off(reports / "killed")
    assert "was cut off. See it" in visit.get("/where").text
    held(reports / "killed", BASE_URL, OURS, TWO)
    shown = visit.get("/where")
    assert f"was cut off. 2 users or groups may still be on {BASE_URL}. See it" in shown.text
    assert f"/{TOKEN}/runs/killed/clean" in shown.html
    with opened(reports.parent) as page:
        pass
    [said] = page.said
    assert said.endswith(f"was cut off. 2 users or groups may still be on {BASE_URL}. Earlier runs shows it.")
    with (reports / "killed" / "ledger.jsonl").open("a") as ledger:
        for each in (OURS, TWO):
            ledger.write(f'{{"event": "absent", "user_name": "{each}"}}\n')
    assert "may still be" not in visit.get("/where").text


def test_a_run_that_left_people_says_so_until_they_are_gone(visit: Visit) -> None:
    """Also one that was over; not one whose server to practise on has ended."""
    visit.desk.practise("okta")
    url = visit.desk.options.target_url or ""
    ran(visit.desk.reports / "one", replace(sample(), target=replace(sample().target, base_url=url)))
    held(visit.desk.reports / "one", url, OURS)
    assert f"1 user or group may still be on {url}." in visit.get("/where").text
    visit.desk.stop_practising()
    assert "may still be" not in visit.get("/where").text


WORKING = """
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event
from scim_tests.ui.desk import Desk
from scim_tests.ui.server import serve
from scim_tests.ui.work import unless_stopped
desk = Desk(Path("reports"))
look = {"recording": lambda stop: unless_stopped(stop, Event().wait), "reports": lambda stop: Event().wait()}
desk.begin(sys.argv[1], Path("reports/one"), look[sys.argv[1]])
serve(desk, 0, lambda text: print(text, flush=True), browser=False)
"""


def test_a_judging_ends_with_the_page_at_once(tmp_path: Path) -> None:
    """It promises no removal, and waits for nothing."""
    with opened(tmp_path, "-c", WORKING, JUDGING) as page:
        httpx.get(page.link)
    assert page.process.returncode == 0
    assert page.said == [
        STOPPING[JUDGING],
        "It was stopped, and nothing is left of it.",
        "Open the file again to judge it.",
    ]


def test_reports_that_are_written_promise_no_removal(tmp_path: Path) -> None:
    """Each signal says what it does to that work."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKING, FINISHING],
        cwd=tmp_path,
        env=inherited(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert [process.stdout.readline() for _ in range(2)]
        for said in (STOPPING[FINISHING], AT_ONCE):
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == f"{said}\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == -signal.SIGINT


def test_who_is_left_is_said_where_the_page_ends(visit: Visit) -> None:
    """How many, where, and both ways to remove them; nobody is left on a server that ends with the page."""
    ran(visit.desk.reports / "one", replace(sample(), target=replace(sample().target, base_url=URL)))
    held(visit.desk.reports / "one", URL, OURS)
    work = visit.desk.begin("run", visit.desk.reports / "one", lambda _: None)
    work.wait()
    said = list(came_of(work, None))
    assert said == [
        f"Failed: {sample().outcome.sentence}",
        f"Report: {visit.desk.reports / 'one' / 'report.html'}",
        f"1 user or group may still be on {URL}. Start `scim-tests ui` again: Earlier runs says what to do.",
        f"Or: scim-tests clean {visit.desk.reports / 'one'}",
    ]
    assert list(came_of(work, URL)) == said[:2]
    held(visit.desk.reports / "one", URL, SHARED, profile="ziflow")
    assert "scim-tests clean" not in "".join(came_of(work, None))


@pytest.fixture
def gate() -> Iterator[tuple[str, Gate]]:
    """A server that lets two people be created and then waits."""
    with serving(lambda url: Gate(url, 3)) as (url, app):
        yield url, app
        app.open.set()


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (signal.SIGINT, ("The run ended with scim-tests", "Earlier runs shows its report")),
        (signal.SIGKILL, ("scim-tests does not answer", "If it was closed, start `scim-tests ui` again")),
    ],
)
def test_a_page_left_open_claims_nothing_that_has_ended(
    browser: Browser, gate: tuple[str, Gate], tmp_path: Path, ending: signal.Signals, said: tuple[str, str]
) -> None:
    """In a browser: no run goes on, none can be stopped, and what to do is said."""
    url, app = gate
    with opened(tmp_path) as page, at(page, url, tmp_path) as visitor, closing(browser.new_page()) as window:
        visitor.agrees()
        assert app.reached.wait(60)
        window.goto(f"{page.link}run")
        window.wait_for_selector("button:text('Stop the run')")
        page.process.send_signal(ending)
        app.open.set()
        window.wait_for_selector(f"h1:text-is('{said[0]}')")
        assert said[1] in window.inner_text("#progress")
        assert not window.query_selector_all(".stop, .lead")


def test_without_a_place_for_reports_no_page_is_opened(command: Command, tmp_path: Path) -> None:
    """It is said before anything is chosen, with the option that names another."""
    (tmp_path / "reports").touch()
    done = command("ui", "--no-browser", "--reports", str(tmp_path / "reports" / "mine"))
    assert done.returncode == ExitCode.USAGE
    assert "cannot be made or written to: a file is in its place." in done.stderr
    assert "Name another with --reports." in done.stderr


def test_a_run_that_was_cut_off_has_no_files_for_a_ticket(visit: Visit) -> None:
    """None is offered as a ZIP; what is to be kept still is."""
    cut_off(visit.desk.reports / "killed")
    shown = visit.get("/runs/killed")
    assert "journal.jsonl" in shown.text
    assert not {"Files for a ticket", "All of these as one ZIP"} & set(
        re.findall("Files for a ticket|All of these as one ZIP", shown.text)
    )
    ran(visit.desk.reports / "one", sample())
    assert "All of these as one ZIP" in visit.get("/runs/one").text


def test_whom_a_run_that_goes_on_made_is_not_offered_for_clean_up(visit: Visit) -> None:
    """Not in the list, nor on its result."""
    folder = visit.desk.reports / "one"
    cut_off(folder)
    held(folder, BASE_URL, OURS)
    assert "1 user or group may still be" in visit.get("/runs").text
    hold(folder)
    for place in ("/runs", "/runs/one"):
        assert "may still be" not in visit.get(place).text
        assert "/runs/one/clean" not in visit.get(place).html
    assert "was started elsewhere" in visit.get("/run/one").text


def test_no_page_names_a_file_that_is_not_installed(visit: Visit) -> None:
    """Whoever has a wheel has no docs folder."""
    for place in ("/where", "/recording", "/runs"):
        assert "docs/" not in visit.get(place).text
    assert "docs/" not in visit.answer("POST", f"/{TOKEN}/recording", b"PK\x03\x04").text
