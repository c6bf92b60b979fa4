"""What the server says of itself, from the data it runs on (RFC 7644 section 4)."""

from dataclasses import replace
from typing import Any

from reference_server.schema import Attribute, Catalogue, Schema
from reference_server.search import Page
from reference_server.settings import PASSWORD, Settings

PREFIX = "urn:ietf:params:scim:schemas:core:2.0:"
SCHEMES = {
    "oauthbearertoken": ("OAuth Bearer Token", "A bearer token in the Authorization header.", "rfc6750"),
    "httpbasic": ("HTTP Basic", "A name and a password in the Authorization header.", "rfc7617"),
}


class Discovery:
    """The discovery resources of a server."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self.settings = settings
        self.catalogue = catalogue
        everything = catalogue.resource_types.values()
        self.types = tuple(kind for kind in everything if settings.offer.serves(kind.name))
        self.absent = {kind.schema.id for kind in everything if kind not in self.types}

    def service_provider_config(self) -> dict[str, Any]:
        """The ServiceProviderConfig (RFC 7643 section 5); `pagination` is that of RFC 9865 section 4."""
        limits, offer = self.settings.limits, self.settings.offer
        config: dict[str, Any] = {
            "schemas": [f"{PREFIX}ServiceProviderConfig"],
            "documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
            "patch": {"supported": any(offer.has("PATCH", kind.name) for kind in self.types)},
            "bulk": {
                "supported": offer.bulk,
                "maxOperations": limits.max_bulk_operations,
                "maxPayloadSize": limits.max_payload_size,
            },
            "filter": {"supported": True, "maxResults": limits.max_results},
            "changePassword": {"supported": offer.can_change(PASSWORD)},
            "sort": {"supported": True},
            "etag": {"supported": True},
            "authenticationSchemes": self._schemes(),
            "pagination": {
                "cursor": True,
                "index": True,
                "defaultPaginationMethod": "index",
                "defaultPageSize": limits.page_size,
                "maxPageSize": limits.max_results,
                "cursorTimeout": limits.cursor_timeout,
            },
            "meta": self._meta("ServiceProviderConfig", "/ServiceProviderConfig"),
        }
        return config | ({"interopProfileConformant": True} if self._conforms() else {})

    def _conforms(self) -> bool:
        """The interoperability profile demands TLS, which only a proxy can give, and advises against Basic."""
        settings = self.settings
        return settings.interop and settings.base_url.startswith("https://") and not settings.logins

    def _schemes(self) -> list[dict[str, Any]]:
        on = [scheme for scheme, used in self.settings.authentication_schemes().items() if used]
        return [
            {
                "type": scheme,
                "name": SCHEMES[scheme][0],
                "description": SCHEMES[scheme][1],
                "specUri": f"https://datatracker.ietf.org/doc/html/{SCHEMES[scheme][2]}",
                "primary": scheme == on[0],
            }
            for scheme in on
        ]

    def schemas(self) -> list[dict[str, Any]]:
        """The Schema resources (RFC 7643 section 7), extensions among them."""
        return [
            {
                "schemas": [f"{PREFIX}Schema"],
                "id": schema.id,
                "name": schema.name,
                "description": schema.description,
                "attributes": [
                    self._as_offered(each, schema).definition() for each in schema.attributes.values()
                ],
                "meta": self._meta("Schema", f"/Schemas/{schema.id}"),
            }
            for schema in self.catalogue.schemas.values()
            if schema.id not in self.absent
        ]

    def _as_offered(self, attribute: Attribute, schema: Schema) -> Attribute:
        """What cannot be changed in a user that is there is immutable."""
        user = self.catalogue.resource_types["User"]
        is_fixed = user.knows(schema.id) and not self.settings.offer.can_change(attribute.name)
        if not is_fixed or attribute.mutability != "readWrite":
            return attribute
        return replace(attribute, mutability="immutable")

    def resource_types(self) -> list[dict[str, Any]]:
        """The ResourceType resources (RFC 7643 section 6); the name is the id."""
        return [
            {
                "schemas": [f"{PREFIX}ResourceType"],
                "id": kind.name,
                "name": kind.name,
                "description": kind.description,
                "endpoint": kind.endpoint,
                "schema": kind.schema.id,
                "schemaExtensions": [
                    {"schema": e.id, "required": must} for e, must in kind.extensions.items()
                ],
                "meta": self._meta("ResourceType", f"/ResourceTypes/{kind.name}"),
            }
            for kind in self.types
        ]

    def listed(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        """A ListResponse with all of them; discovery is not paged."""
        return Page(len(found), [], 1).body(found)

    def _meta(self, resource_type: str, path: str) -> dict[str, str]:
        return {"resourceType": resource_type, "location": f"{self.settings.base_url}{path}"}
