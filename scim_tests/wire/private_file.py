"""How a file is written that is for its owner alone: never through a link, never by half, never over somebody else's.

A report is written whole beside its place and then put there, so that whatever bore its name before,
a link or one more name of another file, goes away and leaves untouched what is behind it. What grows
line by line is opened as it stands, and anything but an ordinary file of that one name is refused.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scim_tests.errors import PlaceError, UsageError, WriteError

PRIVATE = 0o600
PIECE = 1024 * 1024  # bytes read at once


def replace(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Put a file with this text, as UTF-8, in its place. WriteError where that cannot be, with what was there as it was."""
    with whole(path, mode) as part, _opened(part, os.O_WRONLY) as file:
        put(file, text.encode(errors="backslashreplace"))


@contextmanager
def whole(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """An empty file beside it, to be filled: it takes that place once this went well, and is gone where it did not."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _told(path):
        try:
            with _opened(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
                os.fchmod(file, mode)
            yield part
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


@contextmanager
def grown(path: Path) -> Iterator[int]:
    """The file's descriptor, to be read, and written at its end; made where there is none.

    PlaceError where it is no file of ours, WriteError where it cannot be opened or the block raises OSError.
    """
    refuse_others(path)
    with _told(path), _opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
        yield file


def insert(path: Path, piece: bytes, tail: bytes) -> None:
    """Put a piece before the tail that the file ends with; where it does not fit, all stays as it was."""
    refuse_others(path)
    with _told(path), _opened(path, os.O_RDWR) as file:
        end = os.lseek(file, -len(tail), os.SEEK_END)
        try:
            put(file, piece + tail)
        except OSError:
            os.pwrite(file, tail, end)  # for which there was room before
            os.ftruncate(file, end + len(tail))
            raise


def content(path: Path, most: int) -> bytes:
    """What the file holds, nothing where there is none.

    UsageError where it cannot be read, or is longer than `most` bytes; PlaceError where it is no file of ours.
    """
    refuse_others(path)
    try:
        with _opened(path, os.O_RDONLY) as file:
            if os.fstat(file).st_size <= most:
                return b"".join(iter(lambda: os.read(file, PIECE), b""))
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UsageError("not-read", f"{path} cannot be read: {why(error)}.") from None
    raise UsageError("not-read", f"{path} is not read: it is longer than any file of ours.")


def head(path: Path, most: int) -> bytes:
    """The first bytes of a file, however long it is. OSError where it is no ordinary file, or cannot be read."""
    with _opened(path, os.O_RDONLY | os.O_NONBLOCK) as file:  # nobody waits for who writes into a pipe
        if stat.S_ISREG(os.fstat(file).st_mode):
            return os.read(file, most)
    raise OSError(errno.EINVAL, "it is no ordinary file")


def put(file: int, content: bytes) -> None:
    """Write all of it, or raise OSError."""
    while content:
        content = content[os.write(file, content) :]


def refuse_others(path: Path) -> None:
    """PlaceError where a link, a folder or another's file stands in the place of a file of ours."""
    try:
        found = path.lstat()
    except OSError:  # nothing is there, or opening it says what is wrong
        return
    what = ""
    if stat.S_ISLNK(found.st_mode):
        what = f"a link to {path.readlink()}"
    elif not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "no ordinary file"
    elif found.st_nlink > 1:
        what = "a file that has another name, too"
    if what:
        hint = "Remove it, or name another place."
        raise PlaceError(path, "not-our-file", f"{path} is {what}, so it is left alone.", hint)


def not_written(path: Path, error: OSError) -> WriteError:
    """What became of it, for a person."""
    return WriteError(path, "not-written", f"{path} could not be written: {why(error)}.")


def why(error: OSError) -> str:
    """The reason in words."""
    return error.strerror or str(error)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    try:
        yield file
    finally:
        os.close(file)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_written(path, error) from None
