"""Faults in what a server answers to those who read, filter, sort, page and ask for parts."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, raw, refusal

LISTS = ("GET /Users", "GET /Groups")
ALL = ("* /Users", "* /Users/*", "* /Groups", "* /Groups/*")
STRING = re.compile(r'("(?:[^"\\]|\\.)*")')


def outside(text: str, change: Callable[[str], str]) -> str:
    """A filter, changed wherever it is no string."""
    return "".join(part if part.startswith('"') else change(part) for part in STRING.split(text))


def bare(asked: Asked) -> Asked:
    """The same without conditional headers."""
    kept = {name: value for name, value in asked.headers.items() if name not in {"if-match", "if-none-match"}}
    return replace(asked, headers=kept)


def root(path: str) -> str:
    """The attribute of a path, without URN and sub-attribute, in small letters."""
    return re.split(r"[.\[]", path.strip().rpartition(":")[2])[0].lower()


class GroupingIsLost(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/912",
    on=LISTS,
):
    """Parentheses in a filter are passed over, so that `a and (b or c)` means `(a and b) or c`."""

    def when(self, asked: Asked) -> bool:
        return "(" in asked.filter and not re.search(r"\bnot\b", asked.filter, re.IGNORECASE)

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=outside(asked.filter, lambda part: re.sub(r"[()]", " ", part)).strip())


class NotSwallowsTheRest(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/thomaspoignant/scim2-parse-filter/issues/55",
    on=LISTS,
):
    """A filter that begins with not (…) and goes on is negated as a whole."""

    def mishear(self, asked: Asked) -> Asked:
        found = re.fullmatch(r"\s*not\s*\(([^()]*)\)\s+(and|or)\s+(.*)", asked.filter, re.IGNORECASE)
        return asked.asking(filter=f"not (({found[1]}) {found[2]} {found[3]})") if found else asked


class BracketsSpanEntries(
    FirstSight, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2 (figure 1, valuePath)", on=LISTS
):
    """The conditions in emails[… and …] may be met by different entries, each being looked for in a join of its own."""

    def mishear(self, asked: Asked) -> Asked:
        def spread(found: re.Match[str]) -> str:
            comparison = r"(^\s*|\b(?:and|or)\s+)(\w+)(?=\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b)"
            inner = re.sub(comparison, rf"\g<1>{found[1]}.\g<2>", found[2], flags=re.IGNORECASE)
            return found[0] if "(" in inner else f"({inner})"

        return (
            asked.asking(filter=re.sub(r"([\w:.-]+)\[([^\[\]]*)\]", spread, asked.filter))
            if asked.filter
            else asked
        )


class NegationForgetsTheUnassigned(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/keycloak/keycloak/issues/51800",
    on=LISTS,
):
    """What not (…) finds must have the attribute, for a comparison with SQL's NULL is neither true nor false."""

    def mishear(self, asked: Asked) -> Asked:
        negated = r'not\s*\(\s*([\w:.]+)\s+(?:eq|co|sw|ew|gt|ge|lt|le)\s+(?:"(?:[^"\\]|\\.)*"|[\w.-]+)\s*\)'
        heard = re.sub(negated, r"(\g<0> and \g<1> pr)", asked.filter, flags=re.IGNORECASE)
        return asked.asking(filter=heard) if asked.filter else asked


class WordsSplitAValue(
    FirstSight,
    kind="values",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/wso2/product-is/issues/12759",
    on=LISTS,
):
    """A filter is split at and/or even inside quotes, and what is left of such a value is refused."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        broken = any(
            re.search(r"\s(and|or)\s", value, re.IGNORECASE) for value in STRING.findall(asked.filter)
        )
        return (
            refusal(400, "the filter is not closed by a quote", "invalidFilter")
            if broken
            else await honest(asked)
        )


class BlanksCollapse(FirstSight, kind="values", paragraph="RFC 7644 3.4.2.2", on=LISTS):
    """A filter is cut into words and put together again, so that two blanks in a value count as one."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=" ".join(asked.filter.split())) if asked.filter else asked


class NullIsAText(
    FirstSight,
    kind="values",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/scimmyjs/scimmy/issues/34",
    on=LISTS,
):
    """null in a filter is compared as the text "null", so that eq null finds nobody and ne null everybody."""

    def mishear(self, asked: Asked) -> Asked:
        heard = outside(
            asked.filter, lambda part: re.sub(r"\b(eq|ne)\s+null\b", r'\1 "null"', part, flags=re.IGNORECASE)
        )
        return asked.asking(filter=heard) if asked.filter else asked


