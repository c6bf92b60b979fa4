"""Whether an answer is still wrong as it was in the run: what is each run's own is left out, the rest is compared.

The text of this module stands in every script, so it is Python 3.8 and needs the standard library alone.
An answer is a mapping with `path`, `status` (0 where none came), `headers`, `body` and `elided`.
"""

from __future__ import annotations

import base64
import json
import re
from http.client import responses
from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Tuple  # noqa: UP035 -- as Python 3.8 needs it
from urllib.parse import parse_qs, quote, unquote_plus

Json = Any
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
UUID = re.compile(r"(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
OF_PEOPLE = re.compile(r"/(?:(?:Users|Groups)(?:/\.search)?|\.search)/?(?:\?.*)?", re.DOTALL)
# What is written to has an id that stands for itself in a path, in a query and in JSON.
USABLE = re.compile(r"(?!\.+$)[A-Za-z0-9._~@:=,!-]{1,255}")
REFUSED = (401, 403)
CLOSED = (0, *REFUSED, 429, 502, 503, 504)  # nothing was asked of whom it is about
SECRET = ("SCIM_TESTS_TOKEN", "SCIM_TESTS_PASSWORD", "SCIM_TESTS_HEADER_")
PATCH_OFF = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}'
EACH = "(each)"  # of a list: those it is looked at for
STATUS = "(status)"  # the place of a finding that is about the status alone
TOLD = ("content-type", "location", "www-authenticate", "retry-after")


def get(value: Json, name: str) -> Json:
    """A member of a JSON object, whatever its letter case; None where there is none."""
    if not isinstance(value, dict):
        return None
    return next((member for key, member in value.items() if key.lower() == name.lower()), None)


def parsed(text: str, telling: bool = False) -> Json:
    """A body as JSON, or None; `telling` which names stand twice in one object."""
    try:
        return json.loads(text, object_pairs_hook=_object if telling else None)
    except (ValueError, RecursionError):
        return None


def _object(pairs: List[Tuple[str, Json]]) -> Dict[str, Json]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    return {**dict(pairs), **({"(twice)": twice} if twice else {})}


def id_of(shown: Json) -> str:
    """The id of a resource as text, if it can be written to; nothing of what stands further inside."""
    identity = get(shown, "id")
    said = str(identity) if isinstance(identity, str) or type(identity) is int else ""
    return said if USABLE.fullmatch(said) else ""


def is_ours(answer: Mapping[str, Json], kind: str, identity: str, run: str) -> bool:
    """Whether a read by id shows that id, under a name of this run."""
    shown = parsed(answer["body"])
    name = get(shown, "userName" if kind == "/Users" else "displayName")
    named = isinstance(name, str) and run in name
    return 200 <= answer["status"] < 300 and id_of(shown) == identity and named


def ids_found(answer: Mapping[str, Json]) -> List[str]:
    """The first few ids on a list."""
    listed = get(parsed(answer["body"]), "Resources")
    ids = [id_of(each) for each in listed] if isinstance(listed, list) else []
    return [each for each in dict.fromkeys(ids) if each][:10]


def inactive(answer: Mapping[str, Json]) -> str:
    """The body of a PUT that changes nothing of the user who was shown but that they are active."""
    user = parsed(answer["body"])
    kept = {key: user[key] for key in user if key.lower() not in ("active", "groups")}
    return json.dumps({**kept, "active": False})


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def called(values: Mapping[str, str]) -> Dict[str, str]:
    """What a script's own names, ids and secrets are called where answers are compared, by what they are."""
    url = values["SCIM_TESTS_URL"]
    names = {values["SCIM_TESTS_RUN"]: "(RUN)", url: "(URL)", origin(url): "(ORIGIN)"}
    for name in sorted(values):
        if name.startswith("SCIM_TESTS_ID_"):
            names.setdefault(values[name], f"({name})")
        elif name.startswith(SECRET):
            names.setdefault(values[name], f"${name}")
    return names


def shown(text: str, values: Mapping[str, str]) -> str:
    """A text as a terminal may show it: without secrets, and without what would steer it."""
    secrets = {values[name] for name in values if name.startswith(SECRET) and values[name]}
    for secret in sorted(secrets, key=len, reverse=True):
        in_base64 = base64.b64encode(secret.encode(errors="replace")).decode()
        for form in (secret, json.dumps(secret)[1:-1], quote(secret), quote(secret, safe=""), in_base64):
            text = text.replace(form, "(secret)")
    return re.sub(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text)


