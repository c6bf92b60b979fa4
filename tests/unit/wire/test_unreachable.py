"""Where no connection can be made the sentence says what stands in the way: port, name, proxy or TLS."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import httpx
import pytest

from scim_tests.model.act import Step
from scim_tests.model.exchange import Heard
from scim_tests.personas.play import FORMS
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

Serve = Callable[..., AbstractAsyncContextManager[int]]
Converse = Callable[..., tuple[list[Heard], bytes]]

GET = Step("read", "GET", "/Users/1", (("Accept", "application/scim+json"),))


def ask(base_url: str, ledger: Ledger, step: Step = GET) -> Heard:
    async def play() -> Heard:
        async with Client(base_url, Vault("", ""), ledger=ledger) as client:
            return await client.send(step, FORMS)

    return asyncio.run(play())


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


def test_a_dead_port_is_unreachable(ledger: Ledger) -> None:
    """Where nothing listens, the sentence says so, and a create that never left is not listed."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        heard = ask(
            f"http://{host}",
            ledger,
            Step("create", "POST", "/Users", (), b"{}", creates="scim-tests.unittest.ann@example.com"),
        )
    assert heard.failure == f"Nothing listens on {host}: the connection was refused."
    assert heard.unreachable
    assert ledger.entries() == []


def test_a_dead_port_on_two_addresses_is_unreachable(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with several addresses, all of which refuse, gives the same sentence as one."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.1", "127.0.0.2")
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        heard = ask("http://scim.example.com", ledger)
    assert heard.failure == "Nothing listens on scim.example.com: the connection was refused."
    assert heard.unreachable


def test_an_unknown_name_is_unreachable(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that DNS does not know, or that cannot be a name at all, is said to be unknown."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    heard = ask("http://scim.example.com", ledger)
    assert heard.failure == "The name of scim.example.com cannot be resolved; is the URL right?"
    assert heard.unreachable
    monkeypatch.undo()
    too_long = ask(f"http://{'a' * 64}.example.com", ledger)
    assert too_long.failure == f"The name of {'a' * 64}.example.com cannot be resolved; is the URL right?"
    assert too_long.unreachable


def test_a_proxy_that_refuses_is_unreachable(
    ledger: Ledger, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual variables name a proxy; where it does not let us through, the sentence blames the proxy."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def play() -> Heard:
        async with serve(refuse) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            async with Client("https://scim.example.com", Vault("", ""), ledger=ledger) as client:
                return await client.send(GET, FORMS)

    heard = asyncio.run(play())
    assert heard.failure == "The proxy did not let us through to scim.example.com: 403 Forbidden."
    assert heard.unreachable


def test_a_proxy_gets_the_target_as_it_is_written(
    ledger: Ledger, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a proxy, too, path and query leave as the step has them."""
    received = bytearray()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async def play() -> Heard:
        async with serve(forward) as port:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
            async with Client("http://scim.example.com/v2", Vault("", ""), ledger=ledger) as client:
                return await client.send(Step("lookup", "GET", "/Users/a..b?filter=%40'", GET.headers), FORMS)

    assert asyncio.run(play()).answer is not None
    assert received.startswith(b"GET http://scim.example.com/v2/Users/a..b?filter=%40' HTTP/1.1\r\n")


def test_loopback_needs_no_proxy(converse: Converse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target on this machine is reached directly whatever proxy the environment names."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    (heard,), _ = converse(b"HTTP/1.1 204 No Content\r\n\r\n", GET)
    assert heard.answer is not None


def over_tls(ledger: Ledger, serving: AbstractAsyncContextManager[int], timeout: float = 30.0) -> Heard:
    async def play() -> Heard:
        async with (
            serving as port,
            Client(f"https://localhost:{port}", Vault("", ""), ledger=ledger, timeout=timeout) as client,
        ):
            return await client.send(GET, FORMS)

    return asyncio.run(play())


def test_a_server_without_tls_is_unreachable(ledger: Ledger, serve: Serve) -> None:
    """HTTPS to a server that speaks plain HTTP ends in a sentence about TLS."""

    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    heard = over_tls(ledger, serve(speak_plainly))
    assert heard.failure.startswith("No TLS connection to localhost:")
    assert heard.unreachable


def test_a_handshake_that_never_ends_is_unreachable(ledger: Ledger, serve: Serve) -> None:
    """A server that takes the connection but never speaks TLS is not reached within the limit."""
    heard = over_tls(ledger, serve(say_nothing), timeout=0.2)
    assert heard.failure.startswith("No connection to localhost:")
    assert heard.failure.endswith(" could be made within 0.1 s.")
    assert heard.unreachable


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for localhost, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificate with openssl")
    path = tmp_path / "localhost.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
    names = [
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        str(path),
        "-out",
        str(tmp_path / "alone.pem"),
    ]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (tmp_path / "alone.pem").read_bytes())
    return path


def test_a_self_signed_certificate_is_unreachable(ledger: Ledger, serve: Serve, certificate: Path) -> None:
    """A certificate of no known authority is refused, and the sentence says what Okta demands."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard = over_tls(ledger, serve(say_nothing, context))
    assert heard.failure.startswith("The certificate of localhost:")
    assert heard.failure.endswith("; Okta demands one from a public certificate authority.")
    assert heard.unreachable


def test_a_server_that_wants_our_certificate(
    ledger: Ledger, serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS 1.3 asks for a client certificate only after the handshake; the sentence says so all the same."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_REQUIRED

    async def insist(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while data := await reader.read(65536):
            incoming.write(data)
            with suppress(ssl.SSLError):
                tls.do_handshake()
            writer.write(outgoing.read())

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    heard = over_tls(ledger, serve(insist))
    assert heard.failure.startswith("No TLS connection to localhost:")
    assert heard.failure.endswith(" could be made: tlsv13 alert certificate required.")


def test_any_other_reason_is_told_as_it_is(ledger: Ledger) -> None:
    """A connection that fails for a reason of its own is unreachable for that reason."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 113] No route to host")

    async def play() -> Heard:
        transport = httpx.MockTransport(fail)
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as client:
            return await client.send(GET, FORMS)

    heard = asyncio.run(play())
    assert heard.failure == "No connection to t.example could be made: [Errno 113] No route to host."
    assert heard.unreachable
