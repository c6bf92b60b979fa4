"""What of an answer does not depend on who asks and when, so that it can be compared with that of another run."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import parse_qs, unquote_plus

from scim_tests.report.reproduction.scripted.answers import Json, get, parsed

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
UUID = re.compile(r"(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
OF_PEOPLE = re.compile(r"/(?:(?:Users|Groups)(?:/\.search)?|\.search)/?(?:\?.*)?", re.DOTALL)
EACH = "(each)"  # of a list: those it is looked at for


class Likeness:
    """Tells answers in the order of their steps; `names` maps what is a run's own to what it is called here.

    `about` are those whom a list is looked at for, as they are called; `sent` is what a script itself wrote;
    `ordered` says whether the order of lists is known.
    """

    def __init__(
        self, names: Mapping[str, str], about: Collection[str], sent: Collection[str], *, ordered: bool
    ) -> None:
        self.names = {name.lower(): called for name, called in names.items() if name}
        self.about, self.sent, self.ordered = about, sent, ordered
        either = "|".join(map(_bounded, sorted(self.names, key=len, reverse=True)))
        self.named = re.compile(either or r"(?!)", re.IGNORECASE)
        self.values: dict[str, dict[str, int]] = {}  # by place: dates and versions, and which each of them is
        self.orders: dict[str, list[str]] = {}  # by endpoint: the ids of its first list

    def of(self, answer: Mapping[str, Json]) -> dict[str, Json]:
        """What of an answer does not depend on who asks and when."""
        headers = {name.lower(): self.text(value, name) for name, value in answer["headers"]}
        body = parsed(answer["body"], telling=True)
        status = min(answer["status"], 500)  # one is as bad as the other
        whose = self.names.get(str(get(body, "id")).lower(), "")
        try:
            said = self._body(body, answer)
        except RecursionError:
            said = "nested too deep"
        return {"status": status, "whose": whose, "headers": headers, "body": said}

    def _body(self, body: Json, answer: Mapping[str, Json]) -> Json:
        if body is None:
            said = answer["body"].strip()
            return "no JSON" if said and said != "null" else said or "no body"
        if isinstance(get(body, "Resources"), list) and OF_PEOPLE.fullmatch(answer["path"]):
            return self._list(body, answer)
        return self.value(body, "$", self._name(body))

    def _name(self, resource: Json) -> str:
        """What a resource of this run is called here, by its id or by its name; nothing for anybody else's."""
        name = get(resource, "userName") or get(resource, "displayName")
        by_name = f"named {self.text(name)}" if isinstance(name, str) and self.text(name) != name else ""
        return self.names.get(str(get(resource, "id")).lower(), by_name)

    def text(self, text: str, place: str = "") -> str:
        """A text without what is a run's own in it; dates and versions are told by what they look like."""
        if text in self.sent:
            return text
        said = self.named.sub(lambda found: self.names[found[0].lower()], text)
        said = UUID.sub("(uuid)", said)
        if place.lower().endswith(("version", "etag")):
            return re.sub(r'"[^"]+"|^[^"]+$', '"(version)"', said) + self._which(place, text)
        if DATE.match(said):
            return DATE.sub("(date)", said) + self._which(place, text)
        return said

    def _which(self, place: str, value: str) -> str:
        """Which of the values seen at a place it is."""
        values = self.values.setdefault(place, {})
        return f" {values.setdefault(value, len(values) + 1)}"

    def value(self, value: Json, place: str, whose: str) -> Json:
        """A JSON value without what is a run's own in it; arrays are sorted, since their order says nothing."""
        if isinstance(value, dict):
            said = {key: self.value(each, f"{place}.{key}", whose) for key, each in value.items()}
            return {**said, **_order(value)}
        if isinstance(value, list):
            return sorted((self.value(each, place, whose) for each in value), key=_written)
        if isinstance(value, str):
            return self.text(value, f"{whose}{place}")
        called = self.names.get(str(value).lower()) if type(value) is int else None
        return {"(integer)": called} if called else value

    def _list(self, body: Json, answer: Mapping[str, Json]) -> Json:
        """A list: whom it is looked at for, and how its numbers stand to what was asked and to who is shown."""
        listed = get(body, "Resources")
        shown = [each for each in listed if isinstance(each, dict)]
        wanted, total = sought(answer["path"]), get(body, "totalResults")
        start, count = start_index(answer["path"]), _number(answer["path"], "count", -1)
        many = len(listed) + answer.get("elided", 0)
        chosen = [
            each for each in shown if (_is_sought(each, wanted) if wanted else self._name(each) in self.about)
        ]
        who = [self._name(each) or "somebody" for each in chosen]
        end = len(chosen) if wanted else start - 1 + many if many else 0
        said = {
            "who": who if "sortBy=" in answer["path"] else sorted(who),
            "others": bool(wanted) and len(chosen) < len(shown),
            "objects": len(shown) == len(listed),
            "somebody": many > 0,
            "too many": 0 <= count < many,
            "too few": type(total) is int and total > start - 1 + many and (many < count or count < 0),
            "repeats": _repeats(shown),
            "without id": any(not get(each, "id") or not isinstance(get(each, "id"), str) for each in shown),
            "elsewhere": self.ordered and not wanted and self._is_elsewhere(answer["path"], start, shown),
        }
        due = {"totalresults": end, "itemsperpage": many, "startindex": max(start, 1)}
        rest = {
            key: _beside(value, due[key.lower()])
            if key.lower() in due and type(value) is int
            else self.value(value, f"$.{key}", "")
            for key, value in body.items()
            if key.lower() != "resources"
        }
        told = chosen if wanted or self.about else [each for each in shown if self._name(each)]
        each = {self._name(one): self.value(one, "$", self._name(one)) for one in told}
        return {**rest, "Resources": said, EACH: each}

    def _is_elsewhere(self, path: str, start: int, shown: list[Json]) -> bool:
        """Whether somebody stands at another place than in the first list of all."""
        ids = [str(get(each, "id")) for each in shown]
        order = self.orders.setdefault(path.partition("?")[0], ids)
        places = {identity: place for place, identity in enumerate(order)}
        return any(places.get(each, at) != at for at, each in enumerate(ids, max(start, 1) - 1))


