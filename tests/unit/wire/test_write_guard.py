"""What leaves is listed: everything else is refused in a sentence before it reaches the wire."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import Headers
from scim_tests.model.forms import place_of
from scim_tests.model.slots import TOKEN_SLOT
from scim_tests.personas.play import FORMS
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.write_guard import check

OKTA = (("Accept", "application/scim+json"),)
ANN, TEAM = "scim-tests.unittest.ann@example.com", "scim-tests.unittest.team"


@pytest.fixture
def proven(ledger: Ledger) -> Ledger:
    """User 1 and group 5 are ours; user 5 and group 1 are somebody's."""
    for id_, name in (("1", ANN), ("/Groups/5", f"/Groups/{TEAM}")):
        ledger.intend(name)
        ledger.created(name, id_)
        ledger.prove(id_, name)
    return ledger


def refused(ledger: Ledger, step: Step, given_: Headers = ()) -> str:
    """The code of the refusal; empty where the step may leave."""
    try:
        check(ledger, step, FORMS, given_)
    except OwnError as error:
        return error.code if error.message.startswith(f"{step.name} was not sent: ") else error.message
    return ""


def request(method: str, path: str, body: Any = None, **more: Any) -> Step:
    sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    about = path.rpartition("/")[2] if method not in {"GET", "POST"} else ""
    return Step("step", method, path, OKTA, sent, **{"about": about, **more})


def test_what_acts_send_may_leave(proven: Ledger) -> None:
    """Reads of anybody; creates under a name of ours; writes to what is proven ours, with members that are."""
    member = {"value": "1", "display": ANN}
    for step in (
        request("GET", "/Users/5"),
        request("GET", "/Users?filter=userName%20eq%20%22a%22&startIndex=1&count=2"),
        request("GET", "/v2/Roles?count=1"),
        request("POST", "/Users/.search", {"filter": "userName pr"}),
        request("POST", "/Users", {"userName": ANN}, creates=ANN),
        request(
            "PUT",
            "/Users/1",
            {"id": "1", "userName": ANN.upper(), "nickName": "x", "legacyUserName": "x", "x": {"id": 9}},
        ),
        request(
            "PUT",
            "/Users/1",
            {"groups": [{"value": "5", "type": "direct", "display": "x"}]},
        ),
        request("POST", "/Groups", {"displayName": TEAM, "members": [member]}, creates=TEAM),
        request("PUT", "/Groups/5", {"id": "5", "displayName": TEAM, "members": [{"value": NOBODY}, {}]}),
        request("PATCH", "/Groups/5", patch("remove", path='members[value eq "1"]')),
        request("PATCH", "/Groups/5", patch("remove", path='members[value eq "1" or value eq "1"]')),
        request("PATCH", "/Groups/5", patch("replace", value={"id": "5", "displayName": f"{TEAM} renamed"})),
        request("DELETE", "/Groups/5"),
        request("DELETE", f"/Users/{NOBODY}"),
    ):
        assert refused(proven, step) == "", step


def patch(op: str, **more: Any) -> Any:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": op, **more}]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/Bulk"), ("MERGE", "/Users/1"), ("PURGE", "/Users/1"), ("MOVE", "/Users/1"), ("LINK", "/Users/1"),
        ("get", "/Users"), ("DÉLÉTE", "/Users/1"), ("", "/Users"), ("DELETE", "/Users"), ("PUT", "/Users"),
        ("PATCH", "/groups/5"), ("POST", "/Groups/5/members"), ("DELETE", "/Groups/5/members/1"), ("POST", "/Users/1"),
        ("GET", "//Groups"), ("GET", "@other.example/Users"), ("GET", ""), ("GET", "Users"), ("GET", "/Me"),
        ("GET", "/Users/../Groups"), ("GET", "/Users/%2e%2e/Groups"), ("GET", "/Users/%252e%252e%252fGroups"),
        ("GET", "/Users/..;/Groups"), ("GET", "/Users/..%5cGroups"), ("GET", "/Users/1%00"), ("GET", "/Users/"),
        ("POST", "/Users?_method=DELETE"), ("GET", "/Users?_method=DELETE"), ("GET", "/Users?%5Fmethod=DELETE"),
        ("GET", "/Users?x-http-method-override=DELETE"), ("DELETE", "/v2/Roles"), ("GET", "/Users#x"),
    ],
)  # fmt: skip
def test_no_other_form_leaves(proven: Ledger, method: str, path: str) -> None:
    """An unknown method, a sub-resource, another spelling, a way out of the path or a strange parameter is nobody's form."""
    assert refused(proven, request(method, path)) == "no-form"


