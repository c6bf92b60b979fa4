"""No secret is in anything a run leaves, prints or shows."""

import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from commanding import TOKEN, Command, record_in


class _Echo(BaseHTTPRequestHandler):
    """A careless server: it echoes headers and body in every answer, and its errors hold the token."""

    passwords: set[str] = set()  # noqa: RUF012 -- one for all requests is what is wanted

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(length).decode()
        self.passwords |= set(re.findall(r'"password":"([^"]+)"', sent))
        echo = f"{self.headers}{sent}".encode("unicode_escape").decode().replace('"', "'")
        body = f'{{"schemas": [], "totalResults": 0, "Resources": [], "id": "1", "echo": "{echo}"}}'
        body = body.replace("\\", "\\\\").encode()
        self.send_response(201 if self.command == "POST" else 200)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("X-Authorization", self.headers.get("Authorization", ""))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 -- the names http.server calls

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name there
        """Say nothing."""


def test_planted_secrets_are_found_nowhere(
    command: Command, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Against a server that echoes all it gets, no byte of any file or output holds the token or the password."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        done = command("run", "--target-url", f"http://127.0.0.1:{server.server_port}", "--report-dir", "out")
        server.shutdown()
        thread.join()
    assert _Echo.passwords
    secrets = [secret.encode() for secret in (TOKEN, *_Echo.passwords)]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"run.json", "report.html", "exchanges.har", "ledger.jsonl"} <= {path.name for path in files}
    leaks = [path.name for path in files for secret in secrets if secret in path.read_bytes()]
    assert leaks == []
    record_property("bytes searched for secrets", sum(path.stat().st_size for path in files))
    assert [secret for secret in secrets if secret in (done.stdout + done.stderr).encode()] == []
    failed = {check.id for check in record_in(tmp_path / "out").checks if check.verdict == "fail"}
    assert failed >= {"every_answer.shows-no-token", "every_answer.shows-no-password"}
