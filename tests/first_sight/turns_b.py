"""Faults of state in groups and memberships: each takes a conversation to show, for it is what an earlier request left behind."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal
from reference_server.faults.push_group import ids, removed

GROUPS = ("* /Groups", "* /Groups/*")
GROUP_WRITES = ("PUT /Groups/*", "PATCH /Groups/*")
USER_CHANGES = ("PUT /Users/*", "PATCH /Users/*")
SHORTENED = {"attributes", "excludedAttributes"}


def bare(asked: Asked) -> Asked:
    """The request without preconditions, in JSON."""
    kept = {name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}}
    return replace(asked, headers={**kept, "content-type": "application/scim+json"})


def on_members(asked: Asked, op: str) -> list[Json]:
    """What the operations of this kind say of all members, with a path or without."""
    found = []
    for each in asked.operations:
        path, value = str(each.get("path", "")).lower(), each.get("value")
        if str(each.get("op")).lower() == op and path == "members":
            found.append(value)
        elif (
            str(each.get("op")).lower() == op and not path and isinstance(value, dict) and "members" in value
        ):
            found.append(value["members"])
    return found


def rewrites(asked: Asked) -> bool:
    """Whether a write says who all the members are."""
    return asked.method == "PUT" or bool(on_members(asked, "replace"))


def leavers(asked: Asked) -> list[str]:
    """Whom a PATCH removes by name, by a filter or by a list."""
    lists = [each for each in on_members(asked, "remove") if isinstance(each, list)]
    return [*removed(asked), *(each["value"] for listed in lists for each in listed)]


def folded(shown: dict[str, Json], name: str) -> str:
    return str(shown.get(name, "")).casefold()


class Turn(FirstSight):
    """What faults ask the honest server beside what the client asks."""

    async def group(self, asked: Asked, honest: Honest, group: str | None = None) -> dict[str, Json]:
        return (await honest(bare(asked).of("GET", group, kind="Groups"))).json

    async def user(self, asked: Asked, honest: Honest, user: str | None = None) -> dict[str, Json]:
        return (await honest(bare(asked).of("GET", user, kind="Users"))).json

    async def write(self, asked: Asked, honest: Honest) -> tuple[list[str], Answer, list[str]]:
        """The members before a write of a group, its answer, and the members after it."""
        before = ids(await self.group(asked, honest))
        answer = await honest(asked)
        return before, answer, ids(await self.group(asked, honest))

    async def now(self, asked: Asked, honest: Honest) -> Answer:
        """What a GET in place of the write would show."""
        return await honest(replace(bare(asked), method="GET", body=b""))

    async def put_in(self, asked: Asked, honest: Honest, group: str, users: Iterable[str]) -> None:
        """Make those of the users who are still there members."""
        there = [each for each in users if "userName" in await self.user(asked, honest, each)]
        operation = {"op": "add", "path": "members", "value": [{"value": each} for each in there]}
        if there:
            await honest(replace(bare(asked), id=group, kind="Groups").patching(operation))

    async def take_out(self, asked: Asked, honest: Honest, group: str, users: Iterable[str]) -> None:
        operations = [{"op": "remove", "path": f'members[value eq "{each}"]'} for each in users]
        if operations:
            await honest(replace(bare(asked), id=group, kind="Groups").patching(*operations))


class RemovedRowStays(Turn, kind="soft deletes", meets="okta", paragraph="RFC 7644 3.5.2.1", on=GROUP_WRITES):
    """Who was removed from a group by a PATCH is not in it after having been added again, for the row is only marked as removed and the insert passes over rows that are there."""

    def __init__(self) -> None:
        self.marked = defaultdict(set)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer, after = await self.write(asked, honest)
        if not answer.ok:
            return answer
        if rewrites(asked):
            self.marked.pop(asked.id, None)
        passed_over = [each for each in after if each not in before and each in self.marked[asked.id]]
        self.marked[asked.id] |= set(before).intersection(leavers(asked))
        await self.take_out(asked, honest, asked.id, passed_over)
        return await self.now(asked, honest) if passed_over else answer


class EmptiedByAFlag(Turn, kind="soft deletes", meets="okta", paragraph="RFC 7644 3.5.2.1", on=GROUP_WRITES):
    """Who was in a group that was emptied at once is in it again as soon as somebody else is added, for emptying sets a flag on the group and adding takes the flag away."""

    def __init__(self) -> None:
        self.hidden = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer, after = await self.write(asked, honest)
        if not answer.ok:
            return answer
        if before and not after and not leavers(asked):
            self.hidden[asked.id] = before
        elif rewrites(asked) and after:
            self.hidden.pop(asked.id, None)
        elif after and asked.id in self.hidden:
            await self.put_in(asked, honest, asked.id, self.hidden.pop(asked.id))
            return await self.now(asked, honest)
        return answer


class GroupsCachedUnderOldName(
    Turn, kind="caches", meets="okta", paragraph="RFC 7643 4.1.2", on=("* /Users/*", "* /Groups*")
):
    """A user who was read before a group of theirs was renamed by a PATCH shows its old name, for only changes of members clear the cache of users' groups."""

    def __init__(self) -> None:
        self.cached = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.kind == "Groups":
            if answer.ok and asked.method != "GET" and (asked.method != "PATCH" or b"members" in asked.body):
                self.cached.clear()
            return answer
        if not asked.reads:
            self.cached.pop(asked.id, None)
        elif answer.status == 200 and not SHORTENED & asked.query.keys():
            groups = self.cached.setdefault(asked.id, answer.json.get("groups"))
            return answer.having(groups=groups)
        return answer


