"""Discovery: the extensions of users, as Okta's Import User Schema reads them (okta:SUBMIT).

Okta takes core attributes from the User schema in /Schemas, and those of extensions only from the schemas that
/ResourceTypes names under User. That both lists have these schemas, other checks say.
"""

from collections.abc import Iterator

from scim_tests.checks.okta.discovery import NOT_SERVED, SCHEMAS, TYPES
from scim_tests.checks.okta.discovery_schemas import attributes
from scim_tests.checks.reading.history import kind_of, resources_of
from scim_tests.knowledge.consequences import NOT_OFFERED, OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, OKTA, PLAY, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import several
from scim_tests.model.scim import ENTERPRISE_USER, USER, Resource, get
from scim_tests.model.transcript import Transcript

WHERE = "$.Resources[?(@.name=='User')].schemaExtensions"
HIDDEN = {"never", "request"}  # values of `returned` of what a plain GET does not show


def served(transcript: Transcript, step: str) -> Exchange:
    """The first good answer of that step. NotObserved where there is none."""
    for each in transcript.of(step):
        if each.is_success:
            return each
    raise NotObserved("", NOT_SERVED)


def extensions_of(types: Exchange) -> dict[str, Resource]:
    """What the resource type User says of each extension, by its URN in lower case. NotObserved where there is no such type."""
    of_users = [each for each in types.resources if get(each, "schema") == USER]
    if not of_users:
        raise NotObserved("", "no resource type has the User schema")
    user = next((each for each in of_users if get(each, "name") == "User"), of_users[0])
    listed = get(user, "schemaExtensions")
    return {str(get(each, "schema")).lower(): each for each in (listed if isinstance(listed, list) else ())}


def users_read(transcript: Transcript) -> Iterator[tuple[Exchange, Resource]]:
    """Every user that a GET shows as a whole."""
    for each in transcript:
        whole = each.request.method == "GET" and "excludedAttributes" not in each.request.query
        if whole and kind_of(each) == "/Users":
            yield from ((each, user) for user in resources_of(each))


def shown(transcript: Transcript) -> dict[str, Exchange]:
    """The extensions with which users are shown, each with the first answer that does."""
    found: dict[str, Exchange] = {}
    for exchange, user in users_read(transcript):
        for name, value in user.items():
            if name.lower().startswith("urn:") and value:
                found.setdefault(name, exchange)
    return found


def declared(transcript: Transcript) -> dict[str, Exchange]:
    """The schemas in /Schemas that by their names are extensions of users."""
    found = [
        (str(get(one, "id")), each)
        for each in transcript.of(SCHEMAS)
        if each.is_success
        for one in each.resources
    ]
    return {
        urn: each for urn, each in found if ":extension:" in urn.lower() and urn.lower().endswith(":user")
    }


@check(
    "discovery.user-type-names-its-extensions",
    on=PLAY,
    title="The resource type User names each extension that users show or that /Schemas has for users",
    references=("okta:SUBMIT", "okta:ENT", "RFC7643-6-14"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=NOT_OFFERED,
    fix='Add `{"schema": "urn:…", "required": false}` to the `schemaExtensions` of User in /ResourceTypes.',
)
def user_type_names_its_extensions(transcript: Transcript) -> Finding | None:
    types = served(transcript, TYPES)
    named = extensions_of(types)
    of_users = shown(transcript)
    told_elsewhere = {ENTERPRISE_USER.lower()} & {urn.lower() for urn in of_users}
    for urn, exchange in {**declared(transcript), **of_users}.items():
        if urn.lower() not in {*named, *told_elsewhere}:
            got = several(list(named), "extension")
            return Finding(f"the extension {urn} among those of User", got, WHERE, (types, exchange))
    return None


@check(
    "discovery.required-extensions-are-shown",
    on=PLAY,
    title="Every user has each extension that the resource type User calls required",
    references=("RFC7643-6-13",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Declare the extension with `required` false, unless each user has it.",
)
def required_extensions_are_shown(transcript: Transcript) -> Finding | None:
    """Mild for the enterprise extension: the RFC's own example calls it required (RFC 7643 8.6)."""
    types = served(transcript, TYPES)
    required = [urn for urn, each in extensions_of(types).items() if get(each, "required") is True]
    visible = [urn for urn in required if not is_hidden(transcript, urn)]
    if not visible:
        raise NotObserved("", "the target calls no extension required")
    for exchange, user in users_read(transcript):
        for urn in visible:
            if not has_extension(user, urn):
                expected, at = f"a user with the extension {urn}, which is required", (types, exchange)
                return Finding(expected, "a user without it", "$", at, mild=urn == ENTERPRISE_USER.lower())
    return None


def has_extension(user: Resource, urn: str) -> bool:
    """Whether a user has the extension, with values or by its name in `schemas` alone."""
    named = get(user, "schemas")
    return urn in {str(each).lower() for each in (*user, *(named if isinstance(named, list) else ()))}


def is_hidden(transcript: Transcript, urn: str) -> bool:
    """Whether /Schemas says that a plain GET shows nothing of the extension."""
    for listed in transcript.of(SCHEMAS):
        for schema in listed.resources if listed.is_success else ():
            if str(get(schema, "id")).lower() == urn:
                return all(get(each, "returned") in HIDDEN for _, each in attributes(schema))
    return False


@check(
    "discovery.users-name-only-schemas-of-their-type",
    on=PLAY,
    title="The schemas of a user are the User schema and extensions that the resource type User names",
    references=("RFC7643-3-02", "RFC7643-6-14"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Name each extension in the `schemaExtensions` of User in /ResourceTypes, or leave it out of `schemas`.",
)
def users_name_only_schemas_of_their_type(transcript: Transcript) -> Finding | None:
    """Mild where the run itself sent an extension that nobody knows, and the target kept its name."""
    types = served(transcript, TYPES)
    known = {USER.lower(), *extensions_of(types)}
    sent = _sent_first(transcript)
    strange = (
        Finding("schemas that /ResourceTypes names", urn, "$.schemas", (types, exchange), mild=urn in sent)
        for exchange, user in users_read(transcript)
        for urn in _named(user)
        if urn not in known
    )
    return min(strange, key=lambda found: found.mild, default=None)


def _sent_first(transcript: Transcript) -> set[str]:
    """Schemas that a request named before an answer did."""
    sent, shown = set[str](), set[str]()
    for each in sorted(transcript, key=lambda each: each.heard.started):
        sent |= {*_named(each.request.written)} - shown
        shown |= {urn for user in resources_of(each) for urn in _named(user)}
    return sent


def _named(resource: Resource) -> list[str]:
    schemas = get(resource, "schemas")
    return [str(each).lower() for each in schemas] if isinstance(schemas, list) else []
