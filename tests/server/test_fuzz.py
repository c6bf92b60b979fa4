"""Any request at all gets a SCIM answer that is no defect of the server: the whole HTTP surface under fuzz."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.messages import SCIM_JSON
from reference_server.settings import Limits, Settings, Token

from .conftest import ENTERPRISE, GROUP, PATCH, USER, Client

URNS = [
    USER,
    GROUP,
    ENTERPRISE,
    PATCH,
    *(f"urn:ietf:params:scim:api:messages:2.0:{name}" for name in ("SearchRequest", "BulkRequest")),
]
NAMES = [
    "schemas",
    "userName",
    "externalId",
    "id",
    "meta",
    "name",
    "givenName",
    "emails",
    "value",
    "type",
    "primary",
]
NAMES += [
    "active",
    "members",
    "groups",
    "displayName",
    "password",
    "op",
    "path",
    "Operations",
    "method",
    "bulkId",
    "data",
]
NAMES += [
    "filter",
    "sortBy",
    "startIndex",
    "count",
    "cursor",
    "attributes",
    "failOnErrors",
    "$ref",
    ENTERPRISE,
    "manager",
    "x",
]
PATHS = [
    "userName",
    'emails[type eq "work"].value',
    'members[value eq "x"]',
    "name.givenName",
    ENTERPRISE,
    "groups",
    "schemas",
]
PATHS += [
    "emails.value",
    "meta.version",
    "/Users",
    "/Groups/x",
    "bulkId:1",
    "emails[",
    "",
    "a" * 300,
    "x y",
    f"{ENTERPRISE}:manager",
]
WORDS = st.one_of(
    st.sampled_from(NAMES + URNS + PATHS + ["add", "remove", "Replace", "POST", "PATCH"]), st.text(max_size=8)
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)
OPERATION = st.fixed_dictionaries({"op": WORDS}, optional={"path": WORDS, "value": JSON})
JOB = st.fixed_dictionaries(
    {"method": st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]), "path": WORDS},
    optional={"bulkId": WORDS, "data": JSON, "version": WORDS},
)
MESSAGES = st.fixed_dictionaries(
    {"schemas": st.just(URNS)},
    optional={
        "userName": WORDS,
        "displayName": WORDS,
        "emails": JSON,
        "members": JSON,
        "Operations": st.lists(st.one_of(OPERATION, JOB, JSON), max_size=3),
        "filter": WORDS,
        "startIndex": SCALARS,
        "count": SCALARS,
        "cursor": WORDS,
        "attributes": JSON,
        ENTERPRISE: JSON,
    },
)
FRAGMENTS = [
    "userName",
    "emails",
    "eq",
    "co",
    "and",
    "or",
    "not",
    "pr",
    "(",
    ")",
    "[",
    "]",
    '"a"',
    "1e999",
    "null",
    " ",
    "  ",
]
FRAGMENTS += [
    "true",
    ".value",
    ":",
    "\\",
    '"',
    '"\\ud800"',
    '"\\u0000"',
    "999999999999999999999999",
    "-1",
    "meta.created",
    "\x00",
]
FILTERS = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join) | st.lists(
    st.sampled_from(FRAGMENTS)
).map("".join)
BODIES = st.one_of(
    (JSON | MESSAGES).map(lambda value: json.dumps(value).encode()),
    MESSAGES.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")[:-1]),
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"[" * 100_000,
            b'{"a":' * 10_000,
            b'{"a":1,"A":2,"a":3}',
            b'"\\ud800"',
            b"1" * 5000,
            b"1e999",
            b"\xef\xbb\xbf{}",
        ]
    ),
)
ROUTES = [
    "",
    "/",
    "/Users",
    "/Groups",
    "/Me",
    "/Bulk",
    "/.search",
    "/Users/.search",
    "/Groups/.search",
    "/Schemas",
]
ROUTES += [
    "/ServiceProviderConfig",
    "/ResourceTypes/User",
    f"/Schemas/{USER}",
    "/Users/{user}",
    "/Groups/{group}",
    "/Users/{group}",
]
ROUTES += ["/Users/%00", "/Users/%F0%9F", "/Users/..%2f", "//Users", "/nothing"]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]
QUERIES = st.dictionaries(
    st.sampled_from(
        [
            "filter",
            "sortBy",
            "sortOrder",
            "startIndex",
            "count",
            "cursor",
            "attributes",
            "excludedAttributes",
            "x",
        ]
    ),
    st.one_of(FILTERS, WORDS, st.integers().map(str)),
    max_size=4,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "If-Match",
            "If-None-Match",
            "Content-Type",
            "Accept",
            "Content-Encoding",
            "Host",
            "X-Forwarded-Host",
        ]
    ),
    st.sampled_from(
        [
            "*",
            'W/"1"',
            "application/json",
            "application/scim+json; charset=utf-8",
            "text/xml",
            "gzip",
            "",
            '\xff,;="',
        ]
    ),
    max_size=3,
)


@pytest.fixture(scope="module", params=[False, True], ids=["lenient", "interop"])
def shared(request: pytest.FixtureRequest) -> Iterator[Client]:
    """One server for all examples, in each mode, with a user and a group that requests may hit."""
    token = Token("secret", user_name="me")
    client = Client(Settings(tokens=(token,), interop=request.param, limits=Limits(max_payload_size=200_000)))
    client.headers["Content-Type"] = SCIM_JSON
    yield client
    client.close()


REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(METHODS),
        "route": st.sampled_from(ROUTES),
        "query": QUERIES,
        "headers": HEADERS,
        "body": BODIES,
    }
)


@given(sent=REQUESTS)
def test_any_request_gets_a_scim_answer(shared: Client, sent: dict[str, Any]) -> None:
    """Well-formed and below 500 (or 501), whatever the method, path, parameters, headers and bytes."""
    users, groups = shared.found("/Users", count=1), shared.found("/Groups", count=1)
    user, group = users[0]["id"] if users else "u", groups[0]["id"] if groups else "g"
    route = sent["route"].replace("{user}", user).replace("{group}", group)
    headers = {name: value.encode("latin-1") for name, value in sent["headers"].items()}
    query = {name: value.encode("utf-8", "replace").decode() for name, value in sent["query"].items()}
    shared.request(sent["method"], route, params=query, headers=headers, content=sent["body"])


@given(text=FILTERS)
def test_any_filter_is_answered_or_refused(shared: Client, text: str) -> None:
    """200, or 400 invalidFilter."""
    answer = shared.get("/Users", filter=text)
    assert answer.status_code == 200 or (answer.status_code, answer.json()["scimType"]) == (
        400,
        "invalidFilter",
    )


@given(message=MESSAGES)
def test_any_message_leaves_the_server_consistent(shared: Client, message: dict[str, Any]) -> None:
    """What a stored resource is read as can be put back unchanged, without a new version."""
    for path in ("/Users", "/Groups"):
        answer = shared.request("POST", path, content=json.dumps(message).encode())
        if answer.status_code == 201:
            created = answer.json()
            assert shared.put(f"{path}/{created['id']}", created).json() == created
            assert shared.delete(f"{path}/{created['id']}").status_code == 204
