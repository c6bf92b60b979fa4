"""Rules for the values of every User: types, multi-valued attributes, meta."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from scim_tests.checks.consequences import OKTA_INDIFFERENT, REVIEW_FAILS, TYPE_MISREAD, WRONG_PROFILE
from scim_tests.checks.types import wrong_type
from scim_tests.checks.users import NO_USER, each_user, is_off_the_base, shows_users, users_of
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
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, kind
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
# xsd:dateTime, RFC 7643 2.3.5; a time zone is optional there
DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


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
)
def has_the_declared_types(exchange: Exchange) -> Finding | None:
    return each_user(exchange, lambda user: wrong_type("user", user))


@check(
    "every_user.has-one-primary-at-most",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="Of a multi-valued attribute at most one value is primary",
    references=("RFC7643-2.4-04", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Setting primary on one value takes it from the others.",
)
def has_one_primary_at_most(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        for name in MULTI_VALUED:
            chosen = [each for each in _values(user, name) if get(each, "primary") is True]
            if len(chosen) > 1:
                return Finding("one primary value", f"{len(chosen)}", f"$.{name}")
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
                    "each type and value once", f"{len(seen) - len(set(seen))} repeated", f"$.{name}"
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
    title="Every user's meta.resourceType is User",
    references=("RFC7643-3.1-17", "RFC7643-3.1-02", "RFC7644-3.3.1-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Show `"meta": {"resourceType": "User", …}` in every user.',
    follows=("every_user.has-a-user-name",),
)
def has_a_meta_that_says_user(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        shown = get(user, "meta", "resourceType")
        return None if shown == "User" else Finding("User", kind(shown), "$.meta.resourceType")

    return each_user(exchange, judge)


@check(
    "every_user.has-a-location-that-leads-to-it",
    on="*.*",
    when=lambda exchange: any(get(user, "meta", "location") for user in users_of(exchange)),
    otherwise="no user had a meta.location",
    title="A user's meta.location ends in /Users/ and its id",
    references=("RFC7643-3.1-02", "RFC7643-2.3.7-01", "RFC7644-3.2-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Build meta.location from the public base URL, /Users/ and the id.",
    follows=("every_view.has-one-id-for-one-user-name",),
)
def has_a_location_that_leads_to_it(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        location, user_id = get(user, "meta", "location"), get(user, "id")
        if location is None or not isinstance(user_id, str):
            return None
        wanted, parts = f"/Users/{user_id}", _parts(str(location))
        path = unquote(parts.path) if parts else ""
        if not path.endswith(wanted):
            close = path.rstrip("/").lower().endswith(wanted.lower())
            return Finding(f"…{wanted}", str(location), "$.meta.location", mild=close)
        if is_off_the_base(exchange, str(location)):
            return advice(f"{exchange.heard.base_url}{wanted}", str(location), "$.meta.location")
        absolute = parts is not None and parts.scheme in {"http", "https"}
        return None if absolute else advice("an absolute URL", str(location), "$.meta.location")

    return each_user(exchange, judge)


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


@check(
    "every_user.has-dates-as-date-times",
    on="*.*",
    when=shows_users,
    otherwise=NO_USER,
    title="meta.created and meta.lastModified are xsd:dateTime",
    references=("RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-3.1-18", "okta:S20"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write dates like 2026-01-31T09:00:00Z.",
)
def has_dates_as_date_times(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        for name in ("created", "lastModified"):
            date = get(user, "meta", name)
            if isinstance(date, str) and not DATE_TIME.fullmatch(date):
                return Finding("a date and time like 2026-01-31T09:00:00Z", date, f"$.meta.{name}")
        return None

    return each_user(exchange, judge)


@check(
    "every_user.has-a-version-that-is-its-etag",
    on="*.*",
    when=lambda exchange: (
        exchange.request.endpoint.startswith("/Users/")
        and bool(exchange.answer.header("ETag"))
        and any(get(user, "meta", "version") for user in users_of(exchange))
    ),
    otherwise="no user came with both meta.version and an ETag",
    title="A user's meta.version is the answer's ETag",
    references=("RFC7643-3.1-22", "RFC7644-3.14-03"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write the same version into both, in the same form (W/ and quotes included).",
)
def has_a_version_that_is_its_etag(exchange: Exchange) -> Finding | None:
    return version_is_not_the_etag(exchange)


def version_is_not_the_etag(exchange: Exchange) -> Finding | None:
    version, etag = get(exchange.resource, "meta", "version"), exchange.answer.header("ETag")
    if version == etag:
        return None
    same = _opaque(str(version)) == _opaque(str(etag))  # a proxy that compresses makes strong tags weak
    return Finding(f"ETag {etag}", f"version {version}", "$.meta.version", mild=same)


def _opaque(tag: str) -> str:
    """What stands between the quotes of an entity-tag, less what compressing proxies put there."""
    return re.sub(r"(--?|;)gzip$", "", tag.strip().removeprefix("W/").strip('"'))


@check(
    "every_user.has-what-okta-imports",
    on=("read_user.*", "import_users.*"),
    when=shows_users,
    otherwise=NO_USER,
    title="Every listed user has first name, last name and e-mail address",
    references=("okta:SPEC", "okta:PREP", "RFC7643-4.1.1-04"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="Show name.givenName, name.familyName and emails in lists too, as far as the target knows them.",
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
