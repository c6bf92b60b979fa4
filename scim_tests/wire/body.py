"""Reads a body without trusting it: never more than a limit, counted after gzip or deflate is undone."""

import zlib
from collections.abc import AsyncIterable, Callable

from scim_tests.model.exchange import Headers
from scim_tests.model.json_text import values_in

MIB = 1024 * 1024
MAXIMUM = 16 * MIB  # bytes; a page of 100 users is about 100 KiB
MOST_VALUES = 250_000  # of JSON in one body: five thousand people, and no more memory than a run may take

_GZIP = zlib.MAX_WBITS | 16
_RAW = -zlib.MAX_WBITS


class BadBody(Exception):  # noqa: N818 -- not our error: what the target did, for the failure sentence
    """The body cannot be had; the message says why, as a sentence's second half."""


async def read(
    chunks: AsyncIterable[bytes], headers: Headers, most: Callable[[], int] = lambda: MAXIMUM
) -> bytes:
    """The whole body, decoded (RFC 9110 8.4). BadBody where it is longer than `most` bytes, has too many values, or is
    not what Content-Encoding says. `most` is asked for each piece: it may fall while others are read.
    """
    decoding = decoder(headers)
    body = bytearray()
    async for chunk in chunks:
        maximum = most()
        body += decoding.decode(chunk, max(0, maximum - len(body)) + 1)
        if len(body) > maximum:
            raise BadBody(f"its body is larger than {maximum // MIB} MiB, so it was not read to the end")
    decoding.finish()
    if len(body) > MOST_VALUES and values_in(body) > MOST_VALUES:
        raise BadBody(f"its body holds more than {MOST_VALUES:,} values, so it was not read")
    return bytes(body)


def decoded(body: bytes, headers: Headers) -> bytes:
    """A body that is here already, without gzip or deflate; as it came, where it is not what Content-Encoding says."""
    try:
        return decoder(headers).decode(body, MAXIMUM)
    except BadBody:
        return body


class _Identity:
    """A body without a coding, or with one that was not asked for and stays as it is."""

    def decode(self, chunk: bytes, _most: int) -> bytes:
        return chunk

    def finish(self) -> None: ...


class _Inflate:
    """A gzip or deflate body. `deflate` is zlib's format, but some send it bare (RFC 9110 8.4.1.2)."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._zlib = zlib.decompressobj(_GZIP if coding == "gzip" else zlib.MAX_WBITS)
        self._started = False

    def decode(self, chunk: bytes, most: int) -> bytes:
        """At most `most` bytes: the rest of a bomb is never unpacked."""
        may_be_bare = self._coding == "deflate" and not self._started
        self._started = True
        try:
            return self._zlib.decompress(chunk, most)
        except zlib.error:
            if not may_be_bare:
                raise BadBody(f"its body is not {self._coding}, as its Content-Encoding says") from None
        self._zlib = zlib.decompressobj(_RAW)
        return self.decode(chunk, most)

    def finish(self) -> None:
        if self._started and not self._zlib.eof:
            raise BadBody(f"its {self._coding} body breaks off")


def decoder(headers: Headers) -> _Identity | _Inflate:
    """What undoes the Content-Encoding; nothing, where it is none that was asked for."""
    codings = [
        coding.strip().lower().removeprefix("x-")
        for name, value in headers
        if name.lower() == "content-encoding"
        for coding in value.split(",")
    ]
    applied = [coding for coding in codings if coding not in {"", "identity"}]
    return _Inflate(applied[0]) if applied in (["gzip"], ["deflate"]) else _Identity()
