"""Conversations held with the reference server in process, move by move, as `explore` holds them, and what the model says."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import httpx
from playing import BASE_URL, TOKEN

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.checks import explore_catalogue
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.model.check import Check, Finding, Strength
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, PATCH_OP, USER
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict

Json = Any
Inward = Callable[[str, str, Json], Json]
Outward = Callable[[str, str, Answer], Answer]
REFUSED = {Verdict.FAIL, Verdict.BROKEN}


def as_it_is(_: str, __: str, body: Json) -> Json:
    return body


def shown_as_it_is(_: str, __: str, answer: Answer) -> Answer:
    return answer


def says(code: int, /, **members: Json) -> Callable[[Answer], Answer]:
    """A lie: this status, with this body."""
    return lambda answer: Answer(code, answer.headers, json.dumps(members).encode() if members else b"")


def shows(change: Callable[[Json], object]) -> Callable[[Answer], Answer]:
    """A lie: the body, changed in place."""

    def lie(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        change(body)
        return Answer(answer.status, answer.headers, json.dumps(body).encode())

    return lie


backwards = shows(lambda body: body["Resources"].reverse())


class Held:
    """One conversation. `inward` changes what a server stores, `outward` what it answers; the record has what was sent."""

    def __init__(
        self,
        *,
        oin: bool = True,
        inward: Inward = as_it_is,
        outward: Outward = shown_as_it_is,
        checks: Iterable[Check] = (),
    ) -> None:
        self._app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
        self._inward, self._outward, self.oin = inward, outward, oin
        self._judge = Judge(checks or explore_catalogue())
        self.exchanges: list[Exchange] = []
        self.ids: dict[str, str] = {}  # of places: `0`, `g0`
        self.seen: dict[str, Json] = {}  # by place, in the last read by id
        self.outdated: dict[str, Json] = {}  # the same of the read before that one
        self.tags: dict[str, list[str]] = {}
        self.findings: dict[str, Finding] = {}
        self.advice: dict[str, Finding] = {}
        self.lie: Callable[[Answer], Answer] | None = None  # of the next answer alone
        self.refusal = 0  # with which the next request is answered, and nothing comes of it

    def send(self, step: str, method: str, path: str, body: Json = None, **headers: str) -> Exchange:
        """One request, judged as it comes."""
        sent = b"" if body is None else json.dumps(body).encode()
        inward = sent if body is None else json.dumps(self._inward(method, path, body)).encode()
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        started = time.perf_counter()
        answer = asyncio.run(self._ask(method, path, inward, said))
        request = Request(method, path, (("Content-Type", "application/scim+json"), *said.items()), sent)
        lie, self.lie = self.lie or (lambda honest: honest), None
        heard = Heard(
            request,
            lie(self._outward(method, path, answer)),
            started=started,
            seconds=time.perf_counter() - started,
            base_url=BASE_URL,
        )
        return self.hear(Exchange(f"explore.{step}", "explore:1", heard, before=tuple(self.exchanges)))

    def hear(self, exchange: Exchange) -> Exchange:
        """Judge it, and keep what was said."""
        self.exchanges.append(exchange)
        self._told(self._judge.hear(exchange).items())
        return exchange

    def conclude(self) -> None:
        """Judge the whole, once it is over."""
        self._judge.conclude(Transcript(tuple(self.exchanges)))
        self._told((check_id, each) for check_id, said in self._judge.judgements.items() for each in said)

    def _told(self, said: Iterable[tuple[str, Judgement]]) -> None:
        for check_id, judgement in said:
            if judgement.verdict in REFUSED and judgement.finding:
                self.findings.setdefault(check_id, judgement.finding)
            elif judgement.finding:
                self.advice.setdefault(check_id, judgement.finding)

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self.refusal:
            refusal, self.refusal = self.refusal, 0
            return Answer(refusal)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), timeout=30) as client:
            response = await client.request(
                method,
                BASE_URL + path,
                content=body,
                headers={
                    "Authorization": f"Bearer {TOKEN}",
                    "Content-Type": "application/scim+json",
                    **headers,
                },
            )
        return Answer(response.status_code, tuple(response.headers.items()), response.content)

    def name(self, number: int) -> str:
        return f"scim-tests.unittest.explore-{number}@example.com"

    def create(self, place: int, name: int | None = None, step: str = "create", **more: Json) -> Exchange:
        user = {
            "schemas": [USER, ENTERPRISE_USER],
            "userName": self.name(place if name is None else name),
            "name": {"givenName": "Ann", "familyName": f"Of{place}"},
            "emails": [{"value": f"E{place}@Example.com", "type": "work", "primary": True}],
            "externalId": f"e{place}",
            "active": True,
            "groups": [],
            **more,
        }
        made = self.send(step, "POST", "/Users", user)
        if made.is_success:
            self.ids[f"{place}"] = made.answer.id
        return made

    def create_group(self, place: int, *members: int, name: str = "") -> Exchange:
        body = {"schemas": [GROUP], "displayName": name or f"g{place}", "members": self.members(*members)}
        made = self.send("create_group", "POST", "/Groups", body)
        if made.is_success:
            self.ids[f"g{place}"] = made.answer.id
        return made

    def members(self, *places: int) -> Json:
        return [{"value": self.ids[f"{each}"]} for each in places]

    def path(self, place: str) -> str:
        return f"/{'Groups' if place.startswith('g') else 'Users'}/{self.ids[place]}"

    def read(self, place: Any, step: str = "", query: str = "", **headers: str) -> Exchange:
        place = str(place)
        step = step or ("read_group" if place.startswith("g") else "read")
        shown = self.send(step, "GET", self.path(place) + query, **headers)
        if shown.is_success and not query:
            self.outdated[place] = self.seen.get(place)
            self.seen[place] = shown.resource
            self.tags.setdefault(place, []).append(shown.answer.header("ETag") or "")
        return shown

    def patch(self, step: str, place: Any, *operations: Json, **headers: str) -> Exchange:
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.send(step, "PATCH", self.path(str(place)), body, **headers)

    def set(self, place: int, step: str = "set", **values: Json) -> Exchange:
        """A change of attributes, in the way of the dialect."""
        if self.oin:
            return self.patch(step, place, {"op": "replace", "value": values})
        return self.put(place, step, **values)

    def put(self, place: Any, step: str = "put", **values: Json) -> Exchange:
        body = {**self.seen[str(place)], **values}
        return self.send(
            step, "PUT", self.path(str(place)), {**body, "groups": []} if "groups" in body else body
        )

    def lookup(self, name: int, *, capitals: bool = False) -> Exchange:
        said = self.name(name).upper() if capitals else self.name(name)
        return self.filtered("lookup", "/Users", f'userName eq "{said}"')

    def filtered(self, step: str, kind: str, condition: str) -> Exchange:
        return self.send(step, "GET", f"{kind}?filter={quote(condition)}&startIndex=1&count=100")

    def list(self, step: str = "list", kind: str = "/Users", start: int = 1, count: int = 100) -> Exchange:
        return self.send(step, "GET", f"{kind}?startIndex={start}&count={count}")

    def sorted_by(self, path: str, order: str = "ascending") -> Exchange:
        return self.send("list_sorted", "GET", f"/Users?sortBy={path}&sortOrder={order}")

    def delete(self, place: Any) -> Exchange:
        step = "delete_group" if str(place).startswith("g") else "delete"
        return self.send(step, "DELETE", self.path(str(place)))

    def add(self, group: str, *members: int) -> Exchange:
        return self.patch(
            "add_members", group, {"op": "add", "path": "members", "value": self.members(*members)}
        )

    def remove(self, group: str, member: int) -> Exchange:
        path = f'members[value eq "{self.ids[str(member)]}"]'
        return self.patch("remove_members", group, {"op": "remove", "path": path})

    def replace_members(self, group: str, *members: int) -> Exchange:
        return self.patch(
            "replace_members", group, {"op": "replace", "path": "members", "value": self.members(*members)}
        )


Story = Callable[[Held], object]


def begin(held: Held, *, group: bool = False) -> None:
    """Two people, read and listed; and a group with the first of them."""
    for place in (0, 1):
        held.create(place, title=f"Title {place}")
        held.read(place)
    if group:
        held.create_group(0, 0)
        held.read("g0")
        held.read(0)
    held.list()


def begun() -> Held:
    """Two people in a group, all of them read."""
    held = Held()
    for place in (0, 1):
        held.create(place)
        held.read(place)
    held.create_group(0, 0, 1)
    held.read("g0")
    return held


def put_into(*path: Any, value: Json) -> Callable[[Json], object]:
    """Another value at a path of a body."""

    def change(body: Json) -> None:
        for step in path[:-1]:
            body = body[step]
        body[path[-1]] = value

    return change


def assert_told(check: str, story: Story, *, oin: bool) -> None:
    """Of a conversation whose last answer is a lie: nothing is red before it, and then the check is, there."""
    held = Held(oin=oin)
    begin(held, group="g0" in story.__code__.co_consts)
    assert held.findings == {}
    story(held)
    (known,) = (each for each in explore_catalogue() if each.id == f"explore.{check}")
    told = held.findings if known.strength is Strength.MUST else held.advice
    assert f"explore.{check}" in told
    assert held.exchanges[-1] in told[f"explore.{check}"].at
