"""What an honest server may refuse, take, or show of versions, dates and ids is no finding."""

from collections.abc import Callable

import pytest
from held import Story, begun, says, shows

from scim_tests.model.exchange import Answer

Lie = Callable[[Answer], Answer]


def test_a_name_in_use_may_be_refused_with_400() -> None:
    """RFC 7643 7: to a create and a rename, also where a rename to a free one was taken, and of somebody deleted."""
    for is_gone in (False, True):
        held = begun()
        held.set(0, "rename", userName=held.name(2))
        held.read(0)
        if is_gone:
            held.delete(1)
        held.refusal = 400
        held.create(2, 1)
        held.refusal = 400
        held.set(0, "rename", userName=held.name(1))
        assert held.findings == {}


def test_a_put_of_what_was_read_before_may_be_outdated() -> None:
    """With 409, by the version within it, which other writes may move too (RFC 7644 3.12)."""
    writes: list[Story] = [lambda held: held.set(0, title="New"), lambda held: held.add("g0", 1)]
    for write in writes:
        held = begun()
        write(held)
        held.refusal = 409
        held.put(0, nickName="n")
        assert held.findings == {}


def test_a_change_that_is_there_already_need_not_be_refused() -> None:
    """RFC 9110 13.1.1: a stale condition may be answered with success where the write would change nothing."""
    held = begun()
    first = held.tags["0"][0]
    held.set(0, title="One")
    held.read(0)
    held.patch("set_if_stale", 0, {"op": "replace", "value": {"title": "Two"}}, If_Match=first)
    held.lie = says(204)
    held.patch("set_if_stale", 0, {"op": "replace", "value": {"title": "ONE"}}, If_Match=first)
    assert held.findings == {}


@pytest.mark.parametrize(("attribute", "step"), [("emails", "remove"), ("members", "remove_members")])
def test_the_last_one_may_have_to_stay(attribute: str, step: str) -> None:
    """A target that wants an address, or a member, takes away all but the last."""
    held = begun()
    place = "g0" if attribute == "members" else 0
    held.set(0, emails=[{"value": f"{each}@example.com", "type": each} for each in ("work", "home")])
    held.read(0)
    paths = {
        "emails": ('emails[type eq "home"]', 'emails[type eq "work"]'),
        "members": tuple(f'members[value eq "{held.ids[each]}"]' for each in "01"),
    }[attribute]
    for path, held.refusal in zip(paths, (0, 400), strict=True):
        held.patch(step, place, {"op": "remove", "path": path})
    assert held.findings == {}


def test_what_a_put_leaves_out_may_be_required() -> None:
    """A target that can be without one attribute need not be without another one, nor without a part of it."""
    held = begun()
    held.read(0)
    for left, held.refusal in (({"nickName": None}, 0), ({"name": {"givenName": "Ann"}}, 400)):
        held.put(0, "put_less", **left)
        held.read(0)
    assert held.findings == {}


def dated(seconds: str) -> Lie:
    return shows(lambda body: body["meta"].update(lastModified=f"2099-01-01T00:00:{seconds}Z"))


def test_dates_may_be_of_different_precision() -> None:
    """A date without a fraction of a second may stand for any moment of that second."""
    for later, is_told in (("05.9", False), ("06.1", True)):
        held = begun()
        held.set(0, title="Old")
        for place, seconds in ((0, "05"), ("g0", later)):
            held.lie = dated(seconds)
            held.read(place)
        held.lie = dated("05")
        held.set(0, title="New")
        held.lie = dated("05")
        held.read(0)
        assert ("explore.last-modified-moves-with-the-resource" in held.findings) == is_told


def test_a_group_may_have_the_number_of_a_user() -> None:
    """Whether ids count for each kind is told elsewhere, as it is in a run."""
    held = begun()
    held.lie = shows(lambda body: body.update(id=held.ids["0"]))
    held.create_group(1, 1)
    assert held.findings == {}


def test_a_name_may_be_kept_for_who_has_it_as_an_address() -> None:
    """Advice, unless such a create was taken."""
    held = begun()
    held.set(0, emails=[{"value": held.name(2), "type": "work"}])
    held.read(0)
    held.refusal = 409
    held.create(2)
    assert held.findings == {}
    assert "explore.free-name-is-taken" in held.advice
    held.create(2)
    held.set(0, emails=[{"value": held.name(3), "type": "work"}])
    held.refusal = 409
    held.create(3)
    assert "explore.free-name-is-taken" in held.findings
