"""What becomes of a failed step in Okta: the data of `fixtures/okta/steps.toml`, filled in from the exchange.

Facts about a step say what its admin reads, where, whether Okta retries and what is left to do, each
with how it is known. A step of ours that Okta never sends has only the fact that says so.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from scim_tests.knowledge.reference import fixtures
from scim_tests.model.act import Scene
from scim_tests.model.check import Known, Severity
from scim_tests.model.exchange import Answer, Exchange, NotObserved
from scim_tests.model.fact import ABOUT, Fact
from scim_tests.model.part import Part
from scim_tests.model.scim import Json, get

UNKNOWN = "…"  # what only Okta knows
SEVERAL = "[n]"  # how many people a lookup found
DETAIL_KEPT = 1000  # characters
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
WORD = re.compile(r"\s*([A-Za-z_$][\w$]*)")


Facts = Mapping[str, Fact]


@dataclass(frozen=True)
class Kind:
    """A kind of request, one table of the file. `answers` are its facts for one way to fail alone."""

    name: str
    steps: tuple[str, ...]
    never: bool  # Okta does not send it
    in_place: bool  # it stands for what Okta sends
    fails: "Failing | None"  # what follows where Okta fails at it; None where it never sends it
    well: Fact | None  # what its admin reads where all is well, as far as that is known
    only_with: str  # the capability without which Okta does not send it; "" where it always does
    accepts: frozenset[int]  # statuses beyond 2xx
    says: tuple[str, ...]  # words of Okta's by which a message tells that it is about such a request
    checks: tuple[str, ...]  # ids of those that fail where the target refuses such a request
    facts: Facts
    answers: Mapping[str, Facts]


@dataclass(frozen=True)
class Failing:
    """What follows where Okta fails at such a request, and how grave that is."""

    text: str
    known: Known
    severity: Severity


ORPHAN = Kind(
    "",
    (),
    never=False,
    in_place=False,
    fails=None,
    well=None,
    only_with="",
    accepts=frozenset(),
    says=(),
    checks=(),
    facts={},
    answers={},
)


def aftermath(exchange: Exchange, scene: Scene | None = None) -> list[Fact]:
    """The facts where Okta fails at this exchange, in the order of `ABOUT`; empty where it goes on, or the step is unknown.

    A step that Okta never sends has the one fact that says so. `scene` gives the names that a message holds.
    """
    kind = kind_of(exchange.step)
    if kind is None:
        return []
    if kind.never:
        return [kind.facts["when"]]
    ways = _ways_to_fail(exchange, kind)
    return _filled(kind, ways, _names(exchange, scene)) if ways else []


def fails_at(exchange: Exchange) -> bool:
    """Whether a client fails at this answer, as Okta would if it sent the request; a step of no table is taken by its status."""
    kind = kind_of(exchange.step)
    return bool(_ways_to_fail(exchange, kind)) if kind else not exchange.is_success


def fails_in_okta(exchange: Exchange) -> bool:
    """Whether Okta sends this step and does not accept the answer."""
    kind = kind_of(exchange.step)
    return kind is not None and not kind.never and bool(_ways_to_fail(exchange, kind))


def sends(step: str, capabilities: frozenset[str]) -> bool:
    """Whether Okta sends this step, or what it stands for, to an app of these capabilities; a step of no table it may."""
    kind = kind_of(step)
    return (
        kind is None
        or kind.in_place
        or not (kind.never or (kind.only_with and kind.only_with not in capabilities))
    )


def detail_of(exchange: Exchange) -> str:
    """The words of the target's that Okta shows where it fails; empty where there are none."""
    return _detail(exchange.heard.answer) if exchange.heard.answer else ""


def stumbling(
    at: str, message: str, known: str, exchange: Exchange, scene: Scene | None = None
) -> list[Fact]:
    """The facts where Okta took the answer and fails over what it says, with that message.

    `at` is the kind of request at which it does so; empty for the exchange's own.
    """
    kind = kinds().get(at) if at else kind_of(exchange.step)
    if kind is None:
        return []
    if kind.never:
        return [kind.facts["when"]]
    if SEVERAL in message and _found(exchange) == 1:
        return []  # Okta takes a single hit for the person, whoever it is
    said = {**kind.facts, "message": Fact("message", _named(message, exchange, scene), known, [])}
    return [said[about] for about in ABOUT if about in said]


def _named(message: str, exchange: Exchange, scene: Scene | None) -> str:
    """The message with person, group and number of hits where they are known."""
    names, found = _names(exchange, scene), _found(exchange)
    text = message
    for before, name in (("user", "user"), ("for", "user"), ("group", "group")):
        text = text.replace(f"{before} {UNKNOWN}", f"{before} {names[name]}")
    return text.replace(SEVERAL, f"[{found}]") if found else text


def _found(exchange: Exchange) -> int:
    try:
        return len(exchange.resources)
    except NotObserved:
        return 0


@cache
def kind_of(step: str) -> Kind | None:
    """The kind of request that a step (`act.step`) is; the most exact name or pattern wins. None for a step of no table."""
    fits = [
        ("*" not in pattern, len(pattern), kind.name)
        for kind in kinds().values()
        for pattern in kind.steps
        if fnmatchcase(step, pattern)
    ]
    return kinds()[max(fits)[2]] if fits else None


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of request by its name; `everywhere` holds for all of Okta's."""
    tables = tomllib.loads((fixtures() / "okta" / "steps.toml").read_text(encoding="utf-8"))
    return {name: _kind(name, tables) for name in tables}


