"""PATCH: every kind of operation and path, and every refusal (RFC 7644 section 3.5.2)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import ENTERPRISE, USER, Client, refused

WORK = {"value": "alice@work.org", "type": "work", "primary": True}
HOME = {"value": "alice@home.org", "type": "home"}
MANAGER = f"{ENTERPRISE}:manager"

# What a user with these attributes becomes by one operation; None stands for an attribute gone.
BEFORE = {
    "name": {"givenName": "Alice", "familyName": "Ames"},
    "title": "Guide",
    "emails": [WORK, HOME],
    ENTERPRISE: {"department": "Tours", "manager": {"value": "7"}},
}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "okta-deactivates": ({"op": "replace", "value": {"active": False}}, {"active": False}),
    "entra-deactivates": ({"op": "Replace", "path": "ACTIVE", "value": "False"}, {"active": False}),
    "dotted-names-in-a-value": (
        {"op": "replace", "value": {"name.givenName": "Al", f"{ENTERPRISE}:department": "Ops"}},
        {
            "name": {"givenName": "Al", "familyName": "Ames"},
            ENTERPRISE: {"department": "Ops", "manager": {"value": "7"}},
        },
    ),
    "read-only-in-a-value": (
        {"op": "replace", "value": {"id": "x", "groups": [], "title": "B"}},
        {"title": "B"},
    ),
    "unknown-in-a-value": ({"op": "add", "value": {"shoeSize": 7, "title": "B"}}, {"title": "B"}),
    "add-appends": (
        {"op": "add", "path": "emails", "value": [{"value": "x@y.z"}]},
        {"emails": [WORK, HOME, {"value": "x@y.z"}]},
    ),
    "add-takes-one-object": (
        {"op": "add", "path": "emails", "value": {"value": "x@y.z"}},
        {"emails": [WORK, HOME, {"value": "x@y.z"}]},
    ),
    "add-demotes-the-old-primary": (
        {"op": "add", "path": "emails", "value": [{"value": "x@y.z", "primary": True}]},
        {"emails": [{**WORK, "primary": False}, HOME, {"value": "x@y.z", "primary": True}]},
    ),
    "add-merges-the-same-value": (
        {"op": "add", "path": "emails", "value": [{**HOME, "display": "at home"}]},
        {"emails": [WORK, {**HOME, "display": "at home"}]},
    ),
    "add-merges-a-complex-value": (
        {"op": "add", "path": "name", "value": {"middleName": "B"}},
        {"name": {"givenName": "Alice", "middleName": "B", "familyName": "Ames"}},
    ),
    "add-makes-what-a-filter-describes": (
        {"op": "add", "path": 'phoneNumbers[type eq "work"].value', "value": "1"},
        {"phoneNumbers": [{"type": "work", "value": "1"}]},
    ),
    "replace-keeps-sub-attributes-not-sent": (
        {"op": "replace", "path": "name", "value": {"givenName": "Al"}},
        {"name": {"givenName": "Al", "familyName": "Ames"}},
    ),
    "replace-of-a-sub-attribute": (
        {"op": "replace", "path": "name.familyName", "value": "Bell"},
        {"name": {"givenName": "Alice", "familyName": "Bell"}},
    ),
    "replace-of-all-values": ({"op": "replace", "path": "emails", "value": [HOME]}, {"emails": [HOME]}),
    "replace-by-nothing-removes": ({"op": "replace", "path": "emails", "value": []}, {"emails": None}),
    "replace-by-null-removes": ({"op": "replace", "path": "title", "value": None}, {"title": None}),
    "replace-of-chosen-values": (
        {"op": "replace", "path": 'emails[type eq "home"]', "value": {"value": "new@x.org"}},
        {"emails": [WORK, {"value": "new@x.org"}]},
    ),
    "replace-in-chosen-values": (
        {
            "op": "replace",
            "path": 'emails[TYPE EQ "HOME" and not (primary eq true)].value',
            "value": "n@x.org",
        },
        {"emails": [WORK, {**HOME, "value": "n@x.org"}]},
    ),
    "replace-makes-another-primary": (
        {"op": "replace", "path": 'emails[type eq "home"].primary', "value": True},
        {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]},
    ),
    "replace-of-what-is-not-there-adds": (
        {"op": "replace", "path": "nickName", "value": "Al"},
        {"nickName": "Al"},
    ),
    "add-makes-a-value-with-its-types": (
        {"op": "add", "path": 'emails[type eq "other" and primary eq "True"].value', "value": "x@y.z"},
        {
            "emails": [
                {**WORK, "primary": False},
                HOME,
                {"type": "other", "primary": True, "value": "x@y.z"},
            ]
        },
    ),
    "add-makes-nothing-of-null": (
        {"op": "add", "path": "phoneNumbers[type eq null].value", "value": "1"},
        {"phoneNumbers": [{"value": "1"}]},
    ),
    "remove": ({"op": "remove", "path": "title"}, {"title": None}),
    "remove-listed-values": (
        {"op": "remove", "path": "emails", "value": [{**WORK, "type": "WORK", "display": "x"}]},
        {"emails": [HOME]},
    ),
    "remove-values-of-another-type": (
        {"op": "remove", "path": "emails", "value": [{**WORK, "type": "home"}]},
        {},
    ),
    "remove-an-empty-list": ({"op": "remove", "path": "emails", "value": []}, {}),
    "remove-an-empty-value": ({"op": "remove", "path": "emails", "value": {}}, {}),
    "remove-a-sub-attribute": ({"op": "remove", "path": "name.givenName"}, {"name": {"familyName": "Ames"}}),
    "remove-chosen-values": ({"op": "remove", "path": 'emails[type eq "work"]'}, {"emails": [HOME]}),
    "remove-all-chosen": ({"op": "remove", "path": "emails[value pr]"}, {"emails": None}),
    "remove-in-chosen-values": (
        {"op": "remove", "path": 'emails[type eq "work"].primary'},
        {"emails": [{"value": WORK["value"], "type": "work"}, HOME]},
    ),
    "remove-what-no-filter-finds": ({"op": "remove", "path": 'emails[type eq "other"]'}, {}),
    "extension-attribute": (
        {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Ops"},
        {ENTERPRISE: {"department": "Ops", "manager": {"value": "7"}}},
    ),
    "extension-sub-attribute": (
        {"op": "replace", "path": f"{MANAGER}.value", "value": "8"},
        {ENTERPRISE: {"department": "Tours", "manager": {"value": "8"}}},
    ),
    "entra-sets-the-manager": (
        {"op": "add", "path": MANAGER, "value": "8"},
        {ENTERPRISE: {"department": "Tours", "manager": {"value": "8"}}},
    ),
    "whole-extension": (
        {"op": "add", "path": ENTERPRISE, "value": {"division": "North"}},
        {ENTERPRISE: {"department": "Tours", "division": "North", "manager": {"value": "7"}}},
    ),
    "remove-an-extension": ({"op": "remove", "path": ENTERPRISE}, {ENTERPRISE: None}),
    "remove-an-extension-from-schemas": (
        {"op": "remove", "path": "schemas", "value": [ENTERPRISE]},
        {ENTERPRISE: None},
    ),
    "schemas-in-a-value": (
        {"op": "replace", "value": {"schemas": [USER], "title": "B"}},
        {"title": "B"},
    ),
    "an-extension-beside-schemas": (
        {"op": "replace", "value": {ENTERPRISE: {"department": "Ops"}, "schemas": [USER]}},
        {ENTERPRISE: {"department": "Ops", "manager": {"value": "7"}}},
    ),
    "a-whole-before-its-part": (
        {
            "op": "replace",
            "value": {f"{USER}:name.givenName": "Al", "name": {"givenName": "A", "familyName": "B"}},
        },
        {"name": {"givenName": "Al", "familyName": "B"}},
    ),
    "unknown-schema": ({"op": "add", "path": "schemas", "value": ["urn:x:y"]}, {}),
    "replace-of-schemas": (
        {"op": "replace", "path": "schemas", "value": [USER, "urn:x:y"]},
        {ENTERPRISE: None},
    ),
    "core-urn": ({"op": "replace", "path": f"{USER}:title", "value": "B"}, {"title": "B"}),
}


def _state(user: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a user, without what the server adds."""
    state = {key: value for key, value in user.items() if key not in {"schemas", "id", "meta"}}
    for manager in [user[ENTERPRISE]["manager"]] if "manager" in user.get(ENTERPRISE, {}) else []:
        manager.pop("$ref", None)
    return state


