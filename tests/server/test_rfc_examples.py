"""Every request that the RFCs show, as they show it: taken, or refused for a reason that stands beside it."""

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.settings import Token

from .conftest import ENTERPRISE, Client

Example = Mapping[str, Any]
FILES = sorted((Path(__file__).parents[2] / "fixtures" / "examples").glob("rfc*.toml"))
SOURCES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES]
EXAMPLES = [
    pytest.param(source, example, id=f"{source['source']} {example['section']} {number}")
    for source in SOURCES
    for number, example in enumerate(source["example"], 1)
]
BABS = {
    "externalId": "bjensen",
    "displayName": "Babs Jensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "title": "Tour Guide",
    "userType": "Employee",
    "emails": [
        {"value": "bjensen@example.com", "type": "work"},
        {"value": "babs@jensen.org", "type": "home"},
    ],
    "addresses": [
        {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood"},
        {"type": "home", "streetAddress": "456 Hollywood Blvd", "primary": True},
    ],
    ENTERPRISE: {"employeeNumber": "701984"},
}


def _furnished(scim: Client) -> dict[str, dict[str, Any]]:
    """The resources that the examples are about, by the names that the files give them."""
    babs = scim.user("bjensen", **BABS)
    ims = [{"value": "jsmith@foo.com", "type": "xmpp"}]
    james = scim.user("jsmith", displayName="Smith, James", userType="Intern", ims=ims)
    mandy = scim.user("mpepperidge", nickName="Mandy")
    john = scim.user("john", name={"familyName": "O'Malley"})
    guides = scim.group("Tour Guides", babs["id"])
    # Whoever joined a group has another version since.
    people = {"babs": babs, "james": james, "mandy": mandy, "john": john}
    people = {name: scim.get(f"/Users/{user['id']}").json() for name, user in people.items()}
    return {**people, "guides": guides}


def _sent(scim: Client, source: Example, example: Example, here: Mapping[str, Any]) -> httpx.Response:
    """The answer to a request, its ids and versions those that there are here."""

    def ours(text: str, resource: Mapping[str, Any] | None) -> str:
        for name in sorted(source.get("stands_for", {}), key=len, reverse=True) if here else ():
            text = text.replace(name, here[source["stands_for"][name]]["id"])
        for version, name in source.get("versions", {}).items() if here else ():
            meant = resource if name == "resource" else here[name]
            if meant:
                text = text.replace(f'W/"{version}"', meant["meta"]["version"])
                text = text.replace(rf"W\/\"{version}\"", meant["meta"]["version"].replace('"', '\\"'))
                text = text.replace(rf"W/\"{version}\"", meant["meta"]["version"].replace('"', '\\"'))
        return text

    method, _, path = ours(example["request"], None).partition(" ")
    about = next((each for each in here.values() if each["id"] in path), None)
    headers = {
        name.replace("_", "-"): ours(example[name], about)
        for name in ("if_match", "if_none_match", "content_length")
        if name in example
    }
    query = {"params": {"filter": example["filter"]}} if "filter" in example else {}
    body = {"content": ours(example["body"], about).encode()} if "body" in example else {}
    if body:
        headers["Content-Type"] = "application/scim+json"
    return scim.request(method, path.removeprefix("/v2"), headers=headers, **query, **body)


def _is_shown(part: Any, answer: Any) -> bool:
    """Whether an answer has all of a part: the members of its objects, and the elements of its lists in their order."""
    if isinstance(part, dict) and isinstance(answer, dict):
        return all(name in answer and _is_shown(value, answer[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(answer, list) and part:
        return len(part) <= len(answer) and all(map(_is_shown, part, answer))
    return bool(part == answer)


@pytest.mark.parametrize(("source", "example"), EXAMPLES)
def test_every_example_of_the_rfcs_gets_the_answer_that_is_told(
    serve: Callable[..., Client], source: Example, example: Example
) -> None:
    """The status, the scimType and the part of the answer that stand beside it."""
    scim = serve(
        base_path="/v2",
        public_url="https://example.com/v2",
        tokens=(Token("h480djs93hd8", user_name="bjensen"),),
    )
    here = {} if example.get("empty") else _furnished(scim)
    answer = _sent(scim, source, example, here)
    assert answer.status_code == example["status"], answer.text
    body = answer.json() if answer.content else {}
    assert body.get("scimType") == example.get("scim_type")
    if "shows" in example:
        assert _is_shown(json.loads(example["shows"]), body), answer.text


EACH = pytest.mark.parametrize("source", SOURCES, ids=lambda each: each["source"])


@EACH
def test_what_is_refused_says_why(source: Example) -> None:
    """A refusal has its reason, and nothing that is taken has one."""
    assert [each for each in source["example"] if ("reason" in each) != (each["status"] >= 400)] == []


@EACH
def test_every_id_of_the_rfcs_is_somebodys(source: Example) -> None:
    """Each stand-in is used."""
    text = json.dumps(source["example"])
    assert [
        name for name in {**source.get("stands_for", {}), **source.get("versions", {})} if name not in text
    ] == []
