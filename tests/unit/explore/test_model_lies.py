"""Each check of explored conversations is seen to fail by a lie in one answer, and to pass where that answer is honest."""

from typing import Any

import pytest
from held import Held, Story, assert_told, backwards, put_into, says, shows

from scim_tests.checks import explore_catalogue
from scim_tests.model.scim import USER

Json = Any


def without_first(body: Json) -> None:
    body["Resources"] = body["Resources"][1:]
    body["totalResults"] -= 1
    body["itemsPerPage"] -= 1


def stale_read(held: Held) -> None:
    held.set(0, title="New")
    held.lie = shows(put_into("title", value="Title 0"))
    held.read(0)


def lost_beside(held: Held) -> None:
    held.set(0, nickName="Ann")
    held.lie = shows(lambda body: body.pop("title"))
    held.read(0)


def of_another(held: Held) -> None:
    held.set(1, title="New")
    held.lie = shows(put_into("title", value="New"))
    held.read(0)


def read_404(held: Held) -> None:
    held.lie = says(404)
    held.read(0)


def read_after_delete(held: Held) -> None:
    held.delete(0)
    held.lie = says(200, id=held.ids["0"], schemas=[USER])
    held.read(0)


def comes_back(held: Held) -> None:
    held.delete(0)
    held.create(0)
    held.lie = shows(put_into("title", value="Title 0"))
    held.read(0)


def comes_back_into_its_group(held: Held) -> None:
    held.create_group(1)
    held.lie = shows(put_into("members", value=[{"value": held.ids["0"]}]))
    held.read("g1")


def member_lost(held: Held) -> None:
    held.set(0, "deactivate", active=False)
    held.lie = shows(lambda body: body.pop("members"))
    held.read("g0")


def groups_stale(held: Held) -> None:
    held.remove("g0", 0)
    held.lie = shows(put_into("groups", value=[{"value": held.ids["g0"], "type": "direct"}]))
    held.read(0)


def groups_missing(held: Held) -> None:
    held.add("g0", 1)
    held.lie = shows(lambda body: body.pop("groups"))
    held.read(1)


def lookup_misses(held: Held) -> None:
    held.set(0, "rename", userName=held.name(3))
    held.lie = says(200, totalResults=0, startIndex=1, itemsPerPage=0, Resources=[])
    held.lookup(3)


def lookup_finds_the_renamed(held: Held) -> None:
    held.set(0, "rename", userName=held.name(3))
    held.lie = says(200, totalResults=1, Resources=[{"id": held.ids["0"], "userName": held.name(0)}])
    held.lookup(0)


def lookup_finds_the_refused(held: Held) -> None:
    held.lie = says(400, status="400")
    held.send("create", "POST", "/Users", {"schemas": [USER], "userName": held.name(2)})
    held.lookup(2)


def lookup_is_stale(held: Held) -> None:
    held.set(0, title="New")
    held.lie = shows(put_into("Resources", 0, "title", value="Title 0"))
    held.lookup(0)


def find_misses(held: Held) -> None:
    held.lie = says(200, totalResults=0, startIndex=1, itemsPerPage=0, Resources=[])
    held.filtered("find", "/Users", 'title eq "Title 0"')


def find_is_late(held: Held) -> None:
    held.set(0, title="New")
    shown = held.read(0).resource
    held.lie = says(200, totalResults=1, Resources=[dict(shown)])
    held.filtered("find", "/Users", 'title eq "Title 0"')


def list_misses(held: Held) -> None:
    held.lie = shows(without_first)
    held.list()


def list_shows_the_gone(held: Held) -> None:
    listed = held.list().resource
    held.delete(0)
    held.lie = says(200, **listed)
    held.list()


def list_is_stale(held: Held) -> None:
    held.set(1, title="New")
    held.lie = shows(put_into("Resources", 1, "title", value="Title 1"))
    held.list()


