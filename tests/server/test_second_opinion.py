"""The harness and the server read RFC 7644 3.5.2 alike: what a check holds a PATCH to have done is what this server does.

They share no code, so that one misreading cannot hide in both. Where the harness is in doubt it says nothing.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.settings import Settings, Token
from scim_tests.checks.reading.differences import differences
from scim_tests.checks.reading.outcomes import Outcome
from scim_tests.checks.reading.patching import patched

from .conftest import ENTERPRISE, GROUP, USER, Client

Json = Any


def _has_one_primary(entries: list[Json]) -> bool:
    return sum(each.get("primary") is True for each in entries) < 2


def _lists(entry: st.SearchStrategy[Json]) -> st.SearchStrategy[list[Json]]:
    return st.lists(entry, max_size=3).filter(_has_one_primary)


WORDS = st.sampled_from(["a", "A", "b", "c"])
MAYBE = WORDS | st.none()
KINDS = st.sampled_from(["work", "home", "other"])
COUNTRIES = st.sampled_from(["US", "DE"])
NUMBERS = st.sampled_from(["+1-201-555-0123", "+1 201 555 0123", "+1-201-555-0145"])
EMAIL = st.fixed_dictionaries(
    {"value": WORDS}, optional={"type": KINDS, "primary": st.booleans(), "display": WORDS}
)
PHONE = st.fixed_dictionaries({"value": NUMBERS}, optional={"type": KINDS, "primary": st.booleans()})
ADDRESS = st.fixed_dictionaries(
    {"type": KINDS}, optional={"streetAddress": WORDS, "postalCode": WORDS, "country": COUNTRIES}
)
ENTRIES = {"emails": EMAIL, "phoneNumbers": PHONE, "addresses": ADDRESS}
PARTS = {
    "emails": ("value", "display", "type", "primary"),
    "phoneNumbers": ("value", "primary"),
    "addresses": ("streetAddress", "postalCode", "country"),
}
NAME = st.dictionaries(st.sampled_from(["givenName", "familyName", "middleName"]), WORDS, max_size=3)
MANAGER = st.fixed_dictionaries({"value": WORDS})
EMPLOYMENT = st.fixed_dictionaries(
    {}, optional={"department": WORDS, "costCenter": WORDS, "manager": MANAGER}
)
VALUES: dict[str, st.SearchStrategy[Json]] = {
    "title": MAYBE,
    "nickName": MAYBE,
    "active": st.booleans() | st.sampled_from(["True", "false"]),
    "userName": WORDS,
    "name": NAME,
    "name.givenName": MAYBE,
    "name.middleName": MAYBE,
    ENTERPRISE: EMPLOYMENT,
    f"{ENTERPRISE}:department": MAYBE,
    f"{ENTERPRISE}:manager": MANAGER,
    f"{ENTERPRISE}:manager.value": WORDS,
    f"{USER}:title": WORDS,
    **{name: _lists(entry) for name, entry in ENTRIES.items()},
}
OF_A_PART = {"primary": st.booleans(), "country": COUNTRIES, "type": KINDS, "value": WORDS | NUMBERS}
START = st.fixed_dictionaries(
    {"active": st.booleans()},
    optional={
        "title": WORDS,
        "nickName": WORDS,
        "name": NAME,
        ENTERPRISE: EMPLOYMENT,
        **{name: _lists(entry) for name, entry in ENTRIES.items()},
    },
)


@st.composite
def _operations(draw: st.DrawFn) -> dict[str, Json]:
    op = draw(st.sampled_from(["add", "remove", "replace", "Add", "REMOVE", "Replace"]))
    form = draw(st.sampled_from(["path", "path", "filter", "filter", "none"]))
    removes = op.lower() == "remove"
    if form == "filter":
        path, value = draw(_filtered())
    elif form == "path" or removes:
        path = draw(st.sampled_from(sorted(VALUES)))
        value = draw(VALUES[path])
        path = path if ":" in path else draw(st.sampled_from([path, path.upper(), path.lower()]))
    else:
        names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, min_size=1, max_size=3))
        return {"op": op, "value": {name: draw(VALUES[name]) for name in names}}
    return {"op": op, "path": path} | ({} if removes else {"value": value})


@st.composite
def _filtered(draw: st.DrawFn) -> tuple[str, Json]:
    name = draw(st.sampled_from(sorted(ENTRIES)))
    part = draw(st.sampled_from(["", *PARTS[name]]))
    wanted = draw(
        st.sampled_from([f'type eq "{draw(KINDS)}"', "primary eq true", f'value eq "{draw(WORDS)}"'])
    )
    value = draw(OF_A_PART.get(part, WORDS) if part else ENTRIES[name])
    return f"{name}[{wanted}]" + (f".{part}" if part else ""), value


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """One server for all examples; each removes what it made."""
    client = Client(Settings(tokens=(Token("secret"),)))
    yield client
    client.close()


def _disagreement(client: Client, path: str, operations: list[Json]) -> list[Any]:
    """Where the server shows something other than the harness expects of a PATCH; nothing where either says no."""
    before = client.get(path).json()
    answer = client.patch(path, *operations)
    after = client.get(path).json()
    if not answer.is_success:
        assert list(differences(Outcome(before), after, before)) == []
        return []
    expected = patched(before, operations)
    return [] if expected is None else list(differences(Outcome(expected), after, before))


@given(start=START, operations=st.lists(_operations(), min_size=1, max_size=3))
def test_users_become_what_the_harness_expects(
    shared: Client, start: dict[str, Json], operations: list[Json]
) -> None:
    """Whatever is done to a user, where the harness is not in doubt and the server took it they agree."""
    created = shared.post("/Users", {"schemas": [USER], "userName": "u", **start})
    if created.status_code != 201:
        return
    path = f"/Users/{created.json()['id']}"
    try:
        assert _disagreement(shared, path, operations) == []
    finally:
        shared.delete(path)


CHANGES = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "replace", "name"]), st.sets(st.integers(0, 3), max_size=3)),
    min_size=1,
    max_size=4,
)


@given(members=st.sets(st.integers(0, 3)), changes=CHANGES)
def test_groups_become_what_the_harness_expects(
    shared: Client, members: set[int], changes: list[tuple[str, set[int]]]
) -> None:
    """So do the members of a group, and its name."""
    people = [shared.user(f"member-{number}")["id"] for number in range(4)]
    body = {
        "schemas": [GROUP],
        "displayName": "g",
        "members": [{"value": people[each]} for each in sorted(members)],
    }
    path = f"/Groups/{shared.post('/Groups', body).json()['id']}"
    operations = [one for op, chosen in changes for one in _of_members(op, [people[each] for each in chosen])]
    try:
        assert not operations or _disagreement(shared, path, operations) == []
    finally:
        shared.delete(path)
        for each in people:
            shared.delete(f"/Users/{each}")


def _of_members(op: str, ids: list[str]) -> list[Json]:
    """As Okta sends it: one removal a member."""
    if op == "remove":
        return [{"op": op, "path": f'members[value eq "{each}"]'} for each in ids]
    if op == "name":
        return [{"op": "replace", "value": {"displayName": f"g{len(ids)}"}}]
    return [{"op": op, "path": "members", "value": [{"value": each} for each in ids]}]
