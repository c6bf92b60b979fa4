"""What an honest server may make of values and groups in its own way, one conversation each."""

from collections.abc import Callable

import pytest
from held import Held, begin, begun, put_into, shows

from scim_tests.checks import explore_catalogue
from scim_tests.engine.judge import judged
from scim_tests.model.exchange import Answer
from scim_tests.model.scim import get
from scim_tests.model.verdict import Verdict

QUOTED = 'Head of "Sales"'


def first_of_all(number: int) -> Callable[[Answer], Answer]:
    """A page that ends after so many, of all that are counted."""
    return shows(lambda body: body.update(Resources=body["Resources"][:number], itemsPerPage=number))


def test_a_nickname_may_be_made_of_the_given_name() -> None:
    """What a create says itself comes of nobody else, also where somebody else was given it, too."""
    held = Held()
    held.create(0, nickName="Ann")
    held.read(0)
    held.create(1)
    held.lie = shows(put_into("nickName", value="Ann"))
    held.read(1)
    assert held.findings == {}


def test_what_is_shown_on_request_alone_may_be_left_out() -> None:
    """As an answer to a write shows it to whoever says it, and a read by id does not (RFC 7643 7: `returned`)."""
    held, hidden = Held(), shows(lambda body: body.pop("nickName"))
    begin(held)
    held.set(0, nickName="Bo")
    held.lie = hidden
    held.read(0)
    held.lie = hidden
    held.set(0, title="New")
    held.lie = hidden
    held.read(0)
    assert held.findings == {}


def test_a_form_that_a_part_has_shown_may_come_again() -> None:
    """A value that an answer with parts showed in the target's own form is no old one when somebody else gets it."""
    held = Held()
    begin(held)
    straight = shows(put_into("title", value="Head of 'Sales'"))
    held.lie = shows(lambda body: body.pop("title"))
    held.set(0, title=QUOTED)
    held.lie = straight
    held.read(0, "read_part", "?attributes=title")
    held.lie = shows(lambda body: body.pop("title"))
    held.set(1, title=QUOTED)
    held.lie = straight
    held.read(1)
    assert held.findings == {}


def test_a_full_name_may_be_made_anew_of_another_name() -> None:
    """Whatever was written to displayName before: but only where the name is another one since the last read."""
    held = Held()
    begin(held)
    held.set(0, displayName="First")
    held.read(0)
    held.set(0, displayName="Second")
    held.set(0, name={"givenName": "Zoë", "familyName": "Of0"})
    held.lie = shows(put_into("displayName", value="First"))
    assert get(held.read(0).resource, "displayName") == "First"
    assert held.findings == {}
    held.set(0, displayName="Third")
    held.lie = shows(put_into("displayName", value="First"))
    held.read(0)
    assert "explore.read-shows-what-was-written" in held.findings


@pytest.mark.parametrize(("place", "is_advised"), [("0", True), ("1", False)])
def test_the_deleted_may_leave_a_group_in_any_order(place: str, is_advised: bool) -> None:
    """Who was deleted first may be the last to leave (RFC 7643 2.3.7): that is advice, and that the others left is none."""
    held = begun()
    both = held.read("g0").resource["members"]
    held.delete(0)
    held.delete(1)
    held.lie = shows(put_into("members", value=[each for each in both if each["value"] == held.ids[place]]))
    held.read("g0")
    assert held.findings == {}
    assert ("explore.group-loses-whoever-is-deleted" in held.advice) is is_advised


def test_somebody_else_may_pass_by_while_it_is_counted() -> None:
    """Whom no list shows, and one count does."""
    held = Held()
    begin(held)
    held.lie = shows(put_into("totalResults", value=3))
    held.list("count", count=0)
    held.list()
    assert held.findings == {}


def test_a_page_may_end_where_it_would_be_too_long() -> None:
    """Whoever has grown since may be on the next page, and whoever was there before others were deleted may stay there."""
    held = Held()
    begin(held)
    held.set(0, title="x" * 90)
    held.lie = first_of_all(1)
    held.list()
    assert "explore.list-fills-its-page" not in held.findings
    held = Held()
    begin(held)
    held.create(2)
    held.lie = first_of_all(2)
    held.list()
    held.delete(0)
    held.lie = first_of_all(1)
    held.list()
    assert "explore.list-fills-its-page" not in held.findings


def test_a_list_without_room_for_everybody_tells_nothing() -> None:
    """It is not said that it shows who is there."""
    held = Held()
    begin(held)
    held.lie = first_of_all(1)
    listed = held.list()
    said = judged(listed, explore_catalogue())["explore.list-shows-who-is-there"]
    assert said.verdict is Verdict.NOT_ASKED
