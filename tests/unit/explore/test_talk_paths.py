"""Where attributes stand in a user, and how people and groups of a conversation are called."""

import pytest

from scim_tests import profiles
from scim_tests.model.conversation import PEOPLE
from scim_tests.model.names import is_made_here
from scim_tests.model.scim import ENTERPRISE_USER, USER
from scim_tests.personas.explore.explore import scene_of
from scim_tests.personas.explore.paths import (
    is_changeable,
    keys,
    nested,
    value_at,
    with_value,
    without_value,
)
from scim_tests.personas.explore.people import another, group_name, user_name
from scim_tests.personas.okta.people import Casting

ANN = {
    "schemas": [USER],
    "name": {"givenName": "Ann", "familyName": "Lee"},
    "emails": [{"value": "a"}, {"value": "b", "primary": True}],
}
SCENE = scene_of(Casting(profiles.load("okta"), "unittest", 1), "7", ())


@pytest.mark.parametrize(("path", "names"), [
    ("title", ("title",)), ("name.givenName", ("name", "givenName")), (f"{USER}:name.givenName", ("name", "givenName")),
    (f"{ENTERPRISE_USER}:department", (ENTERPRISE_USER, "department")), (ENTERPRISE_USER, (ENTERPRISE_USER,)),
    (f"{ENTERPRISE_USER}:manager.value", (ENTERPRISE_USER, "manager", "value")), ('emails[type eq "work"].value', ()),
])  # fmt: skip
def test_a_path_leads_through_names(path: str, names: tuple[str, ...]) -> None:
    """The dots of a URN are no ends of names, and entries that a filter chooses have no name."""
    assert keys(ANN, path) == names


def test_a_value_is_put_in_beside_the_others() -> None:
    """In whatever letters its name is shown; a new extension is named in `schemas`."""
    assert with_value(ANN, ("NAME", "givenname"), "Bea")["name"] == {"givenName": "Bea", "familyName": "Lee"}
    employed = with_value(ANN, (ENTERPRISE_USER, "department"), "Ink")
    assert employed[ENTERPRISE_USER] == {"department": "Ink"}
    assert employed["schemas"] == [USER, ENTERPRISE_USER]
    assert with_value(employed, (ENTERPRISE_USER, "division"), "Web")["schemas"] == [USER, ENTERPRISE_USER]
    assert nested(("name", "givenName"), "Bea") == {"name": {"givenName": "Bea"}}


def test_what_is_empty_goes_with_its_last_value() -> None:
    """An extension leaves `schemas`, too."""
    employed = with_value(ANN, (ENTERPRISE_USER, "department"), "Ink")
    assert without_value(employed, (ENTERPRISE_USER, "department")) == ANN
    assert without_value(ANN, ("name", "givenName"))["name"] == {"familyName": "Lee"}


def test_a_value_is_read_and_no_list_is_gone_into() -> None:
    """Of a list the primary entry counts; nothing is put into a list, or below a plain value."""
    assert value_at(ANN, ("emails", "value")) == "b"
    assert value_at(ANN, ("title",)) is None
    assert is_changeable(ANN, ("name", "middleName"))
    assert not is_changeable(ANN, ("emails", "value"))
    assert not is_changeable(ANN, ())


def test_names_are_those_of_the_run() -> None:
    """Four for people and three for groups, then the same in capitals, and no others."""
    assert SCENE.name == "explore:7"
    assert user_name(SCENE, 0) == SCENE.crowd[0].user_name == "scim-tests.unittest.7-0@example.com"
    assert user_name(SCENE, 7) == "SCIM-TESTS.UNITTEST.7-3@EXAMPLE.COM"
    assert (group_name(SCENE, 2), group_name(SCENE, 5)) == (
        "scim-tests.unittest.7-g2",
        "SCIM-TESTS.UNITTEST.7-G2",
    )
    assert all(is_made_here(user_name(SCENE, each)) for each in range(8))
    assert not any(user_name(SCENE, each) for each in (8, -1, True, "0", 1.0, None))


def test_nobody_shares_an_address_a_number_or_an_id() -> None:
    """What a target may want to be unique is, of whoever follows in a place too; the rest stays."""
    assert another(SCENE, 1, 0) is SCENE.crowd[1]
    everybody = [another(SCENE, place, number) for place in range(PEOPLE) for number in range(10)]
    for name in ("phoneNumbers", "emails"):
        values = [each["value"] for one in everybody for each in one.attributes[name]]
        assert len({*values}) == len(values) > len(everybody)
    assert len({each.external_id for each in everybody}) == len(everybody)
    numbers = {one.attributes[ENTERPRISE_USER]["employeeNumber"] for one in everybody}
    assert len(numbers) == len(everybody)
