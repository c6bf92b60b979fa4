"""Queries beyond filters: sorting, projection, cursors, POST /.search and the root (RFC 7644 section 3.4, RFC 9865)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from reference_server import cursors
from reference_server.effort import Effort
from reference_server.settings import Limits, Token

from .conftest import ENTERPRISE, USER, Client, refused

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def _order(client: Client, **params: Any) -> list[str]:
    return [user["userName"] for user in client.found("/Users", **params)]


def test_sorting_follows_the_type_and_puts_the_valueless_last(scim: Client) -> None:
    """Ascending and descending, by simple, nested, multi-valued, dated and extension attributes."""
    scim.user("b", title="alpha", emails=[{"value": "z@x"}, {"value": "a@x", "primary": True}])
    scim.user("A", title="Beta", emails=[{"value": "m@x"}], name={"familyName": "X"})
    scim.user("c", **{ENTERPRISE: {"department": "D"}})
    table = {
        "userName": ["A", "b", "c"],
        "title": ["b", "A", "c"],
        "emails": ["b", "A", "c"],
        "emails.value": ["b", "A", "c"],
        "name.familyName": ["A", "b", "c"],
        "meta.created": ["b", "A", "c"],
        f"{ENTERPRISE}:department": ["c", "b", "A"],
        "active": ["b", "A", "c"],
    }
    for key, expected in table.items():
        assert _order(scim, sortBy=key) == expected, key
    assert _order(scim, sortBy="title", sortOrder="descending") == ["c", "A", "b"]
    assert _order(scim, sortBy="title", sortOrder="Ascending", startIndex=2, count=1) == ["A"]
    for params in ({"sortBy": "shoeSize"}, {"sortBy": "name"}, {"sortBy": "password"}):
        assert refused(scim.get("/Users", **params), 400, "invalidValue")
    assert refused(scim.get("/Users", sortBy="title", sortOrder="up"), 400, "invalidValue")


SENT = {
    "name": {"givenName": "A", "familyName": "B"},
    "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x"}],
    "externalId": "1",
    ENTERPRISE: {"department": "D", "division": "N"},
}
# What is left of such a user beside schemas and id, which are always there.
PROJECTIONS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "one": ({"attributes": "USERNAME"}, {"userName": "alice@example.com"}),
    "two": ({"attributes": "externalId, name.givenName"}, {"externalId": "1", "name": {"givenName": "A"}}),
    "sub-attribute-of-values": ({"attributes": "emails.type"}, {"emails": [{"type": "work"}]}),
    "by-urn": ({"attributes": f"{USER}:externalId"}, {"externalId": "1"}),
    "extension-attribute": ({"attributes": f"{ENTERPRISE}:division"}, {ENTERPRISE: {"division": "N"}}),
    "whole-extension": ({"attributes": ENTERPRISE.upper()}, {ENTERPRISE: SENT[ENTERPRISE]}),
    "unknown": ({"attributes": "shoeSize"}, {}),
    "never": ({"attributes": "password"}, {}),
    "without": (
        {"excludedAttributes": f"emails.type,name,meta,active,{ENTERPRISE}:division"},
        {
            "userName": "alice@example.com",
            "emails": [{"value": "a@x"}, {"value": "b@x"}],
            "externalId": "1",
            ENTERPRISE: {"department": "D"},
        },
    ),
    "without-what-is-always-there": (
        {"excludedAttributes": f"id,schemas,meta,active,emails,externalId,userName,{ENTERPRISE}"},
        {"name": SENT["name"]},
    ),
}


@pytest.mark.parametrize("name", PROJECTIONS)
def test_every_operation_shows_what_was_asked_for(scim: Client, name: str) -> None:
    """POST, GET, PUT, PATCH, the list and both searches show the same part of the same user."""
    params, expected = PROJECTIONS[name]
    query = "?" + "&".join(f"{key}={value}" for key, value in params.items())
    body = {"schemas": [USER, ENTERPRISE], "userName": "alice@example.com", **SENT}
    created = scim.post(f"/Users{query}", body)
    path = f"/Users/{created.json()['id']}"
    lists = {key: [part.strip() for part in value.split(",")] for key, value in params.items()}
    answers = [
        created.json(),
        scim.get(path + query).json(),
        scim.put(path + query, body).json(),
        scim.patch(path + query, {"op": "replace", "value": {"externalId": "1"}}).json(),
        *scim.get(f"/Users{query}").json()["Resources"],
        *scim.get(f"/{query}").json()["Resources"],
        *scim.post("/Users/.search", {"schemas": [SEARCH], **lists}).json()["Resources"],
    ]
    assert len(answers) == 7
    for answer in answers:
        assert (answer.pop("id"), answer.pop("schemas")) == (path.rpartition("/")[2], [USER, ENTERPRISE])
        answer.get("meta", {}).clear()
        assert {key: value for key, value in answer.items() if value} == expected


def test_attributes_and_excluded_attributes_exclude_each_other(scim: Client) -> None:
    """Both at once are 400 invalidValue."""
    assert refused(scim.get("/Users", attributes="a", excludedAttributes="b"), 400, "invalidValue")


def test_a_search_by_post_answers_as_the_query_by_get(scim: Client) -> None:
    """The same ListResponse from /.search as from GET, and invalidSyntax or invalidValue for a bad request."""
    for number in range(5):
        scim.user(f"user{number}", title=str(number % 2))
    query = {
        "filter": 'title eq "1"',
        "sortBy": "userName",
        "sortOrder": "descending",
        "startIndex": 2,
        "count": 1,
    }
    by_post = scim.post("/Users/.search", {"schemas": [SEARCH], **query, "attributes": ["userName"]})
    assert by_post.status_code == 200
    assert by_post.json() == scim.get("/Users", **query, attributes="userName").json()
    assert scim.post("/Users/.search", {"schemas": [SEARCH], "count": -1}).json()["Resources"] == []
    shouted = {key.upper(): value for key, value in {"schemas": [SEARCH], **query}.items()}
    assert scim.post("/Users/.search", shouted).json() == scim.get("/Users", **query).json()
    assert refused(scim.post("/Users/.search", {"count": 1}), 400, "invalidSyntax")
    bad = [
        {"count": "1"},
        {"startIndex": 1.5},
        {"startIndex": True},
        {"attributes": "userName"},
        {"sortBy": 1},
    ]
    for wrong in bad:
        assert refused(scim.post("/Users/.search", {"schemas": [SEARCH], **wrong}), 400, "invalidValue"), (
            wrong
        )
    assert refused(scim.post("/Users/.search", {"schemas": [SEARCH], "filter": ""}), 400, "invalidFilter")


def test_the_root_covers_every_type(scim: Client) -> None:
    """Users and groups together; an attribute that a type lacks has no value there (section 3.4.2.1)."""
    alice = scim.user("team")
    group = scim.group("Team")
    table = {
        'displayName eq "team"': [group["id"]],
        'userName eq "team" or displayName eq "team"': [alice["id"], group["id"]],
        "not (members pr) and meta.created pr": [alice["id"], group["id"]],
        'userName ne "x"': [alice["id"], group["id"]],
        "userName eq null": [group["id"]],
        'meta.resourceType eq "Group"': [group["id"]],
    }
    for condition, expected in table.items():
        by_get = scim.found("/", filter=condition)
        by_post = scim.post("/.search", {"schemas": [SEARCH], "filter": condition}).json()["Resources"]
        assert [resource["id"] for resource in by_get] == expected, condition
        assert by_get == by_post
    assert [r["id"] for r in scim.found("/", sortBy="userName", sortOrder="descending")] == [
        group["id"],
        alice["id"],
    ]
    assert refused(scim.get("/", filter='shoeSize eq "7"'), 400, "invalidFilter")


def _walk(client: Client, between: Callable[[], Any] = lambda: None, **params: Any) -> list[str]:
    """The userNames of all pages by cursor."""
    names, cursor = [], ""
    while cursor is not None:
        body = client.get("/Users", cursor=cursor, **params).json()
        assert "startIndex" not in body
        names += [user["userName"] for user in body["Resources"]]
        cursor = body.get("nextCursor")
        assert cursor is None or re.fullmatch(r"[A-Za-z0-9._~-]+", cursor)
        between()
    return names


def test_a_walk_by_cursor_visits_everybody_once(scim: Client) -> None:
    """In order, by any page size, with a filter, sorted, and past deletions on the way."""
    people = [scim.user(f"user{number}", title=str(number % 2)) for number in range(9)]
    names = [person["userName"] for person in people]
    for count in (1, 2, 3, 9, 10):
        assert _walk(scim, count=count) == names
        assert _walk(scim, count=count, filter='title eq "1"') == names[1::2]
        assert _walk(scim, count=count, sortBy="userName", sortOrder="descending") == names[::-1]
    gone = iter(people)
    assert _walk(scim, lambda: scim.delete(f"/Users/{next(gone)['id']}"), count=1) == names


def test_cursors_are_refused_as_rfc_9865_says(
    serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """InvalidCursor if made up, changed, of another query or tenant; invalidCount and expiredCursor for their cases."""
    scim = serve(tokens=(Token("secret"), Token("other", "other")), limits=Limits(cursor_timeout=60))
    for number in range(3):
        scim.user(f"user{number}")
    cursor = scim.get("/Users?cursor&count=1").json()["nextCursor"]
    first, last = ("A" if cursor[0] != "A" else "B"), ("A" if cursor[-4] != "A" else "B")
    for made_up in (
        "x",
        "not-a-cursor",
        "é",
        f"{cursor[:5]}!{cursor[5:]}",
        first + cursor[1:],
        cursor[:-4] + last + cursor[-3:],
    ):
        assert refused(scim.get("/Users", cursor=made_up, count=1), 400, "invalidCursor")
    assert refused(scim.get("/Users", cursor=cursor, count=1, filter="userName pr"), 400, "invalidCursor")
    assert refused(scim.get("/Groups", cursor=cursor, count=1), 400, "invalidCursor")
    other = scim.request("GET", f"/Users?count=1&cursor={cursor}", headers={"Authorization": "Bearer other"})
    assert refused(other, 400, "invalidCursor")
    assert refused(scim.get("/Users", cursor=cursor, count=2), 400, "invalidCount")
    assert refused(scim.get("/Users", cursor="", count="many"), 400, "invalidCount")
    nothing = scim.get("/Users", cursor="", count=0).json()
    assert (nothing["Resources"], "nextCursor" in nothing) == ([], False)
    assert scim.get("/Users", cursor="", count=-1).json()["Resources"] == []
    body = {"schemas": [SEARCH], "cursor": cursor, "count": 1}
    assert scim.post("/Users/.search", body).json() == scim.get("/Users", cursor=cursor, count=1).json()
    later = cursors.time.time() + 61
    monkeypatch.setattr(cursors.time, "time", lambda: later)
    assert refused(scim.get("/Users", cursor=cursor, count=1), 400, "expiredCursor")


def test_no_page_is_larger_than_the_maximum(serve: Callable[..., Client]) -> None:
    """A count above maxResults gives maxResults, and none gives the default page."""
    scim = serve(limits=Limits(page_size=2, max_results=3))
    for number in range(5):
        scim.user(f"user{number}")
    for params, size in (({}, 2), ({"count": 100}, 3), ({"count": 100, "filter": "userName pr"}, 3)):
        body = scim.get("/Users", **params).json()
        assert (body["totalResults"], body["itemsPerPage"], len(body["Resources"])) == (5, size, size)


def test_a_query_that_takes_too_long_is_given_up(serve: Callable[..., Client]) -> None:
    """400 tooMany, and the server goes on."""
    from reference_server.seed import seed

    scim = serve(limits=Limits(query_timeout=0.0))
    seed(scim.app.state.server, 2000)
    assert refused(
        scim.get("/Users", filter='not (name.familyName co "zz") and title co "x"'), 400, "tooMany"
    )
    assert scim.get("/ServiceProviderConfig").status_code == 200


def test_a_write_that_finds_no_turn_may_come_again(serve: Callable[..., Client]) -> None:
    """503 with the seconds after which to do so."""
    scim = serve(limits=Limits(write_timeout=0.01))
    with scim.app.state.server.database.preparing():
        answer = scim.post("/Users", {"schemas": [USER], "userName": "ann"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert scim.post("/Users", {"schemas": [USER], "userName": "ann"}).status_code == 201


def test_a_parameter_is_given_once(scim: Client) -> None:
    """400 invalidValue for two of one name, which would leave open which is meant."""
    user = scim.user()
    for query in ("attributes=a&attributes=b", 'filter=id+pr&filter=id+eq+"7"', "count=1&Count=2"):
        for path in ("/Users", f"/Users/{user['id']}"):
            assert refused(scim.get(f"{path}?{query}"), 400, "invalidValue"), query
    assert scim.get(f"/Users/{user['id']}?count=many&startIndex=&cursor=x").status_code == 200


def test_ids_and_moments_of_change_are_found_by_index(scim: Client) -> None:
    """No filter on them reads every resource, and each finds what it says."""
    from reference_server.grammar import parse_filter
    from reference_server.resources import Resources
    from reference_server.sql import Parameters, Selection

    user = scim.user()
    server = scim.app.state.server
    kind, collections = server.catalogue.resource_types["User"], server.collections["default"]
    resources = Resources(server.database._writer, server.catalogue, collections, Effort(), 0)
    changed = user["meta"]["lastModified"]
    for text, index in (
        (f'id eq "{user["id"]}"', "resource_id"),
        (f'meta.lastModified ge "{changed}"', "resource_modified"),
    ):
        assert scim.names(text) == [user["userName"]]
        parameters = Parameters()
        where = Selection(kind, resources, "", parameters).where(parse_filter(text, Limits()))
        own = f"r.collection = {collections['User']}"
        statement = f"EXPLAIN QUERY PLAN SELECT 1 FROM resource r WHERE {own} AND {where}"  # noqa: S608 - no outside text
        with server.database.reading(Effort(10)) as connection:
            plan = connection.execute(statement, parameters.values).fetchall()
        assert index in str(plan)
    assert scim.names(f'id eq "{user["id"].upper()}"') == []
    assert scim.names(f'meta.lastModified gt "{changed}"') == []
