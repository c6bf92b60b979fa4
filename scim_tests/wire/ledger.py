"""Knows what a run created, so that nothing else is ever written to and everything can be found again.

The intent is on disk before a create leaves. Whatever then happens to us, to the target or to the
power, the file names every user that may be there, and `entries` says how sure that is.

One JSON object a line, read again with the same meaning it was written with:

    {"event": "run", "target": T, "profile": P}     a run against base URL T begins; P is its profile, as TOML
    {"event": "intended", "user_name": U}           a create of U is about to leave
    {"event": "not created", "user_name": U}        it never left, or was refused
    {"event": "created", "user_name": U, "id": I}   it was answered with success and this id
    {"event": "seen", "user_name": U, "id": I}      the target showed I under U, which is ours
    {"event": "not ours", "id": I}                  the target showed I under somebody else's userName
    {"event": "removed", "id": I}                   the target says that I is gone
    {"event": "absent", "user_name": U}             a lookup of U found nobody
    {"event": "adopted", "user_name": U}            an earlier run made U, or is ours under another name

A group stands in it under its address: `/Groups/` and its displayName for U, `/Groups/` and its id
for I, since a target may number users and groups alike.
"""

import errno
import json
import os
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from scim_tests.errors import UsageError, WriteError
from scim_tests.wire import private_file

Event = dict[str, str]


class State(StrEnum):
    """How sure it is that the user of an entry is on the target."""

    CREATED = "created"  # shown under our userName, and not removed since
    UNACKNOWLEDGED = "unacknowledged"  # a create left and nothing certain came back: look the userName up
    DISPUTED = "disputed"  # our create was answered with an id shown under another userName: hands off


class Entry(NamedTuple):
    """A user who may still be there. `id` is empty where only a lookup by userName can tell."""

    user_name: str
    id: str
    state: State


class Ledger:
    """The ledger in the file `path`, read back where it exists, made at the first line written.

    An id is ours once the target showed it under a userName we meant to create, and only as long as
    it never shows it under another. Methods that write return when the line is on disk.
    WriteError where an announcement cannot be; UsageError `bad-ledger` where the file holds something else.
    """

    def __init__(self, path: Path, may_be_ours: Callable[[str], bool] = lambda _: True) -> None:
        """`may_be_ours` says of a userName in the file whether it counts: the file may be a stranger's."""
        self.path = path
        self.target = ""  # the base URL the run wrote to
        self.profile = ""  # the profile it played, as TOML
        self._spelling: dict[str, str] = {}  # each userName as the run spelt it first, by its key
        self._our_names: set[str] = set()
        self._adopted: set[str] = set()
        self._unsettled: Counter[str] = Counter()  # creates that left and have not been seen
        self._ours: dict[str, str] = {}  # ids shown under a userName of ours
        self._answered: dict[str, str] = {}  # ids that answers to our creates named
        self._removed: set[str] = set()
        self._foreign: set[str] = set()  # ids shown under somebody else's userName, in this process
        self._disowned: set[str] = set()  # those of them that the file holds
        for event in _read(path):
            if "user_name" not in event or may_be_ours(event["user_name"]):
                self._apply(event)

    def begin(self, target: str, profile: str) -> None:
        """A run is about to write to this base URL under this profile (TOML): all that a later clean-up needs."""
        self._write({"event": "run", "target": target, "profile": profile})

    def intend(self, user_name: str) -> None:
        """A create of this userName is about to leave."""
        self._write({"event": "intended", "user_name": user_name})

    def not_created(self, user_name: str) -> None:
        """The create never left, or was refused: who has that userName now, if anybody, is not ours."""
        self._write({"event": "not created", "user_name": user_name})

    def created(self, user_name: str, id_: str) -> None:
        """The create was answered with this id, which is believed once the target shows it (`witness`)."""
        self._write({"event": "created", "user_name": user_name, "id": id_})
        self._disown(id_)

    def removed(self, id_: str) -> None:
        """The target says that it is gone. Shown again, it is listed again."""
        self._write({"event": "removed", "id": id_})

    def absent(self, user_name: str) -> None:
        """A lookup of this userName found nobody, so no unacknowledged create of it came to anything."""
        self._write({"event": "absent", "user_name": user_name})

    def adopt(self, user_name: str) -> None:
        """Count a userName as ours that an earlier run made or may have made, or that one of ours is given."""
        if _key(user_name) not in self._adopted:
            self._write({"event": "adopted", "user_name": user_name})

    def witness(self, id_: str, user_name: str) -> None:
        """An answer showed this id with this userName."""
        key = _key(user_name)
        is_our_name = key in self._our_names
        if not is_our_name:
            self._foreign.add(id_)
        if id_ in self._foreign:
            if is_our_name or id_ in self._ours or id_ in self._answered:
                self._disown(id_)
        elif id_ not in self._ours or id_ in self._removed:
            self._write({"event": "seen", "user_name": user_name, "id": id_})

    def owns(self, id_: str) -> bool:
        """Whether writing to it is allowed."""
        return id_ in self._ours and id_ not in self._foreign

    def entries(self) -> list[Entry]:
        """Who may still be there, in the order of creation."""
        return [entry for key in self._spelling for entry in self._entries_of(key)]

    def _entries_of(self, key: str) -> list[Entry]:
        name = self._spelling[key]
        ours = [id_ for id_, owner in self._ours.items() if owner == key and id_ not in self._removed]
        disputed = [id_ for id_, owner in self._answered.items() if owner == key and id_ in self._foreign]
        found = [Entry(name, id_, State.CREATED) for id_ in ours if id_ not in self._foreign]
        found += [Entry(name, id_, State.DISPUTED) for id_ in disputed]
        if self._unsettled[key]:
            found.append(Entry(name, "", State.UNACKNOWLEDGED))
        return found

    def _disown(self, id_: str) -> None:
        if id_ in self._foreign and id_ not in self._disowned:
            self._write({"event": "not ours", "id": id_})

    def _write(self, event: Event) -> None:
        _append(self.path, event)
        self._apply(event)

    def _apply(self, event: Event) -> None:
        match event:
            case {"event": "run", "target": target, "profile": profile}:
                self.target, self.profile = target, profile
            case {"event": what, "user_name": user_name, "id": id_}:
                self._apply_to_user(what, _key(user_name), id_)
            case {"event": what, "user_name": user_name}:
                self._apply_to_name(what, _key(user_name), user_name)
            case {"event": "removed", "id": id_}:
                self._removed.add(id_)
            case {"event": "not ours", "id": id_}:
                self._foreign.add(id_)
                self._disowned.add(id_)

    def _apply_to_user(self, what: str, key: str, id_: str) -> None:
        was_there = id_ in self._ours
        if what == "created":
            self._answered[id_] = key
        elif what == "seen":
            self._ours[id_] = key
            self._removed.discard(id_)
        if was_there == (
            what == "created"
        ):  # seen for the first time, or an answer naming who was there already
            self._settle_one(key)

    def _apply_to_name(self, what: str, key: str, user_name: str) -> None:
        if what in {"intended", "adopted"}:
            self._spelling.setdefault(key, user_name)
            self._our_names.add(key)
        if what == "intended":
            self._unsettled[key] += 1
        elif what == "adopted":
            self._adopted.add(key)
        elif what == "absent":
            self._unsettled[key] = 0
        elif what == "not created":
            self._settle_one(key)
            if not self._unsettled[key] and key not in {*self._ours.values(), *self._adopted}:
                self._our_names.discard(key)

    def _settle_one(self, key: str) -> None:
        self._unsettled[key] = max(0, self._unsettled[key] - 1)


