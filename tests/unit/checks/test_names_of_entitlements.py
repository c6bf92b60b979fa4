"""An app may have names of its own for a role's id and displayName, of which Okta is told and a run is not."""

from typing import Any

import pytest
from bending import Bend, bent, body, each_user, judged

from scim_tests.checks import catalogue
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict

NAMED = "entitlements.each-has-id-and-name"
ONCE = "entitlements.lists-each-once"
EXTENSION = "urn:example:params:scim:schemas:extension:app:2.0:Role"


def renamed(**names: str) -> Bend:
    """Every role has these attributes under the names given for them, and not under their own."""
    return each_user(lambda role: role.update({new: role.pop(old) for old, new in names.items()}))


def in_an_extension(role: Any) -> None:
    role[EXTENSION] = {"roleName": role.pop("displayName")}


def numbered(role: Any) -> None:
    role.update(roleNumber=1, id=None)


def without_a_name(**instead: Any) -> Bend:
    return each_user(lambda role: (role.pop("displayName"), role.update(instead)))


def verdicts(check_id: str, honest: list[Exchange], bend: Bend) -> set[Verdict]:
    (check,) = [each for each in catalogue() if each.id == check_id]
    return {each.verdict for each in judged(check, bent(honest, "entitlements.page", bend))}


@pytest.mark.parametrize(
    "bend",
    [
        renamed(id="roleId", displayName="roleName"),
        renamed(displayName="display"),
        each_user(in_an_extension),
        each_user(numbered),
    ],
)
def test_another_attribute_may_stand_for_it(honest: list[Exchange], bend: Bend) -> None:
    """Where another attribute has a value that could be the id or the name, it is advice."""
    assert verdicts(NAMED, honest, bend) == {Verdict.ADVICE}


@pytest.mark.parametrize(
    "instead", [{}, {"badge": ""}, {"isDefault": True}, {"limits": {"seats": True}}, {"tags": ["a"]}]
)
def test_where_nothing_stands_for_it_it_fails(honest: list[Exchange], instead: dict[str, Any]) -> None:
    """A description, a type, a truth value, a list or an empty text is no name."""
    assert Verdict.FAIL in verdicts(NAMED, honest, without_a_name(**instead))


def test_the_finding_names_what_could_stand_for_it(honest: list[Exchange]) -> None:
    """The reader learns which attribute it could be, and where Okta is told so."""
    (check,) = [each for each in catalogue() if each.id == NAMED]
    said = judged(check, bent(honest, "entitlements.page", renamed(displayName="roleName")))
    (first, *_) = [each.finding for each in said if each.finding]
    assert "roleName" in first.got
    assert "OIN Wizard" in first.expected
    assert "Schema mapping" in check.fix


def test_roles_without_ids_are_counted_and_not_compared(honest: list[Exchange]) -> None:
    """Several roles without an `id` are not taken for one; one too few is still seen."""
    assert verdicts(ONCE, honest, renamed(id="roleId")) == {Verdict.PASS}

    def one_short(document: Any) -> None:
        del document["Resources"][-1]
        for role in document["Resources"]:
            role["roleId"] = role.pop("id")

    assert verdicts(ONCE, honest, body(one_short)) == {Verdict.FAIL}
