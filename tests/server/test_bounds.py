"""What one request may cost: bounds that are stated, work that grows with what is sent, and nobody who waits for others."""

import sqlite3
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reference_server import app, effort
from reference_server.seed import seed
from reference_server.settings import LIMITS, Limits

from .conftest import GROUP, PATCH, USER, Client, refused

DOCS = Path(__file__).parents[2] / "docs" / "reference-server.md"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
Serve = Callable[..., Client]
Request = tuple[str, str, dict[str, Any]]


class Calls:
    """Counts the calls of functions, of Python and of C, while it is on, in every thread that begins after it."""

    def __init__(self) -> None:
        self.count = 0
        self.is_on = False

    def note(self, _: Any, event: str, __: Any) -> None:
        self.count += self.is_on and event in {"call", "c_call"}

    def of(self, ask: Callable[[], Any]) -> int:
        """The calls behind a request."""
        self.count, self.is_on = 0, True
        ask()
        self.is_on = False
        return self.count


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """A counter that is gone after the test; nothing is tried in haste first, which a slow machine does twice."""
    monkeypatch.setattr(app, "BRIEF_SIZE", -1)
    counter, before = Calls(), sys.getprofile()
    threading.setprofile(counter.note)
    sys.setprofile(counter.note)
    yield counter
    sys.setprofile(before)
    threading.setprofile(before)


def _patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def _emails(size: int) -> list[dict[str, Any]]:
    return [{"value": f"{number}@example.com", "type": "work"} for number in range(size)]


def _at_each(size: int, op: str, sub: str, *, value: Any) -> list[dict[str, Any]]:
    """An operation on each of those addresses."""
    paths = [f'emails[value eq "{email["value"]}"]{sub}' for email in _emails(size)]
    return [{"op": op, "path": path, "value": value} for path in paths]


def _places(size: int) -> list[dict[str, Any]]:
    return [{"locality": str(number)} for number in range(size)]


def _user_with(scim: Client, **attributes: Any) -> str:
    return f"/Users/{scim.user(**attributes)['id']}"


def _group_of(scim: Client, size: int) -> tuple[str, list[str]]:
    """A group of made-up users, and their ids."""
    seed(scim.app.state.server, size)
    members = [user["id"] for user in scim.found("/Users", count=size)]
    return f"/Groups/{scim.group('Team', *members)['id']}", members


def _remove_members(scim: Client, size: int) -> Request:
    group, members = _group_of(scim, size)
    removals = [{"op": "remove", "path": f'members[value eq "{member}"]'} for member in members]
    return "PATCH", group, _patch(*removals)


def _add_members(scim: Client, size: int) -> Request:
    group, members = _group_of(scim, size)
    scim.patch(group, {"op": "remove", "path": "members"})
    additions = [{"op": "add", "path": "members", "value": [{"value": member}]} for member in members]
    return "PATCH", group, _patch(*additions)


def _list_of_members(scim: Client, size: int) -> Request:
    group, members = _group_of(scim, size)
    value = [{"value": member} for member in members]
    return "PATCH", group, _patch({"op": "remove", "path": "members", "value": value})


def _bulk(size: int, refers_to: Callable[[int], str | None]) -> Request:
    """Groups, each with the one as a member that it refers to."""
    operations = []
    for number in range(size):
        other = refers_to(number)
        data = {"schemas": [GROUP], "displayName": "G", "members": [{"value": other}] if other else []}
        operations.append({"method": "POST", "path": "/Groups", "bulkId": str(number), "data": data})
    return "POST", "/Bulk", {"schemas": [BULK], "Operations": operations}