class DeletedWhileInactive(
    Turn, kind="activity", meets="okta", paragraph="RFC 7643 4.2", on=("DELETE /Users/*", "* /Groups*")
):
    """Who was deactivated before the DELETE still stands among the members of groups, for the clean-up looks for memberships of the active user."""

    def __init__(self) -> None:
        self.left = defaultdict(list)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users":
            user = await self.user(asked, honest)
            groups = [await self.group(asked, honest, each["value"]) for each in user.get("groups", [])]
            answer = await honest(asked)
            if answer.ok and user.get("active") is False:
                for group in groups:
                    self.left[group["id"]] += [m for m in group["members"] if m["value"] == user["id"]]
            return answer
        answer = await honest(asked)
        if answer.ok and asked.id and asked.method != "GET":
            gone = leavers(asked)
            kept = [] if rewrites(asked) else [m for m in self.left[asked.id] if m["value"] not in gone]
            self.left[asked.id] = kept
        return answer if SHORTENED & asked.query.keys() else answer.each(self.show)

    def show(self, group: dict[str, Json]) -> None:
        if left := self.left.get(group.get("id", "")):
            group["members"] = [*group.get("members", []), *left]


class LeavingIsNoNewVersion(
    Turn, kind="versions", meets="others", paragraph="RFC 7644 3.14", on=("DELETE /Users/*", "* /Groups*")
):
    """A group that has lost a member by the DELETE of the user has the version that it had with them, for the database's cascade counts nothing up."""

    def __init__(self) -> None:
        self.behind = Counter()

    def moved(self, tag: str, by: int) -> str:
        number = tag.removeprefix('W/"').removesuffix('"')
        return f'W/"{int(number) + by}"' if number.isdigit() else tag

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users":
            groups = (await self.user(asked, honest)).get("groups", [])
            answer = await honest(asked)
            self.behind.update(each["value"] for each in groups if answer.ok)
            return answer
        by = self.behind[asked.id]
        conditions = {
            name: self.moved(tag, by) for name, tag in asked.headers.items() if name.startswith("if-")
        }
        answer = (await honest(replace(asked, headers={**asked.headers, **conditions}))).each(self.show)
        return (
            answer.headed(etag=self.moved(answer.headers["etag"], -by))
            if "etag" in answer.headers
            else answer
        )

    def show(self, group: dict[str, Json]) -> None:
        if "version" in group.get("meta", {}):
            group["meta"]["version"] = self.moved(group["meta"]["version"], -self.behind[group["id"]])


