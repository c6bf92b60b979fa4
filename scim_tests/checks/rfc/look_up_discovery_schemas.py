"""Schemas and resource types as RFC 7643 defines them, read alone: what they say, not whether it is true."""

from collections.abc import Iterator, Mapping

from scim_tests.checks.okta.discovery_schemas import attributes, each_attribute
from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.rfc.look_up_discovery import NOT_SERVED, SCHEMAS, TYPES, succeeded
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import (
    ENTERPRISE_USER,
    GROUP,
    RESOURCE_TYPE,
    SCHEMA,
    SERVICE_PROVIDER_CONFIG,
    USER,
    Json,
    Resource,
    get,
)

CORE = frozenset({USER, GROUP, ENTERPRISE_USER})
OF_DISCOVERY = frozenset({SERVICE_PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA})
DEFAULT_PARTS = {"type": "string", "display": "string", "primary": "boolean", "$ref": "reference"}
MESSENGERS = frozenset({"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other"})
WITH_LETTERS = frozenset({"string", "reference", "binary"})  # what caseExact is about


def _schema(exchange: Exchange, urn: str) -> Resource:
    """The published schema of that URN. NotObserved where there is none."""
    for each in exchange.resources:
        if str(get(each, "id")).lower() == urn.lower():
            return each
    raise NotObserved("", f"the target publishes no schema {urn}")


def _by_path(schema: Resource) -> dict[str, Resource]:
    return {path.lower(): each for path, each in attributes(schema)}


