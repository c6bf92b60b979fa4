"""Lies in what a target says of itself: configuration, resource types and schemas (RFC 7643 5 to 8, RFC 7644 4)."""

from bending import body, drop, put, raw, status

from lies import Lie
from lies.words import config, each_shown, first, in_body, resource_type, scheme, user_attribute
from scim_tests.model.scim import ENTERPRISE_USER, LIST_RESPONSE, USER

CONVERSATION = "honest"

CONFIG, TYPES, TYPE = "discovery.config", "discovery.resource_types", "discovery.resource_type"
SCHEMAS, SCHEMA = "discovery.schemas", "discovery.schema"

MILD = {"RFC7643-7-04": "the RFC's own schemas lack it (erratum 8417)"}

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