class FirstNameLeavesTheIndex(Turn, kind="indexes", meets="others", paragraph="RFC 7644 3.4.2.2", on=GROUPS):
    """A group that has the name with which another one was created is not found by it once that one is deleted, whatever it was called by then, for the delete takes the name of the create out of the index."""

    def __init__(self) -> None:
        self.first, self.lost = {}, set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.sought[:2] == ("displayname", "eq"):
            return answer.showing([]) if asked.sought[2].casefold() in self.lost else answer
        if answer.ok and asked.method == "POST":
            self.first[answer.json["id"]] = folded(answer.json, "displayName")
        if answer.ok and asked.method == "DELETE":
            self.lost.add(self.first.get(asked.id))
        elif answer.ok and asked.method != "GET":
            self.lost.discard(str(asked.sets("displayName")).casefold())
        return answer


class NobodyIsRemembered(
    Turn, kind="caches", meets="others", paragraph="RFC 7644 3.4.2.2", on=("GET /Groups", "POST /Groups")
):
    """A name under which a lookup has found no group finds none after a group was given it by a rename, for only a create clears what is remembered as missing."""

    def __init__(self) -> None:
        self.missing = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.method == "POST":
            self.missing.discard(folded(answer.json, "displayName"))
        elif answer.ok and asked.sought[:2] == ("displayname", "eq"):
            name = asked.sought[2].casefold()
            if answer.json["totalResults"] == 0:
                self.missing.add(name)
            return answer.showing([]) if name in self.missing else answer
        return answer


class RefusedCreatesAreCounted(
    Turn, kind="counters", meets="others", paragraph="RFC 7644 3.4.2", on=("GET /Groups", "POST /Groups")
):
    """The totalResults of a list of all groups counts the groups whose create was refused, too, for the counter goes up before the members are looked at."""

    def __init__(self) -> None:
        self.refused = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "POST":
            self.refused += answer.status == 400 and bool(asked.json.get("displayName"))
        elif answer.ok and not asked.filter:
            return answer.having(totalResults=answer.json["totalResults"] + self.refused)
        return answer


class CountedDownToNobody(Turn, kind="counters", meets="okta", paragraph="RFC 7644 3.5.2.2", on=GROUPS):
    """A group shows no members, though it has some, after as many removals of people who were not in it, for each removal counts its number of members down, and at nought they are not loaded."""

    def __init__(self) -> None:
        self.too_many = Counter()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = ids(await self.group(asked, honest)) if asked.method == "PATCH" else []
        answer = await honest(asked)
        if answer.ok and asked.id and rewrites(asked):
            self.too_many.pop(asked.id, None)
        elif answer.ok and asked.method == "PATCH":
            self.too_many[asked.id] += sum(each not in before for each in leavers(asked))
        return answer.each(self.show)

    def show(self, group: dict[str, Json]) -> None:
        if 0 < len(group.get("members", [])) <= self.too_many[group.get("id", "")]:
            del group["members"]


class RefusedMembersSeeTheGroup(
    Turn, kind="caches", meets="others", paragraph="RFC 7644 3.5.2", on=("* /Users*", "* /Groups/*")
):
    """After a PATCH of a group that was refused for its last member the others show the group as theirs, for each user's own list is written member by member and outside the transaction."""

    def __init__(self) -> None:
        self.written = defaultdict(dict)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.kind == "Users":
            return answer if SHORTENED & asked.query.keys() else answer.each(self.show)
        if answer.ok and asked.method != "GET":
            for groups in self.written.values():
                groups.pop(asked.id, None)
        elif answer.status == 400 and asked.method == "PATCH":
            group = await self.group(asked, honest)
            entry = {"value": group["id"], "display": group["displayName"], "type": "direct"}
            entry["$ref"] = group["meta"]["location"]
            for member in (each for listed in on_members(asked, "add") for each in listed):
                if "userName" not in await self.user(asked, honest, member["value"]):
                    break
                self.written[member["value"]][asked.id] = entry
        return answer

    def show(self, user: dict[str, Json]) -> None:
        own = user.get("groups", [])
        known = {each["value"] for each in own}
        more = [each for key, each in self.written.get(user.get("id"), {}).items() if key not in known]
        if more:
            user["groups"] = [*own, *more]


