"""Faults of state where things cross: caches, indexes, versions, totals, filters, sorting, pages, bulk, users with groups."""

import re
from collections import Counter, defaultdict
from dataclasses import replace

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

WHOLE = 1000  # more than there is, and what the honest server shows at most
LISTS = ("GET /Users", "GET /Groups")
EVERYTHING = ("* /Users*", "* /Groups*")
ONE_USER = ("GET /Users/*", "PUT /Users/*", "PATCH /Users/*")
ONE_GROUP = ("GET /Groups/*", "PUT /Groups/*", "PATCH /Groups/*")
SAVES = ("POST", "PUT", "PATCH")
PRECONDITIONS = ("if-match", "if-none-match")
NOT_SENT = ("id", "meta", "groups")
Shown = dict[str, Json]
TAG = re.compile(r"([\w:.$-]+)\s+(?:eq|ne|co|sw|ew|pr|gt|ge|lt|le)\b", re.IGNORECASE)


def bare(asked: Asked) -> Asked:
    """The request without preconditions."""
    kept = {name: each for name, each in asked.headers.items() if name not in PRECONDITIONS}
    return replace(asked, headers=kept)


def tags(header: str) -> set[str]:
    """The entity tags in a header, weak or not."""
    return {each.strip().removeprefix("W/") for each in header.split(",")}


