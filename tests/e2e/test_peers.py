"""The play on servers we did not write, on real sockets, with every finding and every root cause reviewed.

`reviewed/<server>.toml` holds each finding with the reason why it is true, and what is wrong with the server as
somebody cut it who read its source: one cause for each place to mend, in the order to mend. An untrue finding
would be our bug and is mended in the check; one that no longer comes up has to leave the list.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import httpx
import pytest
from commanding import TOKEN, Command, record_in

from scim_tests.errors import ExitCode
from scim_tests.model.record import RunRecord

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PEERS, REVIEWED, DOCS = HERE / "peers", HERE / "reviewed", ROOT / "docs" / "servers.md"
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "server_pages.py"))
MOST_FOR_ONE = 1.25  # causes shown for one cut by hand
CANAILLE = str(PEERS / ".venv" / "bin" / "python")  # its libraries are older than those of scim2-server
SERVERS = (
    "better-auth",
    "canaille",
    "django-scim2",
    "django-scim2-server",
    "saml-jackson",
    "scim2-server",
    "scimmy-routers",
)
PROFILES = ("okta", "okta-custom-app", "read-only", "scim")
ELSE = {"canaille": "okta-custom-app", "scim2-server": "scim"}  # or okta; `make findings` plays all under all
CASES = [
    (server, profile)
    for server in SERVERS
    for profile in PROFILES
    if profile == ELSE.get(server, "okta") or os.environ.get("PEERS") == "all"
]


def command_of(server: str) -> list[str]:
    """How a server is started; it takes the token and prints its base URL. Skips where what it needs is missing."""
    [script] = PEERS.glob(f"serve_{server.replace('-', '_')}.*")
    runner = CANAILLE if server == "canaille" else {".py": sys.executable, ".mjs": "node"}[script.suffix]
    if shutil.which(runner) is None or (runner == "node" and not (PEERS / "node_modules").exists()):
        pytest.skip(f"NOT RUN: {server} needs `make peers`, and the servers in .mjs need Node")
    return [runner, str(script)]


def ids(url: str, endpoint: str) -> list[str]:
    """Whoever is on the server, which was empty before the run."""
    shown = httpx.get(f"{url}/{endpoint}", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
    return [str(each["id"]) for each in shown.json().get("Resources", [])]


@pytest.fixture(params=CASES, ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A server and the profile it is played with."""
    server, profile = request.param
    return server, profile


@pytest.fixture
def peer_url(case: tuple[str, str]) -> Iterator[str]:
    """The server, empty, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    with subprocess.Popen(
        [*command_of(case[0]), TOKEN],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


def test_every_finding_and_every_cause_is_reviewed(
    command: Command, tmp_path: Path, case: tuple[str, str], peer_url: str
) -> None:
    """Findings and reviewed list are the same, causes are told as by hand, and exactly who is left behind is told."""
    server, profile = case
    done = command("run", "--target-url", peer_url, "--profile", profile, "--report-dir", "out")
    assert done.returncode in {ExitCode.ALL_GOOD, ExitCode.CONFORMANCE_FAILURES}, done.stdout + done.stderr
    record = record_in(tmp_path / "out")
    reviewed = tomllib.loads((REVIEWED / f"{server}.toml").read_text(encoding="utf-8"))
    listed = in_profile(reviewed["finding"], profile)
    assert [each["check"] for each in listed if each["review"] != "true" or not each["reason"].strip()] == []
    found = {
        (check.id, check.verdict) for check in record.checks if check.verdict in {"fail", "advice", "broken"}
    }
    sure = {(each["check"], each["verdict"]) for each in listed if not each.get("at_times")}
    assert sure <= found <= {(each["check"], each["verdict"]) for each in listed}
    assert_told_as_by_hand(record, in_profile(reviewed.get("cause", []), profile))
    left = ids(peer_url, "Users") + [f"/Groups/{each}" for each in ids(peer_url, "Groups")]
    assert told_of(record, left) == sorted(left)
    assert len(left) == reviewed.get("leaves", {}).get(profile, 0)


def told_of(record: RunRecord, left: list[str]) -> list[str]:
    """Those whom the run names as left behind, by an id, or in words where it may be somebody else's; all ids are somebody's."""
    told = {each.id for each in record.left_behind} - {""}
    return sorted(
        told | {each for each in left if any(f"({each}, " in one.why for one in record.left_behind)}
    )


def in_profile(entries: list[dict[str, Any]], profile: str) -> list[dict[str, Any]]:
    return [each for each in entries if profile in each.get("profiles", PROFILES)]


def assert_told_as_by_hand(record: RunRecord, causes: list[dict[str, Any]]) -> None:
    """Each trouble stands in the list, hardly one more than once, and what is to be mended first comes first."""
    failed = {check.id for check in record.checks if check.verdict == "fail"}
    by_hand = [found for each in causes if (found := failed & {*each["checks"]})]
    assert Counter(name for each in by_hand for name in each) == Counter(failed)
    shown = [each.check for each in record.root_causes]
    assert [each for each in by_hand if not each & {*shown}] == []
    assert len(shown) <= MOST_FOR_ONE * len(by_hand)
    first = by_hand[:3]
    assert [name for name in shown[: len(first)] if not any(name in each for each in first)] == []


def test_docs_name_the_versions_that_were_played() -> None:
    """docs/servers.md is what the reviewed lists say, of the servers that are installed here."""
    assert DOCS.read_text(encoding="utf-8") == SCRIPT["page"]()
    for server in SERVERS:
        reviewed = tomllib.loads((REVIEWED / f"{server}.toml").read_text(encoding="utf-8"))
        assert pinned(reviewed["name"]) == reviewed["version"], server


def pinned(name: str) -> str:
    """The version that `make peers` or the development tools install."""
    npm = json.loads((PEERS / "package.json").read_text())["dependencies"]
    python = [
        *tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    ]
    python += (PEERS / "canaille.txt").read_text().splitlines()
    found = dict(each.partition("#")[0].strip().split("==") for each in python if "==" in each)
    return str(npm.get(name) or {key.partition("[")[0]: value for key, value in found.items()}[name])
