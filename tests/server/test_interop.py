"""The strict mode keeps the SCIM 2.0 Interoperability Profile where it asks for more, or other, than the RFCs."""

from collections.abc import Callable

import pytest

from reference_server.settings import Login

from .conftest import ENTERPRISE, USER, Client, refused


@pytest.fixture
def strict(serve: Callable[..., Client]) -> Client:
    """A client of a server in strict mode."""
    client = serve(interop=True)
    client.headers["Content-Type"] = "application/scim+json"
    return client


def test_it_says_so_where_all_is_as_the_profile_wants(serve: Callable[..., Client]) -> None:
    """InteropProfileConformant is true over TLS (sections 4 and 7.1) and without HTTP Basic (7.2)."""
    basic = (Login("okta", "secret"),)
    for url, logins, said in (
        ("https://scim.example.com/scim/v2", (), True),
        ("http://scim.example.com/scim/v2", (), None),
        ("https://scim.example.com/scim/v2", basic, None),
    ):
        config = serve(interop=True, public_url=url, logins=logins).get("/ServiceProviderConfig").json()
        assert config.get("interopProfileConformant") is said, (url, logins)


def test_what_is_not_defined_is_refused(strict: Client) -> None:
    """400 invalidSyntax for unknown attributes, sub-attributes and schemas in POST, PUT and PATCH (section 5.3)."""
    path = f"/Users/{strict.user()['id']}"
    for wrong in (
        {"shoeSize": 7},
        {"name": {"shoe": 7}},
        {"meta": {"shoe": 7}},
        {"groups": [{"value": "1", "shoe": 7}]},
        {"schemas": [USER, "urn:x:y"]},
        {"urn:x:y": {}},
    ):
        body = {"schemas": [USER], "userName": "bob", **wrong}
        assert refused(strict.post("/Users", body), 400, "invalidSyntax"), wrong
        assert refused(strict.put(path, body), 400, "invalidSyntax"), wrong
    for operation in (
        {"op": "add", "path": "shoeSize", "value": 7},
        {"op": "add", "path": "name", "value": {"shoe": 7}},
        {"op": "add", "path": "schemas", "value": ["urn:x:y"]},
    ):
        assert refused(strict.patch(path, operation), 400, "invalidSyntax"), operation


def test_every_operation_needs_a_path(strict: Client) -> None:
    """400 invalidSyntax without one (section 6.5.1.1)."""
    path = f"/Users/{strict.user()['id']}"
    for operation in ({"op": "replace", "value": {"active": False}}, {"op": "remove"}):
        assert refused(strict.patch(path, operation), 400, "invalidSyntax")


def test_a_filter_chooses_one_value_and_names_a_part_of_it(strict: Client) -> None:
    """400 invalidFilter where it matches several, invalidPath where no sub-attribute follows (section 6.5.3)."""
    path = f"/Users/{strict.user(emails=[{'value': each, 'type': 'work'} for each in 'ab'])['id']}"
    for chosen, scim_type in (
        ('emails[type eq "work"].display', "invalidFilter"),
        ('emails[value eq "a"]', "invalidPath"),
    ):
        for operation in ({"op": "replace", "path": chosen, "value": "x"}, {"op": "remove", "path": chosen}):
            assert refused(strict.patch(path, operation), 400, scim_type), operation
    one = {"op": "replace", "path": 'emails[value eq "a"].display', "value": "x"}
    assert strict.patch(path, one).status_code == 200


def test_the_media_type_is_scims_own(strict: Client) -> None:
    """415 for another, or for none (section 6.2)."""
    body = b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bob"}'
    for kind, status in (("application/json", 415), ("", 415), ("application/scim+json; charset=utf-8", 201)):
        answer = strict.request("POST", "/Users", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, kind


def test_an_attribute_of_an_extension_has_its_uri_before_it(strict: Client, scim: Client) -> None:
    """Elsewhere a bare name finds it too (section 6.3, RFC 7644 section 3.10)."""
    for client in (strict, scim):
        client.user(**{ENTERPRISE: {"employeeNumber": "7"}})
        assert len(client.found("/Users", filter=f'{ENTERPRISE}:employeeNumber eq "7"')) == 1
    assert len(scim.found("/Users", filter='employeeNumber eq "7"')) == 1
    assert refused(strict.get("/Users", filter='employeeNumber eq "7"'), 400, "invalidFilter")


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
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@example.com"}, "noTarget"),
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