@pytest.mark.parametrize("name", CHANGES)
def test_an_operation_changes_exactly_what_it_says(scim: Client, name: str) -> None:
    """The resource afterwards is the one before with that change, in the answer and on reading back."""
    operation, change = CHANGES[name]
    user = scim.user(**BEFORE, schemas=[USER, ENTERPRISE])
    answer = scim.patch(f"/Users/{user['id']}", operation)
    assert answer.status_code == 200, answer.text
    expected = {"userName": "alice@example.com", "active": True, **BEFORE, **change}
    assert _state(answer.json()) == {key: value for key, value in expected.items() if value is not None}
    assert answer.json()["schemas"] == ([USER, ENTERPRISE] if expected[ENTERPRISE] else [USER])
    assert _state(scim.get(f"/Users/{user['id']}").json()) == _state(answer.json())


REFUSALS: dict[str, tuple[Any, str]] = {
    "no-operations": ([], "invalidSyntax"),
    "not-an-object": ([7], "invalidSyntax"),
    "no-op": ([{"path": "title", "value": "x"}], "invalidSyntax"),
    "unknown-op": ([{"op": "move", "path": "title", "value": "x"}], "invalidSyntax"),
    "add-without-value": ([{"op": "add", "path": "title"}], "invalidValue"),
    "value-without-path-is-no-object": ([{"op": "add", "value": "x"}], "invalidSyntax"),
    "remove-without-path": ([{"op": "remove"}], "noTarget"),
    "unknown-path": ([{"op": "replace", "path": "shoeSize", "value": "x"}], "invalidPath"),
    "unknown-sub-attribute": ([{"op": "replace", "path": "name.shoe", "value": "x"}], "invalidPath"),
    "unknown-sub-attribute-of-values": (
        [{"op": "remove", "path": 'emails[type eq "work"].shoe'}],
        "invalidPath",
    ),
    "broken-path": ([{"op": "replace", "path": "emails[", "value": "x"}], "invalidFilter"),
    "path-with-a-tail": ([{"op": "replace", "path": "title x", "value": "x"}], "invalidPath"),
    "path-is-no-string": ([{"op": "replace", "path": 7, "value": "x"}], "invalidPath"),
    "filter-on-a-single-value": ([{"op": "remove", "path": 'title[value eq "x"]'}], "invalidPath"),
    "filter-on-an-unknown-sub-attribute": (
        [{"op": "remove", "path": 'emails[shoe eq "x"]'}],
        "invalidFilter",
    ),
    "filter-that-does-not-fit": ([{"op": "remove", "path": "emails[primary gt true]"}], "invalidFilter"),
    "replace-finds-nothing": (
        [{"op": "replace", "path": 'emails[type eq "other"].value', "value": "x"}],
        "noTarget",
    ),
    "add-cannot-make-what-a-filter-leaves-open": (
        [{"op": "add", "path": 'emails[type ne "work" and type ne "home"].value', "value": "x"}],
        "noTarget",
    ),
    "add-cannot-make-what-a-filter-contradicts": (
        [{"op": "add", "path": 'emails[type eq "a" and type eq "b"].value', "value": "x"}],
        "noTarget",
    ),
    "a-filter-makes-no-binary-of-anything": (
        [{"op": "add", "path": 'x509Certificates[value eq "!!"].type', "value": "x"}],
        "invalidValue",
    ),
    "a-filter-makes-no-uri-of-anything": (
        [{"op": "add", "path": 'photos[value eq "not a uri"].type', "value": "x"}],
        "invalidValue",
    ),
    "read-only": ([{"op": "replace", "path": "id", "value": "x"}], "mutability"),
    "read-only-sub-attribute": ([{"op": "replace", "path": "meta.version", "value": "x"}], "mutability"),
    "read-only-groups": ([{"op": "add", "path": "groups", "value": [{"value": "x"}]}], "mutability"),
    "remove-of-a-required-attribute": ([{"op": "remove", "path": "userName"}], "mutability"),
    "remove-of-schemas": ([{"op": "remove", "path": "schemas"}], "mutability"),
    "replace-of-a-required-attribute-by-null": (
        [{"op": "replace", "path": "userName", "value": None}],
        "invalidValue",
    ),
    "wrong-type": ([{"op": "replace", "path": "active", "value": "perhaps"}], "invalidValue"),
    "two-primaries": (
        [{"op": "replace", "path": "emails.primary", "value": True}],
        "invalidValue",
    ),
    "schemas-without-the-core": (
        [{"op": "replace", "path": "schemas", "value": [ENTERPRISE]}],
        "invalidValue",
    ),
    "the-core-taken-from-schemas": ([{"op": "remove", "path": "schemas", "value": [USER]}], "mutability"),
    "schemas-of-no-uris": ([{"op": "add", "path": "schemas", "value": [7]}], "invalidValue"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_failed_operation_undoes_the_whole_request(scim: Client, name: str) -> None:
    """400 with the scimType, and the operation before the failed one has left no trace either."""
    operations, scim_type = REFUSALS[name]
    user = scim.user(**BEFORE, schemas=[USER, ENTERPRISE])
    first = {"op": "replace", "path": "title", "value": "Changed"}
    assert refused(
        scim.patch(f"/Users/{user['id']}", *([first, *operations] if operations else [])), 400, scim_type
    )
    assert scim.get(f"/Users/{user['id']}").json() == user


def test_operations_see_what_those_before_them_did(scim: Client) -> None:
    """The second removes what the first added, and the third adds to what is left."""
    user = scim.user(emails=[WORK])
    answer = scim.patch(
        f"/Users/{user['id']}",
        {"op": "add", "path": "emails", "value": [HOME]},
        {"op": "remove", "path": 'emails[type eq "work"]'},
        {"op": "add", "path": 'emails[type eq "home"].display', "value": "h"},
    )
    assert answer.json()["emails"] == [{**HOME, "display": "h"}]


def test_a_change_that_changes_nothing_makes_no_version(scim: Client) -> None:
    """200 with the same version and lastModified; with a password, which nobody can compare, a new one."""
    user = scim.user(title="Guide", emails=[WORK])
    same = [
        {"op": "replace", "path": "title", "value": "Guide"},
        {"op": "add", "path": "emails", "value": [WORK]},
    ]
    assert scim.patch(f"/Users/{user['id']}", *same).json() == user
    secret = scim.patch(f"/Users/{user['id']}", {"op": "replace", "value": {"password": "New1"}}).json()
    assert secret["meta"]["version"] != user["meta"]["version"]
    assert "password" not in secret


THING = {
    "schemas": [
        {
            "id": "urn:x:Thing",
            "name": "Thing",
            "attributes": [
                {"name": "serial", "mutability": "immutable"},
                {"name": "tags", "multiValued": True},
                {"name": "badges", "multiValued": True, "mutability": "immutable"},
                {"name": "must", "type": "string", "multiValued": True, "required": True},
                {
                    "name": "keys",
                    "type": "complex",
                    "multiValued": True,
                    "required": True,
                    "subAttributes": [{"name": "value", "required": True}, {"name": "type"}],
                },
                {
                    "name": "origin",
                    "type": "complex",
                    "mutability": "immutable",
                    "subAttributes": [{"name": "country"}, {"name": "city"}],
                },
                {
                    "name": "box",
                    "type": "complex",
                    "subAttributes": [{"name": "code", "mutability": "immutable"}, {"name": "note"}],
                },
                {
                    "name": "one",
                    "type": "complex",
                    "subAttributes": [{"name": "value", "required": True}, {"name": "note"}],
                },
            ],
        },
        {
            "id": "urn:x:Extra",
            "name": "Extra",
            "attributes": [{"name": "kind", "mutability": "immutable"}, {"name": "size", "required": True}],
        },
    ],
    "resourceTypes": [
        {
            "name": "Thing",
            "endpoint": "/Things",
            "schema": "urn:x:Thing",
            "schemaExtensions": [{"schema": "urn:x:Extra", "required": False}],
        }
    ],
}
A_THING = {
    "schemas": ["urn:x:Thing"],
    "serial": "S",
    "tags": ["Red", "Blue"],
    "badges": ["gold", "silver"],
    "must": ["x"],
    "keys": [{"value": "k", "type": "t"}],
    "origin": {"country": "FR"},
    "box": {"code": "C", "note": "n"},
}


@pytest.fixture
def things(serve: Callable[..., Client], tmp_path: Path) -> Client:
    """A client of a server with a type that has every kind of immutable and required attribute."""
    path = tmp_path / "things.json"
    path.write_text(json.dumps(THING))
    return serve(schema_file=path)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "serial", "value": "T"},
        {"op": "add", "path": "badges", "value": ["bronze"]},
        {"op": "remove", "path": "badges", "value": ["gold"]},
        {"op": "replace", "path": "badges", "value": ["gold"]},
        {"op": "add", "path": "origin.city", "value": "Paris"},
        {"op": "replace", "path": "origin", "value": {"country": "DE"}},
        {"op": "remove", "path": "origin.country"},
        {"op": "replace", "path": "box.code", "value": "D"},
        {"op": "remove", "path": "box.code"},
        {"op": "remove", "path": "box"},
        {"op": "replace", "path": "box", "value": None},
        {"op": "remove", "path": "must"},
        {"op": "remove", "path": "must", "value": ["X"]},
        {"op": "remove", "path": 'keys[type eq "t"]'},
        {"op": "remove", "path": "keys.value"},
    ],
)
def test_what_is_immutable_or_required_stays(things: Client, operation: dict[str, Any]) -> None:
    """400 mutability for a change of the one and a removal of the other, of whatever form."""
    thing = things.post("/Things", A_THING).json()
    assert refused(things.patch(f"/Things/{thing['id']}", operation), 400, "mutability")
    assert things.get(f"/Things/{thing['id']}").json() == thing


