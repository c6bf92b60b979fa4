"""SQLite: one file, one writer at a time, many readers, and no write acknowledged before it is kept.

Write-ahead logging without a flush for each commit: killing the process loses nothing, cutting the power may
lose the last moments. What is temporary is never flushed.
"""

import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from reference_server.comparing import exact, fold, instant
from reference_server.effort import Effort
from reference_server.errors import BusyError, TookTooLongError, disk_full, invalid_filter
from reference_server.paragraphs import Paragraph

TABLES = """
CREATE TABLE IF NOT EXISTS collection (
    number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (tenant, type));
-- Who is a member of which group, as rows, so that a change of one costs the same whatever the others are:
-- the seq of the group, an order in it, the comparable value, and the JSON of all but the reference.
CREATE TABLE IF NOT EXISTS member (
    holder INTEGER, place INTEGER, value TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (holder, place)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS member_value ON member (value, holder);
CREATE TABLE IF NOT EXISTS secret (cursors BLOB NOT NULL);
INSERT INTO secret SELECT randomblob(32) WHERE NOT EXISTS (SELECT 1 FROM secret);
-- seq is the order of creation and of every list; body is the JSON of all but id, meta, members and computed attributes.
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
PRAGMA busy_timeout = 10;
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
# What was loaded leaves the log, which would stay as large as the database.
LOADED = "PRAGMA wal_checkpoint(TRUNCATE);"
# Databases from before members were rows, when each was in the body of its group and in an index.
MOVING = """
BEGIN IMMEDIATE;
CREATE TEMPORARY TABLE moving AS
    SELECT DISTINCT i.seq FROM collection c
    JOIN indexed_value i ON i.collection = c.number AND i.attribute = 'members.value';
INSERT INTO member
    SELECT r.seq, m.key, json_extract(m.value, '$.value'), m.value
    FROM moving JOIN resource r USING (seq), json_each(r.body, '$.members') m;
UPDATE resource SET body = json_remove(body, '$.members') WHERE seq IN moving;
DELETE FROM indexed_value WHERE attribute = 'members.value' AND collection IN (SELECT number FROM collection);
DROP TABLE moving;
COMMIT;
"""
PREPARING = 10.0  # seconds
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
        self._writer.executescript(TABLES + MOVING)

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
    def reading(self, effort: Effort) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state throughout; TookTooLongError where that takes too much effort."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            _limit(connection, effort)
            connection.execute("BEGIN")
            yield connection
        except sqlite3.OperationalError as error:
            raise _refusal(error, effort) from None
        finally:
            connection.rollback()
            self._idle.put(connection)

    @contextmanager
    def writing(self, effort: Effort) -> Iterator[sqlite3.Connection]:
        """The one writing connection, in a transaction that holds entirely or not at all.

        BusyError where it is not free in time, or takes too much effort; 507 where the disk is full.
        """
        if not self._lock.acquire(timeout=effort.seconds_left):
            raise BusyError(effort.seconds)
        try:
            _limit(self._writer, effort)
            with self._transaction(effort):
                yield self._writer
        except sqlite3.OperationalError as error:
            refusal = _refusal(error, effort)
            raise BusyError(effort.seconds) if isinstance(refusal, TookTooLongError) else refusal from None
        except TookTooLongError:
            raise BusyError(effort.seconds) from None
        finally:
            self._lock.release()

    @contextmanager
    def preparing(self) -> Iterator[sqlite3.Connection]:
        """As `writing`, before there is anybody to answer."""
        with self._lock, self._transaction(Effort(PREPARING)):
            yield self._writer

    @contextmanager
    def loading(self) -> Iterator[sqlite3.Connection]:
        """As `preparing`, for very much at once, which is flushed to the disk when the disk likes."""
        self._writer.executescript(LOADING)
        with self.preparing() as connection:
            yield connection
        self._writer.executescript(self._serving + LOADED)

    def _begin(self, effort: Effort) -> None:
        """Begin to write; another process may do so for a while, which SQLite waits for a moment at a time."""
        while not self._writer.in_transaction:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                if effort.is_over():
                    raise

    @contextmanager
    def _transaction(self, effort: Effort) -> Iterator[None]:
        self._begin(effort)
        try:
            yield
            self._writer.commit()
        except BaseException:
            self._writer.rollback()
            raise


def _limit(connection: sqlite3.Connection, effort: Effort) -> None:
    """Have SQLite give up what it does when the time is over."""
    connection.set_progress_handler(effort.is_over, STEPS_BETWEEN_LOOKS_AT_THE_CLOCK)


def _refusal(error: sqlite3.OperationalError, effort: Effort) -> Exception:
    """What SQLite cannot do, as a refusal that says so; the error itself where it is a defect."""
    # The lowest byte tells the kind of an error, the others its circumstances.
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_INTERRUPT:
            return TookTooLongError(effort.seconds)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyError(effort.seconds)
        case sqlite3.SQLITE_FULL:
            return disk_full()
    too_deep = any(reason in str(error) for reason in TOO_DEEP)
    return invalid_filter("the filter is nested too deeply", Paragraph.FILTER) if too_deep else error


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that can fail by itself: an exception in the block undoes the part alone."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        # Some errors have undone the whole transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")


def _close(connections: list[sqlite3.Connection], folder: Path | None) -> None:
    for connection in connections:
        connection.close()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
