"""What a server can do wrong about lists, pages and lookups."""

import re
from collections.abc import Callable
from random import Random
from typing import Any

from imagining import Call, Honest, Lie, Reply, answers


def pages(
    change: Callable[[Call, Any], object], where: Callable[[Call], bool] = lambda call: call.lists
) -> Lie:
    return answers(
        lambda call, reply: change(call, reply.body) if reply.is_success else None,
        lambda call: call.kind == "Users" and where(call),
    )


def walks(call: Call) -> bool:
    return call.lists and not call.looks_up


def asks(change: Callable[[dict[str, str]], object], where: Callable[[Call], bool] = walks) -> Lie:
    async def lie(call: Call, honest: Honest) -> Reply:
        if call.kind == "Users" and where(call):
            change(call.query)
        return await honest(call)

    return lie


def looks_for(change: Callable[[str], str]) -> Lie:
    return asks(lambda query: query.update(filter=change(query["filter"])), lambda call: call.looks_up)


def number(query: dict[str, str], name: str, more: int) -> None:
    query[name] = str(int(query.get(name, "1")) + more)


def resources(change: Callable[[list[Any]], list[Any]], where: Callable[[Call], bool] = walks) -> Lie:
    return pages(lambda _, page: page.update(Resources=change(page.get("Resources", []))), where)


def without_last_when_full(call: Call, page: Any) -> None:
    if page["Resources"] and len(page["Resources"]) == int(call.query.get("count", "0")):
        del page["Resources"][-1]
        page["itemsPerPage"] = len(page["Resources"])


