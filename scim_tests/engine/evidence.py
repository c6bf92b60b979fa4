"""What findings are about, and which of them are one trouble.

One finding explains another through the exchanges they are about alone: both are about one place in one
answer; about one refusal, or refusals in the same words, or of all requests of one form; about a
resource that is gone; about an attribute that no answer of its kind ever shows; about what errors leave out; or
about pages asked for out of range; or about web pages in the place of answers. Where a check is declared to
follow from another it is enough that both are about one scene, person, group, resource or place.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping

from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import Result
from scim_tests.knowledge.okta_effect import detail_of
from scim_tests.model.check import Check, Finding
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get

# What differs between two refusals for one reason: whom they name.
NAMED = re.compile(r"""(["'`])(?:(?!\1).)*\1|\S*[@\d]\S*""")

ASKED_FOR = re.compile(r'"([^"]+)"')
OUTAGE = 4  # kinds of requests that fail one after the other
ELEMENT = re.compile(r"\[[^\]]*\]")
OF_A_PAGE = {"$.Resources", "$.totalResults", "$.itemsPerPage", "$.startIndex"}


class Evidence:
    """What the findings so far are about, each with the root cause (a check's id) that it belongs to."""

    def __init__(self, found: Iterable[Result]) -> None:
        every = {each for result in found for judgement in result.judgements for each in judgement.exchanges}
        forms = {(form, each.is_success) for each in every for form in _forms(each)}
        self._refused = {form for form, taken in forms if not taken} - {
            form for form, taken in forms if taken
        }
        self._outages = _outages(every)
        self._shown = {shown for each in every for shown in _shown(each)}
        self._same: dict[Hashable, str] = {}
        self._of_check: dict[str, dict[Hashable, tuple[int, str]]] = defaultdict(dict)

    def is_of_an_outage(self, judgement: Judgement) -> bool:
        """Whether it was found while the target answered nothing at all."""
        return bool(judgement.at) and judgement.at[-1].number in self._outages

    def head(self, check: Check, judgement: Judgement) -> str:
        """The cause of a finding that explains this one; empty where there is none so far."""
        for name in check.follows:
            known = self._of_check.get(name, {})
            for each, since in _about(judgement, last(judgement)):
                if each in known and known[each][0] <= since:
                    return known[each][1]
        return next((self._same[key] for key in self._keys(judgement) if key in self._same), "")

    def add(self, check: Check, judgement: Judgement, cause: str) -> None:
        """Take down a finding and the cause it belongs to."""
        first = min((each.number for each in judgement.at), default=0)
        for each, since in _about(judgement, first):
            self._of_check[check.id].setdefault(each, (since, cause))
        for key in self._keys(judgement):
            self._same.setdefault(key, cause)

    def _keys(self, judgement: Judgement) -> Iterator[Hashable]:
        """What makes two findings one, whatever their checks."""
        if not judgement.at or judgement.finding is None:
            return
        seen, where = judgement.at[-1], judgement.finding.where
        if _is_a_page(seen):
            yield "text"
        if where:
            yield from self._keys_of_place(seen, where)
        elif _is_refused(judgement.finding, seen):
            yield from self._keys_of_refusal(seen)
        else:
            return
        if _is_out_of_range(seen) and (not where or where in OF_A_PAGE):
            yield "page"

    def _keys_of_place(self, seen: Exchange, where: str) -> Iterator[Hashable]:
        yield seen.number, _attribute(where)
        shown = [(place, _name(where)) for place in (_endpoint(seen), _place(seen))]
        yield from (each for each in shown if each not in self._shown)
        if where.startswith("$.") and _is_error_without(seen, _name(where)):
            yield "error"

    def _keys_of_refusal(self, seen: Exchange) -> Iterator[Hashable]:
        yield seen.number, "refused"
        if seen.number in self._outages:
            yield "outage", self._outages[seen.number]
        status = _status(seen)
        yield from ((each, status) for each in _forms(seen) if each in self._refused)
        if reason := _reason(seen):
            yield _place(seen), status, reason
        if status == 404 and (asked_for := _id_in_path(seen)):
            yield "gone", asked_for


def _is_refused(finding: Finding, seen: Exchange) -> bool:
    """Whether what was found is the refusal itself, or that no answer came."""
    answer = seen.heard.answer
    return answer is None or (not answer.is_success and finding.got.startswith(answer.phrase))


def last(judgement: Judgement) -> int:
    """The number of the last exchange it is about."""
    return max((each.number for each in judgement.at), default=0)


def _outages(every: Iterable[Exchange]) -> dict[int, int]:
    """Of each exchange in an outage, by number, the first one of it: in a row of failures whatever is asked."""
    found: dict[int, int] = {}
    row: list[Exchange] = []
    in_time = sorted(every, key=lambda each: (each.heard.started, each.number))
    for each in [*in_time, None]:
        if each is not None and _is_down(each):
            row.append(each)
            continue
        if len({_form(one) for one in row}) >= OUTAGE:
            found.update({one.number: row[0].number for one in row})
        row = []
    return found


def _is_down(exchange: Exchange) -> bool:
    return _status(exchange) in {0, *range(500, 600)} - {501}


def _shown(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The attributes that an answer shows with a value, each with the kind of request and with the place that was asked."""
    answer = exchange.heard.answer
    body = answer.parsed if answer and answer.is_success and answer.is_json else None
    listed = get(body, "Resources")
    for resource in [body, *(listed if isinstance(listed, list) else [])]:
        if isinstance(resource, Mapping):
            for name, value in resource.items():
                if value not in (None, [], {}, ""):
                    yield from ((place, name.lower()) for place in (_endpoint(exchange), _place(exchange)))


def _about(judgement: Judgement, number: int) -> Iterator[tuple[Hashable, int]]:
    """What a finding is about: exchanges, scenes, statuses and places, each with 0; people, groups, resources and the values of filters, with that number."""
    for each in judgement.at:
        yield each.number, 0
        yield ("scene", each.scene), 0
        asked_for = ASKED_FOR.findall(each.request.query.get("filter", "").lower())
        for name in (each.scene.partition(":")[2], _id_in_path(each), _id_in_answer(each), *asked_for):
            if name:
                yield name, number
    if not judgement.at:
        return
    seen = judgement.at[-1]
    where = judgement.finding.where if judgement.finding else ""
    if not where and (seen.request.method != "GET" or not seen.is_success):
        yield (seen.request.method, _status(seen)), 0
    if where and "filter" not in seen.request.query:
        yield ("place", _attribute(where)), 0


def _id_in_path(exchange: Exchange) -> str:
    return exchange.request.endpoint.strip("/").partition("/")[2]


def _id_in_answer(exchange: Exchange) -> str:
    return exchange.heard.answer.id if exchange.heard.answer else ""


def _attribute(where: str) -> str:
    """The same of every element: `$.members.value` of `$.members[*].value`."""
    return ELEMENT.sub("", where)


def _name(where: str) -> str:
    """`$.name.givenName` is about `name`."""
    return _attribute(where).removeprefix("$.").partition(".")[0].lower()


def _place(exchange: Exchange) -> str:
    """`Users` of `/Users/2819c223`."""
    return exchange.request.endpoint.strip("/").partition("/")[0]


def _is_error_without(exchange: Exchange, name: str) -> bool:
    """Whether it was answered with an error that has a body, and in it no such attribute."""
    answer = exchange.heard.answer
    body = answer.parsed if answer and not answer.is_success and answer.is_json else None
    return isinstance(body, Mapping) and name not in {each.lower() for each in body}


def _is_a_page(exchange: Exchange) -> bool:
    """Whether it was answered with success and with text that is no JSON, such as the page of a log-in."""
    answer = exchange.heard.answer
    return bool(answer and answer.is_success and answer.body and not answer.is_json)


def _is_out_of_range(exchange: Exchange) -> bool:
    """Whether it asks for a page that RFC 7644 section 3.4.2.4 has a rule for: fewer than one, or from before the first."""
    query = exchange.request.query
    return any(query.get(name, "1").startswith(("0", "-")) for name in ("count", "startIndex"))


def _forms(exchange: Exchange) -> list[str]:
    """What kinds of requests it is one of, the narrowest first."""
    return [_form(exchange), _endpoint(exchange), *(f"?{name}" for name in exchange.request.query)]


def _form(exchange: Exchange) -> str:
    """What kind of request it is: its endpoint, and the names of its parameters."""
    return " ".join((_endpoint(exchange), *sorted(exchange.request.query)))


def _endpoint(exchange: Exchange) -> str:
    """`GET Users {id}`."""
    return f"{exchange.request.method} {_place(exchange)} {'{id}' if _id_in_path(exchange) else ''}"


def _status(exchange: Exchange) -> int:
    return exchange.heard.answer.status if exchange.heard.answer else 0


def _reason(exchange: Exchange) -> str:
    """The target's own words for a refusal, without the names in it; empty where it gives none."""
    words, status = detail_of(exchange), exchange.heard.answer and exchange.heard.answer.phrase
    return "" if not words or (status and words in status) else NAMED.sub("…", words)
