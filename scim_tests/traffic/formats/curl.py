"""Reads what `curl -v` writes: `>` before the request, `<` before the answer, and the answer's body as it came.

What it sent as a body it does not write; where the command stands in the file too, its `--data` is it.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from scim_tests.traffic.formats.source import Found, Json, Source, dated

_ASKED = re.compile(r"> ?(?P<method>[A-Z]{1,20}) (?P<path>\S+) HTTP/[\d.]+\s*")
_ANSWERED = re.compile(r"< ?HTTP/[\d.]+ (?P<status>\d{3})(?: .*)?")
_HEADER = re.compile(r"[<>] ?(?P<name>[\w!#$%&'*+.^`|~-]+): ?(?P<value>.*)")
_ASIDE = re.compile(r"[*{}] |[<>] ?$|\s*% Total|\s*Dload ")
_METER = re.compile(r"^\s*\d[\d.kMG]*(?:\s+[\d.kMG]+){6,8}(?:\s+[\d:-]{7,8}){3}\s+[\d.kMG]+")
_GLUED = re.compile(r"\* (?:Connection #\d+ to host |Closing connection|Connected to |Re-using ).*$")
_SCHEME = re.compile(r"(?i)SSL connection using|ALPN|port 443\b|https://")
_COMMAND = re.compile(r"\s*(?:[$#%>] )?curl(?:\.exe)? ")
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
        answered = [{"name": name, "value": value} for name, value in self.shown]
        return {
            "startedDateTime": dated(answered),
            "request": {
                "method": self.method,
                "url": f"{'https' if self.secure else 'http'}://{host}{self.path}",
                "headers": [{"name": name, "value": value} for name, value in self.sent],
                "postData": {} if self.data is None else {"text": self.data},
            },
            "response": {
                "status": self.status,
                "headers": answered,
                "content": _whole("\n".join(self.body), self.shown),
            },
        }


def read(source: Source) -> Found | None:
    """None where no request stands in it."""
    calls = list(_calls(source.text))
    return Found(whole=True, entries=[each.entry() for each in calls]) if calls else None


def _calls(text: str) -> Iterator[_Call]:
    call: _Call | None = None
    data, secure, command = None, False, ""
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.rpartition("\r")[2]  # a meter writes over itself
        if command or _COMMAND.match(line):
            command += f"{line}\n"
            if not _goes_on(command):
                data, secure, command = _data(command), "https://" in command, ""
        elif asked := _ASKED.fullmatch(line):
            if call:
                yield call
            call, data = _Call(asked["method"], asked["path"], data, secure), None
        elif call and (answered := _ANSWERED.fullmatch(line)):
            call.status, call.shown, call.body = int(answered["status"]), [], []
        elif call and line[:1] in "<>" and (header := _HEADER.fullmatch(line)):
            (call.shown if line[0] == "<" else call.sent).append((header["name"], header["value"].strip()))
        elif _ASIDE.match(line):
            secure = bool(_SCHEME.search(line)) or (secure and "Connected to" not in line)
            if call and not call.status:
                call.secure = call.secure or secure
        elif call and call.status:
            call.body.append(_METER.sub("", line))
    if call:
        yield call


def _whole(text: str, headers: list[tuple[str, str]]) -> Json:
    """The body, without what curl said right behind it and without the headers that -i wrote; none where it is not of the length it has to be."""
    body = text.strip("\n")
    while body.startswith("HTTP/"):
        body = body.partition("\n\n")[2]
    body = _GLUED.sub("", body)
    length = next((value for name, value in headers if name.lower() == "content-length"), "")
    packed = any(name.lower() == "content-encoding" for name, _ in headers)
    cut = length.isdecimal() and not packed and not int(length) - 2 <= len(body.encode(errors="surrogateescape")) <= int(length)
    return {"size": int(length[:18])} if cut else {"text": body}


def _goes_on(command: str) -> bool:
    """Whether the command goes on in the next line: after a backslash, or inside of quotes."""
    if command.endswith("\\\n"):
        return True
    try:
        shlex.split(command)
    except ValueError:
        return len(command) < 100_000
    return False


def _data(command: str) -> str | None:
    """What a command sends; None where it stands in a file, and empty where it sends nothing."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    given = [after for word, after in zip(words, words[1:], strict=False) if word in _DATA]
    if any(each.startswith("@") for each in given):
        return None
    return "&".join(given)
