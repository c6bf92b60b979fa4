"""Faults of queries: filters, sorting, paging, what is shown, and searches by POST."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import orjson

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest

QUERIES = ("GET /Users", "GET /Groups", "POST /Users/.search", "POST /Groups/.search", "POST /.search")
SEARCHES = ("POST /Users/.search", "POST /Groups/.search", "POST /.search")
QUOTED = r'"(?:[^"\\]|\\.)*"'
ATTRIBUTE = r"[\w.:$-]+"


def wish(asked: Asked, name: str) -> Any:
    """What a query asks for, of the URL or of a SearchRequest."""
    source = asked.json if asked.method == "POST" else asked.query
    return next((value for key, value in source.items() if key.lower() == name.lower()), None)


def wishing(asked: Asked, **changed: Any) -> Asked:
    """The query with other wishes; None takes one away."""
    if asked.method != "POST":
        return asked.asking(**changed)
    body = {**asked.json, **changed}
    return asked.saying({key: value for key, value in body.items() if value is not None})


def number(asked: Asked, name: str) -> int:
    """A number that a query gives, or 0."""
    found = str(wish(asked, name) or "")
    return int(found) if re.fullmatch(r"-?\d{1,15}", found) else 0


def filtered(asked: Asked) -> str:
    """The filter, or an empty text."""
    found = wish(asked, "filter")
    return found if isinstance(found, str) else ""


def split(text: str) -> list[str]:
    """The clauses of a filter without brackets and the and/or between them."""
    return [
        part.strip()
        for part in re.split(rf'\s+(and|or)\s+(?=(?:[^"]|{QUOTED})*$)', text, flags=re.IGNORECASE)
    ]


def values(resource: Any, path: str) -> list[Any]:
    """All that a resource has at a path, with or without URN."""
    urn, _, name = path.rpartition(":")
    found = [resource]
    if urn:
        whole = {key.lower(): value for key, value in resource.items()}
        found = [whole.get(urn.lower(), resource)]
    for step in name.split("."):
        members = [
            value
            for each in found
            if isinstance(each, dict)
            for key, value in each.items()
            if key.lower() == step.lower()
        ]
        found = [one for value in members for one in (value if isinstance(value, list) else [value])]
    return [each.get("value") if isinstance(each, dict) else each for each in found]


async def everything(asked: Asked, honest: Honest) -> Answer:
    """All that the filter finds, in its order, whole and on one page."""
    whole = wishing(asked, startIndex=None, count=1000, cursor=None, attributes=None, excludedAttributes=None)
    return await honest(whole)


async def keeping(asked: Asked, honest: Honest, keep: Any) -> Answer:
    """The page of what the filter finds of which `keep` is true."""
    found = await everything(asked, honest)
    if not found.ok:
        return await honest(asked)
    ids = [each["id"] for each in found.resources if keep(each)]
    condition = " or ".join(f'id eq "{each}"' for each in ids) or 'id eq "none"'
    return await honest(wishing(asked, filter=condition))


class LeftToRight(
    FirstSight,
    kind="filter logic",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/scim2/filter-parser/pull/19",
    on=QUERIES,
):
    """The clauses of a filter are taken from left to right, so that a or b and c means (a or b) and c."""

    def mishear(self, asked: Asked) -> Asked:
        parts = split(filtered(asked))
        if len(parts) < 5 or re.search(r"[()\[\]]", re.sub(QUOTED, "", filtered(asked))):
            return asked
        read = parts[0]
        for word, clause in zip(parts[1::2], parts[2::2], strict=False):
            read = f"({read} {word} {clause})"
        return wishing(asked, filter=read)


class NothingAfterTheBracket(
    FirstSight,
    kind="value paths",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=QUERIES,
):
    """A filter that begins with a value path ends for the server at its bracket: what follows by and/or is not heeded."""

    def mishear(self, asked: Asked) -> Asked:
        found = re.match(rf'\s*{ATTRIBUTE}\[(?:[^"\]]|{QUOTED})*\]', filtered(asked))
        return wishing(asked, filter=found[0]) if found else asked


class OneRowForBoth(
    FirstSight,
    kind="joins of lists",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=QUERIES,
):
    """Two conditions on one list joined by and, as on members.value, must be met by one and the same entry, for there is one join."""

    def mishear(self, asked: Asked) -> Asked:
        clause = rf"(\w+)\.(\w+ \w\w {QUOTED})"
        found = re.fullmatch(rf"\s*{clause} and {clause}\s*", filtered(asked), re.IGNORECASE)
        lists = {"members", "emails", "phonenumbers", "addresses", "roles", "entitlements", "groups", "ims"}
        if not found or found[1].lower() != found[3].lower() or found[1].lower() not in lists:
            return asked
        return wishing(asked, filter=f"{found[1]}[{found[2]} and {found[4]}]")


class OneRowForEach(
    FirstSight,
    kind="joins of lists",
    meets="others",
    paragraph="RFC 7644 3.4.2",
    source="https://github.com/wso2/carbon-kernel/pull/1895",
    on=QUERIES,
):
    """Whoever has two e-mails, phones or members that a filter by co, sw, ew or pr fits is on the list and counted twice, for a DISTINCT is missing."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        found = re.fullmatch(
            rf"\s*({ATTRIBUTE})\s+(?:(co|sw|ew)\s+({QUOTED})|pr)\s*", filtered(asked), re.IGNORECASE
        )
        if (
            not found
            or found[1].lower() == "schemas"
            or not answer.ok
            or not answer.resources
            or wish(asked, "cursor") is not None
        ):
            return answer
        wanted = str(orjson.loads(found[3])).lower() if found[3] else ""
        test = {"co": str.__contains__, "sw": str.startswith, "ew": str.endswith}.get(
            (found[2] or "").lower()
        )
        rows: dict[str, int] = {}
        for each in (await everything(asked, honest)).resources:
            had = [str(one).lower() for one in values(each, found[1]) if one is not None]
            rows[each["id"]] = max(1, sum(test is None or test(one, wanted) for one in had))
        listed = [one for each in answer.resources for one in [each] * rows.get(each["id"], 1)]
        count = wish(asked, "count")
        shown = listed if count is None else listed[: int(count)]
        return answer.showing(shown, answer.json["totalResults"] + sum(rows.values()) - len(rows))


