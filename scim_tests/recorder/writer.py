"""The process that writes one file, for however many workers of an app: it masks, and says of each exchange whether it is kept.

Whoever finds none starts one. It holds the lock of the private folder as long as a worker is connected, and ends with the last.
"""

import asyncio
import fcntl
import json
import os
import secrets
import signal
import socket
import sys
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from contextlib import suppress
from pathlib import Path
from typing import Any

from scim_tests.errors import ScimTestsError
from scim_tests.recorder.place import KEY, SOCKET, private_folder, refuse_a_strangers
from scim_tests.recorder.seen import BATCH, LENGTHS, LOST
from scim_tests.wire import private_file

GENTLE = 10  # the requests of the app come first
STARTING = 30.0  # seconds in which the worker that started it has to come
KEY_LENGTH = 32  # bytes


def main() -> None:
    """Listen, then go on in the background: who started it waits only until it can be reached."""
    path = Path(sys.argv[1])
    try:
        listening = _listening(path)
    except (ScimTestsError, OSError) as error:
        sys.exit(_said(path, error))
    if listening is None or os.fork():
        os._exit(0)
    os.setsid()
    os.nice(GENTLE)
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGHUP,
    ):  # they are for the app; it ends when the app has ended
        signal.signal(number, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    asyncio.run(_Serving(File(path, *sys.argv[2:])).serve(listening))


def _listening(path: Path) -> socket.socket | None:
    """The socket of this file's writer; None where there is a writer already."""
    folder = private_folder(path)
    folder.mkdir(mode=0o700, exist_ok=True)
    refuse_a_strangers(folder)
    try:  # held until this process has ended
        fcntl.flock(
            os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), fcntl.LOCK_EX | fcntl.LOCK_NB
        )
    except BlockingIOError:
        return None
    with suppress(FileNotFoundError):
        (folder / SOCKET).unlink()
    os.chdir(folder)  # for its name, which may be too long
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(SOCKET)
    listening.listen()
    return listening


class File:
    """What is recorded, opened when the first exchange comes."""

    def __init__(self, path: Path, max_bytes: str, backup_count: str, people: str) -> None:
        self._path = path
        self._options = int(max_bytes), int(backup_count)
        self._keeps_people = people == "keep"
        self._tape: Any = None  # LineTape, which takes its time to import

    def keep(self, told: dict[str, Any]) -> str:
        """Keep what a frame tells; why it could not be kept, for a person, or LOST where it is like that."""
        from scim_tests.recorder.tape import LineTape, passed  # noqa: PLC0415 -- the worker waits until somebody listens

        try:
            heard = passed(told)
            if heard:
                self._tape = self._tape or LineTape(
                    self._path, self._key(), *self._options, keep_personal_data=self._keeps_people
                )
                self._tape.add(heard)
        except (ScimTestsError, OSError) as error:
            return _said(self._path, error)
        except Exception:  # noqa: BLE001 -- whatever a stranger asked, the next one is kept
            return LOST
        return ""

    def close(self) -> None:
        """Mask once more what was written, now that everybody is known."""
        if self._tape:
            self._tape.close()

    def _key(self) -> bytes:
        """It outlives this process, so that a person has one name in all that is ever recorded here."""
        path = private_folder(self._path) / KEY
        key = private_file.content(path, KEY_LENGTH * 2)
        if not key:
            private_file.replace(path, secrets.token_hex(KEY_LENGTH))
            key = private_file.content(path, KEY_LENGTH * 2)
        return key


class _Serving:
    """The workers that are connected."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._connected = 0
        self._over = asyncio.Event()

    async def serve(self, listening: socket.socket) -> None:
        """Until the last one has gone."""
        server = await asyncio.start_unix_server(self._met, sock=listening)
        asyncio.get_running_loop().call_later(STARTING, self._look)
        await self._over.wait()
        server.close()
        self._end()

    def _end(self) -> None:
        Path(SOCKET).unlink(missing_ok=True)
        with suppress(ScimTestsError, OSError):  # a full disk; nobody is there to be told
            self._file.close()

    async def _met(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._connected += 1
        try:
            while True:
                number, dropped = BATCH.unpack(await reader.readexactly(BATCH.size))
                said = []
                for _ in range(number):
                    said.append(self._file.keep(await _frame(reader) | {"dropped": dropped}))
                    dropped = dropped if said[-1] else 0
                writer.write("".join(f"{each}\n" for each in said).encode())
                await writer.drain()
        except (IncompleteReadError, OSError):
            pass
        finally:
            writer.close()
            self._connected -= 1
            self._look()

    def _look(self) -> None:
        if not self._connected:
            self._over.set()


async def _frame(reader: StreamReader) -> dict[str, Any]:
    lengths = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
    head, asked, answered = [await reader.readexactly(length) for length in lengths]
    told: dict[str, Any] = json.loads(head)
    return told | {"asked": asked, "answered": answered}


def _said(path: Path, error: ScimTestsError | OSError) -> str:
    """Why, in one line."""
    if isinstance(error, ScimTestsError):
        return error.message
    return (
        str(error)
        if isinstance(error, PermissionError) and not error.errno
        else private_file.not_written(path, error).message
    )
