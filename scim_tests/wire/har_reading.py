"""Reads recorded traffic (HAR 1.2), whoever wrote it, and takes every secret out before anything else sees it.

Browsers, mitmproxy, Charles, Fiddler and ngrok each leave out or add something: bodies in base64,
HTTP/2's pseudo headers, fields that the format demands. What they kept is read; what they did not
keep is left out with a note, never taken for an empty answer.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scim_tests.errors import UsageError
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.scim import Json
from scim_tests.wire import ngrok_reading
from scim_tests.wire.hiding import Hiding, received, sent
from scim_tests.wire.ngrok_reading import is_ngrok

ENDPOINT = re.compile(
    r"(https?://[^/?#]+(?:/[^/?#]+)*?)(/(?:Users|Groups|Schemas|ResourceTypes|ServiceProviderConfig"
    r"|Roles|Entitlements|Me|Bulk)(?:[/?].*)?)"
)


@dataclass(frozen=True)
class Entry:
    """A recorded exchange. `step`, `scene` and `number` are empty unless the recording is that of a run of ours."""

    heard: Heard
    step: str = ""
    scene: str = ""
    elided: int = 0
    number: int = 0


@dataclass(frozen=True)
class Recording:
    """What a file holds of one SCIM server, in the order it was sent; `notes` says what was left out."""

    base_url: str
    entries: list[Entry]
    notes: list[str] = field(default_factory=list)


def read_har(text: str, name: str) -> Recording:
    """The recording in a HAR, or in what an ngrok agent captured; `name` is the file's.

    UsageError `bad-har` where it is none or holds no SCIM.
    """
    try:
        document = json.loads(text.removeprefix("\ufeff"))
        entries = ngrok_reading.entries(document) if is_ngrok(document) else document["log"]["entries"]
        told = [each for each in entries if isinstance(each["request"]["url"], str)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, StopIteration) as error:
        raise UsageError("bad-har", f"{name} is not a HAR file: {error!r}.", EXPORT) from None
    try:
        return _recording(told, name)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UsageError("bad-har", f"{name} has an entry that is not HAR: {error!r}.", EXPORT) from None


def _recording(told: Sequence[Mapping[str, Any]], name: str) -> Recording:
    placed = [(each, found) for each in told if (found := ENDPOINT.fullmatch(each["request"]["url"]))]
    if not placed:
        raise UsageError("bad-har", f"{name} holds no request to a SCIM endpoint such as /Users.", EXPORT)
    base_url = Counter(found[1] for _, found in placed).most_common(1)[0][0]
    ours = [(each, found[2]) for each, found in placed if found[1] == base_url]
    ours.sort(key=lambda pair: _moment(pair[0]))
    kept = [(each, path) for each, path in ours if not _why_not(each)]
    hide = Hiding()
    for each, _ in kept:
        hide.learn(each)
    return Recording(
        base_url,
        [entry_in(each, path, base_url, hide) for each, path in kept],
        list(_notes(len(told) - len(ours), [why for each, _ in ours if (why := _why_not(each))])),
    )


NUMBER = re.compile(r"\[#\d+\]")  # Fiddler's comment on every exchange
EXPORT = "Export the traffic as HAR, with bodies: Save all as HAR with content, or your proxy's HAR export."


def _notes(elsewhere: int, unkept: Sequence[str]) -> Iterator[str]:
    if elsewhere:
        yield f"{elsewhere} recorded requests went elsewhere than to this SCIM server"
    for why, times in Counter(unkept).items():
        yield f"{times} recorded exchanges were left out: {why}"


def _why_not(entry: Mapping[str, Any]) -> str:
    """Why an exchange cannot be judged: the recorder did not keep all of it."""
    request, response = entry["request"], entry.get("response") or {}
    if not isinstance(request.get("method"), str):
        return "the request's method was not recorded"
    if _size(request.get("bodySize")) > 0 and not sent(request):
        return "the request's body was not recorded"
    if response.get("_charlesStatus", "COMPLETE") != "COMPLETE":
        return "the recorder got no whole answer"
    if not response.get("status"):
        return "" if _failure(entry) else "no answer was recorded"
    content = response.get("content") or {}
    if not content.get("text") and _size(content.get("size")) > 0:
        return "the answer's body was not recorded"
    return ""


def entry_in(told: Mapping[str, Any], path: str, base_url: str, hide: Hiding) -> Entry:
    """An entry of a HAR without its secrets; `path` follows the base URL."""
    request, response = told["request"], told.get("response") or {}
    asked = Request(
        request["method"].upper(), hide.path(path), hide.headers(request), hide.body(sent(request))
    )
    answer = None
    if response.get("status"):
        answer = Answer(int(response["status"]), hide.headers(response), hide.body(received(response)))
    seconds = told.get("time")
    heard = Heard(
        asked,
        answer,
        "" if answer else hide.text(_failure(told)),
        started=_moment(told),
        seconds=max(0.0, seconds / 1000) if isinstance(seconds, int | float) else 0.0,
        base_url=base_url,
    )
    step, scene = str(told.get("_step", "")), str(told.get("_scene", ""))
    return Entry(heard, step, scene, _size(told.get("_elided")), _size(told.get("_number")) if step else 0)


def _failure(entry: Mapping[str, Any]) -> str:
    response = entry.get("response") or {}
    said = response.get("_error") or entry.get("comment") or response.get("comment")
    return said if isinstance(said, str) and not NUMBER.fullmatch(said) else ""


def _moment(entry: Mapping[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(entry.get("startedDateTime"))).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _size(value: Json) -> int:
    return value if isinstance(value, int) else 0
