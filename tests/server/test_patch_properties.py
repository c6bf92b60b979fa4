"""Any sequence of PATCH operations does what a naive model of RFC 7644 section 3.5.2 does, or fails as it fails."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.settings import Settings, Token

from .conftest import ENTERPRISE, USER, Client


def _is_primary(email: dict[str, Any]) -> bool:
    return email.get("primary") is True


def _has_one_primary(emails: list[dict[str, Any]]) -> bool:
    return sum(map(_is_primary, emails)) < 2


WORDS = st.sampled_from(["a", "A", "b", "c"])
KINDS = ["work", "home", "other"]
EMAIL = st.fixed_dictionaries(
    {"value": WORDS}, optional={"type": st.sampled_from(KINDS), "primary": st.booleans(), "display": WORDS}
)
NAME = st.dictionaries(st.sampled_from(["givenName", "familyName"]), WORDS, max_size=2)
DEPARTMENT = f"{ENTERPRISE}:department"
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": WORDS | st.none(),
    "active": st.booleans(),
    "userName": WORDS,
    "name": NAME,
    "name.givenName": WORDS | st.none(),
    "emails": st.lists(EMAIL, max_size=3),
    DEPARTMENT: WORDS | st.none(),
}
FILTERED = st.tuples(st.sampled_from(KINDS), st.sampled_from(["", "value", "display", "primary"]))
START = st.fixed_dictionaries(
    {"active": st.booleans()},
    optional={
        "title": WORDS,
        "name": st.fixed_dictionaries({"givenName": WORDS}, optional={"familyName": WORDS}),
        "emails": st.lists(EMAIL, min_size=1, max_size=3).filter(_has_one_primary),
        ENTERPRISE: st.fixed_dictionaries({"department": WORDS}),
    },
)


@st.composite
def _operations(draw: st.DrawFn) -> dict[str, Any]:
    op = draw(st.sampled_from(["add", "remove", "replace"]))
    form = draw(st.sampled_from(["path", "path", "filter", "filter", "none"]))
    if form == "path" and op == "remove" and draw(st.booleans()):
        return {"op": op, "path": "emails", "value": draw(VALUES["emails"])}
    if form == "filter":
        kind, sub = draw(FILTERED)
        path = f'emails[type eq "{kind}"]' + (f".{sub}" if sub else "")
        value = draw({"": EMAIL, "primary": st.booleans()}.get(sub, WORDS))
    elif form == "path" or op == "remove":
        path = draw(st.sampled_from(sorted(VALUES)))
        value = draw(VALUES[path])
    else:
        names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=3))
        return {"op": op, "value": {name: draw(VALUES[name]) for name in names}}
    return {"op": op, "path": path} | ({} if op == "remove" else {"value": value})


class Refused(Exception):  # noqa: N818 - an answer, not a defect
    """The model would refuse."""


def _model(user: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The user after the operations, each written out in the plainest way."""
    user = deepcopy(user)
    for operation in operations:
        members = (
            operation["value"] if "path" not in operation else {operation["path"]: operation.get("value")}
        )
        for path, value in members.items():
            _apply(user, operation["op"], path, deepcopy(value))
    return user


def _apply(user: dict[str, Any], op: str, path: str, value: Any) -> None:
    if path.startswith("emails["):
        _apply_to_chosen(user, op, path.split('"')[1], path.partition("].")[2], value)
    elif path == "emails":
        old = user.get("emails", [])
        user["emails"] = _without(old, value) if op == "remove" else _with(old if op == "add" else [], value)
    elif path == "name":
        parts = {} if op == "remove" else user.get("name", {})
        user["name"] = parts | (value or {} if op != "remove" else {})
    elif path == "name.givenName":
        user["name"] = {**user.get("name", {}), "givenName": None if op == "remove" else value}
        user["name"] = {key: part for key, part in user["name"].items() if part is not None}
    elif path == DEPARTMENT:
        user[ENTERPRISE] = {} if op == "remove" or value is None else {"department": value}
    elif path == "userName" and (op == "remove" or value is None):
        raise Refused
    else:
        user[path] = None if op == "remove" else value


