"""Whatever a target says, a run ends with verdicts and reports: nothing of ours breaks over it."""

import asyncio
import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from playing import BASE_URL, PASSWORD, TOKEN, reference_transport

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.model.profile import Profile
from scim_tests.model.record import RunInfo, RunRecord, TargetInfo
from scim_tests.model.scim import GROUP, USER, Json
from scim_tests.personas.play import deferred_clean_up, scenes
from scim_tests.record.masking.mask import Mask
from scim_tests.record.masking.ours import of_a_run
from scim_tests.report.html import page
from scim_tests.session.finish import finish, recorded
from scim_tests.session.journal import Beginning, Journal, read
from scim_tests.session.removing import clean_up
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import State
from scim_tests.wire.vault import Vault

CONVERSATIONS = int(os.environ.get("CONVERSATIONS", "16"))  # `make soak` asks for more
PARTS = max(4, CONVERSATIONS // 50)  # so that they are spread over the cores
NASTY: list[Json] = [
    None, True, 0, -1, 1.5, 10**400, "", " ", "\x1b[2J", "\x00", "\ud800", "<script>alert(1)</script>", "=1+1",
    "../../etc/passwd", "a/b", "..", ".", 'a"b', "a\nb", "a\\", "%2e%2e", "x" * 100_000, [], {}, [[]], [None],
    {"value": None}, [{"value": []}], "2026-13-45T99:99:99Z",
]  # fmt: skip
BODIES: list[bytes] = [
    b"", b" ", b"null", b"[]", b"{}", b'""', b"0", b"NaN", b'{"a":NaN}', b"{", b"\xff\xfe", b"\x00" * 9,
    b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 800 + b"1" + b"}" * 800, b'{"id":"1","a":' + b"[" * 600 + b"]" * 600 + b"}", b'{"totalResults":' + b"9" * 1_000_000 + b"}", b'{"id":1,"id":2}',
    b"<html><script>alert(1)</script>", b"\xef\xbb\xbf{}", '{"a":1}'.encode("utf-16"), b'{"Resources":{"a":[]}}',
    b'{"schemas":"x","Resources":[null,1,"a",[],{"id":null}],"totalResults":"many"}', b"\x1f\x8b\x08nonsense",
]  # fmt: skip
HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-type", b"text/html"), (b"content-type", b"application/json; charset=utf-16"), (b"content-type", b""),
    (b"content-encoding", b"gzip"), (b"content-encoding", b"deflate"), (b"content-encoding", b"br"),
    (b"location", b"https://elsewhere.example.com/Users/1"), (b"location", b"\xff\xfe"), (b"location", b""),
    (b"set-cookie", b"session=1"), (b"retry-after", b"-1"), (b"retry-after", b"9" * 5000), (b"x-huge", b"h" * 60_000),
    (b"etag", b"\x1b[31m"), (b"www-authenticate", b"Basic"),
]  # fmt: skip
STATUSES = (
    200,
    201,
    202,
    204,
    206,
    299,
    301,
    302,
    307,
    400,
    401,
    403,
    404,
    405,
    409,
    412,
    413,
    418,
    429,
    500,
    501,
    503,
    599,
)
FILES = {
    "ledger.jsonl", "journal.jsonl", "run.json", "summary.md", "junit.xml", "results.sarif", "badge.svg", "import.csv",
    "exchanges.har", "reproduce",
}  # fmt: skip
ERRORS = (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ConnectError, httpx.WriteError)


