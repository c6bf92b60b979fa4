"""A target with real people on it that lies by a program: which answers, how often, and in which way.

Whatever it says, it does what it is asked: so what is written to a stranger shows. One lie is left out, for
nobody could see through it: a target that answers our create with a stranger's id, and then shows the
stranger under our name to every GET of that id, is in all it says a target on which that is ours.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
from hypothesis import strategies as st
from playing import BASE_URL, TOKEN, reference_transport

from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER, Json

PEOPLE = (
    ("Quillfeather", "Ottoline"), ("Zandervliet", "Barnaby"), ("Mxolisi", "Thandeka"),
    ("Vrbovski", "Jaromir"), ("Ødegårdstad", "Sølvi"), ("Pemberquist", "Isolde"),
)  # fmt: skip
SECRETS = {"$SCIM_TESTS_CLIENT_SECRET": "cs-9fK2vTq7LmZx", "$SCIM_TESTS_HEADER_KEY": "hk/4Rw+8Yb=Nd2"}
PLACEHOLDERS = ("$SCIM_TESTS_TOKEN", "$SCIM_TESTS_PASSWORD", *SECRETS)
KINDS = ("create", "read", "lookup", "list", "write")
DOORS = (b"authorization", b"apikey")  # headers a profile may put the token in
REFUSALS = (400, 404, 409, 500, 401, 403, 410, 415, 429, 501, 302, 304)
Shown = dict[str, Json]


@dataclass(frozen=True)
class Lie:
    """One line of a program: `how` is the name of a method of `Liar`, told of every `every`th answer of a kind."""

    how: str
    kind: str
    endpoint: str
    every: int
    which: int  # of the strangers, or of ours


@dataclass
class Liar(httpx.AsyncBaseTransport):
    """The reference server with six people and two groups on it, whose answers are bent by a program."""

    program: Sequence[Lie]
    honest: httpx.AsyncBaseTransport = field(default_factory=reference_transport)
    strangers: dict[str, list[Shown]] = field(default_factory=lambda: {"Users": [], "Groups": []})
    ours: dict[str, list[Shown]] = field(default_factory=lambda: {"Users": [], "Groups": []})
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    last: dict[str, bytes] = field(default_factory=dict)
    authorization: str = ""
    told_secrets: list[str] = field(
        default_factory=list
    )  # what was asked with a secret where it opens no door

    async def settle(self) -> None:
        """Put the real people and groups there."""
        for last, first in PEOPLE:
            address = f"{first}.{last}@real.example.org"
            user = {
                "schemas": [USER, ENTERPRISE_USER], "userName": address, "displayName": f"{first} {last}",
                "name": {"givenName": first, "familyName": last}, "emails": [{"value": address, "primary": True}],
                "phoneNumbers": [{"value": "+49 30 7654321"}], ENTERPRISE_USER: {"department": "Sales"},
            }  # fmt: skip
            self.strangers["Users"].append(await self._ask("POST", "/Users", user))
        for name in ("Finance", "Board"):
            members = [{"value": each["id"]} for each in self.strangers["Users"][:3]]
            group = {"schemas": [GROUP], "displayName": name, "members": members}
            self.strangers["Groups"].append(await self._ask("POST", "/Groups", group))
        self.strangers["Users"] = [
            await self._ask("GET", f"/Users/{each['id']}") for each in self.strangers["Users"]
        ]

    async def harmed(self) -> list[Shown]:
        """The real people and groups who are no longer as they were."""
        found = []
        for kind, before in self.strangers.items():
            for each in before:
                now = await self._ask("GET", f"/{kind}/{each['id']}")
                found += [now] if now != each else []
        return found

    async def remaining(self) -> set[str]:
        """The names of all that runs made and that are still there, groups as the ledger calls them."""
        found = set()
        for kind, before in self.strangers.items():
            listed = (await self._ask("GET", f"/{kind}?count=1000"))["Resources"]
            key, prefix = ("userName", "") if kind == "Users" else ("displayName", "/Groups/")
            known = {each["id"] for each in before}
            found |= {f"{prefix}{each[key]}" for each in listed if each["id"] not in known}
        return found

    async def _ask(self, method: str, path: str, body: Json = None) -> Shown:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        content = json.dumps(body).encode() if body else b""
        request = httpx.Request(method, BASE_URL + path, headers=headers, content=content)
        answer = await self.honest.handle_async_request(request)
        shown: Shown = json.loads(await answer.aread())
        return shown

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        endpoint, _, id_ = request.url.path.removeprefix("/scim/v2/").partition("/")
        self.authorization = request.headers.get("Authorization", "")
        others = [pair for pair in request.headers.raw if pair[0].lower() not in DOORS]
        said = b"\n".join([request.url.raw_path, await request.aread(), repr(others).encode()])
        self.told_secrets += [
            f"{request.method} {request.url}" for each in (TOKEN, *SECRETS.values()) if each.encode() in said
        ]
        kind = _kind(request, id_)
        lies = [each for each in self.program if each.kind == kind and each.endpoint in {endpoint, "*"}]
        lies = [each for each in lies if self._is_due(each)]
        if any(each.how == "twice" for each in lies):
            await (await self.honest.handle_async_request(request)).aread()
        answer = await self.honest.handle_async_request(request)
        body = await answer.aread()
        if kind == "create" and answer.status_code == 201 and endpoint in self.ours:
            self.ours[endpoint].append(json.loads(body))
        return self._bent(answer, body, lies, endpoint)

    def _is_due(self, lie: Lie) -> bool:
        place = (lie.how, lie.kind)
        self.told[place] = self.told.get(place, 0) + 1
        return self.told[place] % lie.every == 0

    def _bent(
        self, answer: httpx.Response, body: bytes, lies: Sequence[Lie], endpoint: str
    ) -> httpx.Response:
        headers = [each for each in answer.headers.raw if each[0].lower() != b"content-length"]
        status = answer.status_code
        if endpoint in self.strangers:
            for lie in lies:
                if lie.how == "late":
                    body, self.last[endpoint] = self.last.get(endpoint, body), body
                elif lie.how == "refused":
                    status = REFUSALS[lie.which % len(REFUSALS)]
                elif lie.how == "cut":
                    body = body[: len(body) * lie.which // 16]
                elif lie.how == "headers":
                    stranger = self._stranger(lie, endpoint)["id"].encode()
                    here = f"{BASE_URL}/{endpoint}/".encode() + stranger
                    headers += [
                        (b"location", here),
                        (b"content-location", here),
                        (b"x-seen", self._seen(lie)),
                    ]
                elif lie.how != "twice":
                    body = self._with(body, lie, endpoint)
        return httpx.Response(status, headers=headers, content=body)

    def _with(self, body: bytes, lie: Lie, endpoint: str) -> bytes:
        """The body with each resource it shows bent."""
        try:
            document = json.loads(body)
        except ValueError:
            return body
        if not isinstance(document, dict):
            return body
        rows = document.get("Resources") if "Resources" in document else [document]
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            return body
        bend: Callable[[list[Shown], Lie, str], None] = getattr(self, lie.how)
        bend(rows, lie, endpoint)
        return json.dumps(document).encode()

    def _stranger(self, lie: Lie, endpoint: str) -> Shown:
        return self.strangers[endpoint][lie.which % len(self.strangers[endpoint])]

    def _own(self, lie: Lie, endpoint: str) -> Shown:
        known = self.ours[endpoint] or self.strangers[endpoint]
        return known[lie.which % len(known)]

    def _seen(self, lie: Lie) -> bytes:
        """What opened the door, in another writing."""
        said = self.authorization.removeprefix("Bearer ").encode()
        return (said, base64.b64encode(said), said.hex().encode(), base64.b32encode(said))[lie.which % 4]

    # The lies. Each bends the rows of an answer in place.

    def shifted(self, rows: list[Shown], _: Lie, __: str) -> None:
        ids = [each.get("id") for each in rows]
        for row, id_ in zip(rows, [*ids[1:], *ids[:1]], strict=True):
            row["id"] = id_

    def swapped(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        ours, theirs = self._own(lie, endpoint)["id"], self._stranger(lie, endpoint)["id"]
        for row in rows:
            row["id"] = {ours: theirs, theirs: ours}.get(str(row.get("id")), row.get("id"))

    def reused(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        for row in rows:
            row["id"] = self._stranger(lie, endpoint)["id"]

    def odd(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        id_ = self._stranger(lie, endpoint)["id"]
        shapes: list[Json] = [
            {"value": id_}, [id_], f" {id_} ", f"{id_}/../{id_}", f"../{endpoint}/{id_}", f"{id_}?x=", f"..;/{id_}",
            f"{id_}\x00", f"%2e%2e/{id_}", id_.upper(), f"{id_}#", None, f"/{id_}", f"{id_}%20",
        ]  # fmt: skip
        for row in rows:
            row["id"] = shapes[lie.which % len(shapes)]

    def renamed(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        key = "userName" if endpoint == "Users" else "displayName"
        for row in rows:
            row[key] = self._stranger(lie, endpoint)[key]

    def called_ours(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        key, strangers = "userName" if endpoint == "Users" else "displayName", self.strangers[endpoint]
        for row in rows:
            if row.get("id") in {each["id"] for each in strangers}:
                row[key] = self._own(lie, endpoint)[key]

    def somebody(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        for row in rows:
            row.update(self._stranger(lie, endpoint))

    def somebody_by_our_id(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        for row in rows:
            row.update({**self._stranger(lie, endpoint), "id": row.get("id")})

    def mixed(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        """A stranger's data under our id and our name."""
        key = "userName" if endpoint == "Users" else "displayName"
        for row in rows:
            row.update({**self._stranger(lie, endpoint), "id": row.get("id"), key: row.get(key)})

    def another_of_ours(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        key, ours = "userName" if endpoint == "Users" else "displayName", self.ours[endpoint]
        for row in rows:
            if row.get("id") in {each["id"] for each in ours}:
                row[key] = self._own(lie, endpoint)[key]

    def nested(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        """What is shown stands deeper than it should, beside a stranger."""
        inner = [dict(each) for each in rows]
        rows[:] = [{"resource": inner, "more": [[self._stranger(lie, endpoint)]]}]

    def nameless(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        key = "userName" if endpoint == "Users" else "displayName"
        for row in rows:
            row[key] = (None, "", [row.get(key)], {"value": row.get(key)}, 7, False)[lie.which % 6]

    def others(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        rows[lie.which % (len(rows) + 1) : 0] = [
            dict(self._stranger(lie, endpoint)),
            dict(self._own(lie, endpoint)),
        ]

    def made_by(self, rows: list[Shown], lie: Lie, endpoint: str) -> None:
        stranger = self._stranger(lie, endpoint)
        for row in rows:
            shown = {"createdBy": stranger, "members": [{"value": stranger["id"], "display": "x"}], **row}
            row.clear()
            row.update(shown)

    def placeholders(self, rows: list[Shown], lie: Lie, _: str) -> None:
        for row in rows:
            said = PLACEHOLDERS[lie.which % len(PLACEHOLDERS)]
            row.update({"nickName": said, "title": f"x{said}y", "externalId": said, "urn:x": {said: [said]}})

    def echoes(self, rows: list[Shown], lie: Lie, _: str) -> None:
        for row in rows:
            row.update(
                {
                    "nickName": self._seen(lie).decode(),
                    "profileUrl": f"https://x/?t={self._seen(lie).decode()}",
                }
            )


def _kind(request: httpx.Request, id_: str) -> str:
    if request.method == "POST":
        return "create"
    if request.method != "GET":
        return "write"
    return "read" if id_ else "lookup" if "filter" in request.url.params else "list"


HOWS = (
    "shifted", "swapped", "reused", "odd", "renamed", "called_ours", "somebody", "somebody_by_our_id", "mixed", "others",
    "made_by", "placeholders", "echoes", "late", "twice", "refused", "headers", "cut", "another_of_ours", "nested", "nameless",
)  # fmt: skip
LIES = st.builds(
    Lie,
    how=st.sampled_from(HOWS),
    kind=st.sampled_from(KINDS),
    endpoint=st.sampled_from(["Users", "Groups", "*"]),
    every=st.sampled_from([1, 1, 2, 3, 7]),
    which=st.integers(0, 15),
)


def nobody_could_see_through(program: Sequence[Lie]) -> bool:
    """Whether a GET by a stranger's id may show it under a name of ours, while a create is answered with that id."""
    return any(each.how == "called_ours" and each.kind == "read" for each in program) and any(
        each.kind == "create"
        and each.how in {"reused", "swapped", "somebody", "odd", "late", "shifted", "others"}
        for each in program
    )


# Of which nobody may be lost, for lookups are honest, and so is what is shown by id.
ABOUT_CREATES = st.lists(LIES.filter(lambda lie: lie.kind in {"create", "write"}), min_size=1, max_size=4)
PROGRAMS = st.lists(LIES, min_size=1, max_size=5).filter(
    lambda program: not nobody_could_see_through(program)
)
