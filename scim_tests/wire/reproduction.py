"""For each failed check the fewest requests that show it again.

A reproduction makes its own people, under names nobody has, and removes them. It holds a request that
writes only where it made what is written to; a failure that cannot be shown so has no script.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from scim_tests.model.exchange import Request
from scim_tests.model.record import CheckRecord, ExchangeRecord, RunRecord
from scim_tests.model.scim import Json, get, strings
from scim_tests.wire.renaming import addresses_in, with_ids, with_names

RUN, ID = "$SCIM_TESTS_RUN", "$SCIM_TESTS_ID"
MADE_AT = ("/Users", "/Groups")
SEARCH = "/.search"  # a query that is sent by POST (RFC 7644 3.4.3)
WRITES = frozenset({"PUT", "PATCH", "DELETE"})
MOST = 60  # requests in one script
LISTED = 8  # resources that are made for a list to show
IN_A_FILTER = re.compile(r'value eq "([^"]*)"')


@dataclass(frozen=True)
class Line:
    """One request of a reproduction; `learns` is the variable its answer's id goes to."""

    number: int  # of the exchange in the run
    step: str
    request: Request
    learns: str = ""


@dataclass(frozen=True)
class Plot:
    """What shows a failed check again, in order; `removed` maps variables to where their ids live, and to a lookup."""

    check: CheckRecord
    base_url: str  # empty where the server is gone with its run
    dialect: str  # in which people who cannot be deleted are deactivated
    lines: list[Line]
    removed: Mapping[str, tuple[str, str]]