class Guarded(httpx.AsyncBaseTransport):
    """The reference server with somebody on it already; `wrong` tells of each request that writes to what the run did not make."""

    def __init__(self) -> None:
        self.inner = reference_transport()
        self.made: set[str] = set()  # `/Users/<id>` and `/Groups/<id>`
        self.before: dict[str, Json] = {}
        self.wrong: list[str] = []

    async def settle(self) -> None:
        """A person and a group who are there before the run."""
        for kind, resource in (
            ("Users", {"schemas": [USER], "userName": "a.real.person@example.org"}),
            ("Groups", {"schemas": [GROUP], "displayName": "Finance"}),
        ):
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
            request = httpx.Request("POST", f"{BASE_URL}/{kind}", headers=headers, json=resource)
            answer = await self.inner.handle_async_request(request)
            self.before[kind] = json.loads(await answer.aread())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().removeprefix("/scim/v2").partition("?")[0]
        target, sent = unquote(path), (await request.aread()).decode(errors="replace")
        if request.method in {"PUT", "PATCH", "DELETE"} and not self._may_be_ours(path):
            self.wrong.append(f"{request.method} {target}")
        if target.startswith("/Groups") and request.method != "GET" and self.before["Users"]["id"] in sent:
            self.wrong.append(f"{request.method} {target} with a stranger as a member")
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        if request.method == "POST" and answer.status_code == 201 and target in {"/Users", "/Groups"}:
            self.made.add(f"{target}/{json.loads(body)['id']}")
        return answer

    def _may_be_ours(self, path: str) -> bool:
        """One resource that the run made, or that a lie of the target made up; never one that was there before."""
        strangers = {f"/{kind}/{each['id']}" for kind, each in self.before.items()}
        _, kind, *named = path.split("/")
        one = len(named) == 1 and unquote(named[0]).strip() not in {"", ".", ".."}
        return unquote(path) in self.made or (kind in self.before and one and unquote(path) not in strangers)


