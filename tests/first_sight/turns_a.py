"""Faults of state around people: names over time, activation, PUT and PATCH in turn, refusals, pages, deletes."""

import re
from dataclasses import replace

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LISTS = ("emails", "phoneNumbers", "addresses", "ims", "photos", "roles", "entitlements")
BY_NAME = re.compile(r'userName eq "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
TWIN = " (twin)"  # keeps two of one name apart where nobody sees it
WRITES = {"POST", "PUT", "PATCH"}
USERS, GROUPS = "* /Users*", "* /Groups*"
LIST, READ, CREATE, PATCH = "GET /Users", "GET /Users/*", "POST /Users", "PATCH /Users/*"
UPDATES = ("PUT /Users/*", PATCH)


def bare(asked: Asked) -> Asked:
    """The request without preconditions."""
    headers = {
        name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}
    }
    return replace(asked, headers=headers)


async def user(asked: Asked, honest: Honest, identifier: str | None = None) -> Json:
    """The user of the request, or another one, as stored; nothing where there is none."""
    found = await honest(bare(asked).of("GET", identifier))
    return found.json if found.ok else {}


async def named(asked: Asked, honest: Honest, name: str) -> list[Json]:
    """Those with a userName."""
    sought = f"userName eq {orjson.dumps(name).decode()}"
    found = await honest(bare(asked).of("GET", "").asking(filter=sought))
    return found.resources if found.ok else []


def folded(document: Json) -> str:
    """The userName as names are compared."""
    return str(document.get("userName", "")).casefold()


def sought(asked: Asked) -> str:
    """The name that the first page of a lookup by userName alone asks for, as names are compared."""
    is_first = asked.query.get("startIndex", "1") == "1" and asked.query.get("count") != "0"
    return asked.sought[2].casefold() if is_first and BY_NAME.fullmatch(asked.filter) else ""


def activating(asked: Asked) -> bool | None:
    """What a write makes of active."""
    return {"true": True, "false": False}.get(str(asked.sets("active")).lower())


async def everybody(asked: Asked, honest: Honest) -> list[Json]:
    """All who are on the pages of a list, as it shows them; LookupError where they are too many to tell."""
    whole = await honest(bare(asked).asking(startIndex=1, count=1000))
    if not whole.ok or whole.json["totalResults"] != len(whole.resources):
        raise LookupError
    return whole.resources


def page(asked: Asked, listed: list[Json]) -> list[Json]:
    """Those of a list whom the request's page holds."""
    start = max(1, int(asked.query.get("startIndex", "1"))) - 1
    return listed[start : start + max(0, int(asked.query.get("count", "100")))]


def is_plain_list(asked: Asked) -> bool:
    """Whether a list is asked for without filter, order and cursor."""
    return asked.lists and not asked.query.keys() & {"filter", "sortBy", "cursor"}


class Kept(FirstSight):
    """A fault that keeps something between requests."""

    def __init__(self) -> None:
        self.kept = {}


class Twins(Kept):
    """Creates of which some are let through though somebody has the userName."""

    def __init__(self) -> None:
        super().__init__()
        self.twins = set()

    async def is_free(self, asked: Asked, honest: Honest, name: str) -> bool:
        """Whether the server thinks that nobody has the name, of one that somebody has."""
        raise NotImplementedError

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = asked
        if asked.looks_up:
            either = rf'(userName eq "\1" or userName eq "\1{TWIN}")'
            wanted = asked.asking(filter=BY_NAME.sub(either, asked.filter))
        if asked.id in self.twins:
            wanted = asked.rewriting(
                lambda name, value: f"{value}{TWIN}" if name.lower() == "username" else value
            )
        answer = await honest(wanted)
        name = asked.json.get("userName")
        if asked.method == "POST" and answer.status == 409 and await self.is_free(asked, honest, name):
            answer = await honest(asked.saying({**asked.json, "userName": f"{name}{TWIN}"}))
            self.twins |= {answer.json["id"]} if answer.ok else set()
        return replace(answer, body=answer.body.replace(TWIN.encode(), b""))


class UniqueAmongActive(Twins, kind="names", meets="okta", paragraph="RFC 7643 4.1.1", on=USERS):
    """A create with the userName of somebody inactive makes a second one of that name, for the unique index is one of the active rows alone."""

    async def is_free(self, asked: Asked, honest: Honest, name: str) -> bool:
        return not any(each.get("active") for each in await named(asked, honest, name))


class RefusedRenameFreesName(Twins, kind="names", meets="okta", paragraph="RFC 7643 4.1.1", on=USERS):
    """After a rename that was refused with 409 the user's own userName can be taken by a create, for it was given up first."""

    async def is_free(self, asked: Asked, honest: Honest, name: str) -> bool:
        return name.casefold() in self.kept.values()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await super().serve(asked, honest)
        if asked.id and asked.method in WRITES:
            if answer.status == 409:
                self.kept[asked.id] = folded(await user(asked, honest))
            elif answer.ok:
                self.kept.pop(asked.id, None)
        return answer


