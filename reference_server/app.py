"""The ASGI application: routes made from the resource types, and a SCIM answer to everything else."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.endpoints import Collection, Endpoint, Me, Single, bulk, discovery
from reference_server.errors import ScimError, TookTooLongError, not_found
from reference_server.limiting import RateLimit
from reference_server.messages import read_body, read_call, respond_error
from reference_server.paragraphs import Paragraph
from reference_server.schema import ResourceType
from reference_server.server import Server
from reference_server.settings import Settings

# Up to so many bytes, query and body, a request may be answered on the event loop.
BRIEF_SIZE = 8 * 1024
VERSION = re.compile(r"v\d+")
DISCOVERY = frozenset({"ServiceProviderConfig", "Schemas", "ResourceTypes"})


def application(settings: Settings) -> Starlette:
    """The server as an ASGI application; `state.server.database.close()` or the lifespan's end closes its database."""
    server = Server(settings)
    limit = [Middleware(RateLimit, per_second=settings.rate_limit)] if settings.rate_limit else []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        server.database.close()

    app = Starlette(
        routes=list(_routes(server)),
        middleware=[Middleware(Authentication, server=server), *limit],
        exception_handlers={
            ScimError: _refused,
            ClientDisconnect: _left,
            HTTPException: _not_routed,
            Exception: _broken,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.server = server
    return app


def _routes(server: Server) -> Iterable[Route]:
    def route(path: str, endpoints: Mapping[str, Endpoint], *, brief: bool = True) -> Route:
        """One route for all methods of a path, so that the others are refused with the methods there are."""

        async def run(request: Request) -> Response:
            endpoint = endpoints["GET" if request.method == "HEAD" else request.method]
            body = await read_body(request, server.settings.limits.max_payload_size)

            def answer(*, brief: bool) -> Response:
                return endpoint(read_call(request, body, server.settings, brief=brief))

            return await _answer(
                answer, brief=brief and len(body) + len(request.scope["query_string"]) <= BRIEF_SIZE
            )

        return Route(server.settings.root + path, run, methods=list(endpoints))

    def offered(kind: ResourceType, endpoints: Mapping[str, Endpoint]) -> Mapping[str, Endpoint]:
        return {method: each for method, each in endpoints.items() if offer.has(method, kind.name)}

    offer = server.settings.offer
    for path, endpoint in discovery(server).items():
        yield route(path, {"GET": endpoint})
    root = Collection(server, None)
    for path in ["/", ""] if server.settings.root else ["/"]:
        yield route(path, {"GET": root.list}, brief=False)
    yield route("/.search", {"POST": root.search}, brief=False)
    if offer.bulk:
        yield route("/Bulk", {"POST": bulk(server)}, brief=False)
    users = server.catalogue.resource_types["User"]
    me = {"POST": Collection(server, users).create, **Me(server, users).methods()}
    yield route("/Me", offered(users, me))
    for kind in server.discovery.types:
        collection, single = Collection(server, kind), Single(server, kind)
        # Groups may have very many members.
        brief = "members" not in kind.attributes
        yield route(f"{kind.endpoint}/.search", {"POST": collection.search}, brief=brief)
        yield route(
            kind.endpoint, offered(kind, {"GET": collection.list, "POST": collection.create}), brief=brief
        )
        yield route(f"{kind.endpoint}/{{id}}", offered(kind, single.methods()), brief=brief)


async def _answer(answer: Callable[..., Response], *, brief: bool) -> Response:
    """Brief work is done at once, for a change of threads costs more than it; what proves long goes to a thread."""
    if brief:
        with suppress(TookTooLongError):
            return answer(brief=True)
    return await run_in_threadpool(answer, brief=False)


class Authentication:
    """Lets a request through with its caller known, or answers 401; discovery may be open to all."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app = app
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Puts the `Caller` into the scope as `caller`; open endpoints and what is not HTTP go through without one."""
        if scope["type"] == "http" and not self._is_open(scope["path"]):
            try:
                scope["caller"] = self.server.authenticator.caller(Request(scope).headers)
            except ScimError as error:
                await respond_error(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        settings = self.server.settings
        first = path.removeprefix(settings.root).lstrip("/").partition("/")[0]
        return settings.open_discovery and path.startswith(settings.root) and first in DISCOVERY


async def _refused(_: Request, error: Any) -> Response:
    return respond_error(error)


async def _left(_: Request, __: Exception) -> Response:
    """The client is gone: nothing is done, and nobody reads this."""
    return Response(status_code=408)


async def _not_routed(request: Request, error: Any) -> Response:
    """No such endpoint, or no such method there."""
    if error.status_code == 405:
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
        return respond_error(
            ScimError(
                405, f"{request.method} is not possible here", Paragraph.METHODS, headers={"Allow": allowed}
            )
        )
    if _is_other_version(request.app.state.server.settings.root, request.url.path):
        return respond_error(
            ScimError(
                400, "this version of the protocol is not served", Paragraph.PROTOCOL_VERSIONS, "invalidVers"
            )
        )
    return respond_error(not_found("this endpoint"))


def _is_other_version(root: str, path: str) -> bool:
    """Whether a path is below the base but for its version (RFC 7644 section 3.13)."""
    parent, _, served = root.rpartition("/")
    asked = path.removeprefix(f"{parent}/").partition("/")[0]
    versions = VERSION.fullmatch(served) and VERSION.fullmatch(asked)
    return path.startswith(f"{parent}/") and bool(versions) and asked != served


async def _broken(_: Request, __: Exception) -> Response:
    """A defect of this server: nothing of its insides is told."""
    return respond_error(ScimError(500, "the server failed; its log says why", Paragraph.ERRORS))