def _kind(name: str, tables: Mapping[str, Any]) -> Kind:
    table = tables[name]
    parent = _kind(table["like"], tables) if "like" in table else ORPHAN
    return Kind(
        name,
        tuple(table.get("steps", ())),
        table.get("never", False),
        table.get("in_place", False),
        _failing(table["fails"]) if "fails" in table else parent.fails,
        _fact("message", table["well"]) if "well" in table else None,
        table.get("only_with", parent.only_with),
        frozenset(table["accepts"]) if "accepts" in table else parent.accepts,
        tuple(table.get("says", ())),
        tuple(table.get("checks", ())),
        {**parent.facts, **facts_in(table)},
        {key: facts_in(below) for key, below in table.items() if _is_an_answer(key, below)},
    )


def _failing(said: Mapping[str, str]) -> Failing:
    return Failing(said["text"], Known(said["known"]), Severity(said["severity"]))


def _is_an_answer(key: str, value: Any) -> bool:
    return key not in {*ABOUT, "fails", "well"} and isinstance(value, Mapping)


def facts_in(table: Mapping[str, Any]) -> Facts:
    """What a table of `fixtures/okta` says of each thing in `ABOUT`."""
    return {about: _fact(about, table[about]) for about in ABOUT if about in table}


def _fact(about: str, said: Mapping[str, Any]) -> Fact:
    return Fact(about, said["text"], said["known"], said["from"])


def _ways_to_fail(exchange: Exchange, kind: Kind) -> list[str]:
    """The names of answers this one fits, the most exact first; none where Okta accepts it."""
    answer = exchange.heard.answer
    if answer is None:
        return ["unreachable", "silent"] if exchange.heard.unreachable else ["silent"]
    if answer.is_success:
        if Part.BODY in answer.unrecorded:
            return []
        if not answer.body:
            return ["empty"] if "empty" in kind.answers else []
        return [] if answer.is_json else ["unreadable"]
    if answer.status in kind.accepts:
        return []
    bare = ["bare"] if not _detail(answer) and answer.status != 429 else []
    return [*bare, str(answer.status), "refused"]


def _filled(kind: Kind, ways: list[str], names: Mapping[str, str]) -> list[Fact]:
    everywhere = kinds()["everywhere"].answers
    layers = [answers.get(way, {}) for way in ways for answers in (kind.answers, everywhere)]
    facts: list[Fact] = []
    for about in ABOUT:
        fact = next((layer[about] for layer in (*layers, kind.facts) if about in layer), None)
        if fact:
            facts.append(replace(fact, text=fact.text.format_map(names).rstrip()))
    return facts


def _names(exchange: Exchange, scene: Scene | None) -> dict[str, str]:
    """What a message may name: from the request where it tells, else from whom the scene is about."""
    request, answer = exchange.request, exchange.heard.answer
    person, team = (scene.person, scene.team) if scene else (None, None)
    sent = _sent(exchange)
    asked = QUOTED.search(request.query.get("filter", ""))
    looked_for = asked[1].replace('\\"', '"').replace("\\\\", "\\") if asked else ""
    user = sent.get("userName") or looked_for or (person.user_name if person else "")
    name = sent.get("displayName") or (person.display_name if person else "")
    group = sent.get("displayName") or looked_for or (team.display_name if team else "")
    return {
        "user": user or UNKNOWN,
        "name": name or user or UNKNOWN,
        "group": group or UNKNOWN,
        "id": unquote(request.path.partition("?")[0].rpartition("/")[2]),
        "host": urlsplit(exchange.heard.base_url).netloc or UNKNOWN,
        "reason": (answer.phrase.partition(" ")[2] or answer.phrase) if answer else "",
        "detail": _detail(answer) or _complaint(answer) if answer else "",
        "trouble": _trouble(answer) if answer else "",
    }


def _sent(exchange: Exchange) -> dict[str, str]:
    try:
        body = exchange.request.parsed
    except (ValueError, NotObserved):
        return {}
    values = {name: get(body, name) for name in ("userName", "displayName")}
    return {name: value for name, value in values.items() if isinstance(value, str) and value}


def _detail(answer: Answer) -> str:
    """The target's own words, which Okta shows."""
    detail: Json = get(answer.parsed, "detail") if answer.is_json else None
    return detail[:DETAIL_KEPT] if isinstance(detail, str) else ""


def _complaint(answer: Answer) -> str:
    """What Okta shows in place of a detail where a refusal's body is not JSON (okta:ROSTR)."""
    return f"Invalid JSON: {_trouble(answer)}" if answer.body and not answer.is_json else ""


def _trouble(answer: Answer) -> str:
    word = WORD.match(answer.text[:DETAIL_KEPT]) if answer.body else None
    return f"Unrecognized token '{word[1]}' {UNKNOWN}" if word else UNKNOWN


def cited() -> Iterator[str]:
    """Every source key of the file, as `sources.toml` has it; one that is cited often comes as often."""
    for kind in kinds().values():
        for facts in (kind.facts, *kind.answers.values()):
            for fact in facts.values():
                yield from fact.sources
