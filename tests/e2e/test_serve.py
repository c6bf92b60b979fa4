"""`scim-tests serve` at the door users use: every option does what its help says, and no secret shows."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from commanding import TOKEN, Command, record_in

from scim_tests.errors import ExitCode

pytestmark = pytest.mark.usefixtures("no_page")

SOMEBODY = "user00000100@example.com"
CREDENTIALS = f"""
[[token]]
value = "first-s3cret"
user_name = "{SOMEBODY}"

[[token]]
value = "second-s3cret"
tenant = "other"

[[login]]
user_name = "okta"
password = "third-s3cret"
"""
FURTHER = Path(__file__).parents[2] / "reference_server" / "further" / "okta_entitlements.json"
SERVE = ("serve", "--port", "0")


@contextmanager
def served(*arguments: str) -> Iterator[tuple[str, list[str]]]:
    """The base URL of a server with these options, and what it has printed once the block is left."""
    with subprocess.Popen(
        [sys.executable, "-m", "scim_tests", *SERVE, *arguments],
        env={"PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        printed: list[str] = []
        try:
            for line in server.stdout:
                printed.append(line)
                if line.startswith("Serving"):
                    break
            yield printed[-1].split()[-1], printed
        finally:
            server.terminate()
            printed.extend(server.stdout)


def test_limits_are_printed() -> None:
    """One a line with its value, and nothing is served."""
    from reference_server.settings import LIMITS

    command = [sys.executable, "-m", "scim_tests", *SERVE, "--limits"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert [line.split()[0] for line in printed.splitlines()] == list(LIMITS)


def got(url: str, authorization: str | None = None) -> tuple[int, Any]:
    """The status and the body of an answer to GET."""
    headers = {"Authorization": authorization} if authorization else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_tenants_logins_and_seeding_come_from_options(tmp_path: Path) -> None:
    """Tokens and a login of a file open their tenants; the first has the seeded users, and no secret is printed."""
    credentials = tmp_path / "credentials.toml"
    credentials.write_text(CREDENTIALS)
    database = tmp_path / "users.sqlite"
    options = ("--credentials", str(credentials), "--seed-users", "1234", "--database", str(database))
    with served(*options, "--raw-header", "--closed-discovery", "--schema-file", str(FURTHER)) as (
        url,
        printed,
    ):
        basic = "Basic " + b64encode(b"okta:third-s3cret").decode()
        for authorization in ("Bearer first-s3cret", "first-s3cret", basic):
            assert got(f"{url}/Users?count=1", authorization)[1]["totalResults"] == 1234
        assert got(f"{url}/Users", "Bearer second-s3cret")[1]["totalResults"] == 0
        assert got(f"{url}/Me", "Bearer first-s3cret")[1]["userName"] == SOMEBODY
        assert got(f"{url}/Roles", "Bearer first-s3cret")[1]["totalResults"] == 3
        assert got(f"{url}/ServiceProviderConfig")[0] == 401
    assert "s3cret" not in "".join(printed)


def test_interop_rate_limit_and_public_url_come_from_options() -> None:
    """The configuration says what was chosen, and the third request in a burst of two a second has to wait."""
    public = "https://scim.example.com/v2"
    with served("--interop", "--rate-limit", "2", "--public-url", public) as (url, _):
        status, config = got(f"{url}/ServiceProviderConfig")
        assert (status, config["interopProfileConformant"]) == (200, True)
        assert config["meta"]["location"] == f"{public}/ServiceProviderConfig"
        assert 429 in [got(f"{url}/Schemas")[0] for _ in range(60)]


def test_readings_come_from_options(tmp_path: Path) -> None:
    """Each by its name, and as many as wanted: a group of nobody is created, and its PATCH answered with 204."""
    token = tmp_path / "token"
    token.write_text("s3cret")
    group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    options = ("--reading", "patch-204", "--reading", "members-unchecked", "--token-file", str(token))
    headers = {"Authorization": "Bearer s3cret"}
    with served(*options) as (url, _), httpx.Client(base_url=url, headers=headers) as client:
        body = {"schemas": [group], "displayName": "Team", "members": [{"value": "nobody"}]}
        created = client.post("/Groups", json=body)
        assert created.status_code == 201
        removal = {"op": "remove", "path": "members"}
        message = {"schemas": [patch], "Operations": [removal]}
        assert client.patch(f"/Groups/{created.json()['id']}", json=message).status_code == 204


@pytest.mark.parametrize(("profile", "asked"), [("ziflow", ["--probe-unsupported"]), ("read-only", [])])
def test_a_profile_is_practised_on_its_likeness(
    tmp_path: Path, command: Command, profile: str, asked: list[str]
) -> None:
    """The play is clean against `--like`, which says what it lacks; `--log` tells each request, without the token."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    options = ("--like", profile, "--token-file", str(token), "--seed-users", "20", "--log")
    with served(*options) as (url, printed):
        done = command("run", "--profile", profile, "--target-url", url, "--report-dir", "out", *asked)
        assert done.returncode == ExitCode.ALL_GOOD, done.stdout
    counts = record_in(tmp_path / "out").counts
    assert (counts.advice, counts.failed, counts.broken) == (0, 0, 0)
    assert counts.passed > 50
    lines = "".join(printed)
    assert f"scim-tests {' '.join(('run', '--target-url', url, '--profile', profile, *asked))}\n" in lines
    assert "export" not in lines
    assert "not push_groups:" in lines
    assert " default GET /scim/v2/Users?startIndex=1&count=2 200 " in lines
    assert " - GET /scim/v2/Users?startIndex=1&count=2 401 " in lines
    assert TOKEN not in lines


