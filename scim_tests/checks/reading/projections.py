"""What requests with `attributes` or `excludedAttributes` show (RFC 7644 3.9), and what there was to show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scim_tests.checks.reading.compare import without
from scim_tests.checks.reading.history import WRITES, Key, key_of
from scim_tests.checks.reading.parameters import is_search, parameters, paths
from scim_tests.checks.reading.paths import Paths, paths_of
from scim_tests.checks.reading.queries import LISTED, Queries, queries
from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.forms import SEARCH
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript


@dataclass(frozen=True)
class Projection:
    """One request, and whom its answer shows: each in its parts, with the whole of it as a read by id shows it, if one does."""

    exchange: Exchange
    attributes: frozenset[str]
    excluded: frozenset[str]
    shown: tuple[tuple[Paths, Resource | None], ...]
    # Lists that are shown empty, each with the whole of whose they are.
    emptied: tuple[tuple[str, Resource], ...]
    always: frozenset[str]
    by_default: frozenset[str]  # what is shown where nobody asks for parts

    @property
    def said(self) -> str:
        """What is named, in words."""
        return ", ".join(map(in_usual_letters, sorted(self.attributes or self.excluded)))

    def whole_has(self, path: str) -> bool:
        """Whether all whom it shows are known to have a value there."""
        return all(whole is not None and path in paths_of(whole) for _, whole in self.shown)

    def is_shown_by_default(self, path: str) -> bool:
        """Whether such an answer shows it where no parts are asked for: a list may show less than a read."""
        return path in self.by_default


@lru_cache(maxsize=1)  # several rules ask for them, of one play
def projections(transcript: Transcript) -> tuple[Projection, ...]:
    """Of the play, in time."""
    told = queries(transcript)
    listed = frozenset(_paths_shown(told, of_many=True))
    read = frozenset(_paths_shown(told, of_many=False))
    found = []
    for each in transcript:
        asked = parameters(each) if each.request.method != "DELETE" else {}
        attributes, excluded = paths(asked.get("attributes")), paths(asked.get("excludedattributes"))
        if each.is_success and (attributes or excluded) and (people := tuple(_shown(told, each))):
            is_of_many = is_search(each) or not (_key_of(each)[1] or each.request.method in WRITES)
            by_default = listed if is_of_many else read
            shown = tuple((paths_of(one), whole) for one, whole in people)
            found.append(
                Projection(
                    each, attributes, excluded, shown, tuple(_emptied(people)), told.always, by_default
                )
            )
    return tuple(found)


def _emptied(people: Iterable[tuple[Resource, Resource | None]]) -> Iterator[tuple[str, Resource]]:
    for shown, whole in people:
        if whole is not None:
            yield from ((name.lower(), whole) for name, value in shown.items() if value == [])


def _key_of(exchange: Exchange) -> Key:
    """Which resource it is about; of /Me whom the answer shows (RFC 7644 3.11)."""
    kind, id_ = key_of(exchange)
    return ("/Users", exchange.answer.id) if kind == "/Me" else (kind, id_)


def _shown(told: Queries, exchange: Exchange) -> Iterator[tuple[Resource, Resource | None]]:
    kind, id_ = _key_of(exchange)
    kinds = (kind,) if kind in LISTED else LISTED if exchange.request.endpoint == f"/{SEARCH}" else ()
    try:
        is_list = is_search(exchange) or (exchange.request.method == "GET" and not id_)
        resources = exchange.resources if is_list else [exchange.resource] if exchange.answer.body else []
    except NotObserved:
        return
    for each in resources if kinds else ():
        shown_id = str(get(each, "id") or id_.removesuffix(SEARCH))
        known = (_whole(told, kind, shown_id, exchange) for kind in kinds)
        yield each, next((whole for whole in known if whole is not None), None)


def _whole(told: Queries, kind: str, id_: str, exchange: Exchange) -> Resource | None:
    """What is known of it, less the groups of a user that may be others by now."""
    read = told.read_beside(kind, id_, exchange)
    if read is None:
        return None
    moved = kind == "/Users" and told.groups_change_between(read, exchange)
    return without(read.resource, frozenset({"groups"})) if moved else read.resource


def _paths_shown(told: Queries, *, of_many: bool) -> Iterator[str]:
    for query in told.asked:
        if query.is_of_many is of_many and not query.shows_parts:
            for each in query.shown:
                yield from paths_of(each)
