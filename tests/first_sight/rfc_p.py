"""Faults of queries: filters, what of a resource is shown, order and pages of lists, versions on reads."""

import re
from dataclasses import replace
from typing import Any

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GETS = ("GET /Users", "GET /Groups")
SEARCHES = ("POST /.search", "POST /Users/.search", "POST /Groups/.search")


def wish(asked: Asked, name: str) -> Any:
    """What the URL or the SearchRequest says of a parameter."""
    return asked.json.get(name) if asked.method == "POST" else asked.query.get(name)


def wishing(asked: Asked, **changed: Any) -> Asked:
    """The same query with other parameters; None takes one away."""
    if asked.method != "POST":
        return asked.asking(**changed)
    merged = {**asked.json, **changed}
    return asked.saying({name: value for name, value in merged.items() if value is not None})


def found_at(shown: dict[str, Any], path: str) -> Any:
    """The value at an attribute's path, in any letter case, or None."""
    document: Any = shown
    if path.lower().startswith(f"{ENTERPRISE.lower()}:"):
        document, path = shown.get(ENTERPRISE, {}), path[len(ENTERPRISE) + 1 :]
    for part in path.lower().split("."):
        folded = {key.lower(): value for key, value in document.items()} if isinstance(document, dict) else {}
        document = folded.get(part)
    return document


class NegatesEachOfAnOr(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on=(*GETS, *SEARCHES)
):
    """A not before several conditions joined by or goes to each of them and leaves the or, so that not (a or b) finds who lacks one."""

    within = re.compile(r'\bnot\s*\(((?:[^()\[\]"]|"(?:[^"\\]|\\.)*")+)\)', re.IGNORECASE)
    part = re.compile(r'((?:"(?:[^"\\]|\\.)*"|(?! or )[^"])+)(?: or )?', re.IGNORECASE)

    def mishear(self, asked: Asked) -> Asked:
        def spread(found: re.Match[str]) -> str:
            return "(" + " or ".join(f"not ({each})" for each in self.part.findall(found[1])) + ")"

        sought = wish(asked, "filter")
        return wishing(asked, filter=self.within.sub(spread, sought)) if isinstance(sought, str) else asked


class EqualAsNumbers(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on=(*GETS, *SEARCHES[1:])
):
    """Two texts that both look like a number are compared as numbers by eq, so that 007 or 7.0 is found by 7."""

    numeric = re.compile(r"\d{1,15}(\.\d{1,15})?([eE]\d{1,2})?", re.ASCII)
    equals = re.compile(r'([\w.:-]+)\s+eq\s+"([^"\\]*)"', re.IGNORECASE)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        sought = wish(asked, "filter")
        clause = self.equals.search(sought) if isinstance(sought, str) else None
        if clause is None or not self.numeric.fullmatch(clause[2]):
            return await honest(asked)
        kind = asked.of("GET", "").asking(filter=f"{clause[1]} pr", count=1000)
        stored = {found_at(each, clause[1]) for each in self.listed(await honest(kind), clause[1])}
        same = sorted(
            each for each in stored if self.numeric.fullmatch(each) and float(each) == float(clause[2])
        )
        either = " or ".join(f'{clause[1]} eq "{each}"' for each in same)
        return await honest(
            wishing(asked, filter=f"{sought[: clause.start()]}({either}){sought[clause.end() :]}")
            if same
            else asked
        )

    def listed(self, answer: Answer, path: str) -> list[dict[str, Any]]:
        return (
            [each for each in answer.resources if isinstance(found_at(each, path), str)] if answer.ok else []
        )


class FindsTheManager(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "POST /Users/.search"),
):
    """A filter by a manager finds the manager and not who reports to them, for users are joined with themselves the wrong way round."""

    reports = re.compile(rf'{re.escape(ENTERPRISE)}:manager(?:\.value)?\s+eq\s+("[^"]*")', re.IGNORECASE)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        sought, true = wish(asked, "filter"), await honest(asked)
        if not isinstance(sought, str) or not true.ok or not true.json.get("totalResults"):
            return true
        return await honest(wishing(asked, filter=self.reports.sub(r"id eq \1", sought)))


