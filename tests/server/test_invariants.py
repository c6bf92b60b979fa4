"""Whatever is done in whatever order: names stay unique, memberships true on both ends, versions honest, totals right."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from reference_server.settings import Settings, Token

from .conftest import GROUP, PATCH, USER, Client

NAMES = st.sampled_from(["ann", "Ann", "bob", "straße", "STRASSE", "cid"])
REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


class Directory(RuleBasedStateMachine):
    """Users and groups as a naive model keeps them, beside those of a server."""

    users = Bundle("users")
    groups = Bundle("groups")

    @initialize()
    def start(self) -> None:
        self.client = Client(Settings(tokens=(Token("secret"),)))
        self.names: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.titles: dict[str, str] = {}
        self.seen: dict[str, dict[str, Any]] = {}

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.client.close()

    def _is_taken(self, name: str, but: str | None = None) -> bool:
        return any(name.casefold() == other.casefold() for key, other in self.names.items() if key != but)

    @rule(target=users, name=NAMES, by_bulk=st.booleans())
    def create_user(self, name: str, by_bulk: bool) -> Any:
        """201, or 409 if somebody has that name in whatever letters."""
        body = {"schemas": [USER], "userName": name}
        if by_bulk:
            operation = {"method": "POST", "path": "/Users", "bulkId": "1", "data": body}
            result = self.client.post("/Bulk", {"schemas": [REQUEST], "Operations": [operation]}).json()[
                "Operations"
            ][0]
            status, identifier = int(result["status"]), result.get("location", "").rpartition("/")[2]
        else:
            answer = self.client.post("/Users", body)
            status, identifier = answer.status_code, answer.json().get("id", "")
        assert status == (409 if self._is_taken(name) else 201)
        if status == 409:
            return multiple()
        self.names[identifier] = name
        return identifier

    @rule(user=users, name=NAMES, by_put=st.booleans())
    def rename_user(self, user: str, name: str, by_put: bool) -> None:
        """200, 409 if the name is another's, 404 if the user is gone."""
        path = f"/Users/{user}"
        if by_put:
            answer = self.client.put(path, {"schemas": [USER], "userName": name})
        else:
            answer = self.client.patch(path, {"op": "replace", "path": "userName", "value": name})
        gone, taken = user not in self.names, self._is_taken(name, but=user)
        assert answer.status_code == (404 if gone else 409 if taken else 200)
        if answer.status_code == 200:
            self.names[user] = name

    @rule(user=users)
    def delete_user(self, user: str) -> None:
        """204, then 404; the user leaves every group."""
        assert self.client.delete(f"/Users/{user}").status_code == (204 if user in self.names else 404)
        self.names.pop(user, None)
        self.members = {group: [m for m in members if m != user] for group, members in self.members.items()}

    @rule(target=groups, title=NAMES, members=st.lists(users, max_size=3))
    def create_group(self, title: str, members: list[str]) -> Any:
        """201, or 400 if a member is gone."""
        body = {
            "schemas": [GROUP],
            "displayName": title,
            "members": [{"value": member} for member in members],
        }
        answer = self.client.post("/Groups", body)
        assert answer.status_code == (201 if all(member in self.names for member in members) else 400)
        if answer.status_code == 400:
            return multiple()
        identifier = answer.json()["id"]
        self.members[identifier], self.titles[identifier] = list(dict.fromkeys(members)), title
        return identifier

    @rule(
        group=groups,
        op=st.sampled_from(["add", "replace", "remove", "put"]),
        members=st.lists(users, max_size=3),
    )
    def change_members(self, group: str, op: str, members: list[str]) -> None:
        """Exactly the members named come or go, whichever way it is said."""
        path, value = f"/Groups/{group}", [{"value": member} for member in members]
        if op == "put":
            body = {"schemas": [GROUP], "displayName": self.titles.get(group, "x"), "members": value}
            answer = self.client.put(path, body)
        elif op == "remove":
            removals = [
                {"op": op, "path": f'members[value eq "{member}"]'} for member in members or ["nobody"]
            ]
            answer = self.client.request("PATCH", path, json={"schemas": [PATCH], "Operations": removals})
        else:
            answer = self.client.patch(path, {"op": op, "path": "members", "value": value})
        if group not in self.members:
            assert answer.status_code == 404
            return
        exist = op == "remove" or all(member in self.names for member in members)
        assert answer.status_code == (200 if exist else 400)
        if exist:
            old = self.members[group]
            kept = {"add": old + members, "remove": [m for m in old if m not in members]}.get(op, members)
            self.members[group] = list(dict.fromkeys(kept))

    @rule(group=groups, title=NAMES)
    def rename_group(self, group: str, title: str) -> None:
        """The members stay."""
        answer = self.client.patch(
            f"/Groups/{group}", {"op": "replace", "value": {"id": group, "displayName": title}}
        )
        assert answer.status_code == (200 if group in self.members else 404)
        if answer.status_code == 200:
            self.titles[group] = title

    @rule(group=consumes(groups))
    def delete_group(self, group: str) -> None:
        """204, or 404 if it is gone."""
        assert self.client.delete(f"/Groups/{group}").status_code == (204 if group in self.members else 404)
        self.members.pop(group, None)

    @invariant()
    def the_server_holds_what_the_model_holds(self) -> None:
        """The same users in order, the same members in order, and on each user exactly its groups."""
        if not hasattr(self, "client"):
            return
        users, groups = (self.client.get(path).json() for path in ("/Users", "/Groups"))
        assert [(user["id"], user["userName"]) for user in users["Resources"]] == list(self.names.items())
        assert (users["totalResults"], groups["totalResults"]) == (len(self.names), len(self.members))
        for group in groups["Resources"]:
            assert [member["value"] for member in group.get("members", [])] == self.members[group["id"]]
        for user in users["Resources"]:
            listed = {(group["value"], group["display"]) for group in user.get("groups", [])}
            assert listed == {
                (g, self.titles[g]) for g, members in self.members.items() if user["id"] in members
            }
        self._check_versions(users["Resources"] + groups["Resources"])

    def _check_versions(self, resources: list[dict[str, Any]]) -> None:
        """A version changes exactly when the resource does, and lastModified moves with it."""
        now = {resource["id"]: resource for resource in resources}
        for identifier in now.keys() & self.seen.keys():
            old, new = self.seen[identifier], now[identifier]
            changed = {**old, "meta": None} != {**new, "meta": None}
            assert changed == (old["meta"]["version"] != new["meta"]["version"])
            assert changed == (old["meta"]["lastModified"] < new["meta"]["lastModified"])
        self.seen = now


# Each example is a whole history of up to fifty steps, every one of them checked.
Directory.TestCase.settings = settings(max_examples=settings.default.max_examples // 8)
TestDirectory = Directory.TestCase