def quoted(text: str) -> str:
    """A text as a filter has it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sendable(shown: Shown) -> Shown:
    """What a client would send to have a user so."""
    return {name: value for name, value in shown.items() if name not in NOT_SENT}


async def now(asked: Asked, honest: Honest, identifier: str = "", kind: str = "") -> Shown:
    """A user or group as it is, or nothing where it is not there."""
    found = await honest(bare(asked).of("GET", identifier or asked.id, kind=kind))
    return found.json if found.ok else {}


async def all_of(asked: Asked, honest: Honest) -> list[Shown]:
    """Everything that a list has on all its pages."""
    return (await honest(asked.asking(startIndex=None, count=WHOLE))).resources


def start(asked: Asked) -> int:
    """The first place of the page."""
    return max(1, int(asked.query.get("startIndex", "1")))


def page(asked: Asked, answer: Answer, listed: list[Shown], first: int) -> Answer:
    """As many of these, from a place on, as the honest page may have."""
    count = max(0, int(asked.query.get("count", "100")))
    return answer.showing(listed[first : first + count], len(listed))


class ExternalIdFreedByFormerOwner(
    FirstSight, kind="indexes", meets="others", paragraph="RFC 7644 3.4.2.2", on="* /Users*"
):
    """Who is deleted takes the externalId they were created with out of the index, though they have another by now and somebody else has that one, who is then not found by it."""

    def __init__(self) -> None:
        self.first = {}
        self.lost = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.lists and answer.ok and asked.sought[:2] == ("externalid", "eq"):
            kept = [each for each in answer.resources if each.get("externalId") not in self.lost]
            return answer.showing(kept) if len(kept) < len(answer.resources) else answer
        if answer.ok and asked.method == "DELETE":
            self.lost.add(self.first.pop(asked.id, None))
        elif answer.ok and asked.method in SAVES:
            self.first.setdefault(answer.json["id"], answer.json.get("externalId"))
            self.lost.discard(answer.json.get("externalId"))
        self.lost.discard(None)
        return answer


class ExternalIdOfGroupHidesUser(
    FirstSight, kind="indexes", meets="others", paragraph="RFC 7643 3.1", on=EVERYTHING
):
    """Users and groups share one index of externalId, so that of a user and a group with the same one only who was written last is found by it."""

    def __init__(self) -> None:
        self.owner = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.lists and answer.ok and asked.sought[:2] == ("externalid", "eq"):
            kind = self.owner.get(asked.sought[2], (asked.kind, ""))[0]
            return answer if kind == asked.kind else answer.showing([])
        if answer.ok and asked.method == "DELETE":
            self.owner = {key: each for key, each in self.owner.items() if each[1] != asked.id}
        elif answer.ok and asked.method in SAVES and "externalId" in answer.json:
            self.owner[answer.json["externalId"]] = (asked.kind, answer.json["id"])
        return answer


class EmailRowsAreOverwritten(
    FirstSight, kind="indexes", meets="others", paragraph="RFC 7644 3.4.2.2", on="* /Users*"
):
    """The rows by which e-mails are found are numbered and overwritten one by one, so that who has fewer than before is still found by the last of the old ones."""

    def __init__(self) -> None:
        self.rows = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.lists:
            found = re.search(r'emails(?:\.value)? eq "([^"]*)"', asked.filter)
            ids = [each for each, rows in self.rows.items() if found and found[1].lower() in rows]
            wider = " or ".join([found[0] if found else "", *(f"id eq {quoted(each)}" for each in ids)])
            return await honest(
                asked.asking(filter=asked.filter.replace(found[0], f"({wider})")) if ids else asked
            )
        answer = await honest(asked)
        if answer.ok and asked.method in SAVES:
            after = await now(asked, honest, asked.id or answer.json["id"])
            values = [each.get("value", "").lower() for each in after.get("emails", [])]
            self.rows[after["id"]] = values + self.rows.get(after["id"], [])[len(values) :]
        return answer


class ReactivatedStaysInactiveInIndex(
    FirstSight,
    kind="memberships",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """Who a PATCH makes active again is added to the set of the active and not taken out of that of the inactive, so that a filter by active eq false shows them too."""

    def __init__(self) -> None:
        self.inactive = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.lists and self.inactive:
            ids = " or ".join(f"id eq {quoted(each)}" for each in sorted(self.inactive))
            wider = re.sub(r'\bactive eq "?false"?', rf"(\g<0> or {ids})", asked.filter, flags=re.IGNORECASE)
            return await honest(asked.asking(filter=wider) if wider else asked)
        answer = await honest(asked)
        if answer.ok and not asked.lists:
            if (await now(asked, honest)).get("active") is False:
                self.inactive.add(asked.id)
            elif asked.method == "PUT":
                self.inactive.discard(asked.id)
        return answer


class SecondDeleteCountsToo(
    FirstSight,
    kind="counters",
    meets="others",
    paragraph="RFC 7644 3.4.2",
    on=(*LISTS, "DELETE /Users/*", "DELETE /Groups/*"),
):
    """Who is deleted a second time is answered with 404 and yet counted off once more, so that totalResults of a list without filter is too low from then on."""

    def __init__(self) -> None:
        self.dead = set()
        self.off = Counter()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "DELETE":
            self.off[asked.kind] += asked.id in self.dead
            self.dead |= {asked.id} if answer.ok else set()
        elif answer.ok and not asked.filter and self.off[asked.kind]:
            return answer.having(totalResults=max(0, answer.json["totalResults"] - self.off[asked.kind]))
        return answer


class Retold(FirstSight):
    """The meta of what is shown is another one, and so are ETag and what the preconditions are compared with."""

    async def told(self, asked: Asked, honest: Honest, identifier: str, meta: Shown) -> Shown:
        """The meta that is told of a user or group."""
        raise NotImplementedError

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id and any(name in asked.headers for name in PRECONDITIONS):
            true = (await now(asked, honest)).get("meta")
            version = (await self.told(asked, honest, asked.id, true))["version"] if true else ""
            headers = dict(asked.headers)
            for name in headers.keys() & PRECONDITIONS if true else ():
                if "*" not in headers[name]:
                    is_met = version.removeprefix("W/") in tags(headers[name])
                    headers[name] = true["version"] if is_met else 'W/"another"'
            asked = replace(asked, headers=headers)
        answer = await honest(asked)
        document = answer.json if answer.ok and answer.body else {}
        for shown in document.get("Resources", [document]):
            if "version" in shown.get("meta", {}):
                shown["meta"] = await self.told(asked, honest, shown["id"], shown["meta"])
        if asked.method != "DELETE" and "etag" in answer.headers:
            identifier = asked.id or document["id"]
            meta = await self.told(asked, honest, identifier, {"version": answer.headers["etag"]})
            answer = answer.headed(etag=meta["version"])
        return answer.saying(document) if document else answer


class VersionCountsMembers(
    Retold, kind="versions", meets="others", paragraph="RFC 7644 3.14", on=("* /Groups*",)
):
    """A group's version is made of its names and the number of its members, so that with somebody else in the place of a member it is the one from before."""

    def __init__(self) -> None:
        self.first = {}

    async def told(self, asked: Asked, honest: Honest, identifier: str, meta: Shown) -> Shown:
        group = await now(asked, honest, identifier)
        names = (group.get("displayName"), group.get("externalId"))
        made_of = (identifier, names, len(group.get("members", [])))
        return {**meta, "version": self.first.setdefault(made_of, meta["version"])}


