"""Roles and entitlements: each is listed, with what Okta needs to offer it to an admin.

An app of Okta's catalogue may have names of its own for id, displayName and description: whoever submits it
tells Okta which attributes they are (okta:SUBMIT). So what is missing by its name fails only where nothing could stand for it.
"""

from collections.abc import Callable

from scim_tests.checks.reading.users import each_resource
from scim_tests.checks.rules.every_list import total_of
from scim_tests.knowledge.consequences import NOTHING_TO_ASSIGN, REVIEW_FAILS
from scim_tests.model.check import DEGRADED, MUST, OKTA, SHOULD, STOPS, WRONG_DATA, Finding, advice, check
from scim_tests.model.entitlement_type import ENTITLEMENT, EntitlementType, entitlement_types
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

LISTS = ("entitlements.poll", "entitlements.page")
PAGE = "entitlements.page"
LONGEST = 1000  # characters of a description (okta:ENT)
NONE_OFFERED = "the target offers no roles or entitlements"
STANDARD = {
    "schemas",
    "id",
    "displayname",
    "type",
    "description",
    "meta",
}  # names with a meaning of their own
NO_ID = str(None)  # as a page has who is shown without an id


def offer_of(exchange: Exchange) -> EntitlementType:
    """The resource type that an answer lists."""
    for each in entitlement_types(exchange.earlier("resource_types")):
        if each.endpoint == exchange.request.endpoint:
            return each
    raise NotObserved("", "no resource type names this endpoint")


def each_offered(exchange: Exchange, judge: Callable[[Resource], Finding | None]) -> Finding | None:
    if not exchange.resources:
        raise NotObserved("", "nothing is on the list")
    return each_resource(exchange.resources, judge)


def own_attributes(shown: Resource) -> list[str]:
    """The app's own attributes, those of extensions too, whose values could stand for an id or a name."""
    own = {name: value for name, value in shown.items() if name.lower() not in STANDARD}
    extensions = [value for value in own.values() if isinstance(value, dict)]
    return [name for part in (own, *extensions) for name, value in part.items() if is_a_name(value)]


def is_a_name(value: Json) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


@check(
    "entitlements.list-answers-200",
    on=LISTS,
    title="Each list of roles or entitlements is answered with 200",
    references=("okta:ENT-SPEC", "okta:ENT", "RFC7643-6-08"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="Serve a list at every endpoint that /ResourceTypes names.",
)
def list_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "entitlements.poll-shows-one",
    on="entitlements.poll",
    title="If Okta asks for one role or entitlement, the target shows one and says itemsPerPage 1",
    references=("okta:ENT-SPEC", "RFC7644-3.4.2.4-09"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="Apply count here, too, and answer itemsPerPage 1; Okta's suite wants at least one there.",
)
def poll_shows_one(exchange: Exchange) -> Finding | None:
    page = exchange.page
    if len(page.ids) != 1:
        return Finding("one resource", several(page.ids, "resource"), "$.Resources")
    return None if page.items_per_page == 1 else Finding("1", describe(page.items_per_page), "$.itemsPerPage")


@check(
    "entitlements.each-has-id-and-name",
    on=PAGE,
    title="Each role and entitlement has an id and a displayName",
    references=("okta:ENT", "okta:SUBMIT"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="Give each an `id` that never changes, and a `displayName` that an admin understands. If the app has other "
    "names for them, enter these in the OIN Wizard: SCIM Entitlement Management properties, Schema mapping.",
)
def each_has_id_and_name(exchange: Exchange) -> Finding | None:
    def judge(shown: Resource) -> Finding | None:
        for name in ("id", "displayName"):
            value = get(shown, name)
            if not isinstance(value, str) or not value:
                return lacks(name, value, own_attributes(shown))
        return None

    return each_offered(exchange, judge)


def lacks(name: str, value: Json, instead: list[str]) -> Finding:
    """What is missing by that name; mild where another attribute could be what Okta was told to read."""
    where = f"$.Resources[*].{name}"
    if not instead:
        return Finding("a non-empty string", describe(value), where)
    expected = (
        f"a non-empty string, unless Okta was told in the OIN Wizard to read another attribute as {name}"
    )
    return advice(expected, f"{describe(value)} beside {' and '.join(instead[:2])}", where)


@check(
    "entitlements.each-names-its-schema",
    on=PAGE,
    title="Each role and entitlement names the schema of its type",
    references=("okta:ENT", "RFC7643-3-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="Put the type's `schema` into `schemas` of every resource.",
)
def each_names_its_schema(exchange: Exchange) -> Finding | None:
    wanted = offer_of(exchange).schema

    def judge(shown: Resource) -> Finding | None:
        schemas = get(shown, "schemas")
        good = isinstance(schemas, list) and wanted in schemas
        return None if good else Finding(f"[{wanted}]", describe(schemas), "$.Resources[*].schemas")

    return each_offered(exchange, judge)


@check(
    "entitlements.each-has-its-type",
    on=PAGE,
    when=lambda exchange: offer_of(exchange).schema == ENTITLEMENT,
    otherwise="the target offers no entitlements",
    title="The type of each entitlement is the name of its resource type",
    references=("okta:ENT",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="Write the resource type's `name` as `type` of each entitlement.",
)
def each_has_its_type(exchange: Exchange) -> Finding | None:
    wanted = offer_of(exchange).name

    def judge(shown: Resource) -> Finding | None:
        value = get(shown, "type")
        return None if value == wanted else Finding(wanted, describe(value), "$.Resources[*].type")

    return each_offered(exchange, judge)


@check(
    "entitlements.descriptions-are-short",
    on=PAGE,
    title="Each description has at most a thousand characters",
    references=("okta:ENT",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="Shorten the description before it is shown.",
)
def descriptions_are_short(exchange: Exchange) -> Finding | None:
    def judge(shown: Resource) -> Finding | None:
        text = get(shown, "description")
        length = len(text) if isinstance(text, str) else 0
        return (
            Finding(f"at most {LONGEST} characters", f"{length} characters", "$.Resources[*].description")
            if length > LONGEST
            else None
        )

    return each_offered(exchange, judge)


@check(
    "entitlements.lists-each-once",
    on="entitlements",
    title="All pages together show each role and entitlement once, and as many as totalResults says",
    references=("RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-11", "okta:ENT"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="Apply startIndex and count, order by something unique, and count all of them.",
)
def lists_each_once(scene: Transcript) -> Finding | None:
    pages = [page for page in scene.of(PAGE) if page.is_success]
    if not pages:
        raise NotObserved("", NONE_OFFERED)
    for endpoint in dict.fromkeys(page.request.endpoint for page in pages):
        walk = [page for page in pages if page.request.endpoint == endpoint]
        met = [each for page in walk for each in page.page.ids]
        total = total_of(walk[-1])
        named = [each for each in met if each != NO_ID]
        repeated = len(named) - len(set(named))
        if repeated or len(met) != total:
            said = f"{len(met)} in all, {len(met) - repeated} of them different"
            where = tuple(walk)
            return Finding(f"{total} resources of {endpoint}, each once", said, "$.Resources", at=where)
    return None
