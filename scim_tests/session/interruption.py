"""Ctrl-C, the signal by which a CI job is cancelled, and a button of a page: what was seen is never lost.

The first asking ends the play, and whom the run made is removed; the second one leaves them where they
are; either way the reports are written. A third signal ends everything at once.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from threading import RLock
from types import FrameType, TracebackType
from typing import Self

from scim_tests.engine.listener import Listener

SIGNALS = (signal.SIGINT, signal.SIGTERM)
Handler = Callable[[int, FrameType | None], None] | signal.Handlers


class Stop:
    """Asks one run to end, from any thread and from a signal handler, before it begins or while it is played."""

    MOST = 2  # what a third Ctrl-C does ends the process, and others live in it

    def __init__(self) -> None:
        self.times = 0
        self._lock = RLock()  # a signal may come while a page of the same thread asks
        self._tell: Callable[[], object] | None = None

    def ask(self) -> None:
        """What the first Ctrl-C does; asked once more, what the second one does; never more than that."""
        with self._lock:
            if self.times < self.MOST:
                self.times += 1
                if self._tell:
                    self._tell()

    @contextmanager
    def heard_by(self, tell: Callable[[], object]) -> Iterator[None]:
        """Each asking is told, those of before at once; `tell` must not block, since whoever asks waits for it."""
        with self._lock:
            for _ in range(self.times):
                tell()
            self._tell = tell
        try:
            yield
        finally:
            with self._lock:
                self._tell = None


class Interruption:
    """While it is entered, each signal and each asking of `stop` ends what is under way instead of the process.

    The first ends the first work, the second the next one, too.
    """

    def __init__(self, listener: Listener, stop: Stop | None = None) -> None:
        self.listener = listener
        self.stop = stop or Stop()
        self.times = 0
        self.too_long = False
        self._works = 0
        self._under_way: asyncio.Future[None] | None = None
        self._entered = ExitStack()

    async def may_end(self, work: Coroutine[None, None, None]) -> None:
        """Do this until it is over or is asked to end; it always begins, and so it ends in order."""
        self._works += 1
        under_way = asyncio.ensure_future(work)
        await asyncio.sleep(0)
        self._under_way = under_way
        self._end_if_asked()
        with suppress(asyncio.CancelledError):
            await under_way

    async def may_take(self, seconds: float, work: Coroutine[None, None, None]) -> None:
        """Do this until it is over, is asked to end, or `seconds` have passed; the last sets `too_long`."""
        ending = asyncio.get_running_loop().call_later(seconds, self._took_too_long)
        await self.may_end(work)
        ending.cancel()

    def _took_too_long(self) -> None:
        self.too_long = True
        if self._under_way is not None:
            self._under_way.cancel()

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        with suppress(
            NotImplementedError, RuntimeError, ValueError
        ):  # not everywhere, and not in every thread
            for each in SIGNALS:
                loop.add_signal_handler(each, self._signalled, each)
        self._entered.enter_context(self.stop.heard_by(lambda: loop.call_soon_threadsafe(self._asked)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered.close()
        self._leave_signals()

    def _leave_signals(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for each in SIGNALS:
                loop.remove_signal_handler(each)

    def _signalled(self, number: signal.Signals) -> None:
        self._asked()
        if self.times > Stop.MOST:
            self._leave_signals()
            signal.raise_signal(number)

    def _asked(self) -> None:
        self.times += 1
        self.listener.interrupted(self.times)
        self._end_if_asked()

    def _end_if_asked(self) -> None:
        if self.times >= self._works and self._under_way is not None:
            self._under_way.cancel()


@contextmanager
def signals_go_to(handler: Handler, signals: Sequence[signal.Signals] = SIGNALS) -> Iterator[None]:
    """Whoever else catches them meanwhile gives them back to it."""
    try:
        before = {each: signal.signal(each, handler) for each in signals}
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
