"""Rules for what users and groups say of each other: who is in a group, and where a reference leads."""

from collections.abc import Iterator, Mapping

from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.groups import may_leave_groups, member_ids
from scim_tests.checks.reading.history import (
    NO_RESOURCE,
    Observation,
    ResourceHistory,
    ended,
    history,
    may_have_changed,
    resources_of,
    shows_resources,
)
from scim_tests.checks.reading.metadata import leads_to
from scim_tests.checks.reading.queries import Queries, queries
from scim_tests.checks.reading.users import each_resource
from scim_tests.knowledge.consequences import MEMBERS_WRONG, OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

DIRECT = "direct"
ENDPOINTS = {"groups[*]": "/Groups", "manager": "/Users"}  # where what they name is served
OF_RESOURCES = ("$.groups[*]", "$.members[*]", ".manager")  # whose value is an id (RFC 7643 4.1.2, 4.2, 4.3)


@check(
    "every_membership.is-shown-by-groups-that-have-it",
    on=PLAY,
    title="A user shows no group that is deleted, or that does not have the user as a member",
    references=("RFC7643-4.1.2-10", "RFC7643-4.1.2-12"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=MEMBERS_WRONG,
    fix="Compute `groups` from the groups' members whenever a user is read, instead of storing it.",
    follows=(
        "push_group.members-come-and-go",
        "every_group.has-members-with-ids",
        "every_group.is-the-same-through-every-door",
    ),
)
def is_shown_by_groups_that_have_it(transcript: Transcript) -> Finding | None:
    told = history(transcript)
    everybody = (each for seen in told.seen("/Users") for each in seen)
    users = [each for each in everybody if get(each.resource, "groups")]
    if not users:
        raise NotObserved("", "no user showed groups")
    if not any(member_ids(each.resource) for seen in told.seen("/Groups") for each in seen):
        raise NotObserved("", "no group showed a member")
    return weightiest(found for each in users for found in _strange(each, told))


def _groups(user: Resource) -> list[tuple[str, bool]]:
    """The groups that a user shows, and whether the user is in them without another group in between."""
    shown = get(user, "groups")
    listed = shown if isinstance(shown, list) else []
    return [(str(get(each, "value")), get(each, "type") in (None, DIRECT)) for each in listed]


def _strange(user: Observation, told: ResourceHistory) -> Iterator[Finding]:
    started, user_id = user.exchange.heard.started, str(get(user.resource, "id"))
    for group_id, is_direct in _groups(user.resource):
        writes = [each for each in told.writes.get(("/Groups", group_id), ()) if may_have_changed(each)]
        ends = [each for each in told.writes.get(("/Users", user_id), ()) if may_leave_groups(each)]
        before = [each for each in writes if each.heard.started <= started]
        deletes = [
            each
            for each in before
            if each.request.method == "DELETE" and each.is_success and ended(each) <= started
        ]
        if deletes:
            at = (deletes[-1], user.exchange)
            yield Finding("no group that was deleted", f"the group {group_id}", "$.groups", at=at)
            continue
        seen = told.observations.get(("/Groups", group_id), ())
        near = [each for each in seen if each.is_by_id and _nothing_between(each, user, [*writes, *ends])]
        for group in near[:1] if is_direct else ():
            if user_id not in member_ids(group.resource):
                got = f"the group {group_id}, which does not have the user"
                yield Finding(
                    "groups that have the user", got, "$.groups", at=(group.exchange, user.exchange)
                )


def _nothing_between(group: Observation, user: Observation, writes: list[Exchange]) -> bool:
    """Whether no write to the group lay between the two reads, or overlapped one of them."""
    both = (group.exchange.heard, user.exchange.heard)
    first, last = min(each.started for each in both), max(each.started + each.seconds for each in both)
    return not any(first < ended(each) and each.heard.started < last for each in writes)


@check(
    "every_membership.is-shown-by-users-that-show-groups",
    on=PLAY,
    title="A user who shows groups shows every group of which it is a member",
    references=("RFC7643-4.1.2-10",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=MEMBERS_WRONG,
    fix="Compute `groups` from the members of all groups whenever a user is read.",
    follows=("push_group.members-show-their-groups", "every_membership.is-shown-by-groups-that-have-it"),
)
def is_shown_by_users_that_show_groups(transcript: Transcript) -> Finding | None:
    told = queries(transcript)
    users = [
        each
        for (kind, _), reads in told.reads.items()
        for each in reads
        if kind == "/Users" and each.is_success and get(each.resource, "groups")
    ]
    if not users:
        raise NotObserved("", "no user showed groups")
    return weightiest(found for each in users for found in _left_out(each, told))


def _left_out(user: Exchange, told: Queries) -> Iterator[Finding]:
    """The groups to which nothing was written between this read of the user and one that shows it as a member."""
    user_id = str(get(user.resource, "id"))
    shown = {group_id for group_id, _ in _groups(user.resource)}
    for group_id, read in told.known("/Groups", user):
        if user_id in member_ids(read.resource) and group_id not in shown:
            yield Finding(
                f"the group {group_id}, which has the user", "other groups alone", "$.groups", at=(read, user)
            )


@check(
    "every_membership.has-references-that-lead-to-their-values",
    on="*.*",
    when=shows_resources,
    otherwise=NO_RESOURCE,
    title="Where there are a value and a $ref, the $ref ends in the value, of a group or manager in its endpoint",
    references=("RFC7643-2.3.7-05", "RFC7643-2.3.7-01", "RFC7643-4.1.2-11"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build $ref from the value whenever a resource is shown.",
    follows=("every_group.has-references-that-lead-to-the-members",),
)
def has_references_that_lead_to_their_values(exchange: Exchange) -> Finding | None:
    return each_resource(resources_of(exchange), lambda each: weightiest(_astray(each, "$")))


def _astray(value: Json, path: str) -> Iterator[Finding]:
    if isinstance(value, list):
        for each in value:
            yield from _astray(each, f"{path}[*]")
    elif isinstance(value, Mapping):
        wanted, shown = get(value, "value"), get(value, "$ref")
        named = isinstance(wanted, str) and wanted and isinstance(shown, str)
        endpoint = ENDPOINTS.get(path.lower().rpartition(".")[2], "") if "/" in str(shown) else ""
        place = f"{endpoint}/{wanted}"
        if named and not leads_to(str(shown), place):
            is_elsewhere = leads_to(str(shown), f"/{wanted}")  # a manager may be of another type than User
            mild = not path.lower().endswith(OF_RESOURCES) or (is_elsewhere and endpoint == "/Users")
            yield Finding(f"a URL that ends in {place}", str(shown), f"{path}.$ref", mild=mild)
        for key, member in value.items():
            if not isinstance(member, str):
                yield from _astray(member, f"{path}.{key}")