def _key(user_name: str) -> str:
    """What userNames are compared by: without regard to case (RFC 7643 4.1.1) and Unicode form."""
    return unicodedata.normalize("NFKC", user_name.strip()).casefold()


def _append(path: Path, event: Event) -> None:
    """Write one line so that it outlives us and the power; only its owner may read the file.

    WriteError where that cannot be and the line announces what is to come. Of what has happened
    already the file then says as much as after a crash, and a clean-up need not end.
    """
    is_new = not path.exists()
    try:
        with private_file.grown(path) as file:
            _cut_torn_line(file)
            line = json.dumps(event).encode() + b"\n"
            if os.write(file, line) < len(line):  # half a line is no line: what it announces must not leave
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file)
            for folder in path.absolute().parents if is_new else ():  # some may be as new as the file
                _sync_folder(folder)
    except WriteError:
        if event["event"] in _ANNOUNCEMENTS:
            raise


def _cut_torn_line(file: int) -> None:
    """Drop what a crash left half written at the end: what it announced never left."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.ftruncate(file, os.pread(file, size, 0).rfind(b"\n") + 1)


def _sync_folder(folder: Path) -> None:
    """A new file's name is on disk only when its folder is. Nothing new is in a folder we may not open."""
    with suppress(PermissionError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _read(path: Path) -> list[Event]:
    """All whole lines. A torn one at the end is passed over, and cut off before the next is written."""
    *lines, torn = private_file.content(path, _MOST).split(b"\n")
    if not lines and not _BEGINNING.startswith(torn[: len(_BEGINNING)].rstrip(b"\0")):
        raise _no_ledger(path, 1)
    return [_parse(path, number, line) for number, line in enumerate(lines, 1)]


def _parse(path: Path, number: int, line: bytes) -> Event:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        raise _no_ledger(path, number) from None
    if (
        isinstance(event, dict)
        and "event" in event
        and all(isinstance(value, str) for value in event.values())
    ):
        return event
    raise _no_ledger(path, number)


def _no_ledger(path: Path, number: int) -> UsageError:
    hint = "Name the ledger that a run left beside its report."
    return UsageError("bad-ledger", f"Line {number} of {path} is no line of a ledger.", hint)


_BEGINNING = b'{"event": "'
_ANNOUNCEMENTS = {"run", "intended", "adopted"}  # on disk before what they are about leaves
_MOST = 256 * 1024 * 1024  # bytes
