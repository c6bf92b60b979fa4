"""Rules over the whole play: every answer shows a group alike, and its id is not the id of a user."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from scim_tests.checks.reading.compare import changes, weightiest
from scim_tests.checks.reading.consequences import GROUP_LOST, MEMBER_MISSING, OKTA_INDIFFERENT
from scim_tests.checks.reading.groups import NO_GROUP, WRITES, groups_of
from scim_tests.checks.rules.every_view import birthdays, moved
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved, describe
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

View = tuple[Exchange, Resource]


@check(
    "every_group.is-the-same-through-every-door",
    on=PLAY,
    title="Every answer shows a group alike: create, read by id, lookup and list",
    references=("RFC7644-3.1-05", "RFC7643-3.1-06", "RFC7644-3.4-01"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBER_MISSING,
    fix="Build every answer from the stored group with the same code; a list may leave members out.",
)
def is_the_same_through_every_door(transcript: Transcript) -> Finding | None:
    """Only of groups the run made: what others change meanwhile is theirs."""
    pairs = [pair for stretch in _between_writes(transcript) for pair in pairwise(stretch)]
    if not pairs:
        raise NotObserved("", "no group was shown twice")
    found = [finding for first, second in pairs for finding in _differences(first, second)]
    return min(found, key=lambda finding: finding.mild, default=None)


def _differences(first: View, second: View) -> Iterator[Finding]:
    """What one shows otherwise than the other; what one leaves out is no difference."""
    (earlier, before), (later, after) = first, second
    for path, was, now in changes(_but_meta(before), _but_meta(after)):
        if now is not None:
            mild = path.lower() not in {"$.displayname", "$.members", "$.externalid"}
            said = f"{describe(was)}, as {earlier.step} showed it"
            yield Finding(said, describe(now), path, at=(earlier, later), mild=mild)


def _but_meta(group: Resource) -> dict[str, Json]:
    return {key: value for key, value in group.items() if key.lower() != "meta"}


def _between_writes(transcript: Transcript) -> Iterator[list[View]]:
    """The views of one group of the run's between two writes to it, in the order of time."""
    open_: dict[str, list[View]] = defaultdict(list)
    ours: set[str] = set()
    for exchange in sorted(transcript, key=lambda each: each.heard.started):
        if exchange.request.method in {*WRITES, "DELETE"} and exchange.request.endpoint.startswith(
            "/Groups/"
        ):
            written = exchange.request.endpoint.removeprefix("/Groups/")
            ours.add(written)
            yield open_.pop(written, [])
        for group in _shown(exchange):
            group_id = str(get(group, "id"))
            if exchange.request.method == "POST":
                ours.add(group_id)
            if group_id in ours:
                open_[group_id].append((exchange, group))
    yield from open_.values()


def _shown(exchange: Exchange) -> list[Resource]:
    try:
        return groups_of(exchange)
    except NotObserved:
        return []


@check(
    "every_group.keeps-the-day-of-creation",
    on=PLAY,
    title="The meta.created of a group never changes",
    references=("RFC7643-3.1-18", "RFC7643-7-19"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Set meta.created at the create and never again; ignore what clients send for it.",
)
def keeps_the_day_of_creation(transcript: Transcript) -> Finding | None:
    seen: dict[str, list[View]] = defaultdict(list)
    for stretch in _between_writes(transcript):
        for exchange, group in stretch:
            seen[str(get(group, "id"))].append((exchange, group))
    dated = [known for known in map(birthdays, seen.values()) if known]
    if not dated:
        raise NotObserved("", "no group showed meta.created")
    return weightiest(finding for known in dated for finding in moved(known))


@check(
    "every_group.shares-no-id-with-a-user",
    on=PLAY,
    title="No group has the id of a user",
    references=("RFC7643-3.1-05", "okta:PREP"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=OKTA_INDIFFERENT,
    fix="Make ids unique across all resources, for example UUIDs, instead of a counter for each table.",
)
def shares_no_id_with_a_user(transcript: Transcript) -> Finding | None:
    groups = {str(get(group, "id")): each for each in transcript for group in _shown(each)}
    if not groups:
        raise NotObserved("", NO_GROUP)
    for each in transcript:
        if each.request.endpoint == "/Users" and each.request.method == "GET" and each.is_success:
            both = [user_id for user_id in _ids(each) if user_id in groups]
            if both:
                where = (each, groups[both[0]])
                return Finding("an id of its own", f"{both[0]}, which is a user's", "$.id", at=where)
    return None


def _ids(exchange: Exchange) -> tuple[str, ...]:
    try:
        return exchange.page.ids
    except NotObserved:
        return ()


@check(
    "every_group.is-read-by-its-id",
    on=("push_group.after_*", "link_group.after_*", "patch_group.after_*"),
    title="Reading a group by its id is answered with 200, right after its create and after every change",
    references=("RFC7644-3.4.1-01", "RFC7644-3.3-04"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=GROUP_LOST,
    fix="Answer a create only when the group can be read.",
    follows=("every_answer.is-no-server-error", "push_group.change-without-path-is-taken"),
)
def is_read_by_its_id(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)
