"""Twenty faults, written from the RFCs and public reports: thirteen of kinds that were given, seven of kinds of their own."""

import asyncio
import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP_WRITES = ("POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")
USER_WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*")


def ids(group: dict[str, Any]) -> list[str]:
    """The ids of a group's members."""
    return [each["value"] for each in group.get("members", [])]


async def everything(asked: Asked, honest: Honest, kind: str) -> list[dict[str, Any]]:
    """All users or all groups, whole."""
    return (await honest(asked.of("GET", "", kind=kind).asking(startIndex=1, count=1000))).resources


async def patched(asked: Asked, honest: Honest, kind: str, which: str, **operation: Any) -> Answer:
    """One operation on another resource, or on the same."""
    document = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    return await honest(asked.of("PATCH", which, kind=kind).saying(document))


async def leave(asked: Asked, honest: Honest, group: str, who: str) -> None:
    """Take somebody out of a group."""
    await patched(asked, honest, "Groups", group, op="remove", path=f'members[value eq "{who}"]')


async def reread(asked: Asked, honest: Honest, answer: Answer) -> Answer:
    """The same answer, with what is stored now."""
    if not answer.body:
        return answer
    return answer.saying((await honest(asked.of("GET", asked.id or answer.json["id"]))).json)


def resaid(asked: Asked, document: Any) -> Asked:
    """With another body, unless it is the same."""
    return asked if document == asked.json else asked.saying(document)


def entries(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of a multi-valued attribute that are objects."""
    listed = document.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def leaf(name: str) -> str:
    """The last part of an attribute's path."""
    return re.split(r"[.:]", name)[-1]


def rewritten(found: Any, names: set[str], change: Callable[[str], str], name: str = "") -> Any:
    """A body in which the strings of these attributes are changed, wherever they stand."""
    if isinstance(found, dict):
        path = found.get("path")
        of = leaf(path) if isinstance(path, str) else ""
        return {
            key: rewritten(each, names, change, of if of and key == "value" else leaf(key))
            for key, each in found.items()
        }
    if isinstance(found, list):
        return [rewritten(each, names, change, name) for each in found]
    return change(found) if isinstance(found, str) and name in names else found


class FormattedIsJoinedAnew(
    FirstSight,
    kind="whole people",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/better-auth/better-auth/pull/10390",
    on=("POST /Users", "PUT /Users/*"),
):
    """Of somebody with a middle name the formatted name that is sent is stored as first and last name alone."""

    def mishear(self, asked: Asked) -> Asked:
        name = asked.json.get("name")
        if not isinstance(name, dict) or not name.get("middleName") or not name.get("formatted"):
            return asked
        joined = f"{name.get('givenName', '')} {name.get('familyName', '')}".strip()
        return asked.saying({**asked.json, "name": {**name, "formatted": joined}})


class EntriesAreFilledByPlace(
    FirstSight,
    kind="entries beside entries",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT writes phone numbers and e-mail addresses into the old entries by their place, whose types stay."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old, body = (await honest(asked.of("GET"))).json, asked.json
        for name in ("phoneNumbers", "emails"):
            types = [each.get("type") for each in old.get(name, [])]
            for entry, kept in zip(entries(body, name), types, strict=False):
                if kept:
                    entry["type"] = kept
        return await honest(resaid(asked, body))


class AddedIsPrimary(
    FirstSight,
    kind="entries beside entries",
    meets="others",
    paragraph="RFC 7643 2.4",
    source="https://github.com/simstudioai/sim/pull/7567",
    on=("PATCH /Users/*",),
):
    """An e-mail address or phone number that is added without saying primary becomes the primary one, and the old one is it no more."""

    def mishear(self, asked: Asked) -> Asked:
        operations = asked.operations
        for each in operations:
            if str(each.get("op")).lower() == "add" and each.get("path") in ("emails", "phoneNumbers"):
                added = each["value"] if isinstance(each.get("value"), list) else [each.get("value")]
                if added and isinstance(added[-1], dict):
                    added[-1].setdefault("primary", True)
        return resaid(asked, {**asked.json, "Operations": operations})


class AccentsAreAlike(
    FirstSight,
    kind="look-ups",
    meets="okta",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "GET /Groups"),
):
    """A lookup by userName or displayName also finds those whose name differs in accents only, as the database's collation has it."""

    def when(self, asked: Asked) -> bool:
        plain = asked.filter.count('"') == 2 and "\\" not in asked.filter
        return plain and asked.sought[:2] in {("username", "eq"), ("displayname", "eq")}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        name = "userName" if asked.sought[0] == "username" else "displayName"
        if not answer.ok or asked.query.get("count") == "0":
            return answer
        found = {each["id"] for each in answer.resources}
        alike = [
            each
            for each in await everything(asked, honest, asked.kind)
            if each["id"] not in found and self.plain(each.get(name, "")) == self.plain(asked.sought[2])
        ]
        return answer.showing([*answer.resources, *alike]) if alike else answer

    def plain(self, text: str) -> str:
        return "".join(
            each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each)
        ).casefold()