def list_drops_an_attribute(held: Held) -> None:
    held.lie = shows(lambda body: body["Resources"][1].pop("title"))
    held.list()


def total_drifts(held: Held) -> None:
    held.delete(0)
    held.lie = shows(put_into("totalResults", value=2))
    held.list()


def count_drifts(held: Held) -> None:
    held.delete(0)
    for _ in range(2):
        held.lie = shows(put_into("totalResults", value=2))
        held.list("count", count=0)
    held.list()


def answer_is_stale(held: Held) -> None:
    held.lie = shows(put_into("title", value="Title 0"))
    held.set(0, title="New")


def id_again(held: Held) -> None:
    old = held.ids["0"]
    held.delete(0)
    held.lie = shows(put_into("id", value=old))
    held.create(0)


def version_stands(held: Held) -> None:
    was = held.read(0)
    held.set(0, title="New")
    held.lie = lambda answer: shows(put_into("meta", "version", value=was.resource["meta"]["version"]))(
        type(answer)(answer.status, was.answer.headers, answer.body)
    )
    held.read(0)


def date_stands(held: Held) -> None:
    was = held.read(0).resource["meta"]["lastModified"]
    held.set(0, title="New")
    held.lie = shows(put_into("meta", "lastModified", value=was))
    held.read(0)


def taken_for_unchanged(held: Held) -> None:
    held.set(0, title="New")
    held.lie = says(304)
    held.read(0, "read_if_changed", If_None_Match=held.tags["0"][-1])


def version_of_the_answer_stands(held: Held) -> None:
    was = held.set(0, title="New").answer.header("ETag") or ""
    held.lie = lambda answer: shows(put_into("meta", "version", value=was))(
        type(answer)(answer.status, (("ETag", was),), answer.body)
    )
    held.set(0, title="Other")


def somebody_is_on_two_pages(held: Held) -> None:
    page = held.list("page_of_one", count=1).resource
    held.lie = says(200, **{**page, "startIndex": 2})
    held.list("page_of_one", start=2, count=1)
    held.list("page_of_one", count=1)


def old_name_of_a_group(held: Held) -> None:
    held.patch("rename_group", "g0", {"op": "replace", "value": {"displayName": "x"}})
    held.list()
    held.lie = shows(lambda body: body["groups"][0].update(display="g0"))
    held.read(0)


def one_of_the_deleted_stays(held: Held) -> None:
    held.add("g0", 1)
    both = held.read("g0").resource["members"]
    held.delete(0)
    held.delete(1)
    held.lie = shows(put_into("members", value=[each for each in both if each["value"] == held.ids["0"]]))
    held.read("g0")


def change(held: Held, step: str, tag: str) -> None:
    held.patch(step, 0, {"op": "replace", "value": {"title": "Other"}}, If_Match=tag)


def stale_taken(held: Held) -> None:
    first = held.tags["0"][0]
    held.set(0, title="New")
    held.read(0)
    change(held, "set_if_stale", first)
    held.lie = says(204)
    change(held, "set_if_stale", first)


def current_refused(held: Held) -> None:
    for lie in (None, says(412, status="412")):
        tag = held.read(0).answer.header("ETag") or ""
        held.lie = lie
        change(held, "set_if_current", tag)


def refused_is_stored(held: Held) -> None:
    held.set(0, "clash", title="New", userName=held.name(1))
    held.lie = shows(put_into("title", value="New"))
    held.read(0)


def sorted_as_before(held: Held) -> None:
    held.set(0, title="Zebra")
    held.read(0)
    held.lie = backwards
    held.sorted_by("title")


def two_of_a_name(held: Held) -> None:
    held.lie = says(201, id="2", userName=held.name(0).upper())
    held.create(2, 0)


def renamed_to_another(held: Held) -> None:
    held.lie = says(204)
    held.set(0, "rename", userName=held.name(1))
    held.lie = shows(put_into("userName", value=held.name(1)))
    held.read(0)


