"""Targets that read what is broken leniently: whatever the RFCs let them make of it is no failure, and what they do not is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playing import play, reference_transport, specifying

from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model import unreadable
from scim_tests.model.bulk import BULK_REQUEST
from scim_tests.model.scim import PATCH_OP, USER
from scim_tests.model.verdict import Verdict

PATCH = b'{"schemas":["%s"],"Operations":[{"op":"add","path":"title","value":"%%s"}]}' % PATCH_OP.encode()


def mended(body: bytes, name_twice: bytes, title_as_object: Any) -> bytes:
    """What a lenient reader takes it for: schemas filled in, values of a wrong type converted, odd characters left out."""
    whole = {
        unreadable.TWO_DOCUMENTS: PATCH % b"x",
        unreadable.NAME_TWICE: PATCH % name_twice,
        unreadable.MARKED: PATCH % b"x",
        unreadable.NO_UTF_8: PATCH % "x\ufffd".encode(),
    }
    try:
        read = json.loads(whole.get(body, body))
    except ValueError:
        return body
    if isinstance(read, dict) and "Operations" in read and BULK_REQUEST not in read.get("schemas", ()):
        listed = read["Operations"] if isinstance(read["Operations"], list) else [read["Operations"]]
        odd = {"x\ud800": "x\ufffd", "x\x00": "x"}
        for each in listed:
            given = each.get("value")
            each.update({"op": "replace", **each})
            each.update({"value": odd[given]} if isinstance(given, str) and given in odd else {})
        read = {"schemas": [PATCH_OP], "Operations": listed}
    elif isinstance(read, dict) and "userName" in read:
        read = {**read, "schemas": [USER], **converted(read, title_as_object)}
    return json.dumps(read).encode()


def converted(user: dict[str, Any], title_as_object: Any) -> dict[str, Any]:
    """Each attribute of a wrong type as another one."""
    ways: dict[str, dict[type, Callable[[Any], Any]]] = {
        "active": {str: lambda _: False, int: bool},
        "title": {int: str, list: lambda given: given[0], dict: lambda _: title_as_object},
        "emails": {str: lambda given: [{"value": given, "type": "work"}], dict: lambda given: [given]},
        "name": {str: lambda given: {"formatted": given}},
    }
    return {
        name: way(user[name])
        for name, known in ways.items()
        if (way := known.get(type(user.get(name)))) is not None
    }


class Lenient(httpx.AsyncBaseTransport):
    """The reference server behind a lenient reader of bodies, under whatever label they come."""

    def __init__(self, read: Callable[[bytes], bytes]) -> None:
        self.honest, self.read = reference_transport(), read

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        content = self.read(body) if body else body
        headers = [
            each
            for each in request.headers.raw
            if each[0].lower() not in {b"content-length", b"content-type"}
        ]
        label = [(b"Content-Type", b"application/scim+json")] if body else []
        changed = httpx.Request(request.method, request.url, headers=[*headers, *label], content=content)
        changed.url = request.url
        return await self.honest.handle_async_request(changed)


class Untyped(httpx.AsyncBaseTransport):
    """The reference server before a store that knows no types: a user is what was put, whatever it is like."""

    def __init__(self) -> None:
        self.honest = reference_transport()
        self.stored: dict[str, Any] = {}  # by path, of those whom the honest server refused

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        answer = await self.honest.handle_async_request(request)
        content = await answer.aread()
        if request.method == "PUT" and "/Users/" in path:
            self.stored.pop(path, None)
            sent = user_of(await request.aread())
            if answer.status_code == 400 and converted(sent, None):
                self.stored[path] = sent
        if path not in self.stored or request.method not in {"GET", "PUT"}:
            return httpx.Response(answer.status_code, headers=answer.headers, content=content)
        sent = self.stored[path]
        shown = {key: value for key, value in sent.items() if key not in {"password", "groups"}}
        meta = {"resourceType": "User", "location": str(request.url)}
        body = {**shown, "id": path.rpartition("/")[2], "meta": meta}
        return httpx.Response(200, headers={"Content-Type": "application/scim+json"}, json=body)


def user_of(body: bytes) -> dict[str, Any]:
    """The user whom a body shows; nobody where it shows none."""
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) and "userName" in read else {}


def test_of_what_is_stored_as_it_comes_only_the_types_are_wrong(tmp_path: Path) -> None:
    """Each write puts right what the one before left behind: nothing is lost by that, and an entry that is shown is kept."""
    done = play(Untyped(), tmp_path / "ledger.jsonl", profile=specifying(), judge=Judge(catalogue()))
    assert {each.check.id for each in done.results if each.verdict in {Verdict.FAIL, Verdict.BROKEN}} == {
        "every_resource.has-the-types-its-schema-declares",
        "every_user.has-active-as-a-boolean",
        "every_user.has-the-declared-types",
    }


@pytest.mark.parametrize(
    ("name_twice", "title_as_object", "failed"),
    [
        (b"x", None, set()),
        (b"a", None, set()),
        (b"a", "[object Object]", {"send_odd_requests.wrong-type-makes-no-text"}),
        (b"a", "{x=x}", {"send_odd_requests.wrong-type-makes-no-text"}),
    ],
)
def test_only_what_no_reader_may_do_fails(
    name_twice: bytes, title_as_object: Any, failed: set[str], tmp_path: Path
) -> None:
    """Of two equal names either counts, and a conversion is allowed; a text made of an object is not."""
    lenient = Lenient(lambda body: mended(body, name_twice, title_as_object))
    done = play(
        lenient, tmp_path / "ledger.jsonl", profile=specifying("send_odd_requests"), judge=Judge(catalogue())
    )
    wrong = {each.check.id for each in done.results if each.verdict in {Verdict.FAIL, Verdict.BROKEN}}
    assert wrong == failed
    taken = {each.step.partition(".")[2] for each in done.conductor.transcript if each.is_success}
    assert {
        "two_documents",
        "name_twice",
        "half_a_pair",
        "as_text",
        "emails_as_text",
        "schemas_empty",
    } <= taken
