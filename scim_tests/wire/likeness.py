"""Whether an answer is still wrong as it was in the run: what is each run's own is left out, the rest is compared.

The text of this module stands in every script, so it is Python 3.8 and needs the standard library alone.
An answer is a mapping with `path`, `status` (0 where none came), `headers`, `body` and `elided`.
"""

from __future__ import annotations

import base64
import json
import re
from http.client import responses
from typing import Any, Dict, Iterator, List, Mapping, Tuple  # noqa: UP035 -- as Python 3.8 needs it
from urllib.parse import parse_qs, quote, unquote_plus

Json = Any
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
UUID = re.compile(r"(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
OF_PEOPLE = re.compile(r"/(?:(?:Users|Groups)(?:/\.search)?|\.search)/?(?:\?.*)?", re.DOTALL)
# What is written to has an id that stands for itself in a path, in a query and in JSON.
USABLE = re.compile(r"(?!\.+$)[A-Za-z0-9._~@:=,!-]{1,255}")
CLOSED = (0, 401, 403, 429, 502, 503, 504)  # nothing was asked of whom it is about
SECRET = ("SCIM_TESTS_TOKEN", "SCIM_TESTS_PASSWORD", "SCIM_TESTS_HEADER_")
PATCH_OFF = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}'
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


def called(values: Mapping[str, str]) -> Dict[str, str]:
    """What a script's own names, ids and secrets are called where answers are compared, by what they are."""
    names = {values["SCIM_TESTS_RUN"]: "(RUN)", values["SCIM_TESTS_URL"]: "(URL)"}
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
    """Compares answers in the order of their step; `names` maps what is a run's own to what it is called here."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = {name.lower(): called for name, called in names.items() if name}
        either = "|".join(map(_bounded, sorted(self.names, key=len, reverse=True)))
        self.named = re.compile(either or r"(?!)", re.IGNORECASE)
        self.values: Dict[str, List[str]] = {}  # by place: dates and versions, in the order they are seen
        self.listed: List[str] = []  # ids on the lists before

    def of(self, answer: Mapping[str, Json]) -> Dict[str, Json]:
        """What of an answer does not depend on who asks and when."""
        headers = {name.lower(): self.text(value, name) for name, value in answer["headers"]}
        body = parsed(answer["body"], telling=True)
        if body is None:
            said = "no body" if not answer["body"] else "null" if answer["body"].strip() == "null" else "no JSON"
        elif isinstance(get(body, "Resources"), list) and OF_PEOPLE.fullmatch(answer["path"]):
            said = self._list(body, answer)
        else:
            said = self.value(body, "$", self._name(body))
        status = min(answer["status"], 500)  # one is as bad as the other
        return {"status": status, "headers": headers, "body": said}

    def _name(self, resource: Json) -> str:
        """What a resource of this run is called here; nothing for anybody else's."""
        identity = get(resource, "id")
        name = get(resource, "userName") or get(resource, "displayName")
        called = self.names.get(str(identity).lower(), "")
        return called or (str(name) if isinstance(name, str) and self.text(name) != name else "")

    def text(self, text: str, place: str = "") -> str:
        """A text without what is a run's own in it; dates and versions are told by what they look like."""
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
        """A list: who of this run is on it, and how its numbers stand to what was asked and is shown."""
        shown = [each for each in get(body, "Resources") if isinstance(each, dict)]
        ids = [str(get(each, "id")) for each in shown]
        named = [(self._name(each), each) for each in shown]
        query = parse_qs(answer["path"].partition("?")[2])
        start, count = _number(query, "startIndex", 1), _number(query, "count", -1)
        many = len(get(body, "Resources")) + answer.get("elided", 0)
        sought = _sought(answer["path"])
        who = [self.text(name) for name, each in named if name and (not sought or _is_sought(each, sought))]
        said = {
            "who": who if "sortBy=" in answer["path"] else sorted(who),
            "others": bool(sought) and any(not _is_sought(each, sought) for each in shown),
            "objects": len(shown) == len(get(body, "Resources")),
            "somebody": many > 0,
            "too many": 0 <= count < many,
            "repeats": len({*ids}) < len(ids),
            "again": bool({*ids} & {*self.listed}),
        }
        self.listed += ids
        numbers = {
            "totalResults": lambda total: ("<" if total < many else ">" if total > many else "=") if sought else total >= many + (start - 1 if many else 0),
            "itemsPerPage": lambda size: size - many,
            "startIndex": lambda first: first == max(start, 1),
        }
        rest = {}
        for key, value in body.items():
            number = next((how for name, how in numbers.items() if name.lower() == key.lower()), None)
            if key.lower() != "resources":
                rest[key] = number(value) if number and type(value) is int else self.value(value, f"$.{key}", "")
        each = {self.text(name): self.value(one, "$", name) for name, one in named if name}
        return {**rest, "Resources": said, "each": each}


