"""How the app hands over what it saw: bounded, without waiting, to one writer for each file, whatever becomes of that."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from scim_tests.recorder import sender as module
from scim_tests.recorder.place import connected, private_folder
from scim_tests.recorder.seen import Seen
from scim_tests.recorder.sender import MOST_QUEUED, Sender
from scim_tests.traffic.har_reader import LOST
from scim_tests.traffic.judge import recording_in

LONG = 60.0  # seconds that a test waits for what takes one


Make = Callable[[Path], Sender]


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes one for a file, and closes it in the end."""
    monkeypatch.setattr(module, "PAUSE", 0.01)
    monkeypatch.setattr(module, "PATIENT", 1_000_000)
    monkeypatch.setattr(module, "GATHERING", 0.0)
    with ExitStack() as stack:

        def make(path: Path) -> Sender:
            it = Sender(path, "", 1_000_000, 1, keep_personal_data=False)
            stack.callback(it.close)
            return it

        yield make


def seen(number: int = 1, body: bytes = b"{}") -> Seen:
    it = Seen("GET", f"https://scim.example/v2/Users/{number}", [], 1_790_000_000.0 + number, status=200)
    it.answered.take(body)
    it.asked.is_whole = it.answered.is_whole = True
    return it


def test_memory_is_bounded_and_what_finds_no_room_is_counted(
    tmp_path: Path, sender: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no writer can be reached, ten thousand exchanges take no more than the queue; then the rest is written, and how many are lost."""
    reached, real = Event(), Sender._reached

    def later(it: Sender) -> socket.socket:
        assert reached.wait(LONG)
        return real(it)

    monkeypatch.setattr(Sender, "_reached", later)
    monkeypatch.setattr(module, "MOST_QUEUED", 40_000)
    it = sender(tmp_path / "scim.jsonl")
    for number in range(10_000):
        it.put(seen(number, b"x" * 1000))
    assert it._queued <= 40_000
    assert len(it._waiting) + it._dropped == 10_000
    kept = len(it._waiting)
    reached.set()
    assert it.flush(LONG)
    it.put(seen())
    assert it.flush(LONG)
    recording = recording_in(tmp_path / "scim.jsonl")
    assert len(recording.entries) == kept + 1
    assert recording.notes == [f"{10_000 - kept} recorded exchanges were left out: {LOST}"]
    assert MOST_QUEUED < 10_000_000


def test_a_folder_that_is_missing_is_one_warning_until_it_is_there(
    tmp_path: Path, sender: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """The app goes on, and so does the recording, with all that waited."""
    caplog.set_level(logging.INFO, logger="scim_tests.recorder")
    it = sender(tmp_path / "logs" / "scim.jsonl")
    it.put(seen())
    with it._changed:
        assert it._changed.wait_for(lambda: it._problem, LONG)
    assert not it.flush(LONG)
    (tmp_path / "logs").mkdir()
    with it._changed:
        assert it._changed.wait_for(lambda: not it._problem, LONG)
    assert it.flush(LONG)
    assert len(recording_in(tmp_path / "logs" / "scim.jsonl").entries) == 1
    warning, again = (each.getMessage() for each in caplog.records)
    assert "No such file or directory" in warning
    assert "is recorded again" in again


def test_a_link_in_place_of_the_file_is_one_warning(
    tmp_path: Path, sender: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is written through it, each loss is counted, and it goes on when it is gone."""
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "scim.jsonl").symlink_to(tmp_path / "victim")
    it = sender(tmp_path / "scim.jsonl")
    for number in range(3):
        it.put(seen(number))
    with it._changed:
        assert it._changed.wait_for(lambda: it._dropped == 3, LONG)
    assert (tmp_path / "victim").read_text() == "mine"
    [warning] = (each.getMessage() for each in caplog.records)
    assert warning.endswith(f"is a link to {tmp_path / 'victim'}, so it is left alone.")
    (tmp_path / "scim.jsonl").unlink()
    it.put(seen())
    with it._changed:
        assert it._changed.wait_for(lambda: not it._problem, LONG)
    assert recording_in(tmp_path / "scim.jsonl").notes == [f"3 recorded exchanges were left out: {LOST}"]


@pytest.mark.parametrize("kind", ["open to others", "a link"])
def test_nothing_is_said_where_somebody_else_may_listen(tmp_path: Path, sender: Make, kind: str) -> None:
    """What goes over the socket still holds its secrets."""
    folder = private_folder(tmp_path / "scim.jsonl")
    if kind == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    with socket.socket(socket.AF_UNIX) as strangers:
        strangers.bind(os.path.relpath(folder / "socket"))
        strangers.listen()
        with pytest.raises(PermissionError, match="no folder that is yours alone"):
            connected(tmp_path / "scim.jsonl", 1)
        it = sender(tmp_path / "scim.jsonl")
        it.put(seen())
        with it._changed:
            assert it._changed.wait_for(lambda: it._problem, LONG)
        assert not (tmp_path / "scim.jsonl").exists()


