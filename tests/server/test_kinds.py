"""What other suites try, as tables: each operator on each type, null and ne of what has no value, not within not,
what may be there twice, and each method at each place.
"""

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from .conftest import ENTERPRISE, GROUP, USER, Client, refused

KIND = "urn:example:Specimen"
MOMENT, EARLIER, LATER = "2026-01-02T03:04:05Z", "2025-01-01T00:00:00Z", "2027-01-01T00:00:00+01:00"
# Of each type the value of the specimen, one that comes before it, one that comes after it, and a part of it.
VALUES: dict[str, tuple[Any, Any, Any, Any]] = {
    "string": ("Middle", "alpha", "Zulu", "ddl"),
    "reference": ("http://m.example/x", "http://a.example", "http://z.example", "example"),
    "integer": (5, -1, 7.5, None),
    "decimal": (0.5, 0, 1e3, None),
    "dateTime": (MOMENT, EARLIER, LATER, None),
    "boolean": (True, None, None, None),
    "binary": ("TWlk", None, None, "lk"),
}
TYPES = {
    "schemas": [
        {
            "id": KIND,
            "name": "Specimen",
            "attributes": [
                *({"name": kind, "type": kind} for kind in VALUES),
                *({"name": f"{kind}s", "type": kind, "multiValued": True} for kind in VALUES),
                {"name": "exact", "caseExact": True},
                {
                    "name": "whole",
                    "type": "complex",
                    "subAttributes": [{"name": kind, "type": kind} for kind in VALUES],
                },
                {
                    "name": "wholes",
                    "type": "complex",
                    "multiValued": True,
                    "subAttributes": [{"name": kind, "type": kind} for kind in VALUES],
                },
            ],
        }
    ],
    "resourceTypes": [{"name": "Specimen", "endpoint": "/Specimens", "schema": KIND}],
}
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")
NOT_FOR = {
    **dict.fromkeys(("co", "sw", "ew"), ("integer", "decimal", "dateTime", "boolean")),
    **dict.fromkeys(("gt", "ge", "lt", "le"), ("boolean", "binary")),
}


@pytest.fixture
def specimens(serve: Callable[..., Client], tmp_path: Path) -> Client:
    """A server with one resource that has a value of each type in each place, and one that has none."""
    path = tmp_path / "types.json"
    path.write_text(json.dumps(TYPES))
    scim = serve(schema_file=path)
    whole = {kind: values[0] for kind, values in VALUES.items()}
    several = {f"{kind}s": [value] for kind, value in whole.items()}
    full = {
        "schemas": [KIND],
        "externalId": "full",
        **whole,
        **several,
        "whole": whole,
        "wholes": [whole],
        "exact": "Ab",
    }
    assert scim.post("/Specimens", full).status_code == 201
    assert scim.post("/Specimens", {"schemas": [KIND], "externalId": "bare"}).status_code == 201
    return scim


def _found(scim: Client, condition: str) -> str:
    """Who is found, or the refusal."""
    answer = scim.get("/Specimens", filter=condition)
    if answer.status_code != 200:
        assert refused(answer, 400, "invalidFilter"), condition
        return "refused"
    return " ".join(each["externalId"] for each in answer.json()["Resources"])


def _expected(operator: str, kind: str, value: Any) -> str:
    """Whom RFC 7644 section 3.4.2.2 has found by comparing the specimen's value; who has no value differs from any."""
    own, before, _, part = VALUES[kind]
    if value is None:
        return {"eq": "bare", "ne": "full"}.get(operator, "refused")
    if kind in NOT_FOR.get(operator, ()):
        return "refused"
    is_end = isinstance(part, str) and own.endswith(part)
    holds = {
        "eq": value == own,
        "ne": value != own,
        "co": value in {own, part},
        "sw": value == own,
        "ew": value == own or (is_end and value == part),
        "gt": value == before,
        "ge": value in {own, before},
        "lt": value not in {own, before},
        "le": value != before,
    }[operator]
    return " ".join(["full"] * holds + ["bare"] * (operator == "ne"))


