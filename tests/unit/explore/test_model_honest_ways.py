"""What an honest server may make of values and groups in its own way, one conversation each."""

from held import Held, begin, put_into, shows

from scim_tests.model.scim import get

QUOTED = 'Head of "Sales"'


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


def test_the_deleted_may_leave_a_group_in_any_order() -> None:
    """Who was deleted first may be the last to leave (RFC 7643 2.3.7): that is advice."""
    held = Held()
    begin(held)
    held.create_group(0, 0, 1)
    both = held.read("g0").resource["members"]
    held.delete(0)
    held.delete(1)
    held.lie = shows(put_into("members", value=[each for each in both if each["value"] == held.ids["0"]]))
    held.read("g0")
    assert held.findings == {}
    assert "explore.group-loses-whoever-is-deleted" in held.advice
