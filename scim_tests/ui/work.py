"""What is under way: one work at a time, in a thread, so that the pages answer meanwhile."""

from asyncio import wrap_future
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import ParamSpec, TypeVar

from scim_tests.errors import OwnError, ScimTestsError, UsageError, WriteError, told
from scim_tests.session.interruption import Stop
from scim_tests.session.report_folder import let_go, with_next_step

P = ParamSpec("P")
T = TypeVar("T")
STOPPED = UsageError(
    "stopped", "It was stopped, and nothing is left of it.", "Open the file again to judge it."
)


async def meanwhile(do: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What `do` gives, in a thread of its own which the end of the program does not wait for."""
    return await wrap_future(_begun(lambda: do(*arguments, **options)))


def unless_stopped(stop: Stop, do: Callable[[], T]) -> T:
    """What `do` gives, which only looks and writes nothing; UsageError at once where it is asked to stop before it is there."""
    future = _begun(do)
    with stop.heard_by(future.cancel):
        try:
            return future.result()
        except CancelledError:
            raise STOPPED from None


def _begun(do: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()

    def work() -> None:
        with suppress(InvalidStateError):  # nobody waits any more
            try:
                future.set_result(do())
            except Exception as error:  # noqa: BLE001 -- whoever waits gets it
                future.set_exception(error)

    Thread(target=work, daemon=True).start()
    return future


class Work:
    """`do` in a thread of its own, which a `Stop` ends in order. `outcome` is what it gave, `trouble` what ended it early."""

    def __init__(self, kind: str, folder: Path, do: Callable[[Stop], object]) -> None:
        self.kind = kind
        self.folder = folder
        self.outcome: object = None
        self.trouble: ScimTestsError | None = None
        self._do = do
        self._stop = Stop()
        self._thread = Thread(target=self._work, name=kind, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether all of it is done, its reports too."""
        return not self._thread.is_alive()

    @property
    def asked(self) -> int:
        """How often it was asked to stop."""
        return self._stop.times

    def stop(self) -> None:
        """End it in order; asked once more, it leaves whom it made where they are."""
        self._stop.ask()

    def wait(self) -> None:
        """Until it is over."""
        self._thread.join()

    def _work(self) -> None:
        try:
            self.outcome = self._do(self._stop)
        except WriteError as error:
            self.trouble = with_next_step(error, on_page=True)
        except ScimTestsError as error:
            self.trouble = error
        except Exception as error:  # noqa: BLE001 -- ours, and said in one sentence
            self.trouble = OwnError("own-error", told(error))
        finally:
            let_go()
