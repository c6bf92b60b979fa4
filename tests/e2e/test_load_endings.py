"""Ctrl-C, a signal, the deadline, a worker or a coordinator that is killed: a load ends in order, and nobody is lost."""

import asyncio
import json
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from subprocess import Popen
from threading import Thread

import pytest
from commanding import TOKEN, Command
from standing import everybody
from under_load import ALL, ended, some, started, wait_for_workers
from weather import Weather, under

from scim_tests.errors import ExitCode

LOAD = ("--assign", "150", "--rate", "60")
ALONE, TWO = (), ("--processes", "2")
INTERRUPTED = (ExitCode.INTERRUPTED, "interrupted")
# How it is played, and which signal comes at which requests.
SIGNALS = {
    "Ctrl-C": (ALONE, signal.SIGINT, (90,)),
    "Ctrl-C twice": (ALONE, signal.SIGINT, (90, 110)),
    "SIGTERM of two processes": (TWO, signal.SIGTERM, (90,)),
    "SIGTERM": (ALONE, signal.SIGTERM, (90,)),
    "Ctrl-C twice of two processes": (TWO, signal.SIGINT, (90, 110)),
}


def verdict(folder: Path) -> str:
    """That of the record."""
    return str(json.loads((folder / "out" / "load.json").read_text(encoding="utf-8"))["outcome"]["verdict"])


def a_place() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


def three(folder: Path, url: str, place: str = "", **changed: str) -> "list[Popen[str]]":
    """A coordinator and its two workers, by themselves."""
    place = place or a_place()
    told = ("--master", "--expect-workers", "2", "--listen", place)
    return [
        started(folder, url, *LOAD, *told, **changed),
        *(started(folder, url, "--worker", place) for _ in range(2)),
    ]


def assert_clean(command: Command, weather: Weather, folder: Path, before: object) -> None:
    """`clean` leaves nobody of the load, and whoever was there is as they were."""
    cleaned = command("clean", "out", "--yes")
    assert cleaned.returncode == ExitCode.ALL_GOOD, cleaned.stdout + cleaned.stderr
    assert everybody(weather.base_url) == before
    wait_for_workers(folder / "out")  # nobody has it any more


@pytest.mark.parametrize("case", some([*SIGNALS], 1))
def test_a_signal_ends_it_in_order(command: Command, tmp_path: Path, case: str) -> None:
    """Once: whom it made is removed. Twice: they stay, and are told. Either way the reports are written."""
    played, number, at = SIGNALS[case]
    leaves = len(at) > 1
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        load = started(tmp_path, weather.base_url, *LOAD, *played)
        weather.signals(load, number, *at)
        code, said = ended(load)
        assert (code, verdict(tmp_path)) == INTERRUPTED, said
        assert "Interrupted; ending in order" in said
        assert (len(everybody(weather.base_url)) > len(before)) is leaves
        assert ("Left behind on the target" in said) is leaves
        assert weather.creates < 100
        assert_clean(command, weather, tmp_path, before)


@pytest.mark.skipif(not ALL, reason="one more end: make loads")
@pytest.mark.parametrize("played", [ALONE, TWO])
def test_the_deadline_ends_it(command: Command, tmp_path: Path, played: tuple[str, ...]) -> None:
    """It is no good end, and the reports say which."""
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        code, said = ended(started(tmp_path, weather.base_url, *LOAD, "--deadline", "2", *played))
        assert (code, verdict(tmp_path)) == (ExitCode.CONFORMANCE_FAILURES, "failed"), said
        assert "The load was ended after 2 s, its bounded time." in said
        assert_clean(command, weather, tmp_path, before)


@contextmanager
def listening(place: str) -> Iterator[tuple[str, bytearray]]:
    """Another place for workers, from which every byte goes on to that one and back, as long as the block; and all these bytes."""
    host, _, port = place.partition(":")
    heard = bytearray()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            heard.extend(said)
            writer.write(said)
        writer.close()

    async def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # nobody listens there yet: whoever came will come again
            there, back = await asyncio.open_connection(host, int(port))
            await asyncio.gather(pass_on(reader, back), pass_on(there, writer))
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(came, "127.0.0.1", 0)
        over = asyncio.Event()
        stop = partial(asyncio.get_running_loop().call_soon_threadsafe, over.set)
        opened.put((f"127.0.0.1:{server.sockets[0].getsockname()[1]}", stop))
        await over.wait()
        server.close()

    opened: SimpleQueue[tuple[str, Callable[[], object]]] = SimpleQueue()
    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    there, stop = opened.get()
    try:
        yield there, heard
    finally:
        stop()
        thread.join()


