"""What a target leaves out of its answers, and says so: attributes that its /Schemas calls `returned: request` or `never` (RFC 7643 7).

Whoever did not ask for one cannot tell what it has become.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scim_tests.engine.judge import Judgement
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import GROUP, USER, Json, Resource, get
from scim_tests.model.verdict import Verdict

HIDDEN = frozenset({"request", "never"})
KINDS = {USER.lower(): "Users", GROUP.lower(): "Groups"}
Place = tuple[str, str]  # `Users` or `Groups`, and an attribute in small letters


def hidden(exchanges: Iterable[Exchange]) -> frozenset[Place]:
    """The attributes of users and groups of which the target says so, as far as no read shows one that did not ask for it."""
    every = list(exchanges)
    told = {
        (kind, str(get(each, "name")).lower())
        for exchange in every
        if exchange.request.method == "GET" and exchange.request.endpoint == "/Schemas"
        for schema in _shown(exchange)
        if (kind := KINDS.get(str(get(schema, "id")).lower()))
        for each in _objects(get(schema, "attributes"))
        if get(each, "returned") in HIDDEN
    }
    if not told:
        return frozenset()
    plain = [
        each for each in every if each.request.method == "GET" and "attributes" not in each.request.query
    ]
    return frozenset(place for place in told if not any(_shows(each, place) for each in plain))


def excused(judgement: Judgement, unseen: frozenset[Place]) -> Judgement:
    """The judgement, less a finding about one of these places in answers that do not show it."""
    if judgement.finding is None or not judgement.at:
        return judgement
    place = judgement.at[-1].request.endpoint.split("/")[1], judgement.finding.attribute
    if place not in unseen or any(_shows(each, place) for each in judgement.at):
        return judgement
    why = f"/Schemas says that {place[1]} is shown only to who asks for it"
    return replace(judgement, verdict=Verdict.NOT_ASKED, finding=None, why=why)


def _shows(exchange: Exchange, place: Place) -> bool:
    """Whether its answer gives the attribute a value."""
    kind, name = place
    is_about = exchange.request.endpoint.startswith(f"/{kind}")
    return is_about and any(get(each, name) not in (None, [], {}) for each in _shown(exchange))


def _shown(exchange: Exchange) -> Iterator[Resource]:
    """The resources of a list, or the one that is shown; nothing where none are."""
    try:
        shown = exchange.resource
        yield from _objects(get(shown, "Resources")) or (shown,)
    except NotObserved:
        return


def _objects(value: Json) -> list[Resource]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
