"""What a fault is made of: what is asked, what is answered, and the place between client and honest server."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCIM_JSON = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_PLACE = re.compile(
    r"(?P<root>.*?)/(?P<kind>Users|Groups|Schemas|ResourceTypes|ServiceProviderConfig|Bulk|Me|\.search)(?:/(?P<id>.*))?"
)
_ELSEWHERE = re.compile(r"(?P<root>.*)/(?P<kind>[^/]*)(?P<id>)")
_COMPARISON = re.compile(r'([\w.:$\[\]-]+)\s+(\w+)\s+"((?:[^"\\]|\\.)*)"')

Json = Any


@dataclass(frozen=True)
class Asked:
    """A request. `kind` is the endpoint's name, `id` what follows it; header names are in lower case.

    Of an endpoint that is not one of the RFC's, `kind` is the last part of the path.
    """

    method: str
    root: str
    kind: str
    id: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def place(self) -> str:
        """What a fault's `on` is compared with: `GET /Users`, `PATCH /Groups/7`."""
        return f"{self.method} /{self.kind}" + (f"/{self.id}" if self.id else "")

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters by name, decoded; of one given twice the last."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def reads(self) -> bool:
        """Whether it asks for one user or group."""
        return self.method == "GET" and bool(self.id) and self.kind in {"Users", "Groups"}

    @property
    def lists(self) -> bool:
        """Whether it asks for several, with a filter or without."""
        return self.method == "GET" and not self.id and self.kind in {"Users", "Groups"}

    @property
    def looks_up(self) -> bool:
        """Whether it asks for those whom a filter fits."""
        return self.lists and bool(self.filter)

    @property
    def filter(self) -> str:
        """The filter, decoded; empty where there is none."""
        return self.query.get("filter", "")

    @property
    def sought(self) -> tuple[str, str, str]:
        """Attribute, operator and value of the filter's first comparison with a string, or three times nothing."""
        found = _COMPARISON.search(self.filter)
        return (
            (found[1].lower(), found[2].lower(), str(orjson.loads(f'"{found[3]}"')))
            if found
            else ("", "", "")
        )

    @property
    def json(self) -> Json:
        """A fresh copy of the body; an empty object where it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def operations(self) -> list[dict[str, Json]]:
        """The operations of a PATCH."""
        listed = self.json.get("Operations", [])
        return [each for each in listed if isinstance(each, dict)]

    def sets(self, name: str) -> Json:
        """The value a write gives an attribute, or None."""
        found = self.json.get(name)
        for each in self.operations:
            value = each.get("value")
            if each.get("path", "").lower() == name.lower():
                found = value
            elif "path" not in each and isinstance(value, dict):
                found = value.get(name, found)
        return found

    def asking(self, **changed: Json) -> Self:
        """With other query parameters; None takes one away."""
        query = {key: str(value) for key, value in {**self.query, **changed}.items() if value is not None}
        return replace(self, query_string=urlencode(query))

    def saying(self, document: Json) -> Self:
        """With another body."""
        return replace(self, body=orjson.dumps(document))

    def rewriting(self, change: Callable[[str, Json], Json]) -> Self:
        """With what `change` makes of the name or path, and the value, of each attribute that a write sets."""

        def rewritten(value: Json, path: str | None = None) -> Json:
            if path or not isinstance(value, dict):
                return change(path or "", value)
            return {key: change(key, each) for key, each in value.items()}

        operations = [
            {**each, "value": rewritten(each["value"], each.get("path"))} if "value" in each else each
            for each in self.operations
        ]
        return self.saying({**self.json, "Operations": operations} if operations else rewritten(self.json))

    def patching(self, *operations: Json) -> Self:
        """The same caller's PATCH of the same with these operations."""
        return self.of("PATCH").saying({"schemas": [PATCH], "Operations": operations})

    def of(self, method: str, id: str | None = None, *, kind: str = "") -> Self:  # noqa: A002 -- the field's word
        """The same caller's request for something else, without query and body."""
        return replace(
            self,
            method=method,
            kind=kind or self.kind,
            id=self.id if id is None else id,
            query_string="",
            body=b"",
        )


@dataclass(frozen=True)
class Answer:
    """An answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Json:
        """A fresh copy of the body; an empty object where there is none."""
        return orjson.loads(self.body) if self.body else {}

    @property
    def resources(self) -> list[dict[str, Json]]:
        """Those on a list."""
        listed: list[dict[str, Json]] = self.json.get("Resources", [])
        return listed

    def saying(self, document: Json) -> Self:
        """With another body; the headers stay, and the length is counted when it is sent."""
        return replace(self, body=orjson.dumps(document))

    def having(self, **members: Json) -> Self:
        """With other members of the body; None takes one away."""
        document = {**self.json, **members}
        return self.saying({key: value for key, value in document.items() if value is not None})

    def headed(self, **headers: str | None) -> Self:
        """With other headers, `_` standing for `-`; None takes one away."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {**self.headers, **named}
        return replace(self, headers={name: value for name, value in merged.items() if value is not None})

    def showing(self, listed: list[dict[str, Json]], total: int | None = None) -> Self:
        """A list with other resources, counted truly unless told otherwise."""
        total = len(listed) if total is None else total
        return self.having(Resources=listed, totalResults=total, itemsPerPage=len(listed))

    def each(self, change: Callable[[dict[str, Json]], object]) -> Self:
        """With every user or group it shows changed in place, alone or on a list."""
        if not self.ok or not self.body:
            return self
        document = self.json
        for shown in document.get("Resources", [document]):
            change(shown)
        return self.saying(document)