def test_a_token_of_its_own_is_handed_over_in_a_line() -> None:
    """Who has brought none gets it once to read and once to type, so that the line that plays works."""
    with served("--like", "ziflow") as (_, printed):
        pass
    [token] = [line.removeprefix("Token: ") for line in printed if line.startswith("Token: ")]
    assert f"For the terminal that plays: export SCIM_TESTS_TOKEN={token}" in printed


BASIC_PROFILE = """
name = "by-password"
title = "By password"
dialect = "oin"
capabilities = ["push_users"]
clean_up = "nothing"
authorization = ["basic"]
"""


def test_a_profile_that_sends_a_password_gets_a_login(tmp_path: Path) -> None:
    """A token that is user:password opens the door by HTTP Basic; another is a usage error."""
    profile, token = tmp_path / "by-password.toml", tmp_path / "token"
    profile.write_text(BASIC_PROFILE)
    token.write_text("okta:third-s3cret")
    with served("--like", str(profile), "--token-file", str(token)) as (url, printed):
        assert got(f"{url}/Users", "Basic " + b64encode(b"okta:third-s3cret").decode())[0] == 200
        assert got(f"{url}/Users", "Bearer okta:third-s3cret")[0] == 401
        schemes = got(f"{url}/ServiceProviderConfig")[1]["authenticationSchemes"]
        assert [each["type"] for each in schemes] == ["httpbasic"]
    assert "s3cret" not in "".join(printed)


@pytest.mark.parametrize(("host", "far"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])  # noqa: S104 -- what is tried
def test_who_can_reach_it_is_said(host: str, far: bool) -> None:
    """It keeps to this machine unless told otherwise, and says so when told."""
    with served("--host", host) as (url, printed):
        assert got(f"{url}/ServiceProviderConfig")[0] == 200
    assert any(f"listens on {host}" in line for line in printed) is far


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--credentials", ""),
        ("--credentials", "not toml"),
        ("--credentials", '[[token]]\nvalu = "s3cret"'),
        ("--credentials", 'token = "s3cret"'),
        ("--credentials", '[[login]]\nuser_name = "s3cret"'),
        ("--credentials", "[[token]]\nvalue = 7"),
        ("--credentials", "[[token]]\nvalue = 's3cret'\n[[token]]\nvalue = 's3cret'\ntenant = 'b'"),
        ("--schema-file", "{}x"),
        ("--like", None),
        ("--public-url", None),
        ("--seed-users", None),
    ],
)
def test_an_option_that_makes_no_sense_is_a_usage_error(
    tmp_path: Path, program: Path, option: str, content: str | None
) -> None:
    """One sentence that names the file, exit code 4, and nothing of what the file holds."""
    file = tmp_path / "given"
    if content is not None:
        file.write_text(content)
    done = subprocess.run(
        [program, *SERVE, option, str(file)],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert "given" in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr
