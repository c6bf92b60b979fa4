"""A body is read up to its limit, and no byte further."""

import asyncio
import zlib
from collections.abc import AsyncIterator

import pytest

from scim_tests.model.exchange import Headers
from scim_tests.wire import body
from scim_tests.wire.body import BadBody

BARE, ZLIB = ((("Content-Encoding", coding),) for coding in ("identity", "deflate"))


def read(content: bytes, headers: Headers, maximum: int) -> bytes:
    """Read in pieces of three bytes."""

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 3):
            yield content[at : at + 3]

    return asyncio.run(body.read(chunks(), headers, lambda: maximum))


@pytest.mark.parametrize("headers", [BARE, ZLIB], ids=["bare", "deflate"])
def test_a_body_may_be_as_long_as_the_limit_says(headers: Headers) -> None:
    """That many bytes are read, counted after a coding is undone; one more is refused."""
    said = b"0123456789"
    sent = zlib.compress(said) if headers == ZLIB else said
    assert read(sent, headers, 10) == said
    with pytest.raises(BadBody, match="is larger than"):
        read(sent, headers, 9)


def test_a_body_may_hold_as_many_values_as_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small values take more memory than their bytes do."""
    monkeypatch.setattr(body, "MOST_VALUES", 10)
    assert read(b"[1,2,3,4,5,6,7,8,9,0]", (), 100)
    with pytest.raises(BadBody, match="more than 10 values"):
        read(b"[1,2,3,4,5,6,7,8,9,0,1]", (), 100)
