"""What leaves is what the step says, to the byte; what comes back is an answer or one sentence."""

import asyncio
import base64
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from scim_tests.model.act import Step
from scim_tests.model.exchange import PASSWORD, TOKEN, Heard
from scim_tests.model.slots import PASSWORD_SLOT, TOKEN_SLOT
from scim_tests.personas.play import FORMS
from scim_tests.wire import client
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

Converse = Callable[..., tuple[list[Heard], bytes]]

OKTA = (
    ("User-Agent", "Okta SCIM Client 1.0.0"),
    ("Authorization", f"Bearer {TOKEN_SLOT}"),
    ("accept", "application/scim+json"),
    ("Connection", "Keep-Alive"),
)
GET = Step("read", "GET", "/Users/1", OKTA)
ANN = "scim-tests.unittest.ann@example.com"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def answering(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def test_sends_exactly_the_step(converse: Converse) -> None:
    """Request line and headers leave in the step's order and letter case, Host first, nothing added."""
    _, received = converse(OK, GET, vault=Vault("s3cret-token", ""))
    lines = received.decode().split("\r\n")
    assert lines[0] == "GET /scim/v2/Users/1 HTTP/1.1"
    assert lines[1].startswith("Host: 127.0.0.1:")
    assert lines[2:] == [
        "User-Agent: Okta SCIM Client 1.0.0",
        "Authorization: Bearer s3cret-token",
        "accept: application/scim+json",
        "Connection: Keep-Alive",
        "",
        "",
    ]


def test_fills_in_the_length_that_only_it_knows(converse: Converse) -> None:
    """Content-Length stands where the step has it without a value, and is that of what leaves."""
    headers = (("Content-Length", ""), ("Connection", "Keep-Alive"))
    create = Step(
        "create", "POST", "/Users", headers, f'{{"password":"{PASSWORD_SLOT}"}}'.encode(), creates=ANN
    )
    _, received = converse(OK, create, vault=Vault("s3cret-token", "8letters"))
    lines = received.decode().split("\r\n")
    sent = '{"password":"8letters"}'
    assert lines[2] == f"Content-Length: {len(sent)}"
    assert lines[3:] == ["Connection: Keep-Alive", "", sent]


@pytest.mark.parametrize(
    "target",
    [
        "/Users?filter=userName%20eq%20%22a.b%40example.com%22&startIndex=1&count=100",
        "/Users?filter=userName+eq+%22a%2Bb%40example.com%22",
        "/Users?filter=userName%20eq%20%22o%27brien%22&attributes='y'|[]{}~!$;@:",
        "/Users/a%2Fb%2e%2E%7e?",
        "/Users/a..b?filter=/../b",
        "/Users?filter=`\\^",
    ],
)
def test_does_not_encode_again(converse: Converse, target: str) -> None:
    """Path and query arrive byte for byte as the step has them."""
    _, received = converse(OK, Step("lookup", "GET", target, OKTA))
    assert received.split(b"\r\n")[0] == f"GET /scim/v2{target} HTTP/1.1".encode()


def test_sends_the_body(converse: Converse) -> None:
    """A body leaves with the password in it, and Content-Length counts what really left."""
    step = Step(
        "create", "POST", "/Users", OKTA, json.dumps({"password": PASSWORD_SLOT}).encode(), creates=ANN
    )
    heard, received = converse(OK, step, vault=Vault("", "x7Kp2LqZ"))
    head, _, body = received.partition(b"\r\n\r\n")
    assert body == b'{"password": "x7Kp2LqZ"}'
    assert head.endswith(b"Content-Length: 24")
    assert heard[0].request.header("Content-Length") == "24"
    assert heard[0].request.body == json.dumps({"password": PASSWORD}).encode()


def test_keeps_no_secret(converse: Converse) -> None:
    """What is heard holds placeholders where the target echoes secrets, in headers and body."""
    echo = b'{"seen": "Bearer s3cret-token", "password": "x7Kp2LqZ"}'
    heard, _ = converse(answering(echo, "X-Echo: s3cret-token"), GET, vault=Vault("s3cret-token", "x7Kp2LqZ"))
    answer = heard[0].answer
    assert answer is not None
    assert answer.body.decode() == f'{{"seen": "Bearer {TOKEN}", "password": "{PASSWORD}"}}'
    assert answer.header("X-Echo") == TOKEN
    assert "s3cret" not in repr(heard)


@pytest.mark.parametrize(
    "name", ["X-s3cret-token-1", "X-S3CRET-TOKEN-1", base64.b32encode(b"s3cret-token-1").decode()[:-2]]
)
def test_keeps_no_secret_in_the_name_of_a_header(converse: Converse, name: str) -> None:
    """A header that is called after the token, in capitals or in a code, is kept by another name, with its value."""
    heard, _ = converse(answering(b"{}", f"{name}: 1"), GET, vault=Vault("s3cret-token-1", ""))
    assert heard[0].answer is not None
    assert [(name, value) for name, value in heard[0].answer.headers if value == "1"] in (
        [(f"X-{TOKEN}", "1")],
        [(TOKEN, "1")],
    )


def test_keeps_no_secret_that_json_escapes(converse: Converse) -> None:
    """What reading the body as JSON and writing it again would bring to light is hidden before."""
    escaped = "".join(f"\\u{ord(each):04X}" for each in "s3cret-token")
    heard, _ = converse(answering(f'{{"seen": "{escaped}"}}'.encode()), GET, vault=Vault("s3cret-token", ""))
    assert heard[0].answer is not None
    assert heard[0].answer.parsed == {"seen": TOKEN}


def test_keeps_a_connection(converse: Converse) -> None:
    """Steps after one another share a connection, and each is heard."""
    heard, received = converse(OK, GET, GET, GET, closes=False)
    assert [each.answer and each.answer.status for each in heard] == [200, 200, 200]
    assert received.count(b"GET /scim/v2/Users/1") == 3


def test_follows_no_redirect(converse: Converse) -> None:
    """A redirect is an answer like any other, also where its Location is no URL at all."""
    heard, received = converse(answering(b"", "Location: http://[", status="302 Found"), GET)
    assert heard[0].answer is not None
    assert (heard[0].answer.status, heard[0].answer.header("Location")) == (302, "http://[")
    assert received.count(b"GET ") == 1


def test_keeps_no_cookie(converse: Converse) -> None:
    """A cookie that the target sets is not sent back, and its value is not kept."""
    heard, received = converse(answering(b"", "Set-Cookie: a=s3cret=; Path=/"), GET, GET)
    assert b"cookie" not in received.lower()
    assert heard[0].answer is not None
    assert heard[0].answer.header("Set-Cookie") == "a=$HIDDEN; Path=/"


def test_keeps_headers_as_they_came(converse: Converse) -> None:
    """An answer's headers are kept in order and letter case, repeated ones and odd bytes too."""
    odd = b"HTTP/1.1 200 OK\r\nx-B: 1\r\nX-a: \xe9\r\nx-b: \xc3\xa9\r\nContent-Length: 0\r\n\r\n"
    heard, _ = converse(odd, GET)
    assert heard[0].answer is not None
    assert heard[0].answer.headers == (("x-B", "1"), ("X-a", "é"), ("x-b", "é"), ("Content-Length", "0"))


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("DEFLATE", bare_deflate),
        ("x-gzip", gzip.compress),
    ],
)
def test_decodes(converse: Converse, coding: str, pack: Callable[[bytes], bytes]) -> None:
    """Gzip and deflate bodies, bare deflate too, are kept decoded, secrets hidden inside."""
    packed = pack(b'{"token": "s3cret-token"}')
    heard, _ = converse(
        answering(packed, f"Content-Encoding: {coding}"), GET, vault=Vault("s3cret-token", "")
    )
    assert heard[0].answer is not None
    assert heard[0].answer.body.decode() == f'{{"token": "{TOKEN}"}}'


