"""Ctrl-C, and the signal by which a CI job is cancelled: what was seen is never lost.

The first one ends the play, and whom the run made is removed; the second one leaves them where they
are; either way the reports are written. The third one ends everything at once.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import FrameType, TracebackType
from typing import Self

from scim_tests.engine.listener import Listener

SIGNALS = (signal.SIGINT, signal.SIGTERM)
Handler = Callable[[int, FrameType | None], None] | signal.Handlers


class Stop:
    """Asks a play to end, from any thread."""

    def ask(self) -> None:
        """What the first Ctrl-C does; asked once more, what the second one does."""


class Interruption:
    """While it is entered, each signal ends what is under way instead of the process."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.times = 0
        self.too_long = False
        self.under_way: asyncio.Future[None] | None = None

    async def may_end(self, work: Coroutine[None, None, None]) -> None:
        """Do this until it is over or a signal ends it."""
        self.under_way = asyncio.ensure_future(work)
        with suppress(asyncio.CancelledError):
            await self.under_way

    async def may_take(self, seconds: float, work: Coroutine[None, None, None]) -> None:
        """Do this until it is over, a signal ends it, or `seconds` have passed; the last sets `too_long`."""
        ending = asyncio.get_running_loop().call_later(seconds, self._took_too_long)
        await self.may_end(work)
        ending.cancel()

    def _took_too_long(self) -> None:
        self.too_long = True
        if self.under_way is not None:
            self.under_way.cancel()

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        with suppress(
            NotImplementedError, RuntimeError, ValueError
        ):  # not everywhere, and not in every thread
            for each in SIGNALS:
                loop.add_signal_handler(each, self._heard, each)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for each in SIGNALS:
                loop.remove_signal_handler(each)

    def _heard(self, number: signal.Signals) -> None:
        self.times += 1
        self.listener.interrupted(self.times)
        if self.times > 2:
            self.__exit__(None, None, None)
            signal.raise_signal(number)
        elif self.under_way is not None:
            self.under_way.cancel()


@contextmanager
def signals_go_to(handler: Handler) -> Iterator[None]:
    """Whoever else catches them meanwhile gives them back to it."""
    try:
        before = {each: signal.signal(each, handler) for each in SIGNALS}
    except ValueError:  # not the main thread: no signals come here
        before = {}
    try:
        yield
    finally:
        for each, earlier in before.items():
            signal.signal(each, earlier)


def undisturbed() -> AbstractContextManager[None]:
    """For the moment reports are being written, signals wait."""
    return signals_go_to(signal.SIG_IGN)
