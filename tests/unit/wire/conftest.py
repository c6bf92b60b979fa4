"""A raw server on a loopback socket, and a client that talks to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest

from scim_tests.model.act import Step
from scim_tests.model.exchange import Heard
from scim_tests.personas.play import FORMS
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., AbstractAsyncContextManager[int]]
Converse = Callable[..., tuple[list[Heard], bytes]]


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server whose every connection goes to `handler` and is then closed; gives its port."""
    conversations: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # the client went away first
            await handler(reader, writer)
        writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations.add(asyncio.ensure_future(handle(reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*conversations)


@pytest.fixture
def serve() -> Serve:
    return serving


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


@pytest.fixture
def converse(ledger: Ledger) -> Converse:
    """Sends steps to a server that gives the same bytes to each; gives what was heard and what was received."""

    def run(
        answer: bytes | Handler,
        *steps: Step,
        vault: Vault | None = None,
        timeout: float = 30.0,
        closes: bool = True,
    ) -> tuple[list[Heard], bytes]:
        received = bytearray()

        async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while request := await read_request(reader):
                received.extend(request)
                if not isinstance(answer, bytes):
                    await answer(reader, writer)
                    break
                writer.write(answer)
                await writer.drain()
                if closes:
                    break

        async def play() -> list[Heard]:
            async with (
                serving(say) as port,
                Client(
                    f"http://127.0.0.1:{port}/scim/v2", vault or Vault("", ""), ledger=ledger, timeout=timeout
                ) as client,
            ):
                return [await client.send(step, FORMS) for step in steps]

        return asyncio.run(play()), bytes(received)

    return run


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with a Content-Length body; empty when the client has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    return head + await reader.readexactly(length)
