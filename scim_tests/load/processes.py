"""Workers of this machine: the same command once more, as many times as was said."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from scim_tests.load.options import HERE, LoadOptions
from scim_tests.options import ACCESS, RunOptions
from scim_tests.session.access import TOKEN_VARIABLE
from scim_tests.session.report_folder import held
from scim_tests.session.target import Target

PATIENCE = 10.0  # seconds for a worker to end by itself
PASSED_ON = (*ACCESS, "--profile", "--email-domain", "--without", "--keep-personal-data")


@contextmanager
def workers(options: LoadOptions, port: int, target: Target) -> Iterator[Callable[[], str]]:
    """The workers of the coordinator that waits at this port; they end with the context. Gives what tells why one has ended.

    The token goes to them where a run reads it from, the environment, and is in no argument. They keep the report
    folder as well: should the coordinator be killed, nobody cleans up before they have ended.
    """
    command = [
        sys.executable, "-m", "scim_tests", "load", "--worker", f"{HERE}:{port}", "--target-url", target.base_url,
        *([] if options.max_users is None else ["--max-users", str(options.max_users)]), *_said(options.run),
    ]  # fmt: skip
    token = {TOKEN_VARIABLE: target.access.token} if target.access.token else {}
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(options.processes):
            started.append(  # noqa: PERF401 -- those that did start have to end
                subprocess.Popen(  # noqa: S603 -- ourselves
                    command,
                    env={**os.environ, **token} if target.bundled else {**token, **os.environ},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=held(),
                    start_new_session=True,
                )
            )
        yield lambda: next(map(_last_words, (each for each in started if each.poll() is not None)), "")
    finally:
        _end(started)


def _said(options: RunOptions) -> list[str]:
    """How a target is reached, said once more; none of it is a secret."""
    said: list[str] = []
    for flag in PASSED_ON:
        value = getattr(options, flag.removeprefix("--").replace("-", "_"))
        if value is True:
            said.append(flag)
        elif value:
            for each in value if isinstance(value, tuple) else (value,):
                said += [flag, str(each)]
    return said


def _last_words(ended: subprocess.Popen[bytes]) -> str:
    said = ended.stderr.read().decode(errors="replace").strip() if ended.stderr else ""
    return said.removeprefix("scim-tests: ") or f"its process ended with {ended.returncode}"


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for each in started:
        with suppress(subprocess.TimeoutExpired):
            each.wait(PATIENCE)
        if each.poll() is None:
            each.kill()
            each.wait()
        if each.stderr:
            each.stderr.close()
