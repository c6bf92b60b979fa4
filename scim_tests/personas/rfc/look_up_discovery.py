"""Each schema and resource type by itself, and discovery with parameters that it has to ignore (RFC 7644 4). Nothing is written."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlsplit

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG, Json, Resource, get
from scim_tests.personas.okta.requests import get_, headers, quoted

NO_SUCH_SCHEMA = "urn:scim-tests:params:scim:schemas:no-such:1.0:User"  # with the end of one that there is
NO_SUCH_TYPE = "NoSuchType"
MOST = 40  # of a kind are looked up; nobody has more
OF_DISCOVERY = frozenset({SERVICE_PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA})  # whose endpoints are asked anyway
CONDITION = 'name eq "User"'
PART = "?startIndex=2&count=1&sortBy=id&sortOrder=descending"


@act(
    title="Look up each schema and resource type",
    group="specification",
    capability=SPECIFICATION,
    sends=(
        "GET /ServiceProviderConfig",
        "GET /ResourceTypes",
        "GET /ResourceTypes/{id}",
        "GET /Schemas",
        "GET /Schemas/{id}",
        "GET /Users",
        "GET /Groups",
        "GET {offered}",
    ),
)
def look_up_discovery(scene: Scene) -> Performance:
    """Ask for both lists, for each of their resources by its id, for what is on neither, and for a resource of each type."""
    types = yield get_(scene, "resource_types", "/ResourceTypes")
    schemas = yield get_(scene, "schemas", "/Schemas")
    yield Independent([
        get_(scene, "config", "/ServiceProviderConfig"),
        Step("config_for_all", "GET", "/ServiceProviderConfig", headers(scene, "")),
        *_about_schemas(scene, _listed(schemas), _listed(types)),
        *_about_types(scene, _listed(types), urlsplit(types.heard.base_url).path.rstrip("/")),
    ])  # fmt: skip
    return SceneResult()


def _about_schemas(scene: Scene, schemas: Sequence[Resource], types: Sequence[Resource]) -> Iterator[Step]:
    if not schemas:  # another act tells whether they are served
        return
    for urn in list(dict.fromkeys([*_texts(schemas, "id"), *_named_by(types)]))[:MOST]:
        yield get_(scene, "schema", f"/Schemas/{quote(urn, safe=':')}")
    yield get_(scene, "no_schema", f"/Schemas/{NO_SUCH_SCHEMA}")
    yield get_(scene, "schemas_in_part", f"/Schemas{PART}")


def _about_types(scene: Scene, types: Sequence[Resource], base: str) -> Iterator[Step]:
    """An endpoint may repeat the path of the base URL (RFC 3986 5.2, which RFC 7643 2.3.7 goes by)."""
    if not types:
        return
    for each in types[:MOST]:
        if key := key_of(each):
            yield get_(scene, "resource_type", f"/ResourceTypes/{quoted(key)}")
        endpoint = get(each, "endpoint")
        if isinstance(endpoint, str) and base and endpoint.startswith(f"{base}/"):
            endpoint = endpoint.removeprefix(base)
        is_ours_to_ask = str(get(each, "schema")) not in OF_DISCOVERY
        if isinstance(endpoint, str) and endpoint.startswith("/") and is_ours_to_ask:
            yield get_(scene, _items_of(endpoint), f"{endpoint}?startIndex=1&count=1")
    yield get_(scene, "no_type", f"/ResourceTypes/{NO_SUCH_TYPE}")
    yield get_(scene, "types_in_part", f"/ResourceTypes{PART}")
    yield get_(scene, "filtered_types", f"/ResourceTypes?filter={quoted(CONDITION)}")


def key_of(resource_type: Resource) -> str:
    """What a resource type is found by: its id or, as it need not have one, its name (RFC 7643 6)."""
    return str(get(resource_type, "id") or get(resource_type, "name") or "")


def _listed(exchange: Exchange) -> list[Resource]:
    return exchange.resources if exchange.is_success and isinstance(exchange.json, dict) else []


def _named_by(types: Sequence[Resource]) -> Iterator[str]:
    for each in types:
        extensions = get(each, "schemaExtensions")
        yield from _texts([each, *(extensions if isinstance(extensions, list) else ())], "schema")


def _texts(holders: Sequence[Json], name: str) -> list[str]:
    return [text for each in holders if isinstance(text := get(each, name), str) and text]


def _items_of(endpoint: str) -> str:
    """The step of its items: users and groups are judged as such."""
    return {"/Users": "users", "/Groups": "groups"}.get(endpoint, "others") + "_listed"
