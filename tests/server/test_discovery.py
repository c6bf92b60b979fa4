"""Discovery: what the server says of itself is what it does (RFC 7644 section 4, RFC 7643 sections 5 to 7)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reference_server import further
from reference_server.schema import Catalogue
from reference_server.settings import Limits

from .conftest import BASE, ENTERPRISE, GROUP, USER, Client, refused

PREFIX = "urn:ietf:params:scim:schemas:core:2.0:"
OKTA = Path(next(iter(further.__path__))) / "okta_entitlements.json"


def _attributes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for attribute in schema["attributes"]:
        yield attribute
        yield from attribute.get("subAttributes", [])


def _schema(client: Client, uri: str) -> dict[str, dict[str, Any]]:
    """The attributes of a schema by path."""
    found = {}
    for attribute in client.get(f"/Schemas/{uri}").json()["attributes"]:
        found[attribute["name"]] = attribute
        found |= {f"{attribute['name']}.{sub['name']}": sub for sub in attribute.get("subAttributes", [])}
    return found


def test_the_configuration_states_the_limits_in_force(serve: Callable[..., Client]) -> None:
    """Each feature is supported, and sizes, counts and times are the settings'."""
    limits = Limits(
        page_size=7, max_results=9, max_payload_size=1000, max_bulk_operations=3, cursor_timeout=5
    )
    config = serve(limits=limits).get("/ServiceProviderConfig").json()
    assert config["schemas"] == [f"{PREFIX}ServiceProviderConfig"]
    assert all(
        config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    )
    assert config["bulk"] == {"supported": True, "maxOperations": 3, "maxPayloadSize": 1000}
    assert config["filter"]["maxResults"] == 9
    assert config["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 7,
        "maxPageSize": 9,
        "cursorTimeout": 5,
    }
    assert "interopProfileConformant" not in config
    assert config["meta"] == {
        "resourceType": "ServiceProviderConfig",
        "location": f"{BASE}/ServiceProviderConfig",
    }


def test_schemas_and_types_are_listed_and_found_by_id(scim: Client) -> None:
    """Each element of the lists is at its location; what a type names is there; unknown ids are 404."""
    for path, schema in (("/Schemas", "Schema"), ("/ResourceTypes", "ResourceType")):
        body = scim.get(path, startIndex=2, count=1).json()
        assert body["totalResults"] == body["itemsPerPage"] == len(body["Resources"]) > 1
        for resource in body["Resources"]:
            assert resource["schemas"] == [f"{PREFIX}{schema}"]
            assert scim.get(resource["meta"]["location"].removeprefix(BASE)).json() == resource
        assert refused(scim.get(f"{path}/nothing"), 404)
    for kind in scim.found("/ResourceTypes"):
        assert kind["id"] == kind["name"]
        for uri in [kind["schema"], *(item["schema"] for item in kind["schemaExtensions"])]:
            assert scim.get(f"/Schemas/{uri.upper()}").json()["id"] == uri
    assert not [s for s in scim.found("/Schemas") if s["id"].startswith("urn:ietf:params:scim:api:")]


def test_a_filter_on_discovery_is_forbidden(scim: Client) -> None:
    """403 on each of the endpoints (RFC 7644 section 4)."""
    for path in ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes"):
        assert refused(scim.get(path, filter='name eq "User"'), 403)


def test_every_attribute_states_its_characteristics(scim: Client) -> None:
    """With the vocabulary of RFC 7643 section 7, and the fixed rules and errata of sections 3 and 4."""
    for schema in scim.found("/Schemas"):
        for attribute in _attributes(schema):
            assert attribute["type"] in {
                "string",
                "boolean",
                "integer",
                "dateTime",
                "reference",
                "binary",
                "complex",
            }
            assert attribute["mutability"] in {"readOnly", "readWrite", "immutable", "writeOnly"}
            assert attribute["returned"] in {"always", "never", "default", "request"}
            assert isinstance(attribute["multiValued"], bool)
            assert isinstance(attribute["required"], bool)
            assert isinstance(attribute["description"], str)
            if attribute["type"] == "string":
                assert isinstance(attribute["caseExact"], bool)
                assert attribute["uniqueness"] in {"none", "server", "global"}
            assert ("referenceTypes" in attribute) == (attribute["type"] == "reference")
            assert ("subAttributes" in attribute) == (
                attribute["type"] == "complex" or attribute["name"] == "attributes"
            )
    user, group, enterprise = (_schema(scim, uri) for uri in (USER, GROUP, ENTERPRISE))
    assert user["userName"]["required"]
    assert (user["userName"]["uniqueness"], user["userName"]["caseExact"]) == ("server", False)
    assert (user["password"]["mutability"], user["password"]["returned"]) == ("writeOnly", "never")
    assert user["groups"]["mutability"] == "readOnly"
    assert user["groups.$ref"]["referenceTypes"] == ["Group"]
    assert group["displayName"]["required"]
    assert enterprise["manager.value"]["caseExact"]