class VersionRestartsWhenActiveAgain(
    Retold, kind="versions", meets="others", paragraph="RFC 7644 3.14", on="* /Users*"
):
    """Who is made active again is moved back from the archive as a new row, whose version is 1 again, so that the versions from before count for other contents."""

    def __init__(self) -> None:
        self.archived = set()
        self.back = Counter()

    async def told(self, asked: Asked, honest: Honest, identifier: str, meta: Shown) -> Shown:
        number = int(meta["version"].removeprefix("W/").strip('"'))
        return {**meta, "version": f'W/"{number - self.back[identifier]}"'}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        async def noticing(wanted: Asked) -> Answer:
            answer = await honest(wanted)
            user = answer.json if answer.ok and answer.body else {}
            if user.get("active") is False:
                self.archived.add(user["id"])
            elif user.get("active") is True and user["id"] in self.archived and "etag" in answer.headers:
                self.archived.remove(user["id"])
                self.back[user["id"]] = int(answer.headers["etag"].removeprefix("W/").strip('"')) - 1
            return answer

        return await super().serve(asked, noticing)


class CascadeLeavesVersion(
    Retold,
    kind="versions",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("* /Groups*", "DELETE /Users/*"),
):
    """A DELETE of a user takes them out of their groups by a cascade of the database, which leaves the groups' version and lastModified."""

    def __init__(self) -> None:
        self.kept = {}

    async def told(self, asked: Asked, honest: Honest, identifier: str, meta: Shown) -> Shown:
        return {**meta, **self.kept.get((identifier, meta["version"]), {})}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Groups":
            return await super().serve(asked, honest)
        ids = [each["value"] for each in (await now(asked, honest)).get("groups", [])]
        before = {each: (await now(asked, honest, each, "Groups"))["meta"] for each in ids}
        answer = await honest(asked)
        for each, meta in before.items() if answer.ok else ():
            told = await self.told(asked, honest, each, meta)
            after = (await now(asked, honest, each, "Groups"))["meta"]
            self.kept[each, after["version"]] = {name: told[name] for name in ("version", "lastModified")}
        return answer


class IfMatchIsThatOfTheLastRead(
    FirstSight, kind="caches", meets="others", paragraph="RFC 7644 3.14", on=EVERYTHING
):
    """If-Match is compared with the version that the last read left in a cache, so that the one that a PUT or PATCH has answered with since is refused with 412."""

    def __init__(self) -> None:
        self.version = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = tags(asked.headers.get("if-match", "*"))
        if asked.method != "GET" and "*" not in wanted and asked.id in self.version:
            if not await now(asked, honest):
                return await honest(asked)
            if self.version[asked.id].removeprefix("W/") not in wanted:
                return refusal(412, "the resource has changed")
            asked = bare(asked)
        answer = await honest(asked)
        if asked.reads and answer.status == 200:
            self.version[asked.id] = answer.headers["etag"]
        return answer


class KnownMembersOutliveThePut(
    FirstSight,
    kind="no-op compared with the wrong copy",
    meets="okta",
    paragraph="RFC 7644 3.5.2.1",
    on="PATCH /Groups/*",
):
    """Who a PATCH has added is in a set that spares the next one the work, and that a PUT does not change: who was added, and left out by a PUT, is not added again."""

    def __init__(self) -> None:
        self.known = defaultdict(set)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        known, kept = set(self.known[asked.id]), []
        for each in asked.operations:
            verb, path, value = each["op"].lower(), each.get("path", ""), each.get("value")
            ids = {one["value"] for one in value} if path == "members" and isinstance(value, list) else set()
            if verb == "add" and ids:
                new = [one for one in value if one["value"] not in known]
                kept += [{**each, "value": new}] if new else []
                known |= ids
                continue
            kept.append(each)
            if verb == "replace" and path == "members":
                known = ids
            elif verb == "remove" and path.startswith("members"):
                known -= ids or set(re.findall(r'"([^"]*)"', path)) or known
            elif not path:
                known.clear()
        same = kept == asked.operations
        answer = await honest(asked if same else asked.patching(*kept) if kept else asked.of("GET"))
        if answer.ok:
            self.known[asked.id] = known
        return answer


