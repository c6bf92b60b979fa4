"""The server on a real socket: quick to start and stop, true to its address, safe under races and sudden death."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.running import running
from reference_server.schema import DATA
from reference_server.seed import seed
from reference_server.settings import Limits, Settings, Token

from .conftest import PATCH, USER, Client, check_well_formed

SETTINGS = Settings(tokens=(Token("secret"),))
AUTHORIZED = {"Authorization": "Bearer secret"}
# A server of its own process, which says where it is.
SERVE = """
import sys
from pathlib import Path
from reference_server.running import serve
from reference_server.settings import Settings, Token
settings = Settings(tokens=(Token("secret"),), database=Path(sys.argv[1]))
serve(settings, "127.0.0.1", 0, lambda url: print(url, flush=True))
"""


def test_it_answers_at_the_address_it_names() -> None:
    """The base URL has the port in use, and locations lead back to it."""
    with running(SETTINGS) as server, httpx.Client(base_url=server.base_url, headers=AUTHORIZED) as client:
        created = client.post("/Users", json={"schemas": [USER], "userName": "alice"})
        assert created.headers["location"].startswith(f"{server.base_url}/Users/")
        assert client.get(created.headers["location"]).json() == created.json()


@pytest.mark.parametrize("host", ["http://elsewhere.example:80", "HTTPS://[::1]"])
def test_a_target_in_absolute_form_is_taken(host: str) -> None:
    """What stands before its path does not matter (RFC 9112 section 3.2.2)."""
    with running(SETTINGS) as server:
        port = httpx.URL(server.base_url).port or 0
        for path, status in (("/scim/v2/Users?count=1", 200), ("/scim/v2/Schemas", 200), ("", 401)):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                token = "Authorization: Bearer secret\r\n" if path else ""
                head = f"GET {host}{path} HTTP/1.1\r\nHost: x\r\n{token}Connection: close\r\n\r\n"
                connection.sendall(head.encode())
                assert connection.makefile("rb").readline().split()[1] == str(status).encode()


def test_a_database_outlives_its_server_and_its_address(tmp_path: Path) -> None:
    """The same users are there after a restart on another port, with locations that work."""
    settings = Settings(tokens=SETTINGS.tokens, database=tmp_path / "kept.sqlite")
    filler = Client(settings)
    seed(filler.app.state.server, 3)
    filler.close()
    for _ in range(2):
        with running(settings) as server:
            body = httpx.get(f"{server.base_url}/Users", headers=AUTHORIZED).json()
            assert body["totalResults"] == 3
            assert all(user["meta"]["location"].startswith(server.base_url) for user in body["Resources"])


def test_a_database_may_hold_more_than_the_schemas_know(tmp_path: Path) -> None:
    """Attributes, extensions and types of a schema file that is no longer given are not shown."""
    file = tmp_path / "schemas.json"
    gadget = {"id": "urn:x:Gadget", "name": "G", "attributes": [{"name": "owner"}]}
    user = json.loads((DATA / "resource_types.json").read_text())["resourceTypes"][0]
    user["schemaExtensions"].append({"schema": "urn:x:Gadget", "required": False})
    base = json.loads((DATA / "user.json").read_text())
    base["attributes"].append({"name": "badge", "returned": "request"})
    file.write_text(json.dumps({"schemas": [base, gadget], "resourceTypes": [user]}))
    settings = Settings(tokens=(Token("t"),), database=tmp_path / "kept.sqlite")
    before = Client(replace(settings, schema_file=file))
    before.user("ann", badge="b", **{"urn:x:Gadget": {"owner": "o"}})
    before.close()
    after = Client(settings)
    for query in ({"attributes": "userName,badge,urn:x:Gadget:owner"}, {"excludedAttributes": "title"}):
        (shown,) = after.found("/Users", **query)
        assert shown["userName"] == "ann"
        assert not {"badge", "urn:x:Gadget"} & shown.keys()
    after.close()


def test_a_taken_port_is_an_error_at_once() -> None:
    """OSError, before anything is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = running(SETTINGS, port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"), server:
            pass


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    host, _, port = address.removeprefix("http://").partition("/")[0].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        yield connection


def _said(address: str, data: bytes) -> httpx.Response:
    """What the server says to these bytes."""
    with _connected(address) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return httpx.Response(
        int(status.split()[1]), headers=headers, content=body, request=httpx.Request("GET", address)
    )


def test_bytes_that_are_not_http_get_a_scim_error_too() -> None:
    """400 with a SCIM body for garbage, a bad length and an endless head; then service goes on."""
    broken = [
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /" + b"x" * SETTINGS.limits.max_head_size,
    ]
    with running(SETTINGS) as server:
        for data in broken:
            answer = _said(server.base_url, data)
            check_well_formed(answer)
            assert answer.status_code == 400, data[:40]
        assert httpx.get(f"{server.base_url}/Users", headers=AUTHORIZED).status_code == 200


POST = b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 100\r\n"


def test_a_request_that_stops_halfway_is_given_up() -> None:
    """408 in a SCIM error and the end of the connection, for half a head, half a body, and a second request.

    Who has said nothing at all hears nothing.
    """
    limits = Limits(head_timeout=0.2, body_timeout=0.2)
    whole = b"GET /scim/v2/ServiceProviderConfig HTTP/1.1\r\nHost: x\r\n\r\n"
    with running(replace(SETTINGS, limits=limits)) as server:
        for said in (POST, POST + b'\r\n{"schemas"', whole + POST, whole + POST + b"\r\n{"):
            with _connected(server.base_url) as connection:
                connection.sendall(said)
                received = b"".join(iter(lambda: connection.recv(65536), b""))
            answers = received.split(b"HTTP/1.1 ")[1:]
            assert len(answers) == 1 + said.startswith(whole)
            assert answers[-1].startswith(b"408 Request Timeout\r\n")
            assert json.loads(answers[-1].partition(b"\r\n\r\n")[2])["status"] == "408"
        with _connected(server.base_url) as connection:
            assert connection.recv(1) == b""


def test_a_request_that_is_refused_early_is_not_waited_for() -> None:
    """Whose body is too large is told so at once; the connection ends when the rest does not come, with no second answer."""
    settings = replace(SETTINGS, limits=Limits(body_timeout=0.2, max_payload_size=10))
    with running(settings) as server, _connected(server.base_url) as connection:
        connection.sendall(POST + b"\r\n{")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 413 ")
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_client_that_leaves_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever goes in the middle of a body leaves nothing in the log and nothing in the database."""
    with running(SETTINGS) as server:
        for said in (POST, POST + b'\r\n{"schemas"'):
            with _connected(server.base_url) as connection:
                connection.sendall(said)
        assert httpx.get(f"{server.base_url}/Users", headers=AUTHORIZED).json()["totalResults"] == 0
    assert caplog.messages == []


def test_members_of_an_older_database_are_still_there(tmp_path: Path) -> None:
    """Where they stood in the body of their group and in an index, they become rows once."""
    settings = Settings(tokens=SETTINGS.tokens, database=tmp_path / "old.sqlite")
    before = Client(settings)
    ann, bob = (before.user(name)["id"] for name in ("ann", "bob"))
    group = before.group("Team", bob, ann)
    before.close()
    with sqlite3.connect(tmp_path / "old.sqlite") as old:
        rows = old.execute("SELECT value, body FROM member ORDER BY place").fetchall()
        members = f"[{','.join(body for _, body in rows)}]"
        old.execute(
            "UPDATE resource SET body = json_set(body, '$.members', json(?)) WHERE display = 'Team'",
            [members],
        )
        for value, _ in rows:
            old.execute(
                "INSERT INTO indexed_value SELECT collection, 'members.value', ?, seq FROM resource WHERE display = 'Team'",
                [value],
            )
        old.execute("DELETE FROM member")
    old.close()
    for _ in range(2):
        after = Client(settings)
        assert after.get(f"/Groups/{group['id']}").json() == group
        assert [each["id"] for each in after.found("/Groups", filter=f'members.value eq "{ann}"')] == [
            group["id"]
        ]
        assert [each["value"] for each in after.get(f"/Users/{bob}").json()["groups"]] == [group["id"]]
        after.close()


def test_of_fifty_parallel_creates_of_one_name_one_succeeds() -> None:
    """One 201 and forty-nine 409, and one user in the list."""
    with running(SETTINGS) as server, httpx.Client(base_url=server.base_url, headers=AUTHORIZED) as client:

        def create(number: int) -> int:
            name = "alice" if number % 2 else "ALICE"
            return client.post("/Users", json={"schemas": [USER], "userName": name}).status_code

        with ThreadPoolExecutor(50) as pool:
            statuses = list(pool.map(create, range(50)))
        assert sorted(statuses) == [201] + [409] * 49
        assert client.get("/Users").json()["totalResults"] == 1


def test_parallel_patches_under_if_match_lose_no_update() -> None:
    """Forty increments by read, If-Match and retry from eight clients add up to forty."""
    with running(SETTINGS) as server, httpx.Client(base_url=server.base_url, headers=AUTHORIZED) as client:
        user = client.post("/Users", json={"schemas": [USER], "userName": "a", "title": "0"}).json()
        path = f"/Users/{user['id']}"

        def increment(_: int) -> None:
            while True:
                seen = client.get(path)
                change = {"op": "replace", "path": "title", "value": str(int(seen.json()["title"]) + 1)}
                body = {"schemas": [PATCH], "Operations": [change]}
                answer = client.patch(path, json=body, headers={"If-Match": seen.headers["etag"]})
                if answer.status_code == 200:
                    return
                assert answer.status_code == 412

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(increment, range(40)))
        assert client.get(path).json()["title"] == "40"


def test_a_killed_server_has_kept_every_write_it_acknowledged(tmp_path: Path) -> None:
    """After SIGKILL in the middle of creates, each user answered with 201 is there, found by name and by id."""
    command = [sys.executable, "-c", SERVE, str(tmp_path / "killed.sqlite")]
    acknowledged: list[dict[str, Any]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base_url = process.stdout.readline().strip()

        def create(worker: int) -> None:
            with httpx.Client(base_url=base_url, headers=AUTHORIZED) as client:
                for number in range(10_000):
                    body = {"schemas": [USER], "userName": f"user-{worker}-{number}"}
                    try:
                        answer = client.post("/Users", json=body)
                    except httpx.TransportError:
                        return
                    acknowledged.append(answer.json())
                    if len(acknowledged) == 150:
                        process.send_signal(signal.SIGKILL)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(create, range(4)))
    assert process.returncode == -signal.SIGKILL
    assert len(acknowledged) >= 150
    again = running(Settings(tokens=SETTINGS.tokens, database=tmp_path / "killed.sqlite"))
    with again as server, httpx.Client(base_url=server.base_url, headers=AUTHORIZED) as client:
        for user in acknowledged:
            assert client.get(f"/Users/{user['id']}").json()["userName"] == user["userName"]
        total = client.get("/Users?filter=userName pr&count=0").json()["totalResults"]
        assert client.get("/Users?count=0").json()["totalResults"] == total >= len(acknowledged)


def test_the_keyboard_ends_it_cleanly(tmp_path: Path) -> None:
    """SIGINT ends the process with 0 and without a traceback."""
    command = [sys.executable, "-c", SERVE, str(tmp_path / "kept.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_a_temporary_database_goes_with_its_server(serve: Callable[..., Client]) -> None:
    """Closing removes its folder, and closing twice is well."""
    database = serve().app.state.server.database
    assert database.path.exists()
    database.close()
    database.close()
    assert not database.path.parent.exists()
