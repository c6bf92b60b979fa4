"""How fast the reference server is, side by side with scim2-server, and how it bears large directories.

    python benchmarks/server.py [--sizes 1000 100000 1000000] [--peer-sizes 1000] [--repeat 300]

Each server runs in a process of its own and is asked by one client over one connection, one request after
another. For each operation the table gives the median and the 99th percentile in milliseconds, how often
the median goes into scim2-server's, and beside it the limit: what Starlette with one indexed statement of SQLite,
which checks nothing and keeps nothing in step, takes for the same in turn. The last lines compare with the targets; the exit code is 1 if one is missed.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OURS = """
import sys
from pathlib import Path
from reference_server.running import serve
from reference_server.settings import Settings, Token
settings = Settings(tokens=(Token("secret"),), database=Path(sys.argv[1]))
serve(settings, "127.0.0.1", 0, lambda url: print(url, flush=True), seed_users=int(sys.argv[2]))
"""
PEER = """
import socket, uvicorn
from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config
config = load_default_service_provider_config()
config.authentication_schemes = [BEARER_TOKEN_SCHEME]
schemas, types = load_default_schemas().values(), load_default_resource_types().values()
provider = ScimProvider.from_discovery(schemas, types, config=config, policy=None)
service = ScimService(provider, secret="s" * 32)
app = BearerTokenApplication(InMemoryStorage(), provider, service=service, bearer_tokens=["secret"])
listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listening.bind(("127.0.0.1", 0))
listening.listen()
print(f"http://127.0.0.1:{listening.getsockname()[1]}/v2", flush=True)
config = uvicorn.Config(app, interface="wsgi", log_level="warning", access_log=False)
uvicorn.Server(config).run(sockets=[listening])
"""
BARE = (Path(__file__).parent / "bare.py").read_text(encoding="utf-8")
GROUP_SIZE = 10_000
Timings = dict[str, list[float]]


class Client:
    """One connection that is kept, and so little of its own cost that what is timed is the server."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self.base_url = base_url
        self.base_path = address.path
        self.socket = socket.create_connection((address.hostname or "", address.port or 80))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = self.socket.makefile("rb")

    def close(self) -> None:
        self.received.close()
        self.socket.close()

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        return self.send(self.request(method, path, body))

    def request(self, method: str, path: str, body: Any = None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {self.base_path}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n"
            f"Content-Type: application/scim+json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def send(self, request: bytes) -> bytes:
        """The body that answers a request."""
        self.socket.sendall(request)
        status = self.received.readline()
        head = b""
        while (line := self.received.readline()) != b"\r\n":
            head += line.lower()
        if b"transfer-encoding: chunked" in head:
            body = b"".join(self._chunks())
        else:
            body = self.received.read(int(head.partition(b"content-length:")[2].partition(b"\r")[0] or b"0"))
        if status.split()[1] not in {b"200", b"201", b"204"}:
            raise SystemExit(f"{request[:200]!r}: {status!r} {body[:500]!r}")
        return body

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.received.readline(), 16):
            yield self.received.read(size)
            self.received.readline()
        self.received.readline()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self.ask(method, path, body))


@contextmanager
def served(code: str, *arguments: str) -> Iterator[tuple[Client, int]]:
    """A client of a server in a process of its own, and the number of that process."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline() if process.stdout else ""
        client = Client(address.strip())
        try:
            yield client, process.pid
        finally:
            client.close()
            process.terminate()


def peak_memory(pid: int) -> float:
    """The most memory a process has held, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def user(number: int) -> dict[str, Any]:
    """A user as Okta creates it, named as the seeding names its own."""
    name = f"user{number:08}@example.com"
    return {
        "schemas": [USER],
        "userName": name,
        "name": {"givenName": "Ada", "familyName": "Brown"},
        "displayName": "Ada Brown",
        "emails": [{"primary": True, "value": name, "type": "work"}],
        "locale": "en-US",
        "externalId": f"00u{number:017}",
        "active": True,
    }


def timed(client: Client, repeat: int, request: Callable[[int], tuple[Any, ...]]) -> list[float]:
    """The milliseconds each request takes, from its first byte to the last of its answer."""
    return timed_in_turn([(client, [client.request(*request(number)) for number in range(repeat)])])[0]


