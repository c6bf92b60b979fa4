"""Which forms of what was written are the same thing, and which are a loss."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.checks.reading.differences import Difference, differences
from scim_tests.checks.reading.outcomes import Outcome
from scim_tests.model.scim import ENTERPRISE_USER

Json = Any
WORK = {"value": "w@example.com", "type": "work", "primary": True}
HOME = {"value": "h@example.com", "type": "home"}
FAX, CELL = {"value": "+1-201-555-0123", "type": "fax"}, {"value": "+1-201-555-0145", "type": "mobile"}
OFFICE = {"type": "work", "streetAddress": "1 Testing Lane", "postalCode": "91608", "country": "US"}
FLAT = {"type": "home", "streetAddress": "22 Sample Road", "postalCode": "10203", "country": "US"}
ALL = {
    "userName": "zoë@example.com",
    "title": "Reader",
    "active": True,
    "name": {"givenName": "Zoë", "familyName": "Body"},
    "emails": [WORK, HOME],
    "phoneNumbers": [FAX, CELL],
    "addresses": [OFFICE, FLAT],
    ENTERPRISE_USER: {"department": "Print", "manager": {"value": "8"}},
}


def found(wanted: Json, shown: Json, was: Json = None, **outcome: Json) -> list[Difference]:
    return list(differences(Outcome(wanted, **outcome), shown, wanted if was is None else was))


# Of all that is wanted, how this part may be shown.
SAME: dict[str, Json] = {
    "itself": {},
    "another letter case (RFC 7643 7)": {"userName": "ZOË@EXAMPLE.COM", "title": "READER"},
    "a domain in small letters": {"emails": [{**WORK, "value": "w@EXAMPLE.com"}, HOME]},
    "another Unicode form": {"name": {"givenName": "Zoe\N{COMBINING DIAERESIS}", "familyName": "Body"}},
    "names in another letter case (RFC 7643 2.1)": {"Title": "Reader", "title": None},
    "entries in another order": {"emails": [HOME, WORK], "addresses": [FLAT, OFFICE]},
    "numbers with other punctuation": {
        "phoneNumbers": [{**FAX, "value": "+1 (201) 555-0123"}, {**CELL, "value": "tel:+12015550145"}]
    },
    "primary false": {"emails": [WORK, {**HOME, "primary": False}]},
    "a sole address made the primary one": {"phoneNumbers": [{**FAX, "primary": True}, CELL]},
    "what the server says of itself": {"id": "7", "meta": {"version": "2"}, "groups": [{"value": "1"}]},
    "a full name": {"name": {"givenName": "Zoë", "familyName": "Body", "formatted": "Zoë Body"}},
    "texts that are displayed": {
        "emails": [{**WORK, "display": "w"}, HOME],
        "addresses": [{**OFFICE, "formatted": "1 Testing Lane"}, FLAT],
    },
    "a manager's name and address (RFC 7643 4.3)": {
        ENTERPRISE_USER: {
            "department": "Print",
            "manager": {"value": "8", "displayName": "Boss", "$ref": "../Users/8"},
        }
    },
    "nulls, empty texts and lists for what has no value (RFC 7643 2.5)": {
        "nickName": None,
        "photos": [],
        "emails": [WORK, {**HOME, "display": ""}],
    },
}

LOST: dict[str, tuple[Json, str]] = {
    "a value": ({"title": None}, "$.title"),
    "another value": ({"title": "Writer"}, "$.title"),
    "a truth": ({"active": False}, "$.active"),
    "a truth that is a text": ({"active": "true"}, "$.active"),
    "a part": ({"name": {"givenName": "Zoë"}}, "$.name.familyName"),
    "an entry": ({"emails": [WORK]}, "$.emails"),
    "all entries": ({"phoneNumbers": None}, "$.phoneNumbers"),
    "a part of an entry": ({"addresses": [OFFICE, {**FLAT, "postalCode": None}]}, "$.addresses[*].postalCode"),
    "a part from a neighbour": (
        {"addresses": [{**OFFICE, "postalCode": FLAT["postalCode"]}, FLAT]},
        "$.addresses[*].postalCode",
    ),
    "a type from a neighbour": ({"emails": [WORK, {**HOME, "type": "work"}]}, "$.emails[*].type"),
    "the primary one is another": (
        {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]},
        "$.emails[*].primary",
    ),
    "an entry too many": ({"emails": [WORK, HOME, {"value": "x@example.com"}]}, "$.emails"),
    "an entry twice": ({"emails": [WORK, HOME, {**HOME}]}, "$.emails[*]"),
    "an entry twice, once with less": ({"emails": [WORK, HOME, {"value": WORK["value"], "type": "work"}]}, "$.emails[*]"),
    "a part too many": ({"emails": [WORK, {**HOME, "label": "x"}]}, "$.emails[*].label"),
    "an attribute too many": ({"nickName": "Zo"}, "$.nickName"),
    "another number": ({"phoneNumbers": [{**FAX, "value": "+1-201-555-0124"}, CELL]}, "$.phoneNumbers[*].value"),
    "a number without its extension": ({"phoneNumbers": [FAX, {**CELL, "value": ""}]}, "$.phoneNumbers[*].value"),
    "no list": ({"emails": WORK["value"]}, "$.emails"),
    "a value in an extension": (
        {ENTERPRISE_USER: {"manager": {"value": "8"}}},
        f"$.{ENTERPRISE_USER}.department",
    ),
    "another manager": (
        {ENTERPRISE_USER: {"department": "Print", "manager": {"value": "9"}}},
        f"$.{ENTERPRISE_USER}.manager.value",
    ),
}  # fmt: skip


def as_shown(change: Json) -> Json:
    return {key: value for key, value in {**ALL, **change}.items() if value is not None}


@pytest.mark.parametrize(
    ("shown", "is_same"),
    [
        ("+1 201 555 0124 x77", True),
        ("+1 (201) 555-0124, ext. 77", True),
        ("+12015550124;ext=77", True),
        ("+1-201-555-0124 #77", True),
        ("+1201555012477", False),
        ("+1-201-555-0124", False),
        ("+1-201-555-0124;ext=78", False),
    ],
)
def test_an_extension_is_no_part_of_the_number(shown: str, is_same: bool) -> None:
    """However people write it (RFC 3966 3), it stays apart from the digits before it."""
    wanted = {"phoneNumbers": [{"value": "tel:+1-201-555-0124;ext=77", "type": "work"}]}
    got = {"phoneNumbers": [{"value": shown, "type": "work"}]}
    assert (found(wanted, got) == []) is is_same


@pytest.mark.parametrize("form", SAME)
def test_another_form_of_the_same_is_no_difference(form: str) -> None:
    """RFC 7643 and what servers make of others leave these open."""
    assert found(ALL, as_shown(SAME[form])) == []


@pytest.mark.parametrize("loss", LOST)
def test_what_is_otherwise_is_a_difference_in_its_place(loss: str) -> None:
    """One at least, the first one there, and none elsewhere."""
    change, path = LOST[loss]
    places = [each.path for each in found(ALL, as_shown(change))]
    assert places
    assert all(each.startswith(path.partition("[")[0]) for each in places)
    assert path in places


def test_it_says_what_stood_there_before_and_what_was_written() -> None:
    """A loss of what was there is another fault than a value that was not taken."""
    was = {**ALL, "title": "Former", "emails": [WORK]}
    shown = {**ALL, "title": "Former", "emails": [], "userName": "other"}
    said = {(each.path, each.stays): each.texts for each in found(ALL, shown, was)}
    assert said == {
        ("$.title", False): ('the string "Reader", as it was written', 'the string "Former"'),
        ("$.emails", True): (said["$.emails", True][0], "no value"),
        ("$.emails", False): (said["$.emails", False][0], "no value"),
        ("$.userName", True): ('the string "zoë@example.com", as before', 'the string "other"'),
    }
    assert said["$.emails", True][0].endswith("as before")
    assert said["$.emails", False][0].endswith("as it was written")


def test_what_appears_was_not_there_before_or_was_to_go() -> None:
    """Both are shown although nothing has to stand there."""
    (appeared,) = found({}, {"title": "New"}, {})
    assert (appeared.stays, appeared.texts[0]) == (True, "no such value, as before")
    (stayed,) = found({}, {"title": "Old"}, {"title": "Old"})
    assert stayed.stays is False


def test_an_entry_whose_value_was_changed_is_still_that_entry() -> None:
    """Its other parts stood there before, although another entry had that value."""
    was = {"phoneNumbers": [{**FAX, "display": "Fax"}, CELL]}
    wanted = {"phoneNumbers": [{**FAX, "display": "Fax", "value": CELL["value"]}, CELL]}
    shown = {"phoneNumbers": [{**FAX, "value": CELL["value"]}, CELL]}
    (lost,) = found(wanted, shown, was)
    assert (lost.path, lost.wanted, lost.stays) == ("$.phoneNumbers[*].display", "Fax", True)


def test_what_a_server_makes_of_other_parts_moves_with_them() -> None:
    """The text of an address is another one when its street is; one that is written has to stand."""
    was = {"addresses": [{**OFFICE, "formatted": "1 Testing Lane"}]}
    wanted = {"addresses": [{**OFFICE, "formatted": "1 Testing Lane", "streetAddress": "2 Testing Lane"}]}
    shown = {"addresses": [{**OFFICE, "formatted": "2 Testing Lane", "streetAddress": "2 Testing Lane"}]}
    assert found(wanted, shown, was) == []
    (written,) = found(was, {"addresses": [{**OFFICE, "formatted": "Elsewhere"}]}, {"addresses": [OFFICE]})
    assert written.path == "$.addresses[*].formatted"


def test_what_a_put_left_out_may_go_and_may_have_a_default() -> None:
    """It is no difference where it is gone, and is told apart where it is something else (RFC 7644 3.5.1)."""
    free = {"free": frozenset({"$.title"}), "only": False}
    assert found({"title": "Reader"}, {}, **free) == []
    assert found({"title": "Reader"}, {"title": "Reader"}, **free) == []
    (default,) = found({"title": "Reader"}, {"title": "Member"}, **free)
    assert default.left_out
    assert found({}, {"nickName": "Zo"}, **free) == []


def test_what_was_sent_empty_is_gone() -> None:
    """Unlike what was left out."""
    (stayed,) = found(
        {}, {"title": "Reader"}, {"title": "Reader"}, emptied=frozenset({"$.title"}), only=False
    )
    assert (stayed.path, stayed.stays) == ("$.title", False)


def test_members_are_who_they_are() -> None:
    """Of a group the ids count, each once, and nothing that stands beside them."""
    two = {"displayName": "Team", "members": [{"value": "1", "display": "One"}, {"value": "2"}]}
    shown = {
        "displayName": "Team",
        "members": [{"value": "2", "type": "User", "$ref": "../Users/2"}, {"value": "1"}],
    }
    assert found(two, shown) == []
    lost = found(two, {**two, "members": [{"value": "1"}, {"value": "3"}]})
    assert [(each.wanted, each.shown, each.stays) for each in lost] == [("2", None, True), (None, "3", True)]
    (twice,) = found(two, {**two, "members": [*two["members"], {"value": "1"}]})
    assert twice.path == "$.members[*]"
    assert [each.wanted for each in found(two, {"displayName": "Team"})] == ["1", "2"]
    assert found(two, {**two, "members": [*two["members"], {}]}) == []


def test_places_are_told_as_the_rfc_spells_them() -> None:
    """Whatever letters were sent: who reads the report looks for `emails` in their code."""
    (lost,) = found({"NAME": {"FAMILYNAME": "Body"}}, {})
    assert lost.path == "$.name.familyName"


ENTRY = st.fixed_dictionaries(
    {"value": st.sampled_from(["a", "b", "c", "d"])},
    optional={
        "type": st.sampled_from(["work", "home"]),
        "primary": st.booleans(),
        "label": st.sampled_from(["x", "y"]),
    },
)
ENTRIES = st.lists(ENTRY, min_size=1, max_size=4, unique_by=lambda each: (each["value"], each.get("type")))


@given(entries=ENTRIES, order=st.randoms(use_true_random=False), lost=st.integers(0, 3))
def test_entries_in_any_order_are_the_same_and_none_can_be_missed(
    entries: list[Json], order: Any, lost: int
) -> None:
    """However many are alike in part."""
    shuffled = [*entries]
    order.shuffle(shuffled)
    assert found({"emails": entries}, {"emails": shuffled}) == []
    fewer = [each for place, each in enumerate(shuffled) if place != lost % len(shuffled)]
    assert found({"emails": entries}, {"emails": fewer}) != []
    assert found({"emails": fewer}, {"emails": shuffled}) != []
