"""Rules over the whole play: every answer shows a group alike, and its id is not the id of a user."""

import re

from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.groups import NO_GROUP, groups_of
from scim_tests.checks.reading.history import disagreements, history, moved_creation
from scim_tests.knowledge.consequences import GROUP_LOST, MEMBERS_WRONG, OKTA_INDIFFERENT
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

META = frozenset({"meta"})
CLIENTS = frozenset({"$.displayname", "$.members", "$.externalid"})  # paths of what only the client says


OF_A_MEMBER = re.compile(
    r"\$\.members\[.*\]\.display", re.IGNORECASE
)  # who is called otherwise since, is so here


@check(
    "every_group.is-the-same-through-every-door",
    on=PLAY,
    title="Every answer shows a group alike: create, read by id, lookup and list",
    references=("RFC7644-3.1-05", "RFC7643-3.1-06", "RFC7644-3.4-01"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Build every answer from the stored group with the same code; a list may leave members out.",
)
def is_the_same_through_every_door(transcript: Transcript) -> Finding | None:
    """Only of groups the run made: what others change meanwhile is theirs."""
    told = history(transcript)
    pairs = [pair for key, pair in told.between_writes("/Groups") if key in told.ours]
    if not pairs:
        raise NotObserved("", "no group was shown twice")
    found = (each for pair in pairs for each in disagreements(pair, META, _is_the_clients))
    return weightiest(each for each in found if not OF_A_MEMBER.fullmatch(each.where))


def _is_the_clients(path: str) -> bool:
    return path.lower() in CLIENTS


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
    return moved_creation(history(transcript).seen("/Groups", ours=True), "no group showed meta.created")


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
)
def is_read_by_its_id(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)