class BracketInAValue(FirstSight, kind="filters", meets="okta", paragraph="RFC 7644 3.4.2.2", on=GETS):
    """A filter whose value holds an opening square bracket is taken for one with a value path, and refused."""

    def when(self, asked: Asked) -> bool:
        return any("[" in each for each in re.findall(r'"(?:[^"\\]|\\.)*"', asked.filter))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        return refusal(400, "the value path is not complete", "invalidFilter") if answer.ok else answer


class ExcludesTheId(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users*", "GET /Groups*"),
):
    """An id that excludedAttributes names is left out, though it is one that is always returned."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        names = [each.strip().lower() for each in asked.query.get("excludedAttributes", "").split(",")]
        return answer.each(lambda shown: shown.pop("id", None)) if "id" in names else answer


class WholeExtensionForOnePart(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users*", "POST /Users/.search"),
):
    """Where attributes names one attribute of the enterprise extension, all that a user has of the extension is shown."""

    def mishear(self, asked: Asked) -> Asked:
        named = wish(asked, "attributes")
        if not isinstance(named, str | list) or not named:
            return asked
        names = named if isinstance(named, list) else named.split(",")
        wider = [
            ENTERPRISE if str(each).lower().startswith(f"{ENTERPRISE.lower()}:") else each for each in names
        ]
        return wishing(asked, attributes=wider if isinstance(named, list) else ",".join(wider))


class SearchExcludesNothing(
    FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.4.3", on=SEARCHES
):
    """A search by POST knows attributes and has no field for excludedAttributes, so that all of each resource is shown."""

    def mishear(self, asked: Asked) -> Asked:
        kept = {name: value for name, value in asked.json.items() if name.lower() != "excludedattributes"}
        return asked.saying(kept) if kept else asked


class OnePerSortKey(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 7644 3.4.2.3", on=GETS
):
    """A list is sorted by a map from the sort key to the resource, so that of several with the same key only the last is on it."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("sortBy")) and "cursor" not in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        page = await honest(asked)
        shown = await honest(asked.asking(startIndex=None, count=1000))
        whole = await honest(
            asked.asking(startIndex=None, count=1000, attributes=None, excludedAttributes=None)
        )
        if not (page.ok and shown.ok and whole.ok):
            return page
        last: dict[Any, int] = {}
        for place, each in enumerate(whole.resources):
            key = found_at(each, asked.query["sortBy"])
            last[key.lower() if isinstance(key, str) else ("", place)] = place
        kept = [each for place, each in enumerate(shown.resources) if place in last.values()]
        first = max(page.json.get("startIndex", 1), 1)
        count = max(int(asked.query.get("count", 100)), 0)
        return page.showing(kept[first - 1 : first - 1 + count], len(kept))


