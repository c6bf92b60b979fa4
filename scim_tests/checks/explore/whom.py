"""Whom an answer with a list has to show: what was asked, who fits, and whether the answer holds them all."""

from dataclasses import dataclass
from typing import NamedTuple

from scim_tests.checks.explore.there import Standing, There, before, door_of, resources_in
from scim_tests.checks.reading.filters import Filter, holds, terms, values_at
from scim_tests.checks.reading.queries import CASE_EXACT, Query, query_of
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import GONE, Resource, as_id, get, strings

NAMES = {"/Users": "userName", "/Groups": "displayName"}


@dataclass(frozen=True)
class Traits:
    """Of attributes, as a filter asks for them: what RFC 7643 says, and what reads by id have shown."""

    there: There
    kind: str

    def is_case_exact(self, path: str) -> bool | None:
        """As RFC 7643 says; None where it leaves that to the schema."""
        return CASE_EXACT.get(path)

    def is_shown(self, path: str) -> bool:
        """Whether a read by id shows somebody with a value there."""
        return any(values_at(each.seen, path) for _, each in self.there.of(self.kind))


class Listed(NamedTuple):
    """An answer to a query, and what was there when it was asked."""

    query: Query
    there: There
    shown: tuple[Resource, ...]

    @property
    def kind(self) -> str:
        """`/Users` or `/Groups`."""
        return self.query.kind

    @property
    def ids(self) -> list[str]:
        """Of whom it shows, in its order."""
        return [as_id(get(each, "id")) for each in self.shown]

    @property
    def is_whole(self) -> bool:
        """Whether it shows all that it found; nobody was found where it says 404."""
        exchange = self.query.exchange
        if not exchange.is_success:
            return True
        total, is_first = exchange.page.total, self.query.page[0] in {"1", "0"}
        return is_first and isinstance(total, int) and total <= len(self.ids) and not exchange.elided

    def fits(self, standing: Standing) -> bool | None:
        """Whether somebody fits the filter; None where nobody can say."""
        if self.query.filter is None:
            return True
        if not (standing.is_settled or _asks_for_the_name(self.query.filter, self.kind)):
            return None  # what a target makes of a value is seen when it is read
        if _asks_for_others(self.query.filter, self.there):
            return None
        traits = Traits(self.there, self.kind)
        said = {holds(self.query.filter, each.resource, traits) for each in standing.ways}
        return said.pop() if len(said) == 1 else None

    def missed(self) -> Finding | None:
        """Somebody who is there and fits, and whom an answer with everybody does not show; NotObserved where it has no room for all."""
        if not self.is_whole:
            raise NotObserved("", "no answer showed all that it found")
        shown, door = set(self.ids), door_of(self.query.exchange)
        for id_, standing in self.there.alive(self.kind):
            if id_ not in shown and self.fits(standing) and not self.there.may_hide(standing, door):
                at = (*standing.at, self.query.exchange)
                return Finding(
                    f"{id_}, who is there", f"{len(shown)} others and not {id_}", "$.Resources", at=at
                )
        return None

    def gone(self) -> Finding | None:
        """Somebody who is shown although a DELETE was answered with success."""
        for id_ in self.ids:
            standing = self.there.everybody.get((self.kind, id_))
            if standing and standing.is_there is False:
                at = (*standing.writes[-1:], self.query.exchange)
                return Finding("nobody who was deleted", f"{id_}, who was deleted", "$.Resources", at=at)
        return None

    def strange(self) -> Finding | None:
        """One of ours who is shown although the filter does not fit."""
        for id_ in self.ids:
            standing = self.there.everybody.get((self.kind, id_))
            if standing and standing.is_there and self.fits(standing) is False:
                at = (*standing.at, self.query.exchange)
                return Finding("only those whom the filter fits", f"{id_}, too", "$.Resources", at=at)
        return None


def listed(exchange: Exchange) -> Listed:
    """What an answer lists; NotObserved where it is no answer to a query, or the target does not serve that one."""
    query = query_of(exchange)
    if not exchange.is_success and exchange.status not in GONE:
        raise NotObserved(exchange.step, f"answered {exchange.answer.phrase}")
    return Listed(query, before(exchange), tuple(resources_in(exchange)))


def _asks_for_the_name(asked: Filter, kind: str) -> bool:
    return all(each.path == NAMES[kind].lower() for each in terms(asked))


def _asks_for_others(asked: Filter, there: There) -> bool:
    """Whether it asks for what moves with a write to another one: groups, dates, and a member who may be gone."""
    said = list(terms(asked))
    moves = any(each.path.partition(".")[0] in {"groups", "meta"} for each in said)
    return moves or any(id_ in each.value for each in said for id_ in there.maybe_gone)


def is_in_doubt(exchange: Exchange, name: str) -> bool:
    """Whether somebody unknown may have a name: no write gave it, or one gave it of which nobody knows what became."""
    gave = [each for each in exchange.before if _gives(each, name)]
    return not gave or any(_is_unclear(each) for each in gave)


def _gives(write: Exchange, name: str) -> bool:
    said = strings(write.request.written) if write.request.method != "GET" else ()
    return any(each.casefold() == name.casefold() for each in said)


def _is_unclear(write: Exchange) -> bool:
    answer = write.heard.answer
    is_lost = write.request.method == "POST" and write.is_success and not (answer and answer.id)
    return answer is None or answer.status >= 500 or is_lost


def namesakes(there: There, kind: str, name: str) -> dict[str, Standing]:
    """Who is there under a name in every way, letter case aside."""
    wanted = name.casefold()
    return {
        id_: each
        for id_, each in there.alive(kind)
        if each.ways and all(str(one).casefold() == wanted for one in each.values(NAMES[kind]))
    }


def may_have(there: There, kind: str, name: str, *, but_for: str = "") -> bool:
    """Whether anybody else may be there under a name."""
    wanted = name.casefold()
    return any(
        id_ != but_for
        and each.is_there is not False
        and (not each.ways or any(str(one).casefold() == wanted for one in each.values(NAMES[kind])))
        for id_, each in there.of(kind)
    )
