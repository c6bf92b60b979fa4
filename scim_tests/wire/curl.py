"""Writes a request as a command that anybody can paste into a shell to see the answer for themselves.

Secrets stay in the environment: `$SCIM_TESTS_TOKEN` is expanded by the shell that runs the line.
"""

import re
import shlex

from scim_tests.model.exchange import Request

LEFT_TO_CURL = frozenset({"host", "content-length"})
ADDED_BY_CURL = ("Accept", "User-Agent")  # and Content-Type where there is a body

# Secrets, and what a reproduction learns as it goes.
_PLACEHOLDER = re.compile(r"(\$SCIM_TESTS_(?:TOKEN|PASSWORD|RUN|URL|ID_\d+|HEADER_[A-Z0-9_]+))")
_ENDS_WITH_SECRET = re.compile(
    r'[^"\\`$!]*' + _PLACEHOLDER.pattern
)  # `Authorization: Bearer $SCIM_TESTS_TOKEN`


def curl(request: Request, base_url: str) -> str:
    """One line for a POSIX shell. A body that is no plain text comes in through printf."""
    options = ["-sS", "-i", "--globoff", "--path-as-is", "-X", shlex.quote(request.method)]
    if request.header("Accept-Encoding"):
        options.append("--compressed")
    for header in _headers(request):
        options += ["-H", quoted(header)]
    url = quoted(base_url + request.path)
    if not request.body:
        return " ".join(["curl", *options, url])
    if _is_plain(request.body):
        return " ".join(["curl", *options, "--data-raw", quoted(request.body.decode()), url])
    return " ".join([_printf(request.body), "|", "curl", *options, "--data-binary", "@-", url])


def _headers(request: Request) -> list[str]:
    """The headers as curl takes them: `Name;` sends an empty one, `Name:` leaves out one of its own."""
    given = [(name, value) for name, value in request.headers if name.lower() not in LEFT_TO_CURL]
    added = [*ADDED_BY_CURL, "Content-Type"] if request.body else ADDED_BY_CURL
    unwanted = [f"{name}:" for name in added if request.header(name) is None]
    return [f"{name}: {value}" if value else f"{name};" for name, value in given] + unwanted


def quoted(text: str) -> str:
    """One shell word: in double quotes where that reads well, else in pieces, each in its own quotes."""
    if _ENDS_WITH_SECRET.fullmatch(text):
        return f'"{text}"'
    pieces = [piece for piece in _PLACEHOLDER.split(text) if piece]
    return "".join(_piece(piece) for piece in pieces) or "''"


def _piece(text: str) -> str:
    return f'"{text}"' if _PLACEHOLDER.fullmatch(text) else shlex.quote(text)


def _is_plain(body: bytes) -> bool:
    """Whether it is text that stays on its line."""
    try:
        return not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", body.decode())
    except UnicodeDecodeError:
        return False


def _printf(body: bytes) -> str:
    """A command that prints the body; what printf or a terminal could take amiss is written in octal."""
    pieces = _PLACEHOLDER.split(body.decode("latin-1"))
    written = "%s".join(re.sub(r"^-|[^ -~]|[\\%']", _octal, text) for text in pieces[::2])
    return " ".join(["printf", f"'{written}'", *(f'"{placeholder}"' for placeholder in pieces[1::2])])


def _octal(character: re.Match[str]) -> str:
    return f"\\{ord(character[0]):03o}"
