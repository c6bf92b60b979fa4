"""HTTP in and out: bodies read within bounds, preconditions, and responses in SCIM's media type (RFC 7644 section 3.8)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response

from reference_server.authentication import ANYBODY, Caller
from reference_server.documents import folded, parse_object, text
from reference_server.effort import Effort
from reference_server.errors import ScimError, invalid_value, too_large
from reference_server.paragraphs import Paragraph
from reference_server.projection import Projection
from reference_server.resources import Resource
from reference_server.settings import Limits, Settings

SCIM_JSON = "application/scim+json"
# What may be done on the event loop.
BRIEF_SECONDS = 0.01
BRIEF_STEPS = 4000
READ_TYPES = frozenset({"", SCIM_JSON, "application/json"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has been read: everything an endpoint needs, and nothing to wait for."""

    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Headers
    body: bytes
    caller: Caller
    limits: Limits
    # Whether it is answered on the event loop, where others wait for it.
    brief: bool

    def effort(self, seconds: float) -> Effort:
        """What answering it may cost, in so many seconds at most."""
        return Effort(min(seconds, BRIEF_SECONDS), BRIEF_STEPS) if self.brief else Effort(seconds)

    def message(self) -> dict[str, Any]:
        """The JSON object of the body; invalidSyntax where it is none, or nested too deep."""
        return parse_object(self.body, self.limits.max_depth)

    def check_current(self, resource: Resource) -> None:
        """Refuse with 412 to go on with a resource that is not at the version the client means (RFC 7644 section 3.14)."""
        if self.holds(resource):
            raise ScimError(
                412,
                f"the resource is at version {resource.etag}, which If-None-Match rules out",
                Paragraph.VERSIONS,
            )

    def holds(self, resource: Resource) -> bool:
        """Whether the client has this version already; 412 where it demands another (RFC 9110 section 13.2.2)."""
        require_match(self._tags("if-match"), resource)
        unwanted = self._tags("if-none-match")
        return unwanted is not None and _matches(unwanted, resource)

    def _tags(self, name: str) -> str | None:
        """The entity tags in all headers of a name."""
        given = self.headers.getlist(name)
        return ",".join(given) if given else None

    def projection(self) -> Projection:
        """What is to be shown of one resource (RFC 7644 section 3.9).

        Raises invalidValue where attributes are both asked for and excluded.
        """
        return Projection.from_message(self.query)


def require_match(wanted: str | None, resource: Resource) -> None:
    """The precondition that a resource is at one of these versions, if any are given; 412 where it is not."""
    if wanted is not None and not _matches(wanted, resource):
        raise ScimError(412, f"the resource is at version {resource.etag}", Paragraph.VERSIONS)


def _matches(header: str, resource: Resource) -> bool:
    """Weakly, since the RFC puts weak validators into If-Match itself."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or resource.etag.removeprefix("W/") in tags


def read_call(request: Request, body: bytes, settings: Settings, *, brief: bool) -> Call:
    """What a request asks: 415 for a body of another kind, 400 for a parameter given twice."""
    if body:
        _check_kind(request.headers, {SCIM_JSON} if settings.interop else READ_TYPES)
    caller = request.scope.get("caller", ANYBODY)
    query = _parameters(request.query_params)
    return Call(request.path_params, query, request.headers, body, caller, settings.limits, brief)


def _parameters(query: QueryParams) -> dict[str, Any]:
    """The parameters of a query, each given once, by names whose letter case does not matter."""
    names = {name.casefold() for name in query}
    if len(names) < len(query.multi_items()):
        raise invalid_value("a parameter is given more than once", Paragraph.QUERY)
    found = folded(query)
    for name in {"attributes", "excludedattributes"} & found.keys():
        found[name] = [path.strip() for path in found[name].split(",")]
    return found


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a request; 413 for one larger than so many bytes."""
    length = request.headers.get("content-length", "")
    if not length and "transfer-encoding" not in request.headers:
        return b""
    if length.isdigit() and int(length[:20]) > limit:
        raise too_large("the body", limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large("the body", limit)
    return bytes(body)


def _check_kind(headers: Headers, read: Collection[str]) -> None:
    kind, *parameters = headers.get("content-type", "").casefold().split(";")
    given = (parameter.strip().partition("=") for parameter in parameters)
    charsets = {value.strip('"') for name, _, value in given if name == "charset"}
    if kind.strip() not in read or not charsets <= {"utf-8", "utf8"}:
        raise ScimError(415, f"the body must be {SCIM_JSON} in UTF-8", Paragraph.MEDIA_TYPE)
    if headers.get("content-encoding", "identity").casefold() != "identity":
        raise ScimError(415, "the body must not be compressed", Paragraph.MEDIA_TYPE)


def respond(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body in SCIM's media type (RFC 7644 section 3.8)."""
    return Response(text(document), status, headers, SCIM_JSON)


def respond_error(error: ScimError) -> Response:
    """The response that a refusal is, with its status and headers."""
    return respond(error.body(), error.status, error.headers)