class OldGroupsComeBackByPut(
    Turn,
    kind="writes of two kinds in turn",
    meets="others",
    paragraph="RFC 7643 4.1.2",
    on=("PUT /Users/*", *GROUP_WRITES),
):
    """A PUT of a user as they were read before they left a group puts them into it again, for the groups sent along, read-only as they are, are merged, which brings back the rows of memberships that were marked as ended."""

    def __init__(self) -> None:
        self.ended = defaultdict(set)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = ids(await self.group(asked, honest)) if asked.kind == "Groups" else []
        answer = await honest(asked)
        if asked.kind == "Groups":
            self.ended[asked.id].update(before)
            return answer
        now = {each["value"] for each in (await self.user(asked, honest)).get("groups", [])}
        sent = [each["value"] for each in asked.json.get("groups", []) if answer.ok]
        back = [each for each in sent if each not in now and asked.id in self.ended[each]]
        for group in back:
            await self.put_in(asked, honest, group, [asked.id])
        return await self.now(asked, honest) if back else answer


class ReactivatedAsBefore(Turn, kind="activity", meets="okta", paragraph="RFC 7643 4.1.1", on=USER_CHANGES):
    """Who was removed from a group while inactive is in it again when active again, for the groups are noted at the deactivation and restored at the reactivation."""

    def __init__(self) -> None:
        self.noted = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await self.user(asked, honest)
        answer = await honest(asked)
        after = await self.user(asked, honest)
        if not answer.ok or before.get("active") == after.get("active"):
            return answer
        if after.get("active") is False:
            self.noted[asked.id] = [each["value"] for each in before.get("groups", [])]
            return answer
        for group in self.noted.pop(asked.id, []):
            await self.put_in(asked, honest, group, [asked.id])
        return await self.now(asked, honest)


class OnlyTheActiveLeave(Turn, kind="activity", meets="okta", paragraph="RFC 7644 3.5.1", on=GROUP_WRITES):
    """A member who is inactive stays when the members are replaced without them, for what is to be removed is found among the active members."""

    def when(self, asked: Asked) -> bool:
        return rewrites(asked)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer, after = await self.write(asked, honest)
        gone = [await self.user(asked, honest, each) for each in before if answer.ok and each not in after]
        stay = [each["id"] for each in gone if each.get("active") is False]
        await self.put_in(asked, honest, asked.id, stay)
        return await self.now(asked, honest) if stay else answer