class CacheForgetsNewName(Kept, kind="names", meets="okta", paragraph="RFC 7644 3.4.2.2", on=USERS):
    """Who was looked up by userName is found by it after a rename, too, for a write drops the cache's entry of the new name and not of the old one."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, name = await honest(asked), sought(asked)
        if name and answer.ok:
            if answer.resources:
                self.kept[name] = answer.resources[0]["id"]
            elif remembered := await user(asked, honest, self.kept.get(name, "nobody")):
                return answer.showing([remembered])
        elif answer.ok and asked.method in WRITES:
            self.kept.pop(folded(await user(asked, honest, answer.json.get("id"))), None)
        return answer


class FreedNameIndexedOnce(Kept, kind="names", meets="okta", paragraph="RFC 7644 3.4.2.2", on=USERS):
    """Who has the userName that somebody gave up by a rename is not found by it, for the index keeps the first entry of a name, which leads to the other one."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, name = await honest(asked), sought(asked)
        if name and answer.ok:
            return answer.showing(
                [each for each in answer.resources if self.kept.get(name, each["id"]) == each["id"]]
            )
        if answer.ok and asked.method in WRITES:
            stored = await user(asked, honest, answer.json.get("id"))
            self.kept.setdefault(folded(stored), stored["id"])
        elif answer.ok and asked.method == "DELETE":
            self.kept = {name: each for name, each in self.kept.items() if each != asked.id}
        return answer


class RefusedCreateKeepsName(Kept, kind="refusals", meets="others", paragraph="RFC 7644 3.3", on=CREATE):
    """A create that was refused with 400 for one of its values is refused with 409 when it comes again without the mistake, for the userName had been reserved before."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        name = folded(asked.json).strip()
        if name in self.kept and (await honest(asked.of("GET"))).ok:
            return refusal(409, "the userName is taken", "uniqueness")
        answer = await honest(asked)
        if answer.status == 400 and name and isinstance(asked.json["userName"], str):
            self.kept[name] = True
        return answer


class RefusalRollsBackTooFar(Kept, kind="refusals", meets="others", paragraph="RFC 7644 3.5.2", on=USERS):
    """A PATCH that is refused takes back all PATCHes since the last PUT, for only POST and PUT set the point to which it is rolled back."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.method in {"POST", "PUT"} and answer.ok:
            stored = await user(asked, honest, answer.json.get("id"))
            self.kept[stored["id"]] = stored
        elif (
            asked.method == "PATCH"
            and answer.status in {400, 409}
            and asked.operations
            and asked.id in self.kept
        ):
            await honest(bare(asked).of("PUT").saying(self.kept[asked.id]))
        return answer


class SnapshotAtDeactivation(Kept, kind="activity", meets="okta", paragraph="RFC 7644 3.5.2.3", on=PATCH):
    """What was changed of somebody inactive is lost when a PATCH makes them active, for that brings back the row that was archived when they were made inactive."""

    def when(self, asked: Asked) -> bool:
        return activating(asked) is not None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer, after = await user(asked, honest), await honest(asked), await user(asked, honest)
        if before.get("active") and not after.get("active"):
            self.kept[asked.id] = after
        elif after.get("active") and not before.get("active") and asked.id in self.kept:
            row = {**self.kept.pop(asked.id), "active": True}
            restored = await honest(bare(asked).of("PUT").saying(row))
            return restored if restored.ok else answer
        return answer


class InactiveBeforeInactive(Kept, kind="activity", meets="okta", paragraph="RFC 7644 3.5.2.3", on=PATCH):
    """Who was made inactive twice stays so when made active, for that goes back to the status noted when they were last made inactive."""

    def when(self, asked: Asked) -> bool:
        return activating(asked) is not None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer = await user(asked, honest), await honest(asked)
        if answer.ok and not activating(asked):
            self.kept[asked.id] = before.get("active", True)
        elif answer.ok and not self.kept.get(asked.id, True):
            return await honest(bare(asked).patching({"op": "replace", "path": "active", "value": False}))
        return answer


