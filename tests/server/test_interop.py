"""The strict mode keeps the SCIM 2.0 Interoperability Profile where it asks for more, or other, than the RFCs."""

from collections.abc import Callable

import pytest

from .conftest import ENTERPRISE, USER, Client, refused


@pytest.fixture
def strict(serve: Callable[..., Client]) -> Client:
    """A client of a server in strict mode."""
    return serve(interop=True)


def test_it_says_so(strict: Client) -> None:
    """InteropProfileConformant is true (section 4)."""
    assert strict.get("/ServiceProviderConfig").json()["interopProfileConformant"] is True


def test_what_is_not_defined_is_refused(strict: Client) -> None:
    """400 invalidSyntax for unknown attributes, sub-attributes and schemas in POST, PUT and PATCH (section 5.3)."""
    path = f"/Users/{strict.user()['id']}"
    for wrong in ({"shoeSize": 7}, {"name": {"shoe": 7}}, {"schemas": [USER, "urn:x:y"]}, {"urn:x:y": {}}):
        body = {"schemas": [USER], "userName": "bob", **wrong}
        assert refused(strict.post("/Users", body), 400, "invalidSyntax"), wrong
        assert refused(strict.put(path, body), 400, "invalidSyntax"), wrong
    for operation in (
        {"op": "add", "path": "shoeSize", "value": 7},
        {"op": "add", "path": "name", "value": {"shoe": 7}},
    ):
        assert refused(strict.patch(path, operation), 400, "invalidSyntax"), operation


def test_every_operation_needs_a_path(strict: Client) -> None:
    """400 invalidSyntax without one (section 6.5.1.1)."""
    path = f"/Users/{strict.user()['id']}"
    assert refused(strict.patch(path, {"op": "replace", "value": {"active": False}}), 400, "invalidSyntax")


def test_replacing_a_complex_attribute_replaces_all_of_it(strict: Client) -> None:
    """What is not sent is gone, while add still merges (section 6.5.2.1)."""
    path = f"/Users/{strict.user(name={'givenName': 'A', 'familyName': 'B'})['id']}"
    replaced = strict.patch(path, {"op": "replace", "path": "name", "value": {"familyName": "C"}})
    assert replaced.json()["name"] == {"familyName": "C"}
    for value in ({"department": "D", "division": "E"}, {"division": "F"}):
        extended = strict.patch(path, {"op": "replace", "path": ENTERPRISE, "value": value})
        assert extended.json()[ENTERPRISE] == value
    merged = strict.patch(path, {"op": "add", "path": "name", "value": {"givenName": "D"}})
    assert merged.json()["name"] == {"familyName": "C", "givenName": "D"}


def test_types_of_values_are_declared(strict: Client) -> None:
    """Each multi-valued complex attribute with a type lists its canonical values (section 5.4)."""
    for schema in strict.found("/Schemas")[:3]:
        for attribute in schema["attributes"]:
            for sub in attribute.get("subAttributes", []):
                if attribute["multiValued"] and sub["name"] == "type":
                    assert sub["canonicalValues"], attribute["name"]


def test_leniency_ends(strict: Client) -> None:
    """A string is no boolean and no complex value, a list names nothing to remove, a filter makes nothing."""
    path = f"/Users/{strict.user(emails=[{'value': 'a@example.com'}])['id']}"
    for operation, scim_type in (
        ({"op": "add", "path": "emails", "value": {"value": "b@example.com"}}, "invalidValue"),
        ({"op": "remove", "path": "emails", "value": [{"value": "a@example.com"}]}, "invalidValue"),
        ({"op": "add", "path": 'emails[type eq "work"].value', "value": "b@example.com"}, "noTarget"),
    ):
        assert refused(strict.patch(path, operation), 400, scim_type), operation
    for attribute, value in (
        ("active", "False"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "7"),
    ):
        assert refused(
            strict.patch(path, {"op": "replace", "path": attribute, "value": value}), 400, "invalidValue"
        )


def test_names_and_comparisons_are_the_profiles(strict: Client) -> None:
    """A type's id is its name (5.1); `eq` and uniqueness compare alike (5.2); an unknown filter is refused (6.3)."""
    assert [each for each in strict.found("/ResourceTypes") if each["id"] != each["name"]] == []
    user = strict.user("alice@example.com", externalId="E1")
    assert refused(
        strict.post("/Users", {"schemas": [USER], "userName": "ALICE@example.com"}), 409, "uniqueness"
    )
    assert strict.names('userName eq "ALICE@example.com"') == ["alice@example.com"]
    assert strict.names('externalId eq "e1"') == []
    assert strict.get(f"/Users/{user['id'].upper()}").status_code == 404
    assert refused(strict.get("/Users", filter='shoeSize eq "7"'), 400, "invalidFilter")


def test_pages_hold_a_hundred(strict: Client) -> None:
    """At least 100 without a count, and a count that is too large gives fewer and no error (6.4)."""
    for number in range(101):
        strict.user(f"user-{number}@example.com")
    assert len(strict.found("/Users")) >= 100
    assert len(strict.found("/Users", count=1_000_000)) == 101


def test_values_are_replaced_and_added_as_a_whole(strict: Client) -> None:
    """Of several values (6.5.2.2)."""
    path = f"/Users/{strict.user(emails=[{'value': 'a@example.com'}])['id']}"
    added = strict.patch(path, {"op": "add", "path": "emails", "value": [{"value": "b@example.com"}]})
    assert [each["value"] for each in added.json()["emails"]] == ["a@example.com", "b@example.com"]
    replaced = strict.patch(path, {"op": "replace", "path": "emails", "value": [{"value": "c@example.com"}]})
    assert [each["value"] for each in replaced.json()["emails"]] == ["c@example.com"]


def test_only_delete_deletes(strict: Client) -> None:
    """An inactive user stays; a deleted one is gone from every door, and its name is free (6.6)."""
    path = f"/Users/{strict.user('alice@example.com')['id']}"
    strict.patch(path, {"op": "replace", "path": "active", "value": False})
    assert strict.get(path).json()["active"] is False
    assert strict.names('userName eq "alice@example.com"') == ["alice@example.com"]
    assert strict.delete(path).status_code == 204
    assert [strict.get(path).status_code, strict.delete(path).status_code] == [404, 404]
    assert strict.found("/Users") == []
    strict.user("alice@example.com")
