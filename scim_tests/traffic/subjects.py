"""Whose conversation a recorded request belongs to, and what can be read in it without knowing its job."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, count
from urllib.parse import unquote

from scim_tests.model.exchange import TOKEN, Exchange, Heard, NotObserved
from scim_tests.model.part import Part
from scim_tests.model.scim import Json, as_id, get, name_of

FILTER = re.compile(r'(?i)(userName|displayName)\s+eq\s+"((?:[^"\\]|\\.)*)"')
BY_ANOTHER = re.compile(r'([\w.]+) eq "(?:[^"\\\x00-\x1f]|\\["\\/])*"')
WRITES = frozenset({"PUT", "PATCH", "DELETE"})
PARAMETERS = frozenset({"filter", "startIndex", "count"})
CONDITIONS = frozenset({"if-match", "if-none-match"})
ROUNDED = 0.002  # seconds by which recorded times may be off
SEARCH = ".search"  # stands where an id does (RFC 7644 3.4.3)


class Subjects:
    """Whom each request of a conversation is about, by what was learnt from its exchanges."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # by path (`/Users/<id>`), under which Okta knew the resource first
        self._spelt: dict[str, str] = {}
        self._groups: dict[str, str] = {}  # path of each group, by the name that stands for it alone

    def learn(self, each: Heard) -> None:
        """Which name each id that is shown goes by."""
        endpoint, _ = place(each)
        asked = asked_for(each)
        for shown in shown_by(each):
            identity, name = get(shown, "id"), name_of(shown)
            exact = not asked or name.lower() == asked.lower()
            if isinstance(identity, str) and name and exact:
                self._names.setdefault(f"{endpoint}/{identity}", self._own(name, f"{endpoint}/{identity}"))

    def _own(self, name: str, path: str) -> str:
        """The name under which it is told of: a group takes the name that another one gave up, and is another all the same."""
        if not path.startswith("/Groups"):
            return name
        numbered = chain([name], (f"{name} [{number}]" for number in count(2)))
        return next(each for each in numbered if self._groups.setdefault(each.lower(), path) == path)

    def of(self, each: Heard) -> tuple[str, str]:
        """The endpoint, and the name of the person or group; empty where it is about nobody in particular."""
        endpoint, identity = place(each)
        ids = [identity] if identity else [as_id(get(shown, "id")) for shown in shown_by(each)]
        known = self._names.get(f"{endpoint}/{ids[0]}", identity) if len(ids) == 1 else ""
        name = known if identity or (known and endpoint == "/Groups") else _named(each)
        if name and endpoint == "/Groups" and each.request.method == "POST" and has_holes(each):
            name = f"{name} [new]"  # under an id that nobody knows
        return endpoint, self._spelt.setdefault(name.lower(), name)


def by_subject(
    heard: Sequence[Heard],
) -> tuple[dict[str, list[Heard]], dict[str, list[Heard]], list[Heard]]:
    """Whose job each request belongs to: people by userName, groups by displayName, and the rest."""
    subjects = Subjects()
    for each in heard:
        subjects.learn(each)
    people: dict[str, list[Heard]] = defaultdict(list)
    groups: dict[str, list[Heard]] = defaultdict(list)
    rest: list[Heard] = []
    for each in heard:
        endpoint, name = subjects.of(each)
        found = {"/Users": people, "/Groups": groups}.get(endpoint)
        if found is None or not name or name == SEARCH:
            rest.append(each)
        else:
            found[name].append(each)
    return people, groups, rest


def may_be_oktas(each: Heard) -> bool:
    """Whether Okta might send it, as far as method, place, query and body show; what it never sends is no step of its acts."""
    method, (endpoint, identity) = each.request.method, place(each)
    succeeded = each.answer is not None and each.answer.is_success
    conditional = not succeeded and any(name.lower() in CONDITIONS for name, _ in each.request.headers)
    if conditional or not each.request.endpoint.isprintable():
        return False
    if method == "GET":
        query = each.request.query
        pages = (query.get(name, "1") for name in ("startIndex", "count"))
        plain = all(number.isascii() and number.isdecimal() for number in pages)
        return plain and query.keys() <= PARAMETERS and query.get("filter", "").isprintable()
    if endpoint not in {"/Users", "/Groups"} or bool(identity) == (method == "POST"):
        return False
    if identity and is_unrecorded(each):
        return True
    body = body_of(each)
    makes = method == "POST" and (get(body, "id") is not None or get(body, "active") is False)
    makes = makes or isinstance(get(body, "name"), str)
    return method == "DELETE" or (isinstance(body, Mapping) and not makes and not each.request.query)