class EndsWhereItFirstStands(
    FirstSight,
    kind="text operators",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=QUERIES,
):
    """An ew looks for the first place of the text and asks whether that is the end, so that banana does not end in na."""

    def when(self, asked: Asked) -> bool:
        return bool(re.fullmatch(rf"\s*{ATTRIBUTE}\s+ew\s+{QUOTED}\s*", filtered(asked), re.IGNORECASE))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        path, _, literal = filtered(asked).split(None, 2)
        wanted = str(orjson.loads(literal.strip())).lower()

        def ends(each: Any) -> bool:
            had = [str(one).lower() for one in values(each, path)]
            return any(wanted in one and one.index(wanted) == len(one) - len(wanted) for one in had)

        return await keeping(asked, honest, ends)


class PartsAreCaseExact(
    FirstSight,
    kind="letter case",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/489",
    on=QUERIES,
):
    """A filter by co, sw or ew heeds the letter case of userName and displayName, which one by eq does not."""

    def when(self, asked: Asked) -> bool:
        found = re.fullmatch(
            rf"\s*(?:urn\S+:)?(\w+)\s+(co|sw|ew)\s+{QUOTED}\s*", filtered(asked), re.IGNORECASE
        )
        return bool(found) and found[1].lower() in {"username", "displayname"}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        path, operator, literal = filtered(asked).split(None, 2)
        wanted = str(orjson.loads(literal.strip()))
        test = {"co": str.__contains__, "sw": str.startswith, "ew": str.endswith}[operator.lower()]
        return await keeping(
            asked, honest, lambda each: any(test(str(one), wanted) for one in values(each, path))
        )


class TimesAreDays(
    FirstSight,
    kind="dates in filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=QUERIES,
):
    """Times are compared by their day alone, as dates, so that nobody of today is found by gt an hour ago or lt in an hour."""

    def mishear(self, asked: Asked) -> Asked:
        def day(found: re.Match[str]) -> str:
            path, operator, first = found[1], found[2].lower(), f"{found[3]}T00:00:00Z"
            try:
                after = (
                    datetime.fromisoformat(found[3]) + timedelta(days=1)
                ).date().isoformat() + "T00:00:00Z"
            except (ValueError, OverflowError):
                return found[0]
            return {
                "gt": f'{path} ge "{after}"',
                "ge": f'{path} ge "{first}"',
                "lt": f'{path} lt "{first}"',
                "le": f'{path} lt "{after}"',
            }[operator]

        time = r'([\w.:-]*meta\.\w+)\s+(gt|ge|lt|le)\s+"(\d{4}-\d\d-\d\d)T[^"]*"'
        return (
            wishing(asked, filter=re.sub(time, day, filtered(asked), flags=re.IGNORECASE))
            if filtered(asked)
            else asked
        )


class FirstSchemaOnly(
    FirstSight,
    kind="schema URNs",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=QUERIES,
):
    """A filter by schemas compares the first of them only, so that nobody is found by the enterprise extension."""

    def when(self, asked: Asked) -> bool:
        return bool(
            re.fullmatch(rf"\s*schemas\s+(eq|co|sw|ew)\s+{QUOTED}\s*", filtered(asked), re.IGNORECASE)
        )

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = orjson.loads(filtered(asked).split(None, 2)[2].strip()).lower()
        return await keeping(asked, honest, lambda each: wanted in each["schemas"][0].lower())


