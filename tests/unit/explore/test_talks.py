"""Whole conversations, as they are drawn and prepared."""

from itertools import pairwise

import pytest
from hypothesis import Phase, find, given, settings

from scim_tests import profiles
from scim_tests.explore.features import Features, features
from scim_tests.explore.preparing import Looking, plain, prepared, removals
from scim_tests.explore.talks import conversations
from scim_tests.model.conversation import KINDS, LOOKS, Conversation, Move, line, read_line
from scim_tests.model.scim import strings
from scim_tests.personas.explore.people import NOBODYS

OKTA = features(profiles.load("okta"), {})
SCIM = Features(frozenset(KINDS), OKTA.attributes, reads_first=False)
STEPS = 20
REFUSED = {"spoil-op", "spoil-path", "spoil-type", "spoil-target", "clash", "add-nobody", "replace-by-nobody"}


def say(text: str, looking: Looking, can: Features = SCIM) -> str:
    return line(prepared(read_line(text), can, looking))


@settings(max_examples=60)
@given(conversations(SCIM, STEPS))
def test_every_conversation_can_be_said_in_a_line(conversation: Conversation) -> None:
    """What is drawn reads back from its line as it was, and is found by it in a table."""
    if conversation:
        assert {conversation: "known"}[read_line(line(conversation))] == "known"


@settings(max_examples=60)
@given(conversations(OKTA, STEPS))
def test_nobody_says_what_the_profile_does_not(conversation: Conversation) -> None:
    """Under Okta's profile all moves are Okta's, and each PUT follows a read of the same person."""
    assert {each.kind for each in conversation} <= OKTA.kinds
    for before, move in zip((Move("list"), *conversation), conversation, strict=False):
        assert move.kind != "put" or before == Move("read", move.who)


@settings(max_examples=60)
@given(conversations(SCIM, STEPS))
def test_whom_a_write_is_about_was_made_and_proven(conversation: Conversation) -> None:
    """Before any write to a place stand a create of it and the read that proves its id, and after a delete once more."""
    proven: set[tuple[str, int]] = set()
    for before, move in zip((Move("list"), *conversation), conversation, strict=False):
        kind = KINDS[move.kind]
        made = KINDS[before.kind].of if before.kind.startswith("create") else ""
        if made and move.kind in {"read", "read-group"} and move.who == before.who:
            proven.add((made, move.who))
        elif kind.writes and not move.kind.startswith("create"):
            assert (kind.of, move.who) in proven
            assert all(("user", each) in proven for each in move.members)
        if move.kind.startswith("delete"):
            proven.discard((kind.of, move.who))


def test_what_is_refused_is_followed_by_what_is_sound() -> None:
    """Of the same person or group: so it is seen whether anything of a refused write is left."""

    def follows(conversation: Conversation) -> bool:
        writes = [each for each in conversation if KINDS[each.kind].writes]
        return any(
            one.kind in REFUSED
            and other.kind not in REFUSED
            and (one.who, KINDS[one.kind].of) == (other.who, KINDS[other.kind].of)
            for one, other in pairwise(writes)
        )

    drawn = settings(derandomize=True, phases=[Phase.generate])
    assert follows(find(conversations(SCIM, STEPS), follows, settings=drawn))


def test_looks_follow_writes() -> None:
    """Through the doors that were chosen, at whom the write was about; names that come later are looked up before."""
    assert (
        say("rename:0:=1", Looking(("lookup", "read")))
        == "create:0 read:0 rename:0:=1 lookup:=1 lookup:=0 read:0"
    )


def test_wide_looks_are_at_everybody() -> None:
    """Who is not written to is looked at, too; and at the end through the last doors."""
    said = say("deactivate:0 deactivate:1", Looking(("read",), wide=True, last=("list",)))
    assert said == "create:0 read:0 deactivate:0 read:0 create:1 read:1 deactivate:1 read:0 read:1 list"


