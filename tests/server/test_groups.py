"""Groups: members stay true to the resources they name, and users to the groups they are in."""

from typing import Any

from .conftest import BASE, GROUP, Client, refused


def _members(client: Client, group: dict[str, Any]) -> list[str]:
    return [member["value"] for member in client.get(f"/Groups/{group['id']}").json().get("members", [])]


def test_members_know_their_type_and_place_and_users_their_groups(scim: Client) -> None:
    """A member has $ref and type and the display it was given; the user's groups name the group, read-only."""
    alice = scim.user()
    inner = scim.group("Inner", alice["id"])
    body = {
        "schemas": [GROUP],
        "displayName": "Outer",
        "members": [{"value": alice["id"], "display": "Alice"}, {"value": inner["id"], "$ref": "nonsense"}],
    }
    outer = scim.post("/Groups", body).json()
    assert outer["members"] == [
        {"value": alice["id"], "display": "Alice", "type": "User", "$ref": f"{BASE}/Users/{alice['id']}"},
        {"value": inner["id"], "type": "Group", "$ref": f"{BASE}/Groups/{inner['id']}"},
    ]
    assert scim.get(f"/Users/{alice['id']}").json()["groups"] == [
        {
            "value": group["id"],
            "$ref": group["meta"]["location"],
            "display": group["displayName"],
            "type": "direct",
        }
        for group in (inner, outer)
    ]


def test_a_member_must_exist(scim: Client) -> None:
    """400 invalidValue that names the id, and nothing is stored; so for a member without a value."""
    for members in ([{"value": "GIBBERISH"}], [{}], [{"display": "x"}], ["x", {"value": None}]):
        answer = scim.post("/Groups", {"schemas": [GROUP], "displayName": "Team", "members": members})
        assert refused(answer, 400, "invalidValue")
    assert scim.found("/Groups") == []


def test_a_group_needs_a_display_name(scim: Client) -> None:
    """400 invalidValue without one (RFC 7643 erratum 5368)."""
    assert refused(scim.post("/Groups", {"schemas": [GROUP]}), 400, "invalidValue")


def test_okta_changes_membership_in_each_of_its_ways(scim: Client) -> None:
    """Removal by filter, addition, replacement, rename with id, and an emptying, one after the other."""
    ann, bob, cid = (scim.user(name)["id"] for name in ("ann", "bob", "cid"))
    group = scim.group("Team", ann, bob)
    path = f"/Groups/{group['id']}"
    steps = [
        ([{"op": "remove", "path": f'members[value eq "{ann}"]'}], [bob]),
        ([{"op": "remove", "path": f'members[value eq "{ann}"]'}], [bob]),
        (
            [
                {"op": "remove", "path": f'members[value eq "{bob}"]'},
                {"op": "add", "path": "members", "value": [{"value": cid, "display": "c"}, {"value": ann}]},
            ],
            [cid, ann],
        ),
        ([{"op": "add", "path": "members", "value": [{"value": cid, "display": "other"}]}], [cid, ann]),
        ([{"op": "replace", "value": {"id": group["id"], "displayName": "Crew"}}], [cid, ann]),
        ([{"op": "replace", "path": "members", "value": [{"value": bob}, {"value": bob}]}], [bob]),
        ([{"op": "add", "value": {"members": [{"value": ann}]}}], [bob, ann]),
        ([{"op": "remove", "path": "members", "value": []}], [bob, ann]),
        ([{"op": "remove", "path": "members", "value": [{"value": bob}]}], [ann]),
        ([{"op": "replace", "path": "members", "value": []}], []),
    ]
    for operations, members in steps:
        assert scim.patch(path, *operations).status_code == 200
        assert _members(scim, group) == members, operations
    assert scim.get(path).json()["displayName"] == "Crew"
    assert "groups" not in scim.get(f"/Users/{ann}").json()


def test_put_replaces_the_members(scim: Client) -> None:
    """Fewer members, renamed displays and none at all are each what is read back."""
    ann, bob = (scim.user(name)["id"] for name in ("ann", "bob"))
    group = scim.group("Team", ann, bob)
    for members in ([{"value": bob, "display": "B"}], [{"value": bob, "display": "Bee"}], []):
        body = {"schemas": [GROUP], "displayName": "Team", "members": members}
        changed = scim.put(f"/Groups/{group['id']}", body).json()
        shown = [{"value": m["value"], "display": m["display"]} for m in changed.get("members", [])]
        assert shown == members


def test_a_member_is_not_edited_in_place(scim: Client) -> None:
    """Its sub-attributes are immutable: 400 mutability (RFC 7643 section 4.2)."""
    ann, bob = (scim.user(name)["id"] for name in ("ann", "bob"))
    group = scim.group("Team", ann)
    member = f'members[value eq "{ann}"]'
    for edit in (
        {"op": "replace", "path": f"{member}.value", "value": bob},
        {"op": "add", "path": member, "value": {"value": bob}},
    ):
        assert refused(scim.patch(f"/Groups/{group['id']}", edit), 400, "mutability")
    assert _members(scim, group) == [ann]