class Story:
    """Who made what in a run, to find what a request rests on."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.base_url = "" if record.target.bundled else record.target.base_url
        self.run = record.run.name
        self.exchanges = record.exchanges
        self.made: dict[str, ExchangeRecord] = {}  # by `/Users/<id>`
        self.named: dict[str, ExchangeRecord] = {}  # by a name in lower case
        for each in record.exchanges:
            if each.method == "POST" and each.path in MADE_AT:
                self.named.setdefault(_name(each).lower(), each)
                if identity := _id(each):
                    self.made.setdefault(f"{each.path}/{identity}", each)
        bodies = (each.request.body for each in record.exchanges)
        theirs = dict.fromkeys([*self.named, *(address for body in bodies for address in addresses_in(body))])
        self.fresh = {name: f"scim-tests.{RUN}.{number}@example.com" for number, name in enumerate(theirs, 1)}

    def plot(self, check: CheckRecord) -> Plot | None:
        """The fewest requests that lead to the first failure; None where they cannot be sent without harm."""
        wanted = self.requests(check)
        if not wanted or len(wanted) > MOST or not all(map(self._is_harmless, wanted)):
            return None
        return Plot(check, self.base_url, self.record.profile.dialect, *self._rewritten(wanted))

    def requests(self, check: CheckRecord) -> list[ExchangeRecord]:
        """The exchanges of the first failure, and those they rest on; none where it names none."""
        finding = next((each for each in check.findings if each.verdict == "fail"), None)
        if finding is None or not finding.at:
            return []
        last = max(finding.at)
        numbers = set(finding.at)
        while more := self._rest_on(numbers, last) - numbers:
            numbers |= more
        wanted = [each for each in self.exchanges if each.number in numbers]
        crowd = {number for each in wanted for number in self._listed(each)}  # who has to be there before
        groups = any(each.number in crowd and each.path == "/Groups" for each in wanted)
        made = {create.number for create in self.made.values()} if groups else crowd

        def place(each: ExchangeRecord) -> tuple[bool, bool, str, int]:
            is_first = each.path == "/Users" and each.number in made
            is_next = each.method == "POST" and each.number in crowd
            return not is_first, not is_next, each.started, each.number

        return sorted(wanted, key=place)

    def _rest_on(self, numbers: set[int], last: int) -> set[int]:
        """What these exchanges need to have happened before: creates, and writes to what they are about."""
        found: set[int] = set()
        about: dict[str, int] = {}  # place -> the latest exchange that looks at it
        for each in (each for each in self.exchanges if each.number in numbers):
            found |= self._listed(each)
            for place in self._places(each):
                about[place] = max(about.get(place, 0), each.number)
        for place, until in about.items():
            found.add(self.made[place].number)
            name = _name(self.made[place]).lower()
            found |= {
                each.number
                for each in self.exchanges
                if each.number < min(until, last)
                and (
                    (each.method in WRITES and each.path == place)
                    or (each.method == "POST" and each.path in MADE_AT and _name(each).lower() == name)
                )
            }
        return found

    def _listed(self, each: ExchangeRecord) -> set[int]:
        """What a list rests on: creates of some who can be in it, and the lists of its scene to compare it with.

        A list that is empty shows no fault. Of a lookup it is whom it shows, be it rightly or not.
        """
        endpoint, _, query = each.path.partition("?")
        if each.method != "GET" or endpoint not in MADE_AT:
            return set()
        creates = [(place, create) for place, create in self.made.items() if create.path == endpoint]
        if "filter=" in query:
            shown = set(strings(_json(each.response.body)))
            return {create.number for place, create in creates if place.rpartition("/")[2] in shown}
        there = sorted(create.number for _, create in creates if create.started < each.started)
        lists = [
            other.number
            for other in self.exchanges
            if other.scene == each.scene
            and other.number < each.number
            and other.method == "GET"
            and other.path.partition("?")[0] == endpoint
            and "filter=" not in other.path
        ]
        return {*there[:LISTED], *lists[-LISTED:]}

    def _places(self, each: ExchangeRecord) -> Iterator[str]:
        """The resources of the run that a request is about, by path, by member, or by name."""
        ids = {*_ids_in(each), each.path.partition("?")[0].rpartition("/")[2]}
        asked = each.path.lower()
        body = each.request.body.lower()
        for place, create in self.made.items():
            name = _name(create).lower()
            by_name = (
                name and create is not each and (quote(name, safe="").lower() in asked or f'"{name}"' in body)
            )
            if create is not each and (place.rpartition("/")[2] in ids or by_name):
                yield place

    def _is_harmless(self, each: ExchangeRecord) -> bool:
        if each.method == "GET" or each.path.endswith(SEARCH):
            return True
        if any(f"/Users/{each_id}" not in self.made for each_id in _members(each)):
            return False
        if each.method == "POST":
            return each.path in MADE_AT and bool(_name(each))
        return each.path in self.made

    def _rewritten(self, wanted: list[ExchangeRecord]) -> tuple[list[Line], dict[str, tuple[str, str]]]:
        """The requests with variables in place of ids, and fresh names in place of those that are taken."""
        variables: dict[str, str] = {}  # id -> variable
        removed: dict[str, tuple[str, str]] = {}
        lines = []
        for each in wanted:
            learns = ""
            if each.method == "POST" and each.path in MADE_AT:
                learns = f"{ID}_{len(removed) + 1}"
                removed[learns] = (each.path, self._lookup(each))
            lines.append(Line(each.number, each.step, self._fresh(each, variables), learns))
            if learns and (identity := _id(each)):
                variables[identity] = learns
        return lines, removed

    def _lookup(self, create: ExchangeRecord) -> str:
        """What finds whom a create made without telling an id."""
        attribute = "userName" if create.path == "/Users" else "displayName"
        name = self._renamed(_name(create)).replace("\\", "\\\\").replace('"', '\\"')
        sought = quote(f'{attribute} eq "{name}"', safe="$")
        return f"{create.path}?filter={sought}"

    def _fresh(self, each: ExchangeRecord, variables: Mapping[str, str]) -> Request:
        path, body = self._renamed(each.path), self._renamed(each.request.body)
        path, body = with_ids(path, variables), with_ids(body, variables)
        headers = tuple((name, value) for name, value in each.request.headers)
        return Request(each.method, path, headers, body.encode(errors="surrogatepass"))

    def _renamed(self, text: str) -> str:
        if self.run.lower() in text.lower():
            return re.sub(re.escape(self.run), lambda _: RUN, text, flags=re.IGNORECASE)
        return with_names(text, self.fresh)


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _name(each: ExchangeRecord) -> str:
    body = _json(each.request.body)
    name = get(body, "userName") or get(body, "displayName")
    return name if isinstance(name, str) else ""


def _id(each: ExchangeRecord) -> str:
    identity = get(_json(each.response.body), "id")
    return identity if isinstance(identity, str) and 200 <= each.status < 300 else ""


def _ids_in(each: ExchangeRecord) -> set[str]:
    said = list(strings(_json(each.request.body)))
    return {*said, *(found for text in said for found in IN_A_FILTER.findall(text))}


def _members(each: ExchangeRecord) -> Iterator[str]:
    """The ids of people whom a request to a group names."""
    if not each.path.startswith("/Groups"):
        return
    stack: list[Json] = [_json(each.request.body)]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            yield from (
                str(one["value"]) for one in value if isinstance(get(one, "value"), str) and "op" not in one
            )
            stack += value
        elif isinstance(value, Mapping):
            stack += value.values()