class FalseIsTrue(FirstSight, kind="values", meets="others", paragraph="RFC 7644 3.4.2.2", on=LISTS):
    """false in a filter counts as true, for it is cast from a text that is not empty."""

    def mishear(self, asked: Asked) -> Asked:
        heard = outside(
            asked.filter, lambda part: re.sub(r"\b(eq|ne)\s+false\b", r"\1 true", part, flags=re.IGNORECASE)
        )
        return asked.asking(filter=heard) if asked.filter else asked


class ZoneIsIgnored(
    FirstSight,
    kind="dates",
    meets="others",
    paragraph="RFC 7643 2.3.5",
    source="https://github.com/cloudfoundry/uaa/issues/3699",
    on=LISTS,
):
    """The offset of a time in a filter is passed over, so that 10:00+02:00 is taken for 10:00 UTC."""

    def mishear(self, asked: Asked) -> Asked:
        heard = re.sub(r'(T\d\d:\d\d:\d\d(?:\.\d+)?)[+-]\d\d:\d\d"', r'\1Z"', asked.filter)
        return asked.asking(filter=heard) if asked.filter else asked


class ShownToTheSecond(FirstSight, kind="dates", meets="others", paragraph="RFC 7644 3.4.2.2", on=ALL):
    """Times in meta are shown without their fraction and compared with it, so that no one is found by eq or le."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def cut(shown: dict[str, Any]) -> None:
            meta = shown.get("meta", {})
            for name in {"created", "lastModified"} & meta.keys():
                meta[name] = re.sub(r"\.\d+", "", meta[name])

        return answer.each(cut)


class OnePartOfAnAttribute(FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.9", on=ALL):
    """Of several sub-attributes of one attribute that are asked for, only the last is shown."""

    def when(self, asked: Asked) -> bool:
        return "attributes" in asked.query

    def mishear(self, asked: Asked) -> Asked:
        last = {(path.rpartition(":")[0], root(path)): path for path in asked.query["attributes"].split(",")}
        return asked.asking(attributes=",".join(last.values()))


class IdIsLeftOut(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9, RFC 7643 3.1",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/45",
    on=LISTS,
):
    """A list with attributes shows the id only where it is named."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.query.get("attributes")) and "id" not in map(
            root, asked.query["attributes"].split(",")
        )

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.each(lambda shown: shown.pop("id", None))


class ExcludedIsLost(
    FirstSight,
    kind="projection",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("PUT /Users/*", "PATCH /Users/*", "PUT /Groups/*", "PATCH /Groups/*"),
):
    """What a write names in excludedAttributes is taken out of the object that is then saved."""

    def when(self, asked: Asked) -> bool:
        return "excludedAttributes" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        for path in asked.query["excludedAttributes"].split(","):
            await honest(bare(asked).patching({"op": "remove", "path": path.strip()}))
        return await honest(replace(bare(asked).of("GET"), query_string=asked.query_string))


class ShownBeforeFiltered(
    FirstSight, kind="projection", meets="others", paragraph="RFC 7644 3.4.2.5", on=LISTS
):
    """A filter is applied to what is left to show, so that nobody is found by an attribute that is not shown."""

    def when(self, asked: Asked) -> bool:
        return bool(asked.sought[0]) and root(asked.sought[0]) != "id"

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def names(parameter: str) -> set[str]:
            return set(map(root, filter(None, asked.query.get(parameter, "").split(","))))

        sought, shown = root(asked.sought[0]), names("attributes")
        unseen = (shown and sought not in shown) or sought in names("excludedAttributes")
        return answer.showing([]) if unseen and answer.ok else answer


class SortOrderIs404(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    source="https://github.com/apache/directory-scimple/issues/485",
    on=LISTS,
):
    """A sortOrder that is not written in capitals, as the server's enum is, leads to 404."""

    def when(self, asked: Asked) -> bool:
        return not asked.query.get("sortOrder", "").isupper() and "sortOrder" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return refusal(404, "there is nothing here")