@pytest.mark.parametrize(
    "name",
    ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override", "X_HTTP_METHOD_OVERRIDE", "X-Whatever"],
)
def test_no_other_header_leaves(proven: Ledger, name: str) -> None:
    """A header that no sender declares stops the request, be it the user's own where it changes the method."""
    step = Step("step", "GET", "/Users", (*OKTA, (name, "DELETE")))
    assert refused(proven, step) == "no-form"
    given_ = ((name, "DELETE"),)
    assert refused(proven, step, given_) == ("" if name == "X-Whatever" else "no-form")


def test_a_target_may_name_the_header_of_its_key(proven: Ledger) -> None:
    """A header that holds a token of ours is one that an act wrote."""
    assert refused(proven, Step("step", "GET", "/Users", (("Apikey", TOKEN_SLOT),))) == ""
    assert refused(proven, Step("step", "GET", "/Users", (("Apikey", "$SCIM_TESTS_TOKEN"),))) == "no-form"


def test_a_body_may_have_the_id_of_another_of_ours(proven: Ledger) -> None:
    """Whichever of the two a server goes by; that of somebody else, or of ours of the other type, it may not have."""
    other = f"x.{ANN}"
    proven.intend(other)
    proven.created(other, "2")
    body = {"userName": ANN}
    assert refused(proven, request("PUT", "/Users/1", {**body, "id": "2"})) == "not-ours", "not proven yet"
    proven.prove("2", other)
    assert refused(proven, request("PUT", "/Users/1", {**body, "id": "2"})) == ""
    assert refused(proven, request("PUT", "/Users/1", {**body, "id": "5"})) == "not-ours"
    assert refused(proven, request("PUT", "/Groups/5", {"id": "1", "displayName": TEAM})) == "not-ours"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("https://example.com/scim/v2/Users/1", ""),
        ("https://example.com/scim/v2/Users/9", "not-ours"),
        ("https://example.com/scim/v2/Groups/1", "not-ours"),
        ("https://example.com/Users/9/../Users/1", "not-ours"),
        ("https://example.com/Users/9/Users/1", "not-ours"),
        ("https://example.com/Users/9?/Users/1", "not-ours"),
        ("https://example.com/Users/9#/Users/1", "not-ours"),
        ("https://example.com/x", "not-ours"),
        ("Users/1", ""),
        ("Users/9", "not-ours"),
        ("Groups/1", "not-ours"),
        ("Users/1/../9", "not-ours"),
        ("x/Users/1", "not-ours"),
        ("/Users/1", "not-ours"),
        ("../Users/1", "not-ours"),
    ],
)
def test_a_reference_is_to_whom_the_member_names(proven: Ledger, reference: str, code: str) -> None:
    """Whichever of the two a server goes by, and however it reads a URL."""
    member = {"value": "1", "type": "User", "$ref": reference}
    assert refused(proven, request("PUT", "/Groups/5", {"displayName": TEAM, "members": [member]})) == code


@pytest.mark.parametrize(
    "said", ["$SCIM_TESTS_TOKEN", "x $SCIM_TESTS_HEADER_KEY y", "${SCIM_TESTS_TOKEN}", "$SCIM_TESTS_TOKEN#0"]
)
def test_a_placeholder_that_we_did_not_write_does_not_leave(proven: Ledger, said: str) -> None:
    """A suite's header would otherwise be filled in by whoever pastes the command of a report into a shell."""
    assert refused(proven, Step("step", "GET", "/Users", (("Accept", said),))) == "no-form"


