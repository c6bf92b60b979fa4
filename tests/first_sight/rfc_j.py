"""Wrong answers to what is asked: filters, orders, pages, cursors, parts of resources and searches by POST."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest

LISTS = ("GET /Users", "GET /Groups", "POST /Users/.search", "POST /Groups/.search", "POST /.search")
NOTHING = "(not (id pr))"
TEXT = r'"(?:[^"\\]|\\.)*"'


def wish(asked: Asked, name: str) -> Any:
    """What a query asks for under a name, in the URL or in a SearchRequest; None where it does not."""
    said = asked.json if asked.method == "POST" else asked.query
    return next((value for key, value in said.items() if key.lower() == name.lower()), None)


def wishing(asked: Asked, **changed: Any) -> Asked:
    """The same query with other wishes; None takes one away."""
    folded = {key.lower() for key in changed}
    said = asked.json if asked.method == "POST" else asked.query
    kept = {key: value for key, value in said.items() if key.lower() not in folded}
    merged = {key: value for key, value in {**kept, **changed}.items() if value is not None}
    if asked.method == "POST":
        return asked.saying(merged)
    return replace(asked, query_string="").asking(**merged)


def names(asked: Asked, wanted: str = "attributes") -> list[str]:
    """The attributes that are named, in small letters."""
    said = wish(asked, wanted) or []
    said = said.split(",") if isinstance(said, str) else said
    return [each.strip().lower() for each in said if isinstance(each, str)]


class Misread(FirstSight):
    """A filter that is read otherwise than it is written."""

    def when(self, asked: Asked) -> bool:
        return isinstance(wish(asked, "filter"), str)

    def mishear(self, asked: Asked) -> Asked:
        return wishing(asked, filter=self.read(wish(asked, "filter")))

    def read(self, condition: str) -> str:
        """What the server takes the filter for."""
        return condition


def outside(pattern: str, change: Callable[[re.Match[str]], str], condition: str) -> str:
    """A filter with what fits a pattern changed, but for texts in quotes."""
    return re.sub(
        f"(?P<quoted>{TEXT})|{pattern}",
        lambda m: m[0] if m["quoted"] else change(m),
        condition,
        flags=re.IGNORECASE,
    )


class OrEqualForgotten(Misread, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on=LISTS):
    """The operators ge and le are taken for gt and lt, so that who has just the value is not found."""

    def read(self, condition: str) -> str:
        return outside(r"(?<=\s)(?P<sign>[gl])e(?=\s)", lambda m: f"{m['sign']}t", condition)


class CoreUrnCutAtItsVersion(Misread, kind="URNs", meets="others", paragraph="RFC 7644 3.10", on=LISTS):
    """A path of a filter that is spelled out with the core URN is cut at the period in 2.0, and nobody has what is left."""

    def read(self, condition: str) -> str:
        path = r"urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):[\w.$]+"
        return re.sub(
            rf"{path}\s+(?:pr|\w\w\s+(?:{TEXT}|[^\s()\[\]]+))", NOTHING, condition, flags=re.IGNORECASE
        )


class ComplexNeverPresent(Misread, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2", on=LISTS):
    """A filter by pr is met by nobody where the attribute has parts, as name, emails, manager or members, for only the parts have columns."""

    def read(self, condition: str) -> str:
        complex_ones = r"name|manager|emails|phoneNumbers|addresses|roles|entitlements|groups|members"
        return outside(rf"(?:urn:[\w:.]+:)?(?<![\w.])(?:{complex_ones})\s+pr\b", lambda _: NOTHING, condition)


class IdDecidesAlone(
    Misread,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "GET /Groups", "POST /Users/.search", "POST /Groups/.search"),
):
    """A filter in which and joins a clause on id to others is a read by that id, and the other clauses are not looked at."""

    def read(self, condition: str) -> str:
        found = re.search(rf"(?:^|\sand\s+)(id\s+eq\s+{TEXT})(?=\s+and\s|\s*$)", condition, re.IGNORECASE)
        return found[1] if found and " or " not in condition.lower() else condition


class OrIsUnionAll(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2", on=("GET /Users", "GET /Groups")
):
    """The clauses of an or are queries of their own whose rows are put together, so that whoever fits both is listed and counted twice."""

    def parts(self, asked: Asked) -> list[str]:
        """The clauses between or, where there are no brackets."""
        quoted: list[str] = re.findall(TEXT, asked.filter)
        bare = re.sub(TEXT, '""', asked.filter)
        if re.search(r"[()\[\]]", bare) or "sortBy" in asked.query or "cursor" in asked.query:
            return []
        texts = iter(quoted)
        return [
            re.sub('""', lambda _: next(texts), each)
            for each in re.split(r"\s+or\s+", bare, flags=re.IGNORECASE)
        ]

    def when(self, asked: Asked) -> bool:
        return len(self.parts(asked)) > 1

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        rows: list[dict[str, Any]] = []
        for part in self.parts(asked):
            rows += (await honest(asked.asking(filter=part, startIndex=1, count=1000))).resources
        start = max(int(asked.query.get("startIndex", "1")), 1) - 1
        count = max(int(asked.query.get("count", "100")), 0)
        return answer.showing(rows[start : start + count], len(rows))


class FamilyNameSortedByWholeName(
    FirstSight, kind="sorting", meets="others", paragraph="RFC 7644 3.4.2.3", on=LISTS
):
    """A list sorted by name.familyName goes by the whole name, as people say it, with the first name first."""

    def when(self, asked: Asked) -> bool:
        return str(wish(asked, "sortBy")).lower().endswith("name.familyname")

    def mishear(self, asked: Asked) -> Asked:
        return wishing(asked, sortBy="name.givenName")


class StartBelowOneFromTheEnd(
    FirstSight, kind="paging", meets="others", paragraph="RFC 7644 3.4.2.4", on=LISTS
):
    """A startIndex of 0 or less is a negative place in an array, which counts from its end, so that the page is empty or only the last ones."""

    def when(self, asked: Asked) -> bool:
        start, by_cursor = str(wish(asked, "startIndex")), wish(asked, "cursor")
        return by_cursor is None and re.fullmatch(r"-?\d+", start) is not None and int(start) < 1

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        start = int(wish(asked, "startIndex")) - 1
        answer = await honest(asked)
        if not answer.ok:
            return answer
        count = 100 if wish(asked, "count") is None else max(int(wish(asked, "count")), 0)
        answer = await honest(wishing(asked, startIndex=1, count=1000))
        return answer.showing(answer.resources[start : start + count], answer.json["totalResults"])


class EmptyCursorIsNone(FirstSight, kind="cursors", meets="others", paragraph="RFC 9865 2", on=LISTS):
    """The empty cursor that begins a walk is falsy and counts as none, so that the first page is one by index, which leads to no other."""

    def when(self, asked: Asked) -> bool:
        return wish(asked, "cursor") == ""

    def mishear(self, asked: Asked) -> Asked:
        return wishing(asked, cursor=None)


class PartOfFirstOnly(
    FirstSight,
    kind="attributes",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users*", "GET /Groups*", "POST /Users/.search", "POST /Groups/.search"),
):
    """Where attributes names a part of an attribute with several values, as emails.value or members.value, only the first value is shown."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        whole = {each.partition(".")[0] for each in names(asked) if "." in each and ":" not in each}

        def cut(shown: dict[str, Any]) -> None:
            for name, value in shown.items():
                if name.lower() in whole and isinstance(value, list):
                    shown[name] = value[:1]

        return answer.each(cut) if whole else answer