class OneGroupEach(
    FirstSight,
    kind="all else stays",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=GROUP_WRITES,
):
    """Whoever comes into a group leaves the group they were in, for a user's row has room for one group."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = ids((await honest(asked.of("GET"))).json) if asked.id else []
        answer = await honest(asked)
        if not answer.ok:
            return answer
        here = asked.id or answer.json["id"]
        new = set(ids((await honest(asked.of("GET", here))).json)) - set(before)
        for other in await everything(asked, honest, "Groups") if new else []:
            for who in new & set(ids(other)) if other["id"] != here else ():
                await leave(asked, honest, other["id"], who)
        return answer


class AnswersAreMixedUp(
    FirstSight,
    kind="at once",
    meets="okta",
    paragraph="RFC 7644 3.3",
    on=("POST /Users",),
):
    """Of two creates at the same time the first is answered with the person of the second, for the result lies in a field of the one controller."""

    result: Answer

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.result = await honest(asked)
        await asyncio.sleep(0.05)
        return self.result


class NamesakesShareMembers(
    FirstSight,
    kind="taken names",
    meets="okta",
    paragraph="RFC 7644 3.5.2.3",
    on=("PUT /Groups/*", "PATCH /Groups/*"),
):
    """A group that is renamed to a name in use has that other group's members from then on, and no longer its own."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = (await honest(asked.of("GET"))).json.get("displayName", "")
        answer = await honest(asked)
        after = (await honest(asked.of("GET"))).json.get("displayName", "")
        if not answer.ok or before.casefold() == after.casefold():
            return answer
        for other in await everything(asked, honest, "Groups"):
            if other["id"] != asked.id and other["displayName"].casefold() == after.casefold():
                value = [{"value": each} for each in ids(other)]
                await patched(asked, honest, "Groups", asked.id, op="replace", path="members", value=value)
        return await reread(asked, honest, answer)


class EmptyGroupsAreNotListed(
    FirstSight,
    kind="sizes",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    on=("GET /Groups",),
):
    """A group without members is on no list and found by no filter, for groups are joined with their members."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        filled = {each["id"] for each in await everything(asked, honest, "Groups") if each.get("members")}
        listed = (await honest(asked.asking(startIndex=1, count=1000))).resources
        kept = [each for each in listed if each["id"] in filled]
        start, count = (
            max(1, int(asked.query.get("startIndex", "1"))),
            max(0, int(asked.query.get("count", "100"))),
        )
        return answer.showing(kept[start - 1 :][:count], len(kept))


class RestOfTheBatchIsLost(
    FirstSight,
    kind="sizes",
    meets="okta",
    paragraph="RFC 7644 3.5.2.1",
    source="https://github.com/BerriAI/litellm/pull/17513",
    on=GROUP_WRITES,
):
    """Of more than ten members written at once only whole batches of ten are stored."""

    def mishear(self, asked: Asked) -> Asked:
        return resaid(asked, self.cut(asked.json))

    def cut(self, found: Any, name: str = "") -> Any:
        if isinstance(found, dict):
            return {
                key: self.cut(each, found.get("path", key) if key == "value" else key)
                for key, each in found.items()
            }
        if isinstance(found, list) and name == "members" and len(found) > 10:
            return found[: len(found) // 10 * 10]
        return [self.cut(each) for each in found] if isinstance(found, list) else found


class NameBringsMembersBack(
    FirstSight,
    kind="after the end",
    meets="okta",
    paragraph="RFC 7644 3.6",
    on=("DELETE /Groups/*", "POST /Groups"),
):
    """A group that is made under the name of a deleted one has the members of that one besides its own."""

    def __init__(self) -> None:
        self.gone: dict[str, list[str]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = (await honest(asked.of("GET"))).json if asked.id else {}
        answer = await honest(asked)
        if not answer.ok:
            return answer
        if asked.id:
            self.gone[old["displayName"]] = ids(old)
            return answer
        for who in self.gone.pop(answer.json["displayName"], []):
            await patched(
                asked, honest, "Groups", answer.json["id"], op="add", path="members", value=[{"value": who}]
            )
        return await reread(asked, honest, answer)


class GroupsOfAUserAreWritten(
    FirstSight,
    kind="required, readOnly, immutable",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=("PUT /Users/*",),
):
    """A PUT of a user writes groups, which is readOnly: whoever's groups are not named there leaves them."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        named = {each.get("value") for each in entries(asked.json, "groups")}
        for group in answer.json.get("groups", []):
            if group["value"] not in named:
                await leave(asked, honest, group["value"], asked.id)
        return await reread(asked, honest, answer)