class TwoFlags(Kept, kind="activity", meets="okta", paragraph="RFC 7644 3.5.1", on=(CREATE, *UPDATES)):
    """Who was made inactive by a PATCH is not made active by a PUT, nor the other way round, for each sets a flag of its own and active is both together."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok or (asked.method == "PATCH" and activating(asked) is None):
            return answer
        stored = await user(asked, honest, answer.json.get("id"))
        flags, flag = (
            self.kept.setdefault(stored["id"], set()),
            "suspended" if asked.method == "PATCH" else "disabled",
        )
        flags.discard(flag)
        if stored.get("active") is False:
            flags.add(flag)
        elif flags:
            return await honest(bare(asked).patching({"op": "replace", "path": "active", "value": False}))
        return answer


class ListedForEachActivation(
    Kept, kind="activity", meets="okta", paragraph="RFC 7644 3.4.2", on=(LIST, *UPDATES)
):
    """Who was made active again is on the list once more and counted, for people are joined with their activations."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = {} if asked.lists else await user(asked, honest)
        answer = await honest(asked)
        if answer.ok and is_plain_list(asked):
            listed = [
                each for each in await everybody(asked, honest) for _ in range(self.kept.get(each["id"], 1))
            ]
            return answer.showing(page(asked, listed), len(listed))
        if asked.id and before.get("active") is False and (await user(asked, honest)).get("active"):
            self.kept[asked.id] = self.kept.get(asked.id, 1) + 1
        return answer


class ComparedWithLastRead(
    Kept, kind="writes of two kinds in turn", meets="okta", paragraph="RFC 7644 3.5.2.3", on=(READ, *UPDATES)
):
    """A PATCH does not store what the user had when last read or PUT, for it takes that copy, which earlier PATCHes did not change, for the stored one."""

    def mishear(self, asked: Asked) -> Asked:
        copy, left = self.kept.get(asked.id, {}), []
        for each in asked.operations:
            value, is_whole = each.get("value"), "path" not in each and isinstance(each.get("value"), dict)
            if is_whole:
                value = {name: part for name, part in value.items() if part != copy.get(name)}
            is_same = value == {} if is_whole else value == copy.get(each.get("path"), [])
            if not is_same or each["op"].lower() == "remove":
                left.append({**each, "value": value} if is_whole else each)
        return asked.saying({**asked.json, "Operations": left}) if left else asked.of("GET")

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(self.mishear(asked) if asked.method == "PATCH" and asked.operations else asked)
        if answer.ok and asked.method != "PATCH":
            self.kept[asked.id] = await user(asked, honest)
        return answer


class OverlayOutlivesPut(
    Kept, kind="writes of two kinds in turn", meets="others", paragraph="RFC 7644 3.5.1", on=UPDATES
):
    """An enterprise attribute that a PATCH set by its path is as it says after later PUTs, too, for it went to a table of its own that comes before the row that PUT writes."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, rows = await honest(asked), self.kept.setdefault(asked.id, {})
        for each in asked.operations if answer.ok else []:
            if re.fullmatch(re.escape(ENTERPRISE) + r":[A-Za-z]+", each.get("path", "")):
                rows.pop(each["path"], None)
                if each["op"].lower() != "remove":
                    rows[each["path"]] = each["value"]
        if answer.ok and asked.method == "PUT" and rows:
            laid = [{"op": "replace", "path": path, "value": value} for path, value in rows.items()]
            shown = await honest(bare(asked).patching(*laid))
            return shown if shown.ok else answer
        return answer


class PlacesFromBeforePut(
    Kept, kind="writes of two kinds in turn", meets="others", paragraph="RFC 7644 3.5.2", on=UPDATES
):
    """A PATCH by type changes the entry in whose place the type was before a PUT in another order, for places are noted at the first such PATCH and forgotten only when a PATCH sets the whole list."""

    chosen = re.compile(r'(\w+)\[type eq "(\w+)"\](.*)')

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        stored, operations = await user(asked, honest), []
        for each in asked.operations:
            self.kept.pop((asked.id, each.get("path")), None)
            if found := self.chosen.fullmatch(each.get("path", "")):
                entries = stored.get(found[1], [])
                noted = {entry.get("type"): place for place, entry in enumerate(entries)}
                place = self.kept.setdefault((asked.id, found[1]), noted).get(found[2], len(entries))
                if place < len(entries) and entries[place].get("type") != found[2]:
                    value = orjson.dumps(entries[place]["value"]).decode()
                    each = {**each, "path": f"{found[1]}[value eq {value}]{found[3]}"}
            operations.append(each)
        return await honest(asked.saying({**asked.json, "Operations": operations}) if operations else asked)


class VersionOfFirstWrite(
    Kept, kind="writes of two kinds in turn", meets="others", paragraph="RFC 7644 3.14", on=(READ, *UPDATES)
):
    """The answer to a second write without a read between tells the version after the first one, for the first leaves it in a cache that a read empties."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "GET":
            self.kept.pop(asked.id, None)
        if asked.method == "GET" or not answer.ok or "etag" not in answer.headers:
            return answer
        version = self.kept.setdefault(asked.id, answer.headers["etag"])
        return answer.each(lambda shown: shown.get("meta", {}).update(version=version)).headed(etag=version)