GROWING: dict[str, Callable[[Client, int], Request]] = {
    "operations that add an address": lambda scim, size: (
        "PATCH",
        _user_with(scim),
        _patch(*({"op": "add", "path": "emails", "value": [email]} for email in _emails(size))),
    ),
    "operations that make an address primary": lambda scim, size: (
        "PATCH",
        _user_with(scim, emails=_emails(size)),
        _patch(*_at_each(size, "replace", ".primary", value=True)),
    ),
    "operations that change an address": lambda scim, size: (
        "PATCH",
        _user_with(scim, emails=_emails(size)),
        _patch(*_at_each(size, "replace", ".value", value="same")),
    ),
    "operations that remove an address": lambda scim, size: (
        "PATCH",
        _user_with(scim, emails=_emails(size)),
        _patch(
            *(
                {"op": "remove", "path": f'emails[value eq "{email["value"]}" and type eq "work"]'}
                for email in _emails(size)
            )
        ),
    ),
    "a list of addresses to remove": lambda scim, size: (
        "PATCH",
        _user_with(scim, emails=_emails(size)),
        _patch({"op": "remove", "path": "emails", "value": _emails(size)}),
    ),
    "a list of values without a value to remove": lambda scim, size: (
        "PATCH",
        _user_with(scim, addresses=_places(size)),
        _patch({"op": "remove", "path": "addresses", "value": _places(size)}),
    ),
    "a user with addresses": lambda _, size: (
        "POST",
        "/Users",
        {"schemas": [USER], "userName": "a", "emails": _emails(size), "addresses": _places(size)},
    ),
    "a user with schemas and unknown attributes": lambda _, size: (
        "POST",
        "/Users",
        {"schemas": [USER] * size, "userName": "a", **{f"x{number}": 1 for number in range(size)}},
    ),
    "operations that remove a member": _remove_members,
    "operations that add a member": _add_members,
    "a list of members to remove": _list_of_members,
    "a bulk request": lambda _, size: _bulk(size, lambda _: None),
    "a ring of groups": lambda _, size: _bulk(size, lambda number: f"bulkId:{(number + 1) % size}"),
    "a chain of groups": lambda _, size: _bulk(
        size, lambda number: f"bulkId:{number + 1}" if number + 1 < size else None
    ),
    "a filter": lambda _, size: (
        "POST",
        "/Users/.search",
        {"schemas": [SEARCH], "filter": " or ".join(f'not (title eq "{n}")' for n in range(size))},
    ),
    "attributes to show": lambda _, size: (
        "POST",
        "/Users/.search",
        {"schemas": [SEARCH], "attributes": [f"emails.x{number}" for number in range(size)]},
    ),
}


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_as_the_request_does(serve: Serve, calls: Calls, name: str) -> None:
    """Twice as much in a request is at most 2.3 times as many calls (RFC 7644 sections 3.4.2, 3.5.2 and 3.7)."""
    counted = []
    for size in (100, 200):
        scim = serve()
        method, path, body = GROWING[name](scim, size)
        counted.append(calls.of(lambda: scim.request(method, path, json=body)))  # noqa: B023 - called at once
    assert counted[1] <= 2.3 * counted[0]


def test_a_change_of_one_member_costs_the_same_in_any_group(serve: Serve, calls: Calls) -> None:
    """As many calls and statements to take one out and put another in, whether 20 or 400 others are there."""
    counted, statements = [], []
    for size in (20, 400):
        scim = serve()
        group, members = _group_of(scim, size)
        seen: list[str] = []
        scim.app.state.server.database._writer.set_trace_callback(seen.append)
        change = [
            {"op": "remove", "path": f'members[value eq "{members[7]}"]'},
            {"op": "add", "path": "members", "value": [{"value": scim.user()["id"]}]},
        ]
        path = f"{group}?excludedAttributes=members"
        counted.append(calls.of(lambda: scim.patch(path, *change)))  # noqa: B023 - called at once
        statements.append(len(seen))
        assert len(scim.get(group).json()["members"]) == size
    assert counted[1] <= 1.05 * counted[0]
    assert statements[0] == statements[1]


@contextmanager
def _threads(scim: Client) -> Iterator[set[bool]]:
    """Whether the statements that SQLite runs meanwhile run on the event loop."""
    seen: set[bool] = set()
    here = threading.get_ident()
    connections = scim.app.state.server.database._connections
    for connection in connections:
        connection.set_trace_callback(
            lambda statement: statement == "COMMIT" or seen.add(threading.get_ident() == here)
        )
    yield seen
    for connection in connections:
        connection.set_trace_callback(None)


