"""Faults that only a load shows, written from public reports and played once by a version that knew none of them: a set of their own.

Who wrote them had read the checks. `python tests/mutation/loads.py NAME...` plays them; how each was seen at first,
which stays, and how it is seen now is in `loads.json`.
"""

import asyncio
import time
from dataclasses import replace
from typing import ClassVar

from reference_server.faults.bending import Answer, Asked, Fault, Honest, raw, refusal

A_MEMBER = 0.01  # seconds that a write to a group takes for each member that is there
EMPTY = 60  # of the look-ups that overlap others, one is empty
COMMITTED = 40  # of the creates, one is refused when it is stored
WINDOW = 1500  # people whom the index shows at most
MEMORY = 20.0  # seconds that a cache keeps a person
MEMBERS = 100  # of a group that are shown at most
PLAN = 500  # the place from which on the database chooses another plan
MIXED = 25  # of the reads that overlap others, one shows somebody else
MOMENT = 0.02  # seconds in which requests overlap


class OfALoad(Fault):
    """A wrong server of this set; `source` is the public report."""

    written: ClassVar[dict[str, type["OfALoad"]]] = {}

    def __init_subclass__(cls, *, source: str = "", on: str | tuple[str, ...] = ()) -> None:
        super().__init_subclass__(on=on)
        cls.source = source
        OfALoad.written[cls.__name__] = cls


class GroupWriteCostsItsMembers(
    OfALoad,
    source="https://github.com/wso2/product-is/issues/6918",
    on="PATCH /Groups/*",
):
    """To add somebody to a group takes the longer the more members it has: each of them is looked up."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        group = await honest(asked.of("GET"))
        await asyncio.sleep(A_MEMBER * len(group.json.get("members", [])))
        return await honest(asked)


class EmptyAnswers(
    OfALoad,
    source="https://github.com/wso2/product-is/issues/27699",
    on="GET /Users",
):
    """Of look-ups that overlap others some are answered with 200 and no body: an exception was swallowed."""

    under_way = count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        overlaps = self.under_way > 0
        self.under_way += 1
        try:
            await asyncio.sleep(MOMENT)
            answer = await honest(asked)
        finally:
            self.under_way -= 1
        self.count += overlaps and bool(asked.filter)
        return raw(200) if overlaps and asked.filter and self.count % EMPTY == 0 else answer


class RefusedWhenStored(
    OfALoad,
    source="https://github.com/valon-technologies/gestalt/pull/3162",
    on="POST /Users",
):
    """Some creates are answered with 503 after the person was stored, so that the next try meets a conflict."""

    count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        self.count += 1
        return refusal(503, "could not be applied") if self.count % COMMITTED == 0 else answer


class WindowOfTheIndex(
    OfALoad,
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2552",
    on="GET /Users",
):
    """A search index gives its first so many results and no more: the total ends there, and so do the pages."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.filter or not answer.ok:
            return answer
        start = int(asked.query.get("startIndex", "1"))
        shown = answer.resources[: max(0, WINDOW - start + 1)]
        return answer.showing(shown, min(WINDOW, answer.json["totalResults"]))


class CacheIsStale(
    OfALoad,
    source="https://github.com/BerriAI/litellm/issues/37009",
    on=("GET /Users/*",),
):
    """Who was read by id is shown as they were then for a while, whatever was written meanwhile."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[float, Answer]] = {}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        at, kept = self.kept.get(asked.id, (0.0, None))
        if kept and time.monotonic() - at < MEMORY:
            return kept
        answer = await honest(asked)
        if answer.ok:
            self.kept[asked.id] = time.monotonic(), answer
        return answer


class GroupShowsSoMany(
    OfALoad,
    source="https://github.com/wso2/product-is/issues/7211",
    on="GET /Groups/*",
):
    """Of the members of a group only the first are shown: the limit of a list holds for them, too."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        members = answer.json.get("members", []) if answer.ok else []
        return answer.having(members=members[:MEMBERS]) if len(members) > MEMBERS else answer


class NoOrder(
    OfALoad,
    source="https://github.com/grokability/snipe-it/pull/19343",
    on="GET /Users",
):
    """A list has no order of its own, and from a certain page on the database reads it another way: some are met twice, others never."""

    def mishear(self, asked: Asked) -> Asked:
        start = int(asked.query.get("startIndex", "1"))
        if asked.filter or "sortBy" in asked.query or start <= PLAN:
            return asked
        return asked.asking(sortBy="name.familyName")


class SomebodyElse(
    OfALoad,
    source="https://github.com/DFE-Digital/get-help-with-tech/pull/1116",
    on="GET /Users/*",
):
    """Who is asked for stands in a place that requests share: some of those that overlap show somebody else."""

    latest = ""
    count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.latest = asked.id
        await asyncio.sleep(MOMENT)
        if self.latest == asked.id:
            return await honest(asked)
        self.count += 1
        other = replace(asked, id=self.latest) if self.count % MIXED == 0 else asked
        return await honest(other)
