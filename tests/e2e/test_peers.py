"""The play on servers we did not write, on real sockets, with every finding reviewed.

`reviewed/<server>.toml` holds each finding with the reason why it is true. An untrue one would be our
bug and is mended in the check; one that no longer comes up has to leave the list.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import TOKEN, Command, record_in

from scim_tests.errors import ExitCode

HERE = Path(__file__).parent
SERVERS = ("scim2-server", "django-scim2-server", "django-scim2", "scimmy-routers")
PROFILES = ("okta", "okta-custom-app", "read-only")


def command_of(server: str) -> list[str]:
    """How a server is started; it takes the token and prints its base URL. Skips where Node or its packages are missing."""
    if server != "scimmy-routers":
        return [sys.executable, str(HERE / "peers" / f"serve_{server.replace('-', '_')}.py")]
    folder = HERE / "peers" / "scimmy_routers"
    if shutil.which("node") is None or not (folder / "node_modules").exists():
        pytest.skip("NOT RUN: scimmy-routers needs Node and `make peers`")
    return ["node", str(folder / "serve.mjs")]


@pytest.fixture
def peer_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The server of that name, empty, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    with subprocess.Popen(
        [*command_of(request.param), TOKEN],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("peer_url", "server"), [(each, each) for each in SERVERS], indirect=["peer_url"])
def test_every_finding_is_reviewed(
    command: Command, tmp_path: Path, peer_url: str, server: str, profile: str
) -> None:
    """Findings and reviewed list are the same, each entry says why it is true, and who is left behind is told."""
    done = command("run", "--target-url", peer_url, "--profile", profile, "--report-dir", "out")
    assert done.returncode in {ExitCode.ALL_GOOD, ExitCode.CONFORMANCE_FAILURES}, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    reviewed = tomllib.loads((HERE / "reviewed" / f"{server}.toml").read_text(encoding="utf-8"))
    listed = [each for each in reviewed["finding"] if profile in each.get("profiles", PROFILES)]
    assert [each["check"] for each in listed if each["review"] != "true" or not each["reason"].strip()] == []
    found = {
        (check.id, check.verdict) for check in record.checks if check.verdict in {"fail", "advice", "broken"}
    }
    assert found == {(each["check"], each["verdict"]) for each in listed}
    assert len({left.id for left in record.left_behind}) <= reviewed.get("leaves", 0)
