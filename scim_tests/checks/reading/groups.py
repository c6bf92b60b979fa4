"""Which groups an answer shows, and what Okta believes of a group once it has written to it.

What Okta believes is what the target showed last, with the writes since applied to it. So each write after
a read is judged by itself: a mistake is not held against those that follow.
"""

from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

from scim_tests.checks.reading.parameters import is_search, shows_parts
from scim_tests.checks.reading.users import each_resource
from scim_tests.model.check import WRONG_DATA, Finding
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, Resource, attribute, get, has

NO_GROUP = "no answer showed a group"
WRITES = frozenset({"POST", "PUT", "PATCH"})
IN_A_ROW = (
    100  # writes whose effects are added up: each of them is judged, and a recording may have thousands
)


def groups_of(exchange: Exchange) -> list[Resource]:
    """The groups an answer shows; of a bulky page only the sample that is judged one by one."""
    endpoint = exchange.request.endpoint
    if not endpoint.startswith("/Groups") or not exchange.is_success or not exchange.answer.body:
        return []
    if exchange.request.method == "DELETE" or shows_parts(exchange):
        return []
    if is_search(exchange) or (endpoint == "/Groups" and exchange.request.method == "GET"):
        return exchange.resources[: exchange.sample]
    return [exchange.resource]


def shows_groups(exchange: Exchange) -> bool:
    """Whether there is a group to judge; a refusal has none. For the `when` of a check."""
    return bool(groups_of(exchange))


def each_group(exchange: Exchange, judge: Callable[[Resource], Finding | None]) -> Finding | None:
    """The first group's finding, with how many more there are of the kind."""
    return each_resource(groups_of(exchange), judge)


def group_of(exchange: Exchange) -> Resource:
    """The one group an answer is about: the resource itself, or a lookup's only hit. NotObserved for none or several."""
    groups = groups_of(exchange)
    if len(groups) != 1:
        said = f"showed {len(groups)} groups" if exchange.is_success else f"answered {exchange.answer.phrase}"
        raise NotObserved(exchange.step, said)
    return groups[0]


def members_of(group: Json) -> list[Json]:
    """The members a group shows, or that a request sends."""
    members = get(group, "members")
    return members if isinstance(members, list) else []


def member_ids(group: Json) -> frozenset[str]:
    """The ids of the members as text; one without an id counts as "None", so that it is missed or found strange."""
    return frozenset(str(get(member, "value")) for member in members_of(group))


def may_leave_groups(write: Exchange) -> bool:
    """Whether who, or which group, it is about may be in no group any more: by a DELETE, or made inactive, which means what the target says (RFC 7643 4.1.1)."""
    endpoint = write.request.endpoint
    if write.request.method == "DELETE":
        return endpoint.startswith(("/Users/", "/Groups/"))
    return endpoint.startswith("/Users/") and _makes_inactive(write.request.written)


def _makes_inactive(body: Json) -> bool:
    operations = get(body, "Operations")
    said = [get(body, "active")]
    for each in operations if isinstance(operations, list) else ():
        value = get(each, "value")
        said.append(value if attribute(str(get(each, "path") or "")) == "active" else get(value, "active"))
    return any(str(each).lower() == "false" for each in said)


class Belief(NamedTuple):
    """What Okta takes a group to be like."""

    name: str
    members: frozenset[str]


def last_write(exchange: Exchange) -> Exchange:
    """The latest request up to this one that writes to a group."""
    for each in reversed((*exchange.before, exchange)):
        if each.request.method in WRITES and each.request.endpoint.startswith("/Groups"):
            return each
    raise NotObserved("", "no group was written to before")


def was_refused(exchange: Exchange) -> bool:
    """Whether the latest write was refused for its contents or the like; after a 5xx nobody can tell."""
    return 400 <= last_write(exchange).status < 500


def believed(exchange: Exchange) -> Belief:
    """What the group has to be like in this answer, the write before it having been taken."""
    write = last_write(exchange)
    if not write.is_success:
        raise NotObserved(write.step, f"answered {write.answer.phrase}")
    before = Belief("", frozenset()) if write.request.method == "POST" else shown_before(write)
    return _applied(write, before)


def shown_before(write: Exchange) -> Belief:
    """What the target showed of the group before a write, and what was written to it since. NotObserved where nobody had read it."""
    since: list[Exchange] = []
    for each in reversed(write.before):
        if each.request.endpoint != write.request.endpoint:
            continue
        if each.request.method == "GET":
            return reduce(lambda belief, one: _applied(one, belief), reversed(since), shown(each.resource))
        if each.is_success:
            since.append(each)
            if len(since) > IN_A_ROW:
                raise NotObserved("", f"more than {IN_A_ROW} writes before it were never read back")
        elif each.status >= 500:
            raise NotObserved("", "nobody can tell whether the write before was taken")
    raise NotObserved(write.step, "came before the group was read")


def shown(group: Resource) -> Belief:
    """The group as the target shows it."""
    return Belief(str(get(group, "displayName")), member_ids(group))


def _applied(write: Exchange, belief: Belief) -> Belief:
    if write.request.method != "PATCH":
        body = write.request.resource
        return Belief(str(get(body, "displayName")), member_ids(body))
    for operation in write.request.operations:
        belief = _operated(operation, belief)
    return belief


def _operated(operation: Resource, belief: Belief) -> Belief:
    """One operation, of those that Okta sends. NotObserved for any other: what it does is not known here."""
    op, path, value = (
        str(get(operation, "op")).lower(),
        str(get(operation, "path") or ""),
        get(operation, "value"),
    )
    if path.startswith("members["):
        gone = path.partition('"')[2].rpartition('"')[0].replace('\\"', '"').replace("\\\\", "\\")
        return belief._replace(members=belief.members - {gone})
    if path == "members" and op in {"add", "replace"}:
        named = member_ids({"members": value})
        return belief._replace(members=belief.members | named if op == "add" else named)
    if path or not isinstance(value, dict):
        raise NotObserved("", f"the request has an operation that Okta does not send: {op} {path}")
    members = member_ids(value) if has(value, "members") else belief.members
    return Belief(get(value, "displayName") or belief.name, members)


def members_differ(wanted: frozenset[str], shown: frozenset[str]) -> Finding | None:
    """Whose membership is not as it has to be, if anybody's is; a security matter only where somebody is one too many."""
    gone, strange = sorted(wanted - shown), sorted(shown - wanted)
    said = [f"without {', '.join(gone[:3])}"] if gone else []
    said += [f"with {', '.join(strange[:3])}"] if strange else []
    if not said:
        return None
    believed_in = "1 member" if len(wanted) == 1 else f"{len(wanted)} members"
    got = f"{len(shown)}, {' and '.join(said)}"
    lost_alone = None if strange else WRONG_DATA
    return Finding(f"{believed_in}, as Okta believes", got, "$.members", severity=lost_alone)
