"""Bulk: many operations at once, in order, with references, limits and partial failure (RFC 7644 section 3.7)."""

from collections.abc import Callable
from typing import Any

from reference_server.settings import Limits

from .conftest import BASE, ENTERPRISE, GROUP, PATCH, USER, Client, refused

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def _bulk(client: Client, *operations: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    answer = client.post("/Bulk", {"schemas": [REQUEST], "Operations": list(operations), **more})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.keys() == {"schemas", "Operations"}
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]
    return body["Operations"]


def _user(name: str, **attributes: Any) -> dict[str, Any]:
    data = {"schemas": [USER, ENTERPRISE], "userName": name, **attributes}
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": data}


def _group(name: str, *members: str) -> dict[str, Any]:
    data = {"schemas": [GROUP], "displayName": name, "members": [{"value": f"bulkId:{m}"} for m in members]}
    return {"method": "POST", "path": "/Groups", "bulkId": name, "data": data}


def _statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


def test_every_method_has_the_result_it_would_have_alone(scim: Client) -> None:
    """201 with location, version and bulkId; 200, 204, 404 and 409 for the others; errors carry their body."""
    user = scim.user()
    path = f"/Users/{user['id']}"
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "T"}]}
    results = _bulk(
        scim,
        _user("bob"),
        {"method": "put", "path": path, "data": {"schemas": [USER], "userName": "alice"}},
        {"method": "PATCH", "path": path, "version": 'W/"2"', "data": change},
        {"method": "PATCH", "path": path, "version": 'W/"1"', "data": change},
        {"method": "PATCH", "path": path, "data": 7},
        _user("ALICE"),
        {"method": "DELETE", "path": path},
        {"method": "DELETE", "path": path},
        {"method": "DELETE", "path": "/Nothing/1"},
        {"method": "DELETE", "path": "/Users"},
    )
    assert _statuses(results) == ["201", "200", "200", "412", "400", "409", "204", "404", "404", "404"]
    bob = scim.get("/Users", filter='userName eq "bob"').json()["Resources"][0]
    assert results[0] == {
        "method": "POST",
        "bulkId": "bob",
        "status": "201",
        "location": bob["meta"]["location"],
        "version": bob["meta"]["version"],
    }
    assert results[2]["version"] == 'W/"3"'
    assert "location" not in results[5]
    assert results[5]["response"]["scimType"] == "uniqueness"
    assert all(
        result["response"]["status"] == result["status"] for result in results if result["status"] >= "300"
    )
    assert all(result["location"] == f"{BASE}{path}" for result in results[1:5] + results[6:8])


def test_references_reach_back_and_forth_and_into_extensions(scim: Client) -> None:
    """A group before its member, a manager in an extension, and a path by bulkId all find the new ids."""
    results = _bulk(
        scim,
        _group("Team", "ann"),
        _user("ann", **{ENTERPRISE: {"manager": {"value": "bulkId:bob"}}}),
        _user("bob"),
        {"method": "PUT", "path": "/Users/bulkId:bob", "data": {"schemas": [USER], "userName": "robert"}},
    )
    assert _statuses(results) == ["201", "201", "201", "200"]
    group, ann, bob = (result["location"].rpartition("/")[2] for result in results[:3])
    assert scim.get(f"/Groups/{group}").json()["members"][0]["value"] == ann
    assert scim.get(f"/Users/{ann}").json()[ENTERPRISE]["manager"]["value"] == bob
    assert scim.get(f"/Users/{bob}").json()["userName"] == "robert"


def test_a_circle_of_references_is_resolved(scim: Client) -> None:
    """Two groups that are members of each other, and one of itself, are created with each other's ids."""
    results = _bulk(scim, _group("A", "B"), _group("B", "A", "ann"), _group("C", "C"), _user("ann"))
    assert _statuses(results) == ["201"] * 4
    a, b, c, ann = (result["location"].rpartition("/")[2] for result in results)
    members = {key: [m["value"] for m in scim.get(f"/Groups/{key}").json()["members"]] for key in (a, b, c)}
    assert members == {a: [b], b: [a, ann], c: [c]}


def test_a_circle_that_fails_leaves_nothing(scim: Client) -> None:
    """The one that fails says why, the others are 409, and none of their resources exists."""
    broken = _group("B", "A")
    del broken["data"]["displayName"]
    results = _bulk(scim, _group("A", "B"), broken, _user("ann"))
    assert _statuses(results) == ["409", "400", "201"]
    assert results[1]["response"]["scimType"] == "invalidValue"
    assert scim.found("/Groups") == []


