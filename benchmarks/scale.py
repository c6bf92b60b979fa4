"""What must not grow on the reference server with people, pages, members or requests at once, as ratios of one run.

    python benchmarks/scale.py [--users 1000000] [--repeat 300]

The server runs in a process of its own. Each row is timed beside the one it is compared with; the exit code is 1
if one costs more than three times the other.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event, Thread

from server import GROUP, OURS, Client, patch, peak_memory, served, some_users, timed_in_turn, user

MOST = 3  # times
PAGE = 100
QUIET = "?excludedAttributes=members"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=300, help="requests of each kind")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "users.sqlite")
        start = time.perf_counter()
        with served(OURS, database, str(chosen.users)):
            print(f"seeding {chosen.users:,} users took {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        with served(OURS, database, "0") as (client, pid):
            print(f"starting on them took {time.perf_counter() - start:.1f} s")
            rows = list(compared(client, chosen.users, chosen.repeat))
            seconds, pages = walked(client)
            print(f"all {pages:,} pages of {PAGE}, one after another, took {seconds:.1f} s")
            print(f"peak memory of the server {peak_memory(pid):.0f} MiB, the mapped database included\n")
    print(f"{'':34}{'median ms':>10}    {'beside':26}{'median ms':>10}{'ratio':>8}")
    for name, cost, other, least in rows:
        print(f"{name:34}{cost:10.2f}    {other:26}{least:10.2f}{cost / least:7.2f}x")
    return 0 if all(cost <= MOST * least for _, cost, _, least in rows) else 1


def compared(client: Client, users: int, repeat: int) -> Iterator[tuple[str, float, str, float]]:
    """What, its median in milliseconds, beside what, and that one's median."""

    def row(name: str, asked: list[bytes], other: str, least: list[bytes]) -> tuple[str, float, str, float]:
        costs = timed_in_turn([(client, asked), (client, least)])
        first, second = map(median, costs)
        return name, first, other, second

    def page(start: int) -> list[bytes]:
        return [client.request("GET", f"/Users?startIndex={start}&count={PAGE}")] * repeat

    numbers = iter(range(10**8, 10**9))

    def creates() -> list[bytes]:
        return [client.request("POST", "/Users", user(next(numbers))) for _ in range(repeat)]

    last = row("the last page", page(users - PAGE + 1), "the first page", page(1))
    yield last
    with importing(client):
        beside = median(timed_in_turn([(client, creates())])[0])
    alone = median(timed_in_turn([(client, creates())])[0])
    yield "a create beside an import", beside, "a create and a page", alone + last[1]
    members = some_users(client)
    full, empty = (group(client, each) for each in (members, []))
    yield row("a page of members of a group", page(1), "a page of others", page(len(members) + 1))
    others = client.json("GET", f"/Users?startIndex={len(members) + 1}&count=100")["Resources"]
    values = [{"value": each["id"]} for each in others]

    def changes(identifier: str) -> list[bytes]:
        return [
            client.request("PATCH", f"/Groups/{identifier}{QUIET}", patch(op, "members", value=values))
            for op in ("add", "remove")
        ] * (repeat // 6)

    yield row("100 members of a group of 10,000", changes(full), "100 members of no others", changes(empty))


def group(client: Client, members: list[str]) -> str:
    """The id of a new group with these members."""
    body = {
        "schemas": [GROUP],
        "displayName": f"Group of {len(members)}",
        "members": [{"value": each} for each in members],
    }
    return str(client.json("POST", "/Groups", body)["id"])


@contextmanager
def importing(client: Client) -> Iterator[None]:
    """While the block runs, somebody else walks the list, one page after another."""
    over = Event()
    importer = Thread(target=walk, args=(Client(client.base_url), over))
    importer.start()
    try:
        yield
    finally:
        over.set()
        importer.join()


def walk(client: Client, over: Event) -> int:
    """Walk the list to its end, or until it is over; gives the pages."""
    pages, total = 0, 1
    while pages * PAGE < total and not over.is_set():
        total = client.json("GET", f"/Users?startIndex={pages * PAGE + 1}&count={PAGE}")["totalResults"]
        pages += 1
    return pages


def walked(client: Client) -> tuple[float, int]:
    """The seconds that a whole walk takes, and its pages."""
    start = time.perf_counter()
    pages = walk(client, Event())
    return time.perf_counter() - start, pages


if __name__ == "__main__":
    sys.exit(main())
