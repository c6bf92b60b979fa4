"""Sends REQUESTS valid-looking requests to a server of its own, SEED says which: `make fuzz`.

Prints the statuses, the most memory that the server held, and the longest that another client had to wait; the exit
code is 1 where an answer was a defect (5xx), or none came.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from valid_looking import Request, ValidLooking  # noqa: E402 -- it stands among the tests

REQUESTS = int(os.environ.get("REQUESTS", "100000"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1, 1_000_000)))
CREDENTIALS = '[[token]]\nvalue = "fuzz"\nuser_name = "me"\n[[token]]\nvalue = "other"\ntenant = "other"\n'
EACH = 10  # parts, after each of which the memory is told


class Client:
    """One connection that is kept."""

    def __init__(self, base_url: str, token: str) -> None:
        address = urlsplit(base_url)
        self.root, self.token = address.path, token
        self.http = HTTPConnection(address.hostname or "", address.port, timeout=120)

    def send(self, request: Request) -> tuple[int, Any]:
        """The status and the body."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/scim+json",
            **request.headers,
        }
        self.http.request(request.method, self.root + request.path, request.body, headers)
        answer = self.http.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body else None


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The base URL of a server in a process of its own, and the number of the process."""
    with tempfile.TemporaryDirectory() as folder:
        credentials = Path(folder) / "credentials.toml"
        credentials.write_text(CREDENTIALS, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "scim_tests",
            "serve",
            "--port",
            "0",
            "--credentials",
            str(credentials),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield next(iter(process.stdout or ())).split()[-1], process.pid
            finally:
                process.terminate()


def memory(process: int, name: str) -> int:
    """So many MiB, as Linux counts them: VmRSS now, VmHWM at most."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition(f"{name}:")[2].split()[0]) // 1024


def wait_elsewhere(base_url: str, waits: list[float], over: threading.Event) -> None:
    """Another tenant's lookups, one after the other; the longest is what all others had to wait."""
    other = Client(base_url, "other")
    while not over.wait(0.005):
        began = time.perf_counter()
        other.send(Request("GET", "/Users?count=1"))
        waits.append(time.perf_counter() - began)


def main() -> int:
    statuses: Counter[int] = Counter()
    waits, longest, defects, held = [0.0], (0.0, Request("", "")), [], []
    with served() as (base_url, process):
        over = threading.Event()
        other = threading.Thread(target=wait_elsewhere, args=(base_url, waits, over))
        other.start()
        client = Client(base_url, "fuzz")
        schemas, types = (
            client.send(Request("GET", path))[1]["Resources"] for path in ("/Schemas", "/ResourceTypes")
        )
        requests = ValidLooking(SEED, schemas, types)
        try:
            for number in range(1, REQUESTS + 1):
                request = requests.next()
                began = time.perf_counter()
                status, answer = client.send(request)
                longest = max(longest, (time.perf_counter() - began, request), key=lambda each: each[0])
                statuses[status] += 1
                requests.remember(request, status, answer)
                if status >= 500:
                    defects.append((status, request))
                if number % max(REQUESTS // EACH, 1) == 0:
                    held.append(memory(process, "VmRSS"))
        finally:
            over.set()
            other.join()
        peak = memory(process, "VmHWM")
    print(f"{sum(statuses.values()):,} requests, seed {SEED}")
    print("statuses:", ", ".join(f"{count:,} x {status}" for status, count in sorted(statuses.items())))
    print(f"5xx: {len(defects)}", *defects[:5], sep="\n  ")
    print(f"memory: {', '.join(map(str, held))} MiB after each tenth, {peak} MiB at most")
    print(f"longest answer: {longest[0] * 1000:.0f} ms, {longest[1].method} {longest[1].path[:80]}")
    print(f"longest wait of another client: {max(waits) * 1000:.0f} ms, of {len(waits):,} lookups")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
