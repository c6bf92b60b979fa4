"""What Okta asks costs no walk through the directory: every statement behind it goes by an index."""

import re
from collections.abc import Callable

import pytest

from .conftest import Client

GROWING = r"(resource|r|g|unique_value|u|indexed_value|i|member|m)"
WALK = re.compile(rf"SCAN {GROWING}\b|SEARCH {GROWING} .*\(collection=\?\)")  # all, or all of a type

Ask = Callable[[Client, str, str], object]
ASKED: dict[str, Ask] = {
    "read by id": lambda scim, user, _: scim.get(f"/Users/{user}"),
    "lookup by userName": lambda scim, *_: scim.get("/Users", filter='userName eq "Alice@example.com"'),
    "lookup by externalId": lambda scim, *_: scim.get("/Users", filter='externalId eq "e1"'),
    "lookup by address": lambda scim, *_: scim.get("/Users", filter='emails.value eq "a@example.com"'),
    "lookup by displayName": lambda scim, *_: scim.get("/Groups", filter='displayName eq "Team"'),
    "page of users": lambda scim, *_: scim.get("/Users", startIndex=2, count=100),
    "users changed since": lambda scim, *_: scim.get(
        "/Users", filter='meta.lastModified gt "2031-01-01T00:00:00Z"'
    ),
    "create": lambda scim, *_: scim.user("new@example.com"),
    "deactivate": lambda scim, user, _: scim.patch(
        f"/Users/{user}", {"op": "replace", "value": {"active": False}}
    ),
    "add a member": lambda scim, user, group: scim.patch(
        f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": user}]}
    ),
    "delete a user": lambda scim, user, _: scim.delete(f"/Users/{user}"),
}


def walks(scim: Client, ask: Ask) -> list[str]:
    """The statements behind a request for which SQLite plans to walk through a table that grows with the directory."""
    user, group = scim.user(externalId="e1")["id"], scim.group()["id"]
    scim.get("/Users")  # opens the connection that reads
    connections = scim.app.state.server.database._connections
    statements: list[str] = []
    for connection in connections:
        connection.set_trace_callback(statements.append)
    ask(scim, user, group)
    for connection in connections:
        connection.set_trace_callback(None)
    asked = [each for each in statements if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", each)]
    assert asked

    def is_walk(statement: str) -> bool:
        plan = connections[0].execute(f"EXPLAIN QUERY PLAN {statement}")
        return any(WALK.match(row[3]) for row in plan)

    return list(filter(is_walk, asked))


@pytest.mark.parametrize("name", ASKED)
def test_no_statement_walks_through_everything(scim: Client, name: str) -> None:
    """SQLite plans a search by what is asked for."""
    assert walks(scim, ASKED[name]) == []


def test_a_walk_would_be_seen(scim: Client) -> None:
    """There is no index of titles."""
    assert walks(scim, lambda scim, *_: scim.get("/Users", filter='title eq "Editor"'))
