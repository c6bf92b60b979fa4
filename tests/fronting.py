"""What may stand in front of an honest server, and is honest itself: it is slow, it throttles, it sorts, others write to it."""

import asyncio
import time
from collections import deque
from importlib import import_module
from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, refusal
from reference_server.running import Around

DELAY = 0.05  # seconds before every answer
LIMIT = 60  # requests a second; more are throttled
EVERY = 5  # of the requests: somebody else makes one person and removes another
STAYS = 20  # people of others who are there at a time
OURS = "scim-tests."
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def fronted(name: str) -> Around:
    """What puts this class (`module:Class`) in front of a server."""
    module, _, chosen = name.partition(":")
    front: Fault = getattr(import_module(module), chosen)()
    return front.apply


class Slow(Fault):
    """Every answer takes a moment longer, always the same."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        await asyncio.sleep(DELAY)
        return await honest(asked)


class Throttles(Fault):
    """So many requests a second are answered, and whoever is too early is told when to come again."""

    def __init__(self) -> None:
        self.latest: deque[float] = deque(maxlen=LIMIT)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        now = time.monotonic()
        if len(self.latest) == LIMIT and now - self.latest[0] < 1:
            return refusal(429, "too many requests").headed(retry_after="1")
        self.latest.append(now)
        return await honest(asked)


class Sorts(Fault, on="GET /Users"):
    """A list is sorted, whoever comes later."""

    by = ""

    def mishear(self, asked: Asked) -> Asked:
        return asked if asked.filter or "sortBy" in asked.query else asked.asking(sortBy=self.by)


class SortsByName(Sorts):
    """By userName: people come in between."""

    by = "userName"


class SortsById(Sorts):
    """By an id that says nothing of the time."""

    by = "id"


def visitor(number: int) -> dict[str, Any]:
    """Somebody whom others make."""
    name = f"visitor{number}@example.com"
    emails = [{"value": name, "type": "work", "primary": True}]
    return {
        "schemas": [USER],
        "userName": name,
        "name": {"givenName": "Ada", "familyName": "Brown"},
        "emails": emails,
    }


class Visited(Fault):
    """Somebody else makes people and removes them meanwhile, as many as they make, some of whom have long been there."""

    def __init__(self) -> None:
        self.count = 0
        self.theirs: deque[str] = deque()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.count += 1
        if self.count % EVERY == 0:
            await self.visit(asked, honest)
        return await honest(asked)

    async def visit(self, asked: Asked, honest: Honest) -> None:
        """Make one, and remove another; the first of them are whoever stands at the beginning of the list."""
        made = await honest(asked.of("POST", "", kind="Users").saying(visitor(self.count)))
        if self.count == EVERY:
            first = await honest(asked.of("GET", "", kind="Users").asking(count=STAYS))
            self.theirs.extend(
                each["id"] for each in first.resources if not each["userName"].startswith(OURS)
            )
        if made.ok:
            self.theirs.append(made.json["id"])
        if len(self.theirs) > STAYS:
            await honest(asked.of("DELETE", self.theirs.popleft(), kind="Users"))


class VisitedOften(Visited):
    """Before each request somebody comes, and whoever stands first leaves, so that all others move on."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.count += 1
        await honest(asked.of("POST", "", kind="Users").saying(visitor(self.count)))
        first = (await honest(asked.of("GET", "", kind="Users").asking(count=1))).resources
        if first and not first[0]["userName"].startswith(OURS):
            await honest(asked.of("DELETE", first[0]["id"], kind="Users"))
        return await honest(asked)


class VisitedAndSorted(Visited):
    """The same, where a list is sorted by userName."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        is_list = asked.place == "GET /Users" and not asked.filter
        return await super().serve(asked.asking(sortBy="userName") if is_list else asked, honest)