def reply(document: Json, status: int = 200) -> Answer:
    """An answer in SCIM's media type."""
    return Answer(status, {"content-type": SCIM_JSON}, orjson.dumps(document))


def refusal(status: int, detail: str, scim_type: str | None = None) -> Answer:
    """A SCIM error, which is honest in all but that it comes."""
    document = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return reply({**document, "scimType": scim_type} if scim_type else document, status)


def raw(status: int, body: bytes = b"", content_type: str = "text/plain") -> Answer:
    """An answer that is not SCIM; without a body it has no type either."""
    return Answer(status, {"content-type": content_type} if body else {}, body)


Honest = Callable[[Asked], Awaitable[Answer]]


class Fault:
    """One wrong behaviour, said in its docstring; honest in all but its situation.

    `on` holds patterns of the requests it concerns, and `when` narrows them. Then `mishear` changes
    what is asked and `distort` what is answered; where that is not enough, `serve` does it all.
    """

    id: ClassVar[str] = ""  # as `serve --fault` takes it; empty in a class that faults share
    source: ClassVar[str] = ""  # the URL of a report of a real server that is like this
    severity: ClassVar[str] = ""  # one of the severities of checks
    on: ClassVar[tuple[str, ...]] = ("*",)
    only_under_load: ClassVar[bool] = False  # whether a run of some hundred requests is too small to show it
    every: ClassVar[list[type["Fault"]]] = []

    def __init_subclass__(
        cls,
        *,
        id: str = "",  # noqa: A002 -- the field's word
        severity: str = "",
        source: str = "",
        on: str | tuple[str, ...] = (),
    ) -> None:
        if on:
            cls.on = (on,) if isinstance(on, str) else on
        if id:
            cls.id, cls.severity, cls.source = id, severity, source
            Fault.every.append(cls)

    @classmethod
    def says(cls) -> str:
        """What is wrong, in one sentence."""
        return (cls.__doc__ or "").strip()

    def when(self, asked: Asked) -> bool:
        """Whether the situation is the fault's, of a request that `on` fits; unless overridden it always is."""
        return bool(asked)

    def mishear(self, asked: Asked) -> Asked:
        """What the honest server is asked instead; unless overridden the same."""
        return asked

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        """What is answered instead; unless overridden the same. It sees the request as the client sent it."""
        return answer

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        """The answer in the fault's situation; `honest` asks the honest server, as often as it takes."""
        return self.distort(asked, await honest(self.mishear(asked)))

    def concerns(self, asked: Asked) -> bool:
        """Whether the fault shows at this request; all others are answered honestly."""
        return any(fnmatchcase(asked.place, pattern) for pattern in self.on) and self.when(asked)

    def apply(self, app: ASGIApp) -> ASGIApp:
        """The server with this fault; what is not HTTP goes through as it is."""

        async def bent(scope: Scope, receive: Receive, send: Send) -> None:
            asked = await _asked(scope, receive) if scope["type"] == "http" else None
            if asked is None:
                await app(scope, receive, send)
                return

            async def honest(wanted: Asked) -> Answer:
                return await _ask(app, scope, wanted)

            await _send(await self.answering(asked, honest), send)

        return bent

    async def answering(self, asked: Asked, honest: Honest) -> Answer:
        """The fault's answer where it shows, else the honest one."""
        return await (self.serve(asked, honest) if self.concerns(asked) else honest(asked))


async def _asked(scope: Scope, receive: Receive) -> Asked | None:
    """The request, or None where there is no path."""
    place = _PLACE.fullmatch(scope["path"]) or _ELSEWHERE.fullmatch(scope["path"])
    if place is None:
        return None
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    return Asked(scope["method"], place["root"], place["kind"], place["id"] or "", query, headers, body)


async def _ask(app: ASGIApp, scope: Scope, asked: Asked) -> Answer:
    path = f"{asked.root}/{asked.kind}" + (f"/{asked.id}" if asked.id else "")
    headers = {**asked.headers, "content-length": str(len(asked.body))}
    wanted = {
        **scope,
        "method": asked.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": asked.query_string.encode("latin-1"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
    }
    heard: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Message) -> None:
        heard.append(message)

    await app(wanted, receive, send)
    start = next(each for each in heard if each["type"] == "http.response.start")
    said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], said, b"".join(each.get("body", b"") for each in heard))


async def _send(answer: Answer, send: Send) -> None:
    headers = dict(answer.headers)
    headers.pop("content-length", None)
    if answer.status not in {204, 304}:
        headers["content-length"] = str(len(answer.body))
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
