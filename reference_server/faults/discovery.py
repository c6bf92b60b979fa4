"""What a server says of itself."""

from typing import Any

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, reply


class NoConfig(
    Fault,
    id="discovery-spc-404",
    severity="degraded",
    source="https://github.com/Infisical/infisical/issues/6552",
    on="GET /ServiceProviderConfig",
):
    """There is no ServiceProviderConfig, only the framework's 404."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        said = b'{"message":"Route GET:/ServiceProviderConfig not found","statusCode":404}'
        return raw(404, said, "application/json")


class SchemasWithoutSchemas(
    Fault,
    id="discovery-schema-resource-without-schemas",
    severity="degraded",
    source="https://github.com/suvera/scim2-sdk/issues/7",
    on="GET /Schemas*",
):
    """The schemas that are listed do not name the schema they follow."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda schema: schema.pop("schemas", None))


class EmptyDiscovery(
    Fault,
    id="discovery-empty-schemas-resourcetypes",
    severity="degraded",
    source="https://github.com/AzureAD/SCIMReferenceCode/pull/30",
    on=("GET /Schemas", "GET /ResourceTypes"),
):
    """Schemas and ResourceTypes are answered with an empty array."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return reply([])


class FilterIsIgnored(
    Fault,
    id="discovery-filter-not-403",
    severity="cosmetic",
    source="https://github.com/keycloak/keycloak/issues/51685",
    on=("GET /Schemas", "GET /ResourceTypes", "GET /ServiceProviderConfig"),
):
    """A filter on a discovery endpoint is ignored instead of refused with 403."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=None)


class PlainContentType(
    Fault,
    id="response-content-type-plain-json",
    severity="degraded",
    source="https://github.com/MicrosoftDocs/azure-docs/issues/116775",
):
    """Answers say that they are application/json."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(content_type="application/json") if answer.body else answer


class MisspeltContentType(
    Fault,
    id="response-content-type-misspelt",
    severity="degraded",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/1769",
):
    """Answers say that they are application/json+scim."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(content_type="application/json+scim;charset=UTF-8") if answer.body else answer


class RelativeLocation(
    Fault,
    id="meta-location-relative",
    severity="cosmetic",
    source="https://github.com/elimity-com/scim/issues/172",
):
    """meta.location is not an absolute URI."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda shown: move(shown, lambda url: "/".join(url.split("/")[-2:])))


class TenantIsMissing(
    Fault,
    id="meta-location-missing-tenant-404",
    severity="degraded",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/825",
    on=("* /Users*", "* /Groups*"),
):
    """Locations lack a part of the base path, so that following them gives 404."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        there, gone = f"{asked.root}/", f"{asked.root.rpartition('/')[0]}/"
        moved = answer.each(lambda shown: move(shown, lambda url: url.replace(there, gone)))
        location = answer.headers.get("location")
        return moved.headed(location=location.replace(there, gone)) if location else moved


class InternalHost(
    Fault,
    id="meta-location-internal-host",
    severity="cosmetic",
    source="https://github.com/jelhub/scimgateway/issues/110",
    on=("* /Users*", "* /Groups*"),
):
    """meta.location names a host that is known only behind the proxy."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        inside = f"http://scim-svc.internal:8880{asked.root}"
        return answer.each(
            lambda shown: move(shown, lambda url: inside + "/" + "/".join(url.split("/")[-2:]))
        )


class LocationTwice(
    Fault,
    id="location-header-differs-from-meta",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/7317",
    on=("POST /Users", "POST /Groups"),
):
    """The Location header and meta.location are not the same."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        location = answer.headers.get("location")
        return answer.headed(location=location.replace("/scim/", "/t/example/scim/")) if location else answer


class NoLocation(
    Fault,
    id="location-header-missing-on-create",
    severity="cosmetic",
    source="https://github.com/PennState/SCIMple-Identity/issues/2",
    on=("POST /Users", "POST /Groups"),
):
    """A create does not say in Location where the new resource is."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(location=None)


class VersionOfTheView(
    Fault,
    id="etag-depends-on-attributes-param",
    severity="degraded",
    source="https://github.com/apache/directory-scimple/pull/541",
    on="GET *",
):
    """The ETag is that of what is shown, not of the resource: fewer attributes, another ETag."""

    def when(self, asked: Asked) -> bool:
        return "attributes" in asked.query

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(etag='W/"of-this-view"')


class VersionIsWritable(
    Fault,
    id="meta-version-writable",
    severity="cosmetic",
    source="https://github.com/wso2/product-is/issues/13766",
    on=("PATCH /Users/*", "GET /Users/*"),
):
    """A client can write meta.version."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        version = asked.sets("meta.version")
        if version:
            self.written[asked.id] = version
            asked = asked.of("GET")
        answer = await honest(asked)
        if asked.id in self.written and answer.ok and answer.body:
            return answer.each(
                lambda shown: shown.get("meta", {}).update(version=self.written[asked.id])
            ).headed(etag=self.written[asked.id])
        return answer


def move(shown: dict[str, Any], change: Any) -> None:
    """Change meta.location."""
    meta = shown.get("meta", {})
    if "location" in meta:
        meta["location"] = change(meta["location"])
