"""Faults of queries, projections, versions on reads and discovery, written from the RFCs and public reports."""

import re
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, refusal

LISTS = ("GET /Users", "GET /Groups")
WRITES = ("POST *", "PUT *", "PATCH *", "DELETE *")
CORE = {
    "Users": "urn:ietf:params:scim:schemas:core:2.0:User",
    "Groups": "urn:ietf:params:scim:schemas:core:2.0:Group",
}
ONE_CLAUSE = re.compile(
    r'\s*[\w.:$-]+\s+\w+\s+"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*"\s*'
)
JOINT = re.compile(r'\s+(and|or)\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', re.IGNORECASE)


def texts(found: Any, path: str) -> list[str]:
    """The texts that somebody has at a path, names in any letter case."""
    if path.startswith("urn:"):
        urn, _, path = path.rpartition(":")
        found = next((found[each] for each in found if each.lower() == urn.lower()), found)
    here = [found]
    for name in path.split("."):
        inside = [
            value
            for each in here
            if isinstance(each, dict)
            for key, value in each.items()
            if key.lower() == name.lower()
        ]
        here = [each for value in inside for each in (value if isinstance(value, list) else [value])]
    return [str(each.get("value", "")) if isinstance(each, dict) else str(each) for each in here]


def lowered(text: str) -> str:
    """In small letters, as SQLite's lower() has it."""
    return "".join(each.lower() if each.isascii() else each for each in text)


class OnlyAsciiHasCase(FirstSight, kind="filters", meets="okta", paragraph="RFC 7644 3.4.2.2", on=LISTS):
    """A comparison passes over the case of ASCII letters only, so that who is written Müller is not found by MÜLLER."""

    def when(self, asked: Asked) -> bool:
        return bool(ONE_CLAUSE.fullmatch(asked.filter)) and not asked.sought[2].isascii()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        path, operator, value = asked.sought
        answer = await honest(asked)
        whole = await honest(asked.asking(attributes=None, excludedAttributes=None))
        if not answer.ok or operator not in {"eq", "sw", "co", "ew"} or path in {"id", "externalid"}:
            return answer
        tests = {"eq": str.__eq__, "sw": str.startswith, "ew": str.endswith, "co": str.__contains__}
        met = {
            each["id"]
            for each in whole.resources
            if any(tests[operator](lowered(text), lowered(value)) for text in texts(each, path))
        }
        kept = [each for each in answer.resources if each["id"] in met]
        return answer.showing(kept, answer.json["totalResults"] - len(answer.resources) + len(kept))


class MiddleClausesAreLost(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=(*LISTS, "POST /Users/.search", "POST /Groups/.search", "POST /.search"),
):
    """Of three or more clauses that are joined by and, or by or, only the first and the last count, for the right side is overwritten."""

    def mishear(self, asked: Asked) -> Asked:
        said = asked.filter if asked.method == "GET" else asked.json.get("filter", "")
        if not isinstance(said, str) or re.search(r"[()\[\]]", re.sub(r'"(?:[^"\\]|\\.)*"', "", said)):
            return asked
        clauses = JOINT.split(said)
        if len(clauses) < 5 or len({each.lower() for each in clauses[1::2]}) > 1:
            return asked
        left = f"{clauses[0]} {clauses[1]} {clauses[-1]}"
        return (
            asked.asking(filter=left)
            if asked.method == "GET"
            else asked.saying({**asked.json, "filter": left})
        )


class ValueIsAPattern(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/gravitee-io/gravitee-access-management/pull/6284",
    on=LISTS,
):
    """What co, sw and ew look for is put into a regular expression as it is, so that a period is any letter, a plus repeats, and an open parenthesis leads to 500."""

    def when(self, asked: Asked) -> bool:
        if not ONE_CLAUSE.fullmatch(asked.filter) or "cursor" in asked.query:
            return False
        _, operator, value = asked.sought
        return operator in {"co", "sw", "ew"} and bool(re.search(r"[.+*?()\[\]{}|^$\\]", value))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        path, operator, value = asked.sought
        answer = await honest(asked)
        if not answer.ok:
            return answer
        try:
            pattern = re.compile({"co": value, "sw": f"^{value}", "ew": f"{value}$"}[operator], re.IGNORECASE)
        except re.error:
            return refusal(500, "Internal server error")
        everybody = asked.asking(filter=None, startIndex=None, count=1000)
        whole = await honest(everybody.asking(attributes=None, excludedAttributes=None))
        met = {each["id"] for each in whole.resources if any(map(pattern.search, texts(each, path)))}
        found = [each for each in (await honest(everybody)).resources if each["id"] in met]
        start = max(1, int(asked.query.get("startIndex", "1")))
        count = max(0, int(asked.query.get("count", "100")))
        return answer.showing(found[start - 1 : start - 1 + count], len(found))


