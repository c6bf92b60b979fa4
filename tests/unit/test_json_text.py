"""Values and lists in sentences: a reader sees what was there."""

import pytest

from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import Json


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "no value"),
        (True, "the boolean true"),
        ("7", 'the string "7"'),
        ([], "an empty array"),
        ({}, "an empty object"),
        ([{"value": "admin"}], 'an array of 1, [{"value": "admin"}]'),
    ],
)
def test_a_value_is_told_with_its_type(value: Json, words: str) -> None:
    """Null is no value, since it means that there is none (RFC 7643 2.5); what is short stands there whole."""
    assert describe(value) == words


@pytest.mark.parametrize("value", ["x" * 100, ["x" * 100], {"name": "x" * 100}, '"' * 100])
def test_a_long_value_shows_how_it_begins(value: Json) -> None:
    """It is cut, never within an escape, so that whoever masks a sentence sees where it was cut."""
    said = describe(value)
    assert len(said) < 120
    assert said.endswith("…")
    assert not said.endswith("\\…")


def test_a_list_is_told_by_number_and_ids() -> None:
    """Of many the first three are named."""
    lists: tuple[list[str], ...] = ([], ["7"], ["7", "8"], ["1", "2", "3", "4"], ["None", "None"])
    said = [several(ids, "user") for ids in lists]
    assert said == ["no user", "the user 7", "2 users: 7, 8", "4 users: 1, 2, 3", "2 users"]
