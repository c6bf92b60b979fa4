"""What has left and is not answered: the end of a play hears it out, or the target would do what no exchange tells."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from scim_tests.model.act import Step
from scim_tests.model.exchange import CUT_OFF, Heard, Request
from scim_tests.model.forms import Forms
from scim_tests.model.slots import as_kept

LAST = 3.0  # seconds for the answers to what has left, where the play ends early
Send = Callable[[Step, Forms], Awaitable[Heard]]  # a step, and the forms that its sender may send


class UnderWay:
    """The requests of a play, each until its answer is there."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._sent: set[asyncio.Future[Heard]] = set()

    async def answer_to(self, step: Step, sends: Forms) -> Heard:
        """What the target says, and where that is cut off, that nothing came."""
        started, clock = time.time(), time.perf_counter()
        sent = asyncio.ensure_future(self._send(step, sends))
        self._sent.add(sent)
        try:
            return await sent
        except asyncio.CancelledError:
            if not sent.cancelled():
                raise
            headers = tuple((name, as_kept(value)) for name, value in step.headers)
            request = Request(step.method, step.path, headers, as_kept(step.body))
            return Heard(request, None, CUT_OFF, started=started, seconds=time.perf_counter() - clock)
        finally:
            self._sent.discard(sent)

    async def hear_out(self) -> None:
        """Wait `LAST` seconds for all of it, and cut the rest off; cancelled meanwhile, wait no longer."""
        with suppress(asyncio.CancelledError):
            if self._sent:
                await asyncio.wait(self._sent, timeout=LAST)
        for sent in self._sent:
            sent.cancel()