class Likeness:
    """Tells answers in the order of their steps; `names` maps what is a run's own to what it is called here.

    `about` are those whom a list is looked at for, as they are called; `sent` is what a script itself wrote;
    `ordered` says whether the order of lists is known.
    """

    def __init__(
        self, names: Mapping[str, str], about: Collection[str], sent: Collection[str], ordered: bool
    ) -> None:
        self.names = {name.lower(): called for name, called in names.items() if name}
        self.about, self.sent, self.ordered = about, sent, ordered
        either = "|".join(map(_bounded, sorted(self.names, key=len, reverse=True)))
        self.named = re.compile(either or r"(?!)", re.IGNORECASE)
        self.values: Dict[str, List[str]] = {}  # by place: dates and versions, in the order they are seen
        self.orders: Dict[str, List[str]] = {}  # by endpoint: the ids of its first list

    def of(self, answer: Mapping[str, Json]) -> Dict[str, Json]:
        """What of an answer does not depend on who asks and when."""
        headers = {name.lower(): self.text(value, name) for name, value in answer["headers"]}
        body = parsed(answer["body"], telling=True)
        status = min(answer["status"], 500)  # one is as bad as the other
        whose = self.names.get(str(get(body, "id")).lower(), "")
        return {"status": status, "whose": whose, "headers": headers, "body": self._body(body, answer)}

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
        values = self.values.setdefault(place, [])
        if value not in values:
            values.append(value)
        return f" {values.index(value) + 1}"

    def value(self, value: Json, place: str, whose: str) -> Json:
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

    def _is_elsewhere(self, path: str, start: int, shown: List[Json]) -> bool:
        """Whether somebody stands at another place than in the first list of all."""
        ids = [str(get(each, "id")) for each in shown]
        order = self.orders.setdefault(path.partition("?")[0], ids)
        places = {identity: place for place, identity in enumerate(order)}
        return any(places.get(each, at) != at for at, each in enumerate(ids, max(start, 1) - 1))


def _repeats(shown: List[Json]) -> bool:
    ids = [str(get(each, "id")) for each in shown]
    return len({*ids}) < len(ids)


def _beside(number: int, due: int) -> str:
    return "less" if number < due else "more" if number > due else "as due"


def _bounded(name: str) -> str:
    """A pattern of a name: where it is short, it has to stand alone or end a path."""
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])" if len(name) > 3 else rf"(?:(?<=/)|^){re.escape(name)}$"


def _written(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _order(value: Mapping[str, Json]) -> Dict[str, Json]:
    """Whether it says that it was created after it was last changed."""
    created, changed = str(value.get("created")), str(value.get("lastModified"))
    return (
        {"(created after)": True} if DATE.match(created) and DATE.match(changed) and created > changed else {}
    )


def _number(path: str, name: str, otherwise: int) -> int:
    given = parse_qs(path.partition("?")[2]).get(name, [""])[0]
    return int(given) if re.fullmatch(r"-?\d{1,9}", given) else otherwise


def start_index(path: str) -> int:
    return _number(path, "startIndex", 1)


def sought(path: str) -> List[str]:
    """The values a filter compares with."""
    found = re.search(r"[?&]filter=([^&]*)", path)
    return (
        [text.lower() for text in re.findall(r'"((?:[^"\\]|\\.)*)"', unquote_plus(found[1]))] if found else []
    )


def _is_sought(resource: Json, wanted: List[str]) -> bool:
    return any(text.lower() in wanted for text in _texts(resource))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def at_place(said: Json, where: str) -> Json:
    """What stands at a JSON path or under a header of an answer's likeness; all of it where that is neither."""
    headers, body = said["headers"], said["body"]
    if where == STATUS:
        return said["status"]
    told = {
        name: headers.get(name)
        for name in (
            TOLD if not where.startswith("$") else ("location",) if where.endswith("location") else ()
        )
    }
    if where.lower() in {*headers, *TOLD, "etag"}:  # where it is says Location twice, here and in meta
        return [said["status"], headers.get(where.lower()), get(get(body, "meta"), where)]
    if not where.startswith("$"):
        return [said["status"], told, body]
    return [
        said["status"],
        said["whose"],
        told,
        _in_list(body, where[1:]) if isinstance(get(body, EACH), dict) else _all(body, where[1:]),
    ]


def _in_list(body: Json, path: str) -> Json:
    """What stands there in a list, or in each resource that it is looked at for."""
    of_resources = re.match(r"\.Resources(?:\[[^\]]*\])?(?!\w)", path)
    inner = path[of_resources.end() :] if of_resources else path
    if not inner or (not of_resources and get(body, _first(path)) is not None):
        return _all(body, ".Resources" if of_resources else path)
    if inner == ".id":  # who somebody is matters only where they were sought
        ids = [_all(one, inner) for one in body[EACH].values()] if body["Resources"]["who"] else []
        return [body["Resources"], sorted(ids)]
    return {EACH: {who: _all(one, inner) for who, one in body[EACH].items()}}


def _all(value: Json, path: str) -> List[Json]:
    """The values at a JSON path; what stands in one of several is told with all of that one."""
    of_several = re.match(r"(.*\w)\[[^\]']*\]\.[^.\[]+$", path)
    return sorted(_found(value, of_several[1] if of_several else path), key=_written)


def _first(path: str) -> str:
    found = re.match(r"\.([^.\[]+)", path)
    return found[1] if found else ""


def _found(value: Json, path: str) -> Iterator[Json]:
    """The values at a JSON path; an index stands for every element, and so does none; a name may hold dots."""
    if not path:
        yield value
    elif isinstance(value, list) and path[:2] != "..":
        rest = path.partition("]")[2] if path[0] == "[" and path[1:2] != "'" else path
        for each in value:
            yield from _found(each, rest)
    elif path[:2] == "..":
        for inner in _within(value):
            if isinstance(inner, dict):
                yield from (each for each in _found(inner, path[1:]) if each is not None)
    else:
        name, rest = _member(value, path)
        yield from _found(get(value, name), rest) if name else [None]


def _member(value: Json, path: str) -> Tuple[str, str]:
    """Which member of an object a path begins with, and its rest; the longest name wins."""
    bare = re.sub(r"^\['([^']*)'\]", r".\1", path)[1:]
    names = (
        [name for name in value if re.match(re.escape(name.lower()) + r"(?![^.\[])", bare.lower())]
        if isinstance(value, dict)
        else []
    )
    name = max(names, key=len, default="")
    return name, bare[len(name) :]


def _within(value: Json) -> Iterator[Json]:
    yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(each)


def compared(
    question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], names: Mapping[str, str]
) -> List[Json]:
    """What is compared of the answers a finding is about: that place where it names one, else all that was told."""
    likeness = Likeness(names, question["people"], question["sent"], question["ordered"])
    told = {step: likeness.of(answers[step]) for step in sorted(answers)}
    return json.loads(json.dumps([at_place(told[step], question["where"]) for step in question["at"]]))


