"""`--log`: a line for each request that says who asked what and why it was refused, and no secret."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.types import Message

from reference_server.request_log import LONGEST, RequestLog, printable
from reference_server.settings import Login, Token

from .conftest import USER, Client

LINE = re.compile(r"\d\d:\d\d:\d\d (.*?) [\d.]+ ms(.*)")
BASIC = "Basic " + b64encode(b"okta:pa ss").decode()
Asked = Callable[..., str]


@pytest.fixture
def asked(serve: Callable[..., Client]) -> Asked:
    """Sends a request and gives the line that was written of it, less its times."""
    scim = serve(tokens=(Token("t0ken", "acme"),), logins=(Login("okta", "pa ss"),))
    server, lines = scim.app.state.server, []
    log = RequestLog(scim.app, server.settings, server.authenticator, lines.append)

    def ask(method: str, path: str, authorization: str = "Bearer t0ken", **options: Any) -> str:
        async def send() -> None:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(log), base_url=scim.base_url
            ) as client:
                await client.request(method, path, headers={"Authorization": authorization}, **options)

        asyncio.run(send())
        found = LINE.fullmatch(lines.pop())
        assert found
        assert lines == []
        return found[1] + found[2]

    return ask


def test_who_asked_what_and_why_it_was_refused(asked: Asked) -> None:
    """The tenant, the request as it was sent, the status, and of an error scimType and detail."""
    assert asked("GET", "/Users?count=1") == "acme GET /scim/v2/Users?count=1 200"
    assert asked("GET", "/Users", BASIC) == "default GET /scim/v2/Users 200"
    stranger = asked("GET", "/Users", "Bearer wrong")
    assert stranger.startswith("- GET /scim/v2/Users 401 the token is not valid")
    refused = asked("POST", "/Users", json={"schemas": [USER]})
    assert refused.startswith("acme POST /scim/v2/Users 400 invalidValue: userName is required")
    found = asked("GET", "/Users?filter=userName%20eq%20%22ann%22&count=1")
    assert found == "acme GET /scim/v2/Users?filter=userName%20eq%20%22ann%22&count=1 200"


@pytest.mark.parametrize(
    "path",
    [
        "/Users?access_token=t0ken",
        "/Users?access_token=other-s3cret",
        "/Users?x=1&API-Key=other-s3cret&count=1",
        "/Users?x=t0ken",
        "/Users?t0ken",
        "/Users?t0ken=1",
        "/Users?x=%74%30%6ben",
        "/Users?x=%2574%2530%256ben",
        "/Users?x=a+pa+ss",
        "/Users?filter=password%20eq%20%22other-s3cret%22",
        "/Users?filter=PassWord%20eq%20%22other-s3cret",
        "/Users/t0ken",
        "/Users/x%74%30%6ben",
        "/t0ken/Users",
    ],
)
def test_no_secret_is_in_a_line(asked: Asked, path: str) -> None:
    """Neither one that opens the door, however it was encoded, nor what was sent as a secret."""
    line = asked("GET", path)
    assert "***" in line
    for secret in ("t0ken", "%74", "%2574", "s3cret", "pa+ss", "pa ss"):
        assert secret not in line


def test_a_reason_holds_no_secret_that_was_sent(asked: Asked) -> None:
    """What of a body stands in the detail of its refusal is told without the secrets of the door."""
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "remove", "path": "t0ken"}],
    }
    user = asked("PATCH", "/Users/1", json=body)
    assert "t0ken" not in user
    search = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 't0ken eq "t0ken"',
    }
    line = asked("POST", "/Users/.search", json=search)
    assert "t0ken" not in line
    assert "***" in line


def test_what_is_sent_cannot_bend_the_log() -> None:
    """Control characters, ends of lines and marks that turn text around are escaped, and long values cut."""
    assert printable("a\r\nb\x1b[2J\x00\u202e\u2028é\ud800") == "a\\r\\nb\\x1b[2J\\x00\\u202e\\u2028é\\ud800"
    assert printable("x" * LONGEST) == "x" * LONGEST
    assert printable("x" * (LONGEST + 1)) == "x" * LONGEST + "…"


def test_a_hostile_request_is_one_line(serve: Callable[..., Client]) -> None:
    """Whatever bytes stand in its method, path and query; an answer that never came is told, too."""
    server, lines = serve().app.state.server, []

    async def broken(*_: Any) -> None:
        raise ConnectionResetError

    async def sent(_: Message) -> None: ...

    async def received() -> Message: ...

    scope = {
        "type": "http", "method": "GET\n", "path": "/\n", "raw_path": b"/\x1b[2J\xff\n" + b"x" * 10_000,
        "query_string": b"a=\xff\r\n", "headers": [],
    }  # fmt: skip
    log = RequestLog(broken, server.settings, server.authenticator, lines.append)
    with pytest.raises(ConnectionResetError):
        asyncio.run(log(scope, received, sent))
    (line,) = lines
    assert line.isprintable()
    assert len(line) < 2 * LONGEST
    assert "no answer" in line
