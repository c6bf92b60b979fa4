"""What shows only with very many people, requests or both: a load of a minute over some thousand people meets each.

The sizes below are scaled down to that: `A_MINUTE` of tests/mutation/loads.py.
"""

import asyncio
from dataclasses import replace

import orjson

from reference_server.faults.bending import Answer, Asked, Fault, Honest, refusal

PASSED_OVER = 0.00001  # seconds for each person before the page: 0.1 s after 10,000 of them
PAGE, DRIFT = (
    100,
    0.01,
)  # of so many people, and the share of the total that is more or less: more than are created between two
MOMENT = 0.1  # seconds that a write takes which others can overtake
LOST = 20  # of the creates that were overtaken, one is lost: a few in a load, so that it goes on
QUOTA = 150  # creates, of which the last is too many: an ordinary run makes fewer people
POOL, QUERY = (
    10,
    0.25,
)  # connections, and the seconds that each request holds one: enough for 40 requests a second
STALLS, STALL = 200, 6.0  # of so many requests one takes so many seconds: Okta's 60, scaled down
LEAK = 0.0001  # seconds by which each answer is slower than the one before: 0.3 s after 3,000
SCANNED = 0.00001  # seconds to look at one person: 0.1 s in a directory of 10,000
TWIN = " (twin)"  # keeps two of one name apart where nobody sees it


class Scale(Fault):
    """A fault that only a load shows."""

    only_under_load = True


class Walk(Scale):
    """A list of users without a filter."""

    def when(self, asked: Asked) -> bool:
        return not asked.filter

    def start(self, asked: Asked) -> int:
        """The first place of the page."""
        return max(1, int(asked.query.get("startIndex", "1")))


class PagesSlowDown(
    Walk,
    id="page-time-grows-with-startindex",
    severity="degraded",
    source="https://github.com/wso2/product-is/issues/21242",
    on="GET /Users",
):
    """A page takes the longer the further its startIndex is: everybody before it is passed over one by one."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        await asyncio.sleep((self.start(asked) - 1) * PASSED_OVER)
        return await honest(asked)


class TotalDrifts(
    Walk,
    id="totalresults-drifts-between-pages",
    severity="wrong-data",
    source="https://github.com/wso2/product-is/issues/13752",
    on="GET /Users",
):
    """totalResults is another one on each page of a walk, though nobody comes or goes."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        total, page = answer.json["totalResults"], (self.start(asked) - 1) // PAGE
        drift = (0, 1, -1)[page % 3] * max(1, round(total * DRIFT))
        return answer.having(totalResults=max(0, total + drift))


class ListFollowsWrites(
    Walk,
    id="list-order-follows-writes",
    severity="wrong-data",
    source="https://github.com/lightdash/lightdash/pull/12133",
    on="GET /Users",
):
    """A list is in the order of the last changes, the latest first: who is written moves to its front, and all others move on."""

    def mishear(self, asked: Asked) -> Asked:
        if "sortBy" in asked.query:
            return asked
        return asked.asking(sortBy="meta.lastModified", sortOrder="descending")


