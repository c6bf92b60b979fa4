"""A body is read up to its limit, and no byte further."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable

import pytest

from scim_tests.model.exchange import Headers
from scim_tests.wire import body
from scim_tests.wire.body import BadBody

BARE, ZLIB = ((("Content-Encoding", coding),) for coding in ("identity", "deflate"))


def read(content: bytes, headers: Headers, maximum: int) -> bytes:
    """Read in pieces of three bytes."""
    return read_while(content, headers, lambda: maximum)


def read_while(content: bytes, headers: Headers, most: Callable[[], int]) -> bytes:
    """The same, with a limit that may change."""

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 3):
            yield content[at : at + 3]

    return asyncio.run(body.read(chunks(), headers, most))


@pytest.mark.parametrize("headers", [BARE, ZLIB], ids=["bare", "deflate"])
def test_a_body_may_be_as_long_as_the_limit_says(headers: Headers) -> None:
    """That many bytes are read, counted after a coding is undone; one more is refused."""
    said = b"0123456789"
    sent = zlib.compress(said) if headers == ZLIB else said
    assert read(sent, headers, 10) == said
    with pytest.raises(BadBody, match="is larger than"):
        read(sent, headers, 9)


@pytest.mark.parametrize("headers", [BARE, ZLIB], ids=["bare", "deflate"])
def test_a_limit_may_fall_while_a_body_is_read(headers: Headers) -> None:
    """What other answers took meanwhile is not there any more, also where more than that was read before."""
    said = b"0123456789"
    sent = zlib.compress(said) if headers == ZLIB else said
    limits = iter([10, 10, 4, 4, 4, 4, 4])
    with pytest.raises(BadBody, match="is larger than"):
        read_while(sent, headers, lambda: next(limits))


def test_a_body_may_hold_as_many_values_as_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small values take more memory than their bytes do."""
    monkeypatch.setattr(body, "MOST_VALUES", 10)
    assert read(b"[1,2,3,4,5,6,7,8,9,0]", (), 100)
    with pytest.raises(BadBody, match="more than 10 values"):
        read(b"[1,2,3,4,5,6,7,8,9,0,1]", (), 100)
