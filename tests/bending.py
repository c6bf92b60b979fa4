"""Bends an honest conversation in one place, as a lying server would have, and judges it again."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from scim_tests.checks import catalogue
from scim_tests.checks.reading.history import ended
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.model.check import Check
from scim_tests.model.exchange import Answer, Exchange, Heard
from scim_tests.model.scim import Json
from scim_tests.model.transcript import Transcript

Bend = Callable[[Heard], Heard]


def judged(check: Check, exchanges: Sequence[Exchange]) -> list[Judgement]:
    """What one check says of a conversation. What it has said of a place stays, for checks are pure."""
    if check.judges_exchanges:
        said = (_of_one(check, each) for each in exchanges if _is_about(check, each.step))
        return [each for each in said if each]
    if check.judges_the_play:
        return _of_several(check, *exchanges)
    scenes: dict[str, list[Exchange]] = {}
    for each in exchanges:
        scenes.setdefault(each.scene, []).append(each)
    return [said for scene in scenes.values() for said in _of_several(check, *scene)]


def judged_by_all(exchanges: Sequence[Exchange]) -> Mapping[str, Sequence[Judgement]]:
    """What each check, by its id, says of a conversation."""
    judge = Judge(catalogue())
    for exchange in exchanges:
        judge.recall(exchange, _by_all(exchange))
    judge.conclude(Transcript(tuple(exchanges)))
    return judge.judgements


@lru_cache(maxsize=4_000)  # two conversations, and what of them is bent
def _by_all(exchange: Exchange) -> Mapping[str, Judgement]:
    return Judge(catalogue()).hear(exchange)


@cache
def _is_about(check: Check, step: str) -> bool:
    return check.is_about(step)


@lru_cache(maxsize=50_000)  # some conversations, each of which shares most with the honest one
def _of_one(check: Check, exchange: Exchange) -> Judgement | None:
    return Judge([check]).hear(exchange).get(check.id)


@lru_cache(maxsize=5_000)
def _of_several(check: Check, *exchanges: Exchange) -> list[Judgement]:
    judge = Judge([check])
    judge.conclude(Transcript(exchanges))
    return judge.judgements[check.id]


def bent(exchanges: Sequence[Exchange], step: str, *bends: Bend) -> list[Exchange]:
    """The same conversation with the answers of one step (a pattern) bent; what comes before it in its scene, and other scenes, are shared."""
    copies: list[Exchange] = []
    befores: dict[str, tuple[Exchange, ...]] = {}  # by scene
    for exchange in exchanges:
        heard, before = exchange.heard, befores.get(exchange.scene, ())
        if fnmatchcase(exchange.step, step):
            for bend in bends:
                heard = bend(heard)
        is_as_it_was = heard is exchange.heard and before == exchange.before
        told = exchange if is_as_it_was else replace(exchange, heard=heard, before=before)
        copies.append(told)
        befores[exchange.scene] = (*before, told)
    return copies


def as_kept(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The same conversation, where a page of which some was not kept has no more than that, so that it can be judged again."""
    elided = {id(each.heard): each.elided for each in exchanges}

    def recount(heard: Heard) -> Heard:
        less = elided[id(heard)]
        return body(lambda page: _less(page, less))(heard) if less else heard

    return bent(exchanges, "*", recount)


def _less(page: Json, less: int) -> Json:
    counters = {name: page[name] - less for name in ("totalResults", "itemsPerPage")}
    return {**page, **counters}


def hurried(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The same conversation at a millisecond a request: on a busy machine a date that stands still is no more of a fault.

    What began and ended in which order stays, so that requests overlap where they did.
    """
    moments = sorted({moment for each in exchanges for moment in (each.heard.started, ended(each))})
    places = {moment: moments[0] + place / 2000 for place, moment in enumerate(moments)}

    def hurry(heard: Heard) -> Heard:
        started = places[heard.started]
        return replace(heard, started=started, seconds=places[heard.started + heard.seconds] - started)

    return bent(exchanges, "*", hurry)


def answer_of(heard: Heard) -> Answer:
    assert heard.answer is not None
    return heard.answer


def status(code: int) -> Bend:
    return lambda heard: replace(heard, answer=replace(answer_of(heard), status=code))


def raw(body: bytes) -> Bend:
    return lambda heard: replace(heard, answer=replace(answer_of(heard), body=body))


def header(name: str, value: str | None) -> Bend:
    """Set a header, or take it away."""

    def bend(heard: Heard) -> Heard:
        others = tuple(each for each in answer_of(heard).headers if each[0].lower() != name.lower())
        headers = others if value is None else (*others, (name, value))
        return replace(heard, answer=replace(answer_of(heard), headers=headers))

    return bend


def body(change: Callable[[Json], Json]) -> Bend:
    """Change the JSON body in place, or give another one; an empty body stays empty."""

    def bend(heard: Heard) -> Heard:
        answer = answer_of(heard)
        if not answer.body:
            return heard
        document = json.loads(answer.body)
        changed = change(document)
        text = json.dumps(document if changed is None else changed)
        return replace(heard, answer=replace(answer, body=text.encode()))

    return bend


def put(**members: Json) -> Bend:
    """Set top-level members of the body; `__` stands for a name that is no identifier."""
    return body(lambda document: document.update(members))


def drop(*names: str) -> Bend:
    """Take top-level members out of the body."""
    return body(lambda document: {key: value for key, value in document.items() if key not in names})


def each_user(change: Callable[[Json], object]) -> Bend:
    """Change every user the answer shows; an error and the configuration show none."""

    def change_all(document: Json) -> None:
        if document.keys().isdisjoint({"status", "patch"}):
            for user in document.get("Resources", [document]):
                change(user)

    return body(change_all)


def user(**members: Json) -> Bend:
    """Set attributes of every user the answer shows; None takes one away."""

    def change(shown: Json) -> None:
        shown.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del shown[name]

    return each_user(change)


def silent(heard: Heard) -> Heard:
    return replace(heard, answer=None, failure="the connection was reset")


def slow(heard: Heard) -> Heard:
    return replace(heard, seconds=heard.seconds + 42)


def from_far_away(heard: Heard) -> Heard:
    return replace(heard, base_url="http://scim.example.com/scim/v2")


def meta(**members: Json) -> Bend:
    """Set members of meta in every resource the answer shows."""
    return each_user(lambda shown: shown.get("meta", {}).update(members))


def drawn_out(heard: Heard) -> Heard:
    """Lets a hundred times as much time pass between the answers; the order stays."""
    return replace(heard, started=heard.started * 100)
