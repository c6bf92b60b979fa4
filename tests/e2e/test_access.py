"""Every way to be let in: each is sent as it should be, and no secret of it is in a file, an output or a command line."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from commanding import TOKEN, Command
from searching import found_in
from serving import serving

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode

PAIR = "okta-user:pa55 w0rd-kept-secret"
CLIENT_SECRET = "client/secret+kept"
GATEWAY = "gateway-key-kept-secret"
Headers = dict[str, str]


class Door:
    """Stands before the reference server, lets in whom `takes` takes, and tells everybody what was sent.

    Beside it is a token endpoint, whose tokens are good for a few requests each.
    """

    def __init__(self, base_url: str, takes: Callable[["Door", Headers], bool]) -> None:
        self.app = application(Settings(tokens=(Token(TOKEN),), public_url=base_url))
        self.base_url = base_url
        self.takes = takes
        self.issued: list[str] = []
        self.asked: list[tuple[Headers, dict[str, list[str]]]] = []
        self.command_lines: set[bytes] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if not self.command_lines:
            self.command_lines = command_lines(self.base_url)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if scope["path"] == "/token":
            return await self._issue(headers, receive, send)
        others = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        if self.takes(self, headers):
            others.append((b"authorization", f"Bearer {TOKEN}".encode()))
        echo = [
            (b"x-echo", json.dumps(headers).encode()),
            (b"set-cookie", b"session=cookie-kept-secret; Path=/"),
        ]

        async def telling(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *echo]}
            await send(message)

        await self.app({**scope, "headers": others}, receive, telling)
        return None

    async def _issue(self, headers: Headers, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        self.asked.append((headers, parse_qs(body.decode())))
        good = (
            headers.get("authorization")
            == f"Basic {base64.b64encode(b'client:client%2Fsecret%2Bkept').decode()}"
        )
        token = f"issued-token-kept-secret-{len(self.asked) // 16}"  # each of them is one more to look for
        if token not in self.issued:
            self.issued.append(token)
        said = (
            {"access_token": token, "token_type": "Bearer", "expires_in": 0}
            if good
            else {"error": "invalid_client"}
        )
        await send({"type": "http.response.start", "status": 200 if good else 401, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})


def command_lines(url: str) -> set[bytes]:
    """What `ps` shows of the run against that target; other tests put their secrets into theirs."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            found.add(path.read_bytes())
    return {each for each in found if b"scim-tests\0run\0" in each and url.encode() in each}


def taking(name: str, value: str) -> Callable[[Door, Headers], bool]:
    return lambda _, headers: headers.get(name) == value


