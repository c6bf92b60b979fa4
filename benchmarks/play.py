"""The play beside its peers, one after the other against the same reference server on a real socket.

    python benchmarks/play.py

Prints for each tester the requests it sent, the seconds it took, and how often it judged a request.
Figures are for comparison within one run of this script.
"""

import os
import re
import subprocess
import tempfile
import time

from counting import BIN, TOKEN, server


def testers(base_url: str, folder: str) -> dict[str, tuple[list[str], str]]:
    """By name: (command, pattern that finds its judgements: a number, or one line each)."""
    return {
        "scim-tests": (
            [f"{BIN}/scim-tests", "run", "--target-url", base_url, "--report-dir", folder],
            r"(\d+) judgements",
        ),
        "scim2-tester": ([f"{BIN}/scim2", "--url", base_url, "test"], r"(?m)^(?:SUCCESS|ERROR|DEVIATION)\b"),
        "scim-sanity": (
            [f"{BIN}/scim-sanity", "probe", base_url, "--token", TOKEN, "--i-accept-side-effects"],
            r"(\d+) passed",
        ),
    }


def main() -> None:
    environment = {
        **os.environ,
        "SCIM_TESTS_TOKEN": TOKEN,
        "SCIM_CLI_HEADERS": f"Authorization: Bearer {TOKEN}",
    }
    print(f"{'tester':<14}{'requests':>10}{'seconds':>10}{'judgements':>12}{'a request':>11}")
    with tempfile.TemporaryDirectory() as folder:
        for name in testers("", ""):
            with server() as (base_url, app):
                command, pattern = testers(base_url, folder)[name]
                began = time.perf_counter()
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                seconds = time.perf_counter() - began
                found = re.findall(pattern, done.stdout)
                judged = int(found[0]) if found and found[0].isdigit() else len(found)
                ratio = judged / max(1, app.requests)
                print(f"{name:<14}{app.requests:>10}{seconds:>10.2f}{judged:>12}{ratio:>11.1f}")


main()
