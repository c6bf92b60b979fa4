"""The least that Starlette and SQLite can answer with: one indexed statement a request, nothing checked, nothing kept in step.

    python benchmarks/bare.py DATABASE USERS

It prints its address. `benchmarks/server.py` asks it for the limit of what the reference server can reach.
"""

import socket
import sqlite3
import sys
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SETUP = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 2147483648;
CREATE TABLE user (number INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT UNIQUE, body TEXT);
"""
ACTIVATE = "UPDATE user SET body = json_set(body, '$.active', json(?)) WHERE id = ? RETURNING id, body"
database = sqlite3.connect(sys.argv[1], isolation_level=None, check_same_thread=False)


def people(count: int) -> Iterator[tuple[None, str, str, str]]:
    """Users like those of the reference server."""
    for number in range(1, count + 1):
        name = f"user{number:08}@example.com"
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name,
            "name": {"givenName": "Ada", "familyName": "Brown"},
            "displayName": "Ada Brown",
            "emails": [{"primary": True, "value": name, "type": "work"}],
            "locale": "en-US",
            "externalId": f"00u{number:017}",
            "active": True,
        }
        yield None, str(uuid.uuid4()), name, orjson.dumps(body).decode()


def shown(rows: Iterable[tuple[str, str]], status: int = 200) -> Response:
    found = [{"id": identifier, **orjson.loads(body)} for identifier, body in rows]
    answer: dict[str, Any] = {"totalResults": len(found), "Resources": found}
    return Response(orjson.dumps(answer), status, None, "application/scim+json")


async def users(request: Request) -> Response:
    """A create, a lookup by userName, or a page."""
    if request.method == "POST":
        body = orjson.loads(await request.body())
        row = str(uuid.uuid4()), body["userName"], orjson.dumps(body).decode()
        database.execute("INSERT INTO user VALUES (NULL, ?, ?, ?)", row)
        return shown([(row[0], row[2])], 201)
    query = request.query_params
    if "filter" in query:
        name = query["filter"].split('"')[1]
        return shown(database.execute("SELECT id, body FROM user WHERE name = ?", (name,)))
    page = "SELECT id, body FROM user WHERE number >= ? ORDER BY number LIMIT ?"
    return shown(database.execute(page, (int(query["startIndex"]), int(query["count"]))))


async def user(request: Request) -> Response:
    """A PATCH of `active`."""
    value = orjson.loads(await request.body())["Operations"][0]["value"]
    changed = database.execute(ACTIVATE, (orjson.dumps(value).decode(), request.path_params["id"]))
    return shown(changed.fetchall())


if __name__ == "__main__":
    database.executescript(SETUP)
    database.execute("BEGIN")
    database.executemany("INSERT INTO user VALUES (?, ?, ?, ?)", people(int(sys.argv[2])))
    database.execute("COMMIT")
    routes = [Route("/Users", users, methods=["GET", "POST"]), Route("/Users/{id}", user, methods=["PATCH"])]
    # Only with its protocol named does asyncio send answers without Nagle's delay.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(Starlette(routes=routes), http="h11", log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[listening])