WAYS: dict[str, tuple[list[str], dict[str, str], Callable[[Door, Headers], bool]]] = {
    "bearer": ([], {"SCIM_TESTS_TOKEN": TOKEN}, taking("authorization", f"Bearer {TOKEN}")),
    "raw": (["--auth", "raw"], {"SCIM_TESTS_TOKEN": TOKEN}, taking("authorization", TOKEN)),
    "header": (["--auth", "X-Api-Key"], {"SCIM_TESTS_TOKEN": TOKEN}, taking("x-api-key", TOKEN)),
    "basic": (
        ["--auth", "basic"],
        {"SCIM_TESTS_TOKEN": PAIR},
        taking("authorization", f"Basic {base64.b64encode(PAIR.encode()).decode()}"),
    ),
    "oauth2": (
        ["--token-url", "{origin}/token", "--token-scope", "scim"],
        {"SCIM_TESTS_CLIENT_ID": "client", "SCIM_TESTS_CLIENT_SECRET": CLIENT_SECRET},
        lambda door, headers: headers.get("authorization", "").removeprefix("Bearer ") in door.issued[-8:],
    ),
    "further headers": (
        ["--header", "X-Tenant: acme, inc", "--header", "X-Gateway: key=$SCIM_TESTS_HEADER_GATEWAY"],
        {"SCIM_TESTS_TOKEN": TOKEN, "SCIM_TESTS_HEADER_GATEWAY": GATEWAY},
        lambda _, headers: (
            headers.get("authorization") == f"Bearer {TOKEN}"
            and headers["x-tenant"] == "acme, inc"
            and headers["x-gateway"] == f"key={GATEWAY}"
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lets_us_in_and_keeps_its_secrets(
    way: str, command: Command, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """People and groups are played, `clean` comes in the same way, and what the target echoes of it is found nowhere."""
    options, environment, takes = WAYS[way]
    with serving(lambda url: Door(url, takes)) as (url, door):
        told = [option.format(origin=url.removesuffix("/scim/v2")) for option in options]
        done = command(
            "run", "--target-url", url, "--only", "push_user,push_group", "--report-dir", "out", *told,
            token="", environment=environment,
        )  # fmt: skip
        assert "refused" not in done.stdout, done.stdout + done.stderr
        assert done.returncode in {ExitCode.ALL_GOOD, ExitCode.CONFORMANCE_FAILURES}, (
            done.stdout + done.stderr
        )
        record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
        assert record["left_behind"] == []
        assert len(record["exchanges"]) > 100
        cleaned = command("clean", "out", "--yes", *told, token="", environment=environment)
        assert cleaned.returncode == ExitCode.ALL_GOOD, cleaned.stdout + cleaned.stderr
    assert door.command_lines
    secrets = [
        TOKEN,
        PAIR,
        PAIR.partition(":")[2],
        CLIENT_SECRET,
        GATEWAY,
        "cookie-kept-secret",
        *door.issued,
    ]
    secrets += [base64.b64encode(each.encode()).decode() for each in (PAIR, TOKEN)]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    places = [path.read_bytes() for path in files] + [(done.stdout + done.stderr + cleaned.stdout).encode()]
    assert [
        each for each in secrets if any(each.encode() in place for place in [*places, *door.command_lines])
    ] == []
    record_property("bytes searched for secrets", sum(map(len, places)))
    if way == "oauth2":
        assert len(door.asked) > 100, "an expired token is renewed"
        assert len(door.issued) > 5
        assert {tuple(form["scope"]) for _, form in door.asked} == {("scim",)}


@pytest.mark.parametrize(
    "path", [TOKEN, TOKEN.upper(), f"%{ord(TOKEN[0]):x}{TOKEN[1:]}", TOKEN.encode().hex(), GATEWAY]
)
def test_a_url_that_tells_a_secret_is_refused(path: str, command: Command, tmp_path: Path) -> None:
    """Nothing is sent and no report is made, in which it would stand everywhere; nor is the URL repeated."""
    done = command(
        "run", "--target-url", f"http://127.0.0.1:9/{path}/scim", "--header", "X-Gateway: $SCIM_TESTS_HEADER_GATEWAY",
        environment={"SCIM_TESTS_HEADER_GATEWAY": GATEWAY},
    )  # fmt: skip
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert "The URL holds the token or another secret" in done.stderr
    assert found_in(done.stderr.encode(), [TOKEN, GATEWAY]) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "environment", "code", "said"),
    [
        (
            ["--token-url", "{origin}/token"],
            {"SCIM_TESTS_CLIENT_ID": "client", "SCIM_TESTS_CLIENT_SECRET": "wrong"},
            ExitCode.TARGET_UNREACHABLE,
            "/token gave no token: it answered 401 Unauthorized (invalid_client).",
        ),
        (["--token-url", "{origin}/token"], {}, ExitCode.USAGE, "SCIM_TESTS_CLIENT_ID and SCIM_TESTS_CLIENT_SECRET"),
        (["--token-url", "http://t.example/token"], {}, ExitCode.USAGE, "is not https"),
        (["--token-env", "SCIM_TESTS_OTHER"], {"SCIM_TESTS_TOKEN": TOKEN}, ExitCode.USAGE, "SCIM_TESTS_OTHER is not set"),
        (["--token-env", "wrong-token-8fK2"], {}, ExitCode.USAGE, "has to name an environment variable that begins with SCIM_TESTS_"),
        (["--token-env", "SCIM_TESTS_OTHER", "--token-file", "x"], {}, ExitCode.USAGE, "Name one of them."),
        (
            ["--token-url", "{origin}/token", "--client-id-env", "SCIM_TESTS_ID", "--client-secret-env", "SCIM_TESTS_KEY"],
            {"SCIM_TESTS_ID": "client", "SCIM_TESTS_KEY": "wrong"},
            ExitCode.TARGET_UNREACHABLE,
            "/token gave no token: it answered 401 Unauthorized (invalid_client).",
        ),
        (["--header", "no colon"], {"SCIM_TESTS_TOKEN": TOKEN}, ExitCode.USAGE, "--header has no name and value"),
        (
            ["--header", "X: $SCIM_TESTS_HEADER_Y"],
            {"SCIM_TESTS_TOKEN": TOKEN},
            ExitCode.USAGE,
            "SCIM_TESTS_HEADER_Y is not set",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_one_sentence(
    options: list[str], environment: dict[str, str], code: int, said: str, command: Command
) -> None:
    """Wrong credentials of a client, and options that lack something, end the run before it begins."""
    with serving(lambda url: Door(url, taking("authorization", "never"))) as (url, _):
        told = [option.format(origin=url.removesuffix("/scim/v2")) for option in options]
        done = command("run", "--target-url", url, *told, token="", environment=environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "wrong" not in done.stderr
