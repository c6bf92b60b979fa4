"""Who is in a group, by the group and by its members."""

from collections.abc import Iterator

from scim_tests.checks.explore.reads import READS, WHOLE, standing_of
from scim_tests.checks.explore.shown import MEMBERS, first_of, wrong
from scim_tests.checks.explore.there import Standing, There, before, is_of_parts, resources_in
from scim_tests.checks.reading.groups import member_ids
from scim_tests.checks.reading.history import key_of
from scim_tests.knowledge.consequences import MEMBERS_WRONG
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, get

DIRECT = "direct"


@check(
    "explore.group-has-its-members",
    on=READS,
    when=lambda exchange: exchange.is_success and key_of(exchange)[0] == "/Groups",
    otherwise="no group was read",
    title="A group has the members that the writes to it left, and nobody joins or leaves by a write to somebody else",
    references=("RFC7644-3.5.2.1-03", "RFC7644-3.5.2.2-03", "RFC7644-3.5.2.3-02", "RFC7644-3.5.1-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Keep memberships by id in one place; change only those that a write names, and none when a user is renamed or deactivated.",
)
def group_has_its_members(exchange: Exchange) -> Finding | None:
    standing, shown = standing_of(exchange), resources_in(exchange)
    if standing is None or not standing.is_there or not shown:
        raise NotObserved("", "no group was read whose members are known")
    found = wrong(exchange, before(exchange), key_of(exchange), shown[0])
    return first_of(found, exchange, standing, lambda each: each.path.lower().startswith(MEMBERS))


@check(
    "explore.user-shows-its-groups",
    on=WHOLE,
    when=lambda exchange: exchange.is_success and key_of(exchange)[0] == "/Users" and _shows_groups(exchange),
    otherwise="no user showed groups",
    title="A user shows the groups that have the user as a member, and no others",
    references=("RFC7643-4.1.2-10", "RFC7643-4.1.2-12"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=MEMBERS_WRONG,
    fix="Compute `groups` from the groups' members whenever a user is read, instead of storing it.",
    follows=("explore.group-has-its-members",),
)
def user_shows_its_groups(exchange: Exchange) -> Finding | None:
    there, user_id = before(exchange), key_of(exchange)[1]
    shown = _direct(get(exchange.resource, "groups"))
    for id_, group in there.of("/Groups"):
        has = _has(there, group, user_id)
        if id_ in shown and (has is False or group.is_there is False):
            which = "which is deleted" if group.is_there is False else "which does not have the user"
            at = (*_last_about(exchange, id_), exchange)
            return Finding("the groups that have the user", f"the group {id_}, {which}", "$.groups", at=at)
        if id_ not in _all(get(exchange.resource, "groups")) and has and group.is_there:
            at = (*group.at, exchange)
            return Finding(f"the group {id_}, which has the user", "not that group", "$.groups", at=at)
    return None


def _last_about(exchange: Exchange, group_id: str) -> list[Exchange]:
    writes = [
        each
        for each in exchange.before
        if each.request.method != "GET" and key_of(each) == ("/Groups", group_id)
    ]
    return writes[-1:]


def _shows_groups(exchange: Exchange) -> bool:
    """Whether a read by id showed a user with a group of ours, so that the target has the attribute."""
    ours = {id_ for id_, _ in before(exchange).of("/Groups")}
    reads = (each for each in (*exchange.before, exchange) if each.step in WHOLE and not is_of_parts(each))
    users = (each for each in reads if key_of(each)[0] == "/Users")
    return any(ours & _all(get(one, "groups")) for each in users for one in resources_in(each))


def _has(there: There, group: Standing, user_id: str) -> bool | None:
    """Whether the user is in a group; None where nobody can say, as of the members of a target that shows none."""
    said = {user_id in member_ids(each.resource) for each in group.ways}
    shows = any(path == MEMBERS for _, kind, path in there.shown if kind == "/Groups")
    return said.pop() if len(said) == 1 and shows else None


def _entries(groups: Json) -> Iterator[tuple[str, Json]]:
    for each in groups if isinstance(groups, list) else ():
        yield str(get(each, "value")), get(each, "type")


def _direct(groups: Json) -> frozenset[str]:
    return frozenset(id_ for id_, kind in _entries(groups) if kind in (None, DIRECT))


def _all(groups: Json) -> frozenset[str]:
    return frozenset(id_ for id_, _ in _entries(groups))