@pytest.mark.parametrize("kind", VALUES)
def test_each_operator_compares_each_type(specimens: Client, kind: str) -> None:
    """One value or several, at the top or in a complex attribute: the same is found, and what does not fit is refused."""
    own, before, after, part = VALUES[kind]
    values = [value for value in (own, before, after) if value is not None]
    for place in (kind, f"{kind}s", f"whole.{kind}", f"wholes.{kind}"):
        asked = [*product(OPERATORS, [*values, None]), *product(("co", "sw", "ew"), [part] if part else [])]
        for operator, value in asked:
            condition = f"{place} {operator} {json.dumps(value)}"
            assert _found(specimens, condition) == _expected(operator, kind, value), condition


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_another_type_is_refused(specimens: Client, kind: str) -> None:
    """Nothing is converted, but for true and false in quotation marks."""
    fits = {"boolean": "true", "integer": "5", "decimal": "5", "dateTime": None}.get(kind, '"x y"')
    for value in ("5", "true", '"x y"'):
        assert (_found(specimens, f"{kind} eq {value}") != "refused") == (value == fits), value


# What has no value: it is null, it is not present, it differs from any value, and it compares with none.
UNASSIGNED = {
    "{name} eq null": True,
    "{name} ne null": False,
    "{name} pr": False,
    "not ({name} pr)": True,
    "{name} ne {value}": True,
    "{name} eq {value}": False,
    "not ({name} eq {value})": True,
    "not ({name} ne {value})": False,
    "not (not ({name} eq {value}))": False,
    "not (not (not ({name} eq {value})))": True,
    "not ({name} eq null)": False,
    "not ({name} pr and {name} eq {value})": True,
    "not ({name} pr) and not ({name} eq {value})": True,
    "not ({name} pr or {name} eq null)": False,
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("place", ["{}", "{}s", "whole.{}", "wholes.{}"])
def test_what_has_no_value_is_null_and_differs_from_all(specimens: Client, kind: str, place: str) -> None:
    """RFC 7643 section 2.5 and RFC 7644 section 3.4.2.2, one value or several."""
    name, literal = place.format(kind), json.dumps(VALUES[kind][0])
    for pattern, holds in UNASSIGNED.items():
        condition = pattern.format(name=name, value=literal)
        assert ("bare" in _found(specimens, condition).split()) is holds, condition


def test_letter_case_counts_where_the_schema_says_so(specimens: Client) -> None:
    """A string is found in other letters unless it is case exact; a reference and a binary value are case exact by their type."""
    assert _found(specimens, 'string eq "mIDDLE"') == "full"
    assert [_found(specimens, f'exact eq "{text}"') for text in ("Ab", "ab")] == ["full", ""]


# What may be had by two: (endpoint, schema, attributes that both have).
SHARED = [
    ("/Users", USER, {"userName": None, "externalId": "x", "displayName": "D", "title": "T"}),
    ("/Users", USER, {"userName": None, "emails": [{"value": "shared@example.com"}]}),
    ("/Users", USER, {"userName": None, "phoneNumbers": [{"value": "1"}], "ims": [{"value": "i"}]}),
    ("/Users", USER, {"userName": None, ENTERPRISE: {"employeeNumber": "7"}}),
    ("/Groups", GROUP, {"displayName": "Team", "externalId": "x"}),
]


@pytest.mark.parametrize(("endpoint", "schema", "attributes"), SHARED)
def test_what_is_not_unique_may_be_there_twice(
    scim: Client, endpoint: str, schema: str, attributes: dict[str, Any]
) -> None:
    """Uniqueness none is none: two creates, and a PATCH and a PUT to the same value (RFC 7643 section 7)."""
    made = []
    for number in range(2):
        body = {"schemas": [schema], **attributes}
        if "userName" in body:
            body["userName"] = f"user{number}"
        answer = scim.post(endpoint, body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    assert made[0]["id"] != made[1]["id"]
    assert scim.put(f"{endpoint}/{made[1]['id']}", made[1]).status_code == 200
    value = {name: part for name, part in attributes.items() if part is not None}
    assert scim.patch(f"{endpoint}/{made[1]['id']}", {"op": "replace", "value": value}).status_code == 200


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def test_each_place_takes_the_methods_it_names(scim: Client) -> None:
    """Every other is 405, whose Allow names those that are not (RFC 9110 section 15.5.6)."""
    root = "/scim/v2"
    places = [route.path.removeprefix(root) for route in scim.app.routes if isinstance(route, Route)]
    assert len(places) > 12
    for place, method in product(places, METHODS):
        path = place.replace("{id:path}", USER).replace("{id}", "User")
        answer = scim.request(method, path)
        allowed = scim.request("TRACE", path).headers["allow"].split(", ")
        assert (answer.status_code == 405) == (method not in allowed), (method, path)
        if answer.status_code == 405:
            assert answer.headers["allow"].split(", ") == allowed