class OrderIsNotInTheKey(
    FirstSight, kind="sorting", meets="others", paragraph="RFC 7644 3.4.2.3", on=(*LISTS, *WRITES)
):
    """A sorted list is kept until the next write under all of the query but sortOrder, so that the same in the other order is answered in the first."""

    def __init__(self) -> None:
        self.kept: dict[Any, Answer] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method != "GET":
            if ".search" not in asked.place:
                self.kept.clear()
            return await honest(asked)
        if not asked.query.get("sortBy") or "cursor" in asked.query:
            return await honest(asked)
        rest = {name: value for name, value in asked.query.items() if name != "sortOrder"}
        key = (asked.headers.get("authorization"), asked.place, *sorted(rest.items()))
        answer = self.kept.get(key) or await honest(asked)
        if answer.ok:
            self.kept[key] = answer
        return answer


class LastPageIsFilled(
    FirstSight, kind="paging by index", meets="okta", paragraph="RFC 7644 3.4.2.4", on=LISTS
):
    """A last page that would be short begins earlier, so that it is full, and shows some of the page before again under the startIndex that was asked for."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        start, count = asked.query.get("startIndex", ""), asked.query.get("count", "")
        if not answer.ok or not start.isdecimal() or not count.isdecimal() or "cursor" in asked.query:
            return answer
        if int(start) > 1 and 0 < len(answer.resources) < int(count):
            first = max(1, answer.json["totalResults"] - int(count) + 1)
            full = await honest(asked.asking(startIndex=first))
            return full.having(startIndex=int(start))
        return answer


class OnePlaceForAllWalks(
    FirstSight, kind="paging by cursor", meets="others", paragraph="RFC 9865 2", on=LISTS
):
    """The place of a walk by cursor is kept with the query and not in the cursor, so that two walks of one query take pages from each other, and a page asked for again is the next one."""

    def __init__(self) -> None:
        self.places: dict[Any, str | None] = {}

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        rest = {name: value for name, value in asked.query.items() if name != "cursor"}
        key = (asked.headers.get("authorization"), asked.place, *sorted(rest.items()))
        cursor = asked.query["cursor"]
        answer = await honest(asked)
        if answer.ok and cursor and self.places.get(key):
            answer = await honest(asked.asking(cursor=self.places[key]))
        if answer.ok:
            self.places[key] = answer.json.get("nextCursor")
        return answer


class CountIsForgotten(
    FirstSight, kind="paging by cursor", meets="others", paragraph="RFC 9865 2.1", on=LISTS
):
    """In a walk by cursor the count is heeded for the first page only; from the second on pages are of the server's own size."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("cursor")) and "count" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = page = await honest(asked)
        shown = answer.resources if answer.ok else []
        while page.ok and page.resources and page.json.get("nextCursor") and len(shown) < 100:
            page = await honest(asked.asking(cursor=page.json["nextCursor"]))
            shown = [*shown, *page.resources]
        if not answer.ok or not page.ok:
            return answer
        return answer.having(Resources=shown, itemsPerPage=len(shown), nextCursor=page.json.get("nextCursor"))


class TotalOfTheLastType(
    FirstSight, kind=".search", meets="others", paragraph="RFC 7644 3.4.2.1", on="POST /.search"
):
    """A search at the root shows users and groups and has in totalResults the groups alone, for the count of each type overwrites that of the one before."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        unpaged = {
            name: value for name, value in asked.json.items() if name.lower() not in {"cursor", "startindex"}
        }
        groups = await honest(asked.of("POST", ".search", kind="Groups").saying(unpaged))
        return answer.having(totalResults=groups.json["totalResults"]) if answer.ok and groups.ok else answer


class PartsOfThatName(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users*", "GET /Groups*"),
):
    """A part that excludedAttributes names, as emails.type, is left out of all attributes that have a part of that name, for only what is behind the period is compared."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        paths = asked.query.get("excludedAttributes", "").split(",")
        plain = [path.strip().rpartition(":")[2] for path in paths]
        names = {path.rpartition(".")[2].lower() for path in plain if "." in path}

        def without(value: Any) -> Any:
            if isinstance(value, list):
                return [without(each) for each in value]
            if not isinstance(value, dict):
                return value
            return {key: without(each) for key, each in value.items() if key.lower() not in names}

        def change(shown: dict[str, Any]) -> None:
            for key, value in list(shown.items()):
                shown[key] = without(value)

        return answer.each(change) if names else answer