def has_holes(each: Heard) -> bool:
    """Whether the recording lacks the body of the request or of its answer."""
    return any(message and Part.BODY in message.unrecorded for message in (each.request, each.answer))


def is_unrecorded(each: Heard) -> bool:
    """Whether nobody can tell what was written."""
    return Part.BODY in each.request.unrecorded


def told_apart(heard: Sequence[Heard]) -> tuple[list[Heard], list[Heard]]:
    """Whom the server had to refuse, and everybody else.

    To be refused is what our own play sends without the token, marked as a test; and whatever was
    answered 401 and did not bring the credential that opened the door to the rest.
    """
    opens = any(_brings_the_token(each) for each in heard)
    strangers: list[Heard] = []
    known: list[Heard] = []
    for each in heard:
        refused = opens and is_refused(each)
        knocks = is_ours(each) and place(each)[0] in {"/Users", "/Groups"}  # discovery may be open to all
        is_stranger = not _brings_the_token(each) and (refused or knocks)
        (strangers if is_stranger else known).append(each)
    return strangers, known


def is_refused(each: Heard) -> bool:
    """Whether it was answered as one is who brings a wrong credential, or none."""
    return each.answer is not None and each.answer.status == 401


def _brings_the_token(each: Heard) -> bool:
    return any(TOKEN in value for _, value in each.request.headers)


def is_ours(each: Heard) -> bool:
    """Whether a run of ours sent it: it marks its requests."""
    return any(name.lower() == "x-scim-tests" for name, _ in each.request.headers)


def place(each: Heard) -> tuple[str, str]:
    """`/Users` and the id, where there is one and nothing after it."""
    parts = each.request.path.partition("?")[0].rstrip("/").split("/")
    endpoint = "/".join(parts[:2])
    return endpoint, unquote(parts[2]) if len(parts) == 3 else ""


def asked_for(each: Heard) -> str:
    """The name that a lookup by userName or displayName asks for, unescaped; empty where it is none."""
    found = FILTER.fullmatch(each.request.query.get("filter", "").strip())
    return found[2].replace('\\"', '"').replace("\\\\", "\\") if found else ""


def attribute_asked_for(each: Heard) -> str:
    """The attribute, in small letters, that a lookup of a user by another one than the userName asks for."""
    found = BY_ANOTHER.fullmatch(each.request.query.get("filter", ""))
    asks = each.request.method == "GET" and place(each) == ("/Users", "")
    return found[1].lower() if found and asks else ""


def at_once(heard: Sequence[Heard]) -> set[int]:
    """The writes, by the identity of each, that were under way while another of these was."""
    writes = [each for each in heard if each.request.method in WRITES]
    found: set[int] = set()
    last: Heard | None = None
    for each in sorted(writes, key=lambda write: write.started):
        if last and each.started + ROUNDED < _ended(last):
            found |= {id(last), id(each)}
        last = each if last is None or _ended(each) > _ended(last) else last
    return found


def _ended(each: Heard) -> float:
    return each.started + each.seconds


def body_of(each: Heard) -> Json:
    """What was sent, read; None where it is no JSON, or was not recorded."""
    try:
        return each.request.parsed
    except (ValueError, NotObserved):
        return None


def shown_by(each: Heard) -> list[Json]:
    """The resources in the answer: of a list, or the one."""
    exchange = Exchange("", "", each)
    try:
        listed = get(exchange.resource, "Resources")
        return exchange.resources if isinstance(listed, list) else [exchange.resource]
    except NotObserved:
        return []


def _named(each: Heard) -> str:
    if each.request.method != "POST":
        return asked_for(each)
    body = body_of(each)
    name = get(body, "userName") if place(each)[0] == "/Users" else name_of(body)
    return name if isinstance(name, str) else ""
