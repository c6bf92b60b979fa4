"""Where an app and the writer of a file meet: a folder beside the file, `<file>.private`, for its owner alone.

It holds the socket, over which bytes go that still hold their secrets, and the key of the stand-ins. Who may not enter the
folder can neither listen there nor speak.
"""

import os
import socket
import stat
from pathlib import Path

SOCKET, KEY = "socket", "key"
LONGEST = 100  # bytes of a socket's address: most systems take no more


def private_folder(path: Path) -> Path:
    """The folder of that file."""
    return path.with_name(f"{path.name}.private")


def refuse_a_strangers(folder: Path) -> None:
    """PermissionError where it is a link, or somebody else may enter it; FileNotFoundError where it is not there."""
    found = folder.lstat()
    private = (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not stat.S_IMODE(found.st_mode) & 0o077
    )
    if not private:
        raise PermissionError(f"{folder} is no folder that is yours alone. Remove it, or name another file.")


def connected(path: Path, timeout: float) -> socket.socket:
    """A connection to the writer of that file. OSError where there is none."""
    folder = private_folder(path)
    refuse_a_strangers(folder)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    try:
        whole = folder / SOCKET
        if len(os.fsencode(whole)) <= LONGEST:
            connection.connect(str(whole))
        else:
            _connect_through(folder, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_through(folder: Path, connection: socket.socket) -> None:
    """By a shorter name, which Linux has for what is open."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        connection.connect(f"/proc/self/fd/{opened}/{SOCKET}")
    finally:
        os.close(opened)
