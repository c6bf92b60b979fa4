"""What a target's own User schema wants of a create: all that it requires, and no more than it declares (RFC 7643 2.2, 7)."""

from collections.abc import Iterator, Mapping, Sequence

from scim_tests.model.act import Person
from scim_tests.model.exchange import Exchange
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get
from scim_tests.personas.okta.whole_profile import EMPLOYMENT
from scim_tests.personas.rfc.every_value import FIRST, Writer

# What the play sends of people besides their names, and can do without.
OPTIONAL = (
    "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone", "profileUrl",
    "emails", "phoneNumbers", "ims", "photos", "addresses", "x509Certificates", "roles",
    "entitlements",
)  # fmt: skip
PARTS_OF_A_NAME = ("givenName", "formatted", "middleName", "honorificPrefix", "honorificSuffix")
LISTS = ("emails", "phoneNumbers", "ims", "photos", "addresses", "x509Certificates")
PARTS_OF_AN_ENTRY = ("type", "primary", "display")


def as_declared(schemas: Exchange, person: Person) -> SceneResult:
    """What to leave out and what to add in the bodies of people, by /Schemas; nothing where no User schema is published."""
    declared = list(_declared(schemas, USER))
    if not declared:
        return SceneResult()
    employment = list(_declared(schemas, ENTERPRISE_USER))
    extension = [{"name": ENTERPRISE_USER, "subAttributes": employment}] if employment else []
    names = {*_paths(declared), *_paths(extension)}
    writer = Writer(person, FIRST)
    required = {
        str(get(each, "name")): value
        for each in declared
        if get(each, "required") is True and (value := writer.value(_less(each))) is not None
    }
    left_out = tuple(each for each in _optional() if each.lower() not in names)
    return SceneResult(mapped=required, unmapped=left_out)


def _optional() -> Iterator[str]:
    yield from OPTIONAL
    yield from (f"name.{part}" for part in PARTS_OF_A_NAME)
    yield from (f"{name}.{part}" for name in LISTS for part in PARTS_OF_AN_ENTRY)
    yield ENTERPRISE_USER
    yield from (f"{ENTERPRISE_USER}.{part}" for part in (*EMPLOYMENT[FIRST], "manager"))


def _paths(attributes: Sequence[Resource]) -> Iterator[str]:
    for each in attributes:
        name, parts = str(get(each, "name")), get(each, "subAttributes")
        yield name.lower()
        yield from (f"{name}.{get(part, 'name')}".lower() for part in parts or ())


def _declared(schemas: Exchange, urn: str) -> Iterator[Resource]:
    """The attributes of a schema."""
    if not (schemas.is_success and schemas.answer.is_json and isinstance(schemas.json, Mapping)):
        return
    for schema in schemas.resources:
        attributes = get(schema, "attributes")
        if get(schema, "id") == urn and isinstance(attributes, list):
            yield from (each for each in attributes if isinstance(each, Mapping))


def _less(attribute: Resource) -> Resource:
    """Of a complex attribute what is required in it alone."""
    parts: Json = get(attribute, "subAttributes")
    if not isinstance(parts, list):
        return attribute
    return {**attribute, "subAttributes": [each for each in parts if get(each, "required") is True]}