def _without(old: list[dict[str, Any]], gone: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """What is left without all values, or without those that have the value, and the type if there is one, of a listed one."""
    if gone is None or not old:
        return []
    if not _has_one_primary(gone):
        raise Refused
    return [
        email
        for email in old
        if not any(
            all(
                item[name].casefold() == email.get(name, "").casefold()
                for name in ("value", "type")
                if name in item
            )
            for item in gone
        )
    ]


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two values are one: the same value and type, or, without a value, the same in all."""
    if "value" in one and "value" in other:
        return one["value"].casefold() == other["value"].casefold() and one.get("type") == other.get("type")
    return one == other


def _with(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Values added to others; the newest primary is the only one."""
    if not _has_one_primary(new):
        raise Refused
    emails = deepcopy(old)
    for email in new:
        place = next((n for n, other in enumerate(emails) if _is_same(other, email)), len(emails))
        emails[place:] = [{**(emails[place] if place < len(emails) else {}), **email}, *emails[place + 1 :]]
        if _is_primary(email):
            _demote(emails, place)
    return emails


def _apply_to_chosen(user: dict[str, Any], op: str, kind: str, sub: str, value: Any) -> None:
    emails = user.get("emails", [])
    places = [place for place, email in enumerate(emails) if email.get("type") == kind]
    if not places and op == "replace":
        raise Refused
    if not places and op == "add":
        made = {"type": kind, **({sub: value} if sub else value)}
        user["emails"] = _with(emails, [made])
        return
    before = deepcopy(emails)
    for place in places:
        if op == "remove":
            emails[place] = {key: part for key, part in emails[place].items() if key != sub} if sub else {}
        elif sub:
            emails[place][sub] = value
        else:
            emails[place] = {**emails[place], **value} if op == "add" else value
    primaries = [place for place in places if _is_primary(emails[place])]
    if any(not _is_primary(before[place]) for place in primaries):
        if len(primaries) > 1:
            raise Refused
        _demote(emails, primaries[0])
    user["emails"] = [email for email in emails if email]


def _demote(emails: list[dict[str, Any]], sink: int) -> None:
    for place, email in enumerate(emails):
        if place != sink and _is_primary(email):
            email["primary"] = False


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    """One server for all examples; each removes the user it made."""
    client = Client(Settings(tokens=(Token("secret"),)))
    yield client
    client.close()


def _state(user: dict[str, Any]) -> dict[str, Any]:
    """A user as the model keeps it: nothing the server adds, nothing unassigned, values with the same key once."""
    state = {
        key: value
        for key, value in user.items()
        if key not in {"schemas", "id", "meta"} and value not in (None, {}, [])
    }
    if "emails" in state:
        state["emails"] = _merged(state["emails"])
    return state


def _merged(emails: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Values that have become alike are one: the last sub-attributes hold."""
    kept: list[dict[str, Any]] = []
    for email in emails:
        same = [other for other in kept if _is_same(other, email)]
        if same:
            same[0].update(email)
        else:
            kept.append(dict(email))
    return kept


@given(start=START, operations=st.lists(_operations(), min_size=1, max_size=4))
def test_patch_does_what_a_naive_model_does(
    shared: Client, start: dict[str, Any], operations: list[dict[str, Any]]
) -> None:
    """The same resource and a new version exactly if it changed; or a refusal that leaves everything as it was."""
    answer = shared.post("/Users", {"schemas": [USER], "userName": "u", **start})
    user = answer.json()
    path = f"/Users/{user['id']}"
    try:
        patched = shared.patch(path, *operations)
        after = shared.get(path).json()
        try:
            expected = _state(_model(user, operations))
        except Refused:
            assert patched.status_code == 400
            assert after == user
            return
        assert patched.status_code == 200, patched.text
        assert patched.json() == after
        assert _state(after) == expected
        assert (after["meta"]["version"] == user["meta"]["version"]) == (_state(after) == _state(user))
    finally:
        shared.delete(path)
