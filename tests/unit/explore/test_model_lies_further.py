"""Further lies about versions and groups are told, and what an honest server may do with members who were deleted is not."""

import pytest
from held import Held, Story, assert_told, put_into, says, shows


def change(held: Held, tag: str) -> None:
    held.patch("set_if_current", 0, {"op": "replace", "value": {"title": "Other"}}, If_Match=tag)


def version_stands_without_a_member(held: Held) -> None:
    was = held.read("g0")
    held.delete(0)
    held.lie = lambda answer: shows(put_into("meta", "version", value=was.resource["meta"]["version"]))(
        type(answer)(answer.status, was.answer.headers, answer.body)
    )
    held.read("g0")


def new_version_is_refused(held: Held) -> None:
    first = held.read(0).answer.header("ETag") or ""
    change(held, first)
    second = held.exchanges[-1].answer.header("ETag") or ""
    held.lie = says(412, status="412")
    change(held, second)


def sees_a_group_that_refused(held: Held) -> None:
    held.create_group(1)
    group = {"value": held.ids["g1"], "type": "direct"}
    held.lie = shows(put_into("groups", value=[group]))
    held.read(1)


STORIES: list[tuple[str, Story]] = [
    ("version-moves-with-the-resource", version_stands_without_a_member),
    ("user-shows-its-groups", sees_a_group_that_refused),
    ("current-version-is-taken", new_version_is_refused),
]


@pytest.mark.parametrize("oin", [True, False], ids=["patch", "put"])
@pytest.mark.parametrize(("check", "story"), STORIES, ids=[story.__name__ for _, story in STORIES])
def test_a_lie_is_told(check: str, story: Story, *, oin: bool) -> None:
    """The check says so at the exchange with the lie, and no other one is red before it."""
    assert_told(check, story, oin=oin)
