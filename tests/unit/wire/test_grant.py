"""A token endpoint that repeats what it was sent, or gave before, does not get it into a sentence."""

import asyncio
import base64
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from searching import found_in

from scim_tests.errors import TargetError
from scim_tests.wire.grant import Grant

SECRET, ISSUED = "client_0815_kept_secret", "issued_4711_kept_secret"
Serve = Callable[..., AbstractAsyncContextManager[int]]


def answering(status: str, said: object) -> bytes:
    body = json.dumps(said)
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    "repeats",
    [
        answering("400 Bad Request", {"error": SECRET}),
        answering("400 Bad Request", {"error": f"x{SECRET.encode().hex()}"}),
        answering("400 Bad Request", {"error": base64.b32encode(SECRET.encode()).decode().rstrip("=")}),
        answering("200 OK", {"access_token": "has a blank", "error": ISSUED.upper()}),
        f"{SECRET} {ISSUED}\r\n\r\n".encode(),
    ],
)
def test_what_an_endpoint_repeats_is_not_said(repeats: bytes, serve: Serve) -> None:
    """Neither the client's secret nor a token that was given before stands in the error, however it is spelt."""
    answers = [answering("200 OK", {"access_token": ISSUED, "expires_in": 0}), repeats]

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"credentials")
        writer.write(answers.pop(0))
        await writer.drain()

    async def ask() -> TargetError:
        async with serve(say) as port:
            grant = Grant(f"http://127.0.0.1:{port}/token", "client", SECRET, "")
            assert await grant.token(None) == ISSUED
            with pytest.raises(TargetError) as refused:
                await grant.token(None)
            return refused.value

    said = str(asyncio.run(ask()))
    assert "gave no token" in said
    assert found_in(said.encode(), [SECRET, ISSUED]) == []


@pytest.mark.parametrize(
    ("lasts", "is_due"),
    [
        ("0", True), ("60", False), ("3600", False), ("1" + "0" * 400, False), ("-5", False), ("true", False), ('"nan"', False),
        ("[1]", False), ("{}", False), ("1e999", False),
    ],
)  # fmt: skip
def test_whatever_an_endpoint_says_of_the_end_a_token_is_had(
    lasts: str, serve: Serve, *, is_due: bool
) -> None:
    """A number of any size is taken; what is none says nothing, and the token is taken to last."""
    body = f'{{"access_token": "{ISSUED}", "expires_in": {lasts}}}'

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"credentials")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()

    async def ask() -> None:
        async with serve(say) as port:
            grant = Grant(f"http://127.0.0.1:{port}/token", "client", SECRET, "")
            assert await grant.token(None) == ISSUED
            assert grant.is_due is is_due

    asyncio.run(ask())