class RemovedEntryComesBack(
    Kept, kind="entries of lists", meets="others", paragraph="RFC 7644 3.5.2.1", on=UPDATES
):
    """An e-mail address or phone number that was taken away and is added again has the type and primary that it had, for it was only marked as removed and the mark is taken off."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before, answer, after = await user(asked, honest), await honest(asked), await user(asked, honest)
        for name in ("emails", "phoneNumbers") if answer.ok else ():
            removed = self.kept.setdefault((asked.id, name), {})
            old = {each.get("value"): each for each in before.get(name, [])}
            new = {each.get("value"): each for each in after.get(name, [])}
            again = {value: removed.pop(value) for value in new.keys() - old.keys() if value in removed}
            removed |= {value: old[value] for value in old.keys() - new.keys()}
            if any(again[value] != new[value] for value in again):
                back = {"op": "replace", "path": name, "value": list((new | again).values())}
                answer = await honest(bare(asked).patching(back))
        return answer


class OneEmptyListForAll(
    Kept, kind="entries of lists", meets="others", paragraph="RFC 7644 3.5.2.1", on=(CREATE, *UPDATES)
):
    """What a PATCH adds to the e-mails, phones or addresses of somebody created without any, all have who were created without, for they share one empty list until a PUT or replace."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        for name in LISTS if answer.ok else ():
            sharing = self.kept.setdefault(name, [])
            if asked.method == "POST" and not asked.json.get(name):
                sharing.append(answer.json["id"])
            elif asked.id in sharing and (asked.method == "PUT" or asked.sets(name) is not None):
                adds = [
                    each
                    for each in asked.operations
                    if each.get("path") == name and each["op"].lower() == "add"
                ]
                if not adds:
                    sharing.remove(asked.id)
                for other in sharing if adds else ():
                    if other != asked.id:
                        await honest(replace(bare(asked).patching(*adds), id=other))
        return answer


class ExtensionStaysWithName(Kept, kind="names", meets="okta", paragraph="RFC 7643 3.3", on=USERS):
    """Who is created without enterprise data under a userName that somebody gave up by a rename has the data of that one, whose row under the old name was copied and left."""

    def mishear(self, asked: Asked) -> Asked:
        row = self.kept.get(folded(asked.json))
        if asked.method != "POST" or row is None or ENTERPRISE in asked.json:
            return asked
        return asked.saying({**asked.json, ENTERPRISE: row})

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        before = await user(asked, honest) if asked.method == "DELETE" else {}
        answer = await honest(self.mishear(asked))
        if answer.ok and asked.method in WRITES:
            before = await user(asked, honest, answer.json.get("id"))
        if answer.ok and before:
            self.kept[folded(before)] = before.get(ENTERPRISE) if asked.method != "DELETE" else None
        return answer


class CreateReplayed(Kept, kind="creates after deletes", meets="okta", paragraph="RFC 7644 3.3", on=CREATE):
    """A create that is sent again word for word when its userName is free again is answered with the 201 of the first time, and nobody is created, for its body is the key of what was done already."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        is_let_in = (await honest(asked.of("GET"))).ok
        if is_let_in and asked.body in self.kept and not await named(asked, honest, asked.json["userName"]):
            return self.kept[asked.body]
        answer = await honest(asked)
        if answer.status == 201:
            self.kept[asked.body] = answer
        return answer


class ListKeptWhileTotalStays(
    Kept, kind="lists", meets="okta", paragraph="RFC 7644 3.4.2", on=(USERS, GROUPS)
):
    """A list or lookup is kept while there are as many people as before and nobody is updated, so that it shows who was deleted and lacks who was created since."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method in {"PUT", "PATCH"} or (asked.kind == "Groups" and asked.method != "GET"):
            self.kept.clear()
        if asked.kind != "Users" or not asked.lists:
            return await honest(asked)
        counted = await honest(asked.of("GET").asking(count=0))
        if not counted.ok:
            return await honest(asked)
        total, key = counted.json["totalResults"], asked.query_string
        if self.kept.get(key, (None,))[0] != total:
            self.kept[key] = (total, await honest(asked))
        return self.kept[key][1]


class DeletedLeavesGap(Kept, kind="lists", meets="okta", paragraph="RFC 7644 3.4.2.4", on=USERS):
    """A delete leaves the place of the deleted empty, so that pages after it are short and the last people are past the total, for startIndex is compared with a position given once at the create."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = await everybody(asked.of("GET", ""), honest)
        self.kept |= {each["id"]: True for each in found}
        answer = await honest(asked)
        if not answer.ok or not is_plain_list(asked):
            return answer
        shown = {each["id"]: each for each in await everybody(asked, honest)}
        here = [shown[each] for each in page(asked, list(self.kept)) if each in shown]
        return answer.showing(here, len(shown))