def test_a_path_longer_than_a_socket_may_have_is_recorded_all_the_same(tmp_path: Path, sender: Make) -> None:
    """Sockets have short names on every system; the folders of deployments have not."""
    folder = tmp_path / ("d" * 120)
    folder.mkdir()
    it = sender(folder / "scim.jsonl")
    it.put(seen())
    assert it.flush(LONG)


def python(script: str, *arguments: Any) -> str:
    """What a process of its own says."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_a_writer_that_is_gone_is_started_again(tmp_path: Path, sender: Make) -> None:
    """What it had not kept yet is handed over once more, without a warning."""
    it = sender(tmp_path / "scim.jsonl")
    it.put(seen(1))
    assert it.flush(LONG)
    assert it._connection
    it._connection.shutdown(socket.SHUT_RDWR)  # as if it was killed; and it does end, for want of workers
    it.put(seen(2))
    assert it.flush(LONG)
    assert len(recording_in(tmp_path / "scim.jsonl").entries) == 2


def test_what_could_not_be_recorded_is_told_when_the_app_ends(
    tmp_path: Path, sender: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing comes after it with which its count could be written."""
    it = sender(tmp_path / "nowhere" / "scim.jsonl")
    it.put(seen())
    with it._changed:
        assert it._changed.wait_for(lambda: it._problem, LONG)
    it.close(LONG)
    assert caplog.messages[-1] == "1 exchanges with SCIM clients could not be recorded."


WORKER = """
import sys
from scim_tests.recorder.seen import Seen
from scim_tests.recorder.sender import Sender
Sender.close.__defaults__ = (60.0,)  # however slow this machine is
sender = Sender(sys.argv[1], "", 1_000_000, 1, keep_personal_data=False)
for number in range(40):
    it = Seen("GET", f"https://scim.example/v2/Users/{sys.argv[2]}-{number}", [], 1_790_000_000.0, status=200)
    it.answered.take(b'{"userName": "thurzo@corp.example", "id": "1", "filler": "' + b"x" * 5000 + b'"}')
    it.asked.is_whole = it.answered.is_whole = True
    sender.put(it)
"""


def test_several_processes_write_one_file_and_each_line_is_whole(tmp_path: Path) -> None:
    """One writer for them all: a person has one name, and at the end of a process all of its own is kept."""
    path = tmp_path / "scim.jsonl"
    with ThreadPoolExecutor() as workers:
        list(workers.map(lambda number: python(WORKER, path, number), range(3)))
    recording = recording_in(path)
    assert (len(recording.entries), recording.notes) == (120, [])
    said = {each.heard.answer.parsed["userName"] for each in recording.entries if each.heard.answer}
    assert len(said) == 1
    assert "thurzo" not in path.read_text()


FORKED = """
import os, sys
from scim_tests.recorder.seen import Seen
from scim_tests.recorder.sender import Sender
sender = Sender(sys.argv[1], "", 1_000_000, 1, keep_personal_data=False)
def put(number):
    it = Seen("GET", f"https://scim.example/v2/Users/{number}", [], 1_790_000_000.0, failure="none")
    it.asked.end([])
    sender.put(it)
    assert sender.flush(60)
put(1)
child = os.fork()
put(2)
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def test_a_process_that_was_forked_has_a_queue_of_its_own(tmp_path: Path) -> None:
    """Servers fork their workers after the app was made, and perhaps used."""
    path = tmp_path / "scim.jsonl"
    python(FORKED, path)
    assert len(recording_in(path).entries) == 3


def test_a_server_with_python_built_in_finds_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names itself where the interpreter's name should be."""
    assert module._python() == sys.executable
    monkeypatch.setattr(sys, "executable", "/usr/bin/uwsgi")
    assert module._python() == f"{sys.exec_prefix}/bin/python3"


def test_importing_a_recorder_loads_nothing_heavy() -> None:
    """In the app stands the standard library alone, and no room that judges, masks or reports."""
    loaded = python("import sys, scim_tests.recorder; print(*sys.modules)").split()
    ours = [each for each in loaded if each.startswith("scim_tests.")]
    assert {each.split(".")[1] for each in ours} == {"recorder", "model"}
    assert {"click", "rich", "jinja2", "httpx", "pytest", "jsonschema", "asyncio"}.isdisjoint(loaded)
