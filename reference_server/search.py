"""Queries: what a client asks for, checked, and the page of resources that answers it (RFC 7644 section 3.4.2)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reference_server.cursors import Cursor, Cursors, fingerprint
from reference_server.documents import message
from reference_server.errors import ScimError, invalid_filter, invalid_value
from reference_server.grammar import parse_filter, paths
from reference_server.paragraphs import Paragraph
from reference_server.projection import Projection
from reference_server.resources import COLUMNS, STRETCH, Resource, Resources
from reference_server.schema import ResourceType
from reference_server.settings import Settings
from reference_server.sql import Parameters, Selection

LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LARGEST = 2**53
INTEGER = re.compile(r"-?\d{1,1000}", re.ASCII)
EVERYTHING = Projection()


@dataclass(frozen=True, slots=True)
class Search:
    """A query; `cursor` is None for index paging and empty for a first page by cursor."""

    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int | None = None
    cursor: str | None = None
    projection: Projection = EVERYTHING

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "Search":
        """A query from the parameters of a GET, by folded names; a number that is none is invalidValue."""
        numbers = {name: _integer(name, query) for name in ("startindex", "count") if name in query}
        return cls.from_message({**query, **numbers})

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Search":
        """A query from a SearchRequest (section 3.4.3)."""
        return cls.from_message(message(body, SEARCH_SCHEMA))

    @classmethod
    def from_message(cls, asked: Mapping[str, Any]) -> "Search":
        """A query from the members of a message, by folded names.

        Below 1, startIndex is 1; below 0, count is 0 (RFC 7644 section 3.4.2.4). A value of a wrong
        type is invalidValue, or invalidCount in a walk by cursor (RFC 9865 section 2.1).
        """
        order = _of_type(asked, "sortorder", str) or "ascending"
        if order.casefold() not in {"ascending", "descending"}:
            raise invalid_value("sortOrder is ascending or descending", Paragraph.SORT)
        count = _of_type(asked, "count", int)
        start = _of_type(asked, "startindex", int)
        return cls(
            filter=_of_type(asked, "filter", str),
            sort_by=_of_type(asked, "sortby", str) or None,
            descending=order.casefold() == "descending",
            start_index=1 if start is None else min(max(start, 1), LARGEST),
            count=None if count is None else min(max(count, 0), LARGEST),
            cursor=_of_type(asked, "cursor", str),
            projection=Projection.from_message(asked),
        )


def _integer(name: str, query: Mapping[str, str]) -> int:
    if not INTEGER.fullmatch(query[name]):
        raise _refused(name, query, "must be an integer")
    return int(query[name])


def _of_type(asked: Mapping[str, Any], name: str, wanted: type) -> Any:
    value = asked.get(name)
    if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
        raise _refused(name, asked, f"must be of type {wanted.__name__}")
    return value


def _refused(name: str, asked: Mapping[str, Any], reason: str) -> ScimError:
    """RFC 9865 section 2.1 has a scimType of its own for the count of a walk by cursor."""
    by_cursor = name == "count" and "cursor" in asked
    paragraph = Paragraph.CURSORS if by_cursor else Paragraph.QUERY
    return ScimError(400, f"{name} {reason}", paragraph, "invalidCount" if by_cursor else "invalidValue")


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a query."""

    total: int  # of all pages
    resources: list[Resource]
    start_index: int | None  # from 1; None on a page by cursor
    next_cursor: str | None = None  # None on the last page

    def body(self, shown: list[dict[str, Any]]) -> dict[str, Any]:
        """The ListResponse that holds these representations."""
        answer: dict[str, Any] = {"schemas": [LIST_SCHEMA], "totalResults": self.total}
        if self.start_index is not None:
            answer["startIndex"] = self.start_index
        answer["itemsPerPage"] = len(shown)
        if self.next_cursor:
            answer["nextCursor"] = self.next_cursor
        return answer | {"Resources": shown}