def test_members_are_chosen_by_the_reference_shown(scim: Client) -> None:
    """In a PATCH path as in a query (RFC 7644 section 3.5.2), though the server makes it and keeps none."""
    ann, bob = (scim.user(name)["id"] for name in ("ann", "bob"))
    group = scim.group("Team", ann, bob)
    for chosen, left in (
        ('$ref sw "nowhere"', [ann, bob]),
        ('$ref eq "x" and type eq "User"', [ann, bob]),
        (f'$ref eq "{BASE}/Users/{ann}"', [bob]),
        ("$ref pr", []),
    ):
        scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f"members[{chosen}]"})
        assert _members(scim, group) == left
    nobody = {"op": "add", "path": 'members[$ref eq "x" and type eq "User"].display', "value": "q"}
    assert refused(scim.patch(f"/Groups/{group['id']}", nobody), 400, "invalidValue")


def test_a_member_is_somebody(scim: Client) -> None:
    """A part of a member alone makes none: 400 invalidValue."""
    group = scim.group()
    for op in ("add", "replace"):
        nobody = {"op": op, "path": "members.display", "value": "q"}
        assert refused(scim.patch(f"/Groups/{group['id']}", nobody), 400, "invalidValue")


def test_whoever_is_deleted_leaves_every_group(scim: Client) -> None:
    """No group names a deleted user or group any more, and those groups are at a new version."""
    ann, bob = (scim.user(name)["id"] for name in ("ann", "bob"))
    inner = scim.group("Inner", ann)
    outer = scim.group("Outer", ann, bob, inner["id"])
    scim.delete(f"/Users/{ann}")
    scim.delete(f"/Groups/{inner['id']}")
    assert _members(scim, outer) == [bob]
    assert scim.get(f"/Groups/{outer['id']}").json()["meta"]["version"] != outer["meta"]["version"]
    scim.delete(f"/Groups/{outer['id']}")
    assert "groups" not in scim.get(f"/Users/{bob}").json()


def test_a_change_of_membership_is_a_change_of_the_user(scim: Client) -> None:
    """The version of a user moves when its groups do: on joining, on the group's new name, and on leaving."""
    alice = f"/Users/{scim.user()['id']}"
    versions = [scim.get(alice).json()["meta"]["version"]]

    def moved() -> bool:
        versions.append(scim.get(alice).json()["meta"]["version"])
        return versions[-1] != versions[-2]

    group = f"/Groups/{scim.group('Team', alice.rpartition('/')[2])['id']}"
    assert moved()
    scim.patch(group, {"op": "replace", "path": "displayName", "value": "Crew"})
    assert moved()
    scim.patch(group, {"op": "replace", "path": "externalId", "value": "7"})
    assert not moved()
    scim.delete(group)
    assert moved()


def test_groups_and_members_can_be_filtered_by(scim: Client) -> None:
    """By member, by the user's groups, and by name exactly."""
    alice = scim.user()
    group = scim.group("group-app", alice["id"])
    other = scim.group("group-app-test")
    found = {
        ("/Groups", f'members.value eq "{alice["id"]}"'): [group["id"]],
        ("/Groups", f'members[value eq "{alice["id"]}" and type eq "User"]'): [group["id"]],
        ("/Groups", 'displayName eq "GROUP-APP"'): [group["id"]],
        ("/Groups", 'displayName sw "group-"'): [group["id"], other["id"]],
        ("/Groups", "members pr"): [group["id"]],
        ("/Users", f'groups.value eq "{group["id"]}"'): [alice["id"]],
        ("/Users", 'groups[display co "APP" and type eq "direct"]'): [alice["id"]],
        ("/Users", 'groups.display eq "group-app-test"'): [],
        ("/Users", f'groups.$ref eq "{group["meta"]["location"]}"'): [alice["id"]],
        ("/Users", 'groups[$ref co "/Groups/" and type eq "direct"]'): [alice["id"]],
        ("/Users", 'groups.$ref co "/Users/"'): [],
        ("/Groups", f'members.$ref eq "{alice["meta"]["location"]}"'): [group["id"]],
        ("/Groups", 'members[$ref ew "x" or not ($ref pr)]'): [],
        ("/Users", "not (groups pr)"): [],
    }
    for (path, condition), identifiers in found.items():
        assert [resource["id"] for resource in scim.found(path, filter=condition)] == identifiers, condition


def test_a_group_of_very_many_can_be_read_and_patched(scim: Client) -> None:
    """With 5,000 members: all come back, one is removed, one added, and the rest stay."""
    from reference_server.seed import seed

    seed(scim.app.state.server, 5000)
    everybody = [
        user["id"]
        for start in range(1, 5001, 1000)
        for user in scim.found("/Users", startIndex=start, count=1000)
    ]
    group = scim.group("Everybody", *everybody[:-1])
    assert _members(scim, group) == everybody[:-1]
    scim.patch(
        f"/Groups/{group['id']}",
        {"op": "remove", "path": f'members[value eq "{everybody[7]}"]'},
        {"op": "add", "path": "members", "value": [{"value": everybody[-1]}]},
    )
    assert _members(scim, group) == everybody[:7] + everybody[8:]
