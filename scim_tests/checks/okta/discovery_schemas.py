"""Discovery: the schemas a target publishes."""

import re
from collections.abc import Iterator

from scim_tests.checks.okta.discovery import NOT_SERVED, ONE_SCHEMA, SCHEMAS, succeeded
from scim_tests.knowledge.consequences import NO_ATTRIBUTES, OKTA_INDIFFERENT, OTHERS_MISLED
from scim_tests.model.check import (
    COSMETIC,
    DEGRADED,
    MUST,
    RFC,
    WRONG_DATA,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import SCHEMA, USER, Json, Resource, get

KEYWORDS = {
    "type": ("string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"),
    "mutability": ("readOnly", "readWrite", "immutable", "writeOnly"),
    "returned": ("always", "never", "default", "request"),
    "uniqueness": ("none", "server", "global"),
}  # RFC 7643 7
NAME = re.compile(r"\$ref|[A-Za-z][\w$-]*", re.ASCII)


def attributes(schema: Json, path: str = "") -> Iterator[tuple[str, Resource]]:
    """Every attribute definition of a schema, sub-attributes too, with its dotted name."""
    members = get(schema, "attributes") if not path else get(schema, "subAttributes")
    for each in members if isinstance(members, list) else []:
        if isinstance(each, dict):
            name = f"{path}{get(each, 'name')}"
            yield name, each
            yield from attributes(each, f"{name}.")


def each_attribute(exchange: Exchange) -> Iterator[tuple[str, Resource]]:
    """The same over all schemas of an answer, prefixed with the schema's name."""
    for schema in exchange.resources:
        for name, attribute in attributes(schema):
            yield f"{get(schema, 'name') or get(schema, 'id')}.{name}", attribute


@check(
    "discovery.schemas-have-the-user",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="/Schemas lists the User schema",
    references=("RFC7644-4-02", "RFC7643-7-01", "RFC7643-7-03", "okta:SUBMIT"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NO_ATTRIBUTES,
    fix="List every schema in use, with its URN as id.",
)
def schemas_have_the_user(exchange: Exchange) -> Finding | None:
    ids = [get(each, "id") for each in exchange.resources]
    return (
        None
        if USER in ids
        else Finding(USER, several([str(each) for each in ids], "schema"), "$.Resources[*].id")
    )


@check(
    "discovery.schemas-name-their-schema",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Each schema on the list names the Schema schema",
    references=("RFC7643-7-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix=f'Put `"schemas": ["{SCHEMA}"]` into each of them.',
)
def schemas_name_their_schema(exchange: Exchange) -> Finding | None:
    for number, each in enumerate(exchange.resources):
        schemas = get(each, "schemas")
        if not isinstance(schemas, list) or SCHEMA not in schemas:
            return advice(SCHEMA, describe(schemas), f"$.Resources[{number}].schemas")
    return None


@check(
    "discovery.schemas-list-no-messages",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="/Schemas lists no protocol messages",
    references=("RFC7644-3.1-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Leave urn:ietf:params:scim:api:messages:… out of /Schemas.",
)
def schemas_list_no_messages(exchange: Exchange) -> Finding | None:
    ids = [str(get(each, "id")) for each in exchange.resources]
    messages = [each for each in ids if each.startswith("urn:ietf:params:scim:api:")]
    return Finding("no schema of a message", messages[0], "$.Resources[*].id") if messages else None


@check(
    "discovery.attributes-are-complete",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Each attribute definition has a legal name, a type, multiValued and required",
    references=("RFC7643-7-07", "RFC7643-2.1-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give each attribute name, type, multiValued and required.",
)
def attributes_are_complete(exchange: Exchange) -> Finding | None:
    for path, attribute in each_attribute(exchange):
        name = get(attribute, "name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return Finding("a name of letters, digits, $, - and _", describe(name), path)
        if not isinstance(get(attribute, "type"), str):
            return Finding("a type, as a string", describe(get(attribute, "type")), path)
        for flag in ("multiValued", "required"):
            value = get(attribute, flag)
            if value is not None and not isinstance(value, bool):
                return Finding("true or false", describe(value), f"{path}.{flag}")
            if value is None:
                return advice(f"{flag}, true or false", "no value, which means false", path)
    return None


@check(
    "discovery.attributes-use-known-keywords",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="The values of type, mutability, returned and uniqueness are keywords of the RFC",
    references=(
        "RFC7643-7-10",
        "RFC7643-7-12",
        "RFC7643-7-13",
        "RFC7643-7-14",
        "RFC7643-1.1-01",
        "RFC7643-2.3-01",
    ),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Use the keywords of RFC 7643 section 7, in their letter case and without quotes.",
)
def attributes_use_known_keywords(exchange: Exchange) -> Finding | None:
    for path, attribute in each_attribute(exchange):
        for name, keywords in KEYWORDS.items():
            value = get(attribute, name)
            if value is not None and value not in keywords:
                return Finding(f"one of {', '.join(keywords)}", describe(value), f"{path}.{name}")
    return None


@check(
    "discovery.only-complex-attributes-have-parts",
    on=SCHEMAS,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="Complex attributes have sub-attributes, and simple attributes have none",
    references=("RFC7643-1.2-01", "RFC7643-7-11"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Declare an attribute with subAttributes as complex, and leave them out of simple ones.",
)
def only_complex_attributes_have_parts(exchange: Exchange) -> Finding | None:
    for path, attribute in each_attribute(exchange):
        parts = get(attribute, "subAttributes")
        if get(attribute, "type") != "complex" and parts:
            return Finding("no subAttributes", describe(parts), path)
        if get(attribute, "type") == "complex" and not parts:
            return advice("subAttributes", describe(parts), path)
    return None


@check(
    "discovery.user-schema-keeps-the-fixed-rules",
    on=SCHEMAS,
    when=lambda exchange: any(get(each, "id") == USER for each in exchange.resources),
    otherwise="the target publishes no User schema",
    title="The User schema says: userName is required and unique, password is writeOnly and never returned",
    references=("RFC7643-8.7.1-01", "RFC7643-4.1.1-02", "RFC7643-4.1.1-21"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take the definitions of RFC 7643 section 8.7.1 for attributes of the RFC.",
)
def user_schema_keeps_the_fixed_rules(exchange: Exchange) -> Finding | None:
    schema = next(each for each in exchange.resources if get(each, "id") == USER)
    declared = {name.lower(): attribute for name, attribute in attributes(schema)}
    fixed: dict[str, dict[str, Json]] = {
        "userName": {"required": True, "uniqueness": "server", "multiValued": False, "type": "string"},
        "password": {"mutability": "writeOnly", "returned": "never"},
        "active": {"type": "boolean", "multiValued": False},
        "emails": {"type": "complex", "multiValued": True},
        "groups": {"mutability": "readOnly"},
    }
    if "username" not in declared:
        return Finding("the attribute userName", "a schema without it", "User")
    for name, rules in fixed.items():
        for rule, wanted in rules.items():
            shown = get(declared.get(name.lower()), rule)
            if shown is not None and shown != wanted and (rule, shown) != ("uniqueness", "global"):
                return Finding(describe(wanted), describe(shown), f"User.{name}.{rule}")
    if get(declared["username"], "caseExact") is True:
        return advice(
            "false, since userName is compared without regard to case", "true", "User.userName.caseExact"
        )
    return None


@check(
    "discovery.one-schema-is-the-listed-one",
    on=ONE_SCHEMA,
    when=succeeded,
    otherwise=NOT_SERVED,
    title="/Schemas/ with the User URN answers with the User schema, not with a list",
    references=("RFC7644-4-03", "RFC7643-7-03"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Serve each schema at its URN.",
)
def one_schema_is_the_listed_one(exchange: Exchange) -> Finding | None:
    shown = get(exchange.resource, "id")
    return None if shown == USER else Finding(USER, describe(shown), "$.id")
