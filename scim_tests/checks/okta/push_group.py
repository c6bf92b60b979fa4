"""Push Groups: a group is looked up, created, renamed and deleted."""

from scim_tests.checks.reading.compare import fold
from scim_tests.checks.reading.groups import believed, group_of, shown
from scim_tests.checks.reading.metadata import another_place
from scim_tests.knowledge.consequences import (
    GROUP_FAILS,
    GROUP_LOST,
    GROUP_NAME_LOST,
    GROUP_NOT_DELETED,
    GROUP_NOT_FOUND,
    GROUP_STAYS,
    OKTA_INDIFFERENT,
    WRONG_GROUP,
)
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    OKTA,
    RFC,
    STOPS,
    WRONG_DATA,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import get

LOOKUPS = ("push_group.lookup_*", "link_group.lookup_*")
VIEWS = ("push_group.create", "push_group.lookup_again", "push_group.current", "push_group.after_*")


@check(
    "push_group.lookup-is-answered",
    on=LOOKUPS,
    title="A lookup of a group by displayName is answered with 200, whether or not it finds one",
    references=("RFC7644-3.4.2-08", "INTEROP-6.3-02", "okta:S20", "okta:ROSTR"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUP_FAILS,
    fix='Support `filter=displayName eq "…"` on /Groups, the value being a JSON string in which `\\"` is a quote; answer no match with 200 and totalResults 0.',
)
def lookup_is_answered(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return advice("200 with totalResults 0", exchange.answer.phrase)
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "push_group.lookup-finds-no-other-group",
    on=LOOKUPS,
    title="A lookup by displayName finds only groups of that name",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.4.2.2-06", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_GROUP,
    fix="Let `eq` compare whole names; refuse a filter that cannot be applied with 400, never ignore it.",
)
def lookup_finds_no_other_group(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return None
    names = [get(group, "displayName") for group in exchange.resources]
    others = [name for name in names if fold(name) != fold(_asked_name(exchange))]
    return Finding(f"only {_asked_name(exchange)}", describe(others[0]), "$.Resources") if others else None


def _asked_name(exchange: Exchange) -> str:
    """The displayName in a lookup's filter."""
    _, _, quoted = exchange.request.query.get("filter", "").partition('"')
    return quoted.removesuffix('"').replace('\\"', '"').replace("\\\\", "\\")


@check(
    "push_group.lookup-misses-a-new-group",
    on="push_group.lookup_new",
    when=lambda exchange: exchange.status != 404 and not _is_there(exchange),
    otherwise="a 404 said that there is no such group, or a refused rename left a group of that name",
    title="A lookup of a group that does not exist finds no group",
    references=("RFC7644-3.4.2-08", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_GROUP,
    fix='Answer no match with `"totalResults": 0` and an empty Resources.',
)
def lookup_misses_a_new_group(exchange: Exchange) -> Finding | None:
    return _found(exchange, ())


@check(
    "push_group.lookup-finds-the-group",
    on="push_group.lookup_again",
    title="After the create a lookup finds exactly one group: the new one",
    references=("RFC7644-3.4.2.2-06", "RFC7643-3.1-06", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=GROUP_NOT_FOUND,
    fix="Let a lookup by displayName find a group as soon as the create is answered, in any alphabet.",
)
def lookup_finds_the_group(exchange: Exchange) -> Finding | None:
    return _found(exchange, (str(get(exchange.earlier("create").resource, "id")),))


def _is_there(exchange: Exchange) -> bool:
    """Whether the one group it found has the very name: a rename was not taken, which is judged by itself."""
    names = [fold(get(group, "displayName")) for group in exchange.resources]
    return names == [fold(_asked_name(exchange))]


def _found(exchange: Exchange, wanted: tuple[str, ...]) -> Finding | None:
    found = () if exchange.status == 404 else exchange.page.ids
    if found == wanted:
        return None
    expected = f"only the group {wanted[0]}" if wanted else "no group"
    return Finding(expected, several(found, "group"), "$.Resources")


@check(
    "push_group.create-answers-201",
    on="push_group.create",
    title="A create of a group is answered with 201, with and without members",
    references=(
        "RFC7644-3.3-04",
        "RFC7643-2.5-01",
        "IPSIE-6.2-01",
        "IPSIE-6.2-03",
        "okta:S20",
        "okta:LAB-KR",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUP_FAILS,
    fix="Accept displayName, members with only `value` and `display`, and an empty list of members.",
    follows=(
        "push_group.old-name-is-free",
        "every_answer.takes-the-scim-media-type",
    ),
)
def create_answers_201(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 201 else Finding("201 Created", exchange.answer.phrase)


@check(
    "push_group.create-returns-the-group",
    on="push_group.create",
    when=lambda exchange: exchange.is_success,
    otherwise="no group was created",
    title="The answer to a create shows the group, with id and displayName",
    references=("RFC7644-3.3-05", "RFC7643-3.1-02", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=GROUP_LOST,
    fix="Return the stored group; members may be left out.",
)
def create_returns_the_group(exchange: Exchange) -> Finding | None:
    if not exchange.answer.has_body:
        return Finding("the group", "an empty body")
    missing = [name for name in ("id", "displayName") if not get(exchange.resource, name)]
    return Finding("id and displayName", f"no {' and no '.join(missing)}", "$") if missing else None


@check(
    "push_group.create-says-where-the-group-is",
    on="push_group.create",
    when=lambda exchange: exchange.is_success,
    otherwise="no group was created",
    title="The answer to a create of a group has a Location, the same as meta.location",
    references=("RFC7644-3.3-06", "RFC7644-3.3-07"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Send the URL of the new group in the Location header and in meta.location.",
    follows=(
        "push_user.create-says-where-the-user-is",
        "push_user.create-says-the-same-place-twice",
    ),
)
def create_says_where_the_group_is(exchange: Exchange) -> Finding | None:
    if not exchange.answer.header("Location"):
        return Finding("the group's URL", "no such header", "Location")
    return another_place(exchange)


@check(
    "push_group.keeps-the-display-name",
    on=VIEWS,
    when=lambda exchange: exchange.step != "push_group.after_rename",
    title="After every change a group has the displayName that Okta wrote last",
    references=("RFC7643-4.2-01", "RFC7644-3.1-05", "RFC7644-3.5.1-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=GROUP_NAME_LOST,
    fix="Store displayName as it was sent, and let a change of members leave it as it is.",
    otherwise="no group was written to",
)
def keeps_the_display_name(exchange: Exchange) -> Finding | None:
    return name_differs(believed(exchange).name, exchange)


def name_differs(wanted: str, exchange: Exchange) -> Finding | None:
    name = shown(group_of(exchange)).name
    if name == wanted:
        return None
    if fold(name) == fold(wanted):
        return advice(wanted, f"{name}, in another letter case or Unicode form", "$.displayName")
    return Finding(wanted, name, "$.displayName")


@check(
    "push_group.old-name-is-free",
    on="push_group.create",
    when=lambda exchange: exchange.scene == "push_group:again",
    otherwise="no group was renamed before",
    title="A new group can take a name that another group gave up",
    references=("RFC7644-3.3-04", "RFC7644-3.3-08", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUP_FAILS,
    fix="Remove the old name from every index when a group is renamed, in the same transaction.",
)
def old_name_is_free(exchange: Exchange) -> Finding | None:
    return None if exchange.is_success else Finding("201 Created", exchange.answer.phrase)


@check(
    "push_group.delete-answers-204",
    on="push_group.delete",
    title="A DELETE of a group is answered with 204",
    references=("RFC7644-3.6-06", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=GROUP_NOT_DELETED,
    fix="Delete the group, leave its members as they are, and answer 204 without a body.",
    follows=("clean_up.delete-answers-204",),
)
def delete_answers_204(exchange: Exchange) -> Finding | None:
    if exchange.status == 204:
        return None
    if exchange.status in {403, 405, 501}:
        return advice("204 No Content", f"{exchange.answer.phrase}: groups cannot be deleted here")
    return Finding("204 No Content", exchange.answer.phrase)


@check(
    "push_group.deleted-group-is-gone",
    on=("push_group.deleted", "push_group.lookup_deleted"),
    title="A deleted group can no longer be read or found",
    references=("RFC7644-3.6-02", "RFC7644-3.6-03", "INTEROP-6.6-03", "INTEROP-6.6-04"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=GROUP_STAYS,
    fix="Let GET /Groups/{id} answer 404 after the DELETE, and leave the group out of lists.",
)
def deleted_group_is_gone(exchange: Exchange) -> Finding | None:
    deleted = exchange.earlier("delete")
    if not deleted.is_success:
        raise NotObserved(deleted.step, f"answered {deleted.answer.phrase}")
    if exchange.request.endpoint == "/Groups":
        return _found(exchange, ())
    return None if exchange.status == 404 else Finding("404 Not Found", exchange.answer.phrase)
