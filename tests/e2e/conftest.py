"""The command as users start it, and targets on real sockets."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import prepared
import pytest
from commanding import TOKEN, Command, inherited
from pageless import ASKED, no_page
from playwright.sync_api import Browser, sync_playwright
from serving import Counting, serving
from sharing import once
from visiting import Visit

from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode
from scim_tests.session.report_folder import let_go

__all__ = ["no_page"]

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def program() -> Iterator[Path]:
    """A `scim-tests` that does not import again what it has imported once."""
    with TemporaryDirectory() as folder:
        place, asking = Path(folder, "socket"), Path(folder, "scim-tests")
        asking.write_text(prepared.ASKING.format(python=sys.executable, place=place))
        asking.chmod(0o700)
        starting = [sys.executable, prepared.__file__, place]
        with subprocess.Popen(starting, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "prepared\n"
            yield asking
            process.terminate()


@pytest.fixture
def command(tmp_path: Path, program: Path) -> Command:
    """Runs `scim-tests …` in an empty folder, without a terminal; `token` goes into the environment.

    With `module` that module is run, by a Python that has imported nothing yet.
    """

    def run(
        *arguments: str,
        token: str = TOKEN,
        module: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        started = [sys.executable, "-m", module] if module else [program]
        given = {**({"SCIM_TESTS_TOKEN": token} if token else {}), **(environment or {})}
        return subprocess.run(
            [*started, *arguments],
            cwd=tmp_path, env={**inherited(), **given}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def reference_run(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Callable[[str], Path]:
    """The folder of a run against the bundled server, by its profile, with seed 5; tests only read it."""

    def folder(profile: str) -> Path:
        def make(out: Path) -> None:
            told = ("run", "--reference", "--profile", profile, "--seed", "5", "--report-dir", str(out))
            whole = {name: value for name, value in inherited().items() if name != ASKED}
            done = subprocess.run([program, *told], env=whole, capture_output=True, text=True, check=False)
            assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr

        return once(tmp_path_factory, f"reference-{profile}", make)

    return folder


@pytest.fixture(scope="module")  # its loop is in nobody's way for longer
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it its tests are skipped, and say so."""
    if not CHROMIUM.exists():
        pytest.skip(f"NOT TESTED in a browser, for {CHROMIUM} is missing (apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for localhost and a name that no resolver knows, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificate with openssl")
    key, alone, both = (tmp_path / name for name in ("key.pem", "alone.pem", "both.pem"))
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
    names = [
        "-addext",
        "subjectAltName=DNS:localhost,DNS:scim.example.test",
        "-keyout",
        str(key),
        "-out",
        str(alone),
    ]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + alone.read_bytes())
    return both


@pytest.fixture
def reference_url() -> Iterator[str]:
    """A reference server of the test's own, on a real socket, that takes `TOKEN`."""
    with running(Settings(tokens=(Token(TOKEN),))) as server:
        yield server.base_url


@pytest.fixture
def counted() -> Iterator[tuple[str, Counting]]:
    """A reference server of the test's own, by its URL, that knows how often it was asked."""
    with serving(Counting) as (url, app):
        yield url, app


class _Page(BaseHTTPRequestHandler):
    """Answers whatever is asked with a web page, as a login portal does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Please log in</title>")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 -- the names http.server calls

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name there
        """Say nothing."""


@pytest.fixture
def web_page_url() -> Iterator[str]:
    """A server that knows nothing of SCIM."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/scim/v2"
        server.shutdown()
        thread.join()


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A page of a start, and nothing of its work or its servers left."""
    one = Visit(tmp_path / "reports")
    yield one
    if one.desk.work:
        one.desk.work.wait()
    if one.desk.practice:
        one.desk.practice.close()
    let_go()