def test_roles_and_entitlements_of_okta_come_by_a_file(serve: Callable[..., Client]) -> None:
    """Their types are discovered, served at their endpoints, filtered, searched at the root and checked."""
    client = serve(schema_file=OKTA)
    names = [kind["name"] for kind in client.found("/ResourceTypes")]
    assert names == ["User", "Group", "Role", "Entitlement"]
    for kind in client.found("/ResourceTypes")[2:]:
        body = {"schemas": [kind["schema"]], "displayName": f"Some {kind['name']}", "description": "Does it"}
        created = client.post(kind["endpoint"], body)
        assert created.status_code == 201
        assert created.json()["meta"]["resourceType"] == kind["name"]
        assert client.found(kind["endpoint"], filter='displayName sw "some"') == [created.json()]
        assert refused(client.post(kind["endpoint"], {"schemas": [kind["schema"]]}), 400, "invalidValue")
    assert len(client.found("/", filter='displayName sw "some"')) == 2


CUSTOM = {
    "schemas": [
        {
            "id": "urn:acme:Machine",
            "name": "Machine",
            "attributes": [
                {
                    "name": "serial",
                    "required": True,
                    "mutability": "immutable",
                    "uniqueness": "server",
                    "caseExact": True,
                },
                {"name": "memory", "type": "integer"},
                {"name": "load", "type": "decimal"},
                {"name": "built", "type": "dateTime"},
                {"name": "tags", "multiValued": True},
                {"name": "key", "mutability": "writeOnly", "returned": "never"},
                {"name": "notes", "returned": "request"},
                {"name": "label", "returned": "always"},
                {
                    "name": "ports",
                    "type": "complex",
                    "multiValued": True,
                    "subAttributes": [
                        {"name": "value", "type": "integer"},
                        {"name": "secret", "returned": "request"},
                    ],
                },
            ],
        },
        {
            "id": "http://acme.org/a+b%20c:Lease",
            "name": "Lease",
            "attributes": [{"name": "until", "type": "dateTime", "required": True}],
        },
    ],
    "resourceTypes": [
        {
            "name": "Machine",
            "endpoint": "/Machines",
            "schema": "urn:acme:Machine",
            "schemaExtensions": [{"schema": "http://acme.org/a+b%20c:Lease", "required": True}],
        }
    ],
}
SENT = {
    "schemas": ["urn:acme:Machine", "http://acme.org/a+b%20c:Lease"],
    "serial": "Ab1",
    "memory": 64,
    "load": 0.5,
    "built": "2026-01-01T12:00:00+02:00",
    "tags": ["red", "Blue"],
    "key": "hidden",
    "notes": "long",
    "label": "L",
    "ports": [{"value": 80, "secret": "s"}],
    "http://acme.org/a+b%20c:Lease": {"until": "2027-01-01T00:00:00Z"},
}


@pytest.fixture
def machines(serve: Callable[..., Client], tmp_path: Path) -> Client:
    """A client of a server with a resource type of our own."""
    path = tmp_path / "machines.json"
    path.write_text(json.dumps(CUSTOM))
    return serve(schema_file=path)


