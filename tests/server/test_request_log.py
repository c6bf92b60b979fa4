"""`--log`: a line for each request that says who asked what and why it was refused, and no secret."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reference_server.request_log import RequestLog
from reference_server.settings import Login, Token

from .conftest import USER, Client


@pytest.fixture
def logged(serve: Callable[..., Client]) -> Iterator[tuple[Client, list[str]]]:
    """A client of a server that logs, and the lines without their times."""
    scim = serve(tokens=(Token("t0ken", "acme"),), logins=(Login("okta", "pa ss"),))
    lines: list[str] = []
    server = scim.app.state.server
    scim.around = lambda app: RequestLog(app, server.settings, server.authenticator, lines.append)
    yield scim, lines


def asked(scim: Client, lines: list[str], method: str, path: str, **options: Any) -> str:
    """The line of a request, without the moment and the milliseconds."""
    scim.request(method, path, **options)
    moment, *words = lines.pop().split(" ")
    assert (moment.count(":"), lines) == (2, [])
    taken = words.index("ms")
    assert float(words[taken - 1]) >= 0
    return " ".join(words[: taken - 1] + words[taken + 1 :])
