"""A target that tells every secret it has heard of, in every place of its answers and in every spelling."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from commanding import TOKEN

from scim_tests.model.exchange import MADE_UP_TOKENS

CLIENT_SECRET = "client-0815-kept-secret"
GATEWAY = "gateway-4711-kept-secret"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "percent": lambda text: "".join(f"%{ord(each):02x}" for each in text),
    "HTML": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "base64": lambda text: base64.b64encode(f"okta:{text}".encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64 of percent": lambda text: base64.b64encode(SPELLINGS["percent"](text).encode()).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal of base64": lambda text: base64.b64encode(text.encode()).hex(),
}
OF_JSON: dict[str, Callable[[str], str]] = {
    "escapes": lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
    "escapes twice": lambda text: "".join(f"\\\\u{ord(each):04x}" for each in text),
    "escapes of base64": lambda text: OF_JSON["escapes"](SPELLINGS["base64"](text)),
    "UTF-16": "\\u0000".join,
    "lines": lambda text: "\\r\\n".join(re.findall(".{1,16}", SPELLINGS["base64"](text))),
}


class Telling(BaseHTTPRequestHandler):
    """Tells whatever secret it has heard of in every place of an answer, each time in another spelling of it.

    Gives tokens, too, and refuses to now and then with what it was sent.
    """

    secrets: dict[str, None] = {}  # noqa: RUF012 -- one for all requests is what is wanted
    asked = 0
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._hear(sent)
        type(self).asked += 1
        if self.path.startswith("/token"):
            self._give_token()
        elif self.asked % 13 == 0:
            self._say(f"{self._spelt()} {self._spelt()}\r\n\r\n")  # in place of a status line
        elif self.asked % 17 == 0:
            self._say(f"HTTP/1.1 200 {self._spelt()}\r\n{self._spelt()}\r\n\r\n")  # in place of a header
        else:
            self._tell()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 -- the names http.server calls

    def _hear(self, sent: str) -> None:
        scheme, _, credential = self.headers.get("Authorization", "").partition(" ")
        found = re.findall(r'"password":"([^"]+)"', sent)
        found += [credential] if scheme == "Bearer" and credential not in MADE_UP_TOKENS else []
        found += [self.headers["X-Gateway"]] if self.headers["X-Gateway"] else []
        self.secrets.update(dict.fromkeys([*found, *([CLIENT_SECRET] if scheme == "Basic" else [])]))

    def _spelt(self, more: int = 0) -> str:
        """Some secret in some spelling that may stand in a header."""
        number = self.asked * 7 + more
        secrets = list(self.secrets)
        return list(SPELLINGS.values())[number % len(SPELLINGS)](secrets[number % len(secrets)])

    def _give_token(self) -> None:
        said = json.dumps({"access_token": TOKEN, "expires_in": 3600, "echo": str(self.headers)})
        self._say(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n{said}")

    def _tell(self) -> None:
        resource = self._resource()
        location = f"http://{self.headers['Host']}/Users/{self._spelt(1)}?{self._spelt(2)}={self._spelt(3)}"
        name = re.sub(r"[^A-Za-z0-9-]", "_", self._spelt(4))
        status = 400 if self.asked % 5 == 0 else 201 if self.command == "POST" else 200
        self._say(
            f"HTTP/1.1 {status} {self._spelt(5)}\r\nTransfer-Encoding: chunked\r\nX-{name}: {self._spelt(6)}\r\n"
            f"Location: {location}\r\nSet-Cookie: {name}={self._spelt(7)}; Path=/{self._spelt(8)}\r\n"
            f'WWW-Authenticate: Bearer realm="{self._spelt(9)}"\r\nETag: W/"{self._spelt(10)}"\r\n\r\n'
            f"{len(resource.encode()):x};x={name}\r\n{resource}\r\n0\r\nX-Trailer: {self._spelt(11)}\r\n\r\n"
        )

    def _resource(self) -> str:
        """One for every schema at once, in JSON as it is written by hand."""
        spellings = {**SPELLINGS, **OF_JSON}
        told = [spell(secret) for secret in self.secrets for spell in spellings.values()]
        some = told[self.asked % len(told)]
        echo = ", ".join(f'{{"{each}": "x {each}"}}' for each in told[self.asked % 8 :: 8])
        user = (
            f'"id": "{some}", "userName": "{some}@example.com", "displayName": "{some}", "detail": "no {some}, {told[-1]}", '
            f'"status": "400", "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "meta": {{"location": "/{some}"}}'
        )
        found = "" if "filter=" in self.path else f"{{{user}}}"  # so that our people are made
        return f'{{{user}, "totalResults": {len(found[:1])}, "Resources": [{found}], "echo": [{echo}]}}'

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name there
        """Say nothing."""


@contextmanager
def telling() -> Iterator[str]:
    Telling.secrets, Telling.asked = {}, 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Telling) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
