"""What lets us in at a target: a token and its form, or a grant that gives tokens, further headers, and trust.

No secret is ever taken from an argument, which everybody on the machine can read.
"""

import base64
import getpass
import os
import re
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import current_thread, main_thread

from scim_tests.errors import UsageError
from scim_tests.model.exchange import Headers
from scim_tests.model.forms import changes_the_method
from scim_tests.model.loopback import is_loopback
from scim_tests.model.profile import BASIC, Profile
from scim_tests.model.slots import slot
from scim_tests.options import RunOptions
from scim_tests.wire import tls
from scim_tests.wire.address import base_url
from scim_tests.wire.client import Client
from scim_tests.wire.grant import Grant
from scim_tests.wire.in_process import InProcess
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

TOKEN_VARIABLE = "SCIM_TESTS_TOKEN"  # noqa: S105 -- the name of a variable
AT_THE_COMMAND = "Set {}, or name a file with --token-file; a token is never taken from an argument."
IN_PYTHON = "Give token=…, name a file with token_file=…, or set {}."
CLIENT_ID, CLIENT_SECRET = "SCIM_TESTS_CLIENT_ID", "SCIM_TESTS_CLIENT_SECRET"
DOTS = frozenset("•●∙·⋅○◦⬤…")  # of a field that hides what is in it, and of a text that is cut
IN_A_HEADER = re.compile(r"\$(SCIM_TESTS_HEADER_[A-Z0-9_]+)")
HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([ -~]*)")


