"""Stored resources of one tenant: rows in and out, with every index kept in step."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from reference_server import comparing
from reference_server.effort import BYTES_A_STEP, Effort
from reference_server.errors import too_large, uniqueness
from reference_server.schema import Catalogue, ResourceType, Target

COLUMNS = "r.collection, r.seq, r.id, r.version, r.created, r.modified, r.body"
INSERT = "INSERT INTO resource VALUES (?, ?, ?, 1, ?, ?, ?, ?)"
STRETCH = 4096
COUNT = "INSERT INTO stretch VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET resources = resources + excluded.resources"


class Resource(NamedTuple):
    """A resource as stored; `data` holds its canonical attributes without id, meta and computed ones.

    Of its members it holds those alone that somebody has asked for.
    """

    type: ResourceType
    seq: int  # the order of creation, and of every list
    id: str
    version: int  # from 1
    created: str  # in the form of `comparing.now`
    modified: str  # the same
    data: dict[str, Any]

    @property
    def etag(self) -> str:
        """Weak, for no representation is promised byte for byte (RFC 7644 section 3.14)."""
        return f'W/"{self.version}"'


class Resources:
    """The resources of one tenant, within one transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        catalogue: Catalogue,
        collections: Mapping[str, int],
        effort: Effort,
        max_size: int,
    ) -> None:
        self.connection = connection
        self.effort = effort
        self.max_size = max_size
        self.catalogue = catalogue
        self.collections = collections
        self._types = {number: catalogue.resource_types[name] for name, number in collections.items()}

    def read(self, rows: Iterable[tuple[Any, ...]]) -> list[Resource]:
        """The resources in rows of COLUMNS."""
        found = list(rows)
        self.effort.spend(sum(len(row[-1]) for row in found) // BYTES_A_STEP)
        return [
            Resource(self._types[collection], seq, identifier, version, created, modified, orjson.loads(body))
            for collection, seq, identifier, version, created, modified, body in found
        ]

    def get(self, identifier: str, resource_type: ResourceType | None = None) -> Resource | None:
        """The resource of that id, if this tenant has it and it is of that type; without a type, of any."""
        statement = f"SELECT {COLUMNS} FROM resource r WHERE r.id = ?"  # noqa: S608 - no outside text
        rows = self.connection.execute(statement, (identifier,))
        found = self.read(row for row in rows if row[0] in self._types)
        return found[0] if found and resource_type in {None, found[0].type} else None

    def by_user_name(self, user_name: str) -> Resource | None:
        """The user of that name, in any letter case, or None."""
        rows = self.connection.execute(
            f"SELECT {COLUMNS} FROM unique_value u JOIN resource r ON r.seq = u.seq "  # noqa: S608 - no outside text
            "WHERE u.collection = ? AND u.attribute = 'userName' AND u.value = ?",
            (self.collections["User"], comparing.fold(user_name)),
        )
        return next(iter(self.read(rows)), None)

    def types_of(self, identifiers: Iterable[str]) -> dict[str, str]:
        """The names of the types of those resources that exist in this tenant, by id."""
        found = self.connection.execute(
            "SELECT r.id, r.collection FROM json_each(?) e JOIN resource r ON r.id = e.value",
            (orjson.dumps(list(identifiers)).decode(),),
        )
        return {key: self._types[number].name for key, number in found if number in self._types}

    def insert(
        self, resource_type: ResourceType, data: dict[str, Any], identifier: str | None = None
    ) -> Resource:
        """A new resource at version 1, with an id of its own or one promised to it before; 409 where a value is taken."""
        moment, identifier = comparing.now(), identifier or str(uuid4())
        collection = self.collections[resource_type.name]
        row = (
            None,
            collection,
            identifier,
            moment,
            moment,
            data.get("displayName"),
            self._body(data),
        )
        seq = self.connection.execute(INSERT, row).lastrowid or 0
        self.connection.execute(COUNT, (collection, seq // STRETCH, 1))
        self._index(resource_type, seq, {}, data)
        return Resource(resource_type, seq, identifier, 1, moment, moment, data)

    def update(self, old: Resource, data: dict[str, Any]) -> Resource:
        """The resource with other attributes, in its next version; 409 where a value is taken."""
        moment = max(comparing.now(), comparing.just_after(old.modified))
        self._index(old.type, old.seq, old.data, data)
        self.connection.execute(
            "UPDATE resource SET version = version + 1, modified = ?, display = ?, body = ? WHERE seq = ?",
            (moment, data.get("displayName"), self._body(data), old.seq),
        )
        return Resource(old.type, old.seq, old.id, old.version + 1, old.created, moment, data)

    def delete(self, old: Resource) -> None:
        """Take a resource out of the tables; `membership` sees to its members and to the groups it was in."""
        self._index(old.type, old.seq, old.data, {})
        self.connection.execute(COUNT, (self.collections[old.type.name], old.seq // STRETCH, -1))
        self.connection.execute("DELETE FROM resource WHERE seq = ?", (old.seq,))

    def _body(self, data: Mapping[str, Any]) -> str:
        """The attributes as JSON; 413 where they are more than a client could send back."""
        body = orjson.dumps({name: value for name, value in data.items() if name != "members"})
        if len(body) > self.max_size:
            raise too_large("the resource", self.max_size)
        return body.decode()

    def _index(
        self, resource_type: ResourceType, seq: int, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """Bring the indexes of a resource from its old attributes to its new ones."""
        collection = self.collections[resource_type.name]
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        for table, indexed in resource_type.indexed.items():
            targets = [target for target in indexed if target.member in changed]
            before, after = set(indexed_values(targets, old)), set(indexed_values(targets, new))
            self.connection.executemany(
                f"DELETE FROM {table} WHERE collection = ? AND attribute = ? AND value = ? AND seq = ?",  # noqa: S608 - no outside text
                [(collection, *pair, seq) for pair in before - after],
            )
            statement = f"INSERT INTO {table} VALUES (?, ?, ?, ?)"  # noqa: S608 - no outside text
            for path, value in after - before:
                try:
                    self.connection.execute(statement, (collection, path, value, seq))
                except sqlite3.IntegrityError:
                    raise uniqueness(path) from None


def indexed_values(targets: Iterable[Target], data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each indexed path with each comparable value it has."""
    for target in targets:
        value = target.value(data)
        if value is None:
            continue
        for element in value if isinstance(value, list) else [value]:
            simple = element.get(target.sub.name) if target.sub else element
            if simple is not None:
                yield target.path, target.leaf.comparable(simple)
