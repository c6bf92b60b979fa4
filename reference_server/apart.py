"""The server in a process of its own, beside whoever asks it much; it ends with the one who started it."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from reference_server.running import Around, Running, running
from reference_server.settings import Settings


def bare() -> Around:
    """Nothing stands between the client and the server."""
    return lambda app: app


@contextmanager
def apart(
    settings: Settings, *, around: Callable[[], Around] = bare, seed_users: int = 0
) -> Iterator[Running]:
    """As `running`, on a free port of this machine; OSError where the process does not come to serve.

    `around` makes there what stands between, and has to be something that can be pickled, such as
    `partial(bent, ids)`. Ctrl-C reaches only who started it, whose last requests are still answered.
    """
    command = [sys.executable, "-m", "reference_server.apart"]
    with subprocess.Popen(  # noqa: S603 -- ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes")
        # What opens the server goes through the pipe: a command line can be read by every user of a machine.
        process.stdin.write(pickle.dumps((settings, around, seed_users)))
        process.stdin.flush()
        address = process.stdout.readline().decode().strip()
        if not address:
            raise OSError("the process of the server has ended before it served")
        yield Running(address)


def main() -> None:
    """Serve as the standard input says, until that is closed: by its writer, or by the writer's death, be it while users are made."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    settings, around, seed_users = pickle.load(sys.stdin.buffer)  # noqa: S301 -- written by `apart` above
    Thread(target=_end_with_the_input, daemon=True).start()
    with running(settings, around=around(), seed_users=seed_users) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        Event().wait()


def _end_with_the_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)  # which the main thread hears


if __name__ == "__main__":
    main()
