"""The page in a process of its own, on a socket, and whoever comes to its door."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from commanding import inherited

STARTED = ("-m", "scim_tests", "ui", "--no-browser")
LINKS = re.compile(r'(?:href|src|data-live|data-result)="([^"#]+)')


class Opened:
    """A page that was started."""

    def __init__(self, process: subprocess.Popen[str], said: str) -> None:
        self.process = process
        self.link = said.rsplit(maxsplit=1)[-1]
        parts = urlsplit(self.link)
        self.host, self.token, self.origin = parts.netloc, parts.path.strip("/"), f"http://{parts.netloc}"
        self.port = parts.port or 80
        self.said: list[str] = []  # what it printed after its link, once it is over

    def asked(self, head: str, *headers: str, host: str | None = None) -> tuple[int, str]:
        """Status and answer to this request line and headers, as they are."""
        lines = [head, f"Host: {self.host if host is None else host}", "Connection: close", *headers]
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as asking:
            asking.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
            answer = b"".join(iter(lambda: asking.recv(65536), b"")).decode()
        return int(answer.split()[1]), answer


@contextmanager
def opened(folder: Path, *started: str, **environment: str) -> Iterator[Opened]:
    """A page for as long as the block; then Ctrl-C, where it is not over, and it said nothing that is an error."""
    with subprocess.Popen(
        [sys.executable, *(started or STARTED)],
        cwd=folder, env={**inherited(), **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        page = Opened(process, process.stdout.readline())
        try:
            yield page
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(60)
        first, *page.said = process.stdout.read().splitlines()
        assert first.startswith("If no browser shows it, open this link in one.")
        assert process.stderr.read() == ""


class Visitor(httpx.Client):
    """A browser with the link of the start, that keeps every byte it is given."""

    def __init__(self, page: Opened) -> None:
        super().__init__(
            base_url=page.link, headers={"Origin": page.origin}, timeout=60,
            event_hooks={"response": [self._keep]},
        )  # fmt: skip
        self.page = page
        self.given: dict[str, bytes] = {}

    def _keep(self, answer: httpx.Response) -> None:
        place = f"{answer.request.method} {answer.url} {len(self.given)}"
        self.given[place] = answer.read()
        self.given[f"{place}, its head"] = str(answer.headers.multi_items()).encode()

    def goes(self, place: str) -> httpx.Response:
        """Follow a link of a page."""
        return self.get(urljoin(self.page.link, place))

    def sends(self, place: str, **said: str | list[str]) -> httpx.Response:
        """Send a form."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.post(place, content=urlencode(said, doseq=True), headers=form)

    def agrees(self, **said: str | list[str]) -> httpx.Response:
        """Start the run that To App shows."""
        shown = self.get("to-app").text
        boxes = re.findall(r'name="feature" value="([^"]+)" checked', shown)
        digest = re.findall(r'name="digest" value="([^"]+)"', shown)
        return self.sends("to-app/run", **{"feature": boxes, "digest": digest, "agreed": "yes", **said})

    def walks(self) -> Mapping[str, httpx.Response]:
        """Every page and file that a link of a page leads to; of those that differ in a parameter alone, the last one."""
        found: dict[str, httpx.Response] = {}
        ahead = [urljoin(self.page.link, each) for each in ("", "run", "result", "key", "to-app")]
        while ahead:
            place = ahead.pop()
            path = place.partition("?")[0]
            if path in found or not place.startswith(self.page.origin):
                continue
            answer = found[path] = self.get(place)
            onwards = [answer.headers["location"]] if answer.is_redirect else []
            if path.startswith(self.page.link) and "html" in answer.headers.get("content-type", ""):
                onwards += LINKS.findall(answer.text)
            ahead += [urljoin(place, each.replace("&amp;", "&")) for each in onwards]
        return found
