"""Who is in a group, by the group and by its members."""

from collections.abc import Iterator

from scim_tests.checks.explore.reads import READS, standing_of
from scim_tests.checks.explore.shown import WHOLE, first_of, wrong
from scim_tests.checks.explore.there import LATER, before, is_of_parts, resources_in
from scim_tests.checks.reading.bulk import apart, each_alone, made_by
from scim_tests.checks.reading.groups import member_ids
from scim_tests.checks.reading.history import WRITES, key_of, may_have_changed
from scim_tests.checks.reading.patching import MEMBERS
from scim_tests.knowledge.consequences import MEMBERS_WRONG, OTHERS_MISLED
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, as_id, get

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
        has = _has(exchange, id_, user_id)
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


def _has(exchange: Exchange, group_id: str, user_id: str) -> bool | None:
    """Whether the user is in a group; None where nobody can say, as of whom a write put into one of a target that shows no members."""
    there = before(exchange)
    said = {user_id in member_ids(each.resource) for each in there.everybody["/Groups", group_id].ways}
    is_sure = any(path == MEMBERS for _, kind, path in there.shown if kind == "/Groups") or not any(
        _puts(each, group_id, user_id) for each in each_alone(exchange.before)
    )
    if len(said) != 1 or not is_sure or (said == {True} and _is_denied(exchange, group_id, user_id)):
        return None
    return said.pop()


def _is_denied(exchange: Exchange, group_id: str, user_id: str) -> bool:
    """Whether the answer to the last write to the group shows it without a user whom the write put into it: the group is wrong then."""
    writes = [each for each in exchange.before if _puts(each, group_id, user_id)]
    shown = resources_in(writes[-1]) if writes else []
    return bool(shown) and user_id not in member_ids(shown[0])


def _puts(write: Exchange, group_id: str, user_id: str) -> bool:
    """Whether it is a write to the group that speaks of the user, and may have been done."""
    is_to_it = write.request.method in WRITES and group_id in {key_of(write)[1], made_by(write)}
    return is_to_it and may_have_changed(write) and user_id in write.request.text


@check(
    "explore.groups-are-called-alike",
    on="explore.*",
    when=lambda exchange: exchange.request.method == "GET" and any(_called(exchange)),
    otherwise="no user showed what a group is called",
    title="Without a write in between, each answer calls a group of a user by the same name",
    references=("RFC7643-4.1.2-10", "RFC7644-3.1-05"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take the name from the group whenever a user is shown, or let a rename of the group drop every copy of it.",
)
def groups_are_called_alike(exchange: Exchange) -> Finding | None:
    """A target may keep the name that a group had when somebody joined, but then in every answer."""
    now, there = dict(_called(exchange)), before(exchange)
    for each in reversed(exchange.before):
        if any(one.request.method in WRITES and may_have_changed(one) for one in apart(each)):
            return None
        for place, name in _called(each):
            said, group = now.get(place, name), there.everybody.get(("/Groups", place[1]))
            if group and group.is_there and said.casefold() != name.casefold():
                expected = f"{describe(name)}, as {each.step} showed it"
                at = (*group.at[-1:], each, exchange)
                return Finding(expected, describe(said), "$.groups[*].display", at=at)
    return None


def _called(exchange: Exchange) -> Iterator[tuple[tuple[str, str], str]]:
    """The name of each group of each user whom an answer shows, by the ids of both."""
    for user in resources_in(exchange) if key_of(exchange)[0] == "/Users" else ():
        groups = get(user, "groups")
        for each in groups if isinstance(groups, list) else ():
            name = get(each, "display")
            if isinstance(name, str):
                yield (as_id(get(user, "id")), as_id(get(each, "value"))), name


@check(
    "explore.group-loses-whoever-is-deleted",
    on=WHOLE,
    when=lambda exchange: bool(_deleted(exchange)),
    otherwise="no group was read again after a member was deleted",
    title="A group that loses one member by deletion loses another alike",
    references=("RFC7644-3.6-03",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=MEMBERS_WRONG,
    fix="Take whoever is deleted out of every group in the same transaction, by the id, and whatever their state is.",
)
def group_loses_whoever_is_deleted(exchange: Exchange) -> Finding | None:
    """Advice, for they may stay, or leave a little later and in any order (RFC 7643 2.3.7)."""
    shown, was = member_ids(exchange.resource), exchange.before
    stay = {id_: each for id_, each in _deleted(exchange).items() if id_ in shown}
    for read in (*was, exchange):
        for id_, later in _deleted(read).items():
            if id_ in member_ids(read.resource):
                continue
            for other, earlier in stay.items():
                if was.index(earlier) < was.index(later):
                    at = (earlier, later, *((read,) if read is not exchange else ()), exchange)
                    expected = f"no {other}, who was deleted before {id_}, who has left"
                    return Finding(expected, other, MEMBERS, at=at)
    return None


def _deleted(read: Exchange) -> dict[str, Exchange]:
    """Of the members whom the last read of a group showed, those deleted since by whom; none where it was written to."""
    standing = standing_of(read) if read.step in WHOLE and read.is_success else None
    if key_of(read)[0] != "/Groups" or standing is None or standing.read is None or standing.done:
        return {}
    members = member_ids(standing.seen)
    since = read.before[read.before.index(standing.read) + 1 :]
    return {
        key_of(each)[1]: each
        for each in since
        if each.request.method == "DELETE" and each.is_success and each.status != LATER
        and key_of(each)[0] == "/Users" and key_of(each)[1] in members
    }  # fmt: skip


def _entries(groups: Json) -> Iterator[tuple[str, Json]]:
    for each in groups if isinstance(groups, list) else ():
        yield str(get(each, "value")), get(each, "type")


def _direct(groups: Json) -> frozenset[str]:
    return frozenset(id_ for id_, kind in _entries(groups) if kind in (None, DIRECT))


def _all(groups: Json) -> frozenset[str]:
    return frozenset(id_ for id_, _ in _entries(groups))
