"""Checks of loads: what is there at the end of it, accounts and members, is what was answered."""

from collections.abc import Sequence

from scim_tests.checks.load.counted import need_so_many, some
from scim_tests.knowledge.consequences import DUPLICATES, MEMBERS_WRONG, NOT_FOUND_AGAIN, QUIETLY_ACTIVE
from scim_tests.model.check import (
    BOTH,
    CAPTURED,
    LOAD,
    MUST,
    SECURITY,
    STOPS,
    WRONG_DATA,
    Consequence,
    Finding,
    check,
)
from scim_tests.model.exchange import NotObserved
from scim_tests.model.load_plan import BATCH, LoadPlan
from scim_tests.model.load_state import LoadState
from scim_tests.model.tally import EXAMPLES, FinalLook, GroupTally

LOST = Consequence(
    "Okta shows the person as provisioned, and there is no account; every later push to the id meets a 404 until an "
    "admin unassigns and assigns the person again.",
    CAPTURED,
    "profile updates have errors",
)


def look_at_the_end(state: LoadState, found: Sequence[str]) -> FinalLook:
    """What the look at the end showed; NotObserved where it saw too little to say that nothing was `found`."""
    final = state.tally.final
    if not found and not state.tally.created:
        raise NotObserved("", "nobody was made")
    if not found and not final.whole:
        raise NotObserved("", f"the look at the end is not whole: {final.why or 'it was not taken'}")
    return final


@check(
    "load.everybody-made-is-there",
    on=LOAD,
    title="Everybody whose create was answered with success is there at the end",
    references=("RFC7644-3.3-04", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST,
    fix="Answer a create when its transaction is committed, and not before; look for a queue or a cache that drops "
    "writes when it is full, and for replicas that are read before they have the write.",
)
def everybody_made_is_there(state: LoadState) -> Finding | None:
    missing = state.tally.final.missing
    final = look_at_the_end(state, missing)
    if missing:
        number = max(len(missing), final.expected - final.found if final.whole else 0)
        got = f"{number:,} missing, such as {', '.join(missing[:EXAMPLES])}"
        return Finding(f"{final.expected:,} people", got)
    return None


@check(
    "load.everybody-is-found",
    on=LOAD,
    title="Everybody who is there at the end is found by userName",
    references=("RFC7644-3.4.2.2-06", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Write the index that look-ups go by in the same transaction as the person; one that is written later has to "
    "get every write, also when many come at once.",
)
def everybody_is_found(state: LoadState) -> Finding | None:
    unfound = state.tally.final.unfound
    final = look_at_the_end(state, unfound)
    if unfound:
        return Finding(f"{final.found:,} people", f"shown by id alone: {some(unfound, 'person', 'people')}")
    return None


@check(
    "load.nobody-is-there-twice",
    on=LOAD,
    title="Nobody whom one job assigned has two accounts at the end",
    references=("RFC7643-4.1.1-02", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Put a unique index on userName, and do not repeat an insert whose outcome is not known.",
)
def nobody_is_there_twice(state: LoadState) -> Finding | None:
    final = state.tally.final
    several = sorted(set(final.several) - set(final.of_twice))
    look_at_the_end(state, several)
    return (
        Finding("one account each", f"{some(several, 'person', 'people')} with several") if several else None
    )


@check(
    "load.twice-assigned-is-made-once",
    on=LOAD,
    title="Two jobs that create one person at the same time make one account",
    references=("RFC7643-4.1.1-02", "RFC7644-3.3-08", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Use a unique index, not a look-up before the insert, and answer the conflict with 409.",
)
def twice_assigned_is_made_once(state: LoadState) -> Finding | None:
    both = state.tally.final.of_twice
    look_at_the_end(state, both)
    if both:
        return Finding("one account each", f"two accounts of {some(both, 'person', 'people')}")
    if not state.tally.again:
        raise NotObserved("", "no two creates of one person met")
    return None


@check(
    "load.deactivated-stay-inactive",
    on=LOAD,
    title="Everybody whose deactivation was answered with success is inactive at the end",
    references=("RFC7643-4.1.1-12", "RFC7644-3.5.2.3-02", "okta:CRUD"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=BOTH,
    consequence=QUIETLY_ACTIVE,
    fix="Store active false before answering, and let no other write to the person put back what it has read before.",
)
def deactivated_stay_inactive(state: LoadState) -> Finding | None:
    active = state.tally.final.still_active
    if not any(map(state.plan.leaves, range(state.plan.people))):
        raise NotObserved("", "nobody was deactivated")
    look_at_the_end(state, active)
    return Finding("nobody active", some(active, "person", "people")) if active else None


@check(
    "load.groups-hold-their-members",
    on=LOAD,
    title="A large group has at its end the members whose adding was answered with success, and no others",
    references=("RFC7644-3.5.2-21", "RFC7644-3.5.2.1-05", "okta:GH2540"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=MEMBERS_WRONG,
    fix="Add and remove members as rows of their own in one transaction; do not read the whole list, change it and "
    "write it back, which loses what another request wrote meanwhile.",
)
def groups_hold_their_members(state: LoadState) -> Finding | None:
    """Who was deactivated meanwhile may have left: no RFC says whether the inactive stay in their groups."""
    groups = state.tally.groups
    wrong = [each for each in groups if not each.why and (each.missing or each.strange)]
    if wrong:
        worst = max(
            wrong, key=lambda each: (not _may_have_left(each, state.plan), each.missing + each.strange)
        )
        found = {"missing": worst.missing, "who were never added": worst.strange}
        got = " and ".join(f"{number:,} {words}" for words, number in found.items() if number)
        more = f"; {len(wrong):,} of {len(groups):,} groups are wrong" if len(groups) > 1 else ""
        return Finding(
            f"{worst.wanted:,} members",
            f"{got}, in {worst.name}{more}",
            mild=_may_have_left(worst, state.plan),
        )
    if not any(not each.why for each in groups):
        raise NotObserved("", next((each.why for each in groups), "no group was pushed"))
    if state.plan.patches:  # batches of them overlap; a PUT has them all
        need_so_many("members", state.plan.members, BATCH + 1)
    return None


def _may_have_left(group: GroupTally, plan: LoadPlan) -> bool:
    """Whether no more are missing than were deactivated, and nobody is there who was never added."""
    members = plan.members_of(int(group.name.rpartition("-")[2]))
    return not group.strange and group.missing <= sum(map(plan.leaves, members))