@dataclass(frozen=True)
class Access:
    """The token, empty where a grant gives it; further secrets by their placeholders. A `repr` shows none."""

    token: str = field(repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Headers = ()
    grant: Grant | None = None
    tls: ssl.SSLContext | None = None

    def client(  # noqa: PLR0913 -- each is a choice of the run
        self,
        url: str,
        ledger: Ledger,
        timeout: float,
        *,
        password: str = "",
        connections: int = 1,
        transport: InProcess | None = None,
    ) -> Client:
        """A way to the target, for whoever enters it; `timeout` in seconds, for each request as a whole."""
        return Client(
            url,
            Vault(self.token, password, self.secrets),
            ledger=ledger,
            timeout=timeout,
            connections=connections,
            tls=self.tls,
            headers=self.headers,
            grant=self.grant,
            transport=transport,
        )


def access(options: RunOptions, profile: Profile) -> Access:
    """From the options and the environment.

    UsageError (`no-token`, `bad-header`, `bad-tls`, `bad-url`) says what is missing or wrong.
    """
    headers, secrets = _headers(options.header)
    trust = tls.context(options.ca_bundle, options.client_cert, insecure=options.insecure)
    if options.token_url:
        grant, hidden = _grant(options)
        return Access("", {**secrets, **hidden}, headers, grant, trust)
    if profile.authorization[0] == BASIC:
        token, hidden = _basic(*_said(options))
        return Access(token, {**secrets, **hidden}, headers, tls=trust)
    return Access(_usable(*_said(options)), secrets, headers, tls=trust)


def _grant(options: RunOptions) -> tuple[Grant, dict[str, str]]:
    """What gives tokens, and the client's secret by its placeholder."""
    url = base_url(options.token_url or "")
    if not url.startswith("https://") and not is_loopback(url):
        raise UsageError("bad-url", f"{url} is not https, and would be told the client's secret.")
    names = (options.client_id_env or CLIENT_ID, options.client_secret_env or CLIENT_SECRET)
    client_id, secret = (os.environ.get(name, "") for name in names)
    if not client_id or not secret:
        raise UsageError("no-token", f"{names[0]} and {names[1]} have to be set for --token-url.")
    return Grant(url, client_id, secret, options.token_scope or ""), {f"${CLIENT_SECRET}": secret}


def _basic(said: str, where: str) -> tuple[str, dict[str, str]]:
    """What follows Basic, and the password that is in it. What is encoded already is taken as it is."""
    if ":" not in said:
        return _usable(said, where), {}
    password = said.partition(":")[2]
    return base64.b64encode(said.encode()).decode(), {"$SCIM_TESTS_TOKEN_PASSWORD": password}


def _headers(given: tuple[str, ...]) -> tuple[Headers, dict[str, str]]:
    """Further headers with placeholders in them, and what these stand for."""
    headers, secrets = [], {}
    for each in given:
        found = HEADER.fullmatch(each.strip())
        if not found:
            raise UsageError(
                "bad-header", "--header has no name and value that a header can have.", "Write 'NAME: VALUE'."
            )
        if changes_the_method(found[1]):
            hint = "Leave it out: what is sent has to be what is asked for."
            raise UsageError("bad-header", f"--header {found[1]} would make every request another one.", hint)
        for variable in IN_A_HEADER.findall(found[2]):
            value = os.environ.get(variable, "")
            if not value:
                raise UsageError("no-token", f"{variable} is not set, and --header {found[1]} needs it.")
            secrets[f"${variable}"] = _usable(value, variable)
        headers.append((found[1], IN_A_HEADER.sub(lambda name: slot(name[0]), found[2])))
    return tuple(headers), secrets


def find_token(token_file: str | None, variable: str | None = None) -> str:
    """The bearer token from a file, that variable, else `SCIM_TESTS_TOKEN` or a prompt; never from an argument.

    UsageError `no-token` where there is none, or no header can carry it (RFC 6750 2.1).
    """
    return _usable(*_found(token_file, variable))


def _said(options: RunOptions) -> tuple[str, str]:
    """The token as it was given, and where."""
    if options.token:
        return options.token, ""
    return _found(options.token_file, options.token_env, IN_PYTHON if options.app else AT_THE_COMMAND)


def _found(
    token_file: str | None, variable: str | None = None, hint: str = AT_THE_COMMAND
) -> tuple[str, str]:
    """The token of a file or of a variable; nobody is asked for one that was said to be in a variable, or by a thread."""
    if token_file:
        return _read_token(Path(token_file)), token_file
    token = os.environ.get(variable or TOKEN_VARIABLE, "")
    if not token and not variable and sys.stdin.isatty() and current_thread() is main_thread():
        token = getpass.getpass("Bearer token of the target: ")
    if not token.strip():
        missing = f": {variable} is not set" if variable else ""
        message = f"There is no token for the target{missing}."
        raise UsageError("no-token", message, hint.format(variable or TOKEN_VARIABLE))
    return token.strip(), variable or TOKEN_VARIABLE


def _read_token(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UsageError("no-token", f"The token file {path} cannot be read: {reason}.") from None
    if not token:
        raise UsageError("no-token", f"The token file {path} is empty.")
    return token


def _usable(token: str, where: str) -> str:
    """A token goes into a header, which takes printable ASCII without line breaks (RFC 6750 2.1)."""
    at = next((at for at, each in enumerate(token) if not " " < each < "\x7f"), None)
    if at is None:
        return token
    hint = "Copy it anew."
    if token.lower().startswith(("bearer ", "authorization:")):
        hint = "Give the token alone, without Bearer in front."
    elif not DOTS.isdisjoint(token):
        hint = "It is shown as dots, or only in part: copy it where the whole of it can be seen."
    place = {0: "its beginning", len(token) - 1: "its end"}.get(at, f"character {at + 1}")
    message = (
        f"The token{where and f' in {where}'} has {_called(token[at])} at {place}, which no header can carry."
    )
    raise UsageError("no-token", message, hint)


def _called(character: str) -> str:
    """What it is, with nothing of a token in it."""
    if character in DOTS:
        return "a dot in place of what is hidden"
    if len(f"a{character}b".splitlines()) > 1:
        return "a line break"
    if character.isspace():
        return "a blank"
    if not character.isprintable():
        return f"an invisible character (U+{ord(character):04X})"
    return "a character beyond ASCII"
