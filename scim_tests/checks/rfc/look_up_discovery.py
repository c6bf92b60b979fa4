"""Discovery taken at its word: each resource of it is where the lists say, is the very one they show, and is true."""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import fold, weightiest
from scim_tests.checks.reading.metadata import leads_to
from scim_tests.checks.reading.parameters import parameters
from scim_tests.checks.reading.queries import is_a_list
from scim_tests.checks.rules.every_list import is_whole_number
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, SHOULD, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

CONFIG, FOR_ALL = "look_up_discovery.config", "look_up_discovery.config_for_all"
TYPES, TYPE = "look_up_discovery.resource_types", "look_up_discovery.resource_type"
SCHEMAS, SCHEMA = "look_up_discovery.schemas", "look_up_discovery.schema"
ITEMS = "look_up_discovery.*_listed"
NOT_SERVED = "the target does not serve that endpoint"
NO_PAGINATION = "the target says nothing of pagination"


def succeeded(exchange: Exchange) -> bool:
    return exchange.is_success


def listed(exchange: Exchange) -> list[Resource]:
    """The list that a schema or a resource type was taken from. NotObserved where there is none."""
    is_schema = exchange.request.endpoint.startswith("/Schemas")
    return exchange.earlier("schemas" if is_schema else "resource_types").resources


def asked_for(exchange: Exchange) -> str:
    """The id of the resource that was looked up."""
    return exchange.request.endpoint.split("/", 2)[2]


def _is_it(resource: Resource, key: str) -> bool:
    return key in (get(resource, "id"), get(resource, "name"))


