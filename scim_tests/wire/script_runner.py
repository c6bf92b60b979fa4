"""What a `reproduce/*.py` does with its steps: sends them, proves before it writes, removes whom it made, judges.

The text of this module stands in every such script, so it is Python 3.8 and needs the standard library alone.
"""

from __future__ import annotations

import os
import re
import signal
import ssl
import sys
import time
import zlib
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Dict, List, Mapping, Sequence, Tuple  # noqa: UP035 -- as Python 3.8 needs it
from urllib.parse import quote, urlsplit

from scim_tests.wire.likeness import (
    PATCH_OFF,
    called,
    id_of,
    ids_found,
    inactive,
    is_ours,
    parsed,
    shown,
    verdict,
)

MOST = 16 * 1024 * 1024  # bytes of a body that are read


class Variable(str):
    """The name of what is put in when a request is sent; any other text is sent as it stands."""


Text = Sequence[str]  # words and variables


class NotAsked(Exception):  # noqa: N818 -- no error of the script
    """Why the question could not be asked, as the second half of a sentence."""


class Script:
    """Steps, whom they make, and the question that their answers decide."""

    def __init__(
        self,
        url: str,
        steps: Sequence[Any],
        made: Sequence[Any],
        credentials: Sequence[Tuple[str, Text]],
        question: Mapping[str, Any],
        patches: bool,
    ) -> None:
        self.url, self.steps, self.made = url.rstrip("/"), steps, made
        self.credentials, self.question, self.patches = credentials, question, patches
        self.run = f"{int(time.time())}{os.getpid()}"
        self.values = {
            **_secrets(),
            "SCIM_TESTS_URL": self.url,
            "SCIM_TESTS_RUN": self.run,
            "SCIM_TESTS_PASSWORD": f"Aa1{self.run}",
        }
        self.ids: Dict[str, str] = {}
        self.answers: Dict[int, Any] = {}
        self.gone: List[str] = []  # whom the clean-up has removed, or said something of

    def play(self) -> int:
        """Everything, clean-up too; the last line says how it went."""
        for each in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            signal.signal(each, signal.default_int_handler)
        code, said = 2, ""
        try:
            code, said = self._ask()
        except NotAsked as why:
            said = f"Not asked: {why}"
        except KeyboardInterrupt:
            said = "Not asked: it was stopped."
        self._clean_up()
        print(shown(said, self.values))
        return code

    def _ask(self) -> Tuple[int, str]:
        for name in sorted(
            {
                part
                for step in self.steps
                for _, value in step[3]
                for part in value
                if isinstance(part, Variable)
            }
        ):
            if not self.values.get(name):
                raise NotAsked(f"{name} is not set in the environment.")
        for number, step in enumerate(self.steps, 1):
            self._send(number, *step)
        return verdict(self.question, self.answers, called(self.values))

    def _send(
        self,
        number: int,
        name: str,
        method: str,
        path: Text,
        headers: Sequence[Tuple[str, Text]],
        body: Text,
        learns: str,
        proven: Sequence[Tuple[str, str]],
    ) -> None:
        for kind, variable in proven:
            self._prove(kind, variable)
        sent = [(header, self._filled(value)) for header, value in headers]
        answer = self.answers[number] = self._request(method, self._filled(path), sent, self._filled(body))
        print(f"--- {number}. {name}: {method} {shown(self._filled(path), self.values)}")
        print(shown(f"{answer['status'] or 'no answer'}\n{answer['body']}", self.values))
        if learns and 200 <= answer["status"] < 300 and id_of(parsed(answer["body"])):
            self.ids[learns] = self.values[learns] = id_of(parsed(answer["body"]))

    def _filled(self, text: Text) -> str:
        for part in text:
            if isinstance(part, Variable) and part not in self.values:
                raise NotAsked(f"a step needs {part}, which no create told as an id that can be written to.")
        return "".join(self.values[part] if isinstance(part, Variable) else part for part in text)

    def _prove(self, kind: str, variable: str) -> None:
        """Nothing is written to, and nobody is put into a group, but who shows the name of this script."""
        identity = self._filled([Variable(variable)])
        answer = self._own("GET", f"{kind}/{identity}")
        if not is_ours(answer, kind, identity, self.run):
            raise NotAsked(
                f"{kind}/{identity} does not show whom this script made (it got {answer['status']}), so nothing was written."
            )

    def _own(self, method: str, path: str, body: str = "") -> Any:
        """A request that was not in the run: to look before a write, and to clean up."""
        headers = [(name, self._filled(value)) for name, value in self.credentials]
        typed = [("Content-Type", "application/scim+json")] if body else []
        return self._request(method, path, [("Accept", "application/scim+json"), *typed, *headers], body)

    def _request(self, method: str, path: str, headers: Sequence[Tuple[str, str]], body: str) -> Any:
        where = urlsplit(self.url)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        connection = kind(where.hostname or "", where.port, timeout=60)
        answer = {"path": path, "status": 0, "headers": [], "body": ""}
        try:
            connection.connect()
        except OSError as error:
            raise NotAsked(f"{self.url} gave no answer: {error}.") from None
        try:
            _write(
                connection,
                method,
                where.path + path,
                [("Host", where.netloc.rpartition("@")[2]), *headers],
                body,
            )
            return {**answer, **_read(connection)}
        except (OSError, HTTPException, zlib.error, ssl.SSLError):
            return answer
        finally:
            connection.close()

    def _clean_up(self) -> None:
        for made in self.made:
            try:
                said = self._remove(*made)
            except NotAsked as why:
                said = f"Perhaps still on the target, for {why}"
            if said:
                print(shown(said, self.values), file=sys.stderr)

    def _remove(self, variable: str, kind: str, lookup: Text, number: int, is_removed: bool) -> str:
        """Whom a create made, if it can be found; what could not be removed is said."""
        if number not in self.answers and number > len(self.answers) + 1:
            return ""  # it was never sent
        identity = self.ids.get(variable, "")
        if f"{kind}/{identity}" in self.gone:
            return ""
        answer = self._own("GET", f"{kind}/{identity}") if identity else None
        if answer and is_ours(answer, kind, identity, self.run):
            return self._delete(kind, identity, answer)
        said = (
            f"Not touched, for it does not show whom this script made: {kind}/{identity}"
            if answer and 200 <= answer["status"] < 300
            else ""
        )
        for other in ids_found(self._own("GET", self._filled(lookup))):
            answer = self._own("GET", f"{kind}/{other}")
            if is_ours(answer, kind, other, self.run):
                return said + self._delete(kind, other, answer)
        was_made = 200 <= self.answers.get(number, {"status": 0})["status"] < 300
        if said or is_removed or not was_made:
            return said
        return f"Perhaps still on the target, for it is not found by its id or name: {kind}/{identity}"

    def _delete(self, kind: str, identity: str, answer: Mapping[str, Any]) -> str:
        place = f"{kind}/{identity}"
        self.gone.append(place)
        answered = self._own("DELETE", place)["status"]
        if 200 <= answered < 300:
            return ""
        if kind == "/Users":
            off = (
                self._own("PATCH", place, PATCH_OFF)
                if self.patches
                else self._own("PUT", place, inactive(answer))
            )
            if 200 <= off["status"] < 300:
                return f"Deactivated, for DELETE was answered {answered}: {place}"
        return f"Still on the target, for DELETE was answered {answered}: {place}"