@pytest.mark.parametrize(
    "step",
    [
        request("PUT", "/Users/1", {"id": "5", "userName": ANN}),
        request("PUT", "/Users/1", {"ID": "5"}),
        request("PUT", "/Groups/5", {"id": "1"}),
        request("PUT", "/Groups/5", [{"id": "1"}]),
        request("PATCH", "/Groups/5", patch("replace", value=[{"id": "1"}, {"id": "9"}])),
        request("PUT", "/Users/1", "9"),
        request("PUT", "/Users/1", {"id": "1", "_id": "5"}),
        request("PUT", "/Users/1", {"urn:ietf:params:scim:schemas:core:2.0:User": {"id": "5"}}),
        request("PATCH", "/Users/1", patch("replace", path="id", value="5")),
        request(
            "PATCH",
            "/Users/1",
            patch("replace", path="urn:ietf:params:scim:schemas:core:2.0:User:id", value=["5"]),
        ),
        request("PATCH", "/Groups/5", patch("replace", path="ID", value="1")),
        request("PATCH", "/Users/1", patch("replace", value={"id": "5"})),
        request("POST", "/Users", {"id": "5", "userName": ANN}, creates=ANN),
    ],
    ids=str,
)
def test_a_body_is_about_what_its_path_names(proven: Ledger, step: Step) -> None:
    """A server that saves by the id in the body would write to somebody else."""
    assert refused(proven, step) == "not-ours"


STRANGERS = [
    {"value": "9"}, {"value": 9}, {"value": {"value": "9"}}, {"value": ["9"]}, ["9"], "9", 9, [[["9"]]],
    {"$ref": "https://t.example/scim/v2/Users/9"}, {"$ref": "https://t.example/Users/9?/1"}, {"$ref": "../Users/9#/Users/1"}, {"VALUE": "9"}, {"Value": "9"}, {"id": "9"}, {"display": {"value": "9"}},
    {"type": {"value": "9"}}, {"9": {}}, {"value": "5"}, {"user": "9"}, {"value": "1", "other": "9"},
    {"value": "1", "type": "Group"}, {"value": "1", "TYPE": ["group"]}, {"value": "1", "$ref": "/Groups/1"}, {"id": "5"},
]  # fmt: skip


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_no_stranger_is_put_into_a_group(proven: Ledger, stranger: Any) -> None:
    """A member whom the run did not create stops the request, whatever its shape and wherever it stands."""
    for members in (stranger, [stranger], [{"value": "1"}, stranger]):
        for key in ("members", "Members", "urn:ietf:params:scim:schemas:core:2.0:Group:members"):
            for step in (
                request("POST", "/Groups", {"displayName": TEAM, key: members}, creates=TEAM),
                request("PUT", "/Groups/5", {key: members}),
                request("PATCH", "/Groups/5", patch("replace", value={key: members})),
                request("PATCH", "/Groups/5", patch("add", path=key, value=members)),
            ):
                assert refused(proven, step) == "not-ours", step.body


@pytest.mark.parametrize(
    "body",
    [
        patch("add", path='members[value eq "9"]'),
        patch("add", path="members[value eq 9]", value="x"),
        patch("add", path='members[value eq "\\u0039"]'),
        patch("add", path="members/9"),
        patch("add", path='members[value eq "1" or value eq "9"]'),
        patch("remove", path='members[value eq "9" or value eq "1"]'),
        patch("remove", path='members[value eq "1" or value pr]'),
        b'{"members":[{"value":"9"}],"members":[]}',
        b'{"members":[{"value":"9"}],"MEMBERS":[]}',
        b'{"members":[{"value":"9"}]',
        '{"members":[{"value":"9"}]}'.encode("utf-16"),
        b"\xff",
        b"[" * 100_000,
    ],
    ids=str,
)
def test_no_body_that_could_mean_a_stranger(proven: Ledger, body: Any) -> None:
    """What cannot be read as one thing alone does not leave: no second reading can put anybody into a group."""
    assert refused(proven, request("PATCH", "/Groups/5", body)) == "not-ours"


