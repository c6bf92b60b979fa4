"""Conversations held with the reference server in process, move by move, as `explore` holds them, and what the model says."""

import asyncio
import json
import time
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
from playing import BASE_URL, TOKEN

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests.checks import explore_catalogue
from scim_tests.engine.judge import judged
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, PATCH_OP, USER, get
from scim_tests.model.verdict import Verdict

Json = Any
Inward = Callable[[str, str, Json], Json]
Outward = Callable[[str, str, Answer], Answer]
TITLES = ("Clerk", "Head of Sales", "dr who", "  Blank ", "Ärztin", "x" * 90)
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


class Held:
    """One conversation. `inward` changes what a server stores, `outward` what it answers; the record has what was sent."""

    def __init__(
        self, *, oin: bool = True, inward: Inward = as_it_is, outward: Outward = shown_as_it_is
    ) -> None:
        self._app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
        self._inward, self._outward, self.oin = inward, outward, oin
        self.exchanges: list[Exchange] = []
        self.ids: dict[str, str] = {}  # of places: `0`, `g0`
        self.seen: dict[str, Json] = {}  # by place, in the last read by id
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
        for check_id, judgement in judged(exchange, explore_catalogue()).items():
            if judgement.verdict in REFUSED and judgement.finding:
                self.findings.setdefault(check_id, judgement.finding)
            elif judgement.finding:
                self.advice.setdefault(check_id, judgement.finding)
        return exchange

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

    def create(self, place: int, name: int | None = None, **more: Json) -> Exchange:
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
        made = self.send("create", "POST", "/Users", user)
        if made.is_success:
            self.ids[f"{place}"] = made.answer.id
        return made

    def create_group(self, place: int, *members: int, name: str = "") -> Exchange:
        body = {"schemas": [GROUP], "displayName": name or f"g{place}", "members": self._members(members)}
        made = self.send("create_group", "POST", "/Groups", body)
        if made.is_success:
            self.ids[f"g{place}"] = made.answer.id
        return made

    def _members(self, places: tuple[int, ...]) -> Json:
        return [{"value": self.ids[f"{each}"]} for each in places]

    def path(self, place: str) -> str:
        return f"/{'Groups' if place.startswith('g') else 'Users'}/{self.ids[place]}"

    def read(self, place: Any, step: str = "", query: str = "", **headers: str) -> Exchange:
        place = str(place)
        step = step or ("read_group" if place.startswith("g") else "read")
        shown = self.send(step, "GET", self.path(place) + query, **headers)
        if shown.is_success and not query:
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

    def delete(self, place: Any) -> Exchange:
        step = "delete_group" if str(place).startswith("g") else "delete"
        return self.send(step, "DELETE", self.path(str(place)))

    def add(self, group: str, *members: int) -> Exchange:
        return self.patch(
            "add_members", group, {"op": "add", "path": "members", "value": self._members(members)}
        )

    def remove(self, group: str, member: int) -> Exchange:
        path = f'members[value eq "{self.ids[str(member)]}"]'
        return self.patch("remove_members", group, {"op": "remove", "path": path})

    def replace_members(self, group: str, *members: int) -> Exchange:
        return self.patch(
            "replace_members", group, {"op": "replace", "path": "members", "value": self._members(members)}
        )


def wander(held: Held, seed: int, steps: int) -> None:
    """A conversation of many moves and looks, drawn from a seed."""
    random = Random(seed)  # noqa: S311 -- no secret hangs on it
    for _ in range(steps):
        _move(held, random)