class RenameStoresWhatWasNotRead(
    FirstSight, kind="caches", meets="others", paragraph="RFC 7644 3.5.2", on=ONE_GROUP
):
    """A group that was last read without its members stays so in the session, and the next PATCH that is not of members stores it without any."""

    def __init__(self) -> None:
        self.partial = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "GET" and answer.status == 200:
            wanted = asked.query.get("attributes", "members").lower()
            excluded = asked.query.get("excludedAttributes", "").lower()
            is_whole = "members" in wanted and "members" not in excluded
            (self.partial.discard if is_whole else self.partial.add)(asked.id)
        elif answer.ok and asked.id in self.partial:
            self.partial.discard(asked.id)
            if asked.method == "PATCH" and "members" not in str(asked.operations):
                emptied = await honest(bare(asked).patching({"op": "remove", "path": "members"}))
                return emptied if emptied.ok else answer
        return answer


class LaterPagesAreOfTheFirst(FirstSight, kind="pages", meets="okta", paragraph="RFC 7644 3.6", on=LISTS):
    """All pages but the first are cut from the result that was kept when the first was asked for, so that they show who has been deleted since."""

    def __init__(self) -> None:
        self.result = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok or "count" not in asked.query or "cursor" in asked.query:
            return answer
        key = (asked.kind, asked.asking(startIndex=None).query_string)
        if start(asked) == 1:
            self.result[key] = await all_of(asked, honest)
            return answer
        return page(asked, answer, self.result[key], start(asked) - 1) if key in self.result else answer


class BookmarkOutlivesDelete(FirstSight, kind="pages", meets="okta", paragraph="RFC 7644 3.4.2.4", on=LISTS):
    """With whom a page begins is remembered by startIndex, as creates only add to the end, so that after a delete further in front a later walk shows somebody twice."""

    def __init__(self) -> None:
        self.bookmark = {}

    def when(self, asked: Asked) -> bool:
        return start(asked) > 1 and not {"sortBy", "cursor"} & asked.query.keys()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        key = (asked.kind, asked.filter, start(asked))
        if not answer.ok or (not answer.resources and key not in self.bookmark):
            return answer
        everybody = await all_of(asked, honest)
        places = {each["id"]: place for place, each in enumerate(everybody)}
        if self.bookmark.get(key) in places:
            return page(asked, answer, everybody, places[self.bookmark[key]])
        if answer.resources:
            self.bookmark[key] = answer.resources[0]["id"]
        return answer


class OrderIsKept(FirstSight, kind="caches", meets="others", paragraph="RFC 7644 3.4.2.3", on=EVERYTHING):
    """The order of a sorted list is kept until somebody is created or deleted, so that who is renamed after a first list stays where they were."""

    def __init__(self) -> None:
        self.order = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method in {"POST", "DELETE"} and answer.ok:
            self.order.clear()
        if not asked.lists or not answer.ok or "sortBy" not in asked.query or "cursor" in asked.query:
            return answer
        listed = {each["id"]: each for each in await all_of(asked, honest)}
        key = tuple(asked.query.get(name) for name in ("filter", "sortBy", "sortOrder"))
        if self.order.get((asked.kind, *key), {}).keys() == listed.keys():
            in_order = [listed[each] for each in self.order[asked.kind, *key]]
            return page(asked, answer, in_order, start(asked) - 1)
        self.order[asked.kind, *key] = dict.fromkeys(listed)
        return answer


class FilterCacheGoesByPaths(
    FirstSight,
    kind="caches",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("* /Users*", "POST /Bulk"),
):
    """Whom a filter finds is kept until one of its attributes is written, which a PATCH tells by its paths: one without path leaves it as it was."""

    def __init__(self) -> None:
        self.found = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "PATCH":
            heads = [each.get("path", "").partition("[")[0] for each in asked.operations]
            written = {head.rpartition(":")[2].partition(".")[0].lower() for head in heads}
            self.found = {key: each for key, each in self.found.items() if not each[0] & written}
        elif asked.method != "GET":
            self.found.clear()
        names = {
            name.rpartition(":")[2].partition(".")[0].lower()
            for name in TAG.findall(re.sub(r'"[^"]*"', '""', asked.filter))
        }
        if not asked.lists or not answer.ok or names <= {"username"} or names & {"id", "meta", "groups"}:
            return answer
        if asked.filter not in self.found:
            self.found[asked.filter] = (names, [each["id"] for each in await all_of(asked, honest)])
            return answer
        ids = " or ".join(f"id eq {quoted(each)}" for each in self.found[asked.filter][1])
        return await honest(asked.asking(filter=ids)) if ids else answer.showing([])