def test_what_is_long_keeps_nobody_waiting(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is certainly short is answered at once, and all else in a thread, by counted steps and not by the clock."""
    scim = serve()
    monkeypatch.setattr(effort, "time", SimpleNamespace(monotonic=lambda: 0.0))
    seed(scim.app.state.server, 1000)
    plain, large = _user_with(scim), _user_with(scim, user_name="large", emails=_emails(8000))
    title = {"op": "replace", "path": "title", "value": "x"}
    scan = [{"op": "remove", "path": f'emails[display eq "{n}"]'} for n in range(100)]
    some = _user_with(scim, user_name="some", emails=_emails(500))
    scim.get("/Users")  # opens the connection that reads
    short: list[Callable[[], Any]] = [
        lambda: scim.user("new"),
        lambda: scim.get("/Users", filter='userName eq "alice@example.com"'),
        lambda: scim.get("/Users", startIndex=500, count=100),
        lambda: scim.patch(plain, title),
    ]
    long: list[Callable[[], Any]] = [
        lambda: scim.user("newer", title="x" * 10_000),
        lambda: scim.get("/Users", count=1000),
        lambda: scim.patch(plain, *[title] * 500),
        lambda: scim.patch(large, title),
        lambda: scim.patch(some, *scan),
        lambda: scim.get(large),
    ]
    for ask in short:
        with _threads(scim) as on_the_loop:
            ask()
        assert on_the_loop == {True}
    for ask in long:
        with _threads(scim) as on_the_loop:
            ask()
        assert False in on_the_loop


def test_a_write_has_a_deadline(scim: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, and nothing of it is kept: of a PATCH, and of a bulk request with operations done."""
    user = _user_with(scim, emails=_emails(2))
    before = scim.get("/Users").json()
    hours = iter(range(1000))
    monkeypatch.setattr(effort, "time", SimpleNamespace(monotonic=lambda: next(hours)))
    title = {"op": "replace", "path": "title", "value": "x"}
    create = {"method": "POST", "path": "/Users", "data": {"schemas": [USER], "userName": "b"}, "bulkId": "b"}
    change = {"method": "PATCH", "path": user, "data": _patch(*[title] * 20)}
    answers = [
        scim.patch(user, *[title] * 20),
        scim.post("/Bulk", {"schemas": [BULK], "Operations": [create, change]}),
    ]
    monkeypatch.setattr(effort, "time", time)
    for answer in answers:
        assert refused(answer, 503)
        assert answer.headers["retry-after"] == "1"
    assert scim.get("/Users").json() == before


def test_another_process_may_hold_the_database(serve: Serve, tmp_path: Any) -> None:
    """A write is answered with 503 and Retry-After, reads are answered, and afterwards all is well."""
    scim = serve(database=tmp_path / "held.sqlite", limits=Limits(write_timeout=0.05))
    with sqlite3.connect(tmp_path / "held.sqlite") as other:
        other.execute("BEGIN IMMEDIATE")
        answer = scim.post("/Users", {"schemas": [USER], "userName": "ann"})
        assert refused(answer, 503)
        assert answer.headers["retry-after"] == "1"
        assert scim.found("/Users") == []
    other.close()
    scim.user("ann")


def test_a_full_disk_is_told(scim: Client) -> None:
    """507 for what finds no room, nothing of it is kept, and what is there can be read and, with room, added to."""
    writer = scim.app.state.server.database._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    ann = scim.user("ann")
    large = {"schemas": [USER], "userName": "bob", "title": "x" * 100_000}
    create = {"method": "POST", "path": "/Users", "data": large, "bulkId": "b"}
    for path, body in (("/Users", large), ("/Bulk", {"schemas": [BULK], "Operations": [create]})):
        assert refused(scim.post(path, body), 507)
    assert scim.found("/Users") == [ann]
    writer.execute("PRAGMA max_page_count = 100000")
    assert scim.post("/Users", large).status_code == 201


def test_bounds_are_kept(serve: Serve) -> None:
    """One more than the limit is refused with what the limits say, and as much as the limit is not."""
    scim = serve(limits=Limits(max_patch_operations=2, max_filter_length=30, max_payload_size=2000))
    user = _user_with(scim)
    title = {"op": "add", "path": "title", "value": "x"}
    assert scim.patch(user, title, title).status_code == 200
    assert refused(scim.patch(user, title, title, title), 413)
    assert scim.get("/Users", filter=f'title eq "{"x" * 19}"').status_code == 200
    assert refused(scim.get("/Users", filter=f'title eq "{"x" * 20}"'), 400, "invalidFilter")
    assert refused(scim.patch(user, {**title, "path": "x" * 31}), 400, "invalidPath")
    address = [{"op": "add", "path": "emails", "value": {"value": "x" * 800, "type": kind}} for kind in "abc"]
    assert [scim.patch(user, each).status_code for each in address] == [200, 200, 413]


def test_a_long_literal_costs_little_more_than_itself(serve: Serve) -> None:
    """A filter of a million characters, where it is allowed, takes less than 40 bytes for each of them."""
    scim = serve(limits=Limits(max_filter_length=2_000_000))
    search = {"schemas": [SEARCH], "filter": 'title eq "' + "x" * 1_000_000 + '"'}
    scim.get("/Users")
    tracemalloc.start()
    assert scim.post("/Users/.search", search).status_code == 200
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_limits_are_told(scim: Client) -> None:
    """Each has words, which docs/reference-server.md has too; ServiceProviderConfig has what RFC 7643 section 5 has a place for."""
    limits = Limits()
    assert list(LIMITS) == [*Limits.__dataclass_fields__]
    rows = [
        f"| `{name}` | {getattr(limits, name):,} | {of} | {beyond} |" for name, (of, beyond) in LIMITS.items()
    ]
    assert "\n".join(rows) in DOCS.read_text()
    config = scim.get("/ServiceProviderConfig").json()
    assert config["bulk"]["maxOperations"] == limits.max_bulk_operations
    assert config["bulk"]["maxPayloadSize"] == limits.max_payload_size
    assert config["filter"]["maxResults"] == config["pagination"]["maxPageSize"] == limits.max_results
    assert config["pagination"]["defaultPageSize"] == limits.page_size
    assert config["pagination"]["cursorTimeout"] == limits.cursor_timeout