@pytest.mark.parametrize("name", ["Real.Person@example.com", "", "scim-tests.x", "Finance"])
def test_nobody_gets_a_name_that_is_not_of_a_run(proven: Ledger, name: str) -> None:
    """A create or a change under a name by which nobody could tell it is ours is refused, wherever the name stands."""
    steps = [
        request("POST", "/Users", {"userName": name}, creates=name),
        request("POST", "/Groups", {"displayName": name}, creates=name),
        request("POST", "/Users", {"userName": name}),
    ]
    if name:
        steps += [
            request("POST", "/Users", {"username": name}, creates=ANN),
            request("POST", "/Users", {"userName": ANN, "UserName": name}, creates=ANN),
            request("PUT", "/Users/1", {"userName": name}),
            request("PATCH", "/Users/1", patch("replace", path="userName", value=name)),
            request("PATCH", "/Users/1", patch("replace", value={"userName": name})),
            request("PATCH", "/Groups/5", patch("replace", path="displayName", value=name)),
            request("PUT", "/Groups/5", {"displayName": name}),
            request("PUT", "/Groups/5", {"displayName": [{"value": name}]}),
            request("PUT", "/Users/1", {"userName": [name]}),
            request("PATCH", "/Users/1", patch("replace", path="userName[type eq 1]", value=name)),
            request(
                "PATCH", "/Users/1", patch("replace", path=" urn:x:USERNAME\t.value", value={"value": [name]})
            ),
            request("PATCH", "/Users/1", patch("replace", value={"userName.value": name})),
        ]
    for step in steps:
        assert refused(proven, step) == "not-ours", step.body


