"""Locust: one process that coordinates, as many that work, and the statistics of all their requests.

Locust lives in the main thread, on gevent, and our event loop in a thread beside it: nothing of ours is patched.
What Locust has to say is in our reports, so it writes nothing on the terminal. Messages hold no secret.
"""

import logging
import os
import socket
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import gevent
from locust import runners, stats
from locust.env import Environment
from locust.event import Events
from locust.exception import RPCError
from locust.rpc import Message
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner

from scim_tests.errors import OwnError, ScimTestsError, TargetError, UsageError, told
from scim_tests.model.load_record import Moment, StepStats

# What a coordinator tells its workers, and these tell it.
BEGIN, ANNOUNCED, STRANGERS, STOP, ENOUGH, HEARD, FAILED, OVER = (
    "scim_begin", "scim_announced", "scim_strangers", "scim_stop", "scim_enough",
    "scim_heard", "scim_failed", "scim_over",
)  # fmt: skip
REPORT = 1  # seconds between a worker's reports
GONE = 10  # seconds without a word of the other side, after which it is gone
FIRST = 60.0  # seconds for coordinator and workers to find each other
P95 = 0.95
CHARTED = {0.5, P95}

for _name in ("locust", "gevent", "geventhttpclient"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
runners.WORKER_REPORT_INTERVAL = REPORT
runners.MASTER_HEARTBEAT_TIMEOUT = runners.HEARTBEAT_LIVENESS = GONE
runners.HEARTBEAT_DEAD_INTERNAL = -sys.maxsize  # who is lost is not forgotten
runners.CPU_WARNING_THRESHOLD = sys.maxsize  # that jobs began late is told, and why
stats.HISTORY_STATS_INTERVAL_SEC = REPORT
stats.PERCENTILES_TO_CHART[:] = sorted(CHARTED)


def local() -> LocalRunner:
    """One process that leads and works."""
    return _silent().create_local_runner()


def coordinating(host: str, port: int) -> MasterRunner:
    """A coordinator that waits for workers there; port 0 is a free one. UsageError where it cannot."""
    try:
        socket.create_server((host, port), family=_family(host)).close()  # says why not, as Locust does not
        return _silent().create_master_runner(host, port)
    except (OSError, RPCError, SystemExit) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is taken"
        message = f"Workers cannot be waited for at {host}, port {port}: {why}."
        raise UsageError("cannot-listen", message, "Name another place with --listen HOST:PORT.") from None


def working(host: str, port: int) -> WorkerRunner:
    """One that works for the coordinator there. TargetError where there is none."""
    runners.CONNECT_RETRY_COUNT = max(1, int(FIRST / runners.CONNECT_TIMEOUT)) - 1
    try:
        runner = _silent().create_worker_runner(host, port)
    except (OSError, RPCError):
        message = f"There is no coordinator at {host}, port {port}: nobody answered within {FIRST:.0f} s."
        hint = "Start `scim-tests load --master --listen HOST:PORT` there."
        raise TargetError("unreachable", message, hint) from None
    except SystemExit:  # as Locust ends where Ctrl-C comes meanwhile
        raise KeyboardInterrupt from None
    runner.last_heartbeat_timestamp = (
        time.time()
    )  # or one whose coordinator never has a word would wait for ever
    return runner


def _silent() -> Environment:
    """Locust's environment, which reads no settings of somebody else's."""
    gevent.get_hub().exception_stream = None
    told = Namespace(web_base_path="", enable_rebalancing=False)
    return Environment(events=Events(), parsed_options=told)  # type: ignore[no-untyped-call]


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def listen(
    runner: Runner,
    listeners: Mapping[str, Callable[[Message], None]],
    failed: Callable[[ScimTestsError], None],
) -> None:
    """Have these hear such messages; what goes wrong in one, or in a message, is told to `failed`."""

    def heard(environment: Environment, msg: Message) -> None:  # noqa: ARG001 -- Locust's form
        try:
            listeners[msg.type](msg)
        except ScimTestsError as error:
            failed(error)
        except Exception as error:  # noqa: BLE001 -- Locust would print it, and go on
            failed(OwnError("broken", told(error)))

    for kind in listeners:
        runner.register_message(kind, heard)


@contextmanager
def counted(runner: Runner) -> Iterator[None]:
    """Meanwhile Locust keeps the history of all requests."""
    runner.update_state(runners.STATE_RUNNING)
    gevent.spawn(stats.stats_history, runner)
    try:
        yield
    finally:
        runner.quit()


def is_alone(runner: Runner) -> bool:
    """Whether a worker's coordinator is gone."""
    return isinstance(runner, WorkerRunner) and (runner.last_heartbeat_timestamp or 0) < time.time() - GONE


def tell_the_rest(runner: Runner) -> None:
    """Pass on what this process has counted since Locust last did."""
    if isinstance(runner, WorkerRunner):
        runner._send_stats()  # noqa: SLF001 -- Locust does so itself when it quits, which may be too late


def step_stats(environment: Environment) -> list[StepStats]:
    """Each step as Locust counted it."""
    return [
        StepStats(
            entry.name, entry.method, entry.num_requests, entry.num_failures,
            median=_within(entry, 0.5), p95=_within(entry, P95), p99=_within(entry, 0.99),
            longest=float(entry.max_response_time),
        )
        for (_, _), entry in sorted(environment.stats.entries.items())
    ]  # fmt: skip


def _within(entry: stats.StatsEntry, share: float) -> float:
    return float(entry.get_response_time_percentile(share) or 0)


def history(environment: Environment) -> list[Moment]:
    """All steps together, as Locust's history has them."""
    return [
        Moment(
            index * REPORT, each["current_rps"][1], each["current_fail_per_sec"][1],
            each["response_time_percentile_0.5"][1], each[f"response_time_percentile_{P95}"][1],
        )
        for index, each in enumerate(environment.stats.history)
    ]  # fmt: skip
