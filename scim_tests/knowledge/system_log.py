"""What an export of Okta's System Log tells: JSON, one event a line, CSV, or the events as text."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from scim_tests.knowledge.messages import of_type
from scim_tests.model.scim import get

TYPE = re.compile(r"[a-z]\w*(?:\.\w+){2,}", re.ASCII)  # of an event
IN_A_TEXT = re.compile(
    r"(?<![\w.@/])(?:application\.[a-z_]+|app\.user_management|system\.import)(?:\.[a-zA-Z_]+)+", re.ASCII
)
OUTCOME = re.compile(r"\b(SUCCESS|FAILURE|ALLOW|DENY|SKIPPED)\b")
BEFORE_THE_REASON = re.compile(
    r'^[\s:|,;"·-]*(?:(?:FAILURE|outcome|reason|result)\b[\s:=|,"-]*)*', re.IGNORECASE
)
WENT_WELL = {"SUCCESS", "ALLOW"}


@dataclass(frozen=True)
class Event:
    """An event of the System Log: its type, and the reason of its outcome."""

    type: str
    text: str


@dataclass(frozen=True)
class Export:
    """What is to be told of an export: `events` as often as they come, and how many say that all is well."""

    events: list[Event]
    went_well: int


def export(text: str) -> Export | None:
    """What an export tells of failures, and of what Okta did without being asked; None where a text is none.

    A type of event alone is one, too.
    """
    if TYPE.fullmatch(text.strip()):
        return Export([Event(text.strip(), "")], 0)
    rows = [row for row in _rows(text) if _type(_flat(row))] or list(_lines(text))
    events = [event for row in rows if (event := _event(row))]
    return Export(events, len(rows) - len(events)) if rows else None


def is_empty(text: str) -> bool:
    """Whether it is an export in JSON without an event in it."""
    return _json(text.removeprefix("\ufeff")) in ([], {"events": []})


def _rows(text: str) -> list[Mapping[str, Any]]:
    """The rows of JSON, of JSON lines, or of CSV; empty where it is none of these."""
    text = text.removeprefix("\ufeff").strip()
    found = _json(text)
    if found is None:
        lines = [_json(line) for line in text.splitlines() if line.strip()]
        found = lines if any(lines) else _csv(text)
    found = found if isinstance(found, list) else get(found, "events") or [found]
    return [row for row in found if isinstance(row, Mapping)]


def _json(text: str) -> Any:
    try:
        return json.loads(text.strip().removesuffix(","))
    except (ValueError, RecursionError):
        return None


def _csv(text: str) -> list[dict[str, Any]]:
    try:
        return list(csv.DictReader(StringIO(text, newline=None)))
    except csv.Error:
        return []


def _lines(text: str) -> Iterator[Mapping[str, Any]]:
    """Events told as text: from each type on to the line of the next."""
    found = list(IN_A_TEXT.finditer(text))
    for at, match in enumerate(found):
        after = text[match.end() : found[at + 1].start() if at + 1 < len(found) else None]
        said = after.rpartition("\n")[0] if at + 1 < len(found) and "\n" in after else after
        outcome = OUTCOME.search(said)
        reason = BEFORE_THE_REASON.sub("", said)
        yield {
            "eventType": match[0],
            "outcome.result": outcome[1] if outcome else "",
            "outcome.reason": reason,
        }


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = {_name(key): value for key, value in row.items() if key}
    outcome = row.get("outcome")
    return flat | (
        {f"outcome.{key}": value for key, value in outcome.items()} if isinstance(outcome, Mapping) else {}
    )


def _type(flat: Mapping[str, Any]) -> str:
    """Empty where the row is no event."""
    return str(flat.get("eventtype") or flat.get("legacyeventtype") or "")


def _name(name: str) -> str:
    return re.sub(r"[^a-z.]", "", name.lower())


def _event(row: Mapping[str, Any]) -> Event | None:
    """None for an event that tells of no failure, unless Okta tells by it what it did."""
    flat = _flat(row)
    kind = _type(flat)
    about = of_type(kind)
    if str(flat.get("outcome.result") or "FAILURE").upper() in WENT_WELL and not (
        about and about.is_told_in_any_case
    ):
        return None
    reason = str(flat.get("outcome.reason") or "").strip()
    return Event(kind, "" if reason.casefold() in {"null", "none", "-"} else reason)
