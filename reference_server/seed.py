"""Made-up users by the million, for trying out large directories."""

from sqlite3 import Connection
from typing import Any
from uuid import uuid4

import orjson

from reference_server import comparing
from reference_server.resources import COUNT, INSERT, STRETCH, indexed_values
from reference_server.schema import ResourceType
from reference_server.server import Server

BATCH = 50_000
GIVEN = ("Ada", "Björn", "Chidi", "Dolores", "Emre", "Fatima", "Grace", "Hugo", "Ines", "Jun")
FAMILY = ("Abe", "Brown", "Castro", "Diaz", "Eze", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski")


def seed(server: Server, count: int) -> None:
    """Put `count` users into the database of a server's first tenant, past the request path but in the same form."""
    kind = server.catalogue.resource_types["User"]
    collection = server.collections[server.settings.tenants[0]][kind.name]
    with server.database.loading() as connection:
        (last,) = connection.execute("SELECT ifnull(max(seq), 0) FROM resource").fetchone()
        for first in range(last + 1, last + 1 + count, BATCH):
            numbers = range(first, min(first + BATCH, last + 1 + count))
            _insert(connection, kind, collection, numbers)


def _insert(connection: Connection, kind: ResourceType, collection: int, numbers: range) -> None:
    """Insert users with these seq; index entries go in sorted, which is far quicker."""
    moment = comparing.now()
    users = [(number, _user(kind, number)) for number in numbers]
    rows = (
        (number, collection, str(uuid4()), moment, moment, user["displayName"], orjson.dumps(user).decode())
        for number, user in users
    )
    connection.executemany(INSERT, rows)
    for table, targets in kind.indexed.items():
        entries = sorted(
            (path, value, collection, number)
            for number, user in users
            for path, value in indexed_values(targets, user)
        )
        statement = f"INSERT INTO {table} (attribute, value, collection, seq) VALUES (?, ?, ?, ?)"  # noqa: S608 - no outside text
        connection.executemany(statement, entries)
    connection.executemany(COUNT, ((collection, number // STRETCH, 1) for number in numbers))


def _user(kind: ResourceType, number: int) -> dict[str, Any]:
    """A user as Okta would push it."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    name = f"user{number:08}@example.com"
    return {
        "schemas": [kind.schema.id],
        "userName": name,
        "name": {"givenName": given, "familyName": family},
        "displayName": f"{given} {family}",
        "emails": [{"primary": True, "value": name, "type": "work"}],
        "locale": "en-US",
        "externalId": f"00u{number:017}",
        "active": number % 10 != 0,
    }