def alike(one: Json, other: Json) -> bool:
    """Whether both say the same; of whom only one list shows, nothing is compared."""
    if isinstance(one, dict) and isinstance(other, dict):
        if EACH in one and EACH in other:
            both = one[EACH].keys() & other[EACH].keys()
            if one[EACH] and not both and other[EACH]:
                return alike(
                    sorted(map(_written, one[EACH].values())), sorted(map(_written, other[EACH].values()))
                )
            shown = bool(one[EACH]) == bool(other[EACH]) and all(
                alike(one[EACH][who], other[EACH][who]) for who in both
            )
            return shown and alike(
                *({key: each[key] for key in each if key != EACH} for each in (one, other))
            )
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and bool(one == other)


def verdict(
    question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], names: Mapping[str, str]
) -> Tuple[int, str]:
    """The exit code and the sentence: 1 while the fault is there, 0 when it is gone, 2 where that is not known."""
    at, wanted = question["at"], question["wanted"]
    now = [answers[step]["status"] for step in question["about"]]
    steps = " and ".join(str(step) for step in at)
    still = f"Still there: expected {question['expected']}, got "
    closed = _unlike(
        question,
        answers,
        lambda step, status: (
            status in CLOSED
            and not (step in at and (wanted or (step in question["bare"] and status in REFUSED)))
        ),
    )
    if closed:
        return 2, closed
    if wanted:
        wrong = [status for status in now if status not in wanted]
        if wrong:
            return 1, f"{still}{_status(wrong[0])} (step {steps})."
    elif alike(compared(question, answers, names), question["like"]):
        got = _status(now[0]) if question["where"] == STATUS else f"what the run got: {question['got']}"
        return 1, f"{still}{got} (step {steps})."
    refused = _unlike(
        question,
        answers,
        lambda step, status: step in question["writes"] and step not in at and status >= 300,
    )
    if refused:
        return 2, refused
    return (
        0,
        f"Gone: expected {question['expected']}, and step {steps} is not answered as in the run any more: {_status(now[-1])}.",
    )


def _unlike(
    question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], counts: Callable[[int, int], bool]
) -> str:
    """The first step whose answer keeps the question from being asked, though it did not in the run."""
    for step, before in enumerate(question["statuses"], 1):
        now = answers[step]["status"]
        if now != before and counts(step, now) and not counts(step, before):
            return f"Not asked: step {step} got {_status(now)}, and {_status(before)} in the run."
    return ""


def _status(status: int) -> str:
    return f"{status} {responses.get(status, '')}".strip() if status else "no answer"
