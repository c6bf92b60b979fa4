"""What a query asks for (RFC 7644 3.4.2, 3.4.3, 3.9), whichever way it is sent, and what was known of the run's own people when it was."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from scim_tests.checks.reading.bulk import apart, made_by
from scim_tests.checks.reading.filters import Filter, UnreadableFilterError, read
from scim_tests.checks.reading.groups import may_leave_groups
from scim_tests.checks.reading.history import WRITES, ended, key_of, may_have_changed
from scim_tests.checks.reading.parameters import is_search, parameters, paths, plain
from scim_tests.checks.reading.paths import paths_of
from scim_tests.checks.reading.published import Declared, declared, schemas
from scim_tests.model.exchange import MADE_UP_TOKENS, REFUSED_TOKEN, Exchange, NotObserved
from scim_tests.model.forms import SEARCH
from scim_tests.model.scim import GONE, GROUP, USER, Json, Resource, get
from scim_tests.model.transcript import Transcript

CASE_EXACT = {
    "id": True,
    "externalid": True,
    "meta.resourcetype": True,
    "meta.location": True,
    "meta.version": True,
}
CASE_EXACT |= dict.fromkeys(
    ("username", "displayname", "name.familyname", "name.givenname", "emails.value"), False
)
ALWAYS = frozenset({"id"})  # RFC 7643 3.1
LISTED = ("/Users", "/Groups")
FILTER_SHOWN = 200  # characters of a filter in a sentence
OF_MANY = frozenset({*LISTED, f"/{SEARCH}", *(f"{kind}/{SEARCH}" for kind in LISTED)})


@dataclass(frozen=True)
class Query:
    """One that was answered with 200, or refused."""

    exchange: Exchange
    endpoint: str  # `/Users`, or the path by which one resource was read
    filter: Filter | None
    attributes: frozenset[str]  # in lower case, without the URN of the core schema
    excluded: frozenset[str]
    sort_by: str
    descending: bool
    # startIndex, count and cursor as they were sent; below 1 and 0 they are these (RFC 7644 3.4.2.4)
    page: tuple[str, ...]

    @property
    def meaning(self) -> tuple[object, ...]:
        """Equal for queries that ask the same."""
        return (
            self.endpoint,
            self.filter,
            self.attributes,
            self.excluded,
            self.sort_by,
            self.descending,
            self.page,
        )

    @property
    def filter_asked(self) -> str:
        """Its filter as a sentence names it: as it was sent; of a long one how it begins, in whole words."""
        sent = str(parameters(self.exchange)["filter"])
        shown = sent if len(sent) <= FILTER_SHOWN else f"{sent[:FILTER_SHOWN].rpartition(' ')[0]} …"
        return f"the filter “{shown}” of {self.exchange.step}"

    @property
    def shows_parts(self) -> bool:
        """Whether it asks for some attributes only."""
        return bool(self.attributes or self.excluded)

    @property
    def shown(self) -> list[Resource]:
        """The resources of a successful answer; of one read by id this one."""
        if not self.exchange.is_success:
            return []
        return self.exchange.resources if self.is_of_many else [self.exchange.resource]

    @property
    def is_of_many(self) -> bool:
        """Whether it asks for a list."""
        return self.endpoint in {*LISTED, ""}

    @property
    def kind(self) -> str:
        """Of what: `/Users` or `/Groups`. At the root of the server people are asked for by their userName."""
        return "/Groups" if self.endpoint.startswith("/Groups") else "/Users"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of everything, where it is asked at the root of the server (RFC 7644 3.4.2.1)."""
        return LISTED if self.endpoint == "" else (self.kind,)

    @property
    def is_whole(self) -> bool:
        """Whether the answer shows all that it found: no page was cut."""
        total = self.exchange.page.total
        return isinstance(total, int) and total == len(self.exchange.page.ids) and not self.exchange.elided


def query_of(exchange: Exchange) -> Query:
    """What an exchange asks. NotObserved where it asks nothing of users or groups, or in no way that the RFC knows."""
    asked = parameters(exchange)
    endpoint = exchange.request.endpoint.removesuffix(f"/{SEARCH}")
    if not (exchange.request.method == "GET" or is_search(exchange)) or not (
        endpoint == "" or endpoint.startswith(LISTED)
    ):
        raise NotObserved("", "it is no query")
    try:
        found = read(str(asked["filter"])) if "filter" in asked else None
    except UnreadableFilterError:
        raise NotObserved("", "the request's filter is none that the RFC knows") from None
    page = (
        _at_least(1, asked.get("startindex", 1)),
        _at_least(0, asked.get("count", "")),
        str(asked.get("cursor", "none")),
    )
    return Query(
        exchange,
        endpoint,
        found,
        paths(asked.get("attributes")),
        paths(asked.get("excludedattributes")),
        plain(str(asked.get("sortby", ""))),
        str(asked.get("sortorder", "")).lower() == "descending",
        page,
    )


