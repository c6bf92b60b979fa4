"""What a PATCH makes of a user, kind by kind (RFC 7644 3.5.2); where servers may differ, nobody says."""

from copy import deepcopy
from typing import Any

import pytest

from scim_tests.checks.reading.patching import patched
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER

Json = Any
WORK = {"value": "w@example.com", "type": "work", "primary": True}
HOME = {"value": "h@example.com", "type": "home"}
OTHER = {"value": "o@example.com", "type": "other"}
BARE = {"value": "b@example.com"}
PHONE = {"value": "+1-201-555-0123", "type": "work"}
ADDRESS = {"type": "work", "streetAddress": "1 Testing Lane", "country": "US"}
BEFORE: Json = {
    "schemas": [USER, ENTERPRISE_USER],
    "id": "7",
    "userName": "somebody",
    "title": "Reader",
    "active": True,
    "name": {"givenName": "Some", "familyName": "Body"},
    "emails": [WORK, HOME],
    "phoneNumbers": [PHONE],
    "addresses": [ADDRESS],
    "groups": [{"value": "1"}],
    "meta": {"version": "1"},
    ENTERPRISE_USER: {"department": "Proofing", "manager": {"value": "8"}},
}


def op(name: str, path: str | None = None, **value: Json) -> Json:
    return {"op": name, **({"path": path} if path else {}), **value}


def add(path: str | None, value: Json) -> Json:
    return op("add", path, value=value)


def put(path: str | None, value: Json) -> Json:
    return op("replace", path, value=value)


def remove(path: str) -> Json:
    return op("remove", path)


def without(part: str, of: Json = WORK) -> Json:
    return {key: value for key, value in of.items() if key != part}


# What an operation is, and what of the user is another thing then; None for what is gone.
CERTAIN: dict[str, tuple[list[Json], Json]] = {
    "add a single value (3.5.2.1)": ([add("nickName", "Sam")], {"nickName": "Sam"}),
    "add what has a value": ([add("title", "Writer")], {"title": "Writer"}),
    "add without a path": ([add(None, {"title": "Writer", "nickName": "Sam"})], {"title": "Writer", "nickName": "Sam"}),
    "add a part": ([add("name.middleName", "X")], {"name": {**BEFORE["name"], "middleName": "X"}}),
    "add parts of a complex value": (
        [add("name", {"middleName": "X"})],
        {"name": {**BEFORE["name"], "middleName": "X"}},
    ),
    "add an entry": ([add("emails", [OTHER])], {"emails": [WORK, HOME, OTHER]}),
    "add an entry alone": ([add("emails", OTHER)], {"emails": [WORK, HOME, OTHER]}),
    "add the first entry": ([add("ims", [BARE])], {"ims": [BARE]}),
    "add an entry that is there": ([add("emails", [HOME])], {}),
    "add one value under another type": (
        [add("emails", [{**HOME, "type": "other"}])],
        {"emails": [WORK, HOME, {**HOME, "type": "other"}]},
    ),
    "add a primary entry: no other one is primary": (
        [add("emails", [{**OTHER, "primary": True}])],
        {"emails": [without("primary"), HOME, {**OTHER, "primary": True}]},
    ),
    "add nothing to a list": ([add("emails", [])], {}),
    "add null where nothing is": ([add("nickName", None)], {}),
    "replace a single value (3.5.2.3)": ([put("title", "Writer")], {"title": "Writer"}),
    "replace where nothing is": ([put("nickName", "Sam")], {"nickName": "Sam"}),
    "replace by null": ([put("title", None)], {"title": None}),
    "replace without a path": ([put(None, {"title": "Writer", "active": False})], {"title": "Writer", "active": False}),
    "replace without a path, by dotted names": (
        [put(None, {"name.givenName": "Any"})],
        {"name": {"givenName": "Any", "familyName": "Body"}},
    ),
    "replace a part": ([put("name.givenName", "Any")], {"name": {"givenName": "Any", "familyName": "Body"}}),
    "replace parts of a complex value: the others stay": (
        [put("name", {"givenName": "Any"})],
        {"name": {"givenName": "Any", "familyName": "Body"}},
    ),
    "replace all entries": ([put("emails", [OTHER])], {"emails": [OTHER]}),
    "replace all entries by none": ([put("emails", [])], {"emails": None}),
    "replace a part of the entries that fit": (
        [put('emails[type eq "home"].value', "n@example.com")],
        {"emails": [WORK, {**HOME, "value": "n@example.com"}]},
    ),
    "replace a part of the primary entry": (
        [put("emails[primary eq true].value", "n@example.com")],
        {"emails": [{**WORK, "value": "n@example.com"}, HOME]},
    ),
    "replace a part by two clauses": (
        [put('emails[type co "o" and not (primary eq true)].value', "n@example.com")],
        {"emails": [WORK, {**HOME, "value": "n@example.com"}]},
    ),
    "remove by one clause or another": (
        [add("emails", [OTHER]), remove('emails[type eq "work" or (value sw "o@" and type pr)]')],
        {"emails": [HOME]},
    ),
    "make an entry the primary one": (
        [put('emails[type eq "home"].primary', value=True)],
        {"emails": [without("primary"), {**HOME, "primary": True}]},
    ),
    "add a part to the entries that fit": (
        [add('addresses[type eq "work"].region', "CA")],
        {"addresses": [{**ADDRESS, "region": "CA"}]},
    ),
    "remove a single value (3.5.2.2)": ([remove("title")], {"title": None}),
    "remove what is not there": ([remove("nickName")], {}),
    "remove a part": ([remove("name.givenName")], {"name": {"familyName": "Body"}}),
    "remove all entries": ([remove("emails")], {"emails": None}),
    "remove the entries that fit": ([remove('emails[type eq "work"]')], {"emails": [HOME]}),
    "remove a part of the entries that fit": (
        [remove('addresses[type eq "work"].country')],
        {"addresses": [without("country", ADDRESS)]},
    ),
    "an attribute of an extension (3.10)": (
        [put(f"{ENTERPRISE_USER}:department", "Print")],
        {ENTERPRISE_USER: {"department": "Print", "manager": {"value": "8"}}},
    ),
    "a part of an attribute of an extension": (
        [put(f"{ENTERPRISE_USER}:manager.value", "9")],
        {ENTERPRISE_USER: {"department": "Proofing", "manager": {"value": "9"}}},
    ),
    "remove an attribute of an extension": (
        [remove(f"{ENTERPRISE_USER}:manager")],
        {ENTERPRISE_USER: {"department": "Proofing"}},
    ),
    "an extension without a path: the others of its attributes stay": (
        [put(None, {ENTERPRISE_USER: {"department": "Print"}})],
        {ENTERPRISE_USER: {"department": "Print", "manager": {"value": "8"}}},
    ),
    "an attribute by the URN of its schema": ([put(f"{USER}:title", "Writer")], {"title": "Writer"}),
    "remove an extension": ([remove(ENTERPRISE_USER)], {ENTERPRISE_USER: None}),
    "other letters in op and path (RFC 7643 2.1)": ([op("Replace", "TITLE", value="Writer")], {"title": "Writer"}),
    "other letters in a filter": ([remove('EMAILS[Type Eq "Home"]')], {"emails": [WORK]}),
    "booleans as strings": ([put("active", "False")], {"active": False}),
    "what is the server's": ([put("meta.version", "2"), put("groups", []), put("id", "8")], {}),
    "change what was added": (
        [add("emails", [OTHER]), put('emails[type eq "other"].value', "n@example.com")],
        {"emails": [WORK, HOME, {**OTHER, "value": "n@example.com"}]},
    ),
    "several, one after the other": (
        [remove("title"), add("title", "Writer"), put("title", "Head"), remove('emails[type eq "home"]')],
        {"title": "Head", "emails": [WORK]},
    ),
}  # fmt: skip