class GrantsOnlyGrow(
    FirstSight,
    kind="roles, entitlements, extensions",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on=("PUT /Users/*",),
):
    """A PUT that names fewer roles or entitlements than before grants the new ones and takes none away."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old, body = (await honest(asked.of("GET"))).json, asked.json
        for name in ("roles", "entitlements"):
            if isinstance(body.get(name), list):
                there = {each.get("value") for each in entries(body, name)}
                primary = any(each.get("primary") for each in entries(body, name))
                kept = [each for each in old.get(name, []) if each.get("value") not in there]
                body[name] += [{**each, "primary": False} if primary else each for each in kept]
        return await honest(resaid(asked, body))


class LetterCaseIsNoChange(
    FirstSight,
    kind="mixed case",
    meets="okta",
    paragraph="RFC 7643 2.1",
    on=("PUT /Users/*", "PATCH /Users/*", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """A new userName or group name that differs from the old one in letter case only is answered as stored, and is not."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = "userName" if asked.kind == "Users" else "displayName"
        old = (await honest(asked.of("GET"))).json.get(name)
        answer = await honest(asked)
        new = (await honest(asked.of("GET"))).json.get(name)
        if answer.ok and new != old and str(new).casefold() == str(old).casefold():
            await patched(asked, honest, asked.kind, asked.id, op="replace", path=name, value=old)
        return answer


class LeadingZerosAreLost(
    FirstSight,
    kind="text like numbers",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=USER_WRITES,
):
    """A postal code, employee number or cost center of digits loses its leading zeros, for the column is one of numbers."""

    def mishear(self, asked: Asked) -> Asked:
        names = {"postalCode", "employeeNumber", "costCenter"}
        return resaid(asked, rewritten(asked.json, names, self.number))

    def number(self, text: str) -> str:
        return str(int(text)) if text.isascii() and text.isdecimal() else text


class TheManagerIsShared(
    FirstSight,
    kind="shared records",
    meets="okta",
    paragraph="RFC 7643 4.3",
    on=("PUT /Users/*", "PATCH /Users/*"),
):
    """Who gets another manager gives that manager to all who had the same one before, for the shared record is changed in place."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old = self.boss((await honest(asked.of("GET"))).json)
        answer = await honest(asked)
        new = self.boss((await honest(asked.of("GET"))).json)
        for other in await everything(asked, honest, "Users") if old and new and old != new else []:
            if self.boss(other) == old:
                path = f"{ENTERPRISE}:manager"
                await patched(
                    asked, honest, "Users", other["id"], op="replace", path=path, value={"value": new}
                )
        return answer

    def boss(self, user: dict[str, Any]) -> Any:
        return user.get(ENTERPRISE, {}).get("manager", {}).get("value")


class RepeatsAreTakenForRetries(
    FirstSight,
    kind="repeats",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    on=("PATCH /Users/*", "PATCH /Groups/*"),
):
    """A PATCH that was sent word for word once before, with others in between, is taken for a retry: answered from memory, not done."""

    def __init__(self) -> None:
        self.done: dict[tuple[str, bytes], Answer] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        key = (asked.place, asked.body)
        if key in self.done:
            return self.done[key]
        answer = await honest(asked)
        if answer.ok:
            self.done[key] = answer
        return answer


class MarkupIsEscaped(
    FirstSight,
    kind="markup",
    meets="okta",
    paragraph="RFC 7643 2.3.1",
    on=(*USER_WRITES, *GROUP_WRITES),
):
    """Names, titles and departments are stored with & and < escaped for HTML, once more with each write of what was read."""

    def mishear(self, asked: Asked) -> Asked:
        names = {"displayName", "title", "department", "formatted", "givenName", "familyName"}
        return resaid(asked, rewritten(asked.json, names, lambda text: html.escape(text, quote=False)))


class GroupsBringLeaversBack(
    FirstSight,
    kind="leavers",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=GROUP_WRITES,
):
    """A write of a group that names somebody inactive as a member makes them active again."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        added = [each for each in asked.operations if str(each.get("op")).lower() != "remove"]
        lists = [asked.json.get("members")]
        lists += [
            each["value"].get("members") if isinstance(each.get("value"), dict) else each.get("value")
            for each in added
        ]
        for member in [each for listed in lists for each in entries({"members": listed}, "members")]:
            who = str(member.get("value"))
            user = await honest(asked.of("GET", who, kind="Users"))
            if user.ok and user.json.get("active") is False:
                await patched(asked, honest, "Users", who, op="replace", path="active", value=True)
        return answer


class NewAddressIsNewLogin(
    FirstSight,
    kind="one name for another",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    on=("PUT /Users/*",),
):
    """A PUT that changes somebody's primary e-mail address makes it the userName too, whatever userName was sent."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        old, new = self.primary((await honest(asked.of("GET"))).json), self.primary(asked.json)
        changed = {"userName": new} if old and new and old != new else {}
        return await honest(resaid(asked, {**asked.json, **changed}))

    def primary(self, user: dict[str, Any]) -> Any:
        return next((each.get("value") for each in entries(user, "emails") if each.get("primary")), None)


class NobodyIsRemembered(
    FirstSight,
    kind="stale look-ups",
    meets="okta",
    paragraph="RFC 7644 3.4.2",
    on=("GET /Users", "GET /Groups"),
):
    """A lookup that found nobody once finds nobody ever after, even when the person or group has been made since."""

    def __init__(self) -> None:
        self.nobody: set[tuple[str, str]] = set()

    def when(self, asked: Asked) -> bool:
        return asked.looks_up

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and not answer.json["totalResults"]:
            self.nobody.add((asked.kind, asked.filter))
        return answer.showing([]) if (asked.kind, asked.filter) in self.nobody else answer
