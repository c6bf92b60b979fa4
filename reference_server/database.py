"""SQLite: one file, one writer at a time, many readers, and no write acknowledged before it is kept.

Write-ahead logging without a flush for each commit: killing the process loses nothing, cutting the power may
lose the last moments. What is temporary is never flushed.
"""

import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from reference_server.comparing import exact, fold, instant
from reference_server.errors import BusyError, TookTooLongError, invalid_filter
from reference_server.paragraphs import Paragraph

TABLES = """
CREATE TABLE IF NOT EXISTS collection (
    number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (tenant, type));
CREATE TABLE IF NOT EXISTS secret (cursors BLOB NOT NULL);
INSERT INTO secret SELECT randomblob(32) WHERE NOT EXISTS (SELECT 1 FROM secret);
-- seq is the order of creation and of every list; body is the JSON of all but id, meta and computed attributes.
CREATE TABLE IF NOT EXISTS resource (
    seq INTEGER PRIMARY KEY, collection INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    created TEXT NOT NULL, modified TEXT NOT NULL, display TEXT, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS resource_id ON resource (id);
CREATE INDEX IF NOT EXISTS resource_collection ON resource (collection);
CREATE INDEX IF NOT EXISTS resource_modified ON resource (collection, modified);
CREATE TABLE IF NOT EXISTS unique_value (
    collection INTEGER, attribute TEXT, value, seq INTEGER NOT NULL,
    PRIMARY KEY (collection, attribute, value)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS indexed_value (
    collection INTEGER, attribute TEXT, value, seq INTEGER,
    PRIMARY KEY (collection, attribute, value, seq)) WITHOUT ROWID;
-- How many resources each stretch of seq holds: totals and far pages without counting rows.
CREATE TABLE IF NOT EXISTS stretch (
    collection INTEGER, number INTEGER, resources INTEGER NOT NULL,
    PRIMARY KEY (collection, number)) WITHOUT ROWID;
"""
PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA busy_timeout = 10000;
PRAGMA temp_store = MEMORY;
PRAGMA mmap_size = 2147483648;
"""
SERVING = """
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -32000;
"""
TEMPORARY = "PRAGMA synchronous = OFF;"
# Random ids touch all of an index: while very many come in, it stays in memory.
LOADING = """
PRAGMA synchronous = OFF;
PRAGMA cache_size = -500000;
"""
STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 10_000
TOO_DEEP = ("parser stack overflow", "Expression tree is too large")  # what only a client's filter can cause


def _null_safe(function: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else function(str(text))


class Database:
    """A file of resources; without a path a temporary one that `close` removes."""

    def __init__(self, path: Path | None) -> None:
        folder = None if path else Path(tempfile.mkdtemp(prefix="scim-"))
        self.path = path or (folder or Path()) / "resources.sqlite"
        self._serving = SERVING if path else SERVING + TEMPORARY
        self._connections: list[sqlite3.Connection] = []
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._lock = Lock()
        self.close = weakref.finalize(self, _close, self._connections, folder)
        self._writer = self._connect()
        self._writer.executescript(TABLES)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        self._connections.append(connection)
        connection.executescript(self._serving + PRAGMAS)
        for function in (fold, exact, instant):
            connection.create_function(function.__name__, 1, _null_safe(function), deterministic=True)
        return connection

    @contextmanager
    def reading(self, patience: float) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state throughout; what takes more than so many seconds is TookTooLongError."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
        deadline = time.monotonic() + patience
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS_AT_THE_CLOCK)
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise TookTooLongError(patience) from None
            if any(reason in str(error) for reason in TOO_DEEP):
                raise invalid_filter("the filter is nested too deeply", Paragraph.FILTER) from None
            raise
        finally:
            connection.rollback()
            self._idle.put(connection)

    @contextmanager
    def writing(self, patience: float = -1) -> Iterator[sqlite3.Connection]:
        """The one writing connection, in a transaction that holds entirely or not at all.

        When it is not free within so many seconds, BusyError; below 0 that is never.
        """
        if not self._lock.acquire(timeout=patience):
            raise BusyError
        try:
            with self._transaction():
                yield self._writer
        finally:
            self._lock.release()

    @contextmanager
    def loading(self) -> Iterator[sqlite3.Connection]:
        """As `writing`, for very much at once, which is flushed to the disk when the disk likes."""
        with self._lock:
            self._writer.executescript(LOADING)
            with self._transaction():
                yield self._writer
            self._writer.executescript(self._serving)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._writer.rollback()
            raise
        self._writer.commit()


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that can fail by itself: an exception in the block undoes the part alone."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO part")
        connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def _close(connections: list[sqlite3.Connection], folder: Path | None) -> None:
    for connection in connections:
        connection.close()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
