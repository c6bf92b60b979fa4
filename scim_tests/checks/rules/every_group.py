"""Rules for every Group, in whichever answer it stands."""

from collections import Counter

from scim_tests.checks.reading.groups import NO_GROUP, each_group, groups_of, members_of, shows_groups
from scim_tests.checks.reading.metadata import (
    leads_to,
    unnamed_extension,
    unnamed_schema,
    version_is_not_the_etag,
    wrong_date,
    wrong_location,
    wrong_resource_type,
)
from scim_tests.checks.reading.types import wrong_type
from scim_tests.knowledge.consequences import (
    GROUP_LOST,
    GROUPS_NOT_IMPORTED,
    MEMBERS_WRONG,
    OKTA_INDIFFERENT,
    REVIEW_FAILS,
    TYPE_MISREAD,
)
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    RFC,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import GROUP, Resource, get


@check(
    "every_group.has-an-id",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="Every group has an id, a non-empty string",
    references=("RFC7643-3.1-04", "RFC7643-3.1-02", "RFC7643-3-05", "okta:S20", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUP_LOST,
    fix="Give every group an id that the server makes, and always show it.",
)
def has_an_id(exchange: Exchange) -> Finding | None:
    return each_group(exchange, lambda group: _text(group, "id"))


@check(
    "every_group.has-a-display-name",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="Every group has a displayName, a non-empty string",
    references=("RFC7643-4.2-01", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUPS_NOT_IMPORTED,
    fix="Show displayName in every representation of a group.",
    follows=("send_odd_requests.group-keeps-a-name",),
)
def has_a_display_name(exchange: Exchange) -> Finding | None:
    return each_group(exchange, lambda group: _text(group, "displayName"))


def _text(group: Resource, name: str) -> Finding | None:
    value = get(group, name)
    good = isinstance(value, str) and value.strip()
    return None if good else Finding("a non-empty string", describe(value), f"$.{name}")


@check(
    "every_group.names-the-group-schema",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="The schemas of every group are an array that names the Group schema",
    references=("RFC7643-3-01", "RFC7643-3.3-01", "RFC7643-2.1-01", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=REVIEW_FAILS,
    fix=f'Put `"schemas": ["{GROUP}"]` into every group.',
)
def names_the_group_schema(exchange: Exchange) -> Finding | None:
    return each_group(exchange, lambda group: unnamed_schema(group, GROUP))


@check(
    "every_group.has-the-declared-types",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="Every attribute of a group has its declared JSON type",
    references=("RFC7643-2.4-01", "RFC7643-2.3-02", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=TYPE_MISREAD,
    fix="Write members as an array of objects, also for one member, and ids as strings.",
    follows=("every_group.has-members-with-ids",),
)
def has_the_declared_types(exchange: Exchange) -> Finding | None:
    return each_group(exchange, lambda group: wrong_type("group", group))


@check(
    "every_group.has-members-with-ids",
    on="*.*",
    when=lambda exchange: any(members_of(group) for group in groups_of(exchange)),
    otherwise="no group showed a member",
    title="Every member has a value, which is the id of a user or group",
    references=("RFC7643-4.2-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Show the member's id as `value`; clients use it to remove the member.",
)
def has_members_with_ids(exchange: Exchange) -> Finding | None:
    def judge(group: Resource) -> Finding | None:
        for member in members_of(group):
            value = get(member, "value")
            if not isinstance(value, str) or not value.strip():
                return Finding("a non-empty string", describe(value), "$.members[*].value")
        return None

    return each_group(exchange, judge)


@check(
    "every_group.repeats-no-member",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="No group shows a member twice",
    references=("RFC7643-2.4-08", "RFC7644-3.5.2.1-07"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Keep members as a set; adding a present member changes nothing.",
)
def repeats_no_member(exchange: Exchange) -> Finding | None:
    def judge(group: Resource) -> Finding | None:
        values = Counter(str(get(member, "value")) for member in members_of(group))
        twice = next((each for each, times in values.items() if times > 1), None)
        return Finding("each member once", f"{twice} more than once", "$.members") if twice else None

    return each_group(exchange, judge)


@check(
    "every_group.has-references-that-lead-to-the-members",
    on="*.*",
    when=lambda exchange: any(
        get(member, "$ref") for group in groups_of(exchange) for member in members_of(group)
    ),
    otherwise="no member had a $ref",
    title="The $ref of a member ends in /Users/ or /Groups/ and the member's value",
    references=("RFC7643-4.2-04", "RFC7643-2.3.7-01", "RFC7644-3.2-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Build $ref from the member's own location, or leave it out.",
    follows=("every_group.has-members-with-ids",),
)
def has_references_that_lead_to_the_members(exchange: Exchange) -> Finding | None:
    def judge(group: Resource) -> Finding | None:
        for member in members_of(group):
            value, reference = get(member, "value"), get(member, "$ref")
            if isinstance(reference, str) and not leads_to(reference, f"/Users/{value}", f"/Groups/{value}"):
                return Finding(f"…/Users/{value}", reference, "$.members[*].$ref")
        return None

    return each_group(exchange, judge)


@check(
    "every_group.has-a-meta-that-says-group",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="The meta.resourceType of every group is Group",
    references=("RFC7643-3.1-17", "RFC7643-3.1-02", "RFC7644-3.3.1-01", "RFC7643-3-05", "RFC7643-3.1-01"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix='Show `"meta": {"resourceType": "Group", …}` in every group.',
    follows=("every_user.has-a-meta-that-says-user",),
)
def has_a_meta_that_says_group(exchange: Exchange) -> Finding | None:
    return each_group(exchange, lambda group: wrong_resource_type(group, "Group"))


@check(
    "every_group.has-a-location-that-leads-to-it",
    on="*.*",
    when=lambda exchange: any(get(group, "meta", "location") for group in groups_of(exchange)),
    otherwise="no group had a meta.location",
    title="The meta.location of a group ends in /Groups/ and its id",
    references=("RFC7643-3.1-02", "RFC7643-2.3.7-01", "RFC7644-3.2-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Build meta.location from the public base URL, /Groups/ and the id.",
)
def has_a_location_that_leads_to_it(exchange: Exchange) -> Finding | None:
    return each_group(exchange, lambda group: wrong_location(exchange, group, "/Groups"))


@check(
    "every_group.has-dates-as-date-times",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="The meta.created and meta.lastModified of a group are of type xsd:dateTime",
    references=("RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-3.1-18", "RFC7643-2.3.5-03"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write dates like 2026-01-31T09:00:00Z.",
)
def has_dates_as_date_times(exchange: Exchange) -> Finding | None:
    return each_group(exchange, wrong_date)


@check(
    "every_group.names-the-extensions-it-uses",
    on="*.*",
    when=shows_groups,
    otherwise=NO_GROUP,
    title="A group that shows attributes of an extension names that extension in schemas",
    references=("RFC7643-2.1-01", "RFC7643-3.3-03"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Add the extension's URN to schemas whenever its object is shown.",
)
def names_the_extensions_it_uses(exchange: Exchange) -> Finding | None:
    return each_group(exchange, unnamed_extension)


@check(
    "every_group.has-a-version-that-is-its-etag",
    on="*.*",
    when=lambda exchange: (
        exchange.request.endpoint.startswith("/Groups/")
        and bool(exchange.answer.header("ETag"))
        and any(get(group, "meta", "version") for group in groups_of(exchange))
    ),
    otherwise="no group came with both meta.version and an ETag",
    title="The meta.version of a group is the same as the answer's ETag",
    references=("RFC7643-3.1-22", "RFC7644-3.14-03"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Write the same version into both, in the same form (W/ and quotes included).",
)
def has_a_version_that_is_its_etag(exchange: Exchange) -> Finding | None:
    return version_is_not_the_etag(exchange)