def test_a_name_that_somebody_has_is_not_given_to_who_comes() -> None:
    """Who is made on demand takes a free name, or nothing could be done with them."""
    assert (
        say("rename:0:=1 deactivate:1", Looking())
        == "create:0 read:0 rename:0:=1 create:1:=0 read:1 deactivate:1"
    )


def test_who_comes_otherwise_comes_where_nobody_is() -> None:
    """Under a free name; with the externalId of somebody who may be gone, but has to have been there."""
    assert say("create:0 create-bare:0", Looking()) == "create:0 read:0 create-bare:1 read:1"
    alike = "create-alike:1+0 delete:1 create-alike:2+1"
    assert say(alike, Looking()) == (
        "create:0 read:0 create-alike:1+0 read:1 delete:1 create-alike:2+1 read:2"
    )


def test_the_name_of_a_spoilt_create_stays_free() -> None:
    """Whoever comes next gets it, and it is looked up."""
    said = say("create:0 create-spoilt:0:title create:1", Looking(last=("lookup",)))
    assert said == ("create:0 read:0 create-spoilt:0:title=1 read:0 create:1 read:1 lookup:=0 lookup:=1")


def test_what_is_sorted_is_a_text() -> None:
    """By what was written last, or else by the name."""
    looking = Looking(("list-sorted", "list-active", "page-of-one"))
    said = say('set:0:title="A"', looking)
    assert said.endswith("list-sorted:title list-active:=false page-of-one:=2")
    assert "list-sorted:userName" in say("remove:0:phoneNumbers", looking)


@pytest.mark.parametrize("can", [OKTA, SCIM])
def test_the_plain_conversation_does_everything_once(can: Features) -> None:
    """Each write that may be said is in it, and each look."""
    said = {each.kind for each in plain(can)}
    assert said >= can.kinds - {"set-if-stale"} if can is OKTA else said >= can.kinds


def test_who_is_there_in_the_end_can_be_removed() -> None:
    """Each place where somebody is then, but not one whose user was deleted, or is known by no name that was refused."""
    said = "create:0 create:1 create-group:1+0 delete:0 create-spoilt:2:active=1 rename:1:=0"
    assert line(removals(read_line(said), SCIM)) == "delete:1 delete-group:1 read:1 read-group:1"


def test_a_put_may_say_what_is_there_now() -> None:
    """As Okta does, or what was read at some time before."""
    said = "deactivate:0 put:0"
    assert say(said, Looking(fresh=True)) == "create:0 read:0 deactivate:0 read:0 put:0"
    assert say(said, Looking()) == "create:0 read:0 deactivate:0 put:0"


def test_no_look_is_said_twice_between_two_writes() -> None:
    """The read that proves an id is a look, too."""
    assert say("create:0", Looking(("read", "list"), last=("list", "count"))) == "create:0 read:0 list count"


def test_no_value_bears_the_name_of_a_run() -> None:
    """So that one seed gives the same lines in every run: what is to stand for an address of ours is the same word."""
    said = [
        text for each in OKTA.attributes for text in strings([*each.values, *each.entries]) if "@" in text
    ]
    assert said
    assert {each.partition(".mail")[0] for each in said} == {NOBODYS}


@pytest.mark.parametrize("can", [OKTA, SCIM], ids=["okta", "scim"])
def test_the_plain_conversation_can_be_said_in_a_line(can: Features) -> None:
    """It stands in the journal as any other."""
    said = plain(can)
    assert read_line(line(said)) == said


def test_what_is_not_advertised_is_not_asked() -> None:
    """Without /ServiceProviderConfig nobody filters, sends bulk requests or conditions, whatever the profile."""
    scim = features(profiles.load("scim"), {})
    assert scim.kinds.isdisjoint(
        {
            "find",
            "bulk-set",
            "set-if-current",
            "read-if-changed",
            "clash",
            "spoil-op",
            "list-sorted",
            "list-active",
        }
    )
    assert scim.kinds & LOOKS