class CapitalsFirst(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    on=QUERIES,
):
    """A list sorted by a text goes by the bytes of it, so that all that begin with capitals come before those that do not."""

    def when(self, asked: Asked) -> bool:
        path = str(wish(asked, "sortBy") or "").lower().rpartition(":")[2]
        texts = {
            "username",
            "displayname",
            "nickname",
            "title",
            "usertype",
            "department",
            "organization",
            "costcenter",
        }
        return (path in texts or path.startswith("name.")) and wish(asked, "cursor") is None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, found = await honest(asked), await everything(asked, honest)
        if not answer.ok or not found.ok:
            return answer
        path, down = wish(asked, "sortBy"), str(wish(asked, "sortOrder") or "").lower() == "descending"
        key = {each["id"]: (str(one[0]) if (one := values(each, path)) else None) for each in found.resources}
        having = sorted((each for each in key if key[each] is not None), key=key.__getitem__, reverse=down)
        lacking = [each for each in key if key[each] is None]
        ids = lacking + having if down else having + lacking
        start = max(int(wish(asked, "startIndex") or 1), 1) - 1
        ids = ids[start : start + len(answer.resources)]
        order = wishing(asked, filter=" or ".join(f'id eq "{each}"' for each in ids) or None, startIndex=None)
        shown = {each["id"]: each for each in (await honest(order)).resources}
        return answer.having(Resources=[shown[each] for each in ids if each in shown])


class TurnsUpwards(
    FirstSight,
    kind="paging by cursor",
    meets="others",
    paragraph="RFC 9865 2",
    on=QUERIES,
):
    """A walk by cursor in descending order goes on in ascending order from its second page, for the cursor keeps no order."""

    def __init__(self) -> None:
        self.reached: dict[str, int] = {}

    def when(self, asked: Asked) -> bool:
        down = str(wish(asked, "sortOrder") or "").lower() == "descending"
        return down and bool(wish(asked, "sortBy")) and wish(asked, "cursor") is not None

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer, cursor = await honest(asked), wish(asked, "cursor")
        if not answer.ok:
            return answer
        before, found = self.reached.get(cursor, 0), answer.resources
        if following := answer.json.get("nextCursor"):
            self.reached[following] = before + len(found)
        if not cursor:
            return answer
        other = wishing(asked, cursor=None, sortOrder=None, startIndex=before + 1, count=len(found))
        return answer.having(Resources=(await honest(other)).resources)


class WholePages(
    FirstSight,
    kind="numbered pages",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    on=QUERIES,
):
    """A page begins at the last multiple of count before startIndex, for the store knows pages by number alone."""

    def mishear(self, asked: Asked) -> Asked:
        start, count = number(asked, "startIndex"), number(asked, "count")
        return (
            wishing(asked, startIndex=(start - 1) // count * count + 1) if start > 1 and count > 1 else asked
        )

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        start = number(asked, "startIndex")
        return answer.having(startIndex=start) if answer.ok and start > 1 else answer


class NoneMeansAll(
    FirstSight,
    kind="empty lists of names",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("GET /Users*", "GET /Groups*", *SEARCHES),
):
    """Somebody who has nothing of what attributes names is shown whole, for an empty choice counts as none made."""

    def when(self, asked: Asked) -> bool:
        return bool(wish(asked, "attributes"))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        whole = await honest(wishing(asked, attributes=None))
        all_of = {each["id"]: each for each in whole.json.get("Resources", [whole.json]) if "id" in each}
        names = wish(asked, "attributes")
        named = {each.strip().lower() for each in (names.split(",") if isinstance(names, str) else names)}

        def widen(shown: dict[str, Any]) -> None:
            if not set(shown) - {"id", "schemas"} and not named & {"id", "schemas"}:
                shown.update(all_of.get(shown.get("id", ""), {}))

        return answer.each(widen)


class WritesShowAll(
    FirstSight,
    kind="what writes show",
    meets="others",
    paragraph="RFC 7644 3.9",
    on=("POST /Users", "POST /Groups", "PUT /Users/*", "PUT /Groups/*", "PATCH /Users/*", "PATCH /Groups/*"),
):
    """The answer to a write leaves out nothing that excludedAttributes names, which only reads know of."""

    def mishear(self, asked: Asked) -> Asked:
        wanted = [name for name in asked.query if name.lower() == "excludedattributes"]
        return asked.asking(**dict.fromkeys(wanted)) if wanted else asked


class DecodedAgain(
    FirstSight,
    kind="search by POST",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    on=SEARCHES,
):
    """The filter of a search by POST is decoded as if it came from a URL, so that a plus sign in a value becomes a blank."""

    def mishear(self, asked: Asked) -> Asked:
        return wishing(asked, filter=unquote_plus(filtered(asked))) if filtered(asked) else asked
