"""A target that goes away in the middle is one root cause, not a hundred failures."""

from pathlib import Path

import httpx
import pytest
from playing import play, reference_transport

from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.engine.results import causes
from scim_tests.model.scim import ERROR
from scim_tests.model.verdict import Verdict

SEEN = 100  # requests that are answered before it goes away


class Away(httpx.AsyncBaseTransport):
    """The reference server, which after a while is only a status of the gateway before it, or nothing."""

    def __init__(self, then: int | type[httpx.TransportError]) -> None:
        self.inner = reference_transport()
        self.then = then
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.asked <= SEEN:
            return await self.inner.handle_async_request(request)
        if isinstance(self.then, int):
            said = {"schemas": [ERROR], "status": str(self.then), "detail": "Nobody is there."}
            return httpx.Response(self.then, json=said, headers={"Content-Type": "application/scim+json"})
        raise self.then("gone", request=request)


@pytest.mark.parametrize(
    ("then", "cause", "most"),
    [
        (httpx.ConnectError, "every_answer.arrives", 1),
        (httpx.ReadError, "every_answer.arrives", 1),
        (httpx.ReadTimeout, "every_answer.arrives", 1),
        (502, "every_answer.is-no-server-error", 20),
        (503, "every_answer.is-no-server-error", 20),
    ],
)
def test_an_outage_has_one_root_cause(
    then: int | type[httpx.TransportError], cause: str, most: int, tmp_path: Path
) -> None:
    """What cannot be judged any more is blocked, whatever is red follows from the outage, and it alone is the cause."""
    done = play(Away(then), tmp_path / "ledger.jsonl", judge=Judge(catalogue()))
    assert [each.result.check.id for each in causes(done.results)] == [cause]
    verdicts = [each.verdict for each in done.results]
    assert verdicts.count(Verdict.FAIL) <= most
    assert verdicts.count(Verdict.BLOCKED) > 50
    assert verdicts.count(Verdict.BROKEN) == 0