class EmptiedEverywhere(Turn, kind="memberships", meets="okta", paragraph="RFC 7644 3.5.2", on=GROUP_WRITES):
    """Who is in a group that is emptied at once leaves every other group, too, for the statement deletes by the ids of the members and forgets the group."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer, after = await self.write(asked, honest)
        if answer.ok and before and not after and not leavers(asked):
            for member in before:
                for group in (await self.user(asked, honest, member)).get("groups", []):
                    await self.take_out(asked, honest, group["value"], [member])
        return answer


class PatchedFromTheLastRead(
    Turn, kind="caches", meets="okta", paragraph="RFC 7644 3.5.2", on=("GET /Groups/*", *GROUP_WRITES)
):
    """A PATCH of a group undoes the PUT before it where the group was read or patched before that, for it starts from the copy that reads and PATCHes leave in the session, and PUT writes past it."""

    def __init__(self) -> None:
        self.copies = {}

    def when(self, asked: Asked) -> bool:
        return "if-match" not in asked.headers and not SHORTENED & asked.query.keys()

    def content(self, group: dict[str, Json]) -> dict[str, Json]:
        return {name: value for name, value in group.items() if name not in {"id", "meta"}}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        copy = self.copies.get(asked.id)
        if asked.method == "PATCH" and copy and copy != self.content(await self.group(asked, honest)):
            await honest(asked.of("PUT").saying(copy))
        answer = await honest(asked)
        if answer.status == 200 and asked.method != "PUT":
            self.copies[asked.id] = self.content(answer.json)
        return answer


class SamePutAsTheLast(
    Turn,
    kind="no-op compared with the wrong copy",
    meets="okta",
    paragraph="RFC 7644 3.5.1",
    on="PUT /Groups/*",
):
    """A PUT of a group that says the same as the PUT before it changes nothing, whatever PATCHes have done in between, for it is compared with the last document received and not with the group."""

    def __init__(self) -> None:
        self.last = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.json and self.last.get(asked.id) == asked.json and "if-match" not in asked.headers:
            return await self.now(asked, honest)
        answer = await honest(asked)
        if answer.ok:
            self.last[asked.id] = asked.json
        return answer


class LaterPagesOfTheFirst(Turn, kind="pages", meets="okta", paragraph="RFC 7644 3.6", on="GET /Groups"):
    """A group that was deleted after the first page of a list was read is still on a later one, for the whole result is kept with the first page until the last one is read."""

    def __init__(self) -> None:
        self.results = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        start, count = int(asked.query.get("startIndex", "1")), int(asked.query.get("count", "0"))
        walk = asked.asking(startIndex=None).query_string
        if not answer.ok or count < 1:
            return answer
        if start <= 1:
            whole = await honest(asked.asking(startIndex=1, count=1000))
            self.results[walk] = whole.resources
            return answer
        found = self.results.get(walk, [])
        if start - 1 + count >= len(found):
            self.results.pop(walk, None)
        return answer.showing(found[start - 1 : start - 1 + count], len(found)) if found else answer


class RemovedByTheOldName(
    Turn, kind="names", meets="okta", paragraph="RFC 7644 3.5.2.2", on=(*USER_CHANGES, *GROUP_WRITES)
):
    """Who got another userName while in a group stays in it when removed by a PATCH, for the id is turned into the name that the membership was once stored with."""

    def __init__(self) -> None:
        self.stored = defaultdict(dict)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users":
            before = await self.user(asked, honest)
            answer = await honest(asked)
            now = folded(await self.user(asked, honest), "userName")
            for group in before.get("groups", []) if now != folded(before, "userName") else []:
                names = self.stored[group["value"]]
                if names.setdefault(asked.id, folded(before, "userName")) == now:
                    del names[asked.id]
            return answer
        answer = await honest(asked)
        if answer.ok and rewrites(asked):
            self.stored.pop(asked.id, None)
        stay = [each for each in leavers(asked) if each in self.stored[asked.id]]
        if not answer.ok or not stay:
            return answer
        await self.put_in(asked, honest, asked.id, stay)
        return await self.now(asked, honest)


class MatchedWithTheVersionRead(
    Turn, kind="versions", meets="others", paragraph="RFC 7644 3.14", on=("GET /Groups/*", *GROUP_WRITES)
):
    """If-Match is compared with the version that a group had when it was last read, so that after a PATCH the old one is taken and the new one is refused, for PATCH leaves the cache of versions alone."""

    def __init__(self) -> None:
        self.read = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted, read = asked.headers.get("if-match", "*"), self.read.get(asked.id)
        if asked.method != "GET" and read and wanted != "*":
            if wanted != read:
                return refusal(412, "the group has another version")
            asked = bare(asked)
        answer = await honest(asked)
        if asked.method == "PUT" and answer.ok:
            self.read.pop(asked.id, None)
        elif asked.method == "GET" and answer.ok:
            self.read[asked.id] = answer.headers.get("etag")
        return answer


class NameInheritsMemberships(
    Turn,
    kind="creates after deletes",
    meets="okta",
    paragraph="RFC 7643 4.2",
    on=("DELETE /Users/*", "POST /Users"),
):
    """A new user who has the userName of one who was deleted is in the groups of that one, for memberships are kept by userName, and those of nobody are only not shown."""

    def __init__(self) -> None:
        self.kept = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await self.user(asked, honest) if asked.method == "DELETE" else {}
        answer = await honest(asked)
        if answer.ok and before:
            self.kept[folded(before, "userName")] = [each["value"] for each in before.get("groups", [])]
        elif answer.ok:
            user = answer.json
            groups = self.kept.pop(folded(user, "userName"), [])
            for group in groups:
                await self.put_in(asked, honest, group, [user["id"]])
            found = await honest(bare(asked).of("GET", user["id"]))
            return answer.saying(found.json).headed(etag=found.headers.get("etag")) if groups else answer
        return answer