def is_a_list(exchange: Exchange) -> bool:
    """Whether it shows some users or groups in a list; discovery is not paged."""
    asks = exchange.request.method == "GET" or is_search(exchange)
    if not asks or exchange.request.endpoint not in OF_MANY:
        return False
    try:
        return bool(exchange.page.ids)
    except NotObserved:
        return False


def _at_least(least: int, said: Json) -> str:
    return str(least) if re.fullmatch(r"0|-[0-9]+", str(said)) else str(said)


@dataclass
class Queries:
    """All queries of a play, and the reads by id of the run's own resources between which nothing was written to them."""

    asked: list[Query]
    declared: Mapping[str, Declared] = field(default_factory=dict)
    sorts: bool = False  # as the target says
    reads: dict[tuple[str, str], list[Exchange]] = field(default_factory=lambda: defaultdict(list))
    writes: dict[tuple[str, str], list[Exchange]] = field(default_factory=lambda: defaultdict(list))

    def known(self, kind: str, exchange: Exchange) -> Iterator[tuple[str, Exchange]]:
        """Whom the run made, by id, with the read that shows what each was like when this was asked; those that changed meanwhile are left out."""
        for (of_kind, id_), reads in self.reads.items():
            read = self._read(kind, id_, reads, exchange) if of_kind == kind else None
            if read is not None and read.is_success:
                yield id_, read

    def was(self, kind: str, id_: str, exchange: Exchange) -> Resource | None:
        """What one of them was like then; None where nobody can tell."""
        read = self.read_beside(kind, id_, exchange)
        return read.resource if read is not None else None

    def was_shown(self, query: "Query", shown: Resource) -> Resource | None:
        """The same of one that an answer shows, of whatever kind it asks for."""
        id_ = str(get(shown, "id"))
        found = (self.was(kind, id_, query.exchange) for kind in query.kinds)
        return next((was for was in found if was is not None), None)

    def read_beside(self, kind: str, id_: str, exchange: Exchange) -> Exchange | None:
        """The read that shows it."""
        reads = self.reads.get((kind, id_), [])
        read = self._read(kind, id_, reads, exchange) if reads else None
        return read if read is not None and read.is_success else None

    def groups_change_between(self, read: Exchange, exchange: Exchange) -> bool:
        """Whether a group is written to, so that a user may be shown with other groups."""
        first, last = sorted((read, exchange), key=lambda one: one.heard.started)
        groups = [id_ for kind, id_ in self.writes if kind == "/Groups"]
        return any(
            self._is_written("/Groups", id_, first.heard.started, ended(last), exchange) for id_ in groups
        )

    def _read(self, kind: str, id_: str, reads: list[Exchange], exchange: Exchange) -> Exchange | None:
        """The read nearest to it, between which and it nothing was written."""
        place = bisect_left(reads, exchange.heard.started, key=lambda each: each.heard.started)
        writes, asked = self.writes[kind, id_], exchange.heard.started
        earlier = [] if exchange in writes else reads[max(0, place - 1) : place]
        own = (each for each in writes if _is_about(each, kind, id_))  # and not of whom left the group
        was_there = exchange in writes or any(ended(each) < asked for each in own)  # before it was read
        later = reads[place : place + 1] if was_there else []
        for each in earlier + later:
            first, last = sorted((each, exchange), key=lambda one: one.heard.started)
            if not self._is_written(kind, id_, first.heard.started, ended(last), exchange):
                return each
        return None

    def _is_written(self, kind: str, id_: str, begun: float, over: float, but_for: Exchange) -> bool:
        writes = (each for each in self.writes[kind, id_] if each is not but_for)
        return any(each.heard.started < over and ended(each) > begun for each in writes)

    def is_case_exact(self, path: str) -> bool | None:
        """As /Schemas says, and RFC 7643 where that is silent."""
        if CASE_EXACT.get(path):
            return True
        said = get(self.definition(path), "caseExact")
        if isinstance(said, bool):
            return said if CASE_EXACT.get(path) in {None, said} else None
        return CASE_EXACT.get(path)

    def is_shown(self, path: str, kind: str = "/Users") -> bool:
        """Whether a read by id shows somebody, or a group, of the run's with a value there."""
        return (kind, path) in self._shown

    @cached_property
    def _shown(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (kind, name)
            for (kind, _), seen in self.reads.items()
            for each in seen
            if each.is_success
            for path in paths_of(each.resource)
            for name in _upwards(path)
        )

    def traits(self, kind: str) -> "Traits":
        """What is known of the attributes of users, or of groups."""
        return Traits(self, kind)

    def definition(self, path: str) -> Resource:
        """What the published schemas say of an attribute of a user; empty where they say nothing."""
        urn, _, name = path.rpartition(":")
        attributes: Declared = self.declared.get(urn or USER.lower(), {})
        found: Resource = {}
        for part in name.split("."):
            found = attributes.get(part, {})
            attributes = declared(get(found, "subAttributes"))
        return found

    @cached_property
    def always(self) -> frozenset[str]:
        """Attributes, by their paths, that come whatever is asked for (RFC 7643 7)."""
        found = {
            name if urn in {USER.lower(), GROUP.lower()} else f"{urn}:{name}"
            for urn, attributes in self.declared.items()
            for name, each in attributes.items()
            if get(each, "returned") == "always"
        }
        return ALWAYS | found


