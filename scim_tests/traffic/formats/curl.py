"""Reads what `curl -v` writes: `>` before the request, `<` before the answer, and the answer's body as it came.

What it sent as a body it does not write; where the command stands in the file too, its `--data` is it.
"""

import re
import shlex
from dataclasses import dataclass, field
from itertools import pairwise

from scim_tests.traffic.formats.source import Found, Json, Source, dated

_ASKED = re.compile(r"> ?(?P<method>[A-Z]{1,20}) (?P<path>\S+) HTTP/[\d.]+\s*")
_ANSWERED = re.compile(r"< ?HTTP/[\d.]+ (?P<status>\d{3})(?: .*)?")
_HEADER = re.compile(r"(?P<sign>[<>]) ?(?P<name>[\w!#$%&'*+.^`|~-]+): ?(?P<value>.*)")
_ASIDE = re.compile(r"\* |[{}] \[\d+ bytes data\]|[<>] ?$|\s*% Total|\s*Dload ")
_METER = re.compile(r"\s*\d[\d.kMG]*(?:\s+[\d.kMG]+){6,8}(?:\s+[\d:-]{7,8}){3}\s+[\d.kMG]+")
_BEHIND = re.compile(r"(?<=[}\]>])(?:\* {1,3}[A-Z]|\s*% Total ).*")  # a body that ends without a new line
_SECURE = re.compile(r"(?i)SSL connection using|ALPN|port 443\b|https://")
_COMMAND = re.compile(r"\s*(?:\S{0,80}[$#%>] )?curl(?:\.exe)? ")
_DATA = frozenset({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"})


@dataclass
class _Call:
    method: str
    path: str
    data: str | None
    secure: bool
    sent: list[tuple[str, str]] = field(default_factory=list)
    status: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    def entry(self) -> Json:
        """It as an entry of a HAR."""
        host = next((value for name, value in self.sent if name.lower() == "host"), "recorded.invalid")
        answered = _pairs(self.shown)
        return {
            "startedDateTime": dated(answered),
            "request": {
                "method": self.method,
                "url": f"{'https' if self.secure else 'http'}://{host}{self.path}",
                "headers": _pairs(self.sent),
                "postData": {} if self.data is None else {"text": self.data},
            },
            "response": {"status": self.status, "headers": answered, "content": self._content()},
        }

    def _content(self) -> Json:
        """The body, without what curl said right behind it and the headers that -i wrote; a size alone where it is not of its length."""
        body = "\n".join(self.body).strip("\n")
        while body.startswith("HTTP/"):
            body = body.partition("\n\n")[2]
        named = {name.lower(): value for name, value in self.shown}
        length = named.get("content-length", "")
        if length.isdecimal() and len(length) < 16 and "content-encoding" not in named:
            came = body.encode(errors="surrogateescape")[: int(length)]
            if len(came) < int(length) - 2:  # it may end with a new line
                return {"size": int(length)}
            return {"text": came.decode(errors="surrogateescape")}
        return {"text": body}


class _Transcript:
    """Takes a transcript line by line."""

    def __init__(self) -> None:
        self.calls: list[_Call] = []
        self._command = ""  # as far as it was read
        self._data: str | None = None  # of the command, for the request to come
        self._secure = False

    def line(self, line: str) -> None:
        """What the next line tells."""
        if _COMMAND.match(line) or (self._command and not _ASIDE.match(line) and not _ASKED.match(line)):
            self._command += f"{line}\n"
            if not _goes_on(self._command):
                self._ran()
            return
        if self._command:
            self._ran()
        if asked := _ASKED.fullmatch(line):
            self.calls.append(_Call(asked["method"], asked["path"], self._data, self._secure))
            self._data = None
        elif _ASIDE.match(line):
            self._secure = bool(_SECURE.search(line)) or (self._secure and "Connected to" not in line)
        elif self.calls:
            self._of_a_call(self.calls[-1], line)

    def _ran(self) -> None:
        self._data, self._secure = _data(self._command), "https://" in self._command
        self._command = ""

    def _of_a_call(self, call: _Call, line: str) -> None:
        header = _HEADER.fullmatch(line)
        if answered := _ANSWERED.fullmatch(line):
            call.status, call.shown, call.body = int(answered["status"]), [], []
        elif header:
            (call.shown if header["sign"] == "<" else call.sent).append(
                (header["name"], header["value"].strip())
            )
        elif call.status:
            call.body.append(_BEHIND.sub("", line))


def read(source: Source) -> Found | None:
    """None where no request stands in it."""
    transcript = _Transcript()
    for line in source.text.replace("\r\n", "\n").split("\n"):
        written = line.rstrip("\r").rpartition("\r")[2]  # a meter writes over itself
        transcript.line(_METER.sub("", written))
    return (
        Found(whole=True, entries=[each.entry() for each in transcript.calls]) if transcript.calls else None
    )


def _goes_on(command: str) -> bool:
    """Whether the command goes on in the next line: after a backslash, or inside of quotes."""
    if command.endswith("\\\n"):
        return True
    try:
        shlex.split(command)
    except ValueError:
        return True
    return False


def _data(command: str) -> str | None:
    """What a command sends; None where it stands in a file or cannot be read, and empty where it sends nothing."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    given = [after for word, after in pairwise(words) if word in _DATA]
    given += [word.partition("=")[2] for word in words if word.partition("=")[0] in _DATA and "=" in word]
    return None if any(each.startswith("@") for each in given) else "&".join(given)


def _pairs(headers: list[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers]
