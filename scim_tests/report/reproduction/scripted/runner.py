"""What a `reproduce/*.py` does with its steps: sends them, proves before it writes, removes whom it made, judges."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from scim_tests.report.reproduction.scripted.answers import (
    LEAVING,
    PATCH_OFF,
    called,
    id_of,
    ids_found,
    inactive,
    is_nameless,
    is_ours,
    parsed,
    shown,
    tag_of,
)
from scim_tests.report.reproduction.scripted.conversation import Conversation, Made, Step, Variable
from scim_tests.report.reproduction.scripted.verdicts import gone, refused_token, told, verdict

MOST = 16 * 1024 * 1024  # bytes of a body that are read


class NotAsked(Exception):  # noqa: N818 -- no error of the script
    """Why the question could not be asked, as the second half of a sentence."""


class Script:
    """A story as it is played against a target."""

    def __init__(self, url: str, conversation: Conversation) -> None:
        self.url, self.conversation = url.rstrip("/"), conversation
        self.run = f"{int(time.time())}{os.getpid()}"
        known = {
            "SCIM_TESTS_URL": self.url,
            "SCIM_TESTS_RUN": self.run,
            "SCIM_TESTS_PASSWORD": f"Aa1{self.run}",
        }
        self.values = {**_secrets(), **known}
        self.ids: dict[str, str] = {}
        self.answers: dict[int, Any] = {}
        self.proven: set[str] = set()  # whom reads by id have shown as this script's, before a write
        self.gone: list[str] = []  # whom the clean-up has removed, or said something of
        # With the id that was deleted, and how that was answered.
        self.removed: list[tuple[Made, str, int]] = []

    def play(self) -> int:
        """Everything, clean-up too; the last line says how it went."""
        for each in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            signal.signal(each, signal.default_int_handler)
        code = 2
        try:
            code, said = self._ask()
        except KeyboardInterrupt:
            said = "Not asked: it was stopped."
        except NotAsked as why:
            said = gone(self.conversation.question, self.answers)
            code, said = (0, said) if said else (2, f"Not asked: {why}")
        except Exception as error:  # noqa: BLE001 -- whatever it is, the clean-up comes next
            said = f"Not asked: {_failed(error)}."
        self._clean_up()
        print(shown(said))
        return code

    def _ask(self) -> tuple[int, str]:
        headers = [value for step in self.conversation.steps for _, value in step.headers]
        learnt = {step.tag for step in self.conversation.steps}
        for part in sorted(
            {part for value in headers for part in value if isinstance(part, Variable)} - learnt
        ):
            if not self.values.get(part):
                raise NotAsked(f"{part} is not set.")
        for number, step in enumerate(self.conversation.steps, 1):
            self._send(number, step)
        return verdict(self.conversation.question, self.answers, called(self.values))

    def _send(self, number: int, step: Step) -> None:
        for kind, variable in step.proven:
            self._prove(number, kind, variable)
        path, body = self._filled(step.path), self._filled(step.body)
        headers = [(name, self._filled(value)) for name, value in step.headers]
        print(shown(f"--- {number}. {step.name}: {step.method} {_in_words(step.path)}"))
        answer = self.answers[number] = self._request(step.method, path, headers, body)
        print(told(answer["status"]))
        for kind, variable in step.shown:
            self._accept(number, answer, kind, self._filled([Variable(variable)]))
        if step.tag and (tag := tag_of(answer)):
            self.values[step.tag] = tag
        if step.learns and 200 <= answer["status"] < 300 and id_of(parsed(answer["body"])):
            self.ids[step.learns] = self.values[step.learns] = id_of(parsed(answer["body"]))

    def _filled(self, text: Sequence[str]) -> str:
        for part in text:
            if isinstance(part, Variable) and part not in self.values:
                refused = refused_token(self.conversation.question, self.answers)
                raise NotAsked(
                    refused or f"a step needs {part}, which no answer told in a form that can be sent."
                )
        return "".join(self.values[part] if isinstance(part, Variable) else part for part in text)

    def _prove(self, number: int, kind: str, variable: str) -> None:
        """Nothing is written to, and nobody is put into a group, but who shows the name of this script."""
        identity = self._filled([Variable(variable)])
        self._accept(number, self._own("GET", f"{kind}/{identity}"), kind, identity)

    def _accept(self, number: int, answer: Mapping[str, Any], kind: str, identity: str) -> None:
        if not is_ours(answer, kind, identity, self.run):
            raise NotAsked(
                f"an id in step {number} does not show whom this script made (it got {answer['status']}), so nothing was written."
            )
        self.proven.add(f"{kind}/{identity}")

    def _is_ours(self, answer: Mapping[str, Any], kind: str, identity: str) -> bool:
        """Whether a read by id shows whom this script made: by name, or without any since a step took it away."""
        is_unnamed = f"{kind}/{identity}" in self.proven and is_nameless(answer, kind, identity)
        return is_unnamed or is_ours(answer, kind, identity, self.run)

    def _own(self, method: str, path: str, body: str = "") -> Any:
        """A request that was not in the run: to look before a write, and to clean up."""
        headers = [(name, self._filled(value)) for name, value in self.conversation.credentials]
        typed = [("Content-Type", "application/scim+json")] if body else []
        return self._request(method, path, [("Accept", "application/scim+json"), *typed, *headers], body)

    def _request(self, method: str, path: str, headers: Sequence[tuple[str, str]], body: str) -> Any:
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
        except (OSError, HTTPException, zlib.error):
            return answer
        finally:
            connection.close()

    def _clean_up(self) -> None:
        for made in self.conversation.made:
            self._tell(made, partial(self._remove, made))
        for made, identity, answered in self.removed:
            self._tell(made, partial(self._look_again, made, identity, answered))

    def _tell(self, made: Made, ask: Callable[[], str]) -> None:
        """What is to be said of one whom a step made."""
        try:
            said = ask()
        except KeyboardInterrupt:
            said = f"Perhaps still on the target, for it was stopped: {made.kind} of step {made.step}"
        except Exception as error:  # noqa: BLE001 -- the others are removed all the same
            said = f"Perhaps still on the target: {made.kind} of step {made.step}, for {_failed(error)}"
        if said:
            print(shown(said), file=sys.stderr)

    def _remove(self, made: Made) -> str:
        """Whom a create made, if it can be found; what could not be removed is said."""
        identity = self.ids.get(made.identity, "")
        place = f"{made.kind}/{identity}"
        if made.step > len(self.answers) + 1 or place in self.gone:
            return ""  # it was never sent, or is removed
        answer = self._own("GET", place) if identity else {"status": 0}
        if identity and self._is_ours(answer, made.kind, identity):
            return self._delete(made, identity, answer)
        for other in ids_found(self._own("GET", self._filled(made.lookup))):
            if f"{made.kind}/{other}" in self.gone:
                continue
            found = self._own("GET", f"{made.kind}/{other}")
            if self._is_ours(found, made.kind, other):
                return self._delete(made, other, found)
        if 200 <= answer["status"] < 300:
            return f"Not touched, for it does not show whom this script made: {self._filled(made.lookup)}"
        was_made = 200 <= self.answers.get(made.step, answer)["status"] < 300
        missing = "Perhaps still on the target, for it is found neither by its id nor by its name"
        return f"{missing}: {self._filled(made.lookup)}" if was_made and not made.is_removed else ""

    def _delete(self, made: Made, identity: str, answer: Mapping[str, Any]) -> str:
        place, whom = f"{made.kind}/{identity}", self._filled(made.lookup)
        self.gone.append(place)
        answered = self._own("DELETE", place)["status"]
        if 200 <= answered < 300:
            self.removed.append((made, identity, answered))
            return ""
        if made.kind == "/Users":
            write = (
                ("PATCH", place, PATCH_OFF) if self.conversation.patches else ("PUT", place, inactive(answer))
            )
            off = self._own(*write)
            if 200 <= off["status"] < 300:
                return f"Deactivated, for DELETE was answered {answered}: {whom}"
        return f"Still on the target, for DELETE was answered {answered}: {whom}"

    def _look_again(self, made: Made, identity: str, answered: int) -> str:
        """Some targets only deactivate whom they are told to delete, or take their time."""
        if not self._is_ours(self._own("GET", f"{made.kind}/{identity}"), made.kind, identity):
            return ""
        whom = self._filled(made.lookup)
        return f"Still on the target, where it can be read although DELETE was answered {answered}: {whom}. Remove it there, if it stays."


def _in_words(text: Sequence[str]) -> str:
    """A text with the names of what is put into it: an id is a target's, and may be anything."""
    return "".join(f"${part}" if isinstance(part, Variable) else part for part in text)