class Liar(httpx.AsyncBaseTransport):
    """The reference server, some of whose answers are bent at random; whoever was on it before is sometimes shown in place of others."""

    def __init__(self, chance: random.Random) -> None:
        self.honest = Guarded()
        self.chance = chance
        self.rate = chance.choice((0.02, 0.1, 0.5, 1.0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.honest.handle_async_request(request)
        await answer.aread()
        if self.chance.random() > self.rate:
            return _like(answer)
        bend: Callable[[httpx.Response], httpx.Response] = self.chance.choice(
            (
                self._body,
                self._value,
                self._value,
                self._value,
                self._stranger,
                self._stranger,
                self._status,
                self._header,
                self._cut,
                self._fail,
            )
        )
        return bend(answer)

    def _body(self, answer: httpx.Response) -> httpx.Response:
        return _like(answer, content=self.chance.choice(BODIES))

    def _value(self, answer: httpx.Response) -> httpx.Response:
        """One value of the JSON body, at any level, is another one or gone."""
        try:
            document = answer.json()
        except ValueError:
            return self._body(answer)
        return _like(answer, content=json.dumps(self._bent(document)).encode())

    def _stranger(self, answer: httpx.Response) -> httpx.Response:
        """Somebody else's id, or somebody else altogether, in place of whom the answer shows."""
        try:
            document = answer.json()
        except ValueError:
            return _like(answer)
        shown = document.get("Resources", [document]) if isinstance(document, dict) else []
        for each in shown:
            kind = "Groups" if "displayName" in each and "userName" not in each else "Users"
            stranger = self.honest.before[kind]
            each.update({"id": stranger["id"]} if self.chance.random() < 0.5 else stranger)
        return _like(answer, content=json.dumps(document).encode())

    def _bent(self, value: Json) -> Json:
        if not isinstance(value, dict | list) or not value or self.chance.random() < 0.15:
            return self.chance.choice(NASTY)
        key = self.chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if self.chance.random() < 0.15:
            del value[key]
        else:
            value[key] = self._bent(value[key])
        return value

    def _status(self, answer: httpx.Response) -> httpx.Response:
        return _like(answer, status=self.chance.choice(STATUSES))

    def _header(self, answer: httpx.Response) -> httpx.Response:
        return _like(answer, header=self.chance.choice(HEADERS))

    def _cut(self, answer: httpx.Response) -> httpx.Response:
        return _like(answer, content=answer.content[: self.chance.randrange(len(answer.content) + 1)])

    def _fail(self, _: httpx.Response) -> httpx.Response:
        raise self.chance.choice(ERRORS)("it went away")


def _like(
    answer: httpx.Response,
    *,
    status: int = 0,
    content: bytes | None = None,
    header: tuple[bytes, bytes] | None = None,
) -> httpx.Response:
    given = header[0] if header else b"content-length"
    headers = [each for each in answer.headers.raw if each[0].lower() not in {b"content-length", given}]
    stream = httpx.ByteStream(answer.content if content is None else content)
    return httpx.Response(
        status or answer.status_code, headers=[*headers, *([header] if header else [])], stream=stream
    )


def profile() -> Profile:
    """Short, so that many conversations are had: few people, few pages."""
    short = profiles.load("okta")
    limits = replace(
        short.limits, new_users=3, crowd=0, import_pages=3, longest_wait=0.0, small_page_requests=2
    )
    return replace(short, limits=limits)


def told(chance: random.Random, folder: Path) -> RunRecord:
    """A conversation with a liar, down to every report."""
    ledger = Ledger(folder / "ledger.jsonl")
    run = RunInfo("fuzzfuzz", 1, datetime.now(UTC).isoformat(), 0.0, 4, strict=False, version="0")
    ids = [each.id for each in catalogue()]
    target = TargetInfo(BASE_URL, bundled=False)
    beginning = Beginning(run, target, profiles.text("okta"), ids, "cosmetic", [])
    play_of_it = scenes(profile(), "fuzzfuzz", 1)
    journal = Journal(folder, beginning, Mask(of_a_run("fuzzfuzz", play_of_it, (), ledger.owns)))
    judge = Judge(catalogue())

    liar = Liar(chance)
    killed = chance.random() < 0.5

    async def play() -> None:
        await liar.honest.settle()
        async with Client(BASE_URL, Vault(TOKEN, PASSWORD), ledger=ledger, transport=liar) as client:
            conductor = Conductor(client.send, judge, Silence(), parallel=4, sink=journal)
            await conductor.play(play_of_it)
            if not killed:
                await clean_up(conductor, profile(), ledger)
            judge.conclude(conductor.transcript)
            journal.ended(judge, conductor, 1.0)

    async def clean() -> None:
        """On a later day, from the file alone."""
        left = Ledger(ledger.path)
        ours = [(each.user_name, each.id) for each in left.entries() if each.state is not State.DISPUTED]
        async with Client(BASE_URL, Vault(TOKEN, PASSWORD), ledger=left, transport=liar) as client:
            conductor = Conductor(client.send, Judge([]), Silence(), parallel=1)
            await conductor.play(deferred_clean_up(profile(), ours, left.everybody()))
        assert conductor.broken == []

    asyncio.run(play())
    asyncio.run(clean())
    assert liar.honest.wrong == []
    record = recorded(read(folder), ledger)
    finish(record, folder, with_page=False)
    assert "<script>alert" not in page(record)
    return record


@pytest.mark.parametrize("part", range(PARTS))
def test_no_lie_breaks_a_run(
    part: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Conversations bent at random end in verdicts on the target, every report, and nothing that shows code or control characters.

    And whatever was shown, nothing was written to but what the run had made, and no stranger put into a group.
    """
    seed = int(os.environ.get("SEED", "1"))
    for number in range(part, CONVERSATIONS, PARTS):
        print(f"SEED={seed} conversation {number}")  # noqa: T201 -- to have it again
        folder = tmp_path / str(number)
        folder.mkdir()
        record = told(random.Random(f"{seed}-{number}"), folder)  # noqa: S311 -- no secret
        broken = [(each.id, each.findings[0].got) for each in record.checks if each.verdict == "broken"]
        assert broken == []
        assert "our act failed" not in json.dumps([scene.why for scene in record.scenes])
        for name in ("summary.md", "junit.xml", "results.sarif", "badge.svg", "import.csv"):
            assert "\x1b" not in (folder / name).read_text(encoding="utf-8")
        assert {each.name for each in folder.iterdir()} <= FILES
        assert {each.name for each in tmp_path.iterdir()} <= {str(each) for each in range(CONVERSATIONS)}
        assert {each.stem for each in folder.glob("reproduce/*")} <= {each.id for each in catalogue()}
        cells = (folder / "import.csv").read_text(encoding="utf-8").replace("\n", ",").split(",")
        assert not [cell for cell in cells if cell.lstrip('"').startswith(("=", "+", "@"))]
    record_property("conversations with a liar", len(range(part, CONVERSATIONS, PARTS)))
