"""Recorded traffic as an enemy would write it: whatever stands in it, it is judged, and no secret of it is kept.

What it writes is in `hostile`. `EXAMPLES=1000` looks longer than the suite does.
"""

import asyncio
import os
import re
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from hostile import Json, conversations, recordings, told_in
from hypothesis import given, settings

from scim_tests.commands.record import LiveJudging
from scim_tests.errors import UsageError
from scim_tests.record.masking.mask import of_recorded
from scim_tests.session.finish import finish
from scim_tests.traffic.judge import as_kept, judge_file, judged
from scim_tests.traffic.proxy import Proxy
from scim_tests.traffic.tape import HarTape

EXAMPLES = int(os.environ.get("EXAMPLES", "4"))
tried = settings(max_examples=EXAMPLES)


OVER_A_CHECK = re.compile(r"was not judged by|not recognised|No request was recognised|is not kept")


@tried
@given(recordings())
def test_whatever_is_recorded_is_judged_and_no_secret_is_kept(recorded: tuple[str, list[str]]) -> None:
    """A usage error or a report; no check breaks, no exchange is lost over us, and no byte tells a secret."""
    text, secrets = recorded
    with TemporaryDirectory() as place:
        path = Path(place) / "some.har"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        folder = Path(place) / "out"
        with suppress(UsageError):
            record, _ = judge_file(path, None, str(folder), strict=False, keep_personal_data=False)
            assert [each.id for each in record.checks if each.verdict == "broken"] == []
            forged = '"_step"' in text  # as what it is not, so that a check may read what is not there
            assert forged or [each for each in record.not_looked_at if OVER_A_CHECK.search(each)] == []
        assert told_in(folder, secrets) == []


@tried
@given(conversations())
def test_whatever_comes_through_the_tunnel_is_passed_on_and_no_secret_is_kept(
    conversation: tuple[list[Json], list[str]],
) -> None:
    """Every answer is the target's, byte for byte; the tape and the reports hold all of it and no secret."""
    entries, secrets = conversation
    with TemporaryDirectory() as place:
        asyncio.run(passed_through(entries, Path(place)))
        assert told_in(Path(place), secrets) == []


class Target(httpx.AsyncBaseTransport):
    """Answers as an entry says, and remembers what it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, Json] = {}
        self.sent = b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent = await request.aread()
        headers = [(each["name"], each["value"]) for each in self.answers["headers"]]
        return httpx.Response(
            self.answers["status"], headers=headers, stream=httpx.ByteStream(body(self.answers, "content"))
        )


def body(message: Json, name: str) -> bytes:
    return str(message.get(name, {}).get("text", "")).encode(errors="replace")


async def passed_through(entries: list[Json], folder: Path) -> None:
    """The conversation, one exchange after the other, and what is left of it in the folder."""
    mask, problems, target = of_recorded(), [], Target()
    base_url = re.split("/(?:Users|Groups|Service|Schemas|Resource)", entries[0]["request"]["url"])[0]
    base_url = re.sub("//.*@", "//", base_url)
    tape = HarTape(base_url, folder / "recording.har", mask)
    proxy = Proxy(base_url, tape, LiveJudging(None).saw, problems.append)
    proxy._transport = target  # type: ignore[assignment] -- in place of the network
    for entry in entries:
        target.answers = entry["response"]
        assert await through(proxy, entry["request"]) == (
            entry["response"]["status"],
            body(entry["response"], "content"),
        )
        assert target.sent == body(entry["request"], "postData")
    await proxy.close()
    tape.close()
    assert problems == []
    recording = tape.recording()
    if recording.entries:
        record = finish(as_kept(judged(recording), mask), folder, with_page=False)
        assert [each.id for each in record.checks if each.verdict == "broken"] == []
        assert [each for each in record.not_looked_at if OVER_A_CHECK.search(each)] == []


async def through(proxy: Proxy, request: Json) -> tuple[int, bytes]:
    """The answer the client gets."""
    path, _, query = request["url"].partition("://")[2].partition("/")[2].partition("?")
    scope = {
        "type": "http",
        "method": request["method"],
        "raw_path": f"/{path}".encode(errors="replace"),
        "query_string": query.encode(errors="replace"),
        "headers": [(each["name"].lower().encode(), each["value"].encode()) for each in request["headers"]],
    }
    said: list[Json] = []

    async def receive() -> Json:
        return {"type": "http.request", "body": body(request, "postData"), "more_body": False}

    async def send(message: Json) -> None:
        said.append(message)

    await proxy(scope, receive, send)
    return said[0]["status"], said[1]["body"]