def timed_in_turn(asked: list[tuple[Client, list[bytes]]]) -> list[list[float]]:
    """The same of several servers; they take turns, so that what else a machine does disturbs all of them alike."""
    times: list[list[float]] = [[] for _ in asked]
    for turn in zip(*(contents for _, contents in asked), strict=True):
        for (client, _), content, spent in zip(asked, turn, times, strict=True):
            start = time.perf_counter()
            client.send(content)
            spent.append((time.perf_counter() - start) * 1000)
    return times


def patch(op: str, path: str, **value: Any) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": [{"op": op, "path": path, **value}]}


def requests(client: Client, size: int, repeat: int) -> dict[str, list[bytes]]:
    """All operations on single users and on pages, in a directory of this size."""
    identifier = client.json("GET", "/Users?startIndex=1&count=1")["Resources"][0]["id"]

    def page(start: int) -> list[bytes]:
        return [client.request("GET", f"/Users?startIndex={start}&count=100")] * max(repeat // 3, 30)

    def lookup(number: int) -> bytes:
        condition = quote(f'userName eq "user{number * 7919 % size + 1:08}@example.com"')
        return client.request("GET", f"/Users?filter={condition}&startIndex=1&count=100")

    def change(number: int) -> bytes:
        message = patch("replace", "active", value=number % 2 == 1)
        return client.request("PATCH", f"/Users/{identifier}", message)

    return {
        "lookup": [lookup(number) for number in range(repeat)],
        "first page": page(1),
        "middle page": page(max(size // 2 - 50, 1)),
        "last page": page(size - 99),
        "patch active": [change(number) for number in range(repeat)],
        "create": [client.request("POST", "/Users", user(10**8 + number)) for number in range(repeat)],
    }


def measure(clients: list[Client], size: int, repeat: int) -> list[Timings]:
    """The timings of each server."""
    asked = [requests(client, size, repeat) for client in clients]
    timings: list[Timings] = [{} for _ in clients]
    for name in asked[0]:
        times = timed_in_turn([(client, each[name]) for client, each in zip(clients, asked, strict=True)])
        for timing, spent in zip(timings, times, strict=True):
            timing[name] = spent
    return timings


def measure_group(client: Client, members: list[str], repeat: int, query: str = "") -> list[float]:
    """Taking a member out of a group of many, and putting it back."""
    values = [{"value": member} for member in members]
    group = client.json(
        "POST", "/Groups", {"schemas": [GROUP], "displayName": "Everybody", "members": values}
    )

    def change(number: int) -> tuple[str, str, Any]:
        member = members[number // 2 % len(members)]
        removal = patch("remove", f'members[value eq "{member}"]')
        message = patch("add", "members", value=[{"value": member}]) if number % 2 else removal
        return "PATCH", f"/Groups/{group['id']}{query}", message

    return timed(client, repeat, change)


def some_users(client: Client) -> list[str]:
    pages = (
        client.json("GET", f"/Users?startIndex={start}&count=1000") for start in range(1, GROUP_SIZE, 1000)
    )
    return [person["id"] for page in pages for person in page["Resources"]]


def run_ours(folder: Path, size: int, repeat: int) -> tuple[Timings, Timings, dict[str, float]]:
    """Seed, start again on what was seeded, and measure beside the limit; the timings of both, ours first."""
    database = str(folder / f"{size}.sqlite")
    start = time.perf_counter()
    with served(OURS, database, str(size)):
        seeding = time.perf_counter() - start
    start = time.perf_counter()
    with served(OURS, database, "0") as (client, _):
        client.ask("GET", "/Users?startIndex=1&count=1")
        starting = time.perf_counter() - start
    limit = str(folder / f"{size}-bare.sqlite")
    with served(BARE, limit, str(size)) as (bare, _), served(OURS, database, "0") as (client, pid):
        timings, least = measure([client, bare], size, repeat)
        memory = peak_memory(pid)
        if size >= GROUP_SIZE:
            members = some_users(client)
            timings["patch a member of 10,000"] = measure_group(client, members, 40)
            timings["without them in the answer"] = measure_group(
                client, members, repeat, "?excludedAttributes=members"
            )
    return timings, least, {"seeding, s": seeding, "starting, s": starting, "peak memory, MiB": memory}


def run_peer(size: int, repeat: int) -> tuple[Timings, dict[str, float]]:
    """The same of scim2-server, filled by requests; its groups take any member, so 10,000 are made up."""
    with served(PEER) as (client, pid):
        start = time.perf_counter()
        for number in range(1, size + 1):
            client.ask("POST", "/Users", user(number))
        filling = time.perf_counter() - start
        (timings,) = measure([client], size, repeat)
        memory = peak_memory(pid)
        members = [f"member-{number:028}" for number in range(GROUP_SIZE)]
        timings["patch a member of 10,000"] = measure_group(client, members, 6)
    return timings, {"seeding, s": filling, "peak memory, MiB": memory}


def show(title: str, timings: Timings, facts: dict[str, float], peer: Timings, least: Timings) -> None:
    print(f"\n{title}")
    print(f"  {'':26}{'median ms':>10}{'p99 ms':>10}{'peer':>9}{'limit ms':>10}{'of limit':>9}")
    for name, times in timings.items():
        median, worst = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
        ratio = f"{statistics.median(peer[name]) / median:8.1f}x" if name in peer else ""
        limit = statistics.median(least[name]) if name in least else 0
        beside = f"{limit:10.2f}{median / limit:8.2f}x" if limit else ""
        print(f"  {name:26}{median:10.2f}{worst:10.2f}{ratio:>9}{beside}")
    for name, value in facts.items():
        print(f"  {name:26}{value:10.2f}")


def targets(
    ours: dict[int, Timings],
    least: dict[int, Timings],
    facts: dict[int, dict[str, float]],
    peer: Timings,
) -> Iterator[tuple[str, bool]]:
    """What is to be reached, and whether it is."""

    def cost(size: int, name: str) -> float:
        return statistics.median(ours[size][name])

    smallest, largest = min(ours), max(ours)
    for name, factor in (("create", 2), ("lookup", 2), ("first page", 20)):
        ratio = statistics.median(peer[name]) / cost(smallest, name)
        yield (
            f"{name} {ratio:.1f} times as fast as scim2-server at {smallest:,} users (at least {factor})",
            ratio >= factor,
        )
    for name in least[smallest]:
        ratio = cost(smallest, name) / statistics.median(least[smallest][name])
        yield f"{name} costs {ratio:.2f} times the limit at {smallest:,} users (at most 2)", ratio <= 2
    for name in ("lookup", "first page", "middle page", "last page"):
        ratio = cost(largest, name) / cost(smallest, name)
        yield (
            f"{name} at {largest:,} users costs {ratio:.2f} times that at {smallest:,} (at most 3)",
            ratio <= 3,
        )
    starting, seeding = facts[largest]["starting, s"], facts[largest]["seeding, s"]
    yield f"starting on {largest:,} users takes {starting:.2f} s (under 1)", starting < 1
    yield f"seeding {largest:,} users takes {seeding:.1f} s (under 60)", seeding < 60


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000, 1_000_000])
    parser.add_argument(
        "--peer-sizes", type=int, nargs="+", default=[1000], help="how many users scim2-server is given"
    )
    parser.add_argument("--repeat", type=int, default=300, help="requests of each kind")
    chosen = parser.parse_args()
    peers: dict[int, Timings] = {}
    for size in chosen.peer_sizes:
        peers[size], facts = run_peer(size, chosen.repeat)
        show(f"scim2-server, {size:,} users", peers[size], facts, {}, {})
    peer = peers[min(peers)]
    ours: dict[int, Timings] = {}
    least: dict[int, Timings] = {}
    about: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in chosen.sizes:
            ours[size], least[size], about[size] = run_ours(Path(folder), size, chosen.repeat)
            title = f"reference server, {size:,} users"
            show(title, ours[size], about[size], peers.get(size, peer), least[size])
    print("\nTargets")
    outcomes = list(targets(ours, least, about, peer))
    for text, reached in outcomes:
        print(f"  {'reached' if reached else 'MISSED '}  {text}")
    return 0 if all(reached for _, reached in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