def kept_after_a_rename(held: Held) -> None:
    held.set(0, "rename", userName=held.name(3))
    held.lie = says(409, status="409")
    held.create(2, 0)


def gone_is_patched(held: Held) -> None:
    held.delete(0)
    held.lie = says(204)
    held.set(0, title="New")


def refused_again(held: Held) -> None:
    held.set(0, title="New")
    held.set(0, title="Other")
    held.lie = says(400, status="400")
    held.set(0, title="New")


def not_found(held: Held) -> None:
    held.set(1, title="New")
    held.lie = says(404, status="404")
    held.set(0, title="New")


def group_not_found(held: Held) -> None:
    held.patch("rename_group", "g0", {"op": "replace", "value": {"displayName": "x"}})
    held.lie = says(404, status="404")
    held.add("g0", 1)


STORIES: list[tuple[str, Story]] = [
    ("read-shows-what-was-written", stale_read),
    ("write-changes-nothing-else", lost_beside),
    ("read-is-the-same-without-a-write", of_another),
    ("read-shows-who-is-there", read_404),
    ("gone-is-not-read", read_after_delete),
    ("new-one-brings-nothing-along", comes_back),
    ("group-has-its-members", comes_back_into_its_group),
    ("group-has-its-members", member_lost),
    ("user-shows-its-groups", groups_stale),
    ("user-shows-its-groups", groups_missing),
    ("lookup-finds-who-is-there", lookup_misses),
    ("lookup-finds-nobody-else", lookup_finds_the_renamed),
    ("lookup-finds-nobody-else", lookup_finds_the_refused),
    ("lookup-shows-what-is-there", lookup_is_stale),
    ("find-finds-who-has-the-value", find_misses),
    ("find-finds-nobody-else", find_is_late),
    ("list-shows-who-is-there", list_misses),
    ("list-shows-nobody-gone", list_shows_the_gone),
    ("list-shows-what-is-there", list_is_stale),
    ("list-shows-what-is-there", list_drops_an_attribute),
    ("list-fills-its-page", total_drifts),
    ("count-is-of-who-is-there", count_drifts),
    ("write-answer-shows-what-was-written", answer_is_stale),
    ("create-gives-a-new-id", id_again),
    ("version-moves-with-the-resource", version_stands),
    ("write-answer-has-a-new-version", version_of_the_answer_stands),
    ("pages-show-each-once", somebody_is_on_two_pages),
    ("groups-are-called-alike", old_name_of_a_group),
    ("group-loses-whoever-is-deleted", one_of_the_deleted_stays),
    ("last-modified-moves-with-the-resource", date_stands),
    ("version-is-not-taken-for-unchanged", taken_for_unchanged),
    ("stale-version-is-refused", stale_taken),
    ("current-version-is-taken", current_refused),
    ("refused-write-changes-nothing", refused_is_stored),
    ("list-is-in-order", sorted_as_before),
    ("taken-name-is-refused", two_of_a_name),
    ("taken-name-is-refused", renamed_to_another),
    ("free-name-is-taken", kept_after_a_rename),
    ("nobody-is-written-to", gone_is_patched),
    ("write-is-taken-again", refused_again),
    ("write-is-taken-again", not_found),
    ("write-is-taken-again", group_not_found),
]


@pytest.mark.parametrize("oin", [True, False], ids=["patch", "put"])
@pytest.mark.parametrize(("check", "story"), STORIES, ids=[story.__name__ for _, story in STORIES])
def test_a_lie_is_told(check: str, story: Story, *, oin: bool) -> None:
    """The check says so at the exchange with the lie, and no other one is red before it."""
    assert_told(check, story, oin=oin)


def test_each_check_has_a_story() -> None:
    """None is left out."""
    assert {f"explore.{check}" for check, _ in STORIES} == {each.id for each in explore_catalogue()}
