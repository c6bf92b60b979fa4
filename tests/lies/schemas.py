"""Lies in what a target says of itself: configuration, resource types and schemas (RFC 7643 5 to 8, RFC 7644 4)."""

from bending import Bend, body, drop, put, raw, status, user

from lies import Lie
from lies.words import Change, config, each_shown, first, in_body, resource_type, scheme, user_attribute
from scim_tests.model.scim import ENTERPRISE_USER, LIST_RESPONSE, USER

CONVERSATION = "honest"

CONFIG, TYPES, TYPE = "discovery.config", "discovery.resource_types", "discovery.resource_type"
SCHEMAS, SCHEMA = "discovery.schemas", "discovery.schema"

MILD = {"RFC7643-7-04": "the RFC's own schemas lack it (erratum 8417)"}


def first_attribute(change: Change) -> Bend:
    """Change the first attribute definition of the first schema."""
    return first(lambda schema: change(schema["attributes"][0]))


LIES: dict[str, Lie] = {
    "discovery.endpoint-is-served": ("discovery.config", status(404)),
    "discovery.answers-with-an-object": ("discovery.schemas", raw(b"[]")),
    "discovery.config-has-its-schema": ("discovery.config", put(schemas=[])),
    "discovery.config-says-what-is-supported": ("discovery.config", put(sort={"supported": "yes"})),
    "discovery.config-has-its-limits": ("discovery.config", put(filter={"supported": True})),
    "discovery.config-says-how-to-authenticate": (
        "discovery.config",
        put(authenticationSchemes=[{"type": "bearer"}]),
    ),
    "discovery.config-admits-what-works": ("discovery.config", put(patch={"supported": False})),
    "discovery.resource-types-name-what-is-served": ("discovery.resource_types", put(Resources=[])),
    "discovery.user-type-names-its-extensions": (
        "push_user.read",
        user(**{"urn:example:scim:schemas:extension:app:2.0:User": {"badge": "7"}}),
    ),
    "discovery.required-extensions-are-shown": (
        "discovery.resource_types",
        body(
            lambda document: (
                [
                    each.update(required=True)
                    for one in document["Resources"]
                    for each in one["schemaExtensions"]
                ]
                and None
            )
        ),
    ),
    "discovery.schemas-admit-what-works": ("discovery.schemas", user_attribute("title", required=True)),
    "discovery.max-results-is-kept": ("discovery.config", put(filter={"supported": True, "maxResults": 1})),
    "discovery.resource-types-have-the-user": ("discovery.resource_types", put(Resources=[])),
    "discovery.resource-types-are-complete": (
        "discovery.resource_types",
        body(lambda document: document["Resources"][0].pop("endpoint") and None),
    ),
    "discovery.extensions-say-whether-required": (
        "discovery.resource_types",
        body(lambda document: document["Resources"][0].update(schemaExtensions=[{"schema": "urn:x"}])),
    ),
    "discovery.resource-types-schemas-are-published": ("discovery.schemas", put(Resources=[])),
    "discovery.one-resource-type-is-a-plain-object": (
        "discovery.resource_type",
        body(lambda document: {"schemas": [LIST_RESPONSE], "Resources": [document]}),
    ),
    "discovery.schemas-have-the-user": ("discovery.schemas", put(Resources=[])),
    "discovery.schemas-name-their-schema": (
        "discovery.schemas",
        body(lambda document: document["Resources"][0].pop("schemas") and None),
    ),
    "discovery.schemas-list-no-messages": (
        "discovery.schemas",
        body(lambda document: document["Resources"].append({"id": LIST_RESPONSE})),
    ),
    "discovery.attributes-are-complete": (
        "discovery.schemas",
        first_attribute(lambda one: one.update(name="user name")),
    ),
    "discovery.attributes-use-known-keywords": (
        "discovery.schemas",
        first_attribute(lambda one: one.update(type="text")),
    ),
    "discovery.only-complex-attributes-have-parts": (
        "discovery.schemas",
        first_attribute(lambda one: one.update(type="string", subAttributes=[{"name": "part"}])),
    ),
    "discovery.user-schema-keeps-the-fixed-rules": (
        "discovery.schemas",
        user_attribute("password", returned="default"),
    ),
    "discovery.one-schema-is-the-listed-one": ("discovery.schema", put(id="urn:another")),
    "discovery.users-name-only-schemas-of-their-type": (
        "push_user.read",
        each_shown(lambda one: one["schemas"].append("urn:example:2.0:Unnamed")),
    ),
    "discovery.filter-is-refused": ("discovery.filtered", status(200)),
}

