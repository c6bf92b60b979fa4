"""Whatever limits an honest target has, nothing of bulk requests or versions is wrong with it."""

import json
from pathlib import Path

import httpx
import pytest
from playing import BASE_URL, TOKEN, Play, play, specifying

from reference_server.app import application
from reference_server.settings import Limits, Settings, Token
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.engine.run_state import State
from scim_tests.model.verdict import Verdict

FEW, SMALL = {"max_bulk_operations": 5}, {"max_payload_size": 20_000}
TOO_FEW, TOO_SMALL = {"max_bulk_operations": 3}, {"max_payload_size": 6_000}
LIMITS = [
    (FEW, {"too_many"}), (SMALL, {"too_large"}), (FEW | SMALL, {"too_many", "too_large"}),
    ({"max_bulk_operations": 5_000}, set()), (TOO_FEW, None), (TOO_SMALL, None),
]  # fmt: skip


@pytest.mark.parametrize(("limits", "steps"), LIMITS, ids=lambda each: str(sorted(each or ())))
def test_limits_are_kept_and_passed_where_that_is_no_burden(
    limits: dict[str, int], steps: set[str] | None, tmp_path: Path
) -> None:
    """Each limit that is small is passed once; where too little fits in, no bulk request is sent."""
    app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL, limits=Limits(**limits)))
    done = play(
        httpx.ASGITransport(app),
        tmp_path / "ledger.jsonl",
        profile=specifying("send_bulk", "keep_versions"),
        judge=Judge(catalogue()),
    )
    scene = next(each for each in done.conductor.scene_runs if each.scene.name == "send_bulk")
    sent = {each.step.partition(".")[2] for each in scene.exchanges}
    assert sent & {"too_many", "too_large"} == (steps or set())
    assert (scene.state is State.PLAYED) is (steps is not None)
    assert ("make" in sent) is (steps is not None)
    assert _wrong(done) == {}


class Modest(httpx.AsyncBaseTransport):
    """A target that has neither bulk requests nor versions nor PATCH, as it says, and has no /Schemas."""

    def __init__(self, *features: str) -> None:
        self._honest = httpx.ASGITransport(application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL)))
        self._features = features

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for name in ("If-Match", "If-None-Match") if "etag" in self._features else ():
            request.headers.pop(name, None)
        answer = await self._honest.handle_async_request(request)
        if not request.url.path.endswith("/ServiceProviderConfig"):
            return answer
        config = json.loads(await answer.aread())
        for each in self._features:
            config[each]["supported"] = False
        return httpx.Response(200, headers={"Content-Type": "application/scim+json"}, json=config)


@pytest.mark.parametrize("features", [("etag",), ("patch",), ("bulk", "etag", "patch")], ids=str)
def test_what_is_not_advertised_is_not_asked(features: tuple[str, ...], tmp_path: Path) -> None:
    """No failure and no advice comes of it, and of bulk requests none leaves."""
    transport = Modest(*features)
    done = play(transport, tmp_path / "ledger.jsonl", profile=specifying(), judge=Judge(catalogue()))
    assert _wrong(done) == {}
    bulky = [each for each in done.conductor.transcript if each.request.path == "/Bulk"]
    assert bool(bulky) is ("bulk" not in features)


def _wrong(done: Play) -> dict[str, Verdict]:
    return {
        each.check.id: each.verdict for each in done.results if each.verdict in {Verdict.FAIL, Verdict.ADVICE}
    }
