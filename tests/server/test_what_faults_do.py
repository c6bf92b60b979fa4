"""What some faults do, each shown in a few requests: the answer is wrong as its report says, and so is what is stored."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from .conftest import ENTERPRISE, GROUP, PATCH, USER, Client, refused

Serve = Callable[..., Client]
WORK = {"type": "work", "streetAddress": "1 Main St", "locality": "Bern", "postalCode": "3000"}


def write(client: Client, **attributes: Any) -> httpx.Response:
    """The answer to a create."""
    return client.post("/Users", {"schemas": [USER], "userName": "alice@example.com", **attributes})


def read(client: Client, resource: dict[str, Any]) -> dict[str, Any]:
    """A user as a read shows it."""
    return dict(client.get(f"/Users/{resource['id']}").json())


def test_a_manager_without_value_is_refused(serve: Serve) -> None:
    """By a create, and by a PATCH with any kind of path; one with a value is taken."""
    client = serve("manager-without-value-400")
    named = {"displayName": "Bob"}
    assert refused(write(client, **{ENTERPRISE: {"manager": named}}), 400, "invalidValue")
    user = client.user(**{ENTERPRISE: {"manager": {"value": "7"}}})
    for operation in (
        {"path": f"{ENTERPRISE}:manager", "value": named},
        {"path": ENTERPRISE, "value": {"manager": named}},
        {"value": {f"{ENTERPRISE}:manager": named}},
    ):
        answer = client.patch(f"/Users/{user['id']}", {"op": "replace", **operation})
        assert refused(answer, 400, "invalidValue")


def test_the_extension_is_flattened(serve: Serve) -> None:
    """Its attributes stand beside userName, and are still there when what was read is written back."""
    client = serve("enterprise-flattened")
    user = client.user(**{ENTERPRISE: {"department": "Tours"}})
    assert user["department"] == "Tours"
    assert ENTERPRISE not in user
    assert client.put(f"/Users/{user['id']}", user).json() == user
    assert read(client, user) == user


def test_what_was_cleared_comes_back(serve: Serve) -> None:
    """A PUT and a PATCH answer without what they clear, and the next read has it again."""
    client = serve("extension-clear-not-stored")
    user = client.user(**{ENTERPRISE: {"department": "Tours", "division": "South"}})
    path = f"/Users/{user['id']}"
    put = client.put(path, {**user, ENTERPRISE: {"division": "North"}})
    assert put.json()[ENTERPRISE] == {"division": "North"}
    assert read(client, user)[ENTERPRISE] == {"department": "Tours", "division": "North"}
    patched = client.patch(path, {"op": "remove", "path": ENTERPRISE})
    assert ENTERPRISE not in patched.json()
    assert read(client, user)[ENTERPRISE] == {"department": "Tours", "division": "North"}


def test_an_extension_is_not_advertised(serve: Serve) -> None:
    """A user names a schema that no resource type has."""
    client = serve("extension-unadvertised")
    (surplus,) = set(client.user()["schemas"]) - {USER}
    assert surplus not in client.get("/ResourceTypes").text


def test_user_names_are_stored_in_lower_case(serve: Serve) -> None:
    """However they are written."""
    client = serve("username-lowercased")
    user = client.user("Mary@X.io")
    path = f"/Users/{user['id']}"
    assert user["userName"] == read(client, user)["userName"] == "mary@x.io"
    assert client.put(path, {**user, "userName": "MARY@X.io"}).json()["userName"] == "mary@x.io"
    by_path = {"op": "replace", "path": "userName", "value": "Mary.M@X.io"}
    assert client.patch(path, by_path).json()["userName"] == "mary.m@x.io"
    pathless = {"op": "replace", "value": {"userName": "Mary@Y.io"}}
    assert client.patch(path, pathless).json()["userName"] == "mary@y.io"


def test_only_the_first_value_is_stored(serve: Serve) -> None:
    """Of two addresses in a create, and of two in a PATCH."""
    client = serve("multivalued-only-first")
    first, second = {"value": "a@x.io", "type": "work"}, {"value": "b@x.io", "type": "home"}
    user = client.user(emails=[first, second])
    assert read(client, user)["emails"] == [first]
    change = {"op": "replace", "path": "emails", "value": [second, first]}
    client.patch(f"/Users/{user['id']}", change)
    assert read(client, user)["emails"] == [second]


def test_entitlements_that_are_objects_are_refused(serve: Serve) -> None:
    """With an answer that is no SCIM error."""
    client = serve("entitlements-object-400")
    answer = write(client, entitlements=[{"value": "7", "display": "Premium"}])
    assert answer.status_code == 400
    assert answer.json().keys() == {"fieldErrors"}
    assert client.found("/Users") == []


def test_results_of_a_bulk_request_cannot_be_read(serve: Serve) -> None:
    """The status is an object, and the response a string."""
    client = serve("bulk-status-object")
    schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
    creates = [
        {"method": "POST", "path": "/Users", "bulkId": str(number), "data": {"schemas": [USER], **data}}
        for number, data in enumerate(({"userName": "a"}, {}))
    ]
    answer = client.post("/Bulk", {"schemas": [schema], "Operations": creates})
    made, failed = answer.json()["Operations"]
    assert (made["status"], failed["status"]) == ({"code": 201}, {"code": 400})
    assert isinstance(failed["response"], str)


def test_a_deleted_group_stays_on_its_members(serve: Serve) -> None:
    """A read and a list still show it; it cannot be read itself."""
    client = serve("deleted-group-stays-on-user")
    user = client.user()
    group = client.group("Team", user["id"])
    client.delete(f"/Groups/{group['id']}")
    ghost = {"value": group["id"], "display": "Team", "type": "indirect"}
    assert client.get(f"/Groups/{group['id']}").status_code == 404
    assert read(client, user)["groups"] == client.found("/Users")[0]["groups"] == [ghost]


def test_a_rename_to_a_taken_name_is_a_server_error(serve: Serve) -> None:
    """To its own name, or to a free one, a group is renamed."""
    client = serve("group-rename-taken-500")
    group = client.group("Team")
    client.group("Others")

    def rename(name: str) -> int:
        change = {"op": "replace", "value": {"id": group["id"], "displayName": name}}
        return client.patch(f"/Groups/{group['id']}", change).status_code

    assert [rename(name) for name in ("Others", "Team", "Third")] == [500, 200, 200]


def test_a_group_with_a_period_in_its_name_is_refused(serve: Serve) -> None:
    """With an answer that is no SCIM error; underscores and hyphens are taken."""
    client = serve("group-name-special-400")
    answer = client.post("/Groups", {"schemas": [GROUP], "displayName": "a.b"})
    assert (answer.status_code, answer.json()["status"]) == (400, "error")
    assert [group["displayName"] for group in client.found("/Groups")] == []
    client.group("a_b - c")


def test_last_modified_of_a_group_is_stuck(serve: Serve) -> None:
    """After a PATCH it is the time of creation, for filters, too."""
    client = serve("group-lastmodified-stuck")
    group = client.group()
    change = {"op": "replace", "path": "displayName", "value": "Crew"}
    patched = client.patch(f"/Groups/{group['id']}", change).json()
    assert patched["meta"]["version"] != group["meta"]["version"]
    assert patched["meta"]["lastModified"] == group["meta"]["created"]
    later = f'meta.lastModified gt "{group["meta"]["created"]}"'
    assert client.found("/Groups", filter=later) == []


def test_a_group_of_one_cannot_be_made(serve: Serve) -> None:
    """A group of nobody or of two can."""
    client = serve("group-create-one-member-500")
    ann, bob = client.user("ann")["id"], client.user("bob")["id"]
    alone = {"schemas": [GROUP], "displayName": "One", "members": [{"value": ann}]}
    assert client.post("/Groups", alone).status_code == 500
    client.group("None")
    client.group("Two", ann, bob)
    assert len(client.found("/Groups")) == 2


def test_external_ids_cannot_be_looked_up(serve: Serve) -> None:
    """A filter on externalId is invalid, one on userName is not."""
    client = serve("filter-externalid-400")
    assert refused(client.get("/Users", filter='externalId eq "7"'), 400, "invalidFilter")
    assert client.names('userName eq "7"') == []


def test_answers_are_not_in_utf8(serve: Serve) -> None:
    """An accent is one byte of ISO-8859-1, and what that cannot write is lost."""
    client = serve("response-latin1")
    user = write(client, displayName="Zoë Š")
    assert "Zoë ?" in user.content.decode("latin-1")
    assert "Zoë".encode() not in client.get("/Users").content


def test_an_address_loses_its_other_parts(serve: Serve) -> None:
    """After a PATCH of its postal code; another address keeps all of its own."""
    client = serve("patch-subattribute-drops-siblings")
    home = {**WORK, "type": "home"}
    user = client.user(addresses=[WORK, home])
    change = {"op": "replace", "path": 'addresses[type eq "work"].postalCode', "value": "3001"}
    left = [{"type": "work", "postalCode": "3001"}, home]
    assert client.patch(f"/Users/{user['id']}", change).json()["addresses"] == left
    assert read(client, user)["addresses"] == left


def test_a_user_can_lose_its_name(serve: Serve) -> None:
    """It is shown nowhere and found by no filter, and free for another, until the user is given one again."""
    client = serve("patch-remove-required-accepted")
    user = client.user()
    path = f"/Users/{user['id']}"
    assert client.patch(path, {"op": "remove", "path": "userName"}).status_code == 204
    assert "userName" not in read(client, user)
    assert "userName" not in client.found("/Users")[0]
    assert client.names('userName eq "alice@example.com"') == []
    client.user()
    named = client.patch(path, {"op": "add", "path": "userName", "value": "bob"})
    assert named.json()["userName"] == "bob"


@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_the_second_of_two_changes_at_once_is_a_server_error(serve: Serve, kind: str) -> None:
    """One after the other they are both done."""
    client = serve("parallel-patch-500")
    path = f"/{kind}/{(client.user() if kind == 'Users' else client.group())['id']}"

    async def at_once() -> list[int]:
        changes = [{"op": "replace", "path": "displayName", "value": name} for name in ("One", "Two")]
        sent = [
            client._http.patch(
                client.base_url + path,
                json={"schemas": [PATCH], "Operations": [each]},
                headers=client.headers,
            )
            for each in changes
        ]
        return [each.status_code for each in await asyncio.gather(*sent)]

    assert client._runner.run(at_once()) == [200, 500]
    assert client.get(path).json()["displayName"] == "One"
    change = {"op": "replace", "path": "displayName", "value": "Two"}
    assert client.patch(path, change).status_code == 200


def test_the_first_of_two_replacements_wins(serve: Serve) -> None:
    """Of one attribute; another is replaced as it should be."""
    client = serve("patch-same-attribute-first-wins")
    user = client.user()
    changes = [
        {"op": "replace", "path": path, "value": value}
        for path, value in (("title", "First"), ("nickName", "Al"), ("title", "Second"))
    ]
    client.patch(f"/Users/{user['id']}", *changes)
    after = read(client, user)
    assert (after["title"], after["nickName"]) == ("First", "Al")


def test_addresses_are_one_object(serve: Serve) -> None:
    """In reads and lists, and what was read can be written back."""
    client = serve("addresses-as-object")
    user = client.user(addresses=[WORK])
    assert user["addresses"] == client.found("/Users")[0]["addresses"] == WORK
    assert client.put(f"/Users/{user['id']}", user).json() == user


def test_roles_are_strings(serve: Serve) -> None:
    """What was read can be written back."""
    client = serve("roles-as-strings")
    user = client.user(roles=[{"value": "member"}])
    assert user["roles"] == ["member"]
    assert client.put(f"/Users/{user['id']}", user).json() == user


def test_times_are_numbers(serve: Serve) -> None:
    """Of users and groups, in milliseconds."""
    client = serve("time-epoch-millis")
    for shown in (client.user(), client.group(), *client.found("/Users")):
        assert shown["meta"]["created"] == shown["meta"]["lastModified"] > 10**12


def test_attributes_are_asked_for_in_one_letter_case(serve: Serve) -> None:
    """Those in another are not shown, sub-attributes among them."""
    client = serve("attributes-param-case-sensitive")
    path = f"/Users/{client.user(name={'givenName': 'Al'}, externalId='7')['id']}"

    def shown(attributes: str) -> set[str]:
        return client.get(path, attributes=attributes).json().keys() - {"id", "schemas"}

    assert shown("username") == shown("name.givenname") == shown("externalid") == set()
    assert shown("userName,name.givenName,externalId") == {"userName", "name", "externalId"}
    assert shown(f"{USER}:userName,title,username") == {"userName"}


def test_an_exclusion_drops_the_extension(serve: Serve) -> None:
    """In reads and lists; without an exclusion it is there."""
    client = serve("excludedattributes-drops-extension")
    user = client.user(displayName="Al", **{ENTERPRISE: {"department": "Tours"}})
    path = f"/Users/{user['id']}"
    assert ENTERPRISE in client.get(path).json()
    assert ENTERPRISE not in client.get(path, excludedAttributes="displayName").json()
    assert ENTERPRISE not in client.found("/Users", excludedAttributes="displayName")[0]


def test_a_sorted_list_drops_those_without_a_value(serve: Serve) -> None:
    """They are counted, and an unsorted list has them."""
    client = serve("sort-drops-users-without-attribute")
    client.user("nameless")
    client.user("named", name={"givenName": "Al"})
    page = client.get("/Users", sortBy="name.givenName").json()
    assert [user["userName"] for user in page["Resources"]] == ["named"]
    assert page["totalResults"] == len(client.found("/Users")) == 2


def test_an_odd_user_is_counted_only(serve: Serve) -> None:
    """The page is shorter than totalResults says."""
    client = serve("list-drops-user-but-counts")
    odd = client.user("odd", name={"familyName": "O'Hara"})
    client.user("even", name={"familyName": "Hara"})
    page = client.get("/Users").json()
    assert [user["userName"] for user in page["Resources"]] == ["even"]
    assert (page["totalResults"], page["itemsPerPage"]) == (2, 1)
    assert read(client, odd)["userName"] == "odd"


def test_an_unknown_endpoint_is_a_server_error(serve: Serve) -> None:
    """Somebody unknown is still a 404."""
    client = serve("unknown-endpoint-500")
    paths = ("/InvalidType", "/InvalidType/7", "/Users/7", "/Users")
    assert [client.get(path).status_code for path in paths] == [500, 500, 404, 200]


def test_a_put_of_what_was_read_is_refused(serve: Serve) -> None:
    """For its id and meta; without them it is taken."""
    client = serve("readonly-in-body-400")
    user = client.user()
    path = f"/Users/{user['id']}"
    bare = {name: value for name, value in user.items() if name not in {"id", "meta"}}
    assert refused(client.put(path, user), 400, "mutability")
    assert client.put(path, {**bare, "title": "Guide"}).json()["title"] == "Guide"
