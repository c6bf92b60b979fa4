"""Faults in queries: filters, order, pages, what is shown, and searches by POST."""

import re

from first_sight.fault import FirstSight
from reference_server.faults.bending import Answer, Asked, Honest, Json

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"
SEARCHES = ("POST /Users/.search", "POST /Groups/.search", "POST /.search")
QUERIES = ("GET /Users", "GET /Groups", *SEARCHES)
TEXT = r'"(?:[^"\\]|\\.)*"'
CLAUSE = rf"([\w.:$-]+)\s+(?:pr|\w\w\s+(?:{TEXT}|[\w.+-]+))"


def wishes(asked: Asked) -> dict[str, Json]:
    """What a query asks for, of the URL or of a SearchRequest, by names in small letters."""
    given = asked.json if asked.id == ".search" or asked.kind == ".search" else asked.query
    return {name.lower(): value for name, value in given.items()}


def wishing(asked: Asked, **changed: Json) -> Asked:
    """The query with other wishes; None takes one away."""
    searches = asked.id == ".search" or asked.kind == ".search"
    given = asked.json if searches else asked.query
    replaced = {name: None for name in given if name.lower() in {each.lower() for each in changed}}
    made = {**given, **replaced, **changed} if searches else {**replaced, **changed}
    return (
        asked.saying({k: v for k, v in made.items() if v is not None}) if searches else asked.asking(**made)
    )


def named(value: Json) -> list[str]:
    """The names in attributes or excludedAttributes."""
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [each.strip() for each in listed if isinstance(each, str)]


def value_at(shown: Json, path: str) -> Json:
    """What a resource shows at a path, with or without URN."""
    urn, _, name = path.lower().rpartition(":")
    for part in [urn if urn == ENTERPRISE else "", *name.split(".")]:
        if isinstance(shown, list):
            shown = shown[0] if shown else None
        if part and isinstance(shown, dict):
            shown = next((value for key, value in shown.items() if key.lower() == part), None)
    return None if shown in (None, "", []) else shown


class Reworded(FirstSight, on=QUERIES):
    """A filter that is read otherwise than it is written."""

    def reworded(self, sought: str) -> str:
        """What the filter is taken for."""
        return sought

    def mishear(self, asked: Asked) -> Asked:
        sought = wishes(asked).get("filter")
        if not isinstance(sought, str) or (taken := self.reworded(sought)) == sought:
            return asked
        return wishing(asked, filter=taken)


class LastClauseOfAnAttribute(
    Reworded, kind="overwritten conditions", meets="others", paragraph="RFC 7644 3.4.2.2"
):
    """The clauses of a filter are kept in a map by attribute, so that of two on the same attribute only the last counts."""

    def reworded(self, sought: str) -> str:
        for word in ("and", "or"):
            if re.fullmatch(rf"{CLAUSE}(?:\s+{word}\s+{CLAUSE})+", sought, re.IGNORECASE):
                kept = {each[1].lower(): each[0] for each in re.finditer(CLAUSE, sought, re.IGNORECASE)}
                return f" {word} ".join(kept.values())
        return sought


class NegationLeavesTheBrackets(Reworded, kind="filters", meets="others", paragraph="RFC 7644 3.4.2.2"):
    """A negation inside a value path is taken for one of the whole: emails[not (…)] finds those of whom no e-mail fits."""

    def reworded(self, sought: str) -> str:
        return re.sub(
            r"([\w.:$-]+)\[\s*not\s*\(([^\[\]]*)\)\s*\]", r"not (\1[\2])", sought, flags=re.IGNORECASE
        )


class FalseIsNotPresent(
    Reworded,
    kind="values that count as none",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    on=("GET /Users", "POST /Users/.search"),
):
    """A filter by pr asks whether the value is truthy, so that `active pr` does not find those who are inactive."""

    def reworded(self, sought: str) -> str:
        return re.sub(
            r'(?<![\w."])((?:urn:[\w.:-]+:)?active)\s+pr\b', r"\1 eq true", sought, flags=re.IGNORECASE
        )


class CreatedMeansModified(Reworded, kind="mixed up columns", meets="others", paragraph="RFC 7643 3.1"):
    """meta.created in a filter is compared with the time of the last change, the one time the index knows."""

    def reworded(self, sought: str) -> str:
        return re.sub(r"meta\.created\b", "meta.lastModified", sought, flags=re.IGNORECASE)


class CutAtEq(
    Reworded,
    kind="words inside the value",
    meets="okta",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/Infisical/infisical/pull/6941",
):
    """A lookup is split at the letters eq, so that a value with these letters in it is cut before them."""

    def reworded(self, sought: str) -> str:
        found = re.fullmatch(rf"([\w.:$-]+)\s+eq\s+({TEXT})\s*", sought)
        if not found or "eq" not in found[2]:
            return sought
        value = found[2].strip('"').split("eq")[0].rstrip("\\")
        return f'{found[1]} eq "{value}"'


class EachPageSorted(FirstSight, kind="sorting", meets="others", paragraph="RFC 7644 3.4.2.3", on=QUERIES):
    """A sorted list is cut into pages first, and only what is on the page is then sorted."""

    def when(self, asked: Asked) -> bool:
        return bool(wishes(asked).get("sortby")) and "cursor" not in wishes(asked)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        everybody = await honest(wishing(asked, startIndex=1, count=1000))
        page = await honest(wishing(asked, sortBy=None, sortOrder=None))
        if not (everybody.ok and page.ok):
            return await honest(asked)
        ranks = {each["id"]: place for place, each in enumerate(everybody.resources)}
        return page.having(Resources=sorted(page.resources, key=lambda each: ranks.get(each["id"], 0)))


