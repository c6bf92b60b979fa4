"""Requests that look right, made of what a server publishes: bodies, paths and filters from its own schemas.

A quarter of what is in them is wrong all the same: a value of another type, an operator that does not fit, an id of nobody.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

API = "urn:ietf:params:scim:api:messages:2.0:"
ENOUGH = 150  # resources of a type; beyond them more are deleted than made
WORDS = (
    "a",
    "Ada",
    "work",
    "home",
    "x@example.com",
    "",
    " ",
    "é",
    "\u202e",
    "bulkId:1",
    'q"uote',
    "%",
    "\\",
    "0",
    "null",
)
CHOICES: Mapping[str, Sequence[Any]] = {
    "boolean": (True, False),
    "integer": (0, 1, -5, 2**40),
    "decimal": (0, 1.5, -1e300),
    "dateTime": (
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.678+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ),
    "binary": ("TWlk", "", "TQ==", "????"),
}
WRONG = (
    None,
    True,
    0,
    -1,
    1.5,
    2**53,
    10**30,
    "",
    "x",
    [],
    {},
    [None],
    [[]],
    {"value": None},
    {"x": {"y": []}},
)
# What every resource has, in no schema of its own (RFC 7643 section 3.1).
COMMON = [
    {"name": "id", "type": "string", "multiValued": False, "required": False, "uniqueness": "server"},
    {"name": "externalId", "type": "string", "multiValued": False, "required": False},
    {
        "name": "meta",
        "type": "complex",
        "multiValued": False,
        "required": False,
        "subAttributes": [
            {
                "name": "resourceType",
                "type": "string",
                "multiValued": False,
                "canonicalValues": ["User", "Group"],
            },
            {"name": "lastModified", "type": "dateTime", "multiValued": False},
            {"name": "version", "type": "string", "multiValued": False},
        ],
    },
]
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")


@dataclass(frozen=True)
class Request:
    """One request; a body is JSON, or what is left of it."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class ValidLooking:
    """Makes requests of a server's schemas and resource types, the same ones of a seed as long as the answers are.

    `remember` hears each answer, so that later requests are about resources that there are.
    """

    def __init__(self, seed: int, schemas: list[Any], types: list[Any]) -> None:
        self.luck = random.Random(seed)  # noqa: S311 -- no secret
        self.types = types
        self.attributes = {schema["id"]: schema["attributes"] for schema in schemas}
        self.ids: dict[str, list[str]] = {kind["endpoint"]: [] for kind in types}
        self.cursor = ""

    def next(self) -> Request:
        """Any request there can be, the more often the more there is to it."""
        makers: list[tuple[int, Callable[[Any], Request]]] = [
            (20, self._create), (25, self._patch), (10, self._replace), (8, self._delete), (8, self._read),
            (15, self._list), (8, self._search), (8, self._bulk), (2, self._discover), (3, self._me),
        ]  # fmt: skip
        weights, choices = zip(*makers, strict=True)
        request = self.luck.choices(choices, weights)[0](self.luck.choice(self.types))
        if request.body and self._seldom(20):
            place = self.luck.randrange(len(request.body))
            return Request(
                request.method,
                request.path,
                request.body[:place] + b"\xff" * self._seldom(2),
                request.headers,
            )
        return request

    def remember(self, request: Request, status: int, answer: Any) -> None:
        """What was answered: who is there, who is gone, and where a list goes on."""
        endpoint, _, identifier = request.path.partition("?")[0][1:].partition("/")
        known = self.ids.get(f"/{endpoint}")
        if known is not None and status == 201:
            known.append(answer["id"])
        elif known is not None and status in {204, 404} and identifier in known:
            known.remove(identifier)
        self.cursor = (answer or {}).get("nextCursor", self.cursor)
        for result in (answer or {}).get("Operations", []):
            endpoint, _, identifier = result.get("location", "").rpartition("/")
            if result["status"] == "201":
                self.ids[f"/{endpoint.rpartition('/')[2]}"].append(identifier)

    def _seldom(self, one_in: int) -> bool:
        return self.luck.randrange(one_in) == 0

    def _id(self, endpoint: str) -> str:
        ids = self.ids[endpoint]
        return "nobody" if not ids or self._seldom(12) else self.luck.choice(ids)

    def _anybody(self) -> str:
        return self._id(self.luck.choice(self.types)["endpoint"])

    def _containers(self, kind: Any) -> list[tuple[str, list[Any]]]:
        """Where attributes stand: at the top, and in each extension."""
        extensions = [each["schema"] for each in kind.get("schemaExtensions", [])]
        return [
            ("", [*self.attributes[kind["schema"]], *COMMON]),
            *((urn, self.attributes[urn]) for urn in extensions),
        ]

    def _value(self, attribute: Any, *, one: bool = False) -> Any:
        if self._seldom(25):
            return self.luck.choice(WRONG)
        if attribute["multiValued"] and not one:
            return [self._value(attribute, one=True) for _ in range(self.luck.randrange(4))]
        if attribute["type"] == "complex":
            parts = attribute.get("subAttributes", [])
            return {
                part["name"]: self._value(part) for part in parts if part.get("required") or self._seldom(2)
            }
        if attribute.get("canonicalValues") and self._seldom(2):
            return self.luck.choice(attribute["canonicalValues"])
        return self._simple(attribute)

    def _simple(self, attribute: Any) -> Any:
        choices = CHOICES.get(attribute["type"])
        if choices:
            return self.luck.choice(choices)
        if attribute["name"] == "value" and self._seldom(2):
            return self._anybody()
        word = self.luck.choice(WORDS)
        is_alone = attribute.get("uniqueness") != "none" or self._seldom(3)
        return f"{word}{self.luck.randrange(10**6)}" if is_alone else word

    def _resource(self, kind: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"schemas": [kind["schema"]]}
        for urn, attributes in self._containers(kind):
            found = {
                each["name"]: self._value(each) for each in attributes if each["required"] or self._seldom(5)
            }
            if not urn:
                body |= found
            elif found and self._seldom(2):
                body[urn] = found
                body["schemas"].append(urn)
        return body

    def _place(self, kind: Any) -> tuple[str, Any]:
        """The path of an attribute, and its definition."""
        urn, attributes = self.luck.choice(self._containers(kind))
        attribute = self.luck.choice(attributes)
        path = f"{urn}:{attribute['name']}" if urn else attribute["name"]
        if attribute.get("subAttributes") and self._seldom(2):
            attribute = self.luck.choice(attribute["subAttributes"])
            path = f"{path}.{attribute['name']}"
        return path, attribute

    def _comparison(self, path: str, attribute: Any) -> str:
        if self._seldom(5):
            return f"{path} pr"
        value = self._value(attribute, one=True)
        literal = value if isinstance(value, str | int | float | bool | None) else self.luck.choice(WORDS)
        return f"{path} {self.luck.choice(OPERATORS)} {json.dumps(literal)}"

    def _filter(self, kind: Any, depth: int = 3) -> str:
        if depth == 0 or self._seldom(2):
            return self._comparison(*self._place(kind))
        match self.luck.randrange(4):
            case 0:
                return f"not ({self._filter(kind, depth - 1)})"
            case 1:
                return f"{self._filter(kind, depth - 1)} and {self._filter(kind, depth - 1)}"
            case 2:
                return f"({self._filter(kind, depth - 1)} or {self._filter(kind, depth - 1)})"
        return self._chosen(kind)[0]

    def _chosen(self, kind: Any) -> tuple[str, Any]:
        """Some values of an attribute that may have several, `emails[type eq "work"]`, and its definition."""
        several = [
            each
            for _, attributes in self._containers(kind)
            for each in attributes
            if each.get("subAttributes")
        ]
        attribute = self.luck.choice(several)
        parts = [self.luck.choice(attribute["subAttributes"]) for _ in range(1 + self._seldom(3))]
        wanted = f" {self.luck.choice(('and', 'or'))} ".join(
            self._comparison(part["name"], part) for part in parts
        )
        return f"{attribute['name']}[{wanted}]", attribute

    def _operation(self, kind: Any) -> dict[str, Any]:
        op = self.luck.choice(("add", "replace", "remove", "Replace"))
        if op != "remove" and self._seldom(4):
            return {"op": op, "value": self._resource(kind)}
        path, attribute = self._chosen(kind) if self._seldom(3) else self._place(kind)
        if path.endswith("]") and self._seldom(2):
            attribute = self.luck.choice(attribute["subAttributes"])
            path = f"{path}.{attribute['name']}"
        return {"op": op, "path": path} | (
            {} if op == "remove" else {"value": self._value(attribute, one=self._seldom(2))}
        )

    def _message(self, name: str, **members: Any) -> bytes:
        return json.dumps({"schemas": [f"{API}{name}"], **members}).encode()

    def _operations(self, kind: Any) -> list[dict[str, Any]]:
        return [self._operation(kind) for _ in range(1 + self.luck.randrange(4))]

    def _projected(self, path: str, kind: Any) -> str:
        if not self._seldom(6):
            return path
        return f"{path}?{urlencode({self.luck.choice(('attributes', 'excludedAttributes')): self._place(kind)[0]})}"

    def _conditions(self) -> dict[str, str]:
        tag = self.luck.choice(("*", 'W/"1"', '"1"', "x,*"))
        return {self.luck.choice(("If-Match", "If-None-Match")): tag} if self._seldom(8) else {}

    def _create(self, kind: Any) -> Request:
        if len(self.ids[kind["endpoint"]]) > ENOUGH:
            return self._delete(kind)
        return Request(
            "POST", self._projected(kind["endpoint"], kind), json.dumps(self._resource(kind)).encode()
        )

    def _one(self, kind: Any) -> str:
        return self._projected(f"{kind['endpoint']}/{self._id(kind['endpoint'])}", kind)

    def _patch(self, kind: Any) -> Request:
        return Request(
            "PATCH",
            self._one(kind),
            self._message("PatchOp", Operations=self._operations(kind)),
            self._conditions(),
        )

    def _replace(self, kind: Any) -> Request:
        return Request("PUT", self._one(kind), json.dumps(self._resource(kind)).encode(), self._conditions())

    def _delete(self, kind: Any) -> Request:
        return Request(
            "DELETE", f"{kind['endpoint']}/{self._id(kind['endpoint'])}", headers=self._conditions()
        )

    def _read(self, kind: Any) -> Request:
        return Request("GET", self._one(kind), headers=self._conditions())

    def _asked(self, kind: Any) -> dict[str, Any]:
        """What a list is asked for."""
        choices: dict[str, Any] = {
            "filter": self._filter(kind), "sortBy": self._place(kind)[0], "sortOrder": self.luck.choice(("ascending", "descending")),
            "count": self.luck.choice((0, 1, 7, 10**6, -1)), "startIndex": self.luck.choice((1, 0, 5, 10**20)),
            "cursor": self.luck.choice(("", self.cursor, "x")),
        }  # fmt: skip
        return {name: value for name, value in choices.items() if self._seldom(2 if name == "filter" else 4)}

    def _list(self, kind: Any) -> Request:
        query = self._asked(kind) | ({"attributes": self._place(kind)[0]} if self._seldom(6) else {})
        return Request(
            "GET", f"{self.luck.choice((kind['endpoint'], kind['endpoint'], '/'))}?{urlencode(query)}"
        )

    def _search(self, kind: Any) -> Request:
        place = self.luck.choice((kind["endpoint"], ""))
        return Request("POST", f"{place}/.search", self._message("SearchRequest", **self._asked(kind)))

    def _job(self, number: int) -> dict[str, Any]:
        request = self.luck.choice((self._create, self._create, self._patch, self._replace, self._delete))(
            self.luck.choice(self.types)
        )
        job = {"method": request.method, "path": request.path.partition("?")[0]}
        if request.body:
            job["data"] = json.loads(request.body)
        return job | ({"bulkId": str(number)} if request.method == "POST" else {})

    def _bulk(self, _: Any) -> Request:
        jobs = [self._job(number) for number in range(self.luck.randrange(6))]
        return Request(
            "POST",
            "/Bulk",
            self._message("BulkRequest", Operations=jobs, **({"failOnErrors": 1} if self._seldom(4) else {})),
        )

    def _discover(self, kind: Any) -> Request:
        places = (
            "/ServiceProviderConfig",
            "/ResourceTypes",
            "/Schemas",
            f"/Schemas/{kind['schema']}",
            f"/ResourceTypes/{kind['name']}",
        )
        return Request("GET", self.luck.choice(places))

    def _me(self, kind: Any) -> Request:
        request = self.luck.choice((self._read, self._patch, self._replace))(kind)
        return Request(request.method, "/Me", request.body, request.headers)
