"""Workers of this machine: the same command once more, as many times as was said."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from scim_tests.options import ACCESS, RunOptions
from scim_tests.session.access import TOKEN_VARIABLE

PATIENCE = 10.0  # seconds for a worker to end by itself


@contextmanager
def workers(number: int, port: int, base_url: str, options: RunOptions, token: str) -> Iterator[None]:
    """So many workers of the coordinator that waits at this port; they end with the context.

    The token goes to them where a run reads it from, the environment, and is in no argument.
    """
    command = [
        sys.executable, "-m", "scim_tests", "load", "--worker", f"127.0.0.1:{port}", "--target-url", base_url,
        *_access(options), *(["--keep-personal-data"] if options.keep_personal_data else []),
    ]  # fmt: skip
    environment = {**os.environ, **({TOKEN_VARIABLE: token} if token else {})}
    started = [
        subprocess.Popen(  # noqa: S603 -- ourselves
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(number)
    ]
    try:
        yield
    finally:
        _end(started)


def _access(options: RunOptions) -> list[str]:
    """How a target is reached, said once more; none of it is a secret."""
    said: list[str] = []
    for flag in ACCESS:
        value = getattr(options, flag.removeprefix("--").replace("-", "_"))
        if value is True:
            said.append(flag)
        elif value:
            for each in value if isinstance(value, tuple) else (value,):
                said += [flag, str(each)]
    return said


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for each in started:
        with suppress(subprocess.TimeoutExpired):
            each.wait(PATIENCE)
        if each.poll() is None:
            each.kill()
            each.wait()
