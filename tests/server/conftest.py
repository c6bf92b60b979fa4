"""Servers for the tests: one in process for each test, and clients that speak to it without a socket."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from reference_server.app import application
from reference_server.faults import bent
from reference_server.paragraphs import Paragraph
from reference_server.settings import Settings, Token

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BASE = "http://localhost/scim/v2"
PARAGRAPHS = tuple(f" ({paragraph})" for paragraph in Paragraph)


class Client:
    """A client of an application in this process; every answer it gets is checked to be well-formed, unless faults bend it."""

    def __init__(self, settings: Settings, faults: Sequence[str] = ()) -> None:
        self.app, self.faults = application(settings), faults
        self.base_url = settings.base_url
        self.headers = {"Authorization": f"Bearer {settings.tokens[0].value}"} if settings.tokens else {}
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(bent(faults)(self.app)))

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._ask(method, path, **options))

    def at_once(self, *requests: tuple[str, str, Any]) -> list[httpx.Response]:
        """The answers to requests with a body each, none of which waits for another."""

        async def all_of_them() -> list[httpx.Response]:
            return await asyncio.gather(
                *(self._ask(method, path, json=body) for method, path, body in requests)
            )

        return self._runner.run(all_of_them())

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        given = httpx.Headers(options.pop("headers", {}))
        own = httpx.Headers({name: value for name, value in self.headers.items() if name not in given})
        headers = [*given.raw, *own.raw]
        answer = await self._http.request(method, self.base_url + path, headers=headers, **options)
        if not self.faults:
            check_well_formed(answer)
        return answer

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.request("GET", path, params=params or None)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.request("POST", path, json=body, headers=headers)

    def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.request("PUT", path, json=body, headers=headers)

    def delete(self, path: str, **headers: str) -> httpx.Response:
        return self.request("DELETE", path, headers=headers)

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> httpx.Response:
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self.request("PATCH", path, json=body, headers=headers)

    def user(self, user_name: str = "alice@example.com", **attributes: Any) -> dict[str, Any]:
        """A new user, as created."""
        answer = self.post("/Users", {"schemas": [USER], "userName": user_name, **attributes})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def group(self, display_name: str = "Team", *members: str, **attributes: Any) -> dict[str, Any]:
        """A new group, as created."""
        listed = [{"value": member} for member in members]
        body = {"schemas": [GROUP], "displayName": display_name, "members": listed, **attributes}
        answer = self.post("/Groups", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def found(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The resources of a list."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["Resources"]

    def names(self, condition: str) -> list[str]:
        """The userNames of the users that a filter finds."""
        return [user["userName"] for user in self.found("/Users", filter=condition, count=1000)]

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()
        self.app.state.server.database.close()


def check_well_formed(answer: httpx.Response) -> None:
    """Every answer is SCIM: errors carry their status and their paragraph, and nothing is ever a defect of the server."""
    assert answer.status_code < 500 or answer.status_code in {501, 503, 507}, answer.text
    if answer.status_code in {204, 304} or answer.request.method == "HEAD":
        assert answer.content == b""
        return
    assert answer.headers["content-type"] == "application/scim+json"
    body = answer.json()
    if answer.status_code >= 400:
        assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert body["status"] == str(answer.status_code)
        assert body["detail"].endswith(PARAGRAPHS)
    for operation in body.get("Operations", []):
        assert operation.get("response", {"detail": PARAGRAPHS[0]})["detail"].endswith(PARAGRAPHS)


def refused(answer: httpx.Response, status: int, scim_type: str | None = None) -> bool:
    """Whether an answer is that refusal."""
    return (answer.status_code, answer.json().get("scimType")) == (status, scim_type)


@pytest.fixture
def serve() -> Iterator[Callable[..., Client]]:
    """Makes clients of new servers, with the faults and settings given; without tokens in them, of one token."""
    with ExitStack() as stack:

        def make(*faults: str, **options: Any) -> Client:
            client = Client(Settings(**{"tokens": (Token("secret"),), **options}), faults)
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def scim(serve: Callable[..., Client]) -> Client:
    """A client of a server with the default settings."""
    return serve()
