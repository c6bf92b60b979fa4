"""How well a run bears a target that is far away: each request waits 100 ms before the reference server gets it.

    python benchmarks/latency.py

Prints for each `--parallel` the requests of a whole run, the seconds it took, and these as a share of what the
requests would wait for alone if they left one by one. With 16 at once that share has to be a quarter at most;
the exit code is 1 where it is more.
"""

import os
import subprocess
import sys
import tempfile
import time

from counting import BIN, TOKEN, server

LATENCY = 0.1  # seconds
PARALLEL = (4, 16)
WANTED = 0.25  # with the most at once


def seconds_of(base_url: str, parallel: int) -> float:
    """How long a run takes, reports and all."""
    with tempfile.TemporaryDirectory() as folder:
        command = [f"{BIN}/scim-tests", "run", "--target-url", base_url, "--report-dir", folder]
        began = time.perf_counter()
        subprocess.run(
            [*command, "--parallel", str(parallel)],
            env={**os.environ, "SCIM_TESTS_TOKEN": TOKEN},
            capture_output=True,
            check=True,
        )
        return time.perf_counter() - began


def main() -> int:
    print(f"{'parallel':>8}{'requests':>10}{'seconds':>10}{'share':>8}")
    share = 1.0
    for parallel in PARALLEL:
        with server(LATENCY) as (base_url, app):
            seconds = seconds_of(base_url, parallel)
        share = seconds / (app.requests * LATENCY)
        print(f"{parallel:>8}{app.requests:>10}{seconds:>10.2f}{share:>8.3f}")
    return int(share > WANTED)


if __name__ == "__main__":
    sys.exit(main())