def _repeats(shown: list[Json]) -> bool:
    ids = [str(get(each, "id")) for each in shown]
    return len({*ids}) < len(ids)


def _beside(number: int, due: int) -> str:
    return "less" if number < due else "more" if number > due else "as due"


def _bounded(name: str) -> str:
    """A pattern of a name: where it is short, it has to stand alone or end a path."""
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])" if len(name) > 3 else rf"(?:(?<=/)|^){re.escape(name)}$"


def _written(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _order(value: Mapping[str, Json]) -> dict[str, Json]:
    """Whether it says that it was created after it was last changed."""
    created, changed = str(value.get("created")), str(value.get("lastModified"))
    return (
        {"(created after)": True} if DATE.match(created) and DATE.match(changed) and created > changed else {}
    )


def _number(path: str, name: str, otherwise: int) -> int:
    given = parse_qs(path.partition("?")[2]).get(name, [""])[0]
    return int(given) if re.fullmatch(r"-?\d{1,9}", given) else otherwise


def start_index(path: str) -> int:
    """The startIndex that a path asks for; 1 where it names none."""
    return _number(path, "startIndex", 1)


def sought(path: str) -> list[str]:
    """The values a filter compares with."""
    found = re.search(r"[?&]filter=([^&]*)", path)
    return (
        [text.lower() for text in re.findall(r'"((?:[^"\\]|\\.)*)"', unquote_plus(found[1]))] if found else []
    )


def _is_sought(resource: Json, wanted: list[str]) -> bool:
    return any(text.lower() in wanted for text in _texts(resource))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)
