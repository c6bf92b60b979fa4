"""What a conversation goes by: what was answered, what may leave, and which looks need not wait for each other."""

import pytest

from scim_tests import profiles
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.model.conversation import line, read_line
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get
from scim_tests.personas.explore.explore import sent
from scim_tests.personas.explore.memory import kinds_of
from scim_tests.personas.explore.talk import turns
from tests.holding import hold
from tests.playing import no_disk, reference_transport  # noqa: F401 -- a fixture

PAIR = "create:0 read:0 create:1 read:1"
LONG = f"""{PAIR} create-group:0+0.1 read-group:0 list lookup:=1 find:0:title set:0:title="A" read:0 find:0:title
rename:0:=3 read-group:0 lookup:=0 lookup:=3 put:0 read:0 delete:1 set:1:title="B" read:1 set:1:title="B" read-group:0
remove-members:0+1 create:1 read:1 clash:0+1:title="C" read-if-changed:0 set-if-current:0:title="D" set-if-stale:0:title="E" read:0"""


def moves_sent(run: SceneRun) -> list[str]:
    return line(sent(run.scene, run.exchanges)).split()


def passed_over(run: SceneRun) -> list[str]:
    """The moves that led to no request, in order."""
    left = line(run.scene.conversation).split()
    for each in moves_sent(run):
        left.remove(each)
    return left


def statuses(run: SceneRun, *steps: str) -> list[int]:
    return [each.status for each in run.exchanges if each.step.removeprefix("explore.") in steps]


@pytest.mark.parametrize("profile", ["okta", "okta-custom-app", "scim"])
@pytest.mark.parametrize("parallel", [1, 4])
def test_which_moves_were_sent_is_told_from_the_exchanges(profile: str, parallel: int) -> None:
    """One move for each exchange, of its kind and in its order, also where some were passed over."""
    (run,) = hold(LONG, profile=profile, parallel=parallel)
    assert run.state is State.PLAYED
    kinds = [each.kind.replace("-", "_") for each in sent(run.scene, run.exchanges)]
    assert [f"explore.{each}" for each in kinds] == [each.step for each in run.exchanges]
    assert 'set:1:title="B"' in passed_over(run)  # nobody had looked whether they are gone


def test_an_answer_that_asks_for_patience_stands_for_no_move() -> None:
    """The step is sent again, and only its last answer counts."""
    (run,) = hold(PAIR)
    throttled = [Exchange("explore.throttled", each.scene, each.heard) for each in run.exchanges]
    exchanges = [one for both in zip(throttled, run.exchanges, strict=True) for one in both]
    assert line(sent(run.scene, exchanges)) == PAIR


def test_who_is_gone_is_written_to_once_they_were_looked_for() -> None:
    """A DELETE right after one may not leave; after a read it does, and finds nobody, as any write does."""
    (run,) = hold('create:0 read:0 delete:0 delete:0 read:0 delete:0 read:0 set:0:title="A" put:0 read:0')
    assert moves_sent(run) == [
        "create:0",
        "read:0",
        "delete:0",
        "read:0",
        "delete:0",
        "read:0",
        'set:0:title="A"',
        "put:0",
        "read:0",
    ]
    assert statuses(run, "delete", "set", "put") == [204, 404, 404, 404]


def test_what_may_not_leave_ends_nothing() -> None:
    """A write before the read that proves an id is held back, and so is a strange userName; what follows goes on."""
    (run,) = hold(
        'create:0 set:0:title="A" read:0 set:0:userName="ann" set:0:name={"id":"7","userName":"ann"} set:0:title="B" read:0'
    )
    assert passed_over(run) == [
        'set:0:title="A"',
        'set:0:userName="ann"',
        line(read_line('set:0:name={"id":"7","userName":"ann"}')),
    ]
    assert get(run.exchanges[-1].resource, "title") == "B"


@pytest.mark.parametrize("move", [
    "read:1", "put:1", "rename:0", "set:0:title", "set:0:id=7", "set:0:groups=[]",
    "set:0", 'set:0:password="x"', 'put:0:emails.type="x"', "put-less:0:userType.x", "add-members:0+1", "add-members:1+0",
    "remove-members:0", "clash:0+0:title=1", "clash:0+1:title=1", "set-if-stale:0:title=1", "find:0:noSuch", "find:0",
    "create-alike:1", "create-alike:1+1", "create-spoilt:0:locale=3", "create-spoilt:0:=3", "spoil-op:0", "spoil-type:0:id=7",
    "switch-by-text:0", "put-back:0", "add-nobody:0", "replace-by-nobody:0+1", "list-sorted", "list-sorted:password",
    "list-active", "page-of-one", "find-group:0+1", "lookup", "read-group-if-changed:1",
])  # fmt: skip
def test_what_cannot_be_made_sends_nothing(move: str) -> None:
    """Whose person or group is not there, whose name or value is none, or which only the guard could hold back."""
    (run,) = hold(f"create:0 read:0 create-group:0 read-group:0 {move}", profile="scim")
    assert run.state is State.PLAYED
    assert passed_over(run) == line(read_line(move)).split()


def test_a_profile_makes_only_its_own_moves() -> None:
    """Okta's know nothing of other clients'; what a run was told to leave out is left out, however the line came to hold it."""
    assert "find" not in kinds_of(profiles.load("okta"))
    without = profiles.load("scim").with_overrides(without=("push_groups", "push_deactivation"))
    (run,) = hold(
        f"{PAIR} create-group:0+0 list-groups deactivate:0 set:0:active=false activate:0 find:0:title",
        profile=without,
    )
    assert moves_sent(run) == [*PAIR.split(), "find:0:title"]


def test_nobody_is_made_twice_with_one_address() -> None:
    """Beside somebody who is there a place makes somebody else; who comes back after a DELETE is the same person."""
    (run,) = hold("create:0 read:0 create:0:=3 read:0 delete:0 create:0:=3")
    made = [each.request.resource for each in run.exchanges if each.step == "explore.create"]
    assert statuses(run, "create") == [201, 201, 201]
    for name in ("externalId", "emails"):
        first, second, again = (get(each, name) for each in made)
        assert first != second == again


def test_looks_are_asked_together_and_nothing_else_is() -> None:
    """A write stands alone, and what goes by a read waits for it."""
    told = read_line(
        "create:0 read:0 list find:0:title lookup:=0 set:0:title=1 put:0 read:0 read-if-changed:0 list"
    )
    assert [line(each) for each in turns(told)] == [
        "create:0", "read:0 list", "find:0:title lookup:=0", "set:0:title=1", "put:0", "read:0", "read-if-changed:0 list",
    ]  # fmt: skip


def test_an_outdated_copy_is_of_before_the_last_write() -> None:
    """Whatever was refused meanwhile; and nobody who came anew has one."""
    (run,) = hold(
        'create:0 read:0 set:0:title="A" read:0 set:0:title="B" read:0 spoil-op:0:title="C" read:0 put-back:0 delete:0 create:0 read:0 put-back:0',
        profile="scim",
    )
    assert passed_over(run) == ["put-back:0"]
    (copy,) = (each.request.resource for each in run.exchanges if each.step == "explore.put_back")
    assert get(copy, "title") == "A"


def test_a_version_is_current_until_something_is_written() -> None:
    """A group that somebody joins may give them another; what was refused changes nothing."""
    (run,) = hold(
        f'{PAIR} create-group:0+0 set-if-current:0:title="A" read:0 rename:0:=1 set-if-current:0:title="B"',
        profile="scim",
    )
    assert passed_over(run) == ['set-if-current:0:title="A"']
    assert statuses(run, "rename", "set_if_current") == [409, 200]
