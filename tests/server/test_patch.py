"""PATCH: every kind of operation and path, and every refusal (RFC 7644 section 3.5.2)."""

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
    "remove": ({"op": "remove", "path": "title"}, {"title": None}),
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
    "unknown-schema": ([{"op": "add", "path": "schemas", "value": ["urn:x:y"]}], "invalidValue"),
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


def test_a_patch_message_names_its_schema(scim: Client) -> None:
    """Without PatchOp in schemas, or without Operations, it is 400 invalidSyntax."""
    path = f"/Users/{scim.user()['id']}"
    for body in ({"Operations": []}, {"schemas": [USER], "Operations": [{"op": "remove", "path": "title"}]}):
        assert refused(scim.request("PATCH", path, json=body), 400, "invalidSyntax")
