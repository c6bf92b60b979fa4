"""What binds a run binds it behind the page, too: consent, one at a time, the ledger, whose folder it is, and whose words."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from commanding import TOKEN, Command, inherited, record_in
from knocking import Opened, Visitor, opened
from playwright.sync_api import Browser
from serving import Counting, Gate, listed, serving
from starlette.responses import JSONResponse
from visiting import Visit

from scim_tests.errors import ExitCode
from scim_tests.pytest_door.render import render_html
from scim_tests.ui.app import routes
from scim_tests.ui.terminal import LEAVING, STOPPING
from tests.unit.report.sample import sample

FEW = 'name = "few"\ntitle = "Few"\ndialect = "oin"\ncapabilities = ["push_users"]\nclean_up = "delete"\n'
OVER = "event: over\ndata: {}\n\n"


@pytest.fixture
def gate() -> Iterator[tuple[str, Gate]]:
    """A server that lets two people be created and then waits."""
    with serving(lambda url: Gate(url, 3)) as (url, app):
        yield url, app
        app.open.set()


@contextmanager
def at(page: Opened, url: str, folder: Path) -> Iterator[Visitor]:
    """Somebody who has chosen that target, its key and few acts."""
    profile = folder / "few.toml"
    profile.write_text(FEW)
    with Visitor(page) as visitor:
        visitor.sends("where", profile="own", own_profile=str(profile), base_url=url, looked_at=url)
        assert visitor.sends("key", key=TOKEN, form="", do="on").headers["location"].endswith("/to-app")
        yield visitor


def begun(page: Opened) -> int:
    """The status of the answer to somebody who agrees."""
    with Visitor(page) as visitor:
        return visitor.agrees().status_code


def run_in(folder: Path) -> str:
    """The name of the one run there is."""
    [run] = [each.name for each in (folder / "reports").iterdir() if not each.is_symlink()]
    return run


def test_nothing_is_begun_twice_and_what_is_left_is_found_again(
    gate: tuple[str, Gate], tmp_path: Path
) -> None:
    """Of four agreements at once one begins a run; stopped twice it leaves whom it made, and the page removes them."""
    url, app = gate
    with opened(tmp_path) as page, at(page, url, tmp_path) as visitor:
        with ThreadPoolExecutor(4) as several:
            assert sorted(several.map(begun, [page] * 4)) == [303, 409, 409, 409]
        assert app.reached.wait(60)
        run = run_in(tmp_path)
        for place, status, said in (
            (f"runs/{run}/finish", 422, {}),
            (f"runs/{run}/clean", 422, {"agreed": "x"}),
            ("recording", 409, {}),
        ):
            assert visitor.sends(place, **said).status_code == status
        for asked in ("0", "0", "1"):  # a form that is sent twice counts once
            visitor.sends(f"run/{run}/stop", asked=asked)
        assert visitor.get(f"run/{run}/events").text.endswith(OVER)
        app.open.set()
        record = record_in(tmp_path / "reports" / run)
        assert record.outcome.verdict == "interrupted"
        assert record.left_behind
        seal = re.findall(r'name="agreed" value="(\w+)"', visitor.get(f"runs/{run}/clean").text)
        assert visitor.sends(f"runs/{run}/clean", agreed="x").status_code == 422
        assert visitor.sends(f"runs/{run}/clean", agreed=seal).status_code == 303
        while "This page goes on by itself" in (shown := visitor.get(f"runs/{run}/clean").text):
            pass
        assert "0 left behind" in shown
        assert listed(url, "Users") == []


def test_the_first_ctrl_c_ends_a_run_in_order(gate: tuple[str, Gate], tmp_path: Path) -> None:
    """Whom it made is removed, its reports are written, and the page ends with 0; also where nobody reads what it says."""
    url, app = gate
    with opened(tmp_path) as page:
        with at(page, url, tmp_path) as visitor:
            visitor.agrees()
            assert app.reached.wait(60)
        page.process.send_signal(signal.SIGINT)
        app.open.set()
        page.process.wait(60)
    run = run_in(tmp_path)
    record = record_in(tmp_path / "reports" / run)
    told = [STOPPING["run"], f"Interrupted: {record.outcome.sentence}", f"Report: reports/{run}/report.html"]
    assert (page.process.returncode, page.said[:3]) == (ExitCode.ALL_GOOD, told)
    assert (record.outcome.verdict, record.left_behind) == ("interrupted", [])
    assert listed(url, "Users") == []


ENDLESS = """
from pathlib import Path
from threading import Event
from scim_tests.ui.desk import Desk
from scim_tests.ui.server import serve
desk = Desk(Path("reports"))
desk.begin("run", Path("reports/x"), lambda stop: Event().wait())
serve(desk, 0, lambda text: print(text, flush=True), browser=False)
"""


def test_the_third_ctrl_c_ends_all_at_once(tmp_path: Path) -> None:
    """The first two say what they do; a terminal that is closed says so often, and is none of them but the first."""
    started = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(
        started, cwd=tmp_path, env=inherited(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert [process.stdout.readline() for _ in range(2)]
        for number, said in ((signal.SIGHUP, STOPPING["run"]), (signal.SIGINT, LEAVING)):
            process.send_signal(number)
            assert process.stdout.readline() == f"{said}\n"
            process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == -signal.SIGINT
        assert process.stdout.read() == ""


LIMITED = """\
import resource, runpy, sys
sys.dont_write_bytecode = True
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
sys.argv = ["scim-tests", "ui", "--no-browser"]
runpy.run_module("scim_tests", run_name="__main__")
"""


def test_a_full_disk_is_told_and_leaves_nobody(counted: tuple[str, Counting], tmp_path: Path) -> None:
    """The run ends in the middle and removes whom it made; the page says why, and what to do."""
    url, _ = counted
    with opened(tmp_path, "-c", LIMITED) as page, at(page, url, tmp_path) as visitor:
        visitor.agrees()
        run = run_in(tmp_path)
        assert visitor.get(f"run/{run}/events").text.endswith(OVER)
        shown = visitor.get(f"run/{run}").text
    assert "journal.jsonl could not be written: File too large." in shown
    assert "Make room" in shown
    assert (listed(url, "Users"), page.said) == ([], [])


def test_nothing_is_sent_before_it_is_agreed_to(counted: tuple[str, Counting], tmp_path: Path) -> None:
    """Not on this machine either: reading all pages asks the target nothing, and no form without the agreement does."""
    url, target = counted
    with opened(tmp_path) as page, at(page, url, tmp_path) as visitor:
        assert {each.status_code for each in visitor.walks().values()} <= {200, 303, 422}
        assert visitor.agrees(agreed=[]).status_code == 422
        assert visitor.agrees(digest="x").status_code == 409
        assert visitor.agrees(email_domain="corp.example.org").status_code == 409
        assert visitor.agrees(feature=[]).status_code == 409
    assert target.asked == 0
    assert not (tmp_path / "reports").exists()


OUTSIDE = "what stands outside of every run"
MARKUP = "<img src=x onerror=document.title='ran'>"


def strangers(reports: Path) -> None:
    """Folders as an enemy makes them, with links to a file outside."""
    (reports.parent / "outside").write_text(OUTSIDE)
    contents = {
        "links": lambda path: path.symlink_to(reports.parent / "outside"),
        "pipes": os.mkfifo,
        "folders": Path.mkdir,
        "empty": Path.touch,
        "deep": lambda path: path.write_text("[" * 100_000),
        "bytes": lambda path: path.write_bytes(bytes(range(256)) * 20),
        "lines": lambda path: path.write_text('{"event": "heard"}\n{"event": 1}\n[]\n'),
        MARKUP: lambda path: path.write_text("{}"),
    }
    for name, make in contents.items():
        (reports / name).mkdir(parents=True)
        for file in (
            "run.json",
            "journal.jsonl",
            "ledger.jsonl",
            "recording.har",
            "report.html",
            "summary.md",
        ):
            make(reports / name / file)
    (reports / "links" / "reproduce").symlink_to(reports.parent)
    (reports / "linked").symlink_to(reports.parent)
    (reports.parent / "run.json").write_text(OUTSIDE)


NAMES = ("links", "pipes", "folders", "empty", "deep", "bytes", "lines", MARKUP, "linked", "..", ".", "nowhere", "\0", "\n", "%2e%2e", "links/../links", "a" * 3000)  # fmt: skip
FILES = (
    "report.html",
    "run.json",
    "reproduce/outside",
    "reproduce",
    "../outside",
    "/etc/passwd",
    "summary.md\0",
)


def test_folders_of_strangers_are_data(tmp_path: Path) -> None:
    """Whatever is in them or called so, every page answers in a sentence or two, and no link is followed out of them."""
    visit = Visit(tmp_path / "reports")
    strangers(tmp_path / "reports")
    visit.desk.choose(profile="read-only", target_url="http://127.0.0.1:1", token="k")
    asked = 0
    for route in routes():
        for name in NAMES if "{run}" in route.path else ["x"]:
            for file in FILES if "{file" in route.path else ["x"]:
                place = route.path.replace("{run}", quote(name, safe="")).replace("{file:path}", quote(file))
                for method in getattr(route, "methods", None) or ["GET"]:
                    if method == "HEAD" or place.endswith("/events"):
                        continue
                    shown = (
                        visit.get(place)
                        if method == "GET"
                        else visit.post(place, agreed="\0", check="\0", asked="0")
                    )
                    if visit.desk.work:
                        visit.desk.work.wait()
                    assert shown.status < 500, (method, place, shown.text)
                    assert "itself failed" not in shown.html, (method, place)
                    assert OUTSIDE not in shown.html, (method, place)
                    assert MARKUP not in shown.html or shown.html.startswith("PK"), (method, place)
                    asked += 1
    assert asked > 100
    for name in NAMES[: NAMES.index("linked")]:
        assert visit.get(f"/run/{quote(name)}/events?after={'9' * 5000}").html == OVER


HOSTILE = f"{MARKUP}</script><script>document.title='ran'</script>\u202e\x1b[2J\x07"


class Hostile:
    """A server that answers everything with words of an enemy, at first with a megabyte of them."""

    def __init__(self, _: str) -> None:
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.asked += 1
            told = {
                "schemas": [HOSTILE],
                "detail": HOSTILE * (9000 if self.asked == 1 else 1),
                HOSTILE: [HOSTILE],
            }
            head = {"Content-Type": MARKUP, "WWW-Authenticate": MARKUP, "Location": f"/{MARKUP}"}
            await JSONResponse(told, 300 + self.asked % 2 * 101, head)(scope, receive, send)


ONCE_MORE = """
() => new Promise((end) => {
  const source = new EventSource(document.querySelector("[data-live]").dataset.live.replace(/after=.*/, "after=0"));
  source.addEventListener("more", ({ data }) => { show(JSON.parse(data)); source.close(); end(); });
})
"""


def hostile_runs(command: Command, reports: Path) -> None:
    """A run that is over, and one that goes on, with such words wherever words of a target stand."""
    reports.mkdir()
    (reports / "over").mkdir()
    (reports / "over" / "run.json").write_text(json.dumps(sample().to_json()))
    render_html(reports / "over" / "run.json", reports / "over" / "report.html")
    read = ("run", "--reference", "--profile", "read-only", "--fault", "filter-ignored-returns-all")
    assert command(*read, "--report-dir", str(reports / "held")).returncode == ExitCode.CONFORMANCE_FAILURES
    journal = reports / "held" / "journal.jsonl"
    words = json.dumps(HOSTILE)[1:-1].replace("\\", r"\\")
    journal.write_text(
        re.sub(r'"(why|got|expected|failure|path|phrase)": "', rf"\g<0>{words}", journal.read_text())
    )
    for each in (reports / "held").iterdir():
        if each.is_file() and each != journal:
            each.unlink()


@pytest.mark.usefixtures("no_page")
def test_words_of_an_enemy_are_shown_as_they_are(browser: Browser, command: Command, tmp_path: Path) -> None:
    """From a target, and in runs of strangers: no markup becomes an element, and no script of theirs runs or is tried."""
    troubles: list[str] = []
    hostile_runs(command, tmp_path / "reports")
    with (
        serving(Hostile) as (url, _), opened(tmp_path) as page, at(page, url, tmp_path) as visitor,
        closing(browser.new_context()) as context,
    ):  # fmt: skip
        context.add_init_script(
            "addEventListener('securitypolicyviolation', ({ blockedURI }) => console.error(blockedURI))"
        )
        tab = context.new_page()
        tab.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        tab.on("pageerror", lambda error: troubles.append(str(error)))

        def look(place: str) -> list[str]:
            tab.goto(f"{page.link}{place}")
            for frame in tab.frames:
                assert frame.locator("[onerror], [src=x]").count() == 0, place
                assert frame.title() != "ran", place
                assert frame.get_by_role("button", name="Copy link").count() == 0, place
            return [frame.locator("body").text_content() or "" for frame in tab.frames]

        visitor.sends("key", key=TOKEN, form="", do="test")
        look("key")
        shown = [text for place in ("runs", "runs/over", "compare?run=over&run=over") for text in look(place)]
        assert len([text for text in shown if "<script>alert('x')</script>" in text]) > 1
        held = os.open(tmp_path / "reports" / "held", os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        watched = look("run/held")
        tab.evaluate(ONCE_MORE)
        watched += [tab.locator("body").text_content() or ""]
        assert tab.locator("[onerror], [src=x]").count() == 0
        os.close(held)
    assert [MARKUP in text for text in watched] == [True, True]
    assert troubles == []
    assert not [text for text in (*shown, *watched) if set(text) & set("\u202e\x1b\x07")]