ROWS: dict[str, Lie] = {
    "RFC7643-1.1-01": (SCHEMAS, user_attribute("active", mutability='"readWrite"')),
    "RFC7643-1.2-01": (SCHEMAS, user_attribute("title", subAttributes=[{"name": "rank", "type": "string"}])),
    "RFC7643-2.1-02": (SCHEMAS, user_attribute("title", name="job title")),
    "RFC7643-2.1-02 (a digit first)": (SCHEMAS, user_attribute("name.givenName", name="1stName")),
    "RFC7643-2.3.4-01 (limits)": (CONFIG, config("filter", maxResults=1000.0)),
    "RFC7643-3-02": ("push_user.read", each_shown(lambda one: one["schemas"].append("urn:example:Unnamed"))),
    "RFC7643-4.1.1-21 (declared)": (SCHEMAS, user_attribute("password", returned="default")),
    "RFC7643-5-01": (CONFIG, put(schemas=[USER])),
    "RFC7643-5-04": (CONFIG, drop("patch")),
    "RFC7643-5-05": (CONFIG, config("bulk", supported="true")),
    "RFC7643-5-06": (CONFIG, config("bulk", maxOperations=None)),
    "RFC7643-5-07": (CONFIG, config("bulk", maxPayloadSize="8 MB")),
    "RFC7643-5-08": (CONFIG, config("filter", supported=1)),
    "RFC7643-5-09": (CONFIG, config("filter", maxResults="1000")),
    "RFC7643-5-10": (CONFIG, config("filter", maxResults=3)),
    "RFC7643-5-11": (CONFIG, config("changePassword", supported=None)),
    "RFC7643-5-12": (CONFIG, put(sort=True)),
    "RFC7643-5-13": (CONFIG, config("etag", supported="no")),
    "RFC7643-5-14": (CONFIG, put(authenticationSchemes={"type": "oauthbearertoken"})),
    "RFC7643-5-15": (CONFIG, scheme(type=None)),
    "RFC7643-5-16": (CONFIG, scheme(name=None)),
    "RFC7643-5-17": (CONFIG, scheme(description=None)),
    "RFC7643-5-19": (CONFIG, config("patch", supported=False)),
    "RFC7643-6-02": (TYPES, resource_type(schemas=[USER])),
    "RFC7643-6-04": (TYPES, in_body(lambda document: document["Resources"][1].pop("name"))),
    "RFC7643-6-06": (TYPES, in_body(lambda document: document["Resources"][1].update(name="User"))),
    "RFC7643-6-08": (TYPES, in_body(lambda document: document["Resources"][1].pop("endpoint"))),
    "RFC7643-6-09": (TYPES, in_body(lambda document: document["Resources"][1].pop("schema"))),
    "RFC7643-6-10": (TYPES, in_body(lambda document: document["Resources"][1].update(schema="urn:none"))),
    "RFC7643-6-11": (TYPES, resource_type(schemaExtensions=[{"schema": "urn:none", "required": False}])),
    "RFC7643-6-11 (nothing named)": (TYPES, resource_type(schemaExtensions=[{"required": False}])),
    "RFC7643-6-12": (TYPES, resource_type(schemaExtensions=[{"schema": ENTERPRISE_USER}])),
    "RFC7643-6-13": (TYPES, resource_type(schemaExtensions=[{"schema": "urn:example:A", "required": True}])),
    "RFC7643-7-01": (
        SCHEMAS,
        body(
            lambda document: document.update(
                Resources=[each for each in document["Resources"] if each["id"] != ENTERPRISE_USER]
            )
        ),
    ),
    "RFC7643-7-03": (SCHEMA, drop("id")),
    "RFC7643-7-03 (on the list)": (
        SCHEMAS,
        each_shown(lambda one: one.update(id=one["name"])),
    ),
    "RFC7643-7-04": (SCHEMAS, first(lambda one: one.pop("schemas"))),
    "RFC7643-7-07": (SCHEMAS, user_attribute("title", type=None)),
    "RFC7643-7-10": (SCHEMAS, user_attribute("title", type="text")),
    "RFC7643-7-11": (SCHEMAS, user_attribute("name", subAttributes=None)),
    "RFC7643-7-12": (SCHEMAS, user_attribute("title", mutability="fixed")),
    "RFC7643-7-13": (SCHEMAS, user_attribute("title", returned="sometimes")),
    "RFC7643-7-14": (SCHEMAS, user_attribute("title", uniqueness="tenant")),
    "RFC7643-8.7.1-01": (SCHEMAS, user_attribute("userName", required=False)),
    "RFC7643-8.7.1-01 (groups)": (SCHEMAS, user_attribute("groups", mutability="readWrite")),
    "RFC7644-3.1-02": (
        SCHEMAS,
        in_body(lambda document: document["Resources"].append({"id": LIST_RESPONSE})),
    ),
    "RFC7644-4-01": (CONFIG, body(lambda document: {"schemas": [LIST_RESPONSE], "Resources": [document]})),
    "RFC7644-4-02": (SCHEMAS, body(lambda document: document["Resources"])),
    "RFC7644-4-03": (SCHEMA, body(lambda document: {"schemas": [LIST_RESPONSE], "Resources": [document]})),
    "RFC7644-4-04": (TYPES, in_body(lambda document: document["Resources"].pop(0))),
    "RFC7644-4-05": (TYPE, body(lambda document: {"schemas": [LIST_RESPONSE], "Resources": [document]})),
    "RFC7644-4-06": (TYPES, body(lambda document: document["Resources"])),
    "RFC7644-4-08": ("discovery.filtered", status(200), raw(b'{"totalResults": 1, "Resources": []}')),
}