def _change(resource: str, **change: Any) -> dict[str, Any]:
    return {"method": "PATCH", "path": resource, "data": {"schemas": [PATCH], "Operations": [change]}}


def test_what_stands_outside_a_circle_does_not_fail_with_it(scim: Client) -> None:
    """Another circle, and a bad change of what a good one created."""
    results = _bulk(
        scim, _group("A", "B"), _group("B", "A"), _group("C", "D"), {**_group("", "C"), "bulkId": "D"}
    )
    assert _statuses(results) == ["201", "201", "409", "400"]
    bad = _change("/Groups/bulkId:E", op="replace", path="shoeSize", value="x")
    assert _statuses(_bulk(scim, bad, _group("E", "F"), _group("F", "E"))) == ["400", "201", "201"]
    assert [group["displayName"] for group in scim.found("/Groups")] == ["A", "B", "E", "F"]


def test_what_depends_on_a_failure_fails(scim: Client) -> None:
    """A reference to a failed or unknown bulkId is 400, and the rest goes on."""
    scim.user("taken")
    results = _bulk(scim, _user("taken"), _group("A", "taken"), _group("B", "nobody"), _user("ann"))
    assert _statuses(results) == ["409", "400", "400", "201"]
    assert scim.found("/Groups") == []


def test_operations_take_effect_in_their_order(scim: Client) -> None:
    """Of two changes of one group the later holds, also when the earlier needs a new user."""
    group = f"/Groups/{scim.group()['id']}"

    def change(*members: str) -> dict[str, Any]:
        value = [{"value": member} for member in members]
        operations = [{"op": "replace", "path": "members", "value": value}]
        return {"method": "PATCH", "path": group, "data": {"schemas": [PATCH], "Operations": operations}}

    assert _statuses(_bulk(scim, _user("ann"), change("bulkId:ann"), change())) == ["201", "200", "200"]
    assert "members" not in scim.get(group).json()
    assert _statuses(_bulk(scim, change("bulkId:bob"), _user("bob"), change())) == ["200", "201", "200"]
    assert "members" not in scim.get(group).json()
    again = {"schemas": [GROUP], "displayName": "G", "members": [{"value": "bulkId:cid"}]}
    put, gone = {"method": "PUT", "path": group, "data": again}, {"method": "DELETE", "path": group}
    assert _statuses(_bulk(scim, put, _user("cid"), gone)) == ["200", "201", "204"]


def test_a_reference_is_what_stands_for_an_id(scim: Client) -> None:
    """In values, URIs and paths, also the filters of PATCH paths; other text may look like one."""
    results = _bulk(
        scim,
        _user("ann", displayName="bulkId:foo", title="bulkId:ann"),
        _group("A", "ann"),
        _change("/Groups/bulkId:A", op="remove", path='members[value eq "bulkId:ann"]'),
        {"method": "PUT", "path": "/Users/bulkId:ann", "data": {"schemas": [USER]}},
        {"method": "DELETE", "path": "/Users/bulkId:ann"},
        {"method": "DELETE", "path": "/Users/bulkId:nobody"},
    )
    assert _statuses(results) == ["201", "201", "200", "400", "204", "400"]
    assert results[3]["location"] == results[4]["location"] == results[0]["location"]
    assert "members" not in scim.found("/Groups")[0]
    results = _bulk(scim, _user("bob", displayName="bulkId:foo", title="bulkId:bob"))
    bob = scim.get(f"/Users/{results[0]['location'].rpartition('/')[2]}").json()
    assert (bob["displayName"], bob["title"]) == ("bulkId:foo", "bulkId:bob")


def test_text_that_looks_like_a_reference_stays_text(scim: Client) -> None:
    """Whatever the name of the member it stands in, in what is created and in a PATCH, with a path and without."""
    text, one = "bulkId:v", {"value": "bulkId:v"}
    results = _bulk(
        scim,
        _user("ann", emails=[one]),
        _change("/Users/bulkId:ann", op="replace", path="title", value=text),
        _change("/Users/bulkId:ann", op="add", path="phoneNumbers", value=[one]),
        _change("/Users/bulkId:ann", op="replace", value={"nickName": text, "photos": [one]}),
        _change("/Users/bulkId:ann", op="replace", path=f'emails[value eq "{text}"].display', value=text),
    )
    assert _statuses(results) == ["201", "200", "200", "200", "200"]
    ann = scim.found("/Users")[0]
    assert (ann["title"], ann["nickName"], ann["phoneNumbers"], ann["photos"]) == (text, text, [one], [one])
    assert ann["emails"] == [one | {"display": text}]


