"""From what Okta shows somebody to what on the wire is behind it: `fixtures/okta/messages.toml`, read and matched.

Okta fills names into its messages, cuts them, and puts an app's name around them. So a text is held
against the fixed pieces of every message known, in their order; what fits most of them is it.
"""

import csv
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from http import HTTPStatus
from io import StringIO
from typing import Any

from scim_tests.knowledge.okta_effect import Facts, Kind, facts_in, kinds
from scim_tests.knowledge.reference import fixtures
from scim_tests.model.scim import get

OPEN = re.compile(r"\{\w+\}|…|\[n\]")  # where Okta fills something in
TYPE = re.compile(r"[a-z]\w*(?:\.[a-z]\w*){2,}", re.ASCII)  # of an event in the System Log
FITS = 0.6  # of a message's pieces, or of the text: from here on it is that message
A_SENTENCE = 15  # characters; a shorter part of a message may be anything
NEAREST = 3


@dataclass(frozen=True)
class Cause:
    """What may have happened, on the wire or in Okta, and the ids of the checks that tell it from other causes."""

    why: str
    checks: list[str]
    sources: list[str] = field(default_factory=list)  # where they are not the message's


@dataclass(frozen=True)
class Message:
    """A text Okta shows. `key` is its table in messages.toml or steps.toml, `kind` the request it is about.

    A type of event is such a text, too, where Okta tells by it of what it does without being asked.
    """

    key: str
    text: str
    known: str
    sources: list[str]
    causes: list[Cause]
    kind: Kind | None = None
    own: Facts = field(default_factory=dict)  # that stand in its table

    @property
    def facts(self) -> Facts:
        """What is known of the request it is about, or of the event: when it comes, and what is to be done."""
        if self.kind is None:
            return self.own
        return {**self.kind.facts, **self.kind.answers.get(self.key.rpartition(".")[2], {})}

    @property
    def event_types(self) -> set[str]:
        """The types that an event of this message can have."""
        event = self.kind.facts.get("event") if self.kind else None
        return {self.text, *TYPE.findall(event.text if event else "")}

    @property
    def pieces(self) -> list[str]:
        """The fixed parts of it, as they are compared."""
        parts = [part for between in OPEN.split(self.text) for part in re.split(r"(?<=[.:]) ", between)]
        return [piece for part in parts if len(piece := _plain(part).strip(" .:")) > 2]


@dataclass(frozen=True)
class Event:
    """A row of the System Log: its type, and what it says."""

    type: str
    text: str


@cache
def messages() -> list[Message]:
    """Every message known: those of steps.toml with the causes of their table, and those that stand alone."""
    told = tomllib.loads((fixtures() / "okta" / "messages.toml").read_text(encoding="utf-8"))
    causes = {key: [_cause(each) for each in table["causes"]] for key, table in told.items()}
    found = [
        Message(key, text, table["known"], table["from"], causes[key], _kind(table), facts_in(table))
        for key, table in told.items()
        for text in table.get("events", [table["text"]] if "text" in table else [])
    ]
    for kind in kinds().values():
        for answer, facts in kind.answers.items():
            if "message" in facts and not kind.never:
                key, fact = f"{kind.name}.{answer}", facts["message"]
                why = causes.get(key) or causes.get(kind.name) or causes[f"everywhere.{_everywhere(answer)}"]
                text = fact.text.replace("{reason}", _reason(answer))
                found.append(Message(key, text, fact.known, fact.sources, why, kind))
    return found


def _cause(told: Mapping[str, Any]) -> Cause:
    return Cause(told["why"], told["checks"], told.get("from", []))


def _kind(table: Mapping[str, Any]) -> Kind | None:
    return kinds()[table["kind"]] if "kind" in table else None


def known_as(text: str) -> list[Message]:
    """The messages a text is, the best first; empty where it is not known. Equally good ones are all given."""
    scores = [(score, each) for each in messages() if (score := _score(each, _plain(text))) > 0]
    best = max((score for score, _ in scores), default=0)
    return [each for score, each in scores if score == best]


