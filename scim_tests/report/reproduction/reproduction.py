"""For each failed check the fewest requests that show it again.

A reproduction makes its own people, under names nobody has, and removes them. It holds a request that
writes only where it made what is written to; a failure that cannot be shown so has no script.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from scim_tests.model.exchange import PASSWORD, TOKEN
from scim_tests.model.profile import CleanUp
from scim_tests.model.record import CheckRecord, ExchangeRecord, FindingRecord, RunRecord
from scim_tests.model.scim import get, name_of, strings
from scim_tests.report.renaming import addresses_in
from scim_tests.report.reproduction.asked import (
    aim,
    called,
    due_in,
    id_told,
    ids_in,
    json_of,
    name_given,
    texts_of,
    version_told,
    versions_sent,
)
from scim_tests.report.reproduction.explored import Explored
from scim_tests.report.reproduction.harmless import is_harmless, named, operations
from scim_tests.report.reproduction.rewording import RUN, Rewording
from scim_tests.report.reproduction.scripted.answers import origin
from scim_tests.report.reproduction.scripted.likeness import sought, start_index
from scim_tests.wire.curl import Call
from scim_tests.wire.parts import Text, Variable

MADE_AT = ("/Users", "/Groups")
WRITES = frozenset({"PUT", "PATCH", "DELETE"})
MOST = 60  # requests in one script
LISTED = 8  # resources that are made for a list to show


@dataclass(frozen=True)
class Line:
    """One request of a reproduction, its URL without the base.

    `learns` is the variable its answer's id goes to; before it is sent, `proven` are read by their ids. `shown` are
    those whom its own answer proves, for lines that come later; `tag` is the variable its version goes to.
    """

    exchange: ExchangeRecord  # of the run
    call: Call
    learns: Variable | None
    proven: list[tuple[str, Variable]]  # where it lives, and its id
    shown: list[tuple[str, Variable]] = field(default_factory=list)
    tag: Variable | None = None


@dataclass(frozen=True)
class Made:
    """What a create of the script makes: the variable of its id, where it lives, and what finds it by its name."""

    variable: Variable
    kind: str
    lookup: Text
    number: int  # of the line
    is_removed: bool  # by a later line
    called: str  # its name, as it is called in a likeness


@dataclass(frozen=True)
class Reproduction:
    """What shows a failed check again, in order. `names` says what each name of the run is called in a likeness.

    `found` are the numbers of exchanges at which anything at all was found, of an explored conversation; none elsewhere.
    With `leaves_users` it makes users whom the target cannot remove, and so has to be told that it may.
    """

    check: CheckRecord
    finding: FindingRecord
    base_url: str  # empty where the server is gone with its run
    dialect: str  # in which people who cannot be deleted are deactivated
    lines: list[Line]
    made: list[Made]
    names: Mapping[str, str]
    found: frozenset[int]
    leaves_users: bool


class Dependencies:
    """Who made what in a run, to find what a request rests on."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.base_url = "" if record.target.is_gone else record.target.base_url
        self.run = record.run.name
        self.explored = Explored(record)
        self.exchanges = record.exchanges
        self.made: dict[str, ExchangeRecord] = {}  # by `/Users/<id>`
        self.named: dict[str, ExchangeRecord] = {}  # by a name in lower case
        for each in record.exchanges:
            if each.method == "POST" and aim(each) in MADE_AT:
                self.named.setdefault(name_given(each).lower(), each)
                if identity := id_told(each):
                    self.made.setdefault(f"{aim(each)}/{identity}", each)
        self.said = {each.number: texts_of(each) for each in self.made.values()}
        bodies = (each.request.body for each in record.exchanges)
        theirs = dict.fromkeys([*self.named, *(address for body in bodies for address in addresses_in(body))])
        self.fresh = {
            name: ("scim-tests.", RUN, f".{number}@example.com")
            for number, name in enumerate(theirs, 1)
            if self.run.lower() not in name.lower()
        }

    def reproduction(self, check: CheckRecord) -> Reproduction | None:
        """The fewest requests that lead to the first failure; None where they cannot be sent without harm."""
        wanted, finding = self.requests(check), self._shown(check)
        if (
            finding is None
            or not 0 < len(wanted) <= MOST
            or self._is_beyond(wanted)
            or not all(is_harmless(one, self.made) for each in wanted for one in self._apart(each))
        ):
            return None
        try:
            lines, made, ids = self._rewritten(wanted)
        except KeyError:  # it writes to somebody before the script has made them
            return None
        url = self.record.target.base_url
        names = {
            **{name: called(said) for name, said in self.fresh.items()},
            self.run: "(RUN)",
            url: "(URL)",
            origin(url): "(ORIGIN)",
            TOKEN: TOKEN,
            PASSWORD: PASSWORD,
            **{identity: f"({variable.name})" for identity, variable in ids.items()},
        }
        profile = self.record.profile
        leaves = profile.clean_up is CleanUp.NOTHING and any(each.kind == "/Users" for each in made)
        found = self.explored.found(finding)
        return Reproduction(check, finding, self.base_url, profile.dialect, lines, made, names, found, leaves)

    def requests(self, check: CheckRecord) -> list[ExchangeRecord]:
        """The exchanges of the failure that is shown, and those they rest on; none where it names none."""
        finding = self._shown(check)
        if finding is None or not finding.at:
            return []
        if conversation := self.explored.exchanges(finding):
            return [*self._others_listed(conversation, finding.at), *conversation]
        numbers = set(finding.at)
        while more := self._rest_on(numbers, finding) - numbers:
            numbers |= more
        wanted = [each for each in self.exchanges if each.number in numbers]
        crowd = {number for each in wanted for number in self._listed(each)}  # who has to be there before
        groups = any(each.number in crowd and aim(each) == "/Groups" for each in wanted)
        made = {create.number for create in self.made.values()} if groups else crowd

        def place(each: ExchangeRecord) -> tuple[bool, bool, str, int]:
            is_free = (
                self.named.get(name_given(each).lower()) is each
            )  # later, a name is only once it was given up
            is_first = is_free and aim(each) == "/Users" and each.number in made
            is_next = is_free and each.method == "POST" and each.number in crowd
            return not is_first, not is_next, each.started, each.number

        return sorted(wanted, key=place)

    def _others_listed(self, conversation: list[ExchangeRecord], at: list[int]) -> Iterator[ExchangeRecord]:
        """The creates, before a conversation, of those whom the lists of a finding showed as well."""
        lists = (each for each in conversation if each.number in at and "filter=" not in each.path)
        numbers = {number for each in lists for number in self._listed(each)}
        begun = conversation[0].number
        yield from (each for each in self.made.values() if each.number in numbers and each.number < begun)

    def is_explored(self, check: CheckRecord) -> bool:
        """Whether the failure that is shown was found in a conversation that nobody wrote."""
        finding = self._shown(check)
        return finding is not None and bool(self.explored.scene(finding))

    def _shown(self, check: CheckRecord) -> FindingRecord | None:
        """The first failure; of those that an exploration found, which come before others, the one with the fewest requests."""
        failed = (each for each in check.findings if each.verdict == "fail")
        return min(failed, key=lambda each: len(self.explored.exchanges(each)) or math.inf, default=None)

    def _is_beyond(self, wanted: list[ExchangeRecord]) -> bool:
        """Whether a page begins behind all whom the script makes, though not behind those who were there or counted."""
        for each in wanted[-1:]:
            endpoint, start = each.path.partition("?")[0], start_index(each.path)
            there = [
                create
                for create in self.made.values()
                if aim(create) == endpoint and create.started < each.started
            ]
            made = [create for create in there if create in wanted]
            total = get(json_of(each.response.body), "totalResults")
            last = max(len(there), total if isinstance(total, int) else 0)
            if each.method == "GET" and "filter=" not in each.path and max(1, len(made)) < start <= last:
                return True
        return False

    def _rest_on(self, numbers: set[int], finding: FindingRecord) -> set[int]:
        """What these exchanges need to have happened before: creates, and writes to what they are about."""
        found: set[int] = set()
        at, last = finding.at, max(finding.at)
        due = due_in((each for each in self.exchanges if each.number in at), finding)
        # place -> the latest exchange that looks at it
        about = {place: last for place, each in self.made.items() if each.number in at or place in due}
        for each in (each for each in self.exchanges if each.number in numbers):
            found |= self._listed(each)
            found |= self._refused(each)
            for place in self._places(each):
                about[place] = max(about.get(place, 0), each.number)
        for place, until in about.items():
            found.add(self.made[place].number)
            name = name_given(self.made[place]).lower()
            found |= {
                each.number
                for each in self.exchanges
                if each.number < min(until, last)
                and not self._is_of_no_account(each)
                and (
                    (each.method in WRITES and unquote(aim(each)) == place)
                    or (each.method == "POST" and aim(each) in MADE_AT and name_given(each).lower() == name)
                )
            }
        return found

    def _is_of_no_account(self, each: ExchangeRecord) -> bool:
        """Whether it was refused, and no script may send it: what came later does not need it."""
        return 400 <= each.status < 500 and not is_harmless(each, self.made)

    def _refused(self, each: ExchangeRecord) -> set[int]:
        """The creates before that told no id of whom a lookup seeks."""
        wanted = {*sought(each.path)}
        return {
            create.number
            for name, create in self.named.items()
            if name in wanted and create.number < each.number and aim(create) == each.path.partition("?")[0]
        }

    def _listed(self, each: ExchangeRecord) -> set[int]:
        """What a list rests on: creates of some who can be in it, and the lists of its scene to compare it with.

        A list that is empty shows no fault. Of a lookup it is whom it shows, be it rightly or not.
        """
        endpoint, _, query = each.path.partition("?")
        if each.method != "GET" or endpoint not in MADE_AT:
            return set()
        creates = [(place, create) for place, create in self.made.items() if aim(create) == endpoint]
        if "filter=" in query:
            shown = set(strings(json_of(each.response.body)))
            return {create.number for place, create in creates if place.rpartition("/")[2] in shown}
        gone = {
            unquote(other.path)
            for other in self.exchanges
            if other.method == "DELETE" and other.started < each.started
        }
        there = sorted(
            create.number for place, create in creates if create.started < each.started and place not in gone
        )
        before = [
            number for number in there if number < each.number
        ]  # what the play made before, if it made any
        lists = [
            other.number
            for other in self.exchanges
            if other.scene == each.scene
            and other.number < each.number
            and other.method == "GET"
            and other.path.partition("?")[0] == endpoint
            and "filter=" not in other.path
        ]
        return {*(before or there)[:LISTED], *lists[-LISTED:]}

    def _places(self, each: ExchangeRecord) -> Iterator[str]:
        """The resources of the run that a request is about, by path, by member, by name, or by what a filter seeks."""
        ids = {*ids_in(each), unquote(each.path.partition("?")[0].rpartition("/")[2])}
        body, wanted = each.request.body.lower(), {*sought(each.path)}
        for place, create in self.made.items():
            name = name_given(create).lower()
            by_name = name and (name in wanted or f'"{name}"' in body)
            is_about = (
                place.rpartition("/")[2] in ids or by_name or not wanted.isdisjoint(self.said[create.number])
            )
            if create is not each and is_about:
                yield place

    def _rewritten(self, wanted: list[ExchangeRecord]) -> tuple[list[Line], list[Made], dict[str, Variable]]:
        """The requests with variables in place of ids, and fresh names in place of those that are taken."""
        wording = Rewording(self.run, self.fresh, self.record.exchanges)
        deleted = {unquote(each.path) for each in wanted if each.method == "DELETE"}
        lines: list[Line] = []
        made: list[Made] = []
        shown: dict[str, Line] = {}  # by place, in an explored conversation: the line that shows it first
        for number, each in enumerate(wanted, 1):
            learns = None
            if each.method == "POST" and aim(each) in MADE_AT:
                learns = Variable(f"SCIM_TESTS_ID_{len(made) + 1}")
                is_removed = f"{aim(each)}/{id_told(each)}" in deleted
                made.append(
                    Made(
                        learns,
                        aim(each),
                        wording.lookup(aim(each), name_given(each)),
                        number,
                        is_removed,
                        called(wording.worded(name_given(each))),
                    )
                )
            line = Line(each, wording.call(each), learns, [], tag=self._tag(each, wanted, wording))
            lines.append(line)
            for place in self._proven(each):
                kind, variable = f"/{place[1:].partition('/')[0]}", wording.ids[place.rpartition("/")[2]]
                before = shown.get(place)
                of_it = line.proven if before is None else before.shown
                of_it += [(kind, variable)] if (kind, variable) not in of_it else []
            if each.scene in self.explored.scenes and each.method == "GET" and self._is_ours(each):
                shown.setdefault(unquote(each.path.partition("?")[0]), line)  # a part of them proves, too
            if learns and (identity := id_told(each)):
                wording.ids.setdefault(identity, learns)
        return lines, made, wording.ids

    def _tag(self, each: ExchangeRecord, wanted: list[ExchangeRecord], wording: Rewording) -> Variable | None:
        """What the version in its answer goes to, if it is the first that shows it and a later request names it."""
        tag = version_told(each) if each.scene in self.explored.scenes else ""
        if not tag or tag in wording.versions or all(tag not in versions_sent(other) for other in wanted):
            return None
        wording.versions[tag] = Variable(f"SCIM_TESTS_VERSION_{len(wording.versions) + 1}")
        return wording.versions[tag]

    def _is_ours(self, read: ExchangeRecord) -> bool:
        """Whether it shows, by an id, somebody under a name of the run."""
        return bool(id_told(read)) and self.run.lower() in name_of(json_of(read.response.body)).lower()

    def _proven(self, each: ExchangeRecord) -> list[str]:
        """Who has to be proven before a write (`/Users/<id>`): whom it puts together, and what is written to."""
        writes = [one for one in self._apart(each) if one.method != "GET"]
        places = [place for one in writes for place in (*(named(one) or ()), *_written_to(one))]
        return list(dict.fromkeys(places))

    def _apart(self, each: ExchangeRecord) -> list[ExchangeRecord]:
        """The requests that one of an explored conversation stands for, where it is a bulk request; else itself."""
        return (operations(each) if each.scene in self.explored.scenes else []) or [each]


def _written_to(each: ExchangeRecord) -> list[str]:
    return [unquote(aim(each))] if each.method in WRITES else []
