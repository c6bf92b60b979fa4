"""Over real TLS: verified by default, with an authority or a certificate of one's own, and never silently unverified."""

import ssl
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from commanding import Command, record_in

from scim_tests.errors import ExitCode

PAGE = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}'
Serve = Callable[..., str]


class _Empty(BaseHTTPRequestHandler):
    """A target without anybody."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name there
        """Say nothing."""


@pytest.fixture
def serve(certificate: Path) -> Iterator[Serve]:
    """Serves over TLS; `mutual` wants the client's certificate too."""
    servers: list[tuple[ThreadingHTTPServer, Thread]] = []

    def start(*, mutual: bool = False) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if mutual:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(certificate)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"https://localhost:{server.server_port}/scim/v2"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def played(command: Command, url: str, *more: str) -> tuple[int, str]:
    done = command("run", "--target-url", url, "--profile", "read-only", "--report-dir", "out", *more)
    return done.returncode, done.stdout + done.stderr


def test_a_certificate_of_nobody_known_is_refused(command: Command, serve: Serve) -> None:
    """By default the run ends in one sentence, and no token has left."""
    code, said = played(command, serve())
    assert code == ExitCode.TARGET_UNREACHABLE, said
    assert "The certificate of localhost" in " ".join(said.split())


def test_an_authority_of_ones_own_is_trusted(
    command: Command, serve: Serve, certificate: Path, tmp_path: Path
) -> None:
    """With --ca-bundle the same target is talked to, and no report warns."""
    code, said = played(command, serve(), "--ca-bundle", str(certificate))
    assert code != ExitCode.TARGET_UNREACHABLE, said
    assert record_in(tmp_path / "out").notices == []


def test_insecure_is_said_in_every_report(command: Command, serve: Serve, tmp_path: Path) -> None:
    """With --insecure it is talked to as well, and everything that is shown says so."""
    code, said = played(command, serve(), "--insecure")
    assert code != ExitCode.TARGET_UNREACHABLE, said
    assert "--insecure" in said
    for name in ("run.json", "summary.md", "junit.xml", "report.html"):
        assert "--insecure" in (tmp_path / "out" / name).read_text(encoding="utf-8")


def test_a_client_certificate_is_shown(command: Command, serve: Serve, certificate: Path) -> None:
    """A target that wants our certificate refuses us without it, and takes us with it."""
    url = serve(mutual=True)
    trusted = ("--ca-bundle", str(certificate))
    without, _ = played(command, url, *trusted)
    assert without == ExitCode.TARGET_UNREACHABLE
    code, said = played(command, url, *trusted, "--client-cert", str(certificate))
    assert code != ExitCode.TARGET_UNREACHABLE, said


def test_a_suite_and_a_replay_trust_whom_they_are_told_to(
    command: Command, serve: Serve, certificate: Path
) -> None:
    """What sends to a target without playing Okta verifies it by the same rules."""
    url, trusted = serve(), ("--ca-bundle", str(certificate))
    for guarded_session, file in (
        ("official", "official/small-suite.json"),
        ("replay", "recordings/oin-healthy.har"),
    ):
        path = str(Path(__file__).parent.parent.parent / "fixtures" / file)
        with_it = command(guarded_session, path, "--target-url", url, "--report-dir", "with", *trusted)
        without = command(guarded_session, path, "--target-url", url, "--report-dir", "without")
        assert "certificate" not in (with_it.stdout + with_it.stderr), guarded_session
        assert "certificate" in (without.stdout + without.stderr), guarded_session


@pytest.mark.parametrize("flag", ["--ca-bundle", "--client-cert"])
def test_a_file_that_is_none_is_said_in_one_sentence(command: Command, tmp_path: Path, flag: str) -> None:
    """A missing file, and one with something else in it, are usage errors."""
    code, said = played(command, "https://localhost:9/scim", flag, "missing.pem")
    assert code == ExitCode.USAGE
    assert "There is no file missing.pem." in said
    (tmp_path / "other.pem").write_text("hello")
    code, said = played(command, "https://localhost:9/scim", flag, "other.pem")
    assert code == ExitCode.USAGE
    assert "other.pem is not what TLS can use" in said