def nearest(text: str) -> list[Message]:
    """For a text that is not known, the `NEAREST` most like it, the likest first; one may be quite unlike."""
    plain = _plain(text)
    by_likeness = sorted(
        messages(), key=lambda each: -SequenceMatcher(None, plain, _plain(" ".join(each.pieces))).ratio()
    )
    return by_likeness[:NEAREST]


def of_event(event: Event) -> list[Message]:
    """What an event of the System Log is about: by its type where it has a table, by its text, else the first `NEAREST` that its type can mean."""
    own = [each for each in messages() if each.text == event.type]
    found = own + (known_as(event.text) if event.text else [])
    if found:
        return found
    fits = [each for each in messages() if event.type in each.event_types]
    return list({tuple(cause.why for cause in each.causes): each for each in fits}.values())[:NEAREST]


def events(text: str) -> list[Event]:
    """What an export of the System Log, JSON or CSV, tells of failures and of what has a table, each once.

    A type of event alone is one, too; empty where the text is none of these.
    """
    if TYPE.fullmatch(text.strip()):
        return [Event(text.strip(), "")]
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = _rows(text)
    rows = rows if isinstance(rows, list) else get(rows, "events") or [rows]
    told = [_event(row) for row in rows if isinstance(row, Mapping)]
    return list(dict.fromkeys(each for each in told if each))


def _rows(text: str) -> list[dict[str, Any]]:
    lines = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    names = [_name(name) for name in (lines[0] if lines else ()) if name]
    return [dict(line) for line in lines] if any(name.endswith("eventtype") for name in names) else []


def _name(name: str) -> str:
    return re.sub(r"[^a-z.]", "", name.lower())


def _event(row: Mapping[str, Any]) -> Event | None:
    """None for an event that tells of no failure, unless it has a table."""
    flat = {_name(key): value for key, value in row.items() if key}
    outcome = row.get("outcome")
    flat |= (
        {f"outcome.{key}": value for key, value in outcome.items()} if isinstance(outcome, Mapping) else {}
    )
    kind = str(flat.get("eventtype") or "")
    went_well = str(flat.get("outcome.result") or "FAILURE").upper() in {"SUCCESS", "ALLOW"}
    if not kind or (went_well and kind not in _told_in_any_case()):
        return None
    return Event(kind, str(flat.get("outcome.reason") or ""))


@cache
def _told_in_any_case() -> frozenset[str]:
    """The types of events by which Okta tells what it did, and not only that it failed."""
    return frozenset(each.text for each in messages() if each.own)


def _score(message: Message, text: str) -> float:
    """How much of a message a text holds, less what of it is missing; 0 where that is too little."""
    at, hit, pieces = 0, 0, message.pieces
    for piece in pieces:
        found = text.find(piece, at)
        if found >= 0:
            at, hit = found + len(piece), hit + len(piece)
    total = sum(map(len, pieces))
    is_most_of_the_text = hit >= A_SENTENCE and hit >= FITS * len(text)
    if not hit or (hit < FITS * total and not is_most_of_the_text):
        return 0
    return hit - (total - hit) / 4


def _plain(text: str) -> str:
    return " ".join(text.replace("“", '"').replace("”", '"').split()).casefold()


def _everywhere(answer: str) -> str:
    return answer if answer in kinds()["everywhere"].answers else "refused"


def _reason(answer: str) -> str:
    """The HTTP phrase where a message is for one status alone."""
    return HTTPStatus(int(answer)).phrase if answer.isdecimal() else "{reason}"


def checks_of(found: Sequence[Message]) -> Iterator[str]:
    """The ids that tell the causes apart, each once, likeliest first."""
    yield from dict.fromkeys(check for message in found for cause in message.causes for check in cause.checks)
