"""The endpoints of resources: one small function for each thing HTTP can ask (RFC 7644 section 3.2)."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from reference_server.bulk import Bulk
from reference_server.errors import ScimError, not_found
from reference_server.messages import Call, respond
from reference_server.paragraphs import Paragraph
from reference_server.projection import Projection
from reference_server.resources import Resource
from reference_server.schema import ResourceType
from reference_server.search import Query, Search
from reference_server.server import Server, Unit
from reference_server.service import Service
from reference_server.settings import Reading

Endpoint = Callable[[Call], Response]


def shown(unit: Unit, resource: Resource, projection: Projection, status: int = 200) -> Response:
    """A response with one resource, and the headers that belong to it."""
    return respond(unit.presenter.one(resource, projection), status, _headers(unit, resource))


def _headers(unit: Unit, resource: Resource) -> dict[str, str]:
    location = unit.presenter.location(resource.type, resource.id)
    return {"ETag": resource.etag, "Location": location, "Content-Location": location}


class Collection:
    """The endpoint of a resource type, or, without one, the root."""

    def __init__(self, server: Server, resource_type: ResourceType | None) -> None:
        self.server = server
        self.types = (resource_type,) if resource_type else server.discovery.types

    def list(self, call: Call) -> Response:
        """GET: a ListResponse, empty where nothing is found (RFC 7644 section 3.4.2)."""
        return self._answer(call, Search.from_query(call.query))

    def search(self, call: Call) -> Response:
        """POST of a SearchRequest to `.search`: the same by a body (RFC 7644 section 3.4.3)."""
        return self._answer(call, Search.from_body(call.message()))

    def _answer(self, call: Call, search: Search) -> Response:
        with self.server.reading(call) as unit:
            query = Query(unit.service.resources, self.types, self.server.settings, self.server.cursors)
            page = query.page(search)
            return respond(page.body(unit.presenter.many(page.resources, search.projection)))

    def create(self, call: Call) -> Response:
        """POST: 201 with the new resource (RFC 7644 section 3.3); never routed for the root."""
        message, projection = call.message(), call.projection()
        with self.server.writing(call) as unit:
            return shown(unit, unit.service.create(self.types[0], message), projection, 201)


def bulk(server: Server) -> Endpoint:
    """The endpoint of many operations at once (section 3.7)."""

    def endpoint(call: Call) -> Response:
        message = call.message()
        with server.writing(call) as unit:
            return respond(Bulk(server, unit, message).run())

    return endpoint


class Single:
    """The endpoint of one resource."""

    def __init__(self, server: Server, resource_type: ResourceType) -> None:
        self.server = server
        self.type = resource_type

    def identifier(self, call: Call) -> str:
        """The id in the path; 405 for `.search`, which is an endpoint of the collection and not an id."""
        if call.path["id"] == ".search":
            raise ScimError(405, "a search is a POST", Paragraph.SEARCH, headers={"Allow": "POST"})
        return call.path["id"]

    def methods(self) -> dict[str, Endpoint]:
        """The endpoint of each method (RFC 7644 section 3.2)."""
        return {"GET": self.get, "PUT": self.replace, "PATCH": self.patch, "DELETE": self.delete}

    def get(self, call: Call) -> Response:
        """GET: the resource, or 304 without a body where If-None-Match names its version
        (RFC 7644 sections 3.4.1 and 3.14).
        """
        projection = call.projection()
        with self.server.reading(call) as unit:
            found = unit.service.read(self.type, self.identifier(call))
            if call.holds(found):
                return Response(status_code=304, headers=_headers(unit, found))
            return shown(unit, found, projection)

    def replace(self, call: Call) -> Response:
        """PUT: 200 with the resource as it is stored (RFC 7644 section 3.5.1)."""
        return self._changed(call, Service.replace)

    def patch(self, call: Call) -> Response:
        """PATCH: 200 with the whole resource, or, where that reading is chosen, 204 unless some attributes are asked
        for (RFC 7644 section 3.5.2).
        """
        bare = Reading.PATCH_204 in self.server.settings.readings and not call.projection().attributes
        return self._changed(call, Service.patch, bare=bare)

    def _changed(self, call: Call, change: Callable[..., Resource], *, bare: bool = False) -> Response:
        identifier, message, projection = self.identifier(call), call.message(), call.projection()
        with self.server.writing(call) as unit:
            stored = change(unit.service, self.type, identifier, message, call.check_current)
            if bare:
                return Response(status_code=204, headers=_headers(unit, stored))
            return shown(unit, stored, projection)

    def delete(self, call: Call) -> Response:
        """DELETE: 204 without a body (RFC 7644 section 3.6)."""
        with self.server.writing(call) as unit:
            unit.service.delete(self.type, self.identifier(call), call.check_current)
            return Response(status_code=204)


class Me(Single):
    """The user the credential speaks for (section 3.11)."""

    def identifier(self, call: Call) -> str:
        """The id of the caller's user; 501 for a credential of no user, 404 where there is no such user."""
        name = call.caller.user_name
        if name is None:
            raise ScimError(501, "this credential speaks for no user", Paragraph.ME)
        with self.server.reading(call) as unit:
            found = unit.service.resources.by_user_name(name)
        if found is None:
            raise not_found(f"the user {name!r}")
        return found.id


def discovery(server: Server) -> Mapping[str, Endpoint]:
    """The discovery endpoints; a filter on them is forbidden, other parameters are passed over (section 4)."""
    about = server.discovery

    def one(found: list[dict[str, Any]], identifier: str) -> dict[str, Any] | None:
        return next((each for each in found if each["id"].casefold() == identifier.casefold()), None)

    def guarded(answer: Callable[[Call], Any]) -> Endpoint:
        def endpoint(call: Call) -> Response:
            if "filter" in call.query:
                raise ScimError(403, "discovery resources cannot be filtered", Paragraph.DISCOVERY)
            found = answer(call)
            if found is None:
                raise not_found("this discovery resource")
            return respond(
                found, headers={"Location": found["meta"]["location"]} if "meta" in found else None
            )

        return endpoint

    return {
        "/ServiceProviderConfig": guarded(lambda _: about.service_provider_config()),
        "/Schemas": guarded(lambda _: about.listed(about.schemas())),
        "/Schemas/{id:path}": guarded(lambda call: one(about.schemas(), call.path["id"])),
        "/ResourceTypes": guarded(lambda _: about.listed(about.resource_types())),
        "/ResourceTypes/{id}": guarded(lambda call: one(about.resource_types(), call.path["id"])),
    }
