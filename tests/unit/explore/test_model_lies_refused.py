"""What is left of writes that were refused, and of unusual ones, is told."""

from collections.abc import Callable

import pytest
from held import Held, Story, assert_told, begin, put_into, says, shows

from scim_tests.knowledge.consequences import (
    CREATE_FAILS,
    GROUP_FAILS,
    GROUP_NOT_DELETED,
    GROUP_NOT_FOUND,
    GROUP_PUSH_FAILS,
    MEMBERSHIP_FAILS,
    NOT_GIVEN_BACK,
    NOT_OKTAS,
    PUSH_FAILS,
    STILL_ACTIVE,
)
from scim_tests.model.act import NOBODY
from scim_tests.model.check import Consequence


def half_of_it_is_stored(held: Held) -> None:
    wrong = {"op": "invalid-op", "path": "title", "value": NOBODY}
    held.patch("spoil_op", 0, {"op": "replace", "path": "title", "value": "New"}, wrong)
    held.lie = shows(put_into("title", value="New"))
    held.read(0)


def half_of_it_is_listed(held: Held) -> None:
    wrong = {"op": "replace", "path": "active", "value": NOBODY}
    held.patch("spoil_type", 0, {"op": "replace", "path": "title", "value": "New"}, wrong)
    held.lie = shows(put_into("Resources", 0, "title", value="New"))
    held.list()


def joins_beside_nobody(held: Held) -> None:
    members = [*held.members(1), {"value": NOBODY}]
    held.patch("add_nobody", "g0", {"op": "add", "path": "members", "value": members})
    held.lie = shows(put_into("members", value=held.members(0, 1)))
    held.read("g0")


def spoilt_one_is_there(held: Held) -> None:
    held.create(2, step="create_spoilt", active=NOBODY)
    held.lie = says(200, totalResults=1, Resources=[{"id": "2", "userName": held.name(2)}])
    held.lookup(2)


def spoilt_one_keeps_the_name(held: Held) -> None:
    held.create(2, step="create_spoilt", active=NOBODY)
    held.lie = says(409, status="409")
    held.create(2)


def copy_is_passed_over(held: Held) -> None:
    copy = held.seen["0"]
    held.set(0, title="New")
    held.read(0)
    held.send("put_back", "PUT", held.path("0"), {**copy, "groups": []})
    held.lie = shows(put_into("title", value="New"))
    held.read(0)


def inactive_one_is_active(held: Held) -> None:
    held.create(2, step="create_inactive", active=False)
    held.lie = shows(put_into("active", value=True))
    held.read(2)


def still_among_the_inactive(held: Held) -> None:
    held.set(0, "deactivate", active=False)
    held.read(0)
    among = held.filtered("list_active", "/Users", "active eq false").resource
    held.patch("switch_by_text", 0, {"op": "replace", "path": "active", "value": "True"})
    held.read(0)
    held.lie = says(200, **among)
    held.filtered("list_active", "/Users", "active eq false")


def inactive_one_is_not_listed_any_more(held: Held) -> None:
    held.set(0, "deactivate", active=False)
    held.list()
    held.lie = says(200, totalResults=0, startIndex=1, itemsPerPage=0, Resources=[])
    held.list()


def inactive_one_is_not_read_any_more(held: Held) -> None:
    held.set(0, "deactivate", active=False)
    held.read(0)
    held.lie = says(404, status="404")
    held.read(0)


def page_shows_the_gone(held: Held) -> None:
    page = held.list("page_of_one", start=1, count=1).resource
    held.delete(0)
    held.lie = says(200, **page)
    held.list("page_of_one", start=1, count=1)


STORIES: list[tuple[str, Story]] = [
    ("refused-write-changes-nothing", half_of_it_is_stored),
    ("list-shows-what-is-there", half_of_it_is_listed),
    ("group-has-its-members", joins_beside_nobody),
    ("lookup-finds-nobody-else", spoilt_one_is_there),
    ("free-name-is-taken", spoilt_one_keeps_the_name),
    ("read-shows-what-was-written", copy_is_passed_over),
    ("read-shows-what-was-written", inactive_one_is_active),
    ("find-finds-nobody-else", still_among_the_inactive),
    ("list-shows-nobody-gone", page_shows_the_gone),
    ("list-shows-who-is-there", inactive_one_is_not_listed_any_more),
    ("read-shows-who-is-there", inactive_one_is_not_read_any_more),
]


@pytest.mark.parametrize("oin", [True, False], ids=["patch", "put"])
@pytest.mark.parametrize(("check", "story"), STORIES, ids=[story.__name__ for _, story in STORIES])
def test_a_lie_is_told(check: str, story: Story, *, oin: bool) -> None:
    """The check says so at the exchange with the lie, and no other one is red before it."""
    assert_told(check, story, oin=oin)


def written(held: Held) -> dict[str, tuple[Consequence, Callable[[], object]]]:
    """Writes of every kind that people or a group can be refused, with what follows from that."""
    name = {"op": "replace", "value": {"displayName": "x"}}
    return {
        "a profile": (PUSH_FAILS, lambda: held.set(0, title="New")),
        "an end": (STILL_ACTIVE, lambda: held.set(0, "deactivate", active=False)),
        "a return": (NOT_GIVEN_BACK, lambda: held.set(0, "activate", active=True)),
        "a deletion": (NOT_OKTAS, lambda: held.delete(0)),
        "a member": (MEMBERSHIP_FAILS, lambda: held.add("g0", 1)),
        "a group's name": (GROUP_PUSH_FAILS, lambda: held.patch("rename_group", "g0", name)),
        "a group's end": (GROUP_NOT_DELETED, lambda: held.delete("g0")),
    }


@pytest.mark.parametrize("what", written(Held()))
def test_a_refusal_comes_to_what_was_refused(what: str) -> None:
    """The admin sees the push of a user, of a group or of a membership fail, whichever it was; or nothing, where Okta does not send it."""
    held = Held()
    begin(held, group=True)
    for place in ("1", "0"):
        held.set(int(place), title="Taken")
    held.patch("rename_group", "g0", {"op": "replace", "value": {"displayName": "y"}})
    held.create(2)
    held.delete(2)
    held.create_group(1)
    held.delete("g1")
    consequence, write = written(held)[what]
    held.lie = says(404, status="404")
    write()
    assert held.findings["explore.write-is-taken-again"].consequence is consequence


@pytest.mark.parametrize("consequence", [CREATE_FAILS, GROUP_FAILS])
def test_a_create_that_is_refused_again_comes_to_a_create(consequence: Consequence) -> None:
    """It is a user or a group that is missing then, and no push that failed."""
    held = Held()
    begin(held, group=True)
    held.create_group(1)
    for _ in range(2):
        held.create(2)
        held.delete(2)
    held.lie = says(400, status="400")
    if consequence is CREATE_FAILS:
        held.create(2)
    else:
        held.create_group(2)
    assert held.findings["explore.write-is-taken-again"].consequence is consequence


@pytest.mark.parametrize("consequence", [None, GROUP_NOT_FOUND], ids=["user", "group"])
def test_a_group_that_is_not_found_is_told_as_a_group(consequence: Consequence | None) -> None:
    """By what the lookup asked for; what the check says of itself is about users."""
    held = Held()
    begin(held, group=True)
    held.lie = shows(lambda body: body.update(Resources=[], totalResults=0))
    if consequence:
        held.filtered("lookup_group", "/Groups", 'displayName eq "g0"')
    else:
        held.lookup(0)
    assert held.findings["explore.lookup-finds-who-is-there"].consequence is consequence
