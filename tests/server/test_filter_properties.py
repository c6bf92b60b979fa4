"""Any filter and any order mean in SQL what they mean to a naive reader of the same resources."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_filters import (
    CONDITIONS,
    STRINGS,
    USERS,
    VALUES,
    Condition,
    comparable,
    holds,
    values_of,
    written,
)

from reference_server.settings import Settings, Token

from .conftest import Client


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """One server for all examples; each removes the users it made."""
    client = Client(Settings(tokens=(Token("secret"),)))
    yield client
    client.close()


@contextmanager
def _populated(client: Client, users: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The users in the server while the block runs."""
    made: list[dict[str, Any]] = []
    try:
        made.extend(client.user(f"user{number}", **user) for number, user in enumerate(users))
        yield client.found("/Users")
    finally:
        for user in made:
            client.delete(f"/Users/{user['id']}")


@given(
    users=USERS,
    conditions=st.lists(CONDITIONS, min_size=1, max_size=6),
    letters=st.randoms(use_true_random=False),
)
def test_a_filter_finds_whom_a_naive_reader_finds(
    shared: Client, users: list[dict[str, Any]], conditions: list[Condition], letters: random.Random
) -> None:
    """Over any users, any condition in any letter case selects the same ones, in order, with the true total."""
    with _populated(shared, users) as everybody:
        for condition in conditions:
            text = written(condition, letters)
            body = shared.get("/Users", filter=text).json()
            expected = [user["userName"] for user in everybody if holds(condition, user)]
            assert [user["userName"] for user in body["Resources"]] == expected, text
            assert body["totalResults"] == len(expected)


def _key(user: dict[str, Any], path: str) -> Any:
    """What a user is sorted by: of several values the primary one, else the first."""
    if path.startswith("emails"):
        emails = user.get("emails", [])
        chosen = next((email for email in emails if email.get("primary")), emails[0] if emails else {})
        return comparable(path, chosen.get(path.partition(".")[2] or "value"))
    return comparable(path, values_of(user, path)[1][0])


@given(users=USERS, path=st.sampled_from([*STRINGS, *VALUES, "active"]), descending=st.booleans())
def test_any_order_is_the_one_a_naive_reader_makes(
    shared: Client, users: list[dict[str, Any]], path: str, descending: bool
) -> None:
    """Those without a value last ascending and first descending, and equals in order of creation."""
    with _populated(shared, users) as everybody:
        valued = [user for user in everybody if _key(user, path) is not None]
        valueless = [user for user in everybody if _key(user, path) is None]
        # Python's sort keeps equals in place also in reverse, as the server does.
        ordered = sorted(valued, key=lambda user: _key(user, path), reverse=descending)
        expected = valueless + ordered if descending else ordered + valueless
        order = "descending" if descending else "ascending"
        found = shared.found("/Users", sortBy=path, sortOrder=order)
        assert [user["id"] for user in found] == [user["id"] for user in expected]
