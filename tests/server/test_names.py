"""Names in JSON: their order means nothing, none is given twice, and a misspelt one takes nothing away."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.settings import Settings, Token

from .conftest import ENTERPRISE, GROUP, PATCH, USER, Client, refused

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
WORK, HOME = ({"value": f"a@{kind}.org", "type": kind} for kind in ("work", "home"))
BEFORE = {
    "title": "Guide",
    "name": {"givenName": "Alice", "familyName": "Ames"},
    "emails": [WORK, HOME],
    ENTERPRISE: {"department": "Tours", "division": "North"},
}

WORDS = st.sampled_from(["a", "b"])
EMAIL = st.fixed_dictionaries(
    {"value": WORDS}, optional={"type": WORDS, "primary": st.booleans(), "adress": WORDS}
)
NAME = st.dictionaries(st.sampled_from(["givenName", "GIVENNAME", "familyName", "shoe"]), WORDS, max_size=3)
ATTRIBUTES: dict[str, st.SearchStrategy[Any]] = {
    "schemas": st.sampled_from([[USER], [USER, ENTERPRISE], [USER, "urn:x:y"]]),
    "userName": WORDS,
    "active": st.booleans(),
    "title": WORDS | st.none(),
    "TITLE": WORDS,
    f"{USER}:title": WORDS,
    "shoeSize": WORDS,
    "name": NAME,
    "name.givenName": WORDS | st.none(),
    "emails": st.lists(EMAIL, max_size=2) | st.none(),
    "emails.type": WORDS,
    "emails.value": WORDS,
    "emails.primary": st.booleans(),
    "meta": st.just({"version": "x"}),
    "department": WORDS,
    f"{ENTERPRISE}:department": WORDS | st.none(),
    ENTERPRISE: st.dictionaries(st.sampled_from(["department", "DIVISION", "shoe"]), WORDS) | st.none(),
    ENTERPRISE.upper(): st.just({"division": "c"}),
}
OBJECTS = st.sets(st.sampled_from(sorted(ATTRIBUTES)), max_size=6).flatmap(
    lambda names: st.fixed_dictionaries({name: ATTRIBUTES[name] for name in sorted(names)})
)
OPERATIONS = st.fixed_dictionaries({"op": st.sampled_from(["add", "replace"]), "value": OBJECTS})
MESSAGES = st.fixed_dictionaries(
    {"schemas": st.just([PATCH]), "Operations": st.lists(OPERATIONS, min_size=1, max_size=2)}
)


def _reversed(value: Any) -> Any:
    """The same value, the members of each object in reverse, so that any two of them change places."""
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(part) for part in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """One server for all examples; each removes the user it made."""
    client = Client(Settings(tokens=(Token("secret"),)))
    yield client
    client.close()


def _outcome(client: Client, method: str, body: Any) -> tuple[int, dict[str, Any]]:
    """The status, and the user afterwards, without what differs from user to user."""
    user = {"id": ""} if method == "POST" else client.user(**BEFORE, schemas=[USER])
    path = f"/Users/{user['id']}".rstrip("/")
    answer = client.request(method, path, json=body)
    stored = answer.json() if method == "POST" else client.get(path).json()
    if "id" in stored:
        client.delete(f"/Users/{stored['id']}")
    hidden = {"id", "meta", "detail", "scimType"}
    return answer.status_code, {name: value for name, value in stored.items() if name not in hidden}


@pytest.mark.parametrize(("method", "bodies"), [("POST", OBJECTS), ("PUT", OBJECTS), ("PATCH", MESSAGES)])
@given(data=st.data())
def test_the_order_of_members_never_matters(
    shared: Client, method: str, bodies: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """The same members give the same resource, or a refusal that changes nothing (RFC 7643 section 2.3.8)."""
    needed = {} if method == "PATCH" else {"schemas": [USER], "userName": "u"}
    body = needed | data.draw(bodies)
    assert _outcome(shared, method, body) == _outcome(shared, method, _reversed(body))


TWICE: list[dict[str, Any]] = [
    {"title": "a", "TITLE": "b"},
    {"shoeSize": 1, "SHOESIZE": 2},
    {"name": {"givenName": "a", "GIVENNAME": "b"}},
    {"emails": [{"value": "a", "Value": "b"}]},
    {ENTERPRISE: {"department": "a", "Department": "b"}},
    {ENTERPRISE: {}, ENTERPRISE.upper(): {"department": "b"}},
    {"meta": {"version": "a", "VERSION": "b"}},
]


@pytest.mark.parametrize("value", [*TWICE, {"schemas": [USER], "SCHEMAS": []}], ids=str)
def test_no_attribute_is_given_twice(scim: Client, value: dict[str, Any]) -> None:
    """400 invalidSyntax where two names of one object are one in other letters (RFC 7643 section 2.1)."""
    path = f"/Users/{scim.user(**BEFORE)['id']}"
    before = scim.get(path).json()
    body = {"schemas": [USER], "userName": "bob", **value}
    assert refused(scim.post("/Users", body), 400, "invalidSyntax")
    assert refused(scim.put(path, body), 400, "invalidSyntax")
    for op in ("add", "replace"):
        if "meta" not in value:
            assert refused(scim.patch(path, {"op": op, "value": value}), 400, "invalidSyntax")
        for name, part in value.items():
            if isinstance(part, dict) and len(part) > 1 and name != "meta":
                assert refused(
                    scim.patch(path, {"op": op, "path": name, "value": part}), 400, "invalidSyntax"
                )
    assert scim.get(path).json() == before


@pytest.mark.parametrize(
    "value",
    [
        {"title": "a", f"{USER}:title": "b"},
        {"department": "a", f"{ENTERPRISE}:department": "b"},
        {"name.givenName": "a", f"{USER.upper()}:NAME.givenName": "b"},
    ],
    ids=str,
)
def test_no_path_is_given_twice(scim: Client, value: dict[str, Any]) -> None:
    """Nor by its short and its full name, in the value of an operation without a path."""
    path = f"/Users/{scim.user()['id']}"
    assert refused(scim.patch(path, {"op": "replace", "value": value}), 400, "invalidSyntax")


def test_no_member_of_a_message_is_given_twice(scim: Client) -> None:
    """Neither in a PATCH, a search or a bulk request nor in an operation; in a bulk PATCH it fails alone."""
    user = scim.user()
    path, change = f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "a"}
    for body in (
        {"schemas": [PATCH], "Operations": [change], "operations": []},
        {"schemas": [PATCH], "Operations": [{**change, "OP": "remove"}]},
        {"schemas": [PATCH], "Operations": [{**change, "Value": "b"}]},
    ):
        assert refused(scim.request("PATCH", path, json=body), 400, "invalidSyntax")
        inside = [{"method": "PATCH", "path": path, "data": body}]
        (result,) = scim.post("/Bulk", {"schemas": [BULK], "Operations": inside}).json()["Operations"]
        assert (result["status"], result["response"]["scimType"]) == ("400", "invalidSyntax")
    assert refused(scim.post("/.search", {"schemas": [SEARCH], "count": 1, "COUNT": 2}), 400, "invalidSyntax")
    delete = {"method": "DELETE", "path": path}
    for body in (
        {"Operations": [delete], "operations": []},
        {"Operations": [{**delete, "Path": "/Users/1"}]},
    ):
        assert refused(scim.post("/Bulk", {"schemas": [BULK], **body}), 400, "invalidSyntax")
    assert scim.get(path).json() == user


TYPOS: list[tuple[dict[str, Any], str]] = [
    ({"op": "replace", "path": "emails", "value": {"adress": "x"}}, "invalidValue"),
    ({"op": "replace", "path": "emails", "value": [WORK, {"adress": "x"}]}, "invalidValue"),
    ({"op": "replace", "path": 'emails[type eq "work"]', "value": {"adress": "x"}}, "invalidValue"),
    ({"op": "replace", "value": {"emails": [{"adress": "x"}]}}, "invalidValue"),
    ({"op": "add", "path": "emails", "value": [{"adress": "x"}]}, "invalidValue"),
    ({"op": "replace", "path": "name", "value": {"givn": "x"}}, "invalidValue"),
    ({"op": "remove", "path": "emails", "value": [{"adress": "x"}]}, "invalidValue"),
    ({"op": "remove", "path": "emails", "value": [{"vlaue": "a@work.org", "type": "work"}]}, "invalidValue"),
    ({"op": "remove", "path": "emails", "vlaue": [WORK]}, "invalidSyntax"),
    ({"op": "replace", "path": "schemas", "value": [f"{USER}s"]}, "invalidValue"),
]


@pytest.mark.parametrize(("operation", "scim_type"), TYPOS, ids=str)
def test_a_typo_takes_nothing_away(scim: Client, operation: dict[str, Any], scim_type: str) -> None:
    """Where nothing that is sent is known, the operation is refused rather than taken for one that removes."""
    user = scim.user(**BEFORE)
    assert refused(scim.patch(f"/Users/{user['id']}", operation), 400, scim_type)
    assert scim.get(f"/Users/{user['id']}").json() == user


def test_a_typo_puts_nothing_in_the_place_of_a_value(scim: Client) -> None:
    """POST and PUT refuse a value of which nothing is known, too; beside what is known the unknown is passed over."""
    user = scim.user(**BEFORE)
    body = {"schemas": [USER], "userName": "bob", "emails": [{"adress": "x"}]}
    assert refused(scim.post("/Users", body), 400, "invalidValue")
    assert refused(scim.put(f"/Users/{user['id']}", body), 400, "invalidValue")
    put = scim.put(f"/Users/{user['id']}", {**body, "emails": [{"adress": "x", "value": "y"}]})
    assert put.json()["emails"] == [{"value": "y"}]
    group = scim.group("Team", user["id"])
    named = [{"value": user["id"], "nick": "ann"}]
    left = scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members", "value": named})
    assert "members" not in left.json()
    assert group["schemas"] == [GROUP]