def _failed(error: BaseException) -> str:
    """Why, without the error's own words, which may be a target's."""
    return (
        str(error) if isinstance(error, NotAsked) else f"the script itself failed with {type(error).__name__}"
    )


def _secrets() -> dict[str, str]:
    names = (
        name for name in os.environ if name == "SCIM_TESTS_TOKEN" or name.startswith("SCIM_TESTS_HEADER_")
    )
    return {name: os.environ[name] for name in names}


def _write(
    connection: HTTPConnection, method: str, target: str, headers: Sequence[tuple[str, str]], body: str
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


def _read(connection: HTTPConnection) -> dict[str, Any]:
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


def main(base_url: str, conversation: Conversation) -> int:
    """The exit code; whatever goes wrong, it is 2, with a sentence in place of a traceback."""
    try:
        code = played(base_url, conversation)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- also who reads it may be gone
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 -- or Python complains at its end
        print(f"Not asked: {_failed(error)}.", file=sys.stderr)
        return 2
    return code


def played(base_url: str, conversation: Conversation) -> int:
    """Play the story; an argument names another base URL."""
    url = sys.argv[1] if len(sys.argv) > 1 else base_url
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if not url:
        print(
            "Not asked: Name a base URL. The server of the run is gone, and scim-tests serve starts another."
        )
        return 2
    if conversation.leaves_users and os.environ.get("SCIM_TESTS_LEAVE_USERS") != "yes":
        print(f"Not asked: {LEAVING}.")
        return 2
    return Script(url, conversation).play()