@check(
    "look_up_discovery.each-is-found",
    on=(SCHEMA, TYPE),
    title="Each schema and resource type that discovery names is found by its id",
    references=("RFC7644-4-03", "RFC7644-4-05", "RFC7643-3.2-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Serve each schema at /Schemas/ and its URN, and each resource type at /ResourceTypes/ and its id.",
)
def each_is_found(exchange: Exchange) -> Finding | None:
    listed(exchange)  # where no list was shown, none of them was named
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "look_up_discovery.each-is-as-listed",
    on=(SCHEMA, TYPE),
    when=succeeded,
    otherwise=NOT_SERVED,
    title="A schema or resource type looked up by its id is the one that the list shows",
    references=("RFC7644-4-03", "RFC7644-4-05", "RFC7643-6-10", "RFC7643-6-11"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look the resource up by its whole id, and build the list and the single resource from the same data.",
)
def each_is_as_listed(exchange: Exchange) -> Finding | None:
    """Mild where only one of the two shows an attribute; `meta` is each answer's own."""
    key, shown = asked_for(exchange), exchange.resource
    if not _is_it(shown, key):
        return Finding(key, describe(get(shown, "id")), "$.id")
    on_list = next((each for each in listed(exchange) if _is_it(each, key)), None)
    return weightiest(_otherwise(on_list, shown)) if on_list else None


def _otherwise(on_list: Resource, shown: Resource) -> Iterator[Finding]:
    for name in dict.fromkeys([*on_list, *shown]):
        wanted, got = get(on_list, name), get(shown, name)
        if name.lower() != "meta" and fold(wanted) != fold(got):
            expected = f"{describe(wanted)}, as on the list"
            yield Finding(expected, _got(wanted, got), f"$.{name}", mild=None in {_kind(wanted), _kind(got)})


def _kind(value: object) -> type | None:
    return type(value) if value not in (None, [], {}) else None


def _got(wanted: object, got: object) -> str:
    """Two long lists begin alike, and then tell nothing."""
    said = describe(got)
    return f"{said}, which is another" if said == describe(wanted) else said


@check(
    "look_up_discovery.unknown-is-not-found",
    on=("look_up_discovery.no_schema", "look_up_discovery.no_type"),
    title="A schema or resource type that there is not is answered with 404",
    references=("RFC7644-3.4.1-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare the whole URN or name, and answer 404 where there is none.",
)
def unknown_is_not_found(exchange: Exchange) -> Finding | None:
    """Mild for another refusal, which leaves no doubt that there is none."""
    if exchange.status == 404:
        return None
    return Finding("404 Not Found", exchange.answer.phrase, mild=400 <= exchange.status < 500)


@check(
    "look_up_discovery.parameters-are-ignored",
    on=("look_up_discovery.schemas_in_part", "look_up_discovery.types_in_part"),
    title="The lists of schemas and resource types are whole, whatever page or order is asked for",
    references=("RFC7644-4-07",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Ignore startIndex, count and sortBy on the discovery endpoints.",
)
def parameters_are_ignored(exchange: Exchange) -> Finding | None:
    """Mild for a refusal, which nobody takes for a part of the list."""
    if not exchange.is_success:
        return advice("the whole list", exchange.answer.phrase)
    steps = {"/Schemas": "schemas", "/ResourceTypes": "resource_types"}
    whole = _keys(exchange.earlier(steps[exchange.request.endpoint]))
    shown = _keys(exchange)
    if whole == shown:
        return None
    return Finding(several(whole, "resource"), several(shown, "resource"), "$.Resources")


def _keys(exchange: Exchange) -> list[str]:
    """Of all that is listed, in any order; a resource type need not have an id."""
    return sorted(str(get(each, "id") or get(each, "name")) for each in exchange.resources)


@check(
    "look_up_discovery.locations-lead-to-them",
    on=(CONFIG, SCHEMAS, SCHEMA, TYPES, TYPE),
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The meta.location of each schema, resource type and the configuration leads to it",
    references=("RFC7643-2.3.7-01",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build meta.location from the public base URL, the endpoint and the id.",
)
def locations_lead_to_them(exchange: Exchange) -> Finding | None:
    """Mild where letter case alone differs, or the base is left out."""
    endpoint = "/" + exchange.request.endpoint.split("/")[1]
    is_list = exchange.request.endpoint == endpoint != "/ServiceProviderConfig"
    for each in exchange.resources if is_list else [exchange.resource]:
        location = get(each, "meta", "location")
        keys = [str(key) for key in (get(each, "id"), get(each, "name")) if key]
        ends = [endpoint] if endpoint == "/ServiceProviderConfig" else [f"{endpoint}/{key}" for key in keys]
        if location is None or not ends or leads_to(str(location), *ends, base=exchange.heard.base_url):
            continue
        close = str(location).rstrip("/").lower().endswith(tuple(end.lower() for end in ends))
        return Finding(f"…{ends[0]}", describe(location), "$..meta.location", mild=close)
    return None


def _type_of(items: Exchange) -> Resource:
    """The resource type whose endpoint was asked."""
    endpoint = items.request.endpoint
    found = (each for each in items.earlier("resource_types").resources if get(each, "endpoint") == endpoint)
    return next(found, {})


@check(
    "look_up_discovery.endpoints-are-served",
    on=ITEMS,
    title="The endpoint of each resource type is served",
    references=("RFC7644-4-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="List in /ResourceTypes what is served, with the endpoint where it is.",
)
def endpoints_are_served(exchange: Exchange) -> Finding | None:
    """A target may refuse to list, or to list to us: only what says that there is nothing is a fault."""
    exchange.earlier("resource_types").resource  # noqa: B018 -- without it none was named
    served = exchange.status not in {404, 410, 501}
    return None if served else Finding("an endpoint that is served", exchange.answer.phrase)


@check(
    "look_up_discovery.items-are-of-their-type",
    on=ITEMS,
    when=lambda exchange: exchange.is_success and bool(exchange.resources),
    otherwise="no resource was shown",
    title="A resource has the name of its type as meta.resourceType, and the schema of its type",
    references=("RFC7643-6-05", "RFC7643-3-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take meta.resourceType and schemas from the resource type, in the same letter case.",
)
def items_are_of_their_type(exchange: Exchange) -> Finding | None:
    kind = _type_of(exchange)
    name, schema = get(kind, "name"), get(kind, "schema")
    for each in exchange.resources:
        shown, schemas = get(each, "meta", "resourceType"), get(each, "schemas")
        if shown is not None and name is not None and shown != name:
            return Finding(str(name), describe(shown), "$.Resources[*].meta.resourceType")
        if isinstance(schemas, list) and schema and str(schema).lower() not in map(_folded, schemas):
            return Finding(str(schema), describe(schemas), "$.Resources[*].schemas")
    return None


def _folded(value: object) -> str:
    return str(value).lower()


@check(
    "look_up_discovery.config-is-public",
    on=FOR_ALL,
    title="The configuration is shown without credentials, so that clients learn how to authenticate",
    references=("RFC7643-5-18",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Serve /ServiceProviderConfig, or its authenticationSchemes at least, to everybody.",
)
def config_is_public(exchange: Exchange) -> Finding | None:
    """What is not there is not shown to anybody."""
    hidden = exchange.status in {401, 403}
    return Finding("200 OK", exchange.answer.phrase) if hidden else None


@check(
    "look_up_discovery.pagination-is-well-formed",
    on=CONFIG,
    when=lambda exchange: exchange.is_success and get(exchange.resource, "pagination") is not None,
    otherwise=NO_PAGINATION,
    title="The configuration says of pagination what there is as booleans, and its limits as positive integers",
    references=("RFC9865-4-02", "RFC9865-4-03", "RFC9865-4-04"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Write pagination as RFC 9865 section 4 does.",
)
def pagination_is_well_formed(exchange: Exchange) -> Finding | None:
    told = get(exchange.resource, "pagination")
    for name in ("cursor", "index"):
        if not isinstance(get(told, name), bool):
            return Finding("true or false", describe(get(told, name)), f"$.pagination.{name}")
    method = get(told, "defaultPaginationMethod")
    if method not in (None, "cursor", "index"):
        return Finding("cursor or index", describe(method), "$.pagination.defaultPaginationMethod")
    for name in ("defaultPageSize", "maxPageSize", "cursorTimeout"):
        limit = get(told, name)
        if limit is not None and not (is_whole_number(limit) and limit > 0):
            return Finding("a positive integer", describe(limit), f"$.pagination.{name}")
    return None


def _config(transcript: Transcript) -> Exchange:
    """The first good answer with the configuration. NotObserved where there is none."""
    for each in transcript.of(CONFIG):
        if each.is_success:
            return each
    raise NotObserved("", NOT_SERVED)


@check(
    "look_up_discovery.pagination-is-published",
    on=PLAY,
    title="The configuration says so if the target pages by cursor",
    references=("RFC9865-4-01",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Put pagination with `cursor` true into /ServiceProviderConfig.",
)
def pagination_is_published(transcript: Transcript) -> Finding | None:
    config = _config(transcript)
    if get(config.resource, "pagination", "cursor") is True:
        return None
    for each in transcript:
        if each.is_success and each.answer.is_json and get(each.answer.parsed, "nextCursor"):
            return Finding("true", "nothing of the kind", "$.pagination.cursor", (config, each))
    raise NotObserved("", "no answer had a nextCursor")


@check(
    "look_up_discovery.max-page-size-is-kept",
    on=PLAY,
    title="No page holds more resources than the configuration's maxPageSize, or defaultPageSize where no count is named",
    references=("RFC9865-4-05",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Cap pages at pagination.maxPageSize, or state the true cap.",
)
def max_page_size_is_kept(transcript: Transcript) -> Finding | None:
    config = _config(transcript)
    said = get(config.resource, "pagination")
    limits = {each: get(said, each) for each in ("maxPageSize", "defaultPageSize")}
    if not any(map(is_whole_number, limits.values())):
        raise NotObserved("", NO_PAGINATION)
    for each in filter(is_a_list, transcript):
        named = "count" in parameters(each)
        for name, most in limits.items():
            is_due = is_whole_number(most) and not (named and name == "defaultPageSize")
            if is_due and len(each.page.ids) > most:
                shown = several(each.page.ids, "resource")
                return Finding(f"no more than {name}, {most}", shown, "$.Resources", (config, each))
    return None
