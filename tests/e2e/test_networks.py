"""Between us and the target: a proxy, IPv6, and addresses as people paste them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
import uvicorn
from commanding import TOKEN, Command, record_in
from serving import serving

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode

pytestmark = pytest.mark.usefixtures("no_page")

NAME = "scim.example.test"  # which no resolver knows: only the proxy can lead there
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """An HTTP proxy on loopback that leads every name to one port, by CONNECT or by a whole URL."""

    def __init__(self, port: int) -> None:
        self.leads_to = port
        self.asked: list[bytes] = []
        self.port = 0
        self.ready, self.over = Event(), asyncio.Event()

    async def run(self) -> None:
        self.loop = asyncio.get_running_loop()
        async with await asyncio.start_server(self.accept, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self.ready.set()
            await self.over.wait()

    async def accept(self, *client: *Streams) -> None:
        head = await client[0].readuntil(b"\r\n\r\n")
        self.asked.append(head)
        async with self._there() as there:
            if head.startswith(b"CONNECT "):
                client[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                there[1].write(head)
            await asyncio.gather(_pass(client[0], there[1]), _pass(there[0], client[1]))
        client[1].close()

    @asynccontextmanager
    async def _there(self) -> AsyncIterator[Streams]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.leads_to)
        try:
            yield reader, writer
        finally:
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


@pytest.fixture
def proxied(certificate: Path) -> Iterator[tuple[Proxy, Path]]:
    """A proxy before the reference server, which speaks TLS under a name of its own."""
    config = uvicorn.Config(
        application(Settings(tokens=(Token(TOKEN),), public_url=f"https://{NAME}/scim/v2")),
        port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1,
        ssl_certfile=certificate, ssl_keyfile=certificate,
    )  # fmt: skip
    listening = config.bind_socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or answers wait 40 ms
    listening.listen()
    server = uvicorn.Server(config)
    proxy = Proxy(listening.getsockname()[1])
    threads = [
        Thread(target=server.run, kwargs={"sockets": [listening]}),
        Thread(target=lambda: asyncio.run(proxy.run())),
    ]
    for thread in threads:
        thread.start()
    assert proxy.ready.wait(30)
    yield proxy, certificate
    server.should_exit = True
    proxy.loop.call_soon_threadsafe(proxy.over.set)
    for thread in threads:
        thread.join()


def test_a_proxy_leads_to_a_target_that_is_nowhere_else(
    proxied: tuple[Proxy, Path], command: Command, tmp_path: Path
) -> None:
    """With HTTPS_PROXY set, all goes through CONNECT, TLS is verified end to end, and the proxy sees no token."""
    proxy, certificate = proxied
    environment = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "NO_PROXY": ""}
    done = command(
        "run", "--target-url", f"https://{NAME}/scim/v2", "--profile", "read-only", "--ca-bundle", str(certificate),
        "--report-dir", "out", environment=environment,
    )  # fmt: skip
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert {each.split(b"\r\n")[0] for each in proxy.asked} == {f"CONNECT {NAME}:443 HTTP/1.1".encode()}
    assert TOKEN.encode() not in b"".join(proxy.asked)
    assert record_in(tmp_path / "out").counts.passed > 50


def test_ipv6_is_an_address_like_any_other(command: Command, tmp_path: Path) -> None:
    """A target on ::1 is played against, and its address stands in the record as it was given."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(lambda url: application(Settings(tokens=(Token(TOKEN),), public_url=url)), "::1") as (
        url,
        _,
    ):
        assert "[::1]" in url
        done = command("run", "--target-url", f"{url}/", "--profile", "read-only", "--report-dir", "out")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert record_in(tmp_path / "out").target.base_url == url


def test_a_redirect_to_another_host_gets_no_token(command: Command, tmp_path: Path) -> None:
    """A target that sends everybody elsewhere is judged for it; nobody there is asked anything."""
    elsewhere: list[bytes] = []

    async def listen(scope: dict[str, str], _receive: object, _send: object) -> None:
        if scope["type"] == "http":  # not the server's own start
            elsewhere.append(repr(scope).encode())

    async def redirect(scope: dict[str, str], _receive: object, send: object) -> None:
        if scope["type"] == "http":
            location = f"{other}{scope['path']}".encode()
            await send({"type": "http.response.start", "status": 307, "headers": [(b"location", location)]})  # type: ignore[operator]
            await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    with serving(lambda _: listen) as (other, _), serving(lambda _: redirect) as (url, _):
        done = command("run", "--target-url", url, "--report-dir", "out")
        assert elsewhere == []
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    assert {each.method for each in record_in(tmp_path / "out").exchanges} == {"GET"}
    assert "Traceback" not in done.stderr
