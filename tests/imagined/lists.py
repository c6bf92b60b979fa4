"""What a server can do wrong about lists, pages and lookups."""

import re
from collections.abc import Callable
from random import Random
from typing import Any

from imagining import Lie, answers, changed

from reference_server.faults.bending import Answer, Asked, Honest, reply


def pages(
    change: Callable[[Asked, Any], object], where: Callable[[Asked], bool] = lambda asked: asked.lists
) -> Lie:
    return answers(
        lambda asked, answer: changed(answer, lambda page: change(asked, page)) if answer.ok else answer,
        lambda asked: asked.kind == "Users" and where(asked),
    )


def walks(asked: Asked) -> bool:
    return asked.lists and not asked.looks_up


def asks(
    change: Callable[[dict[str, str]], dict[str, object]], where: Callable[[Asked], bool] = walks
) -> Lie:
    """Understands some parameters of the query otherwise."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users" and where(asked):
            return await honest(asked.asking(**change(asked.query)))
        return await honest(asked)

    return lie


def looks_for(change: Callable[[str], str]) -> Lie:
    return asks(lambda query: {"filter": change(query["filter"])}, lambda asked: asked.looks_up)


def number(query: dict[str, str], name: str, more: int) -> dict[str, object]:
    return {name: int(query.get(name, "1")) + more}


def resources(change: Callable[[list[Any]], list[Any]], where: Callable[[Asked], bool] = walks) -> Lie:
    return pages(lambda _, page: page.update(Resources=change(page.get("Resources", []))), where)


def without_last_when_full(asked: Asked, page: Any) -> None:
    if page["Resources"] and len(page["Resources"]) == int(asked.query.get("count", "0")):
        del page["Resources"][-1]
        page["itemsPerPage"] = len(page["Resources"])


def drops(which: Callable[[Any], bool]) -> Lie:
    """Nobody of a kind is listed, and nobody counts them."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind != "Users" or not walks(asked):
            return await honest(asked)
        answer = await honest(asked.of("GET").asking(startIndex=1, count=100))
        if not answer.ok:
            return answer
        everybody = answer.json
        kept = [each for each in everybody["Resources"] if not which(each)]
        start = max(1, int(asked.query.get("startIndex", "1")))
        count = max(0, int(asked.query.get("count", "100")))
        shown = kept[start - 1 : start - 1 + count]
        body = {
            **everybody,
            "totalResults": len(kept),
            "itemsPerPage": len(shown),
            "startIndex": start,
            "Resources": shown,
        }
        return reply(body)

    return lie


def at_random() -> Lie:
    chance = Random(1)  # noqa: S311 -- an order, not a secret
    return resources(lambda them: chance.sample(them, len(them)))


def by_last_change() -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind != "Users" or not walks(asked):
            return await honest(asked)
        order = "descending" if int(asked.query.get("count", "0")) % 2 else "ascending"
        return await honest(asked.asking(sortBy="userName", sortOrder=order))

    return lie


def drifting() -> Lie:
    count = [0]

    def change(_: Asked, page: Any) -> None:
        count[0] += 1
        page["totalResults"] += count[0]

    return pages(change, walks)


def counted_down() -> Lie:
    """Each page counts what is left."""
    return pages(
        lambda asked, page: page.update(
            totalResults=max(0, page["totalResults"] - max(1, int(asked.query.get("startIndex", "1"))) + 1)
        ),
        walks,
    )


def misses_at_first() -> Lie:
    """Who was created is found by lookup only the second time."""
    seen: set[str] = set()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.kind == "Users" and asked.looks_up and answer.json.get("totalResults") == 1:
            name = asked.filter.lower()
            if name not in seen:
                seen.add(name)
                return answer.showing([])
        return answer

    return lie


def not_there_yet() -> Lie:
    """Who was created is read by id only the second time."""
    seen: set[str] = set()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind == "Users" and asked.reads and asked.id not in seen:
            seen.add(asked.id)
            return await honest(asked.of("GET", "nobody-at-all"))
        return await honest(asked)

    return lie


def in_filter(pattern: str, replacement: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, replacement, text)


