"""Wrong servers nobody has reported yet: the honest one, lied about by whoever stands in front of it.

A lie gets each call and a way to ask the honest server, and answers as it likes.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from playing import BASE_URL, TOKEN, play

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.scim import Json
from scim_tests.model.verdict import Verdict

Headers = dict[str, str]


@dataclass
class Call:
    """A request as the server in front hears it."""

    method: str
    path: str  # behind the base URL, without the query
    query: dict[str, str]
    headers: Headers
    body: Json = None

    @property
    def is_write(self) -> bool:
        return self.method in {"POST", "PUT", "PATCH"}

    @property
    def kind(self) -> str:
        """`Users` or `Groups`, or what else is asked for."""
        return self.path.strip("/").partition("/")[0]

    @property
    def id(self) -> str:
        return self.path.strip("/").partition("/")[2]

    @property
    def lists(self) -> bool:
        return self.method == "GET" and not self.id and self.kind in {"Users", "Groups"}

    @property
    def looks_up(self) -> bool:
        return self.lists and "filter" in self.query

    @property
    def reads(self) -> bool:
        return self.method == "GET" and bool(self.id) and self.kind in {"Users", "Groups"}


@dataclass
class Reply:
    """An answer before it is sent; `body` is JSON, or bytes as they are."""

    status: int
    headers: Headers = field(default_factory=dict)
    body: Json = None

    @property
    def is_success(self) -> bool:
        return self.status < 300

    @property
    def shown(self) -> list[Any]:
        """The resources it shows."""
        if not self.is_success or not isinstance(self.body, dict):
            return []
        return list(self.body.get("Resources", [self.body]))


Honest = Callable[[Call], Awaitable[Reply]]
Lie = Callable[[Call, Honest], Awaitable[Reply]]


class Liar(httpx.AsyncBaseTransport):
    """A transport that lies in front of an honest one."""

    def __init__(self, honest: httpx.AsyncBaseTransport, lie: Lie) -> None:
        self.honest = honest
        self.lie = lie

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        call = Call(
            request.method,
            request.url.path.removeprefix(httpx.URL(BASE_URL).path),
            dict(request.url.params),
            dict(request.headers),
            json.loads(body) if body else None,
        )
        reply = await self.lie(call, self.ask)
        sent = reply.body if isinstance(reply.body, bytes) else written(reply.body)
        headers = {**reply.headers, "content-length": str(len(sent))}
        return httpx.Response(reply.status, headers=headers, content=sent)

    async def ask(self, call: Call) -> Reply:
        """What the honest server says."""
        headers = {key: value for key, value in call.headers.items() if key != "content-length"}
        request = httpx.Request(
            call.method,
            BASE_URL + call.path,
            params=call.query or None,
            headers=headers,
            content=written(call.body),
        )
        response = await self.honest.handle_async_request(request)
        body = await response.aread()
        headers = {key: value for key, value in response.headers.items() if key != "content-length"}
        return Reply(response.status_code, headers, json.loads(body) if body else None)


def written(body: Json) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")


Where = Callable[[Call], bool]
Change = Callable[[Any], object]


def anywhere(call: Call) -> bool:  # noqa: ARG001 -- one of several answers to one question
    return True


def stores(change: Change, where: Where = anywhere, kind: str = "Users") -> Lie:
    """Stores something other than was sent in a create or PUT."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.method in {"POST", "PUT"} and call.kind == kind and where(call):
            change(call.body)
        return await honest(call)

    return lie


def shows(change: Change, where: Where = anywhere, kind: str = "Users") -> Lie:
    """Shows something other than is stored."""

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == kind and where(call):
            for resource in reply.shown:
                change(resource)
        return reply

    return lie


def answers(change: Callable[[Call, Reply], object], where: Where = anywhere) -> Lie:
    """Answers otherwise."""

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if where(call):
            change(call, reply)
        return reply

    return lie


CROWD = 4  # people assigned at once: enough to show a lie, and quick
RED = {Verdict.FAIL, Verdict.ADVICE}


def noticed(lie: Lie, profile: str, folder: Path) -> list[str]:
    """The checks that a play against the liar turns red; none may break over it."""
    chosen = profiles.load(profile)
    app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
    try:
        done = play(
            Liar(httpx.ASGITransport(app), lie),
            folder / f"{profile}.jsonl",
            profile=replace(chosen, limits=replace(chosen.limits, crowd=CROWD)),
            judge=Judge(catalogue()),
        )
    finally:
        app.state.server.database.close()
    broken = [each.check.id for each in done.results if each.verdict is Verdict.BROKEN]
    assert broken == []
    return [each.check.id for each in done.results if each.verdict in RED]
