"""Targets in process with real people and groups on them, that lie; and who is there in the end."""

import asyncio

import httpx
from imagining import Lie, Lying, as_it_is
from playing import TOKEN, reference_transport

from scim_tests.model.scim import GROUP, USER, Json

REAL = "a.real.person@example.org"


class Liar(httpx.ASGITransport):
    """The reference server with a lie in front of it, and with a log of what it was asked."""

    def __init__(self, lie: Lie = as_it_is) -> None:
        self.honest = reference_transport()
        self.asked: list[tuple[str, str]] = []
        super().__init__(Lying(lie).apply(self.honest.app))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path))
        return await super().handle_async_request(request)

    def written(self) -> set[str]:
        """Paths of single users that were written to."""
        return {path for method, path in self.asked if method in {"PUT", "PATCH", "DELETE"}}


def everybody(transport: httpx.AsyncBaseTransport, endpoint: str = "Users") -> list[Json]:
    """Whoever is on the target, or all groups, asked honestly."""
    with httpx.Client(transport=_Sync(transport), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        listed: list[Json] = client.get(f"http://localhost/scim/v2/{endpoint}").json().get("Resources", [])
        return listed


class _Sync(httpx.BaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answer() -> httpx.Response:
            response = await self.inner.handle_async_request(request)
            return httpx.Response(response.status_code, content=await response.aread())

        return asyncio.run(answer())


def make_real_person(transport: httpx.AsyncBaseTransport) -> Json:
    return make(transport, "Users", {"schemas": [USER], "userName": REAL})


def make_real_group(transport: httpx.AsyncBaseTransport) -> Json:
    return make(transport, "Groups", {"schemas": [GROUP], "displayName": "Finance"})


def make(transport: httpx.AsyncBaseTransport, endpoint: str, body: Json) -> Json:
    with httpx.Client(transport=_Sync(transport), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        made: Json = client.post(f"http://localhost/scim/v2/{endpoint}", json=body).json()
        return made
