"""Reads recorded traffic, whoever wrote it, and takes every secret out before anything else sees it.

`formats` makes entries of a HAR of every kind of file. Recorders each leave out or add something: bodies in
base64, HTTP/2's pseudo headers, fields that the format demands. What they kept is read; of what they did not
keep is said that it is `lacking`, and what is no exchange at all is left out with a note.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scim_tests.errors import UsageError
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ENDPOINTS
from scim_tests.traffic import formats, har_entries
from scim_tests.traffic.har_entries import LeftOut, Told
from scim_tests.traffic.lacking import NOTHING, Lacks, credentials_in, with_headers
from scim_tests.traffic.redaction import HarRedactor
from scim_tests.wire.effort import TooMuch

ENDPOINT = re.compile(
    rf"(https?://[^/?#\s]+(?:/[^/?#\s]+)*?)(/(?:{'|'.join(ENDPOINTS)})(?:[/?].*)?)", re.DOTALL
)
BROKEN = "The file breaks off or is nested too deep: what could be read of it is judged"
LOST = "there was no room for them when they came"


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
    """What a file holds of one SCIM server, in the order it was sent; `notes` says what was left out, `lacks` what is missing."""

    base_url: str
    entries: list[Entry]
    notes: list[str] = field(default_factory=list)
    lacks: Lacks = NOTHING


def read_har(text: str, name: str) -> Recording:
    """The recording in a text; `name` is the file's. UsageError as `read_recording`."""
    return read_recording(text.encode(errors="surrogatepass"), name)


def read_recording(data: bytes, name: str) -> Recording:
    """The recording in a file of any of the `formats`; `name` is the file's.

    UsageError `bad-recording` where it is none, or holds no answer or no SCIM.
    """
    whole, found = formats.read(data, name)
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
        said = f"{name} holds no request to a SCIM endpoint such as /Users."
        raise UsageError("bad-recording", said, formats.HOW)
    if whole:
        return recording
    lacks = replace(recording.lacks, notices=(f"{BROKEN}.", *recording.lacks.notices))
    return replace(recording, notes=[BROKEN, *recording.notes], lacks=lacks)


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
    entries = _in_time(entries)
    told_of = [each.heard for each in entries]
    entries = [
        replace(each, heard=marked) for each, marked in zip(entries, with_headers(told_of), strict=True)
    ]
    credentials = credentials_in(told_of)
    hide = HarRedactor()
    for entry in entries:
        hide.learn(entry.heard)
    kept: list[Entry] = []
    for entry in entries:
        try:
            kept.append(hidden(entry, hide))
        except TooMuch as why:
            unkept[str(why)] += 1
    lacks = Lacks.of_recorded([each.heard for each in kept], credentials, sum(unkept.values()))
    return Recording(hide.base_url(base_url), kept, list(_notes(len(told) - len(ours), unkept)), lacks)


def _in_time(entries: list[Entry]) -> list[Entry]:
    """In the order they were sent; where all have one and the same time, it is that of the export, and nothing was under way at once."""
    if len({each.heard.started for each in entries}) == 1:
        return [replace(each, heard=replace(each.heard, seconds=0.0)) for each in entries]
    return sorted(entries, key=lambda entry: entry.heard.started)


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
