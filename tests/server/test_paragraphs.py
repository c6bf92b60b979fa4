"""Every refusal names its paragraph at its end, and every paragraph is there (RFC 7644 section 3.12)."""

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import reference_server
from reference_server.discovery import Discovery
from reference_server.paragraphs import Paragraph

from .conftest import GROUP, PATCH, USER, Client

ROOT = Path(next(iter(reference_server.__path__)))
REQUIREMENTS = ROOT.parent / "fixtures" / "spec" / "requirements.csv"
# Sections of which the list of requirements has none, each looked up by its heading.
OTHERS = {
    "RFC 4918 section 11.5": "507 Insufficient Storage",
    "RFC 6585 section 4": "429 Too Many Requests",
    "RFC 7617 section 2": "The 'Basic' Authentication Scheme",
    "RFC 7643 section 2.3.3": "Decimal",
    "RFC 8259 section 9": "Parsers",
    "RFC 9110 section 15.5.1": "400 Bad Request",
    "RFC 9110 section 15.5.6": "405 Method Not Allowed",
    "RFC 9110 section 15.5.9": "408 Request Timeout",
    "RFC 9110 section 15.5.14": "413 Content Too Large",
    "RFC 9110 section 15.5.16": "415 Unsupported Media Type",
    "RFC 9110 section 15.6.4": "503 Service Unavailable",
}


def test_every_paragraph_is_there() -> None:
    """Each is a section that states requirements, or one that was looked up."""
    with REQUIREMENTS.open(encoding="utf-8") as file:
        known = {
            f"{row['source'].replace('RFC', 'RFC ')} section {row['section']}" for row in csv.DictReader(file)
        }
    given = {each.replace("SCIM 2.0 Interoperability Profile", "INTEROP") for each in Paragraph}
    assert given - known == OTHERS.keys()


def test_no_paragraph_is_without_a_refusal() -> None:
    """Each is named where something is refused, or is that of a type or operation."""
    text = "".join(path.read_text() for path in ROOT.glob("*.py") if path.stem != "paragraphs")
    found = {name for name in Paragraph.__members__ if f"Paragraph.{name}" in text}
    types = {"STRING", "BOOLEAN", "DECIMAL", "INTEGER", "DATETIME", "BINARY", "REFERENCE", "COMPLEX"}
    assert found | types | {"ADD"} == Paragraph.__members__.keys()


BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
REFUSALS: dict[Paragraph, tuple[str, str, Any]] = {
    Paragraph.NAMES: ("POST", "/Users", {"schemas": [USER], "title": "a", "TITLE": "b"}),
    Paragraph.BOOLEAN: ("POST", "/Users", {"schemas": [USER], "userName": "a", "active": 7}),
    Paragraph.SCHEMAS: ("POST", "/Users", {"userName": "a"}),
    Paragraph.GROUPS: (
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "a", "members": [{"value": "x"}]},
    ),
    Paragraph.CHARACTERISTICS: ("POST", "/Users", {"schemas": [USER]}),
    Paragraph.FILTER: ("GET", "/Users?filter=userName", None),
    Paragraph.SORT: ("GET", "/Users?sortBy=shoeSize", None),
    Paragraph.QUERY: ("GET", "/Users?count=x", None),
    Paragraph.CURSORS: ("GET", "/Users?cursor=x", None),
    Paragraph.PROJECTION: ("GET", "/Users?attributes=title&excludedAttributes=title", None),
    Paragraph.SEARCH: ("GET", "/Users/.search", None),
    Paragraph.MESSAGES: ("POST", "/.search", {}),
    Paragraph.FORMATS: ("POST", "/Users", []),
    Paragraph.BULK: ("POST", "/Bulk", {"schemas": [BULK]}),
    Paragraph.ME: ("GET", "/Me", None),
    Paragraph.ERRORS: ("GET", "/Nothing", None),
    Paragraph.METHODS: ("PATCH", "/Users", None),
    Paragraph.DISCOVERY: ("GET", '/Schemas?filter=name eq "User"', None),
}
CHANGES: dict[Paragraph, dict[str, Any]] = {
    Paragraph.PATCH: {"op": "move"},
    Paragraph.ADD: {"op": "Add", "path": "title"},
    Paragraph.REMOVE: {"op": "remove"},
    Paragraph.REPLACE: {"op": "replace", "path": 'emails[type eq "work"].value', "value": "x"},
}


def _paragraph(error: dict[str, Any]) -> Paragraph:
    """What stands in the last round brackets of an error's words."""
    return Paragraph(error["detail"].rpartition(" (")[2].removesuffix(")"))


def test_a_refusal_ends_with_its_paragraph(scim: Client) -> None:
    """The one that says why, of whatever is refused; inside a bulk answer, too."""
    for paragraph, (method, path, body) in REFUSALS.items():
        assert _paragraph(scim.request(method, path, json=body).json()) is paragraph
    path = f"/Users/{scim.user()['id']}"
    for paragraph, change in CHANGES.items():
        assert _paragraph(scim.patch(path, change).json()) is paragraph
    assert _paragraph(scim.delete(path, **{"If-Match": "x"}).json()) is Paragraph.VERSIONS
    inside = [{"method": "PATCH", "path": path, "data": {"schemas": [PATCH], "Operations": [{"op": "move"}]}}]
    (result,) = scim.post("/Bulk", {"schemas": [BULK], "Operations": inside}).json()["Operations"]
    assert _paragraph(result["response"]) is Paragraph.PATCH


def test_who_is_not_let_in_learns_why(serve: Callable[..., Client]) -> None:
    """By the paragraph of the scheme that was tried, or else of authentication."""
    client = serve()
    for sent, paragraph in (
        ("", Paragraph.AUTHENTICATION),
        ("Digest x", Paragraph.AUTHENTICATION),
        ("Bearer x", Paragraph.BEARER),
        ("Basic x", Paragraph.BASIC),
    ):
        answer = client.request("GET", "/Users", headers={"Authorization": sent})
        assert (answer.status_code, _paragraph(answer.json())) == (401, paragraph), sent


async def _failing(client: Client) -> httpx.Response:
    transport = httpx.ASGITransport(client.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as http:
        return await http.get(f"{client.base_url}/Schemas")


def test_a_defect_has_its_paragraph_too(scim: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """500, and nothing of what failed."""
    monkeypatch.setattr(Discovery, "schemas", lambda _: 1 / 0)
    answer = asyncio.run(_failing(scim))
    assert (answer.status_code, _paragraph(answer.json())) == (500, Paragraph.ERRORS)
    assert "division" not in answer.text