def test_what_says_the_same_is_no_change_of_the_immutable(things: Client) -> None:
    """Other letters or another order are no other value; what was not set can be; and PUT keeps what it does not name."""
    thing = things.post("/Things", A_THING).json()
    path = f"/Things/{thing['id']}"
    same = [
        {"op": "replace", "path": "serial", "value": "s"},
        {"op": "add", "path": "badges", "value": ["GOLD"]},
        {"op": "replace", "path": "badges", "value": ["silver", "gold"]},
        {"op": "replace", "path": "origin", "value": {"country": "fr"}},
        {"op": "replace", "path": "box.code", "value": "c"},
    ]
    assert things.patch(path, *same).json() == thing
    bare = {"schemas": ["urn:x:Thing"], "must": ["x"], "keys": [{"value": "k"}]}
    put = things.put(path, bare).json()
    kept = {"serial": "S", "badges": ["gold", "silver"], "origin": {"country": "FR"}, "box": {"code": "C"}}
    assert {name: put[name] for name in kept} == kept
    for other in ({"serial": "T"}, {"box": {"code": "D"}}, {"origin": {"country": "FR", "city": "Nice"}}):
        assert refused(things.put(path, {**bare, **other}), 400, "mutability"), other
    fresh = things.post("/Things", bare).json()
    set_once = {"op": "add", "path": "box.code", "value": "C"}
    assert things.patch(f"/Things/{fresh['id']}", set_once).json()["box"] == {"code": "C"}


