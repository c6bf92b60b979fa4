"""A run in a thread of a process that serves pages at the same time, and what asks it to end."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import Any

import pytest
from commanding import TOKEN
from serving import listed, serving

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.engine.listener import Silence
from scim_tests.model.exchange import Exchange
from scim_tests.model.record import RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.options import RunOptions
from scim_tests.pytest_door.render import render_html
from scim_tests.session.cleaning import clean, remains
from scim_tests.session.interruption import Stop
from scim_tests.session.report_folder import OF_LOADS, REPORTS
from scim_tests.session.run import play, prepare


@pytest.fixture
def target() -> Iterator[str]:
    """The bundled server on a socket of its own, in a thread of this process."""
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url))) as (url, _):
        yield url


class Deed:
    """The bundled server, which asks for the stop between the n-th change that it does and its answer."""

    def __init__(self, url: str, at: int) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=url))
        self.at, self.stop, self.done = at, Stop(), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] == "GET":
            await self.app(scope, receive, send)
            return
        said: list[Any] = []

        async def keep(message: Any) -> None:
            said.append(message)

        await self.app(scope, receive, keep)
        self.done += 1
        if self.done == self.at:
            self.stop.ask()
        for message in said:
            await send(message)


class Asking(Silence):
    """Asks to stop as soon as so many people were made, and hears of each asking."""

    def __init__(self, stop: Stop, people: int, times: int = 1) -> None:
        self.stop, self.people, self.asks = stop, people, times
        self.heard_of: list[int] = []

    def heard(self, exchange: Exchange, failed: int) -> None:  # noqa: ARG002 -- a listener
        self.people -= exchange.request.method == "POST" and exchange.is_success
        if not self.people:
            self.people -= 1
            for _ in range(self.asks):
                thread = Thread(target=self.stop.ask)
                thread.start()
                thread.join()

    def interrupted(self, times: int) -> None:
        self.heard_of.append(times)


def in_a_thread(work: Any) -> Any:
    """What the work gives, done in a thread that is not the main one."""
    with ThreadPoolExecutor(1) as pool:
        done: Future[Any] = pool.submit(work)
        return done.result(60)


def played(url: str, folder: Path, listener: Silence, stop: Stop, **options: Any) -> RunRecord:
    """A run in a thread, with all its reports."""

    def work() -> RunRecord:
        assert current_thread() is not main_thread()
        said = RunOptions(target_url=url, token=TOKEN, report_dir=str(folder), **options)
        return play(prepare(said), listener, stop=stop)[0]

    done: RunRecord = in_a_thread(work)
    return done


def test_a_run_that_is_asked_to_stop_leaves_nobody_and_all_its_reports(target: str, tmp_path: Path) -> None:
    """Asked once in mid-play, by yet another thread, the run removes whom it made, and every report says interrupted."""
    listener = Asking(Stop(), people=3)
    done = played(target, tmp_path / "out", listener, listener.stop)
    assert (done.outcome.verdict, done.left_behind, listener.heard_of) == ("interrupted", [], [1])
    assert listed(target, "Users") == listed(target, "Groups") == []
    assert {each for each in REPORTS if (tmp_path / "out" / each).is_file()} == {*REPORTS} - {
        "official.md",
        "replay.txt",
        *OF_LOADS,
    }
    assert "interrupted" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_what_was_under_way_when_it_was_asked_to_stop_is_told(tmp_path: Path) -> None:
    """Every change that an honest server did is in the report with its answer, and none is taken for somebody else's."""
    with serving(lambda url: Deed(url, 40)) as (url, app):
        done = played(url, tmp_path / "out", Silence(), app.stop)
        assert listed(url, "Users") == listed(url, "Groups") == []
    assert (done.outcome.verdict, done.left_behind) == ("interrupted", [])
    assert [each.id for each in done.checks if each.verdict is Verdict.FAIL] == []
    assert len([each for each in done.exchanges if each.method != "GET" and each.status]) == app.done


def test_asked_a_second_time_it_leaves_them(target: str, tmp_path: Path) -> None:
    """The second asking ends the clean-up, the report names whom it left, and a third is none."""
    listener = Asking(Stop(), people=3, times=3)
    done = played(target, tmp_path / "out", listener, listener.stop)
    assert (done.outcome.verdict, listener.heard_of) == ("interrupted", [1, 2])
    there = {each["userName"] for each in listed(target, "Users")}
    assert there
    assert there <= {each.user_name for each in done.left_behind}


def test_asked_before_it_begins_it_sends_nothing(target: str, tmp_path: Path) -> None:
    """A run that was asked to stop before it began asks the target nothing, and is told as interrupted."""
    stop = Stop()
    stop.ask()
    done = played(target, tmp_path / "out", Silence(), stop)
    assert (done.outcome.verdict, done.exchanges) == ("interrupted", [])
    assert {each.state for each in done.scenes} <= {"blocked", "cut short"}


def test_a_clean_up_can_be_stopped_and_done_again(target: str, tmp_path: Path) -> None:
    """Asked to stop before it begins, it removes nobody and says who is left; the next one removes them."""
    listener = Asking(Stop(), people=3, times=2)
    played(target, tmp_path / "out", listener, listener.stop)
    stop = Stop()
    stop.ask()
    options = RunOptions(token=TOKEN)
    stopped = in_a_thread(lambda: clean(remains(tmp_path / "out", options)[0], options, stop))
    assert (stopped.removed, bool(stopped.left)) == (0, True)
    done = in_a_thread(lambda: clean(remains(tmp_path / "out", options)[0], options, Stop()))
    assert (done.removed + done.missing, done.left, listed(target, "Users")) == (len(stopped.left), [], [])


def test_a_stop_may_be_asked_while_it_is_asked() -> None:
    """A signal handler that asks while a page of the same thread does waits for nobody."""
    stop, told = Stop(), []

    def tell() -> None:
        told.append(stop.times)
        stop.ask()

    with stop.heard_by(tell):
        stop.ask()
    stop.ask()
    assert (told, stop.times) == ([1, 2], 2)


def test_pages_are_written_one_after_the_other(target: str, tmp_path: Path) -> None:
    """Two threads that write a page at the same time both have it, and standard output is the process's again."""
    options = {"profile": "read-only", "only": ("test_credentials",)}
    played(target, tmp_path / "out", Silence(), Stop(), **options)
    before, ready = sys.stdout, Event()

    def work(name: str) -> int:
        ready.wait(60)
        render_html(tmp_path / "out" / "run.json", tmp_path / name)
        return (tmp_path / name).stat().st_size

    with ThreadPoolExecutor(2) as pool:
        pages = [pool.submit(work, name) for name in ("first.html", "second.html")]
        ready.set()
        assert all(each.result(60) > 10_000 for each in pages)
    assert sys.stdout is before
