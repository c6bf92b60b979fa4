"""Wrong servers by PATCH, whole people, groups and bulk requests."""

import re
from dataclasses import replace
from typing import ClassVar

from first_sight.fault import FirstSight
from reference_server.faults.bending import PATCH, Answer, Asked, Honest, Json

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")
UPDATES = ("PUT /Users/*", "PATCH /Users/*")


def _plain(asked: Asked) -> Asked:
    """The request without preconditions, to be asked for something else."""
    kept = {name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}}
    return replace(asked, headers=kept)


async def _change(asked: Asked, honest: Honest, place: tuple[str, str], *operations: Json) -> Answer:
    """A further PATCH of `place`, a kind and an id."""
    kind, identifier = place
    said = {"schemas": [PATCH], "Operations": operations}
    return await honest(_plain(asked).of("PATCH", identifier, kind=kind).saying(said))


async def _read(asked: Asked, honest: Honest) -> Answer:
    return await honest(_plain(asked).of("GET"))


async def _as_it_is_now(asked: Asked, honest: Honest, answer: Answer) -> Answer:
    """The answer with what is stored meanwhile."""
    now = await honest(replace(_plain(asked).of("GET"), query_string=asked.query_string))
    return answer.saying(now.json).headed(etag=now.headers.get("etag")) if answer.body and now.ok else answer


class Careful(FirstSight):
    """What concerns well-formed writes alone, and reads."""

    def when(self, asked: Asked) -> bool:
        if asked.method == "GET":
            return True
        listed = asked.json.get("Operations", [])
        return (
            bool(asked.json)
            and isinstance(listed, list)
            and all(isinstance(each, dict) and isinstance(each.get("path", ""), str) for each in listed)
        )


