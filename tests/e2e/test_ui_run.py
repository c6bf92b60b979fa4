"""The page Run: a run as it goes, found again, stopped in order, and told in one sentence where it did not go to its end."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from commanding import TOKEN, record_in
from serving import Gate, listed, serving
from starlette.responses import JSONResponse
from visiting import ADDRESS, Visit
from visiting import TOKEN as OF_THE_START

from scim_tests.errors import UsageError
from scim_tests.options import RunOptions
from scim_tests.report.templating import environment
from scim_tests.session import watching
from scim_tests.session.journal import read
from scim_tests.session.run import prepare
from scim_tests.session.watching import Watched
from scim_tests.ui import live
from scim_tests.ui.live import events

pytestmark = pytest.mark.usefixtures("no_page")

NUMBER = re.compile(r'<span class="number">(\d+)</span>')
Told = list[tuple[int, str, dict[str, Any]]]  # id, kind and data of each event


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two looks."""
    monkeypatch.setattr(live, "EVERY", 0.0)


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    """Somebody with the link."""
    return Visit(tmp_path / "reports")


def begun(visit: Visit, **options: Any) -> str:
    """A run that was agreed to; gives the name of its folder."""
    return visit.desk.play(prepare(RunOptions(yes=True, **options))).folder.name


def finished(visit: Visit) -> None:
    assert visit.desk.work
    visit.desk.work.wait()


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> tuple[Visit, str]:
    """A run that is over, to look at alone."""
    visit = Visit(tmp_path_factory.mktemp("over") / "reports")
    name = begun(visit, reference=True, profile="read-only")
    finished(visit)
    return visit, name


def told(text: str) -> Told:
    """The events of a stream."""
    found = []
    for each in text.split("\n\n"):
        said = dict(line.split(": ", 1) for line in each.splitlines() if not line.startswith(":"))
        if said:
            found.append((int(said.get("id", 0)), said["event"], json.loads(said["data"])))
    return found


def numbers(shown: Told) -> list[int]:
    """The calls that the events bring, in the order in which they were heard."""
    scenes = [each["more"] for _, kind, data in shown if kind == "more" for each in data["scenes"]]
    return sorted(int(each) for more in scenes for each in NUMBER.findall(more))


def test_a_run_is_watched_to_its_end(visit: Visit) -> None:
    """The page shows what there is, each event what is new, every call once; at the end the page leads to the result."""
    name = begun(visit, reference=True, profile="read-only")
    assert visit.get("/run").place == f"/run/{name}"
    page = visit.get(f"/run/{name}")
    assert 'http-equiv="refresh"' in page.html.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Stop the run" in page.text
    offset = re.search(r'data-live="[^"]*after=(\d+)"', page.html)
    assert offset
    shown = told(visit.get(f"/run/{name}/events?after={offset[1]}").html)
    assert shown[-1] == (0, "over", {})
    record = record_in(visit.desk.reports / name)
    calls = sorted([*map(int, NUMBER.findall(page.html)), *numbers(shown)])
    assert calls == list(range(1, record.counts.requests + 1))
    finished(visit)
    assert visit.get(f"/run/{name}").place == f"/runs/{name}"


def test_whoever_comes_back_is_told_what_is_new_alone(over: tuple[Visit, str]) -> None:
    """From the id of any event on, the rest comes, and each call of it once."""
    visit, name = over
    folder = visit.desk.reports / name

    async def after(offset: int) -> Told:
        return told("".join([each async for each in events(folder, offset, lambda: True)]))

    everything = asyncio.run(after(0))
    journal = (folder / "journal.jsonl").read_bytes()
    offsets = [place.end() for place in re.finditer(rb"\n", journal)]
    for offset in offsets[::7]:
        heard = journal[:offset].count(b'{"event": "heard"')
        assert numbers(asyncio.run(after(offset))) == numbers(everything)[heard:]