def _bounded(name: str) -> str:
    """A pattern of a name: where it is short, it has to stand alone or end a path."""
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])" if len(name) > 3 else rf"(?:(?<=/)|^){re.escape(name)}$"


def _written(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _order(value: Mapping[str, Json]) -> Dict[str, Json]:
    """Whether it says that it was created after it was last changed."""
    created, changed = str(value.get("created")), str(value.get("lastModified"))
    return {"(created after)": True} if DATE.match(created) and DATE.match(changed) and created > changed else {}


def _number(query: Mapping[str, List[str]], name: str, otherwise: int) -> int:
    given = query.get(name, [""])[0]
    return int(given) if re.fullmatch(r"-?\d{1,9}", given) else otherwise


def _sought(path: str) -> List[str]:
    """The values a filter compares with."""
    found = re.search(r"[?&]filter=([^&]*)", path)
    return [text.lower() for text in re.findall(r'"((?:[^"\\]|\\.)*)"', unquote_plus(found[1]))] if found else []


def _is_sought(resource: Json, sought: List[str]) -> bool:
    return any(text.lower() in sought for text in _texts(resource))


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
    if where.lower() in {*headers, *TOLD, "etag"}:
        return [said["status"], headers.get(where.lower())]
    if not where.startswith("$"):
        return [said["status"], {name: headers.get(name) for name in TOLD}, body]
    rest = where[1:]
    people = get(body, "each")
    if not isinstance(people, dict):
        return [said["status"], sorted(_found(body, rest), key=_written)]
    of_a_list = re.match(r"\.Resources(?:\[[^\]]*\])?(?!\w)", rest)
    inner = rest[of_a_list.end() :] if of_a_list else rest
    if not inner or inner == ".id" or (not of_a_list and any(get(body, name) is not None for name in _first(rest))):
        return [said["status"], sorted(_found(body, ".Resources" if of_a_list else rest), key=_written)]
    return [said["status"], {who: sorted(_found(one, inner), key=_written) for who, one in people.items()}]


def _first(path: str) -> List[str]:
    return re.findall(r"^\.([^.\[]+)", path)


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
    names = [name for name in value if re.match(re.escape(name.lower()) + r"(?![^.\[])", bare.lower())] if isinstance(value, dict) else []
    name = max(names, key=len, default="")
    return name, bare[len(name) :]


def _within(value: Json) -> Iterator[Json]:
    yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(each)


def compared(answers: List[Mapping[str, Json]], names: Mapping[str, str], where: str) -> List[Json]:
    """What is compared of the answers a finding is about: that place where it names one, else all that was told."""
    likeness = Likeness(names)
    return json.loads(json.dumps([at_place(likeness.of(answer), where) for answer in answers]))


def verdict(question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], names: Mapping[str, str]) -> Tuple[int, str]:
    """The exit code and the sentence: 1 while the fault is there, 0 when it is gone, 2 where that is not known."""
    at, wanted = question["at"], question["wanted"]
    for step, before in enumerate(question["statuses"], 1):
        now = answers[step]["status"]
        if now != before and now in CLOSED and not (step in at and wanted):
            return 2, f"Not asked: step {step} got {_status(now)}, and {_status(before)} in the run."
    now = [answers[step]["status"] for step in question["about"]]
    steps = " and ".join(str(step) for step in at)
    still = f"Still there: expected {question['expected']}, got "
    if wanted:
        wrong = [status for status in now if status not in wanted]
        if wrong:
            return 1, f"{still}{_status(wrong[0])} (step {steps})."
    elif compared([answers[step] for step in at], names, question["where"]) == question["like"]:
        got = _status(now[0]) if question["where"] == STATUS else f"what the run got: {question['got']}"
        return 1, f"{still}{got} (step {steps})."
    for step, before in enumerate(question["statuses"], 1):
        status = answers[step]["status"]
        if step not in at and 200 <= before < 300 and not 200 <= status < 300:
            return 2, f"Not asked: step {step} got {_status(status)}, and {_status(before)} in the run."
    return 0, f"Gone: expected {question['expected']}, and step {steps} is not answered as in the run any more: {_status(now[-1])}."


def _status(status: int) -> str:
    return f"{status} {responses.get(status, '')}".strip() if status else "no answer"