def _move(held: Held, random: Random) -> None:
    place, other, group = random.randrange(3), random.randrange(3), f"g{random.randrange(2)}"
    if str(place) not in held.ids or random.random() < 0.06:
        was = held.ids.get(str(place))
        made = held.create(place, random.choice((None, None, None, other)), title=random.choice(TITLES))
        if not made.is_success and was is None:
            return
        held.read(place)
        return
    if group not in held.ids:
        members = [each for each in range(3) if str(each) in held.ids and random.random() < 0.5]
        if held.create_group(int(group[1]), *members).is_success:
            held.read(group)
        return
    writes, looks = _writes(held, random, place, other, group), _looks(held, random, place, group)
    random.choice(writes)()
    if str(place) not in held.ids or group not in held.ids:
        return
    for look in random.sample(looks, random.choice((0, 0, 1, 3, len(looks) // 2))):
        look()


def _writes(held: Held, random: Random, place: int, other: int, group: str) -> list[Callable[[], object]]:
    title, there = random.choice(TITLES), [each for each in range(3) if str(each) in held.ids]
    some = [each for each in there if random.random() < 0.5]
    can_put = str(place) in held.seen
    email = f"{random.choice('abAB')}@Example.com"
    changes: list[Callable[[], object]] = [
        lambda: held.set(place, title=title),
        lambda: held.set(place, nickName=random.choice(TITLES), locale="de-DE"),
        lambda: held.set(place, emails=[{"value": email, "type": "work", "primary": True}]),
        lambda: held.set(place, **{ENTERPRISE_USER: {"department": title}}),
        lambda: held.set(place, "rename", userName=held.name(random.randrange(4))),
        lambda: held.set(place, "clash", title=title, userName=held.name(other).upper()),
        lambda: held.set(place, "deactivate", active=False),
        lambda: held.set(place, "activate", active=True),
    ]
    if not held.oin and not can_put:
        changes = []
    if can_put:
        changes += [
            lambda: held.put(place),
            lambda: held.put(place, title=title),
            lambda: held.put(place, "put_less", title=None),
            lambda: held.send(
                "put_less",
                "PUT",
                held.path(str(place)),
                {k: v for k, v in held.seen[str(place)].items() if k not in {"title", "groups"}},
            ),
            lambda: held.patch(
                "set_if_current",
                place,
                {"op": "replace", "value": {"title": title}},
                If_Match=held.tags[str(place)][-1],
            ),
            lambda: held.patch(
                "set_if_stale",
                place,
                {"op": "replace", "value": {"title": title}},
                If_Match=held.tags[str(place)][0],
            ),
        ]
    if group in held.seen:
        changes.append(
            lambda: held.put(
                group, "put_group", displayName=random.choice("xy"), members=held._members(tuple(some))
            )
        )
    operation = {"op": "replace", "value": {"title": title}}
    bulk = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {
                "method": "PATCH",
                "path": held.path(str(place)),
                "data": {"schemas": [PATCH_OP], "Operations": [operation]},
            }
        ],
    }
    return [
        *changes,
        lambda: held.patch("replace", place, {"op": "replace", "path": "name.familyName", "value": title}),
        lambda: held.patch("add", place, {"op": "add", "path": "phoneNumbers", "value": [{"value": f"+1 {random.randrange(3)}", "type": "home"}]}),
        lambda: held.patch("remove", place, {"op": "remove", "path": random.choice(("title", "nickName", 'phoneNumbers[type eq "home"]'))}),
        lambda: held.send("bulk_set", "POST", "/Bulk", bulk),
        lambda: _leave(held, random, str(place)),
        lambda: _leave(held, random, group),
        lambda: held.add(group, *some) if some else None,
        lambda: held.remove(group, place),
        lambda: held.replace_members(group, *some),
        lambda: held.patch("rename_group", group, {"op": "replace", "value": {"id": held.ids[group], "displayName": random.choice("xyz")}}),
        lambda: held.patch("clear_members", group, {"op": "remove", "path": "members"}),
    ]  # fmt: skip


def _leave(held: Held, random: Random, place: str) -> None:
    """A deletion, after which the place is mostly somebody else's."""
    if held.delete(place).is_success and random.random() < 0.7:
        for known in (held.ids, held.seen, held.tags):
            known.pop(place, None)


def _looks(held: Held, random: Random, place: int, group: str) -> list[Callable[[], object]]:
    seen = held.seen.get(str(place), {})
    name = random.choice(("title", "nickName", "externalId", "userName"))
    value = json.dumps(get(seen, name) or "nothing", ensure_ascii=False)
    looks: list[Callable[[], object]] = [
        lambda: held.read(place),
        lambda: held.read(group),
        lambda: held.lookup(random.randrange(4), capitals=random.random() < 0.3),
        lambda: held.filtered("lookup_group", "/Groups", f'displayName eq "{random.choice("xyz")}"'),
        held.list,
        lambda: held.list("list_groups", "/Groups"),
        lambda: held.list("page", start=random.randrange(1, 4), count=2),
        lambda: held.list("count", count=0),
        lambda: held.filtered("find", "/Users", f"{name} eq {value}"),
        lambda: held.filtered("find_group", "/Groups", f'members.value eq "{held.ids[str(place)]}"'),
        lambda: held.read(
            place, "read_part", f"?attributes={random.choice(('title', 'emails,locale', 'groups'))}"
        ),
        lambda: held.read(group, "read_group_part", "?excludedAttributes=members"),
    ]
    if str(place) in held.tags:
        looks.append(lambda: held.read(place, "read_if_changed", If_None_Match=held.tags[str(place)][-1]))
    if group in held.tags:
        looks.append(lambda: held.read(group, "read_group_if_changed", If_None_Match=held.tags[group][-1]))
    return looks
