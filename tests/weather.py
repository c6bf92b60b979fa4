"""The reference server in bad weather, on a real socket: what it does to a request is chosen by its number."""

import asyncio
from collections.abc import Callable
from typing import Any

from commanding import TOKEN

from reference_server.app import application
from reference_server.settings import Settings, Token

Answered = int | None  # a status without the server, 0 for no answer at all; None: honestly
Weather = Callable[[int, Any], Answered]  # by the number of a request, from 1, and its scope


class Target:
    """Keeps its people whatever the weather is; counts requests, and creates by themselves."""

    def __init__(self, base_url: str, weather: Weather) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=base_url))
        self.weather = weather
        self.asked = 0
        self.creates = 0
        self.headers: set[bytes] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.asked += 1
        self.creates += scope["method"] == "POST"
        answered = self.weather(self.asked, scope)
        if answered is None:
            await self.app(scope, receive, send)
        elif answered == 0:
            await asyncio.sleep(3600)
        else:
            headers = [(b"content-type", b"application/scim+json"), (b"retry-after", b"1")]
            body = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"%d"}' % answered
            await send({"type": "http.response.start", "status": answered, "headers": headers})
            await send({"type": "http.response.body", "body": body})