LIES: dict[str, Callable[[], Lie]] = {
    "startIndex counted from 0": lambda: asks(lambda query: number(query, "startIndex", 1)),
    "startIndex one too low": lambda: asks(lambda query: number(query, "startIndex", -1)),
    "startIndex one too low from the second page": lambda: asks(
        lambda query: number(query, "startIndex", -1),
        lambda asked: walks(asked) and int(asked.query.get("startIndex", "1")) > 2,
    ),
    "startIndex taken for a page number": lambda: asks(
        lambda query: {
            "startIndex": (int(query.get("startIndex", "1")) - 1) * int(query.get("count", "1")) + 1
        }
    ),
    "one too many on a page": lambda: asks(lambda query: number(query, "count", 1)),
    "the last of a full page is missing": lambda: pages(without_last_when_full, walks),
    "the last of all is never shown": lambda: pages(
        lambda asked, page: (
            page["Resources"].pop()
            if page["Resources"]
            and int(asked.query.get("startIndex", "1")) - 1 + len(page["Resources"]) == page["totalResults"]
            else None
        ),
        walks,
    ),
    "the first of all is never shown": lambda: pages(
        lambda asked, page: (
            page["Resources"].pop(0)
            if page["Resources"] and int(asked.query.get("startIndex", "1")) <= 1
            else None
        ),
        walks,
    ),
    "totalResults counts the page": lambda: pages(
        lambda _, page: page.update(totalResults=len(page["Resources"])), walks
    ),
    "totalResults one too many": lambda: pages(
        lambda _, page: page.update(totalResults=page["totalResults"] + 1), walks
    ),
    "totalResults one too few": lambda: pages(
        lambda _, page: page.update(totalResults=page["totalResults"] - 1), walks
    ),
    "totalResults 0 in lookups": lambda: pages(
        lambda _, page: page.update(totalResults=0), lambda asked: asked.looks_up
    ),
    "totalResults of all in lookups": lambda: pages(
        lambda _, page: page.update(totalResults=42), lambda asked: asked.looks_up
    ),
    "totalResults drifts": drifting,
    "totalResults is what is left": counted_down,
    "totalResults as text": lambda: pages(
        lambda _, page: page.update(totalResults=str(page["totalResults"]))
    ),
    "totalResults as text in lookups": lambda: pages(
        lambda _, page: page.update(totalResults=str(page["totalResults"])), lambda asked: asked.looks_up
    ),
    "startIndex as text": lambda: pages(
        lambda _, page: page.update(startIndex=str(page.get("startIndex", 1)))
    ),
    "startIndex always 1": lambda: pages(lambda _, page: page.update(startIndex=1), walks),
    "startIndex answered from 0": lambda: pages(
        lambda _, page: page.update(startIndex=page.get("startIndex", 1) - 1), walks
    ),
    "itemsPerPage echoes the count": lambda: pages(
        lambda asked, page: page.update(itemsPerPage=int(asked.query.get("count", "100")))
    ),
    "itemsPerPage 0": lambda: pages(lambda _, page: page.update(itemsPerPage=0)),
    "count 0 shows all": lambda: asks(
        lambda _: {"count": None}, lambda asked: asked.query.get("count") == "0"
    ),
    "past the end comes the first page": lambda: asks(
        lambda _: {"startIndex": 1},
        lambda asked: walks(asked) and int(asked.query.get("startIndex", "1")) > 500,
    ),
    "pages capped at 5, total too": lambda: pages(
        lambda _, page: page.update(
            Resources=page["Resources"][:5],
            totalResults=min(5, page["totalResults"]),
            itemsPerPage=len(page["Resources"][:5]),
        ),
        walks,
    ),
    "pages capped at 5": lambda: pages(
        lambda _, page: page.update(Resources=page["Resources"][:5], itemsPerPage=len(page["Resources"][:5])),
        walks,
    ),
    "order at random within a page": at_random,
    "order depends on the count": by_last_change,
    "inactive people not listed": lambda: drops(lambda user: not user["active"]),
    "people beyond ASCII not listed": lambda: drops(lambda user: not str(user.get("name")).isascii()),
    "people with an apostrophe not listed": lambda: drops(
        lambda user: "'" in str(user.get("name", {}).get("familyName"))
    ),
    "people with an extension not listed": lambda: drops(lambda user: "employeeNumber" in str(user)),
    "people with long names not listed": lambda: drops(lambda user: len(user["userName"]) > 80),
    "members of groups not listed": lambda: drops(lambda user: bool(user.get("groups"))),
    "somebody listed twice": lambda: resources(lambda them: [*them[:-1], them[0]] if len(them) > 1 else them),
    "Resources under another name": lambda: pages(lambda _, page: page.update(items=page.pop("Resources"))),
    "Resources null where nobody is": lambda: pages(
        lambda _, page: page.update(Resources=page["Resources"] or None)
    ),
    "Resources an object": lambda: pages(
        lambda _, page: page.update(Resources={each["id"]: each for each in page["Resources"]}), walks
    ),
    "Resources of one as an object": lambda: pages(
        lambda _, page: page.update(Resources=page["Resources"][0]) if len(page["Resources"]) == 1 else None
    ),
    "Resources of ids alone": lambda: pages(
        lambda _, page: page.update(Resources=[{"id": each["id"]} for each in page["Resources"]]),
        lambda asked: asked.looks_up,
    ),
    "null among the Resources": lambda: resources(lambda them: [*them, None]),
    "ListResponse schema missing in lookups": lambda: pages(
        lambda _, page: page.update(schemas=[]), lambda asked: asked.looks_up
    ),
    "lookup by prefix": lambda: looks_for(in_filter(" eq ", " sw ")),
    "lookup by part": lambda: looks_for(in_filter(" eq ", " co ")),
    "lookup of a part of the name": lambda: looks_for(in_filter(r"@[^\"]*", "@")),
    "lookup drops the plus tag": lambda: looks_for(in_filter(r"\+[^@]*@", "@")),
    "lookup reads plus as a blank": lambda: looks_for(in_filter(r"\+", " ")),
    "lookup by e-mail": lambda: looks_for(in_filter("userName eq", "emails.value eq")),
    "lookup ignores the filter": lambda: asks(lambda _: {"filter": None}, lambda asked: asked.looks_up),
    "lookup ignores the filter for a single user": lambda: asks(
        lambda _: {"count": 1, "filter": None}, lambda asked: asked.looks_up
    ),
    "lookup with an unknown operator finds all": lambda: asks(
        lambda _: {"filter": None}, lambda asked: asked.looks_up and " zz " in asked.filter
    ),
    "lookup hides the inactive": lambda: looks_for(lambda text: text + " and active eq true"),
    "lookup of a name in capitals finds nobody": lambda: looks_for(
        lambda text: text + "x" if text.isupper() else re.sub(r'"([A-Z0-9.@+-]+)"', r'"\1?"', text)
    ),
    "lookup cut at 64 characters": lambda: looks_for(
        lambda text: re.sub(r'"([^"]{64})[^"]*"', r'"\1"', text)
    ),
    "lookup misses the first time": misses_at_first,
    "read by id misses the first time": not_there_yet,
}