def test_a_line_may_be_longer_than_a_look(over: tuple[Visit, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """However many people an answer holds, the page shows the calls behind it, too."""
    visit, name = over
    monkeypatch.setattr(watching, "AT_ONCE", 100)
    watched = Watched(visit.desk.reports / name)
    with closing(watched):
        watched.read_all()
    assert (watched.is_ended, watched.calls) == (True, record_in(visit.desk.reports / name).counts.requests)


def test_a_target_that_throttles_is_said_to_be_waited_for(over: tuple[Visit, str], tmp_path: Path) -> None:
    """As long as nothing else is heard; the journal is read back as if the line were not there."""
    visit, name = over
    lines = (visit.desk.reports / name / "journal.jsonl").read_text(encoding="ascii").splitlines()
    first = next(place for place, line in enumerate(lines) if '"event": "heard"' in line) + 1
    wait = json.dumps({"event": "waits", "step": "push_user.create", "seconds": 20.0})
    for shown, rest in ((True, []), (False, lines[first:])):
        (tmp_path / "journal.jsonl").write_text(
            "\n".join([*lines[:first], wait, *rest, ""]), encoding="ascii"
        )
        watched = Watched(tmp_path)
        with closing(watched):
            watched.read_all()
        told = environment("scim_tests.ui").get_template("live.html").module.progress(watched)
        assert ("The server asks to come again later (429): it is asked anew after 20.0 s." in told) is shown
    assert read(tmp_path).run_state.scene_runs


def test_a_browser_that_lost_the_line_names_the_last_event(over: tuple[Visit, str]) -> None:
    """`Last-Event-ID` wins over the address, which is that of the page."""
    visit, name = over
    size = (visit.desk.reports / name / "journal.jsonl").stat().st_size

    async def again() -> str:
        way = httpx.ASGITransport(visit._app)
        async with httpx.AsyncClient(transport=way, base_url=ADDRESS) as client:
            place = f"/{OF_THE_START}/run/{name}/events?after=0"
            return (await client.get(place, headers={"last-event-id": str(size)})).text

    assert told(asyncio.run(again())) == [(0, "over", {})]


def test_what_fails_is_told_at_once_and_first(visit: Visit) -> None:
    """A failure stands on top with its severity and what follows, and where it came first is open; all else is a line."""
    name = begun(visit, reference=True, fault=("create-returns-200",), only=("push_user",))
    shown = told(visit.get(f"/run/{name}/events").html)
    failed = [data["failed"] for _, kind, data in shown if kind == "more" and data["failed"]]
    assert "A create is answered with 201" in failed[0]
    assert "Expected 201 Created, got 200 OK" in failed[0]
    assert "degraded" in failed[0]
    kinds = {each["id"]: each["kind"] for _, kind, data in shown if kind == "more" for each in data["scenes"]}
    assert {"pass", "fail"} <= set(kinds.values())
    opened = {
        each["id"] for _, kind, data in shown if kind == "more" for each in data["scenes"] if each["open"]
    }
    assert len(opened) == 1
    assert {kinds[each] for each in opened} == {"fail"}
    finished(visit)


@pytest.fixture
def gate() -> Iterator[tuple[str, Gate]]:
    with serving(lambda url: Gate(url, 3)) as (url, app):
        yield url, app
        app.open.set()


def test_a_run_is_stopped_in_order(visit: Visit, gate: tuple[str, Gate]) -> None:
    """The button says what it does; sent twice it asks once; nobody is left, and the result says interrupted."""
    url, app = gate
    name = begun(visit, target_url=url, token=TOKEN)
    assert app.reached.wait(60)
    page = visit.get(f"/run/{name}")
    assert "all users and groups the run created are deleted" in page.text
    for _ in range(2):
        assert visit.post(f"/run/{name}/stop", page).place == f"/run/{name}"
    assert visit.desk.work
    assert visit.desk.work.asked == 1
    stopping = visit.get(f"/run/{name}").text
    assert "Stopping." in stopping
    assert "Leave them there" in stopping
    app.open.set()
    finished(visit)
    record = record_in(visit.desk.reports / name)
    assert (record.outcome.verdict, record.left_behind, listed(url, "Users")) == ("interrupted", [], [])
    assert visit.get(f"/run/{name}").place == f"/runs/{name}"


def test_of_whom_nobody_can_remove_no_removal_is_promised(visit: Visit) -> None:
    """Where the profile of the run says that users stay, Stop says so in the words that were agreed to."""
    with serving(lambda url: Gate(url, 1)) as (url, app):
        name = begun(visit, target_url=url, token=TOKEN, profile="ziflow")
        assert app.reached.wait(60)
        page = visit.get(f"/run/{name}")
        visit.post(f"/run/{name}/stop", page)
        for shown in (page.text, visit.get(f"/run/{name}").text):
            assert "no user can be removed: whom the run created stays" in shown
            assert "until you clean up" not in shown
        app.open.set()
        finished(visit)


def test_a_run_that_did_not_begin_says_why(visit: Visit, tmp_path: Path) -> None:
    """One sentence with the next step, on the page that was waiting for it."""

    def cannot(_: object) -> None:
        raise UsageError("in-use", "The folder is in use.", "Let that end first.")

    visit.desk.begin("run", tmp_path / "reports" / "one", cannot)
    finished(visit)
    page = visit.get("/run/one")
    assert page.status == 200
    assert "The folder is in use. Let that end first." in page.text
    assert told(visit.get("/run/one/events").html) == [(0, "over", {})]


def test_a_run_that_was_killed_says_so(visit: Visit, over: tuple[Visit, str]) -> None:
    """Of a run whose program was ended, the page says it in one sentence, and leads to what there is."""
    whole, name = over
    journal = (whole.desk.reports / name / "journal.jsonl").read_bytes().splitlines(keepends=True)
    folder = visit.desk.reports / name
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").write_bytes(b"".join(journal[:-1]))
    page = visit.get(f"/run/{name}")
    assert "The run was cut off before its reports were written" in page.text
    assert f"/runs/{name}" in page.html


def test_words_of_the_target_are_text(visit: Visit) -> None:
    """What a target says, its path and its people's names, is never markup, on the page or in an event."""
    evil = '<script>alert(1)</script>"onload="x'

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            body = {
                "schemas": [evil],
                "detail": evil,
                "Resources": evil,
                "totalResults": evil,
                "status": evil,
            }
            await JSONResponse(body, 200)(scope, receive, send)

    with serving(lambda _: app) as (url, _):
        name = begun(visit, target_url=url, token=TOKEN, profile="read-only", keep_personal_data=True)
        shown = visit.get(f"/run/{name}/events").html
        finished(visit)
    assert "alert(1)" in shown
    assert "<script>alert" not in "".join(
        each["more"] + each["head"]
        for _, kind, data in told(shown)
        if kind == "more"
        for each in data["scenes"]
    )
    assert "<script>alert" not in "".join(
        data["failed"] or "" for _, kind, data in told(shown) if kind == "more"
    )


@pytest.mark.parametrize("name", ["no-such", "%2e%2e", "%2e%2e%2fetc", "latest"])
def test_no_other_folder_is_watched(visit: Visit, name: str) -> None:
    """What is no run of the folder is refused in a sentence."""
    for place in (f"/run/{name}", f"/run/{name}/events"):
        assert visit.get(place).status in {404, 422}


def test_without_a_run_the_page_says_so(visit: Visit) -> None:
    """It leads to where one is begun."""
    assert "No run is under way" in visit.get("/run").text