def _secrets() -> Dict[str, str]:
    names = (
        name for name in os.environ if name == "SCIM_TESTS_TOKEN" or name.startswith("SCIM_TESTS_HEADER_")
    )
    return {name: os.environ[name] for name in names}


def _write(
    connection: HTTPConnection, method: str, target: str, headers: Sequence[Tuple[str, str]], body: str
) -> None:
    """Send a request with these headers and no others, the path as it is written."""
    data = body.encode(errors="surrogatepass")
    connection.putrequest(
        method,
        re.sub(r"[^!-~]", lambda odd: quote(odd[0], errors="surrogatepass"), target),
        skip_host=True,
        skip_accept_encoding=True,
    )
    for name, value in headers:
        connection.putheader(name, value.encode("utf-8"))
    if data:
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data or None)


def _read(connection: HTTPConnection) -> Dict[str, Any]:
    response = connection.getresponse()
    body = response.read(MOST)
    if response.length:
        raise HTTPException("the body breaks off, or is too large")
    coding = (response.getheader("Content-Encoding") or "").strip().lower()
    text = _unpacked(body, coding).decode("utf-8", "replace")
    return {"status": response.status, "headers": response.getheaders(), "body": text}


def _unpacked(body: bytes, coding: str) -> bytes:
    """A body without gzip or deflate, which some send without its header."""
    if not body or coding not in ("gzip", "x-gzip", "deflate"):
        return body
    try:
        unpacking = zlib.decompressobj(47)
        text = unpacking.decompress(body, MOST)
    except zlib.error:
        unpacking = zlib.decompressobj(-15)
        text = unpacking.decompress(body, MOST)
    if not unpacking.eof:
        raise HTTPException("the packed body breaks off, or is too large")
    return text


def main(base_url: str, *script: Any) -> int:
    """The exit code; an argument names another base URL."""
    url = sys.argv[1] if len(sys.argv) > 1 else base_url
    if not url:
        print(
            "Not asked: Name a base URL. The server of the run is gone, and scim-tests serve starts another."
        )
        return 2
    return Script(url, *script).play()