def test_characteristics_of_custom_attributes_are_kept(machines: Client) -> None:
    """Immutable, unique, request, always, never, required extensions and each type behave as declared."""
    assert (
        machines.post("/Machines", {**SENT, "serial": "x", "built": "2026-01-01T24:00:00Z"}).status_code
        == 201
    )
    created = machines.post("/Machines", SENT).json()
    path = f"/Machines/{created['id']}"
    hidden = {"key", "notes", "schemas", "ports"}
    assert {name: created[name] for name in SENT if name not in hidden} == {
        name: value for name, value in SENT.items() if name not in hidden
    }
    assert "key" not in created
    assert created["ports"] == [{"value": 80}]
    shown = machines.get(path, attributes="notes,key,ports.secret").json()
    assert shown.keys() == {"schemas", "id", "label", "notes", "ports"}
    assert shown["ports"] == [{"secret": "s"}]
    assert "label" in machines.get(path, excludedAttributes="label").json()
    assert refused(machines.post("/Machines", SENT), 409, "uniqueness")
    assert machines.post("/Machines", {**SENT, "serial": "ab1"}).status_code == 201
    assert refused(machines.put(path, {**SENT, "serial": "Ab2"}), 400, "mutability")
    assert refused(machines.patch(path, {"op": "replace", "path": "serial", "value": "x"}), 400, "mutability")
    kept = machines.put(path, {name: value for name, value in SENT.items() if name != "tags"})
    assert (kept.status_code, kept.json()["serial"]) == (200, "Ab1")
    without = {name: value for name, value in SENT.items() if name != "http://acme.org/a+b%20c:Lease"}
    assert refused(machines.post("/Machines", {**without, "serial": "x"}), 400, "invalidValue")
    assert refused(
        machines.patch(path, {"op": "remove", "path": "http://acme.org/a+b%20c:Lease:until"}),
        400,
        "mutability",
    )
    for wrong in (
        {"memory": 1.5},
        {"memory": "1"},
        {"memory": 2**63},
        {"load": True},
        {"built": "2026-01-01"},
        {"built": "2026-01-01T24:00:01Z"},
        {"built": "2026-01-01T00:00:00+14:01"},
        {"tags": [1]},
    ):
        assert refused(machines.post("/Machines", {**SENT, "serial": "x", **wrong}), 400, "invalidValue"), (
            wrong
        )


def test_custom_types_compare_as_they_should(machines: Client) -> None:
    """Numbers by size, dates by time, strings of several values by any of them."""
    machines.post("/Machines", SENT)
    for condition, found in {
        "memory gt 9": 1,
        "memory eq 64.0": 1,
        "memory lt 9": 0,
        "load ge 0.5": 1,
        'built eq "2026-01-01T10:00:00Z"': 1,
        'built lt "2026-01-01T10:00:00.5Z"': 1,
        'built gt "2025-12-31T24:00:00Z"': 1,
        'built lt "2025-12-31T24:00:00.000-14:00"': 1,
        'tags eq "BLUE"': 1,
        'tags ne "red"': 1,
        'tags eq "green"': 0,
        "ports[value gt 79]": 1,
        "memory gt 99999999999999999999999": 0,
        'http://acme.org/a+b%20c:Lease:until gt "2026-06-01T00:00:00Z"': 1,
        'serial eq "ab1"': 0,
        'serial eq "Ab1"': 1,
    }.items():
        assert len(machines.found("/Machines", filter=condition)) == found, condition
    for condition in ('memory co "6"', 'memory eq "64"', "tags gt 1", 'load sw "0"', 'key eq "hidden"'):
        assert refused(machines.get("/Machines", filter=condition), 400, "invalidFilter"), condition


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "{",
        '{"schemas": [{"id": "no uri", "attributes": []}]}',
        '{"schemas": [{"id": "urn:x:y", "attributes": [{"name": "a b"}]}]}',
        '{"schemas": [{"id": "urn:x:y", "attributes": [{"name": "a", "type": "text"}]}]}',
        '{"resourceTypes": [{"name": "X", "endpoint": "/X", "schema": "urn:x:y"}]}',
        json.dumps({"resourceTypes": [{"name": "X", "endpoint": "X y", "schema": USER}]}),
    ],
)
def test_a_file_that_defines_nothing_usable_is_refused_by_name(tmp_path: Path, document: str) -> None:
    """ValueError with the name of the file, before anything is served."""
    path = tmp_path / "broken.json"
    path.write_text(document)
    with pytest.raises(ValueError, match=r"broken\.json does not define schemas and resource types"):
        Catalogue.load(path)
