"""What a load costs the machine that puts it, for each request and for each page of an import, beside httpx alone.

    python benchmarks/load.py [PEOPLE]

Okta's requests are sent, hidden, guarded, kept in the ledger, counted, and a share is judged; httpx alone sends look-ups
and pages, and reads the answers. Milliseconds are of this process's CPU, the least of three tries; the reference server
runs in another. Only the ratio means something elsewhere; the exit code is 1 if it is more than `MOST`.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote

import httpx

from reference_server.apart import apart
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.load.cast import Cast
from scim_tests.load.work import Work
from scim_tests.model.load_plan import LoadPlan, Stage
from scim_tests.session.access import Access
from scim_tests.session.run import placeholder

TOKEN = "benchmark-token-of-no-value"  # noqa: S105 -- it opens nothing
PEOPLE, PAGE = 1_000, 100
AT_ONCE = 5  # connections
TRIES = 3
MOST = {"a request of an assignment": 4.0, "a page of 100 people": 10.0}  # times
PROFILE = "okta"


async def alone(base_url: str, paths: Iterable[str]) -> int:
    """All of these asked for by httpx, some at a time; gives how many they were."""
    waiting, sent = iter(list(paths)), 0
    headers = [("Host", "localhost"), ("Authorization", f"Bearer {TOKEN}")]

    async def ask(transport: httpx.AsyncHTTPTransport) -> None:
        nonlocal sent
        for path in waiting:
            answer = await transport.handle_async_request(
                httpx.Request("GET", base_url + path, headers=headers)
            )
            await answer.aread()
            await answer.aclose()
            sent += 1

    async with httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=AT_ONCE)) as transport:
        await asyncio.gather(*(ask(transport) for _ in range(AT_ONCE)))
    return sent


async def loaded(base_url: str, run: str, people: int, imported: int) -> int:
    """A load of so many, as fast as it goes; gives how many requests it sent."""
    profile = profiles.load(PROFILE)
    stages = (Stage(1_000_000.0, people),) if people else ()
    plan = LoadPlan(run, 1, base_url, profiles.text(PROFILE), stages=stages, imported=imported)
    work = Work(plan, profile, 0, hides=False)
    work.announce(people, Cast(plan, profile).names(range(people)))
    password = placeholder()
    await work.play(Access(TOKEN).client(base_url, work.ledger, 60.0, password=password, connections=AT_ONCE))
    if work.tally.stopped or work.error:
        raise SystemExit(work.tally.stopped or str(work.error))
    return work.tally.exchanges


def least(work: Callable[[int], Awaitable[int]]) -> float:
    """CPU milliseconds for each request."""

    def once(turn: int) -> float:
        began = time.process_time()
        sent = asyncio.run(counted(turn))
        return 1000 * (time.process_time() - began) / sent

    async def counted(turn: int) -> int:
        return await work(turn)

    return min(map(once, range(TRIES)))


def main() -> int:
    people = int(sys.argv[1]) if sys.argv[1:] else PEOPLE
    pages = [f"/Users?startIndex={start}&count={PAGE}" for start in range(1, 10 * people, PAGE)]
    wanted = (quote(f'userName eq "nobody{number}@example.com"') for number in range(2 * people))
    look_ups = [f"/Users?filter={each}" for each in wanted]
    with apart(Settings(tokens=(Token(TOKEN),)), seed_users=10 * people) as server:
        url = server.base_url
        rows = {
            "a request of an assignment": (
                least(lambda _: alone(url, look_ups)), least(lambda turn: loaded(url, f"measure{turn}", people, 0))
            ),
            "a page of 100 people": (
                least(lambda _: alone(url, pages)), least(lambda turn: loaded(url, f"walking{turn}", 0, 10 * people))
            ),
        }  # fmt: skip
    print(f"{'':<30}{'httpx alone':>12}{'load':>12}{'ratio':>8}")
    for name, (bare, ours) in rows.items():
        print(f"{name:<30}{bare:>10.2f}ms{ours:>10.2f}ms{ours / bare:>8.1f}")
    return int(any(ours > MOST[name] * bare for name, (bare, ours) in rows.items()))


if __name__ == "__main__":
    sys.exit(main())
