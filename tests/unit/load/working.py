"""A process's part of a load over a wire of this process, for the tests of what it does."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx

from scim_tests import profiles
from scim_tests.load.cast import Cast
from scim_tests.load.work import Work
from scim_tests.model.load_plan import LoadPlan, Stage
from scim_tests.model.profile import Profile
from scim_tests.wire.client import Client
from scim_tests.wire.ledger_keys import GROUPS, entry
from scim_tests.wire.vault import Vault
from tests.playing import BASE_URL, PASSWORD, TOKEN, reference_transport

PROFILE = profiles.load("okta")
FAST = 100_000.0  # requests a second: whoever is due is due at once


class Wire(httpx.AsyncBaseTransport):
    """The reference server, which may be bent: `bend` is asked first and may answer in its place, `lie` changes what it says.

    From one request on it may answer no more. All that arrives stands in `came`, and what should not have left any more in `too_late`.
    """

    def __init__(
        self,
        bend: Callable[[httpx.Request, int], httpx.Response | None] = lambda *_: None,
        lie: Callable[[httpx.Request, dict[str, Any]], None] = lambda *_: None,
        hangs_from: int | None = None,
    ) -> None:
        self.server = reference_transport()
        self.bend, self.lie, self.hangs_from = bend, lie, hangs_from
        self.came: list[tuple[str, str]] = []
        self.too_late: list[tuple[str, str]] = []
        self.is_over: Callable[[], bool] = lambda: False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = request.method, request.url.raw_path.decode()
        self.came.append(asked)
        if self.is_over():
            self.too_late.append(asked)
        if said := self.bend(request, len(self.came)):
            return said
        if self.hangs_from and len(self.came) >= self.hangs_from:
            await asyncio.Event().wait()
        answer = await self.server.handle_async_request(request)
        body = await answer.aread()
        if answer.status_code < 300 and body:
            told = json.loads(body)
            self.lie(request, told)
            body = json.dumps(told).encode()
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return httpx.Response(answer.status_code, headers=headers, stream=httpx.ByteStream(body))


def plan_of(people: int, **more: Any) -> LoadPlan:
    """A plan of one stage."""
    made = LoadPlan(
        "7f3a9c2e", 1, BASE_URL, "", stages=(Stage(FAST, people),) if people else (), deadline=600.0
    )
    return replace(made, **more)


def names_of(plan: LoadPlan, profile: Profile) -> list[str]:
    """All that it gives, as the ledger calls them."""
    cast = Cast(plan, profile)
    groups = (entry(GROUPS, cast.group_name(each)) for each in range(plan.groups))
    return [*cast.names(range(plan.people)), *groups]


def work_of(plan: LoadPlan, wire: Wire, worker: int = 0, profile: Profile = PROFILE) -> tuple[Work, Client]:
    """The part of one process, to whom all names are announced, and its way to the target."""
    work = Work(plan, profile, worker, hides=False)
    work.announce(plan.people, names_of(plan, profile))
    wire.is_over = work.performer.over.is_set
    vault = Vault(TOKEN, PASSWORD)
    return work, Client(BASE_URL, vault, ledger=work.ledger, timeout=60.0, connections=200, transport=wire)


def worked(plan: LoadPlan, wire: Wire, worker: int = 0, profile: Profile = PROFILE) -> Work:
    """The same, played to its end."""
    work, client = work_of(plan, wire, worker, profile)
    asyncio.run(work.play(client))
    return work
