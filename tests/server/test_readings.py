"""The readings that can be chosen in the place of the server's own, each by its name and each by itself."""

from collections.abc import Callable

from reference_server.settings import Reading

from .conftest import GROUP, PATCH, USER, Client, refused

NOBODY = "5a7c0de5-0000-4000-8000-000000000000"


def test_a_patch_may_be_answered_without_the_resource(serve: Callable[..., Client]) -> None:
    """204 with the headers, in a bulk answer too; but 200 where attributes are asked for (RFC 7644 section 3.5.2)."""
    client = serve(readings={Reading.PATCH_204})
    path = f"/Users/{client.user()['id']}"
    change = {"op": "replace", "path": "title", "value": "a"}
    body = {"schemas": [PATCH], "Operations": [change]}
    answer = client.patch(path, change)
    assert (answer.status_code, answer.headers["etag"]) == (204, 'W/"2"')
    assert client.get(path).json()["title"] == "a"
    asked = client.request("PATCH", f"{path}?attributes=title", json=body)
    assert (asked.status_code, asked.json()["title"]) == (200, "a")
    assert client.put(path, {"schemas": [USER], "userName": "b"}).status_code == 200
    bulk = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "PATCH", "path": path, "data": body}],
    }
    assert [each["status"] for each in client.post("/Bulk", bulk).json()["Operations"]] == ["204"]
    assert refused(client.patch(path, {"op": "move"}), 400, "invalidSyntax")


def test_a_group_may_have_members_that_are_nobody(serve: Callable[..., Client]) -> None:
    """Created, added, replaced and taken away as others are, and shown as far as they are known."""
    client = serve(readings={Reading.MEMBERS_UNCHECKED})
    ann = client.user("ann")["id"]
    group = client.group("Team", NOBODY, ann)
    path = f"/Groups/{group['id']}"
    assert group["members"][0] == {"value": NOBODY}
    assert group["members"][1]["type"] == "User"
    added = [{"value": "else", "type": "User", "$ref": "x:y", "display": "Else"}]
    client.patch(path, {"op": "add", "path": "members", "value": added})
    assert client.get(path).json()["members"][2] == {"value": "else", "display": "Else"}
    assert [each["id"] for each in client.found("/Groups", filter=f'members eq "{NOBODY}"')] == [group["id"]]
    assert client.found("/Groups", filter='members[$ref eq "x:y"]') == []
    put = client.put(path, {"schemas": [GROUP], "displayName": "Team", "members": [{"value": "else"}]})
    assert put.json()["members"] == [{"value": "else"}]
    removed = client.patch(path, {"op": "remove", "path": 'members[value eq "else"]'})
    assert "members" not in removed.json()


def test_removing_what_a_filter_does_not_find_may_be_no_target(serve: Callable[..., Client]) -> None:
    """400 for a value filter that matches nothing; what has no filter is removed from nothing without complaint."""
    client = serve(readings={Reading.REMOVE_NO_TARGET})
    user = client.user(emails=[{"value": "a", "type": "work"}])
    path = f"/Users/{user['id']}"
    for missed in ('emails[type eq "home"]', 'emails[type eq "home"].display', 'phoneNumbers[value eq "1"]'):
        assert refused(client.patch(path, {"op": "remove", "path": missed}), 400, "noTarget"), missed
    for without in ({"path": "phoneNumbers"}, {"path": "emails", "value": [{"value": "b"}]}):
        assert client.patch(path, {"op": "remove", **without}).json() == user
    assert "emails" not in client.patch(path, {"op": "remove", "path": 'emails[type eq "work"]'}).json()


def test_none_of_them_is_taken_unasked(scim: Client) -> None:
    """200 with the resource, a member that is nobody refused, and nothing to remove no error."""
    user = scim.user()
    missed = scim.patch(f"/Users/{user['id']}", {"op": "remove", "path": 'emails[type eq "home"]'})
    assert (missed.status_code, missed.json()) == (200, user)
    body = {"schemas": [GROUP], "displayName": "Team", "members": [{"value": NOBODY}]}
    assert refused(scim.post("/Groups", body), 400, "invalidValue")
