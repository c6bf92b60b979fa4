"""The app's side: a bounded queue, and a thread that hands each exchange to the writer and waits until it is kept.

Nothing here raises into the app or lets it wait. What finds no room in the queue, or no room on the disk, is counted, and the
count is written with the next exchange that is kept.
"""

import atexit
import logging
import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from socket import socket
from threading import Condition, Thread

from scim_tests.model.scim import ENDPOINTS
from scim_tests.recorder.place import connected
from scim_tests.recorder.seen import BATCH, LOST, Seen

MAX_BYTES = 5 * 1024 * 1024  # of a file; the writer holds as much in memory
BACKUP_COUNT = 5
MOST_QUEUED = 8 * 1024 * 1024  # bytes
GATHERING = 0.1  # seconds for which the thread lets exchanges gather: each time it wakes, a request may have to wait for it
AT_ONCE = 100  # exchanges that are handed over then
PAUSE = 2.0  # seconds until a writer that could not be reached is looked for again
PATIENT = 10  # times that a writer may be about to end when it is spoken to
PATIENCE = 120.0  # seconds until the writer has to have kept an exchange: at times it masks a whole file
AT_THE_END = 5.0  # seconds that an app waits for what is queued when it ends
ENDING = "The process that writes the recording is about to end."
NO_START = "The process that writes the recording does not start."
WRITER = "from scim_tests.recorder.writer import main; main()"
LOG = logging.getLogger("scim_tests.recorder")


class Sender:
    """Where the recorders of one process put what they saw, for one file."""

    def __init__(
        self, path: str | os.PathLike[str], base_path: str, max_bytes: int, backup_count: int, *, keep_personal_data: bool
    ) -> None:  # fmt: skip
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 -- a link has to stay one
        kept = "keep" if keep_personal_data else "mask"
        self._arguments = [str(self.path), str(max_bytes), str(backup_count), kept]
        ours = re.escape(base_path.rstrip("/")) if base_path else ".*"
        self._wanted = re.compile(rf"{ours}/(?:{'|'.join(ENDPOINTS)})(?:/.*)?", re.DOTALL)
        self._begin()
        atexit.register(self.close)

    def _begin(self) -> None:
        """With nothing queued, and no thread: so it is also in a process that was forked."""
        self._process = os.getpid()
        self._changed = Condition()
        self._waiting: deque[bytes] = deque()
        self._queued = 0  # bytes
        self._hurry = False
        self._closing = False
        self._dropped = 0
        self._problem = ""
        self._thread: Thread | None = None
        self._connection: socket | None = None

    def wants(self, path: str) -> bool:
        """Whether a request to this path is SCIM."""
        return self._wanted.fullmatch(path) is not None

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Whatever breaks in here costs the exchange, and nothing else."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 -- of which the words may be somebody's
            LOG.debug("An exchange was not recorded: %s.", type(error).__name__)
            with self._changed:
                self._dropped += 1

    def put(self, seen: Seen) -> None:
        """Queue an exchange that is over."""
        if self._process != os.getpid():
            self._begin()
        frame = seen.frame()
        with self._changed:
            if self._queued + len(frame) > MOST_QUEUED:
                self._dropped += 1
                return
            self._queued += len(frame)
            self._waiting.append(frame)
            if not self._thread:
                self._closing = False
                self._thread = Thread(target=self._run, name="scim-tests recorder", daemon=True)
                self._thread.start()
            if len(self._waiting) == 1:
                self._changed.notify_all()

    def flush(self, timeout: float = AT_THE_END) -> bool:
        """Wait until all that was put is kept; whether it is. Where nothing can be kept now, it does not wait."""
        if self._process != os.getpid():
            return True
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting or self._problem, timeout)
            self._hurry = False
            return not (self._waiting or self._problem)

    def close(self, timeout: float = AT_THE_END) -> None:
        """The same, and end thread and connection; what is put later begins them anew."""
        self.flush(timeout)
        with self._changed:
            thread = self._thread if self._process == os.getpid() else None
            self._closing = True
            self._changed.notify_all()
        if thread:
            thread.join(timeout)
            if lost := self._dropped + len(self._waiting):
                LOG.warning("%s exchanges with SCIM clients could not be recorded.", lost)

    def _run(self) -> None:
        failures = 0
        while frames := self._gathered():
            try:
                self._deliver(frames)
                failures = 0
            except (OSError, subprocess.SubprocessError) as error:
                self._hang_up()
                failures += 1
                if not isinstance(error, ConnectionError) or failures >= PATIENT:
                    self._tell(str(error))
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, PAUSE)
        self._hang_up()

    def _gathered(self) -> list[bytes]:
        """What is to be handed over next; nothing, once this is closed and nothing waits, or nothing can be kept."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(lambda: self._hurry or self._closing, GATHERING)
            if self._closing and (self._problem or not self._waiting):
                self._thread = None
                return []
            return list(islice(self._waiting, AT_ONCE))

    def _deliver(self, frames: list[bytes]) -> None:
        """Hand them over, and forget them once the writer has seen them, though it may not have been able to keep them."""
        dropped = self._dropped
        self._connection = self._connection or self._reached()
        self._connection.sendall(b"".join([BATCH.pack(len(frames), dropped), *frames]))
        problems = self._answered(self._connection, len(frames))
        kept = problems.count("")
        with self._changed:
            self._queued -= sum(len(self._waiting.popleft()) for _ in frames)
            self._dropped += len(frames) - kept - (dropped if kept else 0)
        self._tell(next((each for each in problems if each not in {"", LOST}), ""))

    def _answered(self, connection: socket, number: int) -> list[str]:
        """What kept the writer from keeping each; empty where it is kept."""
        said = b""
        while said.count(b"\n") < number:
            piece = connection.recv(65_536)
            if not piece:
                raise ConnectionError("The process that wrote the recording has ended.")
            said += piece
        return said.decode().split("\n")[:-1]

    def _reached(self) -> socket:
        """A connection to the writer of the file, which is started where there is none."""
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return connected(self.path, PATIENCE)
        command = [_python(), "-P", "-c", WRITER, *self._arguments]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(each or os.getcwd() for each in sys.path)}  # noqa: PTH109
        started = subprocess.run(  # noqa: S603 -- ourselves
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )  # fmt: skip
        if started.returncode:
            raise OSError((started.stderr.decode(errors="replace").strip() or NO_START).splitlines()[-1])
        try:
            return connected(self.path, PATIENCE)
        except FileNotFoundError:  # and it holds the lock still
            raise ConnectionError(ENDING) from None

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _tell(self, problem: str) -> None:
        """Once, when it begins, and once, when it is over."""
        if problem and not self._problem:
            LOG.warning("What SCIM clients ask is not recorded now: %s", problem)
        elif self._problem and not problem:
            LOG.info("What SCIM clients ask is recorded again in %s.", self.path)
        with self._changed:
            self._problem = problem
            self._changed.notify_all()


def _python() -> str:
    """The interpreter; servers that have it built in name themselves."""
    named = Path(sys.executable or "")
    return str(
        named if named.name.startswith(("python", "pypy")) else Path(sys.exec_prefix, "bin", "python3")
    )
