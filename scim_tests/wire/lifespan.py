"""Starts an ASGI app before the first request and ends it after the last (ASGI, lifespan protocol 2.0)."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from scim_tests.errors import TargetError
from scim_tests.wire.raised import Raised, told

PATIENCE = 60.0  # seconds for the start, and for the end


class Lifespan:
    """One app's; `state` is what the app puts there for its requests. An app that does not know of it is only called."""

    def __init__(self, app: Any, raised: Raised) -> None:
        self.state: dict[str, Any] = {}
        self._is_known = False
        self._app = app
        self._raised = raised

    async def start(self) -> None:
        """TargetError `app-not-started` where the app says that it did not start, or says nothing for too long."""
        self._events: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._said: asyncio.Queue[str] = asyncio.Queue()
        self._under_way = asyncio.create_task(self._live())
        try:
            async with asyncio.timeout(PATIENCE):
                said = await self._tell("startup")
                self._is_known = said == "lifespan.startup.complete"
                if said != "lifespan.startup.failed":
                    return
                error = await self._under_way
        except TimeoutError:
            raise _not_started(f" within {PATIENCE:g} s") from None
        raise _not_started(f": {told(error)}" if error else "") from error

    async def end(self) -> None:
        """End what was started; what goes wrong then is noted."""
        if not self._is_known:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._tell("shutdown")
                error = await self._under_way
        except TimeoutError as late:
            error = late
        if error:
            self._raised.note(error)

    async def _tell(self, event: str) -> str:
        """What the app says to it; nothing, where it is over instead."""
        self._events.put_nowait({"type": f"lifespan.{event}"})
        return await self._said.get()

    async def _live(self) -> BaseException | None:
        """The one call that lasts as long as the app. What it raises before it has started says that it knows no lifespan."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._events.get, self._hear)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the app's
            return error
        finally:
            self._said.put_nowait("")
        return None

    async def _hear(self, message: MutableMapping[str, Any]) -> None:
        self._said.put_nowait(message["type"])


def _not_started(why: str) -> TargetError:
    return TargetError(
        "app-not-started", f"The app did not start{why}.", "It has to start as under any server."
    )