def test_a_reference_in_a_change_is_put_in_wherever_it_can_stand(scim: Client) -> None:
    """By path and without, in an extension, a sub-attribute and a URI."""
    boss = "bulkId:boss"
    manager = f"{ENTERPRISE}:manager"
    for change in (
        {"op": "add", "path": manager, "value": {"value": boss}},
        {"op": "add", "path": manager, "value": boss},
        {"op": "add", "path": f"{manager}.value", "value": boss},
        {"op": "add", "path": ENTERPRISE, "value": {"manager": {"value": boss}}},
        {"OP": "add", "Value": {f"{manager}.value": boss}},
        {"op": "add", "value": {ENTERPRISE: {"MANAGER": {"Value": boss, "$ref": f"../Users/{boss}"}}}},
    ):
        ann = scim.user("ann")
        found = scim.get(
            _bulk(scim, _change(f"/Users/{ann['id']}", **change), {**_user("b"), "bulkId": "boss"})[0][
                "location"
            ].removeprefix(BASE)
        ).json()
        named = found[ENTERPRISE]["manager"]
        assert scim.get(f"/Users/{named['value']}").json()["userName"] == "b"
        assert named["$ref"].endswith(f"/Users/{named['value']}")
        for gone in (ann["id"], named["value"]):
            scim.delete(f"/Users/{gone}")


def test_names_in_the_message_are_taken_in_any_letter_case(scim: Client) -> None:
    """RFC 7643 section 2.1."""
    operation = {key.upper(): value for key, value in _user("ann").items()}
    body = {"SCHEMAS": [REQUEST], "operations": [operation], "failonerrors": 1}
    assert _statuses(scim.post("/Bulk", body).json()["Operations"]) == ["201"]


def test_after_so_many_errors_it_stops(scim: Client) -> None:
    """FailOnErrors ends the job, and only what was done has a result."""
    bad = {"method": "DELETE", "path": "/Users/none"}
    assert _statuses(_bulk(scim, bad, _user("a"), bad, _user("b"), failOnErrors=2)) == ["404", "201", "404"]
    assert _statuses(_bulk(scim, bad, bad, bad)) == ["404"] * 3
    assert _statuses(_bulk(scim, bad, bad, failOnErrors=None)) == ["404"] * 2
    assert scim.names("userName pr") == ["a"]


def test_a_request_beyond_the_limits_is_413_and_a_broken_one_400(serve: Callable[..., Client]) -> None:
    """The detail names the limit; nothing of such a request is done."""
    client = serve(limits=Limits(max_bulk_operations=2, max_payload_size=2000))
    many = client.post("/Bulk", {"schemas": [REQUEST], "Operations": [_user(str(n)) for n in range(3)]})
    large = client.post("/Bulk", {"schemas": [REQUEST], "Operations": [_user("x" * 2000)]})
    for answer, limit in ((many, "maxOperations, 2"), (large, "maxPayloadSize, 2000")):
        assert refused(answer, 413)
        assert limit in answer.json()["detail"]
    no_id = {"method": "POST", "path": "/Users", "data": {}}
    broken = [
        [7],
        [{}],
        [{"method": "DELETE"}],
        [no_id],
        [_user("a"), _user("a")],
        "x",
        [{**no_id, "bulkId": 7}],
    ]
    for operations in broken:
        assert refused(
            client.post("/Bulk", {"schemas": [REQUEST], "Operations": operations}), 400, "invalidSyntax"
        )
    for body in (
        {"Operations": []},
        {"schemas": [REQUEST]},
        {"schemas": [REQUEST], "Operations": [], "failOnErrors": 0},
    ):
        assert refused(client.post("/Bulk", body), 400, "invalidSyntax")
    read = client.post("/Bulk", {"schemas": [REQUEST], "Operations": [{"method": "GET", "path": "/Users"}]})
    assert refused(read, 400, "invalidSyntax")
    assert "not GET" in read.json()["detail"]
    assert client.found("/Users") == []
