"""Reads recorded traffic (HAR 1.2), whoever wrote it, and takes every secret out before anything else sees it.

Browsers, mitmproxy, Charles, Fiddler and ngrok each leave out or add something: bodies in base64,
HTTP/2's pseudo headers, fields that the format demands. What they kept is read; what they did not
keep, and what is no exchange at all, is left out with a note, never taken for an empty answer.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scim_tests.errors import UsageError
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ENDPOINTS
from scim_tests.traffic import har_entries
from scim_tests.traffic.har_documents import documents
from scim_tests.traffic.har_entries import LeftOut, Told
from scim_tests.traffic.redaction import HarRedactor
from scim_tests.wire.effort import TooMuch

ENDPOINT = re.compile(
    rf"(https?://[^/?#\s]+(?:/[^/?#\s]+)*?)(/(?:{'|'.join(ENDPOINTS)})(?:[/?].*)?)", re.DOTALL
)
LOST = "there was no room for them when they came"
EXPORT = "Export the traffic as HAR, with bodies: Save all as HAR with content, or your proxy's HAR export."


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
    whole, found = documents(text)
    if found is None:
        raise UsageError("bad-har", f"{name} is not a HAR file.", EXPORT)
    unkept: Counter[str] = Counter()
    told: list[Told] = []
    for each in found:
        try:
            told.append(har_entries.read_entry(each))
            unkept[LOST] += told[-1].dropped
        except LeftOut as why:
            unkept[str(why)] += 1
    recording = _recording(told, unkept)
    if recording is None:
        raise UsageError("bad-har", f"{name} holds no request to a SCIM endpoint such as /Users.", EXPORT)
    broken = (
        [] if whole else ["The file breaks off or is nested too deep: what could be read of it is judged"]
    )
    return replace(recording, notes=[*broken, *recording.notes])


def _recording(told: list[Told], unkept: Counter[str]) -> Recording | None:
    placed = [(each, found) for each in told if (found := ENDPOINT.fullmatch(each.url))]
    bases = Counter(found[1] for _, found in placed if har_entries.is_a_base(found[1]))
    if not bases:
        return None
    base_url = bases.most_common(1)[0][0]
    ours = [(each, found[2]) for each, found in placed if found[1] == base_url]
    entries: list[Entry] = []
    for each, path in ours:
        try:
            entries.append(_entry(each, har_entries.heard(each, path, base_url)))
        except LeftOut as why:
            unkept[str(why)] += 1
    entries.sort(key=lambda entry: entry.heard.started)
    hide = HarRedactor()
    for entry in entries:
        hide.learn(entry.heard)
    kept: list[Entry] = []
    for entry in entries:
        try:
            kept.append(hidden(entry, hide))
        except TooMuch as why:
            unkept[str(why)] += 1
    return Recording(hide.base_url(base_url), kept, list(_notes(len(told) - len(ours), unkept)))


def _notes(elsewhere: int, unkept: Counter[str]) -> Iterator[str]:
    if elsewhere:
        yield f"{elsewhere} recorded requests went elsewhere than to this SCIM server"
    for why, times in (+unkept).items():
        yield f"{times} recorded exchanges were left out: {why}"


def _entry(told: Told, heard: Heard) -> Entry:
    """An exchange as it was recorded, with all its secrets."""
    return Entry(heard, told.step, told.scene, told.elided, told.number)


def hidden(entry: Entry, hide: HarRedactor) -> Entry:
    """The exchange without them."""
    return replace(entry, heard=hide.heard(entry.heard, ours=bool(entry.step)), scene=hide.text(entry.scene))
