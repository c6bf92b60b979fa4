"""Faults of servers in whole people, in look-ups and in seven further matters, written without a look at the checks."""

import asyncio
import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import SCIM_JSON, Answer, Asked, Honest, raw, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


# Whole people


class NameIsComparedByTwoParts(
    FirstSight, kind="whole people", meets="okta", paragraph="RFC 7644 3.5.1", on=("PUT /Users/*",)
):
    """A PUT that changes the name in other parts than first and last name is taken, and the old name stays."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old, new = (await honest(asked.of("GET"))).json.get("name"), asked.json.get("name")
        if old and new and all(old.get(part) == new.get(part) for part in ("givenName", "familyName")):
            asked = asked.saying({**asked.json, "name": old})
        return await honest(asked)


class EmptyIsNoChange(
    FirstSight,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    source="https://github.com/GluuFederation/oxTrust/pull/154",
    on=("PUT /Users/*",),
):
    """A PUT that empties an attribute or a part of the name with an empty string, an empty list or null leaves the old value."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        def kept(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
            return {
                key: old.get(key, value) if value in ("", [], None) and key != "userName" else value
                for key, value in new.items()
            }

        old, new = (await honest(asked.of("GET"))).json, asked.json
        if isinstance(new.get("name"), dict):
            new["name"] = kept(old.get("name", {}), new["name"])
        new = kept(old, new)
        return await honest(asked.saying(new) if new != asked.json else asked)


class EmailsAreKeyedByType(
    FirstSight,
    kind="whole people",
    meets="others",
    paragraph="RFC 7643 2.4",
    on=("POST /Users", "PUT /Users/*"),
):
    """Of several e-mail addresses of one type, or without a type, a create or PUT keeps only the last."""

    def mishear(self, asked: Asked) -> Asked:
        emails = _objects(asked.json.get("emails"))
        kept = {str(each.get("type")): each for each in emails}
        return (
            asked.saying({**asked.json, "emails": list(kept.values())}) if len(kept) < len(emails) else asked
        )


class FirstEmailIsPrimary(
    FirstSight,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7643 2.4",
    source="https://github.com/wso2/product-is/issues/7304",
    on=("POST /Users", "PUT /Users/*"),
):
    """Of several e-mail addresses the first is stored as the primary one, whichever the client marked."""

    def mishear(self, asked: Asked) -> Asked:
        emails = _objects(asked.json.get("emails"))
        if len(emails) < 2 or [each.get("primary") for each in emails].count(True) != 1:
            return asked
        rest = [{key: value for key, value in each.items() if key != "primary"} for each in emails]
        return asked.saying({**asked.json, "emails": [{**rest[0], "primary": True}, *rest[1:]]})


class NoManagerNoEnterprise(
    FirstSight, kind="whole people", meets="others", paragraph="RFC 7644 3.5.2.2", on=("PATCH /Users/*",)
):
    """A PATCH that takes the manager away takes all other enterprise attributes away too."""

    def mishear(self, asked: Asked) -> Asked:
        def wider(each: dict[str, Any]) -> dict[str, Any]:
            path = str(each.get("path") or "").lower().removesuffix(".value")
            clears = str(each.get("op")).lower() == "remove" or each.get("value") in ("", None, {"value": ""})
            taken = path == f"{ENTERPRISE}:manager".lower() and clears
            return {"op": "remove", "path": ENTERPRISE} if taken else each

        wide = [wider(each) for each in asked.operations]
        return asked.saying({**asked.json, "Operations": wide}) if wide != asked.operations else asked