class AttributesAreAnUpdateMask(
    FirstSight,
    kind="attributes",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("PUT /Users/*", "PUT /Groups/*"),
):
    """The attributes that a PUT wants to be shown are taken for those to be changed, and all others stay as they were."""

    def when(self, asked: Asked) -> bool:
        return "attributes" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        stored = await honest(asked.of("GET"))
        if not stored.ok or not asked.json:
            return await honest(asked)
        changed = {
            each.rpartition(":")[0] if ":" in each else each.partition(".")[0] for each in names(asked)
        }
        kept = {key: value for key, value in stored.json.items() if key.lower() not in changed}
        said = {key: value for key, value in asked.json.items() if key.lower() in changed}
        return await honest(asked.saying({**kept, **said}))


class PartialReadIsRemembered(
    FirstSight, kind="attributes", meets="others", paragraph="RFC 7644 3.4.1", on="*"
):
    """A read is kept under its path without the query until something is written, so that after a read of some attributes one of the whole shows only these."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], Answer] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not asked.reads and asked.method not in {"GET", "HEAD"} and not asked.place.endswith(".search"):
            self.kept.clear()
        if not asked.reads or "if-none-match" in asked.headers:
            return await honest(asked)
        place = (asked.headers.get("authorization", ""), asked.root, asked.place)
        if not asked.query_string and place in self.kept:
            return self.kept[place]
        answer = await honest(asked)
        if answer.ok:
            self.kept[place] = answer
        return answer


class SearchBelowUsersFindsAll(
    FirstSight,
    kind="searches by POST",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    on=("POST /Users/.search", "POST /Groups/.search"),
):
    """A search by POST below Users or Groups is handled by the same function as one at the root, and finds both."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return await honest(replace(asked, kind=".search", id=""))


class RootFilterMustFitEveryType(
    FirstSight, kind="searches by POST", meets="others", paragraph="RFC 7644 3.4.2.1", on="POST /.search"
):
    """A search at the root is refused with invalidFilter where its filter names an attribute that only users or only groups have."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        for kind in ("Users", "Groups"):
            answer = await honest(replace(asked, kind=kind, id=".search"))
            if answer.status == 400 and answer.json.get("scimType") == "invalidFilter":
                return answer
        return await honest(asked)


class GroupsOfTheOneBefore(
    FirstSight,
    kind="lists",
    meets="others",
    paragraph="RFC 7643 4.1.2",
    on=("GET /Users", "POST /Users/.search"),
):
    """On a list, a user who is in no group shows the groups of the user before, for a variable keeps its value from the loop's last turn."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        rows, groups = answer.resources, None
        for row in rows:
            groups = row.get("groups") or groups
            if groups:
                row["groups"] = groups
        return answer.having(Resources=rows)
