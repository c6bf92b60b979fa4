"""The server in a process of its own: seeded, bent, and gone with whoever started it."""

import socket
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from reference_server.apart import apart
from reference_server.faults import bent
from reference_server.settings import Settings, Token

from .conftest import USER

SETTINGS = Settings(tokens=(Token("secret"),))
AUTHORIZED = {"Authorization": "Bearer secret"}
# Somebody who starts one, says where it is, and waits.
STARTER = """
import sys
from reference_server.apart import apart
from reference_server.settings import Settings, Token
with apart(Settings(tokens=(Token("secret"),))) as server:
    print(server.base_url, flush=True)
    sys.stdin.read()
"""


def test_it_serves_seeded_and_bent_until_the_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its people are there, its fault shows, and at the end neither the server nor its database is left."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with apart(SETTINGS, around=partial(bent, ["create-returns-200"]), seed_users=3) as server:
        with httpx.Client(base_url=server.base_url, headers=AUTHORIZED) as client:
            assert client.get("/Users?count=0").json()["totalResults"] == 3
            assert client.post("/Users", json={"schemas": [USER], "userName": "ada"}).status_code == 200
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.base_url}/Users")


def test_it_ends_when_its_starter_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A starter who is killed leaves no server behind: its connections are closed, and its database is gone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        address = urlsplit(starter.stdout.readline().strip() if starter.stdout else "")
        with socket.create_connection((address.hostname, address.port)) as connection:
            starter.kill()
            assert connection.recv(1) == b""