class LocaleIsTheLanguage(
    FirstSight,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """Whoever changes a user's locale changes preferredLanguage to the same value."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = (await honest(asked.of("GET"))).json
        found = [asked.json.get("locale")] if asked.method == "PUT" else []
        for each in asked.operations:
            value, path = each.get("value"), each.get("path")
            found += (
                [value]
                if path == "locale"
                else [value.get("locale")]
                if not path and isinstance(value, dict)
                else []
            )
        locale = next((each for each in found if isinstance(each, str) and each), None)
        if not locale or locale == old.get("locale"):
            return await honest(asked)
        if asked.method == "PUT":
            return await honest(asked.saying({**asked.json, "preferredLanguage": locale}))
        too = {"op": "replace", "path": "preferredLanguage", "value": locale}
        return await honest(asked.saying({**asked.json, "Operations": [*asked.operations, too]}))


class DigitsAreANumber(
    FirstSight,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=("POST /Users", "PUT /Users/*"),
):
    """An employee number or postal code of digits alone loses its leading zeros."""

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        listed = _objects(document.get("addresses"))
        holders = [(each, "postalCode") for each in listed] + [(document.get(ENTERPRISE), "employeeNumber")]
        for holder, name in holders:
            value = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(value, str) and re.fullmatch("[0-9]+", value):
                holder[name] = str(int(value))
        return asked.saying(document) if document != asked.json else asked


class EveryAddressMoves(
    FirstSight, kind="whole people", meets="others", paragraph="RFC 7644 3.5.2.3", on=("PATCH /Users/*",)
):
    """A PATCH of one part of the address of a type changes that part in every address."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        listed = (await honest(asked.of("GET"))).json.get("addresses", [])
        operations = asked.operations
        for each in operations:
            if (
                len(listed) > 1
                and str(each.get("op")).lower() != "remove"
                and isinstance(each.get("path"), str)
            ):
                each["path"] = re.sub(r"^addresses\[[^\]]*\]\.(?!type|primary)", "addresses.", each["path"])
        changed = operations != asked.operations
        return await honest(asked.saying({**asked.json, "Operations": operations}) if changed else asked)


class ListShowsFormerJob(
    FirstSight,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    on=("POST /Users", "GET /Users"),
):
    """Lists and look-ups show a user's enterprise attributes as they were at the create, whatever has changed since."""

    def __init__(self) -> None:
        self.first: dict[str, Any] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "POST":
            if answer.ok and ENTERPRISE in answer.json:
                self.first[answer.json["id"]] = answer.json[ENTERPRISE]
            return answer

        def age(user: dict[str, Any]) -> None:
            if ENTERPRISE in user and user.get("id") in self.first:
                user[ENTERPRISE] = self.first[user["id"]]

        return answer.each(age)


class UpdateForgetsColumns(
    FirstSight, kind="whole people", meets="okta", paragraph="RFC 7644 3.5.1", on=("PUT /Users/*",)
):
    """A PUT shows a new nickName, userType or profileUrl in its answer, but stores the old one."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.json)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        names = ("nickName", "userType", "profileUrl")
        old = (await honest(asked.of("GET"))).json
        rest = {key: value for key, value in asked.json.items() if key not in names}
        answer = await honest(asked.saying({**rest, **{name: old[name] for name in names if name in old}}))
        return answer.having(**{name: asked.json.get(name) for name in names}) if answer.ok else answer


# Look-ups


class Scan(FirstSight):
    """A look-up that goes through everybody and compares in a way of its own."""

    name = ""

    def when(self, asked: Asked) -> bool:
        simple = asked.lists and _sought(asked)[:2] == (self.name.lower(), "eq")
        return simple and not re.search(
            r"\b(and|or|not)\b|\[", asked.filter.partition('"')[0] + asked.filter.rpartition('"')[2]
        )

    def same(self, stored: str, sought: str) -> bool:
        raise NotImplementedError

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        everybody = await honest(asked.of("GET", "").asking(startIndex=1, count=1000))
        if not answer.ok or not everybody.ok or {"attributes", "excludedAttributes"} & set(asked.query):
            return answer
        wanted = asked.sought[2]
        return answer.showing(
            [each for each in everybody.resources if self.same(str(each.get(self.name, "")), wanted)]
        )


class ExternalIdInAnyCase(
    Scan,
    kind="look-ups",
    meets="others",
    paragraph="RFC 7643 3.1",
    source="https://github.com/GluuFederation/community-edition-setup/issues/396",
    on=("GET /Users",),
):
    """A look-up by externalId finds those too whose externalId has other letter case."""

    name = "externalId"

    def same(self, stored: str, sought: str) -> bool:
        return stored.lower() == sought.lower()


class UnderscoreIsAWildcard(
    Scan, kind="look-ups", meets="okta", paragraph="RFC 7644 3.4.2.2", on=("GET /Users",)
):
    """In a look-up by userName an underscore stands for any character and a percent sign for any characters."""

    name = "userName"

    def same(self, stored: str, sought: str) -> bool:
        pattern = re.escape(sought).replace("_", ".").replace("%", ".*")
        return bool(re.fullmatch(pattern, stored, re.IGNORECASE))


class AccentsDoNotCount(
    Scan,
    kind="look-ups",
    meets="okta",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Groups",),
):
    """A look-up of a group by displayName takes letters with and without accents for the same."""

    name = "displayName"

    def same(self, stored: str, sought: str) -> bool:
        def plain(text: str) -> str:
            split = unicodedata.normalize("NFKD", text)
            return "".join(each for each in split if not unicodedata.combining(each)).casefold()

        return plain(stored) == plain(sought)


class OnlyFirstEmailIsSearched(
    FirstSight, kind="look-ups", meets="others", paragraph="RFC 7644 3.4.2.2", on=("GET /Users",)
):
    """A look-up by e-mail address knows only the first address of each user."""

    def when(self, asked: Asked) -> bool:
        attribute, operator, _ = _sought(asked)
        return attribute in {"emails", "emails.value", "emails[value"} and operator == "eq"

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        sought = asked.sought[2].lower()
        return answer.showing(
            [
                each
                for each in answer.resources
                if each.get("emails", [{"value": sought}])[0].get("value", "").lower() == sought
            ]
        )


class EscapesStay(
    FirstSight,
    kind="look-ups",
    meets="okta",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/913",
    on=("GET /Groups",),
):
    """A group whose name holds a quote or a backslash is not found by it, for escapes in a filter are not undone."""

    def mishear(self, asked: Asked) -> Asked:
        if "\\" not in asked.filter:
            return asked
        return asked.asking(
            filter=re.sub(r'"((?:[^"\\]|\\.)*)"', lambda found: json.dumps(found[1]), asked.filter)
        )


# Seven further matters


class MembershipsComeBack(
    FirstSight,
    kind="people who come back",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Users/*", "POST /Users"),
):
    """Somebody who is created anew after a delete is at once in the groups of the deleted user of that userName."""

    def __init__(self) -> None:
        self.left: dict[str, list[str]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(asked.of("GET"))).json if asked.method == "DELETE" else {}
        answer = await honest(asked)
        if not answer.ok:
            return answer
        if asked.method == "DELETE":
            self.left[before["userName"].lower()] = [each["value"] for each in before.get("groups", [])]
            return answer
        user = answer.json["id"]
        groups = self.left.pop(str(asked.sets("userName")).lower(), [])
        for group in groups:
            await honest(
                _patch(asked, "Groups", group, {"op": "add", "path": "members", "value": [{"value": user}]})
            )
        if not groups:
            return answer
        shown = await honest(asked.of("GET", user))
        return Answer(
            201,
            {**answer.headers, **({"etag": shown.headers["etag"]} if "etag" in shown.headers else {})},
            shown.body,
        )


class GroupsOfAUserAreWritten(
    FirstSight,
    kind="read-only data",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=("PUT /Users/*",),
):
    """A PUT of a user takes him out of the groups that the body's read-only groups do not name."""

    def when(self, asked: Asked) -> bool:
        return isinstance(asked.json.get("groups"), list)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        named = {str(each.get("value")) for each in _objects(asked.json["groups"])}
        before = (await honest(asked.of("GET"))).json.get("groups", [])
        answer = await honest(asked)
        gone = [each["value"] for each in before if each["value"] not in named] if answer.ok else []
        for group in gone:
            operation = {"op": "remove", "path": f'members[value eq "{asked.id}"]'}
            await honest(_patch(asked, "Groups", group, operation))
        if not gone:
            return answer
        shown = await honest(asked.of("GET"))
        return Answer(answer.status, shown.headers, shown.body)


class PutIsABirth(
    FirstSight,
    kind="dates",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=("* /Users", "* /Users/*", "* /Groups", "* /Groups/*"),
):
    """A PUT sets meta.created to the time of the PUT, for the row is deleted and inserted again."""

    def __init__(self) -> None:
        self.born: dict[str, str] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PUT" and answer.ok and "meta" in answer.json:
            self.born[asked.id] = answer.json["meta"]["lastModified"]

        def date(shown: dict[str, Any]) -> None:
            if shown.get("id") in self.born and "created" in shown.get("meta", {}):
                shown["meta"]["created"] = self.born[shown["id"]]

        return answer.each(date)


class VersionIsASecond(
    FirstSight,
    kind="versions",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("* /Users", "* /Users/*", "* /Groups", "* /Groups/*"),
):
    """The version is the second of the last change, so that two states of one second have the same one."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        headers = dict(asked.headers)
        match, none_match = headers.pop("if-match", None), headers.pop("if-none-match", None)
        asked = replace(asked, headers=headers)
        if asked.id and asked.method != "POST" and (match or none_match):
            now = self.seconds(await honest(asked.of("GET")))
            tag = now.headers.get("etag", "")
            if match and now.ok and match != "*" and tag not in match:
                return refusal(412, "the version has changed")
            if none_match and now.ok and asked.method == "GET" and (none_match == "*" or tag in none_match):
                return raw(304).headed(etag=tag)
        return self.seconds(await honest(asked))

    def seconds(self, answer: Answer) -> Answer:
        def tag(shown: dict[str, Any]) -> None:
            meta = shown.get("meta", {})
            if "version" in meta and "lastModified" in meta:
                meta["version"] = f'W/"{meta["lastModified"][:19]}"'

        answer = answer.each(tag)
        version = (
            answer.json.get("meta", {}).get("version") if answer.ok and "etag" in answer.headers else None
        )
        return answer.headed(etag=version) if version else answer


class LaterWriterWins(
    FirstSight,
    kind="overlapping requests",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Groups/*",),
):
    """Of two PATCHes of one group at the same time the later one undoes the earlier, for each writes the group it had read."""

    def when(self, asked: Asked) -> bool:
        return "if-match" not in asked.headers

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        read = await honest(asked.of("GET"))
        await asyncio.sleep(0.05)
        now = await honest(asked.of("GET"))
        if read.ok and now.ok and read.body != now.body:
            await honest(asked.of("PUT").saying(read.json))
        return await honest(asked)


class RefusedButStored(
    FirstSight,
    kind="refused writes",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT that is refused because the userName is taken has stored everything but the userName."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status == 409:
            old = (await honest(asked.of("GET"))).json
            await honest(asked.of("PUT").saying({**asked.json, "userName": old["userName"]}))
        return answer


class LastGroupTakesMembersAlong(
    FirstSight,
    kind="what a delete takes along",
    meets="okta",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Groups/*",),
):
    """The delete of a group makes those of its members inactive who are in no other group."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        members = (await honest(asked.of("GET"))).json.get("members", [])
        answer = await honest(asked)
        for each in members if answer.ok else []:
            user = await honest(asked.of("GET", each["value"], kind="Users"))
            if user.ok and not user.json.get("groups"):
                await honest(
                    _patch(asked, "Users", each["value"], {"op": "replace", "path": "active", "value": False})
                )
        return answer


def _objects(value: Any) -> list[dict[str, Any]]:
    """The values of a multi-valued attribute, or none where they are no objects."""
    return value if isinstance(value, list) and all(isinstance(each, dict) for each in value) else []


def _sought(asked: Asked) -> tuple[str, str, str]:
    """What the filter seeks, or nothing where its string cannot be read."""
    try:
        return asked.sought
    except ValueError:
        return "", "", ""


def _patch(asked: Asked, kind: str, id: str, operation: dict[str, Any]) -> Asked:  # noqa: A002 -- the field's word
    """The same caller's PATCH of something else, with one operation."""
    wanted = asked.of("PATCH", id, kind=kind).saying({"schemas": [PATCH], "Operations": [operation]})
    kept = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
    return replace(wanted, headers={**kept, "content-type": SCIM_JSON})
