"""What is under way beside a run: found from everywhere, stopped, and told where the page ends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from visiting import TOKEN, Visit

from scim_tests.errors import UsageError
from scim_tests.session.report_folder import let_go
from scim_tests.ui.pages import recording
from scim_tests.ui.pages.result import CLEANING, FINISHING, JUDGING
from tests.unit.report.sample import sample

HAR = b'{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}'


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A page of a start, and nothing of its work left."""
    one = Visit(tmp_path / "reports")
    yield one
    if one.desk.work:
        one.desk.work.wait()
    let_go()


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
