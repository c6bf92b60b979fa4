"""Discovery: what the target says of itself is well-formed, complete, and true.

RFC 7644 4 lets clients do without; a missing endpoint is therefore advice, a wrong one a failure.
"""

from collections.abc import Iterator

from scim_tests.checks.rules.every_answer import no_object, owes_an_object
from scim_tests.checks.rules.every_list import is_whole_number
from scim_tests.knowledge.consequences import OKTA_INDIFFERENT, OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, SHOULD, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import RESOURCE_TYPE, SERVICE_PROVIDER_CONFIG, USER, Json, get
from scim_tests.model.transcript import Transcript

CONFIG, TYPES, TYPE = "discovery.config", "discovery.resource_types", "discovery.resource_type"
SCHEMAS, ONE_SCHEMA = "discovery.schemas", "discovery.schema"
NOT_SERVED = "the target does not serve that endpoint"
FEATURES = ("patch", "bulk", "filter", "changePassword", "sort", "etag")
SCHEMES = ("oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest")


def succeeded(exchange: Exchange) -> bool:
    return exchange.is_success


@check(
    "discovery.endpoint-is-served",
    on=(CONFIG, TYPES, TYPE, SCHEMAS, ONE_SCHEMA),
    title="The target serves the discovery endpoints",
    references=("RFC7644-4-01", "RFC7644-4-02", "RFC7644-4-03", "RFC7644-4-04", "RFC7644-4-05", "okta:FAQ"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Serve /ServiceProviderConfig, /ResourceTypes and /Schemas, each also by name or URN.",
)
def endpoint_is_served(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "discovery.filter-is-refused",
    on=("discovery.filtered", "look_up_discovery.filtered_types"),
    when=lambda exchange: exchange.status not in {404, 405, 501},
    otherwise="the target serves neither /Schemas nor /ResourceTypes",
    title="A filter on a discovery endpoint is refused with 403",
    references=("RFC7644-4-08",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 403, so that no client mistakes the whole list for a filtered one.",
)
def filter_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("403 Forbidden", exchange.answer.phrase) if exchange.is_success else None


@check(
    "discovery.answers-with-an-object",
    on=(CONFIG, "*.resource_types", TYPE, "*.schemas", ONE_SCHEMA),
    when=owes_an_object,
    otherwise=NOT_SERVED,
    title="The discovery endpoints answer with a JSON object: one resource, or a ListResponse",
    references=("RFC7644-4-01", "RFC7644-4-02", "RFC7644-4-05", "RFC7644-3.4.2-02", "RFC7644-4-06"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Put lists into a ListResponse; a bare array is not a list.",
)
def answers_with_an_object(exchange: Exchange) -> Finding | None:
    return no_object(exchange)


def feature(exchange: Exchange, *path: str) -> Json:
    return get(exchange.resource, *path)


@check(
    "discovery.config-has-its-schema",
    on=CONFIG,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The configuration names the ServiceProviderConfig schema",
    references=("RFC7643-5-01", "RFC7644-4-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix=f'Put `"schemas": ["{SERVICE_PROVIDER_CONFIG}"]` into it.',
)
def config_has_its_schema(exchange: Exchange) -> Finding | None:
    schemas = feature(exchange, "schemas")
    good = isinstance(schemas, list) and SERVICE_PROVIDER_CONFIG in schemas
    return None if good else Finding(SERVICE_PROVIDER_CONFIG, describe(schemas), "$.schemas")


@check(
    "discovery.config-says-what-is-supported",
    on=CONFIG,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The configuration says for each feature, as a boolean, whether it is supported",
    references=(
        "RFC7643-5-04",
        "RFC7643-5-05",
        "RFC7643-5-08",
        "RFC7643-5-11",
        "RFC7643-5-12",
        "RFC7643-5-13",
    ),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give patch, bulk, filter, changePassword, sort and etag an object with `supported` true or false.",
)
def config_says_what_is_supported(exchange: Exchange) -> Finding | None:
    for name in FEATURES:
        supported = feature(exchange, name, "supported")
        if not isinstance(supported, bool):
            return Finding("true or false", describe(supported), f"$.{name}.supported")
    return None


@check(
    "discovery.config-has-its-limits",
    on=CONFIG,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The configuration gives its limits as integers",
    references=("RFC7643-5-06", "RFC7643-5-07", "RFC7643-5-09", "RFC7643-2.3.4-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give bulk.maxOperations, bulk.maxPayloadSize and filter.maxResults, 0 where the feature is off.",
)
def config_has_its_limits(exchange: Exchange) -> Finding | None:
    for path in (("bulk", "maxOperations"), ("bulk", "maxPayloadSize"), ("filter", "maxResults")):
        limit = feature(exchange, *path)
        if not is_whole_number(limit):
            return Finding("an integer", describe(limit), "$." + ".".join(path))
    return None


@check(
    "discovery.config-says-how-to-authenticate",
    on=CONFIG,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The configuration lists its authentication schemes with type, name and description, and pages by their URL",
    references=("RFC7643-5-14", "RFC7643-5-15", "RFC7643-5-16", "RFC7643-5-17"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="List each scheme as an object, with a type such as oauthbearertoken.",
)
def config_says_how_to_authenticate(exchange: Exchange) -> Finding | None:
    schemes = feature(exchange, "authenticationSchemes")
    if not isinstance(schemes, list):
        return Finding("an array of objects", describe(schemes), "$.authenticationSchemes")
    if not schemes:  # as good as none (RFC 7643 2.5); for a key in a header of its own there is no name
        said = exchange.request.header("Authorization") or ""
        mild = not said.lower().startswith(("bearer ", "basic "))
        return Finding("one scheme at least", "an empty array", "$.authenticationSchemes", mild=mild)
    if wrong := next(
        (found for place, each in enumerate(schemes) if (found := _incomplete(each, place))), None
    ):
        return wrong
    if sum(get(scheme, "primary") is True for scheme in schemes) > 1:
        return Finding("one primary scheme at most", "several", "$.authenticationSchemes[*].primary")
    own = [get(scheme, "type") for scheme in schemes if get(scheme, "type") not in SCHEMES]
    return advice(" or ".join(SCHEMES), describe(own[0]), "$.authenticationSchemes[*].type") if own else None


def _incomplete(scheme: Json, number: int) -> Finding | None:
    """What one of the schemes lacks, or has in another form."""
    where, named = f"$.authenticationSchemes[{number}]", get(scheme, "type")
    if not isinstance(named, str):
        return Finding(" or ".join(SCHEMES), describe(named), f"{where}.type")
    for name in ("name", "description"):
        if not isinstance(get(scheme, name), str):
            return Finding("a string", describe(get(scheme, name)), f"{where}.{name}")
    for name in ("specUri", "documentationUri"):
        address = get(scheme, name)
        if len(str(address).split()) > 1:  # a relative one is a URL as well (RFC 7643 2.3.7)
            return Finding("the URL of a page", describe(address), f"{where}.{name}")
    return None


@check(
    "discovery.config-names-the-scheme-that-is-taken",
    on="discovery.config",
    when=lambda exchange: (
        (exchange.request.header("Authorization") or "").startswith("Bearer ") and succeeded(exchange)
    ),
    otherwise="the token is sent in another way",
    title="The configuration names a scheme by which the token is taken",
    references=("RFC7643-5-19",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Name oauthbearertoken among authenticationSchemes where a bearer token opens the door.",
)
def config_names_the_scheme_that_is_taken(exchange: Exchange) -> Finding | None:
    """Only where nothing but passwords is named: a scheme of the target's own may be anything."""
    schemes = feature(exchange, "authenticationSchemes")
    named = [get(each, "type") for each in schemes] if isinstance(schemes, list) else []
    if named and all(each in {"httpbasic", "httpdigest"} for each in named):
        return Finding("oauthbearertoken among them", describe(named[0]), "$.authenticationSchemes[*].type")
    return None


@check(
    "discovery.resource-types-have-the-user",
    on=TYPES,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="/ResourceTypes lists User, with the endpoint /Users and the User schema",
    references=("RFC7644-4-04", "RFC7643-6-04", "RFC7643-6-08", "RFC7643-6-09"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="List every resource type, User with endpoint /Users and the core schema.",
)
def resource_types_have_the_user(exchange: Exchange) -> Finding | None:
    user = next((each for each in exchange.resources if get(each, "name") == "User"), None)
    if user is None:
        names = [str(get(each, "name")) for each in exchange.resources]
        return Finding("a resource type named User", several(names, "resource type"), "$.Resources")
    endpoint, schema = get(user, "endpoint"), get(user, "schema")
    if str(endpoint).rstrip("/").rpartition("/")[2] != "Users":
        return Finding("/Users", describe(endpoint), "$.Resources[?(@.name=='User')].endpoint")
    return (
        None if schema == USER else Finding(USER, describe(schema), "$.Resources[?(@.name=='User')].schema")
    )


@check(
    "discovery.resource-types-are-complete",
    on=TYPES,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Each resource type has schemas, a name of its own, an endpoint and a schema",
    references=("RFC7643-6-02", "RFC7643-6-04", "RFC7643-6-06", "RFC7643-6-08", "RFC7643-6-09"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix=f"Give each entry `schemas` with {RESOURCE_TYPE}, name, endpoint and schema.",
)
def resource_types_are_complete(exchange: Exchange) -> Finding | None:
    for number, each in enumerate(exchange.resources):
        schemas = get(each, "schemas")
        if not isinstance(schemas, list) or RESOURCE_TYPE not in schemas:
            return Finding(RESOURCE_TYPE, describe(schemas), f"$.Resources[{number}].schemas")
        for name in ("name", "endpoint", "schema"):
            if not isinstance(get(each, name), str):
                return Finding("a string", describe(get(each, name)), f"$.Resources[{number}].{name}")
    names = [get(each, "name") for each in exchange.resources]
    return (
        None
        if len(set(names)) == len(names)
        else Finding("different names", ", ".join(names), "$.Resources[*].name")
    )


@check(
    "discovery.extensions-say-whether-required",
    on=TYPES,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Each schema extension names its schema and says whether it is required",
    references=("RFC7643-6-11", "RFC7643-6-12"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Write extensions as `{"schema": "urn:…", "required": false}`.',
)
def extensions_say_whether_required(exchange: Exchange) -> Finding | None:
    for each in exchange.resources:
        extensions = get(each, "schemaExtensions")
        for extension in extensions if isinstance(extensions, list) else []:
            if not isinstance(get(extension, "schema"), str):
                return Finding(
                    "a string", describe(get(extension, "schema")), "$..schemaExtensions[*].schema"
                )
            if not isinstance(get(extension, "required"), bool):
                return Finding(
                    "true or false", describe(get(extension, "required")), "$..schemaExtensions[*].required"
                )
    return None


@check(
    "discovery.resource-types-schemas-are-published",
    on=PLAY,
    title="/Schemas lists every schema that a resource type names",
    references=("RFC7643-6-10", "RFC7643-6-11", "RFC7643-7-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Publish every schema in use, extensions included.",
)
def resource_types_schemas_are_published(transcript: Transcript) -> Finding | None:
    types = next((each for each in transcript.of(TYPES) if each.is_success), None)
    schemas = next((each for each in transcript.of(SCHEMAS) if each.is_success), None)
    if types is None or schemas is None:
        raise NotObserved("", NOT_SERVED)
    published = {str(get(each, "id")).lower() for each in schemas.resources}
    for urn in schemas_in_use(types):  # a type without one is judged by its own check
        if urn.lower() not in published:
            return Finding(f"the schema {urn}", "a list without it", "$.Resources[*].id", (types, schemas))
    return None


def schemas_in_use(types: Exchange) -> Iterator[str]:
    for each in types.resources:
        extensions = get(each, "schemaExtensions")
        named = [each, *(extensions if isinstance(extensions, list) else [])]
        yield from (urn for one in named if isinstance(urn := get(one, "schema"), str))


@check(
    "discovery.one-resource-type-is-a-plain-object",
    on=TYPE,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="/ResourceTypes/User answers with that resource type, not with a list",
    references=("RFC7644-4-05", "RFC7643-6-04"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Answer with the one object.",
)
def one_resource_type_is_a_plain_object(exchange: Exchange) -> Finding | None:
    name = get(exchange.resource, "name")
    return None if name == "User" else Finding("User", describe(name), "$.name")