class FirstNotPrimary(
    FirstSight, kind="sorting", meets="others", paragraph="RFC 7644 3.4.2.3", on="GET /Users"
):
    """A list sorted by e-mail address or phone number goes by the first one of each user, whichever is primary."""

    def when(self, asked: Asked) -> bool:
        return (
            root(asked.query.get("sortBy", "")) in {"emails", "phonenumbers"} and "cursor" not in asked.query
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        page = await honest(asked)
        if not page.ok:
            return page
        start = max(1, int(asked.query.get("startIndex", "1")))
        name = {"emails": "emails", "phonenumbers": "phoneNumbers"}[root(asked.query["sortBy"])]
        wanted = asked.asking(startIndex=1, count=1000)
        shown = {each["id"]: each for each in (await honest(wanted)).resources}
        whole = (await honest(wanted.asking(attributes=None, excludedAttributes=None))).resources

        def key(user: dict[str, Any]) -> tuple[bool, str]:
            values = user.get(name) or [{}]
            return "value" not in values[0], values[0].get("value", "").casefold()

        whole.sort(key=key, reverse=asked.query.get("sortOrder", "").lower() == "descending")
        listed = [shown[each["id"]] for each in whole[start - 1 :][: len(page.resources)]]
        return page.having(Resources=listed)


class TotalForgetsTheFilter(
    FirstSight,
    kind="paging",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/wso2/product-is/issues/12813",
    on=LISTS,
):
    """Where a filter comes with startIndex or count, totalResults counts everybody, not those it finds."""

    def when(self, asked: Asked) -> bool:
        return asked.looks_up and bool({"startIndex", "count"} & asked.query.keys())

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        everybody = await honest(asked.asking(filter=None, startIndex=1, count=1, cursor=None))
        return answer.having(totalResults=everybody.json["totalResults"]) if answer.ok else answer


class CountIsTheEnd(
    FirstSight,
    kind="paging",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/131",
    on=LISTS,
):
    """A page goes from startIndex to the place count, not for count places, so that later pages are short or empty."""

    def when(self, asked: Asked) -> bool:
        return {"startIndex", "count"} <= asked.query.keys() and "cursor" not in asked.query

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        end = max(0, int(asked.query["count"]) - max(1, int(asked.query["startIndex"])) + 1)
        return answer.showing(answer.resources[:end], answer.json["totalResults"])


class LastOneIsCutOff(FirstSight, kind="cursors", meets="others", paragraph="RFC 9865 2", on=LISTS):
    """Where only one more is left after a page, the page has no nextCursor, so that this one is never seen."""

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        following = answer.json.get("nextCursor") if answer.ok else None
        left = (await honest(asked.asking(cursor=following))).json if following else {}
        last = left.get("itemsPerPage") == 1 and "nextCursor" not in left
        return answer.having(nextCursor=None) if last else answer


class CursorForgetsTheFilter(FirstSight, kind="cursors", meets="others", paragraph="RFC 9865 2", on=LISTS):
    """Of a walk by cursor with a filter only the first page is filtered; the others go on from its last row unfiltered."""

    def __init__(self) -> None:
        self.after: dict[str, str] = {}

    def when(self, asked: Asked) -> bool:
        return asked.looks_up and "cursor" in asked.query and "sortBy" not in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        last = self.after.get(asked.query["cursor"])
        if last is None or not asked.query.get("count", "1").isdigit():
            answer = await honest(asked)
        else:
            everybody = await honest(asked.asking(cursor=None, filter=None, count=1000))
            ids = [each["id"] for each in everybody.resources]
            start, count = ids.index(last) + 1 if last in ids else 0, int(asked.query.get("count", "100"))
            more = f"row-{last[:8]}-{start + count}" if start + count < len(ids) else None
            page = everybody.resources[start : start + count]
            answer = everybody.showing(page, len(ids)).having(startIndex=None, nextCursor=more)
        if answer.ok and answer.resources and "nextCursor" in answer.json:
            self.after[answer.json["nextCursor"]] = answer.resources[-1].get("id", "")
        return answer


class BadCursorStartsAgain(
    FirstSight,
    kind="cursors",
    meets="others",
    paragraph="RFC 9865 2.1",
    on=(*LISTS, "POST /*/.search", "POST /.search"),
):
    """A cursor that is none, or that belongs to another query, is answered with the first page instead of a refusal."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.status != 400 or answer.json.get("scimType") != "invalidCursor":
            return answer
        again = (
            asked.asking(cursor="") if asked.method == "GET" else asked.saying({**asked.json, "cursor": ""})
        )
        return await honest(again)


class TiesAreSkipped(FirstSight, kind="cursors", meets="others", paragraph="RFC 9865 2", on=LISTS):
    """A sorted walk by cursor goes on after the last key, so that others with the same key are left out."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def when(self, asked: Asked) -> bool:
        return "cursor" in asked.query and "sortBy" in asked.query

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        whole = await honest(asked.asking(attributes=None, excludedAttributes=None))
        keys = {each["id"]: self.key(each, asked.query["sortBy"]) for each in whole.resources}
        passed = self.keys.get(asked.query["cursor"])
        if keys and "nextCursor" in answer.json:
            self.keys[answer.json["nextCursor"]] = list(keys.values())[-1]
        listed = [each for each in answer.resources if passed is None or keys.get(each["id"]) != passed]
        return answer.having(Resources=listed, itemsPerPage=len(listed))

    def key(self, shown: dict[str, Any], path: str) -> str:
        """What a resource is sorted by."""
        found: Any = shown
        for part in path.rpartition(":")[2].split("."):
            names = {name.lower(): name for name in found} if isinstance(found, dict) else {}
            found = found[names[part.lower()]] if part.lower() in names else ""
        return str(found).casefold()


class SearchForgetsTheFilter(
    FirstSight,
    kind="search",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    source="https://github.com/osiam/osiam/issues/301",
    on=("POST /Users/.search", "POST /Groups/.search"),
):
    """A search by POST takes its filter from a form and not from the JSON, so that everybody is found."""

    def mishear(self, asked: Asked) -> Asked:
        return asked.saying({key: value for key, value in asked.json.items() if key.lower() != "filter"})


class EachTypeIsPaged(
    FirstSight,
    kind="server root",
    meets="others",
    paragraph="RFC 7644 3.4.2.1, 3.4.2.4",
    source="https://github.com/wso2/product-is/issues/4944",
    on="POST /.search",
):
    """A search at the root pages users and groups each by itself, and puts both pages into one."""

    def when(self, asked: Asked) -> bool:
        return (
            bool({"startIndex", "count"} & asked.json.keys()) and not {"cursor", "sortBy"} & asked.json.keys()
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        parts = [await honest(replace(asked, kind=kind, id=".search")) for kind in ("Users", "Groups")]
        listed = [each for part in parts if part.ok for each in part.resources]
        return answer.showing(listed, answer.json["totalResults"]) if answer.ok else answer


class MembersAreNoChange(
    FirstSight,
    kind="conditional requests",
    meets="others",
    paragraph="RFC 7644 3.14",
    on=("* /Groups", "* /Groups/*"),
):
    """A PATCH of members leaves a group's version as it was, so that If-None-Match finds nothing new."""

    def __init__(self) -> None:
        self.old: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        now = (await honest(bare(asked).of("GET"))).headers.get("etag") if asked.id else None
        kept = self.old.get(asked.id)
        if now and kept:
            asked = replace(
                asked, headers={key: now if value == kept else value for key, value in asked.headers.items()}
            )
        answer = await honest(asked)
        if now and answer.ok and asked.method in {"PUT", "PATCH", "DELETE"}:
            paths = [root(each.get("path", "")) for each in asked.operations]
            self.old.pop(asked.id, None)
            if paths and set(paths) == {"members"}:
                self.old[asked.id] = kept or now
        if asked.id in self.old and "etag" in answer.headers:
            answer = answer.headed(etag=self.old[asked.id])
        return answer.each(self.show)

    def show(self, group: dict[str, Any]) -> None:
        """Put the old version into meta."""
        if group.get("id") in self.old and "version" in group.get("meta", {}):
            group["meta"]["version"] = self.old[group["id"]]


class GoneIsUnchanged(
    FirstSight,
    kind="conditional requests",
    meets="others",
    paragraph="RFC 7644 3.14, 3.6",
    on=("POST /Users", "* /Users/*"),
):
    """A delete leaves the version in a cache, so that a read with If-None-Match is answered with 304 and not with 404."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and "etag" in answer.headers and answer.body:
            self.versions[answer.json.get("id", "")] = answer.headers["etag"]
        known = self.versions.get(asked.id)
        gone = asked.method == "GET" and answer.status == 404 and known
        return raw(304).headed(etag=known) if gone and asked.headers.get("if-none-match") == known else answer


class GroupsFindNobody(
    FirstSight, kind="memberships", meets="others", paragraph="RFC 7644 3.4.2.2", on="GET /Users"
):
    """Users show their groups and are not found by them, for groups is put in only after the filter."""

    def when(self, asked: Asked) -> bool:
        return bool(
            re.search(r"\bgroups(\.|\[|\s)", " ".join(STRING.split(asked.filter)[::2]), re.IGNORECASE)
        )

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=f'({asked.filter}) and id eq "none"')
