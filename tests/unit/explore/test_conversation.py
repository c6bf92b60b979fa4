"""A line is read as what it says, refused where it could say nothing, and told where it was not sent."""

import pytest

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.explore.features import Features, features
from scim_tests.explore.options import refuse_silence
from scim_tests.explore.telling import not_sent
from scim_tests.model.conversation import BRIEF, KINDS, in_brief, line, read_line
from tests.holding import hold
from tests.playing import no_disk  # noqa: F401 -- a fixture

EVERY = Features(frozenset(KINDS), (), reads_first=False)


@pytest.mark.parametrize("move", [
    "create:0:=8", "create:0:=-1", "rename:0:=99", 'rename:0:="x"', "create-bare:0:=9", "put:0:userName=8", "create:0:=true",
    "create-group:0:=6", "rename-group:0:=0.5", "lookup:=8", "lookup-group:=6", "put-group:0:=7",
    "page:=0", "page:=true", "page-of-one:=1e3", "list-active:=1", "list-sorted:userName=1", 'switch-by-text:0:="yes"',
    "switch-by-text:0:=[]", "change-members:0:=[1.0,true,9]", "change-members:0:=1",
    "read:0:=1", "delete:0:=0", "list:=1", "remove:0:title=1", "find:0:title=1", "read:0:title", "create:0:title", "list:title",
    "read:0+1", "set:0+1:title=1", "create:0+1", "list:2", "lookup:1:=0", "set:0:title=null", f"set:0:{'a.' * 3000}a=1",
])  # fmt: skip
def test_what_a_kind_cannot_have_is_refused(move: str) -> None:
    """A name or place out of range, a value, an attribute or members where there are none: such a move would send nothing."""
    with pytest.raises(UsageError, match=r"--replay cannot be read: .* ha(s|ve)") as refused:
        read_line(f"create:0 {move}")
    assert refused.value.code == "bad-replay"


@pytest.mark.parametrize("move", [
    "set:0:title=NaN", "set:0:title=-Infinity", "set:0:title=1e999", f"set:0:title={'7' * 5000}", f"set:0:title={'[' * 100_000}", f"set:0:title={'[' * 900}{']' * 900}",
    'set:0:title="\\ud800"', 'set:0:title="\ud800"', "set:0:\ud800=1", "\udcff",
    f"create-group:0+{'1' * 5000}", "create-group:0+0.\u0661", "create-group:0+0..1", "create-group:0+9", "create-group:0+01", "read:\u0661",
], ids=range(16))  # fmt: skip
def test_what_could_not_be_sent_or_said_is_refused(move: str) -> None:
    """Numbers that are none in JSON, letters that are none in Unicode, and places of more than one ASCII digit."""
    with pytest.raises(UsageError, match="--replay cannot be read") as refused:
        read_line(move)
    assert str(refused.value).encode()


@pytest.mark.parametrize(("profile", "said"), [
    ("okta", 'bulk-set:0:title="A"'), ("okta", "find:0:title list-sorted:userName"), ("okta", "read:0 put:0"), ("scim", "delete:0"),
])  # fmt: skip
def test_a_line_that_would_send_nothing_is_refused(profile: str, said: str) -> None:
    """By the profile, or since nobody is made: it would be green without a request."""
    with pytest.raises(UsageError, match="--replay sends nothing"):
        refuse_silence(read_line(said), profiles.load(profile))
    refuse_silence(read_line(f"create:0 {said}"), profiles.load(profile))
    refuse_silence((), profiles.load(profile))


@pytest.mark.parametrize(("profile", "said", "told"), [
    ("okta", "create:0 read:0", ""),
    ("okta", 'create:0 read:0 bulk-set:0:title="A" read:0', "bulk-set:0 was not sent: Okta does not say it; take --profile scim."),
    ("okta", "create:0 read:1 set:1:title=1", "read:1 was not sent; neither was 1 more move of its 3: nobody was there for it, or nothing of what it names, or it was not read yet."),
    ("scim", "create:0 list-sorted:userName", "list-sorted was not sent: the target does not say that it supports sort."),
])  # fmt: skip
def test_what_was_not_sent_is_told(profile: str, said: str, told: str) -> None:
    """The first such move with the reason, without its value, and how many more there are."""
    conversation = read_line(said)
    can = features(profiles.load(profile), {})  # nothing is advertised
    kept = tuple(each for each in conversation if each.kind in can.kinds)
    (run,) = hold(line(kept), profile=profile)
    assert not_sent(run, conversation, can) == told


def test_a_profile_without_a_feature_says_so() -> None:
    """Where Okta has such moves, but not this app."""
    without = profiles.load("scim").with_overrides(without=("push_groups",))
    (run,) = hold("create:0 create-group:0", profile=without)
    told = not_sent(run, read_line("create:0 create-group:0"), EVERY)
    assert told == "create-group:0 was not sent: the profile scim does not make such moves."


def test_a_conversation_is_told_in_brief() -> None:
    """A report calls its scene by what is done to whom, without values, and as short as a title has to be."""
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    short = read_line(f'create:0 set:0:{urn}:department="x" add-members:1+0 list')
    assert in_brief(short) == "create 0, set 0 department, add-members 1, list"
    assert in_brief(read_line(" ".join(["list"] * (BRIEF + 2)))).endswith("list, and 2 more")