class ImportSkipsWritten(
    Walk,
    id="import-skips-written-meanwhile",
    severity="wrong-data",
    source="https://github.com/cloudfoundry/uaa/issues/164",
    on=("GET /Users", "POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """Who is written while a list is walked is on none of its further pages, and is counted."""

    def __init__(self) -> None:
        self.written: set[str] = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if not answer.ok:
            return answer
        if asked.method != "GET":
            self.written.add(answer.json.get("id", asked.id))
            return answer
        if self.start(asked) == 1:
            self.written.clear()
        shown = [each for each in answer.resources if each["id"] not in self.written]
        return answer.showing(shown, answer.json["totalResults"])


class Race(Scale):
    """Writes that take a moment, and whoever comes to the same meanwhile overtakes them."""

    def __init__(self) -> None:
        self.latest: dict[str, Asked] = {}

    def subject(self, asked: Asked) -> str:
        """What writes have to be about for one to overtake another."""
        return asked.id

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        subject = self.subject(asked)
        self.latest[subject] = asked
        await asyncio.sleep(MOMENT)
        is_overtaken = self.latest[subject] is not asked
        return await (self.overtaken(asked, honest) if is_overtaken else honest(asked))

    async def overtaken(self, asked: Asked, honest: Honest) -> Answer:
        """What becomes of a write that another has overtaken."""
        raise NotImplementedError


class CreateIsLost(
    Race,
    id="create-lost-under-concurrency",
    severity="wrong-data",
    source="https://github.com/denimgroup/threadfix/issues/309",
    on="POST /Users",
):
    """Of creates that overlap one in twenty is answered with 201, and nobody is there."""

    count = 0

    async def overtaken(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        self.count += answer.status == 201
        if answer.status == 201 and self.count % LOST == 0:
            await honest(asked.of("DELETE", answer.json["id"]))
        return answer


class CreatedTwice(
    Race,
    id="create-twice-at-once",
    severity="wrong-data",
    source="https://github.com/wso2/product-integrator-mi/issues/2262",
):
    """Two creates of one person at once are both answered with 201, and the person is there twice."""

    def subject(self, asked: Asked) -> str:
        return str(asked.sets("userName")).casefold()

    def mishear(self, asked: Asked) -> Asked:
        name, operator, value = asked.sought
        if asked.kind != "Users" or (name, operator) != ("username", "eq"):
            return asked
        twin = orjson.dumps(value + TWIN).decode()
        return asked.asking(filter=f"({asked.filter}) or userName eq {twin}")

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        is_create = asked.place == "POST /Users"
        answer = await (super().serve(asked, honest) if is_create else honest(self.mishear(asked)))
        return replace(answer, body=answer.body.replace(TWIN.encode(), b""))

    async def overtaken(self, asked: Asked, honest: Honest) -> Answer:
        return await honest(asked.saying({**asked.json, "userName": f"{asked.sets('userName')}{TWIN}"}))


class GroupWriteIsLost(
    Race,
    id="membership-lost-under-concurrency",
    severity="wrong-data",
    source="https://github.com/scimmyjs/scimmy/issues/79",
    on="PATCH /Groups/*",
):
    """Of two membership changes of a group that overlap the first is lost, and both are answered well."""

    def when(self, asked: Asked) -> bool:
        return asked.sets("members") is not None

    async def overtaken(self, asked: Asked, honest: Honest) -> Answer:
        found = await honest(replace(asked, method="GET", body=b""))
        if not found.ok:
            return found
        return found.having(members=[*found.json.get("members", []), *asked.sets("members")])


class ThrottledWithoutAWord(
    Scale,
    id="quota-without-retry-after",
    severity="degraded",
    source="https://forum.sggu.com/t/implementing-exponential-backoff-for-429-errors-during-bulk-scim-user-updates/9801",
    on="POST /Users",
):
    """Of very many creates some are throttled, here one in 150, and no Retry-After says when to come again."""

    count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.count += 1
        return refusal(429, "too many requests") if self.count % QUOTA == 0 else await honest(asked)


class PoolIsExhausted(
    Scale,
    id="pool-exhausted-503",
    severity="stops-provisioning",
    source="https://github.com/wso2/product-is/issues/1830",
):
    """Each request holds a connection to the database, and what comes when none is free is answered with 503."""

    free = POOL

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not self.free:
            return refusal(503, "no connection to the database is free")
        self.free -= 1
        try:
            await asyncio.sleep(QUERY)
            return await honest(asked)
        finally:
            self.free += 1


class Stalls(
    Scale,
    id="answer-stalls-at-times",
    severity="degraded",
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2750",
):
    """One answer in 200 takes as long as a client has patience for, here 6 seconds."""

    count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.count += 1
        if self.count % STALLS == 0:
            await asyncio.sleep(STALL)
        return await honest(asked)


class EverSlower(
    Scale,
    id="answers-get-slower",
    severity="degraded",
    source="https://github.com/mailcow/mailcow-dockerized/issues/4980",
):
    """Each answer takes a little longer than the one before."""

    count = 0

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        self.count += 1
        await asyncio.sleep(self.count * LEAK)
        return await honest(asked)


class LookupScans(
    Scale,
    id="lookup-scans-everybody",
    severity="degraded",
    source="https://github.com/keycloak/keycloak/issues/51401",
    on="GET /Users",
):
    """A lookup takes the longer the more people there are: each of them is looked at."""

    def when(self, asked: Asked) -> bool:
        return asked.looks_up

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        everybody = await honest(asked.of("GET").asking(count=0))
        await asyncio.sleep(everybody.json.get("totalResults", 0) * SCANNED)
        return await honest(asked)
