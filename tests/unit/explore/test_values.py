"""What is written of attributes in a conversation."""

import json
from typing import Any

import pytest

from scim_tests.explore.values import TRAPS, attributes
from scim_tests.model.act import Person
from scim_tests.model.scim import ENTERPRISE_USER, USER

ADDRESS = "scim-tests.unittest.mail@example.com"
WRITER = Person("mail", "", ADDRESS, "", "", ADDRESS, "")
TITLE = {"name": "title", "type": "string"}


def published(*definitions: dict[str, Any], urn: str = USER) -> list[dict[str, Any]]:
    return [{"id": urn, "attributes": list(definitions)}]


def test_a_free_text_has_two_plain_values_first_and_the_traps_behind() -> None:
    """Old values come back, since the plainest stand first; what breaks servers stands behind them."""
    (title,) = attributes(published(TITLE), WRITER)
    assert (title.path, title.is_text) == ("title", True)
    assert title.values[0] != title.values[1]
    assert set(TRAPS) <= set(title.values[2:])
    assert title.values[0].swapcase() in title.values


def test_parts_and_extensions_are_named_by_their_paths() -> None:
    """A part of a complex attribute, and an attribute of an extension, has the path that a PATCH has for it."""
    name = {"name": "name", "type": "complex", "subAttributes": [{"name": "givenName"}]}
    declared = [*published(name), *published({"name": "department"}, urn=ENTERPRISE_USER)]
    assert [each.path for each in attributes(declared, WRITER)] == [
        "name.givenName",
        f"{ENTERPRISE_USER}:department",
    ]


def test_lists_have_whole_values_entries_and_choices() -> None:
    """Of phone numbers there are whole lists, single entries, and paths that choose entries by their type."""
    parts = [{"name": "value"}, {"name": "type"}, {"name": "primary", "type": "boolean"}]
    phones = {"name": "phoneNumbers", "type": "complex", "multiValued": True, "subAttributes": parts}
    (found,) = attributes(published(phones), WRITER)
    assert all(isinstance(each, list) and each for each in found.values)
    assert all(set(each) <= {"value", "type", "primary"} for each in found.entries)
    assert 'phoneNumbers[type eq "work"]' in found.choices
    assert 'phoneNumbers[type eq "work"].value' in dict(found.parts)


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "title", "mutability": "readOnly"},
        {"name": "title", "uniqueness": "server"},
        {"name": "title", "type": "binary"},
        {"name": "roles", "type": "string"},
        {"name": "somethingOfTheirs"},
    ],
)
def test_what_cannot_or_should_not_be_written_is_left_out(definition: dict[str, Any]) -> None:
    """Read-only, unique and binary attributes, what could grant something, and what only this target has."""
    assert attributes(published(definition), WRITER) == ()


def test_with_every_what_only_the_target_declares_is_written_too() -> None:
    """On this machine an attribute that only the target knows has two values of its type."""
    (found,) = attributes(published({"name": "shoeSize", "type": "integer"}), WRITER, every=True)
    assert all(isinstance(each, int) for each in found.values)
    assert len(found.values) == len(set(found.values)) == 2


def test_without_schemas_what_okta_maps_is_written_but_not_what_is_unmapped() -> None:
    """Where nothing is published there are titles and e-mail addresses; an admin's unmapped attribute is none."""
    paths = [each.path for each in attributes([], WRITER, unmapped=["title"])]
    assert "emails" in paths
    assert "title" not in paths


HOSTILE = "zebulon.quackenbush@corp.example"


@pytest.mark.parametrize(
    "value", [HOSTILE, "Zebulon", "zebulon", "zebulon quackenbush", "+12015550123", "z\u00eb"]
)
def test_canonical_values_that_may_be_somebody_are_not_written(value: str) -> None:
    """A line is shown as it is: of what a target suggests only words of the RFCs may stand in it, as it spells them."""
    parts = [{"name": "value"}, {"name": "type", "canonicalValues": [value, "Work", "home"]}]
    phones = {"name": "phoneNumbers", "type": "complex", "multiValued": True, "subAttributes": parts}
    (found,) = attributes(published(phones), WRITER)
    assert value not in json.dumps([found.entries, found.choices], ensure_ascii=False)
    assert set(found.choices) == {f'phoneNumbers[type eq "{each}"]' for each in ("Work", "home")}


def test_where_no_canonical_value_is_of_the_rfcs_the_attribute_or_part_is_left_out() -> None:
    """Nothing is made up where a target says what it takes."""
    parts = [{"name": "value"}, {"name": "type", "canonicalValues": [HOSTILE]}]
    phones = {"name": "phoneNumbers", "type": "complex", "multiValued": True, "subAttributes": parts}
    (found,) = attributes(published(phones, {**TITLE, "canonicalValues": [HOSTILE]}), WRITER)
    assert all(set(each) == {"value"} for each in found.entries)
    assert (found.path, found.choices) == ("phoneNumbers", ())


@pytest.mark.parametrize("name", [HOSTILE, "7up", "a b", "a.b", "a" * 61, "z\u00eb", "", None])
def test_what_is_not_called_as_attributes_are_is_left_out(name: str | None) -> None:
    """RFC 7643 2.1: on top and within."""
    person = {"name": "name", "type": "complex", "subAttributes": [{"name": "givenName"}, {"name": name}]}
    found = attributes(published({"name": name}, person), WRITER, every=True)
    assert [each.path for each in found] == ["name.givenName"]
