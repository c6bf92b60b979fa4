"""Rules for the values of every User: types, multi-valued attributes, meta."""

from scim_tests.checks.reading.metadata import (
    version_is_not_the_etag,
    wrong_date,
    wrong_location,
    wrong_resource_type,
)
from scim_tests.checks.reading.types import wrong_type
from scim_tests.checks.reading.users import NO_USER, each_user, shows_users, users_of
from scim_tests.knowledge.consequences import OKTA_INDIFFERENT, REVIEW_FAILS, TYPE_MISREAD, WRONG_PROFILE
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    OKTA,
    RFC,
    SHOULD,
    WRONG_DATA,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json, Resource, get, has, primary

MULTI_VALUED = (
    "emails",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "entitlements",
    "roles",
    "x509Certificates",
)


@check(
    "every_user.has-the-declared-types",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="Every attribute of RFC 7643 has its declared JSON type",
    references=("RFC7643-2.3-02", "RFC7643-2.4-01", "RFC7644-3.8-07", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=TYPE_MISREAD,
    fix="Follow the types of RFC 7643 section 8.7.1: strings as strings, multi-valued attributes as arrays of objects.",
    follows=("every_user.has-an-id",),
)
def has_the_declared_types(exchange: Exchange) -> Finding | None:
    return each_user(exchange, lambda user: wrong_type("user", user))


@check(
    "every_user.has-one-primary-at-most",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="A multi-valued attribute has at most one primary value",
    references=("RFC7643-2.4-04", "RFC7644-3.5.2-16", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="When one value becomes primary, set primary to false on the others.",
)
def has_one_primary_at_most(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        for name in MULTI_VALUED:
            chosen = [each for each in _values(user, name) if get(each, "primary") is True]
            if len(chosen) > 1:
                return Finding("at most one primary value", f"{len(chosen)} of them", f"$.{name}")
        return None

    return each_user(exchange, judge)


@check(
    "every_user.repeats-no-value",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="No attribute holds the same type and value twice",
    references=("RFC7643-2.4-08", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Replace the values on PUT instead of adding to them.",
)
def repeats_no_value(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        for name in MULTI_VALUED:
            seen = [
                (str(get(each, "type")), str(get(each, "value")))
                for each in _values(user, name)
                if has(each, "value")
            ]
            if len(set(seen)) < len(seen):
                return Finding(
                    "each type and value once",
                    f"{len(seen)} values, {len(set(seen))} of them different",
                    f"$.{name}",
                )
        return None

    return each_user(exchange, judge)


def _values(user: Resource, name: str) -> list[Json]:
    values = get(user, name)
    return values if isinstance(values, list) else []


@check(
    "every_user.has-a-meta-that-says-user",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="The meta.resourceType of every user is User",
    references=("RFC7643-3.1-17", "RFC7643-3.1-02", "RFC7644-3.3.1-01", "RFC7643-3-05", "RFC7643-3.1-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Show `"meta": {"resourceType": "User", …}` in every user.',
    follows=("every_user.has-a-user-name",),
)
def has_a_meta_that_says_user(exchange: Exchange) -> Finding | None:
    return each_user(exchange, lambda user: wrong_resource_type(user, "User"))


@check(
    "every_user.has-a-location-that-leads-to-it",
    on="*.*",
    when=lambda exchange: any(get(user, "meta", "location") for user in users_of(exchange)),
    otherwise="no user had a meta.location",
    title="The meta.location of a user ends in /Users/ and its id",
    references=("RFC7643-3.1-02", "RFC7643-2.3.7-01", "RFC7644-3.2-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Build meta.location from the public base URL, /Users/ and the id.",
    follows=("every_view.has-one-id-for-one-user-name",),
)
def has_a_location_that_leads_to_it(exchange: Exchange) -> Finding | None:
    return each_user(exchange, lambda user: wrong_location(exchange, user, "/Users"))


@check(
    "every_user.has-dates-as-date-times",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="The meta.created and meta.lastModified of a user are of type xsd:dateTime",
    references=("RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-3.1-18", "RFC7643-2.3.5-03", "okta:S20"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write dates like 2026-01-31T09:00:00Z.",
)
def has_dates_as_date_times(exchange: Exchange) -> Finding | None:
    return each_user(exchange, wrong_date)


@check(
    "every_user.has-a-version-that-is-its-etag",
    on="*.*",
    when=lambda exchange: (
        exchange.request.endpoint.startswith("/Users/")
        and bool(exchange.answer.header("ETag"))
        and any(get(user, "meta", "version") for user in users_of(exchange))
    ),
    otherwise="no user came with both meta.version and an ETag",
    title="The meta.version of a user is the same as the answer's ETag",
    references=("RFC7643-3.1-22", "RFC7644-3.14-03"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write the same version into both, in the same form (W/ and quotes included).",
    follows=("every_read.write-answers-with-that-user",),
)
def has_a_version_that_is_its_etag(exchange: Exchange) -> Finding | None:
    return version_is_not_the_etag(exchange)


@check(
    "every_user.has-what-okta-imports",
    on=("read_user.*", "import_users.*"),
    when=shows_users,
    otherwise=NO_USER,
    title="Every listed user has a first name, a last name and an e-mail address",
    references=("okta:SPEC", "okta:PREP", "RFC7643-4.1.1-04"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="Show name.givenName, name.familyName and emails in lists too, if the target has them.",
)
def has_what_okta_imports(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        values = {
            "name.givenName": get(user, "name", "givenName"),
            "name.familyName": get(user, "name", "familyName"),
            "emails[0].value": get(primary(get(user, "emails")), "value"),
        }
        missing = [name for name, value in values.items() if not value]
        return Finding(", ".join(values), f"no {', '.join(missing)}", "$") if missing else None

    return each_user(exchange, judge)
