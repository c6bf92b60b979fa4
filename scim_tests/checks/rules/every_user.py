"""Rules for every User, in whichever answer it stands."""

from scim_tests.checks.reading.metadata import unnamed_extension, unnamed_schema
from scim_tests.checks.reading.users import NO_USER, each_user, shows_users
from scim_tests.knowledge.consequences import (
    IMPORT_FAILS,
    LOST_ID,
    OKTA_INDIFFERENT,
    REVIEW_FAILS,
    TYPE_MISREAD,
)
from scim_tests.model.check import BOTH, COSMETIC, DEGRADED, MUST, OKTA, RFC, SHOULD, STOPS, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import USER, Resource, get


@check(
    "every_user.has-an-id",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="Every user has an id, a non-empty string",
    references=("RFC7643-3.1-04", "RFC7643-3.1-02", "RFC7643-3-05", "okta:PREP", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Give every user an id that the server makes, and always show it.",
)
def has_an_id(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        user_id = get(user, "id")
        good = isinstance(user_id, str) and user_id.strip()
        return None if good else Finding("a non-empty string", describe(user_id), "$.id")

    return each_user(exchange, judge)


@check(
    "every_user.has-an-id-without-bulk-id",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="No id contains the word bulkId",
    references=("RFC7643-3.1-08", "okta:PREP"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=BOTH,
    consequence=OKTA_INDIFFERENT,
    fix="Make ids without the reserved word, for example UUIDs.",
)
def has_an_id_without_bulk_id(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        user_id = str(get(user, "id"))
        return Finding("an id without bulkId", user_id, "$.id") if "bulkid" in user_id.lower() else None

    return each_user(exchange, judge)


@check(
    "every_user.has-a-user-name",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="Every user has a userName, a non-empty string",
    references=("RFC7643-4.1.1-01", "okta:SPEC", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=IMPORT_FAILS,
    fix="Show userName in every representation of a user.",
    follows=("send_odd_requests.empty-user-name-is-refused",),
)
def has_a_user_name(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        user_name = get(user, "userName")
        good = isinstance(user_name, str) and user_name
        return None if good else Finding("a non-empty string", describe(user_name), "$.userName")

    return each_user(exchange, judge)


@check(
    "every_user.names-the-user-schema",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="The schemas of every user are an array that names the User schema",
    references=("RFC7643-3-01", "RFC7643-3.3-01", "RFC7643-2.1-01", "okta:SPEC"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=REVIEW_FAILS,
    fix=f'Put `"schemas": ["{USER}"]` (and extensions in use) into every user.',
)
def names_the_user_schema(exchange: Exchange) -> Finding | None:
    return each_user(exchange, lambda user: unnamed_schema(user, USER))


@check(
    "every_user.names-each-schema-once",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="The schemas of a user are strings, and each is named once",
    references=("RFC7643-3-03", "RFC7643-3-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Treat schemas as a set.",
)
def names_each_schema_once(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        schemas = get(user, "schemas")
        if not isinstance(schemas, list):
            return None
        texts = [each for each in schemas if isinstance(each, str)]
        good = len(texts) == len(schemas) == len(set(texts))
        return None if good else Finding("different strings", describe(schemas), "$.schemas")

    return each_user(exchange, judge)


@check(
    "every_user.names-the-extensions-it-uses",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="A user that shows attributes of an extension names that extension in schemas",
    references=("RFC7643-2.1-01", "RFC7643-3.3-03", "RFC7644-3.5.2-14"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Add the extension's URN to schemas whenever its object is shown.",
)
def names_the_extensions_it_uses(exchange: Exchange) -> Finding | None:
    return each_user(exchange, unnamed_extension)


@check(
    "every_user.has-active-as-a-boolean",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="active is the JSON literal true or false",
    references=("RFC7643-2.3.2-01", "RFC7643-4.1.1-12", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=TYPE_MISREAD,
    fix='Write `"active": true`, not `"true"`, `"True"` or `1`.',
)
def has_active_as_a_boolean(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        active = get(user, "active")
        good = active is None or isinstance(active, bool)
        return None if good else Finding("true or false", describe(active), "$.active")

    return each_user(exchange, judge)


@check(
    "every_user.says-whether-it-is-active",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="Every user says whether it is active",
    references=("RFC7643-4.1.1-12", "okta:PREP", "okta:SPEC"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="Show `active` in every representation of a user.",
)
def says_whether_it_is_active(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        return Finding("active", "nothing", "$.active") if get(user, "active") is None else None

    return each_user(exchange, judge)