class NobodyLast(
    FirstSight,
    kind="sorting",
    meets="others",
    paragraph="RFC 7644 3.4.2.3",
    source="https://github.com/keycloak/keycloak/issues/50561",
    on=QUERIES,
):
    """Whoever has no value to sort by comes last in a descending list, too, where they belong first."""

    def when(self, asked: Asked) -> bool:
        given = wishes(asked)
        order = str(given.get("sortorder", "")).lower()
        return bool(given.get("sortby")) and order == "descending" and "cursor" not in given

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        page = await honest(asked)
        everybody = await honest(wishing(asked, startIndex=1, count=1000))
        whole = wishing(asked, startIndex=1, count=1000, attributes=None, excludedAttributes=None)
        if not page.ok:
            return page
        path = str(wishes(asked)["sortby"])
        empty = {each["id"] for each in (await honest(whole)).resources if value_at(each, path) is None}
        listed = sorted(everybody.resources, key=lambda each: each["id"] in empty)
        start = page.json.get("startIndex", 1) - 1
        return page.having(Resources=listed[start : start + len(page.resources)])


class TotalOfAnEmptyPage(
    FirstSight,
    kind="paging",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/keycloak/keycloak/pull/51570",
    on=QUERIES,
):
    """A page past the end says that there are as many as come before it: the total is startIndex - 1 plus what was found."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        start = answer.json.get("startIndex", 1) if answer.ok else 1
        if start == 1 or answer.resources or str(wishes(asked).get("count", "")) == "0":
            return answer
        return answer.having(totalResults=start - 1)


class CursorForgetsWhatToShow(FirstSight, kind="paging", meets="others", paragraph="RFC 9865 2", on=QUERIES):
    """In a walk by cursor only the first page heeds attributes and excludedAttributes; all others show the whole."""

    def when(self, asked: Asked) -> bool:
        return bool(wishes(asked).get("cursor"))

    def mishear(self, asked: Asked) -> Asked:
        return wishing(asked, attributes=None, excludedAttributes=None)


class PartExcludesTheWhole(FirstSight, kind="attributes", meets="others", paragraph="RFC 7644 3.9"):
    """To exclude a part, as name.middleName or emails.type, leaves out the whole attribute, for names are cut at the dot."""

    def when(self, asked: Asked) -> bool:
        return "excludedattributes" in wishes(asked)

    def mishear(self, asked: Asked) -> Asked:
        cut = [
            re.sub(r"(^|:)([\w$-]+)\.[\w$-]+$", r"\1\2", each)
            for each in named(wishes(asked)["excludedattributes"])
        ]
        return wishing(asked, excludedAttributes=cut if ".search" in asked.place else ",".join(cut))


class FirstOfTheArray(
    FirstSight,
    kind="search by POST",
    meets="others",
    paragraph="RFC 7644 3.4.3",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/690",
    on=SEARCHES,
):
    """Of the attributes that a search by POST names in its array only the first is shown, for one text is expected there."""

    def mishear(self, asked: Asked) -> Asked:
        listed = wishes(asked).get("attributes")
        return wishing(asked, attributes=listed[:1]) if isinstance(listed, list) else asked


class EmptyForExcluded(
    FirstSight,
    kind="empty for what is left out",
    meets="others",
    paragraph="RFC 7644 3.9",
    source="https://github.com/Infisical/infisical/pull/6525",
    on=("GET /Groups", "GET /Groups/*", "POST /Groups/.search"),
):
    """Where its members are excluded, a group is shown with an empty list of them, as if nobody were in it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        left_out = {
            each.lower().rpartition(":")[2] for each in named(wishes(asked).get("excludedattributes"))
        }
        return answer.each(lambda shown: shown.update(members=[])) if "members" in left_out else answer


class ExtensionByNameAlone(
    FirstSight,
    kind="schema URNs",
    meets="others",
    paragraph="RFC 7644 3.10",
    source="https://github.com/wso2/product-is/issues/11092",
):
    """An attribute of the enterprise extension that `attributes` names by its URN is sought in the core user, and not shown."""

    def when(self, asked: Asked) -> bool:
        return any(
            each.lower().startswith(ENTERPRISE + ":") for each in named(wishes(asked).get("attributes"))
        )

    def mishear(self, asked: Asked) -> Asked:
        given = named(wishes(asked)["attributes"])
        kept = [each for each in given if not each.lower().startswith(ENTERPRISE + ":")] or ["id"]
        return wishing(asked, attributes=kept if ".search" in asked.place else ",".join(kept))


class ShownByTheJoin(
    FirstSight, kind="queries of groups", meets="others", paragraph="RFC 7644 3.4.2", on=QUERIES
):
    """A group found by a member is shown with this member alone, and a user found by an e-mail with this one, for the join that finds them loads the list."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        sought = str(wishes(asked).get("filter", ""))
        found = re.fullmatch(
            r"(?:urn:[\w.:-]+:)?(members|emails)[.\[](value)\s+eq\s+\"([^\"]*)\"\]?", sought, re.IGNORECASE
        )
        if not found:
            return answer

        def narrowed(shown: dict[str, Json]) -> None:
            name = found[1].lower()
            fitting = [
                each for each in shown.get(name, []) if str(each.get("value", "")).lower() == found[3].lower()
            ]
            if fitting:
                shown[name] = fitting

        return answer.each(narrowed)
