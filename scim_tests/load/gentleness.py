"""How whom a load made is removed: no faster than they were made, and no further where the target is overrun."""

import asyncio
import time

from scim_tests.engine.under_way import Send
from scim_tests.load.pace import Pace
from scim_tests.load.storm import Storm
from scim_tests.model.act import Step
from scim_tests.model.exchange import Heard
from scim_tests.model.forms import Forms
from scim_tests.session.interruption import Stop


class Gently:
    """Sends at so many requests a second at most (0 bounds nothing); at a storm it asks `leave`, and `why` says so."""

    def __init__(self, send: Send, rate: float, leave: Stop) -> None:
        self.why = ""
        self._send = send
        self._pace = Pace(rate)
        self._leave = leave
        self._storm = Storm()

    async def send(self, step: Step, sends: Forms) -> Heard:
        """The same as the way it was made of, at its turn."""
        await asyncio.sleep(self._pace.wait(time.monotonic()))
        heard = await self._send(step, sends)
        why = self._storm.hears(heard.answer.status if heard.answer else 0, heard.failure)
        if why and not self.why:
            self.why = why.replace("The load was stopped", "The clean-up was stopped")
            self._leave.ask()
        return heard
