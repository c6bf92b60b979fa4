"""Discovery: what the target says of itself agrees with what the run saw."""

from scim_tests.checks.okta.discovery import CONFIG, NOT_SERVED, SCHEMAS, TYPES, feature, schemas_in_use
from scim_tests.checks.okta.discovery_schemas import attributes
from scim_tests.checks.reading.compare import fold
from scim_tests.checks.reading.queries import is_a_list
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import several
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER, get, has
from scim_tests.model.transcript import Transcript

SURELY = 4  # titles
FROM_3 = ("arrange_users.in_parts_page_of_2", "arrange_users.from_3_all_the_same")
BY_TITLE = "arrange_users.by_title_descending"


@check(
    "discovery.config-admits-what-works",
    on=PLAY,
    title="What worked in the run, PATCH, filters, sorting or pages by index, the configuration calls supported",
    references=("RFC7643-5-19",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build the configuration from what the server really does.",
)
def config_admits_what_works(transcript: Transcript) -> Finding | None:
    """The other direction, advertised but not working, is what the acts' own checks find."""
    config = next((each for each in transcript.of(CONFIG) if each.is_success), None)
    if config is None:
        raise NotObserved("", NOT_SERVED)
    worked = {
        "patch.supported": [
            each for each in transcript if each.request.method == "PATCH" and each.is_success
        ],
        "filter.supported": [
            each
            for each in transcript.of("*.find")
            if each.is_success and len(each.page.ids) == 1 and not each.step.startswith("clean_up.")
        ],
        "sort.supported": list(
            filter(_is_sorted, transcript.of("arrange_users.sorted_all_the_same", BY_TITLE))
        ),
        "pagination.index": list(filter(_is_from_3, transcript.of(*FROM_3))),
    }
    for path, exchanges in worked.items():
        if exchanges and feature(config, *path.split(".")) is False:
            where = (config, exchanges[0])
            return Finding("true, since it works", "false", f"$.{path}", where)
    return None


def _is_renamed(read: Exchange) -> bool:
    wanted = get(read.earlier("put_renamed").request.written, "userName")
    return (
        read.is_success and read.answer.is_json and fold(get(read.answer.parsed, "userName")) == fold(wanted)
    )


def _is_sorted(by_title: Exchange) -> bool:
    """Whether more titles than come in their order by chance are in it, forwards or backwards."""
    titles = [get(each, "title") for each in (by_title.resources if by_title.is_success else ())]
    told = [each.casefold() for each in titles if isinstance(each, str)]
    return len(set(told)) >= SURELY and told in (sorted(told), sorted(told, reverse=True))


def _is_from_3(page: Exchange) -> bool:
    return page.is_success and page.request.query.get("startIndex") == "3" and page.page.start_index == 3


@check(
    "discovery.resource-types-name-what-is-served",
    on=PLAY,
    title="/ResourceTypes names Group if groups are served, and the enterprise extension if users show it",
    references=("RFC7643-6-04", "RFC7644-4-04"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="List every resource type, with the extensions its resources show.",
)
def resource_types_name_what_is_served(transcript: Transcript) -> Finding | None:
    types = next((each for each in transcript.of(TYPES) if each.is_success), None)
    if types is None:
        raise NotObserved("", NOT_SERVED)
    named = {uri.lower() for uri in schemas_in_use(types)}
    for urn, served in (
        (GROUP, [each for each in transcript.of("push_group.create") if each.status == 201]),
        (
            ENTERPRISE_USER,
            [each for each in transcript.of("push_user.read") if _shows(each, ENTERPRISE_USER)],
        ),
    ):
        if served and urn.lower() not in named:
            where = (types, served[0])
            return Finding(f"a resource type with the schema {urn}", "none", "$.Resources[*]", where)
    return None


def _shows(exchange: Exchange, urn: str) -> bool:
    return exchange.is_success and bool(get(exchange.json, urn))


@check(
    "discovery.max-results-is-kept",
    on=PLAY,
    title="No page holds more people or groups than filter.maxResults allows",
    references=("RFC7643-5-10",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Cap pages at filter.maxResults, or state the true cap; 0 says that no list shows anybody.",
)
def max_results_is_kept(transcript: Transcript) -> Finding | None:
    config = next((each for each in transcript.of(CONFIG) if each.is_success), None)
    limit = feature(config, "filter", "maxResults") if config else None
    if config is None or not isinstance(limit, int) or isinstance(limit, bool):
        raise NotObserved("", "the target states no filter.maxResults")
    if limit == 0 and feature(config, "filter", "supported") is not True:
        raise NotObserved("", "the target states no filter.maxResults, for it does not filter")
    for page in transcript:
        if is_a_list(page) and len(page.page.ids) > limit:
            shown = several(page.page.ids, "resource")
            return Finding(f"no more than {limit}", shown, "$.Resources", (config, page))
    return None


@check(
    "discovery.schemas-admit-what-works",
    on=PLAY,
    title="Every create had what /Schemas calls required, and no PUT changed what it calls fixed",
    references=("RFC7643-7-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Declare as required what a create really needs, and as readWrite what a PUT changes.",
)
def schemas_admit_what_works(transcript: Transcript) -> Finding | None:
    listed = next((each for each in transcript.of(SCHEMAS) if each.is_success), None)
    user = next((each for each in listed.resources if get(each, "id") == USER), None) if listed else None
    if listed is None or user is None:
        raise NotObserved("", "the target publishes no User schema")
    creates = [
        each for each in transcript.of("push_user.create", "bulk_assignment.create") if each.status == 201
    ]
    renamed = [each for each in transcript.of("update_user.read_renamed") if _is_renamed(each)]
    for name, attribute in attributes(user):
        lacking = [
            each
            for each in creates
            if "." not in name and each.request.written and not has(each.request.written, name)
        ]
        if get(attribute, "required") is True and lacking:
            where = (listed, lacking[0])
            return Finding("false, since it may be left out", "true", f"User.{name}.required", where)
        fixed = get(attribute, "mutability") in {"immutable", "readOnly"}
        if name.lower() == "username" and fixed and renamed:
            where = (listed, renamed[0])
            got = str(get(attribute, "mutability"))
            return Finding("readWrite, since it was changed", got, f"User.{name}.mutability", where)
    return None