DOUBTFUL: dict[str, list[Json]] = {
    "another operation": [op("move", "title", value="x")],
    "remove without a path": [op("remove")],
    "remove with a value": [op("remove", "emails", value=[HOME])],
    "a value that is no object, without a path": [put(None, "Writer")],
    "a path that cannot be read": [put("emails[type", "x")],
    "a filter of which it is open whom it fits": [put('emails[type gt "-"].value', "x")],
    "a filter that is none": [put("emails[type].value", "x")],
    "a filter that finds no entry": [put('emails[type eq "pager"].value', "x")],
    "entries that are replaced through a filter": [put('emails[type eq "work"]', OTHER)],
    "a part of what is a list": [put("emails.value", "x")],
    "a text for a complex value": [put("name", "Some Body")],
    "a text for an extension": [put(ENTERPRISE_USER, "Print")],
    "add null where something is": [add("title", None)],
    "add an entry that is like another one": [add("emails", [{**HOME, "display": "Home"}])],
    "add an entry in other letters": [add("emails", [{**HOME, "value": "H@example.com"}])],
    "add a telephone number in another form": [add("phoneNumbers", [{**PHONE, "value": "+12015550123"}])],
    "add an entry with less": [add("addresses", [{"type": "work"}])],
    "an entry that loses its value": [remove('emails[type eq "home"].value')],
    "an entry that becomes another one": [
        put('emails[type eq "home"].value', WORK["value"]),
        put('emails[type eq "home"].type', "work"),
    ],
    "one of several": [put("title", "Writer"), op("remove")],
}


@pytest.mark.parametrize("kind", CERTAIN)
def test_what_becomes_of_it_is_certain(kind: str) -> None:
    """The named attributes are another thing, and all others are as they were; the user of before is untouched."""
    operations, changed = CERTAIN[kind]
    wanted = {key: value for key, value in {**BEFORE, **changed}.items() if value is not None}
    before, asked = {**BEFORE}, deepcopy(operations)
    assert patched(before, operations) == wanted
    assert operations == asked
    assert before == BEFORE


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_where_servers_may_differ_nobody_says(kind: str) -> None:
    """None stands for whatever a server makes of it."""
    assert patched(BEFORE, DOUBTFUL[kind]) is None


GROUP_OF_TWO: Json = {"schemas": [GROUP], "displayName": "Team", "members": [{"value": "1", "display": "One"}, {"value": "2"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "left"),
    [
        (add("members", [{"value": "1"}]), ["1", "2"]),
        (add("members", [{"value": "3", "display": "Three"}]), ["1", "2", "3"]),
        (remove('members[value eq "1"]'), ["2"]),
        (put("members", [{"value": "3"}]), ["3"]),
        (put(None, {"id": "7", "displayName": "Others"}), ["1", "2"]),
    ],
)
def test_members_are_told_by_their_ids(operation: Json, left: list[str]) -> None:
    """Whoever is a member already is none anew, whatever else stands beside the id."""
    after = patched(GROUP_OF_TWO, [operation])
    assert after is not None
    assert [each["value"] for each in after["members"]] == left