def test_three_processes_play_one_load_and_tell_each_other_no_secret(
    command: Command, tmp_path: Path
) -> None:
    """One record and one ledger; the token is in no message, file or stream."""
    place = a_place()
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        with listening(place) as (there, heard):
            workers = [started(tmp_path, weather.base_url, "--worker", there) for _ in range(2)]
            told = ("--master", "--expect-workers", "2", "--listen", place)
            coordinator = started(tmp_path, weather.base_url, "--assign", "60", "--rate", "60", *told)
            ends = [ended(each) for each in (coordinator, *workers)]
        assert [code for code, _ in ends] == [0, 0, 0], ends
        assert f"Waiting for 2 workers at {place}: scim-tests load --worker {place}" in ends[0][1]
        assert_clean(command, weather, tmp_path, before)
    record = json.loads((tmp_path / "out" / "load.json").read_text(encoding="utf-8"))
    assert (record["tally"]["created"], record["load"]["plan"]["workers"]) == (60, 2)
    assert b"scim_heard" in heard
    streams = "".join(text for _, text in ends).encode()
    files = b"".join(each.read_bytes() for each in (tmp_path / "out").iterdir())
    for kept in (bytes(heard), streams, files):
        assert TOKEN.encode() not in kept


@pytest.mark.skipif(not ALL, reason="waits ten seconds for a word: make loads")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("of", ["worker", "both workers", "coordinator"])
def test_one_of_three_processes_ends_in_the_middle(
    command: Command, tmp_path: Path, of: str, number: signal.Signals
) -> None:
    """The load ends in order and says so; where the coordinator is gone its workers end by themselves, and `clean` finds whom they made."""
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        coordinator, *workers = three(tmp_path, weather.base_url)
        chosen = {"worker": workers[:1], "both workers": workers, "coordinator": [coordinator]}[of]

        def end_them() -> None:
            for each in chosen:
                each.send_signal(number)

        weather.at(90, end_them)
        ends = [ended(each) for each in (coordinator, *workers)]
        if number is signal.SIGINT:
            assert (ends[0][0], verdict(tmp_path)) == INTERRUPTED, ends
        elif of == "coordinator":
            assert [code for code, _ in ends[1:]] == [ExitCode.TARGET_UNREACHABLE] * 2, ends
            assert "Nothing was heard of the coordinator for 10 s" in ends[1][1]
        else:
            assert (ends[0][0], verdict(tmp_path)) == (ExitCode.CONFORMANCE_FAILURES, "failed"), ends
            assert f"nothing was heard for 10 s of {len(chosen)} of its 2 workers" in ends[0][1]
        assert_clean(command, weather, tmp_path, before)


def refusals(url: str) -> dict[str, Callable[[Path], tuple[int, str]]]:
    """What keeps a part from playing, each by its name: gives the exit code of who tells, and what it says."""
    place = a_place()

    def nobody_there(folder: Path) -> tuple[int, str]:
        quick = "locust.runners.CONNECT_TIMEOUT=1,scim_tests.load.hive.FIRST=1"
        return ended(started(folder, url, "--worker", place, changed=quick))

    def too_few(folder: Path) -> tuple[int, str]:
        told = ("--master", "--listen", place, "--expect-workers", "2")
        return ended(started(folder, url, *LOAD, *told, changed="scim_tests.load.hive.FIRST=1"))

    def another_target(folder: Path) -> tuple[int, str]:
        coordinator = started(folder, url, *LOAD, "--master", "--listen", place)
        worker = started(folder, url.replace("127.0.0.1", "localhost"), "--worker", place)
        code, said = ended(worker)
        its_code, its_words = ended(coordinator)
        assert (its_code, "A worker says: " in its_words) == (ExitCode.OUR_ERROR, True), its_words
        return code, said

    return {"nobody there": nobody_there, "too few": too_few, "another target": another_target}


@pytest.mark.parametrize(
    ("what", "code", "why"),
    some(
        [
            ("nobody there", ExitCode.TARGET_UNREACHABLE, "There is no coordinator at 127.0.0.1"),
            ("too few", ExitCode.USAGE, "Only 0 of 2 workers came within 1 s."),
            ("another target", ExitCode.USAGE, "and --target-url here is"),
        ],
        0,
        2,
    ),
)
def test_a_part_that_cannot_be_played_is_told(tmp_path: Path, what: str, code: ExitCode, why: str) -> None:
    """In one sentence, and nothing is sent: a worker's token goes to no target but the one that it was told."""
    with under() as weather:
        exit_code, said = refusals(weather.base_url)[what](tmp_path)
        assert exit_code == code, said
        assert why in said
        assert weather.asked == 0
