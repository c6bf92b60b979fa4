"""Bad weather in front of the bundled server, on a real socket: what becomes of a request is chosen by its number."""

import asyncio
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from commanding import TOKEN

from reference_server.running import running
from reference_server.settings import Settings, Token

NOTHING = 0  # in place of a status: no answer at all
ERROR = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"%d","detail":"bad weather"}'
Forecast = Callable[
    [int], int | None
]  # by the number of a request, from 1: its status; None: as the server answers


def fair(_: int) -> None:
    """Whatever is asked is answered as it should be."""


class Weather:
    """Counts requests, and creates by themselves; what it does may be changed at any time."""

    def __init__(self, forecast: Forecast = fair) -> None:
        self.base_url = ""
        self.forecast = forecast
        self.asked = self.creates = 0

    def __call__(self, app: Any) -> Any:
        async def answered(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            self.asked += 1
            self.creates += scope["method"] == "POST"
            status = self.forecast(self.asked)
            if status is None:
                await app(scope, receive, send)
            elif status == NOTHING:
                await asyncio.Event().wait()
            else:
                headers = [(b"content-type", b"application/scim+json"), (b"retry-after", b"1")]
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": ERROR % status})

        return answered

    def begins(self, forecast: Forecast) -> None:
        """From the next request on."""
        self.asked = self.creates = 0
        self.forecast = forecast

    def signals(self, process: "subprocess.Popen[Any]", number: signal.Signals, *at: int) -> None:
        """Send a signal to this process when so many more requests have come."""
        moments = {self.asked + each for each in at}

        def forecast(asked: int) -> None:
            if asked in moments and process.poll() is None:
                process.send_signal(number)

        self.forecast = forecast


@contextmanager
def under(
    forecast: Forecast = fair, *, seed_users: int = 0, settings: Settings | None = None
) -> Iterator[Weather]:
    """A server that takes `TOKEN`, as long as the block, under that weather."""
    weather = Weather(forecast)
    with running(
        settings or Settings(tokens=(Token(TOKEN),)), around=weather, seed_users=seed_users
    ) as server:
        weather.base_url = server.base_url
        yield weather
