"""Whatever a target does instead of answering becomes one sentence, on a real socket."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import anyio
import h11
import httpcore
import httpx
import pytest
from searching import found_in

from scim_tests.model.act import Step
from scim_tests.model.exchange import TOKEN, Heard
from scim_tests.model.slots import TOKEN_SLOT
from scim_tests.personas.play import FORMS
from scim_tests.wire import failures
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Converse = Callable[..., tuple[list[Heard], bytes]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]

GET = Step("read", "GET", "/Users/1", (("Accept", "application/scim+json"),))
CLOSED = "The target closed the connection without an answer"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", CLOSED),
        (b"HTTP/1.1 200 O", CLOSED),
        (b"<html>hello</html>\r\n\r\n", "What came back is not HTTP: illegal status line"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "What came back is not HTTP: illegal header line"),
        (
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
            "What came back is not HTTP: Receive buffer too",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
            "It answered 200 OK, but the body broke off: peer closed connection without sending",
        ),
        (
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            "It answered 201 Created, but the body broke off: peer closed connection without",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "It answered 200 OK, but the body broke off: illegal chunk header",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{}",
            "It answered 200 OK, but its body is not gzip, as its Content-Encoding says.",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}" * 999, mtime=0)[:-9],
            "It answered 200 OK, but its gzip body breaks off.",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n\xff\xff\xff",
            "It answered 200 OK, but its body is not deflate, as its Content-Encoding says.",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(bytes(17 * 1024 * 1024), mtime=0),
            "It answered 200 OK, but its body is larger than 16 MiB, so it was not read to the end.",
        ),
    ],
)
def test_a_broken_answer_is_one_sentence(converse: Converse, answer: bytes, expected: str) -> None:
    """The sentence says what broke; the target was reached all the same."""
    (heard,), _ = converse(answer, GET)
    assert heard.answer is None
    assert heard.failure.startswith(expected)
    assert heard.failure.endswith(".")
    assert not heard.unreachable


def test_an_endless_body_is_not_read_to_the_end(converse: Converse) -> None:
    """A body that never ends is given up at the limit."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(1024 * 1024))
            await writer.drain()

    (heard,), _ = converse(answer, GET)
    assert (
        heard.failure
        == "It answered 200 OK, but its body is larger than 16 MiB, so it was not read to the end."
    )


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0)


async def greet_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()


async def close_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write_eof()
    await reader.read()


async def close_half_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
    writer.write_eof()
    await reader.read()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (close_half, CLOSED),
        (close_half_in_the_body, "It answered 200 OK, but the body broke off: peer closed connection"),
    ],
)
def test_a_target_that_only_listens_on_is_not_waited_for(
    converse: Converse, answer: Handler, expected: str
) -> None:
    """A connection whose other half the target keeps open says no more: that is known at once."""
    (heard,), _ = converse(answer, GET)
    assert heard.failure.startswith(expected)
    assert not heard.unreachable


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            say_nothing,
            "No answer came within 0.2 s; Okta waits 60 s.",
        ),
        (greet_for_ever, "No answer came within 0.2 s"),
        (drip, "It answered 200 OK, but the body did not end within 0.2 s."),
    ],
)
def test_no_request_waits_longer_than_the_limit(converse: Converse, answer: Handler, expected: str) -> None:
    """A silent, a dripping and a babbling target are all given up at the limit."""
    (heard,), _ = converse(answer, GET, timeout=0.2)
    assert heard.failure.startswith(expected)
    assert not heard.unreachable


def test_a_reset_is_one_sentence(converse: Converse) -> None:
    """A connection that is reset before and during the answer is told apart."""

    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)

    async def reset_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        await writer.drain()
        await reset(reader, writer)

    assert converse(reset, GET)[0][0].failure.startswith(CLOSED)
    assert converse(reset_later, GET)[0][0].failure == (
        "It answered 200 OK, but the body broke off: the connection was reset."
    )


def test_what_http_cannot_carry_is_said(converse: Converse) -> None:
    """A token with a line end in it is our side's mistake, and the sentence does not show it."""
    step = Step("read", "GET", "/Users", (("Authorization", f"Bearer {TOKEN_SLOT}"),))
    (heard,), received = converse(b"", step, vault=Vault("s3cret\ntoken", ""))
    assert (
        heard.failure
        == "The request could not be written: it has a character that HTTP does not allow there."
    )
    assert received == b""
    for path in (
        "/Users?count=\x00",
        "/Users?count=\ud800",
        "/Users?count=a b",
        "/Users?count=\u2028",
        "/" + "x" * 70_000,
    ):
        (heard,), received = converse(b"", Step("read", "GET", path, ()))
        assert heard.failure.startswith("The request could not be written")
        assert received == b""


def test_an_echoed_secret_is_hidden_in_a_sentence(converse: Converse) -> None:
    """A target that throws the token back in place of HTTP does not get it into the sentence."""
    (heard,), _ = converse(b"Bearer s3cret-token, really?\r\n\r\n", GET, vault=Vault("s3cret-token", ""))
    assert "s3cret" not in heard.failure
    assert TOKEN in heard.failure


@pytest.mark.parametrize(
    "line", ["%733cret-token", "S3CRET-TOKEN", b"s3cret-token".hex(), "s3cret\\x2dtoken"]
)
def test_an_echo_in_disguise_is_hidden_in_a_sentence(converse: Converse, line: str) -> None:
    """The same where the token is spelt otherwise or encoded."""
    (heard,), _ = converse(f"{line} really?\r\n\r\n".encode(), GET, vault=Vault("s3cret-token", ""))
    assert TOKEN in heard.failure
    assert found_in(heard.failure.encode(), ["s3cret-token"]) == []


@pytest.mark.parametrize(
    "error", [h11.RemoteProtocolError("x"), httpcore.ReadError(), anyio.ClosedResourceError()]
)
def test_what_httpx_lets_through_is_a_failure(ledger: Ledger, error: Exception) -> None:
    """Errors of what is under httpx are told like its own."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async def play() -> Heard:
        transport = httpx.MockTransport(fail)
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as client:
            return await client.send(GET, FORMS)

    assert asyncio.run(play()).failure.startswith(CLOSED)


def test_our_own_bugs_are_not_blamed_on_the_target(ledger: Ledger) -> None:
    """An exception that no network can cause is raised, not turned into a failure."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise KeyError("ours")

    async def play() -> None:
        transport = httpx.MockTransport(fail)
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as client:
            await client.send(GET, FORMS)

    with pytest.raises(KeyError):
        asyncio.run(play())


def test_where_okta_waits_no_longer_its_own_words_are_told() -> None:
    """At the 60 seconds that Okta waits, what its admin then reads is told; before, it would still wait."""
    said = failures.sentence(TimeoutError(), failures.Progress(), "api.example.com", 60)
    assert said.startswith("No answer came within 60 s, when Okta gives up too; an Okta admin then reads")