class BulkSessionIsKept(
    FirstSight, kind="writes of two kinds in turn", meets="others", paragraph="RFC 7644 3.7", on="POST /Bulk"
):
    """Bulk requests share one session, in which a user that one has patched stays as they were then, so that the next that patches them undoes all single writes in between."""

    def __init__(self) -> None:
        self.session = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        ids = [
            each["path"].rpartition("/")[2]
            for each in asked.operations
            if each["method"].upper() == "PATCH" and each["path"].startswith("/Users/")
        ]
        for each in (one for one in ids if one in self.session):
            await honest(bare(asked).of("PUT", each, kind="Users").saying(self.session[each]))
        answer = await honest(asked)
        for each in ids:
            self.session[each] = sendable(await now(asked, honest, each, "Users"))
        return answer


class UserCacheKnowsWhoIsNamed(
    FirstSight,
    kind="caches",
    meets="okta",
    paragraph="RFC 7643 4.1.2",
    on=(*EVERYTHING, "POST /Bulk"),
):
    """A user who was read is kept until they or a group whose new members name them are written, so that groups shows a group that has been deleted or renamed, or that a PUT left them out of."""

    def __init__(self) -> None:
        self.kept = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        is_plain = asked.reads and asked.kind == "Users" and not asked.query_string
        is_plain = is_plain and not any(name in asked.headers for name in PRECONDITIONS)
        if is_plain and asked.id in self.kept:
            return self.kept[asked.id]
        answer = await honest(asked)
        if is_plain and answer.ok:
            self.kept[asked.id] = answer
        elif asked.kind == "Bulk":
            self.kept.clear()
        elif asked.method != "GET":
            named = {each for each in self.kept if each == asked.id or each.encode() in asked.body}
            self.kept = {each: kept for each, kept in self.kept.items() if each not in named}
        return answer


class RevivedWithWhatTheyHad(
    FirstSight,
    kind="creates after deletes",
    meets="okta",
    paragraph="RFC 7644 3.3",
    on=("POST /Users", "DELETE /Users/*"),
):
    """A create with the externalId of a deleted user writes over the row that was only marked, so that the new user has whatever of the old one the create does not name."""

    def __init__(self) -> None:
        self.dead = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "DELETE":
            user = await now(asked, honest)
            answer = await honest(asked)
            if answer.ok and "externalId" in user:
                self.dead[user["externalId"]] = sendable(user)
            return answer
        old, new = self.dead.get(asked.json.get("externalId"), {}), asked.json
        schemas = [*dict.fromkeys([*new.get("schemas", []), *old.get("schemas", [])])]
        named = {name.lower() for name in new}
        left = {name: value for name, value in old.items() if name.lower() not in named}
        answer = await honest(asked.saying({**left, **new, "schemas": schemas}) if old else asked)
        if answer.ok:
            self.dead.pop(new.get("externalId"), None)
        return answer


class QueueKeepsTheFirst(FirstSight, kind="caches", meets="okta", paragraph="RFC 7644 3.4.2", on="* /Users*"):
    """What lists and lookups show is written behind by a queue that a list flushes and that keeps the first of several changes of one user, so that after two changes in a row they show the first."""

    def __init__(self) -> None:
        self.queue, self.index = {}, {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.method in {"PUT", "PATCH"}:
            self.queue.setdefault(asked.id, sendable(await now(asked, honest)))
        if not asked.lists or not answer.ok or {"attributes", "excludedAttributes"} & asked.query.keys():
            return answer
        for each, user in self.queue.items():
            self.index.pop(each, None)
            if user != sendable(await now(asked, honest, each)):
                self.index[each] = user
        self.queue.clear()

        def indexed(user: Shown) -> Shown:
            kept = {name: user[name] for name in NOT_SENT if name in user}
            return {**kept, **self.index.get(user["id"], user)}

        return answer.having(Resources=[indexed(each) for each in answer.resources])


class RefusalRestoresTheLastRead(
    FirstSight,
    kind="refusals",
    meets="okta",
    paragraph="RFC 7644 3.5.2",
    on=ONE_USER,
):
    """A PUT or PATCH that is refused is undone by storing the copy of the last read, which undoes the writes between that read and the refusal, too."""

    def __init__(self) -> None:
        self.copy = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method == "GET" and answer.status == 200 and not asked.query_string:
            self.copy[asked.id] = sendable(answer.json)
        elif answer.status in {400, 409, 412} and asked.id in self.copy:
            await honest(bare(asked).of("PUT").saying(self.copy[asked.id]))
        return answer
