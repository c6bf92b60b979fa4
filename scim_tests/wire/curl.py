"""Writes a request as a command that anybody can paste into a shell to see the answer for themselves.

Secrets stay in the environment: the shell that runs the line puts them where our own code wants them,
in headers and as the password of a body. Whatever else looks like one is a word, and is sent as it is.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from scim_tests.model.exchange import Request
from scim_tests.wire.parts import Text, headers_in_parts, in_words, joined, passwords, put_in

LEFT_TO_CURL = frozenset({"host", "content-length"})
ADDED_BY_CURL = ("Accept", "User-Agent")  # and Content-Type where there is a body

_READS_WELL = re.compile(r'[^"\\`$!]*')  # in double quotes: `Authorization: Bearer $SCIM_TESTS_TOKEN`
_NO_PLAIN_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Call:
    """A request in parts, some of which are known only when it is sent."""

    method: str
    url: Text
    headers: Sequence[tuple[str, Text]] = ()
    body: Text = ()

    def has(self, name: str) -> bool:
        """Whether it sends a header of that name, in any letter case."""
        return any(each.lower() == name.lower() for each, _ in self.headers)


def curl(request: Request, base_url: str) -> str:
    """One line for a POSIX shell, with secrets as its variables; `base_url` ends without a slash."""
    body = request.body.decode(errors="surrogateescape")
    headers = headers_in_parts(request.headers)
    return command(Call(request.method, (base_url + request.path,), headers, put_in(body, passwords(body))))


def command(call: Call) -> str:
    """The line of a call. A body that is no plain text comes in through printf."""
    options = ["-sS", "-i", "--globoff", "--path-as-is", "-X", shlex.quote(call.method)]
    if call.has("Accept-Encoding"):
        options.append("--compressed")
    for header in _headers(call):
        options += ["-H", quoted(header)]
    url = quoted(call.url)
    if not call.body:
        return " ".join(["curl", *options, url])
    if not any(isinstance(part, str) and _NO_PLAIN_TEXT.search(part) for part in call.body):
        return " ".join(["curl", *options, "--data-raw", quoted(call.body), url])
    return " ".join([_printf(call.body), "|", "curl", *options, "--data-binary", "@-", url])


def _headers(call: Call) -> list[Text]:
    """The headers as curl takes them: `Name;` sends an empty one, `Name:` leaves out one of its own."""
    given = [(name, value) for name, value in call.headers if name.lower() not in LEFT_TO_CURL]
    added = [*ADDED_BY_CURL, "Content-Type"] if call.body else ADDED_BY_CURL
    unwanted = [(f"{name}:",) for name in added if not call.has(name)]
    return [joined([f"{name}: ", *value]) if value else (f"{name};",) for name, value in given] + unwanted


def quoted(text: Text) -> str:
    """One shell word: in double quotes where that reads well, else in pieces, each in its own quotes; never empty."""
    words = [part for part in text if isinstance(part, str)]
    ends_with_a_variable = len(text) == 2 and isinstance(text[0], str) and len(words) == 1
    if ends_with_a_variable and _READS_WELL.fullmatch(words[0]):
        return '"' + "".join(part if isinstance(part, str) else f"${part.name}" for part in text) + '"'
    return "".join(shlex.quote(part) if isinstance(part, str) else f'"${part.name}"' for part in text) or "''"


def _printf(body: Text) -> str:
    """A command that prints the body; what printf or a terminal could take amiss is written in octal."""
    written = in_words(body, _for_printf)
    text = "".join(part if isinstance(part, str) else "%s" for part in written)
    variables = [quoted((part,)) for part in written if not isinstance(part, str)]
    return " ".join(["printf", f"'{text}'", *variables])


def _for_printf(text: str) -> str:
    octets = text.encode(errors="surrogateescape").decode("latin-1")
    return re.sub(r"^-|[^ -~]|[\\%']", lambda found: f"\\{ord(found[0]):03o}", octets)