@dataclass(frozen=True)
class Traits:
    """As a filter asks for them."""

    told: Queries
    kind: str

    def is_case_exact(self, path: str) -> bool | None:
        """As `Queries.is_case_exact`."""
        return self.told.is_case_exact(path)

    def is_shown(self, path: str) -> bool:
        """As `Queries.is_shown`, of this kind."""
        return self.told.is_shown(path, self.kind)


@lru_cache(maxsize=1)  # several rules ask for them, of one play
def queries(transcript: Transcript) -> Queries:
    """Of the play."""
    told = Queries([], _declared(transcript), _sorts(transcript))
    leaving: list[Exchange] = []
    for each in sorted(transcript, key=lambda each: each.heard.started):
        for write in filter(_is_a_write, apart(each)):
            kind, id_ = key_of(write)
            told.writes[kind, id_ or made_by(write)].append(write)
            leaving += [write] if may_leave_groups(write) else []
        key = key_of(each)
        try:
            query = query_of(each)
        except NotObserved:
            continue
        if not _is_a_strangers(each):
            told.asked.append(query)
        if key[1] and not query.is_of_many and not query.shows_parts and _tells(each):
            told.reads[key].append(each)
    for key in [key for key in told.writes if key[0] == "/Groups"]:
        told.writes[key] += leaving
    for key in told.reads.keys() - told.writes.keys():  # whom the run does not write to others may
        del told.reads[key]
    return told


def _is_about(write: Exchange, kind: str, id_: str) -> bool:
    """Whether it is a write to that one, or made it."""
    of_kind, of_id = key_of(write)
    return (of_kind, of_id or made_by(write)) == (kind, id_)


def _is_a_write(exchange: Exchange) -> bool:
    """Whether it may have changed something."""
    return exchange.request.method in WRITES and not is_search(exchange) and may_have_changed(exchange)


def _is_a_strangers(query: Exchange) -> bool:
    """Whether it has no credential where one is due, or one that nobody was given: what it gets is another question."""
    said = [value for name, value in query.request.headers if name.lower() == "authorization"]
    refused = {REFUSED_TOKEN, *MADE_UP_TOKENS}
    return any(value.strip().lower() == "bearer" or refused & {*value.split()} for value in said)


def _upwards(path: str) -> Iterator[str]:
    """The path, and those of what it is a part of."""
    yield path
    if "." in path.rpartition(":")[2]:
        yield path.rpartition(".")[0]


def _tells(read: Exchange) -> bool:
    """Whether it shows somebody, or that nobody is there."""
    return read.heard.answer is not None and (read.answer.is_json if read.is_success else read.status in GONE)


def _declared(transcript: Transcript) -> Mapping[str, Declared]:
    try:
        return schemas(transcript)
    except NotObserved:
        return {}


def _sorts(transcript: Transcript) -> bool:
    said = (
        each.answer.parsed
        for each in transcript.of("discovery.config")
        if each.is_success and each.answer.is_json
    )
    return any(get(each, "sort", "supported") is True for each in said)