def test_a_removal_by_values_ignores_their_letter_case(things: Client) -> None:
    """Simple values compare as in a filter."""
    path = f"/Things/{things.post('/Things', A_THING).json()['id']}"
    left = things.patch(path, {"op": "remove", "path": "tags", "value": ["RED"]})
    assert left.json()["tags"] == ["Blue"]


def test_what_is_required_inside_is_there_in_the_end(things: Client) -> None:
    """400 invalidValue for a value without its required part; in which order the parts come does not matter."""
    path = f"/Things/{things.post('/Things', A_THING).json()['id']}"
    note = {"op": "add", "path": "one.note", "value": "n"}
    value = {"op": "add", "path": "one.value", "value": "v"}
    assert refused(things.patch(path, note), 400, "invalidValue")
    assert things.patch(path, note, value).json()["one"] == {"note": "n", "value": "v"}
    kind = {"op": "add", "path": "urn:x:Extra:kind", "value": "k"}
    size = {"op": "add", "path": "urn:x:Extra", "value": {"size": "s"}}
    assert refused(things.patch(path, kind), 400, "invalidValue")
    assert things.patch(path, kind, size).json()["urn:x:Extra"] == {"kind": "k", "size": "s"}
    assert refused(things.patch(path, {"op": "remove", "path": "urn:x:Extra"}), 400, "mutability")


def test_a_patch_message_names_its_schema(scim: Client) -> None:
    """Without PatchOp in schemas, or without Operations, it is 400 invalidSyntax."""
    path = f"/Users/{scim.user()['id']}"
    for body in ({"Operations": []}, {"schemas": [USER], "Operations": [{"op": "remove", "path": "title"}]}):
        assert refused(scim.request("PATCH", path, json=body), 400, "invalidSyntax")
