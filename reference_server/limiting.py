"""A limit on the requests of each tenant, answered with 429 and the seconds to wait (RFC 6585 section 4)."""

import math
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.authentication import ANYBODY
from reference_server.errors import ScimError
from reference_server.messages import respond_error
from reference_server.paragraphs import Paragraph


class RateLimit:
    """A bucket of requests for each tenant, refilled evenly; a second's worth may be sent at once."""

    def __init__(self, app: ASGIApp, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.app = app
        self.per_second = per_second
        self.clock = clock
        self.buckets: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Goes on, or answers 429 with Retry-After in whole seconds, rounded up."""
        wait = self._wait(scope.get("caller", ANYBODY).tenant) if scope["type"] == "http" else 0.0
        if wait:
            refusal = ScimError(
                429, "too many requests", Paragraph.RATE_LIMIT, headers={"Retry-After": str(math.ceil(wait))}
            )
            await respond_error(refusal)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _wait(self, tenant: str) -> float:
        """Take a request from the tenant's bucket; the seconds until there is one, if there is none."""
        moment = self.clock()
        left, before = self.buckets.get(tenant, (float(self.per_second), moment))
        left = min(left + (moment - before) * self.per_second, self.per_second)
        enough = left >= 1
        self.buckets[tenant] = (left - 1 if enough else left, moment)
        return 0.0 if enough else (1 - left) / self.per_second