@check(
    "look_up_discovery.names-and-descriptions-are-given",
    on=(SCHEMAS, TYPES),
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Schemas, their attributes and resource types have descriptions, and schemas have names, as strings",
    references=("RFC7643-6-07", "RFC7643-7-05", "RFC7643-7-06", "RFC7643-7-09"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Say of each in a sentence what it is for.",
)
def names_and_descriptions_are_given(exchange: Exchange) -> Finding | None:
    """Advice where one is not given: the RFC wants them `when applicable`."""
    return weightiest(_unnamed(exchange))


def _unnamed(exchange: Exchange) -> Iterator[Finding]:
    for path, holder, name in _named(exchange):
        text = get(holder, name)
        if not isinstance(text, str) or not text:
            yield Finding("a text", describe(text), f"{path}.{name}", mild=text is None or text == "")


def _named(exchange: Exchange) -> Iterator[tuple[str, Resource, str]]:
    for each in exchange.resources:
        own = str(get(each, "id") or get(each, "name"))
        yield own, each, "name"
        yield own, each, "description"
    for path, attribute in each_attribute(exchange):
        yield path, attribute, "description"


@check(
    "look_up_discovery.characteristics-are-stated",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Each attribute definition states mutability and returned and, of strings, caseExact and uniqueness",
    references=("RFC7643-7-08",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Write out every characteristic of RFC 7643 section 7, the defaults too.",
)
def characteristics_are_stated(exchange: Exchange) -> Finding | None:
    """Advice where one is missing, since RFC 7643 2.2 gives it a default."""
    return weightiest(_unstated(exchange))


def _unstated(exchange: Exchange) -> Iterator[Finding]:
    for path, attribute in each_attribute(exchange):
        case_exact = get(attribute, "caseExact")
        if case_exact is not None and not isinstance(case_exact, bool):
            yield Finding("true or false", describe(case_exact), f"{path}.caseExact")
        of_texts = ("caseExact", "uniqueness") if get(attribute, "type") == "string" else ()
        for name in ("mutability", "returned", *of_texts):
            if get(attribute, name) is None:
                yield advice(f"{name}, written out", "no value, which means the default", f"{path}.{name}")


@check(
    "look_up_discovery.canonical-values-are-an-array",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Wherever an attribute definition has canonicalValues, they are an array of values",
    references=("RFC7643-7-15",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Write `"canonicalValues": ["work", "home"]`.',
)
def canonical_values_are_an_array(exchange: Exchange) -> Finding | None:
    for path, attribute in each_attribute(exchange):
        values = get(attribute, "canonicalValues")
        plain = isinstance(values, list) and not any(isinstance(each, list | Mapping) for each in values)
        if values is not None and not plain:
            return Finding("an array of values", describe(values), f"{path}.canonicalValues")
    return None


@check(
    "look_up_discovery.messengers-are-those-of-the-rfc",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The canonical values of ims.type are services that the RFC lists, or other",
    references=("RFC7643-4.1.2-06",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Publish the services of RFC 7643 section 4.1.2, and `other` for all else.",
)
def messengers_are_those_of_the_rfc(exchange: Exchange) -> Finding | None:
    kinds = get(_by_path(_schema(exchange, USER)).get("ims.type"), "canonicalValues")
    own = [each for each in (kinds if isinstance(kinds, list) else ()) if str(each).lower() not in MESSENGERS]
    listed = ", ".join(sorted(MESSENGERS))
    return Finding(f"one of {listed}", describe(own[0]), "User.ims.type.canonicalValues") if own else None


@check(
    "look_up_discovery.parts-have-no-parts",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="No sub-attribute is complex, but in the definition of schemas",
    references=("RFC7643-2.3.8-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Flatten the attribute, or make an attribute of its own of the inner one.",
)
def parts_have_no_parts(exchange: Exchange) -> Finding | None:
    for schema in exchange.resources:
        for path, attribute in attributes(schema) if get(schema, "id") != SCHEMA else ():
            if "." in path and get(attribute, "type") == "complex":
                return Finding("a simple sub-attribute", "a complex one", f"{get(schema, 'id')}:{path}")
    return None


@check(
    "look_up_discovery.default-parts-keep-their-meaning",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The sub-attributes type, display, primary and $ref of a multi-valued attribute have the types of the RFC",
    references=("RFC7643-2.4-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Declare primary as boolean, $ref as reference, type and display as strings.",
)
def default_parts_keep_their_meaning(exchange: Exchange) -> Finding | None:
    """Mild outside the schemas of the RFC: another one may define them otherwise (RFC 7643 2.4)."""
    return weightiest(_other_parts(exchange))


def _other_parts(exchange: Exchange) -> Iterator[Finding]:
    for schema in exchange.resources:
        urn = str(get(schema, "id"))
        for path, attribute in attributes(schema):
            for name, wanted in DEFAULT_PARTS.items() if get(attribute, "multiValued") is True else ():
                told = _by_name(get(attribute, "subAttributes")).get(name)
                if told is not None and told != wanted:
                    where = f"{urn}:{path}.{name}.type"
                    yield Finding(wanted, describe(told), where, mild=urn not in CORE)


def _by_name(definitions: Json) -> dict[str, Json]:
    """The types of sub-attributes that have one."""
    listed = definitions if isinstance(definitions, list) else []
    return {str(get(each, "name")).lower(): get(each, "type") for each in listed}


@check(
    "look_up_discovery.references-say-to-what",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Each reference attribute has referenceTypes, an array of strings",
    references=("RFC7643-7-29",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Write `"referenceTypes": ["User"]`, with the names of resource types, external or uri.',
)
def references_say_to_what(exchange: Exchange) -> Finding | None:
    """Mild where there is none, or where it is one text: the RFC's own table and example differ (erratum 5607)."""
    return weightiest(_unsaid(exchange))


def _unsaid(exchange: Exchange) -> Iterator[Finding]:
    for path, attribute in each_attribute(exchange):
        if get(attribute, "type") != "reference":
            continue
        kinds = get(attribute, "referenceTypes")
        texts = isinstance(kinds, list) and all(isinstance(each, str) for each in kinds)
        if not texts or not kinds:
            mild = kinds in (None, []) or isinstance(kinds, str)
            yield Finding("an array of strings", describe(kinds), f"{path}.referenceTypes", mild=mild)


@check(
    "look_up_discovery.schemas-of-the-rfc-keep-its-rules",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Schemas say of displayName, groups.$ref and manager.value what the corrected RFC does",
    references=("RFC7643-8.7.1-02", "RFC7643-8.7.1-03"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take the definitions of RFC 7643 section 8.7.1, with its errata 5368, 8471 and 8472.",
)
def schemas_of_the_rfc_keep_its_rules(exchange: Exchange) -> Finding | None:
    """Advice where a target has what the RFC printed before it was corrected."""
    found = {str(get(each, "id")): _by_path(each) for each in exchange.resources}
    return weightiest(_broken(found))


def _broken(schemas: Mapping[str, Mapping[str, Resource]]) -> Iterator[Finding]:
    group, user, employee = (schemas.get(urn, {}) for urn in (GROUP, USER, ENTERPRISE_USER))
    if group and "displayname" not in group:
        yield Finding("the attribute displayName", "a schema without it", "Group")
    elif group and get(group["displayname"], "required") is not True:
        got = describe(get(group["displayname"], "required"))
        yield advice("true, by erratum 5368", got, "Group.displayName.required")
    kinds = get(user.get("groups.$ref"), "referenceTypes")
    others = [each for each in (kinds if isinstance(kinds, list) else ()) if each != "Group"]
    if others:
        mild = set(map(str, others)) == {"User"}
        yield Finding(
            "Group alone, by erratum 8471", describe(kinds), "User.groups.$ref.referenceTypes", mild=mild
        )
    manager = employee.get("manager.value")
    if manager is not None and get(manager, "caseExact") is not True:
        got = describe(get(manager, "caseExact"))
        yield advice("true, since it is an id, by erratum 8472", got, "manager.value.caseExact")


@check(
    "look_up_discovery.extensions-define-what-is-new",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="No extension of users or groups defines an attribute anew that the RFC has for them",
    references=("RFC7643-3.3-04",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Use the attribute of the core schema; give another one another name.",
)
def extensions_define_what_is_new(exchange: Exchange) -> Finding | None:
    extended = _extensions(exchange.earlier("resource_types"))
    for schema in exchange.resources:
        core = extended.get(str(get(schema, "id")).lower())
        known = _by_path(_schema(exchange, core)) if core else {}
        for path, attribute in attributes(schema) if core else ():
            if path.lower() in known and "." not in path:
                return Finding("an attribute with a name of its own", str(get(attribute, "name")), path)
    return None


def _extensions(types: Exchange) -> dict[str, str]:
    """The core schema that each extension extends, where that is one of the RFC's."""
    return {
        str(get(each, "schema")).lower(): str(get(kind, "schema"))
        for kind in (types.resources if types.is_success else ())
        if str(get(kind, "schema")) in {USER, GROUP}
        for each in _objects(get(kind, "schemaExtensions"))
    }


def _objects(value: Json) -> list[Resource]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


@check(
    "look_up_discovery.endpoints-are-plural",
    on=TYPES,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The endpoint of a resource type is its name with an s",
    references=("RFC7644-3.2-02",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Serve a resource type Device at /Devices.",
)
def endpoints_are_plural(exchange: Exchange) -> Finding | None:
    for each in exchange.resources:
        name, endpoint = (str(get(each, key) or "") for key in ("name", "endpoint"))
        last = endpoint.rstrip("/").rpartition("/")[2].lower()
        if str(get(each, "schema")) not in OF_DISCOVERY and last and last != f"{name}s".lower():
            return Finding(f"/{name}s", endpoint, "$.Resources[*].endpoint")
    return None