def test_leaves_unknown_codings_alone(converse: Converse) -> None:
    """A coding nobody asked for is no failure of the wire: the body is kept as it came."""
    heard, _ = converse(answering(b"\x0b\x02\x80", "Content-Encoding: br"), GET)
    assert heard[0].answer is not None
    assert heard[0].answer.body == b"\x0b\x02\x80"


def test_hears_interim_answers_and_old_http(converse: Converse) -> None:
    """1xx answers are passed over, and an HTTP/1.0 body that ends with the connection is whole."""
    heard, _ = converse(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.0 200 OK\r\n\r\n{}", GET)
    assert heard[0].answer is not None
    assert heard[0].answer.body == b"{}"


def test_connections_are_bounded(ledger: Ledger) -> None:
    """No more requests are under way at once than there may be connections, and all are heard."""
    under_way, most = 0, 0

    async def respond(_: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return httpx.Response(200)

    async def play() -> list[Heard]:
        transport = httpx.MockTransport(respond)
        async with Client(
            "http://t.example", Vault("", ""), ledger=ledger, connections=2, transport=transport
        ) as client:
            return await asyncio.gather(*(client.send(GET, FORMS) for _ in range(9)))

    assert len(asyncio.run(play())) == 9
    assert most == 2


def test_only_some_answers_may_be_longer_than_is_usual(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together they may be so much longer, which short answers do not add to; a page that is asked for may be long."""
    monkeypatch.setattr(client, "USUAL", 10)
    monkeypatch.setattr(client, "SPARE", 15)

    async def play() -> list[bool]:
        transport = httpx.MockTransport(
            lambda asked: httpx.Response(200, text="x" * int(asked.url.path[-2:]))
        )
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as target:
            lengths = [*["01"] * 3, "20", "20", "11", "10"]
            steps = [Step("read", "GET", f"/Users/{length}", ()) for length in lengths]
            steps.append(Step("page", "GET", "/Users/99", (), bulky=True))
            return [(await target.send(step, FORMS)).answer is not None for step in steps]

    assert asyncio.run(play()) == [True, True, True, True, True, False, True, True]


def test_a_request_begins_when_it_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a connection has not begun yet: neither its start nor its time counts that."""
    now = 1000.0

    async def late(request: httpx.Request) -> httpx.Response:
        nonlocal now
        now += 5  # of waiting
        await request.extensions["trace"]("http11.send_request_headers.started", {})
        now += 1
        return httpx.Response(200, json={})

    async def ask() -> Heard:
        ledger, transport = Ledger(tmp_path / "ledger.jsonl"), httpx.MockTransport(late)
        async with Client(
            "http://t.example", Vault("t", "p"), ledger=ledger, timeout=9, transport=transport
        ) as c:
            return await c.send(GET, FORMS)

    for clock in ("time", "perf_counter"):
        monkeypatch.setattr(f"scim_tests.wire.client.time.{clock}", lambda: now)
    heard = asyncio.run(ask())
    assert (heard.started, heard.seconds) == (1005, 1)