@pytest.mark.parametrize(
    "group",
    [
        "9",
        {"value": "9"},
        {"$ref": "../Groups/9"},
        {"value": "5", "$ref": "https://t.example/Groups/5"},
        {"display": "Finance"},
        {"value": {"id": "9"}},
        {"value": "5", "x": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "key", ["groups", "GROUPS", "urn:ietf:params:scim:schemas:core:2.0:User:groups", "members", "memberOf"]
)
def test_nobody_is_put_into_a_strangers_group_by_a_write_to_themselves(
    proven: Ledger, key: str, group: Any
) -> None:
    """Some target honours what it should take for read-only."""
    for step in (
        request("POST", "/Users", {"userName": ANN, key: [group]}, creates=ANN),
        request("PUT", "/Users/1", {key: [group]}),
        request("PATCH", "/Users/1", patch("add", value={key: group})),
        request("PATCH", "/Users/1", patch("add", path=key, value=[group])),
    ):
        assert refused(proven, step) == "not-ours", step.body


@pytest.mark.parametrize(
    "body",
    [
        {"members": [{"display": "ceo"}]}, {"members": [{"externalId": "9"}]}, {"meta": {"members": ["9"]}}, {"meta": "9"},
        {"meta": {"location": {"value": "9"}}}, {"displayName": {"members": ["9"]}}, patch("add", path="members.9"),
        patch("add", path="members.value", value="9"), patch("add", path="members.display", value={"value": "9"}),
        patch("add", path="schemas", value=[{"value": "9"}]), patch("add", value=["9"]), patch("add", value="9"),
    ],
    ids=str,
)  # fmt: skip
def test_what_has_no_known_meaning_in_a_group_does_not_leave(proven: Ledger, body: Any) -> None:
    """Whatever some server could take for a member, in a place where none belongs."""
    assert refused(proven, request("PATCH", "/Groups/5", body)) == "not-ours"


def test_nothing_is_written_to_a_target_that_mixes_up_ids(proven: Ledger) -> None:
    """Whatever was proven before; the first reason is told, and reads still leave."""
    proven.distrust("DELETE /Users/1 showed somebody else")
    proven.distrust("so did another")
    make = request("POST", "/Users", {"userName": ANN}, creates=ANN)
    assert [refused(proven, step) for step in (request("DELETE", "/Users/1"), make)] == ["not-ours"] * 2
    assert refused(proven, request("GET", "/Users/1")) == ""
    with pytest.raises(OwnError, match="DELETE /Users/1 showed somebody else"):
        check(proven, make, FORMS)


def test_the_id_that_nobody_has_may_turn_out_to_be_somebodys(proven: Ledger) -> None:
    """Once the target has shown a person under it, nothing is written to it, and it is put into no group."""
    steps = (
        request("DELETE", f"/Users/{NOBODY}"),
        request("PUT", "/Groups/5", {"members": [{"value": NOBODY}]}),
    )
    assert [refused(proven, step) for step in steps] == ["", ""]
    proven.witness(NOBODY, "Real.Person@example.com")
    assert [refused(proven, step) for step in steps] == ["not-ours", "not-ours"]


def test_an_empty_name_leaves_for_what_is_proven_alone(proven: Ledger) -> None:
    """By a PUT, as one without a name: its path says whom it is about, and nobody comes of it."""
    for method, id_, code in (
        ("PUT", "1", ""),
        ("PUT", "5", "not-ours"),
        ("PUT", NOBODY, "not-ours"),
        ("PATCH", "1", "not-ours"),
    ):
        assert refused(proven, request(method, f"/Users/{id_}", {"userName": ""})) == code


@pytest.mark.parametrize("name", ["Host", "Content-Length"])
def test_where_a_request_goes_and_ends_is_the_wires_to_say(proven: Ledger, name: str) -> None:
    """Another host behind the same address would be another tenant."""
    assert refused(proven, Step("step", "GET", "/Users", ((name, "7"),))) == "no-form"


ODD = [
    "../Users/9", "..", ".", "..;/", "%252e", "%2e%2e", "a\x00b", "a?b", "a#b", "a/b", "a\\b", "5/members", " ", " 5", "a;b", "\ud800",
    "", "%35",
]  # fmt: skip


@pytest.mark.parametrize("id_", ODD, ids=repr)
@pytest.mark.parametrize("endpoint", ["/Users", "/Groups"])
def test_an_id_that_may_mean_something_else_is_never_written_to(
    ledger: Ledger, endpoint: str, id_: str
) -> None:
    """However a target has shown it, an id out of which a server or a proxy could read another path gets no write."""
    named, name = (id_, ANN) if endpoint == "/Users" else (f"{endpoint}/{id_}", f"{endpoint}/{TEAM}")
    ledger.intend(name)
    ledger.created(name, named)
    ledger.prove(named, name)
    path = f"{endpoint}/{quote(id_, safe='', errors='surrogatepass')}"
    for method in ("PUT", "PATCH", "DELETE"):
        assert refused(ledger, Step("step", method, path, OKTA, about=id_)), path


@pytest.mark.parametrize(
    ("method", "path", "about"),
    [
        ("DELETE", "/Users/2", "2"), ("PATCH", "/Users/2", "1"), ("PUT", "/Users/1", "2"), ("DELETE", "/Users/5", "5"),
        ("DELETE", "/Groups/1", "1"), ("PUT", "/Users/%31", "2"),
    ],
)  # fmt: skip
def test_writes_only_to_what_is_proven(proven: Ledger, method: str, path: str, about: str) -> None:
    """A step that names anything else in its path or its purpose is refused."""
    assert refused(proven, Step("step", method, path, OKTA, about=about)) == "not-ours"


@given(st.text())
def test_whatever_an_id_is_its_path_has_one_reading(id_: str) -> None:
    """The path built of any id is either refused or names exactly that id at that endpoint."""
    place = place_of(f"/Users/{quote(id_, safe='')}")
    assert place is None or (place.endpoint, place.id) == ("Users", id_)
