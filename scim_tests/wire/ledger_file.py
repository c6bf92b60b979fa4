"""The ledger's file: lines that are on disk before what they announce leaves, and that survive a crash.

One JSON object a line, read again with the same meaning it was written with:

    {"event": "run", "target": T, "profile": P}     a run against base URL T begins; P is its profile, as TOML
    {"event": "intended", "user_name": U}           a create of U is about to leave
    {"event": "not created", "user_name": U}        it never left
    {"event": "refused", "user_name": U}            it was answered with an error that says nobody was made
    {"event": "created", "user_name": U, "id": I}   it was answered with success and this id
    {"event": "seen", "user_name": U, "id": I}      the target showed I under U, which is ours
    {"event": "renamed", "user_name": U, "id": I}   I, which is ours, is about to be given the name U
    {"event": "alias", "user_name": U, "id": I}     a GET by the id that U's create was answered with showed I under U
    {"event": "not ours", "id": I}                  the target showed I under somebody else's userName
    {"event": "removed", "id": I}                   the target says that I is gone
    {"event": "absent", "user_name": U}             a lookup of U found nobody
    {"event": "adopted", "user_name": U}            an earlier run made U, who is shared

A group stands in it under its address: `/Groups/` and its displayName for U, `/Groups/` and its id
for I, since a target may number users and groups alike.
"""

import errno
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TypeGuard

from scim_tests.errors import UsageError, WriteError
from scim_tests.wire import private_file

Event = dict[str, str]
Keep = Callable[[Sequence[Event]], None]  # writes them down, in this order

_BEGINNING = b'{"event": "'
_OF_A_NAME, _OF_AN_ID = {"user_name"}, {"id"}
_OF_BOTH = _OF_A_NAME | _OF_AN_ID
_FORMS = {
    "run": {"target", "profile"},
    **dict.fromkeys(("intended", "not created", "refused", "absent", "adopted"), _OF_A_NAME),
    **dict.fromkeys(("created", "seen", "renamed", "alias"), _OF_BOTH),
    **dict.fromkeys(("not ours", "removed"), _OF_AN_ID),
}
_ANNOUNCEMENTS = {"run", "intended", "adopted"}  # on disk before what they are about leaves
_AHEAD = _ANNOUNCEMENTS | {"renamed"}  # what is about to be done
_MOST = 256 * 1024 * 1024  # bytes
_MOST_ANNOUNCED = _MOST // 2  # after which nobody is made any more, or what became of them would not be read


def append(path: Path, events: Sequence[Event], *, in_haste: bool = False) -> None:
    """Write a line for each, at once, so that they outlive us and the power; only its owner may read the file.

    In haste, what tells only of what has happened outlives us, and the power once the next line is on disk of what will.
    WriteError where that cannot be and one announces what is to come. Of what has happened
    already the file then says as much as after a crash, and a clean-up need not end.
    """
    is_new = not path.exists()
    announces = any(each["event"] in _ANNOUNCEMENTS for each in events)
    try:
        with private_file.grown(path) as file:
            _cut_torn_line(file)
            _write(file, b"".join(json.dumps(each).encode() + b"\n" for each in events), announces=announces)
            if not in_haste or any(each["event"] in _AHEAD for each in events):
                os.fsync(file)
            for folder in path.absolute().parents if is_new else ():  # some may be as new as the file
                _sync_folder(folder)
    except WriteError:
        if announces:
            raise


def _write(file: int, lines: bytes, *, announces: bool) -> None:
    """All of it or nothing: what half of it announces must not leave, nor be looked for."""
    size = os.fstat(file).st_size
    if announces and size + len(lines) > _MOST_ANNOUNCED:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    if os.write(file, lines) < len(lines):
        os.ftruncate(file, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


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


def read(path: Path) -> Iterator[Event]:
    """All whole lines; none where there is no file. UsageError `bad-ledger` where a line is none of a ledger.

    A torn one at the end is passed over, and cut off before the next is written.
    """
    for number, line in enumerate(BytesIO(private_file.content(path, _MOST)), 1):
        if line.endswith(b"\n"):
            yield _parse(path, number, line)
        elif number == 1 and not _BEGINNING.startswith(line[: len(_BEGINNING)].rstrip(b"\0")):
            raise _no_ledger(path, number)


def _parse(path: Path, number: int, line: bytes) -> Event:
    with suppress(ValueError, RecursionError):
        event = json.loads(line)
        if is_event(event):
            return event
    raise _no_ledger(path, number)


def is_event(value: object) -> TypeGuard[Event]:
    """Whether it has one of the forms above."""
    return (
        isinstance(value, dict)
        and all(isinstance(each, str) for each in value.values())
        and value.keys() - {"event"} == _FORMS.get(value.get("event", ""))
    )


def _no_ledger(path: Path, number: int) -> UsageError:
    hint = "Name the ledger that a run left beside its report."
    return UsageError("bad-ledger", f"Line {number} of {path} is no line of a ledger.", hint)