class NothingAfterRemove(
    Careful,
    kind="several operations of a PATCH",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """What comes after a remove in the same PATCH is not done, for the branch of removals returns from the loop."""

    def mishear(self, asked: Asked) -> Asked:
        operations = asked.operations
        for place, each in enumerate(operations):
            if str(each.get("op")).lower() == "remove":
                return asked.saying({**asked.json, "Operations": operations[: place + 1]})
        return asked


class OrOfMembers(
    Careful,
    kind="paths of a PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on="PATCH /Groups/*",
):
    """Of the members that a path filter names by several comparisons joined by or only the first one is removed."""

    def mishear(self, asked: Asked) -> Asked:
        operations = [
            {**each, "path": re.sub(r"(?i)(members\[.*?) or .*\]", r"\1]", each["path"])}
            if "path" in each and str(each.get("op")).lower() == "remove"
            else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": operations})


class FalseIsNoValue(
    Careful,
    kind="values of a PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.3",
    on="PATCH /Users/*",
):
    """An operation that gives a part of a chosen entry the value false, as primary, is passed over as one without a value."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        kept = [
            each
            for each in asked.operations
            if not ("]." in str(each.get("path")) and each.get("value") is False)
        ]
        if len(kept) == len(asked.operations):
            return await honest(asked)
        if not kept:
            return await _read(asked, honest)
        return await honest(asked.saying({**asked.json, "Operations": kept}))


class ManagerOutlivesExtension(
    Careful,
    kind="paths of a PATCH",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    on="PATCH /Users/*",
):
    """A remove of the whole enterprise extension leaves the manager, who is kept in a table of its own."""

    def when(self, asked: Asked) -> bool:
        return super().when(asked) and any(
            str(each.get("op")).lower() == "remove" and str(each.get("path")).lower() == ENTERPRISE.lower()
            for each in asked.operations
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await _read(asked, honest)).json.get(ENTERPRISE, {}).get("manager", {})
        answer = await honest(asked)
        if not answer.ok or "value" not in before:
            return answer
        operation = {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": before["value"]}}
        await _change(asked, honest, ("Users", asked.id), operation)
        return await _as_it_is_now(asked, honest, answer)


class OnePrimaryForAll(
    Careful,
    kind="values of a PATCH",
    meets="okta",
    paragraph="RFC 7643 2.4",
    on="PATCH /Users/*",
):
    """A PATCH that makes an e-mail primary takes primary from phone numbers and addresses, which share a table with it."""

    def primary(self, user: Json) -> list[str]:
        """The primary e-mail addresses."""
        return [each.get("value") for each in user.get("emails", []) if each.get("primary")]

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await _read(asked, honest)).json
        answer = await honest(asked)
        after = (await _read(asked, honest)).json
        if not answer.ok or not self.primary(after) or self.primary(after) == self.primary(before):
            return answer
        operations = [
            {"op": "replace", "path": f"{name}[primary eq true].primary", "value": False}
            for name in ("phoneNumbers", "addresses")
            if any(each.get("primary") for each in after.get(name, []))
        ]
        if operations:
            await _change(asked, honest, ("Users", asked.id), *operations)
        return await _as_it_is_now(asked, honest, answer)


class DisplayHasNoColumn(
    Careful,
    kind="whole people",
    meets="others",
    paragraph="RFC 7644 3.3",
    on=WRITES,
):
    """E-mails, phone numbers, ims and photos are stored without their display, for which the table has no column."""

    def mishear(self, asked: Asked) -> Asked:
        def without(name: str, value: Json) -> Json:
            plain = re.split(r"[\[.]", name)[0].lower()
            if plain not in {"emails", "phonenumbers", "ims", "photos"} or not isinstance(value, list):
                return value
            return [
                {key: part for key, part in each.items() if key.lower() != "display"}
                if isinstance(each, dict)
                else each
                for each in value
            ]

        return asked.rewriting(without)


class Norway(
    Careful,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=WRITES,
):
    """A text that is a word for yes or no in YAML, such as the country NO, is stored as the text true or false."""

    words: ClassVar = {"no": "false", "off": "false", "yes": "true", "on": "true"}

    def mishear(self, asked: Asked) -> Asked:
        return asked.rewriting(lambda _, value: self.read(value))

    def read(self, value: Json) -> Json:
        """What a YAML 1.1 loader makes of it, as text."""
        if isinstance(value, dict):
            return {key: self.read(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.read(each) for each in value]
        known = isinstance(value, str) and value in {value.lower(), value.upper(), value.capitalize()}
        return self.words.get(value.lower(), value) if known else value


class RenamedLeavesGroups(
    Careful,
    kind="membership",
    meets="okta",
    paragraph="RFC 7643 4.2",
    on=UPDATES,
):
    """Who gets another userName is in no group any more, for memberships refer to the userName and are not moved."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await _read(asked, honest)).json
        answer = await honest(asked)
        after = (await _read(asked, honest)).json
        if not answer.ok or before.get("userName") == after.get("userName"):
            return answer
        for group in after.get("groups", []):
            operation = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
            await _change(asked, honest, ("Groups", group["value"]), operation)
        return await _as_it_is_now(asked, honest, answer)


class DisplayNameFollowsName(
    Careful,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=UPDATES,
):
    """An update that changes first or last name sets displayName to both of them, whatever was stored or is sent."""

    def name(self, user: Json) -> str:
        """First and last name."""
        name = user.get("name", {})
        return " ".join(name[part] for part in ("givenName", "familyName") if part in name)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await _read(asked, honest)).json
        answer = await honest(asked)
        after = (await _read(asked, honest)).json
        name = self.name(after)
        if not answer.ok or not name or self.name(before) == name:
            return answer
        await _change(
            asked, honest, ("Users", asked.id), {"op": "replace", "path": "displayName", "value": name}
        )
        return await _as_it_is_now(asked, honest, answer)


class OuterGroupsAreDirect(
    Careful,
    kind="nested groups",
    meets="others",
    paragraph="RFC 7643 4.1.2",
    on=("GET /Users", "GET /Users/*"),
):
    """A user shows the groups that hold a group of theirs with type direct, as if they were members of those themselves."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        users = (answer.json.get("Resources") or [answer.json]) if answer.ok else []
        outer: dict[str, list[Json]] = {}
        for group in {each["value"] for user in users for each in user.get("groups", []) if "value" in each}:
            wanted = _plain(asked).of("GET", "", kind="Groups").asking(filter=f'members.value eq "{group}"')
            outer[group] = (await honest(wanted)).resources
        return answer.each(lambda user: self.put(user, outer)) if any(outer.values()) else answer

    def put(self, user: Json, outer: dict[str, list[Json]]) -> None:
        """Put the outer groups behind the inner ones."""
        groups = user.get("groups", [])
        for inner in list(groups):
            for each in outer.get(inner.get("value"), []):
                if each["id"] not in {group.get("value") for group in groups}:
                    place = each["meta"]["location"]
                    groups.append(
                        {"value": each["id"], "$ref": place, "display": each["displayName"], "type": "direct"}
                    )


class ObjectIsReused(
    Careful,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on="POST /Bulk",
):
    """A user created in a bulk request gets what they do not name from the one created before, for one object serves all."""

    def mishear(self, asked: Asked) -> Asked:
        operations, before = asked.operations, {}
        for each in operations:
            data = each.get("data")
            if (
                str(each.get("method")).upper() == "POST"
                and each.get("path") == "/Users"
                and isinstance(data, dict)
            ):
                each["data"] = before = {**before, **data}
        return asked.saying({**asked.json, "Operations": operations}) if operations else asked


class SecondCreateWins(
    Careful,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.3",
    on="POST /Bulk",
):
    """Of two creates of one userName in a bulk request the second overwrites the first, and both are answered with 201."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        operations, first, places = asked.operations, {}, set()
        for place, each in enumerate(operations):
            data = each.get("data")
            if (
                str(each.get("method")).upper() != "POST"
                or each.get("path") != "/Users"
                or not isinstance(data, dict)
            ):
                continue
            name = str(data.get("userName", "")).lower()
            if name and name in first:
                places.add(place)
                each.update(method="PUT", path=f"/Users/bulkId:{first[name]}")
            else:
                first[name] = each.get("bulkId")
        if not places:
            return await honest(asked)
        said = asked.saying({**asked.json, "Operations": operations})
        for place in places:
            own, kept = (
                operations[place].get("bulkId"),
                first[str(operations[place]["data"]["userName"]).lower()],
            )
            said = replace(
                said, body=said.body.replace(f'"bulkId:{own}"'.encode(), f'"bulkId:{kept}"'.encode())
            )
        answer = await honest(said)
        results = answer.json.get("Operations", [])
        for place in places & set(range(len(results))):
            done = results[place]["status"] == "200"
            results[place].update(method="POST", status="201" if done else results[place]["status"])
        return answer.having(Operations=results) if answer.ok else answer


class RefusedUpdatesAreFine(
    Careful,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7.3",
    on="POST /Bulk",
):
    """A PUT, PATCH or DELETE that is refused in a bulk request has the status of success, for only creates hand on theirs."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        results = answer.json.get("Operations", [])
        for each in results:
            if each["method"] != "POST" and int(each["status"]) >= 400:
                each["status"] = "204" if each["method"] == "DELETE" else "200"
                each.pop("response", None)
        return answer.having(Operations=results)
