"""Writes fixtures/recordings/tools: one play of ours against a server with one fault, as real tools record it.

    python scripts/tool_recordings.py play           # plays, and keeps the run's own HAR: all others are of it
    python scripts/tool_recordings.py curl mitmproxy chromium newman

Each tool sends the play's requests to a server that gives the play's answers, or stands between, and keeps what
it keeps; a tool that is not there is named. The token is made up, and so is everybody.
"""

import json
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

FOLDER = Path(__file__).parent.parent / "fixtures" / "recordings" / "tools"
PORT, PROXY = 8484, 8485
BASE = f"http://127.0.0.1:{PORT}/scim/v2"
FAULT = "create-returns-200"
TOKEN, PASSWORD = "made-up-token-4711-of-nobody", "x7Kp2LqZ-made-up"
ONLY = "test_credentials.*,push_user.*,deactivate_user.*,reactivate_user.*"
LEFT_OUT = ("push_user:mover", "clean_up")  # scenes that show nothing more
NOT_SENT = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "accept-charset"}
)  # by a tool's own lights
Json = dict[str, Any]


def play() -> None:
    """The run, as it keeps itself."""
    command = [sys.executable, "-m", "scim_tests"]
    with (
        TemporaryDirectory() as place,
        _started([*command, "serve", "--port", str(PORT), "--fault", FAULT, "--token-file", _token(place)]),
    ):
        _until_it_answers(BASE)
        subprocess.run(
            [*command, "run", "--target-url", BASE, "--token-file", _token(place), "--only", ONLY, "--max-new-users", "3",
             "--seed", "7", "--report-dir", f"{place}/out"], check=False, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        har = json.loads((Path(place) / "out" / "exchanges.har").read_text(encoding="utf-8"))
    log = har["log"]
    log["entries"] = [each for each in log["entries"] if not each["_scene"].startswith(LEFT_OUT)]
    _write("play.har", json.dumps(har, ensure_ascii=False, separators=(",", ":")))


def conversation() -> list[Json]:
    """The play's entries with a token and a password in the place of placeholders, as they were on the wire."""
    text = (FOLDER / "play.har").read_text(encoding="utf-8")
    text = text.replace("$SCIM_TESTS_TOKEN", TOKEN).replace("$SCIM_TESTS_PASSWORD", PASSWORD)
    entries: list[Json] = json.loads(text)["log"]["entries"]
    return [{key: value for key, value in each.items() if not key.startswith("_")} for each in entries]


def curl() -> None:
    """A transcript as one keeps it: the command, and what -v writes, all in one file; every third one with -i."""
    said = []
    with _answering():
        for number, each in enumerate(conversation()):
            asked = each["request"]
            command = [
                "curl",
                *(["-i"] if number % 3 == 0 else []),
                "-v",
                "-s",
                "-X",
                asked["method"],
                asked["url"],
            ]
            for name, value in _headers(asked):
                command += ["-H", f"{name}: {value}"]
            if body := _body(asked):
                command += ["--data-raw", body]
            done = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            said.append(f"$ {shlex.join(command)}\n{done.stdout}\n")
    _write("curl.txt", "".join(said))


def mitmproxy() -> None:
    """Its flow file, and the HAR that it writes of it."""
    with TemporaryDirectory() as place:
        flows = Path(place) / "flows"
        dump = [
            "mitmdump",
            "-q",
            "-p",
            str(PROXY),
            "--mode",
            f"reverse:http://127.0.0.1:{PORT}",
            "-w",
            str(flows),
        ]
        with _answering(), _started(dump):
            _until_it_answers(f"http://127.0.0.1:{PROXY}/nothing")
            for each in conversation():
                asked = each["request"]
                url = asked["url"].replace(f":{PORT}", f":{PROXY}")
                body, headers = _body(asked).encode() or None, dict(_headers(asked))
                _send(Request(url, body, headers, method=asked["method"]))  # noqa: S310 -- loopback
        again = ["mitmdump", "-q", "-nr", str(flows), "--set", f"hardump={place}/out.har"]
        subprocess.run(again, check=True)
        (FOLDER / "mitmproxy.flows").write_bytes(flows.read_bytes())
        _write("mitmproxy.har", json.dumps(json.loads((Path(place) / "out.har").read_text(encoding="utf-8"))))


def chromium() -> None:
    """A browser's HAR of a page that sends the requests."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- who makes other recordings does not need it

    script = """([url, method, headers, body]) =>
        fetch(url, {method, headers, body: body || undefined}).then(answer => answer.text())"""
    with TemporaryDirectory() as place, _answering(), sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"))
        context = browser.new_context(record_har_path=f"{place}/out.har", record_har_content="embed")
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{PORT}/nothing")
        for each in conversation():
            asked = each["request"]
            page.evaluate(script, [asked["url"], asked["method"], dict(_headers(asked)), _body(asked)])
        context.close()
        _write("chromium.har", json.dumps(json.loads((Path(place) / "out.har").read_text(encoding="utf-8"))))


def newman() -> None:
    """The JSON report of Postman's own runner, without what it says of the collection and of its own work."""
    items = [
        {
            "name": f"{number}",
            "request": {
                "method": each["request"]["method"],
                "url": each["request"]["url"],
                "header": [{"key": name, "value": value} for name, value in _headers(each["request"])],
                "body": {"mode": "raw", "raw": _body(each["request"])},
            },
        }
        for number, each in enumerate(conversation())
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    collection = {"info": {"name": "SCIM", "schema": schema}, "item": items}
    with TemporaryDirectory() as place, _answering():
        source, out = Path(place) / "scim.json", Path(place) / "out.json"
        source.write_text(json.dumps(collection), encoding="utf-8")
        command = ["newman", "run", str(source), "-r", "json", "--reporter-json-export", str(out)]
        subprocess.run(command, check=True)
        told = json.loads(out.read_text(encoding="utf-8"))
    executions = [
        {part: each[part] for part in ("request", "response")} for each in told["run"]["executions"]
    ]
    _write(
        "newman.json",
        json.dumps({"collection": {"info": told["collection"]["info"]}, "run": {"executions": executions}}),
    )


TOOLS: dict[str, Callable[[], None]] = {
    "play": play, "curl": curl, "mitmproxy": mitmproxy, "chromium": chromium, "newman": newman,
}  # fmt: skip
PROGRAMS = {"curl": "curl", "mitmproxy": "mitmdump", "chromium": "chromium", "newman": "newman"}


class _Answers(BaseHTTPRequestHandler):
    """Gives the answers of the conversation, in their order; of what is not in it, a bare page."""

    protocol_version = "HTTP/1.1"
    left: list[Json]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        wanted = self.left[0]["request"] if self.left else {}
        if not str(wanted.get("url", "")).endswith(self.path) or wanted["method"] != self.command:
            self._give(404, [("Content-Type", "text/html")], b"<p>nothing")
            return
        response = self.left.pop(0)["response"]
        headers = [(each["name"], each["value"]) for each in response["headers"]]
        self._give(response["status"], headers, response["content"]["text"].encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 -- the library's names

    def _give(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _answering() -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", PORT), type("Answers", (_Answers,), {"left": conversation()}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _started(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        try:
            _send(Request(url))  # noqa: S310 -- loopback
        except OSError:
            time.sleep(0.1)
        else:
            return


def _send(request: Request) -> None:
    try:
        urlopen(request).read()  # noqa: S310 -- loopback
    except OSError as error:
        if not hasattr(error, "code"):  # it is an answer
            raise


def _headers(asked: Json) -> list[tuple[str, str]]:
    return [
        (each["name"], each["value"]) for each in asked["headers"] if each["name"].lower() not in NOT_SENT
    ]


def _body(asked: Json) -> str:
    text: str = asked.get("postData", {}).get("text", "")
    return text


def _token(place: str) -> str:
    path = Path(place) / "token"
    path.write_text(TOKEN, encoding="utf-8")
    return str(path)


def _write(name: str, text: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or TOOLS:
        if each in PROGRAMS and not shutil.which(PROGRAMS[each]):
            print(f"{each} was left out: {PROGRAMS[each]} is not here.")
            continue
        TOOLS[each]()