class Query:
    """One query of resources of these types on its way to SQL, within one transaction."""

    def __init__(
        self, resources: Resources, types: tuple[ResourceType, ...], settings: Settings, cursors: Cursors
    ) -> None:
        self.resources = resources
        self.types = types
        self.limits = settings.limits
        self.cursors = cursors
        self.parameters = Parameters()
        self.selections = [Selection(kind, resources, settings.base_url, self.parameters) for kind in types]
        self.sought: list[Any] = []

    def page(self, search: Search) -> Page:
        """The page of resources that answers it; at most `max_results` of them, whatever the count.

        Raises invalidFilter, invalidValue for a sort key no type has, or what `Cursors.read` raises.
        """
        count = min(self.limits.page_size if search.count is None else search.count, self.limits.max_results)
        where = self._where(search)
        if search.cursor is not None:
            return self._page_by_cursor(search, where, count)
        if search.filter is None and search.sort_by is None and len(self.types) == 1:
            return self._page_of_all(search.start_index, count)
        found = self._rows(where, self._order(search), count, search.start_index - 1)
        total = search.start_index - 1 + len(found)
        if len(found) == count or (not found and search.start_index > 1):
            total = self._total(where)
        return Page(total, found, search.start_index)

    def _where(self, search: Search) -> str:
        """The SQL condition for the resources sought; it takes the first of the parameters."""
        condition = None if search.filter is None else parse_filter(search.filter, self.limits)
        if condition:
            self._check_known(paths(condition), invalid_filter, Paragraph.FILTER)
        parts = []
        for selection in self.selections:
            own = f"r.collection = {self.resources.collections[selection.type.name]}"
            parts.append(f"({own} AND {selection.where(condition)})" if condition else own)
        self.sought = list(self.parameters.values)
        return f"({' OR '.join(parts)})"

    def _order(self, search: Search) -> str:
        """Resources without the sort key come last ascending and first descending (section 3.4.2.3)."""
        if search.sort_by is None:
            return "r.seq"
        self._check_known([search.sort_by], invalid_value, Paragraph.SORT)
        cases = [
            f"WHEN {self.resources.collections[selection.type.name]} THEN {selection.sort_key(search.sort_by)}"
            for selection in self.selections
        ]
        key = f"CASE r.collection {' '.join(cases)} END"
        direction = "DESC" if search.descending else "ASC"
        return f"({key}) IS NULL {direction}, ({key}) {direction}, r.seq"

    def _check_known(
        self, asked: Iterable[str], refusal: Callable[[str, Paragraph], ScimError], paragraph: Paragraph
    ) -> None:
        """Refuse a path that no type has."""
        names = " or ".join(kind.name for kind in self.types)
        for path in asked:
            if not any(kind.resolve(path) for kind in self.types):
                raise refusal(f"{path} is not an attribute of {names}", paragraph)

    def _rows(self, where: str, order: str, count: int, offset: int) -> list[Resource]:
        limit, skip = self.parameters.add(count), self.parameters.add(offset)
        statement = (
            f"SELECT {COLUMNS} FROM resource r WHERE {where} ORDER BY {order} LIMIT {limit} OFFSET {skip}"  # noqa: S608 - values are parameters
        )
        rows = self.resources.connection.execute(statement, self.parameters.values)
        return self.resources.read(rows)

    def _total(self, where: str) -> int:
        statement = f"SELECT count(*) FROM resource r WHERE {where}"  # noqa: S608 - values are parameters
        row = self.resources.connection.execute(statement, self.sought).fetchone()
        return int(row[0])

    def _page_of_all(self, start_index: int, count: int) -> Page:
        """A page of everything: its first row is found by stretches, not by counting rows."""
        collection = self.resources.collections[self.types[0].name]
        total, first, skip = self._find(collection, start_index)
        statement = (
            f"SELECT {COLUMNS} FROM resource r WHERE r.collection = ?1 AND r.seq >= ("  # noqa: S608 - values are parameters
            # By itself the index alone is walked, and not the rows that are passed over.
            "SELECT seq FROM resource WHERE collection = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1 OFFSET ?4)"
            " ORDER BY r.seq LIMIT ?3"
        )
        # Without a first one the page is past the end.
        rows = self.resources.connection.execute(statement, (collection, first, count, skip))
        return Page(total, self.resources.read(rows), start_index)

    def _find(self, collection: int, start_index: int) -> tuple[int, int | None, int]:
        """The total, the least seq of the stretch with the start index, and the rows before it there."""
        total, first, skip = 0, None, 0
        stretches = self.resources.connection.execute(
            "SELECT number, resources FROM stretch WHERE collection = ? ORDER BY number", (collection,)
        )
        for number, resources in stretches:
            if first is None and total + resources >= start_index:
                first, skip = number * STRETCH, start_index - 1 - total
            total += resources
        return total, first, skip

    def _page_by_cursor(self, search: Search, where: str, count: int) -> Page:
        """A page after a cursor: after a resource, or, when sorted, after so many (RFC 9865)."""
        collections = [self.resources.collections[kind.name] for kind in self.types]
        query = fingerprint(collections, search.filter, search.sort_by, search.descending)
        start = Cursor(query, count)
        counted = search.count is not None
        cursor = self.cursors.read(search.cursor, start, count_given=counted) if search.cursor else start
        total = self._total(where)
        offset = cursor.position if search.sort_by else 0
        after = f"{where} AND r.seq > {0 if search.sort_by else cursor.position}"
        found = self._rows(after, self._order(search), cursor.count + 1, offset)
        page = found[: cursor.count]
        if not page or len(found) == len(page):
            return Page(total, page, None)
        position = offset + len(page) if search.sort_by else page[-1].seq
        return Page(total, page, None, self.cursors.write(replace(cursor, position=position)))