class ColumnsOfTheFirst(FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.9", on=LISTS):
    """Where a list names attributes, those that the first on the page has nothing of are shown of nobody, for the columns are taken from the first."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("attributes"))

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok or not answer.resources:
            return answer
        columns = set(answer.resources[0])
        cut = [{key: each[key] for key in each if key in columns} for each in answer.resources]
        return answer.having(Resources=cut)


class ListedAsCreated(
    FirstSight,
    kind="versions on reads",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("GET /Users", "POST /Users"),
):
    """Lists and look-ups show the meta.version and lastModified that a user had after the create, so that a version from there fails in If-Match once somebody has changed the user."""

    def __init__(self) -> None:
        self.metas: dict[str, dict[str, Any]] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "POST" and answer.ok and answer.json.get("id"):
            meta = answer.json.get("meta", {})
            self.metas[answer.json["id"]] = {
                name: meta[name] for name in ("version", "lastModified") if name in meta
            }
            return answer

        def change(shown: dict[str, Any]) -> None:
            old = self.metas.get(shown.get("id", ""), {})
            meta = shown.get("meta", {})
            meta.update({name: value for name, value in old.items() if name in meta})

        return answer.each(change) if asked.method == "GET" else answer


class CountedAnewByPut(
    FirstSight,
    kind="versions on reads",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("* /Users", "* /Users/*", "POST /.search", "POST /Bulk"),
):
    """A PUT sets the version back to the first one, so that who read the user before is told 304 after a PUT, and an If-Match from before it is met."""

    def __init__(self) -> None:
        self.before: dict[str, int] = {}

    def moved(self, version: Any, an_id: str, sign: int) -> Any:
        gone = sign * self.before.get(an_id, 0)
        return (
            re.sub(r'"(\d+)"', lambda found: f'"{int(found[1]) + gone}"', version)
            if isinstance(version, str)
            else version
        )

    def mishear(self, asked: Asked) -> Asked:
        if asked.kind == "Bulk":
            operations = [
                {**each, "version": self.moved(each["version"], str(each.get("path")).rpartition("/")[2], 1)}
                if "version" in each
                else each
                for each in asked.operations
            ]
            return asked.saying({**asked.json, "Operations": operations}) if operations else asked
        headers = {
            name: self.moved(value, asked.id, 1) if name in {"if-match", "if-none-match"} else value
            for name, value in asked.headers.items()
        }
        return replace(asked, headers=headers)

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        etag = answer.headers.get("etag")
        if asked.method == "PUT" and answer.ok and etag:
            self.before[asked.id] = int("".join(filter(str.isdigit, etag)) or 1) - 1

        def change(shown: dict[str, Any]) -> None:
            for each in shown.get("Operations", []):
                if "version" in each:
                    each["version"] = self.moved(
                        each["version"], str(each.get("location")).rpartition("/")[2], -1
                    )
            if "version" in shown.get("meta", {}):
                shown["meta"]["version"] = self.moved(shown["meta"]["version"], shown.get("id", ""), -1)

        changed = answer.each(change)
        return changed.headed(etag=self.moved(etag, asked.id, -1)) if etag else changed


class CursorIsSaidToBeTheDefault(
    FirstSight,
    kind="discovery documents",
    meets="others",
    paragraph="RFC 9865 4",
    on="GET /ServiceProviderConfig",
):
    """The ServiceProviderConfig says that pages are by cursor unless asked for otherwise, and a list that asks for neither is paged by index, without a nextCursor."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        paging = answer.json.get("pagination") if answer.ok else None
        return answer.having(pagination={**paging, "defaultPaginationMethod": "cursor"}) if paging else answer


class ExcludedFromTheSchema(
    FirstSight,
    kind="discovery documents",
    meets="others",
    paragraph="RFC 7643 7",
    on=("GET /Users*", "GET /Groups*", "GET /Schemas*"),
):
    """An attribute that a query once excluded is missing from /Schemas from then on, for it is taken out of the one definition that all requests share."""

    def __init__(self) -> None:
        self.lost: dict[str, set[str]] = {}

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if asked.kind in CORE:
            if answer.ok and asked.query.get("excludedAttributes"):
                names = {each.strip().lower() for each in asked.query["excludedAttributes"].split(",")}
                self.lost.setdefault(CORE[asked.kind], set()).update(names)
            return answer

        def change(schema: dict[str, Any]) -> None:
            lost = self.lost.get(schema.get("id", ""), set())
            if "attributes" in schema:
                schema["attributes"] = [
                    each for each in schema["attributes"] if each["name"].lower() not in lost
                ]

        return answer.each(change)