class TotalFromTheRows(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 7644 3.4.2.4", on=(*GETS, *SEARCHES)
):
    """The total is a column of the rows of the page, so that it is 0 where the page has no rows, as with a count of 0 or past the end."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer if not answer.ok or answer.resources else answer.having(totalResults=0)


class WalkBeginsAnew(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 9865 2", on=(*GETS, *SEARCHES)
):
    """The last page of a walk by cursor has an empty nextCursor, which leads to the first page again."""

    def when(self, asked: Asked) -> bool:
        return wish(asked, "cursor") is not None

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer if not answer.ok or "nextCursor" in answer.json else answer.having(nextCursor="")


class CursorIsEscaped(
    FirstSight, kind="sorting and paging", meets="others", paragraph="RFC 9865 2", on=(*GETS, *SEARCHES)
):
    """nextCursor is escaped for a URL when it is written, so that a client that escapes it as any parameter, or posts it, is refused."""

    def mishear(self, asked: Asked) -> Asked:
        cursor = wish(asked, "cursor")
        return wishing(asked, cursor=cursor[3:]) if isinstance(cursor, str) and cursor[:3] == "v1:" else asked

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        following = answer.json.get("nextCursor") if answer.ok else None
        return answer.having(nextCursor=f"v1%3A{following}") if following else answer


class FiltersThePage(
    FirstSight,
    kind="sorting and paging",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/131",
    on=GETS,
):
    """A page is cut from the list of all and only then filtered, so that who is found further down is counted and not shown."""

    def when(self, asked: Asked) -> bool:
        paged = "count" in asked.query or "startIndex" in asked.query
        return bool(asked.filter) and paged and "cursor" not in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        page = await honest(asked)
        everybody = await honest(asked.asking(filter=None, attributes=None, excludedAttributes=None))
        fitting = await honest(asked.asking(startIndex=None, count=1000))
        if not (page.ok and everybody.ok and fitting.ok):
            return page
        ids = {each["id"] for each in everybody.resources}
        return page.showing(
            [each for each in fitting.resources if each["id"] in ids], page.json["totalResults"]
        )


class ExtensionHasNoVersion(
    FirstSight,
    kind="reads and versions",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("GET /Users", "GET /Users/*", "PUT /Users/*", "PATCH /Users/*", "POST /Users"),
):
    """A change of enterprise attributes alone leaves version and lastModified, so that a read with If-None-Match is answered with 304."""

    def __init__(self) -> None:
        self.stamped: dict[
            str, tuple[bytes, dict[str, Any], str]
        ] = {}  # the rest of a user, its meta, the true version

    async def look(self, asked: Asked, honest: Honest, user: str) -> dict[str, Any]:
        plain = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
        answer = await honest(replace(asked.of("GET", user, kind="Users"), headers=plain))
        return answer.json if answer.ok else {}

    def stamp(self, whole: dict[str, Any]) -> None:
        rest = {name: value for name, value in whole.items() if name not in {"meta", "schemas", ENTERPRISE}}
        core, true = orjson.dumps(rest, option=orjson.OPT_SORT_KEYS), whole["meta"]["version"]
        before = self.stamped.get(whole["id"])
        meta = before[1] if before and before[0] == core else whole["meta"]
        self.stamped[whole["id"]] = (core, meta, true)

    def shown(self, user: dict[str, Any]) -> None:
        known = self.stamped.get(user.get("id", ""))
        if known and user.get("meta", {}).get("version", "") == known[2]:
            user["meta"].update(
                {name: known[1][name] for name in ("version", "lastModified") if name in user["meta"]}
            )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.id:
            whole = await self.look(asked, honest, asked.id)
            if whole:
                self.stamp(whole)
                old, true = self.stamped[asked.id][1]["version"], whole["meta"]["version"]
                headers = {
                    name: value.replace(old, true).replace(old.removeprefix("W/"), true.removeprefix("W/"))
                    if name in {"if-match", "if-none-match"}
                    else value
                    for name, value in asked.headers.items()
                }
                asked = replace(asked, headers=headers)
        answer = await honest(asked)
        user = asked.id or (answer.json.get("id", "") if answer.ok and asked.method == "POST" else "")
        if user and (answer.ok or answer.status == 304):
            whole = await self.look(asked, honest, user)
            if whole:
                self.stamp(whole)
                if "etag" in answer.headers:
                    answer = answer.headed(etag=self.stamped[user][1]["version"])
        return answer.each(self.shown)


class VersionOfTheLast(
    FirstSight, kind="reads and versions", meets="others", paragraph="RFC 7644 3.14", on=(*GETS, *SEARCHES)
):
    """All on a list have the meta.version of the last one there, for it is put in by closures that share the loop's variable."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        versions = (
            [each["meta"]["version"] for each in answer.resources if each.get("meta", {}).get("version")]
            if answer.ok
            else []
        )

        def change(shown: dict[str, Any]) -> None:
            if shown.get("meta", {}).get("version"):
                shown["meta"]["version"] = versions[-1]

        return answer.each(change) if versions else answer