def drops(which: Callable[[Any], bool]) -> Lie:
    """Nobody of a kind is listed, and nobody counts them."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.kind != "Users" or not walks(call):
            return await honest(call)
        answer = await honest(Call("GET", "/Users", {"startIndex": "1", "count": "100"}, call.headers))
        if not answer.is_success:
            return answer
        everybody = answer.body
        kept = [each for each in everybody["Resources"] if not which(each)]
        start = max(1, int(call.query.get("startIndex", "1")))
        count = max(0, int(call.query.get("count", "100")))
        shown = kept[start - 1 : start - 1 + count]
        body = {
            **everybody,
            "totalResults": len(kept),
            "itemsPerPage": len(shown),
            "startIndex": start,
            "Resources": shown,
        }
        return Reply(200, {"content-type": "application/scim+json"}, body)

    return lie


def at_random() -> Lie:
    chance = Random(1)  # noqa: S311 -- an order, not a secret
    return resources(lambda them: chance.sample(them, len(them)))


def by_last_change() -> Lie:
    async def lie(call: Call, honest: Honest) -> Reply:
        if call.kind != "Users" or not walks(call):
            return await honest(call)
        call.query["sortBy"] = "userName"
        call.query["sortOrder"] = "descending" if int(call.query.get("count", "0")) % 2 else "ascending"
        return await honest(call)

    return lie


def drifting() -> Lie:
    count = [0]

    def change(_: Call, page: Any) -> None:
        count[0] += 1
        page["totalResults"] += count[0]

    return pages(change, walks)


def counted_down() -> Lie:
    """Each page counts what is left."""
    return pages(
        lambda call, page: page.update(
            totalResults=max(0, page["totalResults"] - max(1, int(call.query.get("startIndex", "1"))) + 1)
        ),
        walks,
    )


def misses_at_first() -> Lie:
    """Who was created is found by lookup only the second time."""
    seen: set[str] = set()

    async def lie(call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.kind == "Users" and call.looks_up and reply.body.get("totalResults") == 1:
            name = call.query["filter"].lower()
            if name not in seen:
                seen.add(name)
                reply.body.update(totalResults=0, Resources=[], itemsPerPage=0)
        return reply

    return lie


def not_there_yet() -> Lie:
    """Who was created is read by id only the second time."""
    seen: set[str] = set()

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.kind == "Users" and call.reads and call.id not in seen:
            seen.add(call.id)
            return await honest(Call("GET", "/Users/nobody-at-all", {}, call.headers))
        return await honest(call)

    return lie


def in_filter(pattern: str, replacement: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, replacement, text)


LIES: dict[str, Callable[[], Lie]] = {
    "startIndex counted from 0": lambda: asks(lambda query: number(query, "startIndex", 1)),
    "startIndex one too low": lambda: asks(lambda query: number(query, "startIndex", -1)),
    "startIndex one too low from the second page": lambda: asks(
        lambda query: number(query, "startIndex", -1),
        lambda call: walks(call) and int(call.query.get("startIndex", "1")) > 2,
    ),
    "startIndex taken for a page number": lambda: asks(
        lambda query: query.update(
            startIndex=str((int(query.get("startIndex", "1")) - 1) * int(query.get("count", "1")) + 1)
        )
    ),
    "one too many on a page": lambda: asks(lambda query: number(query, "count", 1)),
    "the last of a full page is missing": lambda: pages(without_last_when_full, walks),
    "the last of all is never shown": lambda: pages(
        lambda call, page: (
            page["Resources"].pop()
            if page["Resources"]
            and int(call.query.get("startIndex", "1")) - 1 + len(page["Resources"]) == page["totalResults"]
            else None
        ),
        walks,
    ),
    "the first of all is never shown": lambda: pages(
        lambda call, page: (
            page["Resources"].pop(0)
            if page["Resources"] and int(call.query.get("startIndex", "1")) <= 1
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
        lambda _, page: page.update(totalResults=0), lambda call: call.looks_up
    ),
    "totalResults of all in lookups": lambda: pages(
        lambda _, page: page.update(totalResults=42), lambda call: call.looks_up
    ),
    "totalResults drifts": drifting,
    "totalResults is what is left": counted_down,
    "totalResults as text": lambda: pages(
        lambda _, page: page.update(totalResults=str(page["totalResults"]))
    ),
    "totalResults as text in lookups": lambda: pages(
        lambda _, page: page.update(totalResults=str(page["totalResults"])), lambda call: call.looks_up
    ),
    "startIndex as text": lambda: pages(
        lambda _, page: page.update(startIndex=str(page.get("startIndex", 1)))
    ),
    "startIndex always 1": lambda: pages(lambda _, page: page.update(startIndex=1), walks),
    "startIndex answered from 0": lambda: pages(
        lambda _, page: page.update(startIndex=page.get("startIndex", 1) - 1), walks
    ),
    "itemsPerPage echoes the count": lambda: pages(
        lambda call, page: page.update(itemsPerPage=int(call.query.get("count", "100")))
    ),
    "itemsPerPage 0": lambda: pages(lambda _, page: page.update(itemsPerPage=0)),
    "count 0 shows all": lambda: asks(
        lambda query: query.pop("count"), lambda call: call.query.get("count") == "0"
    ),
    "past the end comes the first page": lambda: asks(
        lambda query: query.update(startIndex="1"),
        lambda call: walks(call) and int(call.query.get("startIndex", "1")) > 500,
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
        lambda call: call.looks_up,
    ),
    "null among the Resources": lambda: resources(lambda them: [*them, None]),
    "ListResponse schema missing in lookups": lambda: pages(
        lambda _, page: page.update(schemas=[]), lambda call: call.looks_up
    ),
    "lookup by prefix": lambda: looks_for(in_filter(" eq ", " sw ")),
    "lookup by part": lambda: looks_for(in_filter(" eq ", " co ")),
    "lookup of a part of the name": lambda: looks_for(in_filter(r"@[^\"]*", "@")),
    "lookup drops the plus tag": lambda: looks_for(in_filter(r"\+[^@]*@", "@")),
    "lookup reads plus as a blank": lambda: looks_for(in_filter(r"\+", " ")),
    "lookup by e-mail": lambda: looks_for(in_filter("userName eq", "emails.value eq")),
    "lookup ignores the filter": lambda: asks(lambda query: query.pop("filter"), lambda call: call.looks_up),
    "lookup ignores the filter for a single user": lambda: asks(
        lambda query: query.update(count="1") or query.pop("filter"), lambda call: call.looks_up
    ),
    "lookup with an unknown operator finds all": lambda: asks(
        lambda query: query.pop("filter"), lambda call: call.looks_up and " zz " in call.query["filter"]
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
